'use strict';

/*
 * jest's way to modules. With N8N_ENGINE set to the folder of another installation, n8n's engine comes from there,
 * for the tests and for the nodes alike: `npm run test:versions` runs the workflow tests on each line of n8n.
 */
const ENGINE = process.env.N8N_ENGINE;
const FROM_ENGINE = /^(n8n-core|n8n-workflow|reflect-metadata)($|\/)/;

module.exports = (request, options) =>
	options.defaultResolver(request, ENGINE && FROM_ENGINE.test(request) ? { ...options, basedir: ENGINE } : options);
