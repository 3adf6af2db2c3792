/**
 * Outreach's wire protocol in one place: JSON:API, cursor paging, filter grammar, errors, rate limit.
 * Facts: https://developers.outreach.io/api/making-requests/ and https://developers.outreach.io/api/common-patterns/
 */
import type { IDataObject } from 'n8n-workflow';

import type { FilterOperator, Query } from '../../shared/spec/query';
import type { Link, RecordId, RecordInput } from '../../shared/spec/record';
import type { Field, Resource } from '../../shared/spec/resource';
import { asObject } from '../../shared/spec/values';
import { originOf } from '../../shared/wire/address';
import type { Api, Call, QueryPairs } from '../../shared/wire/api';
import { typedQuery } from '../../shared/wire/query';
import { filterPairs } from './filters';
import { allowance, gatewayReason, retryAfter } from './gateway';

const MEDIA_TYPE = 'application/vnd.api+json';

const RANGE: FilterOperator[] = ['equals', 'oneOf', 'between', 'atLeast', 'atMost', 'empty', 'notEmpty'];
const TEXT: FilterOperator[] = ['equals', 'oneOf', 'empty', 'notEmpty'];

/** JSON:API type of a resource. */
const typeOf = (resource: Resource) => resource.type ?? resource.name;

const identifier = (link: Link): IDataObject => ({ type: link.resource, id: Number(link.id) });

function relationships(links: NonNullable<RecordInput['links']>): IDataObject {
	return Object.fromEntries(
		Object.entries(links).map(([name, link]) => [
			name,
			{ data: Array.isArray(link) ? link.map(identifier) : link === null ? null : identifier(link) },
		]),
	);
}

const attributes = (record: IDataObject) => asObject(record.attributes);

/** `{ data }` of a relation, undefined when the answer gives only a link. */
function linkage(record: IDataObject, relation: string): unknown {
	return asObject(asObject(record.relationships)[relation]).data;
}

/** How long the list of a relation is, where the answer says so; it can show a part of it. */
const lengthOf = (record: IDataObject, relation: string) => Number(asObject(asObject(asObject(record.relationships)[relation]).meta).count ?? 0);

const idOf = (entry: unknown): RecordId => asObject(entry).id as RecordId;

/**
 * Filled attributes one level up; included relations nested as flat records, the others as ids.
 * @param include relations that were asked for, as paths: others are ids, also when their record came along with a neighbour.
 */
function simplify(record: IDataObject, { list }: Resource, answer: unknown, include?: string[]): IDataObject {
	const included = includedIn(answer);
	// Outreach orders attributes by the alphabet; people look for the name first.
	const leading = [...(list?.name ?? []), ...(list?.detail ? [list.detail] : [])];
	const flat = (entry: IDataObject, seen: string[], place: string): IDataObject => {
		// Most of the many attributes are empty on most records.
		const filled = Object.entries(attributes(entry)).filter(([, value]) => value !== null);
		const first = seen.length > 0 ? [] : leading.flatMap((name) => filled.filter(([filledName]) => filledName === name));
		const result = new Map<string, IDataObject[string]>([['id', entry.id], ...first, ...filled]);
		const me = [...seen, `${String(entry.type)} ${String(entry.id)}`];
		const related = (target: unknown, path: string) => {
			if (include && !include.some((wanted) => wanted === path || wanted.startsWith(`${path}.`))) return undefined;
			const key = `${String(asObject(target).type)} ${String(idOf(target))}`;
			const found = me.includes(key) ? undefined : included.get(key);
			return found ? flat(found, me, `${path}.`) : undefined;
		};
		for (const name of Object.keys(asObject(entry.relationships))) {
			const data = linkage(entry, name);
			if (Array.isArray(data)) {
				const nested = data.map((target) => related(target, place + name));
				if (nested.length > 0 && nested.every(Boolean)) result.set(name, nested as IDataObject[]);
				else if (data.length > 0) result.set(`${name}Ids`, data.map(idOf));
				const whole = lengthOf(entry, name);
				// A part is not the whole.
				if (whole > data.length) result.set(`${name}Total`, whole);
			} else if (data) {
				const nested = related(data, place + name);
				if (nested) result.set(name, nested);
				else if (!result.has(`${name}Id`)) result.set(`${name}Id`, idOf(data));
			}
		}
		// Made in one go: an object that grows key by key takes several times the memory.
		return Object.fromEntries(result);
	};
	return flat(record, [], '');
}

const includedCache = new WeakMap<object, Map<string, IDataObject>>();

function includedIn(answer: unknown): Map<string, IDataObject> {
	const list = asObject(answer).included;
	if (!Array.isArray(list)) return new Map();
	let map = includedCache.get(list);
	if (!map) {
		map = new Map((list as IDataObject[]).map((entry) => [`${String(entry.type)} ${String(entry.id)}`, entry]));
		includedCache.set(list, map);
	}
	return map;
}

function readPairs(type: string, query: Pick<Query, 'include' | 'only'>): QueryPairs {
	const pairs: QueryPairs = [];
	if (query.include?.length) pairs.push(['include', query.include.join(',')]);
	// Included relations must be among the sparse fields, or the answer could not be joined.
	const only = query.only?.length ? [...new Set([...query.only, ...(query.include ?? []).map((name) => name.split('.')[0])])] : [];
	if (only.length > 0) pairs.push([`fields[${type}]`, only.join(',')]);
	return pairs;
}

const REMEDIES: Record<string, string> = {
	unauthorizedOauthScope: 'The connection lacks a scope. Open the credential, add the scope named above (in Outreach and in the field Scope), and connect again.',
	unauthorizedRequest: 'The profile of the Outreach user behind the credential does not allow this. Ask an Outreach administrator.',
	resourceNotFound: 'There is no such record, or the user behind the credential cannot see it.',
	rateLimitExceeded: 'Outreach allows 10,000 requests per hour and user. Run again later.',
	scheduledServerMaintenance: 'Outreach is being maintained. Run again later.',
};

/** JSON:API errors and the gateway's `{ error, description }`. */
function explain(status: number, body: unknown, _headers?: Record<string, string>, call?: Call) {
	const answer = asObject(body);
	const errors = (Array.isArray(answer.errors) ? answer.errors : []).map(asObject);
	if (errors.length === 0) return { reason: gatewayReason(answer) };
	const reasons = errors.map((error) => {
		const pointer = String(asObject(error.source).pointer ?? '');
		const field = /\/data\/(?:attributes|relationships)\/([^/]+)/.exec(pointer)?.[1];
		const text = String(error.detail ?? error.details ?? error.title ?? error.id ?? '');
		return field && !text.toLowerCase().includes(field.toLowerCase()) ? `${field}: ${text || 'refused'}` : text;
	}).filter((text) => text !== '');
	const taken = reasons.some((reason) => reason.includes('already been taken'));
	const [, object, record] = (status === 404 && /^\/customObjects\/([^/]+)(\/.+)?$/.exec(call?.path ?? '')) || [];
	if (object) {
		const gone = `the organization has no custom object "${decodeURIComponent(object)}" any more`;
		return { reason: reasons.join('; '), remedy: record ? `There is no such record, the user behind the credential cannot see it, or ${gone}.` : `Probably ${gone}. Choose the object again.` };
	}
	return {
		reason: reasons.join('; '),
		remedy: taken ? 'A record with this value exists already. Use the operation "Create or Update" instead.' : REMEDIES[String(errors[0].id)],
	};
}

export const outreachApi: Api = {
	name: 'Outreach',
	credential: 'outreachOAuth2Api',
	oauth2: true,
	renewable: true,
	baseUrl: (credentials) => `${originOf(credentials.baseUrl || 'https://api.outreach.io', 'API Address', 'https://api.outreach.io')}/api/v2`,
	addressField: 'API Address',
	headers: { Accept: MEDIA_TYPE },
	contentType: MEDIA_TYPE,
	// The vendor answers 415 without it, also on GET.
	contentTypeAlways: true,
	timeout: 60_000,
	allowance,
	retryAfter,
	pageSize: 1000,
	page: { size: 'page[size]' },
	lookupSize: 50,
	updateMethod: 'PATCH',
	operators(field: Field) {
		if (field.type === 'boolean') return ['equals'];
		return ['integer', 'number', 'date', 'dateTime'].includes(field.type) ? RANGE : TEXT;
	},
	supports: {
		include: true,
		only: true,
		clear: true,
		search: (resource) => resource.name === 'account' || resource.name === 'prospect',
	},
	listQuery: (resource, query, size) => [
		...filterPairs(query.conditions),
		...(query.search ? ([['filter[q]', query.search]] as QueryPairs) : []),
		...(query.sort?.length ? ([['sort', query.sort.map((s) => `${s.descending ? '-' : ''}${s.field}`).join(',')]] as QueryPairs) : []),
		...readPairs(typeOf(resource), query),
		...typedQuery(query.options?.extraQuery),
		['page[size]', String(size)],
	],
	count: { query: [['count', 'true']], read: (answer) => Number(asObject(asObject(answer).meta).count ?? 0) },
	identity: {
		path: '',
		read(answer) {
			const { id, email } = asObject(asObject(asObject(answer).meta).user);
			return id === undefined || id === null ? undefined : { id: id as RecordId, ...(email ? { email: String(email) } : {}) };
		},
	},
	getQuery: (resource, query) => readPairs(typeOf(resource), query),
	nextPage(call, answer) {
		const next = asObject(asObject(answer).links).next;
		if (typeof next !== 'string' || next === '') return undefined;
		// Only the parameters are taken, so that the token never travels to another host.
		return { ...call, query: [...new URL(next, 'https://api.outreach.io').searchParams] };
	},
	encode: (resource, { id, fields, links, meta }) => ({
		data: {
			type: typeOf(resource),
			...(id === undefined ? {} : { id }),
			...(Object.keys(fields).length > 0 ? { attributes: fields } : {}),
			...(Object.keys(links ?? {}).length > 0 ? { relationships: relationships(links!) } : {}),
			...(meta ? { meta } : {}),
		},
	}),
	encodeAction: (parameters) => ({ data: { attributes: parameters } }),
	records(answer) {
		const { data } = asObject(answer);
		if (!Array.isArray(data)) throw new Error('Outreach did not return a list of records');
		return data as IDataObject[];
	},
	record: (answer) => asObject(asObject(answer).data),
	id: (record) => record.id as RecordId,
	value: (record, field) => (field === 'id' ? record.id : attributes(record)[field]),
	omit(record, name) {
		delete attributes(record)[name];
		delete asObject(record.relationships)[name];
	},
	linked(record, relation) {
		const data = linkage(record, relation);
		if (!Array.isArray(data)) return data === undefined ? undefined : data === null ? [] : [idOf(data)];
		return lengthOf(record, relation) > data.length ? undefined : data.map(idOf);
	},
	simplify,
	explain,
};
