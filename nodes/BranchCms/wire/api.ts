/**
 * BranchCMS's wire protocol in one place. Every site serves its own API; bodies are plain JSON.
 * Facts: https://www.branchcms.com/learn/docs/developer/rest-api
 */
import type { IDataObject } from 'n8n-workflow';

import { sameValue } from '../../shared/spec/compare';
import type { Condition, Query } from '../../shared/spec/query';
import { asObject } from '../../shared/spec/values';
import { originOf } from '../../shared/wire/address';
import type { Api, QueryPairs } from '../../shared/wire/api';
import { typedQuery } from '../../shared/wire/query';

/** The site address in the credential; people paste the API's address as well. */
export function siteUrl(given: unknown): string {
	return originOf(String(given ?? '').trim().replace(/\/api\/v1\/*$/, ''), 'Site Address', 'https://www.example.com');
}

/**
 * Filters as query parameters. The vendor's page does not show how `attributes` is written, so the form can be
 * chosen, and `matches` checks the records again.
 */
function filterPairs(conditions: Condition[], options: IDataObject = {}): QueryPairs {
	return conditions.flatMap(({ path, values }): QueryPairs =>
		options.filterSyntax === 'colon'
			? [['attributes', `${path.join('.')}:${values[0]}`]]
			: [[`attributes[${path.join('.')}]`, values[0]]],
	);
}

function matches(record: IDataObject, query: Query): boolean {
	return query.conditions.every(({ path, values }) => {
		const [name] = path;
		// Custom attributes may be missing from answers; then the vendor's own filter has to do.
		if (!(name in record)) return true;
		return values.some((value) => sameValue(String(record[name] ?? '').toLowerCase(), value.toLowerCase()));
	});
}

/** The vendor never returns passwords; an older site that does must not put them into outputs. */
function withoutPassword(record: IDataObject): IDataObject {
	if (!('password' in record)) return record;
	const rest = { ...record };
	delete rest.password;
	return rest;
}

/** Without the self link of write answers, which points to a wrong address. */
function simplify(record: IDataObject): IDataObject {
	const rest = { ...record };
	delete rest.links;
	return rest;
}

/** Pages are numbered from 1. */
const pageAt = (query: QueryPairs, page: number): QueryPairs => [...query.filter(([name]) => name !== 'page'), ['page', String(page + 1)]];

export const branchCmsApi: Api = {
	name: 'BranchCMS',
	credential: 'branchCmsApi',
	baseUrl: (credentials) => `${siteUrl(credentials.siteUrl)}/api/v1`,
	// Both are compulsory; the second in the newer documentation.
	addressField: 'Site Address',
	headers: { Accept: 'application/json', 'User-Agent': 'n8n-nodes-provisioning' },
	contentType: 'application/json',
	timeout: 60_000,
	pageSize: 100,
	page: { size: 'limit', number: 'page', first: 1 },
	lookupSize: 1,
	updateMethod: 'PATCH',
	operators: () => ['equals'],
	supports: { clear: true },
	listQuery: (_resource, query, size) => [
		...filterPairs(query.conditions, query.options),
		...typedQuery(query.options?.extraQuery),
		...(query.sort?.length ? ([['sort', query.sort.map((s) => `${s.descending ? '-' : ''}${s.field}`).join(',')]] as QueryPairs) : []),
		['limit', String(size)],
		['page', '1'],
	],
	getQuery: () => [],
	nextPage(call, answer) {
		const { data, pagination } = asObject(answer);
		const { currentPage, totalPages } = asObject(pagination);
		// links.next is only a query string and may be absent, so the numbers decide.
		if (!Array.isArray(data) || data.length === 0 || !(Number(currentPage) < Number(totalPages))) return undefined;
		return { ...call, query: pageAt(call.query ?? [], Number(currentPage)) };
	},
	pageAt,
	matches,
	encode: (_resource, { fields }) => fields,
	encodeAction: (parameters) => parameters,
	records(answer) {
		const { data } = asObject(answer);
		if (!Array.isArray(data)) throw new Error('BranchCMS did not return a list of records');
		return data.map((record) => withoutPassword(record as IDataObject));
	},
	record: (answer) => withoutPassword(asObject(answer)),
	id: (record) => record.id as number,
	value: (record, field) => record[field],
	linked: () => undefined,
	simplify,
	explain(status, body) {
		const answer = asObject(body);
		const text = answer.error ?? answer.message ?? (Array.isArray(answer.errors) ? answer.errors.map((e) => asObject(e).message ?? e).join('; ') : undefined);
		const reason = typeof text === 'object' ? JSON.stringify(text) : String(text ?? (typeof body === 'string' ? body.trim().slice(0, 200) : ''));
		const taken = /taken|exists|duplicate/i.test(reason);
		return { reason, ...(taken && status !== 404 ? { remedy: 'A record with this value exists already. Use the operation "Create or Update" instead.' } : {}) };
	},
};
