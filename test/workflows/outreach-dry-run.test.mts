/** Dry Run on Outreach: what is said instead of done, what is read for it, and that nothing is written. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { automatic, described, linked, mapper, outreachLab, rl, where } from './support.mts';

const lab = outreachLab();

const options = { dryRun: true };
const teams = (...records: unknown[]) => ({ entry: records.map((record) => ({ record })) });
const messages = ({ hints }: Awaited<ReturnType<typeof lab.run>>) => hints.map(({ message }) => message);

afterEach(() => expect(lab.writes()).toEqual([]));

test('Provision: who would be created, changed, unlocked and put into teams, with names for ids', async () => {
	const result = await lab.run(
		'user',
		'provision',
		{ email: '={{ $json.email }}', role: rl('name', 'Account Executive'), profile: rl('name', 'Sales Rep'), teams: teams(rl('name', 'East')), fields: automatic, options: { ...options, ignoreUnknown: true } },
		[
			{ email: 'zoe.zander@acme.example', firstName: 'Zoe', lastName: 'Zander' },
			{ email: 'emil.ek@acme.example', firstName: 'Emil', lastName: 'Ek-Berg' },
			{ email: 'Jonas.Jansen@acme.example' },
			{ email: 'zoe.zander@acme.example', firstName: 'Zoe', lastName: 'Zander', title: 'Boss' },
		],
	);
	expect(result.error).toBeUndefined();
	const role = { field: 'role', from: 'Sales Development Representative', to: 'Account Executive' };
	const west = { field: 'teams', from: ['West'], to: ['West', 'East'] };
	expect(result.json).toEqual([
		{
			dryRun: true,
			action: 'create',
			name: 'Zoe Zander',
			changes: [
				{ field: 'email', from: null, to: 'zoe.zander@acme.example' },
				{ field: 'firstName', from: null, to: 'Zoe' },
				{ field: 'lastName', from: null, to: 'Zander' },
				{ field: 'role', from: null, to: 'Account Executive' },
				{ field: 'profile', from: null, to: 'Sales Rep' },
				{ field: 'teams', from: [], to: ['East'] },
			],
		},
		{ dryRun: true, action: 'update', id: 5, name: 'Emil Ek', changes: [{ field: 'lastName', from: 'Ek', to: 'Ek-Berg' }, role, west] },
		{ dryRun: true, action: 'update', id: 10, name: 'Jonas Jansen', changes: [{ field: 'locked', from: true, to: false }, role, west] },
		// The first item about her creates her, and puts her into the team.
		{ dryRun: true, action: 'update', name: 'Zoe Zander', changes: [{ field: 'title', from: null, to: 'Boss' }] },
	]);
	expect(messages(result)).toEqual(['Dry run: nothing was changed. Planned: create 1, update 3.']);
	expect(result.items.map(({ pairedItem }) => pairedItem)).toEqual([0, 1, 2, 3].map((item) => ({ item })));
});

test('Provision says that there is nothing to do exactly if a real run writes nothing', async () => {
	const { json, error } = await lab.run('user', 'provision', { email: 'emil.ek@acme.example', teams: teams(rl('id', 1)), fields: mapper({ lastName: 'Ek' }), options });
	expect(error).toBeUndefined();
	expect(json).toEqual([{ dryRun: true, action: 'none', id: 5, name: 'Emil Ek', changes: [] }]);
	await lab.run('user', 'provision', { email: 'emil.ek@acme.example', teams: teams(rl('id', 1)), fields: mapper({ lastName: 'Ek' }) });
});

test('Deprovision: who would be locked, and how much would be handed over', async () => {
	const { json } = await lab.run('user', 'deprovision', { record: rl('email', 'emil.ek@acme.example'), reassignTo: rl('email', 'bea.brandt@acme.example'), options });
	expect(json).toEqual([
		{
			...{ dryRun: true, action: 'lock', id: 5, name: 'Emil Ek', changes: [{ field: 'locked', from: false, to: true }] },
			...{ reassignedTo: 2, reassignedToName: 'Bea Brandt' },
			prospects: { count: 28, first: expect.arrayContaining([{ id: 10, name: 'Julia Jones' }]) },
			accounts: { count: 0, first: [] },
			tasks: { count: 6, first: expect.any(Array) },
			notDone: expect.any(Array),
		},
	]);
	expect((json[0].prospects as IDataObject).first).toHaveLength(10);
	expect(lab.sent().map((line) => line.split('?')[0])).toEqual(['GET /users', 'GET /prospects', 'GET /accounts', 'GET /tasks']);
});

test('Reactivate, Lock by Update and Delete', async () => {
	const unlock = await lab.run('user', 'reactivate', { record: rl('email', 'jonas.jansen@acme.example'), options });
	expect(unlock.json).toEqual([{ dryRun: true, action: 'unlock', id: 10, name: 'Jonas Jansen', changes: [{ field: 'locked', from: true, to: false }] }]);
	const same = await lab.run('user', 'update', { record: rl('id', '10'), fields: mapper({ locked: true }), options });
	expect(same.json).toEqual([{ dryRun: true, action: 'none', id: 10, name: 'Jonas Jansen', changes: [] }]);
	const gone = await lab.run('prospect', 'delete', { record: rl('id', '1'), options });
	expect(gone.json).toEqual([{ dryRun: true, action: 'delete', id: 1, name: 'Anna Abel', changes: [] }]);
});

test('records given by ID are read in batches, however many there are', async () => {
	const ids = Array.from({ length: 100 }, (_, i) => ({ id: i + 1 }));
	const { json, error } = await lab.run('prospect', 'update', { record: rl('id', '={{ $json.id }}'), fields: mapper({ firstName: 'Same' }), links: linked({ owner: rl('id', 2) }), options }, ids);
	expect(error).toBeUndefined();
	expect(json).toHaveLength(100);
	expect(json[0]).toEqual({ dryRun: true, action: 'update', id: 1, name: 'Anna Abel', changes: [{ field: 'firstName', from: 'Anna', to: 'Same' }, { field: 'owner', from: 'Dana Leaver', to: 'Bea Brandt' }] });
	// 50 IDs to a request, the new owner, and the owners of now.
	expect(lab.sent()).toHaveLength(4);
});

test('Create or Update: custom fields have their labels, a value that stays is no change', async () => {
	const { json } = await lab.run(
		'prospect',
		'upsert',
		{ matchValue: '={{ $json.email }}', fields: mapper({ firstName: 'Anna', custom1: 'Gold' }), options },
		[{ email: 'new.one@contoso.example' }, { email: 'anna.abel@northwindtraders.example' }],
	);
	expect(json).toEqual([
		{ dryRun: true, action: 'create', name: 'Anna', changes: [{ field: 'firstName', from: null, to: 'Anna' }, { field: 'Trial Plan', from: null, to: 'Gold' }, { field: 'emails', from: null, to: ['new.one@contoso.example'] }] },
		{ dryRun: true, action: 'update', id: 1, name: 'Anna Abel', changes: [{ field: 'Trial Plan', from: 'Pro', to: 'Gold' }] },
	]);
});

test('actions show their parameters beside what the record has', async () => {
	const snooze = await lab.run('task', 'snooze', { record: rl('id', '1'), fields: mapper({ dueAt: '2026-12-24T10:00:00Z' }), options });
	expect(snooze.json).toEqual([{ dryRun: true, action: 'snooze', id: 1, name: expect.any(String), changes: [{ field: 'dueAt', from: expect.stringMatching(/^20/), to: '2026-12-24T10:00:00.000Z' }] }]);
	const owner = await lab.run('task', 'reassignOwner', { record: rl('id', '1'), ownerId: rl('email', 'bea.brandt@acme.example'), options });
	expect(owner.json[0].changes).toEqual([{ field: 'ownerId', from: 'Dana Leaver', to: 'Bea Brandt' }]);
});

describe('bulk changes: the number of records and the first ten', () => {
	test.each([
		['of input items', { target: 'items', record: rl('id', '={{ $json.id }}') }, [{ id: 1 }, { id: 2 }], 2],
		['by filter', { target: 'filter', filters: where({ field: 'createdAt', operator: 'atLeast', value: '2020-01-01' }) }, [{}], 120],
		['of all', { target: 'all' }, [{}], 120],
	])('%s', async (_what, parameters, items, records) => {
		const { json, error, items: out } = await lab.run('prospect', 'prospectsAssignOwner', { ...(parameters as INodeParameters), ownerId: rl('id', 2), options }, items as IDataObject[]);
		expect(error).toBeUndefined();
		expect(json).toEqual([{ dryRun: true, action: 'prospectsAssignOwner', changes: [{ field: 'ownerId', to: 'Bea Brandt' }], records, first: expect.any(Array) }]);
		const first = json[0].first as IDataObject[];
		expect(first).toHaveLength(Math.min(10, records));
		expect(first.slice(0, 2)).toEqual([{ id: 1, name: 'Anna Abel' }, { id: 2, name: 'Ben Becker' }]);
		expect(out[0].pairedItem).toEqual(items.map((_, item) => ({ item })));
	});

	test('a filter that matches nothing', async () => {
		const { json } = await lab.run('prospect', 'prospectsAssignOwner', { target: 'filter', filters: where({ field: 'emails', operator: 'equals', value: 'nobody@nowhere.example' }), ownerId: rl('id', 2), options });
		expect(json).toEqual([expect.objectContaining({ action: 'none', records: 0, first: [] })]);
	});
});

test('Upsert Many: how many are known, how many are new', async () => {
	const { json } = await lab.run('prospect', 'bulkUpsert', { existing: rl('email', '={{ $json.email }}'), fields: mapper({ firstName: 'Other' }), options }, [{ email: 'new.one@contoso.example' }, { email: 'anna.abel@northwindtraders.example' }]);
	expect(json).toEqual([
		{
			...{ dryRun: true, action: 'bulkUpsert', changes: [], records: 2, existing: 1, new: 1, ifRecordExists: 'overwrite' },
			first: [
				{ action: 'create', name: 'Other', changes: [{ field: 'firstName', from: null, to: 'Other' }, { field: 'emails', from: null, to: ['new.one@contoso.example'] }] },
				{ action: 'update', id: 1, name: 'Anna Abel', changes: [{ field: 'firstName', from: 'Anna', to: 'Other' }] },
			],
		},
	]);
});

test('imports: rows, columns, and what does not fit', async () => {
	const csv = '\ufeffFirst Name,mail,Opted Out,Note\n"Ada ""A""",ada@x.example,yes please,"a, b"\n\nBob,bob@x.example,true,\nCyd,cyd@x.example,,,more\n';
	const result = await lab.harness.runNode(
		'outreach',
		{ resource: 'prospect', operation: 'importCsv', columnMapping: '{"mail":"emails","Note":""}', options },
		[{ json: {}, binary: { data: { data: Buffer.from(csv).toString('base64'), mimeType: 'text/csv', fileName: 'p.csv' } } }],
	);
	expect(result.error).toBeUndefined();
	expect(result.json).toEqual([
		{
			...{ dryRun: true, action: 'import', changes: [], rows: 3 },
			columns: { 'First Name': 'firstName', mail: 'emails', 'Opted Out': 'optedOut' },
			ignored: ['Note'],
			ifRecordExists: 'skip',
			refusedRows: 2,
			refused: [
				{ row: 1, column: 'Opted Out', value: 'yes please', reason: 'Opted Out: "yes please" is neither true nor false' },
				{ row: 3, column: '', value: 'more', reason: 'The row has more values than the file has columns' },
			],
			note: expect.any(String),
		},
	]);
});

test('API Request: the request itself, but for GET, which is sent', async () => {
	const request = { resource: 'api', operation: 'request', query: '{}', options };
	const patch = await lab.run('api', 'request', { ...request, method: 'PATCH', path: '/stages/7', body: '{"data":{"type":"stage"}}', allPages: true });
	expect(patch.json).toEqual([{ dryRun: true, action: 'request', changes: [], request: { method: 'PATCH', path: '/stages/7', query: {}, body: { data: { type: 'stage' } } } }]);
	const get = await lab.run('api', 'request', { ...request, method: 'GET', path: '/users/5', body: '{}' });
	expect(get.json).toEqual([expect.objectContaining({ id: 5, lastName: 'Ek' })]);
	expect(messages(get)).toEqual([]);
});

describe('what a real run refuses before it writes is refused here as well', () => {
	test.each([
		['a name that is not there', { role: rl('name', 'Account Exec') }, 'Role: there is no role with the name "Account Exec"'],
		['a name that two have', { teams: teams(rl('name', 'West')) }, 'Teams: 2 teams have the name "West"'],
		['bad input', { email: 'nobody' }, expect.stringContaining('email')],
	])('%s', async (_what, parameters, message) => {
		const { error } = await lab.run('user', 'provision', { email: 'zoe.zander@acme.example', fields: mapper({ firstName: 'Zoe', lastName: 'Zander' }), ...(parameters as INodeParameters), options });
		expect(described(error).message).toEqual(message);
	});

	test('a record that is not there, item by item', async () => {
		const { json, error } = await lab.run('user', 'update', { record: rl('id', '={{ $json.id }}'), fields: mapper({ title: 'Boss' }), options }, [{ id: 999 }, { id: 5 }], { continueOnFail: true });
		expect(error).toBeUndefined();
		expect(json).toEqual([{ error: expect.stringContaining('user 999'), details: expect.any(String) }, expect.objectContaining({ dryRun: true, action: 'update', id: 5 })]);
	});

	test('a record that the connection may not read has no name, and no values of now', async () => {
		lab.connect({}, lab.sim.issueToken({ scopes: ['prospects.write'] }));
		const { json, error } = await lab.run('prospect', 'update', { record: rl('id', '1'), fields: mapper({ firstName: 'Other' }), options });
		expect(error).toBeUndefined();
		expect(json).toEqual([{ dryRun: true, action: 'update', id: 1, changes: [{ field: 'firstName', to: 'Other' }] }]);
	});

	test('a new record that lacks a field', async () => {
		const { error } = await lab.run('user', 'provision', { email: 'zoe.zander@acme.example', fields: mapper({ firstName: 'Zoe' }), options });
		expect(described(error).message).toMatch(/Last Name missing/);
	});
});

describe('the option itself', () => {
	const reactivate = (dryRun: unknown, items: IDataObject[]) => lab.run('user', 'reactivate', { record: rl('email', 'jonas.jansen@acme.example'), options: { dryRun } as INodeParameters }, items);

	test('by expression: true as a text counts', async () => {
		const { json } = await reactivate('={{ $json.dry }}', [{ dry: 'true' }]);
		expect(json).toEqual([expect.objectContaining({ dryRun: true, action: 'unlock' })]);
	});

	test.each([
		['on for some items and off for others', [{ dry: false }, { dry: true }], 'Dry Run is on for some items and off for others'],
		['nothing', [{}], 'Dry Run is neither on nor off'],
		['something else', [{ dry: 'perhaps' }], 'Dry Run is neither on nor off'],
	])('%s is refused before anything is sent', async (_what, items, message) => {
		const { error } = await reactivate('={{ $json.dry }}', items as IDataObject[]);
		expect(described(error)).toEqual({ message, description: expect.stringContaining('Nothing was changed') });
		expect(lab.sent()).toEqual([]);
	});
});
