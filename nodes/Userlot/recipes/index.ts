/** Code of Userlot's irregular operations, by `<resource>.<operation>`. */
import type { Recipes } from '../../shared/run/handler';
import { checkApi } from './check';
import { identify } from './identify';
import { endUserPeople } from './people';
import { request } from './request';
import { revenue } from './revenue';
import { create, update, upsert } from './write';

export const recipes: Recipes = {
	handlers: {
		'api.request': request,
		'company.create': create,
		'company.revenue': revenue,
		'company.update': update,
		'company.upsert': upsert,
		'connection.check': checkApi,
		'endUser.create': create,
		'endUser.identify': identify,
		'endUser.update': update,
		'endUser.upsert': upsert,
	},
	people: { endUser: endUserPeople },
};
