/**
 * Conditions held against the values of a record. Vendors compare in ways that they do not document (case, spaces, time zones,
 * fractions of a second, empty values), so only what no reading of a condition allows counts as a violation.
 */
import type { Condition } from './query';
import type { Field } from './resource';
import { isAbsent } from './values';

/** Milliseconds by which two equal times can differ: fractions that a vendor drops. */
const INSTANT = 1_000;
/** A day without a zone begins somewhere within these milliseconds. */
const ZONES = 14 * 3_600_000;

const fold = (value: unknown) => String(value).normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();

const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text.trim());

/** A time in epoch milliseconds, as UTC if it has no zone; NaN if it is none. */
function timeOf(value: unknown): number {
	const text = String(value).trim().replace(' ', 'T');
	if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return NaN;
	return Date.parse(/T.*(Z|[+-]\d{2}:?\d{2})$/i.test(text) || isDay(text) ? text : `${text}Z`);
}

type Kind = 'time' | 'number' | 'text';

const kindOf = ({ type }: Field): Kind => (type === 'date' || type === 'dateTime' ? 'time' : type === 'integer' || type === 'number' ? 'number' : 'text');

/** How far two values of a kind can be apart and still count as equal. */
const slack = (kind: Kind, a: string, b: string) => (kind !== 'time' ? 0 : isDay(a) || isDay(b) ? ZONES : INSTANT);

/** The distance from `wanted` to `own` for kinds with an order; undefined if one of them has none. */
function distance(kind: Kind, own: unknown, wanted: string): number | undefined {
	const [a, b] = kind === 'time' ? [timeOf(own), timeOf(wanted)] : [Number(own), Number(wanted)];
	return Number.isNaN(a) || Number.isNaN(b) ? undefined : a - b;
}

function equal(kind: Kind, own: unknown, wanted: string): boolean {
	if (fold(own) === fold(wanted)) return true;
	const apart = kind === 'text' ? undefined : distance(kind, own, wanted);
	return apart !== undefined && Math.abs(apart) <= slack(kind, String(own), wanted);
}

/**
 * Whether a value cannot be what a condition asks for.
 * @param own the value of the record; undefined if the record does not carry it, which says nothing.
 * @param wildcards a star in the values of the condition stands for any text.
 */
export function violates(own: unknown, field: Field, { operator, values }: Condition, wildcards = false): boolean {
	if (own === undefined) return false;
	const entries = (Array.isArray(own) ? own : [own]).filter((entry) => !isAbsent(entry));
	if (entries.some((entry) => typeof entry === 'object')) return false;
	if (operator === 'empty') return entries.length > 0;
	if (operator === 'notEmpty') return entries.length === 0;
	if (wildcards && values.some((value) => value.includes('*'))) return false;
	const kind = kindOf(field);
	const [first = '', last = first] = values;
	const some = (fits: (text: string) => boolean) => entries.some((entry) => fits(fold(entry)));
	/** Some entry is at least, or at most, that far from a value. What has no order says nothing. */
	const beyond = (wanted: string, sign: 1 | -1) =>
		entries.every((entry) => {
			const apart = distance(kind === 'text' ? 'time' : kind, entry, wanted);
			return apart !== undefined && sign * apart > slack(kind === 'text' ? 'time' : kind, String(entry), wanted);
		});
	switch (operator) {
		case 'equals':
		case 'oneOf':
			return !values.some((value) => entries.some((entry) => equal(kind, entry, value)));
		case 'notEquals':
			return entries.length === 1 && kind === 'text' && fold(entries[0]) === fold(first);
		case 'contains':
			return !some((text) => text.includes(fold(first)));
		case 'startsWith':
			return !some((text) => text.includes(fold(first)));
		case 'endsWith':
			return !some((text) => text.includes(fold(first)));
		case 'above':
		case 'atLeast':
			return entries.length > 0 && beyond(first, -1);
		case 'below':
		case 'atMost':
			return entries.length > 0 && beyond(first, 1);
		case 'between':
			return entries.length > 0 && (beyond(first, -1) || beyond(last, 1));
	}
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
