/** Bad input: said before anything is written, with the parameter, the item and the remedy. */
import type { IDataObject } from 'n8n-workflow';
import { LINE, automatic, linked, mapper, outreachLab, rl, where } from './support.mts';

const lab = outreachLab();

type Told = Error & { description?: string; context?: { itemIndex?: number } };

/** The first item is good, the second holds what is wrong. */
interface Case {
	what: string;
	resource: string;
	operation: string;
	parameters: IDataObject;
	good: IDataObject;
	bad: IDataObject;
	message: RegExp;
	remedy: RegExp;
}

const rep = (n: number) => ({ email: `rep${n}@acme.example`, firstName: 'R', lastName: String(n) });
const provision = { email: '={{ $json.email }}', role: rl('name', '={{ $json.role }}'), fields: mapper({ firstName: 'R', lastName: 'X' }) };
const create = (fields: IDataObject, more: IDataObject = {}) => ({ fields: mapper(fields), ...more });

const CASES: Case[] = [
	{
		what: 'a name that matches nothing',
		resource: 'user',
		operation: 'provision',
		parameters: provision,
		good: { ...rep(1), role: 'Sales Engineer' },
		bad: { ...rep(2), role: 'Account Executiv' },
		message: /^Role: there is no role with the name "Account Executiv" \[item 1\]$/,
		remedy: /Similar ones are: Account Executive/,
	},
	{
		what: 'a name with a word that n8n takes for an error code',
		resource: 'user',
		operation: 'provision',
		parameters: provision,
		good: { ...rep(1), role: 'Sales Engineer' },
		bad: { ...rep(2), role: 'Timekeeperman' },
		message: /^Role: there is no role with the name "Timekeeperman" \[item 1\]$/,
		remedy: /spelling|list/,
	},
	{
		what: 'a name that several have',
		resource: 'user',
		operation: 'provision',
		parameters: { ...provision, role: rl('list', ''), profile: rl('name', '={{ $json.profile }}') },
		good: { ...rep(1), profile: 'Sales Rep' },
		bad: { ...rep(2), profile: 'Contractor' },
		message: /^Profile: 2 profiles have the name "Contractor" \[item 1\]$/,
		remedy: /Contractor \(ID 5\), Contractor \(ID 6\).*by ID/,
	},
	{
		what: 'one of several teams that is not unique',
		resource: 'user',
		operation: 'provision',
		parameters: { email: '={{ $json.email }}', fields: mapper({ firstName: 'R', lastName: 'X' }), teams: { entry: [{ record: rl('id', 2) }, { record: rl('name', '={{ $json.team }}') }] } },
		good: { ...rep(1), team: 'East' },
		bad: { ...rep(2), team: 'West' },
		message: /^Teams: 2 teams have the name "West" \[item 1\]$/,
		remedy: /West \(ID 1\), West \(ID 4\)/,
	},
	{
		what: 'a missing required field',
		resource: 'role',
		operation: 'create',
		parameters: create({ name: '={{ $json.name }}' }),
		good: { name: 'A' },
		bad: { name: '' },
		message: /Name/,
		remedy: /Name|value/,
	},
	{
		what: 'a missing required parameter',
		resource: 'user',
		operation: 'provision',
		parameters: provision,
		good: rep(1),
		bad: { email: '' },
		message: /^Email is missing \[item 1\]$/,
		remedy: /Enter a value for "Email"/,
	},
	{
		what: 'a missing required relation',
		resource: 'task',
		operation: 'create',
		parameters: { fields: mapper({ action: 'call' }), links: linked({ 'subject:prospect': rl('id', 1), owner: rl('id', '={{ $json.owner }}') }) },
		good: { owner: 3 },
		bad: { owner: '' },
		message: /^Owner is missing \[item 1\]$/,
		remedy: /Choose the owner/,
	},
	{
		what: 'an id that is no id',
		resource: 'role',
		operation: 'update',
		parameters: { record: rl('id', '={{ $json.id }}'), ...create({ name: 'X' }) },
		good: { id: 1 },
		bad: { id: '3;4' },
		message: /^Role: "3;4" is not an ID \[item 1\]$/,
		remedy: /whole numbers/,
	},
	{
		what: 'an id with a fraction',
		resource: 'role',
		operation: 'delete',
		parameters: { record: rl('id', '={{ $json.id }}') },
		good: { id: 6 },
		bad: { id: 3.5 },
		message: /^Role: "3.5" is not an ID \[item 1\]$/,
		remedy: /whole numbers/,
	},
	{
		what: 'an address that is no page of such a record',
		resource: 'prospect',
		operation: 'delete',
		parameters: { record: rl('url', '={{ $json.url }}') },
		good: { url: 'https://web.outreach.io/prospects/120' },
		bad: { url: 'https://web.outreach.io/accounts/5' },
		message: /^Prospect: "https:\/\/web\.outreach\.io\/accounts\/5" is not the URL of such a record \[item 1\]$/,
		remedy: /https:\/\/web\.outreach\.io\/prospects\/123/,
	},
	...['nobody', 'two@@acme.example', 'a b@acme.example', 'a@acme', 'a@x.example,b@x.example'].map((email): Case => ({
		what: `a malformed email: ${email}`,
		resource: 'user',
		operation: 'provision',
		parameters: provision,
		good: rep(1),
		bad: { email },
		message: /^Email: ".*" is not an email address \[item 1\]$/,
		remedy: /Correct the value of "Email"/,
	})),
	{
		what: 'a malformed email in a locator',
		resource: 'user',
		operation: 'deprovision',
		parameters: { record: rl('email', '={{ $json.email }}') },
		good: { email: 'emil.ek@acme.example' },
		bad: { email: 'emil.ek' },
		message: /^User: "emil\.ek" is not an email address \[item 1\]$/,
		remedy: /Correct/,
	},
	...['31.01.2026', 'tomorrow', '2026-02-30', '2026-13-01', '2026-01-31T25:00:00Z', '1767225600'].map((dueAt): Case => ({
		what: `a malformed date: ${dueAt}`,
		resource: 'task',
		operation: 'reschedule',
		parameters: { record: rl('id', 1), ...create({ dueAt: '={{ $json.dueAt }}' }) },
		good: { dueAt: '2027-01-31' },
		bad: { dueAt },
		message: /^Due At: ".*" is (not a date, such as 2026-01-31 or 2026-01-31T09:00:00Z|not a valid calendar date) \[item 1\]$/,
		remedy: /Correct the value of "Due At"/,
	})),
	{
		what: 'an unknown field from map automatically',
		resource: 'stage',
		operation: 'create',
		parameters: { fields: automatic },
		good: { name: 'A' },
		bad: { name: 'B', colour: 'red' },
		message: /^Stage has no field "colour"; similar: color \[item 1\]$/,
		remedy: /Remove it from the input.*Map Each Column Manually/,
	},
	{
		what: 'a read-only field from map automatically',
		resource: 'stage',
		operation: 'update',
		parameters: { record: rl('id', 1), fields: automatic },
		good: { name: 'A' },
		bad: { name: 'B', createdAt: '2026-01-01' },
		message: /^"createdAt" is read-only \[item 1\]$/,
		remedy: /Remove it/,
	},
	{
		what: 'a value that is none of the choices',
		resource: 'task',
		operation: 'update',
		parameters: { record: rl('id', 1), ...create({ action: '={{ $json.action }}' }) },
		good: { action: 'call' },
		bad: { action: 'telepathy' },
		message: /^Action: "telepathy" is none of action_item, call, email, in_person \[item 1\]$/,
		remedy: /Correct/,
	},
	{
		what: 'a text where a number belongs',
		resource: 'stage',
		operation: 'create',
		parameters: create({ name: 'A', order: '={{ $json.order }}' }),
		good: { order: 1 },
		bad: { order: 'first' },
		message: /^Order: "first" is not a number \[item 1\]$/,
		remedy: /Correct/,
	},
	{
		what: 'a text that is too long',
		resource: 'stage',
		operation: 'create',
		parameters: create({ name: '={{ $json.name }}' }),
		good: { name: 'A' },
		bad: { name: 'x'.repeat(256) },
		message: /^Name: .* is longer than 255 characters \[item 1\]$/,
		remedy: /Correct/,
	},
	{
		what: 'nothing to change',
		resource: 'stage',
		operation: 'update',
		parameters: { record: rl('id', 1), ...create({ name: '={{ $json.name }}' }) },
		good: { name: 'A' },
		bad: {},
		message: /^There is nothing to change: no field of the stage was given \[item 1\]$/,
		remedy: /Clear Fields/,
	},
	{
		what: 'a relation that cannot be set',
		resource: 'prospect',
		operation: 'update',
		parameters: { record: rl('id', 1), fields: mapper({ title: 'X' }), links: { link: [{ relation: '={{ $json.relation }}', record: rl('id', 1) }] } },
		good: { relation: 'owner' },
		bad: { relation: 'creator' },
		message: /^Linked Records: Prospect has no writable relation "creator" \[item 1\]$/,
		remedy: /Choose one of .*owner/,
	},
	{
		what: 'a missing key of Create or Update',
		resource: 'prospect',
		operation: 'upsert',
		parameters: { matchValue: '={{ $json.email }}', fields: mapper({ title: 'X' }) },
		good: { email: 'nia@new.example' },
		bad: { email: '   ' },
		message: /^Email is missing \[item 1\]$|^Email: .* is not an email address \[item 1\]$/,
		remedy: /Enter|Correct/,
	},
	{
		what: 'a missing mailbox',
		resource: 'prospect',
		operation: 'addToSequence',
		parameters: { record: rl('id', 60), sequence: rl('id', 1), mailbox: rl('email', '={{ $json.mailbox }}') },
		good: { mailbox: 'carlos.cruz@acme.example' },
		bad: { mailbox: 'nobody@acme.example' },
		message: /^Mailbox: there is no mailbox with the email "nobody@acme\.example" \[item 1\]$/,
		remedy: /spelling|list/,
	},
];

describe.each(CASES)('$what', ({ resource, operation, parameters, good, bad, message, remedy }) => {
	test('stops the run before anything is written', async () => {
		const { error, status } = await lab.run(resource, operation, parameters, [good, bad]);
		expect(status).toBe('error');
		expect(error?.message).toMatch(message);
		expect((error as Told).description).toMatch(remedy);
		expect((error as Told).context?.itemIndex).toBe(1);
		expect(lab.writes()).toEqual([]);
	});

	test('with Continue On Fail the others are done, and it carries the error', async () => {
		const { error, items } = await lab.run(resource, operation, parameters, [bad, good], { continueOnFail: true });
		expect(error).toBeUndefined();
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
		const [first, second] = items.map(({ json }) => json);
		expect(first.error).toMatch(new RegExp(message.source.replaceAll('item 1', 'item 0')));
		expect(first.details).toMatch(remedy);
		expect(second.error).toBeUndefined();
		expect(second).toHaveProperty('id');
		expect(lab.writes().length).toBeGreaterThan(0);
	});
});

describe('a single item', () => {
	test('is not numbered in the message', async () => {
		const { error } = await lab.run('role', 'delete', { record: rl('id', '={{ $json.id }}') }, [{ id: '-1' }]);
		expect(error?.message).toBe('Role: "-1" is not an ID');
	});

	test.each<[string, IDataObject, RegExp, RegExp]>([
		['an empty filter value', { filters: where({ field: 'email', operator: 'equals', value: '' }) }, /^Filters: Email has no value$/, /remove the filter/],
		['an empty one of several', { filters: where({ field: 'email', operator: 'oneOf', value: 'a@x.example,,b@x.example' }) }, /^Filters: Email has no value$/, /remove the filter/],
		['an open end of a range', { filters: where({ field: 'createdAt', operator: 'between', value: '2026-01-01', until: '' }) }, /^Filters: Created At has no value$/, /remove the filter/],
		['an empty related record', { filters: { related: [{ relation: 'role', record: rl('key', '={{ $json.role }}') }] } }, /^Filters: Role is missing$/, /list/],
		['a filter that there is not', { filters: where({ field: 'title', operator: 'equals', value: 'CTO' }) }, /cannot be filtered by "title"/, /Choose one of id, .*email/],
		['an operator that does not fit', { filters: where({ field: 'email', operator: 'between', value: 'a', until: 'b' }) }, /Email does not support the operator "between"/, /equals/],
		['a filter date that is none', { filters: where({ field: 'createdAt', operator: 'atLeast', value: '2026-02-30' }) }, /Created At: "2026-02-30" is not a valid calendar date/, /Correct/],
		['a filter id that is none', { filters: where({ field: 'id', operator: 'equals', value: 'abc' }) }, /ID: "abc" is not a (whole )?number/, /Correct/],
		['a sort that there is not', { sort: { by: [{ field: 'title' }] } }, /cannot be sorted by "title"/, /Choose one of/],
		['an included relation that there is not', { options: { include: ['boss'] } }, /User has no "boss"/, /Choose from/],
		['a field to return that there is not', { options: { onlyFields: ['shoeSize'] } }, /User has no "shoeSize"/, /Choose from/],
		['a limit below one', { limit: 0 }, /Limit/, /Return All/],
	])('get many: %s', async (_what, parameters, message, remedy) => {
		const { error } = await lab.run('user', 'getAll', parameters);
		expect(error?.message).toMatch(message);
		expect((error as Told).description).toMatch(remedy);
		expect(lab.sent()).toEqual([]);
	});

	test.each([
		['http://127.0.0.1:9/api/v2', /must be the host alone.*without a path/],
		['127.0.0.1:9', /must start with https:\/\//],
		['ftp://api.outreach.io', /must start with https:\/\//],
		['https://user@api.outreach.io', /must be the host alone/],
		['https://', /is not an address/],
	])('an API address like %s is refused without a request', async (baseUrl, message) => {
		lab.connect({ baseUrl });
		const { error } = await lab.run('role', 'create', create({ name: 'X' }));
		expect(error?.message).toMatch(/^API Address/);
		expect(error?.message).toMatch(message);
		expect((error as Told).description).toMatch(/Open the Outreach credential/);
		expect(lab.sim.requests).toEqual([]);
		await expect(lab.load('outreach', 'listSearch', 'searchRole', {})).rejects.toThrow(message);
	});

	test('a slash at the end of the API address is no path', async () => {
		lab.connect({ baseUrl: `${lab.sim.url}/` });
		const { error } = await lab.run('role', 'get', { record: rl('id', 1) });
		expect(error).toBeUndefined();
		expect(lab.sent()).toEqual(['GET /roles/1']);
	});
});

describe('failed items', () => {
	const mixed = [{ id: 1 }, { id: '-1' }, { id: 999 }, { id: 2 }];

	test('keep their place and their pairing', async () => {
		const { items } = await lab.run('role', 'get', { record: rl('id', '={{ $json.id }}') }, mixed, { continueOnFail: true });
		expect(items.map(({ json, pairedItem }) => [json.name ?? json.error, pairedItem])).toEqual([
			['Chief Revenue Officer', { item: 0 }],
			['Role: "-1" is not an ID [item 1]', { item: 1 }],
			["Outreach refused to get role 999: Could not find 'role' with ID '999'. [item 2]", { item: 2 }],
			['Sales Manager', { item: 3 }],
		]);
	});

	test('go to the second output when that is chosen, with the reason and the remedy', async () => {
		const { outputs } = await lab.run('role', 'get', { record: rl('id', '={{ $json.id }}') }, mixed, { onError: 'continueErrorOutput' });
		expect(outputs[0].map(({ json, pairedItem }) => [json.name, pairedItem])).toEqual([
			['Chief Revenue Officer', { item: 0 }],
			['Sales Manager', { item: 3 }],
		]);
		// n8n 1 knows failed items by other names.
		const details = LINE > 1 ? 'details' : 'message';
		expect(outputs[1].map(({ json, pairedItem }) => [json.error, json[details], pairedItem])).toEqual([
			['Role: "-1" is not an ID [item 1]', expect.stringMatching(/whole numbers/), { item: 1 }],
			["Outreach refused to get role 999: Could not find 'role' with ID '999'. [item 2]", expect.stringMatching(/no such record/), { item: 2 }],
		]);
	});

	test('a look-up that is refused fails the items that need it, not the others', async () => {
		lab.connect({}, lab.sim.issueToken({ scopes: ['users.all', 'profiles.all'] }));
		const { items, error } = await lab.run(
			'user',
			'provision',
			{ email: '={{ $json.email }}', role: rl('name', '={{ $json.role }}'), fields: mapper({ firstName: 'R', lastName: 'X' }) },
			[{ ...rep(1), role: 'Sales Engineer' }, { ...rep(2), role: '' }, { ...rep(3), role: 'Sales Manager' }],
			{ continueOnFail: true },
		);
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json.error ?? json.outcome)).toEqual([
			expect.stringMatching(/roles\.read.*\[item 0\]$/),
			'created',
			expect.stringMatching(/roles\.read.*\[item 2\]$/),
		]);
		expect(items[0].json.details).toMatch(/add the scope/);
		expect(lab.writes()).toEqual(['POST /users']);
	});

	test('without Continue On Fail the first refusal of the vendor stops the run, and it says how far it came', async () => {
		const { error, items } = await lab.run('role', 'create', { fields: mapper({ name: '={{ $json.name }}' }), links: linked({ parentRole: rl('id', '={{ $json.parent }}') }), options: { parallel: 1 } }, [
			{ name: 'A', parent: 1 },
			{ name: 'B', parent: 99 },
			{ name: 'C', parent: 1 },
		]);
		expect(items).toEqual([]);
		expect(error?.message).toMatch(/^Outreach refused to create role: parentRole: does not exist \(role 99\) \[item 1\]$/);
		expect((error as Told).description).toMatch(/1 of 3 items were completed before this/);
		expect(lab.writes()).toEqual(['POST /roles', 'POST /roles']);
	});
});
