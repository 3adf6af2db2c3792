/**
 * Outreach's bulk calls answer with a batch or an import that is worked in the background.
 * https://developers.outreach.io/api/bulk-api/
 */
import type { IDataObject } from 'n8n-workflow';

import type { Run } from '../../shared/run/run';
import type { RecordId } from '../../shared/spec/record';
import { asObject } from '../../shared/spec/values';
import type { QueryPairs } from '../../shared/wire/api';
import type { Client } from '../../shared/wire/client';
import { pause } from '../../shared/wire/gate';

/** Ids that one bulk call takes. */
export const BATCH_SIZE = 100_000;

/** First pause between two questions in milliseconds; doubles each time up to the longest. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;

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
const OVER = new Set(['finished', 'failed', 'canceled', 'cancelled', 'completed', 'complete', 'expired', 'error', 'errored']);

export const isOver = (attributes: IDataObject) => Boolean(attributes.finishedAt) || OVER.has(String(attributes.state));

/** States in which the vendor gave up. */
export const isBroken = (state: unknown) => OVER.has(String(state)) && !['finished', 'completed', 'complete'].includes(String(state));

/** The chosen waiting time in milliseconds. @param minutes value of the option, undefined when it was not added. */
export const waitMsOf = (minutes: unknown) => Math.max(0, Number(minutes ?? 10) || 0) * 60_000;

/** Attributes that the vendor filled. */
export const filled = (attributes: IDataObject): IDataObject => Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null));

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

/** Reads what has become of a batch. */
export async function refreshBatch(client: Client, batch: Batch): Promise<void> {
	const { body } = await client.send({ method: 'GET', path: `/batches/${batch.batchId}`, purpose: `get batch ${batch.batchId}` });
	read(client, body, batch);
}

/** Asks, at growing intervals, until all entries are done, the time is up, or the execution is cancelled. */
export async function poll<T>(run: Run, entries: T[], maxMs: number, done: (entry: T) => boolean, refresh: (entry: T) => Promise<void>): Promise<void> {
	const deadline = Date.now() + maxMs;
	const open = new Set(entries.filter((entry) => !done(entry)));
	for (let wait = FIRST_PAUSE; open.size > 0 && Date.now() < deadline; wait = Math.min(wait * 2, LONGEST_PAUSE)) {
		if (!(await pause(Math.min(wait, Math.max(0, deadline - Date.now())), run.context.getExecutionCancelSignal()))) return;
		for (const entry of open) {
			await refresh(entry);
			if (done(entry)) open.delete(entry);
		}
	}
}

/** Waits until all batches satisfy `done` or the time is up. Updates the batches. */
export async function waitForBatches(run: Run, client: Client, batches: Batch[], maxMs: number, done: (batch: Batch) => boolean): Promise<void> {
	await poll(run, batches, maxMs, done, async (batch) => await refreshBatch(client, batch));
}
