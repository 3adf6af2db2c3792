/** How many requests are under way at once: as the option says, or found out from the vendor's answers. */
import { MEDIA_TYPE, outreachLab, rl, tinyServer } from './support.mts';

const lab = outreachLab();

const role = { record: rl('id', 1) };
const many = (count: number) => Array.from({ length: count }, () => ({}));

/** A vendor that works on `capacity` requests at a time, each for `ms`, and lets the others queue. */
async function vendor(ms: number, capacity = 1_000) {
	let now = 0;
	const seen = { most: 0, statuses: [] as number[], slowest: 0, refuse: 0 };
	const free = Array.from({ length: capacity }, () => 0);
	const { url, stop } = await tinyServer((request, response) => {
		const answer = (status: number, body: string, headers = {}) => {
			seen.statuses.push(status);
			response.writeHead(status, { 'content-type': MEDIA_TYPE, ...headers }).end(body);
		};
		if (seen.refuse > 0) {
			seen.refuse--;
			answer(429, '{"errors":[]}', { 'retry-after': '1' });
			return;
		}
		seen.most = Math.max(seen.most, ++now);
		const at = performance.now();
		const place = free.indexOf(Math.min(...free));
		free[place] = Math.max(free[place], at) + ms;
		setTimeout(() => {
			now--;
			seen.slowest = Math.max(seen.slowest, performance.now() - at);
			if (request.url?.endsWith('/404')) answer(404, '{"errors":[]}');
			else answer(200, '{"data":{"type":"role","id":1,"attributes":{}}}');
		}, free[place] - at);
	});
	lab.connect({ baseUrl: url });
	return { seen, stop };
}

test.each([3, 30])('%i at once, as the option says', async (parallel) => {
	const { seen, stop } = await vendor(30);
	const { error } = await lab.run('role', 'get', { ...role, options: { parallel } }, many(90));
	await stop();
	expect(error).toBeUndefined();
	expect(seen.most).toBe(parallel);
});

test('without the option 5 to begin with, and more while the vendor stays as fast, for all executions together', async () => {
	const { seen, stop } = await vendor(80);
	await lab.run('role', 'get', role, many(5));
	const begun = seen.most;
	const results = await Promise.all([1, 2, 3].map(async () => await lab.run('role', 'get', role, many(150))));
	await stop();
	expect(results.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
	// The first request goes alone.
	expect(begun).toBe(4);
	expect(seen.most).toBeGreaterThan(12);
	expect(seen.most).toBeLessThanOrEqual(50);
});

test('without the option a vendor that lets requests queue is not given twice what it works on', async () => {
	const { seen, stop } = await vendor(80, 8);
	const { error } = await lab.run('role', 'get', role, many(200));
	await stop();
	expect(error).toBeUndefined();
	expect(seen.most).toBeGreaterThan(5);
	expect(seen.most).toBeLessThan(16);
});

test('without the option a refusal for haste halves what is under way', async () => {
	const { seen, stop } = await vendor(80);
	await lab.run('role', 'get', role, many(150));
	const before = seen.most;
	seen.most = 0;
	seen.refuse = 1;
	const { error } = await lab.run('role', 'get', role, many(before));
	await stop();
	expect(error).toBeUndefined();
	expect(before).toBeGreaterThan(12);
	expect(seen.statuses.filter((status) => status === 429)).toHaveLength(1);
	expect(seen.most).toBeLessThanOrEqual(Math.ceil(before * 0.75));
});

test('a failure keeps what has not begun from beginning, however many are under way', async () => {
	const { seen, stop } = await vendor(40);
	await lab.run('role', 'get', role, many(100));
	const { most } = seen;
	seen.statuses.length = 0;
	const { error } = await lab.run('role', 'get', { record: rl('id', '={{ $json.id }}') }, [...many(3).map(() => ({ id: 1 })), { id: 404 }, ...many(300).map(() => ({ id: 1 }))]);
	await stop();
	expect(error?.message).toContain('404');
	expect(seen.statuses.length).toBeLessThanOrEqual(2 * Math.max(most, 12));
});
