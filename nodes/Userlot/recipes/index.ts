/** Code of Userlot's irregular operations, by `<resource>.<operation>`. */
import type { Vendor } from '../../shared/wire/vendor';
import { identify } from './identify';
import { request } from './request';
import { revenue } from './revenue';
import { create, update, upsert } from './write';

export const recipes: Vendor['recipes'] = {
	'api.request': request,
	'company.create': create,
	'company.revenue': revenue,
	'company.update': update,
	'company.upsert': upsert,
	'endUser.create': create,
	'endUser.identify': identify,
	'endUser.update': update,
	'endUser.upsert': upsert,
};
