/**
 * Checks what a create or update sends against the contract: members, attribute names, JSON types, formats,
 * lengths, enumerations, relationship shapes and the existence of what they point at.
 */
import type { AttributeRule, RelationRule, ResourceRule } from './contract.mts';
import type { VendorError } from './errors.mts';
import { ApiError, badRequest, invalid, unknownAttribute, unknownRelationship } from './errors.mts';
import { isIsoDate } from './filter.mts';
import type { RecordId, Ref, Relation, Store } from './store.mts';

export interface Draft {
	attributes: Record<string, unknown>;
	relationships: Record<string, Relation>;
	/** Members of data.meta and of the top-level meta. */
	meta: Record<string, unknown>;
}

export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses a JSON body into an object. */
export function parseBody(body: Buffer): JsonObject {
	let parsed: unknown;
	try {
		parsed = JSON.parse(body.toString('utf8'));
	} catch {
		throw badRequest('malformedRequest', 'Malformed Request', 'The request body is not valid JSON.');
	}
	if (!isObject(parsed)) throw badRequest('malformedRequest', 'Malformed Request', 'The request body must be a JSON object.');
	return parsed;
}

const EMAIL = /^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+$/;

function typeError(rule: AttributeRule, value: unknown): string | undefined {
	switch (rule.type) {
		case 'string':
			if (typeof value !== 'string') return 'must be a string';
			break;
		case 'integer':
			if (!Number.isInteger(value)) return 'must be an integer';
			break;
		case 'number':
			if (typeof value !== 'number') return 'must be a number';
			break;
		case 'boolean':
			if (typeof value !== 'boolean') return 'must be a boolean';
			break;
		case 'object':
			if (!isObject(value)) return 'must be an object';
			break;
		case 'array<string>':
			if (!Array.isArray(value) || value.some((entry) => typeof entry !== 'string')) return 'must be an array of strings';
			break;
		case 'array<object>':
			if (!Array.isArray(value) || !value.every(isObject)) return 'must be an array of objects';
			break;
		default:
			if (!Array.isArray(value)) return 'must be an array';
	}
	return undefined;
}

/** What is wrong with a value; undefined when nothing is. */
export function attributeError(rule: AttributeRule, value: unknown): string | undefined {
	if (value === null) return undefined;
	const wrongType = typeError(rule, value);
	if (wrongType !== undefined) return wrongType;
	if (typeof value === 'string') {
		if (rule.max !== undefined && value.length > rule.max) return `is too long (maximum is ${rule.max} characters)`;
		if (value !== '') {
			if (rule.format === 'email' && !EMAIL.test(value)) return 'is not a valid email address';
			if (rule.format === 'date-time' && !isIsoDate(value)) return 'is not a valid ISO 8601 datetime';
			if (rule.format === 'date' && !/^\d{4}-\d{2}-\d{2}$/.test(value)) return 'is not a valid date (YYYY-MM-DD)';
		}
	}
	if (rule.enum !== undefined && !rule.enum.includes(value as string | number)) {
		return `is not included in the list (${rule.enum.join(', ')})`;
	}
	if (rule.name === 'emails' && (value as string[]).some((email) => !EMAIL.test(email))) return 'holds an invalid email address';
	return undefined;
}

/** Checks a relationship value and turns it into references. */
function readRelation(store: Store, rule: RelationRule, value: unknown, errors: VendorError[]): Relation {
	const pointer = `/data/relationships/${rule.name}`;
	const fail = (detail: string): null => {
		errors.push(invalid(pointer, detail));
		return null;
	};
	if (!isObject(value) || !('data' in value)) return fail("must be an object with a 'data' member");
	const { data } = value;
	const single = (ref: unknown): Ref | null => {
		if (!isObject(ref)) return fail('must hold resource identifiers {type, id}');
		const { type, id } = ref;
		if (typeof type !== 'string' || (rule.types.length > 0 && !rule.types.includes(type))) {
			return fail(`has the wrong type; expected ${rule.types.join(' or ')}`);
		}
		// Ids are integers in recorded traffic; string ids have been reported as rejected.
		if (typeof id !== 'number' || !Number.isInteger(id)) return fail('id must be an integer');
		const found: Ref = { type, id };
		if (!store.exists(found)) return fail(`does not exist (${type} ${id})`);
		return found;
	};
	if (rule.many) {
		if (!Array.isArray(data)) return fail('data must be an array');
		return data.map(single).filter((ref) => ref !== null);
	}
	if (data === null) return null;
	if (Array.isArray(data)) return fail('data must be a single resource identifier or null');
	return single(data);
}

/** Reads the body of a create (`id` undefined) or update. Throws all complaints of one kind together. */
export function readDraft(store: Store, rule: ResourceRule, body: Buffer, id: RecordId | undefined): Draft {
	const document = parseBody(body);
	for (const name of Object.keys(document)) {
		if (name !== 'data' && name !== 'meta') {
			throw badRequest('malformedRequest', 'Malformed Request', `Unknown top-level member '${name}'.`, { pointer: `/${name}` });
		}
	}
	const { data } = document;
	if (!isObject(data)) throw badRequest('malformedRequest', 'Malformed Request', "The body needs a 'data' object.", { pointer: '/data' });
	for (const name of Object.keys(data)) {
		if (!['type', 'id', 'attributes', 'relationships', 'meta'].includes(name)) {
			throw badRequest('malformedRequest', 'Malformed Request', `Unknown member '${name}' in data.`, { pointer: `/data/${name}` });
		}
	}
	if (data.type !== rule.type) {
		throw badRequest('malformedRequest', 'Malformed Request', `data.type must be '${rule.type}'.`, { pointer: '/data/type' });
	}
	if (id === undefined) {
		if ('id' in data) throw badRequest('malformedRequest', 'Malformed Request', 'Records get their id from Outreach.', { pointer: '/data/id' });
	} else if (data.id !== id) {
		// "type and id are mandatory and must match the URL"
		throw badRequest('malformedRequest', 'Malformed Request', `data.id must be the ${typeof id === 'number' ? 'integer ' : ''}id of the URL.`, {
			pointer: '/data/id',
		});
	}
	const section = (name: string): JsonObject => {
		const value = data[name];
		if (value === undefined) return {};
		if (!isObject(value)) throw badRequest('malformedRequest', 'Malformed Request', `data.${name} must be an object.`, { pointer: `/data/${name}` });
		return value;
	};
	const attributes = section('attributes');
	const relationships = section('relationships');
	const meta = { ...section('meta'), ...(isObject(document.meta) ? document.meta : {}) };

	const refused: VendorError[] = [];
	for (const name of Object.keys(attributes)) {
		if (rule.attributes.get(name)?.writable !== true) refused.push(unknownAttribute(name));
	}
	for (const name of Object.keys(relationships)) {
		const relation = rule.relationships.get(name);
		if (relation?.writable !== true || relation.linkOnly) refused.push(unknownRelationship(name));
	}
	for (const name of Object.keys(meta)) {
		if (!(rule.type === 'user' && id === undefined && name === 'sendInvite')) {
			refused.push({ id: 'permittedParams.unknownMeta', title: 'Unknown Meta', detail: `meta member '${name}' is not permitted.`, source: { pointer: `/data/meta/${name}` } });
		} else if (typeof meta[name] !== 'boolean') {
			refused.push({ id: 'permittedParams.invalidMeta', title: 'Invalid Meta', detail: 'meta.sendInvite must be a boolean.', source: { pointer: '/data/meta/sendInvite' } });
		}
	}
	if (refused.length > 0) throw new ApiError(400, refused);

	const errors: VendorError[] = [];
	for (const [name, value] of Object.entries(attributes)) {
		const detail = attributeError(rule.attributes.get(name) as AttributeRule, value);
		if (detail !== undefined) errors.push(invalid(`/data/attributes/${name}`, detail));
	}
	const relations: Record<string, Relation> = {};
	for (const [name, value] of Object.entries(relationships)) {
		relations[name] = readRelation(store, rule.relationships.get(name) as RelationRule, value, errors);
	}
	const empty = (value: unknown): boolean => value === undefined || value === null || value === '';
	for (const alternatives of rule.requiredAttributes) {
		const missing =
			id === undefined
				? alternatives.every((name) => empty(attributes[name]))
				: alternatives.length === 1 && alternatives.some((name) => name in attributes && empty(attributes[name]));
		if (missing) errors.push(invalid(`/data/attributes/${alternatives[0]}`, "can't be blank"));
	}
	for (const name of rule.requiredRelationships) {
		const pointer = `/data/relationships/${name}`;
		const missing = id === undefined ? (relations[name] ?? null) === null : name in relations && relations[name] === null;
		if (missing && !errors.some((error) => error.source?.pointer === pointer)) errors.push(invalid(pointer, "can't be blank"));
	}
	if (errors.length > 0) throw new ApiError(422, errors);
	return { attributes, relationships: relations, meta };
}
