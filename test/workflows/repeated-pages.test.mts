/**
 * Vendors whose lists repeat a page, an answer or a record: nothing comes twice, nothing is read for ever, and a part is never taken
 * for the whole.
 */
import type { IDataObject } from 'n8n-workflow';
import { forgetPageSizes } from '../../dist/nodes/shared/wire/pageSize.js';
import type { Simulator } from '../simulator/index.mts';
import { outsetaLab } from './outseta-support.mts';
import { described, mapper, outreachLab, rl, where } from './support.mts';
import { poller } from './trigger-support.mts';
import { branchCmsLab, userlotLab } from './vendor-support.mts';

beforeEach(() => forgetPageSizes());

type Whole = 'page' | 'answer';
const WHOLE: Whole[] = ['page', 'answer'];
const SAME = /^(Outreach|Outreach SCIM|Outseta|BranchCMS) returned the same page as the next page/;
const twice = (values: unknown[]) => values.filter((value, i) => values.indexOf(value) !== i);
const lieOf = (what: Whole | 'record') => ({ repeat: { what } });

/** Each way to repeat a page, always and once: an error that says so, and nothing after some requests. */
async function refusesParts(sim: () => Simulator, run: () => Promise<{ error?: Error; json: IDataObject[] }>): Promise<void> {
	for (const what of WHOLE) {
		for (const times of [undefined, 1]) {
			sim().clearLies();
			sim().lie({ repeat: { what, ...(times ? { times } : {}) } });
			sim().clearRequests();
			const { error, json } = await run();
			expect([what, times, described(error).message]).toEqual([what, times, expect.stringMatching(SAME)]);
			expect(json).toEqual([]);
			expect(sim().requests.length).toBeLessThan(12);
		}
	}
	sim().clearLies();
}

describe('Outreach', () => {
	const lab = outreachLab({ stepMs: 5 });
	const every = () => lab.sim.records('prospect').map(({ id }) => id);

	test('Get Many: a page that repeats is an error; a record that repeats comes once', async () => {
		lab.sim.seedProspects(2500);
		const all = async () => await lab.run('prospect', 'getAll', { returnAll: true, options: { onlyFields: ['firstName'] } });
		await refusesParts(() => lab.sim, all);
		lab.sim.lie(lieOf('record'));
		expect((await all()).json.map(({ id }) => id)).toEqual(every());
	});

	test('Deprovision: what is owned is read as a whole or not at all', async () => {
		for (const id of lab.sim.seedProspects(1200)) lab.sim.update('prospect', id, { relationships: { owner: 4 } });
		lab.sim.lie(lieOf('page'));
		const { error } = await lab.run('user', 'deprovision', { record: rl('id', 4), reassignTo: rl('id', 2), options: { reassign: ['prospects'] } });
		expect(described(error).message).toMatch(SAME);
		expect(described(error).description).toMatch(/^The user is locked, but not everything was reassigned/);
		expect(lab.writes()).toEqual(['PATCH /users/4']);
	});

	test('look-ups by a name that repeats in the list find one record', async () => {
		lab.sim.lie(lieOf('record'));
		const { json, error } = await lab.run('user', 'provision', { email: 'dana.leaver@acme.example', role: rl('name', 'Sales Manager'), fields: mapper({}) });
		expect(error).toBeUndefined();
		expect(json[0]).toMatchObject({ id: 4, outcome: 'updated' });
		const { results } = await lab.load('outreach', 'listSearch', 'searchRole', {});
		expect(twice(results.map(({ value }) => value))).toEqual([]);
	});

	test('Reconcile: nobody is changed or retired by a list in part; who is listed twice is one person', async () => {
		lab.sim.seedUsers(1200);
		const list = lab.sim.records('user').map(({ attributes }) => ({ email: attributes.email, title: attributes.title ?? 'Member' }));
		const run = async (items: IDataObject[] = list as IDataObject[]) => await lab.run('user', 'reconcile', { email: '={{ $json.email }}', fields: mapper({ title: '={{ $json.title }}' }), notInList: 'lock', dryRun: false }, items);
		await refusesParts(() => lab.sim, run as never);
		expect(lab.writes()).toEqual([]);
		lab.reset();
		lab.sim.lie(lieOf('record'));
		const few = lab.sim.records('user').map(({ attributes }) => ({ email: attributes.email, title: attributes.title ?? 'Member' }));
		const { json, error } = await run([...few.slice(0, -1), { ...few.at(-1)!, title: 'Changed' }] as IDataObject[]);
		expect(error).toBeUndefined();
		expect(twice(json.map(({ key }) => key))).toEqual([]);
		expect(lab.writes().filter((line) => line.includes('/users/10'))).toHaveLength(1);
	});

	test('a change by filters that sees a part is refused', async () => {
		for (const id of lab.sim.seedProspects(1200)) lab.sim.update('prospect', id, { attributes: { title: 'Many' } });
		lab.sim.lie(lieOf('page'));
		const { error } = await lab.run('prospect', 'prospectsAddTags', { target: 'filter', filters: where({ field: 'title', operator: 'equals', value: 'Many' }), fields: mapper({ tags: 'vip' }) });
		expect(described(error).message).toMatch(SAME);
		expect(lab.writes()).toEqual([]);
	});

	test.each(WHOLE)('the polling trigger loses no change to a repeated %s, and emits none twice', async (what) => {
		const { next } = await poller(lab.harness, 'outreachPollingTrigger', { resource: 'prospect', events: ['created'] });
		const made = lab.sim.seedProspects(2500);
		lab.sim.lie({ repeat: { what } });
		await expect(next()).rejects.toThrow(SAME);
		lab.sim.clearLies();
		lab.sim.lie(lieOf('record'));
		const found = ((await next()) ?? []).map(({ id }) => id);
		expect(found).toEqual(made);
		expect(await next()).toBeNull();
	});

	test('SCIM: a page that repeats is an error; a user who repeats comes once', async () => {
		lab.sim.seedUsers(250);
		const run = async () => {
			lab.harness.credentials.set('outreachScimApi', { baseUrl: `${lab.sim.url}/scim/v2`, token: lab.sim.scimToken });
			return await lab.harness.runNode('outreach', { resource: 'scimUser', operation: 'getAll', returnAll: true } as never, [{}], { credentials: ['outreachScimApi'] });
		};
		await refusesParts(() => lab.sim, run);
		lab.sim.lie(lieOf('record'));
		const { json, error } = await run();
		expect(error).toBeUndefined();
		expect(json.map(({ id }) => Number(id)).sort((a, b) => a - b)).toEqual(lab.sim.records('user').map(({ id }) => id));
	});
});

describe('Outseta', () => {
	const lab = outsetaLab();
	const every = () => lab.sim.records('Person').map(({ Uid }) => Uid).sort();

	test('Get Many: a page that repeats is an error; a record that repeats comes once', async () => {
		lab.sim.seedPeople(250);
		const all = async () => await lab.run('person', 'getAll', { returnAll: true });
		await refusesParts(() => lab.sim, all);
		lab.sim.lie(lieOf('record'));
		expect((await all()).json.map(({ Uid }) => Uid).sort()).toEqual(every());
	});

	test('look-ups of many people and Reconcile', async () => {
		lab.sim.seedPeople(250);
		const list = lab.sim.records('Person').map(({ Email }) => ({ email: String(Email) }));
		const reconcile = async () => await lab.run('person', 'reconcile', { matchValue: '={{ $json.email }}', fields: mapper({}), notInList: 'delete', dryRun: false }, list);
		await refusesParts(() => lab.sim, reconcile);
		expect(lab.writes()).toEqual([]);
		lab.sim.lie(lieOf('record'));
		const { json, error } = await reconcile();
		expect(error).toBeUndefined();
		expect([json.length, new Set(json.map(({ outcome }) => outcome))]).toEqual([list.length, new Set(['unchanged'])]);
		const upsert = await lab.run('person', 'upsert', { matchValue: '={{ $json.email }}', fields: mapper({ Title: 'Boss' }) }, list.slice(0, 8));
		expect(upsert.error).toBeUndefined();
		expect(new Set(upsert.json.map(({ outcome }) => outcome))).toEqual(new Set(['updated']));
		expect(lab.sim.records('Person')).toHaveLength(list.length);
	});

	test.each(WHOLE)('the polling trigger loses nothing to a repeated %s where many changed at one time', async (what) => {
		const made = lab.sim.seedPeople(250);
		const { next } = await poller(lab.harness, 'outsetaPollingTrigger', { resource: 'person', events: ['updated'] });
		// Well after they were created: a change within the same second counts as the creation.
		const when = new Date(Date.now() + 5_000).toISOString().slice(0, 23);
		for (const uid of made) lab.sim.update('person', uid, { Title: 'Bulk', Updated: when });
		lab.sim.lie({ repeat: { what } });
		await expect(next()).rejects.toThrow(SAME);
		lab.sim.clearLies();
		lab.sim.lie(lieOf('record'));
		const found = ((await next()) ?? []).map(({ Uid }) => Uid);
		expect(twice(found)).toEqual([]);
		expect([...found].sort()).toEqual([...made].sort());
	});
});

describe('BranchCMS', () => {
	const lab = branchCmsLab();

	test('Get Many: a page that repeats is an error; a record that repeats comes once', async () => {
		lab.sim.seedAccounts(250);
		const all = async () => await lab.run('account', 'getAll', { returnAll: true });
		await refusesParts(() => lab.sim, all);
		lab.sim.lie(lieOf('record'));
		expect((await all()).json.map(({ id }) => id)).toEqual(lab.sim.records('account').map(({ id }) => id));
	});

	test('look-ups and Reconcile', async () => {
		lab.sim.seedAccounts(250);
		const list = lab.sim.records('account').map(({ email }) => ({ email: String(email) }));
		const reconcile = async () => await lab.run('account', 'reconcile', { matchValue: '={{ $json.email }}', fields: mapper({}), notInList: 'delete', dryRun: false }, list);
		await refusesParts(() => lab.sim, reconcile);
		expect(lab.sent().filter((line) => !line.startsWith('GET'))).toEqual([]);
		lab.sim.lie(lieOf('record'));
		const { json, error } = await reconcile();
		expect(error).toBeUndefined();
		expect([json.length, new Set(json.map(({ outcome }) => outcome))]).toEqual([list.length, new Set(['unchanged'])]);
		expect((await lab.run('account', 'upsert', { matchValue: list[0]!.email, fields: mapper({ title: 'Boss' }) })).json[0]).toMatchObject({ outcome: 'updated' });
	});

	test.each(WHOLE)('the polling trigger tells of nothing by a repeated %s', async (what) => {
		lab.sim.seedAccounts(150);
		const { next } = await poller(lab.harness, 'branchCmsPollingTrigger', { resource: 'account', events: ['created', 'deleted'] });
		const [made] = lab.sim.seedAccounts(1, 'new');
		lab.sim.lie({ repeat: { what } });
		await expect(next()).rejects.toThrow(SAME);
		lab.sim.clearLies();
		lab.sim.lie(lieOf('record'));
		expect(((await next()) ?? []).map(({ id, event }) => [event, id])).toEqual([['account.created', made]]);
		expect(await next()).toBeNull();
	});
});

describe('Userlot, whose lists come as a whole', () => {
	const lab = userlotLab();

	test('a record that repeats comes once, is found once and told once', async () => {
		const { next } = await poller(lab.harness, 'userlotPollingTrigger', { resource: 'company', events: ['created'] });
		lab.sim.lie(lieOf('record'));
		const { json } = await lab.ok('company', 'getAll', { returnAll: true });
		expect(json.map(({ id }) => id)).toEqual(lab.sim.records('company').map(({ id }) => id));
		await lab.ok('company', 'get', { record: rl('name', 'Wayne') });
		lab.sim.insert('company', { name: 'New', external_id: 'new-1' });
		expect(await next()).toHaveLength(1);
		expect(await next()).toBeNull();
		const last = lab.sim.records('endUser').at(-1)!;
		const people = await lab.ok('endUser', 'reconcile', { matchBy: 'external_id', matchValue: last.external_id as string, fields: mapper({ first_name: last.first_name as string }), dryRun: false });
		expect(twice(people.json.map(({ key }) => key))).toEqual([]);
		expect(people.json[0]).toMatchObject({ outcome: 'unchanged' });
	});
});
