/** What a locator's value is meant for. */
import type { NaturalKey, Resource } from '../spec/resource';

const IDS = { integer: /^\d+$/, uuid: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i, string: /^[\w.~-]+$/ };

/**
 * The key that a locator's value is meant for. Where somebody drags a column onto a locator, or lets a model decide, n8n sets
 * the mode to ID, although columns and models have names.
 * @param tool a model fills in the value: one that could be both is taken for a name first.
 * @returns undefined where the mode says it all; `orId` when the value could be an ID as well.
 */
export function keyMeant(resource: Resource, mode: string, value: string, tool: boolean): { key: NaturalKey; orId: boolean } | undefined {
	if (mode !== 'id' && mode !== 'list' && (mode !== 'key' || !tool)) return undefined;
	const documented = resource.idType ?? 'string';
	// Vendors may have other ids than the documented UUIDs.
	const idType = tool || documented === 'integer' ? documented : 'string';
	const orId = mode !== 'key' && IDS[idType].test(value);
	if (orId && (idType !== 'string' || !tool)) return undefined;
	// A broken number is no name.
	if (!tool && !/\p{L}/u.test(value)) return undefined;
	const isEmail = value.includes('@');
	const named = (resource.keys ?? []).find(({ type, field }) => (type === 'email') === isEmail && (isEmail || tool || String(resource.list?.name) === field));
	const key = named ?? fullName(resource, value);
	return key && { key, orId };
}

/** First and last name as a key of people who have an email only. */
function fullName({ list, fields }: Resource, value: string): NaturalKey | undefined {
	const [first, last, ...more] = list?.name ?? [];
	const filtered = [first, last].every((name) => fields.some((f) => f.name === name && f.filter));
	return filtered && more.length === 0 && /\S\s+\S/.test(value) ? { field: `${first} ${last}`, label: 'Name', parts: [first, last] } : undefined;
}
