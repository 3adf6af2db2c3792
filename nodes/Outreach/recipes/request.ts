/** Any request under /api/v2, for what has no operation of its own. */
import { anyRequest } from '../../shared/run/anyRequest';
import { asObject } from '../../shared/spec/values';
import { ABOUT } from '../resources/api';

export const request = anyRequest(ABOUT, {
	parts(answer) {
		const { data } = asObject(answer);
		return Array.isArray(data) ? { list: data } : { one: data ?? undefined };
	},
});
