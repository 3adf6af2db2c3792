/** Code of Outreach's operations that take several requests, by `<resource>.<operation>`. */
import type { Recipes } from '../../shared/run/handler';
import { bulk } from './bulk';
import { importHandlers } from './imports';
import { addToSequence } from './prospect';
import { request } from './request';
import { membership, patch, setActive } from './scim';
import { deprovision, provision, reactivate } from './user';
import { cleanup } from './webhook';

export const recipes: Recipes = {
	handlers: {
		'account.bulkUpsert': importHandlers.bulkUpsert,
		'account.importCsv': importHandlers.accountsImport,
		'api.request': request,
		'customObject.bulkUpsert': importHandlers.customObjectBulkUpsert,
		'prospect.addToSequence': addToSequence,
		'prospect.bulkUpsert': importHandlers.bulkUpsert,
		'prospect.importCsv': importHandlers.prospectsImport,
		'scimGroup.patch': patch,
		'scimUser.activate': setActive(true),
		'scimUser.addToGroup': membership(true),
		'scimUser.deactivate': setActive(false),
		'scimUser.patch': patch,
		'scimUser.removeFromGroup': membership(false),
		'user.deprovision': deprovision,
		'user.provision': provision,
		'user.reactivate': reactivate,
		'webhook.cleanup': cleanup,
	},
	bulk,
};
