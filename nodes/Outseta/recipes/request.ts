/** Any request under /api/v1, for what has no operation of its own. */
import { anyRequest, type AnyRequest, anyRequestRecipe } from '../../shared/run/anyRequest';
import type { Recipe } from '../../shared/spec/resource';
import { asObject } from '../../shared/spec/values';
import { parameter } from '../wire/nested';

const ABOUT: AnyRequest = {
	base: '/api/v1',
	methods: ['DELETE', 'GET', 'POST', 'PUT'],
	example: '/crm/people',
	query: '{"limit": 10}',
	body: 'Body of the request',
	pages: 'Whether to read further pages and output each record as an item',
};

export const requestRecipes: Recipe[] = [anyRequestRecipe(ABOUT)];

export const request = anyRequest(ABOUT, {
	parameter,
	parts(answer) {
		const { items } = asObject(answer);
		const list = Array.isArray(answer) ? answer : items;
		return Array.isArray(list) ? { list } : { one: answer };
	},
});
