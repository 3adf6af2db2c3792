/**
 * Ways in which a vendor can differ from its documents, one switch per kind. A part of `Lie`:
 *
 *     sim.lie({ drift: { refuse: ['filter[title]'] } });
 */
import type { ApiRequest, ApiResponse } from './server.mts';

export interface Drift {
	/** Paths below the API's base that are closed, with the status; a star stands for one part. */
	closed?: Record<string, number>;
	/** Attributes that the vendor does not know: asked for by name they are refused, and answers are without them. */
	unknown?: string[];
	/** Attributes that answers lack. */
	lack?: string[];
	/** Parameters that are refused, by their decoded names; `name=value` for one of their values or a part of it. */
	refuse?: string[];
	/** Parameters with which a list is empty. */
	empty?: string[];
	/** Orders and includes that are refused, by name. */
	refuseNames?: string[];
	/** The most records of a page, whatever is asked for. */
	capPage?: number;
	/** Headers that are missing. */
	withoutHeaders?: string[];
	/** Milliseconds by which the vendor's clock is behind. */
	behind?: number;
	/** `offset` counts records. */
	recordOffsets?: boolean;
	/** The limit that a page of that size or a larger one says was applied. */
	namedLimit?: number;
	/** Filters are written `attributes=name:value`; others have no effect. */
	colonFilters?: boolean;
	/** Lists stand under this name. */
	wrap?: string;
	/** Bare lists come in pages of this size, by a parameter `page`. */
	pages?: number;
}

const decode = (text: string) => {
	try {
		return decodeURIComponent(text.replaceAll('+', ' '));
	} catch {
		return text;
	}
};

export const pairsOf = (search: string): Array<[string, string]> =>
	search.split('&').filter((part) => part !== '').map((part) => {
		const [name, ...value] = part.split('=');
		return [decode(name), decode(value.join('='))];
	});

const textOf = (pairs: Array<[string, string]>) => pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&');

const refusal = (status: number, marked = ''): ApiResponse => ({ status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error: `Refused${marked}` }) });

const named = (value: string) => value.split(',').map((part) => part.replace(/^-/, '').split(' ')[0].replace(/\.\*$/, ''));

/** The answer before anything is looked at, if there is one. */
function refused({ path }: ApiRequest, pairs: Array<[string, string]>, drift: Drift): ApiResponse | undefined {
	const at = path.replace(/^\/api\/v\d|^\/scim\/v2/, '');
	for (const [pattern, status] of Object.entries(drift.closed ?? {})) {
		if (new RegExp(`^${pattern.replaceAll('*', '[^/]+')}$`).test(at)) return refusal(status);
	}
	for (const [name, value] of pairs) {
		if ((drift.refuse ?? []).some((wanted) => name === wanted || (wanted.includes('=') && name === wanted.split('=')[0] && value.includes(wanted.split('=')[1])))) return refusal(400);
		const isFields = name === 'fields' || name.startsWith('fields[');
		if (isFields && named(value).some((one) => drift.unknown?.includes(one))) return refusal(400);
		if (['sort', 'orderBy', 'include'].includes(name) && named(value).some((one) => drift.refuseNames?.includes(one))) return refusal(400);
		if (name === 'fields' && named(value).some((one) => drift.refuseNames?.includes(`${one}.*`))) return refusal(400);
	}
	return undefined;
}

/** A value without these names, at any depth. */
function without(value: unknown, names: string[]): unknown {
	if (Array.isArray(value)) return value.map((entry) => without(entry, names));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)).map(([name, entry]) => [name, without(entry, names)]));
}

const LISTS = ['data', 'items', 'Resources'];

/** An answer with another list in it. */
export function withList(body: unknown, change: (list: unknown[]) => unknown[]): unknown {
	if (Array.isArray(body)) return change(body);
	const object = body as Record<string, unknown>;
	const name = LISTS.find((one) => Array.isArray(object?.[one]));
	return name === undefined ? body : { ...object, [name]: change(object[name] as unknown[]) };
}

/** A request as the vendor takes it, or its answer, and what becomes of the answer otherwise. */
export function drifted(request: ApiRequest, drift: Drift): { request: ApiRequest; response?: ApiResponse; change?: (response: ApiResponse) => ApiResponse } {
	let pairs = pairsOf(request.search);
	const response = refused(request, pairs, drift);
	if (response) return { request, response };
	const given = new Map(pairs);
	const size = Number(given.get('limit'));
	const offset = Number(given.get('offset'));
	if (drift.capPage !== undefined) pairs = pairs.map(([name, value]) => [name, ['page[size]', 'limit', 'count'].includes(name) && Number(value) > drift.capPage! ? String(drift.capPage) : value]);
	const moved = drift.recordOffsets === true && offset > 0;
	if (moved) pairs = pairs.map(([name, value]) => [name, name === 'limit' ? '100' : name === 'offset' ? '0' : value]);
	if (drift.colonFilters) {
		pairs = pairs.filter(([name]) => !name.startsWith('attributes[')).map(([name, value]) => (name === 'attributes' ? [`attributes[${value.split(':')[0]}]`, value.slice(value.indexOf(':') + 1)] : [name, value]));
	}
	if (drift.pages !== undefined) pairs = pairs.filter(([name]) => name !== 'page');
	const search = textOf(pairs);
	const change = (answer: ApiResponse): ApiResponse => {
		const headers = { ...answer.headers };
		for (const name of drift.withoutHeaders ?? []) delete headers[name];
		if (drift.behind !== undefined) headers.date = new Date(Date.now() - drift.behind).toUTCString();
		if (answer.status !== 200 || answer.body === undefined) return { ...answer, headers };
		let body: unknown;
		try {
			body = JSON.parse(String(answer.body));
		} catch {
			return { ...answer, headers };
		}
		if (pairs.some(([name]) => drift.empty?.includes(name))) body = withList(body, () => []);
		if (moved) body = withList(body, (list) => list.slice(offset, offset + size));
		if (drift.pages !== undefined) {
			const page = Number(given.get('page') ?? 1);
			body = withList(body, (list) => list.slice((page - 1) * drift.pages!, page * drift.pages!));
		}
		const { metadata } = body as { metadata?: object };
		if (drift.namedLimit !== undefined && size >= drift.namedLimit && metadata) body = { ...(body as object), metadata: { ...metadata, limit: drift.namedLimit } };
		body = without(body, [...(drift.unknown ?? []), ...(drift.lack ?? [])]);
		if (drift.wrap !== undefined && Array.isArray(body)) body = { [drift.wrap]: body };
		return { ...answer, headers, body: JSON.stringify(body) };
	};
	return { request: { ...request, search }, change };
}
