/** Outreach's standard operations, lists and actions: the exact requests, and the items that come out. */
import type { IDataObject } from 'n8n-workflow';
import { linked, mapper, MEDIA_TYPE, outreachLab, rl, where, automatic } from './support.mts';

const lab = outreachLab();

/** Everything but the ids and fields of interest is dropped. */
const pick = (list: IDataObject[], ...names: string[]) =>
	list.map((entry) => Object.fromEntries(names.filter((name) => name in entry).map((name) => [name, entry[name]])));

describe('standard operations', () => {
	test('every request carries the media type and the token, on GET too', async () => {
		await lab.run('role', 'get', { record: rl('id', '3') });
		const [{ headers, method }] = lab.calls();
		expect(method).toBe('GET');
		expect(headers).toMatchObject({
			'content-type': MEDIA_TYPE,
			accept: MEDIA_TYPE,
			authorization: `Bearer ${lab.sim.accessToken}`,
		});
	});

	test('create: attributes and relations of JSON:API, ids as numbers', async () => {
		const { json, items, error } = await lab.run(
			'role',
			'create',
			{ fields: mapper({ name: '={{ $json.name }}', externalId: null }), links: linked({ parentRole: rl('id', '2') }) },
			[{ name: 'Team Lead' }, { name: 'Solution Consultant' }],
		);
		expect(error).toBeUndefined();
		expect(lab.sent()).toEqual(['POST /roles', 'POST /roles']);
		const body = (name: string) => ({
			data: { type: 'role', attributes: { name }, relationships: { parentRole: { data: { type: 'role', id: 2 } } } },
		});
		expect(lab.bodies()).toEqual([body('Team Lead'), body('Solution Consultant')]);
		expect(lab.calls()[0].headers['content-type']).toBe(MEDIA_TYPE);
		expect(pick(json, 'id', 'name', 'parentRoleId')).toEqual([
			{ id: 7, name: 'Team Lead', parentRoleId: 2 },
			{ id: 8, name: 'Solution Consultant', parentRoleId: 2 },
		]);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
	});

	test('create takes every type of value from text', async () => {
		const { error } = await lab.run('prospect', 'create', {
			fields: mapper({
				firstName: 'Zoe',
				emails: 'zoe@example.com, zoe@home.example',
				tags: '["a","b"]',
				optedOut: 'false',
				score: '4.5',
				linkedInConnections: 12,
				availableAt: '2026-03-01T09:30:00+02:00',
				dateOfBirth: '1990-12-31',
				trashedAt: '',
			}),
			links: linked({ owner: rl('email', 'Bea.Brandt@acme.example'), account: rl('name', 'Contoso') }),
		});
		expect(error).toBeUndefined();
		expect(lab.sent().sort()).toEqual([
			'GET /accounts?filter[name]=Contoso&fields[account]=name,domain&page[size]=1000',
			'GET /users?filter[email]=Bea.Brandt@acme.example&fields[user]=email,firstName,lastName&page[size]=1000',
			'POST /prospects',
		]);
		expect(lab.bodies()).toEqual([
			{
				data: {
					type: 'prospect',
					attributes: {
						firstName: 'Zoe',
						emails: ['zoe@example.com', 'zoe@home.example'],
						tags: ['a', 'b'],
						optedOut: false,
						score: 4.5,
						linkedInConnections: 12,
						availableAt: '2026-03-01T07:30:00.000Z',
						dateOfBirth: '1990-12-31',
					},
					relationships: { owner: { data: { type: 'user', id: 2 } }, account: { data: { type: 'account', id: 2 } } },
				},
			},
		]);
	});

	test('the mapper as the editor saves it, with its schema: n8n converts, and the wire stays the same', async () => {
		const columns = await lab.load('outreach', 'resourceMapping', 'getFields', {
			currentNodeParameters: { resource: 'prospect', operation: 'create' },
		});
		const value = {
			firstName: 'Zoe',
			emails: 'zoe@example.com, zoe@home.example',
			tags: "={{ ['a', 'b'] }}",
			optedOut: true,
			linkedInConnections: '12',
			availableAt: '2026-03-01T09:30:00+02:00',
			jobStartDate: '2026-03-01',
		};
		const schema = columns.fields.map((field) => ({ ...field, removed: !(field.id in value) }));
		const { error } = await lab.run('prospect', 'create', {
			fields: { mappingMode: 'defineBelow', value, schema, matchingColumns: [], attemptToConvertTypes: false, convertFieldsToString: false },
		} as unknown as IDataObject);
		expect(error).toBeUndefined();
		expect(lab.bodies()[0].data.attributes).toEqual({
			firstName: 'Zoe',
			emails: ['zoe@example.com', 'zoe@home.example'],
			tags: ['a', 'b'],
			optedOut: true,
			linkedInConnections: 12,
			availableAt: '2026-03-01T07:30:00.000Z',
			jobStartDate: '2026-03-01',
		});
	});

	test('map automatically takes the fields of the item', async () => {
		await lab.run('stage', 'create', { fields: automatic }, [{ name: 'Demo done', order: 9, id: 77 }]);
		expect(lab.bodies()).toEqual([{ data: { type: 'stage', attributes: { name: 'Demo done', order: 9 } } }]);
	});

	test('get by id, by URL and by key; a record found by its key is not read again', async () => {
		const byId = await lab.run('prospect', 'get', { record: rl('id', 5) });
		const byUrl = await lab.run('prospect', 'get', { record: rl('url', 'https://web.outreach.io/prospects/5/overview') });
		expect(lab.sent()).toEqual(['GET /prospects/5', 'GET /prospects/5']);
		expect(byUrl.json).toEqual(byId.json);
		lab.sim.clearRequests();
		const [email] = byId.json[0].emails as string[];
		const byKey = await lab.run('prospect', 'get', { record: rl('email', email) });
		expect(lab.sent()).toEqual([`GET /prospects?filter[emails]=${email}&page[size]=1000`]);
		expect(byKey.json).toEqual(byId.json);
	});

	test('Simplify lifts the attributes and leaves empty ones out; without it the answer is the vendor\'s', async () => {
		const flat = await lab.run('stage', 'get', { record: rl('id', 1) });
		expect(flat.json).toEqual([
			{
				id: 1,
				color: 'grey',
				name: 'New',
				order: 1,
				createdAt: expect.any(String),
				updatedAt: expect.any(String),
				creatorId: 1,
				updaterId: 1,
			},
		]);
		const raw = await lab.run('stage', 'get', { record: rl('id', 1), simplify: false });
		expect(raw.json).toEqual([
			{
				type: 'stage',
				id: 1,
				attributes: { color: 'grey', name: 'New', order: 1, createdAt: expect.any(String), updatedAt: expect.any(String) },
				relationships: {
					creator: { data: { type: 'user', id: 1 } },
					updater: { data: { type: 'user', id: 1 } },
					prospects: { links: { related: `${lab.sim.url}/api/v2/prospects?filter%5Bstage%5D%5Bid%5D=1` } },
				},
				links: { self: `${lab.sim.url}/api/v2/stages/1` },
			},
		]);
	});

	test('get with included records and chosen fields', async () => {
		const { json } = await lab.run('prospect', 'get', {
			record: rl('id', 1),
			options: { include: ['owner', 'account.owner'], onlyFields: ['firstName', 'stage'] },
		});
		expect(lab.sent()).toEqual(['GET /prospects/1?include=owner,account.owner&fields[prospect]=firstName,stage,owner,account']);
		expect(json).toEqual([
			{
				id: 1,
				firstName: 'Anna',
				stageId: 1,
				owner: expect.objectContaining({ id: 4, email: 'dana.leaver@acme.example' }),
				account: expect.objectContaining({ id: 1, name: 'Northwind Traders', owner: expect.objectContaining({ id: 4 }) }),
			},
		]);
	});

	test('update: id and type in the body, only what is given, clearing by name', async () => {
		const { json } = await lab.run('prospect', 'update', {
			record: rl('id', '1'),
			fields: mapper({ title: 'CFO', company: '' }),
			links: linked({ owner: rl('id', 3) }),
			options: { clearFields: ['addressCity', 'persona'] },
		});
		expect(lab.sent()).toEqual(['PATCH /prospects/1']);
		expect(lab.bodies()).toEqual([
			{
				data: {
					type: 'prospect',
					id: 1,
					attributes: { title: 'CFO', addressCity: null },
					relationships: { persona: { data: null }, owner: { data: { type: 'user', id: 3 } } },
				},
			},
		]);
		expect(json[0]).toMatchObject({ id: 1, title: 'CFO', ownerId: 3 });
		expect(json[0]).not.toHaveProperty('addressCity');
		expect(json[0]).not.toHaveProperty('personaId');
	});

	test('update of a user by email, and delete', async () => {
		await lab.run('user', 'update', { record: rl('email', 'emil.ek@acme.example'), fields: mapper({ title: 'SDR II' }) });
		expect(lab.sent()).toEqual([
			'GET /users?filter[email]=emil.ek@acme.example&fields[user]=email,firstName,lastName&page[size]=1000',
			'PATCH /users/5',
		]);
		expect(lab.bodies()).toEqual([{ data: { type: 'user', id: 5, attributes: { title: 'SDR II' } } }]);
		lab.sim.clearRequests();
		const { json } = await lab.run('stage', 'delete', { record: rl('name', 'Unresponsive') });
		expect(lab.sent()).toEqual(['GET /stages?filter[name]=Unresponsive&fields[stage]=name&page[size]=1000', 'DELETE /stages/6']);
		expect(json).toEqual([{ id: 6, deleted: true }]);
		expect(lab.sim.record('stage', 6)).toBeUndefined();
	});

	test('a relation to several kinds of record, and to one of them', async () => {
		const task = await lab.run('task', 'create', {
			fields: mapper({ action: 'call', dueAt: '2026-05-01' }),
			links: linked({ owner: rl('id', 3), 'subject:account': rl('key', 'Contoso'), taskPriority: rl('id', 1) }),
		});
		expect(task.error).toBeUndefined();
		expect(lab.bodies('/tasks')).toEqual([
			{
				data: {
					type: 'task',
					attributes: { action: 'call', dueAt: '2026-05-01T00:00:00.000Z' },
					relationships: {
						owner: { data: { type: 'user', id: 3 } },
						subject: { data: { type: 'account', id: 2 } },
						taskPriority: { data: { type: 'taskPriority', id: 1 } },
					},
				},
			},
		]);
		const sequence = await lab.run('sequence', 'create', { fields: mapper({ name: 'New one' }), links: linked({ ruleset: rl('id', 2) }) });
		expect(sequence.error).toBeUndefined();
		expect(lab.bodies('/sequences')[0].data.relationships).toEqual({ ruleset: { data: { type: 'ruleset', id: 2 } } });
	});
});

describe('get many', () => {
	test('a limit is the page size, and nothing more is asked', async () => {
		const { json } = await lab.run('prospect', 'getAll', { limit: 5 });
		expect(lab.sent()).toEqual(['GET /prospects?page[size]=5']);
		expect(json.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
	});

	test('the default limit is 50', async () => {
		const { json } = await lab.run('prospect', 'getAll');
		expect(lab.sent()).toEqual(['GET /prospects?page[size]=50']);
		expect(json).toHaveLength(50);
	});

	test('Return All asks for the largest pages and follows links.next', async () => {
		lab.sim.seedProspects(2_000);
		const { json, items } = await lab.run('prospect', 'getAll', { returnAll: true, options: { onlyFields: ['emails'] } });
		const sent = lab.sent();
		expect(sent).toHaveLength(3);
		expect(sent[0]).toBe('GET /prospects?fields[prospect]=emails&page[size]=1000');
		expect(sent[1]).toMatch(/^GET \/prospects\?fields\[prospect\]=emails&page\[size\]=1000&page\[after\]=[\w-]+$/);
		expect(sent[2]).toMatch(/^GET \/prospects\?fields\[prospect\]=emails&page\[size\]=1000&page\[after\]=[\w-]+$/);
		expect(json).toHaveLength(2_120);
		expect(new Set(json.map(({ id }) => id)).size).toBe(2_120);
		expect(Object.keys(json[2_000])).toEqual(['id', 'emails']);
		expect(items[2_119].pairedItem).toEqual({ item: 0 });
	});

	test('a limit beyond a page takes part of the last page', async () => {
		lab.sim.seedProspects(1_000);
		const { json } = await lab.run('prospect', 'getAll', { limit: 1_050, options: { onlyFields: [] } });
		expect(lab.sent()).toHaveLength(2);
		expect(json).toHaveLength(1_050);
	});

	test('an empty list, which comes without links', async () => {
		const { json, error } = await lab.run('prospect', 'getAll', { returnAll: true, filters: where({ field: 'lastName', operator: 'equals', value: 'Nobody' }) });
		expect(error).toBeUndefined();
		expect(json).toEqual([]);
		expect(lab.sent()).toEqual(['GET /prospects?filter[lastName]=Nobody&page[size]=1000']);
	});

	test.each<[string, string, IDataObject, string]>([
		['equals', 'user', { field: 'lastName', operator: 'equals', value: 'Cruz' }, 'filter[lastName]=Cruz'],
		['a boolean', 'user', { field: 'locked', operator: 'equals', value: 'true' }, 'filter[locked]=true'],
		['one of', 'user', { field: 'firstName', operator: 'oneOf', value: 'Bea, Emil' }, 'filter[firstName]=Bea,Emil'],
		['between', 'prospect', { field: 'engagedScore', operator: 'between', value: '7', until: 21 }, 'filter[engagedScore]=7..21'],
		['at least', 'prospect', { field: 'updatedAt', operator: 'atLeast', value: '2026-01-31' }, 'filter[updatedAt]=2026-01-31T00:00:00.000Z..inf'],
		['at most', 'stage', { field: 'order', operator: 'atMost', value: 3 }, 'filter[order]=neginf..3'],
		['empty', 'sequence', { field: 'enabledAt', operator: 'empty' }, 'filter[enabledAt]=__null__'],
		['not empty', 'role', { field: 'externalId', operator: 'notEmpty' }, 'filter[externalId]=__notnull__'],
		['ids', 'role', { field: 'id', operator: 'oneOf', value: '2,3' }, 'filter[id]=2,3'],
		['an attribute of a related record', 'prospect', { field: 'account.customId', operator: 'equals', value: 'CRM-1003' }, 'filter[account][customId]=CRM-1003'],
		['a comma in a value', 'account', { field: 'name', operator: 'equals', value: 'Paper, Ink & Co' }, 'filter[name][]=Paper, Ink & Co&newFilterSyntax=true'],
		['dots in a value', 'account', { field: 'name', operator: 'equals', value: 'Wait..what' }, 'filter[name][]=Wait..what&newFilterSyntax=true'],
		[
			'values with commas among several',
			'account',
			{ field: 'name', operator: 'oneOf', value: '["Paper, Ink & Co","Contoso"]' },
			'filter[name][]=Paper, Ink & Co&filter[name][]=Contoso&newFilterSyntax=true',
		],
	])('filter: %s', async (_what, resource, condition, expected) => {
		lab.sim.insert('account', { attributes: { name: 'Paper, Ink & Co' } });
		lab.sim.insert('account', { attributes: { name: 'Wait..what' } });
		const { error, json } = await lab.run(resource, 'getAll', { limit: 3, filters: where(condition) });
		expect(error).toBeUndefined();
		const plural = `${resource}s`;
		expect(lab.sent()).toEqual([`GET /${plural}?${expected}&page[size]=3`]);
		expect(json.length).toBeGreaterThan(0);
	});

	test('a range beside a value with a comma is written in the long syntax, too', async () => {
		lab.sim.insert('account', { attributes: { name: 'Paper, Ink & Co', createdAt: '2026-02-02T00:00:00.000Z' } });
		lab.sim.insert('account', { attributes: { name: 'Paper, Ink & Co', createdAt: '2024-02-02T00:00:00.000Z' } });
		const { json } = await lab.run('account', 'getAll', {
			returnAll: true,
			filters: where(
				{ field: 'name', operator: 'equals', value: 'Paper, Ink & Co' },
				{ field: 'createdAt', operator: 'between', value: '2026-01-01', until: '2026-12-31' },
				{ field: 'updatedAt', operator: 'notEmpty' },
			),
		});
		expect(lab.sent()).toEqual([
			'GET /accounts?filter[name][]=Paper, Ink & Co&filter[createdAt][gte]=2026-01-01T00:00:00.000Z&filter[createdAt][lte]=2026-12-31T23:59:59.999Z&filter[updatedAt]=__notnull__&newFilterSyntax=true&page[size]=1000',
		]);
		expect(json).toHaveLength(1);
	});

	test('several filters have to be met together; the related record by id and by name', async () => {
		const { json } = await lab.run('prospect', 'getAll', {
			returnAll: true,
			filters: {
				condition: [{ field: 'title', operator: 'equals', value: 'CTO' }],
				related: [
					{ relation: 'owner', record: rl('id', '4') },
					{ relation: 'stage', record: rl('key', 'Approaching') },
				],
			},
		});
		expect(lab.sent()).toEqual([
			'GET /stages?filter[name]=Approaching&fields[stage]=name&page[size]=1000',
			'GET /prospects?filter[title]=CTO&filter[owner][id]=4&filter[stage][id]=2&page[size]=1000',
		]);
		expect(pick(json, 'id', 'title', 'ownerId', 'stageId')).toEqual([{ id: 2, title: 'CTO', ownerId: 4, stageId: 2 }]);
	});

	test('the related user by email', async () => {
		await lab.run('account', 'getAll', { limit: 1, filters: { related: [{ relation: 'owner', record: rl('key', 'dana.leaver@acme.example') }] } });
		expect(lab.sent()[1]).toBe('GET /accounts?filter[owner][id]=4&page[size]=1');
	});

	test('sort by several fields', async () => {
		const { json } = await lab.run('user', 'getAll', {
			limit: 3,
			sort: { by: [{ field: 'locked', direction: 'desc' }, { field: 'lastName' }] },
		});
		expect(lab.sent()).toEqual(['GET /users?sort=-locked,lastName&page[size]=3']);
		expect(json.map(({ lastName }) => lastName)).toEqual(['Jansen', 'Admin', 'Brandt']);
	});

	test('include nests the related records, of each page its own', async () => {
		const { json } = await lab.run('user', 'getAll', { limit: 2, options: { include: ['role', 'teams'], onlyFields: ['email'] } });
		expect(lab.sent()).toEqual(['GET /users?include=role,teams&fields[user]=email,role,teams&page[size]=2']);
		expect(json).toEqual([
			{ id: 1, email: 'ada.admin@acme.example', role: expect.objectContaining({ id: 1, name: 'Chief Revenue Officer' }) },
			{
				id: 2,
				email: 'bea.brandt@acme.example',
				role: expect.objectContaining({ id: 2, name: 'Sales Manager', parentRoleId: 1 }),
				teams: [expect.objectContaining({ id: 1, name: 'West' }), expect.objectContaining({ id: 2, name: 'East' })],
			},
		]);
	});

	test('custom fields come under the labels of the organisation, for one request a run, unless their names are wanted', async () => {
		const { json, error } = await lab.run('prospect', 'getAll', { limit: 1, options: { onlyFields: ['firstName'] } }, [{}, {}]);
		expect(error).toBeUndefined();
		expect(json[0]).toEqual({ id: 1, firstName: 'Anna' });
		expect(lab.calls().some(({ path }) => path.endsWith('/types'))).toBe(false);
		const labelled = await lab.run('prospect', 'get', { record: rl('id', '={{ $json.id }}') }, [{ id: 1 }, { id: 5 }]);
		expect(Object.keys(labelled.json[0]).filter((name) => /^custom\d+$/.test(name))).toEqual([]);
		expect(Object.values(labelled.json[0])).toContain('Pro');
		expect(lab.calls().filter(({ path }) => path.endsWith('/types'))).toHaveLength(1);
		const plain = await lab.run('prospect', 'get', { record: rl('id', 1), options: { rawCustomFields: true } });
		expect(plain.json[0]).toMatchObject({ custom1: 'Pro' });
		expect(lab.calls().filter(({ path }) => path.endsWith('/types'))).toHaveLength(1);
	});

	test('search where the vendor has one', async () => {
		const { json } = await lab.run('account', 'getAll', { limit: 10, options: { search: 'pied' } });
		expect(lab.sent()).toEqual(['GET /accounts?filter[q]=pied&page[size]=10']);
		expect(json.map(({ name }) => name)).toEqual(['Pied Piper']);
	});

	test('without Simplify every record as the vendor sends it', async () => {
		const { json } = await lab.run('profile', 'getAll', { limit: 1, simplify: false });
		expect(json).toEqual([
			{
				type: 'profile',
				id: 1,
				attributes: { name: 'Admin', isAdmin: true, specialId: 'admin', createdAt: expect.any(String), updatedAt: expect.any(String) },
				links: { self: `${lab.sim.url}/api/v2/profiles/1` },
			},
		]);
	});

	test('one list per item, with the parameters of that item', async () => {
		const { json, items } = await lab.run(
			'prospect',
			'getAll',
			{ limit: '={{ $json.limit }}', filters: where({ field: 'title', operator: 'equals', value: '={{ $json.title }}' }) },
			[{ limit: 1, title: 'CTO' }, { limit: 2, title: 'Founder' }],
		);
		expect(lab.sent()).toEqual(['GET /prospects?filter[title]=CTO&page[size]=1', 'GET /prospects?filter[title]=Founder&page[size]=2']);
		expect(json.map(({ title }) => title)).toEqual(['CTO', 'Founder', 'Founder']);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 1 }]);
	});
});

describe('actions', () => {
	test('parameters travel as actionParams in the query, without a body', async () => {
		const { json, error } = await lab.run('task', 'snooze', {
			record: rl('id', '1'),
			fields: mapper({ dueAt: '2027-01-15T08:00:00Z', markAsUrgent: true }),
		});
		expect(error).toBeUndefined();
		expect(lab.sent()).toEqual(['POST /tasks/1/actions/snooze?actionParams[dueAt]=2027-01-15T08:00:00.000Z&actionParams[markAsUrgent]=true']);
		expect(lab.calls()[0].rawBody).toBe('');
		expect(lab.calls()[0].headers['content-type']).toBe(MEDIA_TYPE);
		expect(json[0]).toMatchObject({ id: 1, dueAt: '2027-01-15T08:00:00.000Z', taskPriorityId: 1 });
	});

	test.each<[string, IDataObject, string]>([
		['snooze', { record: rl('id', '2'), fields: mapper({}) }, '/tasks/2/actions/snooze'],
		[
			'markComplete',
			{ record: rl('id', '3'), fields: mapper({ completionNote: 'Done & dusted', completionAction: 'finish_no_reply' }) },
			'/tasks/3/actions/markComplete?actionParams[completionAction]=finish_no_reply&actionParams[completionNote]=Done & dusted',
		],
		['updateNote', { record: rl('id', '2'), fields: mapper({ note: 'Ruf an, 100% = ja' }) }, '/tasks/2/actions/updateNote?actionParams[note]=Ruf an, 100% = ja'],
		['reschedule', { record: rl('id', '2'), fields: mapper({ dueAt: '2027-01-01' }) }, '/tasks/2/actions/reschedule?actionParams[dueAt]=2027-01-01T00:00:00.000Z'],
		[
			'updateOpportunityAssociation',
			{ record: rl('id', '2'), fields: mapper({ opportunityAssociation: 'noop' }) },
			'/tasks/2/actions/updateOpportunityAssociation?actionParams[opportunityAssociation]=noop',
		],
	])('task: %s', async (operation, parameters, expected) => {
		const { error, json } = await lab.run('task', operation, parameters);
		expect(error).toBeUndefined();
		expect(lab.sent()).toEqual([`POST ${expected}`]);
		expect(json[0].id).toBe(Number(expected.split('/')[2]));
	});

	test('reassign takes the new owner by email', async () => {
		const { json } = await lab.run('task', 'reassignOwner', { record: rl('id', '1'), ownerId: rl('email', 'carlos.cruz@acme.example') });
		expect(lab.sent()).toEqual([
			'GET /users?filter[email]=carlos.cruz@acme.example&fields[user]=email,firstName,lastName&page[size]=1000',
			'POST /tasks/1/actions/reassignOwner?actionParams[ownerId]=3',
		]);
		expect(json[0].ownerId).toBe(3);
	});

	test('sequence by name, sequence state by id', async () => {
		await lab.run('sequence', 'deactivate', { record: rl('name', 'Renewal Reminder') });
		await lab.run('sequenceState', 'pause', { record: rl('id', 1) });
		expect(lab.writes()).toEqual(['POST /sequences/4/actions/deactivate', 'POST /sequenceStates/1/actions/pause']);
		expect(lab.sim.record('sequence', 4)?.attributes.enabled).toBe(false);
	});

	test('a refused action says what the vendor says', async () => {
		const { error } = await lab.run('sequenceState', 'resume', { record: rl('id', 1) });
		expect(error?.message).toBe('Outreach refused to resume sequence state 1: A sequence state that is active cannot be resumed.');
	});
});

describe('what the editor asks for', () => {
	const load = async (method: string, currentNodeParameters: IDataObject, more: object = {}) =>
		await lab.load('outreach', 'loadOptions', method, { currentNodeParameters: currentNodeParameters as never, ...more });

	test('mapper columns: required ones first, read-only ones not at all', async () => {
		const { fields } = await lab.load('outreach', 'resourceMapping', 'getFields', {
			currentNodeParameters: { resource: 'user', operation: 'create' },
		});
		expect(fields.filter(({ required }) => required).map(({ id }) => id)).toEqual(['firstName', 'lastName', 'email']);
		expect(fields.slice(0, 3).every(({ required }) => required)).toBe(true);
		expect(fields.map(({ id }) => id)).not.toContain('createdAt');
		expect(fields.find(({ id }) => id === 'phoneType')).toMatchObject({
			type: 'options',
			options: [{ name: 'Bridge', value: 'bridge' }, { name: 'Voip', value: 'voip' }],
		});
		const update = await lab.load('outreach', 'resourceMapping', 'getFields', {
			currentNodeParameters: { resource: 'user', operation: 'update' },
		});
		// The vendor cannot change an email.
		expect(update.fields.map(({ id }) => id)).not.toContain('email');
		expect(update.fields.some(({ required }) => required)).toBe(false);
	});

	test('mapper columns of an action are its parameters', async () => {
		const { fields } = await lab.load('outreach', 'resourceMapping', 'getFields', {
			currentNodeParameters: { resource: 'task', operation: 'snooze' },
		});
		expect(fields.map(({ id, type }) => [id, type])).toEqual([['dueAt', 'dateTime'], ['markAsUrgent', 'boolean']]);
	});

	test('a searched list: sorted pages of the vendor', async () => {
		const first = await lab.load('outreach', 'listSearch', 'searchSequence', { currentNodeParameters: { resource: 'sequence' } });
		expect(lab.sent()).toEqual(['GET /sequences?sort=name&fields[sequence]=name&page[size]=50']);
		expect(first).toEqual({
			results: [
				{ name: 'Cold Outbound DACH', value: 3 },
				{ name: 'Event Follow-up 2025', value: 5 },
				{ name: 'Inbound Demo Request', value: 2 },
				{ name: 'Old Newsletter Leads', value: 6 },
				{ name: 'Renewal Reminder', value: 4 },
				{ name: 'Trial Onboarding', value: 1 },
			],
		});
	});

	test('a searched list goes on where it stopped', async () => {
		const first = await lab.load('outreach', 'listSearch', 'searchProspect', {});
		const second = await lab.load('outreach', 'listSearch', 'searchProspect', { paginationToken: first.paginationToken });
		const third = await lab.load('outreach', 'listSearch', 'searchProspect', { paginationToken: second.paginationToken });
		expect(third.paginationToken).toBeUndefined();
		const values = [first, second, third].flatMap(({ results }) => results.map(({ value }) => value));
		expect(new Set(values).size).toBe(120);
		expect(lab.sent()).toHaveLength(3);
	});

	test('prospects are searched at the vendor, users here; both show an email', async () => {
		const prospects = await lab.load('outreach', 'listSearch', 'searchProspect', { filter: 'anna a' });
		expect(lab.sent()).toEqual(['GET /prospects?filter[q]=anna a&fields[prospect]=firstName,lastName,emails&page[size]=50']);
		expect(prospects.results[0].name).toMatch(/^Anna Abel \(anna\.abel@.*\)$/);
		lab.sim.clearRequests();
		const users = await lab.load('outreach', 'listSearch', 'searchUser', { filter: 'CRUZ' });
		expect(lab.sent()).toEqual(['GET /users?sort=email&fields[user]=firstName,lastName,email&page[size]=1000']);
		expect(users.results).toEqual([{ name: 'Carlos Cruz (carlos.cruz@acme.example)', value: 3 }]);
	});

	test('filters, sorts, includes and fields that the resource allows', async () => {
		const filters = await load('getFilterFields', { resource: 'user' });
		expect(filters.map(({ value }) => value).sort()).toEqual(
			['id', 'createdAt', 'currentSignInAt', 'email', 'firstName', 'lastName', 'locked', 'updatedAt', 'username'].sort(),
		);
		const ofProspect = await load('getFilterFields', { resource: 'prospect' });
		expect(ofProspect.map(({ value }) => value)).toEqual(
			expect.arrayContaining(['account.customId', 'account.name', 'stage.name', 'emails', 'sharingTeamId']),
		);
		const sorts = await load('getSortFields', { resource: 'role' });
		expect(sorts.map(({ value }) => value).sort()).toEqual(['createdAt', 'externalId', 'name', 'updatedAt']);
		const related = await load('getFilterRelations', { resource: 'user' });
		expect(related.map(({ value }) => value).sort()).toEqual(['profile', 'role', 'teams']);
		const clearable = (await load('getClearable', { resource: 'user' })).map(({ value }) => value);
		expect(clearable).toContain('title');
		expect(clearable).not.toContain('email');
	});

	test('operators fit the type of the field', async () => {
		const operators = async (field: string) =>
			(await load('getOperators', { resource: 'user', filters: { condition: [{ field }] } }, { path: 'parameters.filters.condition[0].operator' })).map(({ value }) => value);
		expect(await operators('locked')).toEqual(['equals']);
		expect(await operators('lastName')).toEqual(['equals', 'oneOf', 'empty', 'notEmpty']);
		const range = ['equals', 'oneOf', 'between', 'atLeast', 'atMost', 'empty', 'notEmpty'];
		expect(await operators('createdAt')).toEqual(range);
		const ofRelated = await load(
			'getOperators',
			{ resource: 'prospect', filters: { condition: [{ field: 'account.updatedAt' }] } },
			{ path: 'parameters.filters.condition[0].operator' },
		);
		expect(ofRelated.map(({ value }) => value)).toEqual(range);
	});

	test('every filter, sort, include and field that is offered is taken by the vendor', async () => {
		const { properties } = lab.harness.nodeType('outreach').description;
		const listed = properties
			.filter(({ name, options }) => name === 'operation' && options!.some((o) => 'value' in o && o.value === 'getAll'))
			.flatMap(({ displayOptions }) => displayOptions!.show!.resource as string[])
			.filter((resource) => resource !== 'customObject' && !resource.startsWith('scim'));
		expect(listed.length).toBeGreaterThan(10);
		const refused: string[] = [];
		for (const resource of listed) {
			const values = async (method: string) => (await load(method, { resource })).map(({ value }) => String(value));
			const operators = async (field: string) =>
				(await load('getOperators', { resource, filters: { condition: [{ field }] } }, { path: 'parameters.filters.condition[0].operator' })).map(({ value }) => value);
			const fields = await values('getFilterFields');
			const condition: IDataObject[] = [];
			for (const field of fields) {
				const allowed = await operators(field);
				const value = allowed.length === 1 ? 'true' : allowed.includes('between') && /At$|^date$|Date$|Time$|^timestamp$/.test(field) ? '2026-01-01' : '1';
				condition.push({ field, operator: 'equals', value });
			}
			const sort = (await values('getSortFields')).map((field) => ({ field, direction: 'asc' }));
			const include = await values('getIncludes');
			const attempts: Array<[string, IDataObject]> = [
				['filters', { filters: { condition } }],
				['sort', { sort: { by: sort } }],
				['include', { options: { include } }],
				['fields', { options: { onlyFields: await values('getOnlyFields') } }],
			];
			for (const [what, parameters] of attempts) {
				const { error } = await lab.run(resource, 'getAll', { limit: 1, ...parameters });
				if (error) refused.push(`${resource} ${what}: ${error.message}`);
			}
		}
		expect(refused).toEqual([]);
	});

	test('every linked record that is offered has a list', async () => {
		const refused: string[] = [];
		for (const resource of ['user', 'account', 'prospect', 'sequence', 'sequenceState', 'mailbox', 'task', 'team']) {
			for (const method of ['getLinks', 'getFilterRelations']) {
				for (const { value: relation } of await load(method, { resource })) {
					await lab
						.load('outreach', 'listSearch', 'searchLinked', {
							currentNodeParameters: { resource, links: { link: [{ relation }] } } as never,
							path: 'parameters.links.link[0].record',
						})
						.catch((error: Error) => refused.push(`${resource} ${String(relation)}: ${error.message}`));
				}
			}
		}
		expect(refused).toEqual([]);
	});

	test('the list of a linked record follows the chosen relation', async () => {
		const links = await load('getLinks', { resource: 'task' });
		expect(links).toEqual(expect.arrayContaining([{ name: 'Owner', value: 'owner' }, { name: 'Subject (Account)', value: 'subject:account' }]));
		const list = await lab.load('outreach', 'listSearch', 'searchLinked', {
			currentNodeParameters: { resource: 'task', links: { link: [{ relation: 'subject:account' }] } } as never,
			path: 'parameters.links.link[0].record',
			filter: 'conto',
		});
		expect(list.results).toEqual([{ name: 'Contoso (contoso.example)', value: 2 }]);
	});

	test('a search without permission says which scope is missing', async () => {
		lab.connect({}, lab.sim.issueToken({ scopes: ['users.read'] }));
		await expect(lab.load('outreach', 'listSearch', 'searchRole', {})).rejects.toThrow(/roles\.read/);
	});
});
