/** The Outreach Polling Trigger: every change once, through pages, crashes and polls over each other. */
import { randomUUID } from 'node:crypto';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { LINE, outreachLab, rl, seen, where } from './support.mts';
import { poller as activePoller, TriggerLab } from './trigger-support.mts';

const lab = outreachLab();

const poller = async (parameters: IDataObject) => await activePoller(lab.harness, 'outreachPollingTrigger', parameters);

const later = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();

const ids = (items: IDataObject[] | null) => (items ?? []).map(({ id }) => id as number);

const prospects = (more: IDataObject = {}): IDataObject => ({ resource: 'prospect', events: ['changed'], ...more });

describe('changes', () => {
	test('activation emits nothing and reads no more than it must', async () => {
		lab.sim.clearRequests();
		const { one, next } = await poller(prospects());
		expect(one.emitted).toEqual([]);
		expect(lab.sent()[0]).toBe('GET /prospects?sort=-updatedAt&fields[prospect]=updatedAt&page[size]=100');
		expect(lab.sent().slice(0, -1).every((line) => line.includes('fields[prospect]=updatedAt'))).toBe(true);
		lab.sim.clearRequests();
		expect(await next()).toBeNull();
		expect(lab.sent()).toHaveLength(1);
		expect(lab.sent()[0]).toMatch(/^GET \/prospects\?filter\[updatedAt\]=\S+\.\.inf&sort=updatedAt&page\[size\]=1000$/);
	});

	test('created, updated, and both in one', async () => {
		const created = await poller({ resource: 'prospect', events: ['created'] });
		const updated = await poller({ resource: 'prospect', events: ['updated'] });
		const both = await poller(prospects());
		const { id } = lab.sim.insert('prospect', { attributes: { firstName: 'Zoe', title: 'CEO' }, relationships: { owner: 2 } });
		lab.sim.update('prospect', 1, { attributes: { title: 'Changed', updatedAt: new Date(Date.now() + 5).toISOString() } });
		const first = lab.sim.record('prospect', 1)!.attributes.updatedAt as string;
		expect(await created.next()).toEqual([expect.objectContaining({ event: 'prospect.created', eventId: `prospect.created:${id}`, resource: 'prospect', id, title: 'CEO', ownerId: 2 })]);
		expect(await updated.next()).toEqual([expect.objectContaining({ event: 'prospect.updated', eventId: `prospect.updated:1:${first}`, id: 1, title: 'Changed' })]);
		expect((await both.next())!.map(({ event, eventId }) => [event, eventId])).toEqual([
			['prospect.created', `prospect.created:${id}`],
			['prospect.updated', `prospect.updated:1:${first}`],
		]);
		for (const one of [created, updated, both]) expect(await one.next()).toBeNull();
	});

	test('new and changed since the last poll: called created, named by its last change', async () => {
		const { next } = await poller(prospects());
		const { id } = lab.sim.insert('prospect', { attributes: { firstName: 'Zoe' } });
		const when = new Date(Date.now() + 50).toISOString();
		lab.sim.update('prospect', id, { attributes: { title: 'CEO', updatedAt: when } });
		expect(await next()).toEqual([expect.objectContaining({ event: 'prospect.created', eventId: `prospect.updated:${id}:${when}` })]);
	});

	test('the same change has the same name by webhook', async () => {
		const { next } = await poller(prospects());
		const mailings = await poller({ resource: 'mailing', events: ['replied', 'bounced'] });
		const hook = new TriggerLab(lab.harness, 'outreachTrigger', { events: ['prospect.*', 'mailing.replied', 'mailing.bounced', 'sequenceState.finished', 'task.completed'] }, randomUUID());
		await hook.listen();
		await hook.activate();
		lab.sim.update('prospect', 1, { attributes: { title: 'A' } });
		lab.sim.insert('prospect', { attributes: { firstName: 'Zoe' } });
		const now = new Date().toISOString();
		const mailing = lab.sim.insert('mailing', { attributes: { subject: 'Hi' } });
		lab.sim.update('mailing', mailing.id, { attributes: { state: 'replied', repliedAt: now } });
		lab.sim.update('mailing', mailing.id, { attributes: { bouncedAt: now } });
		await lab.sim.deliveriesSettled();
		await hook.settled();
		const polled = [...(await next())!, ...(await mailings.next())!].map(({ eventId }) => eventId).sort();
		expect(polled).toEqual(hook.emitted.map(({ eventId }) => eventId).sort());
		expect(polled).toHaveLength(4);
		await hook.hook('delete');
		await hook.stop();
	});

	test('mailings that were replied to or bounced, tasks completed, sequences finished', async () => {
		const mailings = await poller({ resource: 'mailing', events: ['replied', 'bounced'], options: { include: ['prospect'] } });
		const tasks = await poller({ resource: 'task', events: ['completed'] });
		const states = await poller({ resource: 'sequenceState', events: ['finished'] });
		const now = new Date(Date.now() + 10).toISOString();
		const mailing = lab.sim.insert('mailing', { attributes: { subject: 'Hi' }, relationships: { prospect: 1 } });
		expect(await mailings.next()).toBeNull();
		lab.sim.update('mailing', mailing.id, { attributes: { repliedAt: now, state: 'replied' } });
		const [replied] = (await mailings.next())!;
		expect(replied).toMatchObject({ event: 'mailing.replied', eventId: `mailing.replied:${mailing.id}:${now}`, subject: 'Hi', prospect: { id: 1 } });
		lab.sim.update('mailing', mailing.id, { attributes: { openedAt: now } });
		expect(await mailings.next()).toBeNull();
		const open = lab.sim.records('task').filter(({ attributes }) => attributes.state !== 'complete')[0];
		await lab.run('task', 'markComplete', { record: rl('id', String(open.id)), fields: { mappingMode: 'defineBelow', value: {} } });
		expect(await tasks.next()).toEqual([expect.objectContaining({ event: 'task.completed', eventId: `task.completed:${open.id}`, id: open.id })]);
		const state = lab.sim.records('sequenceState').find(({ attributes }) => attributes.state !== 'finished')!;
		await lab.run('sequenceState', 'finish', { record: rl('id', String(state.id)) });
		expect(ids(await states.next())).toEqual([state.id]);
	});

	test('users locked and unlocked, not those who merely changed', async () => {
		lab.sim.update('user', 3, { attributes: { locked: true } });
		const { next, restart } = await poller({ resource: 'user', events: ['locked', 'unlocked'] });
		for (const [id, attributes] of [[2, { title: 'X' }], [3, { title: 'Y' }], [4, { locked: true }]] as const) lab.sim.update('user', id, { attributes });
		expect((await next())!.map(({ event, id }) => [event, id])).toEqual([['user.locked', 4]]);
		lab.sim.update('user', 3, { attributes: { locked: false, updatedAt: new Date(Date.now() + 20).toISOString() } });
		lab.sim.update('user', 4, { attributes: { title: 'Z', updatedAt: new Date(Date.now() + 20).toISOString() } });
		expect((await next())!.map(({ event, id }) => [event, id])).toEqual([['user.unlocked', 3]]);
		// The batch in doubt, and that alone, though the remembered values are those after it.
		const again = await restart();
		expect(again.one.emitted.map(({ event, id }) => [event, id])).toEqual([['user.unlocked', 3]]);
		expect(ids(await again.next())).toEqual([]);
	});

	test('opportunities that changed their stage, with the stage before', async () => {
		const stages = lab.sim.records('opportunityStage').map(({ id }) => id as number);
		const deal = lab.sim.insert('opportunity', { attributes: { name: 'Deal' }, relationships: { opportunityStage: stages[0] } });
		const { next, restart } = await poller({ resource: 'opportunity', events: ['stageChanged'] });
		lab.sim.update('opportunity', deal.id, { attributes: { name: 'Renamed' } });
		expect(await next()).toBeNull();
		lab.sim.update('opportunity', deal.id, { attributes: { updatedAt: new Date(Date.now() + 20).toISOString() }, relationships: { opportunityStage: stages[1] } });
		const change = [expect.objectContaining({ event: 'opportunity.stageChanged', id: deal.id, previous: String(stages[0]), opportunityStageId: stages[1] })];
		expect(await next()).toEqual(change);
		const again = await restart();
		expect(again.one.emitted).toEqual(change);
		expect(await again.next()).toBeNull();
	});

	test('filters as in Get Many, names resolved; chosen fields; the raw form', async () => {
		const filters = { ...where({ field: 'title', operator: 'oneOf', value: 'CEO, CTO' }), related: [{ relation: 'owner', record: rl('key', 'bea.brandt@acme.example') }] } as unknown as INodeParameters;
		const { next } = await poller(prospects({ filters, options: { onlyFields: ['title'] } }));
		const raw = await poller(prospects({ simplify: false }));
		const make = (title: string, owner: number) => lab.sim.insert('prospect', { attributes: { title }, relationships: { owner } }).id;
		const wanted = make('CEO', 2);
		make('CEO', 3);
		make('CFO', 2);
		const items = (await next())!;
		expect(items).toEqual([{ event: 'prospect.created', eventId: `prospect.created:${wanted}`, resource: 'prospect', id: wanted, title: 'CEO', createdAt: expect.any(String), updatedAt: expect.any(String) }]);
		expect((await raw.next())![0]).toMatchObject({ eventId: `prospect.created:${wanted}`, data: { type: 'prospect', attributes: { title: 'CEO' } } });
		await expect(poller(prospects({ filters: where({ field: 'updatedAt', operator: 'atLeast', value: '2026-01-01' }) }))).rejects.toThrow('the trigger filters by "updatedAt" itself');
	});

	test('from a time that the user sets', async () => {
		const all = lab.sim.records('prospect').map(({ attributes }) => String(attributes.createdAt)).sort();
		const start = all[Math.floor(all.length / 2)];
		const { one } = await poller({ resource: 'prospect', events: ['created'], options: { startFrom: start } });
		expect(one.emitted).toHaveLength(all.filter((time) => time >= start).length);
	});

	test('by hand: the newest few, and nothing moves', async () => {
		const { one, next } = await poller(prospects());
		const stored = structuredClone(one.stored);
		lab.sim.insert('prospect', { attributes: { firstName: 'Zoe' } });
		const items = await one.poll(one.load(), 'manual');
		expect(items).toHaveLength(5);
		expect(items![0].json).toMatchObject({ firstName: 'Zoe', event: 'prospect.created' });
		expect(one.stored).toEqual(stored);
		expect(await next()).toHaveLength(1);
		const none = new TriggerLab(lab.harness, 'outreachPollingTrigger', { resource: 'mailing', events: ['bounced'], filters: where({ field: 'messageId', value: 'none' }) as unknown as IDataObject });
		await expect(none.poll(none.load(), 'manual')).rejects.toThrow('No mailing matches these events yet');
	});

	test('the editor offers what can be followed', async () => {
		const { properties } = lab.harness.nodeType('outreachPollingTrigger').description;
		const resources = (properties.find(({ name }) => name === 'resource')!.options as Array<{ value: string }>).map(({ value }) => value);
		expect(resources).toEqual(expect.arrayContaining(['accountNote', 'event', 'mailing', 'phoneNumber', 'prospect', 'user']));
		for (const none of ['auditLog', 'batch', 'import', 'recipient', 'sequenceTemplate', 'webhook', 'orgSetting']) expect(resources).not.toContain(none);
		const choices = (resource: string) =>
			(properties.find(({ name, displayOptions }) => name === 'events' && (displayOptions?.show?.resource as string[]).includes(resource))!.options as Array<{ value: string }>).map(({ value }) => value);
		expect(choices('accountNote')).toEqual(['created']);
		expect(choices('phoneNumber')).toEqual(['changed', 'updated']);
		expect(choices('user')).toEqual(['created', 'changed', 'locked', 'unlocked', 'updated']);
	});
});

describe('what can go wrong', () => {
	test('5,000 records changed at one time, across pages and polls', async () => {
		const made = lab.sim.seedProspects(5000, 'bulk');
		const { next } = await poller(prospects({ options: { most: 1500, include: [] } }));
		const when = new Date(Date.now() + 1000).toISOString();
		for (const id of made) lab.sim.update('prospect', id, { attributes: { title: 'Bulk', updatedAt: when } });
		const emitted: number[] = [];
		let polls = 0;
		for (let items = await next(); items; items = await next()) {
			emitted.push(...ids(items));
			polls += 1;
		}
		expect(polls).toBe(3);
		expect(emitted.sort((a, b) => a - b)).toEqual(made);
		lab.sim.update('prospect', made[0], { attributes: { title: 'Late', updatedAt: when } });
		lab.sim.insert('prospect', { attributes: { firstName: 'One more', createdAt: when, updatedAt: when } });
		expect(await next()).toHaveLength(1);
	}, 60_000);

	test('a backlog whose place the vendor has forgotten starts the window again, without repeats', async () => {
		const made = lab.sim.seedProspects(2500, 'bulk');
		const { one, next } = await poller(prospects({ options: { most: 1000 } }));
		const when = new Date(Date.now() + 1000).toISOString();
		for (const id of made) lab.sim.update('prospect', id, { attributes: { title: 'Bulk', updatedAt: when } });
		const emitted = ids(await next());
		lab.sim.addFault({ match: { path: '/api/v2/prospects', query: 'page[after]' }, kind: 'status', status: 400, body: { errors: [{ id: 'pageParameter.invalidCursor', detail: 'expired' }] } });
		for (let items = await next(); items; items = await next()) emitted.push(...ids(items));
		expect(emitted.sort((a, b) => a - b)).toEqual(made);
		expect(one.failed).toEqual([]);
	}, 60_000);

	test('a failing page leaves everything where it was', async () => {
		const made = lab.sim.seedProspects(1500, 'bulk');
		const { one, next } = await poller(prospects());
		const when = new Date(Date.now() + 1000).toISOString();
		for (const id of made) lab.sim.update('prospect', id, { attributes: { updatedAt: when } });
		const stored = structuredClone(one.stored);
		lab.sim.addFault({ match: { path: '/api/v2/prospects' }, after: 1, kind: 'status', status: 403, body: { errors: [{ id: 'unauthorizedOauthScope', detail: 'You are not authorized: missing scope prospects.read' }] } });
		await expect(next()).rejects.toThrow(/prospects\.read/);
		expect(one.stored).toEqual(stored);
		expect(ids(await next()).sort((a, b) => a - b)).toEqual(made);
	}, 60_000);

	test('polls over each other: the second does nothing', async () => {
		const { one, next } = await poller(prospects());
		const { id } = lab.sim.insert('prospect', { attributes: { firstName: 'Zoe' } });
		lab.sim.clearRequests();
		lab.sim.latencyMs = 200;
		const first = next();
		await seen(lab, 'GET /prospects');
		const [a, b, c] = await Promise.all([first, next(), next()]);
		lab.sim.latencyMs = 0;
		expect([ids(a), b, c]).toEqual([[id], null, null]);
		expect(lab.sent()).toHaveLength(1);
		expect(await next()).toBeNull();
		expect(one.emitted).toHaveLength(1);
	});

	test('registered twice in one process: each change once, whichever polls', async () => {
		const { one } = await poller(prospects());
		const two = one.twin();
		const three = one.twin();
		three.stored = {};
		const copies = [one, two, three].map((registration) => ({ registration, workflow: registration.load() }));
		const made: number[] = [];
		for (const turn of [0, 1, 1, 2, 0, 2, 1, 0]) {
			made.push(lab.sim.insert('prospect', { attributes: { firstName: 'Zoe' } }).id as number);
			const { registration, workflow } = copies[turn];
			await registration.poll(workflow);
			await Promise.all(copies.map(async (copy) => await copy.registration.poll(copy.workflow)));
		}
		expect([one, two, three].flatMap(({ emitted }) => ids(emitted)).sort()).toEqual(made.sort());
	});

	test('killed between poll and save: everything arrives, once', async () => {
		const first = await poller(prospects());
		const { id } = lab.sim.insert('prospect', { attributes: { firstName: 'Zoe' } });
		const workflow = first.one.load();
		const before = structuredClone(first.one.stored);
		await first.one.poll(workflow);
		first.one.stored = before;
		const second = await first.restart();
		expect(ids(second.one.emitted)).toEqual([id]);
		expect(await second.next()).toBeNull();
	});

	test('killed between save and start of the workflow: the last batch comes again, and only that', async () => {
		const first = await poller(prospects());
		const old = lab.sim.insert('prospect', { attributes: { firstName: 'Old' } });
		await first.next();
		const { id } = lab.sim.insert('prospect', { attributes: { firstName: 'Zoe', updatedAt: new Date(Date.now() + 20).toISOString() } });
		expect(ids(await first.next())).toEqual([id]);
		const second = await first.restart();
		expect(ids(second.one.emitted)).toEqual([id]);
		expect(ids(second.one.emitted)).not.toContain(old.id);
		expect(await second.next()).toBeNull();
		// And not again at the next start, nor after a while.
		const data = second.one.stored['node:Trigger'] as IDataObject;
		data.handedOver = Date.now() - 3_600_000;
		expect((await second.restart()).one.emitted).toEqual([]);
	});

	test('what comes again is called what it was called', async () => {
		const first = await poller(prospects());
		const { id } = lab.sim.insert('prospect', { attributes: { firstName: 'Zoe', createdAt: later(1) } });
		lab.sim.update('prospect', id, { attributes: { title: 'CEO', updatedAt: later(2) } });
		const batch = await first.next();
		expect(batch!.map(({ event }) => event)).toEqual(['prospect.created']);
		expect((await first.restart()).one.emitted).toEqual(batch);
	});

	test('a batch in doubt that cannot be read at once comes with the first poll that can, however late', async () => {
		const first = await poller(prospects());
		const { id } = lab.sim.insert('prospect', { attributes: { firstName: 'Zoe' } });
		await first.next();
		const other = first.one.restarted();
		const workflow = other.load();
		lab.sim.addFault({ match: { path: '/api/v2/prospects' }, times: 1, kind: 'status', status: 403 });
		await expect(other.poll(workflow)).rejects.toThrow();
		(workflow.staticData as Record<string, IDataObject>)['node:Trigger'].handedOver = Date.now() - 3_600_000;
		expect((await other.poll(workflow))!.map(({ json }) => json.id)).toEqual([id]);
		expect(await other.poll(workflow)).toBeNull();
	});

	test('a main process that becomes the leader again repeats the batch of the one between', async () => {
		const { one } = await poller(prospects());
		const { id } = lab.sim.insert('prospect', { attributes: { firstName: 'Zoe' } });
		const between = one.restarted();
		expect((await between.poll())!.map(({ json }) => json.id)).toEqual([id]);
		one.stored = structuredClone(between.stored);
		const workflow = one.load();
		expect((await one.poll(workflow))!.map(({ json }) => json.id)).toEqual([id]);
		expect(await one.poll(workflow)).toBeNull();
	});

	// n8n 1 gives a poll no time to keep to.
	(LINE > 1 ? test : test.skip)('the time that n8n gives is kept to, and the rest comes with the next poll', async () => {
		const made = lab.sim.seedProspects(3000, 'bulk');
		const { one } = await poller(prospects());
		const when = new Date(Date.now() + 1000).toISOString();
		for (const id of made) lab.sim.update('prospect', id, { attributes: { updatedAt: when } });
		const workflow = one.load();
		one.pollBudgetMs = 1;
		const emitted: number[] = [];
		for (let items = await one.poll(workflow); items; items = await one.poll(workflow)) {
			expect(items.length).toBeLessThanOrEqual(1000);
			emitted.push(...items.map(({ json }) => json.id as number));
		}
		expect(emitted.sort((a, b) => a - b)).toEqual(made);
	}, 60_000);

	test('another resource in the same node starts afresh', async () => {
		const first = await poller(prospects());
		first.one.node.parameters = { resource: 'account', events: ['changed'] };
		const workflow = first.one.load();
		expect(await first.one.poll(workflow)).toBeNull();
		lab.sim.update('account', 1, { attributes: { name: 'X' } });
		expect((await first.one.poll(workflow))!.map(({ json }) => json.event)).toEqual(['account.updated']);
	});
});
