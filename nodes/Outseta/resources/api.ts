import { type AnyRequest, anyRequestRecipe } from '../../shared/spec/anyRequest';
import type { Recipe, Resource } from '../../shared/spec/resource';

export const ABOUT: AnyRequest = {
	base: '/api/v1',
	methods: ['DELETE', 'GET', 'POST', 'PUT'],
	example: '/crm/people',
	query: '{"limit": 10}',
	body: 'Body of the request',
	pages: 'Whether to read further pages and output each record as an item',
};

export const requestRecipes: Recipe[] = [anyRequestRecipe(ABOUT)];

/** Any request to the API, for what has no operation of its own. */
export const api: Resource = {
	name: 'api',
	label: 'API Request',
	singular: 'API request',
	path: '/',
	description: 'Any request to the API, for what has no operation of its own',
	methods: [],
	idType: 'string',
	fields: [],
	recipes: requestRecipes,
};
