import { getEventListeners } from 'node:events';
import { inParallel } from '../../dist/nodes/shared/run/parallel.js';
import { asObject } from '../../dist/nodes/shared/spec/values.js';
import { pause } from '../../dist/nodes/shared/wire/gate.js';

describe('pause', () => {
	test('waits its time', async () => {
		const started = performance.now();
		expect(await pause(40)).toBe(true);
		expect(await pause(40, new AbortController().signal)).toBe(true);
		expect(performance.now() - started).toBeGreaterThanOrEqual(75);
	});

	test('ends at once when cancelled', async () => {
		const stop = new AbortController();
		const started = performance.now();
		setTimeout(() => stop.abort(), 20);
		expect(await pause(20_000, stop.signal)).toBe(false);
		expect(await pause(20_000, stop.signal)).toBe(false);
		expect(performance.now() - started).toBeLessThan(10_000);
	});

	test('leaves no listener behind', async () => {
		const { signal } = new AbortController();
		for (let i = 0; i < 20; i++) await pause(1, signal);
		expect(getEventListeners(signal, 'abort')).toHaveLength(0);
	});
});

describe('inParallel', () => {
	test('does all, in order of start, never more at once than allowed', async () => {
		let open = 0;
		let most = 0;
		const started: number[] = [];
		await inParallel([...Array(20).keys()], 3, async (i) => {
			started.push(i);
			most = Math.max(most, ++open);
			await pause(i % 3);
			open--;
		});
		expect(started).toEqual([...Array(20).keys()]);
		expect(most).toBe(3);
		await inParallel([], 3, async () => {
			throw new Error('There is nothing to do');
		});
	});

	test('a failure stops what has not begun, and waits for what has', async () => {
		const begun: number[] = [];
		const ended: number[] = [];
		const work = inParallel([0, 1, 2, 3, 4], 2, async (i) => {
			begun.push(i);
			await pause(i === 0 ? 5 : 30);
			if (i === 0) throw new Error('first');
			ended.push(i);
		});
		await expect(work).rejects.toThrow('first');
		expect(begun).toEqual([0, 1]);
		expect(ended).toEqual([1]);
	});
});

test('asObject takes nothing but objects', () => {
	expect(asObject({ a: 1 })).toEqual({ a: 1 });
	for (const other of [null, undefined, [], 'x', 7]) expect(asObject(other)).toEqual({});
});
