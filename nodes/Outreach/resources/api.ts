import { type AnyRequest, anyRequestRecipe } from '../../shared/spec/anyRequest';
import type { Recipe, Resource } from '../../shared/spec/resource';

export const ABOUT: AnyRequest = {
	base: '/api/v2',
	methods: ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'],
	example: '/prospects/123',
	query: '{"page[size]": 10}',
	body: 'Body of the request as a JSON:API document',
	pages: 'Whether to follow the links to further pages and output each record as an item',
};

export const requestRecipes: Recipe[] = [anyRequestRecipe(ABOUT)];

/** Anything that has no operation of its own. https://developers.outreach.io/api/reference/overview/ */
export const api: Resource = {
	name: 'api',
	label: 'API Request',
	singular: 'API request',
	path: '/',
	description: 'Any request to the API, for what has no operation of its own',
	methods: [],
	fields: [],
	recipes: requestRecipes,
};
