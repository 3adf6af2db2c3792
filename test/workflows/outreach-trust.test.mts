/** A vendor that does not do what it documents: nothing wrong is changed, and nothing is reported that did not happen. */
import type { IDataObject } from 'n8n-workflow';
import { forgetPageSizes } from '../../dist/nodes/shared/wire/pageSize.js';
import { described, mapper, outreachLab, rl, where } from './support.mts';

const lab = outreachLab({ stepMs: 20 });
beforeEach(() => forgetPageSizes());

const attributes = (type: string, id: number) => lab.sim.record(type, id)!.attributes as IDataObject;
const hintsOf = (result: Awaited<ReturnType<typeof lab.run>>) => result.hints?.map(({ message }) => message) ?? [];

describe('a filter that the vendor ignores', () => {
	test('Get Many: an error that names the filter and a record; nothing comes out', async () => {
		lab.sim.lie({ ignoreFilters: ['filter[title]'] });
		const { error, json } = await lab.run('prospect', 'getAll', { returnAll: true, filters: where({ field: 'title', operator: 'equals', value: 'Nobody' }) });
		expect(described(error)).toEqual({
			message: expect.stringMatching(/^Outreach ignored the filter "Title": .+ \(.*ID \d+\) does not match it$/),
			description: expect.stringContaining('Nothing of this list was used'),
		});
		expect(json).toEqual([]);
		// The list, and one question with a value that cannot exist.
		expect(lab.sent()).toEqual(['GET /prospects?filter[title]=Nobody&page[size]=1000', 'GET /prospects?filter[title]=no such value 2999-12-31&page[size]=1']);
	});

	test('Count: an error as well', async () => {
		lab.sim.lie({ ignoreFilters: ['filter[title]'] });
		const { error } = await lab.run('prospect', 'getAll', { options: { countOnly: true }, filters: where({ field: 'title', operator: 'equals', value: 'Nobody' }) });
		expect(described(error).message).toMatch(/^Outreach ignored the filter "Title"/);
	});

	test('the fields that the check needs are asked for along with the chosen ones, and taken out again', async () => {
		const filters = where({ field: 'title', operator: 'equals', value: 'CTO' });
		const { json } = await lab.run('prospect', 'getAll', { returnAll: true, filters, options: { onlyFields: ['firstName'] } });
		expect(lab.sent()).toEqual(['GET /prospects?filter[title]=CTO&fields[prospect]=firstName,title&page[size]=1000']);
		expect(json.length).toBeGreaterThan(3);
		expect(Object.keys(json[0])).toEqual(['id', 'firstName']);
		lab.sim.lie({ ignoreFilters: ['filter[title]'] });
		expect(described((await lab.run('prospect', 'getAll', { returnAll: true, filters, options: { onlyFields: ['firstName'] } })).error).message).toMatch(/ignored the filter "Title"/);
	});

	test('Deprovision hands nothing over, and says that the user is locked', async () => {
		const before = ['prospect', 'account', 'task'].map((type) => JSON.stringify(lab.sim.records(type)));
		lab.sim.lie({ ignoreFilters: ['filter[owner][id]'] });
		const { error, json } = await lab.run('user', 'deprovision', { record: rl('id', 4), reassignTo: rl('id', 2) });
		expect(json).toEqual([]);
		expect(described(error).message).toMatch(/^Outreach ignored the filter "Owner": .+ does not match it$/);
		expect(described(error).description).toMatch(/^The user is locked, but not everything was reassigned\. Done so far: .*"locked":true/);
		expect(lab.writes()).toEqual(['PATCH /users/4']);
		expect(['prospect', 'account', 'task'].map((type) => JSON.stringify(lab.sim.records(type)))).toEqual(before);
	});

	test('a change by filters is refused before anything is sent to change', async () => {
		lab.sim.lie({ ignoreFilters: ['filter[title]', 'actionParams[filter][title]', 'actionParams[filter][title][]'] });
		const { error } = await lab.run('prospect', 'prospectsDestroyAll', { target: 'filter', filters: where({ field: 'title', operator: 'equals', value: 'CTO' }) });
		expect(described(error).message).toMatch(/^Outreach ignored the filter "Title"/);
		expect(lab.writes()).toEqual([]);
	});

	test.each(['email', 'id'])('a user by %s is never another one', async (key) => {
		lab.sim.lie({ ignoreFilters: [`filter[${key}]`] });
		const { error } = await lab.run('user', 'reactivate', { record: rl(key, key === 'email' ? 'nobody@acme.example' : 987_654) });
		expect(error).toBeDefined();
		expect(lab.writes()).toEqual([]);
	});

	test('a record that merely moved on is skipped, and counted in a hint', async () => {
		const [first, ...rest] = lab.sim.records('prospect').filter((record) => record.attributes.title === 'CTO');
		const data = [{ ...first, attributes: { ...first.attributes, title: 'Former CTO' } }, ...rest];
		lab.sim.addFault({ match: { path: '/api/v2/prospects' }, kind: 'status', status: 200, body: { data }, headers: { 'content-type': 'application/vnd.api+json' } });
		const result = await lab.run('prospect', 'getAll', { returnAll: true, filters: where({ field: 'title', operator: 'equals', value: 'CTO' }) });
		expect(result.error).toBeUndefined();
		expect(result.json.map(({ id }) => id)).toEqual(rest.map(({ id }) => id));
		expect(hintsOf(result)).toEqual(['1 record changed while the list was read and no longer matched the filters. Skipped.']);
	});
});

describe('a write that the vendor accepts and drops', () => {
	test('Deprovision: a user who is not locked is an error', async () => {
		lab.sim.lie({ dropWrites: ['locked'] });
		const { error, json } = await lab.run('user', 'deprovision', { record: rl('id', 4) });
		expect(json).toEqual([]);
		expect(described(error)).toEqual({
			message: 'Outreach accepted the change of the user but did not make it: Locked is false, not true',
			description: 'Check the permissions of the connection, look at the record in Outreach, and run again. Do not rely on this change.',
		});
		expect(attributes('user', 4).locked).toBe(false);
	});

	test('an answer with the state from before, and the change a moment later: done', async () => {
		const stale = lab.sim.record('user', 4)!;
		lab.sim.addFault({ match: { method: 'PATCH' }, kind: 'status', status: 200, body: { data: stale }, headers: { 'content-type': 'application/vnd.api+json' }, afterEffect: true });
		const { error, json } = await lab.run('user', 'deprovision', { record: rl('id', 4) });
		expect(error).toBeUndefined();
		expect(json[0].outcome).toBe('locked');
		expect(attributes('user', 4).locked).toBe(true);
	});

	test('Provision: a role that did not take is named, and the outcome is not "updated"', async () => {
		const user = lab.sim.record('user', 4)!;
		lab.sim.lie({ dropWrites: ['role'] });
		const result = await lab.run('user', 'provision', { email: user.attributes.email as string, role: rl('id', 2), fields: mapper({}) });
		expect(result.error).toBeUndefined();
		expect(result.json[0]).toMatchObject({ outcome: 'unchanged', notApplied: ['Role'] });
		expect(hintsOf(result)).toEqual(['Outreach did not apply Role to user 4. See "notApplied" in the output.']);
	});

	test('Provision: a team that does not take the user is an error for that user', async () => {
		lab.sim.lie({ dropWrites: ['users'] });
		const { error } = await lab.run('user', 'provision', { email: 'emil.ek@acme.example', teams: { entry: [{ record: rl('id', 2) }] }, fields: mapper({}) });
		expect(described(error).message).toMatch(/^Teams: Outreach accepted the members of team 2, but does not show user \d+ among them$/);
	});

	test('Update: fields that did not take are named; those that did are not', async () => {
		lab.sim.lie({ dropWrites: ['title'] });
		const { json } = await lab.run('prospect', 'update', { record: rl('id', 3), fields: mapper({ title: 'New Title', addressCity: 'Oslo' }) });
		expect(json[0]).toMatchObject({ id: 3, addressCity: 'Oslo', notApplied: ['Title'] });
	});

	test('Create or Update: a record that was stored without its key is an error, since each run would create another one', async () => {
		lab.sim.lie({ dropWrites: ['domain'] });
		const { error, json } = await lab.run('account', 'upsert', { matchBy: 'domain', matchValue: 'new.example', fields: mapper({ name: 'New' }) });
		expect(json).toEqual([]);
		expect(described(error)).toEqual({
			message: expect.stringMatching(/^Outreach created account \d+ without the domain "new\.example"$/),
			description: 'Add it in Outreach, or delete the record, before you run again. Otherwise another one would be created.',
		});
	});

	test('values that the vendor normalizes count as taken', async () => {
		const { json } = await lab.run('prospect', 'update', { record: rl('id', 3), fields: mapper({ firstName: '  Ada ', emails: ['ADA@Example.com'] }) });
		expect(json[0]).not.toHaveProperty('notApplied');
	});

	test('Deprovision: records that stay with the user are an error, though the batch is finished', async () => {
		lab.sim.lie({ skipWrites: ['/actions/reassignOwner'] });
		const { error } = await lab.run('user', 'deprovision', { record: rl('id', 4), reassignTo: rl('id', 2), options: { reassign: ['tasks'] } });
		expect(described(error).message).toMatch(/^Outreach reports that it reassigned (\d+) tasks, but \1 of them still belong to the user$/);
		expect(described(error).description).toMatch(/^The user is locked, but not everything was reassigned/);
	});
});

describe('a vendor that fails on large pages', () => {
	test('goes on in smaller ones, without loss or repeats, and remembers', async () => {
		lab.sim.lie({ maxPage: 250 });
		const result = await lab.run('prospect', 'getAll', { returnAll: true });
		expect(result.error).toBeUndefined();
		expect(result.json.map(({ id }) => id)).toEqual(lab.sim.records('prospect').map(({ id }) => id));
		expect(lab.sent().map((line) => Number(/page\[size\]=(\d+)/.exec(line)?.[1]))).toEqual([1000, 500, 250]);
		expect(hintsOf(result)).toEqual(['Outreach failed on larger pages of prospects. Read 250 at a time.']);
		lab.sim.clearRequests();
		await lab.run('prospect', 'getAll', { returnAll: true });
		expect(lab.sent()).toEqual(['GET /prospects?page[size]=250']);
	});

	test('in the middle of a list', async () => {
		lab.sim.lie({ maxPage: 25 });
		const result = await lab.run('prospect', 'getAll', { returnAll: true });
		expect(result.json.map(({ id }) => id)).toEqual(lab.sim.records('prospect').map(({ id }) => id));
	});

	test('a connection lost in the middle: the list goes on from the page where it broke', async () => {
		lab.sim.seedProspects(2500, 'many');
		lab.sim.addFault({ match: { path: '/api/v2/prospects', query: 'page[after]' }, kind: 'reset', times: 3 });
		const { error, json } = await lab.run('prospect', 'getAll', { returnAll: true, options: { onlyFields: ['firstName'] } });
		expect(error).toBeUndefined();
		expect(json.map(({ id }) => id)).toEqual(lab.sim.records('prospect').map(({ id }) => id));
		expect(lab.sent().filter((line) => !line.includes('page[after]'))).toHaveLength(1);
	});

	test('look-ups and lists of the editor as well', async () => {
		lab.sim.lie({ maxPage: 100 });
		const { error } = await lab.run('user', 'deprovision', { record: rl('email', 'dana.leaver@acme.example') });
		expect(error).toBeUndefined();
		forgetPageSizes();
		const { results } = await lab.load('outreach', 'listSearch', 'searchRole', { filter: 'sales' });
		expect(results.length).toBeGreaterThan(0);
	});

	test('one that is down fails after as many attempts as ever', async () => {
		lab.sim.addFault({ match: { path: '/api/v2/prospects' }, kind: 'status', status: 500, times: -1 });
		const { error } = await lab.run('prospect', 'getAll', { returnAll: true });
		expect(error).toBeDefined();
		expect(lab.sent()).toHaveLength(5);
	});
});

describe('a list in part', () => {
	test('members of a team of which the answer shows some: nothing is written', async () => {
		const team = lab.sim.record('team', 2)!;
		const body = { data: { ...team, relationships: { users: { data: [{ type: 'user', id: 2 }], meta: { count: 2 } } } } };
		lab.sim.addFault({ match: { method: 'GET', path: '/api/v2/teams/2' }, kind: 'status', status: 200, body, headers: { 'content-type': 'application/vnd.api+json' } });
		const { error } = await lab.run('user', 'provision', { email: 'emil.ek@acme.example', teams: { entry: [{ record: rl('id', 2) }] }, fields: mapper({}) });
		expect(described(error).message).toMatch(/^Teams: Outreach does not show all members of team 2/);
		expect(lab.writes().filter((line) => line.includes('/teams/'))).toEqual([]);
	});
});

test('an answer about another record is an error', async () => {
	const other = lab.sim.record('prospect', 5)!;
	lab.sim.addFault({ match: { path: '/api/v2/prospects/3' }, kind: 'status', status: 200, body: { data: other }, headers: { 'content-type': 'application/vnd.api+json' }, times: -1 });
	for (const operation of ['get', 'update']) {
		const { error } = await lab.run('prospect', operation, { record: rl('id', 3), fields: mapper({ title: 'X' }) });
		expect(described(error).message).toBe('Outreach answered with prospect 5 to a request about prospect 3');
	}
});
