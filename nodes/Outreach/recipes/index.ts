/** Code of Outreach's operations that take several requests, by `<resource>.<operation>`. */
import type { Vendor } from '../../shared/vendor';
import { addToSequence } from './prospect';
import { request } from './request';
import { deprovision, provision, reactivate } from './user';
import { cleanup } from './webhook';

export const recipes: Vendor['recipes'] = {
	'api.request': request,
	'prospect.addToSequence': addToSequence,
	'user.deprovision': deprovision,
	'user.provision': provision,
	'user.reactivate': reactivate,
	'webhook.cleanup': cleanup,
};
