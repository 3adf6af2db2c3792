/** A poll of records that the vendor only lists: what was remembered of each is compared with what it is now. */
import { type IDataObject, type INodeExecutionData, type IPollFunctions, NodeApiError, NodeOperationError } from 'n8n-workflow';

import { listQuery } from '../run/listQuery';
import { pathTo } from '../run/reads';
import { nouns } from '../spec/labels';
import type { Query } from '../spec/query';
import type { Resource } from '../spec/resource';
import type { Call } from '../wire/api';
import { isGone } from '../wire/refusals';
import type { Vendor } from '../wire/vendor';
import { fingerprint, markOfValue } from './fingerprint';
import { outside } from './outside';
import { budgetOf, poll } from './poll';
import { difference, packSnapshot, type Snapshot, unpackSnapshot } from './snapshot';
import { Words } from './words';

/** Something that happened to a record. */
export interface Happening {
	/** Last part of the event's name. */
	event: string;
	/** Tells two of the same event on the same record apart. */
	of: string;
	/** Shown beside the record. */
	more?: IDataObject;
}

/** How a resource is watched. */
export interface Watch {
	vendor: Vendor;
	resource: Resource;
	/**
	 * What happened to a record.
	 * @param before what was remembered of it; undefined when it was not there.
	 * @param first nothing was remembered at all: the trigger begins.
	 */
	happened(record: IDataObject, before: string | undefined, first: boolean, words: Words): Happening[];
	/** What to remember of a record, in few characters. */
	mark(record: IDataObject, before: string | undefined, words: Words): string;
	/** Fingerprints are remembered instead of ids, for vendors whose ids are long. */
	shortIds?: boolean;
	/** Records that are not listed any more are events, once the vendor confirms that they are gone. */
	deletions?: boolean;
	/** Only new records matter: reading ends where nothing is new, when the vendor sorts by id as asked. */
	newOnly?: boolean;
}

/** Records that can be watched, and characters that may be remembered of them: n8n stores both with the workflow. */
export const WATCHED_AT_MOST = 20_000;
const REMEMBERED_AT_MOST = 1_000_000;

/** Changed records that one poll tells of; the others wait for the next one, as they were. What may have to be told again is remembered as well. */
const TOLD_AT_MOST = 3_000;

const MANUAL = 5;

interface State {
	/** What the user filtered by: other filters begin anew. */
	filters?: string;
	records?: string;
	/** Texts that have a code in what is remembered. */
	words?: string[];
	/** What was remembered of the records of the last batch before it was handed over; empty for new ones. */
	undo?: string;
}

/** The poll function of such a trigger. Its parameters are those of Get Many. */
export async function pollSnapshots(context: IPollFunctions, watch: Watch): Promise<INodeExecutionData[][] | null> {
	const { vendor, resource } = watch;
	const { run, item } = outside(context, vendor, resource.name, { maxWaitMinutes: 1 });
	const client = run.client(resource);
	const { api } = client;
	const { many } = nouns(resource);

	const queryOf = async (): Promise<Query> => {
		try {
			const { toQuery } = listQuery(item, run.operation);
			await run.lookup.resolve();
			for (const reference of item.references) await reference.settle(run);
			return { ...toQuery(), ...(watch.newOnly ? { sort: [{ field: 'id', descending: true }] } : {}) };
		} catch (error) {
			throw new NodeOperationError(context.getNode(), run.failure(error, 0));
		}
	};
	const query = await queryOf();
	const call: Call = { method: 'GET', path: resource.path, query: api.listQuery(resource, query, resource.pageSize ?? api.pageSize), purpose: `list ${many}` };
	const keyOf = (record: IDataObject) => (watch.shortIds ? fingerprint(String(api.id(record))) : String(api.id(record)));
	const named = ({ event, of }: Happening, id: unknown) => ({ event: `${resource.name}.${event}`, eventId: `${resource.name}.${event}:${String(id)}${of === '' ? '' : `:${of}`}`, resource: resource.name });
	const present = (happening: Happening, record: IDataObject, answer: unknown): IDataObject => ({
		...named(happening, api.id(record)),
		...(item.simplified ? api.simplify(record, resource, answer) : { data: record }),
		...happening.more,
	});
	const isMeant = (record: IDataObject) => api.matches?.(record, query) ?? true;

	if (context.getMode() === 'manual') {
		const { body } = await client.page(call, resource);
		const records = api.records(body, resource).filter(isMeant).slice(0, MANUAL);
		if (records.length === 0) {
			throw new NodeOperationError(context.getNode(), `No ${many} found`, { description: 'Check the filters, or create one and try again.' });
		}
		const events = context.getNodeParameter('events', []) as string[];
		return [
			context.helpers.returnJsonArray(
				records.map((record) => present(watch.happened(record, undefined, true, new Words())[0] ?? { event: events[0] ?? 'changed', of: '' }, record, body)),
			),
		];
	}

	return await poll(context, async (data, inDoubt) => {
		const state = (data.snapshot ?? {}) as State;
		const filters = markOfValue([resource.name, query.conditions]);
		const first = state.filters !== filters;
		const before: Snapshot = first ? new Map() : unpackSnapshot(state.records);
		const words = new Words(first ? [] : [...(state.words ?? [])]);
		if (inDoubt && !first) {
			for (const [id, mark] of unpackSnapshot(state.undo)) {
				if (mark === '') before.delete(id);
				else before.set(id, mark);
			}
		}
		const isOver = budgetOf(context);
		const now: Snapshot = new Map();
		const undo: Snapshot = new Map();
		const items: IDataObject[] = [];
		let complete = true;
		let lastId = Infinity;
		let sorted = true;
		for await (const answer of client.pages(call, resource)) {
			let news = false;
			for (const record of api.records(answer, resource)) {
				if (!isMeant(record)) continue;
				const id = keyOf(record);
				sorted &&= Number(api.id(record)) < lastId;
				lastId = Number(api.id(record));
				// A row that moved to the next page while the pages are read.
				if (now.has(id)) continue;
				const earlier = before.get(id);
				news ||= earlier === undefined;
				const happenings = watch.happened(record, earlier, first, words);
				// New ones do not wait: where the newest come first, reading ends at those that are known.
				if (happenings.length > 0 && earlier !== undefined && undo.size >= TOLD_AT_MOST) {
					now.set(id, earlier);
					continue;
				}
				now.set(id, watch.mark(record, earlier, words));
				if (happenings.length === 0) continue;
				// What was there when the trigger began is no new record the second time either.
				undo.set(id, earlier ?? (first ? '-' : ''));
				items.push(...happenings.map((happening) => present(happening, record, answer)));
			}
			if (now.size > WATCHED_AT_MOST) {
				throw tooMany(`There are more than ${WATCHED_AT_MOST.toLocaleString('en')} ${many} to watch`);
			}
			const known = watch.newOnly && sorted && !first && !news;
			complete = !((known || isOver()) && api.nextPage(call, answer, resource));
			if (!complete) break;
		}
		if (first && !complete) {
			throw new NodeOperationError(context.getNode(), `The ${many} could not all be read within the time that n8n allows for a poll`, { description: 'Add filters to read fewer records.' });
		}
		const { missing } = difference(before, now);
		for (const id of missing) {
			const earlier = before.get(id)!;
			// Not listed is not gone: rows move between pages, and lists can be incomplete.
			if (complete && watch.deletions && !isOver() && (await isDeleted(id))) {
				items.push({ ...named({ event: 'deleted', of: '' }, id), id: resource.idType === 'integer' ? Number(id) : id, deleted: true });
				undo.set(id, earlier);
			} else if (now.size < WATCHED_AT_MOST) now.set(id, earlier);
		}
		const records = packSnapshot(now);
		if (records.length > REMEMBERED_AT_MOST) throw tooMany(`There is more to remember of ${now.size.toLocaleString('en')} ${many} than a workflow can hold`);
		const next: State = { filters, records, ...(words.list.length > 0 ? { words: words.list } : {}), ...(undo.size > 0 ? { undo: packSnapshot(undo) } : {}) };
		return { items, state: { snapshot: next as IDataObject } };
	});

	function tooMany(message: string): NodeOperationError {
		return new NodeOperationError(context.getNode(), message, { description: 'This would slow down the workflow and n8n. Watch fewer records or events.' });
	}

	async function isDeleted(id: string): Promise<boolean> {
		const [answer] = await Promise.allSettled([client.send({ method: 'GET', path: pathTo(resource, id), purpose: `get ${nouns(resource).one} ${id}` })]);
		if (answer.status === 'fulfilled') return false;
		if (isGone(answer.reason)) return true;
		throw answer.reason instanceof NodeApiError ? answer.reason : new NodeOperationError(context.getNode(), answer.reason as Error);
	}
}
