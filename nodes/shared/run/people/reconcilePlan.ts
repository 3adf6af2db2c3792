/**
 * What a list of people means for those the vendor has: who is in it, who is not, what differs, and whether that may be done.
 * Values in, values out; no requests.
 */
import type { IDataObject } from 'n8n-workflow';

import { foldText, plainText, sameValue } from '../../spec/compare';
import { isHidden } from '../../spec/fields';
import type { Field } from '../../spec/resource';
import { BadInput, isAbsent } from '../../spec/values';
import { sameAsSent } from '../applied';

/** The key of one item, as it was read: its value, or why it has none. */
export interface ListKey {
	index: number;
	value?: string;
	/** Form under which two values are one person. */
	folded?: string;
	problem?: string;
}

/** Examples in a message. */
const SHOWN = 10;

const some = (list: string[]) => `${list.slice(0, SHOWN).join(', ')}${list.length > SHOWN ? ` and ${list.length - SHOWN} more` : ''}`;

export const counted = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

/**
 * Refuses lists that cannot be what is meant, with the numbers. A person whose key cannot be read would count as missing.
 * @throws BadInput
 */
export function checkList(keys: ListKey[], label: string): void {
	const invalid = keys.filter(({ value }) => value === undefined);
	const refusal = (message: string, description: string) => new BadInput(`Refused: ${message}`, `Nothing was changed. ${description}`);
	if (keys.length === 0 || (keys.length === 1 && invalid.length === 1)) {
		throw refusal(`the list is empty (0 of ${keys.length} items with a valid ${label})${invalid[0]?.problem ? `. ${invalid[0].problem}` : ''}`, 'Check the node before this one. An empty list would retire everybody.');
	}
	if (invalid.length > 0) {
		throw refusal(
			`${invalid.length} of ${keys.length} items have no valid ${label}`,
			`Each of them could be somebody who would count as missing: ${some(invalid.map(({ index, problem }) => `item ${index} (${problem ?? 'no value'})`))}. Correct these items, or take them out of the list.`,
		);
	}
	const seen = new Map<string, ListKey[]>();
	for (const key of keys) seen.set(key.folded!, [...(seen.get(key.folded!) ?? []), key]);
	const twice = [...seen.values()].filter((same) => same.length > 1);
	if (twice.length > 0) {
		throw refusal(
			`${counted(twice.length, 'person is', 'people are')} in the list more than once (${keys.length} items, ${seen.size} people)`,
			`They are ${some(twice.map((same) => `${same[0].value} (items ${same.map(({ index }) => index).join(', ')})`))}. Remove the duplicates, for example with a Remove Duplicates node.`,
		);
	}
}

/** A limit as it is given: a number, or a percentage. @throws BadInput */
export function readLimit(given: unknown, fallback: string): { share?: number; count?: number } {
	const text = String(isAbsent(given) ? fallback : given).trim();
	const [, number, percent] = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text) ?? [];
	if (number === undefined || (percent && Number(number) > 100) || (!percent && !Number.isInteger(Number(number)))) {
		throw new BadInput(`Limit: "${text}" is neither a number nor a percentage`, 'Write it like 25 or 10%.');
	}
	return percent ? { share: Number(number) / 100 } : { count: Number(number) };
}

/** Fewest people that a percentage stands for. Zero percent is nobody. */
const LEAST = 3;

/** Most people to retire, of those in scope who still have access. */
export const limitFor = ({ share = 0, count }: ReturnType<typeof readLimit>, inScope: number): number => count ?? (share && Math.max(LEAST, Math.floor(inScope * share)));

/** @throws BadInput with the numbers if more people would be retired than may be. */
export function checkLimit(leavers: string[], numbers: { limit: number; inScope: number; list: number }, verb: string): void {
	const { limit, inScope, list } = numbers;
	if (leavers.length <= limit) return;
	throw new BadInput(
		`Refused: this would ${verb} ${leavers.length} of ${inScope} people in scope, and the limit is ${limit}`,
		`Nothing was changed. The list has ${counted(list, 'person', 'people')}. Not in it: ${some(leavers)}. If the list is complete, raise the option "Limit" for this run. If not, correct the list or narrow the scope.`,
	);
}

/**
 * Whether a value of the list is what the vendor has. Vendors normalize spaces, numbers, times and phone numbers, which must not be
 * written again every night; a difference in case is one that people see.
 */
export function isSame(field: Field, wanted: unknown, now: unknown): boolean {
	if (sameValue(wanted, now)) return true;
	if (!sameAsSent(wanted, now)) return false;
	const texts = typeof wanted === 'string' && typeof now === 'string' && field.type !== 'email' && foldText(wanted) === foldText(now);
	return !texts || plainText(wanted) === plainText(now);
}

/** Fields of the list that differ from the record. */
export function differing(fields: IDataObject, fieldOf: (name: string) => Field, valueOf: (name: string) => unknown): IDataObject {
	const result: IDataObject = {};
	for (const [name, value] of Object.entries(fields)) {
		const field = fieldOf(name);
		if (field.createOnly || isHidden(field) || isSame(field, value, valueOf(name))) continue;
		result[name] = value;
	}
	return result;
}

/** Whether an email belongs to one of the domains; any does when there is none. */
export function inDomains(email: unknown, domains: string[]): boolean {
	if (domains.length === 0) return true;
	const domain = String(email ?? '').toLowerCase().split('@')[1];
	return domain !== undefined && domains.includes(domain);
}

/** Domains as people write them: `acme.com`, `@acme.com`, `*@acme.com`. @throws BadInput */
export function readDomains(list: string[]): string[] {
	return list.map((given) => {
		const domain = given.trim().toLowerCase().replace(/^\*?@/, '');
		if (!/^[a-z\d-]+(\.[a-z\d-]+)+$/.test(domain)) throw new BadInput(`Email Domains in Scope: "${given}" is not a domain`, 'Write it like example.com.');
		return domain;
	});
}
