/**
 * Every operation of the Outreach node, run by n8n's engine for two items with different values: what goes over
 * the wire has to be what the vendor's documentation says. What is expected comes from the contract that the
 * simulator uses (outreach-cases.mts) or is written by hand (outreach-recipes.mts), never from the node's spec.
 * A new resource needs nothing here; an operation of several requests needs an entry in outreach-recipes.mts.
 */
import { readFile } from 'node:fs/promises';

import type { INodeProperties, ResourceMapperField } from 'n8n-workflow';
import { outreach } from '../../dist/nodes/Outreach/vendor.js';
import { isCheck } from '../../dist/nodes/shared/spec/connection.js';
import { operationsOf } from '../../dist/nodes/shared/spec/operation.js';
import { createHarness, type Harness } from '../harness/index.mts';
import {
	casesOf,
	contract,
	documented,
	filterableAttributes,
	includable,
	offered,
	PAGE_SIZE,
	relationFilters,
	sortableAttributes,
	writable,
	writableRelations,
} from './outreach-cases.mts';
import { expectDryRun } from './dry-run.mts';
import { falseClaims, falseFindings, lostOnLargePages } from './liars.mts';
import { recipes, type RecipeCase } from './outreach-recipes.mts';
import { directory, SCIM_TOKEN } from './outreach-scim.mts';
import { asTemplate, comparable, startRecorder, type Recorder, type Sent } from './recorder.mts';

const MEDIA_TYPE = 'application/vnd.api+json';
const TOKEN = 'access-token-of-the-test';

let recorder: Recorder;
let harness: Harness;

/** `METHOD path` of every request, with the address as in the reference pages. */
const reached = new Set<string>();

/** The scopes that an operation used, by its resource and its name as the documentation has them. */
const used = new Map<string, Set<string>>();

/** The scope of a request: the plural of the resource with what is done. */
function scopeOf({ method, path }: Sent): string | undefined {
	const [, first = '', second = ''] = /^\/api\/v2\/(\w+)(?:\/(\w+))?/.exec(path) ?? [];
	if (first === '' || first === 'schema' || first === 'types') return undefined;
	const plural = first === 'customObjects' ? 'customObjectRecords' : first === 'batches' && /\D/.test(second) ? 'batches' : first;
	return `${plural}.${method === 'GET' ? 'read' : method === 'DELETE' ? 'delete' : 'write'}`;
}

/** A record that carries what it was asked with, so that outputs can be told apart. */
function plausible({ method, path, query, body }: Sent) {
	const [, resource = '', id, actions] = /^\/api\/v2\/(?:customObjects\/)?(\w+)(?:\/(\d+))?(?:\/actions\/(\w+))?/.exec(path) ?? [];
	if (path.endsWith('/types')) return { body: { data: [] } };
	if (method === 'DELETE') return { status: 204 };
	const type = Object.keys(contract).find((name) => contract[name].path === `/${resource}`) ?? resource;
	const record = { type, id: Number(id ?? 900), attributes: (body as { data?: { attributes?: object } })?.data?.attributes ?? {}, relationships: (body as { data?: { relationships?: object } })?.data?.relationships ?? {} };
	// A record of a list is what the filters ask for.
	const fitting = { ...record, attributes: {} as Record<string, unknown>, relationships: {} as Record<string, unknown> };
	for (const pair of method === 'GET' ? query : []) {
		const [, first = '', second, value = ''] = /^filter\[(\w+)\](?:\[(\w+)\])?=(.*)$/.exec(pair) ?? [];
		if (first === 'id') fitting.id = Number(value.split(',')[0]);
		else if (second === 'id') fitting.relationships[first] = { data: { type: first, id: Number(value) } };
		else if (first !== '') fitting.attributes[first] = value;
	}
	return { status: method === 'POST' && !actions ? 201 : 200, body: { data: method === 'GET' && !id ? [fitting] : record } };
}

beforeAll(async () => {
	recorder = await startRecorder(MEDIA_TYPE, plausible);
	harness = await createHarness({
		credentials: {
			outreachOAuth2Api: {
				data: {
					advanced: true,
					baseUrl: recorder.url,
					clientId: 'id',
					clientSecret: 'hush',
					oauthTokenData: { access_token: TOKEN, refresh_token: 'refresh', token_type: 'bearer', expires_in: 7200 },
				},
			},
			outreachScimApi: { data: { token: SCIM_TOKEN, baseUrl: `${recorder.url}/scim/v2/6f9619ff-8b86-d011-b42d-00c04fc964ff/` } },
		},
	});
});

afterAll(() => recorder.stop());

/** What checks of connections find depends on what the vendor holds, which the simulators tell. */
const operations = outreach.resources.flatMap((resource) => operationsOf(resource).filter((o) => !isCheck(resource, o.name)).map((operation) => ({ resource, operation, name: `${resource.name}.${operation.name}` })));
const resources = outreach.resources.map((r) => r.name);

/** The parameters that the node's description shows for an operation. */
function shownFor(resource: string, operation: string): INodeProperties[] {
	const wanted: Record<string, string> = { resource, operation };
	return harness
		.nodeType('outreach')
		.description.properties.filter(({ displayOptions }) => ['resource', 'operation'].every((name) => displayOptions?.show?.[name]?.includes(wanted[name]) ?? true));
}

async function columnsOf(resource: string, operation: string): Promise<ResourceMapperField[]> {
	if (!shownFor(resource, operation).some((p) => p.type === 'resourceMapper')) return [];
	return (await harness.loadOptions('outreach', 'resourceMapping', 'getFields', { currentNodeParameters: { authentication: 'oAuth2', resource, operation } })).fields;
}

async function choices(method: string, resource: string): Promise<string[]> {
	const options = await harness.loadOptions('outreach', 'loadOptions', method, { currentNodeParameters: { authentication: 'oAuth2', resource } });
	return options.map(({ value }) => String(value));
}

/** Paths with a tilde are those of other servers, which must not see our credentials. */
const isForeign = (path: string) => !/^\/(api|scim)\/v2(\/|$)/.test(path);

/** Runs a case and compares what was sent; gives what came out. */
async function check({ parameters, items, expected, answer, binary, token = TOKEN, door = { base: '/api/v2', mediaType: MEDIA_TYPE } }: RecipeCase) {
	recorder.start(answer);
	const result = await harness.runNode('outreach', parameters, binary ? items.map((json, i) => ({ json, binary: binary[i] })) : items);
	expect(result.error).toBeUndefined();
	for (const { method, path } of recorder.sent) {
		if (!isForeign(path)) reached.add(`${method} ${asTemplate(path.replace(/^\/api\/v2/, '').replace(/^(\/scim\/v2)\/[\w-]{36}/, '$1'))}`);
	}
	expect(comparable(recorder.sent)).toEqual(comparable(expected.map((e) => ({ ...e, path: e.path.startsWith('~') ? e.path.slice(1) : `${door.base}${e.path}` }))));
	for (const { path, headers, body } of recorder.sent) {
		if (isForeign(path)) {
			expect(headers.authorization).toBeUndefined();
			continue;
		}
		expect(headers.accept).toBe(door.accept ?? door.mediaType);
		// Outreach answers 415 to requests without it, on reads as well; SCIM wants it with a body.
		expect(headers['content-type']).toBe(door.bodiesOnly && body === undefined ? undefined : door.mediaType);
		expect(headers['user-agent']).toMatch(/\S/);
		expect(headers.authorization).toBe(`Bearer ${token}`);
	}
	return result;
}

test('there is something to test', () => {
	expect(operations.length).toBeGreaterThan(80);
	expect(new Set(operations.map((o) => o.name)).size).toBe(operations.length);
});

/** What an operation has to send, by what is tried. */
async function casesFor({ resource, operation, name }: (typeof operations)[number]): Promise<Record<string, RecipeCase>> {
	const explicit = recipes[name];
	const columns = await columnsOf(resource.name, operation.name);
	const cases: Record<string, RecipeCase> | undefined = explicit
		? explicit(columns)
		: casesOf({
				resource: resource.name,
				operation: operation.name,
				columns,
				resources,
				properties: shownFor(resource.name, operation.name),
				customSlots: resource.customSlots ?? 0,
			});
	if (!cases) throw new Error(`No expectation for ${name}: neither the contract describes it nor outreach-recipes.mts`);
	return cases;
}

describe.each(operations.filter(({ operation }) => operation.writes))('$name in a dry run', (entry) => {
	test('sends reads only, and says so in every item', async () => {
		for (const { parameters, binary, items, answer, leavers } of Object.values(await casesFor(entry))) {
			if (parameters.method === 'GET') continue;
			await expectDryRun(harness, recorder, { node: 'outreach', parameters, answer, leavers, items: binary ? items.map((json, i) => ({ json, binary: binary[i] })) : items });
		}
	});
});

describe.each(operations)('$name against a vendor that lies', (entry) => {
	test('reports nothing that did not happen', async () => {
		for (const { parameters, binary, items, answer, leavers } of Object.values(await casesFor(entry))) {
			const given = binary ? items.map((json, i) => ({ json, binary: binary[i] })) : items;
			expect(await falseClaims(harness, recorder, { node: 'outreach', operation: entry.operation, parameters, items: given, answer, leavers })).toEqual([]);
		}
	});
});

test.each(outreach.resources.flatMap((resource) => operationsOf(resource).filter((o) => isCheck(resource, o.name)).map((operation) => ({ resource: resource.name, operation: operation.name }))))(
	'$resource.$operation against a vendor that lies tells it, and only reads',
	async (parameters) => {
		const scim = directory(['a', 'b'].map((id) => ({ id, userName: `${id}@acme.example`, externalId: id, displayName: id })));
		expect(await falseFindings(harness, recorder, { node: 'outreach', parameters, items: [{}], answer: (request) => (request.path.startsWith('/scim/') ? scim(request) : undefined) })).toEqual([]);
	},
	60_000,
);

describe.each(operations)('$name', ({ resource, operation, name }) => {
	test('sends what the documentation says, for each item its own', async () => {
		const cases = await casesFor({ resource, operation, name });
		for (const [what, entry] of Object.entries(cases)) {
			try {
				const { items } = await check(entry);
				const row = `${resource.label}: ${operation.label}`;
				for (const sent of recorder.sent) {
					const scope = isForeign(sent.path) ? undefined : scopeOf(sent);
					if (scope) used.set(row, new Set([...(used.get(row) ?? []), scope]));
				}
				const paired = items.flatMap(({ pairedItem }) => [pairedItem].flat().map((p) => (typeof p === 'object' ? p.item : p)));
				expect(new Set(paired)).toEqual(new Set([0, 1]));
			} catch (error) {
				(error as Error).message = `${name}, ${what}: ${(error as Error).message}`;
				throw error;
			}
		}
	});
});

test('every recipe here belongs to an operation of the node', () => {
	expect(Object.keys(recipes).filter((name) => !operations.some((o) => o.name === name))).toEqual([]);
});

describe.each(outreach.resources.filter(({ name }) => name in contract).map((resource) => ({ name: resource.name, resource })))('$name offers', ({ name, resource }) => {
	const facts = contract[name];

	for (const operation of ['create', 'update'].filter((method) => facts.methods.includes(method)))
		test(`the writable fields to ${operation}`, async () => {
			// "a|b" stands for one of two, which no column can demand alone.
			const requiredAttributes = facts.requiredAttributes.filter((id) => !id.includes('|'));
			const columns = (await columnsOf(name, operation)).filter(({ id }) => !/^custom\d+$/.test(id));
			expect(columns.map((c) => c.id).filter((id) => !offered(name).includes(id)).sort()).toEqual(writable(name, operation).sort());
			expect(columns.filter((c) => c.required).map((c) => c.id).sort()).toEqual(operation === 'create' ? [...requiredAttributes].sort() : []);
			for (const { id, options } of columns) {
				if (options && facts.attributes[id]) expect({ [id]: options.map((o) => o.value) }).toEqual({ [id]: facts.attributes[id].enum });
			}
		});

	test('the writable relations', async () => {
		const relations = writableRelations(name, resources);
		const wanted = relations.flatMap(({ name: relation, targets, of }) => (of > 1 ? targets.map((t) => `${relation}:${t}`) : [relation]));
		if (facts.methods.includes('create') || facts.methods.includes('update')) expect((await choices('getLinks', name)).sort()).toEqual(wanted.sort());
		const required = (resource.relations ?? []).filter((r) => r.required).map((r) => r.name);
		expect(required.sort()).toEqual([...facts.requiredRelationships].sort());
	});

	test('the custom fields', () => {
		expect(resource.customSlots ?? 0).toBe(facts.customFields?.count ?? 0);
	});

	if (facts.methods.includes('list')) {
		test('the filters, orders and included records of the list', async () => {
			const related = relationFilters(name);
			const own = (await choices('getFilterFields', name)).filter((f) => !related.some(({ name: relation, any }) => any && f.startsWith(`${relation}.`)));
			expect(own.sort()).toEqual(['id', ...filterableAttributes(name), ...related.filter((f) => f.attribute !== 'id').map((f) => `${f.name}.${f.attribute}`)].sort());
			const byRecord = related.filter((f) => f.attribute === 'id' && resources.includes(f.target)).map((f) => f.name);
			expect((await choices('getFilterRelations', name)).sort()).toEqual(byRecord.sort());
			expect((await choices('getSortFields', name)).sort()).toEqual(sortableAttributes(name).sort());
			expect((await choices('getIncludes', name)).sort()).toEqual(includable(name).sort());
		});

		test('the whole list, in pages as large as the vendor takes, along links.next', async () => {
			const record = (id: number) => ({ type: name, id, attributes: {} });
			const next = `https://elsewhere.example/api/v2${facts.path}?page[after]=cursor-2&page[size]=3&sort=id`;
			const { json } = await check(
				{
					parameters: { resource: name, operation: 'getAll', returnAll: true },
					items: [{}] as never,
					expected: [
						{ method: 'GET', path: facts.path, query: [`page[size]=${PAGE_SIZE[name] ?? 1000}`] },
						{ method: 'GET', path: facts.path, query: ['page[after]=cursor-2', 'page[size]=3', 'sort=id'] },
					],
					answer: ({ query }) => ({ body: query.includes('page[after]=cursor-2') ? { data: [record(2)] } : { data: [record(1)], links: { next } } }),
				},
			);
			expect(json.map(({ id }) => id)).toEqual([1, 2]);
		});
	}
});

describe('the node as a whole', () => {
	const known = Object.entries(documented.operations).filter(([name]) => resources.includes(name));

	test('reaches every documented address of its resources', () => {
		const missing = known.flatMap(([, list]) => list).filter((address) => !reached.has(address));
		expect(missing).toEqual([]);
	});

	test('reaches no address that is not documented', () => {
		const all = new Set(Object.values(documented.operations).flat());
		// The root of the API tells whose connection it is.
		const elsewhere = [/^GET $/, /^\w+ \/customObjects\//, /^GET \/types$/, /^GET \/schema(\.json)?$/];
		expect([...reached].filter((address) => !all.has(address) && !elsewhere.some((pattern) => pattern.test(address)))).toEqual([]);
	});

	test('needs no scope that its documentation does not name', async () => {
		const text = await readFile('docs/outreach.md', 'utf8');
		const rows = new Map<string, string[]>();
		let heading = '';
		for (const line of text.split('\n')) {
			heading = /^### (.+)/.exec(line)?.[1] ?? heading;
			const cells = line.split(' | ');
			if (cells.length > 3) rows.set(`${heading}: ${cells[0].slice(2)}`, cells[2].split(/[ ;]+/));
		}
		// The request decides, or a token that has no scopes.
		const free = ['API Request: Send', 'Webhook: Clean Up'];
		const missing = [...used].filter(([row]) => !free.includes(row)).map(([row, scopes]) => [row, [...scopes].filter((scope) => !rows.get(row)?.includes(scope))]);
		expect(Object.fromEntries(missing.filter(([, scopes]) => scopes.length > 0))).toEqual({});
		expect(used.size).toBeGreaterThan(200);
	});

	test('says of operations that one vendor file alone lists that they are uncertain', () => {
		for (const address of documented.uncertain) {
			const [method, path] = address.split(' ');
			const found = operations.find(({ resource, operation }) =>
				operation.endpoint ? operation.endpoint.path === path : method === 'PATCH' ? operation.name === 'update' && `${resource.path}/{id}` === path : false,
			);
			if (found) expect({ [found.name]: found.operation.description }).toEqual({ [found.name]: expect.stringMatching(/one vendor file|only in one/i) });
		}
	});
});

// At the end, since the nodes remember which pages a vendor could give.
test.each(operations.filter(({ operation }) => operation.kind === 'getAll'))('$name comes whole from a vendor that fails on large pages', async (entry) => {
	const [{ parameters, items, answer }] = Object.values(await casesFor(entry));
	expect(await lostOnLargePages(harness, recorder, { node: 'outreach', parameters, items: items.slice(0, 1), answer })).toBeUndefined();
});
