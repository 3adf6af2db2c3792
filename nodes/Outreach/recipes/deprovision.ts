/** Deprovision: a leaver is locked, and somebody else takes over. */
import { type IDataObject, NodeOperationError } from 'n8n-workflow';

import { displayFields } from '../../shared/run/display';
import type { Handler, Output } from '../../shared/run/handler';
import { inParallel } from '../../shared/run/parallel';
import { nameOf, type Plan, Planned, sample } from '../../shared/run/plan';
import { list } from '../../shared/run/reads';
import type { Run } from '../../shared/run/run';
import type { Condition } from '../../shared/spec/query';
import type { RecordId } from '../../shared/spec/record';
import { BadInput } from '../../shared/spec/values';
import { pause } from '../../shared/wire/gate';
import { type Batch, BATCH_SIZE, isBroken, isOver, startBatch, waitForBatches } from './batch';
import { type LockJob, lockPlan, setLocked, userOf } from './lock';

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

/** Milliseconds before the records are listed again. */
const MOMENT = 1_000;

/** Who leaves and who takes over in a run: nobody does both. */
const plans = new WeakMap<Run, { leavers: Set<RecordId>; heirs: Set<RecordId> }>();

export const deprovision: Handler<DeprovisionJob> = {
	prepare(item) {
		const { run } = item;
		const user = run.resource('user');
		const reassignTo = item.refer(item.get<unknown>('reassignTo', undefined), user, 'Reassign To', false, { full: true });
		const minutes = item.option<number>('waitMinutes') ?? 10;
		return {
			...userOf(item),
			reassignTo: reassignTo && {
				record: reassignTo,
				entry: reassignTo.entry ?? run.lookup.want(user, { field: 'id', label: 'ID' }, String(reassignTo.id), { full: true }),
			},
			what: item.option<string[]>('reassign') ?? ['accounts', 'prospects', 'tasks'],
			waitMs: Math.max(0, Number(minutes) || 0) * 60_000,
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
				left.unshift(...(await reassign(run, from, to, job, json)));
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

/** Records that the leaver owns, by the name of their kind. */
async function* owned(run: Run, from: RecordId, name: string, only: string[] = ['createdAt']): AsyncGenerator<IDataObject> {
	const conditions: Condition[] = [{ path: ['owner', 'id'], operator: 'equals', values: [String(from)] }];
	if (name === 'task') conditions.push({ path: ['state'], operator: 'oneOf', values: ['incomplete', 'pending'] });
	for await (const { record } of list(run, run.resource(name), { conditions, only })) yield record;
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

/** A bulk change as the output shows it. */
function summary({ batchId, state, attributes }: Batch): IDataObject {
	return { batchId, state, ...(attributes.failures ? { failures: attributes.failures as number } : {}) };
}

/**
 * Hands over what `job` asks for and notes it in `json`.
 * @returns what was left, in words.
 * @throws NodeOperationError when Outreach gave up a bulk change.
 */
async function reassign(run: Run, from: RecordId, to: RecordId, job: DeprovisionJob, json: IDataObject): Promise<string[]> {
	const client = run.client(run.resource('user'));
	const idsOf = async (name: string): Promise<RecordId[]> => {
		const ids: RecordId[] = [];
		for await (const record of owned(run, from, name)) ids.push(client.api.id(record));
		return ids;
	};

	/** Records that must have another owner now; `kept` of them may not, by the vendor's own count. */
	const handed: Array<{ what: string; ids: RecordId[]; own: () => Promise<RecordId[]>; isOver: () => boolean; kept: () => number }> = [];
	const batches: Array<Batch & { what: string }> = [];
	const reports: Array<() => void> = [];
	for (const [what, resource, action] of [
		['prospects', 'prospect', 'prospectsAssignOwner'],
		['accounts', 'account', 'accountsAssignOwner'],
	]) {
		if (!job.what.includes(what)) continue;
		const ids = await idsOf(resource);
		const started: Batch[] = [];
		for (let i = 0; i < ids.length; i += BATCH_SIZE) {
			const body = { ownerId: to, ids: ids.slice(i, i + BATCH_SIZE) };
			started.push(await startBatch(client, { path: `/batches/actions/${action}`, body, confirmed: true, purpose: `reassign ${what}` }));
		}
		for (const batch of started) batches.push(Object.assign(batch, { what }));
		reports.push(() => void (json[what] = { count: ids.length, batches: started.map(summary) }));
		reports.at(-1)!();
		handed.push({
			what,
			ids,
			own: async () => await idsOf(resource),
			isOver: () => started.every(({ attributes }) => isOver(attributes)),
			kept: () => started.reduce((sum, { attributes }) => sum + Number(attributes.failures ?? 0), 0),
		});
	}
	if (job.what.includes('tasks')) {
		const open = async () => await idsOf('task');
		const ids = await open();
		handed.push({ what: 'tasks', ids, own: open, isOver: () => true, kept: () => 0 });
		const tasks = { count: 0, of: ids.length };
		json.tasks = tasks;
		await inParallel(ids, 5, async (id) => {
			await client.send({
				method: 'POST',
				path: `/tasks/${id}/actions/reassignOwner`,
				query: [['actionParams[ownerId]', String(to)]],
				repeatable: true,
				purpose: `reassign task ${id}`,
			});
			tasks.count++;
		});
	}
	await waitForBatches(run, client, batches, job.waitMs, (batch) => isOver(batch.attributes));
	for (const report of reports) report();
	const broken = batches.filter(({ state }) => isBroken(state));
	if (broken.length > 0) {
		throw new NodeOperationError(run.context.getNode(), `Outreach did not finish reassigning ${broken.map(({ what, batchId, state }) => `${what}: batch ${batchId} is ${state}`).join(', ')}`);
	}
	for (const { what, ids, own, isOver: over, kept } of handed) {
		if (ids.length === 0 || !over()) continue;
		const given = new Set(ids);
		const still = async () => (await own()).filter((id) => given.has(id)).length;
		let left = await still();
		// Lists can show a change a moment later than it is done.
		if (left > kept() && (await pause(MOMENT, run.context.getExecutionCancelSignal()))) left = await still();
		if (left <= kept()) continue;
		throw new NodeOperationError(run.context.getNode(), `Outreach reports that it reassigned ${ids.length} ${what}, but ${left} of them still belong to the user`);
	}
	return batches.flatMap(({ what, batchId, attributes }) => {
		if (!isOver(attributes)) return [`The change of ${what} was not finished yet: see batch ${batchId}`];
		return Number(attributes.failures ?? 0) > 0 ? [`${String(attributes.failures)} ${what} kept their owner: see batch ${batchId}`] : [];
	});
}
