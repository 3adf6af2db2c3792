/** The facts of the spec that a check asks about, as queries made from a record. Sends nothing. */
import type { IDataObject } from 'n8n-workflow';

import { impossible } from '../../spec/conditions';
import { idField } from '../../spec/fields';
import type { Condition, Query } from '../../spec/query';
import type { Field, Relation, Resource } from '../../spec/resource';
import { isAbsent } from '../../spec/values';
import type { Api } from '../../wire/api';

/** A filter, an order or an include that the spec offers. */
export interface Fact {
	kind: 'filter' | 'sort' | 'include';
	/** Words for people: `filter by email`. */
	text: string;
	name: string;
	/** The filter that must give the record back; absent if the record has no value to ask for. */
	own?: Condition;
	/** The filter that must not give the record back. */
	foreign?: Condition;
	/** No record at all can meet the foreign filter. */
	empty?: boolean;
}

/** Where the value of a field stands in a record: by its name, or along its path on the wire. */
export const placeOf = ({ name, wire = name }: Field): string => (wire.includes('.') && !wire.includes('[') ? wire : name);

/** Attributes that answers carry, by the spec. Keys that the vendor need not show are left out. */
export function attributesOf(resource: Resource): string[] {
	const hidden = new Set((resource.keys ?? []).filter((key) => key.hidden).map((key) => key.field));
	return resource.fields.filter((f) => f.name !== 'id' && !f.writeOnly && !f.filterOnly && !f.spread && f.type !== 'secret' && !hidden.has(f.name)).map((f) => f.name);
}

/** Relations that a filter or an include needs in the answer. */
export const relationsOf = (resource: Resource): Relation[] => (resource.relations ?? []).filter((r) => r.include || r.filterBy?.includes('id'));

/** What a filter can ask for and stay itself in every grammar: no lists, no wildcards, no ranges. */
const PLAIN = /^[^*[\]",\n]{1,200}$/;

const shifted = (time: number, by: number) => new Date(time + by).toISOString();

const DAY = 86_400_000;

/** The filter that gives a record with this value back. */
function ownCondition(path: string[], field: Field, value: unknown, operators: string[]): Condition | undefined {
	const between = (from: string, to: string): Condition | undefined => (operators.includes('between') ? { path, operator: 'between', values: [from, to] } : undefined);
	const [first] = [value].flat();
	if (first === null || first === undefined) return value === null && operators.includes('empty') ? { path, operator: 'empty', values: [] } : undefined;
	if (isAbsent(first) || typeof first === 'object') return undefined;
	const text = String(first);
	// Fractions of a second, and the day of a time zone, are compared in ways that nobody documents.
	if (field.type === 'dateTime' || field.type === 'date') {
		const time = Date.parse(text);
		if (Number.isNaN(time)) return undefined;
		const [from, to] = field.type === 'date' ? [shifted(time, -DAY).slice(0, 10), shifted(time, DAY).slice(0, 10)] : [shifted(time, -1_000), shifted(time, 1_000)];
		return between(from, to) ?? (field.type === 'date' && operators.includes('equals') ? { path, operator: 'equals', values: [text] } : undefined);
	}
	if (typeof first === 'number' && !Number.isInteger(first)) return between(String(Math.floor(first)), String(Math.ceil(first)));
	if (!PLAIN.test(text) || text.includes('..') || text.startsWith('__') || text.trim() !== text) return undefined;
	return { path, operator: 'equals', values: [text] };
}

/** The filter that no record meets, or at least not one with this value. */
function foreignCondition(path: string[], field: Field, value: unknown, operators: string[]): { foreign: Condition; empty: boolean } | undefined {
	const isId = path.at(-1) === 'id';
	const own = [value].flat().map(String);
	if (!field.options?.length) {
		const values = impossible(isId && path.length === 2 ? { ...field, type: 'integer' } : field, isId);
		if (values) {
			const operator = values.length > 1 && operators.includes('between') ? 'between' : 'equals';
			return { foreign: { path, operator, values: operator === 'between' ? values : values.slice(0, 1) }, empty: true };
		}
	}
	if (isAbsent(value)) return undefined;
	const others = field.type === 'boolean' ? ['true', 'false'] : (field.options ?? []).map((o) => o.value);
	const other = others.find((candidate) => !own.includes(candidate));
	return other === undefined ? undefined : { foreign: { path, operator: 'equals', values: [other] }, empty: false };
}

function filterFact(api: Api, path: string[], field: Field, value: unknown): Fact | undefined {
	const operators = api.operators(field);
	if (!operators.includes('equals')) return undefined;
	const name = path.join('.');
	const own = ownCondition(path, field, value, operators);
	return { kind: 'filter', text: `filter by ${name}`, name, ...(own ? { own } : {}), ...foreignCondition(path, field, value, operators) };
}

/** The filter by the id. */
export const idFact = (api: Api, resource: Resource, record: IDataObject): Fact | undefined => filterFact(api, ['id'], idField(resource), api.id(record));

/**
 * What the spec says of lists of a resource, with what a record of it gives to ask for. Fields that people look up by come first.
 * @param all other resources, for attributes of related records.
 */
export function factsOf(api: Api, resource: Resource, record: IDataObject, all: Resource[]): Fact[] {
	const keys = new Set((resource.keys ?? []).filter((key) => !key.listed).map((key) => key.field));
	const filtered = resource.fields.filter((f) => f.name !== 'id' && !f.filterOnly && (f.filter || keys.has(f.name)));
	const ordered = [...filtered].sort((a, b) => Number(keys.has(b.name)) - Number(keys.has(a.name)));
	const fields = ordered.flatMap((field) => filterFact(api, api.supports.paths ? field.name.split('.') : [field.name], field, field.writeOnly ? undefined : api.value(record, placeOf(field))) ?? []);
	const related = (resource.relations ?? []).flatMap((relation) =>
		(relation.filterBy ?? []).flatMap((attribute) => {
			const target = all.find((r) => r.name === relation.to[0])?.fields.find((f) => f.name === attribute);
			const field: Field = attribute === 'id' ? { name: 'id', type: 'string', filter: true } : { ...(target ?? { name: attribute, type: /[a-z]Id$/.test(attribute) ? 'integer' : 'string' }), filter: true };
			const linked = attribute === 'id' ? api.linked(record, relation.name)?.[0] : undefined;
			const fact = filterFact(api, [relation.name, attribute], field, linked);
			return fact ? { ...fact, ...(relation.loose ? { own: undefined, foreign: undefined } : {}) } : [];
		}),
	);
	const sorts = resource.fields.filter((f) => f.sort).map((f): Fact => ({ kind: 'sort', text: `sort by ${f.name}`, name: f.name }));
	const includes = api.supports.include ? (resource.relations ?? []).filter((r) => r.include).map((r): Fact => ({ kind: 'include', text: `include ${r.name}`, name: r.name })) : [];
	return [...fields, ...related, ...sorts, ...includes];
}

/** Facts that can be asked about together: filters that give the record back, orders, and includes. */
export const together = (facts: Fact[]): Fact[] => facts.filter(({ kind, own }) => kind !== 'filter' || own !== undefined);

/** All of them in one query. */
export function queryOf(facts: Fact[], id: Fact | undefined): Pick<Query, 'conditions' | 'sort' | 'include'> {
	return {
		conditions: [id, ...facts].flatMap((fact) => fact?.own ?? []),
		sort: facts.filter(({ kind }) => kind === 'sort').map(({ name }) => ({ field: name, descending: false })),
		include: facts.filter(({ kind }) => kind === 'include').map(({ name }) => name),
	};
}

/** Characters of a query that every server takes. */
const LONGEST = 3_000;

/** Facts in groups whose query stays short enough. */
export function groupsOf(facts: Fact[]): Fact[][] {
	const groups: Fact[][] = [];
	let length = Infinity;
	for (const fact of facts) {
		const own = fact.name.length + 24 + (fact.own?.values ?? []).reduce((sum, value) => sum + encodeURIComponent(value).length + fact.name.length, 0);
		if (length + own > LONGEST) {
			groups.push([]);
			length = 0;
		}
		groups.at(-1)!.push(fact);
		length += own;
	}
	return groups;
}

/** What became of a question about several things: undefined when it could not be asked any more. */
export type Verdict = 'good' | 'bad' | undefined;

/**
 * The bad ones among things that can only be asked about together, by halving.
 * @param bad things of which at least one is bad.
 * @param ask whether a part is good.
 */
export async function offenders<T>(bad: T[], ask: (part: T[]) => Promise<Verdict>): Promise<{ bad: T[]; good: T[]; unknown: T[] }> {
	if (bad.length === 1) return { bad, good: [], unknown: [] };
	const half = Math.ceil(bad.length / 2);
	const result = { bad: [] as T[], good: [] as T[], unknown: [] as T[] };
	let firstIsGood = false;
	for (const part of [bad.slice(0, half), bad.slice(half)]) {
		// If the first half is good, the other one is bad without a question. A single thing is always asked about alone.
		const verdict: Verdict = firstIsGood && part.length > 1 ? 'bad' : await ask(part);
		firstIsGood = verdict === 'good';
		if (verdict === undefined) result.unknown.push(...part);
		else if (verdict === 'good') result.good.push(...part);
		else {
			const inside = await offenders(part, ask);
			result.bad.push(...inside.bad);
			result.good.push(...inside.good);
			result.unknown.push(...inside.unknown);
		}
	}
	return result;
}
