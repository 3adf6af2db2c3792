import type { Resource } from '../../shared/spec/resource';
import { requestRecipes } from '../recipes/request';

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
