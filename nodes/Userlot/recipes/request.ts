/** Any request under /api/v1: Userlot has more than its documentation shows. */
import { anyRequest } from '../../shared/run/anyRequest';
import { ABOUT } from '../resources/api';
import { recordOf, recordsIn } from '../wire/answers';

export const request = anyRequest(ABOUT, {
	parts(answer) {
		const list = recordsIn(answer);
		return list ? { list } : { one: answer === undefined ? undefined : recordOf(answer) };
	},
});
