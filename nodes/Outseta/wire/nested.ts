/** Nested bodies from flat names and back: `Plan.Uid`, `PersonAccount[].Person.Email`. */
import type { IDataObject } from 'n8n-workflow';

import { asObject, stepsOf } from '../../shared/spec/values';

/** An object of values; one with a JSON form of its own, such as a date, is none. */
const isObject = (value: unknown): value is IDataObject => typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** Sets a value at a path; `[]` is the first entry of a list. */
function put(target: IDataObject, path: string, value: IDataObject[string]): void {
	const [head, ...rest] = stepsOf(path);
	const list = head.endsWith('[]');
	const name = list ? head.slice(0, -2) : head;
	if (rest.length === 0) {
		// Several parts of one object can be given, in any order.
		target[name] = isObject(value) ? { ...asObject(target[name]), ...value } : value;
		return;
	}
	if (list) {
		const rows = (target[name] ??= [{}]) as IDataObject[];
		put(rows[0], rest.join('.'), value);
	} else {
		put((target[name] ??= {}) as IDataObject, rest.join('.'), value);
	}
}

/** An object of paths as a nested one. */
export function nested(flat: IDataObject): IDataObject {
	const result: IDataObject = {};
	for (const [path, value] of Object.entries(flat)) put(result, path, value);
	return result;
}

/** The value at a path; undefined as soon as a step is missing. */
export function at(record: unknown, path: string): unknown {
	return path.split('.').reduce<unknown>((value, step) => asObject(value)[step], record);
}

/** A moment as the vendor writes it, without zone; it means UTC. */
const ZONELESS = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?$/;

/** What the vendor sends for "never". */
const NEVER = /^0001-01-01T00:00:00/;

/** A moment with its zone; any other value as it is. */
export function withZone(value: unknown): unknown {
	return typeof value === 'string' && ZONELESS.test(value) ? `${value}Z` : value;
}

/** Without what is empty, class names, and with the zone of moments; at any depth. */
export function tidy(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(tidy);
	if (typeof value !== 'object' || value === null) return withZone(value);
	return Object.fromEntries(
		Object.entries(value)
			.filter(([name, entry]) => name !== '_objectType' && entry !== null && !(typeof entry === 'string' && NEVER.test(entry)))
			.map(([name, entry]) => [name, tidy(entry)]),
	);
}

/** A parameter as it is meant: the order is documented as `Created+DESC`, whose plus sign is a blank that was encoded already. */
export const parameter = (name: string, value: string) => (name === 'orderBy' ? value.replaceAll('+', ' ') : value);
