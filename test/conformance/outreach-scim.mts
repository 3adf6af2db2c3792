/** Requests of SCIM operations, written down from RFC 7643 and RFC 7644 and the vendor's list of what it takes. */
import type { IDataObject, INodeParameters, ResourceMapperField } from 'n8n-workflow';
import { mapper } from './outreach-cases.mts';
import type { Expected, Sent } from './recorder.mts';
import type { RecipeCase } from './outreach-recipes.mts';

const MEDIA_TYPE = 'application/scim+json';
export const SCIM_TOKEN = 'token-of-the-identity-provider';
const DOOR = { base: '/scim/v2/6f9619ff-8b86-d011-b42d-00c04fc964ff', mediaType: MEDIA_TYPE, accept: `${MEDIA_TYPE}, application/json`, bodiesOnly: true };

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const EXTENSION = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

const byId = (value = '={{ $json.id }}') => ({ __rl: true, mode: 'id', value });
const change = (Operations: IDataObject[]) => ({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations });

const list = (Resources: IDataObject[]) => ({ body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'], totalResults: Resources.length, startIndex: 1, itemsPerPage: Resources.length, Resources } });

/** Answers with these records, single or listed, filtered as asked. */
export function directory(records: Array<IDataObject & { id: string }>) {
	const kept = new Map(structuredClone(records).map((record) => [record.id, record as IDataObject]));
	const gone = new Set<string>();
	return ({ method, path, query, body }: Sent) => {
		const id = path.split('/').at(-1)!;
		if (method === 'DELETE') {
			gone.add(id);
			return { status: 204 };
		}
		if (gone.has(id)) return { status: 404, body: { status: '404', detail: 'not found' } };
		if (method === 'PUT') kept.set(id, body as IDataObject);
		if (method === 'PATCH') {
			const record = kept.get(id) ?? { id };
			for (const { op, path: at = '', value } of (body as { Operations: Array<{ op: string; path?: string; value?: unknown }> }).Operations) {
				const member = /^members\[value eq "(.*)"\]$/.exec(at)?.[1];
				const members = (record.members ?? []) as IDataObject[];
				if (member) record.members = members.filter((m) => m.value !== member);
				else if (op === 'add' && at === 'members') record.members = [...members, ...(value as IDataObject[])];
				else if (at.startsWith('name.')) record.name = { ...(record.name as IDataObject), [at.slice(5)]: value } as IDataObject;
				else record[at] = value as string;
			}
			kept.set(id, record);
		}
		if (method === 'POST') return { status: 201, body: { id: 'new', ...(body as IDataObject) } };
		const [, attribute, value] = /^filter=(\w+) eq "(.*)"$/.exec(query.find((q) => q.startsWith('filter=')) ?? '') ?? [];
		if (method === 'GET' && /(Users|Groups)$/.test(path)) return list([...kept.values()].filter((r) => !attribute || r[attribute] === (JSON.parse(`"${value}"`) as string)));
		return { body: kept.get(id) ?? { id } };
	};
}

function scim(resource: string, operation: string, parameters: INodeParameters, items: [IDataObject, IDataObject], expected: Expected[], records: Array<IDataObject & { id: string }> = []): Record<string, RecipeCase> {
	return { 'by the standard': { parameters: { resource, operation, ...parameters }, items, expected, answer: directory(records), door: DOOR, token: SCIM_TOKEN } };
}

const IDS = ['1007', '2007'] as const;
const both = <T,>(make: (id: string, turn: number) => T) => IDS.map((id, i) => make(id, i + 1)) as [T, T];

/** Fields as the node shows them. */
const person = (turn: number): IDataObject => ({
	active: turn === 1,
	displayName: `Display ${turn}`,
	emails: [`a${turn}@acme.example`, `b${turn}@acme.example`],
	externalId: `ext-${turn}`,
	familyName: `Family ${turn}`,
	givenName: `Given ${turn}`,
	locale: turn === 1 ? 'en-US' : 'de-DE',
	phoneNumbers: [`+49 ${turn}`],
	timezone: turn === 1 ? 'Europe/Berlin' : 'UTC',
	title: `Title ${turn}`,
	userName: `user${turn}@acme.example`,
	attributes: { nickName: `Nick ${turn}`, [EXTENSION]: { department: `Department ${turn}` } },
});
const PERSON = Object.keys(person(1));

/** The same as RFC 7643 has it. */
const document = (turn: number) => {
	const { emails, phoneNumbers, givenName, familyName, attributes, ...rest } = person(turn) as Record<string, never>;
	const values = (texts: string[]) => texts.map((value, i) => ({ value, type: 'work', primary: i === 0 }));
	return { schemas: [USER, EXTENSION], ...(rest as IDataObject), ...(attributes as IDataObject), name: { givenName, familyName }, emails: values(emails), phoneNumbers: values(phoneNumbers) };
};

const withPerson = (columns: ResourceMapperField[]) => ({ fields: mapper(PERSON, columns) });
const personItem = (id: string, turn: number) => ({ id, fields: person(turn) });

const groupLinks = { links: { link: [{ relation: 'members', record: byId('={{ $json.member }}') }] } };
const groupItem = (id: string, turn: number) => ({ id, member: String(turn * 10), fields: { displayName: `Group ${turn}`, externalId: `g-${turn}` } });

export const scimRecipes: Record<string, (columns: ResourceMapperField[]) => Record<string, RecipeCase>> = {
	'scimUser.create': (columns) => scim('scimUser', 'create', withPerson(columns), both(personItem), both((_, turn) => ({ method: 'POST', path: '/Users', body: document(turn) }))),
	'scimUser.replace': (columns) =>
		scim('scimUser', 'replace', { record: byId(), ...withPerson(columns) }, both(personItem), both((id, turn) => ({ method: 'PUT', path: `/Users/${id}`, body: { ...document(turn), id } }))),
	'scimUser.update': (columns) =>
		scim(
			'scimUser',
			'update',
			{ record: byId(), fields: mapper(['active', 'givenName', 'title', 'attributes'], columns) },
			both(personItem),
			both((id, turn) => ({
				method: 'PATCH',
				path: `/Users/${id}`,
				body: change([
					{ op: 'replace', path: 'active', value: turn === 1 },
					{ op: 'replace', path: 'name.givenName', value: `Given ${turn}` },
					{ op: 'replace', path: 'title', value: `Title ${turn}` },
					{ op: 'replace', path: 'nickName', value: `Nick ${turn}` },
					{ op: 'replace', path: `${EXTENSION}:department`, value: `Department ${turn}` },
				]),
			})),
		),
	'scimUser.get': () => scim('scimUser', 'get', { record: byId() }, both((id) => ({ id })), both((id) => ({ method: 'GET', path: `/Users/${id}` }))),
	'scimUser.delete': () => scim('scimUser', 'delete', { record: byId() }, both((id) => ({ id })), both((id) => ({ method: 'DELETE', path: `/Users/${id}` })).flatMap((e) => [e, { ...e, method: 'GET' }])),
	'scimUser.getAll': () =>
		scim(
			'scimUser',
			'getAll',
			{ limit: '={{ $json.limit }}', filters: { condition: [{ field: '={{ $json.field }}', operator: 'equals', value: '={{ $json.value }}' }] } },
			[
				{ limit: 6, field: 'userName', value: 'a"b@acme.example' },
				{ limit: 7, field: 'externalId', value: 'ext-2' },
			],
			[
				{ method: 'GET', path: '/Users', query: ['filter=userName eq "a\\"b@acme.example"', 'startIndex=1', 'count=6'] },
				{ method: 'GET', path: '/Users', query: ['filter=externalId eq "ext-2"', 'startIndex=1', 'count=7'] },
			],
			// Found whatever is asked, so that both items have an output.
			[{ id: 'x', userName: 'a"b@acme.example', externalId: 'ext-2' }, { id: 'y', userName: 'y@acme.example', externalId: 'ext-3' }],
		),
	'scimUser.upsert': (columns) =>
		scim(
			'scimUser',
			'upsert',
			{ matchBy: 'userName', matchValue: '={{ $json.userName }}', fields: mapper(['givenName', 'active'], columns) },
			[
				{ userName: 'new@acme.example', fields: { givenName: 'New', active: true } },
				{ userName: 'old@acme.example', fields: { givenName: 'Changed', active: true } },
			],
			[
				{ method: 'GET', path: '/Users', query: ['filter=userName eq "new@acme.example"', 'startIndex=1', 'count=100'] },
				{ method: 'GET', path: '/Users', query: ['filter=userName eq "old@acme.example"', 'startIndex=1', 'count=100'] },
				{ method: 'POST', path: '/Users', body: { schemas: [USER], userName: 'new@acme.example', name: { givenName: 'New' }, active: true } },
				{ method: 'PATCH', path: '/Users/52', body: change([{ op: 'replace', path: 'name.givenName', value: 'Changed' }]) },
			],
			[{ id: '52', userName: 'old@acme.example', active: true, name: { givenName: 'Old' } }],
		),
	'scimUser.activate': () => state('activate', true),
	'scimUser.deactivate': () => state('deactivate', false),
	'scimUser.addToGroup': () =>
		scim(
			'scimUser',
			'addToGroup',
			{ record: byId(), group: byId('={{ $json.group }}') },
			both((id) => ({ id, group: '31' })),
			[
				{ method: 'GET', path: '/Groups/31' },
				{ method: 'PATCH', path: '/Groups/31', body: change([{ op: 'add', path: 'members', value: [{ value: '1007' }, { value: '2007' }] }]) },
			],
			[{ id: '31', displayName: 'West', members: [{ value: '1' }] }],
		),
	'scimUser.removeFromGroup': () =>
		scim(
			'scimUser',
			'removeFromGroup',
			{ record: byId(), group: byId('={{ $json.group }}') },
			both((id, turn) => ({ id, group: `3${turn}` })),
			both((id, turn) => [
				{ method: 'GET', path: `/Groups/3${turn}` },
				{ method: 'PATCH', path: `/Groups/3${turn}`, body: change([{ op: 'remove', path: `members[value eq "${id}"]` }]) },
			]).flat(),
			both((id, turn) => ({ id: `3${turn}`, members: [{ value: '1' }, { value: id }] })),
		),
	// Users are listed as a whole: the vendor filters them by userName and externalId only.
	'scimUser.reconcile': (columns) => {
		const people = scim(
			'scimUser',
			'reconcile',
			{
				matchBy: 'userName',
				matchValue: '={{ $json.key }}',
				fields: mapper(['givenName', 'familyName', 'title'], columns),
				notInList: 'deactivate',
				dryRun: false,
			},
			[
				{ key: 'new@acme.example', fields: { givenName: 'New', familyName: 'Person', title: 'Rep' } },
				{ key: 'old@acme.example', fields: { givenName: 'Old', familyName: 'Person', title: 'Manager' } },
			],
			[
				{ method: 'GET', path: '/Users', query: ['startIndex=1', 'count=100'] },
				{ method: 'PATCH', path: '/Users/3007', body: change([{ op: 'replace', path: 'active', value: false }]) },
				{ method: 'POST', path: '/Users', body: { schemas: [USER], userName: 'new@acme.example', name: { givenName: 'New', familyName: 'Person' }, title: 'Rep' } },
				{ method: 'PATCH', path: '/Users/2007', body: change([{ op: 'replace', path: 'title', value: 'Manager' }, { op: 'replace', path: 'active', value: true }]) },
			],
		);
		const records = [
			{ id: '2007', userName: 'old@acme.example', name: { givenName: 'Old', familyName: 'Person' }, title: 'Rep', active: false },
			{ id: '3007', userName: 'gone@acme.example', name: { givenName: 'Gone', familyName: 'Person' }, title: 'Rep', active: true },
		];
		// Nothing is kept: the next request finds the directory as it was.
		return Object.fromEntries(Object.entries(people).map(([what, entry]) => [what, { ...entry, answer: (request: Sent) => directory(records)(request), leavers: ['gone@acme.example'] }]));
	},
	'scimUser.patch': () => patches('scimUser', '/Users'),
	'scimUser.getProviderConfig': () => scim('scimUser', 'getProviderConfig', {}, [{}, {}], both(() => ({ method: 'GET', path: '/ServiceProviderConfig' }))),

	'scimGroup.create': (columns) =>
		scim(
			'scimGroup',
			'create',
			{ fields: mapper(['displayName', 'externalId'], columns), ...groupLinks },
			both(groupItem),
			both((_, turn) => ({ method: 'POST', path: '/Groups', body: { schemas: [GROUP], displayName: `Group ${turn}`, externalId: `g-${turn}`, members: [{ value: String(turn * 10) }] } })),
		),
	'scimGroup.update': (columns) =>
		scim(
			'scimGroup',
			'update',
			{ record: byId(), fields: mapper(['displayName'], columns), ...groupLinks },
			both(groupItem),
			both((id, turn) => ({
				method: 'PATCH',
				path: `/Groups/${id}`,
				body: change([
					{ op: 'replace', path: 'displayName', value: `Group ${turn}` },
					{ op: 'replace', path: 'members', value: [{ value: String(turn * 10) }] },
				]),
			})),
		),
	'scimGroup.get': () => scim('scimGroup', 'get', { record: byId() }, both((id) => ({ id })), both((id) => ({ method: 'GET', path: `/Groups/${id}` }))),
	'scimGroup.delete': () => scim('scimGroup', 'delete', { record: byId() }, both((id) => ({ id })), both((id) => ({ method: 'DELETE', path: `/Groups/${id}` }))),
	'scimGroup.getAll': () =>
		scim(
			'scimGroup',
			'getAll',
			{ limit: '={{ $json.limit }}', filters: { condition: [{ field: 'externalId', operator: 'equals', value: '={{ $json.value }}' }] } },
			[
				{ limit: 6, value: 'g-1' },
				{ limit: 7, value: 'g-2' },
			],
			both((_, turn) => ({ method: 'GET', path: '/Groups', query: [`filter=externalId eq "g-${turn}"`, 'startIndex=1', `count=${5 + turn}`] })),
			[
				{ id: '31', externalId: 'g-1' },
				{ id: '32', externalId: 'g-2' },
			],
		),
	// The vendor filters groups by externalId only, so names are looked up in the whole list.
	'scimGroup.upsert': (columns) =>
		scim(
			'scimGroup',
			'upsert',
			{ matchBy: 'displayName', matchValue: '={{ $json.name }}', fields: mapper(['externalId'], columns) },
			[
				{ name: 'New', fields: { externalId: 'g-1' } },
				{ name: 'West', fields: { externalId: 'g-2' } },
			],
			[
				{ method: 'GET', path: '/Groups', query: ['startIndex=1', 'count=100'] },
				{ method: 'GET', path: '/Groups', query: ['startIndex=1', 'count=100'] },
				{ method: 'POST', path: '/Groups', body: { schemas: [GROUP], displayName: 'New', externalId: 'g-1' } },
				{ method: 'PATCH', path: '/Groups/32', body: change([{ op: 'replace', path: 'externalId', value: 'g-2' }]) },
			],
			[{ id: '32', displayName: 'West', externalId: 'old' }],
		),
	'scimGroup.patch': () => patches('scimGroup', '/Groups'),
};

/** Item 1 is in the other state, item 2 in the wanted one already. */
function state(operation: string, active: boolean) {
	return scim(
		'scimUser',
		operation,
		{ record: byId() },
		both((id) => ({ id })),
		[
			{ method: 'GET', path: '/Users/1007' },
			{ method: 'GET', path: '/Users/2007' },
			{ method: 'PATCH', path: '/Users/1007', body: change([{ op: 'replace', path: 'active', value: active }]) },
		],
		[
			{ id: '1007', active: !active },
			{ id: '2007', active },
		],
	);
}

function patches(resource: string, path: string) {
	const rows = [
		{ op: 'add', path: 'tags', kind: 'json', value: '={{ JSON.stringify([$json.tag]) }}' },
		{ op: 'replace', path: 'title', kind: 'text', value: '={{ $json.tag }}' },
		{ op: 'replace', path: '', kind: 'json', value: '={{ JSON.stringify({ a: $json.tag }) }}' },
		{ op: 'remove', path: '={{ "x" + $json.tag }}', kind: 'text', value: '' },
	];
	return scim(
		resource,
		'patch',
		{ record: byId(), patch: { row: rows } },
		both((id, turn) => ({ id, tag: `t${turn}` })),
		both((id, turn) => ({
			method: 'PATCH',
			path: `${path}/${id}`,
			body: change([
				{ op: 'add', path: 'tags', value: [`t${turn}`] },
				{ op: 'replace', path: 'title', value: `t${turn}` },
				{ op: 'replace', value: { a: `t${turn}` } },
				{ op: 'remove', path: `xt${turn}` },
			]),
		})),
	);
}
