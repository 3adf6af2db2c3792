/**
 * Names to records. Everything that the items of a run refer to by a natural key is gathered first and
 * asked for in batches, each value once, so that 500 items cost ten look-ups instead of 500.
 */
import type { IDataObject } from 'n8n-workflow';

import type { Call } from './api';
import { BadInput, similar } from './fields';
import type { Client } from './request';
import { labelOf, nouns, type Field, type NaturalKey, type Resource } from './spec';

/** One value to look up, and after `resolve` the records that have it. */
export interface Entry {
	resource: Resource;
	key: NaturalKey;
	value: string;
	/** All attributes are needed, not only id and name. */
	full: boolean;
	include: string[];
	records?: IDataObject[];
	/** The list answer that held the records, for included ones. */
	answer?: unknown;
	/** Why the look-up was refused. */
	failure?: Error;
	/** An item of this run is going to create it. */
	planned?: boolean;
}

/** Shown when a name matches nothing: names of the first page of records. */
const SUGGESTIONS_FROM = 1000;

const fold = (value: unknown) => String(value).trim().toLowerCase();

/** Name of a locator mode or parameter for a key. */
export const keyName = (key: NaturalKey) => key.name ?? key.field;

/** What a person reads for a key. */
export function keyLabel(resource: Resource, key: NaturalKey): string {
	return key.label ?? labelOf(fieldOf(resource, key.field));
}

export function fieldOf(resource: Resource, name: string): Field {
	return resource.fields.find((f) => f.name === name) ?? { name, type: 'string' };
}

/** The text by which a list shows a record. */
export function displayName(client: Client, resource: Resource, record: IDataObject): string {
	const text = (names: string[] = []) =>
		names
			.map((name) => client.api.value(record, name))
			.filter((value) => value !== undefined && value !== null && value !== '')
			.join(' ');
	return text(resource.list?.name) || text(resource.list?.fallback) || `${resource.label} ${client.api.id(record)}`;
}

/** Fields needed to show a record in a list. */
export function displayFields(resource: Resource): string[] {
	const { name = [], fallback = [], detail } = resource.list ?? {};
	return [...new Set([...name, ...fallback, ...(detail ? [detail] : [])])];
}

export class Lookup {
	private readonly entries = new Map<string, Entry>();

	private readonly names = new Map<string, Promise<string[]>>();

	/** @param clientFor the client of a resource's door. */
	constructor(private readonly clientFor: (resource: Resource) => Client) {}

	/** Notes that a record will be needed; the same value twice is one entry. */
	want(resource: Resource, key: NaturalKey, value: string, needs: { full?: boolean; include?: string[] } = {}): Entry {
		const id = `${resource.name}\n${key.field}\n${fold(value)}`;
		const entry = this.entries.get(id) ?? { resource, key, value: value.trim(), full: false, include: [] };
		if (needs.full && !entry.full) {
			entry.full = true;
			entry.records = undefined;
		}
		entry.include = [...new Set([...entry.include, ...(needs.include ?? [])])];
		this.entries.set(id, entry);
		return entry;
	}

	/** Looks up everything noted since the last time. */
	async resolve(): Promise<void> {
		const groups = new Map<string, Entry[]>();
		for (const entry of this.entries.values()) {
			if (entry.records ?? entry.failure) continue;
			const group = `${entry.resource.name}\n${entry.key.field}`;
			groups.set(group, [...(groups.get(group) ?? []), entry]);
		}
		const requests: Array<() => Promise<void>> = [];
		for (const group of groups.values()) {
			const size = this.clientFor(group[0].resource).api.lookupSize;
			for (let i = 0; i < group.length; i += size) {
				const chunk = group.slice(i, i + size);
				requests.push(async () => {
					try {
						await this.fetch(chunk);
					} catch (error) {
						// Told to the items that need these records, so that the others can go on.
						for (const entry of chunk) entry.failure = error as Error;
					}
				});
			}
		}
		await Promise.all(requests.map(async (request) => await request()));
	}

	/** Forgets what was found, so that the next `resolve` asks again. */
	forget(entry: Entry): void {
		entry.records = undefined;
		entry.failure = undefined;
	}

	/** A record that came into being during the run. */
	remember(entry: Entry, record: IDataObject): void {
		entry.records = [record];
		entry.answer = undefined;
	}

	private async fetch(chunk: Entry[]): Promise<void> {
		const [{ resource, key }] = chunk;
		const client = this.clientFor(resource);
		const { api } = client;
		const full = chunk.some((e) => e.full);
		const query = {
			conditions: [
				{ path: [key.field], operator: chunk.length > 1 ? ('oneOf' as const) : ('equals' as const), values: chunk.map((e) => e.value) },
			],
			include: [...new Set(chunk.flatMap((e) => e.include))],
			...(full || !api.supports.only ? {} : { only: [...new Set([key.field, ...displayFields(resource)])] }),
		};
		const call: Call = {
			method: 'GET',
			path: resource.path,
			query: api.listQuery(resource, query, resource.pageSize ?? api.pageSize),
			purpose: `look up ${nouns(resource).many} by ${keyLabel(resource, key).toLowerCase()}`,
		};
		const found = new Map<string, IDataObject[]>();
		let answer: unknown;
		for await (const page of client.pages(call, resource)) {
			answer ??= page;
			for (const record of api.records(page)) {
				const values = api.value(record, key.field);
				for (const value of new Set((Array.isArray(values) ? values : [values]).map(fold))) {
					found.set(value, [...(found.get(value) ?? []), record]);
				}
			}
		}
		for (const entry of chunk) {
			const records = found.get(fold(entry.value)) ?? [];
			// Names may differ in case only; the exact one wins.
			const exact = records.filter((r) => [api.value(r, key.field)].flat().some((v) => String(v) === entry.value));
			entry.records = exact.length > 0 ? exact : records;
			entry.answer = answer;
		}
	}

	/**
	 * The records of an entry.
	 * @throws the vendor's refusal of the look-up.
	 */
	async found(entry: Entry): Promise<IDataObject[]> {
		if (!entry.records && !entry.failure) await this.resolve();
		if (entry.failure) throw entry.failure;
		return entry.records ?? [];
	}

	/**
	 * The one record of an entry.
	 * @param parameter display name of the parameter that refers to it.
	 * @throws BadInput when nothing or several records match; lists what was found.
	 */
	async one(entry: Entry, parameter: string): Promise<IDataObject> {
		const records = await this.found(entry);
		const { resource, key, value } = entry;
		const client = this.clientFor(resource);
		if (records.length === 1) return records[0];
		const by = keyLabel(resource, key).toLowerCase();
		const { one, many } = nouns(resource);
		if (records.length > 1) {
			const list = records.slice(0, 5).map((r) => `${displayName(client, resource, r)} (ID ${client.api.id(r)})`);
			throw new BadInput(
				`${parameter}: ${records.length} ${many} have the ${by} "${value}"`,
				`They are ${list.join(', ')}${records.length > 5 ? ', ...' : ''}. Choose one by ID or from the list.`,
			);
		}
		// Suggestions are a comfort: when they cannot be had, the message stands without them.
		const near = key.type === 'email' || key.field === 'id' ? [] : similar(value, await this.someNames(resource, key).catch(() => []));
		throw new BadInput(
			`${parameter}: there is no ${one} with the ${by} "${value}"`,
			near.length > 0 ? `Similar ones are: ${near.join(', ')}.` : `Check the spelling, or choose the ${one} from the list.`,
		);
	}

	private async someNames(resource: Resource, key: NaturalKey): Promise<string[]> {
		const cacheKey = `${resource.name}\n${key.field}`;
		let names = this.names.get(cacheKey);
		if (!names) {
			const client = this.clientFor(resource);
			const query = { conditions: [], ...(client.api.supports.only ? { only: [key.field] } : {}) };
			const size = Math.min(SUGGESTIONS_FROM, resource.pageSize ?? client.api.pageSize);
			names = client
				.send({ method: 'GET', path: resource.path, query: client.api.listQuery(resource, query, size), purpose: `list ${nouns(resource).many}` })
				.then(({ body }) => client.api.records(body).flatMap((r) => [client.api.value(r, key.field)].flat()).map(String));
			this.names.set(cacheKey, names);
		}
		return await names;
	}
}
