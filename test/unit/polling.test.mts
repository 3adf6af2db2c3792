import {
	difference,
	fromNow,
	fromTime,
	markOfValue,
	packSnapshot,
	unpackSnapshot,
	walk,
	type Cursor,
	type Limits,
	type Stream,
} from '../../dist/nodes/shared/polling.js';

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

	private sorted(): Row[] {
		return [...this.rows.values()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id - b.id));
	}

	async *pages(from: string, rest?: unknown) {
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
		expect(cursor).toEqual({ at: '', seen: '' });
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

	test('20,000 records take less than a megabyte and two seconds', () => {
		const started = performance.now();
		const make = (salt: number) => new Map(Array.from({ length: 20_000 }, (_, i) => [String(1_000_000 + i), markOfValue({ name: `Company ${i}`, score: i + (i % 100 === 0 ? salt : 0), custom: { a: i } })]));
		const text = packSnapshot(make(0));
		expect(text.length).toBeLessThan(1_000_000);
		expect(difference(unpackSnapshot(text), make(1)).changed).toHaveLength(200);
		expect(performance.now() - started).toBeLessThan(2000);
	});
});
