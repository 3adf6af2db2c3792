/** Reads of records, as handlers use them. */
import type { IDataObject } from 'n8n-workflow';

import { nouns } from '../spec/labels';
import { firstTime } from '../spec/lists';
import type { Query } from '../spec/query';
import type { Resource } from '../spec/resource';
import type { Call } from '../wire/api';
import type { Run } from './run';
import { FilterCheck, neededFor } from './trust';

/** Path of one record. */
export const pathTo = (resource: Resource, id: number | string) => `${resource.path}/${encodeURIComponent(String(id))}`;

/**
 * How many records a query matches, where the vendor counts; one request.
 * @throws NodeOperationError if the record that comes with the count shows that the vendor ignores a filter.
 */
export async function count(run: Run, resource: Resource, query: Query): Promise<number> {
	const client = run.client(resource);
	const { api } = client;
	const { body } = await client.send({
		method: 'GET',
		path: resource.path,
		query: [...api.listQuery(resource, query, 1), ...api.count!.query],
		purpose: `count ${nouns(resource).many}`,
	});
	const check = new FilterCheck(client, resource, query);
	for (const record of api.records(body, resource)) await check.fits(record);
	return api.count!.read(body);
}

/**
 * Records of a query, page by page, each page as large as the vendor and the limit allow. Each is held against the filters.
 * @throws NodeOperationError if the vendor ignores a filter, before the record that shows it is given out.
 */
export async function* list(run: Run, resource: Resource, query: Query, limit = Infinity): AsyncGenerator<{ record: IDataObject; answer: unknown }> {
	const client = run.client(resource);
	const { api } = client;
	const size = Math.min(limit, resource.pageSize ?? api.pageSize);
	// What the check needs is asked for along with the chosen fields, and taken out again.
	const extra = api.supports.only && query.only?.length ? neededFor(api, resource, query.conditions).filter((name) => !query.only!.includes(name)) : [];
	const only = extra.length > 0 ? { only: [...query.only!, ...extra] } : {};
	const call: Call = {
		method: 'GET',
		path: resource.path,
		query: api.listQuery(resource, { ...query, ...only }, size),
		purpose: `list ${nouns(resource).many}`,
	};
	const check = new FilterCheck(client, resource, query);
	let count = 0;
	const isNew = firstTime();
	for await (const answer of client.pages(call, resource)) {
		const records = api.records(answer, resource);
		if (resource.rows && api.childRows && records.length >= api.childRows) {
			run.hint(`${api.name} returns at most ${api.childRows} ${nouns(resource).many} in one answer. There may be more.`);
		}
		for (const record of records) {
			if (api.matches && !api.matches(record, query)) continue;
			// Records can move to the next page while the pages are read, and vendors can repeat a page.
			if (!isNew(api.id(record))) continue;
			const fits = check.fits(record);
			// Almost all fit, and waiting for each of thousands would take time.
			if (fits !== true && !(await fits)) continue;
			for (const name of extra) api.omit?.(record, name);
			yield { record, answer };
			if (++count >= limit) break;
		}
		if (count >= limit) break;
	}
	if (check.movedOn > 0) run.hint(`${check.movedOn} ${check.movedOn === 1 ? 'record' : 'records'} changed while the list was read and no longer matched the filters. Skipped.`);
}
