import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createHarness, ROOT, type Harness } from '../harness/index.mts';

const LAB = join(ROOT, 'test', 'fixtures', 'lab-package');

let server: Server;
let baseUrl: string;
let harness: Harness;
let valid: Record<string, string>;
let tokenRequests: string[];

beforeAll(async () => {
	server = createServer(async (request, response) => {
		const answer = (status: number, body: unknown) => {
			response.writeHead(status, { 'content-type': 'application/json' });
			response.end(JSON.stringify(body));
		};
		const url = new URL(request.url ?? '', 'http://lab');
		const [scheme, token] = (request.headers.authorization ?? '').split(' ');
		if (url.pathname === '/token') {
			const body = await request.setEncoding('utf8').reduce((all, chunk) => all + chunk, '');
			const sent = new URLSearchParams(body);
			tokenRequests.push(sent.get('refresh_token') ?? '');
			await pause(20);
			const number = tokenRequests.length;
			valid.Bearer = `access-${number}`;
			answer(200, {
				access_token: valid.Bearer,
				refresh_token: `refresh-${number}`,
				token_type: 'bearer',
				expires_in: 7200,
			});
		} else if (url.pathname === '/session') {
			valid.Session = `session-${Math.random()}`;
			answer(200, { session: valid.Session });
		} else if (token !== valid[scheme]) {
			answer(401, { message: `${scheme} is not let in` });
		} else if (url.pathname === '/names') {
			answer(200, { names: ['Ada', 'Grace'] });
		} else if (url.pathname === '/slow') {
			await pause(5_000, undefined, { ref: false });
			answer(200, {});
		} else {
			answer(200, { path: url.pathname, ...Object.fromEntries(url.searchParams), scheme });
		}
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
	server.closeAllConnections();
	server.close();
});

beforeEach(async () => {
	tokenRequests = [];
	valid = { Lab: 'secret', Function: 'other', Bearer: 'none', Session: 'none' };
	harness = await createHarness({
		packages: [LAB],
		credentials: {
			labApi: { data: { baseUrl, key: 'secret' } },
			labFunctionApi: { data: { baseUrl, key: 'other' } },
			labSessionApi: { data: { baseUrl, session: '' } },
			labOAuth2Api: {
				data: {
					baseUrl,
					clientId: 'id',
					clientSecret: 'hush',
					oauthTokenData: { access_token: 'stale', refresh_token: 'refresh-0', token_type: 'bearer' },
				},
			},
		},
	});
});

test('runs a node with its items, defaults and expressions, and pairs what comes out', async () => {
	const { json, items, status, error } = await harness.runNode(
		'lab',
		{ value: '={{ $json.name }}', path: '=/people/{{ $itemIndex }}' },
		[{ name: 'Ada' }, { name: 'Grace' }],
	);
	expect(error).toBeUndefined();
	expect(status).toBe('success');
	expect(json).toEqual([
		{ path: '/people/0', value: 'Ada', via: 'expression', scheme: 'Lab' },
		{ path: '/people/1', value: 'Grace', via: 'expression', scheme: 'Lab' },
	]);
	expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
	const byDefault = await harness.runNode('lab');
	expect(byDefault.json[0]).toMatchObject({ path: '/echo', value: 'by default' });
});

test('gives the execution hints', async () => {
	const { hints } = await harness.runNode('lab', {}, [{}, {}]);
	expect(hints).toEqual([{ message: 'Did 2', location: 'outputPane' }]);
});

test('an error stops the node, or with Continue On Fail the item', async () => {
	const items = [{ name: 'good' }, { name: 'bad' }, { name: 'fine' }];
	const stopped = await harness.runNode('lab', { value: '={{ $json.name }}' }, items);
	expect(stopped.status).toBe('error');
	// The engine records a copy: the name tells the class.
	expect(stopped.error).toMatchObject({
		name: 'NodeOperationError',
		message: 'A bad value',
		context: { itemIndex: 1 },
	});
	const continued = await harness.runNode('lab', { value: '={{ $json.name }}' }, items, {
		continueOnFail: true,
	});
	expect(continued.error).toBeUndefined();
	expect(continued.json.map(({ value, error }) => value ?? error)).toEqual(['good', 'A bad value', 'fine']);
});

test('authenticates by function', async () => {
	const { json } = await harness.runNode('lab', { credential: 'labFunctionApi' });
	expect(json[0]).toMatchObject({ scheme: 'Function' });
});

test('obtains a session before the first request, keeps it, and renews it when it expired', async () => {
	const first = await harness.runNode('lab', { credential: 'labSessionApi' });
	expect(first.error).toBeUndefined();
	const stored = () => harness.credentials.get('labSessionApi').data.session;
	const session = stored();
	expect(session).toBe(valid.Session);
	await harness.runNode('lab', { credential: 'labSessionApi' });
	expect(stored()).toBe(session);
	valid.Session = 'expired elsewhere';
	const later = await harness.runNode('lab', { credential: 'labSessionApi' });
	expect(later.error).toBeUndefined();
	expect(stored()).toBe(valid.Session);
});

test('refreshes an OAuth2 token once and keeps the rotated one', async () => {
	const { json, error } = await harness.runNode('lab', { credential: 'labOAuth2Api' }, [{}, {}, {}]);
	expect(error).toBeUndefined();
	expect(json).toHaveLength(3);
	expect(tokenRequests).toEqual(['refresh-0']);
	expect(harness.credentials.get('labOAuth2Api').data.oauthTokenData).toMatchObject({
		access_token: 'access-1',
		refresh_token: 'refresh-1',
	});
	valid.Bearer = 'revoked';
	await harness.runNode('lab', { credential: 'labOAuth2Api' });
	expect(tokenRequests).toEqual(['refresh-0', 'refresh-1']);
});

test('cancels a request under way', async () => {
	const stop = new AbortController();
	setTimeout(() => stop.abort(), 100);
	const result = await harness.runNode('lab', { path: '/slow' }, [{}], { signal: stop.signal });
	expect(result.status).toBe('canceled');
	expect(result.afterCancelMs).toBeLessThan(1_000);
});

test('carries binary data in and out', async () => {
	const data = { data: Buffer.from('hello').toString('base64'), mimeType: 'text/plain' };
	const { json, items } = await harness.runNode('lab', { file: true }, [{ json: {}, binary: { data } }]);
	expect(json[0].bytes).toBe(5);
	expect(items[0].binary?.data).toMatchObject({ fileName: 'a.txt', data: data.data });
});

test('calls the methods of the editor', async () => {
	expect(await harness.loadOptions('lab', 'loadOptions', 'getNames')).toEqual([
		{ name: 'Ada', value: 'Ada' },
		{ name: 'Grace', value: 'Grace' },
	]);
	const search = { currentNodeParameters: { kind: 'user' }, filter: 'ad', paginationToken: '2' };
	expect(await harness.loadOptions('lab', 'listSearch', 'search', search)).toEqual({
		results: [{ name: 'user ad', value: 'ad' }],
		paginationToken: '2',
	});
	const { fields } = await harness.loadOptions('lab', 'resourceMapping', 'columns');
	expect(fields).toHaveLength(1);
	await expect(harness.loadOptions('lab', 'loadOptions', 'getNothing')).rejects.toThrow('getNothing');
});

test('runs a workflow with stand-ins for nodes of n8n', async () => {
	const { order, output, error } = await harness.run(
		{
			nodes: [
				{ id: '1', name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, position: [0, 0], parameters: {} },
				{
					id: '2',
					name: 'Set',
					type: 'n8n-nodes-base.set',
					typeVersion: 3.4,
					position: [0, 0],
					parameters: { assignments: { assignments: [{ name: 'who', value: '={{ $json.name }}!' }] } },
				},
				{
					id: '3',
					name: 'Lab',
					type: 'n8n-nodes-lab.lab',
					typeVersion: 1,
					position: [0, 0],
					parameters: { value: "={{ $json.who + $('Start').item.json.name }}" },
					credentials: { labApi: { id: 'of another instance', name: 'x' } },
				},
			],
			connections: {
				Start: { main: [[{ node: 'Set', type: 'main', index: 0 }]] },
				Set: { main: [[{ node: 'Lab', type: 'main', index: 0 }]] },
			},
		},
		{ input: [{ name: 'Ada' }, { name: 'Grace' }] },
	);
	expect(error).toBeUndefined();
	expect(order).toEqual(['Start', 'Set', 'Lab']);
	expect(output('Lab').map(({ json }) => json.value)).toEqual(['Ada!Ada', 'Grace!Grace']);
});

test('is ready at once', async () => {
	const started = performance.now();
	await createHarness({ packages: [LAB] });
	expect(performance.now() - started).toBeLessThan(2_000);
});
