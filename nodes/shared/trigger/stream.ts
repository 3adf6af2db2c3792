/** A list request as a stream of changes. */
import { NodeOperationError } from 'n8n-workflow';

import type { Run } from '../run/run';
import { FilterCheck } from '../run/trust';
import { nouns } from '../spec/labels';
import type { Condition, Query } from '../spec/query';
import type { Resource } from '../spec/resource';
import type { Call, QueryPairs } from '../wire/api';
import type { Change, Entry } from './change';
import { countedPages } from './countedPages';
import type { Stream } from './cursor';

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

	/**
	 * The records of an answer, held against the filters.
	 * @throws NodeOperationError if the vendor ignores one: old records would come again and again.
	 */
	const entriesOf = async (answer: unknown, conditions: Condition[]): Promise<Entry[]> => {
		const check = new FilterCheck(client, resource, { ...query, conditions: [...query.conditions, ...where, ...conditions] });
		const records = api.records(answer);
		// A record that merely moved on is an event like the others.
		for (const record of records) await check.fits(record);
		return records.map((record) => ({ record, answer }));
	};

	async function* pages(first: Call, conditions: Condition[]) {
		for await (const { body, next } of client.steps(first, resource)) yield { records: await entriesOf(body, conditions), ...(next ? { next: next.query } : {}) };
	}

	const marks: Pick<Stream<Entry>, 'time' | 'id'> = {
		time: ({ record }) => String(api.value(record, time) ?? ''),
		id: ({ record }) => String(api.id(record)),
	};
	const conditionsOf = (from: string): Condition[] => (from === '' ? filled : [{ path: [time], operator: 'atLeast', values: [from] }]);
	const since = (from: string) => call(conditionsOf(from), false, {}, size);

	return {
		...marks,
		async *pages(from, rest) {
			const { pageAt } = api;
			if (pageAt) {
				let ends = '';
				yield* countedPages(marks, from, rest, async (earliest, page) => {
					const asked = since(earliest);
					const { body, call: sent } = await client.page({ ...asked, query: pageAt(asked.query!, page) }, resource);
					ends = client.assertOther(body, resource, page > 0 ? ends : '');
					const size = Number(new Map(sent.query).get(api.page!.size));
					return { records: await entriesOf(body, conditionsOf(earliest)), more: api.nextPage(sent, body, resource) !== undefined, size };
				});
				return;
			}
			const start = since(from);
			if (rest !== undefined) {
				const continued = pages({ ...start, query: rest as QueryPairs }, conditionsOf(from));
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
			yield* pages(start, conditionsOf(from));
		},
		async *newest() {
			const sparse = api.supports.only ? { only: [time], include: [] } : {};
			for await (const page of pages(call(filled, true, sparse, Math.min(size, 100)), filled)) yield* page.records;
		},
	};
}
