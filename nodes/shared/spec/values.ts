/** Fields of the spec as mapper columns for the editor, and values of a run checked and converted for the wire. */
import type { IDataObject } from 'n8n-workflow';

import { labelOf } from './labels';
import type { Choice, Field } from './resource';

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
export const DATE_TIME = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** No value was given: an empty column or an expression without result. Clearing is asked for by name instead. */
export function isAbsent(value: unknown): boolean {
	return value === undefined || value === null || value === '';
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
			if (list.some((entry) => typeof entry === 'object' && entry !== null)) throw bad('is not a list of text values');
			const texts = list.map((entry) => (field.emails ? String(entry).trim() : String(entry))).filter((entry) => entry !== '');
			const wrong = field.emails ? texts.find((entry) => !EMAIL.test(entry)) : undefined;
			if (wrong !== undefined) throw bad(texts.length === 1 ? 'is not an email address' : `contains "${wrong}", which is not an email address`);
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
			if (typeof value === 'object') throw bad('is not text');
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
	if (Number.isNaN(time.getTime()) || !isCalendarDay(text)) throw bad('is not a valid calendar date');
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

/** Names in a list or a text with commas. */
export function toNames(value: unknown): string[] {
	return isAbsent(value) ? [] : toList(value).map(String).filter((name) => name !== '');
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/**
 * The steps of a path into nested objects, such as `name.givenName`.
 * @throws BadInput for names that every object has, which would change all objects of the process.
 */
export function stepsOf(path: string): string[] {
	const steps = path.split('.');
	if (steps.some((step) => step in Object.prototype)) throw new BadInput(`"${path}" is not a valid field name`, 'Remove it.');
	return steps;
}

/** A JSON object, or an empty one for anything else. */
export function asObject(value: unknown): IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as IDataObject) : {};
}
