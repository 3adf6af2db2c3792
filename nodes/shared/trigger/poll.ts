/**
 * Polling that loses nothing and repeats nothing it need not. The upper part knows no n8n: walks over a
 * stream of changes with a cursor, and comparisons of snapshots for vendors without times. Below it, what
 * a poll node adds: one poll at a time, the budget, and state that moves only with what is emitted.
 */
import { type IDataObject, type INodeExecutionData, type IPollFunctions, type ITriggerFunctions, NodeApiError, NodeOperationError } from 'n8n-workflow';

import { fingerprint, nodeKey, splitFingerprints } from './delivery';

// ---- walks ------------------------------------------------------------------------------------------

/** Where a broken-off walk goes on; JSON. */
export type Rest = unknown;

export interface Page<R> {
	records: R[];
	/** Absent on the last page. */
	next?: Rest;
}

/** Changes in the order of their time, which the vendor sets. Times are ISO 8601 in UTC. */
export interface Stream<R> {
	/** Records of `from` and later, oldest first; all of them when it is empty. `rest` goes on with an earlier walk. */
	pages(from: string, rest?: Rest): AsyncIterable<Page<R>>;
	/** The newest records, newest first. */
	newest(): AsyncIterable<R>;
	time(record: R): string;
	id(record: R): string;
}

/** What a poll remembers; JSON. Fingerprints stand for a record at a time. */
export interface Cursor {
	/** Time of the newest change that was walked over; empty when there was none yet. */
	at: string;
	/** Fingerprints of the window before `at` that were dealt with. */
	seen: string;
	/** Up to this time everything was dealt with, whether it is in `seen` or not; the beginning of the window when it is absent. */
	floor?: string;
	/** A backlog: where the next poll goes on. */
	rest?: Rest;
	/** Fingerprints of the last batch, apart from `seen`, and the cursor before it: it may have to be emitted again. */
	batch?: string;
	before?: string;
}

export interface Limits {
	/** Milliseconds before the cursor that are read again, for changes that become visible late. */
	overlap: number;
	/** No further page after so many new records. */
	most: number;
	/** No further page once this says so. */
	isOver(): boolean;
}

export interface Walk<R> {
	fresh: R[];
	cursor: Cursor;
	/** More is waiting. */
	unfinished: boolean;
}

/** Fingerprints kept at most: 160 KB. Beyond, the floor rises in place of the oldest. */
export const WINDOW = 20_000;

const minus = (time: string, ms: number) => (time === '' ? '' : new Date(Date.parse(time) - ms).toISOString());

const later = (a: string, b: string) => (a === '' || (b !== '' && Date.parse(b) > Date.parse(a)) ? b : a);

const isLater = (time: string, than: string) => than === '' || Date.parse(time) > Date.parse(than);

const markOf = <R>(stream: Stream<R>, record: R) => fingerprint(`${stream.id(record)}@${stream.time(record)}`);

/**
 * Reads on from a cursor, page by page, as far as the limits allow.
 * @param again emits the last batch once more: the process that handed it over is gone, and so may be the batch.
 */
export async function walk<R>(stream: Stream<R>, cursor: Cursor, limits: Limits, again = false): Promise<Walk<R>> {
	const batch = splitFingerprints(cursor.batch);
	const repeat = new Set(again ? batch : []);
	const known = new Set([...splitFingerprints(cursor.seen), ...batch]);
	const continued = !again && cursor.rest !== undefined;
	const start = again ? (cursor.before ?? cursor.at) : cursor.at;
	// A window that has become larger does not bring back what was dealt with.
	const floor = cursor.floor ?? minus(cursor.at, limits.overlap + 1);
	const from = minus(start, limits.overlap);
	const walked: Array<{ mark: string; time: string }> = [];
	const fresh: R[] = [];
	const marks: string[] = [];
	let { at } = cursor;
	let rest: Rest;
	for await (const page of stream.pages(again ? from : later(from, floor), continued ? cursor.rest : undefined)) {
		for (const record of page.records) {
			const time = stream.time(record);
			const mark = markOf(stream, record);
			walked.push({ mark, time });
			at = later(at, time);
			const missed = !known.has(mark) && (continued || isLater(time, floor));
			if (!missed && !repeat.delete(mark)) continue;
			known.add(mark);
			fresh.push(record);
			marks.push(mark);
		}
		rest = page.next;
		if (rest !== undefined && (fresh.length >= limits.most || limits.isOver())) break;
	}
	const edge = later(floor, minus(at, limits.overlap + 1));
	const inBatch = new Set(marks);
	// Only a walk from the window's start to the end has met everything there is in it.
	const whole = !continued && rest === undefined;
	// What was dealt with before, when a walk goes on, is no later than what it begins with.
	const before = whole ? [] : [...splitFingerprints(cursor.seen), ...batch].map((mark) => ({ mark, time: walked[0]?.time ?? at }));
	const met = new Map([...before, ...walked.filter(({ time }) => isLater(time, edge))].filter(({ mark }) => !inBatch.has(mark)).map(({ mark, time }) => [mark, time]));
	const forgotten = [...met.values()].slice(0, -WINDOW).reduce(later, '');
	// In a backlog there can be more of that very time.
	const risen = rest === undefined ? forgotten : minus(forgotten, 1);
	return {
		fresh,
		unfinished: rest !== undefined,
		cursor: {
			at,
			seen: [...met.keys()].slice(-WINDOW).join(''),
			floor: later(edge, risen),
			...(rest === undefined ? {} : { rest }),
			...(marks.length > 0 ? { batch: marks.join(''), before: start } : {}),
		},
	};
}

/** Where a walk over counted pages stands; JSON. */
interface Place {
	/** Records of this time and later are listed. */
	from: string;
	page: number;
	/** What was read so far of the records that have this very time. */
	reading?: Reading;
	/** The reading before, when it is read again. */
	before?: Reading;
	readings?: number;
}

/** A reading of the records of one time: their number, the sum of their fingerprints, and the time of what follows. */
interface Reading {
	count: number;
	sum: number;
	following?: string;
}

/** How often the records of one time are read if they do not come to rest. */
const READINGS = 10;

/** Sums of fingerprints stay below. */
const MODULUS = 2 ** 48;

const add = ({ count, sum }: Reading, id: string): Reading => ({
	count: count + 1,
	sum: (sum + Buffer.from(fingerprint(id), 'base64url').readUIntBE(0, 6)) % MODULUS,
});

/**
 * Pages of a list by time, oldest first, at a vendor that counts pages. While they are read, a record that changes
 * or vanishes moves all that follow towards the front, and one of them over the border of a page, out of sight.
 * So each page begins anew at the time of the last record that was read. Only where the records of one time fill
 * more than a page, pages are counted, and read again until two readings agree: then nothing that was read in
 * the first of them had moved. Some records come twice.
 * @param read a page of the records of `from` and later, and whether there are more.
 */
export async function* countedPages<R>(
	{ time, id }: Pick<Stream<R>, 'time' | 'id'>,
	start: string,
	rest: Rest | undefined,
	read: (from: string, page: number) => Promise<{ records: R[]; more: boolean }>,
): AsyncGenerator<Page<R>> {
	let place: Place | undefined = (rest as Place | undefined) ?? { from: start, page: 0 };
	while (place) {
		const { from, page, before, readings = 1 }: Place = place;
		const { records, more } = await read(from, page);
		const last: string = records.length > 0 ? time(records[records.length - 1]) : from;
		if (page === 0 && isLater(last, from)) {
			place = more ? { from: last, page: 0 } : undefined;
			yield { records, ...(place ? { next: place } : {}) };
			continue;
		}
		const same = records.filter((record) => !isLater(time(record), from));
		const reading: Reading = same.reduce((sofar, record) => add(sofar, id(record)), place.reading ?? { count: 0, sum: 0 });
		// What follows on such a page is left for later: some of it may have moved to where it was not seen.
		const following = same.length < records.length ? time(records[same.length]) : undefined;
		const isEnd = !more && following === undefined;
		const agrees = before?.count === reading.count && before.sum === reading.sum && (before.following !== undefined || isEnd);
		const goOn = (then: string | undefined) => (then === undefined ? undefined : { from: then, page: 0 });
		if (more && following === undefined) place = { ...place, page: page + 1, reading };
		else if (page === 0) place = undefined;
		else if (agrees) place = goOn(before?.following);
		else if (readings >= READINGS) place = goOn(following);
		else place = { from, page: 0, before: { ...reading, following }, readings: readings + 1 };
		yield { records: same, ...(place ? { next: place } : {}) };
	}
}

/** The cursor that leaves everything behind that is there now. No clock but the vendor's is asked. */
export async function fromNow<R>(stream: Stream<R>, overlap: number): Promise<Cursor> {
	let at = '';
	let floor = '';
	const seen: string[] = [];
	for await (const record of stream.newest()) {
		const time = stream.time(record);
		if (at === '') at = time;
		floor = minus(at, overlap + 1);
		if (!isLater(time, floor)) break;
		if (seen.length >= WINDOW) {
			floor = time;
			break;
		}
		seen.push(markOf(stream, record));
	}
	return { at, seen: seen.reverse().join(''), floor };
}

/** The cursor before everything from a time on. */
export function fromTime(time: string, overlap: number): Cursor {
	return { at: new Date(Date.parse(time) + overlap).toISOString(), seen: '', floor: minus(time, 1) };
}

// ---- snapshots --------------------------------------------------------------------------------------

/** Records by id with a short mark of what is watched in them, for vendors that keep no times. */
export type Snapshot = Map<string, string>;

/** A compact text of a snapshot: about 20 bytes a record. */
export function packSnapshot(snapshot: Snapshot): string {
	return [...snapshot].map(([id, mark]) => `${encodeURIComponent(id)} ${encodeURIComponent(mark)}`).join('\n');
}

export function unpackSnapshot(text: unknown): Snapshot {
	const lines = typeof text === 'string' && text !== '' ? text.split('\n') : [];
	return new Map(
		lines.map((line) => {
			const [id, mark = ''] = line.split(' ');
			return [decodeURIComponent(id), decodeURIComponent(mark)] as const;
		}),
	);
}

/** A mark of any value, whatever the order of its keys. */
export function markOfValue(value: unknown): string {
	return fingerprint(
		JSON.stringify(value ?? null, (_key, entry: unknown) =>
			typeof entry === 'object' && entry !== null && !Array.isArray(entry)
				? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)))
				: entry,
		),
	);
}

export interface Difference {
	created: string[];
	/** With the mark they had before. */
	changed: Array<{ id: string; before: string }>;
	missing: string[];
}

/** What became of the records between two snapshots. `now` may be a part: then nothing counts as missing. */
export function difference(before: Snapshot, now: Snapshot, complete = true): Difference {
	const result: Difference = { created: [], changed: [], missing: [] };
	for (const [id, mark] of now) {
		const earlier = before.get(id);
		if (earlier === undefined) result.created.push(id);
		else if (earlier !== mark) result.changed.push({ id, before: earlier });
	}
	if (complete) for (const id of before.keys()) if (!now.has(id)) result.missing.push(id);
	return result;
}

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

/** Nodes whose last batch is in doubt, until a reading that repeats it went well. */
const doubts = new Set<string>();

/** When the time for reading is up. */
export function budgetOf(context: IPollFunctions | ITriggerFunctions): () => boolean {
	const { getPollBudgetMs } = context as { getPollBudgetMs?: () => number };
	const ends = Date.now() + SHARE * (getPollBudgetMs?.call(context) ?? BUDGET);
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
		// Also a process that polled before can find a batch of another one: it was the leader, was it not, and is it again.
		const { handedOver } = data;
		if (handedOver !== settled.get(key) && typeof handedOver === 'number' && Date.now() - handedOver < DOUBT) doubts.add(key);
		const found = await read(data, doubts.has(key));
		if (!found) return null;
		const { items, state } = found;
		for (const [name, value] of Object.entries({ ...(items.length > 0 ? { handedOver: Date.now() } : {}), ...state })) {
			if (value === undefined) delete data[name];
			else data[name] = value;
		}
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
