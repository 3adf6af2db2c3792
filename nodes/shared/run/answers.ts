/** Pieces that the standard operations share. */
import type { Resource } from '../spec/resource';
import { BadInput } from '../spec/values';
import type { Output } from './handler';
import type { Item } from './item';
import type { Reference } from './reference';

/** The record locator of an operation. */
export function recordOf(item: Item, resource: Resource, needs: { full?: boolean; include?: string[] } = {}): Reference {
	return item.refer(item.get<unknown>('record', undefined), resource, resource.label, true, needs)!;
}

export function present(item: Item, resource: Resource, answer: unknown, include?: string[]): Output {
	return { json: item.present(resource, item.run.apiOf(resource).record(answer), answer, include) };
}

/** The vendor accepted something without showing a record. */
export const isSilent = (answer: unknown) => typeof answer !== 'object' || answer === null || Object.keys(answer).length === 0;

/** Output for such an answer: the vendor accepted the request, and shows nothing of what it did. */
export const done = (record?: Reference): Output => ({ json: { ...(record ? { id: record.id } : {}), success: true, confirmed: false } });

export function limitOf(item: Item): number {
	const limit = item.flag('returnAll', false) ? Infinity : Number(item.get('limit', 50));
	if (!(limit >= 1)) throw new BadInput('Limit is less than 1', 'Enter how many results you want, or turn on "Return All".');
	if (limit !== Infinity && !Number.isInteger(limit)) throw new BadInput(`Limit: ${limit} is not a whole number`, 'Enter how many results you want.');
	return limit;
}
