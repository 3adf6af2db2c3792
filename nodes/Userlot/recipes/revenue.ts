/** Revenue of a company. The request is documented, its answer is not, so that it comes out as it is. */
import { recordOf } from '../../shared/run/answers';
import type { Handler } from '../../shared/run/handler';
import { pathTo } from '../../shared/run/reads';
import type { Reference } from '../../shared/run/reference';
import { asObject } from '../../shared/spec/values';
import { recordsIn } from '../wire/answers';

export const revenue: Handler<Reference> = {
	prepare: (item) => recordOf(item, item.run.operation.resource),
	async work({ id }, item) {
		const { resource } = item.run.operation;
		const { body } = await item.run.client(resource).send({ method: 'GET', path: `${pathTo(resource, id)}/revenue`, purpose: `get the revenue of company ${id}` });
		const rows = Array.isArray(body) ? recordsIn(body)! : [typeof body === 'object' ? body : { revenue: body }];
		return rows.map((row) => ({ json: asObject(row) }));
	},
};
