/** A poll of the changes of one resource, for vendors whose lists can be filtered and sorted by a time. */
import { type IDataObject, type INodeExecutionData, type IPollFunctions, NodeOperationError } from 'n8n-workflow';

import type { Run } from '../run/execute';
import { type Condition, nouns, type Query, type Resource } from '../spec/resource';
import { BadInput, coerce, isAbsent } from '../spec/values';
import type { Call, QueryPairs } from '../wire/api';
import type { Vendor } from '../wire/vendor';
import { fingerprint } from './delivery';
import { outside } from './outside';
import { budgetOf, countedPages, type Cursor, fromNow, fromTime, type Limits, packSnapshot, poll, type Snapshot, type Stream, unpackSnapshot, walk, WINDOW } from './poll';

/** A kind of change that a user can choose. Those with equal `time`, `where` and `watch` share their requests. */
export interface Change {
	/** Value of the choice; part of the event's name. */
	name: string;
	label: string;
	description?: string;
	/** Field with the time of the change; can be filtered and sorted by. */
	time: string;
	/** The field is empty until it happens. */
	optional?: boolean;
	where?: Condition[];
	/**
	 * A value whose change is the event, for fields whose time nobody keeps. The last values are remembered.
	 * @returns the value; empty ones are not remembered.
	 */
	watch?: { name: string; fields: string[]; of(record: IDataObject): string; where?: Condition[] };
	/**
	 * The events of a record, by choice; none when it is something else that happened.
	 * @param since time of the last poll; `before` the watched value then, undefined when it is not known.
	 */
	happened(record: IDataObject, since: string, before?: string): boolean;
}

export interface Polled {
	vendor: Vendor;
	resource: Resource;
	changes: Change[];
	/** Name and identity of an event. `fresh` says that the record came into being since the last poll. */
	name(change: Change, record: IDataObject, since: string): { event: string; eventId: string };
	/** Conditions of all requests that follow from the choice of changes. They do not make another stream of it. */
	narrow?: Condition[];
	/** More to show beside a record. */
	more?(record: IDataObject): IDataObject;
	/** Fields that the functions here look at. */
	needs: string[];
}

/** A record and the answer it came with. */
export interface Entry {
	record: IDataObject;
	answer: unknown;
}

/** Watched values kept at most: half a megabyte. */
const WATCHED = 20_000;

const MANUAL = 5;

/** A list request as a stream of changes. */
export function streamOf(run: Run, resource: Resource, query: Query, change: Pick<Change, 'time' | 'optional' | 'where'>): Stream<Entry> {
	const client = run.client(resource);
	const { api } = client;
	const { time, optional, where = [] } = change;
	const size = resource.pageSize ?? api.pageSize;
	const call = (conditions: Condition[], descending: boolean, more: Partial<Query>, count: number): Call => ({
		method: 'GET',
		path: resource.path,
		query: api.listQuery(resource, { ...query, ...more, conditions: [...query.conditions, ...where, ...conditions], sort: [{ field: time, descending }] }, count),
		purpose: `list ${nouns(resource).many}`,
	});
	const filled: Condition[] = optional ? [{ path: [time], operator: 'notEmpty', values: [] }] : [];

	async function* pages(first: Call) {
		let next: Call | undefined = first;
		while (next) {
			const { body } = await client.send(next);
			const following: Call | undefined = api.nextPage(next, body, resource);
			yield { records: api.records(body).map((record) => ({ record, answer: body })), ...(following ? { next: following.query } : {}) };
			next = following;
		}
	}

	const marks: Pick<Stream<Entry>, 'time' | 'id'> = {
		time: ({ record }) => String(api.value(record, time) ?? ''),
		id: ({ record }) => String(api.id(record)),
	};
	const since = (from: string) => call(from === '' ? filled : [{ path: [time], operator: 'atLeast', values: [from] }], false, {}, size);

	return {
		...marks,
		async *pages(from, rest) {
			const { pageAt } = api;
			if (pageAt) {
				yield* countedPages(marks, from, rest, async (earliest, page) => {
					const asked = since(earliest);
					const { body } = await client.send({ ...asked, query: pageAt(asked.query!, page) });
					return { records: api.records(body).map((record) => ({ record, answer: body })), more: api.nextPage(asked, body, resource) !== undefined };
				});
				return;
			}
			const start = since(from);
			if (rest !== undefined) {
				const continued = pages({ ...start, query: rest as QueryPairs });
				// The place in a list is kept by the vendor, and not for ever.
				const [first] = await Promise.allSettled([continued.next()]);
				if (first.status === 'fulfilled') {
					if (first.value.value) yield first.value.value;
					yield* continued;
					return;
				}
				if (!['400', '404', '410', '422'].includes(String((first.reason as { httpCode?: string }).httpCode))) {
					throw new NodeOperationError(run.context.getNode(), first.reason as Error);
				}
			}
			yield* pages(start);
		},
		async *newest() {
			const sparse = api.supports.only ? { only: [time], include: [] } : {};
			for await (const page of pages(call(filled, true, sparse, Math.min(size, 100)))) yield* page.records;
		},
	};
}

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
function groupsOf(resource: Resource, changes: Change[]): Group[] {
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

/** The poll function of such a trigger. Its parameters are those of Get Many, and `options.overlap`, `.startFrom` and `.most`. */
export async function pollChanges(context: IPollFunctions, polled: Polled): Promise<INodeExecutionData[][] | null> {
	const { vendor, resource, changes } = polled;
	const { run, item } = outside(context, vendor, resource.name, { maxWaitMinutes: 1 });
	const api = run.apiOf(resource);
	const options = context.getNodeParameter('options', {}) as { overlap?: number; startFrom?: unknown; most?: number };
	const overlap = Math.max(0, Number(options.overlap ?? 5)) * 60_000;
	if (changes.length === 0) throw new NodeOperationError(context.getNode(), 'No event is chosen', { description: 'Choose at least one under "Events".' });

	/** The user's filters, with what the events need. */
	const queryOf = async (): Promise<Query> => {
		try {
			const { toQuery } = item.query(run.operation);
			await run.lookup.resolve();
			for (const reference of item.references) await reference.settle(run);
			const query = toQuery();
			const timed = query.conditions.find(({ path }) => path.length === 1 && changes.some(({ time }) => time === path[0]));
			if (timed) throw new BadInput(`Filters: the trigger filters by "${timed.path[0]}" itself`, 'Remove this filter. To begin earlier, use the option "Start From".');
			const narrow = polled.narrow ?? [];
			const twice = query.conditions.find(({ path }) => narrow.some((condition) => condition.path.join('.') === path.join('.')));
			if (twice) throw new BadInput(`Filters: the trigger filters by "${twice.path.join('.')}" itself`, 'Remove this filter, and choose under "Events".');
			const only = query.only ? [...new Set([...query.only, ...polled.needs, ...changes.flatMap(({ time, watch }) => [time, ...(watch?.fields ?? [])])])] : undefined;
			return { ...query, conditions: [...query.conditions, ...narrow], ...(only ? { only } : {}) };
		} catch (error) {
			throw new NodeOperationError(context.getNode(), run.failure(error, 0));
		}
	};
	const query = await queryOf();
	const present = (change: Change, { record, answer }: Entry, since: string, before?: string): IDataObject => {
		const { event, eventId } = polled.name(change, record, since);
		const previous = change.watch && before !== undefined && before !== '' ? { previous: before } : {};
		return run.simplify(item)
			? { event, eventId, resource: resource.name, ...api.simplify(record, resource, answer, query.include), ...polled.more?.(record), ...previous }
			: { event, eventId, ...previous, data: record };
	};

	if (context.getMode() === 'manual') {
		const [group] = groupsOf(resource, changes);
		const stream = streamOf(run, resource, query, group);
		const shown: IDataObject[] = [];
		const client = run.client(resource);
		const conditions = [...query.conditions, ...(group.where ?? []), ...(group.optional ? [{ path: [group.time], operator: 'notEmpty' as const, values: [] }] : [])];
		const { body } = await client.send({
			method: 'GET',
			path: resource.path,
			query: api.listQuery(resource, { ...query, conditions, sort: [{ field: group.time, descending: true }] }, MANUAL),
			purpose: `list ${nouns(resource).many}`,
		});
		for (const record of api.records(body).slice(0, MANUAL)) {
			const entry = { record, answer: body };
			shown.push(present(group.changes.find((change) => change.happened(record, '', group.watch?.of(record))) ?? group.changes[0], entry, stream.time(entry)));
		}
		if (shown.length === 0) {
			throw new NodeOperationError(context.getNode(), `There is no ${nouns(resource).one} for which this would have happened yet`, {
				description: 'Check the filters, or make such a change and try again.',
			});
		}
		return [context.helpers.returnJsonArray(shown)];
	}

	return await poll(context, async (data, inDoubt) => {
		const { startFrom } = options;
		const { items, states } = await readChanges(run, polled, query, {
			states: data.streams,
			again: inDoubt,
			limits: { overlap, most: Math.min(WINDOW, Math.max(1, Number(options.most ?? 5000))), isOver: budgetOf(context) },
			startFrom: isAbsent(startFrom) ? undefined : String(coerce({ name: 'startFrom', label: 'Start From', type: 'dateTime' }, startFrom)),
			present,
		});
		return { items, state: { streams: states } };
	});
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

/** Whether a list of a resource can be followed by a field. */
export function canFollow(resource: Resource, field: string): boolean {
	return resource.methods.includes('getAll') && resource.fields.some((f) => f.name === field && f.filter === true && f.sort === true);
}
