/**
 * Outreach's bulk calls answer with a batch that is worked in the background.
 * https://developers.outreach.io/api/bulk-api/
 */
import type { IDataObject } from 'n8n-workflow';

import type { QueryPairs } from '../../shared/api';
import type { Run } from '../../shared/execute';
import { asObject, pause, type Client } from '../../shared/request';
import type { RecordId } from '../../shared/spec';

/** Ids that one bulk call takes. */
export const BATCH_SIZE = 100_000;

/** A batch as far as it is known. */
export interface Batch {
	batchId: RecordId;
	/** Records given by id. */
	count?: number;
	/** Records the vendor will change; null until it has counted them. */
	total: number | null;
	state: string;
	attributes: IDataObject;
}

/** States in which nothing more will happen; the vendor does not list them, so a finish time counts as well. */
const OVER = new Set(['finished', 'failed', 'canceled', 'cancelled', 'completed', 'expired']);

export const isOver = (attributes: IDataObject) => Boolean(attributes.finishedAt) || OVER.has(String(attributes.state));

function read(client: Client, body: unknown, batch: Partial<Batch> = {}): Batch {
	const record = client.api.record(body);
	const attributes = asObject(record.attributes);
	return Object.assign(batch, {
		batchId: client.api.id(record),
		attributes,
		state: String(attributes.state ?? 'started'),
		total: typeof attributes.total === 'number' ? attributes.total : null,
	});
}

/**
 * Starts one bulk change.
 * @param call.body attributes of the change, with `ids` unless a filter is in the query. An empty list of ids
 * would stand for every record, so it is never sent.
 */
export async function startBatch(
	client: Client,
	call: { path: string; query?: QueryPairs; body: IDataObject; confirmed: boolean; purpose: string },
): Promise<Batch> {
	const { ids } = call.body;
	const { body } = await client.send({
		method: 'POST',
		path: call.path,
		query: [...(call.query ?? []), ...(call.confirmed ? ([['actionParams[skipConfirmation]', 'true']] as QueryPairs) : [])],
		body: client.api.encodeAction(call.body),
		purpose: call.purpose,
	});
	return read(client, body, Array.isArray(ids) ? { count: ids.length } : {});
}

/** Asks, at growing intervals, until all batches satisfy `done` or the time is up. Updates the batches. */
export async function waitForBatches(run: Run, client: Client, batches: Batch[], maxMs: number, done: (batch: Batch) => boolean): Promise<void> {
	const deadline = Date.now() + maxMs;
	const open = new Set(batches.filter((batch) => !done(batch)));
	for (let wait = 500; open.size > 0 && Date.now() < deadline; wait = Math.min(wait * 2, 15_000)) {
		if (!(await pause(Math.min(wait, Math.max(0, deadline - Date.now())), run.context.getExecutionCancelSignal()))) return;
		for (const batch of open) {
			const { body } = await client.send({ method: 'GET', path: `/batches/${batch.batchId}`, purpose: `get batch ${batch.batchId}` });
			read(client, body, batch);
			if (done(batch)) open.delete(batch);
		}
	}
}
