/**
 * What each endpoint of Outreach has to receive, made from the vendor's contract and the conventions of its
 * reference pages: JSON:API bodies, `filter[...]`, `sort`, `include`, `fields[...]`, `page[size]`, `actionParams[...]`.
 * Nothing here is read from the node, except which operations and parameters it shows.
 */
import { readFileSync } from 'node:fs';
import type { IDataObject, INodeParameters, INodeProperties, ResourceMapperField } from 'n8n-workflow';
import type { Expected } from './recorder.mts';
import { inQuery, valueOf, type Rule, type Turn } from './values.mts';

interface Attribute extends Rule {
	/** w writable, o write-only, f filterable, s sortable. */
	flags: string;
}

interface Relationship {
	type: string | string[];
	many?: boolean;
	writable?: boolean;
	linkOnly?: boolean;
	/** Not in the public schema. */
	hidden?: boolean;
	filterBy?: string[];
}

interface ContractAction {
	member: boolean;
	/** Parameter: whether it is compulsory. */
	query?: Record<string, boolean>;
	body?: Record<string, string>;
	anyAttribute?: boolean;
}

export interface ContractResource {
	path: string;
	methods: string[];
	attributes: Record<string, Attribute>;
	relationships: Record<string, Relationship>;
	requiredAttributes: string[];
	requiredRelationships: string[];
	specialFilters?: string[];
	customFields?: { count: number };
	actions?: Record<string, ContractAction>;
}

const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

export const contract: Record<string, ContractResource> = read('../simulator/outreach/contract.json').resources;
export const documented: { operations: Record<string, string[]>; uncertain: string[] } = read('outreach-operations.json');

/** The vendor says that these can be set once and not changed through the API. */
const CREATE_ONLY: Record<string, string[]> = { user: ['email'] };

/** Named by the user guide, missing from the contract: may be offered, and arrive only when chosen. */
const OFFERED: Record<string, Record<string, Rule>> = {
	user: {
		active: { type: 'boolean' },
		timeZone: { type: 'string' },
		locale: { type: 'string' },
		mobilePhoneNumber: { type: 'string' },
		externalSource: { type: 'string' },
		externalId: { type: 'string' },
	},
};

/** Resources whose pages the vendor wants smaller than 1,000. */
export const PAGE_SIZE: Record<string, number> = { mailing: 100, event: 100 };

/** Types of action parameters where neither the contract nor the name tells. */
const PARAMETERS: Record<string, Rule> = {
	completionAction: { type: 'string', enum: ['finish_no_reply', 'finish_replied'] },
	markAsUrgent: { type: 'boolean' },
	confirmedCount: { type: 'integer' },
};

const LIST_TYPES: Record<string, string> = { list: 'getAll' };

/** A run of one operation for two items, and what has to be sent. */
export interface Case {
	parameters: INodeParameters;
	items: [IDataObject, IDataObject];
	expected: Expected[];
}

export interface Shown {
	resource: string;
	operation: string;
	/** Columns of the field mapper as the editor has them, empty when there is no mapper. */
	columns: ResourceMapperField[];
	/** Resources of the node. */
	resources: string[];
	/** The parameters that the node shows for the operation. */
	properties: INodeProperties[];
	/** Number of custom fields the node offers. */
	customSlots: number;
}

const TURNS: [Turn, Turn] = [1, 2];
const both = <T,>(make: (turn: Turn) => T): [T, T] => [make(1), make(2)];
const locator = (value: string) => ({ __rl: true, mode: 'id', value });
export const idOf = (turn: Turn) => turn * 1000 + 7;
const named = (resource: ContractResource, flag: string) => Object.keys(resource.attributes).filter((name) => resource.attributes[name].flags.includes(flag));

/** Attributes that a write can carry. */
export function writable(resource: string, operation: string): string[] {
	const fixed = operation === 'create' ? [] : (CREATE_ONLY[resource] ?? []);
	return named(contract[resource], 'w').filter((name) => !fixed.includes(name));
}

export const offered = (resource: string) => Object.keys(OFFERED[resource] ?? {});

const targetsOf = ({ type }: Relationship) => [type].flat();

/** Relations that a write can carry, of the public schema or compulsory, with the targets that the node knows. */
export function writableRelations(resource: string, resources: string[]) {
	const { relationships, requiredRelationships } = contract[resource];
	return Object.entries(relationships)
		.filter(([name, relation]) => relation.writable && (!relation.hidden || requiredRelationships.includes(name)))
		.map(([name, relation]) => ({ name, many: relation.many ?? false, targets: targetsOf(relation).filter((t) => resources.includes(t)), of: targetsOf(relation).length }))
		.filter(({ targets }) => targets.length > 0);
}

/** Relations whose records can come along with an answer. */
export function includable(resource: string): string[] {
	return Object.entries(contract[resource].relationships)
		.filter(([, relation]) => !relation.linkOnly && !relation.hidden)
		.map(([name]) => name);
}

/** `filterBy` of the contract; "any attribute" counts as id, which is what the vendor's guide shows. */
const filterable = (relation: Relationship) => (relation.filterBy ?? []).map((name) => (name.startsWith('<any') ? 'id' : name));

export function relationFilters(resource: string) {
	return Object.entries(contract[resource].relationships).flatMap(([name, relation]) =>
		filterable(relation).map((attribute) => ({ name, attribute, target: targetsOf(relation)[0], any: (relation.filterBy ?? []).some((f) => f.startsWith('<any')) })),
	);
}

export const filterableAttributes = (resource: string) => named(contract[resource], 'f');
export const sortableAttributes = (resource: string) => named(contract[resource], 's');

/** The field mapper, each column fed by an expression; the schema is the one that the editor stores. */
export const mapper = (names: string[], schema: ResourceMapperField[]) =>
	({
		mappingMode: 'defineBelow',
		value: Object.fromEntries(names.map((name) => [name, `={{ $json.fields.${name} }}`])),
		matchingColumns: [],
		schema,
	}) as unknown as INodeParameters;

/** The field mapper that takes the fields from the item. */
const automaticMapper = (schema: ResourceMapperField[]) => ({ mappingMode: 'autoMapInputData', value: null, matchingColumns: [], schema }) as unknown as INodeParameters;

/** The cases of an operation that the contract describes; undefined when it does not. */
export function casesOf(shown: Shown): Record<string, Case> | undefined {
	const facts = contract[shown.resource];
	if (!facts) return undefined;
	const method = facts.methods.map((name) => LIST_TYPES[name] ?? name).find((name) => name === shown.operation);
	switch (method) {
		case 'create':
		case 'update':
			return { 'column by column': write(shown, facts), 'mapped automatically': write(shown, facts, true) };
		case 'get':
			return { 'as chosen': get(shown, facts) };
		case 'delete':
			return { 'by ID': remove(shown, facts) };
		case 'getAll':
			return { 'with every filter': list(shown, facts) };
	}
	const change = contract.batch.actions?.[shown.operation];
	if (change && shown.resource !== 'batch') {
		const settled = !change.anyAttribute && Object.keys(change.body ?? {}).every((name) => name === 'ids');
		return { 'the same for both items': bulk(shown, change, true), ...(settled ? {} : { 'different for each item': bulk(shown, change, false) }) };
	}
	const action = facts.actions?.[shown.operation];
	if (action) return { 'with all parameters': act(shown, facts, action), 'with the compulsory parameters': act(shown, facts, action, true) };
	return undefined;
}

const base = ({ resource, operation }: Shown) => ({ resource, operation });

function write(shown: Shown, facts: ContractResource, automatic = false): Case {
	const { resource, operation, columns } = shown;
	const extra = offered(resource).filter((name) => columns.some((c) => c.id === name));
	const slots = shown.customSlots > 0 ? ['custom1', `custom${shown.customSlots}`] : [];
	const names = [...writable(resource, operation), ...extra, ...slots];
	const ruleOf = (name: string): Rule => facts.attributes[name] ?? OFFERED[resource]?.[name] ?? { type: 'string' };
	const relations = writableRelations(resource, shown.resources).filter(({ name }) => !automatic || facts.requiredRelationships.includes(name));

	const attributes = (turn: Turn) => Object.fromEntries(names.map((name) => [name, valueOf(name, ruleOf(name), turn)])) as IDataObject;
	const target = (turn: Turn, targets: string[]) => (turn === 1 ? targets[0] : targets.at(-1)!);
	const linkId = (turn: Turn, index: number, which = 0) => turn * 100 + index * 2 + which;
	const links = (turn: Turn) =>
		Object.fromEntries(
			relations.map(({ name, many, targets }, i) => {
				const identifier = (which: number) => ({ type: target(turn, targets), id: linkId(turn, i, which) });
				return [name, { data: many ? [identifier(0), identifier(1)] : identifier(0) }];
			}),
		);
	const rows = relations.flatMap(({ name, many, of }, i) =>
		(many ? [0, 1] : [0]).map((which) => ({
			relation: of > 1 ? `={{ "${name}:" + $json.${automatic ? 'id.' : ''}targets.${name} }}` : name,
			record: locator(`={{ $json.${automatic ? 'id.' : ''}links[${i * 2 + which}] }}`),
		})),
	);
	const steering = (turn: Turn) => ({
		record: idOf(turn),
		links: relations.flatMap(({ many }, i) => [linkId(turn, i), many ? linkId(turn, i, 1) : 0]),
		targets: Object.fromEntries(relations.map(({ name, targets }) => [name, target(turn, targets)])),
	});
	return {
		parameters: {
			...base(shown),
			...(operation === 'update' ? { record: locator(`={{ $json.${automatic ? 'id.' : ''}record }}`) } : {}),
			fields: automatic ? automaticMapper(columns) : mapper(names, columns),
			...(rows.length > 0 ? { links: { link: rows } } : {}),
		},
		// "id" is the one name that items of an automatic mapping may carry besides fields.
		items: both((turn) => (automatic ? { ...attributes(turn), id: steering(turn) } : { ...steering(turn), fields: attributes(turn) })),
		expected: TURNS.map((turn) => ({
			method: operation === 'create' ? 'POST' : 'PATCH',
			path: operation === 'create' ? facts.path : `${facts.path}/${idOf(turn)}`,
			body: {
				data: {
					type: resource,
					...(operation === 'create' ? {} : { id: idOf(turn) }),
					...(names.length > 0 ? { attributes: attributes(turn) } : {}),
					...(relations.length > 0 ? { relationships: links(turn) } : {}),
				},
			},
		})),
	};
}

function get(shown: Shown, facts: ContractResource): Case {
	const joined = includable(shown.resource);
	const names = Object.keys(facts.attributes);
	const include = (turn: Turn) => (turn === 1 ? joined : joined.slice(0, 1));
	const only = (turn: Turn) => (turn === 1 ? names.slice(0, 2) : names.slice(-1));
	return {
		parameters: {
			...base(shown),
			record: locator('={{ $json.id }}'),
			options: { ...(joined.length > 0 ? { include: '={{ $json.include }}' } : {}), onlyFields: '={{ $json.only }}' },
		},
		items: both((turn) => ({ id: idOf(turn), include: include(turn), only: only(turn) })),
		expected: TURNS.map((turn) => ({ method: 'GET', path: `${facts.path}/${idOf(turn)}`, query: reads(shown.resource, include(turn), only(turn)) })),
	};
}

/** Sparse fields name the included relations as well, or the answer could not be joined. */
const reads = (resource: string, include: string[], only: string[]) => [
	...(include.length > 0 ? [`include=${include.join(',')}`] : []),
	`fields[${resource}]=${[...new Set([...only, ...include])].join(',')}`,
];

function remove(shown: Shown, facts: ContractResource): Case {
	return {
		parameters: { ...base(shown), record: locator('={{ $json.id }}') },
		items: both((turn) => ({ id: idOf(turn) })),
		expected: TURNS.map((turn) => ({ method: 'DELETE', path: `${facts.path}/${idOf(turn)}` })),
	};
}

function list(shown: Shown, facts: ContractResource): Case {
	const { resource } = shown;
	const own = filterableAttributes(resource);
	const related = relationFilters(resource);
	const byRecord = related.filter((f) => f.attribute === 'id' && shown.resources.includes(f.target));
	const byAttribute = related.filter((f) => f.attribute !== 'id');
	const sorts = sortableAttributes(resource);
	const joined = includable(resource);
	const names = Object.keys(facts.attributes);
	const search = facts.specialFilters?.includes('q') ?? false;

	const values = (turn: Turn): Record<string, unknown> => ({
		id: idOf(turn),
		...Object.fromEntries(own.map((name) => [name, valueOf(name, facts.attributes[name], turn)])),
		...Object.fromEntries(
			byAttribute.map(({ name, attribute, target }) => [`${name}.${attribute}`, valueOf(attribute, contract[target]?.attributes[attribute] ?? { type: 'string' }, turn)]),
		),
	});
	const fields = ['id', ...own, ...byAttribute.map(({ name, attribute }) => `${name}.${attribute}`)];
	const include = (turn: Turn) => (turn === 1 ? joined : joined.slice(0, 1));
	const only = (turn: Turn) => (turn === 1 ? names.slice(0, 2) : names.slice(-1));
	const limit = (turn: Turn) => 5 + turn;
	return {
		parameters: {
			...base(shown),
			limit: '={{ $json.limit }}',
			filters: {
				condition: fields.map((field) => ({ field, operator: 'equals', value: `={{ $json.values["${field}"] }}` })),
				...(byRecord.length > 0 ? { related: byRecord.map(({ name }, i) => ({ relation: name, record: locator(`={{ $json.record + ${i} }}`) })) } : {}),
			},
			...(sorts.length > 0 ? { sort: { by: sorts.map((field) => ({ field, direction: '={{ $json.direction }}' })) } } : {}),
			options: {
				...(joined.length > 0 ? { include: '={{ $json.include }}' } : {}),
				onlyFields: '={{ $json.only }}',
				...(search ? { search: '={{ $json.search }}' } : {}),
			},
		},
		items: both((turn) => ({
			values: Object.fromEntries(Object.entries(values(turn)).map(([name, value]) => [name, inQuery(value)])),
			record: turn * 100,
			direction: turn === 1 ? 'asc' : 'desc',
			limit: limit(turn),
			include: include(turn),
			only: only(turn),
			search: `word ${turn}`,
		})),
		expected: TURNS.map((turn) => ({
			method: 'GET',
			path: facts.path,
			query: [
				...Object.entries(values(turn)).map(([field, value]) => `filter${field.split('.').map((part) => `[${part}]`).join('')}=${inQuery(value)}`),
				...byRecord.map(({ name }, i) => `filter[${name}][id]=${turn * 100 + i}`),
				...(search ? [`filter[q]=word ${turn}`] : []),
				...(sorts.length > 0 ? [`sort=${sorts.map((name) => `${turn === 1 ? '' : '-'}${name}`).join(',')}`] : []),
				// What the filters ask for comes along, so that the records can be held against them.
				...reads(resource, include(turn), [...only(turn), ...own, ...byRecord.map(({ name }) => name)]),
				`page[size]=${limit(turn)}`,
			],
		})),
	};
}

function parameterRule(name: string, facts: ContractResource, declared?: string): Rule {
	if (PARAMETERS[name]) return PARAMETERS[name];
	if (declared) return { type: declared };
	if (facts.attributes[name]?.enum) return facts.attributes[name];
	if (/Id$/.test(name)) return { type: 'integer' };
	if (/At$/.test(name)) return { type: 'string', format: 'date-time' };
	return { type: 'string' };
}

function act(shown: Shown, facts: ContractResource, action: ContractAction, compulsory = false): Case {
	const inQueryOf = Object.entries(action.query ?? {}).filter(([, required]) => required || !compulsory).map(([name]) => name);
	const inBody = Object.entries(action.body ?? {});
	const values = (turn: Turn): Record<string, unknown> => ({
		...Object.fromEntries(inQueryOf.map((name) => [name, valueOf(name, parameterRule(name, facts), turn)])),
		...Object.fromEntries(inBody.map(([name, type]) => [name, valueOf(name, parameterRule(name, facts, type), turn)])),
	});
	const names = [...inQueryOf, ...inBody.map(([name]) => name)];
	const asLocator = names.filter((name) => shown.properties.some((p) => p.name === name && p.type === 'resourceLocator'));
	const mapped = names.filter((name) => !asLocator.includes(name));
	return {
		parameters: {
			...base(shown),
			...(action.member ? { record: locator('={{ $json.id }}') } : {}),
			...Object.fromEntries(asLocator.map((name) => [name, locator(`={{ $json.fields.${name} }}`)])),
			...(mapped.length > 0 ? { fields: mapper(mapped, shown.columns) } : {}),
		},
		items: both((turn) => ({ id: idOf(turn), fields: values(turn) as IDataObject })),
		expected: TURNS.map((turn) => ({
			method: 'POST',
			path: `${facts.path}${action.member ? `/${idOf(turn)}` : ''}/actions/${shown.operation}`,
			query: inQueryOf.map((name) => `actionParams[${name}]=${inQuery(values(turn)[name])}`),
			...(inBody.length > 0 ? { body: { data: { attributes: Object.fromEntries(inBody.map(([name]) => [name, values(turn)[name]])) } } } : {}),
		})),
	};
}

/** A change of many records: the ids of all items travel in one request, unless the items want different changes. */
function bulk(shown: Shown, action: ContractAction, same: boolean): Case {
	const { resource } = shown;
	const turnOf = (turn: Turn): Turn => (same ? 1 : turn);
	const own = action.anyAttribute ? writable(resource, 'update') : [];
	const parameters = Object.entries(action.body ?? {}).filter(([name]) => name !== 'ids');
	/** Ids as the person gives them, and in the type that the contract declares. */
	const ids = (type: string, turn: Turn) => {
		const numbers = type.startsWith('array') ? [turn * 10, turn * 10 + 1] : [turn * 10];
		const typed = numbers.map((n) => (type.includes('string') ? String(n) : n));
		return { given: numbers, sent: type.startsWith('array') ? typed : typed[0] };
	};
	const isId = (name: string) => /Ids?$/.test(name);
	const values = (turn: Turn): IDataObject => ({
		...(Object.fromEntries(own.map((name) => [name, valueOf(name, contract[resource].attributes[name], turn)])) as IDataObject),
		...(Object.fromEntries(parameters.map(([name, type]) => [name, isId(name) ? ids(type, turn).sent : valueOf(name, { type }, turn)])) as IDataObject),
	});
	/** The node may call a record by its kind instead of by its id. */
	const shownAs = (name: string) =>
		[name, name.replace(/Ids?$/, ''), name.replace(/Ids?$/, 's')]
			.map((candidate) => shown.properties.find((p) => p.name === candidate && ['resourceLocator', 'fixedCollection'].includes(p.type)))
			.find((property) => property !== undefined);
	const locators = parameters.filter(([name]) => isId(name));
	const mapped = [...own, ...parameters.filter(([name]) => !isId(name)).map(([name]) => name)];
	const attributes = (turn: Turn, which: Turn[]) => ({ ...values(turn), ids: which.map(idOf) });
	const request = (turn: Turn, which: Turn[]): Expected => ({
		method: 'POST',
		path: `${contract.batch.path}/actions/${shown.operation}`,
		query: ['actionParams[skipConfirmation]=true'],
		body: { data: { attributes: attributes(turn, which) } },
	});
	return {
		parameters: {
			...base(shown),
			target: 'items',
			record: locator('={{ $json.id }}'),
			...Object.fromEntries(
				locators.map(([name, type]) => {
					const property = shownAs(name);
					const value = (which: number) => locator(`={{ $json.ids.${name}[${which}] }}`);
					const many = property?.type === 'fixedCollection';
					return [property?.name ?? name, many ? { entry: ids(type, 1).given.map((_, i) => ({ record: value(i) })) } : value(0)];
				}),
			),
			...(mapped.length > 0 ? { fields: mapper(mapped, shown.columns) } : {}),
			options: { waitMinutes: 0 },
		},
		items: both((turn) => ({
			id: idOf(turn),
			fields: values(turnOf(turn)),
			ids: Object.fromEntries(locators.map(([name, type]) => [name, ids(type, turnOf(turn)).given])),
		})),
		expected: same ? [request(1, [1, 2])] : TURNS.map((turn) => request(turn, [turn])),
	};
}
