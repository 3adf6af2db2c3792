/** From the spec to the node's parameters, judged by n8n's own rule of what is displayed. */
import type { INodeParameters, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { BranchCms } from '../../dist/nodes/BranchCms/BranchCms.node.js';
import { branchCms } from '../../dist/nodes/BranchCms/vendor.js';
import { Outreach } from '../../dist/nodes/Outreach/Outreach.node.js';
import { outreach } from '../../dist/nodes/Outreach/vendor.js';
import { displayFor } from '../../dist/nodes/shared/editor/displayFor.js';
import { propertiesOf } from '../../dist/nodes/shared/editor/properties.js';
import { operationsOf, type Operation } from '../../dist/nodes/shared/spec/operation.js';
import type { Resource } from '../../dist/nodes/shared/spec/resource.js';
import { resourceOf } from '../../dist/nodes/shared/wire/vendor.js';
import { Userlot } from '../../dist/nodes/Userlot/Userlot.node.js';
import { userlot } from '../../dist/nodes/Userlot/vendor.js';
import { n8n } from '../harness/index.mts';

describe('displayFor', () => {
	const make = (table: Record<string, string>): Operation[] =>
		Object.entries(table).flatMap(([name, names]) => names.split('').map((operation) => ({ resource: { name } as Resource, name: operation }) as Operation));

	/** Pairs that the conditions show. */
	const shownPairs = (operations: Operation[], wanted: (o: Operation) => boolean) => {
		const conditions = displayFor(operations, wanted);
		return operations.filter((o) => conditions.some(({ show }) => show!.resource!.includes(o.resource.name) && show!.operation!.includes(o.name)));
	};
	const pairs = (operations: Operation[]) => operations.map((o) => `${o.resource.name}.${o.name}`);

	test('one condition when a product says it all', () => {
		const operations = make({ x: 'abc', y: 'ab', z: 'c' });
		expect(displayFor(operations, (o) => o.name !== 'c')).toEqual([{ show: { resource: ['x', 'y'], operation: ['a', 'b'] } }]);
	});

	test('also when a resource lacks an operation of the others', () => {
		const operations = make({ x: 'abc', y: 'a' });
		expect(displayFor(operations, () => true)).toEqual([{ show: { resource: ['x', 'y'], operation: ['a', 'b', 'c'] } }]);
	});

	test('several when it would show too much', () => {
		const operations = make({ x: 'ab', y: 'ab' });
		const wanted = (o: Operation) => o.resource.name === 'x' || o.name === 'a';
		expect(displayFor(operations, wanted)).toEqual([{ show: { resource: ['x'], operation: ['a', 'b'] } }, { show: { resource: ['y'], operation: ['a'] } }]);
	});

	test('none when nothing is wanted', () => {
		expect(displayFor(make({ x: 'a' }), () => false)).toEqual([]);
	});

	test('shows exactly the wanted pairs, whatever they are', () => {
		let seed = 1;
		const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
		for (let round = 0; round < 500; round++) {
			const table = Object.fromEntries(['p', 'q', 'r', 's'].map((name) => [name, ['a', 'b', 'c', 'd'].filter(() => random() < 0.7).join('')]));
			const operations = make(table);
			const chosen = new Set(operations.filter(() => random() < 0.5));
			expect(pairs(shownPairs(operations, (o) => chosen.has(o)))).toEqual(pairs([...chosen]));
		}
	});
});

describe.each([
	{ vendor: outreach, node: new Outreach() },
	{ vendor: branchCms, node: new BranchCms() },
	{ vendor: userlot, node: new Userlot() },
])('$vendor.label', ({ vendor, node }) => {
	const { description } = node;
	const all = vendor.resources.flatMap(operationsOf).map((operation) => ({ name: `${operation.resource.name}.${operation.name}`, operation }));

	/** Parameters that n8n displays for an operation, with these values besides. */
	function displayed({ resource, name }: Operation, more: INodeParameters = {}): INodeProperties[] {
		const parameters: INodeParameters = { authentication: 'oAuth2', resource: resource.name, operation: name, returnAll: false, target: 'items', ...more };
		const stored = { id: '1', name: 'N', type: 't', typeVersion: 1, position: [0, 0] as [number, number], parameters };
		return description.properties.filter((property) => n8n.NodeHelpers.displayParameter(parameters, property, stored, description));
	}
	const types = (list: INodeProperties[], type: string) => list.filter((p) => p.type === type);

	test('the description is what the spec says', () => {
		const made = propertiesOf(vendor);
		expect(description.properties.slice(-made.length)).toEqual(made);
	});

	test.each(all)('$name shows what it needs, each thing once', ({ operation }) => {
		const { resource, kind } = operation;
		const first = resource.keys?.[0];
		const list = displayed(operation, { matchBy: first ? (first.name ?? first.field) : '' });
		const names = list.map((p) => p.name);
		expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);

		const needsRecord = ['get', 'update', 'replace', 'delete', 'bulk'].includes(kind) || (operation.endpoint?.path.includes('{id}') ?? false) || (kind === 'recipe' && resource.recipes!.find((r) => r.name === operation.name)!.record === true);
		const record = list.find((p) => p.name === 'record');
		expect(record !== undefined).toBe(needsRecord);
		if (record) {
			expect(record.required).toBe(true);
			expect(record.displayName).toBe(resource.label);
			const modes = record.modes!.map((m) => m.name);
			expect(modes).toContain('id');
			expect(modes.includes('list')).toBe(resource.methods.includes('getAll'));
			for (const key of resource.keys ?? []) expect(modes).toContain(key.name ?? key.field);
			expect(modes.includes('url')).toBe(resource.urlExample !== undefined);
		}

		const parameters = operation.endpoint?.parameters ?? (operation.bulk?.fields ? undefined : operation.bulk?.parameters);
		const needsMapper = parameters
			? parameters.some((p) => p.reference === undefined)
			: ['create', 'update', 'replace', 'upsert', 'reconcile'].includes(kind) || operation.bulk?.fields === true || (kind === 'recipe' && (resource.recipes!.find((r) => r.name === operation.name)!.inputs ?? []).some((i) => i.kind === 'fields'));
		expect(types(list, 'resourceMapper')).toHaveLength(needsMapper ? 1 : 0);

		for (const parameter of parameters ?? []) {
			if (parameter.reference !== undefined) expect(names).toContain(parameter.name);
		}
		for (const input of operation.inputs) if ('name' in input) expect(names).toContain(input.name);

		// A list of people is matched by a key, unless an input of its own gives it.
		const people = kind === 'reconcile' ? resource.reconcile! : undefined;
		expect(names.includes('matchValue')).toBe(kind === 'upsert' || (people !== undefined && people.keyInput === undefined));
		expect(names.includes('matchBy')).toBe((kind === 'upsert' && resource.keys!.length > 1) || (people?.keyInput === undefined && (people?.keys.length ?? 0) > 1));
		for (const name of ['returnAll', 'limit']) expect(names.includes(name)).toBe(kind === 'getAll');
		// A filter of SCIM names one person, and is no scope.
		expect(names.includes('filters')).toBe(kind === 'getAll' || (kind === 'reconcile' && resource.name !== 'scimUser'));
		const asksForLinks = kind === 'recipe' && (resource.recipes!.find((r) => r.name === operation.name)!.inputs ?? []).some((i) => i.kind === 'links');
		expect(names.includes('links')).toBe((asksForLinks || ['create', 'update', 'upsert', 'replace'].includes(kind)) && (resource.relations ?? []).some((r) => !r.readOnly));
		expect(names.filter((name) => name === 'options')).toHaveLength(1);
		if (kind === 'getAll') {
			expect(displayed(operation, { returnAll: true }).map((p) => p.name)).not.toContain('limit');
		}
		if (kind === 'bulk') {
			const filtered = displayed(operation, { target: 'filter' }).map((p) => p.name);
			expect(filtered).toContain('filters');
			expect(filtered).not.toContain('record');
			expect(displayed(operation, { target: 'all' }).map((p) => p.name).filter((name) => ['filters', 'record'].includes(name))).toEqual([]);
		}
	});

	test('every Create or Update asks for each of its keys', () => {
		for (const { operation } of all.filter(({ operation: o }) => o.kind === 'upsert')) {
			for (const key of operation.resource.keys!) {
				const list = displayed(operation, { matchBy: key.name ?? key.field }).filter((p) => p.name === 'matchValue');
				expect(list).toHaveLength(1);
				expect(list[0].required).toBe(true);
			}
		}
	});

	test('choices are in the order of their names', () => {
		const unsorted: string[] = [];
		const visit = (properties: INodeProperties[], place: string) => {
			for (const property of properties) {
				const options = (property.options ?? []) as Array<INodePropertyOptions & { displayName?: string; values?: INodeProperties[] }>;
				const names = options.map((o) => o.displayName ?? o.name);
				const ordered = ['resource', 'operation', 'options'].includes(property.name) || (['options', 'multiOptions'].includes(property.type) && names.length >= 5);
				if (ordered && names.some((name, i) => i > 0 && names[i - 1].localeCompare(name) > 0)) unsorted.push(`${place}${property.name}: ${names.join(', ')}`);
				for (const option of options) if (option.values) visit(option.values, `${place}${property.name}.`);
			}
		};
		visit(description.properties, '');
		expect(unsorted).toEqual([]);
	});

	test('a dropdown starts with one of its choices', () => {
		for (const property of types(description.properties, 'options').filter((p) => p.options)) {
			expect((property.options as INodePropertyOptions[]).map((o) => o.value)).toContain(property.default);
		}
	});

	test('everything that the editor is told to load exists', () => {
		const wanted: string[] = [];
		JSON.stringify(description.properties, (key, value: unknown) => {
			if (['loadOptionsMethod', 'searchListMethod', 'resourceMapperMethod'].includes(key)) wanted.push(`${key}:${String(value)}`);
			return value;
		});
		const places = { loadOptionsMethod: node.methods.loadOptions, searchListMethod: node.methods.listSearch, resourceMapperMethod: node.methods.resourceMapping };
		expect(wanted.length).toBeGreaterThan(0);
		for (const entry of new Set(wanted)) {
			const [kind, method] = entry.split(':');
			expect({ [entry]: typeof places[kind as keyof typeof places]?.[method] }).toEqual({ [entry]: 'function' });
		}
	});

	test('nobody has to type an ID: what refers to a record is a locator that lists, where the vendor lists', () => {
		for (const { operation } of all) {
			for (const input of operation.inputs) {
				if (input.kind !== 'record' || input.multiple) continue;
				const property = displayed(operation).find((p) => p.name === input.name)!;
				expect(property.type).toBe('resourceLocator');
				expect(property.modes!.some((m) => m.type === 'list')).toBe(resourceOf(vendor, input.resource).methods.includes('getAll'));
			}
		}
	});
});
