/** Who a person is and where they belong, as Userlot's script for web pages tells it. */
import type { IDataObject } from 'n8n-workflow';

import type { Handler } from '../../shared/run/handler';
import { sendOrPlan } from '../../shared/run/plan';
import { asObject, BadInput } from '../../shared/spec/values';

const WIRE: Record<string, string> = { userEmail: 'user_email', userExternalId: 'user_external_id', companyName: 'company_name', companyExternalId: 'company_external_id' };

export const identify: Handler<IDataObject> = {
	prepare(item) {
		const body: IDataObject = {};
		for (const input of item.run.operation.inputs) {
			if (input.kind !== 'value') continue;
			const value = item.value(input);
			if (value !== undefined) body[WIRE[input.name]] = value;
		}
		if (!('user_email' in body || 'user_external_id' in body)) {
			throw new BadInput('No person is identified', 'Give "User Email" or "User External ID".');
		}
		return body;
	},
	async work(body, item) {
		const { run } = item;
		const answer = await sendOrPlan(run.client(run.operation.resource), { method: 'PUT', path: '/identify', body, purpose: 'identify end user' }, () => ({
			action: run.operation.name,
			name: String(body.user_email ?? body.user_external_id),
			changes: Object.entries(body).map(([field, to]) => ({ field, to })),
		}));
		const shown = asObject(answer.body);
		return [{ json: Object.keys(shown).length > 0 ? shown : { ...body, success: true, confirmed: false } }];
	},
};
