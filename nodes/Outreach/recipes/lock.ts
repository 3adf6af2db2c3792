/** Locks and unlocks users. */
import type { IDataObject } from 'n8n-workflow';

import { recordOf } from '../../shared/run/answers';
import type { Handler } from '../../shared/run/handler';
import type { Item } from '../../shared/run/item';
import type { Entry } from '../../shared/run/lookup';
import { about, changesBetween, type Plan, Planned } from '../../shared/run/plan';
import { pathTo } from '../../shared/run/reads';
import { updateRecord } from '../../shared/run/records';
import type { Reference } from '../../shared/run/reference';
import type { Run } from '../../shared/run/run';
import { withOutcome } from '../../shared/run/upsert';
import { ID } from '../../shared/spec/keys';

export interface LockJob {
	record: Reference;
	entry: Entry;
}

/** The look-up of a user with all attributes, also when chosen by id. */
export const wholeUser = (run: Run, user: Reference): Entry => user.entry ?? run.lookup.want(run.resource('user'), ID, String(user.id), { full: true });

/** The user with all attributes, also when chosen by id, so that a second run sends no write. */
export function userOf(item: Item): LockJob {
	const user = item.run.resource('user');
	const record = recordOf(item, user, { full: true });
	return { record, entry: wholeUser(item.run, record) };
}

/** What locking or unlocking would do. */
export async function lockPlan(run: Run, { entry }: Pick<LockJob, 'entry'>, locked: boolean): Promise<Plan> {
	const before = await run.lookup.one(entry, entry.resource.label);
	const client = run.client(entry.resource);
	const id = client.api.id(before);
	client.assertCovered({ method: client.api.updateMethod, path: pathTo(entry.resource, id), purpose: `update user ${id}` });
	const changes = changesBetween(run, entry.resource, before, { fields: { locked } });
	return { action: changes.length === 0 ? 'none' : locked ? 'lock' : 'unlock', ...about(run, entry.resource, id, before), changes };
}

/** Locks or unlocks, unless the user is in that state already. */
export async function setLocked(run: Run, { entry }: LockJob, locked: boolean): Promise<{ record: IDataObject; changed: boolean }> {
	if (run.dryRun) throw new Planned(await lockPlan(run, { entry }, locked));
	const api = run.apiOf(entry.resource);
	const before = await run.lookup.one(entry, entry.resource.label);
	if (api.value(before, 'locked') === locked) return { record: before, changed: false };
	const answer = await updateRecord(run, entry.resource, { id: api.id(before), fields: { locked } });
	return { record: api.record(answer), changed: true };
}

export const reactivate: Handler<LockJob> = {
	prepare: userOf,
	check: async ({ entry }, { run }) => void (await run.lookup.one(entry, 'User')),
	async work(job, item) {
		const { record, changed } = await setLocked(item.run, job, false);
		const json = item.present(job.entry.resource, record);
		return [{ json: item.simplified ? withOutcome(json, changed ? 'unlocked' : 'unchanged') : json }];
	},
};
