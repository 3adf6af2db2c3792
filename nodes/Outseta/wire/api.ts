/**
 * Outseta's wire protocol in one place: plain JSON with `{ Uid }` references, page numbers, filters by any property.
 * Facts: https://go.outseta.com/support/kb/articles/d1QpxQE7 and https://documenter.getpostman.com/view/3613332/7TNfr6k
 */
import type { IDataObject, IHttpRequestMethods } from 'n8n-workflow';

import { labelOf } from '../../shared/spec/labels';
import type { FilterOperator } from '../../shared/spec/query';
import type { Link, RecordId, RecordInput } from '../../shared/spec/record';
import type { Field, Relation, Resource } from '../../shared/spec/resource';
import { asObject, isAbsent } from '../../shared/spec/values';
import type { Api, Call } from '../../shared/wire/api';
import { tenantAddress } from './address';
import { at, nested, tidy, withZone } from './nested';
import { CHILD_ROWS, fieldList, LARGE_PAGE, listQuery, pageAt } from './query';

/** `{ Uid }`, or the rows that join several records. */
function reference(link: Link | Link[] | null, { through, plain }: Pick<Relation, 'through' | 'plain'> = {}): IDataObject[string] {
	if (link === null) return null;
	if (plain) return Array.isArray(link) ? link.map(({ id }) => String(id)) : link.id;
	const one = ({ id }: Link): IDataObject => (through ? { [through]: { Uid: id } } : { Uid: id });
	return Array.isArray(link) ? link.map(one) : one(link);
}

/** Custom properties with several values travel as JSON text. */
const ownValue = (value: IDataObject[string]) => (Array.isArray(value) ? JSON.stringify(value) : value);

function encode(resource: Resource, { fields, links }: RecordInput, method: IHttpRequestMethods): IDataObject {
	const body: IDataObject = nested(
		Object.fromEntries(
			Object.entries(fields).map(([name, value]) => {
				const field = resource.fields.find((f) => f.name === name);
				return [field?.wire ?? name, field ? value : ownValue(value)];
			}),
		),
	);
	for (const [name, link] of Object.entries(links ?? {})) {
		const relation = (resource.relations ?? []).find((r) => r.name === name);
		const value = reference(link, relation);
		body[name] = Array.isArray(value) && Array.isArray(body[name]) ? [...(body[name] as IDataObject[]), ...(value as IDataObject[])] : value;
	}
	if (resource.name === 'account' && method === 'POST') primaryFirst(body);
	return body;
}

/** The first person of a new account is its primary contact. */
function primaryFirst(body: IDataObject): void {
	const people = (body.PersonAccount ?? []) as IDataObject[];
	body.PersonAccount = people.map((row, i) => ({ ...row, IsPrimary: i === 0 }));
}

/** Adds words to numbers and the zone to moments, and drops what is empty. */
function simplify(record: IDataObject, resource: Resource): IDataObject {
	const flat = tidy(record) as IDataObject;
	const known = new Map(resource.fields.map((f) => [f.wire ?? f.name, f]));
	const result: IDataObject = {};
	for (const [name, value] of Object.entries(flat)) {
		const field = known.get(name);
		result[name] = field || typeof value !== 'string' || !value.startsWith('[') ? value : listOf(value);
		const choice = field?.type === 'integer' ? field.options?.find((o) => Number(o.value) === value) : undefined;
		if (choice && !(`${name}Label` in flat)) result[`${name}Label`] = labelOf(choice);
	}
	return result;
}

/** The values of a multi-select custom property. */
function listOf(text: string): IDataObject[string] {
	try {
		const list: unknown = JSON.parse(text);
		return Array.isArray(list) && list.every((entry) => typeof entry === 'string') ? list : text;
	} catch {
		return text;
	}
}

const REMEDIES: Record<number, string> = {
	401: 'Check sub-domain, key and secret in the credential. A read-only key may not be allowed to change anything.',
	405: 'Outseta does not offer this for such a record.',
	429: 'Outseta allows 4 requests a second for each key. Run again later.',
};

/** A call in the name of a person. */
const OF_A_PERSON = 'The access token of the person was not accepted. It may have expired: make a new one, or give the email of the person instead.';

/** `EntityValidationErrors` with their reasons; else the message. */
function explain(status: number, body: unknown, _headers: unknown, { headers }: Call) {
	const answer = asObject(body);
	const faults = (Array.isArray(answer.EntityValidationErrors) ? answer.EntityValidationErrors : [])
		.flatMap((entity) => (asObject(entity).ValidationErrors as unknown[] | undefined) ?? [])
		.map((fault) => {
			const { ErrorMessage, PropertyName, ErrorCode } = asObject(fault);
			const text = String(ErrorMessage ?? ErrorCode ?? 'not valid');
			return isAbsent(PropertyName) || text.includes(String(PropertyName)) ? text : `${String(PropertyName)}: ${text}`;
		});
	const plain = [answer.ErrorMessage, answer.Message, answer.error_description, answer.error].find((text) => typeof text === 'string' && text !== '');
	const property = isAbsent(answer.PropertyName) ? '' : `${String(answer.PropertyName)}: `;
	const reason = faults.length > 0 ? faults.join('; ') : plain ? `${property}${String(plain)}` : typeof body === 'string' ? body.trim().slice(0, 200) : '';
	// Of a property; that a state was reached already is another matter.
	const taken = /already (in use|used|taken|exists|registered)|in use|exists|unique|duplicate/i.test(reason) && status === 400;
	return { reason, remedy: taken ? 'A record with this value exists already. Use "Create or Update", or refer to the one there is.' : status === 401 && headers?.Authorization ? OF_A_PERSON : REMEDIES[status] };
}

const ALL: FilterOperator[] = ['equals', 'notEquals', 'contains', 'startsWith', 'endsWith', 'above', 'atLeast', 'below', 'atMost', 'between', 'empty', 'notEmpty'];

export const outsetaApi: Api = {
	name: 'Outseta',
	credential: 'outsetaApi',
	baseUrl: (credentials) => `${tenantAddress(credentials.subdomain)}/api/v1`,
	addressField: 'Sub-Domain',
	headers: { Accept: 'application/json' },
	contentType: 'application/json',
	timeout: 60_000,
	looseAnswers: true,
	perSecond: 4,
	// It documents no header that tells when to come back.
	retryAfter: (headers) => (headers['retry-after'] === undefined ? 1_000 : Math.max(0, Number(headers['retry-after']) * 1000 || 1_000)),
	pageSize: LARGE_PAGE,
	page: { size: 'limit', number: 'offset' },
	pageAt,
	childRows: CHILD_ROWS,
	lookupSize: 1,
	updateMethod: 'PUT',
	idName: 'Uid',
	choiceLabels: true,
	count: { query: [], read: (answer) => Number(asObject(asObject(answer).metadata).total) },
	operators(field: Field) {
		if (field.filterOnly) return ['equals'];
		return field.name === 'ActivityType' ? ['equals', 'oneOf'] : ALL;
	},
	supports: { include: true, only: true, clear: true, paths: true, search: (resource) => resource.search ?? false },
	writeQuery: ({ doNotLog }) => (doNotLog ? [['donotlog', '1']] : []),
	listQuery,
	getQuery: (resource, query) => (query.only?.length || query.include?.length ? [['fields', fieldList(resource, query).join(',')]] : []),
	nextPage(call, answer) {
		const { metadata, items } = asObject(answer);
		if (!Array.isArray(items) || items.length === 0) return undefined;
		// The limit that was applied counts, not the one that was asked for.
		const { limit, offset, total } = asObject(metadata);
		if (!((Number(offset) + 1) * Number(limit) < Number(total))) return undefined;
		return { ...call, query: pageAt(call.query ?? [], Number(offset) + 1) };
	},
	encode,
	encodeAction: nested,
	records(answer, resource) {
		const { rows } = resource ?? {};
		const list = Array.isArray(answer) ? answer : asObject(answer).items;
		if (rows) {
			const holders = Array.isArray(list) ? list : [answer];
			return holders.flatMap((holder) => (at(holder, rows.property) as IDataObject[] | undefined) ?? []);
		}
		if (!Array.isArray(list)) throw new Error('Outseta did not return a list of records');
		return list as IDataObject[];
	},
	record: asObject,
	id: (record) => record.Uid as RecordId,
	value(record, field) {
		const value = withZone(at(record, field === 'id' ? 'Uid' : field));
		return typeof value === 'string' && value.startsWith('[') ? listOf(value) : value;
	},
	linked(record, relation) {
		// Records behind the rows that join them.
		const [head, ...rest] = relation.split('.');
		const value = record[head];
		if (value === undefined || value === null) return undefined;
		if (rest.length > 0) return [value].flat().map((row) => asObject(at(row, rest.join('.'))).Uid as RecordId);
		return [value].flat().map((row) => (Object.values(asObject(row)).map((entry) => asObject(entry).Uid).find(Boolean) ?? asObject(row).Uid) as RecordId);
	},
	simplify,
	explain,
};
