/**
 * Every call of Outseta's description file, reached through the node and compared with what the file says: method,
 * path, parameters and body, for two items with different values. A call that cannot be reached, or a property that
 * cannot be given, fails here.
 */
import type { IDataObject, INodeParameters, INodeProperties, ResourceMapperField } from 'n8n-workflow';
import { isCheck } from '../../dist/nodes/shared/spec/connection.js';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Vendor } from '../../dist/nodes/shared/wire/vendor.js';
import type { Operation } from '../../dist/nodes/shared/spec/operation.js';
import type { Resource } from '../../dist/nodes/shared/spec/resource.js';
import { createHarness, type Harness } from '../harness/index.mts';
import { BY_HAND, caseOf, contract, LEFT_OUT, nodeNames, PEOPLE, TURNS, uid, type Case } from './outseta-cases.mts';
import { expectDryRun } from './dry-run.mts';
import { falseClaims, falseFindings, lostOnLargePages } from './liars.mts';
import { comparable, startRecorder, type Recorder, type Sent } from './recorder.mts';

const require = createRequire(import.meta.url);
const { outseta } = require('../../dist/nodes/Outseta/vendor.js') as { outseta: Vendor };
const { outsetaApi } = require('../../dist/nodes/Outseta/wire/api.js') as { outsetaApi: { perSecond: number } };
const { operationsOf } = require('../../dist/nodes/shared/spec/operation.js') as { operationsOf(resource: Resource): Operation[] };

let recorder: Recorder;
let harness: Harness;

/** An answer of the right form: a list where a page is asked for, a record otherwise. */
const plausible = ({ method, path, query, body }: Sent) => {
	if (path.endsWith('/definitions') && query.includes('limit=100')) return { body: { metadata: { limit: 100, offset: 0, total: 0 }, items: [] } };
	if (method === 'DELETE') return {};
	const record = { Uid: path.split('/').findLast((step) => /[12]$/.test(step) && step !== 'v1') ?? 'answer1', ...(typeof body === 'object' ? body : {}) };
	const asked = query.find((pair) => pair.startsWith('Uid='))?.slice(4);
	if (asked && recorder.sent.some((s) => s.method === 'DELETE' && s.path === `${path}/${asked}`)) return { body: { metadata: { limit: 25, offset: 0, total: 0 }, items: [] } };
	// As it is after a cancellation, or after taking it back.
	if (method === 'GET' && /\/accounts\/\w+$/.test(path)) Object.assign(record, { AccountStage: recorder.sent.some((s) => s.path === `${path}/cancel`) ? 4 : 3 });
	return { body: method === 'GET' && query.some((pair) => pair.startsWith('offset=')) ? { metadata: { limit: 25, offset: 0, total: 1 }, items: [record] } : record };
};

beforeAll(async () => {
	outsetaApi.perSecond = 100_000;
	recorder = await startRecorder('application/json', plausible);
	harness = await createHarness({ credentials: { outsetaApi: { data: { subdomain: recorder.url, apiKey: 'key', apiSecret: 'hush' } } } });
});
afterAll(() => recorder.stop());

async function columnsOf(resource: string, operation: string): Promise<ResourceMapperField[]> {
	return (await harness.loadOptions('outseta', 'resourceMapping', 'getFields', { currentNodeParameters: { resource, operation } })).fields;
}

const reached = new Set<string>();

/** With the properties of objects in one order, so that requests sort alike. */
const inOrder = (body: unknown): unknown =>
	typeof body === 'object' && body !== null && !Array.isArray(body) ? Object.fromEntries(Object.entries(body).sort(([a], [b]) => a.localeCompare(b)).map(([name, value]) => [name, inOrder(value)])) : body;

async function check(name: string, { resource, operation, parameters, columns, uids = [], expected, answer }: Case, schema: ResourceMapperField[]) {
	const value = columns ? Object.fromEntries(Object.keys(columns(1)).map((column) => [column, `={{ $json.columns["${column}"] }}`])) : undefined;
	recorder.start(answer);
	const result = await harness.runNode(
		'outseta',
		{
			resource,
			operation,
			...parameters,
			...(value && Object.keys(value).length > 0 ? { fields: { mappingMode: 'defineBelow', value, matchingColumns: [], schema: schema as unknown as IDataObject[] } } : {}),
		} as INodeParameters,
		TURNS.map((turn) => ({ columns: columns?.(turn) ?? {}, uid: Object.fromEntries(uids.map((what) => [what, uid(what, turn)])) })),
	);
	expect(result.error).toBeUndefined();
	const wanted = TURNS.flatMap(expected).map((e) => ({ ...e, path: `/api/v1${e.path}`, body: inOrder(e.body) }));
	// A read after each write confirms it, where the answer does not.
	const writes = wanted.filter(({ method }) => method !== 'GET').length;
	const key = ({ method, path: at }: { method: string; path: string }) => `${method} ${at}`;
	const known = new Set(wanted.map(key));
	const sent = recorder.sent.filter((s) => writes === 0 || s.method !== 'GET' || known.has(key(s)));
	expect(recorder.sent.length - sent.length).toBeLessThanOrEqual(writes);
	expect(comparable(sent.map((s) => ({ ...s, body: inOrder(s.body) })))).toEqual(comparable(wanted));
	for (const { headers, path } of recorder.sent) {
		expect(headers.authorization).toBe(path.includes('/profile') ? `bearer ${headers.authorization?.slice(7)}` : 'Outseta key:hush');
	}
	expect(new Set(result.items.map(({ pairedItem }) => (pairedItem as { item: number }).item))).toEqual(new Set([0, 1]));
	reached.add(name);
	return result;
}

describe.each(contract.operations.filter(({ name }) => !(name in LEFT_OUT)))('$name', (endpoint) => {
	test(`${endpoint.method} ${endpoint.path}`, async () => {
		const [resource, operation] = BY_HAND[endpoint.name] ? [BY_HAND[endpoint.name].resource, BY_HAND[endpoint.name].operation] : nodeNames(endpoint.name);
		const spec = outseta.resources.find((r) => r.name === resource);
		const known = spec && operationsOf(spec).find((o) => o.name === operation);
		expect([resource, operation, known !== undefined]).toEqual([resource, operation, true]);
		if (endpoint.undocumented) expect(known!.description).toMatch(/does not document|only mentions/);
		const schema = known!.fields ? await columnsOf(resource, operation) : [];
		const relations = await harness.loadOptions('outseta', 'loadOptions', 'getLinks', { currentNodeParameters: { resource } });
		const shown = new Set(
			harness
				.nodeType('outseta')
				.description.properties.filter(({ displayOptions: d }) => d?.show?.resource?.includes(resource) && d.show.operation?.includes(operation))
				.map((p) => p.name),
		);
		const entry = BY_HAND[endpoint.name] ?? caseOf(endpoint, new Set(schema.map((c) => c.id)), new Set(relations.map((r) => String(r.value))), shown);
		await check(endpoint.name, entry, schema);
	});
});

/** Names of the options that an operation shows. */
function optionsOf(resource: string, operation: string): string[] {
	const { options = [] } = harness.nodeType('outseta').description.properties.find(({ name }) => name === 'options')!;
	return (options as INodeProperties[]).filter(({ displayOptions: d }) => d?.show?.['/resource']?.includes(resource) && d.show['/operation']?.includes(operation)).map(({ name }) => name);
}

describe.each(contract.operations.filter(({ method, paged, query }) => method === 'GET' && paged && Object.keys(query ?? {}).length > 0))('$name can be narrowed', ({ name, query }) => {
	test.each(Object.keys(query!))('by %s', async (parameter) => {
		const [resource, operation] = nodeNames(name);
		const spec = outseta.resources.find((r) => r.name === resource)!;
		const current = { currentNodeParameters: { resource, operation } };
		recorder.start();
		if (parameter === 'q' && operation === 'getAll') {
			expect(optionsOf(resource, operation)).toContain('search');
			return;
		}
		const filters = (await harness.loadOptions('outseta', 'loadOptions', 'getFilterFields', current)).map(({ value }) => String(value).replace(/\.id$/, '.Uid'));
		const relations = await harness.loadOptions('outseta', 'loadOptions', 'getFilterRelations', current);
		const byRelation = (spec.relations ?? []).filter(({ name: relation }) => relations.some(({ value }) => value === relation)).map((r) => r.filterAs ?? `${r.name}.Uid`);
		const columns = spec.actions?.find((action) => action.name === operation)?.parameters?.map((p) => p.wire ?? p.name) ?? [];
		const parent = spec.parent?.filter ?? '';
		// Of a property that is a parameter as well, the capital tells nothing.
		expect([...filters, ...byRelation, ...columns, parent].map((path) => path.toLowerCase())).toContain(parameter.toLowerCase());
	});
});

test('Do Not Log goes along with everything that changes something', async () => {
	const missing: string[] = [];
	for (const endpoint of contract.operations.filter(({ method, name }) => method !== 'GET' && !(name in LEFT_OUT))) {
		const byHand = BY_HAND[endpoint.name];
		const [resource, operation] = byHand ? [byHand.resource, byHand.operation] : nodeNames(endpoint.name);
		const known = operationsOf(outseta.resources.find((r) => r.name === resource)!).find((o) => o.name === operation)!;
		const schema = known.fields ? await columnsOf(resource, operation) : [];
		const relations = await harness.loadOptions('outseta', 'loadOptions', 'getLinks', { currentNodeParameters: { resource } });
		const shown = new Set(harness.nodeType('outseta').description.properties.filter(({ displayOptions: d }) => d?.show?.resource?.includes(resource) && d.show.operation?.includes(operation)).map((p) => p.name));
		const { parameters, columns, uids = [], answer } = byHand ?? caseOf(endpoint, new Set(schema.map((c) => c.id)), new Set(relations.map((r) => String(r.value))), shown);
		const value = columns ? Object.fromEntries(Object.keys(columns(1)).map((column) => [column, `={{ $json.columns["${column}"] }}`])) : {};
		recorder.start(answer);
		const { error } = await harness.runNode(
			'outseta',
			{ resource, operation, ...parameters, options: { ...(parameters.options as IDataObject), doNotLog: true }, ...(Object.keys(value).length > 0 ? { fields: { mappingMode: 'defineBelow', value, matchingColumns: [], schema: schema as unknown as IDataObject[] } } : {}) } as INodeParameters,
			[{ columns: columns?.(1) ?? {}, uid: Object.fromEntries(uids.map((what) => [what, uid(what, 1)])) }],
		);
		const changes = recorder.sent.filter(({ method }) => method !== 'GET');
		const offered = optionsOf(resource, operation).includes('doNotLog');
		if (error || changes.length === 0 || !offered || changes.some(({ query }) => !query.includes('donotlog=1'))) missing.push(`${endpoint.name}${offered ? '' : ', not offered'}`);
	}
	// They save nothing.
	expect(missing).toEqual(['subscriptionAddOn.preview, not offered', 'subscription.computeChargeSummary, not offered', 'subscription.previewChange, not offered']);
});

describe('every operation', () => {
	// What checks of connections find depends on what the vendor holds, which the simulators tell.
	const every = outseta.resources
		.filter(({ name }) => name !== 'connection')
		.flatMap((resource) => operationsOf(resource).map((operation) => ({ name: `${resource.name}.${operation.name}`, resource, operation })));

	/** A case of the contract's calls, or of the operations that are the node's own. */
	async function caseFor(resource: string, operation: string, schema: ResourceMapperField[], shown: Set<string>): Promise<Case> {
		const byHand = Object.values(BY_HAND).find((c) => c.resource === resource && c.operation === operation);
		if (byHand) return byHand;
		const endpoint = contract.operations.find(({ name }) => !BY_HAND[name] && nodeNames(name).join() === [resource, operation].join());
		const relations = await harness.loadOptions('outseta', 'loadOptions', 'getLinks', { currentNodeParameters: { resource } });
		if (endpoint) return caseOf(endpoint, new Set(schema.map((c) => c.id)), new Set(relations.map((r) => String(r.value))), shown);
		const own = (parameters: IDataObject, columns: (turn: 1 | 2) => IDataObject): Case => ({ resource, operation, parameters, columns, uids: ['record'], expected: () => [] });
		const record = { __rl: true, mode: 'id', value: '={{ $json.uid.record }}' };
		const owns: Record<string, Case> = {
			'account.upsert': own({ matchBy: 'name', matchValue: '={{ $json.columns.InvoiceNotes }}' }, (turn) => ({ InvoiceNotes: `Note ${turn}`, primaryEmail: `p${turn}@example.com` })),
			'person.upsert': own({ matchValue: '={{ $json.columns.FirstName }}@example.com' }, (turn) => ({ FirstName: `jane${turn}` })),
			...Object.fromEntries(['account', 'person', 'deal'].map((kind) => [`${kind}.addActivity`, own({ record }, (turn) => ({ Title: `Event ${turn}` }))])),
			'api.request': own({ method: 'DELETE', path: '=/crm/people/{{ $json.uid.record }}', query: '{}', body: '{}' }, () => ({})),
		};
		return owns[`${resource}.${operation}`]!;
	}

	/** What an operation is run with. */
	async function given({ resource, operation }: (typeof every)[number]) {
		if (operation.kind === 'reconcile') return { node: 'outseta', ...PEOPLE[resource.name], parameters: { resource: resource.name, operation: operation.name, ...PEOPLE[resource.name].parameters } as INodeParameters };
		const schema = operation.fields ? await columnsOf(resource.name, operation.name) : [];
		const shown = new Set(harness.nodeType('outseta').description.properties.filter(({ displayOptions: d }) => d?.show?.resource?.includes(resource.name) && d.show.operation?.includes(operation.name)).map((p) => p.name));
		const { parameters, columns, uids = [], answer } = await caseFor(resource.name, operation.name, schema, shown);
		const value = columns ? Object.fromEntries(Object.keys(columns(1)).map((column) => [column, `={{ $json.columns["${column}"] }}`])) : {};
		return {
			node: 'outseta',
			answer,
			parameters: {
				...{ resource: resource.name, operation: operation.name },
				...parameters,
				...(Object.keys(value).length > 0 ? { fields: { mappingMode: 'defineBelow', value, matchingColumns: [], schema: schema as unknown as IDataObject[] } } : {}),
			} as INodeParameters,
			items: TURNS.map((turn) => ({ columns: columns?.(turn) ?? {}, uid: Object.fromEntries(uids.map((what) => [what, uid(what, turn)])) })),
		};
	}

	test.each(every.filter(({ operation }) => operation.kind === 'reconcile'))('$name sends what the documentation says', async (entry) => {
		const { parameters, items, answer } = await given(entry);
		recorder.start(answer);
		const { error } = await harness.runNode('outseta', parameters, items);
		expect(error).toBeUndefined();
		expect(comparable(recorder.sent)).toEqual(comparable(PEOPLE[entry.resource.name].expected.map((e) => ({ ...e, path: `/api/v1${e.path}` }))));
	});

	test('Connection: Check against a vendor that lies tells it, and only reads', async () => {
		// Custom fields of each resource are asked for with the patience of every request.
		const parameters = { resource: 'connection', operation: 'check', options: { resources: ['person', 'accountMembership'] } };
		expect(await falseFindings(harness, recorder, { node: 'outseta', parameters, items: [{}] })).toEqual([]);
	}, 60_000);

	test.each(every.filter(({ operation }) => operation.writes))('$name in a dry run sends reads only, and says so in every item', async (entry) => {
		await expectDryRun(harness, recorder, await given(entry));
	});

	// Rows come with another record, and are tested with the simulator.
	const rows = new Set(['accountMembership.getAll', 'dealStage.getAll', 'dripMessage.getAll']);

	test.each(every.filter(({ name }) => !rows.has(name)))('$name against a vendor that lies reports nothing that did not happen', async (entry) => {
		expect(await falseClaims(harness, recorder, { ...(await given(entry)), operation: entry.operation })).toEqual([]);
	});

	// At the end, since the nodes remember which pages a vendor could give.
	test.each(every.filter(({ name, operation }) => operation.kind === 'getAll' && !rows.has(name)))('$name comes whole from a vendor that fails on large pages', async (entry) => {
		expect(await lostOnLargePages(harness, recorder, await given(entry))).toBeUndefined();
	});
});

test('every call is reached or left out with its reason', () => {
	// 144 of the description file, 3 of the profile, 9 that others use; a person by email is a way to get one.
	expect([contract.operations.length, Object.keys(LEFT_OUT).length]).toEqual([156, 8]);
	const docs = readFileSync(new URL('../../docs/outseta.md', import.meta.url), 'utf8');
	const [leftOut] = docs.split('## Not included')[1]!.split('## Operations');
	for (const { name, method, path } of contract.operations.filter((o) => o.name in LEFT_OUT)) expect([name, leftOut!.includes(`\`${method} ${path}\``)]).toEqual([name, true]);
	expect(outseta.resources.flatMap((resource) => operationsOf(resource)).length).toBeGreaterThanOrEqual(150);
	const open = contract.operations.map(({ name }) => name).filter((name) => !reached.has(name) && !(name in LEFT_OUT));
	expect(open).toEqual([]);
	expect(reached.size + Object.keys(LEFT_OUT).length).toBe(contract.operations.length);
});

test('there is no operation that no call stands behind', () => {
	const OWN = ['upsert', 'addActivity', 'reconcile'];
	const named = new Set(contract.operations.map(({ name }) => (BY_HAND[name] ? `${BY_HAND[name].resource}.${BY_HAND[name].operation}` : nodeNames(name).join('.'))));
	const others = outseta.resources.flatMap((resource) => operationsOf(resource).filter((o) => !isCheck(resource, o.name)).map((o) => `${resource.name}.${o.name}`)).filter((name) => !named.has(name) && !OWN.includes(name.split('.')[1]));
	// Rows inside another record, and the request of one's own.
	expect(others.sort()).toEqual(['accountMembership.getAll', 'api.request', 'dealStage.getAll', 'dripMessage.getAll']);
});
