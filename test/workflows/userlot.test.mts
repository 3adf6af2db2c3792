/** The Userlot node on n8n's engine: against the strict simulator, and against answers in other shapes than it gives. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { Answerer } from '../conformance/recorder.mts';
import { automatic, mapper, rl, where } from './support.mts';
import { userlotLab } from './vendor-support.mts';

const lab = userlotLab();
const { behave, connect, ok, refused, sent } = lab;
const bodies = () => lab.sim.requests.filter(({ method }) => method !== 'GET').map(({ body }) => body);
const first = (type: 'company' | 'endUser') => lab.sim.records(type)[0]!;
const byExternal = (type: 'company' | 'endUser', id: string) => lab.sim.records(type).find((item) => item.external_id === id)!;

describe('the address in the credential', () => {
	test.each(['', '/', '/api/v1', '/api/v1/', '/api', '//'])('works with "%s" at its end', async (end) => {
		connect(`${lab.sim.url}${end}`);
		const { json } = await ok('team', 'getAll');
		expect(json.map(({ name }) => name)).toEqual(['Customer Success', 'Support']);
		expect(sent()).toEqual(['GET /teams']);
	});

	test('is asked by the test of the credential, which needs no data, as by the node', async () => {
		const { UserlotApi } = (await import('../../dist/credentials/UserlotApi.credentials.js')) as { UserlotApi: new () => { test: { request: IDataObject } } };
		const { baseURL, ...request } = new UserlotApi().test.request;
		const [, expression, rest] = /^=\{\{(.+)\}\}(.*)$/.exec(String(baseURL))!;
		const evaluate = new Function('$credentials', `return ${expression}`) as (credentials: IDataObject) => string;
		expect(evaluate({ apiUrl: 'api.example.com' })).toBe('https://api.example.com');
		for (const end of ['', '/', '/api/v1', '/api/v1/', '/api', '//', ' ']) expect([end, evaluate({ apiUrl: `https://api.example.com${end}` }) + rest]).toEqual([end, 'https://api.example.com/api/v1']);
		expect(request).toMatchObject({ url: '/teams' });
	});

	test.each(['', '127.0.0.1:9', 'https://api.example.com/v2'])('"%s" is refused with an example', async (address) => {
		connect(address);
		expect((await refused('team', 'getAll')).message).toMatch(/API Address.*such as https:\/\/api\.example\.com/);
	});

	test('a key that is not accepted is said plainly and not shown', async () => {
		connect(lab.sim.url, 'secret-of-another-product');
		const { message, description, all } = await refused('team', 'getAll');
		expect(message).toContain('Userlot refused to list teams');
		expect(description).toContain('a key belongs to one product');
		expect(all).not.toContain('secret-of-another-product');
	});
});

describe('companies', () => {
	test('all filters travel under the names of the vendor, and the status is chosen from its list', async () => {
		const fields = ['external_id', 'life_cycle_id', 'life_cycle_stage_id', 'name', 'owner_user_id', 'source_external_id'];
		const { json } = await ok('company', 'getAll', {
			returnAll: true,
			filters: { ...(where(...fields.map((field) => ({ field, value: `x ${field}` }))) as IDataObject), related: [{ relation: 'status', record: rl('key', 'active') }] } as INodeParameters,
		});
		expect(json).toEqual([]);
		const [list] = lab.sim.requests.filter(({ path }) => path.endsWith('/companies'));
		expect(list!.query).toEqual({ ...Object.fromEntries(fields.map((field) => [field, `x ${field}`])), status_id: '00000003-0000-4000-8000-000000000002' });
		expect(sent()).toHaveLength(2);
	});

	test('a list comes as a whole in one request, and Limit cuts it', async () => {
		expect((await ok('company', 'getAll', { returnAll: true })).json).toHaveLength(12);
		expect((await ok('company', 'getAll', { limit: 3 })).json.map(({ name }) => name)).toEqual(['Acme', 'Northwind Traders', 'Contoso']);
		expect(sent()).toEqual(['GET /companies', 'GET /companies']);
	});

	test.each([
		['id', () => first('company').id],
		['external_id', () => 'acct-1'],
		['source_external_id', () => 'crm-1'],
		['name', () => 'acme'],
	])('get finds one by %s', async (mode, value) => {
		const { json } = await ok('company', 'get', { record: rl(mode, value()) });
		expect(json[0]).toMatchObject({ id: first('company').id, name: 'Acme', arr: 12_000 });
		expect(sent()).toEqual([mode === 'id' ? `GET /companies/${String(value())}` : `GET /companies?${mode}=${String(value())}`]);
	});

	test('a part of a name is no name', async () => {
		const { message } = await refused('company', 'get', { record: rl('name', 'Acm') });
		expect(message).toBe('Company: there is no company with the name "Acm"');
	});

	test('two companies of one ID in another system are not guessed between', async () => {
		lab.sim.insert('company', { name: 'Second', source_external_id: 'crm-1' });
		const { message, description } = await refused('company', 'update', { record: rl('source_external_id', 'crm-1'), fields: mapper({ name: 'X' }) });
		expect(message).toContain('2 companies have the source external id "crm-1"');
		expect(description).toMatch(/Acme.*Second/);
		expect(bodies()).toEqual([]);
	});

	test('create, update and Create or Update send set keys alone', async () => {
		await ok('company', 'create', { fields: mapper({ name: 'New', arr: '1200', renewal_date: '2027-01-31T00:00:00.000Z', external_id: 'n-1', mrr: '' }), status: rl('name', 'Trial') });
		await ok('company', 'update', { record: rl('external_id', 'n-1'), fields: mapper({ mrr: 100, name: null }) });
		await ok('company', 'upsert', { externalId: 'n-1', fields: mapper({ name: 'Newer', start_date: '' }) });
		expect(bodies()).toEqual([
			{ name: 'New', arr: 1200, renewal_date: '2027-01-31', external_id: 'n-1', status_id: '00000003-0000-4000-8000-000000000001' },
			{ mrr: 100 },
			{ name: 'Newer', external_id: 'n-1' },
		]);
		const id = byExternal('company', 'n-1').id as string;
		expect(byExternal('company', 'n-1')).toMatchObject({ name: 'Newer', arr: 1200, mrr: 100 });
		expect(sent().filter((line) => !line.startsWith('GET'))).toEqual(['POST /companies', `PATCH /companies/${id}`, 'PUT /companies']);
	});

	test('Clear Fields sends null, and only for what was chosen', async () => {
		await ok('company', 'update', { record: rl('id', first('company').id), fields: mapper({ name: 'Acme' }), options: { clearFields: ['mrr', 'renewal_date'] } });
		expect(bodies()).toEqual([{ name: 'Acme', mrr: null, renewal_date: null }]);
	});

	test.each(['update', 'create', 'upsert'])('%s without any value is refused', async (operation) => {
		const { message } = await refused('company', operation, { ...(operation === 'update' ? { record: rl('id', 'x') } : {}), fields: mapper({ name: '' }), options: { allowWithoutId: true } });
		expect(message).toMatch(/^There is nothing to (change|create|send): no field of the company was given$/);
		expect(sent()).toEqual([]);
	});

	test('revenue comes out as it is answered, an item for each entry of a list', async () => {
		expect((await ok('company', 'revenue', { record: rl('external_id', 'acct-2') })).json).toEqual([{ company_id: byExternal('company', 'acct-2').id, mrr: 2000, arr: 24_000 }]);
		behave(() => ({ body: [{ month: '2026-01', amount: 5 }, { month: '2026-02', amount: 6 }] }));
		expect((await ok('company', 'revenue', { record: rl('id', 'c1') })).json).toEqual([{ month: '2026-01', amount: 5 }, { month: '2026-02', amount: 6 }]);
	});
});

describe('Create or Update', () => {
	test('run twice makes nothing twice', async () => {
		const parameters = { externalId: '={{ $json.key }}', fields: mapper({ name: '={{ $json.name }}' }) };
		const items = [{ key: 'new-1', name: 'One' }, { key: 'acct-1', name: 'Acme Inc' }];
		await ok('company', 'upsert', parameters, items);
		await ok('company', 'upsert', parameters, items);
		expect(lab.sim.records('company')).toHaveLength(13);
		expect(byExternal('company', 'acct-1').name).toBe('Acme Inc');
	});

	test('without any ID is refused for all items before anything is sent', async () => {
		const { message, description } = await refused('company', 'upsert', { externalId: '={{ $json.key }}', fields: mapper({ name: 'X' }) }, [{ key: 'a' }, { key: '' }]);
		expect(message).toBe('No ID is given, so that Userlot would create a new company on every run [item 1]');
		expect(description).toBe('Give "External ID", "Source External ID" or "Userlot ID", or switch on the option "Create Without ID".');
		expect(sent()).toEqual([]);
	});

	test('without any ID creates when the switch says so, and never repeats a request of unknown fate', async () => {
		const parameters = { fields: mapper({ name: 'X' }), options: { allowWithoutId: true } };
		await ok('company', 'upsert', parameters);
		expect(lab.sim.records('company')).toHaveLength(13);
		lab.sim.addFault({ match: { method: 'PUT' }, kind: 'status', status: 502, afterEffect: true, times: -1 });
		lab.sim.clearRequests();
		expect((await refused('company', 'upsert', parameters)).message).toContain('It is not known whether Userlot did it');
		expect(sent()).toEqual(['PUT /companies']);
		expect(lab.sim.records('company')).toHaveLength(14);
	});

	test('with an ID is repeated when its answer is lost', async () => {
		lab.sim.addFault({ match: { method: 'PUT' }, kind: 'status', status: 502, afterEffect: true });
		await ok('company', 'upsert', { externalId: 'n-1', fields: mapper({ name: 'X' }) });
		expect(sent()).toEqual(['PUT /companies', 'PUT /companies']);
		expect(lab.sim.records('company')).toHaveLength(13);
	});

	test('items about one company go one after the other', async () => {
		lab.sim.addFault({ match: { method: 'PUT' }, kind: 'slow', delayMs: 40, times: -1 });
		await ok('company', 'upsert', { externalId: 'same', fields: mapper({ name: '={{ $json.name }}' }) }, [{ name: 'A' }, { name: 'B' }, { name: 'C' }]);
		expect(lab.sim.records('company')).toHaveLength(13);
		expect(byExternal('company', 'same').name).toBe('C');
		for (const [i, { at }] of lab.sim.requests.slice(1).entries()) expect(at).toBeGreaterThanOrEqual(lab.sim.requests[i]!.at + 40);
	});

	test('takes several IDs, and gives the record those it does not have', async () => {
		const { id } = first('company');
		await ok('company', 'upsert', { userlotId: id as string, externalId: 'moved', sourceExternalId: 'crm-99', fields: mapper({}) });
		expect(bodies()).toEqual([{ id, external_id: 'moved', source_external_id: 'crm-99' }]);
		expect(first('company')).toMatchObject({ id, external_id: 'moved', source_external_id: 'crm-99', name: 'Acme' });
	});

	test('maps automatically, with the IDs of the item but never its id', async () => {
		await ok('company', 'upsert', { fields: automatic }, [{ id: 17, external_id: 'acct-1', name: 'Acme Ltd' }]);
		expect(bodies()).toEqual([{ external_id: 'acct-1', name: 'Acme Ltd' }]);
	});

	test('an answer without a record gives what was sent', async () => {
		behave(() => ({ status: 204 }));
		expect((await ok('company', 'upsert', { externalId: 'a', fields: mapper({ name: 'X' }) })).json).toEqual([{ external_id: 'a', success: true, confirmed: false }]);
	});
});

describe('end users', () => {
	test('the company is named by its external ID and sent as the ID of Userlot, asked for once', async () => {
		const company = byExternal('company', 'acct-3');
		const items = [{ key: 'u1' }, { key: 'u2' }, { key: 'u3' }];
		const { json } = await ok('endUser', 'upsert', { externalId: '={{ $json.key }}', company: rl('external_id', 'acct-3'), fields: mapper({ email: '={{ $json.key }}@contoso.example' }) }, items);
		expect(bodies()).toEqual(items.map(({ key }) => ({ email: `${key}@contoso.example`, external_id: key, company_id: company.id })));
		expect(sent().filter((line) => line.startsWith('GET'))).toEqual(['GET /companies?external_id=acct-3']);
		expect(json.map(({ company_id }) => company_id)).toEqual([company.id, company.id, company.id]);
	});

	test('a company that is not there is an error before anything is written', async () => {
		const { message } = await refused('endUser', 'upsert', { externalId: 'u', company: rl('external_id', 'nobody'), fields: mapper({ first_name: 'A' }) });
		expect(message).toBe('Company: there is no company with the external id "nobody"');
		expect(bodies()).toEqual([]);
	});

	test('all filters travel, with the company from its list', async () => {
		const fields = ['email', 'external_id', 'first_name', 'last_name', 'name', 'source_external_id'];
		const value = (field: string) => (field === 'email' ? 'a@b.example' : `x ${field}`);
		await ok('endUser', 'getAll', {
			filters: { ...(where(...fields.map((field) => ({ field, value: value(field) }))) as IDataObject), related: [{ relation: 'company', record: rl('list', 'c1') }] } as INodeParameters,
		});
		expect(lab.sim.requests[0]!.query).toEqual({ ...Object.fromEntries(fields.map((field) => [field, value(field)])), company_id: 'c1' });
	});

	test('get finds one by email, and by each ID', async () => {
		const user = first('endUser');
		lab.sim.change('endUser', user.id as string, { source_external_id: 'crm-user-1' });
		for (const [mode, value] of [['id', user.id], ['email', 'Anna.Abel@acme.example'], ['external_id', 'user-1-anna'], ['source_external_id', 'crm-user-1']] as const) {
			if (mode === 'email') lab.sim.change('endUser', user.id as string, { email: 'Anna.Abel@acme.example' });
			expect((await ok('endUser', 'get', { record: rl(mode, value) })).json[0]!.id).toBe(user.id);
		}
	});

	test('create and update work where Userlot has them, and point to Create or Update where not', async () => {
		await ok('endUser', 'create', { fields: mapper({ email: 'new@acme.example' }) });
		await ok('endUser', 'update', { record: rl('email', 'new@acme.example'), fields: mapper({ last_name: 'New' }) });
		expect(lab.sim.records('endUser').at(-1)).toMatchObject({ email: 'new@acme.example', last_name: 'New' });
		behave(() => ({ status: 405, body: { error: 'Method not allowed.' } }));
		for (const [operation, parameters] of [['create', {}], ['update', { record: rl('id', 'u1') }]] as const) {
			const { message, description } = await refused('endUser', operation, { ...parameters, fields: mapper({ last_name: 'New' }) });
			expect(message).toContain('Method not allowed.');
			expect(description).toContain('Create or Update');
		}
	});

	test('identify announces a person, and refuses nobody', async () => {
		const parameters = { userEmail: '={{ $json.email }}', companyExternalId: 'acct-1', companyName: '' };
		expect((await ok('endUser', 'identify', parameters, [{ email: 'a@b.example' }])).json).toEqual([{ user_email: 'a@b.example', company_external_id: 'acct-1', success: true, confirmed: false }]);
		expect(lab.sim.records('identified')).toEqual([{ user_email: 'a@b.example', company_external_id: 'acct-1' }]);
		expect((await refused('endUser', 'identify', parameters, [{ email: '' }])).message).toBe('No person is identified');
		expect(sent()).toEqual(['PUT /identify']);
	});
});

describe('fields of the product', () => {
	const columns = async (resource: string, operation = 'upsert') =>
		(await lab.harness.loadOptions('userlot', 'resourceMapping', 'getFields', { currentNodeParameters: { resource, operation } })).fields;

	test('are columns of the mapper with their types, and are sent as such', async () => {
		const fields = await columns('company');
		expect(fields.filter(({ id }) => ['total_revenue', 'plan_tier', 'onboarded_on', 'is_reference'].includes(id)).map(({ id, displayName, type }) => [id, displayName, type])).toEqual([
			['total_revenue', 'Total Revenue', 'number'],
			['plan_tier', 'Plan Tier', 'string'],
			['onboarded_on', 'Onboarded On', 'dateTime'],
			['is_reference', 'Is Reference', 'boolean'],
		]);
		expect(fields.map(({ id }) => id)).not.toEqual(expect.arrayContaining(['external_id']));
		const value = { total_revenue: '12.5', onboarded_on: '2026-05-01T10:00:00.000Z', is_reference: 'true' };
		await ok('company', 'upsert', { externalId: 'acct-1', fields: { ...(mapper(value) as IDataObject), schema: fields } as unknown as INodeParameters });
		expect(bodies()).toEqual([{ external_id: 'acct-1', total_revenue: 12.5, onboarded_on: '2026-05-01', is_reference: true }]);
		expect((await columns('endUser')).map(({ id }) => id)).toContain('job_role');
	});

	test.each([
		['wrapped, with names', { data: [{ id: 1, name: 'Total Revenue', type: 'Integer' }] }, ['total_revenue', 'Total Revenue', 'number']],
		['wrapped by name, with a title', { company_fields: [{ title: 'Contract Ends', key: 'contract_ends', kind: 'datetime' }] }, ['contract_ends', 'Contract Ends', 'dateTime']],
		['with a label alone', [{ label: 'NPS (last)' }], ['nps_last', 'NPS (last)', 'string']],
	])('are read %s', async (_what, body, column) => {
		behave(() => ({ body }));
		const own = (await columns('company')).filter(({ id }) => id === column[0]);
		expect(own.map(({ id, displayName, type }) => [id, displayName, type])).toEqual([column]);
	});

	test('can be given as JSON when their definitions say too little', async () => {
		await ok('company', 'update', { record: rl('id', first('company').id), fields: mapper({}), options: { moreFields: '{"total_revenue": 5, "plan_tier": ""}' } });
		expect(bodies()).toEqual([{ total_revenue: 5 }]);
		for (const [moreFields, message] of [['[1]', 'is not an object'], ['{"created_at": "2026-01-01"}', 'is read-only']]) {
			expect((await refused('company', 'update', { record: rl('id', 'x'), fields: mapper({ name: 'A' }), options: { moreFields: moreFields! } })).message).toContain(message);
		}
	});

	test('fields, statuses and teams are lists of their own', async () => {
		expect((await ok('companyField', 'getAll')).json.map(({ attribute }) => attribute)).toContain('total_revenue');
		expect((await ok('endUserField', 'getAll')).json.map(({ attribute }) => attribute)).toEqual(['job_role']);
		expect((await ok('companyStatus', 'getAll')).json.map(({ name }) => name)).toEqual(['Trial', 'Active', 'At Risk', 'Churned']);
	});
});

describe('answers in other shapes', () => {
	test.each([
		['under data', { data: [{ id: 'c1', name: 'A' }] }],
		['under their name, beside other things', { companies: [{ id: 'c1', name: 'A' }], total: 1 }],
		['under both', { data: { companies: [{ id: 'c1', name: 'A' }] } }],
	])('lists are found %s', async (_what, body) => {
		behave(() => ({ body }));
		expect((await ok('company', 'getAll')).json).toEqual([{ id: 'c1', name: 'A' }]);
	});

	test.each([{ data: { id: 'c1', name: 'A' } }, { company: { id: 'c1', name: 'A' } }, [{ id: 'c1', name: 'A' }]])('a record is found in %j', async (body) => {
		behave(() => ({ body }));
		expect((await ok('company', 'get', { record: rl('id', 'c1') })).json).toEqual([{ id: 'c1', name: 'A' }]);
	});

	test('an answer without a list is an error, no empty result', async () => {
		behave(() => ({ body: { message: 'Under maintenance' } }));
		expect((await refused('company', 'getAll')).message).toContain('Userlot did not return a list of records');
	});

	test('a filter that is ignored neither lets others through nor finds the wrong record', async () => {
		behave(() => ({ body: [{ id: 'c1', name: 'A', external_id: 'x' }, { id: 'c2', name: 'B', external_id: 'y' }] }));
		expect((await ok('company', 'getAll', { filters: where({ field: 'external_id', value: 'y' }) })).json.map(({ id }) => id)).toEqual(['c2']);
		expect((await ok('company', 'get', { record: rl('external_id', 'y') })).json[0]!.id).toBe('c2');
		expect((await refused('company', 'get', { record: rl('external_id', 'z') })).message).toContain('there is no company');
		expect((await refused('company', 'get', { record: rl('source_external_id', 'z') })).message).toContain('2 companies have');
	});

	test.each([
		[{ error: 'Plan Tier is required' }, 'Plan Tier is required'],
		[{ errors: { name: ["can't be blank"], arr: ['is not a number'] } }, "name: can't be blank; arr: is not a number"],
		[{ errors: [{ message: 'too long' }, 'not unique'] }, 'too long; not unique'],
		[{ code: 17 }, '{"code":17}'],
	])('a refusal as %j is told', async (body, reason) => {
		behave(() => ({ status: 422, body }));
		expect((await refused('company', 'create', { fields: mapper({ name: 'A' }) })).message).toBe(`Userlot refused to create company: ${reason}`);
	});
});

describe('API Request', () => {
	test('sends any path below /api/v1 with the key', async () => {
		behave(({ method }) => ({ body: method === 'POST' ? { event: { id: 'e1' } } : [{ id: 't1' }, { id: 't2' }] }));
		expect((await ok('api', 'request', { method: 'POST', path: '/api/v1/events', body: '{"name": "login", "value": 3}', query: '{"dry": true}' })).json).toEqual([{ id: 'e1' }]);
		expect((await ok('api', 'request', { path: 'tickets', simplify: false })).json).toEqual([{ id: 't1' }, { id: 't2' }]);
		expect(lab.odd.sent.map(({ method, path, query, body, headers }) => [method, path, query, body, headers.apikey])).toEqual([
			['POST', '/api/v1/events', ['dry=true'], { name: 'login', value: 3 }, lab.sim.apiKey],
			['GET', '/api/v1/tickets', [], undefined, lab.sim.apiKey],
		]);
	});

	test.each(['//other.example/x', 'https://other.example', '/../admin', '/a/%2e%2e/b', '/teams?x=1', '/a b'])('%s is refused', async (path) => {
		expect((await refused('api', 'request', { path })).message).toContain('is not a path below /api/v1');
		expect(sent()).toEqual([]);
	});

	test('pages are asked for only when told, until one is empty or repeats', async () => {
		const pages: Answerer = ({ query }) => ({ body: { 'page=2': [{ id: 2 }], 'page=3': [] }[query[0] ?? ''] ?? [{ id: 1 }] });
		behave(pages);
		expect((await ok('api', 'request', { path: '/tickets' })).json).toEqual([{ id: 1 }]);
		expect(lab.odd.sent).toHaveLength(1);
		expect((await ok('api', 'request', { path: '/tickets', allPages: true })).json).toEqual([{ id: 1 }, { id: 2 }]);
		behave(() => ({ body: [{ id: 1 }] }));
		expect((await ok('api', 'request', { path: '/tickets', allPages: true })).json).toEqual([{ id: 1 }]);
		expect(lab.odd.sent).toHaveLength(2);
	});
});

test('requests that come too fast are sent again after the time that Userlot names', async () => {
	lab.sim.addFault({ match: { method: 'POST' }, kind: 'rateLimit', delayMs: 1000 });
	await ok('company', 'create', { fields: mapper({ name: 'Once' }) });
	expect(lab.sim.records('company').filter(({ name }) => name === 'Once')).toHaveLength(1);
	expect(sent()).toEqual(['POST /companies', 'POST /companies']);
});

test('lists of the editor search by name and show the external ID', async () => {
	const { results } = await lab.harness.loadOptions('userlot', 'listSearch', 'searchCompany', { filter: 'north', currentNodeParameters: { resource: 'company', operation: 'get' } });
	expect(results).toEqual([{ name: 'Northwind Traders (acct-2)', value: byExternal('company', 'acct-2').id }]);
});

test('external ids that differ in case only are different companies', async () => {
	for (const [name, external_id] of [['Alpha', 'AbC'], ['Beta', 'aBc']]) lab.sim.insert('company', { name, external_id });
	const { json } = await lab.ok('company', 'update', { record: rl('external_id', '={{ $json.e }}'), fields: mapper({ mrr: '={{ $json.m }}' }) }, [{ e: 'AbC', m: 1 }, { e: 'aBc', m: 2 }]);
	expect(json.map(({ name, mrr }) => [name, mrr])).toEqual([['Alpha', 1], ['Beta', 2]]);
});

test('"false" from an expression does not switch on Create Without ID', async () => {
	const { message } = await lab.refused('company', 'upsert', { fields: mapper({ name: 'Dup' }), options: { allowWithoutId: '={{ $json.x }}' } }, [{ x: 'false' }]);
	expect(message).toContain('No ID is given');
	expect(lab.sent()).toEqual([]);
});
