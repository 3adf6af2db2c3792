/** Reads the filters, sorting and fields of a list from the parameters of an item. */
import type { IDataObject } from 'n8n-workflow';

import { idField } from '../spec/fields';
import { labelOf } from '../spec/labels';
import type { Operation } from '../spec/operation';
import type { Condition, FilterOperator, Query } from '../spec/query';
import type { Field, Resource } from '../spec/resource';
import { BadInput, coerce, isAbsent, toList, toNames } from '../spec/values';
import type { Item } from './item';

/** A filter as the node gives it. */
interface RawCondition {
	field?: string;
	operator?: FilterOperator;
	value?: unknown;
	until?: unknown;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What Get Many asks for. References in it are settled before `toQuery` is called. */
export function listQuery(item: Item, operation: Operation): { toQuery: () => Query; conditions: number } {
	const { resource } = operation;
	const api = item.run.apiOf(resource);
	const filters = item.get<{ condition?: RawCondition[]; related?: Array<{ relation?: string; record?: unknown }> }>('filters', {});
	const conditions = (filters.condition ?? []).map((row) => condition(item, resource, row));
	const related = (filters.related ?? []).map(({ relation: name, record }) => {
		const relation = (resource.relations ?? []).find((r) => r.name === name && r.filterBy?.includes('id'));
		if (!relation) throw new BadInput(`Filters: ${resource.label} cannot be filtered by the relation "${name}"`, 'Choose another one from the list.');
		return { relation, reference: item.refer(record, item.run.resource(relation.to[0]), `Filters: ${labelOf(relation)}`, true)! };
	});
	const sort = (item.get<{ by?: Array<{ field?: string; direction?: string }> }>('sort', {}).by ?? []).map(({ field, direction }) => {
		if (!resource.openFields && !api.supports.paths && !resource.fields.some((f) => f.name === field && f.sort)) {
			const sortable = resource.fields.filter((f) => f.sort).map((f) => f.name);
			throw new BadInput(`Sort: ${resource.label} cannot be sorted by "${field}"`, `Choose one of ${sortable.join(', ')}.`);
		}
		return { field: String(field), descending: direction === 'desc' };
	});
	const search = item.option<string>('search');
	const only = onlyOf(item, resource);
	const listOptions = Object.fromEntries((item.run.vendor.listOptions ?? []).map((f) => [f.name, item.option(f.name)]));
	return {
		conditions: conditions.length + related.length,
		toQuery: () => ({
			conditions: [
				...conditions,
				...related.map(({ relation, reference }) => ({ path: [relation.name, 'id'], operator: 'equals' as const, values: [String(reference.id)] })),
			],
			...(isAbsent(search) ? {} : { search }),
			sort,
			include: api.supports.include ? includeOf(item, resource) : [],
			...(only.length > 0 ? { only } : {}),
			options: listOptions as IDataObject,
		}),
	};
}

/** Relations to include in the answer. */
export function includeOf(item: Item, resource: Resource): string[] {
	return names(item, 'include', (resource.relations ?? []).filter((r) => r.include).map((r) => r.name), resource, true);
}

/** Fields the answer is limited to. */
export function onlyOf(item: Item, resource: Resource): string[] {
	return names(item, 'onlyFields', resource.fields.map((f) => f.name).concat((resource.relations ?? []).map((r) => r.name)), resource);
}

function names(item: Item, option: string, known: string[], resource: Resource, nested = false): string[] {
	const names = toNames(item.option(option));
	for (const name of names) {
		if (!resource.openFields && !item.run.apiOf(resource).supports.paths && !known.includes(nested ? name.split('.')[0] : name)) {
			throw new BadInput(`Options: ${resource.label} has no "${name}"`, `Choose from ${known.join(', ')}.`);
		}
	}
	return names;
}

function condition(item: Item, resource: Resource, row: RawCondition): Condition {
	const path = String(row.field ?? '').split('.');
	const field = filterField(item, resource, path);
	const label = `Filters: ${path.length > 1 ? row.field : labelOf(field)}`;
	const operator = row.operator ?? 'equals';
	const api = item.run.apiOf(resource);
	// Nobody here knows the type of a field that only the organization defines.
	const open = resource.openFields && !resource.fields.includes(field) && path.join('.') !== 'id';
	const allowed = [...new Set([...api.operators(field), ...(open ? api.operators({ ...field, type: 'dateTime' }) : [])])];
	if (!allowed.includes(operator)) {
		throw new BadInput(`${label} does not support the operator "${operator}"`, `Choose one of ${allowed.join(', ')}.`);
	}
	if (operator === 'empty' || operator === 'notEmpty') return { path, operator, values: [] };
	const given = operator === 'oneOf' ? toList(row.value) : operator === 'between' ? [row.value, row.until] : [row.value];
	if (given.length === 0 || given.some(isAbsent)) {
		throw new BadInput(`${label} has no value`, 'Enter a value or remove the filter. An empty filter would match nothing or everything.');
	}
	// A list of texts is filtered by one of its entries; any text may be asked of an email.
	const single: Field = { ...field, label, type: field.type === 'strings' || field.type === 'email' ? 'string' : field.type, open: true };
	// A day at the end of a range counts to its end.
	const isEnd = (i: number) => operator === 'above' || operator === 'atMost' || (operator === 'between' && i === 1);
	const whole = (value: unknown, i: number) => (field.type === 'dateTime' && isEnd(i) && typeof value === 'string' ? value.trim().replace(DAY, '$&T23:59:59.999Z') : value);
	return { path, operator, values: given.map((value, i) => String(coerce(single, whole(value, i)))) };
}

function filterField(item: Item, resource: Resource, path: string[]): Field {
	const [first, second] = path;
	const api = item.run.apiOf(resource);
	const own = resource.fields.find((f) => f.name === path.join('.'));
	if (own?.filter) return own;
	if (second !== undefined) {
		const relation = (resource.relations ?? []).find((r) => r.name === first && r.filterBy?.includes(second));
		if (relation) {
			const target = item.run.vendor.resources.find((r) => r.name === relation.to[0]);
			return target?.fields.find((f) => f.name === second) ?? { name: path.join('.'), type: 'string' };
		}
	} else if (first === 'id') {
		const id = idField(resource);
		if (api.operators(id).length > 0) return id;
	} else {
		const field = resource.fields.find((f) => f.name === first);
		if (field?.filter || (resource.openFields && first !== '')) return field ?? { name: first, type: 'string' };
	}
	if (api.supports.paths && !path.includes('')) return own ?? { name: path.join('.'), type: 'string' };
	const known = [idField(resource), ...resource.fields.filter((f) => f.filter)].filter((f) => api.operators(f).length > 0).map((f) => f.name);
	throw new BadInput(`Filters: ${resource.label} cannot be filtered by "${path.join('.')}"`, `Choose one of ${known.join(', ')}.`);
}
