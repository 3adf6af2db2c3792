/** Outseta's parameters of reads: filters, fields, sorting and page numbers. */
import type { Condition, FilterOperator, Query } from '../../shared/spec/query';
import type { Resource } from '../../shared/spec/resource';
import type { QueryPairs } from '../../shared/wire/api';
import { typedQuery } from '../../shared/wire/query';
import { parameter } from './nested';

/** Pages of records alone, and of records with child objects or computed values. */
export const LARGE_PAGE = 100;
export const SMALL_PAGE = 25;
/** Child objects that come with a record at most. */
export const CHILD_ROWS = 25;

/** Root properties that cost the vendor a query of their own; with them pages are small, too. */
const COMPUTED = new Set(['LifetimeRevenue', 'Tags', 'PersonCount', 'NumberOfSubscriptions', 'SubscriptionCount']);

const SUFFIX: Partial<Record<FilterOperator, string>> = { notEquals: '__ne', above: '__gt', atLeast: '__gte', below: '__lt', atMost: '__lte' };

function filterPairs(resource: Resource, conditions: Condition[]): QueryPairs {
	return conditions.flatMap(({ path, operator, values }): QueryPairs => {
		const relation = path.at(-1) === 'id' && path.length === 2 ? (resource.relations ?? []).find((r) => r.name === path[0]) : undefined;
		const field = resource.fields.find((f) => f.name === path.join('.'));
		const last = path.at(-1) === 'id' ? [...path.slice(0, -1), 'Uid'] : path;
		const name = relation?.filterAs ?? field?.wire ?? last.join('.');
		const [from, to] = values;
		switch (operator) {
			case 'empty':
			case 'notEmpty':
				return [[`${name}__isnull`, String(operator === 'empty')]];
			case 'between':
				return [[`${name}__gte`, from], [`${name}__lte`, to]];
			case 'oneOf':
				return [[name, `[${values.join(',')}]`]];
			case 'contains':
				return [[name, `*${from}*`]];
			case 'startsWith':
				return [[name, `${from}*`]];
			case 'endsWith':
				return [[name, `*${from}`]];
			default:
				return [[`${name}${SUFFIX[operator] ?? ''}`, from]];
		}
	});
}

/** The paths that have to be asked for so that a related record comes along: every step counts. */
function expansion(paths: string[]): string[] {
	return paths.flatMap((path) => {
		const steps = path.replace(/\.\*$/, '').split('.');
		return steps.map((_, i) => `${steps.slice(0, i + 1).join('.')}.*`);
	});
}

const wireName = (resource: Resource, name: string) => (name === 'id' ? 'Uid' : (resource.fields.find((f) => f.name === name)?.wire ?? name));

export function fieldList(resource: Resource, { only, include }: Pick<Query, 'only' | 'include'>): string[] {
	const relations = new Set((resource.relations ?? []).map((r) => r.name));
	const wanted = (only ?? []).map((name) => (relations.has(name) ? `${name}.*` : wireName(resource, name)));
	// Of a nested property, the steps above it have to be named as well.
	const plain = only?.length ? ['Uid', ...wanted.flatMap((name) => (name.includes('.') ? [...parents(name), name] : [name]))] : ['*'];
	return [...new Set([...plain, ...expansion(include ?? [])])];
}

const parents = (path: string) => {
	const steps = path.split('.').slice(0, -1);
	return steps.map((_, i) => `${steps.slice(0, i + 1).join('.')}.Uid`).filter((name) => name !== path);
};

/** Whether an answer holds root properties alone, of which the vendor gives four times as many on a page. */
const isLight = (resource: Resource, fields: string[]) => fields.every((f) => !f.includes('.') && !COMPUTED.has(f)) && !(fields.includes('*') && (resource.relations ?? []).some((r) => r.name === 'Tags'));

export function listQuery(resource: Resource, query: Query, size: number): QueryPairs {
	const extra = typedQuery(query.options?.moreFilters).map(([name, value]): [string, string] => [name, parameter(name, value)]);
	if (resource.rows) return [['fields', fieldList(resource, { only: ['id'], include: resource.rows.include }).join(',')]];
	const fields = fieldList(resource, query);
	const sort = (query.sort ?? []).map((s) => `${wireName(resource, s.field)} ${s.descending ? 'DESC' : 'ASC'}`).join(',');
	return [
		...filterPairs(resource, query.conditions),
		...(query.search ? ([['q', query.search]] as QueryPairs) : []),
		...((resource.listQuery ?? []).filter(([name]) => name !== 'orderBy' || sort === '') as QueryPairs),
		...extra,
		...(sort ? ([['orderBy', sort]] as QueryPairs) : []),
		['fields', fields.join(',')],
		['limit', String(Math.min(size, isLight(resource, fields) ? LARGE_PAGE : SMALL_PAGE))],
		['offset', '0'],
	];
}

/** The same list from another page on; `offset` counts pages. */
export const pageAt = (query: QueryPairs, page: number): QueryPairs => [...query.filter(([name]) => name !== 'offset'), ['offset', String(page)]];
