/** Any request under /api/v1, for what has no operation of its own. */
import { anyRequest } from '../../shared/run/anyRequest';
import { asObject } from '../../shared/spec/values';
import { ABOUT } from '../resources/api';
import { parameter } from '../wire/nested';

export const request = anyRequest(ABOUT, {
	parameter,
	parts(answer) {
		const { items } = asObject(answer);
		const list = Array.isArray(answer) ? answer : items;
		return Array.isArray(list) ? { list } : { one: answer };
	},
});
