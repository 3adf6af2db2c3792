/**
 * Outreach's SCIM 2.0 service: documents with `schemas`, changes as PatchOp, pages by `startIndex` and `count`.
 * Facts: RFC 7643 and RFC 7644, and https://support.outreach.io/hc/en-us/articles/4401998141339 for what Outreach takes of them.
 */
import type { IDataObject } from 'n8n-workflow';

import type { Link, RecordInput } from '../../shared/spec/record';
import type { Resource } from '../../shared/spec/resource';
import { asObject, BadInput, stepsOf } from '../../shared/spec/values';
import { originOf } from '../../shared/wire/address';
import type { Api } from '../../shared/wire/api';
import { allowance, gatewayReason, retryAfter } from './gateway';

const MEDIA_TYPE = 'application/scim+json';

const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

const SCHEMAS: Record<string, string> = {
	scimGroup: 'urn:ietf:params:scim:schemas:core:2.0:Group',
	scimUser: 'urn:ietf:params:scim:schemas:core:2.0:User',
};

/** Where fields stand that the node shows flat. */
const PLACES: Record<string, string> = { familyName: 'name.familyName', givenName: 'name.givenName' };

/** Lists of values that travel as objects; the first is the main one. */
const LISTS = new Set(['emails', 'phoneNumbers']);

const ADDRESS = 'https://api.outreach.io/scim/v2';

/**
 * The base address in the credential, with or without the ID of the organization; people paste it with a slash or
 * an endpoint at its end, or only the host.
 * @throws Error when it is something else.
 */
export function scimAddress(given: unknown): string {
	const text = String(given ?? '').trim() || ADDRESS;
	const [, host, organization] = /^(.*?)(?:\/scim(?:\/v2(?:\/([\w-]+))?)?)?$/i.exec(
		text.replace(/\/+$/, '').replace(/\/(Users|Groups|ServiceProviderConfig|ResourceTypes|Schemas)$/i, ''),
	)!;
	if (URL.canParse(host) && new URL(host).pathname !== '/') {
		throw new Error(`Base Address "${text}" is not a SCIM address. It ends in /scim/v2, with or without the ID of your organization after it`);
	}
	return `${originOf(host, 'Base Address', ADDRESS)}/scim/v2${organization ? `/${organization}` : ''}`;
}

/** A value of a filter, in quotes. JSON's way to escape quotes and backslashes is SCIM's. */
export const quoted = (value: string) => JSON.stringify(value);

/** What changes a record, from its single operations. */
export const patchOf = (operations: IDataObject[]) => ({ schemas: [PATCH_OP], Operations: operations });

/** Members of a group as they travel. */
export const membersOf = (ids: Array<string | number>) => ids.map((value) => ({ value: String(value) }));

const isPlain = (value: unknown): value is IDataObject => typeof value === 'object' && value !== null && !Array.isArray(value);

const isUrn = (name: string) => /^urn:/i.test(name);

/** A value as it travels. */
function wire(name: string, value: unknown): unknown {
	if (!LISTS.has(name) || !Array.isArray(value)) return value;
	return value.map((entry: unknown, i) => (isPlain(entry) ? entry : { value: entry, type: 'work', primary: i === 0 }));
}

/** Fields by path. An extension's attributes stand behind its URN. */
function byPath(fields: IDataObject): Array<[string, unknown]> {
	return Object.entries(fields).flatMap(([name, value]): Array<[string, unknown]> =>
		isUrn(name) && isPlain(value) ? Object.entries(value).map(([attribute, v]) => [`${name}:${attribute}`, v]) : [[Object.hasOwn(PLACES, name) ? PLACES[name] : name, wire(name, value)]],
	);
}

/** A path as steps: `name.givenName`, or `urn:...:User:department`. */
function steps(path: string): string[] {
	if (!isUrn(path)) return stepsOf(path);
	const colon = path.lastIndexOf(':');
	return [path.slice(0, colon), ...stepsOf(path.slice(colon + 1))];
}

const links = (input: RecordInput): Array<[string, Link[]]> =>
	Object.entries(input.links ?? {}).map(([name, link]) => [name, [link ?? []].flat()]);

/** A whole record, for POST and PUT. */
function documentOf(resource: Resource, input: RecordInput): IDataObject {
	const body: IDataObject = {};
	const schemas = new Set([SCHEMAS[resource.name]]);
	for (const [path, value] of byPath(input.fields)) {
		if (value === null) continue;
		const way = steps(path);
		const last = way.pop()!;
		if (isUrn(path)) schemas.add(way[0]);
		let place = body;
		for (const step of way) place = (place[step] ??= {}) as IDataObject;
		place[last] = value as IDataObject[string];
	}
	for (const [name, list] of links(input)) body[name] = membersOf(list.map(({ id }) => id));
	return { schemas: [...schemas], ...(input.id === undefined ? {} : { id: input.id }), ...body };
}

/** The difference to a record, for PATCH. */
function changesOf(input: RecordInput): IDataObject {
	const replace = (path: string, value: unknown): IDataObject =>
		value === null ? { op: 'remove', path } : { op: 'replace', path, value: value as IDataObject };
	return patchOf([
		...byPath(input.fields).map(([path, value]) => replace(path, value)),
		...links(input).map(([name, list]) => replace(name, list.length > 0 ? membersOf(list.map(({ id }) => id)) : null)),
	]);
}

/** Lists of objects with a value, such as emails and members, as lists of those values. */
function plainList(value: unknown): unknown {
	if (!Array.isArray(value) || !value.every((entry) => isPlain(entry) && 'value' in entry)) return value;
	return value.map((entry: IDataObject) => entry.value);
}

/** The filled attributes on one level: parts of the name and of extensions stand beside the others. */
function simplify(record: IDataObject): IDataObject {
	const { id, name, ...rest } = record;
	const filled = (entries: IDataObject) => Object.entries(entries).filter(([key, value]) => value !== null && key !== 'schemas' && key !== 'meta');
	const result: IDataObject = id === undefined ? {} : { id: String(id) };
	for (const [key, value] of filled(rest)) {
		if (!isUrn(key)) result[key] = plainList(value) as IDataObject[string];
	}
	const further = filled(asObject(name)).concat(...filled(rest).map(([key, value]) => (isUrn(key) ? filled(asObject(value)) : [])));
	for (const [key, value] of further) {
		if (!(key in result)) result[key] = plainList(value) as IDataObject[string];
	}
	return result;
}

function valueOf(record: IDataObject, field: string): unknown {
	if (field === 'id') return record.id === undefined ? undefined : String(record.id);
	if (field in record) return plainList(record[field]);
	const found = steps(PLACES[field] ?? field).reduce<unknown>((value, step) => asObject(value)[step], record);
	return plainList(found);
}

/** What to do about an error, by `scimType` (RFC 7644, 3.12). */
const REMEDIES: Record<string, string> = {
	invalidFilter: 'Outreach filters users by userName and externalId only, and groups by externalId.',
	invalidPath: 'The attribute to change is not known to Outreach, or its path is not written as SCIM wants it, such as name.givenName.',
	invalidSyntax: 'Outreach does not know one of the attributes, or takes it in another form.',
	invalidValue: 'Correct the value that Outreach names, and run again.',
	mutability: 'The attribute cannot be changed in this way.',
	noTarget: 'The path points to nothing in this record.',
	tooMany: 'Outreach finds too many records. Narrow the filter.',
	uniqueness: 'A record with this value exists already. Use the operation "Create or Update" instead.',
};

const UNSUPPORTED =
	'Outreach does not offer this operation through SCIM. Its own pages do not list Replace and contradict each other on Delete: use Update, and Deactivate.';

const BY_STATUS: Record<number, string> = {
	401: 'Outreach did not accept the token. Make one in the SCIM settings of Outreach and save it in the credential.',
	403: 'The token does not allow this. SCIM needs a plan with single sign-on, and an administrator who switches it on.',
	405: UNSUPPORTED,
	501: UNSUPPORTED,
};

export const scimApi: Api = {
	name: 'Outreach SCIM',
	credential: 'outreachScimApi',
	baseUrl: (credentials) => scimAddress(credentials.baseUrl),
	addressField: 'Base Address',
	headers: { Accept: `${MEDIA_TYPE}, application/json` },
	contentType: MEDIA_TYPE,
	timeout: 60_000,
	allowance,
	retryAfter,
	pageSize: 100,
	page: { size: 'count' },
	lookupSize: 1,
	updateMethod: 'PATCH',
	operators: (field) => (field.filter ? ['equals'] : []),
	supports: { clear: true },
	listQuery(_resource, { conditions }, size) {
		if (conditions.length > 1) throw new BadInput('Filters: Outreach takes one filter only through SCIM', 'Remove the others, and use a Filter node for the rest.');
		return [
			...conditions.map(({ path, values }): [string, string] => ['filter', `${path.join('.')} eq ${quoted(values[0])}`]),
			['startIndex', '1'],
			['count', String(size)],
		];
	},
	getQuery: () => [],
	nextPage(call, answer) {
		const { totalResults } = asObject(answer);
		// A record that comes twice takes one place of the list.
		const found = new Set(scimApi.records(answer).map((record) => scimApi.id(record))).size;
		const query = new Map(call.query);
		const next = Number(query.get('startIndex')) + found;
		// The vendor may give fewer records than asked for, so that only the total tells where the end is.
		const more = totalResults === undefined ? found >= Number(query.get('count')) : next <= Number(totalResults);
		if (found === 0 || !more) return undefined;
		return { ...call, query: [...query.set('startIndex', String(next))] };
	},
	encode: (resource, input, method) => (method === 'PATCH' ? changesOf(input) : documentOf(resource, input)),
	encodeAction: (parameters) => parameters,
	records(answer) {
		const { Resources, totalResults } = asObject(answer);
		if (Array.isArray(Resources)) return Resources as IDataObject[];
		// An empty list may come without it.
		if (Number(totalResults) === 0) return [];
		throw new Error('Outreach SCIM did not return a list of records');
	},
	record: (answer) => asObject(answer),
	id: (record) => valueOf(record, 'id') as string,
	value: valueOf,
	linked(record, relation) {
		const list = record[relation];
		return Array.isArray(list) ? list.map((entry) => String(asObject(entry).value)) : undefined;
	},
	simplify: (record) => simplify(record),
	explain(status, body) {
		const { detail, scimType } = asObject(body);
		const reason = detail === undefined && scimType !== undefined ? String(scimType) : String(detail ?? gatewayReason(body));
		return { reason, remedy: REMEDIES[String(scimType)] ?? BY_STATUS[status] };
	},
};
