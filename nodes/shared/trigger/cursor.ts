/** A walk over a stream of changes with a cursor. Knows nothing of n8n. */
import { fingerprint, splitFingerprints } from './fingerprint';

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

export const isLater = (time: string, than: string) => than === '' || Date.parse(time) > Date.parse(than);

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
