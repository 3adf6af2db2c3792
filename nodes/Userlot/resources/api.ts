import type { Resource } from '../../shared/spec/resource';
import { requestRecipes } from '../recipes/request';

/** Any request to the API: of the 34 that exist, the documentation at hand shows 13. */
export const api: Resource = {
	name: 'api',
	label: 'API Request',
	singular: 'API request',
	path: '/',
	description: 'Any request to the API, for what has no operation of its own, such as events and tickets',
	methods: [],
	idType: 'string',
	fields: [],
	recipes: requestRecipes,
};
