import { countedPages } from '../../dist/nodes/shared/trigger/countedPages.js';
import { difference, packSnapshot, unpackSnapshot } from '../../dist/nodes/shared/trigger/snapshot.js';
import { fromNow, fromTime, walk, type Cursor, type Limits, type Page, type Stream } from '../../dist/nodes/shared/trigger/cursor.js';
import { markOfValue } from '../../dist/nodes/shared/trigger/fingerprint.js';
import { processorClock } from '../harness/processor.mts';

interface Row {
	id: number;
	at: string;
}

const T0 = Date.parse('2026-03-01T10:00:00.000Z');
const iso = (ms: number) => new Date(T0 + ms).toISOString();

/** A vendor's list: sorted by time, read in pages that a cursor of the vendor continues. */
class Source implements Stream<Row> {
	rows = new Map<number, Row>();
	pageSize = 3;
	reads = 0;

	set(id: number, ms: number): void {
		this.rows.set(id, { id, at: iso(ms) });
	}

	protected sorted(): Row[] {
		return [...this.rows.values()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id - b.id));
	}

	async *pages(from: string, rest?: unknown): AsyncGenerator<Page<Row>> {
		let after = rest as [string, number] | undefined;
		for (;;) {
			this.reads += 1;
			const rows = this.sorted().filter(({ at, id }) => (after ? at > after[0] || (at === after[0] && id > after[1]) : at >= from));
			const records = rows.slice(0, this.pageSize);
			const last = records.at(-1);
			after = last && rows.length > records.length ? [last.at, last.id] : undefined;
			yield { records, ...(after ? { next: after } : {}) };
			if (!after) return;
		}
	}

	async *newest() {
		yield* this.sorted().reverse();
	}

	time = (row: Row) => row.at;
	id = (row: Row) => String(row.id);
}

/** A vendor that counts pages, and where something can happen after each of them. */
class Counted extends Source {
	/** Called with the number of the page that was just read, counted from 1. */
	after: (reads: number) => void = () => {};

	override pages(from: string, rest?: unknown) {
		return countedPages<Row>(this, from, rest, async (earliest, page) => {
			const rows = this.sorted().filter(({ at }) => at >= earliest);
			const records = rows.slice(page * this.pageSize, (page + 1) * this.pageSize);
			this.reads += 1;
			this.after(this.reads);
			return { records, more: (page + 1) * this.pageSize < rows.length };
		});
	}
}

const limits = (more: Partial<Limits> = {}): Limits => ({ overlap: 1000, most: 1000, isOver: () => false, ...more });

/** The cursor as it comes back from n8n's database. */
const stored = (cursor: Cursor) => JSON.parse(JSON.stringify(cursor)) as Cursor;

const ids = (rows: Row[]) => rows.map(({ id }) => id);

describe('walk', () => {
	let source: Source;
	let cursor: Cursor;

	beforeEach(async () => {
		source = new Source();
		for (let i = 1; i <= 5; i += 1) source.set(i, i * 100);
		cursor = await fromNow(source, 1000);
	});

	async function next(more: Partial<Limits> = {}, again = false) {
		const result = await walk(source, stored(cursor), limits(more), again);
		cursor = result.cursor;
		return ids(result.fresh);
	}

	test('what is there at the start is not news', async () => {
		expect(cursor.at).toBe(iso(500));
		expect(await next()).toEqual([]);
	});

	test('each change once, in order', async () => {
		source.set(6, 600);
		source.set(2, 700);
		expect(await next()).toEqual([6, 2]);
		expect(await next()).toEqual([]);
		source.set(2, 701);
		expect(await next()).toEqual([2]);
	});

	test('nothing there at the start: the first record is news, whatever its time', async () => {
		source.rows.clear();
		cursor = await fromNow(source, 1000);
		expect(cursor).toEqual({ at: '', seen: '', floor: '' });
		source.set(1, -99_000_000);
		expect(await next()).toEqual([1]);
		expect(await next()).toEqual([]);
	});

	test('changes that become visible late, within the window', async () => {
		source.set(10, 5000);
		expect(await next()).toEqual([10]);
		source.set(11, 4200);
		source.set(12, 3900);
		expect(await next()).toEqual([11]);
		expect(await next()).toEqual([]);
	});

	test('more records at the edge of the cursor', async () => {
		source.set(6, 600);
		expect(await next()).toEqual([6]);
		source.set(7, 600);
		expect(await next()).toEqual([7]);
	});

	test('many records with one time, across pages and polls', async () => {
		for (let i = 100; i < 600; i += 1) source.set(i, 5000);
		const emitted: number[] = [];
		for (let poll = 0; poll < 40; poll += 1) emitted.push(...(await next({ most: 30 })));
		expect(emitted).toEqual(Array.from({ length: 500 }, (_, i) => i + 100));
		source.set(50, 5000);
		expect(await next()).toEqual([50]);
	});

	test('a backlog goes on where it stopped, and meanwhile changed records come once more', async () => {
		for (let i = 100; i < 130; i += 1) source.set(i, 10_000 + i * 10_000);
		let polls = 0;
		const result = await walk(source, cursor, limits({ isOver: () => ++polls > 2 }));
		expect(result.unfinished).toBe(true);
		cursor = result.cursor;
		const reads = source.reads;
		source.set(100, 9_000_000);
		const rest = await next();
		expect(source.reads - reads).toBeLessThan(10);
		expect([...ids(result.fresh), ...rest].sort((a, b) => a - b)).toEqual([100, ...Array.from({ length: 30 }, (_, i) => i + 100)]);
		expect(await next()).toEqual([]);
	});

	test('the last batch again, when it is in doubt: that and what is new, nothing older', async () => {
		source.set(6, 60_000);
		expect(await next()).toEqual([6]);
		for (let i = 7; i < 17; i += 1) source.set(i, 100_000 + i * 10_000);
		const batch = await next();
		expect(batch).toHaveLength(10);
		source.set(20, 999_000);
		source.set(8, 999_500);
		const repeated = await next({}, true);
		expect(repeated).toEqual([...batch.filter((id) => id !== 8), 20, 8]);
		expect(await next()).toEqual([]);
	});

	test('in doubt without a batch: nothing', async () => {
		expect(await next({}, true)).toEqual([]);
	});

	test('the last batch of a backlog again', async () => {
		for (let i = 100; i < 120; i += 1) source.set(i, 5000);
		const first = await next({ most: 3 });
		const second = await next({ most: 3 });
		const again = await next({}, true);
		expect([...first, ...again]).toEqual(Array.from({ length: 20 }, (_, i) => i + 100));
		expect(again).toEqual(expect.arrayContaining(second));
		expect(await next()).toEqual([]);
	});

	test('a window that becomes larger brings nothing back', async () => {
		for (const [id, ms] of [[6, 5000], [7, 20_000], [8, 40_000]] as const) {
			source.set(id, ms);
			expect(await next()).toEqual([id]);
		}
		const { reads } = source;
		expect(await next({ overlap: 60_000 })).toEqual([]);
		expect(source.reads - reads).toBe(1);
		// From now on the larger one counts.
		source.set(9, 100_000);
		expect(await next({ overlap: 60_000 })).toEqual([9]);
		source.set(10, 45_000);
		expect(await next({ overlap: 60_000 })).toEqual([10]);
	});

	test('from a time that the user sets', async () => {
		cursor = fromTime(iso(300), 1000);
		expect(await next()).toEqual([3, 4, 5]);
		source.set(9, 310);
		expect(await next()).toEqual([9]);
		expect(await next()).toEqual([]);
	});

	test('a random history: everything arrives, nothing twice', async () => {
		let seed = 7;
		const dice = (n: number) => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) % n;
		const expected: string[] = [];
		const emitted: string[] = [];
		let now = 1000;
		for (let round = 0; round < 300; round += 1) {
			for (let i = dice(8); i > 0; i -= 1) {
				now += dice(3) * dice(400);
				const id = dice(40);
				// One record cannot change twice unnoticed between polls: only its last state counts.
				if (source.rows.has(id) && source.rows.get(id)!.at === iso(now)) continue;
				source.set(id, now);
			}
			const before = new Map(source.rows);
			const result = await walk(source, stored(cursor), limits({ most: 1 + dice(6) }));
			cursor = result.cursor;
			emitted.push(...result.fresh.map(({ id, at }) => `${id}@${at}`));
			if (!result.unfinished) for (const { id, at } of before.values()) expected.push(`${id}@${at}`);
		}
		cursor = (await walk(source, cursor, limits())).cursor;
		expect(new Set(emitted).size).toBe(emitted.length);
		const got = new Set(emitted);
		const start = new Set(Array.from({ length: 5 }, (_, i) => `${i + 1}@${iso((i + 1) * 100)}`));
		expect([...new Set(expected)].filter((mark) => !got.has(mark) && !start.has(mark))).toEqual([]);
	});
});

describe('more in the window than can be remembered', () => {
	const MANY = 30_000;
	/** A list that is not sorted anew for each page. */
	const listOf = (rows: Row[]): Stream<Row> => ({
		async *pages(from, rest) {
			const list = rows.filter(({ at }) => from === '' || at >= from);
			for (let i = (rest as number | undefined) ?? 0; i === 0 || i < list.length; i += 1000) yield { records: list.slice(i, i + 1000), ...(i + 1000 < list.length ? { next: i + 1000 } : {}) };
		},
		async *newest() {
			yield* rows.toReversed();
		},
		time: ({ at }) => at,
		id: ({ id }) => String(id),
	});
	const sorted = (rows: Row[]) => rows.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
	const wide = (more: Partial<Limits> = {}) => limits({ overlap: 300_000, most: 5000, ...more });
	const kinds: Array<[string, Row[]]> = [
		['within 150 seconds', Array.from({ length: MANY }, (_, i) => ({ id: i, at: iso(Math.floor(i / 200) * 1000) }))],
		['at one time', Array.from({ length: MANY }, (_, i) => ({ id: i, at: iso(1000) }))],
	];

	test.each(kinds)('changes %s come once, and no more after them', async (_, rows) => {
		for (const most of [5000, 100_000]) {
			let cursor: Cursor = { at: iso(-1000), seen: '' };
			const emitted: number[] = [];
			let polls = 0;
			for (let unfinished = true; unfinished; polls += 1) {
				const result = await walk(listOf(rows), stored(cursor), wide({ most }));
				({ cursor, unfinished } = result);
				emitted.push(...ids(result.fresh));
			}
			expect(polls).toBe(most === 5000 ? 6 : 1);
			expect(new Set(emitted).size).toBe(MANY);
			expect(emitted).toHaveLength(MANY);
			for (const more of [{}, {}, { overlap: 600_000 }]) {
				const result = await walk(listOf(rows), stored(cursor), wide(more));
				expect(ids(result.fresh)).toEqual([]);
				cursor = result.cursor;
			}
			expect(cursor.seen.length).toBeLessThanOrEqual(160_000);
			// The next change comes, and with it what becomes visible late but not too late.
			const next = sorted([...rows, { id: 900_000, at: iso(149_500) }, { id: 900_001, at: iso(200_000) }]);
			const result = await walk(listOf(next), stored(cursor), wide());
			expect(ids(result.fresh)).toEqual([900_000, 900_001]);
			expect(ids((await walk(listOf(next), stored(result.cursor), wide())).fresh)).toEqual([]);
			// In doubt, the last batch and nothing else.
			expect(ids((await walk(listOf(next), stored(result.cursor), wide(), true)).fresh)).toEqual([900_000, 900_001]);
		}
	});

	test.each(kinds)('a batch in doubt amid a backlog of changes %s: nothing is lost', async (_, rows) => {
		for (const doubtAfter of [1, 5]) {
			let cursor: Cursor = { at: iso(-1000), seen: '' };
			const arrived = new Set<number>();
			for (let poll = 1; poll <= 12; poll += 1) {
				const result = await walk(listOf(rows), stored(cursor), wide(), poll === doubtAfter + 1);
				({ cursor } = result);
				if (poll !== doubtAfter) for (const id of ids(result.fresh)) arrived.add(id);
			}
			expect(arrived.size).toBe(MANY);
		}
	});

	test.each(kinds)('those that are there at the start, %s, are no news', async (_, rows) => {
		const cursor = await fromNow(listOf(rows), 300_000);
		expect(ids((await walk(listOf(rows), stored(cursor), wide())).fresh)).toEqual([]);
	});
});

describe('a walk over counted pages', () => {
	let source: Counted;
	let cursor: Cursor;

	beforeEach(async () => {
		source = new Counted();
		source.set(1, 0);
		cursor = await fromNow(source, 1000);
	});

	/** What happens once, after so many pages were read. */
	const when = (reads: number, happens: () => void) => {
		source.after = (n) => {
			if (n === reads) happens();
		};
	};

	async function next(more: Partial<Limits> = {}) {
		const result = await walk(source, stored(cursor), limits(more));
		cursor = result.cursor;
		return ids(result.fresh);
	}

	test('reads each page once, and begins each at the time of the last record', async () => {
		for (let i = 10; i < 20; i += 1) source.set(i, 10_000 + i * 10_000);
		expect(await next()).toEqual(Array.from({ length: 10 }, (_, i) => i + 10));
		// Three on the first page, two new ones on each that follows.
		expect(source.reads).toBe(5);
		expect(await next()).toEqual([]);
	});

	test('a record that changes behind the walk moves the others, and none is skipped', async () => {
		for (let i = 10; i < 20; i += 1) source.set(i, 10_000 + i * 10_000);
		when(1, () => source.set(10, 900_000));
		expect(await next()).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 10]);
		expect(await next()).toEqual([]);
	});

	test('a record that vanishes behind the walk', async () => {
		for (let i = 10; i < 20; i += 1) source.set(i, 10_000 + i * 10_000);
		when(2, () => source.rows.delete(11));
		expect(await next()).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
	});

	test('more than a page of one time, and one of them moves while it is read', async () => {
		for (let i = 10; i < 20; i += 1) source.set(i, 10_000);
		source.set(20, 20_000);
		when(3, () => source.rows.delete(10));
		expect((await next()).sort((a, b) => a - b)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
		expect(await next()).toEqual([]);
	});

	test('the same with one that changes, the poll ending in between, and the last of them at the end of a page', async () => {
		source.pageSize = 5;
		for (let i = 10; i < 20; i += 1) source.set(i, 10_000);
		const emitted = await next({ most: 5 });
		source.set(11, 50_000);
		for (let i = 0; i < 6; i += 1) emitted.push(...(await next({ most: 1 })));
		expect(emitted.sort((a, b) => a - b)).toEqual([10, 11, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
	});

	test('what does not come to rest is not read for ever', async () => {
		for (let i = 10; i < 20; i += 1) source.set(i, 10_000);
		let id = 100;
		source.after = () => {
			source.set(id, 10_000);
			source.rows.delete(id - 1);
			id += 1;
		};
		const emitted = await next({ most: 10_000 });
		expect(source.reads).toBeLessThan(60);
		expect(emitted).toEqual(expect.arrayContaining(Array.from({ length: 10 }, (_, i) => i + 10)));
	});

	test('a random history that goes on between the pages: everything arrives, nothing twice', async () => {
		for (let seed = 1; seed <= 250; seed += 1) {
			let state = seed;
			const dice = (n: number) => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 8) % n;
			source = new Counted();
			cursor = await fromNow(source, 0);
			let now = 0;
			const happen = () => {
				now += dice(3) === 0 ? 1000 : 0;
				const id = dice(30);
				// The clock goes on before a record changes again, and nothing becomes visible late.
				if (dice(6) === 0) {
					source.rows.delete(id);
					now += 1000;
				} else if (source.rows.get(id)?.at !== iso(now)) source.set(id, now);
			};
			source.after = () => {
				for (let i = dice(3); i > 0; i -= 1) happen();
			};
			const emitted: string[] = [];
			for (let poll = 0; poll < 40; poll += 1) {
				const { fresh, cursor: after } = await walk(source, stored(cursor), limits({ overlap: 0, most: 1 + dice(9) }));
				cursor = after;
				emitted.push(...fresh.map(({ id, at }) => `${id}@${at}`));
			}
			source.after = () => {};
			for (let poll = 0; poll < 10; poll += 1) {
				const { fresh, cursor: after } = await walk(source, stored(cursor), limits({ overlap: 0 }));
				cursor = after;
				emitted.push(...fresh.map(({ id, at }) => `${id}@${at}`));
			}
			expect(new Set(emitted).size).toBe(emitted.length);
			const got = new Set(emitted);
			expect({ seed, missing: [...source.rows.values()].filter(({ id, at }) => !got.has(`${id}@${at}`)) }).toEqual({ seed, missing: [] });
		}
	});
});

describe('snapshots', () => {
	test('what was created, changed and is missing', () => {
		const before = new Map([['1', 'a'], ['2', 'b'], ['3', 'c']]);
		const now = new Map([['2', 'b'], ['3', 'x'], ['4', 'd']]);
		expect(difference(before, now)).toEqual({ created: ['4'], changed: [{ id: '3', before: 'c' }], missing: ['1'] });
		expect(difference(before, now, false).missing).toEqual([]);
	});

	test('packed and back, whatever the ids are', () => {
		const snapshot = new Map([['1', 'a b'], ['a\nb c', ''], ['ü%20', '%']]);
		expect(unpackSnapshot(packSnapshot(snapshot))).toEqual(snapshot);
		expect(unpackSnapshot(undefined)).toEqual(new Map());
		expect(unpackSnapshot('')).toEqual(new Map());
	});

	test('marks look at the value, not at the order of its keys', () => {
		expect(markOfValue({ a: 1, b: [{ c: 2, d: 3 }] })).toBe(markOfValue({ b: [{ d: 3, c: 2 }], a: 1 }));
		expect(markOfValue({ a: 1 })).not.toBe(markOfValue({ a: '1' }));
		expect(markOfValue(undefined)).toBe(markOfValue(null));
	});

	test('20,000 records take less than a megabyte and two seconds of processor', () => {
		const spent = processorClock();
		const make = (salt: number) => new Map(Array.from({ length: 20_000 }, (_, i) => [String(1_000_000 + i), markOfValue({ name: `Company ${i}`, score: i + (i % 100 === 0 ? salt : 0), custom: { a: i } })]));
		const text = packSnapshot(make(0));
		expect(text.length).toBeLessThan(1_000_000);
		expect(difference(unpackSnapshot(text), make(1)).changed).toHaveLength(200);
		expect(spent()).toBeLessThan(2000);
	});
});
