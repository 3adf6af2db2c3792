/** What operations report of their writes: what the vendor's answer shows, or a read after it. */
import type { IDataObject } from 'n8n-workflow';

import { idField } from '../spec/fields';
import { labelOf, nouns } from '../spec/labels';
import { listed } from '../spec/place';
import type { RecordId, RecordInput } from '../spec/record';
import type { Action, Resource } from '../spec/resource';
import { BadInput, isAbsent } from '../spec/values';
import type { Client } from '../wire/client';
import { isGone } from '../wire/refusals';
import { isSilent } from './answers';
import { missedBy, unchanged } from './applied';
import { inParallel } from './parallel';
import { list, pathTo } from './reads';
import type { Run } from './run';

/** Reads under way at the same time. */
const AT_ONCE = 5;

/** Milliseconds before a record is read again that did not show a change: some vendors show it a moment later. */
const MOMENT = 1_000;

/**
 * What a read shows; once more after a moment if it does not show what was done.
 * @param shown what was shown already, in place of the first read.
 */
export async function settled<T>(client: Client, read: () => Promise<T>, shows: (shown: T) => boolean, shown?: T): Promise<T> {
	const first = shown ?? (await read());
	if (shows(first)) return first;
	await client.rest(MOMENT);
	return await read();
}

type Sent = Pick<RecordInput, 'fields' | 'links'> & { id?: RecordId };

/** What the vendor's answer must show of a record after an action. */
type Effect = NonNullable<Action['effect']>;

/** Where records without a read of their own are listed; undefined where they are not, or not by id. */
function placeOf(run: Run, resource: Resource): Resource | undefined {
	if (resource.rows) return listed(resource, true);
	return resource.methods.includes('getAll') && run.apiOf(resource).operators(idField(resource)).length > 0 ? resource : undefined;
}

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
	const place = placeOf(run, resource);
	if (!place) return undefined;
	const conditions = place.rows ? [] : [{ path: ['id'], operator: 'equals' as const, values: [String(id)] }];
	for await (const { record } of list(run, place, { conditions })) if (String(api.id(record)) === String(id)) return record;
	return undefined;
}

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
 * @returns the answer, or the one of a read if the vendor showed no record; undefined if neither does.
 * @throws BadInput if access did not change, or the vendor does not show that it did; or if the answer is about another record.
 */
export async function confirmWrite(run: Run, resource: Resource, sent: Sent, answer: unknown): Promise<unknown> {
	const api = run.apiOf(resource);
	const recordIn = (body: unknown) => (isSilent(body) ? {} : api.record(body));
	// A record without an id is none.
	const isShown = (body: unknown) => !isSilent(body) && (sent.id === undefined || !isAbsent(api.id(recordIn(body))));
	const answered = isShown(answer);
	if (!answered && sent.id === undefined) return answer;
	const id = sent.id ?? api.id(recordIn(answer));
	if (answered && sent.id !== undefined) assertSame(run, resource, id, recordIn(answer));
	const judged = (body: unknown) => ({ body, ...missedBy(api, resource, sent, recordIn(body)) });
	type Judged = ReturnType<typeof judged>;
	// An answer to the change shows the change; of access it has to be certain. A read can be older.
	const shows = ({ body, access, labels }: Judged) => isSilent(body) || (access.length === 0 && (answered || labels.length === 0));
	const shown = await settled(run.client(resource), async () => judged(await readBack(run, resource, id)), shows, answered ? judged(answer) : undefined);
	if (!answered && !isShown(shown.body)) return undefined;
	if (shown.access.length > 0) throw unchanged(api, resource, shown.access.join(', '));
	// Where records are only listed, a read gives no answer of its own.
	const { body: whole, labels } = shown.body === answer || !isAbsent(api.id(recordIn(shown.body))) ? shown : judged(answer);
	if (sent.id !== undefined) assertSame(run, resource, id, recordIn(whole));
	run.noteMissed(whole, resource, api.id(recordIn(whole)), labels);
	return whole;
}

/** From so many records on, a list of all is read rather than each of them. */
const MANY = 4;

/**
 * Asks for records that were deleted.
 * @returns errors of those that are still there, by id; undefined if the vendor has no read that could tell.
 */
export async function leftOf(run: Run, resource: Resource, ids: RecordId[]): Promise<Map<string, Error> | undefined> {
	const api = run.apiOf(resource);
	const { field, values = [] } = resource.confirmDelete ?? {};
	const left = new Map<string, Error>();
	const note = (id: RecordId, record: IDataObject) => {
		if (field && values.some((value) => value === api.value(record, field))) return;
		left.set(String(id), unchanged(api, resource, `${nouns(resource).one} ${id} is still there`));
	};
	const single = async (id: RecordId) => {
		const [read] = await Promise.allSettled([readBack(run, resource, id)]);
		if (read.status === 'fulfilled') return read.value === undefined ? undefined : note(id, api.record(read.value));
		if (!isGone(read.reason)) left.set(String(id), read.reason as Error);
	};
	const listing = placeOf(run, resource);
	let shown = 0;
	const ask = async (open: RecordId[]) => {
		if (resource.methods.includes('get') || (open.length < MANY && !resource.rows)) return await inParallel(open, AT_ONCE, single);
		const wanted = new Map(open.map((id) => [String(id), id]));
		shown = 0;
		for await (const { record } of list(run, listing!, { conditions: [] })) {
			shown++;
			const id = wanted.get(String(api.id(record)));
			if (id !== undefined) note(id, record);
		}
	};
	if (!listing && !resource.methods.includes('get')) return undefined;
	await ask(ids);
	// Of a list in part, what is missing says nothing.
	if (left.size === 0) return listing?.rows && api.childRows && shown >= api.childRows ? undefined : left;
	await run.client(resource).rest(MOMENT);
	const again = ids.filter((id) => left.has(String(id)));
	left.clear();
	await ask(again);
	return left;
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
	const value = of(await settled(run.client(resource), async () => await readBack(run, resource, id), (shown) => fits(of(shown)), of(answer) === undefined ? undefined : answer));
	if (fits(value)) return [];
	const label = labelOf(resource.fields.find((f) => f.name === field) ?? { name: field });
	if (access) throw unchanged(api, resource, value === undefined ? `the record does not show ${label}` : `${label} is ${JSON.stringify(value)}`);
	run.noteMissed(answer, resource, id, [label]);
	return [label];
}
