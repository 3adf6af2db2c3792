/** Hands over the records of a user: prospects and accounts by bulk calls, open tasks one by one. */
import { type IDataObject, NodeOperationError } from 'n8n-workflow';

import { settled } from '../../shared/run/confirm';
import type { Item } from '../../shared/run/item';
import { inParallel } from '../../shared/run/parallel';
import { list } from '../../shared/run/reads';
import type { Run } from '../../shared/run/run';
import type { Condition } from '../../shared/spec/query';
import type { RecordId } from '../../shared/spec/record';
import { type Batch, BATCH_SIZE, isBroken, isOver, startBatch, waitForBatches, waitMsOf } from './batch';

/** What is handed over, and how long to wait for it, as the options say. */
export const handOverOf = (item: Item): { what: string[]; waitMs: number } => ({
	what: item.option<string[]>('reassign') ?? ['accounts', 'prospects', 'tasks'],
	waitMs: waitMsOf(item.option('waitMinutes')),
});

/** Records that the leaver owns, by the name of their kind. */
export async function* owned(run: Run, from: RecordId, name: string, only: string[] = ['createdAt']): AsyncGenerator<IDataObject> {
	const conditions: Condition[] = [{ path: ['owner', 'id'], operator: 'equals', values: [String(from)] }];
	if (name === 'task') conditions.push({ path: ['state'], operator: 'oneOf', values: ['incomplete', 'pending'] });
	for await (const { record } of list(run, run.resource(name), { conditions, only })) yield record;
}

/** A bulk change as the output shows it. */
function summary({ batchId, state, attributes }: Batch): IDataObject {
	return { batchId, state, ...(attributes.failures ? { failures: attributes.failures as number } : {}) };
}

/** Changes that Outreach works on in the background. */
export interface HandOver {
	batches: Array<Batch & { what: string }>;
	/** Write into the output how far they are. */
	reports: Array<() => void>;
	/** Records that must have another owner then; `kept` of them may not, by the vendor's own count. */
	handed: Array<{ what: string; ids: RecordId[]; own(): Promise<RecordId[]>; isOver(): boolean; kept(): number }>;
}

/** Begins to hand over what `what` names, and notes it in `json`. */
export async function startHandOver(run: Run, from: RecordId, to: RecordId, what: string[], json: IDataObject): Promise<HandOver> {
	const client = run.client(run.resource('user'));
	const idsOf = async (name: string): Promise<RecordId[]> => {
		const ids: RecordId[] = [];
		for await (const record of owned(run, from, name)) ids.push(client.api.id(record));
		return ids;
	};

	const { batches, reports, handed }: HandOver = { batches: [], reports: [], handed: [] };
	for (const [kind, resource, action] of [
		['prospects', 'prospect', 'prospectsAssignOwner'],
		['accounts', 'account', 'accountsAssignOwner'],
	]) {
		if (!what.includes(kind)) continue;
		const ids = await idsOf(resource);
		const started: Batch[] = [];
		for (let i = 0; i < ids.length; i += BATCH_SIZE) {
			const body = { ownerId: to, ids: ids.slice(i, i + BATCH_SIZE) };
			started.push(await startBatch(client, { path: `/batches/actions/${action}`, body, confirmed: true, purpose: `reassign ${kind}` }));
		}
		for (const batch of started) batches.push(Object.assign(batch, { what: kind }));
		reports.push(() => void (json[kind] = { count: ids.length, batches: started.map(summary) }));
		reports.at(-1)!();
		handed.push({
			what: kind,
			ids,
			own: async () => await idsOf(resource),
			isOver: () => started.every(({ attributes }) => isOver(attributes)),
			kept: () => started.reduce((sum, { attributes }) => sum + Number(attributes.failures ?? 0), 0),
		});
	}
	if (what.includes('tasks')) {
		const ids = await idsOf('task');
		handed.push({ what: 'tasks', ids, own: async () => await idsOf('task'), isOver: () => true, kept: () => 0 });
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
	return { batches, reports, handed };
}

/**
 * Waits until it is handed over.
 * @returns what was left, in words.
 * @throws NodeOperationError when Outreach gave up a bulk change, or records still have their owner.
 */
export async function finishHandOver(run: Run, { batches, reports, handed }: HandOver, waitMs: number): Promise<string[]> {
	const client = run.client(run.resource('user'));
	await waitForBatches(run, client, batches, waitMs, (batch) => isOver(batch.attributes));
	for (const report of reports) report();
	const broken = batches.filter(({ state }) => isBroken(state));
	if (broken.length > 0) {
		throw new NodeOperationError(run.context.getNode(), `Outreach did not finish reassigning ${broken.map(({ what, batchId, state }) => `${what}: batch ${batchId} is ${state}`).join(', ')}`);
	}
	for (const { what, ids, own, isOver: over, kept } of handed) {
		if (ids.length === 0 || !over()) continue;
		const given = new Set(ids);
		const still = async () => (await own()).filter((id) => given.has(id)).length;
		const left = await settled(client, still, (count) => count <= kept());
		if (left <= kept()) continue;
		throw new NodeOperationError(run.context.getNode(), `Outreach reports that it reassigned ${ids.length} ${what}, but ${left} of them still belong to the user`);
	}
	return batches.flatMap(({ what, batchId, attributes }) => {
		if (!isOver(attributes)) return [`The change of ${what} was not finished yet: see batch ${batchId}`];
		return Number(attributes.failures ?? 0) > 0 ? [`${String(attributes.failures)} ${what} kept their owner: see batch ${batchId}`] : [];
	});
}
