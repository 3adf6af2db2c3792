/** Outreach: what a mistaken expression, another execution or a failed step must not do. */
import type { IDataObject } from 'n8n-workflow';
import { automatic, described, mapper, MEDIA_TYPE, outreachLab, rl, tinyServer, where } from './support.mts';
import { branchCmsLab } from './vendor-support.mts';

const lab = outreachLab({ stepMs: 20 });
const site = branchCmsLab();

const scim = async (operation: string, parameters: IDataObject, items: IDataObject[] = [{}]) => {
	lab.harness.credentials.set('outreachScimApi', { baseUrl: `${lab.sim.url}/scim/v2`, token: lab.sim.scimToken });
	return await lab.harness.runNode('outreach', { resource: 'scimUser', operation, ...parameters } as never, items, { credentials: ['outreachScimApi'] });
};
const membersOf = (team: number) => (lab.sim.record('team', team)?.relationships.users as Array<{ id: number }>).map(({ id }) => id);
const rep = (email: string) => ({ email, firstName: 'R', lastName: 'X', fields: mapper({}), teams: { entry: [{ record: rl('id', 2) }] } });

describe('a bulk change', () => {
	test.each([undefined, null, '', 'Matching Filters', 'Items'])('of "Records" = %j changes nothing', async (target) => {
		const records = lab.sim.records('prospect').length;
		const { error } = await lab.run('prospect', 'prospectsDestroyAll', { target: '={{ $json.target }}', record: rl('id', '={{ $json.id }}'), filters: where({ field: 'id', operator: 'equals', value: '1' }) }, [{ id: 3, target } as IDataObject]);
		expect(error?.message).toMatch(/^Records( is missing|: ".+" is none of items, filter, all)/);
		expect(lab.sent()).toEqual([]);
		expect(lab.sim.records('prospect')).toHaveLength(records);
	});
});

describe('executions at the same time', () => {
	test('all add their users to one team', async () => {
		lab.sim.latencyMs = 30;
		const before = membersOf(2);
		const results = await Promise.all([1, 2, 3, 4, 5].map(async (n) => await lab.run('user', 'provision', rep(`race${n}@acme.example`))));
		expect(results.map(({ error }) => error)).toEqual(Array(5).fill(undefined));
		expect(membersOf(2).sort()).toEqual([...before, ...results.map(({ json }) => json[0].id as number)].sort());
	});

	test('make one record of a new key, also where the vendor would take several', async () => {
		lab.sim.latencyMs = 20;
		const results = await Promise.all([1, 2, 3].map(async () => await lab.run('account', 'upsert', { matchBy: 'name', matchValue: 'Twice Ltd', fields: mapper({ industry: 'x' }) })));
		expect(results.map(({ json }) => json[0].outcome).sort()).toEqual(['created', 'unchanged', 'unchanged']);
		expect(lab.sim.records('account').filter(({ attributes }) => attributes.name === 'Twice Ltd')).toHaveLength(1);
	});
});

describe('names', () => {
	test('that differ in case only are different records', async () => {
		for (const name of ['Zeta', 'ZETA']) lab.sim.insert('account', { attributes: { name } });
		const { json } = await lab.run('account', 'update', { record: rl('name', '={{ $json.n }}'), fields: mapper({ industry: '={{ $json.n }}' }) }, [{ n: 'Zeta' }, { n: 'ZETA' }]);
		expect(json.map(({ name, industry }) => [name, industry])).toEqual([['Zeta', 'Zeta'], ['ZETA', 'ZETA']]);
	});

	test('in another case find the one record there is, and a new one is made once', async () => {
		const { json } = await lab.run('account', 'upsert', { matchBy: 'name', matchValue: '={{ $json.n }}', fields: mapper({ industry: 'x' }) }, [{ n: 'Brand New' }, { n: 'BRAND NEW' }, { n: 'brand new' }]);
		expect(json.map(({ outcome }) => outcome)).toEqual(['created', 'unchanged', 'unchanged']);
	});

	test('of the key that are none stop Create or Update', async () => {
		const { error } = await lab.run('account', 'upsert', { matchBy: '={{ $json.by }}', matchValue: 'contoso.com', fields: mapper({ industry: 'x', name: 'Contoso' }) }, [{ by: 'Internet Domain' }]);
		expect(error?.message).toContain('"Internet Domain" is none of name, domain, customId');
		expect(lab.sent()).toEqual([]);
	});
});

describe('a run that fails', () => {
	test('has brought to its end what it began: the users that were made are in their teams', async () => {
		lab.sim.addFault({ match: { method: 'POST', path: '/api/v2/users' }, after: 2, kind: 'status', status: 422, body: { errors: [{ id: 'validationError', detail: 'no seat left' }] } });
		const { error } = await lab.run('user', 'provision', { ...rep('={{ $json.email }}'), options: { parallel: 1 } }, [1, 2, 3].map((n) => ({ email: `rep${n}@acme.example` })));
		expect(described(error).message).toContain('no seat left');
		expect(described(error).description).toContain('2 of 3 items were completed before this (0, 1).');
		const made = lab.sim.records('user').filter(({ attributes }) => /^rep\d/.test(String(attributes.email))).map(({ id }) => id);
		expect(made).toHaveLength(2);
		expect(membersOf(2)).toEqual(expect.arrayContaining(made));
	});

	test('Deprovision says so when Outreach gave up a bulk change', async () => {
		const batch = { type: 'batch', id: 1, attributes: { state: 'failed', failures: 12, finishedAt: '2026-01-01T00:00:00Z' } };
		lab.sim.addFault({ match: { method: 'GET', path: '/api/v2/batches/1' }, times: -1, kind: 'status', status: 200, headers: { 'content-type': MEDIA_TYPE }, body: { data: batch } });
		const { error } = await lab.run('user', 'deprovision', { record: rl('id', 3), reassignTo: rl('id', 2) });
		expect(described(error).message).toContain('Outreach did not finish reassigning prospects: batch 1 is failed');
		expect(described(error).description).toContain('The user is locked, but not everything was reassigned');
	});

	test('Deprovision lists what single records of a bulk change kept', async () => {
		const batch = { type: 'batch', id: 1, attributes: { state: 'finished', failures: 2, finishedAt: '2026-01-01T00:00:00Z' } };
		lab.sim.addFault({ match: { method: 'GET', path: '/api/v2/batches/1' }, times: -1, kind: 'status', status: 200, headers: { 'content-type': MEDIA_TYPE }, body: { data: batch } });
		const { error, json } = await lab.run('user', 'deprovision', { record: rl('id', 3), reassignTo: rl('id', 2) });
		expect(error).toBeUndefined();
		expect((json[0].notDone as string[])[0]).toBe('2 prospects kept their owner: see batch 1');
	});
});

describe('requests', () => {
	test('deleting what never was is told, also after a refusal for haste', async () => {
		lab.sim.addFault({ match: { method: 'DELETE', path: '/api/v2/roles/9999' }, kind: 'status', status: 429, headers: { 'retry-after': '0.1' }, body: {} });
		const { error } = await lab.run('role', 'delete', { record: rl('id', 9999) });
		expect(lab.calls().map(({ status }) => status)).toEqual([429, 404]);
		expect(error?.message).toContain('Outreach refused to delete role 9999');
	});

	test('refusals for haste do not use up the attempts for faults', async () => {
		lab.sim.addFault({ match: { path: '/api/v2/roles/3' }, times: 5, kind: 'status', status: 429, headers: { 'retry-after': '0.05' }, body: {} });
		lab.sim.addFault({ match: { path: '/api/v2/roles/3' }, times: 1, kind: 'status', status: 502, body: {} });
		const { error } = await lab.run('role', 'get', { record: rl('id', 3) });
		expect(error).toBeUndefined();
		expect(lab.calls().map(({ status }) => status).sort()).toEqual([200, 429, 429, 429, 429, 429, 502]);
	});

	test.each(['.', '..'])('never go to another address: the id "%s"', async (id) => {
		const { error } = await scim('delete', { record: rl('id', '={{ $json.id }}') }, [{ id }]);
		expect(error?.message).toContain(`"${id}" is not an ID`);
		expect(lab.sim.requests).toEqual([]);
	});

	test('a redirected write is not done, and the message says where it leads', async () => {
		const server = await tinyServer((request, response) => {
			response.writeHead(request.method === 'POST' ? 301 : 200, { location: `${request.url}/`, 'content-type': 'application/json' });
			response.end('{"data": [{"id": 1}], "pagination": {"currentPage": 1, "totalPages": 1}}');
		});
		try {
			site.connect(server.url);
			const { message } = await site.refused('account', 'create', { fields: mapper({ email: 'ada@site.example' }) });
			expect(message).toContain('it redirects requests to /api/v1/account/accounts/');
			expect(server.requests.map(({ method }) => method)).toEqual(['POST']);
		} finally {
			await server.stop();
		}
	});

	test('of the API take nested parameters in brackets', async () => {
		const { error, json } = await lab.run('api', 'request', { method: 'GET', path: '/users', query: '{"filter": {"email": "bea.brandt@acme.example"}, "page": {"size": 5}}' });
		expect(error).toBeUndefined();
		expect(lab.sent()).toEqual(['GET /users?filter[email]=bea.brandt@acme.example&page[size]=5']);
		expect(json).toHaveLength(1);
	});

	test('of the editor do not wait out a used up rate limit', async () => {
		lab.sim.addFault({ match: { path: '/api/v2/users' }, kind: 'status', status: 429, headers: { 'retry-after': '600' }, body: {} });
		await expect(lab.load('outreach', 'listSearch', 'searchUser', { currentNodeParameters: { resource: 'user' } })).rejects.toThrow('Outreach');
	});
});

test.each(['__proto__.polluted', 'constructor.prototype.polluted', 'toString'])('attributes such as %s do not reach into the process', async (name) => {
	const { error } = await scim('create', { fields: mapper({ userName: 'x@acme.example', givenName: 'x', familyName: 'y', attributes: '={{ $json.more }}' }) }, [{ more: JSON.stringify({ [name]: 'yes' }) }]);
	expect(error?.message).toContain(`"${name}" is not a valid field name`);
	expect(({} as IDataObject).polluted).toBeUndefined();
	expect(lab.sim.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
});

test('two custom fields with one label keep their names, so that none is lost', async () => {
	const validations = { custom8: { type: 'string', label: 'Region' }, custom9: { type: 'string', label: 'Region' }, custom10: { type: 'string', label: 'Segment' } };
	lab.sim.addFault({ match: { method: 'GET', path: '/api/v2/types' }, times: -1, kind: 'status', status: 200, headers: { 'content-type': MEDIA_TYPE }, body: { data: [{ type: 'prospect', id: 'prospect', meta: { validations } }] } });
	await lab.run('prospect', 'update', { record: rl('id', 1), fields: mapper({ custom8: 'a', custom9: 'b', custom10: 'c' }) });
	const { json } = await lab.run('prospect', 'get', { record: rl('id', 1) });
	expect(json[0]).toMatchObject({ custom8: 'a', custom9: 'b', Segment: 'c' });
});

test('items about one record do not share it', async () => {
	for (const simplify of [true, false]) {
		const { items } = await lab.run('user', 'get', { record: rl('email', 'bea.brandt@acme.example'), simplify }, [{}, {}]);
		expect(items[0].json).toEqual(items[1].json);
		expect(items[0].json).not.toBe(items[1].json);
		for (const [name, value] of Object.entries(items[0].json)) if (typeof value === 'object' && value !== null) expect([name, items[1].json[name] === value]).toEqual([name, false]);
	}
});

test('a limit is a whole number', async () => {
	const { error } = await lab.run('user', 'getAll', { limit: 2.5 });
	expect(error?.message).toBe('Limit: 2.5 is not a whole number');
	expect(lab.sent()).toEqual([]);
});

test('columns that are no fields stop automatic mapping, or are left out if that is asked for', async () => {
	const items = [{ firstName: 'Zoe', row_number: 7, createdAt: '2026-01-01' }];
	const refused = await lab.run('prospect', 'create', { fields: automatic }, items);
	expect(described(refused.error).message).toContain('Prospect has no field "row_number"');
	expect(described(refused.error).description).toContain('"Ignore Unknown Fields"');
	expect(lab.writes()).toEqual([]);
	const { error } = await lab.run('prospect', 'create', { fields: automatic, options: { ignoreUnknown: true } }, items);
	expect(error).toBeUndefined();
	expect(lab.bodies('/prospects').map(({ data }) => data.attributes)).toEqual([{ firstName: 'Zoe' }]);
	// What is mapped by hand is meant.
	expect((await lab.run('prospect', 'create', { fields: mapper({ row_number: 7 }), options: { ignoreUnknown: true } })).error).toBeDefined();
});
