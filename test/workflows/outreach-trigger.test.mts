/** The Outreach Trigger: what it keeps at the vendor, and what it makes of deliveries. */
import { createHmac } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { outreachCredential, outreachLab, rl } from './support.mts';
import { outreachDelivery as delivery, triggers, type TriggerLab } from './trigger-support.mts';

const lab = outreachLab();
const trigger = triggers('outreachTrigger', () => lab.harness);

beforeAll(() => lab.sim.setDeliveries({ pauseMs: 20 }));

async function listening(parameters: IDataObject): Promise<TriggerLab> {
	const one = trigger(parameters);
	await one.listen();
	await one.activate();
	return one;
}

const remote = () => lab.sim.records('webhook').map(({ id, attributes }) => ({ id, ...attributes }) as IDataObject);
const pairs = () => remote().map(({ resource, action }) => `${resource as string}.${action as string}`).sort();
const hooks = (one: TriggerLab) => (one.data.hooks ?? []) as unknown as Array<{ id: number; cleanupToken?: string }>;

async function send(one: TriggerLab, ...given: Parameters<typeof delivery> extends [TriggerLab, ...infer Rest] ? Rest : never): Promise<number> {
	const { body, headers } = delivery(one, ...given);
	const status = await one.receive(body, headers);
	await one.settled();
	return status;
}

describe('webhooks at Outreach', () => {
	test('one for each chosen event, version 2, with a secret that is nowhere to be seen', async () => {
		const one = trigger({ events: ['prospect.created', 'mailing.replied', 'task.completed'] });
		await one.activate();
		expect(pairs()).toEqual(['mailing.replied', 'prospect.created', 'task.completed']);
		for (const hook of remote()) expect(hook).toMatchObject({ url: one.url, active: true, payloadVersion: 2, secret: one.data.secret });
		expect(String(one.data.secret)).toMatch(/^[0-9a-f]{64}$/);
		expect(hooks(one).every(({ cleanupToken }) => typeof cleanupToken === 'string')).toBe(true);
		await one.hook('delete');
		expect(remote()).toEqual([]);
		expect(one.data.hooks).toBeUndefined();
	});

	test('a wildcard that covers the choice is enough', async () => {
		for (const [events, expected] of [
			[['*.*', 'prospect.created', 'user.deleted'], ['*.*']],
			[['prospect.*', 'prospect.created', 'prospect.updated'], ['prospect.*']],
			[['*.created', 'prospect.created', 'task.completed'], ['*.created', 'task.completed']],
			[['user.deleted', 'user.created'], ['user.*']],
		] as const) {
			const one = trigger({ events: [...events] });
			await one.activate();
			expect(pairs()).toEqual([...expected]);
			await one.hook('delete');
		}
	});

	test('activating again changes nothing, and asks only for the list', async () => {
		const one = trigger({ events: ['prospect.created', 'user.updated'] });
		await one.activate();
		lab.sim.clearRequests();
		await one.activate();
		expect(lab.sent()).toEqual(['GET /webhooks?page[size]=1000']);
		await one.hook('create');
		expect(lab.writes()).toEqual([]);
		expect(remote()).toHaveLength(2);
	});

	test('adopts its own after its data was lost, and gives them a new secret', async () => {
		const one = trigger({ events: ['prospect.created', 'user.updated'] });
		await one.activate();
		const ids = remote().map(({ id }) => id);
		const before = one.data.secret;
		const again = trigger({ events: ['prospect.created', 'user.updated'] }, one.node.webhookId);
		await again.activate();
		expect(remote().map(({ id }) => id)).toEqual(ids);
		expect(again.data.secret).not.toBe(before);
		for (const hook of remote()) expect(hook.secret).toBe(again.data.secret);
	});

	test('repairs what was disabled, changed or deleted meanwhile; leaves others alone', async () => {
		const one = trigger({ events: ['prospect.created', 'prospect.updated', 'user.updated'] });
		await one.activate();
		const [first, second, third] = remote();
		lab.sim.update('webhook', first.id as number, { attributes: { active: false } });
		lab.sim.update('webhook', second.id as number, { attributes: { payloadVersion: 1 } });
		lab.sim.remove('webhook', third.id as number);
		const stray = lab.sim.insert('webhook', { attributes: { url: one.url, resource: 'account', action: 'created' } });
		const foreign = lab.sim.insert('webhook', { attributes: { url: 'https://else.example.test/hook', resource: 'prospect', action: 'created' } });
		const close = lab.sim.insert('webhook', { attributes: { url: `${one.url}2`, resource: 'prospect', action: 'created' } });
		await one.activate();
		const now = remote();
		expect(now.filter(({ url }) => url === one.url).map(({ resource, action, active, payloadVersion }) => ({ resource, action, active, payloadVersion }))).toEqual([
			{ resource: 'prospect', action: 'created', active: true, payloadVersion: 2 },
			{ resource: 'prospect', action: 'updated', active: true, payloadVersion: 2 },
			{ resource: 'user', action: 'updated', active: true, payloadVersion: 2 },
		]);
		expect(now.some(({ id }) => id === stray.id)).toBe(false);
		for (const suspension of ['disabledSince', 'disabledUntil', 'disabledReason']) {
			const [{ id, attributes }] = lab.sim.records('webhook');
			lab.sim.remove('webhook', id);
			lab.sim.insert('webhook', { id, attributes: { ...attributes, [suspension]: suspension === 'disabledReason' ? 'No answer' : new Date().toISOString() } });
			expect(await one.hook('checkExists')).toBe(false);
			lab.sim.clearRequests();
			await one.hook('create');
			expect(lab.writes()).toEqual([`PATCH /webhooks/${id}`]);
			expect(await one.hook('checkExists')).toBe(true);
		}
		await one.hook('delete');
		expect(remote().map(({ id }) => id)).toEqual([foreign.id, close.id]);
	});

	test('three, and the third is refused: none stays, and the next attempt starts clean', async () => {
		const one = trigger({ events: ['prospect.created', 'prospect.updated', 'user.updated'] });
		lab.sim.addFault({ match: { method: 'POST', path: '/api/v2/webhooks' }, after: 2, kind: 'status', status: 422, body: { errors: [{ id: 'x', detail: 'Webhook limit reached' }] } });
		await expect(one.hook('create')).rejects.toThrow('Webhook limit reached');
		expect(remote()).toEqual([]);
		lab.sim.clearFaults();
		await one.activate();
		expect(remote()).toHaveLength(3);
	});

	test('a failed attempt keeps the clean-up tokens of all that is there', async () => {
		const one = trigger({ events: ['prospect.created', 'prospect.updated', 'user.updated'] });
		await one.activate();
		const before = hooks(one);
		lab.sim.remove('webhook', before[0].id);
		lab.sim.addFault({ match: { method: 'POST', path: '/api/v2/webhooks' }, times: -1, kind: 'status', status: 422, body: { errors: [{ id: 'x', detail: 'Webhook limit reached' }] } });
		await expect(one.hook('create')).rejects.toThrow('limit');
		expect(hooks(one)).toEqual(expect.arrayContaining(before.slice(1)));
		lab.sim.clearFaults();
		await one.activate();
		expect(hooks(one)).toHaveLength(3);
		expect(hooks(one).every(({ cleanupToken }) => typeof cleanupToken === 'string')).toBe(true);
	});

	test('a creation whose answer is lost is found again by the next attempt', async () => {
		const one = trigger({ events: ['prospect.created'] });
		lab.sim.addFault({ match: { method: 'POST', path: '/api/v2/webhooks' }, kind: 'reset', afterEffect: true });
		await expect(one.hook('create')).rejects.toThrow();
		await one.activate(2);
		expect(remote()).toHaveLength(1);
		expect(remote()[0].secret).toBe(one.data.secret);
	});

	test('deleting: gone already is done', async () => {
		const one = trigger({ events: ['prospect.created', 'user.updated'] });
		await one.activate();
		lab.sim.remove('webhook', remote()[0].id as number);
		await one.hook('delete');
		expect(remote()).toEqual([]);
	});

	test('deleting without access: the clean-up tokens do it', async () => {
		const one = trigger({ events: ['prospect.created', 'user.updated'] });
		await one.activate();
		lab.connect({}, lab.sim.issueToken({ scopes: ['prospects.read'] }));
		await one.hook('delete');
		expect(remote()).toEqual([]);
	});

	test('deleting adopted ones without access: with the tokens that deliveries carried', async () => {
		const first = trigger({ events: ['prospect.created'] });
		await first.activate();
		const token = hooks(first)[0].cleanupToken!;
		const one = trigger({ events: ['prospect.created'] }, first.node.webhookId);
		await one.activate();
		expect(hooks(one)[0].cleanupToken).toBeUndefined();
		await send(one, { event: 'prospect.created' }, { headers: { 'outreach-webhook-cleanup-token': token } });
		expect(one.data.tokens).toHaveLength(1);
		lab.connect({}, lab.sim.issueToken({ scopes: ['prospects.read'] }));
		await one.hook('delete');
		expect(remote()).toEqual([]);
		expect(one.data.tokens).toBeUndefined();
	});

	test('at a new address new ones are made; the old ones may be of another n8n, and stay until somebody decides', async () => {
		const one = await listening({ events: ['prospect.created'] });
		const [old] = remote();
		one.base = one.base.replace('127.0.0.1', 'localhost');
		await one.activate();
		expect(remote().map(({ url }) => url)).toEqual([old.url, one.url]);
		expect(await one.hook('checkExists')).toBe(true);
		// While both addresses lead here, each event comes twice.
		lab.sim.insert('prospect', { attributes: { firstName: 'Zoe' } });
		await lab.sim.deliveriesSettled();
		await one.settled();
		expect(one.answered).toEqual([200, 200]);
		expect(one.emitted).toHaveLength(1);
		await one.hook('delete');
		expect(remote().map(({ url }) => url)).toEqual([old.url]);
		expect(hooks(one).map(({ id }) => id)).toEqual([old.id]);
		// Back at the old address, they are taken up again, and removed.
		one.base = one.base.replace('localhost', '127.0.0.1');
		await one.activate();
		expect(remote().map(({ id }) => id)).toEqual([old.id]);
		await one.hook('delete');
		expect(remote()).toEqual([]);
		expect(one.data.hooks).toBeUndefined();
	});

	test.each([['with access', false], ['without access', true]])('a copy of the database at another address removes nothing, %s', async (_, refused) => {
		const one = trigger({ events: ['prospect.created'] });
		await one.activate();
		await send(one, { event: 'prospect.created' }, { headers: { 'outreach-webhook-cleanup-token': hooks(one)[0].cleanupToken! } });
		const adopted = trigger({ events: ['prospect.created'] }, one.node.webhookId);
		await adopted.activate();
		await send(adopted, { event: 'prospect.created' }, { headers: { 'outreach-webhook-cleanup-token': hooks(one)[0].cleanupToken! } });
		for (const production of [one, adopted]) {
			const copy = production.restarted();
			copy.base = 'https://staging.example.test/webhook';
			await copy.activate();
			expect(remote()).toHaveLength(2);
			if (refused) lab.connect({}, lab.sim.issueToken({ scopes: ['prospects.read'] }));
			await copy.hook('delete');
			lab.connect();
			expect(remote().map(({ url }) => url)).toEqual([one.url]);
		}
	});

	test('a copy that may remove nothing does not try the tokens of the original', async () => {
		const first = trigger({ events: ['prospect.created'] });
		await first.activate();
		const token = hooks(first)[0].cleanupToken!;
		const original = trigger({ events: ['prospect.created'] }, first.node.webhookId);
		await original.activate();
		await send(original, { event: 'prospect.created' }, { headers: { 'outreach-webhook-cleanup-token': token } });
		const copy = original.restarted();
		copy.base = 'https://staging.example.test/webhook';
		await copy.activate();
		for (const hook of hooks(copy)) delete hook.cleanupToken;
		lab.connect({}, lab.sim.issueToken({ scopes: ['prospects.read'] }));
		await expect(copy.hook('delete')).rejects.toThrow('Outreach kept webhook');
		expect(remote().map(({ url }) => url)).toEqual([first.url, copy.url]);
		lab.connect();
		await copy.hook('delete');
		await original.hook('delete');
		expect(remote()).toEqual([]);
	});

	test('the token of a webhook that is gone does not stand for one that stayed', async () => {
		const first = trigger({ events: ['prospect.created'] });
		await first.activate();
		const token = hooks(first)[0].cleanupToken!;
		lab.sim.remove('webhook', hooks(first)[0].id);
		// Adopted, so that its own token is not known.
		const one = trigger({ events: ['prospect.created'] });
		const { id } = lab.sim.insert('webhook', { attributes: { url: one.url, resource: 'prospect', action: 'created' } });
		await one.activate();
		await send(one, { event: 'prospect.created' }, { headers: { 'outreach-webhook-cleanup-token': token } });
		lab.connect({}, lab.sim.issueToken({ scopes: ['prospects.read'] }));
		await expect(one.hook('delete')).rejects.toThrow(`Outreach kept webhook ${id}`);
		lab.connect();
		await one.hook('delete');
		expect(remote()).toEqual([]);
	});

	test('deleting says what it could not remove, and remembers it', async () => {
		const one = trigger({ events: ['prospect.created'] });
		await one.activate();
		const [{ id }] = remote();
		lab.sim.addFault({ match: { method: 'DELETE', path: '/api/v2/webhooks/*' }, times: -1, kind: 'status', status: 403, body: { errors: [{ id: 'unauthorizedRequest', detail: 'Not allowed' }] } });
		lab.sim.addFault({ match: { method: 'POST', path: '/api/v2/webhooks/cleanup' }, times: -1, kind: 'status', status: 503 });
		await expect(one.hook('delete')).rejects.toThrow(`Outreach kept webhook ${String(id)}`);
		expect(hooks(one)).toHaveLength(1);
		lab.sim.clearFaults();
		await one.hook('delete');
		expect(remote()).toEqual([]);
	});

	test('a missing scope and a refused address are told in the words of Outreach', async () => {
		const one = trigger({ events: ['prospect.created'] });
		lab.connect({}, lab.sim.issueToken({ scopes: ['prospects.read'] }));
		await expect(one.activate()).rejects.toThrow(/webhooks\.read/);
		lab.connect();
		one.base = 'http://n8n.example.test/webhook';
		await expect(one.activate()).rejects.toThrow(/https/);
		await expect(trigger({ events: [] }).activate()).rejects.toThrow('No event is selected. Select at least one under "Events".');
	});

	test('what Outreach says of a refused webhook is told without the secret in it', async () => {
		const one = trigger({ events: ['prospect.created', 'prospect.updated'] });
		await one.activate();
		const secret = String(one.data.secret);
		const [first, second] = remote();
		const body = { errors: [{ id: 'x', detail: `Not this secret: ${secret}` }] };
		lab.sim.remove('webhook', second.id as number);
		for (const method of ['POST', 'PATCH']) {
			if (method === 'PATCH') lab.sim.update('webhook', first.id as number, { attributes: { active: false } });
			lab.sim.addFault({ match: { method, path: '/api/v2/webhooks*' }, kind: 'status', status: 422, body });
			const [attempt] = await Promise.allSettled([one.hook('create')]);
			const { reason } = attempt as PromiseRejectedResult;
			expect(reason).toMatchObject({ message: expect.stringContaining('Not this secret') as string });
			expect(JSON.stringify([reason, { ...reason }, (reason as Error).message, (reason as Error).stack])).not.toContain(secret);
		}
	});

	test('when nothing is known and Outreach cannot be asked, deactivating says where to look', async () => {
		const one = trigger({ events: ['prospect.created'] });
		lab.sim.addFault({ match: { path: '/api/v2/webhooks' }, times: -1, kind: 'status', status: 403 });
		await expect(one.hook('delete')).rejects.toMatchObject({ description: expect.stringContaining(one.url) as string });
		lab.sim.clearFaults();
		await one.hook('delete');
	});

	test('the key of an app names the authorizer', async () => {
		const app = lab.sim.issueToken({ s2s: true });
		lab.harness.credentials.set('outreachS2SApi', {
			applicationId: 'app', privateKey: 'unused', installationId: '1', advanced: true, baseUrl: lab.sim.url, accessToken: app.accessToken,
		});
		const one = trigger({ authentication: 's2s', events: ['prospect.created'], authorizer: rl('email', 'bea.brandt@acme.example') });
		await one.activate();
		const [hook] = lab.sim.records('webhook');
		expect(hook.relationships.authorizer).toEqual({ type: 'user', id: 2 });
		await one.hook('delete');
		await expect(trigger({ authentication: 's2s', events: ['prospect.created'] }).activate()).rejects.toThrow('Authorizer is missing');
		expect(remote()).toEqual([]);
	});
});

describe('reception', () => {
	test('a prospect is created, changed and deleted at Outreach', async () => {
		const one = await listening({ events: ['prospect.*'], options: { includeBefore: true } });
		const { id } = lab.sim.insert('prospect', { attributes: { firstName: 'Zoe', title: 'CEO' }, relationships: { owner: 2 } });
		await lab.sim.deliveriesSettled();
		lab.sim.update('prospect', id, { attributes: { title: 'CTO' } });
		await lab.sim.deliveriesSettled();
		const [{ attributes }] = lab.sim.records('prospect').filter((p) => p.id === id);
		await lab.harness.runNode('outreach', { resource: 'prospect', operation: 'delete', record: rl('id', String(id)) });
		await lab.sim.deliveriesSettled();
		await one.settled();
		expect(one.answered).toEqual([200, 200, 200]);
		const [created, updated, destroyed] = one.emitted;
		expect(created).toMatchObject({ event: 'prospect.created', eventId: `prospect.created:${id}`, resource: 'prospect', id, firstName: 'Zoe', title: 'CEO', ownerId: 2 });
		expect(created.jobId).toEqual(expect.any(String));
		expect(Date.parse(String(created.deliveredAt))).toBeGreaterThan(0);
		expect(updated).toMatchObject({
			event: 'prospect.updated',
			eventId: `prospect.updated:${id}:${attributes.updatedAt as string}`,
			title: 'CTO',
			changed: ['title', 'updatedAt'],
			before: { title: 'CEO' },
		});
		expect(updated.firstName).toBeUndefined();
		expect(destroyed).toMatchObject({ event: 'prospect.destroyed', eventId: `prospect.destroyed:${id}`, firstName: 'Zoe', title: 'CTO' });
		await one.hook('delete');
	});

	test('each event shape of the matrix becomes an item', async () => {
		const one = trigger({ events: ['*.*'] });
		await one.activate();
		for (const event of ['account.created', 'call.updated', 'emailAddress.destroyed', 'import.finished', 'kaiaRecording.created', 'mailing.bounced', 'mailing.opened', 'sequenceState.advanced', 'task.completed', 'user.deleted']) {
			const id = event.startsWith('kaia') ? '0b5f2a9e-1111-4222-8333-444455556666' : 7;
			expect(await send(one, { event, id, attributes: { updatedAt: '2026-03-01T10:00:00Z', stateChangedAt: '2026-03-01T09:00:00Z', openedAt: '2026-03-01T08:00:00Z' } })).toBe(200);
		}
		expect(one.emitted.map(({ eventId }) => eventId)).toEqual([
			'account.created:7',
			'call.updated:7:2026-03-01T10:00:00.000Z',
			'emailAddress.destroyed:7',
			'import.finished:7:2026-03-01T09:00:00.000Z',
			'kaiaRecording.created:0b5f2a9e-1111-4222-8333-444455556666',
			'mailing.bounced:7',
			'mailing.opened:7:2026-03-01T08:00:00.000Z',
			'sequenceState.advanced:7:2026-03-01T10:00:00.000Z',
			'task.completed:7',
			'user.deleted:7',
		]);
	});

	test('the raw form is what was delivered, and a mailing keeps its own time of delivery', async () => {
		const one = trigger({ events: ['mailing.*'], simplify: false });
		await one.activate();
		await send(one, { event: 'mailing.delivered', attributes: { deliveredAt: '2026-03-01T09:59:00Z' } }, { jobId: 'a' });
		expect(one.emitted[0]).toMatchObject({ eventId: 'mailing.delivered:1', data: { type: 'mailing', attributes: { deliveredAt: '2026-03-01T09:59:00Z' } }, meta: { jobId: 'a' } });
		one.node.parameters.simplify = true;
		await send(one, { event: 'mailing.delivered', attributes: { deliveredAt: '2026-03-01T09:59:00Z' } }, { jobId: 'b' });
		expect(one.emitted[1]).toMatchObject({ deliveredAt: '2026-03-01T09:59:00Z', eventDeliveredAt: '2026-03-01T10:00:01.000Z' });
	});

	test('wrong, missing and foreign signatures, and changed bytes: 401, and nothing starts', async () => {
		const one = trigger({ events: ['prospect.*'] });
		await one.activate();
		const good = delivery(one, { attributes: { title: 'CEO' } });
		const { 'outreach-webhook-signature': signature, ...bare } = good.headers;
		const tries: Array<[Buffer, Record<string, string>]> = [
			[good.body, bare],
			[good.body, { ...bare, 'outreach-webhook-signature': '' }],
			[good.body, { ...bare, 'outreach-webhook-signature': signature.slice(0, -1) }],
			[good.body, { ...bare, 'outreach-webhook-signature': signature.replace(/^./, (c) => (c === '0' ? '1' : '0')) }],
			[good.body, { ...bare, 'outreach-webhook-signature': 'zz'.repeat(32) }],
			[good.body, delivery(one, {}, { secret: 'another' }).headers],
			[Buffer.from(good.body.toString().replace('CEO', 'CFO')), good.headers],
			[Buffer.concat([good.body, Buffer.from(' ')]), good.headers],
			[Buffer.alloc(0), good.headers],
		];
		for (const [body, headers] of tries) expect(await one.receive(body, headers)).toBe(401);
		await one.settled();
		expect(one.emitted).toEqual([]);
		expect(one.failed).toEqual([]);
		expect(await one.receive(good.body, good.headers)).toBe(200);
	});

	test('answers when the execution has begun; where workers execute, within the five seconds that Outreach waits', async () => {
		const one = trigger({ events: ['prospect.*'] });
		await one.activate();
		const given = () => delivery(one, { id: 1, attributes: { updatedAt: new Date().toISOString() } });
		const time = async () => {
			const { body, headers } = given();
			const started = Date.now();
			expect(await one.receive(body, headers)).toBe(200);
			await one.settled();
			return Date.now() - started;
		};
		// n8n takes its time to make the execution: the answer waits for it, and the data is stored before.
		one.saveMs = 500;
		let stored: IDataObject | undefined;
		const { body, headers } = given();
		const before = Date.now();
		const receiving = one.receive(body, headers).then(() => (stored = one.data));
		await receiving;
		expect(Date.now() - before).toBeLessThan(2000);
		expect(String(stored!.seen)).toHaveLength(8);
		expect(one.emitted).toHaveLength(1);
		one.saveMs = 0;
		one.executes = false;
		expect(await time()).toBeLessThan(5000);
		expect(one.emitted).toHaveLength(2);
	});

	test('malformed and oversized bodies: 400, and nothing starts', async () => {
		const one = trigger({ events: ['prospect.*'] });
		await one.activate();
		const signed = (text: string) => {
			const body = Buffer.from(text);
			return one.receive(body, { 'outreach-webhook-signature': createHmac('sha256', String(one.data.secret)).update(body).digest('hex') });
		};
		for (const text of ['', '{', '[]', 'null', '{"data":{}}', '{"data":{"id":1},"meta":{"eventName":"x"}}', '{"meta":{"eventName":"prospect.updated"}}']) expect(await signed(text)).toBe(400);
		expect(await signed(JSON.stringify({ data: { id: 1, attributes: { x: 'x'.repeat(1024 * 1024) } }, meta: { eventName: 'prospect.updated', jobId: 'j' } }))).toBe(400);
		await one.settled();
		expect([one.emitted, one.failed]).toEqual([[], []]);
	});

	test('repeated, reordered and concurrent deliveries are emitted once, also after a restart', async () => {
		const one = trigger({ events: ['prospect.*'] });
		await one.activate();
		one.saveMs = 10;
		const all = Array.from({ length: 30 }, (_, i) => delivery(one, { id: i + 1 }, { jobId: `job-${i}` }));
		const shuffled = [...all, ...all, ...all.toReversed()].map((d, i) => ({ d, k: (i * 7919) % 90 })).sort((a, b) => a.k - b.k);
		await Promise.all(shuffled.map(async ({ d }) => await one.receive(d.body, d.headers)));
		await one.settled();
		expect(one.emitted.map(({ jobId }) => jobId).sort()).toEqual(all.map((_, i) => `job-${i}`).sort());
		expect(new Set(one.answered)).toEqual(new Set([200]));

		// The same stored data under a node that this process has not seen is what a restart leaves.
		await send(one, { id: 99 }, { jobId: 'last' });
		const restarted = one.restarted();
		for (const d of all) await restarted.receive(d.body, d.headers);
		await restarted.settled();
		expect(restarted.emitted).toEqual([]);
	});

	test('what was not chosen is answered and dropped; user.deleted is picked out of all that users do', async () => {
		const one = trigger({ events: ['user.deleted', 'prospect.created'] });
		await one.activate();
		for (const event of ['user.updated', 'user.created', 'prospect.updated', 'user.deleted', 'user.destroyed', 'prospect.created']) expect(await send(one, { event })).toBe(200);
		expect(one.emitted.map(({ event }) => event)).toEqual(['user.deleted', 'user.destroyed', 'prospect.created']);
	});

	test('an event that two webhooks cover starts the workflow once', async () => {
		const one = await listening({ events: ['*.created', 'prospect.*'] });
		expect(pairs()).toEqual(['*.created', 'prospect.*']);
		lab.sim.insert('prospect', { attributes: { firstName: 'Zoe' } });
		await lab.sim.deliveriesSettled();
		await one.settled();
		expect(lab.sim.delivered.filter(({ event }) => event === 'prospect.created')).toHaveLength(2);
		expect(one.emitted.map(({ event }) => event)).toEqual(['prospect.created']);
		// Through one of them only: equal deliveries are as many events.
		for (const title of ['A', 'B', 'A', 'B']) await send(one, { event: 'prospect.updated', attributes: { title } });
		expect(one.emitted.slice(1).map(({ title }) => title)).toEqual(['A', 'B', 'A', 'B']);
	});

	test('a step of a sequence is not the one before, though the state of both is from the same time', async () => {
		const one = trigger({ events: ['sequenceState.advanced'], options: { catchUp: true } });
		await one.activate();
		for (const updatedAt of ['2026-03-01T10:00:00Z', '2026-03-02T10:00:00Z']) {
			await send(one, { event: 'sequenceState.advanced', attributes: { state: 'active', stateChangedAt: '2026-03-01T09:00:00Z', updatedAt } });
		}
		expect(one.emitted).toHaveLength(2);
	});

	test('only when one of these fields changed, relations included', async () => {
		const one = await listening({ events: ['prospect.*'], options: { changedFields: 'title, ownerId' } });
		const { id } = lab.sim.insert('prospect', { attributes: { firstName: 'Zoe' }, relationships: { owner: 2 } });
		await lab.sim.deliveriesSettled();
		for (const change of [{ attributes: { firstName: 'Zoé' } }, { attributes: { title: 'CEO' } }, { relationships: { owner: 3 } }]) {
			lab.sim.update('prospect', id, change);
			await lab.sim.deliveriesSettled();
		}
		await one.settled();
		expect(one.emitted.map(({ event, changed }) => [event, changed])).toEqual([
			['prospect.created', undefined],
			['prospect.updated', expect.arrayContaining(['title', 'updatedAt'])],
			['prospect.updated', ['updatedAt', 'owner']],
		]);
	});

	test('only records of these owners; who the owner is gets asked when the delivery does not say', async () => {
		const one = await listening({ events: ['prospect.*', 'user.updated', 'emailAddress.created'], options: { owners: ['2'] } });
		const mine = lab.sim.insert('prospect', { attributes: { firstName: 'Mine' }, relationships: { owner: 2 } });
		const other = lab.sim.insert('prospect', { attributes: { firstName: 'Other' }, relationships: { owner: 3 } });
		await lab.sim.deliveriesSettled();
		lab.sim.clearRequests();
		lab.sim.update('prospect', mine.id, { attributes: { title: 'A' } });
		lab.sim.update('prospect', other.id, { attributes: { title: 'B' } });
		lab.sim.update('user', 2, { attributes: { title: 'C' } });
		lab.sim.update('user', 3, { attributes: { title: 'D' } });
		await lab.sim.deliveriesSettled();
		await one.settled();
		expect(lab.sent().sort()).toEqual([`GET /prospects/${mine.id}`, `GET /prospects/${other.id}`]);
		expect(one.emitted.map(({ event, id }) => `${event as string} ${id as number}`).sort()).toEqual([`prospect.created ${mine.id}`, `prospect.updated ${mine.id}`, 'user.updated 2']);
		// Without a request for the record the emitted update has what was delivered.
		expect(one.emitted.find(({ event }) => event === 'prospect.updated')!.firstName).toBeUndefined();
	});

	test('the full record: answered at once, one request per record for a burst', async () => {
		const one = trigger({ events: ['prospect.*'], options: { fetchRecord: true } });
		await one.activate();
		const { id } = lab.sim.insert('prospect', { attributes: { firstName: 'Zoe', title: 'CEO' }, relationships: { owner: 2 } });
		lab.sim.clearRequests();
		lab.sim.latencyMs = 1000;
		await Promise.all(
			Array.from({ length: 20 }, async (_, i) => {
				const { body, headers } = delivery(one, { id: i % 2 ? id : 1, attributes: { title: `T${i}`, updatedAt: new Date(1e12 + i).toISOString() } });
				return await one.receive(body, headers);
			}),
		);
		// Outreach had its answers while the reading still waited for its own.
		expect(lab.sim.requests.filter(({ status }) => status !== 0)).toEqual([]);
		await one.settled();
		expect(lab.sent().sort()).toEqual([`GET /prospects/${id}`, 'GET /prospects/1'].sort());
		expect(one.emitted).toHaveLength(20);
		expect(one.emitted.find((item) => item.id === id)).toMatchObject({ firstName: 'Zoe', title: 'CEO', ownerId: 2, changed: ['title', 'updatedAt'] });
	});

	test('a record that cannot be read is emitted as delivered, with the reason', async () => {
		const one = trigger({ events: ['prospect.*'], options: { fetchRecord: true } });
		await one.activate();
		await send(one, { id: 987654, attributes: { title: 'CEO' } });
		expect(one.emitted).toEqual([expect.objectContaining({ id: 987654, title: 'CEO', recordError: expect.stringContaining('Outreach refused to get prospect 987654') as string })]);
		expect(one.failed).toEqual([]);
	});

	test('a secret that n8n overwrote with older data is still known, and stored again', async () => {
		const one = trigger({ events: ['prospect.*'] });
		await one.activate();
		const { secret } = one.data;
		const first = delivery(one, {}, { jobId: 'x' });
		one.stored = {};
		expect(await one.receive(first.body, first.headers)).toBe(200);
		await one.settled();
		expect(one.data.secret).toBe(secret);
	});

	test('a secret that is lost for good is replaced at the vendor by the next delivery', async () => {
		const one = await listening({ events: ['prospect.*'] });
		const restarted = trigger(one.node.parameters as IDataObject, one.node.webhookId);
		restarted.base = one.base;
		const lost = delivery(one, {}, {});
		lab.sim.clearRequests();
		lab.sim.latencyMs = 100;
		expect(await restarted.receive(lost.body, lost.headers)).toBe(401);
		// Outreach has its answer before it is asked anything.
		expect(lab.sim.requests.filter(({ status }) => status !== 0)).toEqual([]);
		await restarted.settled();
		lab.sim.latencyMs = 0;
		expect(remote()[0].secret).toBe(restarted.data.secret);
		expect(await send(restarted, {})).toBe(200);
		expect(restarted.emitted).toHaveLength(1);
	});

	test.each([[3, 200], [4, 0]])('when %i answers are lost, Outreach repeats the delivery, and the workflow starts once', async (lost, status) => {
		const one = await listening({ events: ['prospect.created'] });
		one.loseAnswers = lost;
		lab.sim.insert('prospect', { attributes: { firstName: 'Zoe' } });
		await lab.sim.deliveriesSettled();
		await one.settled();
		expect(lab.sim.delivered.at(-1)).toMatchObject({ attempts: 4, status });
		expect(one.answered).toEqual([200, 200, 200, 200]);
		expect(one.emitted).toHaveLength(1);
		// An answer of whatever kind ends it.
		const foreign = lab.sim.records('webhook')[0];
		lab.sim.update('webhook', foreign.id, { attributes: { secret: 'another' } });
		lab.sim.insert('prospect', { attributes: { firstName: 'Yan' } });
		await lab.sim.deliveriesSettled();
		expect(lab.sim.delivered.at(-1)).toMatchObject({ attempts: 1, status: 401 });
	});

	test('testing in the editor keeps to its own webhooks and memory', async () => {
		const one = trigger({ events: ['prospect.created'] });
		expect(await one.hook('create', 'manual')).toBe(true);
		const { body, headers } = delivery(one, { event: 'prospect.created' }, { jobId: 'same' });
		expect(await one.receive(body, headers, 'manual')).toBe(200);
		await one.settled();
		// n8n keeps the data of a test apart from the workflow's.
		delete (one.stored['node:Trigger'] as IDataObject).seen;
		expect(await one.receive(body, headers)).toBe(200);
		await one.settled();
		expect(one.emitted).toHaveLength(2);
	});
});

test('the editor offers users by name', async () => {
	const users = await lab.harness.loadOptions('outreachTrigger', 'loadOptions', 'getUsers', { currentNodeParameters: { authentication: 'oAuth2' } });
	expect(users.find(({ name }) => name.startsWith('Bea'))?.value).toBe('2');
	expect(outreachCredential(lab.sim.url, lab.sim).baseUrl).toBe(lab.sim.url);
});
