/**
 * Answers of Userlot, read tolerantly: one sample answer is published, a list without a wrapper. Others may come
 * wrapped, and what names a thing may be called differently.
 */
import type { IDataObject } from 'n8n-workflow';

import type { Field } from '../../shared/spec/resource';
import { asObject } from '../../shared/spec/values';

/** The records of a list: bare, under `data`, or as the one list of an object without an id; undefined when there is none. */
export function recordsIn(answer: unknown): IDataObject[] | undefined {
	if (Array.isArray(answer)) return answer as IDataObject[];
	const object = asObject(answer);
	if ('id' in object) return undefined;
	if (typeof object.data === 'object' && object.data !== null) return recordsIn(object.data);
	const lists = Object.values(object).filter((value) => Array.isArray(value));
	return lists.length === 1 ? (lists[0] as IDataObject[]) : undefined;
}

/** One record: bare, in a list of its own, or wrapped as the only object of an answer. */
export function recordOf(answer: unknown): IDataObject {
	if (Array.isArray(answer)) return answer.length === 1 ? asObject(answer[0]) : {};
	const object = asObject(answer);
	if ('id' in object) return object;
	const values = Object.values(object);
	const inside = 'data' in object ? object.data : values.length === 1 ? values[0] : undefined;
	return typeof inside === 'object' && inside !== null && (!Array.isArray(inside) || inside.length === 1) ? recordOf(inside) : object;
}

const text = (value: unknown) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined);

/** What a person reads for a status, a team or a field. */
export const nameIn = (record: IDataObject): string | undefined => ['name', 'label', 'title', 'attribute'].map((key) => text(record[key])).find(Boolean);

/** A key as Userlot writes those of custom fields, such as `total_revenue`. */
const UNDERSCORED = /^[a-z][a-z0-9_]*$/;

const underscored = (name: string) => name.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '');

/** A definition from `company_fields` or `end_user_fields` as a field; undefined when it names none. */
export function fieldIn(definition: IDataObject): Field | undefined {
	const named = ['attribute', 'attribute_name', 'key', 'slug', 'field', 'field_name', 'name', 'label', 'title'].map((key) => text(definition[key])).filter((name) => name !== undefined);
	const name = named.find((candidate) => UNDERSCORED.test(candidate)) ?? underscored(named[0] ?? '');
	if (!UNDERSCORED.test(name)) return undefined;
	const label = ['label', 'title', 'display_name', 'name'].map((key) => text(definition[key])).find((candidate) => candidate !== undefined && candidate !== name);
	return { name, ...(label ? { label } : {}), ...typeIn(definition) };
}

function typeIn(definition: IDataObject): Pick<Field, 'type' | 'options' | 'open'> {
	const kind = ['data_type', 'field_type', 'value_type', 'type', 'kind', 'format'].map((key) => text(definition[key])).find(Boolean) ?? '';
	const options = choicesIn(definition);
	if (/multi|array|checkboxes/i.test(kind)) return { type: 'strings' };
	if (options.length > 0) return { type: 'options', options, open: true };
	if (/date.?time|timestamp/i.test(kind)) return { type: 'dateTime' };
	if (/date/i.test(kind)) return { type: 'date' };
	if (/bool|checkbox|toggle/i.test(kind)) return { type: 'boolean' };
	if (/number|numeric|integer|decimal|float|currency|money|percent/i.test(kind)) return { type: 'number' };
	if (/json|object|hash/i.test(kind)) return { type: 'json' };
	return { type: /text.?area|long/i.test(kind) ? 'text' : 'string' };
}

function choicesIn({ options, choices, values }: IDataObject): Array<{ value: string; label: string }> {
	const list = [options, choices, values].find((candidate) => Array.isArray(candidate)) as unknown[] | undefined;
	return (list ?? []).flatMap((entry) => {
		const choice = asObject(entry);
		const value = typeof entry === 'string' || typeof entry === 'number' ? entry : (choice.value ?? choice.id ?? nameIn(choice));
		return value === undefined || value === null || value === '' ? [] : [{ value: String(value), label: nameIn(choice) ?? String(value) }];
	});
}
