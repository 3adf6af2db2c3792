/** The option Catch Up of the Outreach Trigger: what the webhooks missed is read from the lists, and told once. */
import type { IDataObject } from 'n8n-workflow';
import { outreachLab, seen } from './support.mts';
import { outreachDelivery, triggers, type TriggerLab } from './trigger-support.mts';

const lab = outreachLab();
const make = triggers('outreachTrigger', () => lab.harness);

beforeAll(() => lab.sim.setDeliveries({ pauseMs: 20 }));

const trigger = (events: string[], options: IDataObject = {}, more: IDataObject = {}) => make({ events, options: { catchUp: true, ...options }, ...more });

const later = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
const names = (one: TriggerLab) => one.emitted.map(({ eventId }) => eventId);

/** What the schedule does, to its end. */
async function tick({ tick: run }: { tick?: () => void }): Promise<void> {
	const before = lab.sim.requests.length;
	run!();
	for (let quiet = 0, seen = before; quiet < 3; quiet = lab.sim.requests.length === seen && lab.sim.requests.every(({ status }) => status > 0) ? quiet + 1 : 0) {
		seen = lab.sim.requests.length;
		await new Promise((done) => setTimeout(done, 15));
	}
}

async function deliver(one: TriggerLab, event: string, id: number, attributes: IDataObject): Promise<number> {
	const { body, headers } = outreachDelivery(one, { event, id, attributes });
	const status = await one.receive(body, headers);
	await one.settled();
	return status;
}

test('off: nothing is read, nothing is scheduled', async () => {
	const one = trigger(['prospect.*'], { catchUp: false });
	lab.sim.clearRequests();
	const started = await one.start();
	expect(started.tick).toBeUndefined();
	expect(lab.sent()).toEqual([]);
});

test('begins with now, and asks every five minutes for what the chosen events need', async () => {
	const one = trigger(['prospect.updated', 'mailing.bounced', 'prospect.destroyed', 'account.*']);
	lab.sim.clearRequests();
	const started = await one.start();
	expect(started.expression).toMatch(/^\d+ \*\/5 \* \* \* \*$/);
	expect(one.emitted).toEqual([]);
	lab.sim.clearRequests();
	await tick(started);
	expect(lab.sim.requests.map(({ path, query }) => `${path} ${String(query.sort)}`).sort()).toEqual([
		'/api/v2/accounts createdAt',
		'/api/v2/accounts updatedAt',
		'/api/v2/mailings bouncedAt',
		'/api/v2/prospects updatedAt',
	]);
	expect(one.emitted).toEqual([]);
	expect(one.failed).toEqual([]);
});

test('what no delivery told comes as an item of its own shape; what one told does not come again', async () => {
	const one = trigger(['prospect.created', 'prospect.updated']);
	await one.activate();
	const started = await one.start();
	const told = later(1);
	lab.sim.update('prospect', 1, { attributes: { title: 'Told', updatedAt: told } });
	expect(await deliver(one, 'prospect.updated', 1, { title: 'Told', updatedAt: told })).toBe(200);
	const missed = later(2);
	lab.sim.update('prospect', 2, { attributes: { title: 'Missed', updatedAt: missed } });
	const born = later(3);
	const { id } = lab.sim.insert('prospect', { attributes: { firstName: 'Zoe', createdAt: born, updatedAt: born }, relationships: { owner: 2 } });
	await tick(started);
	expect(names(one).sort()).toEqual([`prospect.created:${id}`, `prospect.updated:1:${told}`, `prospect.updated:2:${missed}`].sort());
	expect(one.emitted.find((item) => item.id === 2)).toMatchObject({ event: 'prospect.updated', resource: 'prospect', title: 'Missed', caughtUp: true });
	expect(one.emitted.find((item) => item.id === 2)!.changed).toBeUndefined();
	expect(one.emitted.find((item) => item.id === id)).toMatchObject({ event: 'prospect.created', firstName: 'Zoe', ownerId: 2, caughtUp: true });
	// The delivery that comes after all is dropped.
	expect(await deliver(one, 'prospect.updated', 2, { title: 'Missed', updatedAt: missed })).toBe(200);
	await tick(started);
	expect(one.emitted).toHaveLength(3);
});

test('what Changed Fields or the owners filter out of the deliveries stays out, and a flow that writes such a field does not start itself', async () => {
	const one = trigger(['prospect.updated'], { changedFields: 'title', owners: ['2'] });
	await one.activate();
	const started = await one.start();
	let writes = 0;
	const change = async (id: number, owner: number, attributes: IDataObject) => {
		const updatedAt = later((writes += 1) * 300);
		lab.sim.update('prospect', id, { attributes: { ...attributes, updatedAt }, relationships: { owner } });
		const { body, headers } = outreachDelivery(one, { event: 'prospect.updated', id, attributes: { ...attributes, updatedAt }, relationships: { owner: { type: 'user', id: owner } } });
		await one.receive(body, headers);
		await one.settled();
	};
	await change(1, 2, { title: 'CEO' });
	expect(one.emitted).toHaveLength(1);
	await change(1, 2, { custom1: 'written by the flow' });
	await change(2, 3, { title: 'of somebody else' });
	lab.sim.update('prospect', 2, { relationships: { owner: 2 }, attributes: { updatedAt: lab.sim.records('prospect').find(({ id }) => id === 2)!.attributes.updatedAt } });
	for (let i = 0; i < 3; i += 1) await tick(started);
	expect(one.emitted).toHaveLength(1);
	expect(one.failed).toEqual([]);
});

test('the raw form has the shape of a delivery', async () => {
	const one = trigger(['prospect.updated'], {}, { simplify: false });
	const started = await one.start();
	lab.sim.update('prospect', 2, { attributes: { title: 'Missed', updatedAt: later(1) } });
	await tick(started);
	expect(one.emitted).toEqual([expect.objectContaining({ data: expect.objectContaining({ type: 'prospect', id: 2 }) as IDataObject, meta: { eventName: 'prospect.updated' }, caughtUp: true })]);
});

test('only records of the chosen owners', async () => {
	const one = trigger(['prospect.created'], { owners: ['2'] });
	const started = await one.start();
	const mine = lab.sim.insert('prospect', { attributes: { firstName: 'Mine', createdAt: later(1) }, relationships: { owner: 2 } });
	lab.sim.insert('prospect', { attributes: { firstName: 'Other', createdAt: later(1) }, relationships: { owner: 3 } });
	await tick(started);
	expect(names(one)).toEqual([`prospect.created:${mine.id}`]);
});

test('after a restart: what happened meanwhile comes once, what was told before does not', async () => {
	const one = trigger(['prospect.updated']);
	await one.activate();
	await one.start();
	const told = later(1);
	lab.sim.update('prospect', 1, { attributes: { title: 'Told', updatedAt: told } });
	await deliver(one, 'prospect.updated', 1, { title: 'Told', updatedAt: told });
	const missed = later(2);
	lab.sim.update('prospect', 2, { attributes: { title: 'While down', updatedAt: missed } });
	const other = one.restarted();
	const started = await other.start();
	await tick(started);
	expect(names(other)).toEqual([`prospect.updated:2:${missed}`]);
});

test('after 1,200 deliveries since the last reading and a restart, none of them is told again', async () => {
	const made = lab.sim.seedProspects(1200, 'bulk');
	const one = trigger(['prospect.updated']);
	await one.activate();
	await one.start();
	const start = Date.now();
	for (const [i, id] of made.entries()) {
		const updatedAt = new Date(start + 1000 + i).toISOString();
		lab.sim.update('prospect', id, { attributes: { updatedAt } });
		await deliver(one, 'prospect.updated', id, { updatedAt });
	}
	expect(one.emitted).toHaveLength(1200);
	const other = one.restarted();
	await tick(await other.start());
	expect(names(other)).toEqual([]);
}, 60_000);

test('n8n killed while a delivery waits for its record: it was answered, and catching up finds it', async () => {
	const one = trigger(['prospect.updated'], { fetchRecord: true });
	await one.activate();
	await one.start();
	const time = later(1);
	lab.sim.update('prospect', 2, { attributes: { title: 'Waiting', updatedAt: time } });
	const { body, headers } = outreachDelivery(one, { event: 'prospect.updated', id: 2, attributes: { title: 'Waiting', updatedAt: time } });
	expect(await one.receive(body, headers)).toBe(200);
	const other = one.restarted();
	await one.settled();
	await tick(await other.start());
	expect(names(other)).toEqual([`prospect.updated:2:${time}`]);
});

test('the place moves on with deliveries, so that a restart does not read the past again', async () => {
	const one = trigger(['prospect.updated']);
	await one.activate();
	const started = await one.start();
	const place = () => JSON.stringify(one.data.catchUp);
	const before = place();
	const time = later(600);
	lab.sim.update('prospect', 1, { attributes: { title: 'Told', updatedAt: time } });
	await deliver(one, 'prospect.updated', 1, { title: 'Told', updatedAt: time });
	await tick(started);
	expect(place()).toBe(before);
	await deliver(one, 'prospect.updated', 3, { title: 'Next', updatedAt: later(601) });
	expect(place()).toContain(time);
});

test('a batch in doubt comes again after a restart, marked by the same eventId', async () => {
	const one = trigger(['prospect.updated']);
	const started = await one.start();
	const time = later(1);
	lab.sim.update('prospect', 2, { attributes: { title: 'Handed over', updatedAt: time } });
	await tick(started);
	expect(names(one)).toEqual([`prospect.updated:2:${time}`]);
	const other = one.restarted();
	await tick(await other.start());
	expect(names(other)).toEqual([`prospect.updated:2:${time}`]);
});

describe('a batch in doubt is not lost', () => {
	/** A trigger that has just handed over a missed update. */
	async function handedOver(options: IDataObject = {}) {
		const one = trigger(['prospect.updated'], options);
		await one.activate();
		const started = await one.start();
		const time = later(1);
		lab.sim.update('prospect', 2, { attributes: { title: 'Missed', updatedAt: time } });
		return { one, started, expected: [`prospect.updated:2:${time}`] };
	}

	test('by a delivery that was under way, and stores what n8n had read before', async () => {
		const { one, started, expected } = await handedOver({ fetchRecord: true });
		const { body, headers } = outreachDelivery(one, { event: 'prospect.updated', id: 1, attributes: { updatedAt: later(-10_000) } });
		await one.receive(body, headers);
		await tick(started);
		await one.settled();
		expect(names(one)).toEqual(expect.arrayContaining(expected));
		const other = one.restarted();
		await tick(await other.start());
		expect(names(other)).toEqual(expected);
	});

	test('by a first reading that fails, though the doubt would be over at the next', async () => {
		const { one, started, expected } = await handedOver();
		await tick(started);
		const other = one.restarted();
		lab.sim.addFault({ match: { path: '/api/v2/prospects' }, times: 1, kind: 'status', status: 403 });
		const again = await other.start();
		await tick({ tick: () => {} });
		expect(other.failed).toHaveLength(1);
		const clock = Date.now;
		Date.now = () => clock() + 5 * 60_000;
		try {
			await tick(again);
		} finally {
			Date.now = clock;
		}
		expect(names(other)).toEqual(expected);
		await tick(again);
		expect(names(other)).toEqual(expected);
	});

	test('by publishing anew while the first reading is under way', async () => {
		const { one, started, expected } = await handedOver();
		await tick(started);
		const other = one.restarted();
		lab.sim.clearRequests();
		lab.sim.latencyMs = 60;
		const again = await other.start();
		await seen(lab, 'GET /prospects');
		await again.stop();
		await tick({ tick: () => {} });
		lab.sim.latencyMs = 0;
		expect(names(other)).toEqual([]);
		await tick(await other.start());
		expect(names(other)).toEqual(expected);
	});

	test('by a process that read less, and takes the lead again', async () => {
		const one = trigger(['prospect.updated']);
		await one.activate();
		const started = await one.start();
		const other = one.restarted();
		await tick(await other.start());
		const time = later(1);
		lab.sim.update('prospect', 2, { attributes: { title: 'Missed', updatedAt: time } });
		await tick(started);
		// What that process stored is newer than what this one remembers, also when a delivery comes to it.
		other.stored = structuredClone(one.stored);
		expect(await deliver(other, 'prospect.updated', 3, { updatedAt: later(2) })).toBe(200);
		expect(other.data.catchUp).toEqual(one.data.catchUp);
		other.emitted.length = 0;
		await tick(await other.start());
		expect(names(other)).toEqual([`prospect.updated:2:${time}`]);
	});
});

test('started with older data that n8n wrote over newer, it goes on from the newer', async () => {
	const one = trigger(['prospect.updated']);
	const started = await one.start();
	const older = structuredClone(one.stored);
	lab.sim.update('prospect', 2, { attributes: { title: 'Handed over', updatedAt: later(1) } });
	await tick(started);
	const { catchUp, handedOver } = one.data;
	one.stored = older;
	lab.sim.latencyMs = 50;
	const again = await one.start();
	await again.stop();
	lab.sim.latencyMs = 0;
	expect(one.data).toMatchObject({ catchUp, handedOver });
	await tick({ tick: () => {} });
	expect(one.emitted).toHaveLength(1);
});

/** Outreach refuses a list. */
const refuse = (path: string, times: number) =>
	lab.sim.addFault({ match: { path }, times, kind: 'status', status: 403, body: { errors: [{ id: 'unauthorizedOauthScope', title: 'Unauthorized OAuth Scope', detail: 'Your authorization is missing a required scope' }] } });

test('a resource that cannot be read is reported and keeps its place, and does not hold up the others', async () => {
	const one = trigger(['prospect.updated', 'user.updated', 'opportunity.*']);
	const started = await one.start();
	lab.sim.update('prospect', 2, { attributes: { title: 'Late', updatedAt: later(1) } });
	lab.sim.update('user', 2, { attributes: { title: 'Later', updatedAt: later(1) } });
	refuse('/api/v2/users', 2);
	await tick(started);
	expect(one.emitted).toMatchObject([{ id: 2, title: 'Late' }]);
	expect(one.failed.map(({ message }) => message)).toEqual([expect.stringContaining('list users')]);
	await tick(started);
	expect(one.failed).toHaveLength(2);
	await tick(started);
	expect(one.emitted).toMatchObject([{ id: 2, title: 'Late' }, { resource: 'user', id: 2, title: 'Later' }]);
	await tick(started);
	expect(one.emitted).toHaveLength(2);
	expect(one.failed).toHaveLength(2);
});

test('when none can be read, one failure is reported', async () => {
	const one = trigger(['prospect.updated', 'user.updated']);
	const started = await one.start();
	refuse('/api/v2/*', -1);
	await tick(started);
	expect(one.failed).toHaveLength(1);
	lab.sim.clearFaults();
	lab.sim.update('prospect', 2, { attributes: { title: 'Late', updatedAt: later(1) } });
	await tick(started);
	expect(one.emitted).toMatchObject([{ id: 2, title: 'Late' }]);
});

test('a batch in doubt of a resource that cannot be read waits for it, and those of the others come once', async () => {
	const one = trigger(['prospect.updated', 'user.updated']);
	const started = await one.start();
	for (const type of ['prospect', 'user']) lab.sim.update(type, 2, { attributes: { title: 'Handed over', updatedAt: later(1) } });
	await tick(started);
	const batch = one.emitted.map(({ event }) => event);
	expect(batch).toHaveLength(2);
	const other = one.restarted();
	refuse('/api/v2/users', 2);
	const again = await other.start();
	await tick({ tick: () => {} });
	await tick(again);
	expect(other.emitted.map(({ event }) => event)).toEqual(['prospect.updated']);
	// The doubt is stored as well.
	const third = other.restarted();
	(third.data as { handedOver?: number }).handedOver = 0;
	await tick(await third.start());
	expect(third.emitted.map(({ event }) => event)).toEqual(['user.updated']);
	await tick(again);
	expect(other.emitted.map(({ event }) => event)).toEqual(['prospect.updated', 'user.updated']);
	await tick(again);
	expect(other.emitted).toHaveLength(2);
});

test('without the right to read, the first activation says what is missing', async () => {
	lab.connect({}, lab.sim.issueToken({ scopes: ['webhooks.all'] }));
	await expect(trigger(['prospect.updated']).start()).rejects.toThrow(/prospects\.read/);
	lab.connect();
});

test('switched off again, it forgets its place: it begins anew with the time it is switched on', async () => {
	const one = trigger(['prospect.updated']);
	await one.activate();
	const started = await one.start();
	lab.sim.update('prospect', 3, { attributes: { title: 'Watched', updatedAt: later(1) } });
	await tick(started);
	await deliver(one, 'prospect.updated', 1, { updatedAt: later(0) });
	expect(Object.keys(one.data)).toEqual(expect.arrayContaining(['catchUp', 'told', 'handedOver']));
	one.node.parameters.options = {};
	await one.start();
	expect(one.data).toEqual({ secret: one.data.secret, hooks: one.data.hooks, seen: one.data.seen });
	lab.sim.update('prospect', 2, { attributes: { title: 'Unwatched', updatedAt: later(1) } });
	one.node.parameters.options = { catchUp: true };
	await tick(await one.start());
	expect(one.emitted.map(({ id }) => id)).toEqual([3, 1]);
});

test('deactivated, a reading that is under way emits nothing any more; activated again, it is not lost', async () => {
	const one = trigger(['prospect.updated']);
	const started = await one.start();
	lab.sim.update('prospect', 2, { attributes: { title: 'Too late', updatedAt: later(1) } });
	lab.sim.latencyMs = 50;
	started.tick!();
	await started.stop();
	await new Promise((done) => setTimeout(done, 200));
	lab.sim.latencyMs = 0;
	expect(one.emitted).toEqual([]);
	await tick(await one.start());
	expect(one.emitted).toMatchObject([{ id: 2, title: 'Too late' }]);
});

test('an n8n that starts while Outreach cannot be asked keeps the webhooks it has', async () => {
	const one = trigger(['prospect.updated']);
	await one.activate();
	lab.sim.addFault({ match: { path: '/api/v2/webhooks' }, times: -1, kind: 'status', status: 403 });
	expect(await one.hook('checkExists', 'trigger', 'init')).toBe(true);
	await expect(one.hook('checkExists', 'trigger', 'activate')).rejects.toThrow();
	await expect(trigger(['prospect.updated']).hook('checkExists', 'trigger', 'init')).rejects.toThrow();
	lab.sim.clearFaults();
});

test('a test execution gets what was delivered, not what catching up would find', async () => {
	const one = trigger(['prospect.updated']);
	const { json } = await lab.harness.runNode('outreachTrigger', one.node.parameters, [{ event: 'prospect.updated', id: 7 }], { mode: 'manual' });
	expect(json).toEqual([{ event: 'prospect.updated', id: 7 }]);
});
