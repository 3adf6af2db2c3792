/**
 * The vendor's filter grammar ("Making requests", filtering): equality, comma list, `a..b` with `inf` and
 * `neginf`, `__null__` / `__notnull__`, related records by the attributes listed for the relationship,
 * `filter[q]` prefix search, and the bracket forms behind `newFilterSyntax=true`.
 */
import type { AttributeRule, ResourceRule } from './contract.mts';
import { findResource } from './contract.mts';
import { badParameter, badRequest } from './errors.mts';
import type { QueryParameter } from './query.mts';
import type { Ref, Store, StoredRecord } from './store.mts';
import { CASELESS, isStored, resolve } from './store.mts';

export type Predicate = (record: StoredRecord) => boolean;

export interface CompiledFilter {
	predicate: Predicate | undefined;
	/** A small superset of the matches, when an index offers one. */
	candidates: StoredRecord[] | undefined;
}

type Comparable = string | number | boolean;
type Test = (value: unknown) => boolean;

const ISO = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Whether a text is a date or time in ISO 8601. */
export function isIsoDate(text: string): boolean {
	return ISO.test(text) && !Number.isNaN(Date.parse(text));
}

const ID_RULE: AttributeRule = {
	name: 'id',
	type: 'integer',
	format: undefined,
	max: undefined,
	enum: undefined,
	writable: false,
	writeOnly: false,
	filterable: true,
	sortable: false,
	custom: false,
};

function convert(rule: AttributeRule, text: string, parameter: string): Comparable {
	if (text === '') throw badParameter(parameter, `'${parameter}' has an empty value.`, 'filterParameter.emptyValue');
	if (rule.format === 'date-time' || rule.format === 'date') {
		if (!isIsoDate(text)) {
			throw badRequest(
				'filterParameter.invalidDatetimeFormat',
				'Invalid Datetime Format',
				`'${text}' is not a valid ISO 8601 datetime for '${parameter}'.`,
				{ parameter },
			);
		}
		return rule.format === 'date' ? text.slice(0, 10) : Date.parse(text);
	}
	if (rule.type === 'integer' || rule.type === 'number') {
		const number = Number(text);
		if (Number.isNaN(number) || (rule.type === 'integer' && !Number.isInteger(number))) {
			throw badParameter(parameter, `'${text}' is not a valid ${rule.type}.`, 'filterParameter.invalidNumberFormat');
		}
		return number;
	}
	if (rule.type === 'boolean') {
		if (text !== 'true' && text !== 'false') {
			throw badParameter(parameter, `'${text}' is not a valid boolean.`, 'filterParameter.invalidBooleanFormat');
		}
		return text === 'true';
	}
	return text;
}

/** Compares stored values in the domain of the filter's values. */
function reader(type: string, rule: AttributeRule): { value: (stored: unknown) => Comparable; wanted: (text: Comparable) => Comparable } {
	if (CASELESS.has(`${type}.${rule.name}`)) {
		return { value: (stored) => String(stored).toLowerCase(), wanted: (text) => String(text).toLowerCase() };
	}
	if (rule.format === 'date-time') return { value: (stored) => Date.parse(String(stored)), wanted: (text) => text };
	return { value: (stored) => stored as Comparable, wanted: (text) => text };
}

function blank(value: unknown): boolean {
	return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}

interface Condition {
	test: Test;
	/** Set when the condition is a choice of plain values. */
	values: Comparable[] | undefined;
}

/** Lists and plain values; several values of an array attribute count as a match when any does. */
function oneOf(type: string, rule: AttributeRule, values: Comparable[]): Condition {
	const { value, wanted } = reader(type, rule);
	const set = new Set(values.map(wanted));
	return {
		values,
		test: (stored) =>
			!blank(stored) && (Array.isArray(stored) ? stored.some((single) => set.has(value(single))) : set.has(value(stored))),
	};
}

function between(type: string, rule: AttributeRule, low: Comparable | undefined, high: Comparable | undefined): Condition {
	const { value, wanted } = reader(type, rule);
	const from = low === undefined ? undefined : wanted(low);
	const to = high === undefined ? undefined : wanted(high);
	const inside = (stored: unknown): boolean => {
		const comparable = value(stored);
		return (from === undefined || comparable >= from) && (to === undefined || comparable <= to);
	};
	return { values: undefined, test: (stored) => !blank(stored) && (Array.isArray(stored) ? stored.some(inside) : inside(stored)) };
}

function classicCondition(type: string, rule: AttributeRule, parameter: QueryParameter): Condition {
	const { value, name } = parameter;
	if (value === '') throw badParameter(name, `'${name}' has an empty value.`, 'filterParameter.emptyValue');
	if (value === '__null__') return { values: undefined, test: blank };
	if (value === '__notnull__') return { values: undefined, test: (stored) => !blank(stored) };
	const dots = value.indexOf('..');
	if (dots !== -1) {
		const low = value.slice(0, dots);
		const high = value.slice(dots + 2);
		return between(
			type,
			rule,
			low === 'neginf' ? undefined : convert(rule, low, name),
			high === 'inf' ? undefined : convert(rule, high, name),
		);
	}
	return oneOf(type, rule, value.split(',').map((part) => convert(rule, part, name)));
}

/** newFilterSyntax: values are literal, so they may hold commas and dots. */
function bracketCondition(type: string, rule: AttributeRule, operator: string | undefined, parameters: QueryParameter[]): Condition {
	const values = parameters.map((parameter) =>
		parameter.value === '__null__' || parameter.value === '__notnull__'
			? parameter.value
			: convert(rule, parameter.value, parameter.name),
	);
	if (operator === 'gte') return between(type, rule, values[0], undefined);
	if (operator === 'lte') return between(type, rule, undefined, values[0]);
	if (values[0] === '__null__') return { values: undefined, test: blank };
	if (values[0] === '__notnull__') return { values: undefined, test: (stored) => !blank(stored) };
	return oneOf(type, rule, values);
}

const OPERATORS = new Set(['', 'gte', 'lte']);

/** Prefix search over the words of a record's names and addresses. */
function searchPredicate(rule: ResourceRule, parameter: QueryParameter): Predicate {
	const { value, name } = parameter;
	if (value === '') throw badParameter(name, `'${name}' has an empty value.`, 'filterParameter.emptyValue');
	const exact = /^_(.+)_,([A-Za-z0-9]+)$/.exec(value);
	if (exact !== null) {
		const wanted = (exact[1] as string).toLowerCase();
		const field = exact[2] as string;
		if (!rule.attributes.has(field)) throw badParameter(name, `Cannot search '${field}'.`);
		if (wanted === 'null') return (record) => blank(record.attributes[field]);
		if (wanted === 'notnull') return (record) => !blank(record.attributes[field]);
		return (record) => [record.attributes[field]].flat().some((single) => String(single ?? '').toLowerCase() === wanted);
	}
	const fields = rule.type === 'account' ? ['name', 'domain', 'naturalName'] : ['firstName', 'lastName', 'emails', 'company'];
	const terms = value.toLowerCase().split(/\s+/).filter((term) => term !== '');
	return (record) => {
		const words: string[] = [];
		for (const field of fields) {
			for (const single of [record.attributes[field]].flat()) {
				if (typeof single !== 'string') continue;
				const text = single.toLowerCase();
				words.push(text, ...text.split(/\s+/));
			}
		}
		return terms.every((term) => words.some((word) => word.startsWith(term)));
	};
}

/** Values of a related record that are filters only by name, not attributes. */
function relatedValue(record: StoredRecord, attribute: string): unknown {
	if (attribute === 'id') return record.id;
	const pointer = attribute === 'byPersonaId' ? 'persona' : attribute === 'byStageId' ? 'stage' : undefined;
	if (pointer !== undefined) {
		const ref = record.relationships[pointer];
		return ref === null || ref === undefined || Array.isArray(ref) ? null : ref.id;
	}
	return record.attributes[attribute];
}

/** Compiles the filter parameters of a request. */
export function compileFilter(
	store: Store,
	rule: ResourceRule,
	parameters: QueryParameter[],
	newSyntax: boolean,
): CompiledFilter {
	const predicates: Predicate[] = [];
	let candidates: StoredRecord[] | undefined;
	const narrow = (found: Iterable<StoredRecord>): void => {
		const list = [...found];
		if (candidates === undefined || list.length < candidates.length) candidates = list;
	};

	// Several parameters of one `filter[attr][]` belong together.
	const groups = new Map<string, QueryParameter[]>();
	for (const parameter of parameters) {
		const key = parameter.path.join('.');
		const group = parameter.path.at(-1) === '' ? groups.get(key) : undefined;
		if (group === undefined) groups.set(key, [parameter]);
		else group.push(parameter);
	}

	for (const group of groups.values()) {
		const parameter = group[0] as QueryParameter;
		const [first, ...rest] = parameter.path;
		const refuse = () =>
			badParameter(parameter.name, `'${parameter.name}' is not a supported filter on ${rule.plural}.`, 'filterParameter.unknownFilter');
		if (first === undefined || first === '') throw refuse();

		if (first === 'q' && rest.length === 0 && rule.specialFilters.has('q')) {
			predicates.push(searchPredicate(rule, parameter));
			continue;
		}
		let attribute: AttributeRule | undefined;
		if (first === 'id') attribute = rule.uuid ? { ...ID_RULE, type: 'string' } : ID_RULE;
		else if (rule.specialFilters.has(first)) attribute = rule.attributes.get(first) ?? { ...ID_RULE, name: first, type: 'string' };
		else if (rule.attributes.get(first)?.filterable === true) attribute = rule.attributes.get(first);

		if (attribute !== undefined && (rest.length === 0 || (newSyntax && rest.length === 1 && OPERATORS.has(rest[0] as string)))) {
			const name = attribute.name;
			const condition = newSyntax
				? bracketCondition(rule.type, attribute, rest[0], group)
				: classicCondition(rule.type, attribute, parameter);
			if (condition.values !== undefined && name === 'id') {
				narrow(condition.values.flatMap((id) => store.get(rule.type, id as number) ?? []));
			} else if (condition.values !== undefined && store.indexed(rule.type, name)) {
				narrow(new Set(condition.values.flatMap((value) => [...store.having(rule.type, name, value)])));
			}
			if (name === 'agentEmail' || name === 'agentIpAddress') {
				const key = name === 'agentEmail' ? 'email' : 'ipAddress';
				predicates.push((record) => condition.test((record.attributes.agent as Record<string, unknown> | null)?.[key]));
			} else {
				predicates.push(name === 'id' ? (record) => condition.test(record.id) : (record) => condition.test(record.attributes[name]));
			}
			continue;
		}

		const relation = rule.relationships.get(first);
		const [related, operator] = rest;
		if (relation === undefined || related === undefined || !relation.filterBy.has(related)) throw refuse();
		if (rest.length > (newSyntax ? 2 : 1) || (operator !== undefined && !OPERATORS.has(operator))) throw refuse();
		const target = relation.types[0] ?? '';
		const targetRule =
			related === 'id' || related.startsWith('by')
				? ID_RULE
				: (findResource(target)?.attributes.get(related) ?? { ...ID_RULE, name: related, type: 'string' });
		const condition = newSyntax
			? bracketCondition(target, targetRule, operator, group)
			: classicCondition(target, targetRule, parameter);
		if (related === 'id') {
			if (condition.values !== undefined && isStored(rule.type, relation)) {
				narrow(
					condition.values.flatMap((id) =>
						relation.types.flatMap((type) => [...store.pointing(rule.type, relation.name, { type, id: id as number })]),
					),
				);
			}
			predicates.push((record) => {
				const value = resolve(store, record, relation);
				if (Array.isArray(value)) {
					return value.length === 0 ? condition.test(null) : value.some((ref) => condition.test(ref.id));
				}
				return condition.test(value === null ? null : value.id);
			});
			continue;
		}
		predicates.push((record) => {
			const value = resolve(store, record, relation);
			const refs: Ref[] = value === null ? [] : Array.isArray(value) ? value : [value];
			if (refs.length === 0) return condition.test(null);
			return refs.some((ref) => {
				const other = store.get(ref.type, ref.id);
				return other !== undefined && condition.test(relatedValue(other, related));
			});
		});
	}
	if (predicates.length === 0) return { predicate: undefined, candidates: undefined };
	return { candidates, predicate: (record) => predicates.every((predicate) => predicate(record)) };
}
