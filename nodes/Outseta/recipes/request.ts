/** Any request under /api/v1, for what has no operation of its own. */
import { anyRequest, anyRequestRecipe, type AnyRequest } from '../../shared/anyRequest';
import { asObject } from '../../shared/request';
import type { Recipe } from '../../shared/spec';
import { parameter } from '../wire';

const ABOUT: AnyRequest = {
	base: '/api/v1',
	methods: ['DELETE', 'GET', 'POST', 'PUT'],
	example: '/crm/people',
	query: '{"limit": 10}',
	body: 'Body of the request',
	pages: 'Whether to read further pages and output each record as an item',
	parameter,
	parts(answer) {
		const { items } = asObject(answer);
		const list = Array.isArray(answer) ? answer : items;
		return Array.isArray(list) ? { list } : { one: answer };
	},
};

export const requestRecipes: Recipe[] = [anyRequestRecipe(ABOUT)];

export const request = anyRequest(ABOUT);
