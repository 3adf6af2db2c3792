/** Any request under /api/v2, for what has no operation of its own. */
import { anyRequest, type AnyRequest, anyRequestRecipe } from '../../shared/run/anyRequest';
import type { Recipe } from '../../shared/spec/resource';
import { asObject } from '../../shared/spec/values';

const ABOUT: AnyRequest = {
	base: '/api/v2',
	methods: ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'],
	example: '/prospects/123',
	query: '{"page[size]": 10}',
	body: 'Body of the request as a JSON:API document',
	pages: 'Whether to follow the links to further pages and output each record as an item',
};

export const requestRecipes: Recipe[] = [anyRequestRecipe(ABOUT)];

export const request = anyRequest(ABOUT, {
	parts(answer) {
		const { data } = asObject(answer);
		return Array.isArray(data) ? { list: data } : { one: data ?? undefined };
	},
});
