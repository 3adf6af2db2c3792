/** Fields of the spec as mapper columns for the editor, and values of a run checked and converted for the wire. */
import type { FieldType as ColumnType, IDataObject, ResourceMapperField } from 'n8n-workflow';

import { type ActionParameter, type Choice, type Field, labelOf, type Operation, type Relation, type Resource } from './resource';

/** A value that cannot be sent. Carries what to tell the user; the executor adds the item. */
export class BadInput extends Error {
	constructor(
		message: string,
		readonly description: string,
	) {
		super(message);
	}
}

const EMAIL = /^[^\s@,;<>"]+@[^\s@,;<>"]+\.[^\s@,;<>".]+$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

const COLUMN_TYPES: Record<Field['type'], ColumnType> = {
	string: 'string',
	text: 'string',
	email: 'string',
	url: 'string',
	secret: 'string',
	integer: 'number',
	number: 'number',
	boolean: 'boolean',
	date: 'dateTime',
	dateTime: 'dateTime',
	options: 'options',
	multiOptions: 'array',
	strings: 'array',
	json: 'object',
};

/** No value was given: an empty column or an expression without result. Clearing is asked for by name instead. */
export function isAbsent(value: unknown): boolean {
	return value === undefined || value === null || value === '';
}

/** Fields that an operation can send, in the order the mapper shows them. */
export function writableFields(operation: Operation, custom: Field[] = []): Field[] {
	const { endpoint, bulk } = operation;
	if (endpoint ?? (bulk && !bulk.fields)) {
		return ((endpoint ?? bulk)!.parameters ?? []).filter((p: ActionParameter) => p.reference === undefined);
	}
	const creating = operation.kind === 'create' || operation.kind === 'upsert' || operation.kind === 'recipe';
	return [...operation.resource.fields, ...custom].filter((f) => !f.readOnly && (creating || operation.kind === 'replace' || !f.createOnly));
}

/** The free fields of a resource under their plain names. */
export function slotsOf(resource: Resource): Field[] {
	return Array.from({ length: resource.customSlots ?? 0 }, (_, i) => ({ name: `custom${i + 1}`, type: 'string' as const }));
}

/** Fields and relations that can be emptied: those that can be written at any time and may be absent. */
export function clearable(resource: Resource, custom: Field[] = []): Array<Field | Relation> {
	const fields = [...resource.fields, ...custom].filter((f) => !f.readOnly && !f.createOnly && !f.required && f.type !== 'secret');
	return [...fields, ...(resource.relations ?? []).filter((r) => !r.readOnly && !r.createOnly && !r.required)];
}

/** The identifier, as something to filter by. */
export const idField = (resource: Resource): Field => ({ name: 'id', label: 'ID', type: resource.idType === 'integer' ? 'integer' : 'string' });

/** Only what makes a whole record, or an action, can insist on a value; everything else may find the record there. */
export function isRequired(field: Field, operation: Operation): boolean {
	const all = ['create', 'replace', 'action'].includes(operation.kind) || (operation.bulk !== undefined && !operation.bulk.fields);
	return (field.required ?? false) && all;
}

/** A column that the editor keeps with the node, with the type of its field: n8n's own types say less. */
type Column = ResourceMapperField & { fieldType?: Field['type'] };

/** Columns of the resource mapper for an operation. Required ones come first and cannot be removed, then those that people look for. */
export function columns(operation: Operation, custom: Field[] = []): Column[] {
	return writableFields(operation, custom)
		.filter((field) => !operation.except?.includes(field.name))
		.map((field): Column => {
			const closed = ['options', 'integer'].includes(field.type) && !field.open && field.options !== undefined;
			// n8n takes nothing but JSON in a column of type array, and no list as an object. `coerce` takes both, and commas.
			const typed = ['strings', 'multiOptions', 'json'].includes(field.type);
			return {
				id: field.name,
				displayName: labelOf(field),
				required: isRequired(field, operation),
				defaultMatch: false,
				canBeUsedToMatch: false,
				display: true,
				type: (field.type === 'options' && !closed) || typed ? 'string' : closed ? 'options' : COLUMN_TYPES[field.type],
				...(closed ? { options: field.options!.map((o) => ({ name: labelOf(o), value: field.type === 'integer' ? Number(o.value) : o.value })) } : {}),
				...(custom.includes(field) ? { fieldType: field.type } : {}),
			};
		})
		.sort((a, b) => Number(b.required) - Number(a.required) || placeOf(a.id) - placeOf(b.id));
}

/** What people look for first, of any record; the others keep their order. */
const FIRST = ['primaryemail', 'primaryfirstname', 'primarylastname', 'firstname', 'lastname', 'name', 'email', 'emails', 'subject', 'title', 'username', 'company', 'domain', 'phonenumber', 'phonemobile', 'phonework', 'mobilephones', 'workphones', 'timezone'];

function placeOf(name: string): number {
	const place = FIRST.indexOf(name.toLowerCase().replaceAll('_', ''));
	return place < 0 ? FIRST.length : place;
}

/** Fields beyond the spec that the editor stored with the mapper, so that a run need not ask for them again. */
export function savedCustomFields(schema: unknown, resource: Resource): Field[] {
	const known = new Set(resource.fields.map((f) => f.name));
	const types: Partial<Record<string, Field['type']>> = { number: 'number', boolean: 'boolean', dateTime: 'dateTime', array: 'strings', object: 'json' };
	return (Array.isArray(schema) ? (schema as Column[]) : [])
		.filter((column) => !known.has(column.id))
		.map((column) => ({
			name: column.id,
			label: column.displayName,
			type: column.fieldType ?? types[column.type ?? ''] ?? 'string',
			...(resource.customSlots ? { asText: true } : {}),
		}));
}

/**
 * Checks one value and converts it to what the vendor takes.
 * @returns text, number, boolean, list or object; dates as `YYYY-MM-DD`, times as ISO 8601 in UTC.
 * @throws BadInput naming the field and what would be right.
 */
export function coerce(field: Field, value: unknown): IDataObject[string] {
	if (field.asText) return textOf(field, coerce({ ...field, asText: false }, value));
	const label = labelOf(field);
	const shown = field.type === 'secret' ? 'The value' : `"${typeof value === 'object' ? JSON.stringify(value) : String(value)}"`;
	const bad = (should: string) => new BadInput(`${label}: ${shown} ${should}`, `Correct the value of "${label}" and run again.`);

	switch (field.type) {
		case 'integer':
		case 'number': {
			// A choice by its word, as the output shows it.
			const choice = typeof value === 'string' ? field.options?.find((o) => labelOf(o).toLowerCase() === value.trim().toLowerCase()) : undefined;
			if (choice) return Number(choice.value);
			const number = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
			if (!Number.isFinite(number)) throw bad(field.options ? noneOf(field.options) : 'is not a number');
			if (field.type === 'integer' && !Number.isSafeInteger(number)) throw bad('is not a whole number');
			assertChoice(field, String(number), bad);
			return number;
		}
		case 'boolean': {
			if (typeof value === 'boolean') return value;
			const text = String(value).toLowerCase();
			if (['true', '1', 'yes'].includes(text)) return true;
			if (['false', '0', 'no'].includes(text)) return false;
			throw bad('is neither true nor false');
		}
		case 'date':
		case 'dateTime':
			return coerceDate(field, value, bad);
		case 'strings':
		case 'multiOptions': {
			const list = toList(value);
			if (list.some((entry) => typeof entry === 'object' && entry !== null)) throw bad('is not a list of texts');
			const texts = list.map(String).filter((entry) => entry !== '');
			if (field.type === 'multiOptions') texts.forEach((entry) => assertChoice(field, entry, bad));
			return texts;
		}
		case 'json': {
			if (typeof value !== 'string') return value as IDataObject[string];
			const parsed = parseJson(value);
			if (parsed === undefined) throw bad('is not valid JSON');
			return parsed as IDataObject[string];
		}
		default: {
			if (typeof value === 'object') throw bad('is not a text');
			const text = String(value);
			if (field.type === 'email' && !EMAIL.test(text.trim())) throw bad('is not an email address');
			if (field.type === 'options') assertChoice(field, text, bad);
			if (field.maxLength !== undefined && text.length > field.maxLength) throw bad(`is longer than ${field.maxLength} characters`);
			return field.type === 'email' ? text.trim() : text;
		}
	}
}

/** A checked value as text: lists with commas, times without zone (UTC). */
function textOf(field: Field, value: IDataObject[string]): string {
	if (Array.isArray(value)) return value.join(',');
	if (field.type === 'dateTime') return String(value).slice(0, 19);
	return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

function assertChoice(field: Field, value: string, bad: (should: string) => BadInput): void {
	if (field.open || !field.options) return;
	if (!field.options.some((o) => o.value === value)) {
		throw bad(noneOf(field.options));
	}
}

const noneOf = (options: Choice[]) => `is none of ${options.map((o) => (o.label && /^\d+$/.test(o.value) ? `${o.value} (${o.label})` : o.value)).join(', ')}`;

function coerceDate(field: Field, value: unknown, bad: (should: string) => BadInput): string {
	// n8n's mapper and expressions hand over Luxon objects; both kinds know their ISO form.
	const text = isLuxon(value) ? (value.toISO() ?? '') : value instanceof Date ? value.toISOString() : String(value).trim();
	if (!DATE.test(text) && !DATE_TIME.test(text)) throw bad('is not a date, such as 2026-01-31 or 2026-01-31T09:00:00Z');
	const normal = text.replace(' ', 'T');
	const time = new Date(DATE.test(text) || /(Z|[+-]\d{2}:?\d{2})$/.test(normal) ? normal : `${normal}Z`);
	// The second check refuses 2026-02-30, which Date would turn into March.
	if (Number.isNaN(time.getTime()) || !isCalendarDay(text)) throw bad('is no day of the calendar');
	return field.type === 'date' ? text.slice(0, 10) : time.toISOString();
}

function isCalendarDay(text: string): boolean {
	const [year, month, day] = text.slice(0, 10).split('-').map(Number);
	const date = new Date(Date.UTC(year, month - 1, day));
	return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function isLuxon(value: unknown): value is { toISO(): string | null } {
	return typeof value === 'object' && value !== null && typeof (value as { toISO?: unknown }).toISO === 'function';
}

/** A list, a JSON list, or a text with commas. */
export function toList(value: unknown): unknown[] {
	if (Array.isArray(value)) return value;
	if (typeof value === 'string') {
		const parsed = value.trim().startsWith('[') ? parseJson(value) : undefined;
		return Array.isArray(parsed) ? parsed : value.split(',').map((part) => part.trim());
	}
	return [value];
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

interface Writable {
	custom: Field[];
	byName: Map<string, Field>;
	byLabel: Map<string, Field>;
}

const writables = new WeakMap<Operation, Writable>();

/** Fields that an operation can send, for finding. Kept, since all items of a run ask for the same. */
function writableOf(operation: Operation, custom: Field[]): Writable {
	const kept = writables.get(operation);
	if (kept?.custom === custom) return kept;
	const byName = new Map(writableFields(operation, custom).map((f) => [f.name, f]));
	for (const slot of operation.endpoint ? [] : slotsOf(operation.resource)) if (!byName.has(slot.name)) byName.set(slot.name, slot);
	const made = { custom, byName, byLabel: new Map([...byName.values()].map((f) => [labelOf(f).toLowerCase(), f])) };
	writables.set(operation, made);
	return made;
}

/**
 * Checks the values of the mapper against the spec.
 * @param values by field name or label; absent ones are left out.
 * @param ignore which names may be there without being fields, such as the key of an upsert.
 * @throws BadInput for unknown, read-only or malformed fields.
 */
export function coerceFields(operation: Operation, values: IDataObject, custom: Field[] = [], ignore: (name: string) => boolean = () => false): IDataObject {
	const { byName, byLabel } = writableOf(operation, custom);
	const result: IDataObject = {};
	for (const [name, value] of Object.entries(values)) {
		const field = byName.get(name) ?? byLabel.get(name.toLowerCase());
		if (!field) {
			if (ignore(name)) continue;
			throw unknownField(operation.resource, name, [...byName.keys()]);
		}
		if (isAbsent(value)) continue;
		const checked = coerce(field, value);
		if (!field.spread) result[field.name] = checked;
		else if (typeof checked === 'object' && !Array.isArray(checked)) Object.assign(result, checked);
		else throw new BadInput(`${labelOf(field)} is not an object`, 'Write it with names and values, such as {"nickName": "Ann"}.');
	}
	return result;
}

function unknownField(resource: Resource, name: string, known: string[]): BadInput {
	const readOnly = resource.fields.find((f) => f.name === name)?.readOnly;
	const near = similar(name, known);
	return new BadInput(
		readOnly
			? `"${name}" is set by the vendor and cannot be written`
			: `${resource.label} has no field "${name}"${near.length ? `; similar: ${near.join(', ')}` : ''}`,
		'Remove it from the input, for instance with an Edit Fields node, or switch on the option "Ignore Unknown Fields". With "Map Each Column Manually", map only what is wanted.',
	);
}

/** Up to five candidates that look like `wanted`, best first. */
export function similar(wanted: string, candidates: string[]): string[] {
	const target = wanted.toLowerCase();
	return candidates
		.map((candidate) => ({ candidate, score: distance(target, candidate.toLowerCase()) }))
		.filter(({ candidate, score }) => {
			const text = candidate.toLowerCase();
			return text.includes(target) || target.includes(text) || score <= Math.max(2, target.length / 3);
		})
		.sort((a, b) => a.score - b.score)
		.slice(0, 5)
		.map(({ candidate }) => candidate);
}

/** Edit distance of Levenshtein. */
function distance(a: string, b: string): number {
	let row = Array.from({ length: b.length + 1 }, (_, i) => i);
	for (let i = 1; i <= a.length; i++) {
		const next = [i];
		for (let j = 1; j <= b.length; j++) {
			next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
		}
		row = next;
	}
	return row[b.length];
}

/**
 * The steps of a path into nested objects, such as `name.givenName`.
 * @throws BadInput for names that every object has, which would change all objects of the process.
 */
export function stepsOf(path: string): string[] {
	const steps = path.split('.');
	if (steps.some((step) => step in Object.prototype)) throw new BadInput(`"${path}" is no name of a field`, 'Remove it.');
	return steps;
}

/** Two values mean the same to the vendor: nothing, equal numbers or times, lists with equal entries. */
export function sameValue(a: unknown, b: unknown): boolean {
	if (isAbsent(a) && isAbsent(b)) return true;
	if (isAbsent(a) || isAbsent(b)) return (Array.isArray(a) && a.length === 0) || (Array.isArray(b) && b.length === 0);
	if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((entry, i) => sameValue(entry, b[i]));
	if (typeof a === 'object' || typeof b === 'object') return stable(a) === stable(b);
	if (String(a) === String(b)) return true;
	return DATE_TIME.test(String(a)) && DATE_TIME.test(String(b)) && Date.parse(String(a)) === Date.parse(String(b));
}

/** JSON with sorted keys. */
function stable(value: unknown): string {
	return JSON.stringify(value, (_key, entry: unknown) =>
		typeof entry === 'object' && entry !== null && !Array.isArray(entry)
			? Object.fromEntries(Object.entries(entry).sort(([x], [y]) => x.localeCompare(y)))
			: entry,
	);
}
