/** Deprovision: a leaver is locked, and somebody else takes over. */
import type { IDataObject } from 'n8n-workflow';

import { displayFields } from '../../shared/run/display';
import type { Handler, Output } from '../../shared/run/handler';
import { nameOf, type Plan, Planned, sample } from '../../shared/run/plan';
import type { Run } from '../../shared/run/run';
import type { RecordId } from '../../shared/spec/record';
import { BadInput } from '../../shared/spec/values';
import { finishHandOver, handOverOf, owned, startHandOver } from './handOver';
import { type LockJob, lockPlan, setLocked, userOf, wholeUser } from './lock';

/** What Deprovision leaves as it is, told in its output. */
const NOT_DONE = [
	'Sequences, templates and snippets of the user keep their owner',
	'Accounts that Outreach does not list (unnamed ones) keep their owner',
	'Mailboxes of the user stay connected',
	'Whether the seat is freed depends on the contract; users cannot be deleted through the API',
];

const NO_HEIR = 'Nothing was reassigned, since no user was chosen';

interface DeprovisionJob extends LockJob {
	reassignTo?: LockJob;
	/** Ids of the leaver and of the user who takes over, once they are looked up. */
	from?: RecordId;
	to?: RecordId;
	what: string[];
	waitMs: number;
}

/** Who leaves and who takes over in a run: nobody does both. */
const plans = new WeakMap<Run, { leavers: Set<RecordId>; heirs: Set<RecordId> }>();

export const deprovision: Handler<DeprovisionJob> = {
	prepare(item) {
		const { run } = item;
		const user = run.resource('user');
		const reassignTo = item.refer(item.get<unknown>('reassignTo', undefined), user, 'Reassign To', false, { full: true });
		return {
			...userOf(item),
			reassignTo: reassignTo && {
				record: reassignTo,
				entry: wholeUser(run, reassignTo),
			},
			...handOverOf(item),
		};
	},
	async check(job, { run }) {
		const { entry } = job;
		job.from = run.apiOf(entry.resource).id(await run.lookup.one(entry, 'User'));
		job.to = job.reassignTo && (await heir(run, job.reassignTo, job.from));
		const plan = plans.get(run) ?? { leavers: new Set(), heirs: new Set() };
		plans.set(run, plan);
		if (job.to !== undefined && plan.leavers.has(job.to)) throw new BadInput('Reassign To is a user who leaves in the same run', 'Choose somebody who stays.');
		if (plan.heirs.has(job.from)) throw new BadInput('This user takes over from another user in the same run', 'For the other user, choose somebody who stays.');
		plan.leavers.add(job.from);
		if (job.to !== undefined) plan.heirs.add(job.to);
	},
	async work(job, item): Promise<Output[]> {
		const { run } = item;
		const api = run.apiOf(job.entry.resource);
		const from = job.from!;
		const { to } = job;
		if (run.dryRun) throw new Planned(await leavingPlan(run, job));

		const { record, changed } = await setLocked(run, job, true);
		const json: IDataObject = {
			id: from,
			email: api.value(record, 'email') as string,
			firstName: api.value(record, 'firstName') as string,
			lastName: api.value(record, 'lastName') as string,
			locked: api.value(record, 'locked') as boolean,
			outcome: changed ? 'locked' : 'unchanged',
		};
		const left = [...NOT_DONE];
		if (to === undefined) left.unshift(NO_HEIR);
		else {
			json.reassignedTo = to;
			try {
				left.unshift(...(await finishHandOver(run, await startHandOver(run, from, to, job.what, json), job.waitMs)));
			} catch (error) {
				const failure = run.failure(error, item.index);
				failure.description = `The user is locked, but not everything was reassigned. Done so far: ${JSON.stringify(json)}. ${failure.description ?? ''}`;
				throw failure;
			}
		}
		return [{ json: { ...json, notDone: left } }];
	},
};

/** The user who takes over. @throws BadInput when it is the leaver, or locked as well. */
async function heir(run: Run, job: LockJob, leaver: RecordId): Promise<RecordId> {
	const api = run.apiOf(job.entry.resource);
	const record = await run.lookup.one(job.entry, 'Reassign To');
	if (api.id(record) === leaver) throw new BadInput('Reassign To is the same user who leaves', 'Choose another user.');
	if (api.value(record, 'locked') === true) throw new BadInput('Reassign To is locked', 'Choose a user who can sign in.');
	return api.id(record);
}

/** What would be locked and handed over. */
async function leavingPlan(run: Run, job: DeprovisionJob): Promise<Plan> {
	const plan = await lockPlan(run, job, true);
	const { from, to } = job;
	if (to === undefined) return { ...plan, more: { notDone: [NO_HEIR, ...NOT_DONE] } };
	const more: IDataObject = { reassignedTo: to, reassignedToName: nameOf(run, ['user'], to) };
	let count = 0;
	for (const what of ['prospects', 'accounts', 'tasks'].filter((one) => job.what.includes(one))) {
		const resource = run.resource(what.slice(0, -1));
		const records: IDataObject[] = [];
		for await (const record of owned(run, from!, resource.name, displayFields(resource))) records.push(record);
		more[what] = sample(run, resource, records.length, records);
		count += records.length;
	}
	return { ...plan, action: plan.action === 'none' && count > 0 ? 'reassign' : plan.action, more: { ...more, notDone: NOT_DONE } };
}
