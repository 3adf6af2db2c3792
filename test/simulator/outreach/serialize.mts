/**
 * Records as JSON:API text. Written as strings rather than objects because pages hold up to 1000 records of
 * a hundred members each; the attributes of a record are kept as text until they change.
 */
import type { RelationRule, ResourceRule } from './contract.mts';
import { findResource, resource } from './contract.mts';
import { badParameter, badRequest } from './errors.mts';
import type { QueryParameter } from './query.mts';
import type { Ref, Store, StoredRecord } from './store.mts';
import { inverseOf, refKey, resolve } from './store.mts';

/** Fields that come only when they are named ("Sparse fieldsets"; contactHistogram since 2026-10-01). */
const HIDDEN = new Set(['prospect.contactHistogram', 'kaiaRecording.topics', 'kaiaRecording.transcriptUrl']);

export interface View {
	origin: string;
	/** Named fields per type. */
	fields: Map<string, Set<string>>;
	authorizationMeta: boolean;
	dataConnections: boolean;
	/** false: prospects under an unnamed account show no account. */
	unnamedAccounts: boolean;
	/** Attributes outside the contract that this one answer carries, e.g. a webhook's cleanup token. */
	extra?: Record<string, unknown>;
}

export function plainView(origin: string): View {
	return { origin, fields: new Map(), authorizationMeta: false, dataConnections: false, unnamedAccounts: true };
}

/** Reads the `fields[type]` parameters. */
export function readFields(parameters: QueryParameter[]): Map<string, Set<string>> {
	const fields = new Map<string, Set<string>>();
	for (const parameter of parameters) {
		const type = parameter.path[0];
		const rule = findResource(type);
		if (type === undefined || rule === undefined || parameter.path.length !== 1) {
			throw badParameter(
				parameter.name,
				`'${type ?? ''}' is not a resource type; fields takes the type, not the relationship or the path.`,
				'fieldsParameter.unknownResourceType',
			);
		}
		const names = new Set(parameter.value.split(',').filter((name) => name !== ''));
		for (const name of names) {
			const attribute = rule.attributes.get(name);
			if ((attribute === undefined || attribute.writeOnly) && !rule.relationships.has(name)) {
				throw badRequest(
					'fieldsParameter.unknownResourceField',
					'Unknown Resource Field',
					`'${name}' is not a field of '${type}'.`,
					{ parameter: parameter.name },
				);
			}
		}
		fields.set(type, names);
	}
	return fields;
}

/** What an attribute is worth when nothing was ever written. */
function emptyValue(type: string): unknown {
	return type.startsWith('array') ? [] : null;
}

function attributesText(rule: ResourceRule, record: StoredRecord): string {
	if (record.text !== undefined) return record.text;
	const parts: string[] = [];
	for (const attribute of rule.attributes.values()) {
		if (attribute.writeOnly || HIDDEN.has(`${rule.type}.${attribute.name}`)) continue;
		const value = record.attributes[attribute.name];
		if (attribute.custom && value === undefined && !LABELLED.has(`${rule.type}.${attribute.name}`)) continue;
		parts.push(`"${attribute.name}":${JSON.stringify(value ?? emptyValue(attribute.type))}`);
	}
	record.text = parts.join(',');
	return record.text;
}

function sparseText(rule: ResourceRule, record: StoredRecord, names: Set<string>): string {
	const parts: string[] = [];
	for (const name of names) {
		const attribute = rule.attributes.get(name);
		if (attribute === undefined) continue;
		parts.push(`"${name}":${JSON.stringify(record.attributes[name] ?? emptyValue(attribute.type))}`);
	}
	return parts.join(',');
}

function refText(ref: Ref): string {
	return `{"type":"${ref.type}","id":${typeof ref.id === 'number' ? ref.id : JSON.stringify(ref.id)}}`;
}

const relatedPaths = new Map<string, string>();

/** Address of the other collection, filtered by this record; ends where the id goes. */
function relatedPath(rule: ResourceRule, relation: RelationRule): string {
	const place = `${rule.type}.${relation.name}`;
	let path = relatedPaths.get(place);
	if (path === undefined) {
		const inverse = inverseOf(rule.type, relation);
		const target = findResource(relation.types[0]);
		const plural = target?.plural ?? `${relation.types[0] ?? rule.type}s`;
		// Batch items know their batch by an attribute.
		const filter = place === 'batch.batchItems' ? '%5BbatchId%5D' : `%5B${inverse?.relation ?? rule.type}%5D%5Bid%5D`;
		path = `/api/v2/${plural}?filter${filter}=`;
		relatedPaths.set(place, path);
	}
	return path;
}

function relationText(store: Store, rule: ResourceRule, record: StoredRecord, relation: RelationRule, view: View): string {
	if (!relation.many) {
		const ref = resolve(store, record, relation) as Ref | null;
		if (ref === null) return `"${relation.name}":{"data":null}`;
		if (!view.unnamedAccounts && rule.type === 'prospect' && relation.name === 'account') {
			if (store.get('account', ref.id)?.attributes.named === false) return `"${relation.name}":{"data":null}`;
		}
		return `"${relation.name}":{"data":${refText(ref)}}`;
	}
	const links = `"links":{"related":"${view.origin}${relatedPath(rule, relation)}${record.id}"}`;
	if (relation.linkOnly) return `"${relation.name}":{${links}}`;
	const refs = resolve(store, record, relation) as Ref[];
	return `"${relation.name}":{"data":[${refs.map(refText).join(',')}],${links},"meta":{"count":${refs.length}}}`;
}

/** One record as JSON text. */
export function recordText(store: Store, record: StoredRecord, view: View): string {
	const rule = resource(record.type);
	const names = view.fields.get(record.type);
	let attributes = names === undefined ? attributesText(rule, record) : sparseText(rule, record, names);
	for (const [name, value] of Object.entries(view.extra ?? {})) {
		attributes += `${attributes === '' ? '' : ','}"${name}":${JSON.stringify(value)}`;
	}
	const relations: string[] = [];
	if (names === undefined) {
		for (const relation of rule.relationships.values()) relations.push(relationText(store, rule, record, relation, view));
	} else {
		for (const name of names) {
			const relation = rule.relationships.get(name);
			if (relation !== undefined) relations.push(relationText(store, rule, record, relation, view));
		}
	}
	const id = typeof record.id === 'number' ? String(record.id) : JSON.stringify(record.id);
	const meta: string[] = [];
	if (view.authorizationMeta && rule.metaParams.has('provideAuthorizationMeta')) meta.push('"canWrite":true,"canDelete":true');
	if (view.dataConnections && rule.metaParams.has('provideDataConnections')) meta.push('"dataConnections":[]');
	return (
		`{"type":"${rule.type}","id":${id},"attributes":{${attributes}}` +
		(relations.length === 0 ? '' : `,"relationships":{${relations.join(',')}}`) +
		(meta.length === 0 ? '' : `,"meta":{${meta.join(',')}}`) +
		`,"links":{"self":"${view.origin}/api/v2/${rule.plural}/${record.id}"}}`
	);
}

interface IncludePath {
	relation: RelationRule;
	next: Map<string, IncludePath>;
}

export type IncludeTree = Map<string, IncludePath>;

/** Parses `include=rel,rel.sub` against the contract. */
export function readInclude(rule: ResourceRule, parameter: QueryParameter): IncludeTree {
	const tree: IncludeTree = new Map();
	const refuse = (name: string, why: string) =>
		badParameter('include', `'${name}' ${why}.`, 'includeParameter.unknownRelationship');
	for (const path of parameter.value.split(',')) {
		let rules: ResourceRule[] = [rule];
		let level = tree;
		for (const name of path.split('.')) {
			const relation = rules.map((candidate) => candidate.relationships.get(name)).find((found) => found !== undefined);
			if (relation === undefined) throw refuse(path, 'is not a relationship that can be included');
			// A link-only relationship carries no linkage that included records could hang on.
			if (relation.linkOnly) throw refuse(path, 'comes as a link only and cannot be included');
			let step = level.get(name);
			if (step === undefined) level.set(name, (step = { relation, next: new Map() }));
			level = step.next;
			rules = relation.types.flatMap((type) => findResource(type) ?? []);
		}
	}
	return tree;
}

/** The included records as JSON texts, each once. */
export function includedTexts(store: Store, roots: StoredRecord[], tree: IncludeTree, view: View): string[] {
	const texts = new Map<string, string>();
	const walk = (records: StoredRecord[], level: IncludeTree): void => {
		for (const { relation, next } of level.values()) {
			const reached = new Map<string, StoredRecord>();
			for (const record of records) {
				const known = resource(record.type).relationships.get(relation.name);
				if (known === undefined) continue;
				const value = resolve(store, record, known);
				for (const ref of value === null ? [] : Array.isArray(value) ? value : [value]) {
					const key = refKey(ref);
					const other = store.get(ref.type, ref.id);
					if (other !== undefined) reached.set(key, other);
					else if (!texts.has(key)) {
						const name = store.stubName(ref);
						if (name !== undefined) texts.set(key, `{"type":"${ref.type}","id":${ref.id},"attributes":{"name":${JSON.stringify(name)}}}`);
					}
				}
			}
			for (const [key, record] of reached) if (!texts.has(key)) texts.set(key, recordText(store, record, view));
			if (next.size > 0) walk([...reached.values()], next);
		}
	};
	walk(roots, tree);
	return [...texts.values()];
}

/** Custom slots the demo organisation has labelled; the others are left out of answers while they are empty. */
export const LABELLED = new Set<string>();
