/** Code of Outreach's operations that take several requests, by `<resource>.<operation>`. */
import type { Recipes } from '../../shared/run/handler';
import { bulk } from './bulk';
import { bulkUpsert } from './bulkUpsert';
import { checkApi, checkScim } from './check';
import { deprovision } from './deprovision';
import { importCsv } from './importCsv';
import { reactivate } from './lock';
import { userPeople } from './people';
import { addToSequence } from './prospect';
import { provision } from './provision';
import { request } from './request';
import { membership, patch, setActive } from './scim';
import { cleanup } from './webhook';

export const recipes: Recipes = {
	handlers: {
		'account.bulkUpsert': bulkUpsert('bulkUpsert'),
		'account.importCsv': importCsv('accountsImport'),
		'api.request': request,
		'connection.check': checkApi,
		'customObject.bulkUpsert': bulkUpsert('customObjectBulkUpsert'),
		'prospect.addToSequence': addToSequence,
		'prospect.bulkUpsert': bulkUpsert('bulkUpsert'),
		'prospect.importCsv': importCsv('prospectsImport'),
		'scimConnection.check': checkScim,
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
	people: { user: userPeople },
};
