/** Requests at once and a second, with a clock of our own. */
import { fateOf, kindOf, Pace, Rate, type Fate, type Ticket } from '../../dist/nodes/shared/wire/pace.js';

/** A vendor that works on `capacity` requests at a time, each for `ms`; the others queue. All time is made up. */
function simulate({ capacity, ms, requests, pace, clock, kind = 'PATCH /users', fates = () => 'answered' }: { capacity: number; ms: number; requests: number; pace: Pace; clock: { time: number }; kind?: string; fates?: (underWay: number) => Fate }) {
	const servers = Array.from({ length: capacity }, () => 0);
	const open: Array<{ ticket: Ticket; ends: number; fate: Fate }> = [];
	const took: number[] = [];
	let most = 0;
	let sent = 0;
	while (sent < requests || open.length > 0) {
		for (let ticket; sent < requests && (ticket = pace.enter(kind)); sent++) {
			const fate = fates(open.length + 1);
			const server = servers.indexOf(Math.min(...servers));
			const ends = fate === 'answered' ? Math.max(clock.time, servers[server]) + ms : clock.time + 1;
			if (fate === 'answered') servers[server] = ends;
			open.push({ ticket, ends, fate });
			most = Math.max(most, open.length);
		}
		open.sort((a, b) => a.ends - b.ends);
		const { ticket, ends, fate } = open.shift()!;
		clock.time = ends;
		took.push(ends - ticket.sent);
		pace.leave(ticket, fate);
	}
	return { took, most };
}

const started = (perSecond?: number) => {
	const clock = { time: 1_000_000 };
	return { clock, pace: new Pace(perSecond, () => clock.time), rate: new Rate(perSecond ?? 4, () => clock.time) };
};

describe('requests at once', () => {
	test('begin with 5 and reach 50 while the vendor stays as fast', () => {
		const { pace, clock } = started();
		expect(pace.width()).toBe(5);
		const begun = clock.time;
		const { most } = simulate({ capacity: 1_000, ms: 100, requests: 500, pace, clock });
		expect(most).toBe(50);
		expect(pace.width()).toBe(50);
		// 500 at 5 at once would take 10 s, at 50 at once 1 s.
		expect(clock.time - begun).toBeLessThan(2_000);
	});

	test.each([4, 5, 6, 8, 10, 12, 15, 20, 30, 40])('a vendor that works on %i at a time is never driven to twice its time, and kept busy', (capacity) => {
		const { pace, clock } = started();
		const begun = clock.time;
		const { took } = simulate({ capacity, ms: 100, requests: 2_000, pace, clock });
		expect(Math.max(...took)).toBeLessThanOrEqual(200);
		expect(clock.time - begun).toBeLessThan((2_000 / capacity) * 100 * 1.15);
	});

	test.each([1, 2, 3])('one that works on %i at a time gets less than the 5 of the beginning', (capacity) => {
		const { pace, clock } = started();
		const { took } = simulate({ capacity, ms: 100, requests: 400, pace, clock });
		expect(Math.max(...took.slice(100))).toBeLessThanOrEqual(200);
	});

	test('a vendor that gets slow is halved, and wins its places back when it recovers', () => {
		const { pace, clock } = started();
		simulate({ capacity: 1_000, ms: 100, requests: 500, pace, clock });
		simulate({ capacity: 10, ms: 100, requests: 200, pace, clock });
		expect(pace.width()).toBeLessThanOrEqual(20);
		simulate({ capacity: 1_000, ms: 100, requests: 500, pace, clock });
		expect(pace.width()).toBe(50);
	});

	test('a vendor that is slower for good, whatever the load, does not stay at one', () => {
		const { pace, clock } = started();
		simulate({ capacity: 1_000, ms: 100, requests: 300, pace, clock });
		simulate({ capacity: 1_000, ms: 350, requests: 600, pace, clock });
		expect(pace.width()).toBe(50);
	});

	test('answers that vary do not keep it from growing', () => {
		const { pace, clock } = started();
		// A fixed sequence between half and twice the time.
		let seed = 1;
		const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
		for (let i = 0; i < 60; i++) simulate({ capacity: 1_000, ms: 100 * 2 ** (2 * random() - 1), requests: 1, pace, clock });
		const open: Array<{ ticket: Ticket; ends: number }> = [];
		for (let sent = 0; sent < 3_000 || open.length > 0; ) {
			for (let ticket; sent < 3_000 && (ticket = pace.enter('PATCH /users')); sent++) open.push({ ticket, ends: clock.time + 100 * 2 ** (2 * random() - 1) });
			open.sort((a, b) => a.ends - b.ends);
			const { ticket, ends } = open.shift()!;
			clock.time = ends;
			pace.leave(ticket, 'answered');
		}
		expect(pace.width()).toBeGreaterThanOrEqual(18);
	});

	test.each([
		['429', 429],
		['500', 500],
		['503', 503],
		['no answer', undefined],
	])('%s halves, once for all requests that were under way', (_, status) => {
		const { pace, clock } = started();
		simulate({ capacity: 1_000, ms: 100, requests: 500, pace, clock });
		const tickets = Array.from({ length: 50 }, () => pace.enter('PATCH /users')!);
		for (const ticket of tickets) pace.leave(ticket, fateOf(status));
		expect(pace.width()).toBe(25);
	});

	test.each([200, 404, 422, 501])('%i does not', (status) => {
		const { pace } = started();
		const tickets = Array.from({ length: 5 }, () => pace.enter('PATCH /users')!);
		for (const ticket of tickets) pace.leave(ticket, fateOf(status));
		expect(pace.width()).toBeGreaterThanOrEqual(5);
	});

	test('one that refuses more than 20 at once refuses few', () => {
		const { pace, clock } = started();
		let refused = 0;
		simulate({ capacity: 1_000, ms: 100, requests: 1_000, pace, clock, fates: (underWay) => (underWay > 20 ? (refused++, 'strained') : 'answered') });
		expect(refused).toBeGreaterThan(0);
		expect(refused).toBeLessThanOrEqual(20);
	});

	test('near the end of the allowance few are under way, at least one, until it is renewed', () => {
		const { pace, clock } = started();
		simulate({ capacity: 1_000, ms: 100, requests: 500, pace, clock });
		pace.allow(600, clock.time + 5_000);
		expect(pace.width()).toBe(50);
		pace.allow(120, clock.time + 5_000);
		expect(pace.width()).toBe(12);
		pace.allow(0, clock.time + 5_000);
		expect(pace.width()).toBe(1);
		clock.time += 5_000;
		expect(pace.width()).toBe(50);
	});

	test('a refusal leaves some of the allowance to others, for some minutes', () => {
		const { pace, clock } = started();
		expect(pace.forOthers()).toBe(0);
		pace.meetOthers();
		expect(pace.forOthers()).toBe(1);
		for (let i = 0; i < 20; i++) pace.meetOthers();
		expect(pace.forOthers()).toBe(5);
		clock.time += 300_000;
		expect(pace.forOthers()).toBe(0);
	});

	test('never more than the vendor counts a second', () => {
		const { pace, clock } = started(4);
		expect(pace.width()).toBe(4);
		expect(simulate({ capacity: 1_000, ms: 100, requests: 500, pace, clock }).most).toBe(4);
	});

	test('places that nobody uses do not grow', () => {
		const { pace, clock } = started();
		for (let i = 0; i < 100; i++) simulate({ capacity: 10, ms: 100, requests: 1, pace, clock });
		expect(pace.width()).toBe(5);
	});

	test('another kind of request begins anew, and so does a pace after a minute without work', () => {
		const { pace, clock } = started();
		simulate({ capacity: 1_000, ms: 100, requests: 500, pace, clock });
		expect(simulate({ capacity: 1_000, ms: 900, requests: 5, pace, clock, kind: 'POST /users' }).most).toBe(5);
		simulate({ capacity: 1_000, ms: 100, requests: 500, pace, clock });
		clock.time += 59_000;
		expect(pace.width()).toBe(50);
		clock.time += 2_000;
		expect(pace.width()).toBe(5);
	});

	test('who waits is woken when a place is given back, or when the execution is stopped', async () => {
		const { pace } = started(1);
		const ticket = pace.enter('GET /users')!;
		expect(pace.enter('GET /users')).toBeUndefined();
		const woken: string[] = [];
		const stop = new AbortController();
		const waits = [pace.turn().then(() => woken.push('first')), pace.turn(stop.signal).then(() => woken.push('stopped'))];
		stop.abort();
		await waits[1];
		expect(woken).toEqual(['stopped']);
		pace.leave(ticket, 'unknown');
		await waits[0];
		expect(pace.enter('GET /users')).toBeDefined();
	});
});

test('kinds of requests', () => {
	expect(kindOf('PATCH', '/users/12')).toBe('PATCH /users');
	expect(kindOf('PATCH', '/users/13')).toBe('PATCH /users');
	expect(kindOf('GET', '/users?page[size]=1')).toBe('GET /users');
	expect(kindOf('GET', '/roles')).not.toBe(kindOf('GET', '/users'));
});

describe('requests a second', () => {
	test('as many as the vendor allows, until it refuses one', () => {
		const { rate } = started(4);
		expect(rate.perSecond()).toBe(4);
	});

	test('a refusal halves, once for all that were sent before it', () => {
		const { rate, clock } = started(4);
		const sent = clock.time;
		clock.time += 50;
		rate.refused(sent);
		expect(rate.perSecond()).toBe(2);
		rate.refused(sent);
		expect(rate.perSecond()).toBe(2);
		clock.time += 50;
		rate.refused(clock.time);
		expect(rate.perSecond()).toBe(1);
		for (let i = 0; i < 20; i++) rate.refused(++clock.time);
		expect(rate.perSecond()).toBe(0.25);
	});

	test('it rises slowly, and no further than the limit', () => {
		const { rate, clock } = started(4);
		rate.refused(clock.time);
		clock.time += 29_000;
		expect(rate.perSecond()).toBe(2);
		clock.time += 1_000;
		expect(rate.perSecond()).toBe(2.5);
		clock.time += 600_000;
		expect(rate.perSecond()).toBe(4);
	});
});
