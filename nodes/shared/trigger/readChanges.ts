/** What happened to the records of a resource since the last reading. */
import type { IDataObject } from 'n8n-workflow';

import type { Run } from '../run/run';
import { nouns } from '../spec/labels';
import type { Condition, Query } from '../spec/query';
import type { Resource } from '../spec/resource';
import type { Call } from '../wire/api';
import type { Change, Entry, Polled } from './change';
import { type Cursor, fromNow, fromTime, type Limits, type Stream, walk } from './cursor';
import { fingerprint } from './fingerprint';
import { packSnapshot, type Snapshot, unpackSnapshot } from './snapshot';
import { streamOf } from './stream';

/** Watched values kept at most: half a megabyte. */
const WATCHED = 20_000;

interface StreamState extends Cursor {
	/** Watched values by id. */
	values?: string;
	/** Those that the last batch told of, as they were before: it may have to be emitted again. */
	undo?: string;
}

interface Group {
	key: string;
	changes: Change[];
	time: string;
	optional?: boolean;
	where?: Condition[];
	watch?: Change['watch'];
}

/** Changes that can be read together. */
export function groupsOf(resource: Resource, changes: Change[]): Group[] {
	const groups = new Map<string, Group>();
	for (const change of changes) {
		const { time, optional, where, watch } = change;
		const key = fingerprint(JSON.stringify([resource.name, time, where ?? [], watch?.name ?? '']));
		const group = groups.get(key) ?? { key, changes: [], time, optional, where, watch };
		group.changes.push(change);
		groups.set(key, group);
	}
	return [...groups.values()];
}

export interface Reading {
	/** What the last reading left, by stream; JSON. */
	states: unknown;
	/** The last batch may not have arrived: it comes again. */
	again: boolean;
	limits: Limits;
	/** Time to begin at where nothing was read before; now when it is absent. */
	startFrom?: string;
	/** An item with its `eventId`; none when it does not matter after all. */
	present(change: Change, entry: Entry, since: string, before?: string): IDataObject | undefined;
}

/** What happened to the records of a resource since the last reading; each event once, and what to remember for the next. */
export async function readChanges(
	run: Run,
	{ resource, changes }: Pick<Polled, 'resource' | 'changes'>,
	query: Query,
	{ states, again, limits, startFrom, present }: Reading,
): Promise<{ items: IDataObject[]; states: IDataObject }> {
	const known = (states ?? {}) as Record<string, StreamState>;
	const next: Record<string, StreamState> = {};
	const items = new Map<string, IDataObject>();
	for (const group of groupsOf(resource, changes)) {
		const stream = streamOf(run, resource, query, group);
		const state = known[group.key] ?? (await begin(stream, group));
		const { fresh, cursor } = await walk(stream, state, { ...limits, most: limits.most - items.size }, again);
		const values = group.watch ? unpackSnapshot(state.values) : undefined;
		if (values && again) for (const [id, value] of unpackSnapshot(state.undo)) remember(values, id, value);
		const undo: Snapshot = new Map();
		const since = again ? (state.before ?? state.at) : state.at;
		for (const entry of fresh) {
			const id = stream.id(entry);
			const before = values?.get(id);
			for (const change of group.changes) {
				if (!change.happened(entry.record, since, before)) continue;
				const json = present(change, entry, since, before);
				if (json) items.set(String(json.eventId), json);
			}
			if (!values) continue;
			const value = group.watch!.of(entry.record);
			if (value !== (before ?? '') && !undo.has(id)) undo.set(id, before ?? '');
			remember(values, id, value);
		}
		next[group.key] = { ...cursor, ...(values ? { values: packSnapshot(values) } : {}), ...(undo.size > 0 ? { undo: packSnapshot(undo) } : {}) };
	}
	return { items: [...items.values()], states: next as unknown as IDataObject };

	/** Where a stream begins: now, or at the time that was asked for. */
	async function begin(stream: Stream<Entry>, group: Group): Promise<StreamState> {
		const cursor = startFrom ? fromTime(startFrom, limits.overlap) : await fromNow(stream, limits.overlap);
		return group.watch ? { ...cursor, values: packSnapshot(await baseline(group)) } : cursor;
	}

	/** The watched values as they are now. */
	async function baseline({ watch, time }: Group): Promise<Snapshot> {
		const values: Snapshot = new Map();
		const client = run.client(resource);
		const { api } = client;
		const conditions = [...query.conditions, ...(watch!.where ?? [])];
		const sparse = api.supports.only ? { only: watch!.fields, include: [] } : {};
		const call: Call = {
			method: 'GET',
			path: resource.path,
			query: api.listQuery(resource, { ...query, ...sparse, conditions, sort: [{ field: time, descending: true }] }, resource.pageSize ?? api.pageSize),
			purpose: `list ${nouns(resource).many}`,
		};
		for await (const page of client.pages(call, resource)) {
			for (const record of api.records(page)) remember(values, String(api.id(record)), watch!.of(record));
			if (values.size >= WATCHED) break;
		}
		return new Map([...values].reverse());
	}
}

/** Keeps the newest values. */
function remember(values: Snapshot, id: string, value: string): void {
	values.delete(id);
	if (value !== '') values.set(id, value);
	if (values.size > WATCHED) values.delete(values.keys().next().value as string);
}
