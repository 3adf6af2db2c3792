import type { Resource } from '../../shared/spec/resource';
import { requestRecipes } from '../recipes/request';

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
