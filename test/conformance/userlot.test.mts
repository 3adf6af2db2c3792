/**
 * Every operation of the Userlot node, run by n8n's engine for two items with different values, against what the
 * vendor's pages say (userlot-contract.json). `test/conformance/outreach.test.mts` tells more about the method.
 */
import { readFileSync } from 'node:fs';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { isCheck } from '../../dist/nodes/shared/spec/connection.js';
import { operationsOf } from '../../dist/nodes/shared/spec/operation.js';
import { userlot } from '../../dist/nodes/Userlot/vendor.js';
import { createHarness, type Harness } from '../harness/index.mts';
import { expectDryRun } from './dry-run.mts';
import { falseClaims, falseFindings } from './liars.mts';
import { comparable, startRecorder, type Answerer, type Expected, type Recorder, type Sent } from './recorder.mts';
import { valueOf, type Rule, type Turn } from './values.mts';

interface Facts {
	path: string;
	operations: string[];
	inferred?: string[];
	attributes: Record<string, Rule & { flags: string }>;
}

const contract: Record<string, Facts> = JSON.parse(readFileSync(new URL('userlot-contract.json', import.meta.url), 'utf8')).resources;

const KEY = 'ul_0123456789';
const TURNS: Turn[] = [1, 2];
const idOf = (turn: Turn) => `0000000${turn}-aaaa-4aaa-8aaa-000000000001`;
const linkedId = (turn: Turn) => `0000000${turn}-bbbb-4bbb-8bbb-000000000001`;
const byId = (value: string) => ({ __rl: true, mode: 'id', value });
const BY_ID = byId('={{ $json.id }}');

interface Case {
	parameters?: INodeParameters;
	items: IDataObject[];
	expected: Expected[];
	answer?: Answerer;
	/** Reconcile: keys of people who are not in the list. */
	leavers?: string[];
}

let recorder: Recorder;
let harness: Harness;
const reached = new Set<string>();

const asTemplate = (path: string) => path.replace(/\/[0-9a-f]{8}-[^/]+/, '/{id}');

function plausible({ method, path, body }: Sent) {
	const one = /\/[0-9a-f]{8}-/.test(path);
	if (method === 'GET' && !one) return { body: [{ id: idOf(1), name: 'One' }] };
	return { status: method === 'POST' ? 201 : 200, body: { id: /\/([0-9a-f]{8}-[^/]+)/.exec(path)?.[1] ?? idOf(1), ...(body as IDataObject | undefined) } };
}

beforeAll(async () => {
	recorder = await startRecorder('application/json', plausible);
	harness = await createHarness({ credentials: { userlotApi: { data: { apiUrl: recorder.url, apiKey: KEY } } } });
});

afterAll(() => recorder.stop());

const having = (facts: Facts, flag: string) => Object.keys(facts.attributes).filter((name) => facts.attributes[name]!.flags.includes(flag));

/** The record that a company or an end user points to: parameter, and field on the wire. */
const LINK: Record<string, { parameter: string; field: string }> = { company: { parameter: 'status', field: 'status_id' }, endUser: { parameter: 'company', field: 'company_id' } };

const PARAMETER: Record<string, string> = { external_id: 'externalId', source_external_id: 'sourceExternalId' };

function casesOf(resource: string, operation: string): Record<string, Case> | undefined {
	const facts = contract[resource];
	if (resource === 'api') {
		return {
			'each method': {
				parameters: { method: '={{ $json.method }}', path: '={{ $json.path }}', query: '={{ $json.query }}', body: '={{ $json.body }}' },
				items: [
					{ method: 'POST', path: '/events', query: { a: 1 }, body: { name: 'login', value: 3 } },
					{ method: 'PATCH', path: 'api/v1/tickets/7', query: {}, body: { state: 'closed' } },
				],
				expected: [
					{ method: 'POST', path: '/events', query: ['a=1'], body: { name: 'login', value: 3 } },
					{ method: 'PATCH', path: '/tickets/7', body: { state: 'closed' } },
				],
			},
		};
	}
	if (!facts) return undefined;
	const link = LINK[resource];
	const direct = having(facts, 'w').filter((name) => !facts.attributes[name]!.flags.includes('l'));
	const value = (name: string, turn: Turn) => valueOf(name, facts.attributes[name]!, turn) as IDataObject[string];
	const columns = (names: string[]) => ({ mappingMode: 'defineBelow', value: Object.fromEntries(names.map((name) => [name, `={{ $json.${name} }}`])), schema: [{ id: 'total_revenue', displayName: 'Total Revenue', type: 'number', fieldType: 'number' }] }) as unknown as INodeParameters;
	const attributes = (turn: Turn): IDataObject => ({ ...Object.fromEntries(direct.map((name) => [name, value(name, turn)])), total_revenue: turn * 7 });
	const item = (turn: Turn): IDataObject => ({ ...attributes(turn), id: idOf(turn), linked: linkedId(turn), more: { plan_tier: `tier ${turn}` } });
	const body = (turn: Turn) => ({ ...attributes(turn), plan_tier: `tier ${turn}`, [link!.field]: linkedId(turn) });
	const shared = (names: string[]): INodeParameters => ({ fields: columns([...names, 'total_revenue']), [link!.parameter]: byId('={{ $json.linked }}'), options: { moreFields: '={{ $json.more }}' } });
	const keys = having(facts, 'k');
	switch (operation) {
		case 'getAll': {
			const filters = having(facts, 'f').filter((name) => !facts.attributes[name]!.flags.includes('l'));
			const related = link ? [{ relation: link.parameter, record: byId('={{ $json.linked }}') }] : [];
			return {
				'all filters': {
					parameters: { returnAll: true, filters: { condition: filters.map((field) => ({ field, operator: 'equals', value: `={{ $json.${field} }}` })), related } },
					items: TURNS.map((turn) => ({ ...Object.fromEntries(filters.map((name) => [name, value(name, turn)])), linked: linkedId(turn) })),
					expected: TURNS.map((turn) => ({
						method: 'GET',
						path: facts.path,
						query: [...filters.map((name) => `${name}=${String(value(name, turn))}`), ...(link ? [`${link.field}=${linkedId(turn)}`] : [])],
					})),
					// An answer that shows nothing of what was asked for, so that both items have an output.
					answer: () => ({ body: [{ id: idOf(1) }] }),
				},
			};
		}
		case 'get':
			return {
				'by ID': { parameters: { record: BY_ID }, items: TURNS.map(item), expected: TURNS.map((turn) => ({ method: 'GET', path: `${facts.path}/${idOf(turn)}` })) },
				...Object.fromEntries(
					keys.map((key): [string, Case] => [
						`by ${key}`,
						{
							parameters: { record: { __rl: true, mode: key, value: `={{ $json.${key} }}` } },
							items: TURNS.map(item),
							expected: TURNS.map((turn) => ({ method: 'GET', path: facts.path, query: [`${key}=${String(value(key, turn))}`] })),
							answer: ({ query }) => ({ body: [{ id: idOf(1), ...(key === 'source_external_id' ? {} : { [key]: query[0]!.slice(key.length + 1) }) }] }),
						},
					]),
				),
			};
		case 'create':
			return { 'all fields': { parameters: shared(direct), items: TURNS.map(item), expected: TURNS.map((turn) => ({ method: 'POST', path: facts.path, body: body(turn) })) } };
		case 'update':
			return { 'all fields': { parameters: { ...shared(direct), record: BY_ID }, items: TURNS.map(item), expected: TURNS.map((turn) => ({ method: 'PATCH', path: `${facts.path}/${idOf(turn)}`, body: body(turn) })) } };
		case 'upsert':
			return {
				'all fields and IDs': {
					parameters: { ...shared(direct.filter((name) => !keys.includes(name))), ...Object.fromEntries(keys.map((key) => [PARAMETER[key]!, `={{ $json.${key} }}`])), userlotId: '={{ $json.id }}' },
					items: TURNS.map(item),
					expected: TURNS.map((turn) => ({ method: 'PUT', path: facts.path, body: { ...body(turn), id: idOf(turn) } })),
				},
			};
		case 'revenue':
			return { 'by ID': { parameters: { record: BY_ID }, items: TURNS.map(item), expected: TURNS.map((turn) => ({ method: 'GET', path: `${facts.path}/${idOf(turn)}/revenue` })) } };
		case 'reconcile': {
			const there = [
				{ id: idOf(2), external_id: 'old', email: 'old@acme.example', first_name: 'Old', last_name: 'One', company_id: linkedId(1) },
				{ id: `${idOf(2).slice(0, -1)}3`, external_id: 'gone', email: 'gone@acme.example', first_name: 'Gone', last_name: 'One', company_id: linkedId(1) },
			];
			const parameters: INodeParameters = {
				matchBy: 'external_id',
				matchValue: '={{ $json.key }}',
				company: byId('={{ $json.linked }}'),
				fields: columns(['first_name', 'email']),
				dryRun: false,
			};
			const changing: Expected[] = [
				{ method: 'PUT', path: facts.path, body: { external_id: 'new', first_name: 'New', email: 'new@acme.example', company_id: linkedId(1) } },
				{ method: 'PUT', path: facts.path, body: { id: idOf(2), first_name: 'Olden', company_id: linkedId(2) } },
			];
			const shared = {
				leavers: ['gone'],
				items: [
					{ key: 'new', first_name: 'New', email: 'new@acme.example', linked: linkedId(1) },
					{ key: 'old', first_name: 'Olden', email: 'old@acme.example', linked: linkedId(2) },
				],
				answer: (({ method, path, query, body }) => {
					const fits = (one: IDataObject) => query.every((pair) => String(one[pair.split('=')[0]!]) === pair.split('=')[1]);
					const single = method === 'GET' && there.find(({ id }) => path.endsWith(id));
					if (single) return { body: single };
					return method === 'GET' ? { body: there.filter(fits) } : { body: { ...there.find(({ id }) => id === (body as IDataObject).id), ...(body as IDataObject), ...((body as IDataObject).id ? {} : { id: idOf(1) }) } };
				}) as Answerer,
			};
			return {
				'everybody': { ...shared, parameters, expected: [{ method: 'GET', path: facts.path }, ...changing] },
				'the people of a scope': {
					...shared,
					parameters: { ...parameters, filters: { condition: [{ field: 'last_name', operator: 'equals', value: 'One' }] } },
					expected: [{ method: 'GET', path: facts.path, query: ['last_name=One'] }, { method: 'GET', path: facts.path, query: ['external_id=new'] }, ...changing],
				},
			};
		}
		case 'identify':
			return {
				'all keys': {
					parameters: { userEmail: '={{ $json.email }}', userExternalId: '={{ $json.user }}', companyName: '={{ $json.name }}', companyExternalId: '={{ $json.company }}' },
					items: TURNS.map((turn) => ({ email: `u${turn}@example.com`, user: `u${turn}`, name: `Company ${turn}`, company: `c${turn}` })),
					expected: TURNS.map((turn) => ({ method: 'PUT', path: '/identify', body: { user_email: `u${turn}@example.com`, user_external_id: `u${turn}`, company_name: `Company ${turn}`, company_external_id: `c${turn}` } })),
				},
			};
		default:
			return undefined;
	}
}

/** What checks of connections find depends on what the vendor holds, which the simulators tell. */
const operations = userlot.resources.flatMap((resource) => operationsOf(resource).filter((o) => !isCheck(resource, o.name)).map((operation) => ({ name: `${resource.name}.${operation.name}`, resource, operation })));

test('there are the operations that the documentation names or allows to infer, and API Request', () => {
	expect(operations.map(({ name }) => name).sort()).toEqual(
		[
			'api.request',
			...['create', 'get', 'getAll', 'revenue', 'update', 'upsert'].map((name) => `company.${name}`),
			...['create', 'get', 'getAll', 'identify', 'reconcile', 'update', 'upsert'].map((name) => `endUser.${name}`),
			...['companyField', 'companyStatus', 'endUserField', 'team'].map((name) => `${name}.getAll`),
		].sort(),
	);
});

describe.each(operations.filter(({ operation }) => operation.writes))('$name in a dry run', ({ resource, operation }) => {
	test('sends reads only, and says so in every item', async () => {
		const cases = Object.values(casesOf(resource.name, operation.name) ?? {});
		expect(cases).not.toEqual([]);
		for (const { parameters, items, answer, leavers } of cases) {
			await expectDryRun(harness, recorder, { node: 'userlot', parameters: { resource: resource.name, operation: operation.name, ...parameters }, items, answer, leavers });
		}
	});
});

describe.each(operations)('$name against a vendor that lies', ({ resource, operation }) => {
	test('reports nothing that did not happen', async () => {
		for (const { parameters, items, answer, leavers } of Object.values(casesOf(resource.name, operation.name) ?? {})) {
			const claims = await falseClaims(harness, recorder, { node: 'userlot', operation, parameters: { resource: resource.name, operation: operation.name, ...parameters }, items, answer, leavers });
			expect(claims).toEqual([]);
		}
	});
});

test('Connection: Check against an API that lies tells it, and only reads', async () => {
	expect(await falseFindings(harness, recorder, { node: 'userlot', parameters: { resource: 'connection', operation: 'check' }, items: [{}] })).toEqual([]);
});

describe.each(operations)('$name', ({ name, resource, operation }) => {
	test('sends what the documentation says, for each item its own', async () => {
		const cases = casesOf(resource.name, operation.name);
		if (!cases) throw new Error(`No expectation for ${name}`);
		for (const { parameters, items, expected, answer } of Object.values(cases)) {
			recorder.start(answer);
			const result = await harness.runNode('userlot', { resource: resource.name, operation: operation.name, ...parameters }, items);
			expect(result.error).toBeUndefined();
			expect(comparable(recorder.sent)).toEqual(comparable(expected.map((e) => ({ ...e, path: `/api/v1${e.path}` }))));
			for (const { method, path, headers, body } of recorder.sent) {
				if (resource.name !== 'api') reached.add(`${method} ${asTemplate(path.replace(/^\/api\/v1/, ''))}`);
				expect(headers.apikey).toBe(KEY);
				expect(headers.accept).toBe('application/json');
				expect(headers['content-type'] ?? '').toMatch(body === undefined ? /^$/ : /^application\/json$/);
			}
			expect(new Set(result.items.flatMap(({ pairedItem }) => [pairedItem].flat().map((p) => (p as { item: number }).item)))).toEqual(new Set([0, 1]));
		}
	});

	test('says so where the documentation does not', () => {
		const inferred = name === 'endUser.create' || name === 'endUser.update';
		expect(/Userlot does not document this request/.test(operation.description)).toBe(inferred);
	});
});

describe.each(['company', 'endUser'])('%s offers', (name) => {
	const facts = contract[name]!;
	const own = having(facts, 'w').filter((attribute) => !facts.attributes[attribute]!.flags.includes('l'));

	test.each([
		['create', own],
		['update', own],
		['upsert', own.filter((attribute) => !facts.attributes[attribute]!.flags.includes('k'))],
	])('the writable attributes to %s', async (operation, expected) => {
		recorder.start(() => ({ body: [{ attribute: 'total_revenue', label: 'Total Revenue', data_type: 'number' }, { attribute: 'name', label: 'Name' }] }));
		const { fields } = await harness.loadOptions('userlot', 'resourceMapping', 'getFields', { currentNodeParameters: { resource: name, operation } });
		expect(fields.map(({ id }) => id).sort()).toEqual([...expected, 'total_revenue'].sort());
	});
});

test('the node reaches every documented address and the inferred ones, and no other', () => {
	const known = Object.values(contract).flatMap(({ operations: list, inferred = [] }) => [...list, ...inferred]);
	expect([...reached].sort()).toEqual(known.sort());
});
