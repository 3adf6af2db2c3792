/**
 * Every operation of the BranchCMS node, run by n8n's engine for two items with different values, against what the
 * vendor's pages say (branchcms-contract.json). `test/conformance/outreach.test.mts` tells more about the method.
 */
import { readFileSync } from 'node:fs';
import type { IDataObject, INodeExecutionData, INodeParameters, ResourceMapperField } from 'n8n-workflow';
import { branchCms } from '../../dist/nodes/BranchCms/vendor.js';
import { isCheck } from '../../dist/nodes/shared/spec/connection.js';
import { operationsOf } from '../../dist/nodes/shared/spec/operation.js';
import { createHarness, type Harness } from '../harness/index.mts';
import { expectDryRun } from './dry-run.mts';
import { falseClaims, falseFindings, lostOnLargePages } from './liars.mts';
import { asTemplate, comparable, startRecorder, type Answerer, type Expected, type Recorder, type Sent } from './recorder.mts';
import { inQuery, valueOf, type Rule, type Turn } from './values.mts';

interface Facts {
	path: string;
	operations: string[];
	attributes: Record<string, Rule & { flags: string }>;
}

const contract: Record<string, Facts> = JSON.parse(readFileSync(new URL('branchcms-contract.json', import.meta.url), 'utf8')).resources;

const TOKEN = '0F1E2D3C4B5A69788796A5B4C3D2E1F001234567';
const TURNS: Turn[] = [1, 2];
const idOf = (turn: Turn) => turn * 1000 + 7;
const BY_ID = { __rl: true, mode: 'id', value: '={{ $json.id }}' };

interface Case {
	parameters?: INodeParameters;
	items: Array<INodeExecutionData | IDataObject>;
	expected: Expected[];
	answer?: Answerer;
	/** The body is a form, compared by its own test. */
	form?: boolean;
	/** Reconcile: keys of people who are not in the list. */
	leavers?: string[];
}

let recorder: Recorder;
let harness: Harness;
const reached = new Set<string>();

function plausible({ method, path, body }: Sent) {
	const id = Number(/\/(\d+)$/.exec(path)?.[1] ?? NaN);
	if (method === 'DELETE') return { status: 204 };
	if (method === 'GET' && Number.isNaN(id)) return { body: { data: [{ id: 900 }], pagination: { currentPage: 1, totalPages: 1 }, totalItems: 1 } };
	return { status: method === 'POST' ? 201 : 200, body: { id: Number.isNaN(id) ? 900 : id, ...(typeof body === 'object' ? body : {}), links: [{ rel: 'self', url: '/accounts/2758' }] } };
}

beforeAll(async () => {
	recorder = await startRecorder('application/json', plausible);
	harness = await createHarness({ credentials: { branchCmsApi: { data: { siteUrl: recorder.url, token: TOKEN, authentication: 'bearer' } } } });
});

afterAll(() => recorder.stop());

const writable = (facts: Facts) => Object.keys(facts.attributes).filter((name) => facts.attributes[name].flags.includes('w'));
const readable = (facts: Facts) => Object.keys(facts.attributes).filter((name) => !facts.attributes[name].flags.includes('o'));

/** Parts of `time` that can be written, as the calendar's page shows them. */
const given = (name: string, rule: Rule, turn: Turn) => (name === 'time' ? { start: `0${turn}:00:00`, end: `0${turn}:30:00`, type: 'timed' } : valueOf(name, rule, turn));

function written(facts: Facts, columns: ResourceMapperField[]) {
	const names = writable(facts);
	const attributes = (turn: Turn): IDataObject => Object.fromEntries(names.map((name) => [name, given(name, facts.attributes[name], turn)])) as IDataObject;
	return {
		attributes,
		parameters: {
			fields: { mappingMode: 'defineBelow', value: Object.fromEntries(names.map((name) => [name, `={{ $json.fields.${name} }}`])), matchingColumns: [], schema: columns as unknown as IDataObject[] },
			customFields: { field: [{ name: 'memberLevel', value: '={{ $json.level }}' }] },
			options: { customFieldsJson: '={{ $json.more }}' },
		} as INodeParameters,
		item: (turn: Turn): IDataObject => ({ id: idOf(turn), level: `level ${turn}`, more: { points: turn, tags: [`t${turn}`] }, fields: attributes(turn) }),
		body: (turn: Turn) => ({ ...attributes(turn), memberLevel: `level ${turn}`, points: turn, tags: [`t${turn}`] }),
	};
}

const text = (bytes: string) => ({ data: { data: Buffer.from(bytes).toString('base64'), mimeType: 'image/png', fileName: `${bytes}.png` } });

function casesOf(resource: string, operation: string, columns: ResourceMapperField[]): Record<string, Case> | undefined {
	const facts = contract[resource];
	const write = written(facts, columns);
	const one = (turn: Turn) => `${facts.path}/${idOf(turn)}`;
	switch (operation) {
		case 'create':
			return { 'all attributes': { parameters: write.parameters, items: TURNS.map(write.item), expected: TURNS.map((turn) => ({ method: 'POST', path: facts.path, body: write.body(turn) })) } };
		case 'update':
		case 'replace':
			return {
				'all attributes': {
					parameters: { ...write.parameters, record: BY_ID },
					items: TURNS.map(write.item),
					expected: TURNS.map((turn) => ({ method: operation === 'update' ? 'PATCH' : 'PUT', path: one(turn), body: write.body(turn) })),
				},
			};
		case 'get':
			return { 'by ID': { parameters: { record: BY_ID }, items: TURNS.map((turn) => ({ id: idOf(turn) })), expected: TURNS.map((turn) => ({ method: 'GET', path: one(turn) })) } };
		case 'delete':
			return { 'by ID': { parameters: { record: BY_ID }, items: TURNS.map((turn) => ({ id: idOf(turn) })), expected: TURNS.flatMap((turn) => ['DELETE', ...(resource === 'account' ? ['GET'] : [])].map((method) => ({ method, path: one(turn) }))) } };
		case 'getAll': {
			const names = readable(facts).filter((name) => facts.attributes[name].type !== 'object');
			const value = (name: string, turn: Turn) => inQuery(given(name, facts.attributes[name], turn));
			return Object.fromEntries(
				['brackets', 'colon'].map((form): [string, Case] => [
					`with filters in ${form}`,
					{
						parameters: {
							limit: '={{ $json.limit }}',
							filters: { condition: names.map((field) => ({ field, operator: 'equals', value: `={{ $json.values.${field} }}` })) },
							sort: { by: names.slice(0, 2).map((field) => ({ field, direction: '={{ $json.direction }}' })) },
							options: { filterSyntax: form, extraQuery: '=instance={{ $json.instance }}' },
						},
						items: TURNS.map((turn) => ({
							limit: 5 + turn,
							direction: turn === 1 ? 'asc' : 'desc',
							instance: `news${turn}`,
							values: Object.fromEntries(names.map((name) => [name, value(name, turn)])),
						})),
						expected: TURNS.map((turn) => ({
							method: 'GET',
							path: facts.path,
							query: [
								...names.map((name) => (form === 'colon' ? `attributes=${name}:${value(name, turn)}` : `attributes[${name}]=${value(name, turn)}`)),
								`sort=${names.slice(0, 2).map((name) => `${turn === 1 ? '' : '-'}${name}`).join(',')}`,
								`instance=news${turn}`,
								`limit=${5 + turn}`,
								'page=1',
							],
						})),
						// Answers that the filters let through, so that both items have an output.
						answer: ({ query }) => ({
							body: { data: [{ id: idOf(query.includes('limit=6') ? 1 : 2) }], pagination: { currentPage: 1, totalPages: 1 } },
						}),
					},
				]),
			);
		}
		case 'upsert': {
			const names = writable(facts).filter((name) => name !== 'email');
			const there = { id: 52, email: 'old@site.example', ...Object.fromEntries(names.map((name) => [name, ''])) };
			const body = (turn: Turn) => Object.fromEntries(Object.entries(write.body(turn)).filter(([name]) => name !== 'email'));
			const lookUp = (email: string) => ({ method: 'GET', path: facts.path, query: [`attributes[email]=${email}`, 'limit=100', 'page=1'] });
			return {
				'one new, one there': {
					parameters: {
						...write.parameters,
						matchValue: '={{ $json.email }}',
						fields: { ...(write.parameters.fields as IDataObject), value: Object.fromEntries(names.map((name) => [name, `={{ $json.fields.${name} }}`])) } as INodeParameters,
					},
					items: [
						{ ...write.item(1), email: 'new@site.example' },
						{ ...write.item(2), email: 'old@site.example' },
					],
					answer: ({ method, query }) => (method === 'GET' ? { body: { data: query.includes('attributes[email]=old@site.example') ? [there] : [], pagination: { currentPage: 1, totalPages: 1 } } } : undefined),
					expected: [
						lookUp('new@site.example'),
						// Once more after the creation: another execution could have made one, too.
						lookUp('new@site.example'),
						lookUp('old@site.example'),
						{ method: 'POST', path: facts.path, body: { ...body(1), email: 'new@site.example' } },
						{ method: 'PATCH', path: `${facts.path}/52`, body: body(2) },
					],
				},
			};
		}
		case 'reconcile': {
			const there = [
				{ id: 52, email: 'old@site.example', firstName: 'Old', lastName: 'One', title: 'Rep', company: 'Acme' },
				{ id: 53, email: 'gone@site.example', firstName: 'Gone', lastName: 'One', title: 'Rep', company: 'Acme' },
				{ id: 54, email: 'other@elsewhere.example', firstName: 'Other', lastName: 'One', title: 'Rep', company: 'Acme' },
			];
			const parameters: INodeParameters = {
				matchValue: '={{ $json.key }}',
				fields: { mappingMode: 'defineBelow', value: { firstName: '={{ $json.first }}', title: '={{ $json.title }}', password: '={{ $json.password }}' }, matchingColumns: [], schema: columns as unknown as IDataObject[] } as unknown as INodeParameters,
				domains: 'site.example',
				notInList: 'delete',
				dryRun: false,
			};
			const changing: Expected[] = [
				{ method: 'POST', path: facts.path, body: { email: 'new@site.example', firstName: 'New', title: 'Clerk', password: 'secret 1' } },
				{ method: 'PATCH', path: `${facts.path}/52`, body: { title: 'Director' } },
				{ method: 'DELETE', path: `${facts.path}/53` },
				{ method: 'GET', path: `${facts.path}/53` },
			];
			const page = (query: string[]): Expected => ({ method: 'GET', path: facts.path, query: [...query, 'limit=100', 'page=1'] });
			const shared = {
				leavers: ['gone@site.example'],
				items: [
					{ key: 'new@site.example', first: 'New', title: 'Clerk', password: 'secret 1' },
					{ key: 'old@site.example', first: 'Old', title: 'Director', password: 'secret 2' },
				],
				answer: (({ method, path, query, body }) => {
					const id = Number(/\/(\d+)$/.exec(path)?.[1] ?? NaN);
					const asked = query.map((pair) => /^attributes\[(\w+)\]=(.*)$/.exec(pair)).find(Boolean);
					if (Number.isNaN(id) && method === 'GET') return { body: { data: there.filter((one) => !asked || String(one[asked[1] as 'email']) === asked[2]), pagination: { currentPage: 1, totalPages: 1 } } };
					return method === 'DELETE' || method === 'POST' ? undefined : { body: { ...there.find((one) => one.id === id), ...(body as object) } };
				}) as Answerer,
			};
			return {
				'everybody of a domain': { ...shared, parameters, expected: [page([]), ...changing] },
				'the people of a scope': {
					...shared,
					parameters: { ...parameters, filters: { condition: [{ field: 'company', operator: 'equals', value: 'Acme' }] } },
					expected: [page(['attributes[company]=Acme']), page(['attributes[email]=new@site.example']), ...changing],
				},
			};
		}
		case 'upload':
			return {
				'documented path': { items: ['one', 'two'].map((bytes) => ({ json: {}, binary: text(bytes) })), expected: TURNS.map(() => ({ method: 'POST', path: '/calendar/upload' })), form: true },
				'path and part of an older site': {
					parameters: { binaryPropertyName: 'data', options: { uploadPath: '={{ $json.path }}', partName: '={{ $json.part }}' } },
					items: TURNS.map((turn) => ({ json: { path: `/calendar/upload${turn}`, part: `part${turn}` }, binary: text(String(turn)) })),
					expected: TURNS.map((turn) => ({ method: 'POST', path: `/calendar/upload${turn}` })),
					form: true,
				},
			};
		default:
			return undefined;
	}
}

/** The columns of the mapper, where the operation shows one. */
async function columnsOf(resource: string, { name, fields }: Pick<(typeof operations)[number]['operation'], 'name' | 'fields'>): Promise<ResourceMapperField[]> {
	return fields ? (await harness.loadOptions('branchCms', 'resourceMapping', 'getFields', { currentNodeParameters: { resource, operation: name } })).fields : [];
}

/** What checks of connections find depends on what the vendor holds, which the simulators tell. */
const operations = branchCms.resources.flatMap((resource) => operationsOf(resource).filter((o) => !isCheck(resource, o.name)).map((operation) => ({ name: `${resource.name}.${operation.name}`, resource, operation })));

test('there are the operations of the vendor and Create or Update', () => {
	expect(operations.map(({ name }) => name).sort()).toEqual(
		[
			...['create', 'delete', 'get', 'getAll', 'reconcile', 'replace', 'update', 'upsert'].map((name) => `account.${name}`),
			...['create', 'delete', 'get', 'getAll', 'replace', 'update', 'upload'].map((name) => `event.${name}`),
		].sort(),
	);
});

describe.each(operations.filter(({ operation }) => operation.writes))('$name in a dry run', ({ resource, operation }) => {
	test('sends reads only, and says so in every item', async () => {
		const columns = await columnsOf(resource.name, operation);
		const cases = Object.values(casesOf(resource.name, operation.name, columns) ?? {});
		expect(cases).not.toEqual([]);
		for (const { parameters, items, answer, leavers } of cases) {
			await expectDryRun(harness, recorder, { node: 'branchCms', parameters: { resource: resource.name, operation: operation.name, ...parameters }, items, answer, leavers });
		}
	});
});

describe.each(operations)('$name against a vendor that lies', ({ resource, operation }) => {
	test('reports nothing that did not happen', async () => {
		const columns = await columnsOf(resource.name, operation);
		for (const { parameters, items, answer, leavers } of Object.values(casesOf(resource.name, operation.name, columns) ?? {})) {
			const claims = await falseClaims(harness, recorder, { node: 'branchCms', operation, parameters: { resource: resource.name, operation: operation.name, ...parameters }, items, answer, leavers });
			expect(claims).toEqual([]);
		}
	});
});

test('Connection: Check against a site that lies tells it, and only reads', async () => {
	expect(await falseFindings(harness, recorder, { node: 'branchCms', parameters: { resource: 'connection', operation: 'check' }, items: [{}] })).toEqual([]);
});

describe.each(operations)('$name', ({ name, resource, operation }) => {
	test.each([
		{ authentication: 'bearer', header: 'authorization', value: `Bearer ${TOKEN}`, other: 'admin_api_key' },
		{ authentication: 'adminApiKey', header: 'admin_api_key', value: TOKEN, other: 'authorization' },
	])('sends what the documentation says, for each item its own ($authentication)', async ({ authentication, header, value, other }) => {
		harness.credentials.set('branchCmsApi', { siteUrl: recorder.url, token: TOKEN, authentication });
		const columns = await columnsOf(resource.name, operation);
		const cases = casesOf(resource.name, operation.name, columns);
		if (!cases) throw new Error(`No expectation for ${name}`);
		for (const { parameters, items, expected, answer, form } of Object.values(cases)) {
			recorder.start(answer);
			const result = await harness.runNode('branchCms', { resource: resource.name, operation: operation.name, ...parameters }, items);
			expect(result.error).toBeUndefined();
			const sent = form ? recorder.sent.map((request) => ({ ...request, body: undefined })) : recorder.sent;
			expect(comparable(sent)).toEqual(comparable(expected.map((e) => ({ ...e, path: `/api/v1${e.path}` }))));
			for (const { method, path, headers, body } of recorder.sent) {
				reached.add(`${method} ${asTemplate(path.replace(/^\/api\/v1/, ''))}`);
				expect(headers.accept).toBe('application/json');
				expect(headers['user-agent']).toBeTruthy();
				expect(headers[header]).toBe(value);
				expect(headers[other]).toBeUndefined();
				expect(headers['content-type'] ?? '').toMatch(form ? /^multipart\/form-data; boundary=/ : body === undefined ? /^$/ : /^application\/json$/);
			}
			expect(new Set(result.items.flatMap(({ pairedItem }) => [pairedItem].flat().map((p) => (p as { item: number }).item)))).toEqual(new Set([0, 1]));
		}
	});
});

describe.each(Object.entries(contract))('%s offers', (name, facts) => {
	test.each(['create', 'replace', 'update'])('the writable attributes to %s', async (operation) => {
		recorder.start();
		const { fields } = await harness.loadOptions('branchCms', 'resourceMapping', 'getFields', { currentNodeParameters: { resource: name, operation } });
		expect(fields.map(({ id }) => id).sort()).toEqual(writable(facts).sort());
		expect(fields.filter(({ required }) => required)).toEqual([]);
	});
});

test('the node reaches every documented address, and no other', () => {
	const documented = Object.values(contract).flatMap(({ operations: list }) => list);
	const chosenByUser = ['POST /calendar/upload1', 'POST /calendar/upload2'];
	expect([...reached].filter((address) => !chosenByUser.includes(address)).sort()).toEqual(documented.sort());
});

// At the end, since the nodes remember which pages a vendor could give.
test.each(operations.filter(({ operation }) => operation.kind === 'getAll'))('$name comes whole from a vendor that fails on large pages', async ({ resource, operation }) => {
	const [{ parameters, items, answer }] = Object.values(casesOf(resource.name, operation.name, [])!);
	expect(await lostOnLargePages(harness, recorder, { node: 'branchCms', parameters: { resource: resource.name, operation: operation.name, ...parameters }, items: items.slice(0, 1), answer })).toBeUndefined();
});
