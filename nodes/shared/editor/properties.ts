/** Spec to node properties: dropdowns, locators, the field mapper, filters and options. */
import type { IDisplayOptions, INodeProperties, INodePropertyMode, INodePropertyOptions } from 'n8n-workflow';

import { keyLabel, keyName } from '../run/lookup';
import { grouped } from '../spec/lists';
import { type Field, type Input, labelOf, listed, type NaturalKey, nouns, type Operation, operationsOf, type Resource, upsertKeys } from '../spec/resource';
import { apiOf, resourceOf, type Vendor } from '../wire/vendor';

/** Editor method that searches a resource for a locator's list. */
export const searchMethod = (resource: string) => `search${resource.charAt(0).toUpperCase()}${resource.slice(1)}`;

export const EXPRESSION = 'using an <a href="https://docs.n8n.io/code/expressions/">expression</a>';

/** A dropdown with fixed choices. */
const dropdown = (displayName: string, name: string, options: INodePropertyOptions[], initial: string, more: Partial<INodeProperties> = {}): INodeProperties => ({
	displayName,
	name,
	type: 'options',
	options,
	default: initial,
	...more,
});

/** A dropdown whose choices the editor loads. */
export const dynamicDropdown = (displayName: string, name: string, loadOptionsMethod: string, loadOptionsDependsOn: string[], initial = ''): INodeProperties => ({
	displayName,
	name,
	type: 'options',
	typeOptions: { loadOptionsMethod, loadOptionsDependsOn },
	default: initial,
	description: `Choose from the list, or specify an ID ${EXPRESSION}`,
});

const byName = <T extends { displayName?: string; name: string }>(list: T[]): T[] =>
	[...list].sort((a, b) => (a.displayName ?? a.name).localeCompare(b.displayName ?? b.name));

/** Everything below the credential of a vendor's action node. */
export function propertiesOf(vendor: Vendor): INodeProperties[] {
	const operations = vendor.resources.flatMap(operationsOf);
	const show = (wanted: (operation: Operation) => boolean) => displayFor(operations, wanted);

	/** A property for each group of (resource, operation) pairs that dropdowns can address. */
	const shown = (property: INodeProperties, wanted: (operation: Operation) => boolean): INodeProperties[] =>
		show(wanted).map((displayOptions) => ({ ...property, displayOptions }));

	const perResource = (make: (resource: Resource) => INodeProperties[]) => vendor.resources.flatMap(make);

	return [
		...(vendor.logins ? [loginProperty(vendor)] : []),
		dropdown('Resource', 'resource', byName(vendor.resources.map((r) => ({ name: r.label, value: r.name }))), vendor.resources[0].name, {
			noDataExpression: true,
		}),
		...perResource((resource) => [operationProperty(resource)]),
		...perResource((resource) =>
			resource.scope
				? [
						{
							...dynamicDropdown(`${resource.scope.label} Name or ID`, 'scope', 'getScopes', ['resource']),
							noDataExpression: true,
							required: true,
							displayOptions: { show: { resource: [resource.name] } },
						},
					]
				: [],
		),
		...inputProperties(vendor, operations, (input) => input.kind === 'record' && input.name === 'parent'),
		...perResource((resource) =>
			shown(locator('record', resource.label, resource, true, `The ${nouns(resource).one} to work on`), (o) => o.resource === resource && o.record),
		),
		...perResource((resource) => matchProperties(resource)),
		...shown(targetProperty, (o) => o.kind === 'bulk'),
		...perResource((resource) =>
			shown(locator('record', resource.label, resource, true, `The ${nouns(resource).one} to change; those of all input items are changed together`), (o) => o.resource === resource && o.kind === 'bulk').map(
				(p) => ({ ...p, displayOptions: { show: { ...p.displayOptions!.show, target: ['items'] } } }),
			),
		),
		...inputProperties(vendor, operations, (input) => input.kind !== 'record' || input.name !== 'parent'),
		...shown(
			{
				displayName: 'Fields',
				name: 'fields',
				type: 'resourceMapper',
				noDataExpression: true,
				default: { mappingMode: 'defineBelow', value: null },
				required: true,
				typeOptions: {
					loadOptionsDependsOn: ['resource', 'operation'],
					resourceMapper: {
						resourceMapperMethod: 'getFields',
						mode: 'add',
						fieldWords: { singular: 'field', plural: 'fields' },
						addAllFields: false,
						supportAutoMap: true,
						noFieldsError: 'This operation takes no fields',
					},
				},
			},
			(o) => o.fields,
		),
		...shown(customFieldsProperty, (o) => o.fields && !o.endpoint && (o.resource.openFields ?? false)),
		...shown(linksProperty, takesLinks),
		...shown(
			{
				displayName: 'Return All',
				name: 'returnAll',
				type: 'boolean',
				default: false,
				description: 'Whether to return all results or only up to a given limit',
			},
			(o) => o.many,
		),
		...shown(
			{
				displayName: 'Limit',
				name: 'limit',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 50,
				description: 'Max number of results to return',
			},
			(o) => o.many,
		).map((p) => ({ ...p, displayOptions: { show: { ...p.displayOptions!.show, returnAll: [false] } } })),
		...shown(filtersProperty(vendor), (o) => o.kind === 'getAll' && !listed(o.resource).rows),
		...shown(filtersProperty(vendor), (o) => o.kind === 'bulk').map((p) => ({
			...p,
			displayOptions: { show: { ...p.displayOptions!.show, target: ['filter'] } },
		})),
		...shown(sortProperty, (o) => o.kind === 'getAll' && !listed(o.resource).rows && (o.resource.openFields || o.resource.fields.some((f) => f.sort))),
		...shown(simplifyProperty, (o) => o.simplify),
		optionsProperty(vendor, operations),
	];
}

/** Records come flat, or as the vendor sent them. */
export const simplifyProperty: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

/** Kind of credential; resources behind a door of their own have just one. */
export function loginProperty(vendor: Vendor): INodeProperties {
	const apart = vendor.resources.filter((r) => r.door).map((r) => r.name);
	return dropdown('Authentication', 'authentication', vendor.loginChoices ?? [], String(vendor.loginChoices?.[0]?.value ?? ''), {
		noDataExpression: true,
		...(apart.length > 0 ? { displayOptions: { hide: { resource: apart } } } : {}),
	});
}

/** Which records a bulk change is about. Never all of them by accident: the vendor would take no choice for all. */
const targetProperty: INodeProperties = {
	displayName: 'Records',
	name: 'target',
	type: 'options',
	options: [
		{ name: 'All Records', value: 'all', description: 'Every record of the organization' },
		{ name: 'From Input Items', value: 'items', description: 'One record per input item, all changed in one request' },
		{ name: 'Matching Filters', value: 'filter', description: 'All records that meet the filters' },
	],
	default: 'items',
	description: 'Which records to change',
};

/** Create and update can point to other records. */
export function takesLinks(operation: Operation): boolean {
	return (
		(operation.links || ['create', 'update', 'upsert', 'replace'].includes(operation.kind)) &&
		(operation.resource.relations ?? []).some((r) => !r.readOnly)
	);
}

/**
 * Conditions under which exactly the wanted (resource, operation) pairs are shown. A condition is a product
 * of resources and operations, so resources with the same set of operations share one.
 */
export function displayFor(operations: Operation[], wanted: (operation: Operation) => boolean): IDisplayOptions[] {
	const byResource = new Map([...grouped(operations.filter(wanted), (o) => [o.resource.name])].map(([resource, own]) => [resource, own.map((o) => o.name)]));
	const product = (resources: string[], names: string[]) => ({ show: { resource: resources, operation: names } });
	const names = [...new Set([...byResource.values()].flat())];
	const clean = operations.every((o) => !byResource.has(o.resource.name) || !names.includes(o.name) || wanted(o));
	if (byResource.size === 0) return [];
	if (clean) return [product([...byResource.keys()], names)];
	const groups = grouped(byResource.keys(), (resource) => [byResource.get(resource)!.join()]);
	return [...groups].map(([list, resources]) => product(resources, list.split(',')));
}

function operationProperty(resource: Resource): INodeProperties {
	const operations = operationsOf(resource);
	return dropdown(
		'Operation',
		'operation',
		operations.map((o) => ({ name: o.label, value: o.name, action: o.action, description: o.description })),
		operations.some((o) => o.kind === 'getAll') ? 'getAll' : operations[0].name,
		{ noDataExpression: true, displayOptions: { show: { resource: [resource.name] } } },
	);
}

const textMode = (displayName: string, name: string, placeholder: string): INodePropertyMode => {
	const words = { displayName, name, placeholder };
	return { ...words, type: 'string' };
};

const listMode = (placeholder: string, searchListMethod: string): INodePropertyMode => ({
	...textMode('From List', 'list', placeholder),
	type: 'list',
	typeOptions: { searchListMethod, searchable: true },
});

/** A resource locator: from a searched list, by natural keys, by id, by page address. */
export function locator(name: string, label: string, resource: Resource, required: boolean, description?: string): INodeProperties {
	const modes: INodePropertyMode[] = [];
	if (resource.methods.includes('getAll')) {
		modes.push(listMode(`Select ${nouns(resource).a}...`, searchMethod(resource.name)));
	}
	for (const key of resource.keys ?? []) modes.push(keyMode(resource, key));
	modes.push({
		...textMode('By ID', 'id', resource.idType === 'integer' ? 'e.g. 123' : 'e.g. a1b2c3'),
		...(resource.idType === 'integer'
			? { validation: [{ type: 'regex', properties: { regex: '^[1-9]\\d*$', errorMessage: 'An ID is a whole number' } }] }
			: {}),
	});
	if (resource.urlExample) {
		modes.push(textMode('By URL', 'url', `e.g. ${resource.urlExample}`));
	}
	const initial = { mode: modes[0].name, value: '' };
	return {
		displayName: label,
		name,
		type: 'resourceLocator',
		default: initial,
		...(required ? { required: true } : {}),
		...(description ? { description } : {}),
		modes,
	};
}

function keyMode(resource: Resource, key: NaturalKey): INodePropertyMode {
	const label = keyLabel(resource, key);
	return textMode(`By ${label}`, keyName(key), key.type === 'email' ? 'e.g. nathan@example.com' : example(label));
}

/** A locator whose resource depends on the chosen relation. */
function linkedLocator(searchListMethod: string): INodeProperties {
	return {
		displayName: 'Record',
		name: 'record',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		description: 'The record to point to',
		modes: [
			listMode('Select a record...', searchListMethod),
			textMode('By Name or Email', 'key', 'e.g. Sales Rep'),
			textMode('By ID', 'id', 'e.g. 123'),
		],
	};
}

/** Placeholder of a text that is looked up: `e.g. the name`, `e.g. the custom ID`. */
const example = (label: string) => `e.g. the ${label.toLowerCase().replace(/\bid\b/g, 'ID')}`;

/** The key of a Create or Update. */
function matchProperties(resource: Resource): INodeProperties[] {
	const keys = upsertKeys(resource);
	if (keys.length === 0) return [];
	const displayOptions = { show: { resource: [resource.name], operation: ['upsert'] } };
	const value = (key: NaturalKey, condition: IDisplayOptions): INodeProperties => ({
		displayName: keyLabel(resource, key),
		name: 'matchValue',
		type: 'string',
		default: '',
		required: true,
		displayOptions: condition,
		placeholder: key.type === 'email' ? 'e.g. nathan@example.com' : example(keyLabel(resource, key)),
		description: `Finds the ${nouns(resource).one}: it is updated when there is one, created otherwise`,
	});
	if (keys.length === 1) return [value(keys[0], displayOptions)];
	return [
		dropdown('Match By', 'matchBy', keys.map((k) => ({ name: keyLabel(resource, k), value: keyName(k) })), keyName(keys[0]), {
			displayOptions,
			description: `The field that tells whether the ${nouns(resource).one} exists`,
		}),
		...keys.map((key) => value(key, { show: { ...displayOptions.show, matchBy: [keyName(key)] } })),
	];
}

/** Parameters of their own that operations ask for; equal ones are shared. */
function inputProperties(vendor: Vendor, operations: Operation[], wanted: (input: Input) => boolean = () => true): INodeProperties[] {
	const bySignature = new Map<string, { property: INodeProperties; users: Set<Operation> }>();
	for (const operation of operations) {
		for (const input of operation.inputs.filter(wanted)) {
			const property = inputProperty(vendor, input);
			if (!property) continue;
			const signature = JSON.stringify(property);
			const group = bySignature.get(signature) ?? { property, users: new Set() };
			group.users.add(operation);
			bySignature.set(signature, group);
		}
	}
	return [...bySignature.values()].flatMap(({ property, users }) =>
		displayFor(operations, (o) => users.has(o)).map((displayOptions) => ({ ...property, displayOptions })),
	);
}

function inputProperty(vendor: Vendor, input: Input): INodeProperties | undefined {
	switch (input.kind) {
		case 'record': {
			const resource = resourceOf(vendor, input.resource);
			if (!input.multiple) return locator(input.name, input.label, resource, input.required ?? false, input.description);
			return {
				displayName: input.label,
				name: input.name,
				type: 'fixedCollection',
				typeOptions: { multipleValues: true },
				placeholder: `Add ${resource.label}`,
				default: {},
				...(input.description ? { description: input.description } : {}),
				options: [{ displayName: resource.label, name: 'entry', values: [locator('record', resource.label, resource, true)] }],
			};
		}
		case 'binary':
			return {
				displayName: input.label,
				name: input.name,
				type: 'string',
				default: 'data',
				required: true,
				hint: 'The name of the input binary field containing the file to be uploaded',
				...(input.description ? { description: input.description } : {}),
			};
		case 'rows':
			return {
				displayName: input.label,
				name: input.name,
				type: 'fixedCollection',
				typeOptions: { multipleValues: true },
				placeholder: `Add ${input.row}`,
				default: {},
				...(input.description ? { description: input.description } : {}),
				options: [{ displayName: input.row, name: 'row', values: input.fields.map((field) => valueProperty(field)) }],
			};
		case 'value':
			return valueProperty(input, input.default, input.placeholder);
		default:
			return undefined;
	}
}

/** A field of the spec as a parameter of its own. */
export function valueProperty(field: Field, initial?: boolean | string | number | string[], placeholder?: string): INodeProperties {
	const base = {
		displayName: labelOf(field),
		name: field.name,
		...(field.description ? { description: field.description } : {}),
		...(field.required ? { required: true } : {}),
		...(placeholder ? { placeholder } : {}),
	};
	switch (field.type) {
		case 'boolean':
			return { ...base, type: 'boolean', default: initial ?? false };
		case 'integer':
		case 'number':
			return { ...base, type: 'number', default: initial ?? 0 };
		case 'date':
		case 'dateTime':
			return { ...base, type: 'dateTime', default: initial ?? '' };
		case 'options':
		case 'multiOptions':
			return {
				...base,
				type: field.type,
				options: (field.options ?? []).map((o): INodePropertyOptions => ({ name: labelOf(o), value: o.value, ...(o.description ? { description: o.description } : {}) })),
				default: initial ?? (field.type === 'options' ? field.options![0].value : []),
			};
		case 'json':
			return { ...base, type: 'json', default: initial ?? '' };
		default:
			return {
				...base,
				type: 'string',
				...(field.type === 'text' ? { typeOptions: { rows: 3 } } : field.type === 'secret' ? { typeOptions: { password: true } } : {}),
				default: initial ?? '',
				...(field.type === 'email' && !placeholder ? { placeholder: 'e.g. nathan@example.com' } : {}),
			};
	}
}

const customFieldsProperty: INodeProperties = {
	displayName: 'Custom Fields',
	name: 'customFields',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Custom Field',
	default: {},
	description: 'Fields that only your own site or organization has, by their key',
	options: [
		{
			displayName: 'Field',
			name: 'field',
			values: [
				{ displayName: 'Name', name: 'name', type: 'string', default: '', placeholder: 'e.g. memberLevel', description: 'Key of the field' },
				{ displayName: 'Value', name: 'value', type: 'string', default: '', description: 'What to store' },
			],
		},
	],
};

const linksProperty: INodeProperties = {
	displayName: 'Linked Records',
	name: 'links',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Linked Record',
	default: {},
	description: 'Other records that this one points to, such as its owner',
	options: [
		{
			displayName: 'Link',
			name: 'link',
			values: [
				dynamicDropdown('Relation Name or ID', 'relation', 'getLinks', ['resource']),
				linkedLocator('searchLinked'),
			],
		},
	],
};

const asksMoreThanEquals = (vendor: Vendor) =>
	(['string', 'integer', 'dateTime', 'boolean'] as const).some((type) => vendor.api.operators({ name: type, type }).length > 1);

export function filtersProperty(vendor: Vendor): INodeProperties {
	const related = vendor.resources.some((r) => (r.relations ?? []).some((rel) => rel.filterBy?.includes('id')));
	return {
		displayName: 'Filters',
		name: 'filters',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Filter',
		default: {},
		description: 'Conditions that all have to be met',
		options: [
			{
				displayName: 'Condition',
				name: 'condition',
				values: [
					dynamicDropdown('Field Name or ID', 'field', 'getFilterFields', ['resource']),
					// A choice of one is none.
					...(asksMoreThanEquals(vendor) ? [dynamicDropdown('Operator Name or ID', 'operator', 'getOperators', ['&field'], 'equals')] : []),
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						displayOptions: { hide: { operator: ['empty', 'notEmpty'] } },
						...(asksMoreThanEquals(vendor) ? { description: 'For "Is One of", several values with commas between them' } : {}),
					},
					{
						displayName: 'And',
						name: 'until',
						type: 'string',
						default: '',
						displayOptions: { show: { operator: ['between'] } },
						description: 'End of the range, included',
					},
				],
			},
			...(related
				? [
						{
							displayName: 'Related Record',
							name: 'related',
							values: [
								dynamicDropdown('Relation Name or ID', 'relation', 'getFilterRelations', ['resource']),
								linkedLocator('searchLinked'),
							],
						},
					]
				: []),
		],
	};
}

const sortProperty: INodeProperties = {
	displayName: 'Sort',
	name: 'sort',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Sort Field',
	default: {},
	description: 'Order of the results, the first field counts most',
	options: [
		{
			displayName: 'Sort By',
			name: 'by',
			values: [
				dynamicDropdown('Field Name or ID', 'field', 'getSortFields', ['resource']),
				{
					displayName: 'Direction',
					name: 'direction',
					type: 'options',
					options: [
						{ name: 'Ascending', value: 'asc' },
						{ name: 'Descending', value: 'desc' },
					],
					default: 'asc',
				},
			],
		},
	],
};

/** The Options collection of all operations; each entry shows where it applies. */
function optionsProperty(vendor: Vendor, operations: Operation[]): INodeProperties {
	const inside = (displayOptions: IDisplayOptions): IDisplayOptions => ({
		show: { '/resource': displayOptions.show!.resource, '/operation': displayOptions.show!.operation },
	});
	const shown = (property: INodeProperties, wanted: (o: Operation) => boolean): INodeProperties[] =>
		displayFor(operations, wanted).map((d) => ({ ...property, displayOptions: inside(d) }));
	const supports = (o: Operation) => apiOf(vendor, o.resource).supports;
	const reads = (o: Operation) => o.kind === 'get' || o.kind === 'getAll';
	const entries: INodeProperties[] = [
		...shown(
			{ displayName: 'Count Only', name: 'countOnly', type: 'boolean', default: false, description: 'Whether to return only the number of matching records' },
			(o) => o.kind === 'getAll' && apiOf(vendor, o.resource).count !== undefined && !listed(o.resource).rows,
		),
		...shown(
			{ displayName: 'Raw Custom Field Names', name: 'rawCustomFields', type: 'boolean', default: false, description: 'Whether to keep names such as custom12 instead of the labels of the organization' },
			(o) => o.simplify && (o.resource.customSlots ?? 0) > 5,
		),
		...shown(choicesProperty('Clear Field Names or IDs', 'clearFields', 'getClearable'), (o) => (supports(o).clear ?? false) && (o.kind === 'update' || o.kind === 'upsert')),
		...shown(
			{ displayName: 'Custom Fields (JSON)', name: 'customFieldsJson', type: 'json', default: '{}', description: 'Custom fields as an object, for values that are no text' },
			(o) => o.fields && !o.endpoint && (o.resource.openFields ?? false),
		),
		...shown(choicesProperty('Fields to Return Names or IDs', 'onlyFields', 'getOnlyFields'), (o) => (supports(o).only ?? false) && reads(o) && !listed(o.resource).rows),
		...shown(
			{ displayName: 'Ignore Unknown Fields', name: 'ignoreUnknown', type: 'boolean', default: false, description: 'Whether to leave out what the input has beside the fields, when they are mapped automatically' },
			(o) => o.fields,
		),
		...shown(choicesProperty('Include Names or IDs', 'include', 'getIncludes'), (o) => (supports(o).include ?? false) && reads(o) && (o.resource.relations ?? []).some((r) => r.include)),
		...shown(
			{ displayName: 'Search', name: 'search', type: 'string', default: '', description: 'Records in which a word begins with this text' },
			(o) => o.kind === 'getAll' && (supports(o).search?.(o.resource) ?? false),
		),
		...(vendor.listOptions ?? []).flatMap((field) => shown(valueProperty(field), (o) => o.kind === 'getAll' && !o.resource.door && !listed(o.resource).rows)),
		...(vendor.writeOptions ?? []).flatMap((field) => shown(valueProperty(field), (o) => o.writes)),
		...(vendor.bulkOptions ?? []).flatMap((input) => shown(inputProperty(vendor, input)!, (o) => o.kind === 'bulk')),
		...inputOptions(vendor, operations, inside),
		{
			displayName: 'Max Wait for Rate Limit (Minutes)',
			name: 'maxWait',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 60,
			description: 'How long one request may wait until the vendor accepts requests again',
		},
		{
			displayName: 'Parallel Requests',
			name: 'parallel',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 50 },
			default: 5,
			description: 'How many items are worked on at the same time',
		},
	];
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: byName(entries),
	};
}

/** Several choices that the node loads for the resource. */
function choicesProperty(displayName: string, name: string, loadOptionsMethod: string): INodeProperties {
	return {
		displayName,
		name,
		type: 'multiOptions',
		typeOptions: { loadOptionsMethod, loadOptionsDependsOn: ['/resource', '/operation'] },
		default: [],
		description: `Choose from the list, or specify IDs ${EXPRESSION}`,
	};
}

/** Options of a trigger that follows a list by its times: those of Get Many, and how it is followed. */
export function followingOptions(vendor: Vendor): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: byName([
			choicesProperty('Fields to Return Names or IDs', 'onlyFields', 'getOnlyFields'),
			choicesProperty('Include Names or IDs', 'include', 'getIncludes'),
			...(vendor.listOptions ?? []).map((field) => valueProperty(field)),
			{
				displayName: 'Max Records per Poll',
				name: 'most',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 20000 },
				default: 5000,
				description: 'After so many the poll ends with the page; the next one goes on from there',
			},
			{
				displayName: 'Overlap (Minutes)',
				name: 'overlap',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 5,
				description: 'How far behind the newest known change to look again, for changes that become visible late. Known ones are not repeated.',
			},
			{
				displayName: 'Start From',
				name: 'startFrom',
				type: 'dateTime',
				default: '',
				description: 'Begin with changes from this time on when the workflow is published for the first time, instead of from now',
			},
		]),
	};
}

function inputOptions(vendor: Vendor, operations: Operation[], inside: (d: IDisplayOptions) => IDisplayOptions): INodeProperties[] {
	const moved = operations.map((o) => ({ ...o, inputs: o.options }));
	return inputProperties(vendor, moved).map((p) => ({ ...p, displayOptions: inside(p.displayOptions!) }));
}
