/** Code of Outreach's operations that take several requests, by `<resource>.<operation>`. */
import type { Vendor } from '../../shared/vendor';
import { addToSequence } from './prospect';
import { deprovision, provision, reactivate } from './user';

export const recipes: Vendor['recipes'] = {
	'prospect.addToSequence': addToSequence,
	'user.deprovision': deprovision,
	'user.provision': provision,
	'user.reactivate': reactivate,
};
