/**
 * The vendor's published contract (contract.json), read once and turned into look-up tables. It was distilled
 * from the vendor's OpenAPI file and schema.json and owes nothing to the node's own description of the API,
 * so that a mistake in one shows up against the other.
 */
import { readFileSync } from 'node:fs';

export interface AttributeRule {
	name: string;
	type: string;
	format: string | undefined;
	max: number | undefined;
	enum: Array<string | number> | undefined;
	writable: boolean;
	/** Accepted on writes, never returned. */
	writeOnly: boolean;
	filterable: boolean;
	sortable: boolean;
	/** One of the numbered customN slots. */
	custom: boolean;
}

export interface RelationRule {
	name: string;
	/** Types it may point at; empty when the vendor does not say. */
	types: string[];
	many: boolean;
	/** To-many that comes as a link only. */
	linkOnly: boolean;
	writable: boolean;
	/** Attributes of the related record that filters may use. */
	filterBy: Set<string>;
}

export interface ActionRule {
	name: string;
	member: boolean;
	s2s: boolean;
	/** actionParams by name; true = mandatory. */
	query: Map<string, boolean>;
	/** Members of data.attributes by name, with their type. */
	body: Map<string, string>;
	/** Bulk modification: data.attributes also takes attributes of the records themselves. */
	anyAttribute: boolean;
}

export type Method = 'list' | 'get' | 'create' | 'update' | 'delete';

export interface ResourceRule {
	type: string;
	/** Collection name in the path, e.g. `sequenceStates`. */
	plural: string;
	uuid: boolean;
	methods: Set<Method>;
	s2sOnly: Set<Method>;
	s2s: Set<string>;
	scopes: Partial<Record<'read' | 'write' | 'delete' | 'all', string>>;
	metaParams: Set<string>;
	/** Each entry lists alternatives of which one has to be given. */
	requiredAttributes: string[][];
	requiredRelationships: string[];
	specialFilters: Set<string>;
	customSlots: number;
	attributes: Map<string, AttributeRule>;
	relationships: Map<string, RelationRule>;
	actions: Map<string, ActionRule>;
}

export interface RawResource {
	path: string;
	idType: string;
	methods: Method[];
	s2sOnly?: Method[];
	s2s: string[];
	scopes: ResourceRule['scopes'];
	metaParams: string[];
	requiredAttributes: string[];
	requiredRelationships: string[];
	specialFilters?: string[];
	customFields?: { count: number; max: number | null };
	attributes: Record<
		string,
		{ type: string; format?: string; max?: number; enum?: Array<string | number>; enumOpen?: boolean; flags: string }
	>;
	relationships: Record<
		string,
		{ type: string | string[] | null; many?: boolean; linkOnly?: boolean; writable?: boolean; filterBy?: string[] }
	>;
	actions: Record<
		string,
		{ member: boolean; s2s: boolean; query?: Record<string, boolean>; body?: Record<string, string>; anyAttribute?: boolean }
	>;
}

interface RawContract {
	scopes: string[];
	s2sScopes: string[];
	webhookMatrix: Record<string, string[]>;
	resources: Record<string, RawResource>;
}

const raw = JSON.parse(readFileSync(new URL('./contract.json', import.meta.url), 'utf8')) as RawContract;

function readAttributes(resource: RawResource): Map<string, AttributeRule> {
	const rules = new Map<string, AttributeRule>();
	for (const [name, attribute] of Object.entries(resource.attributes)) {
		rules.set(name, {
			name,
			type: attribute.type,
			format: attribute.format,
			max: attribute.max,
			// An open list names examples only, so it cannot refuse a value.
			enum: attribute.enumOpen === true ? undefined : attribute.enum,
			writable: attribute.flags.includes('w'),
			writeOnly: attribute.flags.includes('o'),
			filterable: attribute.flags.includes('f'),
			sortable: attribute.flags.includes('s'),
			custom: false,
		});
	}
	for (let slot = 1; slot <= (resource.customFields?.count ?? 0); slot += 1) {
		const name = `custom${slot}`;
		rules.set(name, {
			name,
			type: 'string',
			format: undefined,
			max: resource.customFields?.max ?? undefined,
			enum: undefined,
			writable: true,
			writeOnly: false,
			filterable: false,
			sortable: false,
			custom: true,
		});
	}
	return rules;
}

function filterAttributes(declared: string[] | undefined, target: string | undefined): Set<string> {
	const names = new Set<string>();
	for (const name of declared ?? []) {
		if (!name.startsWith('<')) {
			names.add(name);
			continue;
		}
		// "<any filterable attribute of X>"
		names.add('id');
		for (const [attribute, rule] of Object.entries(raw.resources[target ?? '']?.attributes ?? {})) {
			if (rule.flags.includes('f')) names.add(attribute);
		}
	}
	return names;
}

function readResource(type: string, resource: RawResource): ResourceRule {
	const relationships = new Map<string, RelationRule>();
	for (const [name, relation] of Object.entries(resource.relationships)) {
		const types = relation.type === null ? [] : Array.isArray(relation.type) ? relation.type : [relation.type];
		relationships.set(name, {
			name,
			types,
			many: relation.many === true,
			linkOnly: relation.linkOnly === true,
			writable: relation.writable === true,
			filterBy: filterAttributes(relation.filterBy, types[0]),
		});
	}
	const actions = new Map<string, ActionRule>();
	for (const [name, action] of Object.entries(resource.actions)) {
		actions.set(name, {
			name,
			member: action.member,
			s2s: action.s2s,
			query: new Map(Object.entries(action.query ?? {})),
			body: new Map(Object.entries(action.body ?? {})),
			anyAttribute: action.anyAttribute === true,
		});
	}
	return {
		type,
		plural: resource.path.slice(1),
		uuid: resource.idType === 'uuid',
		methods: new Set(resource.methods),
		s2sOnly: new Set(resource.s2sOnly ?? []),
		s2s: new Set(resource.s2s),
		scopes: resource.scopes,
		metaParams: new Set(resource.metaParams),
		requiredAttributes: resource.requiredAttributes.map((entry) => entry.split('|')),
		requiredRelationships: resource.requiredRelationships,
		specialFilters: new Set(resource.specialFilters ?? []),
		customSlots: resource.customFields?.count ?? 0,
		attributes: readAttributes(resource),
		relationships,
		actions,
	};
}

/** All scopes an app can be granted. */
export const SCOPES: ReadonlySet<string> = new Set(raw.scopes);
export const S2S_SCOPES: readonly string[] = raw.s2sScopes;
/** Webhook actions per resource. */
export const WEBHOOK_MATRIX: Readonly<Record<string, string[]>> = raw.webhookMatrix;

const byType = new Map<string, ResourceRule>();
const byPlural = new Map<string, ResourceRule>();
for (const [type, resource] of Object.entries(raw.resources)) {
	const rule = readResource(type, resource);
	byType.set(type, rule);
	byPlural.set(rule.plural, rule);
}

/** All resources with public operations. */
export const RESOURCES: ReadonlyMap<string, ResourceRule> = byType;

const own = new Map<string, ResourceRule>();

/** Types that an organisation defined itself; they are no part of the contract. */
export const OWN_TYPES: ReadonlyMap<string, ResourceRule> = own;

/** Adds such a type. */
export function defineOwnType(type: string, raw: RawResource): void {
	own.set(type, readResource(type, raw));
}

/** The resource of a type name, if there is one. */
export function findResource(type: string | undefined): ResourceRule | undefined {
	return type === undefined ? undefined : (byType.get(type) ?? own.get(type));
}

/** The resource of a type name; throws on an unknown one, which would be a slip in the simulator or a test. */
export function resource(type: string): ResourceRule {
	const rule = findResource(type);
	if (rule === undefined) throw new Error(`The contract has no resource "${type}"`);
	return rule;
}

/** The resource of a path segment. */
export function resourceByPlural(plural: string): ResourceRule | undefined {
	return byPlural.get(plural);
}
