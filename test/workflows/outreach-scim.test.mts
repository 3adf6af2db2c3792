/** SCIM through the Outreach node: the exact requests, the items that come out, and what happens when it is run again. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { NodeOptions } from '../harness/index.mts';
import { automatic, linked, mapper, outreachLab, rl, where } from './support.mts';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const ORG = '7d7f3a52-0b54-4c0a-8f55-9f0d2a8f6e01';

const lab = outreachLab();

beforeEach(() => connect());

const connect = (address = `${lab.sim.url}/scim/v2`, token = lab.sim.scimToken) =>
	lab.harness.credentials.set('outreachScimApi', { baseUrl: address, token });

const run = async (resource: 'scimUser' | 'scimGroup', operation: string, parameters: IDataObject = {}, items: IDataObject[] = [{}], more: NodeOptions = {}) =>
	await lab.harness.runNode('outreach', { resource, operation, ...parameters } as INodeParameters, items, { credentials: ['outreachScimApi'], ...more });

const calls = () => lab.sim.requests.filter(({ path }) => path.startsWith('/scim'));
const sent = () => calls().map(({ method, path, search }) => `${method} ${path.replace('/scim/v2', '')}${search === '' ? '' : `?${search}`}`);
const bodies = () => calls().filter(({ method }) => method !== 'GET').map(({ body }) => body as IDataObject);
const again = () => lab.sim.clearRequests();
const patchOf = (...Operations: IDataObject[]) => ({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations });
const rows = (...row: IDataObject[]) => ({ row });
const lookUp = (userName: string) => `GET /Users?filter=userName eq "${userName}"&startIndex=1&count=100`;
const locked = (id: number) => lab.sim.record('user', id)?.attributes.locked;
const members = (id: number) => (lab.sim.record('team', id)?.relationships.users as Array<{ id: number }>).map((ref) => ref.id);

describe('the connection', () => {
	test('the token and the media type of SCIM travel, and nothing of OAuth', async () => {
		await run('scimUser', 'get', { record: rl('id', '2') });
		await run('scimUser', 'update', { record: rl('id', '2'), fields: mapper({ title: 'CSO' }) });
		const [read, write] = calls();
		expect(read.headers).toMatchObject({ accept: 'application/scim+json, application/json', authorization: 'Bearer scim-demo-token' });
		expect(read.headers).not.toHaveProperty('content-type');
		expect(write.headers).toMatchObject({ 'content-type': 'application/scim+json', authorization: 'Bearer scim-demo-token' });
	});

	test.each([
		['/scim/v2', '/scim/v2'],
		['/scim/v2/', '/scim/v2'],
		[' /scim/v2// ', '/scim/v2'],
		['', '/scim/v2'],
		['/scim', '/scim/v2'],
		['/scim/v2/Users', '/scim/v2'],
		[`/scim/v2/${ORG}`, `/scim/v2/${ORG}`],
		[`/scim/v2/${ORG}/`, `/scim/v2/${ORG}`],
		[`/scim/v2/${ORG}/Groups/`, `/scim/v2/${ORG}`],
	])('address as people paste it: "%s"', async (pasted, expected) => {
		connect(pasted.replace(/^( ?)/, `$1${lab.sim.url}`));
		const { error } = await run('scimUser', 'get', { record: rl('id', '2') });
		expect(error).toBeUndefined();
		expect(calls().map(({ path }) => path)).toEqual([`${expected}/Users/2`]);
	});

	test.each([
		['https://api.example.com/api/v2', 'is not a SCIM address'],
		['127.0.0.1:9/scim/v2', 'must start with https://'],
	])('address that cannot be right: %s', async (address, reason) => {
		connect(address);
		const { error } = await run('scimUser', 'get', { record: rl('id', '2') });
		expect(error?.message).toContain(reason);
		expect((error as unknown as IDataObject).description).toContain('credential');
	});

	test('the credential is tested with a list of one user', () => {
		const { test: probe } = lab.harness.credentialType('outreachScimApi');
		expect(probe?.request).toMatchObject({ url: '/Users', qs: { startIndex: 1, count: 1 } });
		const evaluate = new Function('$credentials', `return ${/{{(.*)}}/.exec(String(probe?.request.baseURL))![1]}`) as (c: IDataObject) => string;
		const host = 'https://api.example.com';
		for (const pasted of ['', '/', '/scim', '/scim/v2', '/scim/v2/ ', '/scim/v2/Users/']) expect(evaluate({ baseUrl: `${host}${pasted}` })).toBe(`${host}/scim/v2`);
		expect(evaluate({ baseUrl: `${host}/scim/v2/${ORG}/` })).toBe(`${host}/scim/v2/${ORG}`);
		expect(evaluate({ baseUrl: '' })).toBe('https://api.outreach.io/scim/v2');
	});

	test('a token that is not accepted', async () => {
		connect(undefined, lab.sim.accessToken);
		const { error } = await run('scimUser', 'get', { record: rl('id', '2') });
		expect(error?.message).toBe('Outreach SCIM refused to get SCIM user 2: Authentication failure.');
		expect((error as unknown as IDataObject).description).toContain('SCIM settings of Outreach');
		expect(JSON.stringify(error)).not.toContain(lab.sim.accessToken);
	});

	test('a rate limit is waited for', async () => {
		lab.sim.addFault({ match: { path: '/scim/v2/Users/2' }, kind: 'rateLimit', delayMs: 50 });
		lab.sim.setRateLimit({ retryAfter: 'seconds' });
		const { error, hints } = await run('scimUser', 'get', { record: rl('id', '2') });
		expect(error).toBeUndefined();
		expect(sent()).toEqual(['GET /Users/2', 'GET /Users/2']);
		expect(hints[0].message).toContain('rate limit of Outreach SCIM');
	});

	test('the provider configuration', async () => {
		const { json } = await run('scimUser', 'getProviderConfig');
		expect(sent()).toEqual(['GET /ServiceProviderConfig']);
		expect(json).toEqual([expect.objectContaining({ patch: { supported: true }, filter: { supported: true, maxResults: 100 } })]);
		expect(json[0]).not.toHaveProperty('schemas');
		const raw = await run('scimUser', 'getProviderConfig', { simplify: false });
		expect(raw.json[0]).toHaveProperty('schemas');
	});
});

describe('reading', () => {
	test('get by ID and by user name, on one level', async () => {
		const byId = await run('scimUser', 'get', { record: rl('id', '2') });
		const byName = await run('scimUser', 'get', { record: rl('userName', 'Bea.Brandt@acme.example') });
		expect(sent()).toEqual(['GET /Users/2', lookUp('Bea.Brandt@acme.example')]);
		const bea = { id: '2', userName: 'bea.brandt@acme.example', givenName: 'Bea', familyName: 'Brandt', active: true, title: 'Sales Manager', groups: ['1', '2'] };
		expect(byId.json).toEqual([bea]);
		expect(byName.json).toEqual([bea]);
	});

	test('without Simplify the answer is the vendor\'s', async () => {
		const { json } = await run('scimGroup', 'get', { record: rl('id', '2'), simplify: false });
		expect(json).toEqual([
			{
				schemas: [`${CORE}:Group`],
				id: '2',
				displayName: 'East',
				members: [{ value: '2', display: 'Bea Brandt' }, { value: '6', display: 'Fatima Farouk' }],
				meta: expect.objectContaining({ resourceType: 'Group' }),
			},
		]);
		const flat = await run('scimGroup', 'get', { record: rl('id', '2') });
		expect(flat.json).toEqual([{ id: '2', displayName: 'East', members: ['2', '6'] }]);
	});

	test('lists: a limit is the page, Return All follows the total', async () => {
		lab.sim.seedUsers(190);
		const few = await run('scimUser', 'getAll', { limit: 3 });
		expect(few.json.map(({ id }) => id)).toEqual(['1', '2', '3']);
		expect(sent()).toEqual(['GET /Users?startIndex=1&count=3']);
		again();
		const all = await run('scimUser', 'getAll', { returnAll: true });
		expect(all.json).toHaveLength(200);
		expect(new Set(all.json.map(({ id }) => id)).size).toBe(200);
		expect(calls().map(({ query }) => query)).toEqual([
			{ startIndex: '1', count: '100' },
			{ startIndex: '101', count: '100' },
		]);
	});

	test('a vendor that gives smaller pages than asked for loses nothing', async () => {
		lab.sim.scimMaxResults = 4;
		const { json } = await run('scimUser', 'getAll', { returnAll: true });
		expect(json.map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
		expect(calls().map(({ query }) => query.startIndex)).toEqual(['1', '5', '9']);
	});

	test('a list that ends before its total, and one without total', async () => {
		const page = (Resources: unknown[], more: IDataObject = {}) => ({ schemas: [], Resources, ...more });
		const user = { id: 7, userName: 'a@example.com' };
		for (const body of [page([user], { totalResults: 900 }), page([], { totalResults: 900 })]) {
			lab.sim.addFault({ match: { path: '/scim/v2/Users' }, kind: 'status', status: 200, body });
		}
		const shrunk = await run('scimUser', 'getAll', { returnAll: true });
		expect(shrunk.json).toEqual([{ id: '7', userName: 'a@example.com' }]);
		again();
		lab.sim.addFault({ match: { path: '/scim/v2/Users' }, kind: 'status', status: 200, body: page([user]) });
		const untold = await run('scimUser', 'getAll', { returnAll: true });
		expect(untold.json).toHaveLength(1);
		expect(sent()).toHaveLength(1);
		lab.sim.addFault({ match: { path: '/scim/v2/Users' }, kind: 'status', status: 200, body: { hello: 1 } });
		const other = await run('scimUser', 'getAll', { returnAll: true });
		expect(other.error?.message).toContain('did not return a list of records');
	});

	test('filters, with quotes and backslashes in the value', async () => {
		lab.sim.update('user', 3, { attributes: { scimExternalId: 'a"b\\c' } });
		const { json } = await run('scimUser', 'getAll', { returnAll: true, filters: where({ field: 'externalId', operator: 'equals', value: 'a"b\\c' }) });
		expect(json).toEqual([expect.objectContaining({ id: '3', externalId: 'a"b\\c' })]);
		expect(calls()[0].query.filter).toBe('externalId eq "a\\"b\\\\c"');
		const none = await run('scimGroup', 'getAll', { filters: where({ field: 'externalId', operator: 'equals', value: 'nope' }) });
		expect(none.error).toBeUndefined();
		expect(none.json).toEqual([]);
	});

	test.each<[string, 'scimUser' | 'scimGroup', IDataObject[], string]>([
		['another attribute', 'scimUser', [{ field: 'active', operator: 'equals', value: 'true' }], 'cannot be filtered by "active"'],
		['the ID', 'scimUser', [{ field: 'id', operator: 'equals', value: '1' }], 'cannot be filtered by "id"'],
		['a group by its name', 'scimGroup', [{ field: 'displayName', operator: 'equals', value: 'West' }], 'cannot be filtered by "displayName"'],
		['another operator', 'scimUser', [{ field: 'userName', operator: 'oneOf', value: 'a,b' }], 'does not support the operator "oneOf"'],
		['two filters', 'scimUser', [{ field: 'userName', operator: 'equals', value: 'a' }, { field: 'externalId', operator: 'equals', value: 'b' }], 'one filter only'],
	])('filters that the vendor does not know are refused before sending: %s', async (_what, resource, conditions, reason) => {
		const { error } = await run(resource, 'getAll', { filters: where(...conditions) });
		expect(error?.message).toContain(reason);
		expect((error as unknown as IDataObject).description).not.toContain('id,');
		expect(sent()).toEqual([]);
	});

	test('the editor offers the fields to filter by, and lists users and groups', async () => {
		const options = { currentNodeParameters: { resource: 'scimUser', operation: 'getAll' }, credentials: ['outreachScimApi'] };
		const fields = await lab.harness.loadOptions('outreach', 'loadOptions', 'getFilterFields', options);
		expect(fields.map(({ value }) => value)).toEqual(['externalId', 'userName']);
		const operators = await lab.harness.loadOptions('outreach', 'loadOptions', 'getOperators', {
			...options,
			currentNodeParameters: { ...options.currentNodeParameters, filters: { condition: [{ field: 'userName' }] } },
			path: 'parameters.filters.condition[0].operator',
		});
		expect(operators).toEqual([{ name: 'Equals', value: 'equals' }]);
		const { results } = await lab.harness.loadOptions('outreach', 'listSearch', 'searchScimUser', { ...options, filter: 'bra' });
		expect(results).toEqual([{ name: 'Bea Brandt (bea.brandt@acme.example)', value: '2' }]);
		const columns = await lab.harness.loadOptions('outreach', 'resourceMapping', 'getFields', {
			...options,
			currentNodeParameters: { resource: 'scimUser', operation: 'create' },
		});
		expect(columns.fields.filter(({ required }) => required).map(({ id }) => id)).toEqual(['userName']);
		// Everything of this went to the SCIM service.
		expect(lab.sim.requests.every(({ path }) => path.startsWith('/scim/'))).toBe(true);
	});

	test('a record that is not there', async () => {
		const byId = await run('scimUser', 'get', { record: rl('id', '999') });
		expect(byId.error?.message).toBe('Outreach SCIM refused to get SCIM user 999: Resource 999 not found.');
		const byName = await run('scimUser', 'get', { record: rl('userName', 'nobody@acme.example') });
		expect(byName.error?.message).toBe('SCIM User: there is no SCIM user with the user name "nobody@acme.example"');
	});

	test('groups by name are matched here: one list for all items, and two of a name are told apart', async () => {
		const { json } = await run('scimGroup', 'get', { record: rl('displayName', '={{ $json.name }}') }, [{ name: 'East' }, { name: 'customer success' }]);
		expect(json.map(({ id }) => id)).toEqual(['2', '3']);
		expect(sent()).toEqual(['GET /Groups?startIndex=1&count=100']);
		const two = await run('scimGroup', 'get', { record: rl('displayName', 'West') });
		expect(two.error?.message).toBe('SCIM Group: 2 SCIM groups have the display name "West"');
		expect((two.error as unknown as IDataObject).description).toContain('West (ID 1), West (ID 4)');
		const near = await run('scimGroup', 'get', { record: rl('displayName', 'Eest') });
		expect((near.error as unknown as IDataObject).description).toContain('East');
	});
});

describe('writing', () => {
	test('create: the name and lists as SCIM has them, extensions under their URN', async () => {
		const { json, error } = await run(
			'scimUser',
			'create',
			{
				fields: mapper({
					userName: '={{ $json.mail }}',
					givenName: 'Nora',
					familyName: 'New',
					active: 'true',
					externalId: '={{ $json.key }}',
					phoneNumbers: '+1 555 0100, +1 555 0101',
					attributes: JSON.stringify({ nickName: 'Nono', [ENTERPRISE]: { department: 'Sales', costCenter: '12' } }),
				}),
			},
			[{ mail: 'nora.new@acme.example', key: 17 }, { mail: 'nils.new@acme.example', key: '' }],
		);
		expect(error).toBeUndefined();
		expect(sent()).toEqual(['POST /Users', 'POST /Users']);
		const common = {
			schemas: [`${CORE}:User`, ENTERPRISE],
			name: { givenName: 'Nora', familyName: 'New' },
			active: true,
			phoneNumbers: [{ value: '+1 555 0100', type: 'work', primary: true }, { value: '+1 555 0101', type: 'work', primary: false }],
			nickName: 'Nono',
			[ENTERPRISE]: { department: 'Sales', costCenter: '12' },
		};
		expect(bodies()).toEqual([
			{ ...common, userName: 'nora.new@acme.example', externalId: '17' },
			{ ...common, userName: 'nils.new@acme.example' },
		]);
		expect(json[0]).toEqual({
			id: '11',
			userName: 'nora.new@acme.example',
			givenName: 'Nora',
			familyName: 'New',
			active: true,
			externalId: '17',
			phoneNumbers: ['+1 555 0100', '+1 555 0101'],
			nickName: 'Nono',
			department: 'Sales',
			costCenter: '12',
		});
		expect(lab.sim.record('user', 11)?.attributes).toMatchObject({ email: 'nora.new@acme.example', firstName: 'Nora', locked: false, scimExternalId: '17' });
	});

	test('a user who exists, and attributes that Outreach does not know', async () => {
		const taken = await run('scimUser', 'create', { fields: mapper({ userName: 'bea.brandt@acme.example' }) });
		expect(taken.error?.message).toBe('Outreach SCIM refused to create SCIM user: A user with this userName exists already.');
		expect((taken.error as unknown as IDataObject).description).toContain('Create or Update');
		expect((taken.error as unknown as IDataObject).httpCode).toBe('409');
		const unknown = await run('scimUser', 'create', { fields: mapper({ userName: 'x@acme.example', attributes: { shoeSize: 9 } }) });
		expect(unknown.error?.message).toContain('The attribute shoeSize is not known');
		expect((unknown.error as unknown as IDataObject).description).toContain('does not know one of the attributes');
	});

	test.each<[string, string, IDataObject, string]>([
		['no user name', 'create', { fields: mapper({ givenName: 'Ann' }) }, 'User Name is missing'],
		['a user name that is no address', 'create', { fields: mapper({ userName: 'ann' }) }, 'is not an email address'],
		['an unknown field', 'create', { fields: mapper({ userName: 'a@example.com', firstName: 'Ann' }) }, 'has no field "firstName"'],
		['active is neither', 'update', { record: rl('id', '2'), fields: mapper({ active: 'maybe' }) }, 'is neither true nor false'],
		['attributes that are no object', 'update', { record: rl('id', '2'), fields: mapper({ attributes: '[1]' }) }, 'Further Attributes (JSON) is not an object'],
		['nothing to change', 'update', { record: rl('id', '2'), fields: mapper({}) }, 'There is nothing to change'],
		['a replacement without user name', 'replace', { record: rl('id', '2'), fields: mapper({ givenName: 'Ann' }) }, 'User Name is missing'],
		['an ID that cannot be one', 'get', { record: rl('id', '../Groups') }, 'is not an ID'],
		['no record', 'deactivate', { record: rl('id', '={{ $json.nothing }}') }, 'SCIM User is missing'],
		['no group', 'addToGroup', { record: rl('id', '2'), group: rl('list', '={{ $json.nothing }}') }, 'Group is missing'],
	])('bad input sends nothing: %s', async (_what, operation, parameters, reason) => {
		const { error } = await run('scimUser', operation, parameters);
		expect(error?.message).toContain(reason);
		expect(sent()).toEqual([]);
	});

	test('update is a PatchOp, and clearing removes', async () => {
		const { json } = await run('scimUser', 'update', {
			record: rl('id', '2'),
			fields: mapper({ givenName: 'Beatrix', active: false, attributes: { [ENTERPRISE]: { department: 'Ops' } } }),
			options: { clearFields: ['title'] },
		});
		expect(sent()).toEqual(['PATCH /Users/2']);
		expect(bodies()).toEqual([
			patchOf(
				{ op: 'replace', path: 'name.givenName', value: 'Beatrix' },
				{ op: 'replace', path: 'active', value: false },
				{ op: 'replace', path: `${ENTERPRISE}:department`, value: 'Ops' },
				{ op: 'remove', path: 'title' },
			),
		]);
		expect(json).toEqual([
			{ id: '2', userName: 'bea.brandt@acme.example', givenName: 'Beatrix', familyName: 'Brandt', active: false, groups: ['1', '2'], department: 'Ops' },
		]);
		expect(locked(2)).toBe(true);
	});

	test('a change that is accepted without showing the record is read', async () => {
		lab.sim.addFault({ match: { method: 'PATCH' }, kind: 'status', status: 204, body: '', afterEffect: true });
		const { json } = await run('scimUser', 'update', { record: rl('id', '3'), fields: mapper({ title: 'CSO' }) });
		expect(sent()).toEqual(['PATCH /Users/3', 'GET /Users/3']);
		expect(json).toEqual([expect.objectContaining({ id: '3', title: 'CSO' })]);
	});

	test('replace is a PUT of the whole record; a vendor without it says what to do', async () => {
		await run('scimUser', 'replace', { record: rl('id', '2'), fields: mapper({ userName: 'bea.brandt@acme.example', familyName: 'Brandt' }) });
		expect(sent()).toEqual(['PUT /Users/2']);
		expect(bodies()).toEqual([{ schemas: [`${CORE}:User`], id: '2', userName: 'bea.brandt@acme.example', name: { familyName: 'Brandt' } }]);
		expect(lab.sim.record('user', 2)?.attributes.title).toBeNull();
		again();
		lab.sim.addFault({ match: { method: 'PUT' }, kind: 'status', status: 501, body: { detail: 'Not implemented.' }, times: -1 });
		const { error } = await run('scimUser', 'replace', { record: rl('id', '2'), fields: mapper({ userName: 'bea.brandt@acme.example' }) });
		expect(sent()).toEqual(['PUT /Users/2']);
		expect(error?.message).toContain('Not implemented.');
		expect((error as unknown as IDataObject).description).toContain('use Update, and Deactivate');
	});

	test('delete a user and a group', async () => {
		const user = await run('scimUser', 'delete', { record: rl('userName', 'emil.ek@acme.example') });
		expect(user.json).toEqual([{ id: '5', deleted: true }]);
		expect(locked(5)).toBe(true);
		const group = await run('scimGroup', 'delete', { record: rl('id', '3') });
		expect(group.json).toEqual([{ id: '3', deleted: true }]);
		expect(lab.sim.record('team', 3)).toBeUndefined();
		expect(sent()).toEqual([lookUp('emil.ek@acme.example'), 'DELETE /Users/5', 'GET /Users/5', 'DELETE /Groups/3']);
	});

	test('a group with its members, by user name', async () => {
		const { json } = await run('scimGroup', 'create', {
			fields: mapper({ displayName: 'North', externalId: 'g-1' }),
			links: { link: [{ relation: 'members', record: rl('key', 'bea.brandt@acme.example') }, { relation: 'members', record: rl('id', '3') }] },
		});
		expect(sent()).toEqual([lookUp('bea.brandt@acme.example'), 'POST /Groups']);
		expect(bodies()).toEqual([{ schemas: [`${CORE}:Group`], displayName: 'North', externalId: 'g-1', members: [{ value: '2' }, { value: '3' }] }]);
		expect(json).toEqual([{ id: '5', displayName: 'North', externalId: 'g-1', members: ['2', '3'] }]);
		again();
		await run('scimGroup', 'update', { record: rl('externalId', 'g-1'), fields: mapper({}), links: linked({ members: rl('id', '6') }) });
		expect(bodies()).toEqual([patchOf({ op: 'replace', path: 'members', value: [{ value: '6' }] })]);
		await run('scimGroup', 'update', { record: rl('id', '5'), fields: mapper({}), options: { clearFields: ['members'] } });
		expect(bodies()[1]).toEqual(patchOf({ op: 'remove', path: 'members' }));
		expect(members(5)).toEqual([]);
	});
});

describe('create or update', () => {
	const upsert = async (items: IDataObject[], more: IDataObject = {}, options: NodeOptions = {}) =>
		await run(
			'scimUser',
			'upsert',
			{ matchValue: '={{ $json.mail }}', fields: mapper({ givenName: '={{ $json.first }}', familyName: 'Brandt', active: true }), ...more },
			items,
			options,
		);

	test('creates, changes what differs, and sends nothing when nothing does', async () => {
		const items = [{ mail: 'bea.brandt@acme.example', first: 'Beate' }, { mail: 'nora.new@acme.example', first: 'Nora' }, { mail: 'nora.new@acme.example', first: 'Nora' }];
		const first = await upsert(items);
		expect(first.error).toBeUndefined();
		expect(first.json.map(({ id, outcome }) => [id, outcome])).toEqual([['2', 'updated'], ['11', 'created'], ['11', 'unchanged']]);
		expect(sent().sort()).toEqual([lookUp('bea.brandt@acme.example'), lookUp('nora.new@acme.example'), 'PATCH /Users/2', 'POST /Users']);
		expect(bodies()).toContainEqual(patchOf({ op: 'replace', path: 'name.givenName', value: 'Beate' }));
		expect(bodies()).toContainEqual({ schemas: [`${CORE}:User`], name: { givenName: 'Nora', familyName: 'Brandt' }, active: true, userName: 'nora.new@acme.example' });
		again();
		const second = await upsert(items);
		expect(second.json.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged', 'unchanged']);
		expect(bodies()).toEqual([]);
	});

	test('lists and further attributes are compared, too', async () => {
		const fields = mapper({ phoneNumbers: '+1 555 0100', attributes: { nickName: 'B', [ENTERPRISE]: { department: 'Ops' } } });
		const first = await upsert([{ mail: 'bea.brandt@acme.example' }], { fields });
		expect(first.json[0].outcome).toBe('updated');
		again();
		const second = await upsert([{ mail: 'bea.brandt@acme.example' }], { fields });
		expect(second.json[0].outcome).toBe('unchanged');
		expect(bodies()).toEqual([]);
	});

	test('by external ID, mapped automatically', async () => {
		lab.sim.update('user', 3, { attributes: { scimExternalId: 'okta-3' } });
		const item = { externalId: 'okta-3', userName: 'carlos.cruz@acme.example', title: 'Lead', id: 5 };
		const { json, error } = await run('scimUser', 'upsert', { matchBy: 'externalId', matchValue: '={{ $json.externalId }}', fields: automatic }, [item]);
		expect(error).toBeUndefined();
		expect(json).toEqual([expect.objectContaining({ id: '3', title: 'Lead', outcome: 'updated' })]);
		expect(bodies()).toEqual([patchOf({ op: 'replace', path: 'title', value: 'Lead' })]);
	});

	test('a user whom somebody else creates in between is updated', async () => {
		lab.sim.addFault({ match: { path: '/scim/v2/Users', query: 'carlos' }, kind: 'status', status: 200, body: { totalResults: 0 } });
		const { json } = await upsert([{ mail: 'carlos.cruz@acme.example', first: 'Carlos' }]);
		expect(json).toEqual([expect.objectContaining({ id: '3', outcome: 'updated', familyName: 'Brandt' })]);
		expect(sent()).toEqual([lookUp('carlos.cruz@acme.example'), 'POST /Users', lookUp('carlos.cruz@acme.example'), 'PATCH /Users/3']);
	});

	test('groups by name: members that are there need no request', async () => {
		const parameters = { matchBy: 'displayName', matchValue: 'East', fields: mapper({ externalId: 'e-1' }), links: linked({ members: rl('id', '6') }) };
		const first = await run('scimGroup', 'upsert', parameters);
		expect(first.json).toEqual([{ id: '2', displayName: 'East', externalId: 'e-1', members: ['6'], outcome: 'updated' }]);
		again();
		const second = await run('scimGroup', 'upsert', parameters);
		expect(second.json[0].outcome).toBe('unchanged');
		expect(sent()).toEqual(['GET /Groups?startIndex=1&count=100']);
	});

	test('one item that fails leaves the others alone', async () => {
		const items = [{ mail: 'bea.brandt@acme.example', first: 'Beate' }, { mail: 'nobody', first: 'No' }, { mail: 'emil.ek@acme.example', first: 'Emil' }];
		const { json, error, items: outputs } = await upsert(items, {}, { continueOnFail: true });
		expect(error).toBeUndefined();
		expect(json[0]).toMatchObject({ id: '2', outcome: 'updated' });
		expect(json[1]).toMatchObject({ error: expect.stringContaining('"nobody" is not an email address') });
		expect(json[2]).toMatchObject({ id: '5', outcome: 'updated' });
		expect(outputs.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
		lab.reset();
		connect();
		const strict = await upsert(items);
		expect(strict.error?.message).toContain('[item 1]');
		expect(bodies()).toEqual([]);
	});
});

describe('activate and deactivate', () => {
	test('deactivating locks the user, once', async () => {
		const items = [{ mail: 'emil.ek@acme.example' }, { mail: 'jonas.jansen@acme.example' }];
		const first = await run('scimUser', 'deactivate', { record: rl('userName', '={{ $json.mail }}') }, items);
		expect(first.json.map(({ id, active, outcome }) => [id, active, outcome])).toEqual([['5', false, 'deactivated'], ['10', false, 'unchanged']]);
		expect(bodies()).toEqual([patchOf({ op: 'replace', path: 'active', value: false })]);
		expect(locked(5)).toBe(true);
		again();
		await run('scimUser', 'deactivate', { record: rl('userName', '={{ $json.mail }}') }, items);
		expect(bodies()).toEqual([]);
	});

	test('activating by ID reads first', async () => {
		const first = await run('scimUser', 'activate', { record: rl('id', '10') });
		expect(first.json).toEqual([expect.objectContaining({ id: '10', active: true, outcome: 'activated' })]);
		expect(sent()).toEqual(['GET /Users/10', 'PATCH /Users/10']);
		expect(locked(10)).toBe(false);
		again();
		const second = await run('scimUser', 'activate', { record: rl('id', '10') });
		expect(second.json[0].outcome).toBe('unchanged');
		expect(sent()).toEqual(['GET /Users/10']);
	});

	test('the flow goes on with the others', async () => {
		const { json } = await run('scimUser', 'deactivate', { record: rl('id', '={{ $json.id }}') }, [{ id: 999 }, { id: 5 }], { continueOnFail: true });
		expect(json).toEqual([
			expect.objectContaining({ error: 'Outreach SCIM refused to get SCIM user 999: Resource 999 not found. [item 0]' }),
			expect.objectContaining({ id: '5', outcome: 'deactivated' }),
		]);
	});
});

describe('membership', () => {
	const change = async (operation: string, items: IDataObject[], more: NodeOptions = {}) =>
		await run('scimUser', operation, { record: rl('userName', '={{ $json.mail }}@acme.example'), group: rl('displayName', '={{ $json.group }}') }, items, more);

	test('one read and one change per group, whatever the number of items', async () => {
		const items = [
			{ mail: 'carlos.cruz', group: 'East' },
			{ mail: 'bea.brandt', group: 'East' },
			{ mail: 'emil.ek', group: 'East' },
			{ mail: 'emil.ek', group: 'Customer Success' },
		];
		const first = await change('addToGroup', items);
		expect(first.error).toBeUndefined();
		expect(first.json).toEqual([
			{ userId: '3', groupId: '2', groupName: 'East', outcome: 'added' },
			{ userId: '2', groupId: '2', groupName: 'East', outcome: 'unchanged' },
			{ userId: '5', groupId: '2', groupName: 'East', outcome: 'added' },
			{ userId: '5', groupId: '3', groupName: 'Customer Success', outcome: 'added' },
		]);
		expect(sent().slice(-4)).toEqual(['GET /Groups/2', 'PATCH /Groups/2', 'GET /Groups/3', 'PATCH /Groups/3']);
		expect(bodies()).toEqual([
			patchOf({ op: 'add', path: 'members', value: [{ value: '3' }, { value: '5' }] }),
			patchOf({ op: 'add', path: 'members', value: [{ value: '5' }] }),
		]);
		expect(members(2)).toEqual([2, 6, 3, 5]);
		again();
		const second = await change('addToGroup', items);
		expect(second.json.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged', 'unchanged', 'unchanged']);
		expect(bodies()).toEqual([]);

		const removed = await change('removeFromGroup', items.slice(0, 3));
		expect(removed.json.map(({ outcome }) => outcome)).toEqual(['removed', 'removed', 'removed']);
		expect(bodies()).toEqual([
			patchOf(...['3', '2', '5'].map((id) => ({ op: 'remove', path: `members[value eq "${id}"]` }))),
		]);
		expect(members(2)).toEqual([6]);
		again();
		await change('removeFromGroup', items.slice(0, 3));
		expect(bodies()).toEqual([]);
	});

	test('more than a hundred members go in several changes', async () => {
		const ids = lab.sim.seedUsers(150);
		const { json } = await run('scimUser', 'addToGroup', { record: rl('id', '={{ $json.id }}'), group: rl('id', '3') }, ids.map((id) => ({ id })));
		expect(sent()).toEqual(['GET /Groups/3', 'PATCH /Groups/3', 'PATCH /Groups/3']);
		expect(members(3)).toHaveLength(151);
		expect(json.every(({ outcome }) => outcome === 'added')).toBe(true);
	});

	test('a group that refuses concerns its own items only', async () => {
		const items = [{ mail: 'carlos.cruz', group: 'East' }, { mail: 'emil.ek', group: 'Customer Success' }];
		const refusal = { kind: 'status', status: 400, body: { status: '400', scimType: 'invalidValue', detail: 'Team is full.' } } as const;
		lab.sim.addFault({ match: { method: 'PATCH', path: '/scim/v2/Groups/2' }, ...refusal });
		const { json } = await change('addToGroup', items, { continueOnFail: true });
		expect(json).toEqual([
			expect.objectContaining({ error: 'Outreach SCIM refused to update SCIM group 2: Team is full. [item 0]' }),
			{ userId: '5', groupId: '3', groupName: 'Customer Success', outcome: 'added' },
		]);
		lab.sim.addFault({ match: { method: 'PATCH', path: '/scim/v2/Groups/2' }, ...refusal });
		const strict = await change('addToGroup', items);
		expect(strict.error?.message).toContain('Team is full.');
		const missing = await change('addToGroup', [{ mail: 'carlos.cruz', group: 'Nowhere' }]);
		expect(missing.error?.message).toBe('Group: there is no SCIM group with the display name "Nowhere"');
	});
});

describe('patch', () => {
	test('operations of one\'s own, values as text or JSON', async () => {
		const { json } = await run('scimUser', 'patch', {
			record: rl('id', '2'),
			patch: rows(
				{ op: 'replace', path: ' title ', kind: 'text', value: '007' },
				{ op: 'replace', path: 'active', kind: 'json', value: 'false' },
				{ op: 'add', path: 'emails', kind: 'json', value: '[{"value":"b@home.example","type":"home"}]' },
				{ op: 'add', path: '', kind: 'json', value: '={{ { name: { middleName: "X" } } }}' },
				{ op: 'remove', path: 'externalId' },
			),
		});
		expect(sent()).toEqual(['PATCH /Users/2']);
		expect(bodies()).toEqual([
			patchOf(
				{ op: 'replace', path: 'title', value: '007' },
				{ op: 'replace', path: 'active', value: false },
				{ op: 'add', path: 'emails', value: [{ value: 'b@home.example', type: 'home' }] },
				{ op: 'add', value: { name: { middleName: 'X' } } },
				{ op: 'remove', path: 'externalId' },
			),
		]);
		expect(json).toEqual([expect.objectContaining({ id: '2', title: '007', active: false, emails: ['b@home.example'], middleName: 'X', givenName: 'Bea' })]);
	});

	test('of a group', async () => {
		const { json } = await run('scimGroup', 'patch', {
			record: rl('displayName', 'East'),
			patch: rows({ op: 'remove', path: 'members[value eq "6"]' }, { op: 'replace', path: 'displayName', value: 'Far East' }),
		});
		expect(json).toEqual([{ id: '2', displayName: 'Far East', members: ['2'] }]);
	});

	test.each<[string, IDataObject[], string]>([
		['no operation', [], 'there is nothing to change'],
		['remove without path', [{ op: 'remove', path: '' }], 'number 1 (remove) has no path'],
		['no value', [{ op: 'replace', path: 'active', value: 'true' }, { op: 'replace', path: 'title', value: '' }], 'number 2 (replace) has no value'],
		['no JSON', [{ op: 'replace', path: 'active', kind: 'json', value: 'tru' }], 'number 1 (replace): value: "tru" is not valid JSON'],
		['neither path nor object', [{ op: 'add', path: '', value: 'x' }], 'number 1 (add) has no path'],
		['another operation', [{ op: 'move', path: 'title', value: 'x' }], 'is none of add, remove, replace'],
	])('bad input sends nothing: %s', async (_what, row, reason) => {
		const { error } = await run('scimUser', 'patch', { record: rl('id', '2'), patch: rows(...row) });
		expect(error?.message).toContain(reason);
		expect(sent()).toEqual([]);
	});

	test.each<[string, IDataObject, string, string]>([
		['a path that is none', { op: 'replace', path: 'shoeSize', value: '9' }, 'The path shoeSize is not known', 'its path is not written'],
		['nothing there', { op: 'remove', path: 'emails[value eq "x"]' }, 'No entry of emails', 'points to nothing'],
		['read-only', { op: 'replace', path: 'id', value: '9' }, 'id is read-only', 'cannot be changed'],
	])('the vendor\'s refusal in words: %s', async (_what, row, reason, remedy) => {
		const { error } = await run('scimUser', 'patch', { record: rl('id', '2'), patch: rows(row) });
		expect(error?.message).toContain(reason);
		expect((error as unknown as IDataObject).description).toContain(remedy);
		expect((error as unknown as IDataObject).httpCode).toBe('400');
	});
});

test('the other resources keep their own connection', async () => {
	await lab.run('role', 'get', { record: rl('id', '3') });
	expect(lab.sim.requests.at(-1)?.headers.authorization).toBe(`Bearer ${lab.sim.accessToken}`);
	const { description } = lab.harness.nodeType('outreach');
	const shown = (resource: string) =>
		description.credentials!.filter(({ displayOptions }) => {
			const { show = {}, hide = {} } = displayOptions ?? {};
			return (!show.resource || show.resource.includes(resource)) && !hide.resource?.includes(resource) && (!show.authentication || show.authentication.includes('oAuth2'));
		});
	expect(shown('scimUser').map(({ name }) => name)).toEqual(['outreachScimApi']);
	expect(shown('scimGroup').map(({ name }) => name)).toEqual(['outreachScimApi']);
	expect(shown('user').map(({ name }) => name)).toEqual(['outreachOAuth2Api']);
});
