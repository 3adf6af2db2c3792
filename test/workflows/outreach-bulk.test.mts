/** Bulk changes: what is sent, what comes back, and what is refused before it can change everything. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { startRecorder, type Answerer, type Recorder } from '../conformance/recorder.mts';
import { ROOT } from '../harness/index.mts';
import { LINE, described, mapper, MEDIA_TYPE, outreachCredential, outreachLab, rl, visible, where } from './support.mts';

const lab = outreachLab({ stepMs: 20 });

const BATCHES = '/batches/actions';
const CONFIRMED = '?actionParams[skipConfirmation]=true';
const byId = { record: rl('id', '={{ $json.id }}') };
const items = (...ids: number[]) => ids.map((id) => ({ id }));
const people = (...ids: number[]) => ({ entry: ids.map((id) => ({ record: rl('id', id) })) });
const batchOf = (id: number) => lab.sim.record('batch', id)!.attributes as IDataObject;

/** Every bulk change of prospects and accounts: parameters, and the attributes that travel beside the ids. */
const CHANGES: Array<[resource: string, operation: string, parameters: IDataObject, attributes: IDataObject]> = [
	['account', 'accountAddTags', { fields: mapper({ tags: 'vip, gold' }) }, { tags: ['vip', 'gold'] }],
	['account', 'accountsAddAssignments', { users: people(2, 3) }, { userIds: ['2', '3'] }],
	['account', 'accountsAssignOwner', { ownerId: rl('email', 'bea.brandt@acme.example') }, { ownerId: 2 }],
	['account', 'accountsBulkModify', { fields: mapper({ industry: 'Trade', custom3: 'x' }) }, { industry: 'Trade', custom3: 'x' }],
	['account', 'accountsDestroyAll', {}, {}],
	['account', 'accountsRemoveAllAssignments', {}, {}],
	['account', 'accountsRemoveAssignments', { users: people(2) }, { userIds: ['2'] }],
	['account', 'accountsRemoveTags', { fields: mapper({ tags: '["vip"]' }) }, { tags: ['vip'] }],
	['prospect', 'prospectsAddAssignments', { users: people(2, 3) }, { userIds: ['2', '3'] }],
	['prospect', 'prospectsAddTags', { fields: mapper({ tags: 'vip' }) }, { tags: ['vip'] }],
	[
		'prospect',
		'prospectsAddToSequence',
		{ sequence: rl('id', 1), mailbox: rl('id', 1), fields: mapper({ stepOverrides: '[{"order": 1}]' }) },
		{ sequenceId: 1, mailboxId: 1, stepOverrides: [{ order: 1 }] },
	],
	['prospect', 'prospectsAssignAccount', { account: rl('name', 'Contoso') }, { accountId: '2' }],
	['prospect', 'prospectsAssignOpportunity', { opportunity: rl('id', 1) }, { opportunityId: '1' }],
	['prospect', 'prospectsAssignOwner', { ownerId: rl('id', 3) }, { ownerId: 3 }],
	['prospect', 'prospectsBulkModify', { fields: mapper({ title: 'CTO', optedOut: 'false' }) }, { title: 'CTO', optedOut: false }],
	['prospect', 'prospectsDestroyAll', {}, {}],
	['prospect', 'prospectsFinishAll', {}, {}],
	['prospect', 'prospectsPauseAll', {}, {}],
	['prospect', 'prospectsRemoveAllAssignments', {}, {}],
	['prospect', 'prospectsRemoveAssignments', { users: people(3) }, { userIds: ['3'] }],
	['prospect', 'prospectsRemoveTags', { fields: mapper({ tags: 'vip' }) }, { tags: ['vip'] }],
];

describe('every bulk action', () => {
	test.each(CHANGES)('%s %s', async (resource, operation, parameters, attributes) => {
		const { json, error } = await lab.run(resource, operation, { ...byId, ...parameters, options: { waitMinutes: 0 } }, items(3, 4, 3));
		expect(error).toBeUndefined();
		expect(lab.writes()).toEqual([`POST ${BATCHES}/${operation}${CONFIRMED}`]);
		expect(lab.bodies()).toEqual([{ data: { attributes: { ...attributes, ids: [3, 4] } } }]);
		expect(json).toEqual([expect.objectContaining({ batchId: 1, action: operation, records: 2, state: 'pending', finished: false })]);
	});

	test('none that the vendor documents is missing', () => {
		const contract = JSON.parse(readFileSync(new URL('../simulator/outreach/contract.json', import.meta.url), 'utf8')).resources;
		const documented = Object.keys(contract.batch.actions);
		const here = [...CHANGES.map(([, operation]) => operation), 'customObjectBulkDelete', 'customObjectBulkModify', 'cancel', 'confirm'];
		expect(documented).toHaveLength(25);
		expect(here.sort()).toEqual(documented.sort());
	});

	test('confirm and cancel of a batch, with the count', async () => {
		await lab.run('prospect', 'prospectsAddTags', { ...byId, fields: mapper({ tags: 'x' }), options: { confirm: false } }, items(1, 2));
		await lab.run('prospect', 'prospectsAddTags', { ...byId, fields: mapper({ tags: 'y' }), options: { confirm: false } }, items(1));
		lab.sim.clearRequests();
		const confirmed = await lab.run('batch', 'confirm', { record: rl('id', 1), fields: mapper({ confirmedCount: 2 }) });
		const cancelled = await lab.run('batch', 'cancel', { record: rl('id', 2) });
		expect([confirmed.error, cancelled.error]).toEqual([undefined, undefined]);
		expect(lab.sent()).toEqual(['POST /batches/1/actions/confirm?actionParams[confirmedCount]=2', 'POST /batches/2/actions/cancel']);
		lab.sim.finishBatches();
		expect(lab.sim.record('prospect', 1)!.attributes.tags).toContain('x');
		expect(lab.sim.record('prospect', 1)!.attributes.tags).not.toContain('y');
	});
});

describe('custom objects', () => {
	let recorder: Recorder;
	const batch = { data: { type: 'batch', id: 9, attributes: { state: 'finished', finishedAt: '2026-01-01T00:00:00Z', total: 2, failures: 0 } } };
	const start = (answer?: Answerer) => recorder.start(answer);

	beforeAll(async () => {
		recorder = await startRecorder(MEDIA_TYPE, () => ({ body: batch }));
	});
	afterAll(() => recorder.stop());
	beforeEach(() => {
		start();
		lab.harness.credentials.set('outreachOAuth2Api', outreachCredential(recorder.url, { accessToken: 'a', refreshToken: 'r' }));
	});
	const sent = () => recorder.sent.map(({ method, path, query, body }) => ({ method, path: path.replace('/api/v2', ''), query, body }));

	test('are changed and deleted under the name of their object', async () => {
		const own = { scope: 'vehicle', ...byId };
		const modify = await lab.run('customObject', 'customObjectBulkModify', { ...own, fields: mapper({}), customFields: { field: [{ name: 'colour', value: 'red' }] } }, items(1, 2));
		const remove = await lab.run('customObject', 'customObjectBulkDelete', own, items(3));
		expect([modify.error, remove.error]).toEqual([undefined, undefined]);
		const query = ['actionParams[objectName]=vehicle', 'actionParams[skipConfirmation]=true'];
		expect(sent()).toEqual([
			{ method: 'POST', path: `${BATCHES}/customObjectBulkModify`, query, body: { data: { attributes: { colour: 'red', ids: [1, 2] } } } },
			{ method: 'POST', path: `${BATCHES}/customObjectBulkDelete`, query, body: { data: { attributes: { ids: [3] } } } },
		]);
	});

	test('by filter: the records of the object are read and counted, then confirmed', async () => {
		const waiting = { ...batch, data: { ...batch.data, attributes: { state: 'confirming', total: 4 } } };
		start(({ method, path }) => {
			if (method === 'GET' && path.endsWith('/vehicle')) return { body: { data: [1, 2, 3, 4].map((id) => ({ type: 'vehicle', id, attributes: { colour: 'red' } })) } };
			return method === 'POST' && path.endsWith('customObjectBulkDelete') ? { body: waiting } : undefined;
		});
		const filters = where({ field: 'colour', operator: 'equals', value: 'red' });
		const { error } = await lab.run('customObject', 'customObjectBulkDelete', { scope: 'vehicle', target: 'filter', filters });
		expect(error).toBeUndefined();
		expect(sent().map(({ method, path, query }) => `${method} ${path}?${query.join('&')}`)).toEqual([
			'GET /customObjects/vehicle?filter[colour]=red&fields[vehicle]=colour&page[size]=1000',
			`POST ${BATCHES}/customObjectBulkDelete?actionParams[objectName]=vehicle&actionParams[filter][colour][]=red`,
			'POST /batches/9/actions/confirm?actionParams[confirmedCount]=4',
			'GET /batches/9?',
		]);
	});

	test('that the organization no longer has: the vendor\'s words, and nothing else is sent', async () => {
		start(() => ({ status: 422, body: { errors: [{ id: 'validationError', title: 'Validation Error', detail: "There is no custom object 'vehicle'." }] } }));
		const { error } = await lab.run('customObject', 'customObjectBulkDelete', { scope: 'vehicle', ...byId }, items(3));
		expect(described(error).message).toBe("Outreach refused to delete many custom object records: There is no custom object 'vehicle'.");
		expect(recorder.sent).toHaveLength(1);
	});

	test('without a chosen object nothing is sent', async () => {
		const run = lab.run('customObject', 'customObjectBulkDelete', { scope: '', ...byId }, items(3));
		await expect(run).rejects.toThrow(LINE > 1 ? 'Parameter "Object Name or ID" is required.' : 'The workflow has issues');
		expect(recorder.sent).toEqual([]);
	});
});

describe('records from input items', () => {
	test('1,000 items are one request, and one output that is paired with all of them', async () => {
		const ids = lab.sim.seedProspects(1_000);
		const run = await lab.run('prospect', 'prospectsAddTags', { ...byId, fields: mapper({ tags: 'wave-1' }) }, items(...ids));
		expect(run.error).toBeUndefined();
		expect(lab.writes()).toEqual([`POST ${BATCHES}/prospectsAddTags${CONFIRMED}`]);
		expect(lab.sent().filter((line) => line.startsWith('GET')).every((line) => line === 'GET /batches/1')).toBe(true);
		expect(run.json).toEqual([expect.objectContaining({ records: 1_000, total: 1_000, failures: 0, state: 'finished', finished: true })]);
		expect(run.items[0].pairedItem).toEqual(ids.map((_, item) => ({ item })));
		// The ids would be repeated in it.
		expect(run.json[0]).not.toHaveProperty('payload');
		expect(lab.sim.record('prospect', ids[999])!.attributes.tags).toEqual(['wave-1']);
	});

	test('items with different values are one request per value, each output paired with its own items', async () => {
		const rows = [
			{ id: 1, tag: 'a' },
			{ id: 2, tag: 'b' },
			{ id: 3, tag: 'a' },
			{ id: 1, tag: 'b' },
		];
		const run = await lab.run('prospect', 'prospectsAddTags', { ...byId, fields: mapper({ tags: '={{ $json.tag }}' }) }, rows);
		expect(run.error).toBeUndefined();
		expect(lab.bodies()).toEqual([{ data: { attributes: { tags: ['a'], ids: [1, 3] } } }, { data: { attributes: { tags: ['b'], ids: [2, 1] } } }]);
		expect(run.items.map(({ pairedItem }) => pairedItem)).toEqual([[{ item: 0 }, { item: 2 }], [{ item: 1 }, { item: 3 }]]);
		expect(run.json.map(({ batchId, records }) => [batchId, records])).toEqual([[1, 2], [2, 2]]);
	});

	test('records by email: one look-up for all', async () => {
		const emails = [5, 6].map((id) => (lab.sim.record('prospect', id)!.attributes.emails as string[])[0]);
		const run = await lab.run('prospect', 'prospectsPauseAll', { record: rl('email', '={{ $json.mail }}') }, emails.map((mail) => ({ mail })));
		expect(run.error).toBeUndefined();
		expect(lab.sent().slice(0, 2)).toEqual([
			`GET /prospects?filter[emails]=${emails.join(',')}&fields[prospect]=emails,firstName,lastName&page[size]=1000`,
			`POST ${BATCHES}/prospectsPauseAll${CONFIRMED}`,
		]);
	});

	test('Confirm Automatically off: the batch waits, and so nobody waits for it', async () => {
		const { json } = await lab.run('prospect', 'prospectsDestroyAll', { ...byId, options: { confirm: false } }, items(1, 2));
		expect(lab.sent()).toEqual([`POST ${BATCHES}/prospectsDestroyAll`]);
		expect(json).toEqual([expect.objectContaining({ batchId: 1, state: 'confirming', finished: false })]);
		lab.sim.finishBatches();
		expect(lab.sim.record('prospect', 1)).toBeDefined();
	});

	test('more records than one request takes are two requests; one that is refused does not hide the other', async () => {
		const built = createRequire(import.meta.url)(join(ROOT, 'dist/nodes/Outreach/recipes/batch.js')) as { BATCH_SIZE: number };
		expect(built.BATCH_SIZE).toBe(100_000);
		built.BATCH_SIZE = 3;
		try {
			lab.sim.addFault({ match: { method: 'POST', path: `/api/v2${BATCHES}/*` }, after: 1, kind: 'status', status: 422, body: { errors: [{ detail: 'Too much for today' }] } });
			const run = await lab.run('prospect', 'prospectsPauseAll', byId, items(1, 2, 3, 4, 1), { continueOnFail: true });
			expect(lab.bodies().map(({ data }) => data.attributes!.ids)).toEqual([[1, 2, 3], [4]]);
			expect(run.json.map(({ records, error }) => records ?? error)).toEqual([3, 'Outreach refused to pause sequences of many prospects: Too much for today [item 3]']);
			expect(JSON.stringify(run.json[1])).toContain('Already started: batch 1.');
			expect(run.items.map(({ pairedItem }) => pairedItem)).toEqual([[{ item: 0 }, { item: 4 }, { item: 1 }, { item: 2 }], { item: 3 }]);
		} finally {
			built.BATCH_SIZE = 100_000;
		}
	});
});

describe('records by filter', () => {
	const nobody = where({ field: 'title', operator: 'equals', value: 'Astronaut' });
	const since = '2020-01-01T00:00:00.000Z';
	const open = { target: 'filter', filters: where({ field: 'createdAt', operator: 'atLeast', value: since }, { field: 'title', operator: 'oneOf', value: 'CTO,Founder' }) };

	const matching = () => lab.sim.records('prospect').filter(({ attributes }) => ['CTO', 'Founder'].includes(String(attributes.title))).map(({ id }) => id);

	test('read and check first, compare the numbers, confirm with the number', async () => {
		const wanted = matching();
		const run = await lab.run('prospect', 'prospectsAddTags', { ...open, fields: mapper({ tags: 'tech' }) });
		expect(run.error).toBeUndefined();
		const sent = lab.sent();
		expect(sent[0]).toBe(`GET /prospects?filter[createdAt]=${since}..inf&filter[title]=CTO,Founder&fields[prospect]=createdAt,title&page[size]=1000`);
		expect(sent[1]).toBe(`POST ${BATCHES}/prospectsAddTags?actionParams[filter][createdAt][gte]=${since}&actionParams[filter][title][]=CTO&actionParams[filter][title][]=Founder`);
		expect(sent[2]).toBe(`POST /batches/1/actions/confirm?actionParams[confirmedCount]=${wanted.length}`);
		expect(lab.bodies(BATCHES)).toEqual([{ data: { attributes: { tags: ['tech'] } } }]);
		expect(run.json).toEqual([expect.objectContaining({ total: wanted.length, failures: 0, state: 'finished', finished: true })]);
		const tagged = lab.sim.records('prospect').filter(({ attributes }) => (attributes.tags as string[]).includes('tech')).map(({ id }) => id);
		expect(wanted.length).toBeGreaterThan(3);
		expect(tagged).toEqual(wanted);
	});

	/** The list shows fewer records than the batch finds, as when somebody adds one in between. */
	const seesFewer = () => {
		const data = lab.sim.records('prospect').filter(({ attributes }) => attributes.title === 'CTO').slice(0, 3);
		lab.sim.addFault({ match: { method: 'GET', path: '/api/v2/prospects', query: 'fields' }, kind: 'status', status: 200, body: { data }, headers: { 'content-type': MEDIA_TYPE } });
	};

	test('numbers that disagree: cancelled before anything is changed, and said so', async () => {
		seesFewer();
		const before = lab.sim.records('prospect');
		const { error, status } = await lab.run('prospect', 'prospectsDestroyAll', open);
		const total = batchOf(1).total;
		expect(status).toBe('error');
		expect(described(error)).toEqual({
			message: `Outreach would change ${total} prospects, but the filters match 3`,
			description: 'Nothing was changed: batch 1 was cancelled before it began. Use Get Many with the same filters, and "From Input Items" here.',
		});
		expect(lab.writes().at(-1)).toBe('POST /batches/1/actions/cancel');
		expect(batchOf(1).state).toBe('canceled');
		lab.sim.finishBatches();
		expect(lab.sim.records('prospect')).toEqual(before);
	});

	test('numbers that disagree, and the batch cannot be cancelled: not confirmed either', async () => {
		seesFewer();
		lab.sim.addFault({ match: { path: '*/actions/cancel' }, kind: 'status', status: 403, times: -1 });
		const { error } = await lab.run('prospect', 'prospectsDestroyAll', open);
		expect(described(error).description).toMatch(/^Nothing was changed: batch 1 waits for a confirmation; do not confirm it\./);
		expect(batchOf(1).state).toBe('confirming');
	});

	test('a confirmation whose answer is lost is not taken for a refusal', async () => {
		lab.sim.addFault({ match: { path: '*/actions/confirm' }, kind: 'reset', afterEffect: true });
		const run = await lab.run('prospect', 'prospectsAddTags', { ...open, fields: mapper({ tags: 'tech' }) });
		expect(run.error).toBeUndefined();
		expect(run.json).toEqual([expect.objectContaining({ state: 'finished', failures: 0 })]);
		expect(lab.writes().filter((line) => line.includes('/confirm'))).toHaveLength(2);
	});

	test('without a filter nothing is sent', async () => {
		const { error } = await lab.run('prospect', 'prospectsDestroyAll', { target: 'filter', filters: {} });
		expect(described(error)).toEqual({
			message: 'Filters are missing: without one, every record of the organization would be changed',
			description: 'Add a filter. To change every record, choose "All Records" under "Records".',
		});
		expect(lab.sent()).toEqual([]);
	});

	test('a filter whose value came out empty sends nothing', async () => {
		const { error } = await lab.run('prospect', 'prospectsDestroyAll', { target: 'filter', filters: where({ field: 'title', operator: 'equals', value: '={{ $json.title }}' }) });
		expect(error?.message).toMatch(/^Filters: Title has no value/);
		expect(lab.sent()).toEqual([]);
	});

	test('a filter that matches nothing changes nothing', async () => {
		const { json } = await lab.run('prospect', 'prospectsDestroyAll', { target: 'filter', filters: nobody });
		expect(json).toEqual([{ action: 'prospectsDestroyAll', state: 'nothing to do', total: 0 }]);
		expect(lab.writes()).toEqual([]);
	});

	test('All Records: one request for all items, confirmed with the number that the vendor says', async () => {
		// Accounts without a name are in no list, and so in no change.
		const named = () => lab.sim.records('account').filter((r) => r.attributes.named);
		const all = named().length;
		const run = await lab.run('account', 'accountAddTags', { target: 'all', fields: mapper({ tags: 'everyone' }) }, [{}, {}]);
		expect(run.error).toBeUndefined();
		expect(lab.sent().slice(0, 2)).toEqual([
			`POST ${BATCHES}/accountAddTags`,
			`POST /batches/1/actions/confirm?actionParams[confirmedCount]=${all}`,
		]);
		expect(run.json).toEqual([expect.objectContaining({ total: all, state: 'finished' })]);
		expect(named().every(({ attributes }) => (attributes.tags as string[]).includes('everyone'))).toBe(true);
	});

	test('All Records with Confirm Automatically off waits for a person', async () => {
		const { json } = await lab.run('account', 'accountsDestroyAll', { target: 'all', options: { confirm: false } });
		expect(json).toEqual([expect.objectContaining({ state: 'confirming', finished: false })]);
		expect(lab.writes()).toEqual([`POST ${BATCHES}/accountsDestroyAll`]);
	});
});

describe('what the vendor does not change', () => {
	test('half of the records rejected: the other half is done, and each failure has its reason', async () => {
		const run = await lab.run('prospect', 'prospectsAddTags', { ...byId, fields: mapper({ tags: 'x' }) }, items(1, 900_001, 2, 900_002));
		expect(run.error).toBeUndefined();
		expect(run.json).toEqual([
			expect.objectContaining({
				total: 4,
				failures: 2,
				state: 'finished',
				failed: [900_001, 900_002].map((id) => ({ id, type: 'prospect', reason: `Could not find prospect ${id}`, batchItemId: expect.any(Number) })),
			}),
		]);
		expect(lab.sent().at(-1)).toBe('GET /batchItems?filter[batchId]=1&filter[failed]=true&page[size]=1000');
		expect(lab.sim.record('prospect', 2)!.attributes.tags).toContain('x');
	});

	test('Return Failed Records off spares the request', async () => {
		const run = await lab.run('prospect', 'prospectsPauseAll', { ...byId, options: { returnFailed: false } }, items(900_001));
		expect(run.json).toEqual([expect.objectContaining({ failures: 1 })]);
		expect(run.json[0]).not.toHaveProperty('failed');
		expect(lab.sent().some((line) => line.includes('batchItems'))).toBe(false);
	});

	test('failures that cannot be listed do not hide the result', async () => {
		lab.sim.addFault({ match: { path: '/api/v2/batchItems' }, kind: 'status', status: 403, times: -1 });
		const run = await lab.run('prospect', 'prospectsPauseAll', byId, items(1, 900_001));
		expect(run.error).toBeUndefined();
		expect(run.json).toEqual([expect.objectContaining({ total: 2, failures: 1, failedUnknown: expect.stringContaining('Outreach refused to list') })]);
	});

	test('a value that the vendor refuses: one error for all, nothing half done', async () => {
		const run = await lab.run('prospect', 'prospectsAssignOwner', { ...byId, ownerId: rl('id', 4_711) }, items(1, 2));
		expect(run.error?.message).toContain('Outreach refused to assign owner to many prospects');
		expect(run.error?.message).toContain('ownerId');
		expect(lab.sim.records('batch')).toEqual([]);
	});

	test('Continue On Fail: the refused value is an error of its items, the other is done', async () => {
		const rows = [
			{ id: 1, owner: 4_711 },
			{ id: 2, owner: 3 },
			{ id: 3, owner: 4_711 },
		];
		const run = await lab.run('prospect', 'prospectsAssignOwner', { ...byId, ownerId: rl('id', '={{ $json.owner }}') }, rows, { continueOnFail: true });
		expect(run.error).toBeUndefined();
		expect(run.items.map(({ json, pairedItem }) => [json.batchId ?? json.error, pairedItem])).toEqual([
			[1, [{ item: 1 }]],
			[expect.stringMatching(/ownerId.*\[item 0\]$/), { item: 0 }],
			[expect.stringMatching(/ownerId.*\[item 2\]$/), { item: 2 }],
		]);
		expect(lab.sim.record('prospect', 2)!.relationships.owner).toEqual({ type: 'user', id: 3 });
	});

	test('without Continue On Fail the refusal names what was started before', async () => {
		const rows = [
			{ id: 2, owner: 3 },
			{ id: 1, owner: 4_711 },
		];
		const run = await lab.run('prospect', 'prospectsAssignOwner', { ...byId, ownerId: rl('id', '={{ $json.owner }}') }, rows);
		expect(run.error?.message).toContain('ownerId');
		expect(described(run.error).description).toMatch(/^Already started: batch 1\./);
	});

	test('a start without an answer is reported as unknown and not repeated', async () => {
		lab.sim.addFault({ match: { method: 'POST', path: `/api/v2${BATCHES}/*` }, kind: 'reset', afterEffect: true });
		const run = await lab.run('prospect', 'prospectsAddTags', { ...byId, fields: mapper({ tags: 'x' }) }, items(1));
		expect(run.error?.message).toBe('It is not known whether Outreach did it: add tags to many prospects');
		expect(lab.writes()).toHaveLength(1);
	});

	test('a batch that the vendor gives up, or that somebody cancels, is an error', async () => {
		lab.sim.stepMs = 60_000;
		lab.sim.addFault({
			match: { method: 'GET', path: '/api/v2/batches/1' },
			kind: 'status',
			status: 200,
			headers: { 'content-type': MEDIA_TYPE },
			body: { data: { type: 'batch', id: 1, attributes: { state: 'canceled', total: 2, failures: 0, pending: 1 } } },
		});
		const run = await lab.run('prospect', 'prospectsDestroyAll', byId, items(1, 2));
		expect(run.error?.message).toMatch(/^Outreach did not finish the change \(delete many prospects\): batch 1 is canceled/);
		expect(described(run.error).description).toContain('"pending":1');
	});
});

describe('waiting', () => {
	test('until the time is up; what is known then is returned', async () => {
		lab.sim.stepMs = 60_000;
		const run = await lab.run('prospect', 'prospectsPauseAll', { ...byId, options: { waitMinutes: 0.03 } }, items(1));
		expect(run.error).toBeUndefined();
		expect(run.json).toEqual([expect.objectContaining({ batchId: 1, state: 'pending', finished: false })]);
		expect(run.elapsedMs).toBeGreaterThan(1_700);
		expect(run.elapsedMs).toBeLessThan(4_000);
		// Ever longer pauses: 0.5, 1, and the rest.
		expect(lab.sent().slice(1)).toEqual(['GET /batches/1', 'GET /batches/1', 'GET /batches/1']);
	});

	test('Stop ends it within a second', async () => {
		lab.sim.stepMs = 60_000;
		const stop = new AbortController();
		setTimeout(() => stop.abort(), 2_000);
		const run = await lab.run('prospect', 'prospectsPauseAll', byId, items(1), { signal: stop.signal });
		expect(run.status).toBe('canceled');
		expect(run.afterCancelMs).toBeLessThan(1_000);
		const count = lab.sent().length;
		await new Promise((done) => setTimeout(done, 700));
		expect(lab.sent()).toHaveLength(count);
	});

	test('Stop before a change by filter is confirmed leaves it unconfirmed', async () => {
		const stop = new AbortController();
		lab.sim.addFault({
			match: { method: 'POST', path: `/api/v2${BATCHES}/*` },
			kind: 'status',
			status: 200,
			headers: { 'content-type': MEDIA_TYPE },
			body: { data: { type: 'batch', id: 77, attributes: { state: 'pending', total: null } } },
		});
		lab.sim.addFault({
			match: { method: 'GET', path: '/api/v2/batches/77' },
			kind: 'status',
			status: 200,
			times: -1,
			headers: { 'content-type': MEDIA_TYPE },
			body: { data: { type: 'batch', id: 77, attributes: { state: 'pending', total: null } } },
		});
		setTimeout(() => stop.abort(), 1_000);
		const run = await lab.run('prospect', 'prospectsDestroyAll', { target: 'all' }, [{}], { signal: stop.signal });
		expect(run.status).toBe('canceled');
		expect(run.afterCancelMs).toBeLessThan(1_000);
		expect(lab.writes().filter((line) => line.includes('/confirm'))).toEqual([]);
	});

	test('a look at the batch that fails says that the change goes on', async () => {
		lab.sim.addFault({ match: { method: 'GET', path: '/api/v2/batches/1' }, kind: 'status', status: 403, times: -1 });
		const run = await lab.run('prospect', 'prospectsPauseAll', byId, items(1));
		expect(run.error?.message).toContain('Outreach refused to get batch 1');
		expect(described(run.error).description).toMatch(/^Already started: batch 1\./);
	});
});

describe('bad input is refused before anything is sent', () => {
	const refused = async (parameters: IDataObject, rows: IDataObject[], operation = 'prospectsAddTags') => {
		const run = await lab.run('prospect', operation, parameters, rows);
		expect(lab.sent()).toEqual([]);
		expect(run.error).toBeDefined();
		expect(visible(run)).not.toContain(lab.sim.accessToken);
		return described(run.error);
	};
	const tags = { fields: mapper({ tags: 'x' }) };

	test.each([
		['a word', 'Anna'],
		['a UUID', '3f2b8c1e-0000-4000-8000-000000000000'],
		['zero', 0],
		['a fraction', 1.5],
		['a negative number', -3],
		['a list', '1,2'],
	])('%s instead of an ID', async (_what, id) => {
		const { message } = await refused({ ...byId, ...tags }, [{ id: 1 }, { id }]);
		expect(message).toBe(`Prospect: "${id}" is not an ID [item 1]`);
	});

	test('an email or a name that nobody has, in place of an ID', async () => {
		for (const id of ['nobody@example.com', 'No Body']) {
			const run = await lab.run('prospect', 'prospectsAddTags', { ...byId, ...tags }, [{ id: 1 }, { id }]);
			expect(described(run.error).message).toMatch(/^Prospect: there is no prospect with the .*\[item 1\]$/);
			expect(lab.writes()).toEqual([]);
		}
	});

	test.each([
		['missing', undefined],
		['empty', ''],
		['null', null],
	])('an ID that is %s', async (_what, id) => {
		const { message } = await refused({ ...byId, ...tags }, [{ id: 1 }, { id }] as IDataObject[]);
		expect(message).toBe('Prospect is missing [item 1]');
	});

	test('no tags', async () => {
		expect((await refused({ ...byId, fields: mapper({ tags: '={{ $json.tags }}' }) }, [{ id: 1 }])).message).toBe('Tags is missing');
	});

	test('nothing to set', async () => {
		expect((await refused({ ...byId, fields: mapper({ title: '={{ $json.title }}' }) }, [{ id: 1 }], 'prospectsBulkModify')).message).toBe('There is nothing to change: no field was given');
	});

	test('a field that does not exist, or that only the vendor sets', async () => {
		expect((await refused({ ...byId, fields: mapper({ titel: 'CTO' }) }, [{ id: 1 }], 'prospectsBulkModify')).message).toMatch(/^Prospect has no field "titel"; similar: title/);
		expect((await refused({ ...byId, fields: mapper({ createdAt: '2026-01-01' }) }, [{ id: 1 }], 'prospectsBulkModify')).message).toBe('"createdAt" is read-only');
	});

	test('an owner that is no ID, and none at all', async () => {
		expect((await refused({ ...byId, ownerId: rl('id', '={{ $json.owner }}') }, [{ id: 1, owner: 'Bea' }], 'prospectsAssignOwner')).message).toBe('New Owner: "Bea" is not an ID');
		expect((await refused({ ...byId, ownerId: rl('id', '={{ $json.owner }}') }, [{ id: 1 }], 'prospectsAssignOwner')).message).toBe('New Owner is missing');
	});

	test('a filter by something that cannot be filtered', async () => {
		const filters = where({ field: 'middleName', operator: 'equals', value: 'x' });
		expect((await refused({ target: 'filter', filters, ...tags }, [{}])).message).toMatch(/^Filters: Prospect cannot be filtered by "middleName"/);
	});
});
