/**
 * Names to records. Everything that the items of a run refer to by a natural key is gathered first and
 * asked for in batches, each value once, so that 500 items cost ten look-ups instead of 500.
 */
import type { IDataObject } from 'n8n-workflow';

import { similar } from '../spec/compare';
import { foldKey, keyLabel } from '../spec/keys';
import { nouns } from '../spec/labels';
import { grouped } from '../spec/lists';
import { listed } from '../spec/place';
import type { Query } from '../spec/query';
import type { RecordId } from '../spec/record';
import type { NaturalKey, Resource } from '../spec/resource';
import { BadInput } from '../spec/values';
import type { Api, Call } from '../wire/api';
import type { Client } from '../wire/client';
import { displayFields, displayLine } from './display';
import { inParallel } from './parallel';

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
	/** When its records were asked for. */
	asked: number;
	/** Entries whose values differ from this one in case only, itself among them: another record, or the same. */
	alike: { entries: Entry[]; /** An item of this run is going to create one. */ planned?: boolean };
}

/** Look-ups under way at the same time. */
const AT_ONCE = 5;

/** Shown when a name matches nothing: names of the first page of records, for the first few that are missing. */
const SUGGESTIONS_FROM = 1000;
const SUGGESTIONS_FOR = 20;

/** From so many values on, reading the whole list may take fewer requests than asking for each. */
const SCAN_FROM = 4;

const lower = (value: unknown) => String(value).trim().toLowerCase();

/** Where a resource's records are looked up; the same resource inside another parent is another place. */
const placeOf = (resource: Resource) => [resource.name, listed(resource, true).path, ...(resource.listQuery ?? []).flat()].join('\n');

/** What a record has for a key. */
const valueOf = (api: Api, { field, parts }: NaturalKey, record: IDataObject) => (parts ? parts.map((part) => api.value(record, part) ?? '').join(' ') : api.value(record, field));

/** The filter for a key with these values. */
function conditionsFor({ field, parts }: NaturalKey, values: string[]): Query['conditions'] {
	if (!parts) return [{ path: [field], operator: values.length > 1 ? 'oneOf' : 'equals', values }];
	const [first, ...rest] = values[0].split(/\s+/);
	return parts.map((part, i) => ({ path: [part], operator: 'equals' as const, values: [i === 0 ? first : rest.join(' ')] }));
}

/** Records by the folded values of a key. */
function byKey(api: Api, { key, value: wanted }: Entry, records: IDataObject[]): Map<string, IDataObject[]> {
	const found = new Map<string, IDataObject[]>();
	for (const record of records) {
		const given = valueOf(api, key, record);
		const values = given === undefined && key.hidden ? wanted : given;
		for (const value of new Set((Array.isArray(values) ? values : [values]).map((one) => foldKey(key, one)))) {
			const same = found.get(value) ?? [];
			// A record can move to the next page while the pages are read.
			if (!same.some((r) => api.id(r) === api.id(record))) found.set(value, [...same, record]);
		}
	}
	return found;
}

/** The related record that holds the key, when the key is a property of one. */
const aroundKey = (api: Api, { field }: NaturalKey) => (api.supports.paths && field.includes('.') ? [field.slice(0, field.lastIndexOf('.'))] : []);

export class Lookup {
	private readonly entries = new Map<string, Entry>();

	private readonly groups = new Map<string, Entry['alike']>();

	private readonly names = new Map<string, Promise<string[]>>();

	private missing = 0;

	/** What the editor showed for records chosen from a list, by resource and id. */
	readonly labels = new Map<string, string>();

	/** Records by resource and id, made when somebody asks. */
	private byId?: Map<string, { record: IDataObject; full: boolean }>;

	/** What this run learned about keys that may not be asked for in lists. */
	private readonly takesLists = new Map<string, Promise<boolean>>();

	/** @param clientFor the client of a resource's door. */
	constructor(private readonly clientFor: (resource: Resource) => Client) {}

	/** Notes that a record will be needed; the same value twice is one entry. */
	want(resource: Resource, key: NaturalKey, value: string, needs: { full?: boolean; include?: string[] } = {}): Entry {
		const place = `${placeOf(resource)}\n${key.field}`;
		// Two records can have names that differ in case only; an email in any case is one person.
		const id = `${place}\n${key.type === 'email' ? lower(value) : value.trim()}`;
		const entry = this.entries.get(id) ?? this.enter(`${place}\n${foldKey(key, value)}`, { resource, key, value: value.trim(), full: false, include: [], asked: 0 });
		if (needs.full && !entry.full) {
			entry.full = true;
			entry.records = undefined;
		}
		entry.include = [...new Set([...entry.include, ...(needs.include ?? [])])];
		this.entries.set(id, entry);
		return entry;
	}

	private enter(group: string, given: Omit<Entry, 'alike'>): Entry {
		const alike = this.groups.get(group) ?? { entries: [] };
		const entry = { ...given, alike };
		alike.entries.push(entry);
		this.groups.set(group, alike);
		return entry;
	}

	/** Looks up everything noted since the last time. */
	async resolve(): Promise<void> {
		const open = [...this.entries.values()].filter((entry) => !(entry.records ?? entry.failure));
		const groups = grouped(open, ({ resource, key }) => [`${placeOf(resource)}\n${key.field}`]);
		const requests: Array<() => Promise<void>> = [];
		for (const all of groups.values()) {
			const group = await this.scan(all);
			if (group.length === 0) continue;
			const size = group[0].key.listed || group[0].resource.rows ? group.length : group[0].key.parts ? 1 : this.clientFor(group[0].resource).api.lookupSize;
			for (let i = 0; i < group.length; i += size) {
				const chunk = group.slice(i, i + size);
				requests.push(async () => {
					try {
						await this.fetch(chunk);
						if (chunk.length > 1 && chunk[0].key.listsUnsure) await this.confirmAbsence(chunk);
					} catch (error) {
						// Told to the items that need these records, so that the others can go on.
						for (const entry of chunk) entry.failure = error as Error;
					}
				});
			}
		}
		await inParallel(requests, AT_ONCE, async (request) => await request());
	}

	/** Forgets what was found, so that the next `resolve` asks again. */
	forget(entry: Entry): void {
		entry.records = undefined;
		entry.failure = undefined;
	}

	/** A record that a look-up of this run found, by its id. @param full only if it has all its fields. */
	known(resource: Resource, id: RecordId, full = false): IDataObject | undefined {
		if (!this.byId) {
			this.byId = new Map();
			for (const entry of this.entries.values()) {
				const { api } = this.clientFor(entry.resource);
				for (const record of entry.records ?? []) {
					const key = `${entry.resource.name}\n${api.id(record)}`;
					if (entry.full || !this.byId.has(key)) this.byId.set(key, { record, full: entry.full });
				}
			}
		}
		const found = this.byId.get(`${resource.name}\n${id}`);
		return found && (found.full || !full) ? found.record : undefined;
	}

	/** Whole records of a kind that look-ups of this run found. */
	all(resource: Resource): IDataObject[] {
		return [...this.entries.values()].filter((entry) => entry.full && entry.resource.name === resource.name).flatMap(({ records }) => records ?? []);
	}

	/** A record that came into being, or was changed, during the run. */
	remember(entry: Entry, record: IDataObject): void {
		this.byId?.set(`${entry.resource.name}\n${this.clientFor(entry.resource).api.id(record)}`, { record, full: true });
		for (const one of entry.alike.entries) {
			if (one !== entry && one.records?.length !== 0) continue;
			one.records = [record];
			one.answer = undefined;
			one.asked = Date.now();
		}
	}

	/** Takes the records from an answer that holds them already. */
	seed(entry: Entry, answer: unknown): void {
		if (entry.records) return;
		const { api } = this.clientFor(entry.resource);
		this.assign([entry], byKey(api, entry, api.records(answer, listed(entry.resource, true))), Date.now());
	}

	/**
	 * Where a vendor looks up one value at a time and counts its records, reads the whole list instead of asking
	 * for each value, when that takes fewer requests.
	 * @returns the entries that are still to be asked for.
	 */
	private async scan(group: Entry[]): Promise<Entry[]> {
		const [{ resource, key }] = group;
		const client = this.clientFor(resource);
		const { api } = client;
		if (group.length < SCAN_FROM || api.lookupSize > 1 || !api.count || resource.rows || key.listed || key.hidden || key.parts) return group;
		try {
			const { call } = this.listing(group, []);
			const asked = Date.now();
			const records: IDataObject[] = [];
			let total = 0;
			for await (const page of client.pages(call, resource)) {
				const own = api.records(page, resource);
				records.push(...own);
				total = api.count.read(page);
				if (!(total / Math.max(1, own.length) <= group.length)) break;
			}
			const found = byKey(api, group[0], records);
			const complete = new Set(records.map((r) => api.id(r))).size === total;
			const settled = group.filter((entry) => complete || found.has(foldKey(key, entry.value)));
			// One that was seen on an incomplete list could have a namesake further on.
			const unique = settled.filter((entry) => complete || entry.key.type === 'email');
			this.assign(unique, found, asked);
			return group.filter((entry) => !unique.includes(entry));
		} catch (error) {
			for (const entry of group) entry.failure = error as Error;
			return [];
		}
	}

	/** The request for a list of records that these entries are among. */
	private listing(chunk: Entry[], conditions: Query['conditions']): { call: Call; place: Resource } {
		const [{ resource, key }] = chunk;
		const place = listed(resource, true);
		const { api } = this.clientFor(resource);
		const full = chunk.some((e) => e.full);
		const query = {
			conditions,
			include: [...new Set([...chunk.flatMap((e) => e.include), ...(full && !key.hidden ? aroundKey(api, key) : [])])],
			...(full || !api.supports.only ? {} : { only: [...new Set([...(key.parts ?? [key.field]), ...displayFields(resource)])].filter((name) => name !== 'id') }),
		};
		const call: Call = {
			method: 'GET',
			path: place.path,
			query: [...(key.query ?? []), ...api.listQuery(place, query, resource.pageSize ?? api.pageSize)],
			purpose: `look up ${nouns(resource).many} by ${keyLabel(resource, key).toLowerCase()}`,
		};
		return { call, place };
	}

	private assign(entries: Entry[], found: Map<string, IDataObject[]>, asked: number, answer?: unknown): void {
		this.byId = undefined;
		for (const entry of entries) {
			entry.asked = asked;
			const { api } = this.clientFor(entry.resource);
			const records = found.get(foldKey(entry.key, entry.value)) ?? [];
			// Names may differ in case only; the exact one wins.
			const exact = records.filter((r) => [valueOf(api, entry.key, r)].flat().some((v) => String(v) === entry.value));
			entry.records = exact.length > 0 ? exact : records;
			entry.answer = answer;
		}
	}

	/**
	 * For keys of which it is not certain that the vendor takes several at once: one value that was not found
	 * is asked for alone. When that finds it, the others are asked for one by one as well.
	 */
	private async confirmAbsence(chunk: Entry[]): Promise<void> {
		const missing = chunk.filter((entry) => entry.records?.length === 0);
		if (missing.length === 0) return;
		const group = `${placeOf(chunk[0].resource)}\n${chunk[0].key.field}`;
		let takesLists = this.takesLists.get(group);
		if (!takesLists) {
			const [probe] = missing;
			takesLists = this.fetch([probe]).then(() => probe.records?.length === 0);
			this.takesLists.set(group, takesLists);
		}
		if (await takesLists) return;
		for (const entry of missing) if (entry.records?.length === 0) await this.fetch([entry]);
	}

	private async fetch(chunk: Entry[]): Promise<void> {
		const [{ resource, key }] = chunk;
		const client = this.clientFor(resource);
		const { api } = client;
		const { call, place } = this.listing(chunk, key.listed ? [] : conditionsFor(key, chunk.map((e) => e.value)));
		const asked = Date.now();
		const records: IDataObject[] = [];
		let answer: unknown;
		for await (const page of client.pages(call, place)) {
			answer ??= page;
			records.push(...api.records(page, place));
		}
		this.assign(chunk, byKey(api, chunk[0], records), asked, answer);
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
			const list = records.slice(0, 5).map((r) => displayLine(client, resource, r, `ID ${client.api.id(r)}`));
			throw new BadInput(
				`${parameter}: ${records.length} ${many} have the ${by} "${value}"`,
				`They are ${list.join(', ')}${records.length > 5 ? ', ...' : ''}. Choose one by ID or from the list.`,
			);
		}
		// Suggestions are a comfort: when they cannot be had, the message stands without them.
		const near = key.type === 'email' || key.field === 'id' || ++this.missing > SUGGESTIONS_FOR ? [] : similar(value, await this.someNames(resource, key).catch(() => [])).filter((name) => foldKey(key, name) !== foldKey(key, value));
		throw new BadInput(
			`${parameter}: there is no ${one} with the ${by} "${value}"`,
			near.length > 0 ? `Similar ones are: ${near.join(', ')}.` : (key.absent ?? `Check the spelling, or choose the ${one} from the list.`),
		);
	}

	private async someNames(resource: Resource, key: NaturalKey): Promise<string[]> {
		const cacheKey = `${placeOf(resource)}\n${key.field}`;
		let names = this.names.get(cacheKey);
		if (!names) {
			const client = this.clientFor(resource);
			const query = { conditions: [], ...(client.api.supports.only ? { only: [...(key.parts ?? [key.field])] } : {}) };
			const size = Math.min(SUGGESTIONS_FROM, resource.pageSize ?? client.api.pageSize);
			const place = listed(resource, true);
			names = client
				.page({ method: 'GET', path: place.path, query: client.api.listQuery(place, query, size), purpose: `list ${nouns(resource).many}` }, place)
				.then(({ body }) => client.api.records(body, place).flatMap((r) => [valueOf(client.api, key, r)].flat()).map(String))
				.then((all) => [...new Set(all)]);
			this.names.set(cacheKey, names);
		}
		return await names;
	}
}
