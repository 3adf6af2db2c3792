/**
 * Userlot's wire protocol in one place: plain JSON, a key per product, equality filters, no paging.
 * Facts: https://documenter.gw.postman.com/view/metadata/2s935ppiEy and https://developers.qodex.ai/userlot/userlot-api
 */
import type { IDataObject } from 'n8n-workflow';

import type { Condition, Query } from '../../shared/spec/query';
import type { RecordId } from '../../shared/spec/record';
import type { Field, Resource } from '../../shared/spec/resource';
import { asObject, isAbsent } from '../../shared/spec/values';
import { originOf } from '../../shared/wire/address';
import type { Api, Call, Explanation, QueryPairs } from '../../shared/wire/api';
import { nameIn, recordOf, recordsIn } from './answers';

/** The address in the credential; people paste it with the API's path as well. */
export function apiUrl(given: unknown): string {
	return originOf(String(given ?? '').trim().replace(/\/+$/, '').replace(/\/api(\/v1)?$/, ''), 'API Address', 'https://api.example.com');
}

/** Name of a filter on the wire: of a related record's id, or of a field. */
function parameterOf(resource: Resource, { path }: Condition): string {
	const relation = path.length === 2 ? (resource.relations ?? []).find((r) => r.name === path[0]) : undefined;
	return relation?.filterAs ?? path.join('.');
}

/** Whether the vendor looks for a part of a name is not said, so that a part is enough here. */
const PARTIAL = new Set(['name', 'first_name', 'last_name']);

function matches(record: IDataObject, query: Query): boolean {
	return query.conditions.every(({ path, values }) => {
		const name = path.length === 2 ? `${path[0]}_id` : path[0];
		const value = record[name];
		// What an answer does not show, the vendor's own filter has to tell.
		if (value === undefined || Array.isArray(value)) return true;
		const own = String(value ?? '').toLowerCase();
		return values.some((wanted) => (PARTIAL.has(name) ? own.includes(wanted.trim().toLowerCase()) : own === wanted.trim().toLowerCase()));
	});
}

/** A reason as people read it, from whatever form it has: errors are not documented. */
function reasonIn(value: unknown, field = ''): string[] {
	if (isAbsent(value)) return [];
	if (Array.isArray(value)) return value.flatMap((entry) => reasonIn(entry, field));
	if (typeof value !== 'object') return [`${field ? `${field}: ` : ''}${String(value)}`];
	const { message, detail, error } = asObject(value);
	const own = [message, detail, error].find((text) => typeof text === 'string');
	if (own !== undefined) return reasonIn(own, field);
	return Object.entries(asObject(value)).flatMap(([name, entry]) => reasonIn(entry, name));
}

/** Requests to end users that nobody has seen documented. */
const isInferred = ({ method, path }: Call) => (method === 'POST' && path === '/end_users') || (method === 'PATCH' && path.startsWith('/end_users/'));

function explain(status: number, body: unknown, _headers: Record<string, string>, call: Call): Explanation {
	const { errors, error, message } = asObject(body);
	const reason = [errors, error, message].map((part) => reasonIn(part).join('; ')).find((text) => text !== '') ?? '';
	const rest = Object.keys(asObject(body)).length > 0 ? JSON.stringify(body).slice(0, 300) : '';
	if (isInferred(call) && [404, 405, 501].includes(status)) {
		return { reason: reason || rest, remedy: 'Userlot does not document this request. Use the operation "Create or Update", which it does.' };
	}
	return { reason: reason || rest, ...(status === 401 ? { remedy: 'Check API address and key in the credential: a key belongs to one product.' } : {}) };
}

/** The wait as seconds or as a time; nothing of it is documented. */
function retryAfter(headers: Record<string, string>, now: number): number | undefined {
	const given = headers['retry-after'];
	if (given === undefined) return undefined;
	const ms = /^\d+(\.\d+)?$/.test(given) ? Number(given) * 1000 : Date.parse(given) - now;
	return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

export const userlotApi: Api = {
	name: 'Userlot',
	credential: 'userlotApi',
	baseUrl: (credentials) => `${apiUrl(credentials.apiUrl)}/api/v1`,
	addressField: 'API Address',
	headers: { Accept: 'application/json' },
	contentType: 'application/json',
	timeout: 60_000,
	looseAnswers: true,
	retryAfter,
	// A list comes as a whole.
	pageSize: 1000,
	lookupSize: 1,
	updateMethod: 'PATCH',
	operators: (field: Field) => (field.name === 'id' ? [] : ['equals']),
	supports: {},
	listQuery: (resource, { conditions }): QueryPairs => conditions.map((condition) => [parameterOf(resource, condition), condition.values[0]]),
	getQuery: () => [],
	guessesPages: true,
	nextPage(call, answer, resource) {
		// Guessed, and only when the user of an API request asks for it.
		if (resource.name !== 'api' || !recordsIn(answer)?.length) return undefined;
		const page = Number((call.query ?? []).find(([name]) => name === 'page')?.[1] ?? 1);
		if (!(page >= 0)) return undefined;
		return { ...call, query: [...(call.query ?? []).filter(([name]) => name !== 'page'), ['page', String(page + 1)]] };
	},
	matches,
	encode: (_resource, { fields }) => fields,
	encodeAction: (parameters) => parameters,
	records(answer) {
		const list = recordsIn(answer);
		if (!list) throw new Error('Userlot did not return a list of records');
		return list;
	},
	record: recordOf,
	id: (record) => record.id as RecordId,
	value: (record, field) => (field === 'name' ? nameIn(record) : record[field]),
	linked: () => undefined,
	simplify: (record) => record,
	explain,
};
