/** What Reconcile does for end users: all is written by the one documented request, which creates and changes. */
import type { IDataObject } from 'n8n-workflow';

import { confirmWrite } from '../../shared/run/confirm';
import type { PeopleHooks } from '../../shared/run/people/people';
import type { Run } from '../../shared/run/run';
import type { RecordId } from '../../shared/spec/record';
import type { Resource } from '../../shared/spec/resource';
import { LINKED } from '../resources/writeRecipes';
import { upsertCall } from './write';

/** @param id of the person, if Userlot has them. */
async function put(run: Run, resource: Resource, fields: IDataObject, id?: RecordId): Promise<unknown> {
	const body = id === undefined ? fields : { id, ...fields };
	const { body: answer } = await run.client(resource).send(upsertCall(resource, body, 'id' in body || 'external_id' in body));
	return await confirmWrite(run, resource, { id, fields }, answer);
}

export const endUserPeople: PeopleHooks = {
	read(item) {
		const company = item.reference('company', item.run.resource('company'), 'Company');
		return { ids: company ? { [LINKED.company]: company } : {} };
	},
	async create(run, resource, _person, { fields }) {
		const answer = await put(run, resource, fields);
		return { record: run.apiOf(resource).record(answer), answer, outcome: 'created' };
	},
	update: async (run, resource, id, { fields }) => await put(run, resource, fields, id),
};
