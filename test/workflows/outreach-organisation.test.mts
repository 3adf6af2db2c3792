/**
 * What depends on the organisation or the kind of connection: the server-to-server key, custom fields and
 * custom objects, requests of one's own, and webhooks removed with their token.
 */
import { generateKeyPairSync } from 'node:crypto';
import type { IDataObject, ResourceMapperField } from 'n8n-workflow';
import { automatic, described, LINE, mapper, outreachLab, rl, tinyServer, visible, where } from './support.mts';

const lab = outreachLab({ stepMs: 20 });

const types = () => lab.calls().filter(({ path }) => path === '/api/v2/types').length;
const schemas = () => lab.calls().filter(({ path }) => path === '/api/v2/schema.json').length;
const items = (count: number) => Array.from({ length: count }, (_, n) => ({ n: n + 1 }));

describe('server-to-server key', () => {
	const EXCHANGE = '/actions/accessToken';
	const exchanges = () => lab.sim.requests.filter(({ path }) => path.endsWith(EXCHANGE));
	const S2S = 'outreachS2SApi';
	const save = (more: IDataObject = {}) => lab.harness.credentials.set(S2S, { advanced: true, baseUrl: lab.sim.url, ...lab.sim.installation, ...more } as IDataObject);
	const run = async (resource: string, operation: string, parameters: IDataObject = {}, input: IDataObject[] = [{}]) =>
		await lab.run(resource, operation, { authentication: 's2s', ...parameters }, input);
	const keyLines = (pem: string) => pem.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
	/** Whether any part of a key shows up. */
	const leaks = (text: string, pem: string) => keyLines(pem).filter((line) => text.includes(line));

	beforeEach(() => void save());
	afterAll(() => lab.harness.credentials.delete(S2S));

	test('one proof for all items of a run, and none for the next run', async () => {
		const first = await run('prospect', 'get', { record: rl('id', '={{ $json.n }}') }, items(6));
		expect(first.error).toBeUndefined();
		expect(first.json.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6]);
		expect(exchanges().map(({ method, path, status }) => [method, path, status])).toEqual([
			['POST', `/api/app/installs/${lab.sim.installation.installationId}${EXCHANGE}`, 200],
		]);
		await run('prospect', 'get', { record: rl('id', 1) });
		expect(exchanges()).toHaveLength(1);
	});

	test('the proof is an RS256 token of the app, good for minutes', async () => {
		await run('user', 'getAll', { limit: 1 });
		const token = String(exchanges()[0].headers.authorization).replace('Bearer ', '');
		const [head, body] = token.split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as IDataObject);
		expect(head).toEqual({ alg: 'RS256', typ: 'JWT' });
		expect(body.iss).toBe(lab.sim.installation.applicationId);
		expect(Number(body.exp) - Number(body.iat)).toBeLessThanOrEqual(3600);
	});

	test.each([502, 200])('a web page with the status %i in place of a token is called so', async (status) => {
		lab.sim.addFault({ match: { path: /accessToken$/ }, kind: 'html', status, body: '<html><head><title>Maintenance</title></head><body></body></html>' });
		const { error } = await run('prospect', 'get', { record: rl('id', 1) });
		expect(described(error).message).toContain('Outreach returned no access token for the server-to-server key: the response is the web page "Maintenance"');
		expect(described(error).description).toBe(`The status is ${status}. The page does not come from the API of Outreach. Check the API address in the credential, and whether a proxy stands in between.`);
	});

	test('an expired token is renewed once, and every item goes through', async () => {
		await run('prospect', 'get', { record: rl('id', 1) });
		lab.sim.expireTokens();
		lab.sim.clearRequests();
		const { error, json } = await run('prospect', 'get', { record: rl('id', '={{ $json.n }}') }, items(5));
		expect(error).toBeUndefined();
		expect(json.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
		expect(exchanges()).toHaveLength(1);
		// n8n 1 has to be shown a refusal a second time.
		expect(lab.calls().filter(({ status }) => status === 401)).toHaveLength(LINE > 1 ? 1 : 2);
	});

	test('a write that meets an expired token takes effect once', async () => {
		await run('prospect', 'get', { record: rl('id', 1) });
		lab.sim.expireTokens();
		const before = lab.sim.records('account').length;
		const { error } = await run('account', 'create', { fields: mapper({ name: 'Hooli' }) });
		expect(error).toBeUndefined();
		expect(lab.sim.records('account')).toHaveLength(before + 1);
	});

	test.each<[string, string, IDataObject, string]>([
		['role', 'getAll', { limit: 1 }, 'list roles'],
		['user', 'update', { record: rl('id', 2), fields: mapper({ title: 'X' }) }, 'update user 2'],
		['user', 'create', { fields: mapper({ email: 'a@b.example', firstName: 'A', lastName: 'B' }) }, 'create user'],
		['call', 'update', { record: rl('id', 1), fields: mapper({ note: 'x' }) }, 'update call 1'],
		['prospect', 'prospectsAddTags', { record: rl('id', 1), fields: mapper({ tags: 'x' }) }, 'add tags to many prospects'],
		['customObject', 'getAll', { scope: 'subscription', limit: 1 }, 'list custom object records'],
		['api', 'request', { method: 'GET', path: '/roles' }, 'answer GET /roles'],
		['api', 'request', { method: 'GET', path: '/types' }, 'answer GET /types'],
	])('%s %s is outside of what the key reaches and never leaves', async (resource, operation, parameters, purpose) => {
		const { error } = await run(resource, operation, parameters);
		expect(described(error)).toEqual({
			message: `This kind of connection to Outreach cannot ${purpose}`,
			description: 'Choose another authentication in the node. The connection of a user can access everything.',
		});
		expect(lab.sim.requests).toEqual([]);
		// A dry run may read before it comes to the same refusal.
		const dry = await run(resource, operation, { ...parameters, options: { dryRun: true } });
		expect(described(dry.error)).toEqual(described(error));
	});

	test.each<[string, string, IDataObject, string]>([
		['prospect', 'update', { record: rl('id', 1), fields: mapper({ title: 'CTO' }) }, 'PATCH /prospects/1'],
		['account', 'delete', { record: rl('id', 3) }, 'DELETE /accounts/3'],
		['sequence', 'deactivate', { record: rl('id', 1) }, 'POST /sequences/1/actions/deactivate'],
		['sequenceState', 'pause', { record: rl('id', 1) }, 'POST /sequenceStates/1/actions/pause'],
		['task', 'snooze', { record: rl('id', 1), fields: mapper({}) }, 'POST /tasks/1/actions/snooze'],
		['user', 'get', { record: rl('id', 2) }, 'GET /users/2'],
		['api', 'request', { method: 'GET', path: '/templates' }, 'GET /templates'],
	])('%s %s is within its reach', async (resource, operation, parameters, line) => {
		const { error } = await run(resource, operation, parameters);
		expect(error).toBeUndefined();
		expect(lab.sent()).toEqual([line]);
	});

	test('the names that it may not read do not stop a read of prospects', async () => {
		const { error, json, hints } = await run('prospect', 'get', { record: rl('id', 1) });
		expect(error).toBeUndefined();
		expect(json[0]).toMatchObject({ id: 1, custom3: 'Website' });
		expect(hints).toEqual([]);
		expect(types()).toBe(0);
	});

	test('the mapper offers the plain names', async () => {
		const { fields } = await lab.harness.loadOptions('outreach', 'resourceMapping', 'getFields', {
			currentNodeParameters: { authentication: 's2s', resource: 'prospect', operation: 'create' },
		});
		expect(fields.map(({ displayName }) => displayName)).toEqual(expect.arrayContaining(['First Name', 'Custom1', 'Custom150']));
		expect(lab.sim.requests).toEqual([]);
	});

	test('a foreign key: refused once, said plainly, and nothing of it is shown', async () => {
		const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
		const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
		save({ privateKey: pem });
		const result = await run('prospect', 'get', { record: rl('id', 1) });
		expect(described(result.error)).toEqual({
			message: expect.stringContaining('Invalid JWT token.'),
			description: expect.stringMatching(/credential/i),
		});
		expect(leaks(visible(result), pem)).toEqual([]);
		expect(visible(result)).not.toMatch(/eyJ[\w-]{10}/);
		expect(exchanges()).toHaveLength(1);
		expect(lab.calls()).toEqual([]);
	});

	test('an unknown installation is no network fault: not repeated, and nothing secret is shown', async () => {
		save({ installationId: 'nowhere' });
		const result = await run('prospect', 'get', { record: rl('id', 1) });
		expect(described(result.error)).toEqual({ message: expect.stringContaining("Could not find 'install' with ID 'nowhere'."), description: expect.stringMatching(/credential/i) });
		expect(exchanges()).toHaveLength(1);
		expect(leaks(visible(result), lab.sim.installation.privateKey)).toEqual([]);
		expect(visible(result)).not.toMatch(/eyJ[\w-]{10}/);
	});

	test('a text that is no key: said before anything is sent', async () => {
		save({ privateKey: '-----BEGIN PRIVATE KEY-----\nc2VjcmV0LWJ1dC1ubyBrZXk=\n-----END PRIVATE KEY-----' });
		const result = await run('prospect', 'get', { record: rl('id', 1) });
		expect(described(result.error)).toEqual({ message: 'Private Key is not an RSA key in PEM format', description: expect.stringContaining('paste the whole key') });
		expect(lab.sim.requests).toEqual([]);
		expect(visible(result)).not.toContain('c2VjcmV0LWJ1dC1ubyBrZXk');
	});

	test('a key pasted with its line breaks as \\n, or on one line with blanks', async () => {
		const { privateKey } = lab.sim.installation;
		save({ privateKey: privateKey.replaceAll('\n', '\\n') });
		expect((await run('prospect', 'get', { record: rl('id', 1) })).error).toBeUndefined();
		save({ privateKey: privateKey.trim().replaceAll('\n', ' ') });
		expect((await run('prospect', 'get', { record: rl('id', 1) })).error).toBeUndefined();
	});
});

describe('custom fields of the organisation', () => {
	const columns = async (operation = 'create', resource = 'prospect', more: object = {}): Promise<ResourceMapperField[]> =>
		(await lab.load('outreach', 'resourceMapping', 'getFields', { currentNodeParameters: { resource, operation } as never, ...more })).fields;
	const custom = (fields: ResourceMapperField[]) => fields.filter(({ id }) => /^custom\d+$/.test(id));
	/** The mapper as the editor saves it. */
	const saved = (schema: ResourceMapperField[], value: IDataObject | null, mappingMode = 'defineBelow') =>
		({ mappingMode, value, schema: schema.map((field) => ({ ...field, removed: value !== null && !(field.id in value) })), matchingColumns: [], attemptToConvertTypes: false, convertFieldsToString: false }) as unknown as IDataObject;

	test('columns: only those in use, under their labels, with types and choices', async () => {
		expect(custom(await columns()).map(({ id, displayName, type, options }) => [id, displayName, type, options?.map(({ value }) => value)])).toEqual([
			['custom1', 'Trial Plan', 'string', undefined],
			['custom2', 'Trial Ends', 'dateTime', undefined],
			['custom3', 'Lead Source', 'options', ['Website', 'Webinar', 'Referral', 'Event']],
			['custom4', 'Newsletter', 'boolean', undefined],
			['custom5', 'Interests', 'string', undefined],
			['custom6', 'Demo Held', 'dateTime', undefined],
			['custom7', 'Seats', 'number', undefined],
		]);
		expect(custom(await columns('update', 'account')).map(({ displayName, type }) => [displayName, type])).toEqual([
			['Customer Tier', 'options'],
			['Annual Contract Value', 'number'],
			['Renewal Date', 'dateTime'],
		]);
		expect(custom(await columns('create', 'user'))).toEqual([]);
	});

	test('asked for once, and kept', async () => {
		await columns();
		await columns('update', 'account');
		await lab.run('prospect', 'getAll', { limit: 2 });
		await lab.run('account', 'get', { record: rl('id', 1) });
		expect(types()).toBe(1);
		// Another connection has definitions of its own.
		lab.connect();
		await columns();
		expect(types()).toBe(2);
	});

	test('values typed by hand travel as text in the vendor\'s forms', async () => {
		const schema = await columns();
		const value = {
			firstName: 'Zoe',
			custom1: 'Pro',
			custom2: '2026-05-01T00:00:00.000+02:00',
			custom3: 'Referral',
			custom4: true,
			custom5: 'Payroll, Training',
			custom6: '2026-04-30T10:15:00+02:00',
			custom7: 42,
		};
		const { error } = await lab.run('prospect', 'create', { fields: saved(schema, value) });
		expect(error).toBeUndefined();
		expect(lab.bodies('/prospects')[0].data.attributes).toEqual({
			firstName: 'Zoe',
			custom1: 'Pro',
			custom2: '2026-05-01',
			custom3: 'Referral',
			custom4: 'true',
			custom5: 'Payroll,Training',
			custom6: '2026-04-30T08:15:00',
			custom7: '42',
		});
	});

	test('values of expressions: dates of n8n, lists, numbers as text', async () => {
		const schema = await columns();
		const value = { firstName: 'Zoe', custom2: "={{ DateTime.fromISO('2026-05-01') }}", custom5: "={{ ['Hiring', 'Payroll'] }}", custom7: '={{ "7" }}', custom4: '={{ false }}' };
		const { error } = await lab.run('prospect', 'create', { fields: saved(schema, value) });
		expect(error).toBeUndefined();
		expect(lab.bodies('/prospects')[0].data.attributes).toEqual({ firstName: 'Zoe', custom2: '2026-05-01', custom5: 'Hiring,Payroll', custom7: '7', custom4: 'false' });
	});

	test('a value of the wrong kind is refused under its label, before anything is sent', async () => {
		const schema = await columns();
		lab.sim.clearRequests();
		const { error } = await lab.run('prospect', 'create', { fields: saved(schema, null, 'autoMapInputData') }, [{ firstName: 'Zoe', 'Trial Ends': 'soon' }]);
		expect(error?.message).toBe('Trial Ends: "soon" is not a date, such as 2026-01-31 or 2026-01-31T09:00:00Z');
		expect(lab.sent()).toEqual([]);
	});

	test('map automatically takes labels and plain names', async () => {
		const schema = await columns();
		const { error } = await lab.run('prospect', 'create', { fields: saved(schema, null, 'autoMapInputData') }, [{ firstName: 'Zoe', 'Trial Plan': 'Pro', 'lead source': 'Event', custom7: 5 }]);
		expect(error).toBeUndefined();
		expect(lab.bodies('/prospects')[0].data.attributes).toEqual({ firstName: 'Zoe', custom1: 'Pro', custom3: 'Event', custom7: '5' });
	});

	test('a choice that the organisation no longer has: the vendor\'s words', async () => {
		const { error } = await lab.run('prospect', 'create', { fields: automatic }, [{ firstName: 'Zoe', custom3: 'Fax' }]);
		expect(error?.message).toBe('Outreach refused to create prospect: custom3: is not included in the list (Website, Webinar, Referral, Event)');
	});

	test('output under the labels; empty ones are left out; the option keeps the names', async () => {
		lab.sim.update('prospect', 1, { attributes: { custom1: 'Pro', custom2: '2026-05-01', custom7: '9', custom4: null } });
		const named = await lab.run('prospect', 'get', { record: rl('id', 1) });
		expect(named.json[0]).toMatchObject({ 'Trial Plan': 'Pro', 'Trial Ends': '2026-05-01', 'Lead Source': 'Website', Seats: '9' });
		expect(Object.keys(named.json[0]).filter((name) => /^custom|Newsletter/.test(name))).toEqual([]);
		const raw = await lab.run('prospect', 'get', { record: rl('id', 1), options: { rawCustomFields: true } });
		expect(raw.json[0]).toMatchObject({ custom1: 'Pro', custom2: '2026-05-01', custom3: 'Website', custom7: '9' });
		const whole = await lab.run('prospect', 'get', { record: rl('id', 1), simplify: false });
		expect(whole.json[0].attributes).toMatchObject({ custom1: 'Pro' });
	});

	test('created and changed records come back under the labels as well', async () => {
		const made = await lab.run('account', 'create', { fields: mapper({ name: 'Hooli', custom1: 'Team' }) });
		expect(made.json[0]).toMatchObject({ name: 'Hooli', 'Customer Tier': 'Team' });
		const changed = await lab.run('account', 'update', { record: rl('id', made.json[0].id), fields: mapper({ custom1: 'Free' }) });
		expect(changed.json[0]).toMatchObject({ 'Customer Tier': 'Free' });
	});

	test('a label that is the name of another field does not hide it', async () => {
		const fault = { data: [{ type: 'Prospect', meta: { validations: { custom1: { type: 'string', label: 'title' }, custom3: { type: 'string', label: '' } } } }] };
		lab.sim.addFault({ match: { path: '/api/v2/types' }, kind: 'status', status: 200, body: fault });
		lab.sim.update('prospect', 1, { attributes: { title: 'CTO', custom1: 'Pro' } });
		const { json } = await lab.run('prospect', 'get', { record: rl('id', 1) });
		expect(json[0]).toMatchObject({ title: 'CTO', custom1: 'Pro', custom3: 'Website' });
	});

	test('without the right to read them: plain names, no error, and asked again later', async () => {
		lab.sim.addFault({ match: { path: '/api/v2/types' }, kind: 'status', status: 403, times: 2, body: { errors: [{ id: 'unauthorizedRequest', title: 'Unauthorized Request', detail: 'No.' }] } });
		const { error, json } = await lab.run('prospect', 'get', { record: rl('id', 1) });
		expect(error).toBeUndefined();
		expect(json[0]).toMatchObject({ custom3: 'Website' });
		const offered = custom(await columns());
		expect(offered).toHaveLength(150);
		expect(offered[0]).toMatchObject({ id: 'custom1', displayName: 'Custom1', type: 'string' });
		expect(custom(await columns())).toHaveLength(7);
	});

	test('other trouble is told in the editor instead of hiding the labels', async () => {
		lab.connect({}, { accessToken: 'worn out', refreshToken: 'worn out' });
		await expect(columns()).rejects.toThrow();
	});

	test('without credentials: plain names, and no request', async () => {
		const fields = await columns('create', 'prospect', { credentials: [] });
		expect(custom(fields)).toHaveLength(150);
		expect(lab.sim.requests).toEqual([]);
	});
});

describe('custom objects of the organisation', () => {
	const scope = 'subscription';
	const load = async (method: string, parameters: IDataObject = {}, more: object = {}) =>
		(await lab.load('outreach', 'loadOptions', method, { currentNodeParameters: { resource: 'customObject', operation: 'getAll', scope, ...parameters } as never, ...more })).map(({ value }) => value);
	const columns = async (object: string, operation = 'create') =>
		(await lab.load('outreach', 'resourceMapping', 'getFields', { currentNodeParameters: { resource: 'customObject', operation, scope: object } as never })).fields;
	const recordsOf = (name: string) => lab.sim.records(name).map(({ id }) => id);

	test('the list of objects, asked for once', async () => {
		const objects = await lab.load('outreach', 'loadOptions', 'getScopes', { currentNodeParameters: { resource: 'customObject' } as never });
		expect(objects).toEqual([{ name: 'Onboarding Step', value: 'onboarding_step' }, { name: 'Subscription', value: 'subscription' }]);
		await load('getScopes');
		expect(schemas()).toBe(1);
	});

	test('columns: the attributes of the object with their types; not its relations, nor what the vendor sets', async () => {
		expect((await columns(scope)).map(({ id, type }) => [id, type])).toEqual([
			['name', 'string'],
			['plan', 'string'],
			['seats', 'number'],
			['monthly_price', 'number'],
			['auto_renew', 'boolean'],
			['start_date', 'dateTime'],
			['renews_at', 'dateTime'],
			['add_ons', 'string'],
			['internal_note', 'string'],
		]);
		expect((await columns('onboarding_step')).map(({ displayName }) => displayName)).toEqual(['Step Title', 'Position', 'Done']);
		expect(schemas()).toBe(1);
	});

	test('create and update with the columns of the editor: every value in its type', async () => {
		const schema = await columns(scope);
		const value = {
			name: 'Hooli Team',
			seats: '12',
			monthly_price: 9.5,
			auto_renew: true,
			start_date: '2026-05-01T00:00:00.000+02:00',
			renews_at: '2027-05-01T08:00:00+02:00',
			add_ons: 'payroll, hiring',
		};
		const fields = (values: IDataObject) => ({ mappingMode: 'defineBelow', value: values, schema: schema.map((f) => ({ ...f, removed: !(f.id in values) })), matchingColumns: [], attemptToConvertTypes: false, convertFieldsToString: false });
		const made = await lab.run('customObject', 'create', { scope, fields: fields(value) } as unknown as IDataObject);
		expect(made.error).toBeUndefined();
		const attributes = {
			name: 'Hooli Team',
			seats: 12,
			monthly_price: 9.5,
			auto_renew: true,
			start_date: '2026-05-01',
			renews_at: '2027-05-01T06:00:00.000Z',
			add_ons: ['payroll', 'hiring'],
		};
		expect(lab.bodies('/customObjects')).toEqual([{ data: { type: scope, attributes } }]);
		expect(made.json[0]).toMatchObject({ id: 4, ...attributes });
		const changed = await lab.run('customObject', 'update', { scope, record: rl('id', 4), fields: fields({ seats: 20 }), options: { clearFields: ['renews_at'] } } as unknown as IDataObject);
		expect(changed.error).toBeUndefined();
		expect(lab.bodies('/customObjects')[1]).toEqual({ data: { type: scope, id: 4, attributes: { seats: 20, renews_at: null } } });
		expect(changed.json[0]).toMatchObject({ id: 4, seats: 20 });
	});

	test('fields by name and as JSON, beside the columns', async () => {
		const { error } = await lab.run('customObject', 'create', {
			scope,
			fields: mapper({}),
			customFields: { field: [{ name: 'name', value: 'Piper' }] },
			options: { customFieldsJson: '{"seats": 3, "auto_renew": false}' },
		});
		expect(error).toBeUndefined();
		expect(lab.bodies('/customObjects')).toEqual([{ data: { type: scope, attributes: { name: 'Piper', seats: 3, auto_renew: false } } }]);
	});

	test('get, with its relation as an id; delete', async () => {
		const { json } = await lab.run('customObject', 'get', { scope, record: rl('id', 2) });
		expect(json[0]).toMatchObject({ id: 2, name: 'Contoso Enterprise', seats: 250, monthly_price: 1875.5, accountId: 2 });
		const gone = await lab.run('customObject', 'delete', { scope, record: rl('id', '={{ $json.n }}') }, items(2));
		expect(gone.json).toEqual([{ id: 1, deleted: true }, { id: 2, deleted: true }]);
		expect(lab.writes()).toEqual([`DELETE /customObjects/${scope}/1`, `DELETE /customObjects/${scope}/2`]);
		expect(recordsOf(scope)).toEqual([3]);
	});

	test('lists: filters and sort of the object, with the operators of their types', async () => {
		expect(await load('getFilterFields')).toEqual(['auto_renew', 'createdAt', 'id', 'monthly_price', 'name', 'plan', 'renews_at', 'seats', 'start_date', 'updatedAt'].sort((a, b) => a.localeCompare(b)));
		expect(await load('getSortFields')).toEqual(expect.arrayContaining(['name', 'seats']));
		expect(await load('getSortFields')).not.toContain('internal_note');
		expect(await load('getClearable', { operation: 'update' })).toEqual(expect.arrayContaining(['internal_note', 'renews_at']));
		expect(await load('getOnlyFields')).toEqual(expect.arrayContaining(['internal_note', 'createdAt']));
		const operators = async (field: string) => await load('getOperators', { filters: { condition: [{ field }] } }, { path: 'parameters.filters.condition[0].operator' });
		expect(await operators('seats')).toContain('between');
		expect(await operators('auto_renew')).toEqual(['equals']);

		lab.sim.clearRequests();
		const { json, error } = await lab.run('customObject', 'getAll', {
			scope,
			limit: 5,
			filters: where({ field: 'seats', operator: 'atLeast', value: 10 }, { field: 'plan', operator: 'oneOf', value: 'Team, Enterprise' }),
			sort: { by: [{ field: 'monthly_price', direction: 'desc' }] },
			options: { onlyFields: ['name', 'seats'] },
		});
		expect(error).toBeUndefined();
		expect(lab.sent()).toEqual([`GET /customObjects/${scope}?filter[seats]=10..inf&filter[plan]=Team,Enterprise&sort=-monthly_price&fields[${scope}]=name,seats,plan&page[size]=5`]);
		expect(json).toEqual([{ id: 2, name: 'Contoso Enterprise', seats: 250 }, { id: 1, name: 'Globex Team', seats: 12 }]);
	});

	test('every filter and sort that is offered is taken', async () => {
		const condition = (await load('getFilterFields')).map((field) => ({
			field,
			operator: 'equals',
			value: /_at$|_date$|At$/.test(String(field)) ? '2026-01-01' : field === 'auto_renew' ? 'true' : '1',
		}));
		const filtered = await lab.run('customObject', 'getAll', { scope, limit: 1, filters: where(...condition) });
		expect(filtered.error).toBeUndefined();
		const by = (await load('getSortFields')).map((field) => ({ field, direction: 'asc' }));
		expect((await lab.run('customObject', 'getAll', { scope, limit: 1, sort: { by } })).error).toBeUndefined();
	});

	test('a filter that the object does not have: the vendor\'s words', async () => {
		const { error } = await lab.run('customObject', 'getAll', { scope, limit: 5, filters: where({ field: 'colour', operator: 'equals', value: 'red' }) });
		expect(error?.message).toBe("Outreach refused to list custom object records: 'filter[colour]' is not a supported filter on customObjects/subscription.");
	});

	test('all pages', async () => {
		for (let n = 0; n < 1_100; n++) lab.sim.insert(scope, { attributes: { name: `Bulk ${n}` } });
		const { json } = await lab.run('customObject', 'getAll', { scope, returnAll: true });
		expect(json).toHaveLength(1_103);
		expect(lab.sent()).toHaveLength(2);
	});

	test('Count Only is one request for the number', async () => {
		const all = await lab.run('customObject', 'getAll', { scope, options: { countOnly: true } });
		expect(all.json).toEqual([{ count: 3 }]);
		const some = await lab.run('customObject', 'getAll', { scope, filters: where({ field: 'seats', operator: 'atLeast', value: 10 }), options: { countOnly: true } });
		expect(some.json).toEqual([{ count: 2 }]);
		expect(lab.sent()[1]).toBe(`GET /customObjects/${scope}?filter[seats]=10..inf&page[size]=1&count=true`);
	});

	test('From List shows records by their name, or by their first text', async () => {
		const list = async (object: string, filter?: string) =>
			await lab.load('outreach', 'listSearch', 'searchCustomObject', { currentNodeParameters: { resource: 'customObject', operation: 'get', scope: object } as never, filter });
		expect((await list(scope)).results).toEqual([
			{ name: 'Contoso Enterprise', value: 2 },
			{ name: 'Globex Team', value: 1 },
			{ name: 'Initech Free', value: 3 },
		]);
		expect((await list('onboarding_step', 'kick')).results).toEqual([{ name: 'Kick-off call', value: 1 }]);
	});

	test('an attribute that the object no longer has is named', async () => {
		const { error } = await lab.run('customObject', 'create', { scope, fields: mapper({}), customFields: { field: [{ name: 'name', value: 'A' }, { name: 'colour', value: 'red' }] } });
		expect(error?.message).toBe("Outreach refused to create custom object record: Attribute 'colour' is not permitted on this resource.");
	});

	test('an object that vanished: said plainly in the editor and by every operation', async () => {
		lab.sim.removeCustomObject('subscription');
		await expect(columns(scope)).rejects.toThrow('The organization has no custom object "subscription"; choose the object again');
		await expect(lab.load('outreach', 'listSearch', 'searchCustomObject', { currentNodeParameters: { resource: 'customObject', operation: 'get', scope } as never })).rejects.toThrow('no custom object "subscription"');
		const list = await lab.run('customObject', 'getAll', { scope, limit: 1 });
		expect(described(list.error)).toEqual({
			message: 'Outreach refused to list custom object records: No route matches GET /api/v2/customObjects/subscription.',
			description: 'Probably the organization has no custom object "subscription" any more. Choose the object again.',
		});
		const create = await lab.run('customObject', 'create', { scope, fields: mapper({}), customFields: { field: [{ name: 'name', value: 'A' }] } });
		expect(described(create.error).description).toBe('Probably the organization has no custom object "subscription" any more. Choose the object again.');
		const get = await lab.run('customObject', 'get', { scope, record: rl('id', 1) });
		expect(described(get.error).description).toBe('There is no such record, the user behind the credential cannot see it, or the organization has no custom object "subscription" any more.');
		const bulk = await lab.run('customObject', 'customObjectBulkDelete', { scope, record: rl('id', 1) });
		expect(bulk.error?.message).toBe("Outreach refused to delete many custom object records: There is no custom object 'subscription'.");
	});

	test('without the scope: the missing one is named', async () => {
		lab.connect({}, lab.sim.issueToken({ scopes: ['customObjectRecords.read'] }));
		expect((await lab.run('customObject', 'get', { scope, record: rl('id', 1) })).error).toBeUndefined();
		const { error } = await lab.run('customObject', 'delete', { scope, record: rl('id', 1) });
		expect(described(error)).toEqual({
			message: expect.stringContaining("missing the required scope 'customObjectRecords.delete'"),
			description: expect.stringContaining('lacks a scope'),
		});
	});

	test('bulk update and delete, by ids and by filter', async () => {
		const update = await lab.run('customObject', 'customObjectBulkModify', { scope, record: rl('id', '={{ $json.n }}'), fields: mapper({}), customFields: { field: [{ name: 'plan', value: 'Legacy' }] } }, items(2));
		expect(update.error).toBeUndefined();
		expect(lab.sim.records(scope).map(({ attributes }) => attributes.plan)).toEqual(['Legacy', 'Legacy', 'Free']);
		const filters = where({ field: 'plan', operator: 'equals', value: 'Legacy' });
		const remove = await lab.run('customObject', 'customObjectBulkDelete', { scope, target: 'filter', filters });
		expect(remove.error).toBeUndefined();
		expect(recordsOf(scope)).toEqual([3]);
	});

	test('bulk upsert: known ones by ID, the others are new', async () => {
		const { error, json } = await lab.run(
			'customObject',
			'bulkUpsert',
			{ scope, existing: rl('id', '={{ $json.id }}'), fields: mapper({}), customFields: { field: [{ name: 'name', value: '={{ $json.name }}' }] } },
			[{ id: 3, name: 'Initech Gone' }, { name: 'New One' }],
		);
		expect(error).toBeUndefined();
		expect(json[0]).toMatchObject({ records: 2, total: 2, dupes: 1, finished: true });
		expect(lab.sim.records(scope).map(({ attributes }) => attributes.name)).toEqual(['Globex Team', 'Contoso Enterprise', 'Initech Gone', 'New One']);
	});
});

describe('API Request', () => {
	const send = async (parameters: IDataObject, input: IDataObject[] = [{}]) => await lab.run('api', 'request', { method: 'GET', ...parameters }, input);

	test.each([
		['/prospects/5', '/prospects/5'],
		['prospects/5', '/prospects/5'],
		['/api/v2/prospects/5', '/prospects/5'],
		['api/v2/prospects/5', '/prospects/5'],
		[' /prospects/5 ', '/prospects/5'],
	])('path %j is sent as %s', async (path, sent) => {
		const { error } = await send({ path });
		expect(error).toBeUndefined();
		expect(lab.sent()).toEqual([`GET ${sent}`]);
	});

	test.each([
		'https://evil.example/api/v2/users',
		'HTTPS://evil.example',
		'//evil.example/users',
		'///evil.example/users',
		'/api/v2//evil.example/users',
		'../oauth/token',
		'/../oauth/token',
		'/users/../../oauth/token',
		'/users/./1',
		'/users/..',
		'/users/%2e%2e/%2e%2e/oauth/token',
		'/users/%2E./x',
		'/users%2f..%2f..',
		'\\\\evil.example\\users',
		'/users\\..\\..',
		'/users?filter[email]=a',
		'/users#x',
		'/users 1',
		'/users/\n1',
		'@evil.example/users',
		'/.evil.example',
		'/',
		'/api/v2',
		'/api/v2/',
		'/api/v2/api/v2/users',
		'/api/v3/users',
		'/scim/v2/Users',
	])('path %j stays under /api/v2 or is refused', async (path) => {
		const { error } = await send({ path });
		for (const request of lab.sim.requests) expect(request.path).toMatch(/^\/api\/v2(\/|$)/);
		if (/:\/\/|\/\/|\.\.|\\|[?#]|%2|\s|\/\.\//i.test(path.trim())) {
			expect(error?.message).toMatch(/is not a path below \/api\/v2$/);
			expect(described(error).description).toMatch(/\/prospects\/123/);
			expect(lab.sim.requests).toEqual([]);
		}
	});

	test('one page as the vendor cuts it, or all pages', async () => {
		const one = await send({ path: '/prospects', query: '{"page[size]": 50, "sort": "id"}' });
		expect(one.error?.message).toMatch(/sortable/);
		lab.sim.clearRequests();
		const page = await send({ path: '/prospects', query: '{"page[size]": 50}' });
		expect(page.json).toHaveLength(50);
		expect(lab.sent()).toHaveLength(1);
		const all = await send({ path: '/prospects', query: '{"page[size]": 50}', allPages: true });
		expect(all.json).toHaveLength(120);
		expect(new Set(all.json.map(({ id }) => id)).size).toBe(120);
		expect(lab.sent()).toHaveLength(4);
	});

	test('a link to another host is not followed there', async () => {
		const other = await tinyServer((_request, response) => void response.end('{}'));
		try {
			lab.sim.addFault({ match: { path: '/api/v2/teams', query: 'page[size]=1' }, kind: 'status', status: 200, body: { data: [{ type: 'team', id: 1, attributes: {} }], links: { next: `${other.url}/api/v2/teams?page[size]=2` } } });
			await send({ path: '/teams', query: { 'page[size]': 1 } as never, allPages: true });
			expect(other.requests).toEqual([]);
			expect(lab.sent()[1]).toMatch(/^GET \/teams\?page\[size\]=2/);
		} finally {
			await other.stop();
		}
	});

	test('query and body as JSON text or as objects', async () => {
		await send({ path: '/users', query: { 'filter[id]': [1, 2], 'page[size]': 2, sort: '' } as never });
		expect(lab.sent()).toEqual(['GET /users?filter[id]=1,2&page[size]=2']);
		const body = { data: { type: 'stage', attributes: { name: 'Demo', order: 9 } } };
		const text = await send({ method: 'POST', path: '/stages', body: JSON.stringify(body) });
		const object = await send({ method: 'POST', path: '/stages', body: body as never });
		expect([text.error, object.error]).toEqual([undefined, undefined]);
		expect(lab.bodies()).toEqual([body, body]);
		expect(text.json[0]).toMatchObject({ name: 'Demo', order: 9 });
	});

	test.each<[IDataObject, string]>([
		[{ query: '{page: 1' }, 'Query (JSON): "{page: 1" is not valid JSON'],
		[{ query: '[1, 2]' }, 'Query is not an object'],
		[{ query: '"text"' }, 'Query is not an object'],
		[{ method: 'POST', body: '{"data": ' }, 'Body (JSON): "{"data": " is not valid JSON'],
	])('%j is refused before anything is sent', async (parameters, message) => {
		const { error } = await send({ path: '/stages', ...parameters });
		expect(error?.message).toBe(message);
		expect(described(error).description).toBeTruthy();
		expect(lab.sim.requests).toEqual([]);
	});

	test('without Simplify the whole answer; without an answer success', async () => {
		const whole = await send({ path: '/stages/1', simplify: false });
		expect(whole.json[0]).toMatchObject({ data: { type: 'stage', id: 1 } });
		const gone = await send({ method: 'DELETE', path: '/prospects/7' });
		expect(gone.json).toEqual([{ success: true, confirmed: false }]);
		expect(lab.sim.record('prospect', 7)).toBeUndefined();
	});

	test('a refusal names what was asked', async () => {
		const { error } = await send({ path: '/nonsense' });
		expect(error?.message).toBe('Outreach refused to answer GET /nonsense: No route matches GET /api/v2/nonsense.');
	});

	test('each item sends its own', async () => {
		const { json, items: out } = await send({ path: '=/roles/{{ $json.n }}' }, items(3));
		expect(json.map(({ id }) => id)).toEqual([1, 2, 3]);
		expect(out.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
	});
});

describe('Count Only', () => {
	test('one small request per item, with its filters', async () => {
		const { json } = await lab.run('prospect', 'getAll', { filters: where({ field: 'title', operator: 'equals', value: '={{ $json.title }}' }), options: { countOnly: true } }, [{ title: 'CTO' }, { title: 'Nobody' }]);
		expect(lab.sent()).toEqual(['GET /prospects?filter[title]=CTO&page[size]=1&count=true', 'GET /prospects?filter[title]=Nobody&page[size]=1&count=true']);
		expect(json[0].count).toBeGreaterThan(1);
		expect(json[1]).toEqual({ count: 0 });
	});

	test('off: the records', async () => {
		const { json } = await lab.run('prospect', 'getAll', { limit: 3, options: { countOnly: false } });
		expect(json).toHaveLength(3);
	});
});

describe('webhook clean-up', () => {
	const CLEANUP = '/api/v2/webhooks/cleanup';
	/** A webhook and the token that its creation told. */
	const makeWebhook = async () => {
		const { json } = await lab.run('webhook', 'create', { fields: mapper({ url: 'https://hooks.example/x', resource: 'prospect', action: 'created' }) });
		lab.sim.clearRequests();
		return { id: Number(json[0].id), token: String(json[0].cleanupToken) };
	};
	const clean = async (cleanupToken: string) => await lab.run('webhook', 'cleanup', { cleanupToken });

	test('with the token of a delivery, not with the connection\'s own', async () => {
		const { id, token } = await makeWebhook();
		const result = await clean(token);
		expect(result.error).toBeUndefined();
		expect(result.json).toEqual([{ deleted: true, existed: true }]);
		expect(lab.sim.requests.map(({ method, path, headers, status }) => [method, path, headers.authorization, status])).toEqual([['POST', CLEANUP, `Bearer ${token}`, 204]]);
		expect(lab.sim.record('webhook', id)).toBeUndefined();
	});

	test('gone already counts as done', async () => {
		const { id, token } = await makeWebhook();
		lab.sim.remove('webhook', id);
		expect((await clean(token)).json).toEqual([{ deleted: true, existed: false }]);
	});

	test('also when the connection lost its access', async () => {
		const { token } = await makeWebhook();
		lab.connect({}, { accessToken: 'revoked', refreshToken: 'revoked' });
		expect((await clean(token)).json).toEqual([{ deleted: true, existed: true }]);
	});

	test('a token that was not accepted: said so, not shown', async () => {
		const { id } = await makeWebhook();
		const result = await clean('not-the-token');
		expect(described(result.error)).toEqual({ message: 'Cleanup Token was not accepted', description: 'Take the token from the header of a delivery of this webhook.' });
		expect(JSON.stringify(described(result.error)) + result.error?.stack).not.toContain('not-the-token');
		expect(lab.sim.requests).toHaveLength(1);
		expect(lab.sim.record('webhook', id)).toBeDefined();
	});

	test('without a token nothing is sent', async () => {
		await makeWebhook();
		const { error } = await clean('={{ $json.token }}');
		expect(error?.message).toBe('Cleanup Token is missing');
		expect(lab.sim.requests).toEqual([]);
	});

	test('a fault of the vendor and a lost connection are no success', async () => {
		const { id, token } = await makeWebhook();
		lab.sim.addFault({ match: { path: CLEANUP }, kind: 'status', status: 500 });
		expect((await clean(token)).error?.message).toBe('Outreach refused to clean up the webhook: status 500');
		lab.sim.addFault({ match: { path: CLEANUP }, kind: 'reset' });
		const lost = await clean(token);
		expect(lost.error).toBeDefined();
		expect(JSON.stringify(described(lost.error)) + lost.error?.stack).not.toContain(token);
		expect(lab.sim.record('webhook', id)).toBeDefined();
	});
});
