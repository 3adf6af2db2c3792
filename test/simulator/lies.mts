/**
 * What a vendor may do in place of what it documents. A test tells a simulator to lie, and `reset` or `clearLies` ends it:
 *
 *     sim.lie({ ignoreFilters: ['filter[owner][id]'] });   // the list is answered as if the filter were not there
 *     sim.lie({ dropWrites: ['locked', 'role'] });         // the write is accepted, these are not stored
 *     sim.lie({ maxPage: 250 });                           // larger pages get a 500
 *     sim.lie({ skipWrites: ['DELETE /scim/v2/Users/5'] }); // answered with 204, and not made
 *     sim.lie({ older: { ms: 600 } });                     // reads answer the state from before the last changes for that long
 *     sim.lie({ repeat: { what: 'page' } });               // later pages of lists are the page before them once more
 *
 * The demo and the end-to-end tests use `POST /__control/lies` with the same object, and `DELETE /__control/lies`.
 */
import { drifted, type Drift } from './drift.mts';
import type { Older } from './past.mts';
import type { Repeat } from './repeats.mts';
import type { ApiRequest, ApiResponse } from './server.mts';

export interface Lie {
	/** Parameters of lists and of changes by filters that are ignored, by their decoded names. */
	ignoreFilters?: string[];
	/** Attributes and relations of writes that are accepted and not stored, by name; `*` for all of them. */
	dropWrites?: string[];
	/** Largest page that works. */
	maxPage?: number;
	/** Changes that are accepted with an empty answer and not made: ends of `METHOD path`, without parameters; `*` for all. */
	skipWrites?: string[];
	/** Reads answer what was there before the last changes, for a while. */
	older?: Older;
	/** Lists repeat pages or records. */
	repeat?: Repeat;
	/** Other differences from the vendor's documents. */
	drift?: Drift;
}

/** Parameters by which the vendors are asked for a page size. */
const PAGE_SIZES = ['page[size]', 'limit', 'count'];

const decode = (text: string) => {
	try {
		return decodeURIComponent(text.replaceAll('+', ' '));
	} catch {
		return text;
	}
};

function withoutParameters(search: string, names: string[]): string {
	return search.split('&').filter((pair) => !names.includes(decode(pair.split('=')[0]))).join('&');
}

/** The body of a write without what is dropped: JSON:API, SCIM operations, or plain fields. */
function withoutFields(body: Buffer, names: string[]): Buffer {
	let parsed: unknown;
	try {
		parsed = JSON.parse(body.toString('utf8'));
	} catch {
		return body;
	}
	const strip = (value: unknown): unknown => {
		if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
		return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name) && !names.includes('*')));
	};
	const record = parsed as { data?: { attributes?: unknown; relationships?: unknown }; Operations?: Array<{ path?: string; value?: unknown }> };
	if (record.data !== undefined) {
		const { attributes, relationships } = record.data;
		parsed = { ...record, data: { ...record.data, ...(attributes ? { attributes: strip(attributes) } : {}), ...(relationships ? { relationships: strip(relationships) } : {}) } };
	} else if (Array.isArray(record.Operations)) {
		parsed = { ...record, Operations: record.Operations.map((operation) => ({ ...operation, value: operation.path === undefined ? strip(operation.value) : operation.value })).filter(({ path }) => path === undefined || !names.includes(path)) };
	} else parsed = strip(parsed);
	return Buffer.from(JSON.stringify(parsed));
}

/** The request as a lying vendor takes it, or its answer. */
export function lied(request: ApiRequest, lies: Lie[]): { request: ApiRequest; response?: ApiResponse; change?: (response: ApiResponse) => ApiResponse } {
	let changed = request;
	const changes: Array<(response: ApiResponse) => ApiResponse> = [];
	for (const { ignoreFilters, dropWrites, maxPage, skipWrites = [], drift } of lies) {
		if (request.method !== 'GET' && skipWrites.some((end) => end === '*' || `${request.method} ${request.path}`.endsWith(end))) return { request, response: { status: 204 } };
		if (maxPage !== undefined && request.method === 'GET') {
			const size = request.search.split('&').map((pair) => pair.split('=')).find(([name]) => PAGE_SIZES.includes(decode(name)))?.[1];
			if (Number(size) > maxPage) return { request, response: { status: 500, headers: { 'content-type': 'application/json' }, body: '{"error":"Internal Server Error"}' } };
		}
		if (drift && request.method === 'GET') {
			const taken = drifted(changed, drift);
			if (taken.response) return { request, response: taken.response };
			changed = taken.request;
			if (taken.change) changes.push(taken.change);
		}
		if (ignoreFilters) changed = { ...changed, search: withoutParameters(changed.search, ignoreFilters) };
		if (dropWrites && ['PATCH', 'POST', 'PUT'].includes(request.method)) changed = { ...changed, body: withoutFields(changed.body, dropWrites) };
	}
	return { request: changed, change: (response) => changes.reduce((answer, change) => change(answer), response) };
}
