/**
 * Conditions held against the values of a record. Vendors compare in ways that they do not document (case, spaces, time zones,
 * fractions of a second, empty values), so only what no reading of a condition allows counts as a violation.
 */
import { foldText } from './compare';
import type { Condition } from './query';
import type { Field } from './resource';
import { isAbsent } from './values';

/** Milliseconds by which two equal times can differ: fractions that a vendor drops. */
const INSTANT = 1_000;
/** A day without a zone begins somewhere within these milliseconds. */
const ZONES = 14 * 3_600_000;

const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text.trim());

/** A time in epoch milliseconds, as UTC if it has no zone; NaN if it is none. */
function timeOf(value: unknown): number {
	// What most vendors send needs no look at its parts.
	if (typeof value === 'string' && value.length > 18 && value.endsWith('Z') && value[10] === 'T') return Date.parse(value);
	const text = String(value).trim().replace(' ', 'T');
	if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return NaN;
	return Date.parse(/T.*(Z|[+-]\d{2}:?\d{2})$/i.test(text) || isDay(text) ? text : `${text}Z`);
}

type Kind = 'time' | 'number' | 'text';

const kindOf = ({ type }: Field): Kind => (type === 'date' || type === 'dateTime' ? 'time' : type === 'integer' || type === 'number' ? 'number' : 'text');

/** How far two values of a kind can be apart and still count as equal. */
const slack = (kind: Kind, a: unknown, b: string) => (kind !== 'time' ? 0 : isDay(String(a)) || isDay(b) ? ZONES : INSTANT);

/** Whether two values of a kind with an order are one, as far as form goes. */
function equal(kind: Exclude<Kind, 'text'>, own: unknown, wanted: string): boolean {
	const apart = kind === 'time' ? timeOf(own) - timeOf(wanted) : Number(own) - Number(wanted);
	return Math.abs(apart) <= slack(kind, own, wanted);
}

/**
 * What tells whether a value cannot be what a condition asks for. Made once for a list of many records.
 * @param wildcards a star in the values of the condition stands for any text.
 * @returns a function of a record's value; undefined, which a record does not carry, says nothing.
 */
export function violation(field: Field, { operator, values }: Condition, wildcards = false): (own: unknown) => boolean {
	const kind = kindOf(field);
	const [first = '', last = first] = values;
	const wanted = values.map(foldText);
	const open = wildcards && values.some((value) => value.includes('*'));
	// What has no kind of its own is compared as a time, if it is one.
	const ordered = kind === 'text' ? 'time' : kind;
	const place = ordered === 'time' ? timeOf : Number;
	const [low, high] = [first, last].map(place);
	/** All entries are before the first value, or after the last, by more than can be a matter of form. What has no order says nothing. */
	const beyond = (entries: unknown[], sign: 1 | -1) => {
		for (const entry of entries) {
			const apart = sign < 0 ? low - place(entry) : place(entry) - high;
			if (!(apart > 0 && apart > slack(ordered, entry, sign < 0 ? first : last))) return false;
		}
		return entries.length > 0;
	};
	const isBroken = (entries: unknown[]): boolean => {
		switch (operator) {
			case 'empty':
				return entries.length > 0;
			case 'notEmpty':
				return entries.length === 0;
			case 'equals':
			case 'oneOf':
				return !entries.some((entry) => wanted.includes(foldText(entry)) || (kind !== 'text' && values.some((value) => equal(kind, entry, value))));
			case 'notEquals':
				return entries.length === 1 && kind === 'text' && foldText(entries[0]) === wanted[0];
			case 'contains':
			case 'startsWith':
			case 'endsWith':
				return !entries.some((entry) => foldText(entry).includes(wanted[0] ?? ''));
			case 'above':
			case 'atLeast':
				return beyond(entries, -1);
			case 'below':
			case 'atMost':
				return beyond(entries, 1);
			case 'between':
				return beyond(entries, -1) || beyond(entries, 1);
		}
	};
	/** In a filtered list the same value comes over and over. */
	let fitting: unknown;
	return (own) => {
		if (own === undefined) return false;
		const single: unknown = Array.isArray(own) && own.length === 1 ? own[0] : own;
		if (fitting !== undefined && single === fitting) return false;
		const entries = Array.isArray(own) ? own.filter((entry) => !isAbsent(entry)) : isAbsent(own) ? [] : [own];
		if (entries.some((entry) => typeof entry === 'object')) return false;
		if (open && operator !== 'empty' && operator !== 'notEmpty') return false;
		if (isBroken(entries)) return true;
		if (typeof single !== 'object') fitting = single;
		return false;
	};
}

/** Values that no record has, by kind; undefined where every value can exist, as with a switch. */
export function impossible(field: Field, id = false): string[] | undefined {
	if (id && field.type === 'integer') return ['2147483646'];
	switch (field.type) {
		case 'boolean':
		case 'options':
		case 'multiOptions':
			return undefined;
		case 'integer':
		case 'number':
			return ['2147483646'];
		case 'date':
			return ['2999-12-30', '2999-12-31'];
		case 'dateTime':
			return ['2999-12-30T00:00:00.000Z', '2999-12-31T00:00:00.000Z'];
		case 'email':
			return ['nobody.2999@no-such-domain.invalid'];
		default:
			return ['no such value 2999-12-31'];
	}
}
