/**
 * Polling that loses nothing and repeats nothing it need not. The upper part knows no n8n: walks over a
 * stream of changes with a cursor, and comparisons of snapshots for vendors without times. Below it, what
 * a poll node adds: one poll at a time, the budget, and state that moves only with what is emitted.
 */
import { type IDataObject, type INodeExecutionData, type IPollFunctions, type ITriggerFunctions, NodeApiError, NodeOperationError } from 'n8n-workflow';

import { pollBudget } from '../wire/bridge';
import { nodeKey } from './node';

// ---- n8n --------------------------------------------------------------------------------------------

/**
 * Milliseconds within which a batch that another process handed over is emitted again. A limit there has to be:
 * n8n stores nothing when a poll finds nothing, so that an old mark is what almost every quiet trigger starts with.
 */
const DOUBT = 5 * 60_000;
/** Share of n8n's time for a poll that is used for reading. */
const SHARE = 0.7;
const BUDGET = 60_000;

const running = new Map<string, Promise<unknown>>();

/** The mark of the last batch that this process handed over, or found to be settled, by node. */
const settled = new Map<string, unknown>();

/**
 * What polls of each node stored last in this process. n8n can run a trigger twice in one process, each with its own copy of what was stored:
 * its `import:workflow` leaves the earlier registration alive.
 */
const newest = new Map<string, IDataObject>();

/** Takes over what another registration of the node stored, unless another process stored something later. */
function catchUpWith(data: IDataObject, key: string): void {
	const stored = newest.get(key);
	if (!stored || Number(data.handedOver ?? 0) > Number(stored.handedOver ?? 0)) return;
	replace(data, stored);
}

/** Forgets what this process knows of a node that begins anew. */
export function forget(key: string): void {
	newest.delete(key);
}

function replace(data: IDataObject, members: IDataObject): void {
	for (const [name, value] of Object.entries(members)) {
		if (value === undefined) delete data[name];
		else if (data[name] !== value) data[name] = value;
	}
}

/** Nodes whose last batch is in doubt, until a reading that repeats it went well. */
const doubts = new Set<string>();

/** When the time for reading is up. */
export function budgetOf(context: IPollFunctions | ITriggerFunctions): () => boolean {
	const ends = Date.now() + SHARE * pollBudget(context, BUDGET);
	return () => Date.now() >= ends;
}

/** What a poll found, and what to remember once it is handed over. */
export interface Found {
	items: IDataObject[];
	/** Members of the node's data to replace; undefined ones are removed. `handedOver` marks the batch, and is set if it is not among them. */
	state: IDataObject;
}

/**
 * One poll of a node: alone, and remembered only when it went well.
 * @param read gets the node's data and whether the last batch is in doubt; without a result it is as if it had not been.
 */
export async function poll(context: IPollFunctions | ITriggerFunctions, read: (data: IDataObject, inDoubt: boolean) => Promise<Found | undefined>): Promise<INodeExecutionData[][] | null> {
	const key = nodeKey(context);
	const data = context.getWorkflowStaticData('node');
	const busy = running.get(key);
	if (busy) {
		// n8n starts polls over each other. The first of a freshly activated workflow has to find its start, though.
		if (Object.keys(data).length > 0) return null;
		await Promise.allSettled([busy]);
	}
	const work = (async () => {
		catchUpWith(data, key);
		// Also a process that polled before can find a batch of another one: it was the leader, was it not, and is it again.
		const { handedOver } = data;
		if (handedOver !== settled.get(key) && typeof handedOver === 'number' && Date.now() - handedOver < DOUBT) doubts.add(key);
		const found = await read(data, doubts.has(key));
		if (!found) return null;
		const { items, state } = found;
		const members: IDataObject = { ...(items.length > 0 ? { handedOver: Date.now() } : {}), ...state };
		replace(data, members);
		newest.set(key, { handedOver: data.handedOver, ...newest.get(key), ...members });
		settled.set(key, data.handedOver);
		doubts.delete(key);
		if (items.length === 0) return null;
		return [context.helpers.returnJsonArray(items)];
	})();
	running.set(key, work);
	try {
		return await work;
	} catch (error) {
		throw error instanceof NodeApiError ? error : new NodeOperationError(context.getNode(), error as Error);
	} finally {
		if (running.get(key) === work) running.delete(key);
	}
}
