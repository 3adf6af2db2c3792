'use strict';

// n8n loads the nodes and credentials listed under "n8n" in package.json, file by file. This entry
// exists so that `require('n8n-nodes-provisioning')` resolves; it answers with that same list.
module.exports = require('./package.json').n8n;
