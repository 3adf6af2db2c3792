/**
 * What belongs to one organisation only: its custom objects, the schema document that tells of them, and the
 * installation of an app that signs in with a key of its own ("Custom Objects via API", "Server-to-server").
 */
import { createVerify, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { ApiRequest, ApiResponse } from '../server.mts';
import { decodePart, header, json } from '../server.mts';
import type { AttributeRule, RawResource, RelationRule, ResourceRule } from './contract.mts';
import { defineOwnType, OWN_TYPES, RESOURCES } from './contract.mts';
import { errorResponse, MEDIA_TYPE, plainError, unauthorized } from './errors.mts';
import type { TokenService } from './oauth.mts';
import type { World } from './world.mts';

// ---- custom objects -----------------------------------------------------------------------------------

/** Scopes of the records of all custom objects. */
export const RECORD_SCOPES: ResourceRule['scopes'] = {
	read: 'customObjectRecords.read',
	write: 'customObjectRecords.write',
	delete: 'customObjectRecords.delete',
	all: 'customObjectRecords.all',
};

type Parts = Pick<RawResource, 'attributes' | 'relationships' | 'requiredAttributes'>;

/** A custom object, addressed by its internal name. */
function define(name: string, parts: Parts): void {
	const stamp = { type: 'string', format: 'date-time', flags: 'fs' };
	defineOwnType(name, {
		path: `/customObjects/${name}`,
		idType: 'integer',
		methods: ['list', 'get', 'create', 'update', 'delete'],
		s2s: [],
		scopes: RECORD_SCOPES,
		metaParams: [],
		requiredRelationships: [],
		actions: {},
		...parts,
		attributes: { ...parts.attributes, createdAt: stamp, updatedAt: stamp },
	});
}

define('subscription', {
	requiredAttributes: ['name'],
	attributes: {
		name: { type: 'string', flags: 'wfs' },
		plan: { type: 'string', flags: 'wfs' },
		seats: { type: 'integer', flags: 'wfs' },
		monthly_price: { type: 'number', flags: 'wfs' },
		auto_renew: { type: 'boolean', flags: 'wf' },
		start_date: { type: 'string', format: 'date', flags: 'wfs' },
		renews_at: { type: 'string', format: 'date-time', flags: 'wfs' },
		add_ons: { type: 'array<string>', flags: 'w' },
		internal_note: { type: 'string', flags: 'w' },
	},
	relationships: { account: { type: 'account', writable: true, filterBy: ['id'] } },
});

define('onboarding_step', {
	requiredAttributes: ['step_title'],
	attributes: {
		step_title: { type: 'string', flags: 'wfs' },
		position: { type: 'integer', flags: 'wfs' },
		done: { type: 'boolean', flags: 'wf' },
	},
	relationships: { subscription: { type: 'subscription', writable: true, filterBy: ['id'] } },
});

/** The custom object of an internal name, unless the organisation deleted it. */
export function customObject(world: World, name: string | undefined): ResourceRule | undefined {
	return name !== undefined && world.ownTypes.has(name) ? OWN_TYPES.get(name) : undefined;
}

/** Records of the demo organisation. */
export function seedObjects(world: World): void {
	const plans: Array<[string, string, number, number]> = [
		['Globex Team', 'Team', 12, 96],
		['Contoso Enterprise', 'Enterprise', 250, 1875.5],
		['Initech Free', 'Free', 3, 0],
	];
	for (const [index, [name, plan, seats, price]] of plans.entries()) {
		world.insert(
			'subscription',
			{ name, plan, seats, monthly_price: price, auto_renew: seats > 10, start_date: `2026-0${index + 1}-01`, renews_at: `2027-0${index + 1}-01T00:00:00.000Z` },
			{ account: index + 1 },
		);
	}
	for (const [index, title] of ['Kick-off call', 'Import people', 'First sequence'].entries()) {
		world.insert('onboarding_step', { step_title: title, position: index + 1, done: index === 0 }, { subscription: 1 });
	}
}

// ---- schema document ----------------------------------------------------------------------------------

const HYPER_SCHEMA = 'http://json-schema.org/draft-07/hyper-schema#';

function attributeSchema(rule: AttributeRule): Record<string, unknown> {
	const flags = { filterable: rule.filterable, sortable: rule.sortable };
	const more = {
		...(rule.writable ? {} : { readOnly: true }),
		...(rule.writeOnly ? { writeOnly: true } : {}),
	};
	switch (rule.type) {
		case 'integer':
			return { ...flags, format: 'integer', ...more, type: 'number' };
		case 'number':
			return { ...flags, format: 'float', ...more, type: 'number' };
		case 'array<string>':
			return { ...more, type: 'array', items: { ...flags, type: 'string' } };
		case 'array<object>':
			return { ...flags, ...more, type: 'array', items: { type: 'object' } };
		default:
			return { ...flags, ...(rule.format === undefined ? {} : { format: rule.format }), ...more, type: rule.type };
	}
}

/** Relationships stand among the attributes and are told by what they refer to. */
function relationSchema(rule: RelationRule): Record<string, unknown> {
	const refs = rule.types.map((type) => ({ $ref: `#/definitions/${type}` }));
	const flags = { data: !rule.linkOnly, links: true, ...(rule.writable ? {} : { readOnly: true }) };
	if (rule.many) return { ...flags, type: 'array', items: refs[0] ?? {} };
	return refs.length === 1 ? { ...flags, ...refs[0] } : { ...flags, anyOf: refs };
}

const LINKS: Array<[method: string, rel: string, operation: 'get' | 'list' | 'create' | 'update' | 'delete', member: boolean]> = [
	['GET', 'self', 'get', true],
	['GET', 'instances', 'list', false],
	['POST', 'create', 'create', false],
	['PATCH', 'update', 'update', true],
	['DELETE', 'destroy', 'delete', true],
];

function definition(rule: ResourceRule): Record<string, unknown> {
	const members = Object.fromEntries([
		...[...rule.attributes.values()].map((attribute) => [attribute.name, attributeSchema(attribute)]),
		...[...rule.relationships.values()].map((relation) => [relation.name, relationSchema(relation)]),
	]) as Record<string, unknown>;
	const target = { $ref: `#/definitions/${rule.type}` };
	return {
		$schema: HYPER_SCHEMA,
		definitions: members,
		links: LINKS.filter(([, , operation]) => rule.methods.has(operation)).map(([method, rel, , member]) => ({
			href: `/api/v2/${rule.plural}${member ? '/{:id}' : ''}`,
			method,
			rel,
			targetSchema: rel === 'instances' ? { items: target, type: 'array' } : target,
		})),
		properties: Object.fromEntries(Object.keys(members).map((name) => [name, { $ref: `#/definitions/${rule.type}/definitions/${name}` }])),
		stability: 'prototype',
		type: 'object',
	};
}

/** GET /api/v2/schema.json: public; whoever comes with a token sees the objects of the organisation too. */
export function schemaDocument(world: World, known: boolean): string {
	const rules = [...RESOURCES.values(), ...(known ? [...world.ownTypes].map((name) => OWN_TYPES.get(name)!) : [])];
	return JSON.stringify({
		$schema: HYPER_SCHEMA,
		definitions: Object.fromEntries(rules.map((rule) => [rule.type, definition(rule)])),
		type: 'object',
	});
}

// ---- server-to-server installation --------------------------------------------------------------------

const LONGEST_PROOF_SECONDS = 3600;
const TOKEN_SECONDS = 3600;

/** An app that signs in with its key, and its installation in the organisation. */
export interface Installation {
	applicationId: string;
	installationId: string;
	/** PEM; its public half is registered with the app. */
	privateKey: string;
}

let keys: { privateKey: string; publicKey: KeyObject } | undefined;

/** Made once, and only when somebody wants it: it takes a while. */
function keyPair(): { privateKey: string; publicKey: KeyObject } {
	if (keys === undefined) {
		const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
		keys = { privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, publicKey };
	}
	return keys;
}

const APPLICATION = '5f0c2f8e-6f5a-4a8e-9f52-0f4dd3a1b7c1';
const INSTALLATION = 'c0a81f4a-91b3-4a57-8b53-2e52d1b0a9d4';

export function installation(): Installation {
	return { applicationId: APPLICATION, installationId: INSTALLATION, privateKey: keyPair().privateKey };
}

function claimsOf(part: string | undefined): Record<string, unknown> | undefined {
	try {
		const value = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8')) as unknown;
		return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
	} catch {
		return undefined;
	}
}

/** What is wrong with a proof of identity; undefined when nothing is. */
function proofError(token: string | undefined): string | undefined {
	const [head, body, signature, ...rest] = (token ?? '').split('.');
	const claims = claimsOf(body);
	if (claimsOf(head)?.alg !== 'RS256' || claims === undefined || signature === undefined || rest.length > 0) return 'Invalid JWT token.';
	const verified = createVerify('RSA-SHA256').update(`${head}.${body}`).verify(keyPair().publicKey, signature, 'base64url');
	if (!verified || claims.iss !== APPLICATION) return 'Invalid JWT token.';
	const { iat, exp } = claims;
	const now = Date.now() / 1000;
	if (typeof iat !== 'number' || typeof exp !== 'number' || iat > now + 60 || exp - iat > LONGEST_PROOF_SECONDS) return 'Invalid JWT token.';
	return exp <= now ? 'Expired JWT token.' : undefined;
}

const EXCHANGE = /^\/api\/app\/installs\/([^/]+)\/actions\/accessToken$/;

/** POST /api/app/installs/{id}/actions/accessToken; undefined for another path. */
export function exchange(request: ApiRequest, tokens: TokenService): ApiResponse | undefined {
	const [, id] = EXCHANGE.exec(request.path) ?? [];
	if (id === undefined || request.method !== 'POST') return undefined;
	const wrong = proofError(/^Bearer (\S+)$/i.exec(header(request.headers, 'authorization') ?? '')?.[1]);
	if (wrong !== undefined) return unauthorized(wrong);
	if (decodePart(id) !== INSTALLATION) return errorResponse(plainError(404, `Could not find 'install' with ID '${decodePart(id)}'.`));
	const { accessToken } = tokens.issue({ s2s: true, expiresInSeconds: TOKEN_SECONDS });
	return json(200, { data: { type: 'install', id: INSTALLATION, meta: { accessToken } } }, MEDIA_TYPE);
}
