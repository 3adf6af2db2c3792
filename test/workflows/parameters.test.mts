/** Parameters that are read without n8n's expressions: the same as n8n gives, whatever the expression and the item. */
import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeParameters, INodeProperties } from 'n8n-workflow';
import { Parameters } from '../../dist/nodes/shared/run/parameters.js';
import { createHarness, n8n, type Harness } from '../harness/index.mts';

/** n8n 2 has several engines for expressions; n8n 1.123 has the first one. */
const { Expression } = n8n as unknown as { Expression: { initExpressionEngine?(options: object): Promise<void>; disposeExpressionEngine(): Promise<void>; setExpressionEngine(engine: string): void } };
const ENGINES = Expression.initExpressionEngine ? ['legacy', 'vm', 'quickjs'] : ['legacy'];

let harness: Harness;
beforeAll(async () => {
	harness = await createHarness({ credentials: { outreachOAuth2Api: { data: {} } } });
});

/** What a way of reading gives for an item, or how it fails. */
function outcome(read: () => unknown): unknown {
	try {
		return { value: read() };
	} catch (error) {
		return { error: (error as Error).message };
	}
}

/** Reads a parameter of each item in both ways, in an execution. */
async function both(parameters: INodeParameters, name: string, items: IDataObject[]): Promise<{ ours: unknown[]; theirs: unknown[]; asked: number }> {
	const type = harness.nodeType('outreach');
	const { execute } = type;
	const result = { ours: [] as unknown[], theirs: [] as unknown[], asked: 0 };
	type.execute = async function (this: IExecuteFunctions) {
		const given = this.getInputData();
		const context = {
			getNodeParameter: (path: string, index: number, fallback: unknown, options?: { rawExpressions?: boolean }) => {
				if (!options) result.asked++;
				return this.getNodeParameter(path, index, fallback, options as never) as unknown;
			},
		};
		const own = new Parameters(context as never, given);
		result.ours = given.map((_, i) => outcome(() => own.get(name, i)));
		result.theirs = given.map((_, i) => outcome(() => this.getNodeParameter(name, i)));
		return [given];
	};
	try {
		const input: INodeExecutionData[] = items.map((json) => ({ json }));
		const { error } = await harness.runNode('outreach', { resource: 'user', operation: 'reconcile', email: 'one@acme.example', ...parameters }, input);
		expect(error).toBeUndefined();
		return result;
	} finally {
		type.execute = execute;
	}
}

/** Values of an item. */
const VALUES = [
	...['text', '', ' ', '0', 'true', 'null', '=1', '={{ $json.other }}', '{{ 1 }}', '}}', '2026-01-31', '2026-01-31T10:00:00.000Z', 'ä€🙂', '\ud800', '"\'`\\', 'a\nb', 'x'.repeat(10_000)],
	...[0, -0, 1, 1.5, 1e21, -7, true, false, null],
	...[{}, { y: 'inner' }, { y: { z: 'innermost' } }, { y: null }, [], ['a'], [{ y: 'in a list' }], { length: 3 }],
] as Array<IDataObject[string]>;

const ITEMS: IDataObject[] = [{}, { x: undefined }, ...VALUES.map((x) => ({ x, other: 'Other', 'x y': x, constructor: 'own', toString: 'own', prototype: 'own', list: [x], date: 'own', format: 'own', isEmpty: 'own', $: x }) as unknown as IDataObject)];

const EXPRESSIONS = [
	...['={{ $json.x }}', '={{$json.x}}', '={{   $json.x\n}}', "={{ $json['x'] }}", '={{ $json["x"] }}', '={{ $json["x y"] }}', "={{ $json['x y'] }}", '={{ $json.x.y }}', '={{ $json.x.y.z }}', '={{ $json["x"].y }}', '={{ $json.x["y"] }}'],
	...['={{ $json.date }}', '={{ $json.constructor }}', '={{ $json.prototype }}', '={{ $json.toString }}', '={{ $json["__proto__"] }}', '={{ $json.format }}', '={{ $json.isEmpty }}', '={{ $json.length }}', '={{ $json.x.length }}', '={{ $json["constructor"] }}', '={{ $json.__proto__ }}'],
	...['= {{ $json.x }}', '={{ $json.x }} ', '={{ $json.x }}!', '={{ $json.x }}{{ $json.x }}', '={{ $json.x + 1 }}', '={{ $json.x?.y }}', '={{ $json?.x }}', '={{ $json . x }}', '={{ ($json.x) }}', '={{ $json.list[0] }}', '={{ $json["x"+""] }}', '={{ $json["{{x}}"] }}', '={{ $json.x // all }}', '={{ $json.x; }}', '={{ "$json.x" }}', '={{ $json.$ }}', '={{ $json["a\\"b"] }}', '={{ $json[""] }}', '={{ $item(0).$json.x }}'],
	...['=', '=text', '={{ }}', '={{ 1 }}', '={{ $json }}', '{{ $json.x }}', 'text'],
];

describe.each(ENGINES)('with the engine %s', (engine) => {
	if (engine !== 'legacy') {
		beforeAll(async () => await Expression.initExpressionEngine!({ engine, poolSize: 1, maxCodeCacheSize: 1000, bridgeTimeout: 5000, bridgeMemoryLimit: 128 }));
		afterAll(async () => {
			await Expression.disposeExpressionEngine();
			Expression.setExpressionEngine('legacy');
		});
	}

	// The others take ten times as long.
	test.each(engine === 'legacy' ? EXPRESSIONS : EXPRESSIONS.slice(0, 16))('%j is what n8n makes of it', async (email) => {
		for (const items of engine === 'legacy' ? [ITEMS, ITEMS.toReversed()] : [ITEMS]) {
			const { ours, theirs } = await both({ email }, 'email', items);
			expect(ours).toStrictEqual(theirs);
		}
	});
});

test('n8n is asked once for what is as simple as this, and for each item of the rest', async () => {
	const items = Array.from({ length: 50 }, (_, i) => ({ x: `text ${i}`, deep: { y: i } }));
	for (const email of ['={{ $json.x }}', '={{ $json["x"] }}', '={{ $json.deep.y }}', 'constant']) expect((await both({ email }, 'email', items)).asked).toBe(1);
	for (const email of ['={{ $json.x + "" }}', '={{ $json.deep }}', '={{ $json.missing }}']) expect((await both({ email }, 'email', items)).asked).toBe(50);
});

const locator = (value: unknown, mode = 'name') => ({ __rl: true, mode, value, cachedResultName: 'Shown' }) as unknown as INodeParameters;

test.each([
	['role', locator('={{ $json.x }}')],
	['role', locator('={{ $json.x }}', '={{ $json.other }}')],
	['role', locator('={{ $json.x + 1 }}')],
	['role', locator(7)],
	['role', '={{ $json.x }}'],
	['teams', { entry: [{ record: locator('={{ $json.x }}') }, { record: locator('={{ $json.other }}') }, { record: locator('Team') }] }],
	['teams', {}],
	['options', { managerField: '={{ $json.other }}', waitMinutes: 3, reassign: ['tasks', '={{ $json.other }}'] }],
	['options', {}],
	['filters', { condition: [{ field: 'email', operator: 'equals', value: '={{ $json.x }}' }] }],
	['fields.mappingMode', undefined],
	['missing', undefined],
] as Array<[string, INodeParameters[string]]>)('%s: %j is what n8n makes of it', async (name, value) => {
	const { ours, theirs } = await both(value === undefined ? {} : { [name]: value }, name, ITEMS);
	expect(ours).toStrictEqual(theirs);
});

test('what comes out belongs to the item: changing it changes no other', async () => {
	const { ours } = await both({ teams: { entry: [{ record: locator('Team') }] } }, 'teams', [{}, {}, {}]);
	const [, second, third] = ours as Array<{ value: IDataObject }>;
	(second.value.entry as IDataObject[])[0] = {};
	expect(third.value).toEqual({ entry: [{ record: locator('Team') }] });
});

const TYPES = ['string', 'number', 'boolean', 'dateTime', 'options', 'array', 'object', 'time', 'url', undefined];

describe.each(['={{ $json.x }}', '={{ $json.x.y }}', '={{ $json.x + "" }}', 'text', '', 7, true, null])('a column with %j', (value) => {
	test.each(TYPES)('of the type %s is what n8n makes of it', async (type) => {
		const schema = [{ id: 'title', displayName: 'Title', required: true, display: true, defaultMatch: false, ...(type ? { type } : {}), options: [{ name: 'Text', value: 'text' }] }];
		const fields = { mappingMode: 'defineBelow', value: { title: value, other: '={{ $json.other }}' }, matchingColumns: [], schema } as unknown as INodeParameters;
		for (const items of [ITEMS, ITEMS.toReversed()]) {
			// n8n does not run a node with a constant of the wrong type.
			const read = await both({ fields }, 'fields.value', items).catch((error: Error) => (error.name === 'WorkflowHasIssuesError' ? undefined : Promise.reject(error)));
			if (String(value).startsWith('=')) expect(read).toBeDefined();
			if (read) expect(read.ours).toStrictEqual(read.theirs);
		}
	});
});

test('columns without a schema, and the mapper that takes every field', async () => {
	for (const fields of [{ mappingMode: 'defineBelow', value: { title: '={{ $json.x }}' } }, { mappingMode: 'autoMapInputData', value: null }] as unknown as INodeParameters[]) {
		const { ours, theirs } = await both({ fields }, 'fields.value', ITEMS);
		expect(ours).toStrictEqual(theirs);
	}
});

test.each(['outreach', 'outseta', 'branchCms', 'userlot'])('nothing in %s lets n8n convert a value later than on the first item', (node) => {
	const found: string[] = [];
	const visit = (property: INodeProperties, path: string) => {
		if (property.validateType || property.extractValue) found.push(path);
		if (property.type === 'resourceMapper' && path !== 'fields') found.push(path);
		for (const option of property.options ?? []) {
			if ('values' in option) option.values.forEach((one) => visit(one, `${path}.${one.name}`));
			else if ('type' in option) visit(option, `${path}.${option.name}`);
		}
	};
	harness.nodeType(node).description.properties.forEach((property) => visit(property, property.name));
	expect(found).toEqual([]);
});
