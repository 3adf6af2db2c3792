/** What Reconcile does for end users: all is written by the one documented request, which creates and changes. */
import type { IDataObject } from 'n8n-workflow';

import { confirmWrite } from '../../shared/run/confirm';
import type { PeopleHooks } from '../../shared/run/people/people';
import type { Run } from '../../shared/run/run';
import type { Resource } from '../../shared/spec/resource';
import { LINKED } from '../resources/writeRecipes';
import { upsertCall } from './write';

async function put(run: Run, resource: Resource, body: IDataObject, known: boolean): Promise<unknown> {
	const { body: answer } = await run.client(resource).send(upsertCall(resource, body, known));
	return await confirmWrite(run, resource, { fields: body }, answer);
}

export const endUserPeople: PeopleHooks = {
	read(item) {
		const company = item.reference('company', item.run.resource('company'), 'Company');
		return { ids: company ? { [LINKED.company]: company } : {} };
	},
	async create(run, resource, _person, { fields }) {
		const answer = await put(run, resource, fields, 'external_id' in fields);
		return { record: run.apiOf(resource).record(answer), answer, outcome: 'created' };
	},
	update: async (run, resource, id, { fields }) => await put(run, resource, { id, ...fields }, true),
};
