/** Any request under /api/v1: Userlot has more than its documentation shows. */
import { anyRequest, type AnyRequest, anyRequestRecipe } from '../../shared/run/anyRequest';
import type { Recipe } from '../../shared/spec/resource';
import { recordOf, recordsIn } from '../wire/answers';

const ABOUT: AnyRequest = {
	base: '/api/v1',
	methods: ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'],
	example: '/teams',
	query: '{"external_id": "42"}',
	body: 'Body of the request',
	pages: 'Whether to ask for page=2, page=3 and so on until an answer is empty or repeats; Userlot documents no paging',
};

export const requestRecipes: Recipe[] = [anyRequestRecipe(ABOUT)];

export const request = anyRequest(ABOUT, {
	parts(answer) {
		const list = recordsIn(answer);
		return list ? { list } : { one: answer === undefined ? undefined : recordOf(answer) };
	},
});
