/** The Userlot Polling Trigger: what changed since the last poll, told once, from a list that has no times to filter by. */
import type { IDataObject } from 'n8n-workflow';
import { processorClock } from '../harness/processor.mts';
import { rl, where } from './support.mts';
import { poller as activePoller, TriggerLab } from './trigger-support.mts';
import { userlotLab } from './vendor-support.mts';

const lab = userlotLab();

const poller = async (parameters: IDataObject, from?: TriggerLab) => await activePoller(lab.harness, 'userlotPollingTrigger', { resource: 'company', ...parameters }, from);

const company = (external: string) => lab.sim.records('company').find((item) => item.external_id === external)!;
const change = (external: string, attributes: IDataObject) => lab.sim.change('company', company(external).id as string, attributes);
const names = (items: IDataObject[] | null) => (items ?? []).map(({ event, external_id }) => `${String(event)} ${String(external_id)}`);
const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

test('activation tells nothing, and each poll is one request', async () => {
	const { first, next } = await poller({ events: ['created', 'updated'] });
	expect(first).toBeNull();
	expect(await next()).toBeNull();
	expect(lab.sim.requests.map(({ method, path, search }) => `${method} ${path}${search}`)).toEqual(['GET /api/v1/companies', 'GET /api/v1/companies']);
});

test('created and updated, each once and under a name of its own', async () => {
	const { next } = await poller({ events: ['created', 'updated'] });
	const { id } = lab.sim.insert('company', { name: 'New', external_id: 'new' });
	change('acct-1', { name: 'Acme Inc' });
	const found = (await next())!;
	expect(found).toEqual([
		expect.objectContaining({ event: 'company.updated', eventId: `company.updated:${String(company('acct-1').id)}:${String(company('acct-1').updated_at)}`, resource: 'company', name: 'Acme Inc' }),
		expect.objectContaining({ event: 'company.created', eventId: `company.created:${String(id)}`, name: 'New' }),
	]);
	expect(await next()).toBeNull();
	change('acct-1', {});
	expect(names(await next())).toEqual(['company.updated acct-1']);
});

test('registered twice in one process: each change once, whichever polls', async () => {
	const { one } = await poller({ events: ['created', 'updated'] });
	const copies = [one, one.twin()].map((registration) => ({ registration, workflow: registration.load() }));
	for (const turn of [0, 1, 1, 0]) {
		change('acct-1', { name: `Acme ${turn}` });
		for (const { registration, workflow } of turn === 0 ? copies : [...copies].reverse()) await registration.poll(workflow);
	}
	expect(copies.flatMap(({ registration }) => names(registration.emitted))).toEqual(Array(4).fill('company.updated acct-1'));
});

test('of created alone an update says nothing, and the other way round', async () => {
	const created = await poller({ events: ['created'] });
	const updated = await poller({ events: ['updated'] });
	change('acct-1', { name: 'X' });
	lab.sim.insert('company', { external_id: 'new' });
	expect(names(await created.next())).toEqual(['company.created new']);
	expect(names(await updated.next())).toEqual(['company.updated acct-1']);
});

test('end users without times are compared as a whole', async () => {
	const one = await poller({ resource: 'endUser', events: ['updated'] });
	const user = lab.sim.records('endUser')[0]!;
	lab.sim.change('endUser', user.id as string, { last_name: 'New' });
	expect((await one.next())!.map(({ event, last_name }) => [event, last_name])).toEqual([['endUser.updated', 'New']]);
	const bare = () => lab.sim.addFault({ match: { path: '/api/v1/end_users' }, kind: 'status', status: 200, body: [{ id: 'u1', email: 'a@b.example' }] });
	bare();
	const other = await poller({ resource: 'endUser', events: ['updated'] });
	bare();
	expect(await other.next()).toBeNull();
	lab.sim.addFault({ match: { path: '/api/v1/end_users' }, kind: 'status', status: 200, body: [{ email: 'c@b.example', id: 'u1' }] });
	expect((await other.next())!.map(({ email }) => email)).toEqual(['c@b.example']);
});

test.each([
	[60, 40, 'below'],
	[40, 50, 'above'],
])('a health score from %d to %d crosses the limit of 50', async (from, to, direction) => {
	change('acct-2', { health_score: from });
	const { next } = await poller({ events: ['healthCrossed'], healthLimit: 50 });
	change('acct-2', { health_score: from + 1 });
	expect(await next()).toBeNull();
	change('acct-2', { health_score: to });
	expect(await next()).toEqual([expect.objectContaining({ event: 'company.healthCrossed', health_score: to, previous: from + 1, direction })]);
	expect(await next()).toBeNull();
});

test('the same crossing a second time has another eventId', async () => {
	change('acct-2', { health_score: 60 });
	const { next } = await poller({ events: ['healthCrossed'], healthLimit: 50 });
	const ids: unknown[] = [];
	for (const score of [40, 60, 40]) {
		change('acct-2', { health_score: score });
		ids.push((await next())![0]!.eventId);
	}
	expect(new Set(ids).size).toBe(3);
});

test('category, status and stage', async () => {
	const { next } = await poller({ events: ['healthCategoryChanged', 'statusChanged', 'stageChanged'] });
	change('acct-1', { health_category: 'poor', name: 'X' });
	change('acct-2', { status_id: '00000003-0000-4000-8000-000000000004' });
	change('acct-3', { life_cycle_stage_id: 'stage-2' });
	const found = (await next())!;
	expect(names(found)).toEqual(['company.healthCategoryChanged acct-1', 'company.statusChanged acct-2', 'company.stageChanged acct-3']);
	expect(found[0]).toMatchObject({ previous: 'good', health_category: 'poor' });
	expect(await next()).toBeNull();
});

test('ARR and MRR that changed by more than the amount, small steps together', async () => {
	const { next } = await poller({ events: ['arrChanged', 'mrrChanged'], amount: 500 });
	change('acct-1', { arr: 12_400, mrr: 1_501 });
	expect((await next())!.map(({ event, previous, difference }) => [event, previous, difference])).toEqual([['company.mrrChanged', 1000, 501]]);
	change('acct-1', { arr: 12_800 });
	expect((await next())!.map(({ event, previous, difference }) => [event, previous, difference])).toEqual([['company.arrChanged', 12_000, 800]]);
	change('acct-1', { arr: 12_400 });
	expect(await next()).toBeNull();
});

test('a renewal that is near is told once for each date, also when it is near at the start', async () => {
	const { first, next } = await poller({ events: ['renewalNear'], days: 30 });
	expect(names(first)).toEqual(['company.renewalNear acct-1']);
	expect(first![0]).toMatchObject({ renewal_date: day(20), daysLeft: 20, eventId: `company.renewalNear:${String(company('acct-1').id)}:${day(20)}` });
	expect(await next()).toBeNull();
	change('acct-2', { renewal_date: day(0) });
	change('acct-3', { renewal_date: day(-1) });
	change('acct-4', { renewal_date: day(31) });
	expect(names(await next())).toEqual(['company.renewalNear acct-2']);
	change('acct-1', { renewal_date: day(380) });
	expect(await next()).toBeNull();
	change('acct-1', { renewal_date: day(10) });
	expect(names(await next())).toEqual(['company.renewalNear acct-1']);
});

test('filters narrow what is watched; others begin anew', async () => {
	const filters = where({ field: 'name', value: 'Acme' }) as IDataObject;
	const { one, next } = await poller({ events: ['created', 'updated'], filters });
	change('acct-2', { name: 'X' });
	expect(await next()).toBeNull();
	change('acct-1', { arr: 1 });
	expect(names(await next())).toEqual(['company.updated acct-1']);
	const widened = await poller({ events: ['created', 'updated'], filters: { related: [{ relation: 'status', record: rl('key', 'Active') }] } }, one);
	expect(widened.first).toBeNull();
	expect(lab.sim.requests.at(-1)!.search).toBe('status_id=00000003-0000-4000-8000-000000000002');
});

test('a list that is empty for a moment does not make everything new', async () => {
	const { next } = await poller({ events: ['created', 'updated'] });
	lab.sim.addFault({ match: { path: '/api/v1/companies' }, kind: 'status', status: 200, body: [] });
	expect(await next()).toBeNull();
	expect(await next()).toBeNull();
});

test('a poll that fails forgets nothing', async () => {
	const { next } = await poller({ events: ['updated'] });
	change('acct-1', { name: 'X' });
	lab.sim.addFault({ match: { path: '/api/v1/companies' }, kind: 'status', status: 403 });
	await expect(next()).rejects.toThrow('Userlot refused to list companies');
	expect(names(await next())).toEqual(['company.updated acct-1']);
});

test('what a process handed over before it ended is told again, and nothing else', async () => {
	const { one, next } = await poller({ events: ['created', 'updated'] });
	lab.sim.insert('company', { external_id: 'new' });
	change('acct-1', { name: 'X' });
	const told = (await next())!;
	const restarted = await poller({ events: ['created', 'updated'] }, one);
	expect(restarted.first!.map(({ eventId }) => eventId)).toEqual(told.map(({ eventId }) => eventId));
	expect(await restarted.next()).toBeNull();
});

test('the start that told of renewals tells of them again after a crash, not of companies as new', async () => {
	const parameters = { events: ['created', 'renewalNear'], days: 30 };
	const { one } = await poller(parameters);
	const restarted = await poller(parameters, one);
	expect(names(restarted.first)).toEqual(['company.renewalNear acct-1']);
});

test('by hand it shows some records and remembers nothing', async () => {
	const one = new TriggerLab(lab.harness, 'userlotPollingTrigger', { resource: 'company', events: ['statusChanged'] });
	const shown = await one.poll(one.load(), 'manual');
	expect(shown).toHaveLength(5);
	expect(shown![0]!.json).toMatchObject({ event: 'company.statusChanged', name: 'Acme' });
	expect(one.stored).toEqual({});
});

test('20,000 companies: less than a megabyte to remember and two seconds of processor to compare; more are refused', async () => {
	const rows = Array.from({ length: 20_000 }, (_, i) => ({
		id: `${String(i).padStart(8, '0')}-aaaa-4aaa-8aaa-000000000001`,
		name: `Company ${i}`,
		updated_at: new Date(1_700_000_000_000 + i * 1000).toISOString(),
		renewal_date: day(5 + (i % 300)),
		health_score: i % 100,
		arr: i * 100,
	}));
	const serve = (body: unknown) => lab.sim.addFault({ match: { path: '/api/v1/companies' }, kind: 'status', status: 200, body });
	serve(rows);
	const { one, next } = await poller({ events: ['created', 'updated', 'healthCrossed', 'arrChanged', 'renewalNear'], days: 0 });
	serve([...rows.slice(0, -1), { ...rows.at(-1)!, health_score: 10, updated_at: '2026-11-01T00:00:00.000Z' }]);
	const spent = processorClock();
	expect((await next())!.map(({ event }) => event)).toEqual(['company.updated', 'company.healthCrossed']);
	const ms = spent();
	const size = JSON.stringify(one.stored).length;
	process.stdout.write(`20,000 companies: ${(size / 1000).toFixed(0)} KB remembered, ${ms.toFixed(0)} ms of processor a poll\n`);
	expect(size).toBeLessThan(1_000_000);
	expect(ms).toBeLessThan(2_000);
	serve([...rows, { id: 'one-more' }]);
	await expect(next()).rejects.toThrow('There are more than 20,000 companies to watch');
});

test('what changed at once in thousands is told in parts, each once', async () => {
	const rows = (score: number) => Array.from({ length: 7_000 }, (_, i) => ({ id: `id-${i}`, health_score: score, health_category: score > 50 ? 'good' : 'poor' }));
	const serve = (body: unknown) => lab.sim.addFault({ match: { path: '/api/v1/companies' }, kind: 'status', status: 200, body });
	serve(rows(80));
	const { next } = await poller({ events: ['healthCategoryChanged'] });
	const told: unknown[] = [];
	for (const expected of [3_000, 3_000, 1_000]) {
		serve(rows(20));
		const items = (await next())!;
		expect(items).toHaveLength(expected);
		expect(items[0]).toMatchObject({ previous: 'good', health_category: 'poor' });
		told.push(...items.map(({ id }) => id));
	}
	serve(rows(20));
	expect(await next()).toBeNull();
	expect(new Set(told).size).toBe(7_000);
});

test('all events at once leave room, and tell what was before', async () => {
	const row = (i: number, more: IDataObject = {}): IDataObject => ({
		id: `${String(i).padStart(8, '0')}-aaaa-4aaa-8aaa-000000000001`, name: `Company ${i}`, updated_at: new Date(1_700_000_000_000 + i * 1000).toISOString(), renewal_date: day(5 + (i % 300)),
		health_score: i % 100, health_category: ['good', 'Needs ~ Attention', 'poor'][i % 3]!, status_id: `status-${i % 4}`, life_cycle_stage_id: `stage-${i % 5}`, arr: i * 100 + 0.5, mrr: i * 10, ...more,
	});
	const rows = Array.from({ length: 20_000 }, (_, i) => row(i));
	const serve = (body: unknown) => lab.sim.addFault({ match: { path: '/api/v1/companies' }, kind: 'status', status: 200, body });
	const events = ['arrChanged', 'created', 'healthCategoryChanged', 'healthCrossed', 'mrrChanged', 'renewalNear', 'stageChanged', 'statusChanged', 'updated'];
	serve(rows);
	const { one, next } = await poller({ events, healthLimit: 50, days: 30, amount: 10 });
	expect(JSON.stringify(one.stored).length).toBeLessThan(1_000_000);
	serve([rows[0], row(1, { health_score: 99.5, health_category: 'poor', status_id: 'status-9', life_cycle_stage_id: 'stage-9', arr: 1e30, mrr: -0.1, updated_at: '2026-11-01T00:00:00.000Z' }), ...rows.slice(2)]);
	expect((await next())!.map(({ event, previous }) => [event, previous]).sort()).toEqual([
		['company.arrChanged', 100.5],
		['company.healthCategoryChanged', 'Needs ~ Attention'],
		['company.healthCrossed', 1],
		['company.mrrChanged', 10],
		['company.stageChanged', 'stage-1'],
		['company.statusChanged', 'status-1'],
		['company.updated', undefined],
	]);
	serve([rows[0], row(1), ...rows.slice(2)]);
	expect((await next())!.filter(({ event }) => /arr|mrr|Crossed/.test(String(event))).map(({ event, previous }) => [event, previous])).toEqual([['company.healthCrossed', 99.5], ['company.arrChanged', 1e30], ['company.mrrChanged', -0.1]]);
});

test('no event chosen is said', async () => {
	await expect(poller({ events: [] })).rejects.toThrow('No event is selected');
});

test('a score that is missing for a while does not hide that it crossed the limit', async () => {
	const { next } = await poller({ events: ['healthCrossed'], limit: 50 });
	const told: unknown[] = [];
	for (const health_score of [90, null, 20, 20]) {
		change('acct-1', { health_score });
		told.push(names(await next()));
	}
	expect(told).toEqual([[], [], ['company.healthCrossed acct-1'], []]);
});
