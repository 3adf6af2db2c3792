/**
 * The vendor's SCIM 2.0 service (RFC 7643, RFC 7644) over the same records: a SCIM user is a user, a SCIM group is a
 * team, inactive means locked. Takes what the vendor's outline and the guide list, and refuses everything else:
 * filters beyond userName and externalId, unknown attributes, unknown paths, other media types.
 */
import type { ApiRequest, ApiResponse } from '../server.mts';
import { decodePart, header, queryPairs } from '../server.mts';
import type { Ref, StoredRecord } from './store.mts';
import type { World } from './world.mts';

const MEDIA_TYPE = 'application/scim+json';
const URN = 'urn:ietf:params:scim';
const CORE = { Users: `${URN}:schemas:core:2.0:User`, Groups: `${URN}:schemas:core:2.0:Group` };
const ENTERPRISE = `${URN}:schemas:extension:enterprise:2.0:User`;
const PATCH_OP = `${URN}:api:messages:2.0:PatchOp`;

/** Organisation in the longer form of the address. */
export const ORG_GUID = '7d7f3a52-0b54-4c0a-8f55-9f0d2a8f6e01';

export const SCIM_TOKEN = 'scim-demo-token';

type Kind = keyof typeof CORE;
type Values = Record<string, unknown>;

interface Rule {
	type: 'string' | 'boolean' | 'complex';
	many?: boolean;
	readOnly?: boolean;
	sub?: Record<string, Rule>;
}

const text: Rule = { type: 'string' };
/** A list of things with a value, as RFC 7643, 2.4 has them. */
const plural: Rule = {
	type: 'complex',
	many: true,
	sub: { value: text, display: text, type: text, primary: { type: 'boolean' }, $ref: text },
};

const ATTRIBUTES: Record<Kind, Record<string, Rule>> = {
	Users: {
		id: { type: 'string', readOnly: true },
		meta: { type: 'complex', readOnly: true, sub: {} },
		groups: { ...plural, readOnly: true },
		externalId: text,
		userName: text,
		name: {
			type: 'complex',
			sub: { formatted: text, familyName: text, givenName: text, middleName: text, honorificPrefix: text, honorificSuffix: text },
		},
		active: { type: 'boolean' },
		displayName: text,
		nickName: text,
		profileUrl: text,
		title: text,
		userType: text,
		preferredLanguage: text,
		locale: text,
		timezone: text,
		emails: plural,
		phoneNumbers: plural,
		entitlements: plural,
		roles: plural,
	},
	Groups: {
		id: { type: 'string', readOnly: true },
		meta: { type: 'complex', readOnly: true, sub: {} },
		externalId: text,
		displayName: text,
		members: { ...plural, sub: { ...plural.sub, $ref: text } },
	},
};

const EXTENSION: Record<string, Rule> = {
	employeeNumber: text,
	costCenter: text,
	organization: text,
	division: text,
	department: text,
	manager: { type: 'complex', sub: { value: text, $ref: text, displayName: { type: 'string', readOnly: true } } },
};

const REQUIRED: Record<Kind, string> = { Users: 'userName', Groups: 'displayName' };
const FILTERS: Record<Kind, string[]> = { Users: ['userName', 'externalId'], Groups: ['externalId'] };
const TYPES: Record<Kind, string> = { Users: 'user', Groups: 'team' };

/** An error of RFC 7644, 3.12. */
class ScimError extends Error {
	readonly status: number;
	readonly scimType: string | undefined;

	constructor(status: number, detail: string, scimType?: string) {
		super(detail);
		this.status = status;
		this.scimType = scimType;
	}
}

const bad = (scimType: string, detail: string): ScimError => new ScimError(400, detail, scimType);

function answer(status: number, body: unknown): ApiResponse {
	return { status, headers: { 'content-type': `${MEDIA_TYPE};charset=utf-8` }, body: JSON.stringify(body) };
}

export function scimErrorResponse(status: number, detail: string, scimType?: string): ApiResponse {
	const body = { schemas: [`${URN}:api:messages:2.0:Error`], status: String(status), ...(scimType === undefined ? {} : { scimType }), detail };
	return answer(status, body);
}

const isObject = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value);

const unassigned = (value: unknown): boolean => value === null || value === undefined || (Array.isArray(value) && value.length === 0);

/** Where a path of PATCH leads: an attribute, maybe some entries of it, maybe a part of it or of them. */
interface Target {
	/** URN of the extension it stands in. */
	schema: string | undefined;
	name: string;
	rule: Rule;
	entries: { name: string; value: string } | undefined;
	part: string | undefined;
}

export class Scim {
	/** Most records of one page, whatever `count` asks for. */
	maxResults = 100;

	private readonly world: World;
	/** Attributes that the vendor's other API does not know, by type and id. */
	private further = new Map<string, Values>();
	/** Users deleted over SCIM: locked, and no longer shown here. */
	private gone = new Set<string>();

	constructor(world: World) {
		this.world = world;
	}

	clear(): void {
		this.further = new Map();
		this.gone = new Set();
		this.maxResults = 100;
	}

	/** Gives what makes the state as it is now the present one again. */
	held(copy: boolean): () => void {
		const own = { further: this.further, gone: this.gone };
		const { further, gone } = copy ? structuredClone(own) : own;
		return () => void Object.assign(this, { further, gone });
	}

	/** Answers a request whose path begins with /scim/v2. */
	handle(request: ApiRequest): ApiResponse {
		try {
			const token = /^Bearer (\S+)$/i.exec(header(request.headers, 'authorization') ?? '')?.[1];
			if (token !== SCIM_TOKEN) throw new ScimError(401, 'Authentication failure.');
			return this.dispatch(request);
		} catch (error) {
			if (!(error instanceof ScimError)) throw error;
			return scimErrorResponse(error.status, error.message, error.scimType);
		}
	}

	private dispatch(request: ApiRequest): ApiResponse {
		const { method, path } = request;
		const parts = path.split('/').slice(3).map(decodePart);
		if (parts[0] === ORG_GUID) parts.shift();
		const [endpoint, id] = parts;
		const base = `${request.origin}${path.slice(0, path.indexOf(`/${endpoint}`))}`;
		const none = new ScimError(404, `Nothing answers ${method} ${path}.`);
		const accepted = (header(request.headers, 'accept') ?? '*/*').split(',').map((range) => range.split(';')[0]?.trim().toLowerCase());
		if (!accepted.some((range) => [MEDIA_TYPE, 'application/json', 'application/*', '*/*'].includes(range ?? ''))) {
			throw new ScimError(406, `Accept must allow ${MEDIA_TYPE}.`);
		}
		if (endpoint === 'ServiceProviderConfig' && parts.length === 1 && method === 'GET') return answer(200, this.config(base));
		if (endpoint === 'Schemas' && parts.length === 1 && method === 'GET') return answer(200, this.listed(Object.entries(CORE).map(([kind, schema]) => this.schema(kind as Kind, schema))));
		if (endpoint === 'ResourceTypes' && parts.length === 1 && method === 'GET') {
			return answer(200, this.listed(Object.entries(CORE).map(([kind, schema]) => ({ schemas: [`${URN}:schemas:core:2.0:ResourceType`], id: kind.slice(0, -1), name: kind.slice(0, -1), endpoint: `/${kind}`, schema }))));
		}
		if ((endpoint !== 'Users' && endpoint !== 'Groups') || parts.length > 2) throw none;
		if (id === undefined) {
			if (method === 'GET') return this.list(endpoint, request, base);
			if (method === 'POST') return this.create(endpoint, request, base);
			throw new ScimError(405, `${method} is not offered here.`);
		}
		const record = this.find(endpoint, id);
		switch (method) {
			case 'GET':
				return answer(200, this.show(endpoint, record, base));
			case 'PATCH':
				this.patch(endpoint, record, request);
				return answer(200, this.show(endpoint, record, base));
			case 'PUT':
				// The outline of the vendor has no PUT at all, the guide has it for users.
				if (endpoint === 'Groups') throw new ScimError(405, 'PUT is not offered here.');
				this.replace(record, request);
				return answer(200, this.show(endpoint, record, base));
			case 'DELETE':
				this.remove(endpoint, record);
				return { status: 204 };
			default:
				throw new ScimError(405, `${method} is not offered here.`);
		}
	}

	private config(base: string): unknown {
		return {
			schemas: [`${URN}:schemas:core:2.0:ServiceProviderConfig`],
			documentationUri: 'https://support.outreach.io/hc/en-us/articles/4401998141339',
			patch: { supported: true },
			bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
			filter: { supported: true, maxResults: this.maxResults },
			changePassword: { supported: false },
			sort: { supported: false },
			etag: { supported: false },
			authenticationSchemes: [{ type: 'oauthbearertoken', name: 'Bearer Token', description: 'A token from the SCIM settings', primary: true }],
			meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
		};
	}

	private listed(resources: unknown[]): unknown {
		return { schemas: [`${URN}:api:messages:2.0:ListResponse`], totalResults: resources.length, itemsPerPage: resources.length, startIndex: 1, Resources: resources };
	}

	/** RFC 7643, section 7. The vendor does not show its own document. */
	private schema(kind: Kind, id: string): unknown {
		const attributes = Object.entries(ATTRIBUTES[kind]).map(([name, rule]) => ({ name, type: rule.type, multiValued: rule.many ?? false, mutability: rule.readOnly ? 'readOnly' : 'readWrite', required: REQUIRED[kind] === name }));
		return { schemas: [`${URN}:schemas:core:2.0:Schema`], id, name: kind.slice(0, -1), attributes };
	}

	// ---- records ----------------------------------------------------------------------------------------

	private key(record: StoredRecord): string {
		return `${record.type} ${record.id}`;
	}

	private extra(record: StoredRecord): Values {
		let values = this.further.get(this.key(record));
		if (values === undefined) this.further.set(this.key(record), (values = {}));
		return values;
	}

	private find(kind: Kind, id: string): StoredRecord {
		const record = /^\d+$/.test(id) ? this.world.store.get(TYPES[kind], Number(id)) : undefined;
		if (record === undefined || this.gone.has(this.key(record))) throw new ScimError(404, `Resource ${id} not found.`);
		return record;
	}

	private all(kind: Kind): StoredRecord[] {
		return this.world.store.all(TYPES[kind]).filter((record) => !this.gone.has(this.key(record)));
	}

	private members(team: StoredRecord): Ref[] {
		return (Array.isArray(team.relationships.users) ? team.relationships.users : []).filter((ref) => !this.gone.has(`user ${ref.id}`));
	}

	/** A record as SCIM sees it, without schemas and meta. */
	private read(kind: Kind, record: StoredRecord): Values {
		const { attributes } = record;
		const values: Values = structuredClone(this.extra(record));
		const set = (name: string, value: unknown): void => {
			if (!unassigned(value)) values[name] = value;
		};
		set('externalId', attributes.scimExternalId);
		if (kind === 'Groups') {
			set('displayName', attributes.name);
			values.members = this.members(record).map(({ id }) => ({ value: String(id), display: this.world.store.get('user', id)?.attributes.name }));
			return values;
		}
		const name: Values = { ...(isObject(values.name) ? values.name : {}) };
		for (const [part, attribute] of [['givenName', 'firstName'], ['familyName', 'lastName']] as const) {
			if (!unassigned(attributes[attribute])) name[part] = attributes[attribute];
		}
		set('userName', attributes.email);
		if (Object.keys(name).length > 0) values.name = name;
		set('title', attributes.title);
		values.active = attributes.locked !== true;
		const groups = [...this.world.store.pointing('team', 'users', record)].sort((a, b) => Number(a.id) - Number(b.id));
		if (groups.length > 0) values.groups = groups.map((team) => ({ value: String(team.id), display: team.attributes.name }));
		return values;
	}

	private show(kind: Kind, record: StoredRecord, base: string): Values {
		const values = this.read(kind, record);
		const { createdAt, updatedAt } = record.attributes;
		return {
			schemas: [CORE[kind], ...Object.keys(values).filter((name) => name.startsWith('urn:'))],
			id: String(record.id),
			...values,
			meta: { resourceType: kind.slice(0, -1), created: createdAt, lastModified: updatedAt, location: `${base}/${kind}/${record.id}` },
		};
	}

	/** Stores what SCIM sees of a record; `values` are whole. */
	private write(kind: Kind, record: StoredRecord, values: Values): void {
		const { schemas: _schemas, id: _id, meta: _meta, groups: _groups, externalId, ...rest } = values;
		if (kind === 'Groups') {
			const { displayName, members, ...more } = rest;
			this.further.set(this.key(record), more);
			const users = ((members ?? []) as Values[]).map(({ value }): Ref => ({ type: 'user', id: Number(value) }));
			const unique = [...new Map(users.map((ref) => [ref.id, ref])).values()];
			this.world.touch(record, { name: displayName, scimExternalId: externalId ?? null }, { users: unique });
			return;
		}
		const { userName, name, active, title, ...more } = rest;
		const { givenName, familyName, ...parts } = (name ?? {}) as Values;
		this.further.set(this.key(record), { ...more, ...(Object.keys(parts).length > 0 ? { name: parts } : {}) });
		this.world.touch(record, {
			email: userName,
			firstName: givenName ?? null,
			lastName: familyName ?? null,
			title: title ?? null,
			locked: active === false,
			scimExternalId: externalId ?? null,
		});
	}

	private checkUnique(kind: Kind, values: Values, own?: StoredRecord): void {
		if (kind === 'Groups') return;
		for (const other of this.world.store.having('user', 'email', values.userName)) {
			if (other !== own) throw new ScimError(409, 'A user with this userName exists already.', 'uniqueness');
		}
	}

	private checkMembers(values: Values): void {
		for (const member of (values.members ?? []) as Values[]) {
			const known = /^\d+$/.test(String(member.value)) && this.world.store.get('user', Number(member.value)) !== undefined;
			if (!known || this.gone.has(`user ${String(member.value)}`)) throw bad('invalidValue', `There is no user ${String(member.value)}.`);
		}
	}

	private checkWhole(kind: Kind, values: Values, own?: StoredRecord): void {
		const required = values[REQUIRED[kind]];
		if (typeof required !== 'string' || required.trim() === '') throw bad('invalidValue', `${REQUIRED[kind]} is required.`);
		this.checkUnique(kind, values, own);
		this.checkMembers(values);
	}

	// ---- requests ---------------------------------------------------------------------------------------

	private list(kind: Kind, request: ApiRequest, base: string): ApiResponse {
		const query = new Map(queryPairs(request.search));
		for (const name of query.keys()) {
			if (!['filter', 'startIndex', 'count'].includes(name)) throw bad('invalidSyntax', `The parameter ${name} is not supported.`);
		}
		const whole = (name: string, initial: number, least: number): number => {
			const given = query.get(name);
			if (given === undefined) return initial;
			if (!/^-?\d+$/.test(given)) throw bad('invalidValue', `${name} must be a whole number.`);
			// RFC 7644, 3.4.2.4: less counts as the least.
			return Math.max(least, Number(given));
		};
		const filter = query.get('filter');
		const matches = filter === undefined ? () => true : this.filter(kind, filter);
		const found = this.all(kind).filter((record) => matches(this.read(kind, record)));
		const startIndex = whole('startIndex', 1, 1);
		const count = Math.min(whole('count', this.maxResults, 0), this.maxResults);
		const page = found.slice(startIndex - 1, startIndex - 1 + count);
		return answer(200, {
			schemas: [`${URN}:api:messages:2.0:ListResponse`],
			totalResults: found.length,
			startIndex,
			itemsPerPage: page.length,
			// Compulsory only when there is something in it.
			...(found.length > 0 ? { Resources: page.map((record) => this.show(kind, record, base)) } : {}),
		});
	}

	/** `userName eq "..."`; names and operators without regard to case, values as their attributes have it. */
	private filter(kind: Kind, filter: string): (values: Values) => boolean {
		const match = /^\s*([\w.$:-]+)\s+eq\s+("(?:[^"\\]|\\.)*")\s*$/i.exec(filter);
		const name = FILTERS[kind].find((known) => known.toLowerCase() === match?.[1]?.toLowerCase());
		if (match === null || name === undefined) {
			throw bad('invalidFilter', `The filter is not supported; ${kind} can be filtered by ${FILTERS[kind].map((n) => `${n} eq "..."`).join(' or ')}.`);
		}
		let wanted: string;
		try {
			wanted = JSON.parse(match[2] as string) as string;
		} catch {
			throw bad('invalidFilter', 'The value of the filter is no JSON string.');
		}
		if (name === 'userName') return (values) => String(values.userName).toLowerCase() === wanted.toLowerCase();
		return (values) => values[name] === wanted;
	}

	private body(request: ApiRequest, schema: string): Values {
		const type = header(request.headers, 'content-type')?.split(';')[0]?.trim().toLowerCase();
		if (type !== MEDIA_TYPE && type !== 'application/json') throw new ScimError(415, `Content-Type must be ${MEDIA_TYPE}.`);
		let body: unknown;
		try {
			body = JSON.parse(request.body.toString('utf8'));
		} catch {
			throw bad('invalidSyntax', 'The body is no JSON.');
		}
		if (!isObject(body)) throw bad('invalidSyntax', 'The body is no object.');
		if (!Array.isArray(body.schemas) || !body.schemas.includes(schema)) throw bad('invalidSyntax', `schemas must contain ${schema}.`);
		return body;
	}

	/** A record as sent with POST or PUT: checked, read-only attributes left out. */
	private draft(kind: Kind, request: ApiRequest): Values {
		const { schemas, ...body } = this.body(request, CORE[kind]);
		const values: Values = {};
		for (const [name, value] of Object.entries(body)) {
			if (name.startsWith('urn:')) {
				if (kind !== 'Users' || name !== ENTERPRISE) throw bad('invalidSyntax', `The schema ${name} is not known.`);
				if (!(schemas as unknown[]).includes(name)) throw bad('invalidSyntax', `schemas must contain ${name}.`);
				values[name] = this.checked({ type: 'complex', sub: EXTENSION }, value, name, 'invalidSyntax');
				continue;
			}
			const rule = ATTRIBUTES[kind][name];
			if (rule === undefined) throw bad('invalidSyntax', `The attribute ${name} is not known.`);
			if (rule.readOnly || unassigned(value)) continue;
			values[name] = this.checked(rule, value, name, 'invalidSyntax');
		}
		return values;
	}

	/** Checks a value against the schema. */
	private checked(rule: Rule, value: unknown, name: string, unknown: string): unknown {
		if (rule.many) {
			if (!Array.isArray(value)) throw bad('invalidValue', `${name} must be a list.`);
			const entries = value.map((entry) => this.checked({ ...rule, many: false }, entry, name, unknown)) as Values[];
			if (entries.some((entry) => entry.value === undefined)) throw bad('invalidValue', `Entries of ${name} need a value.`);
			if (entries.filter((entry) => entry.primary === true).length > 1) throw bad('invalidValue', `Only one of ${name} can be primary.`);
			return entries;
		}
		if (rule.type !== 'complex') {
			if (typeof value !== rule.type) throw bad('invalidValue', `${name} must be a ${rule.type}.`);
			return value;
		}
		if (!isObject(value)) throw bad('invalidValue', `${name} must be an object.`);
		for (const [part, entry] of Object.entries(value)) {
			const inner = rule.sub?.[part];
			if (inner === undefined) throw bad(unknown, `The attribute ${name}.${part} is not known.`);
			if (entry !== null) this.checked(inner, entry, `${name}.${part}`, unknown);
		}
		return value;
	}

	private create(kind: Kind, request: ApiRequest, base: string): ApiResponse {
		const values = this.draft(kind, request);
		this.checkWhole(kind, values);
		const record = this.world.insert(TYPES[kind], kind === 'Users' ? { email: values.userName, scimSource: 'scim' } : { name: values.displayName, scimSource: 'scim' });
		this.write(kind, record, values);
		const shown = this.show(kind, record, base);
		const made = answer(201, shown);
		return { ...made, headers: { ...made.headers, location: (shown.meta as { location: string }).location } };
	}

	/** PUT: what is left out is emptied, except that nobody is locked or unlocked by silence. */
	private replace(record: StoredRecord, request: ApiRequest): void {
		const given = this.body(request, CORE.Users).id;
		if (given !== undefined && given !== String(record.id)) throw bad('mutability', 'id cannot be changed.');
		const values = this.draft('Users', request);
		this.checkWhole('Users', values, record);
		this.write('Users', record, { active: record.attributes.locked !== true, ...values });
	}

	/** Groups go for good. Users are locked, and no longer found: their data stays, as the guide says. */
	private remove(kind: Kind, record: StoredRecord): void {
		if (kind === 'Groups') {
			this.further.delete(this.key(record));
			this.world.destroy(record);
			return;
		}
		this.world.touch(record, { locked: true });
		this.gone.add(this.key(record));
	}

	// ---- PATCH (RFC 7644, 3.5.2) ------------------------------------------------------------------------

	/** All operations or none. */
	private patch(kind: Kind, record: StoredRecord, request: ApiRequest): void {
		const { schemas: _schemas, Operations: operations, ...others } = this.body(request, PATCH_OP);
		if (Object.keys(others).length > 0) throw bad('invalidSyntax', `A PatchOp has no ${Object.keys(others).join(', ')}.`);
		if (!Array.isArray(operations) || operations.length === 0) throw bad('invalidSyntax', 'Operations is missing.');
		const values = this.read(kind, record);
		for (const operation of operations as unknown[]) {
			if (!isObject(operation)) throw bad('invalidSyntax', 'An operation must be an object.');
			const { op, path, value, ...rest } = operation;
			if (Object.keys(rest).length > 0) throw bad('invalidSyntax', `An operation has no ${Object.keys(rest).join(', ')}.`);
			if (op !== 'add' && op !== 'remove' && op !== 'replace') throw bad('invalidSyntax', 'op must be add, remove or replace.');
			if (op !== 'remove' && value === undefined) throw bad('invalidValue', `${op} needs a value.`);
			if (path === undefined) {
				if (op === 'remove') throw bad('noTarget', 'remove needs a path.');
				if (!isObject(value)) throw bad('invalidValue', 'Without a path, value must be an object.');
				for (const [name, entry] of Object.entries(value)) {
					if (name.startsWith('urn:') && isObject(entry)) {
						for (const [part, inner] of Object.entries(entry)) this.apply(op, values, this.target(kind, `${name}:${part}`), inner);
					} else this.apply(op, values, this.target(kind, name), entry);
				}
				continue;
			}
			if (typeof path !== 'string') throw bad('invalidPath', 'path must be a string.');
			this.apply(op, values, this.target(kind, path), value);
		}
		this.checkWhole(kind, values, record);
		this.write(kind, record, values);
	}

	private target(kind: Kind, path: string): Target {
		const refused = bad('invalidPath', `The path ${path} is not known.`);
		let schema: string | undefined;
		let rest = path;
		let rules = ATTRIBUTES[kind];
		if (path.startsWith('urn:')) {
			const known = [CORE[kind], ...(kind === 'Users' ? [ENTERPRISE] : [])].find((urn) => path.startsWith(`${urn}:`));
			if (known === undefined) throw refused;
			rest = path.slice(known.length + 1);
			if (known === ENTERPRISE) {
				schema = known;
				rules = EXTENSION;
			}
		}
		const match = /^([\w$]+)(?:\[\s*([\w$]+)\s+eq\s+("(?:[^"\\]|\\.)*")\s*\])?(?:\.([\w$]+))?$/i.exec(rest);
		const rule = match === null ? undefined : rules[match[1] as string];
		if (match === null || rule === undefined) throw refused;
		const [, name, by, literal, part] = match as unknown as [string, string, string | undefined, string | undefined, string | undefined];
		if (by !== undefined && (!rule.many || rule.sub?.[by] === undefined)) throw refused;
		if (part !== undefined && rule.sub?.[part] === undefined) throw refused;
		if (rule.readOnly || (part !== undefined && rule.sub?.[part]?.readOnly)) throw bad('mutability', `${path} is read-only.`);
		return { schema, name, rule, part, entries: by === undefined ? undefined : { name: by, value: JSON.parse(literal as string) as string } };
	}

	private apply(op: 'add' | 'remove' | 'replace', values: Values, target: Target, value: unknown): void {
		const { schema, name, rule, entries, part } = target;
		const owner = schema === undefined ? values : ((values[schema] ??= {}) as Values);
		if (entries !== undefined) {
			const list = (owner[name] ?? []) as Values[];
			const chosen = list.filter((entry) => String(entry[entries.name]) === entries.value);
			if (chosen.length === 0) throw bad('noTarget', `No entry of ${name} has the ${entries.name} "${entries.value}".`);
			if (part !== undefined) {
				for (const entry of chosen) {
					if (op === 'remove') delete entry[part];
					else entry[part] = this.checked(rule.sub?.[part] as Rule, value, `${name}.${part}`, 'invalidPath');
				}
				return;
			}
			const others = list.filter((entry) => !chosen.includes(entry));
			owner[name] = op === 'remove' ? others : [...others, this.checked({ ...rule, many: false }, value, name, 'invalidPath')];
			return;
		}
		if (part !== undefined) {
			if (rule.many) throw bad('invalidPath', `Say which entry of ${name} is meant.`);
			const inner = { ...(isObject(owner[name]) ? (owner[name] as Values) : {}) };
			if (op === 'remove' || unassigned(value)) delete inner[part];
			else inner[part] = this.checked(rule.sub?.[part] as Rule, value, `${name}.${part}`, 'invalidPath');
			owner[name] = inner;
			return;
		}
		if (op === 'remove' || unassigned(value)) {
			if (value !== undefined && value !== null && op === 'remove') throw bad('invalidSyntax', 'remove takes no value.');
			if (name === 'active') throw bad('mutability', 'active cannot be removed.');
			delete owner[name];
			return;
		}
		if (rule.many && op === 'add') {
			const added = this.checked(rule, Array.isArray(value) ? value : [value], name, 'invalidPath') as Values[];
			const list = (owner[name] ?? []) as Values[];
			owner[name] = [...list, ...added.filter((entry) => !list.some((known) => known.value === entry.value))];
			return;
		}
		const checked = this.checked(rule, value, name, 'invalidPath');
		// Parts of a complex attribute that are not given stay.
		owner[name] = rule.type === 'complex' && !rule.many ? { ...(isObject(owner[name]) ? (owner[name] as Values) : {}), ...(checked as Values) } : checked;
	}
}
