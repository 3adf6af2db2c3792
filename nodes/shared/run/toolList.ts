/** Lists as an AI agent gets them: every attribute of fifty records would fill the context of its model. */
import type { IDataObject } from 'n8n-workflow';

import { nouns } from '../spec/labels';
import type { Query } from '../spec/query';
import type { Resource } from '../spec/resource';
import { displayFields } from './display';
import type { Output } from './handler';
import type { Item } from './item';
import { count } from './reads';

/** Fields that tell which record it is, whom it belongs to, how it stands, and since when. */
function telling(item: Item, resource: Resource, query: Query): Set<string> {
	const { idName = 'id' } = item.run.apiOf(resource);
	const { fields, everyday = [], keys = [], relations = [] } = resource;
	const wire = (name: string) => fields.find((f) => f.name === name)?.wire ?? name;
	const long = new Set(fields.filter(({ type }) => type === 'text' || type === 'json').map(({ name }) => name));
	const names = [
		...displayFields(resource),
		...keys.map(({ field }) => field),
		...everyday.filter((name) => !long.has(name)),
		...fields.filter(({ type, access }) => access || type === 'date' || type === 'dateTime').map(({ name }) => name),
		...query.conditions.map(({ path }) => path.join('.')),
		...(query.sort ?? []).map(({ field }) => field),
	];
	const linked = relations.flatMap(({ name, to }) => {
		const target = item.run.vendor.resources.find((r) => r.name === to[0]);
		return [`${name}Id`, `${name}Ids`, ...['id', idName, ...(target ? displayFields(target) : [])].map((part) => `${name}.${part}`)];
	});
	return new Set(['id', idName, ...names.map(wire), ...linked, ...(query.include ?? [])]);
}

/** What of a value is under these paths; undefined when that is nothing. */
function pruned(value: unknown, paths: Set<string>, place = ''): unknown {
	if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) return undefined;
	if (paths.has(place)) return value;
	const inside = place === '' || [...paths].some((path) => path.startsWith(`${place}.`));
	if (!inside || typeof value !== 'object') return inside ? value : undefined;
	if (Array.isArray(value)) return value.map((entry) => pruned(entry, paths, place)).filter((entry) => entry !== undefined);
	const rest = Object.entries(value as IDataObject).map(([name, entry]) => [name, pruned(entry, paths, place === '' ? name : `${place}.${name}`)] as const);
	const kept = rest.filter(([, entry]) => entry !== undefined);
	return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

/**
 * A list as a model reads it: of each record what tells it from others, unless fields were chosen, and how many more there are.
 * @param outputs the records as a person gets them, one more than the limit if there are more.
 */
export async function listForModel(item: Item, resource: Resource, query: Query, outputs: Output[], limit: number): Promise<Output[]> {
	const { run } = item;
	const shown = outputs.slice(0, limit);
	if (item.simplified && !query.only?.length) {
		const paths = telling(item, resource, query);
		for (const output of shown) output.json = (pruned(output.json, paths) ?? {}) as IDataObject;
	}
	if (outputs.length <= limit) return shown;
	const total = run.apiOf(resource).count && !resource.rows ? await count(run, resource, query).catch(() => undefined) : undefined;
	const more = total === undefined ? undefined : Math.max(1, total - limit);
	const { one, many } = nouns(resource);
	const note = `${more === undefined ? `More ${many} match` : `${more} more ${more === 1 ? `${one} matches` : `${many} match`}`} and ${more === 1 ? 'is' : 'are'} not in this list. Narrow the search if what you look for is missing.`;
	return [...shown, { json: { ...(more === undefined ? {} : { more }), note } }];
}
