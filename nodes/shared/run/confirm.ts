/** What operations report of their writes: what the vendor's answer shows, or a read after it. */
import { type IDataObject, NodeApiError } from 'n8n-workflow';

import { idField } from '../spec/fields';
import { labelOf, nouns } from '../spec/labels';
import type { RecordId, RecordInput } from '../spec/record';
import type { Action, Resource } from '../spec/resource';
import { BadInput } from '../spec/values';
import { pause } from '../wire/gate';
import { isSilent } from './answers';
import { missedBy, unchanged } from './applied';
import { list, pathTo } from './reads';
import type { Run } from './run';

/** Milliseconds before a record is read again that did not show a change: some vendors show it a moment later. */
const MOMENT = 1_000;

type Sent = Pick<RecordInput, 'fields' | 'links'> & { id?: RecordId };

/** What the vendor's answer must show of a record after an action. */
type Effect = NonNullable<Action['effect']>;

/**
 * A record as it is now, as an answer.
 * @returns undefined if the vendor offers no read of one, or does not list the record.
 */
export async function readBack(run: Run, resource: Resource, id: RecordId): Promise<unknown> {
	const client = run.client(resource);
	const { api } = client;
	if (resource.methods.includes('get')) {
		return (await client.send({ method: 'GET', path: pathTo(resource, id), purpose: `check ${nouns(resource).one} ${id}` })).body;
	}
	const { rows } = resource;
	const conditions = rows ? [] : [{ path: ['id'], operator: 'equals' as const, values: [String(id)] }];
	if (!resource.methods.includes('getAll') || (!rows && api.operators(idField(resource)).length === 0)) return undefined;
	const place = rows ? { ...resource, path: rows.path } : resource;
	for await (const { record } of list(run, place, { conditions })) if (String(api.id(record)) === String(id)) return record;
	return undefined;
}

/** Whether the vendor can be asked for a record of this kind. */
export const isReadable = (run: Run, resource: Resource) =>
	resource.methods.includes('get') || (resource.methods.includes('getAll') && (resource.rows !== undefined || run.apiOf(resource).operators(idField(resource)).length > 0));

/** @throws BadInput if an answer is about another record than the one that was asked for. */
export function assertSame(run: Run, resource: Resource, id: RecordId, record: IDataObject): void {
	const api = run.apiOf(resource);
	const other = api.id(record);
	if (other === undefined || other === null || String(other) === String(id)) return;
	throw new BadInput(
		`${api.name} answered with ${nouns(resource).one} ${other} to a request about ${nouns(resource).one} ${id}`,
		`Look at both records in ${api.name} before you run again.`,
	);
}

/**
 * Holds the answer of a write against what was sent. What did not take effect is noted, for the output and a hint.
 * @returns the answer, or the one of a read if the vendor showed nothing.
 * @throws BadInput if access did not change, or the vendor does not show that it did; or if the answer is about another record.
 */
export async function confirmWrite(run: Run, resource: Resource, sent: Sent, answer: unknown): Promise<unknown> {
	const api = run.apiOf(resource);
	let shown = answer;
	if (isSilent(shown)) {
		if (sent.id === undefined) return shown;
		shown = (await readBack(run, resource, sent.id)) ?? shown;
	}
	if (isSilent(shown)) return shown;
	const record = api.record(shown);
	if (sent.id !== undefined) assertSame(run, resource, sent.id, record);
	const first = missedBy(api, resource, sent, record);
	if (first.access.length > 0) await confirmAccess(run, resource, sent, sent.id ?? api.id(record));
	run.noteMissed(shown, resource, api.id(record), first.labels);
	return shown;
}

/** Reads a record again whose answer did not show a change of access. @throws BadInput if it does not show it either. */
async function confirmAccess(run: Run, resource: Resource, sent: Sent, id: RecordId): Promise<void> {
	const api = run.apiOf(resource);
	await pause(MOMENT, run.context.getExecutionCancelSignal());
	const now = await readBack(run, resource, id);
	const { access } = missedBy(api, resource, sent, now === undefined ? {} : api.record(now));
	if (access.length > 0) throw unchanged(api, resource, access.join(', '));
}

/**
 * Confirms by a read that a record is gone.
 * @returns false if the vendor has no read that could tell.
 * @throws BadInput if it is still there.
 */
export async function confirmGone(run: Run, resource: Resource, id: RecordId): Promise<boolean> {
	if (!isReadable(run, resource)) return false;
	const api = run.apiOf(resource);
	const { field, values = [] } = resource.confirmDelete ?? {};
	const isThere = async () => {
		const [read] = await Promise.allSettled([readBack(run, resource, id)]);
		if (read.status === 'rejected') {
			if (read.reason instanceof NodeApiError && ['404', '410'].includes(String(read.reason.httpCode))) return false;
			throw read.reason instanceof Error ? read.reason : new Error(String(read.reason));
		}
		return read.value !== undefined && !(field && values.includes(api.value(api.record(read.value), field) as never));
	};
	if (!(await isThere())) return true;
	await pause(MOMENT, run.context.getExecutionCancelSignal());
	if (!(await isThere())) return true;
	throw unchanged(api, resource, `${nouns(resource).one} ${id} is still there`);
}

/**
 * Holds a record against what an action must have done to it: as the answer shows it, or a read after it.
 * @returns labels of what did not take effect.
 * @throws BadInput if the action is about access and the record does not show it.
 */
export async function confirmEffect(run: Run, resource: Resource, effect: Effect, id: RecordId, answer: unknown): Promise<string[]> {
	const api = run.apiOf(resource);
	const { field, values, access } = effect;
	const of = (shown: unknown) => (isSilent(shown) ? undefined : api.value(api.record(shown), field));
	const fits = (value: unknown) => values.some((one) => String(one) === String(value));
	let value = of(answer);
	if (value === undefined) value = of(await readBack(run, resource, id));
	if (fits(value)) return [];
	await pause(MOMENT, run.context.getExecutionCancelSignal());
	value = of(await readBack(run, resource, id));
	if (fits(value)) return [];
	const label = labelOf(resource.fields.find((f) => f.name === field) ?? { name: field });
	if (access) throw unchanged(api, resource, value === undefined ? `the record does not show ${label}` : `${label} is ${JSON.stringify(value)}`);
	run.noteMissed(answer, resource, id, [label]);
	return [label];
}
