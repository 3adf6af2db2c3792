/**
 * Outreach's bulk calls: they answer with a batch that is worked in the background.
 * https://developers.outreach.io/api/bulk-api/
 */
import type { IDataObject } from 'n8n-workflow';

import type { Run } from '../../shared/execute';
import { asObject, pause, type Client } from '../../shared/request';
import type { RecordId } from '../../shared/spec';

/** Ids that one bulk call takes. */
export const BATCH_SIZE = 100_000;

/** A batch as this node reports it. */
export interface Batch extends IDataObject {
	batchId: RecordId;
	state: string;
	count: number;
}

/** States in which nothing more will happen; the vendor does not list them, so a finish time counts as well. */
const OVER = new Set(['finished', 'failed', 'canceled', 'cancelled', 'completed', 'expired']);

export const isOver = (attributes: IDataObject) => Boolean(attributes.finishedAt) || OVER.has(String(attributes.state));

/**
 * Starts one bulk action on records given by id, never by filter: a filter that the vendor
 * ignores would change every record of the organisation.
 */
export async function startBatch(client: Client, action: string, ids: RecordId[], attributes: IDataObject): Promise<Batch[]> {
	const batches: Batch[] = [];
	for (let i = 0; i < ids.length; i += BATCH_SIZE) {
		const part = ids.slice(i, i + BATCH_SIZE);
		const { body } = await client.send({
			method: 'POST',
			path: `/batches/actions/${action}`,
			query: [['actionParams[skipConfirmation]', 'true']],
			body: client.api.encodeAction({ ...attributes, ids: part }),
			purpose: `start the bulk action ${action}`,
		});
		const record = client.api.record(body);
		batches.push({ batchId: client.api.id(record), state: String(client.api.value(record, 'state') ?? 'started'), count: part.length });
	}
	return batches;
}

/** Asks until the batches are over or the time is up, at growing intervals. Updates their states. */
export async function waitForBatches(run: Run, client: Client, batches: Batch[], maxMs: number): Promise<void> {
	const deadline = Date.now() + maxMs;
	const open = new Set(batches);
	for (let wait = 500; open.size > 0 && Date.now() < deadline; wait = Math.min(wait * 2, 15_000)) {
		if (!(await pause(Math.min(wait, Math.max(0, deadline - Date.now())), run.context.getExecutionCancelSignal()))) return;
		for (const batch of open) {
			const { body } = await client.send({ method: 'GET', path: `/batches/${batch.batchId}`, purpose: `get batch ${batch.batchId}` });
			const attributes = asObject(client.api.record(body).attributes);
			batch.state = String(attributes.state ?? batch.state);
			if (isOver(attributes)) open.delete(batch);
		}
	}
}
