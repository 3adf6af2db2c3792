/** Requests of the operations that are more than one endpoint, written down from the vendor's guides. */
import { createHash } from 'node:crypto';
import type { IDataObject, INodeExecutionData, INodeParameters, ResourceMapperField } from 'n8n-workflow';
import { mapper, type Case } from './outreach-cases.mts';
import { scimRecipes } from './outreach-scim.mts';
import type { Answerer, Reply, Sent } from './recorder.mts';

export interface RecipeCase extends Case {
	answer?: Answerer;
	/** Token of the requests when it is not the one of the connection. */
	token?: string;
	/** Another door of the vendor than /api/v2. */
	door?: { base: string; mediaType: string; accept?: string; bodiesOnly?: boolean };
	/** Files of the items. */
	binary?: Array<INodeExecutionData['binary']>;
	/** Reconcile: keys of people who are not in the list. */
	leavers?: string[];
}

type Cases = Record<string, RecipeCase>;

const locator = (mode: string, value: string) => ({ __rl: true, mode, value });

interface Entry {
	type: string;
	id: number;
	attributes?: IDataObject;
	relationships?: Record<string, unknown>;
}

const to = (type: string, id: number) => ({ data: { type, id } });

/** Answers lists with all of these records, and single ones by id. */
function world(records: Record<string, Entry[]>): Answerer {
	return ({ method, path, body }: Sent): Reply | undefined => {
		const [, place, id] = /^\/api\/v2\/(\w+)(?:\/(\d+))?/.exec(path) ?? [];
		const list = records[place] ?? [];
		if (method === 'GET' && !id) return { body: { data: list } };
		const found = list.find((r) => r.id === Number(id));
		if (method === 'GET') return found ? { body: { data: found } } : undefined;
		if (method === 'PATCH' && found) {
			const { attributes = {}, relationships = {} } = (body as { data: Partial<Entry> }).data;
			return { body: { data: { ...found, attributes: { ...found.attributes, ...attributes }, relationships: { ...found.relationships, ...relationships } } } };
		}
		return undefined;
	};
}

const user = (id: number, email: string, locked: boolean, role?: number): Entry => ({
	type: 'user',
	id,
	attributes: { email, firstName: 'First', lastName: `Last ${id}`, title: 'Old Title', locked },
	relationships: { role: role ? to('role', role) : { data: null }, profile: to('profile', 5) },
});

const [OLD, GONE, ME, ELSEWHERE] = ['old', 'gone', 'me', 'elsewhere'].map((login, i) => user((i + 2) * 1000 + 7, `${login}@acme.example`, false, 11));

const LISTED = 'fields[user]=email,firstName,lastName,title,locked,currentSignInAt,role';

const ROLES: Entry[] = [
	{ type: 'role', id: 11, attributes: { name: 'Rep' } },
	{ type: 'role', id: 12, attributes: { name: 'Manager' } },
];

/** An organization that finds users by what was asked for, tells whose connection this is, and keeps nothing. */
function staff(users: Entry[]): Answerer {
	return (request) => {
		const { method, path, query, body } = request;
		if (path.replace(/\/$/, '') === '/api/v2') return { body: { meta: { user: { id: 4007, email: 'me@acme.example' } } } };
		if (method === 'POST' && path === '/api/v2/users') return { status: 201, body: { data: { id: 1007, ...(body as { data: object }).data } } };
		const filter = query.map((pair) => /^filter\[(\w+)\]=(.*)$/.exec(pair)).find(Boolean);
		const fits = ({ id, attributes }: Entry) => !filter || filter[2].split(',').includes(String(filter[1] === 'id' ? id : attributes![filter[1]]));
		return world({ users: method === 'GET' ? users.filter(fits) : users, roles: ROLES, tasks: [] })(request);
	};
}

/** A list of one new person and one with another title and role. What both ways of asking send is added to `expected`. */
function reconciliation(columns: ResourceMapperField[], { parameters, expected, ...more }: Pick<RecipeCase, 'answer' | 'leavers' | 'expected'> & { parameters: IDataObject }): RecipeCase {
	return {
		parameters: {
			resource: 'user',
			operation: 'reconcile',
			email: '={{ $json.key }}',
			firstName: '={{ $json.first }}',
			lastName: '={{ $json.last }}',
			role: locator('name', '={{ $json.role }}'),
			fields: mapper(['title'], columns),
			notInList: 'lock',
			dryRun: false,
			options: { sendInvite: false },
			...parameters,
		} as INodeParameters,
		items: [
			{ key: 'new@acme.example', first: 'New', last: 'Person', role: 'Rep', fields: { title: 'Rep' } },
			{ key: 'old@acme.example', first: 'First', last: 'Last 2007', role: 'Manager', fields: { title: 'Manager' } },
		],
		expected: [
			{ method: 'GET', path: '/roles', query: ['filter[name]=Rep,Manager', 'fields[role]=name', 'page[size]=1000'] },
			{ method: 'GET', path: '' },
			...expected,
			{
				method: 'POST',
				path: '/users',
				body: {
					data: {
						type: 'user',
						attributes: { email: 'new@acme.example', firstName: 'New', lastName: 'Person', title: 'Rep' },
						relationships: { role: to('role', 11) },
						meta: { sendInvite: false },
					},
				},
			},
			{ method: 'PATCH', path: '/users/2007', body: { data: { type: 'user', id: 2007, attributes: { title: 'Manager' }, relationships: { role: to('role', 12) } } } },
		],
		...more,
	};
}

export const recipes: Record<string, (columns: ResourceMapperField[]) => Cases> = {
	...scimRecipes,

	'prospect.bulkUpsert': (columns) => ({ 'one known, one new': bulkUpsert('prospect', 'bulkUpsert', 'firstName', columns) }),
	'account.bulkUpsert': (columns) => ({ 'one known, one new': bulkUpsert('account', 'bulkUpsert', 'industry', columns) }),
	'customObject.bulkUpsert': () => ({ 'one known, one new': bulkUpsert('customObject', 'customObjectBulkUpsert', 'colour') }),
	'prospect.importCsv': () => ({ 'two files': importCsv('prospect', 'prospectsImport', { 'First Name': 'firstName', mail: 'emails' }) }),
	'account.importCsv': () => ({ 'two files': importCsv('account', 'accountsImport', { Name: 'name', key: 'customId' }) }),
	'user.provision': (columns) => ({
		'one new, one locked and in another role': {
			parameters: {
				resource: 'user',
				operation: 'provision',
				email: '={{ $json.email }}',
				role: locator('name', '={{ $json.role }}'),
				profile: locator('id', '={{ $json.profile }}'),
				teams: { entry: [{ record: locator('id', '={{ $json.team }}') }] },
				fields: mapper(['firstName', 'lastName', 'title'], columns),
				options: { sendInvite: '={{ $json.invite }}' },
			},
			items: [
				{ email: 'new@acme.example', role: 'Rep', profile: 5, team: 31, invite: false, fields: { firstName: 'New', lastName: 'Person', title: 'Rep' } },
				{ email: 'old@acme.example', role: 'Manager', profile: 5, team: 32, invite: true, fields: { firstName: 'First', lastName: 'Last 2007', title: 'Manager' } },
			],
			answer: (request) =>
				request.method === 'POST'
					? { status: 201, body: { data: { type: 'user', id: 1007, attributes: { email: 'new@acme.example' } } } }
					: world({
							users: [user(2007, 'old@acme.example', true, 11)],
							roles: [
								{ type: 'role', id: 11, attributes: { name: 'Rep' } },
								{ type: 'role', id: 12, attributes: { name: 'Manager' } },
							],
							teams: [
								{ type: 'team', id: 31, relationships: { users: { data: [{ type: 'user', id: 1 }] } } },
								{ type: 'team', id: 32, relationships: { users: { data: [] } } },
							],
						})(request),
			expected: [
				{ method: 'GET', path: '/users', query: ['filter[email]=new@acme.example,old@acme.example', 'page[size]=1000'] },
				{ method: 'GET', path: '/roles', query: ['filter[name]=Rep,Manager', 'fields[role]=name', 'page[size]=1000'] },
				{
					method: 'POST',
					path: '/users',
					body: {
						data: {
							type: 'user',
							attributes: { email: 'new@acme.example', firstName: 'New', lastName: 'Person', title: 'Rep' },
							relationships: { role: to('role', 11), profile: to('profile', 5) },
							meta: { sendInvite: false },
						},
					},
				},
				{
					method: 'PATCH',
					path: '/users/2007',
					body: { data: { type: 'user', id: 2007, attributes: { title: 'Manager', locked: false }, relationships: { role: to('role', 12) } } },
				},
				{ method: 'GET', path: '/teams/31' },
				{ method: 'GET', path: '/teams/32' },
				// The list of members is replaced as a whole.
				{ method: 'PATCH', path: '/teams/31', body: { data: { type: 'team', id: 31, relationships: { users: { data: [{ type: 'user', id: 1 }, { type: 'user', id: 1007 }] } } } } },
				{ method: 'PATCH', path: '/teams/32', body: { data: { type: 'team', id: 32, relationships: { users: { data: [{ type: 'user', id: 2007 }] } } } } },
			],
		},
	}),

	'user.reactivate': () => ({
		'one locked, one not': {
			parameters: { resource: 'user', operation: 'reactivate', record: locator('id', '={{ $json.id }}') },
			items: [{ id: 1007 }, { id: 2007 }],
			answer: world({ users: [user(1007, 'one@acme.example', false), user(2007, 'two@acme.example', true)] }),
			expected: [
				{ method: 'GET', path: '/users', query: ['filter[id]=1007,2007', 'page[size]=1000'] },
				{ method: 'PATCH', path: '/users/2007', body: { data: { type: 'user', id: 2007, attributes: { locked: false } } } },
			],
		},
	}),

	'user.deprovision': (_columns, asked: Record<string, number> = {}) => ({
		'with everything, and with tasks alone': {
			parameters: {
				resource: 'user',
				operation: 'deprovision',
				record: locator('email', '={{ $json.email }}'),
				reassignTo: locator('id', '={{ $json.heir }}'),
				options: { reassign: '={{ $json.what }}', waitMinutes: 1 },
			},
			items: [
				{ email: 'one@acme.example', heir: 8, what: ['accounts', 'prospects', 'tasks'] },
				{ email: 'two@acme.example', heir: 9, what: ['tasks'] },
			],
			answer: (request) => {
				const of = (id: number) => request.query.includes(`filter[owner][id]=${id}`);
				// Once it was handed over, nothing is left.
				const lists = (asked[request.query.join()] = (asked[request.query.join()] ?? 0) + 1);
				if (request.method === 'GET' && request.query.some((pair) => pair.startsWith('filter[owner]')) && lists > 1) return { body: { data: [] } };
				const batch = (id: number) => ({
					body: { data: { type: 'batch', id, attributes: request.method === 'GET' ? { state: 'finished', finishedAt: '2026-01-01T00:00:00Z' } : { state: 'in_progress' } } },
				});
				if (request.path.endsWith('/prospectsAssignOwner') || request.path.endsWith('/batches/71')) return batch(71);
				if (request.path.endsWith('/accountsAssignOwner') || request.path.endsWith('/batches/72')) return batch(72);
				return world({
					users: [user(1007, 'one@acme.example', false), user(2007, 'two@acme.example', false), user(8, 'h8@acme.example', false), user(9, 'h9@acme.example', false)],
					prospects: of(1007) ? [{ type: 'prospect', id: 51 }, { type: 'prospect', id: 52 }] : [],
					accounts: of(1007) ? [{ type: 'account', id: 61 }] : [],
					tasks: of(1007) ? [{ type: 'task', id: 81 }] : [{ type: 'task', id: 82 }, { type: 'task', id: 83 }],
				})(request);
			},
			expected: [
				{ method: 'GET', path: '/users', query: ['filter[email]=one@acme.example,two@acme.example', 'page[size]=1000'] },
				{ method: 'GET', path: '/users', query: ['filter[id]=8,9', 'page[size]=1000'] },
				{ method: 'PATCH', path: '/users/1007', body: { data: { type: 'user', id: 1007, attributes: { locked: true } } } },
				{ method: 'PATCH', path: '/users/2007', body: { data: { type: 'user', id: 2007, attributes: { locked: true } } } },
				{ method: 'GET', path: '/prospects', query: ['filter[owner][id]=1007', 'fields[prospect]=createdAt,owner', 'page[size]=1000'] },
				{ method: 'POST', path: '/batches/actions/prospectsAssignOwner', query: ['actionParams[skipConfirmation]=true'], body: { data: { attributes: { ids: [51, 52], ownerId: 8 } } } },
				{ method: 'GET', path: '/batches/71' },
				{ method: 'GET', path: '/accounts', query: ['filter[owner][id]=1007', 'fields[account]=createdAt,owner', 'page[size]=1000'] },
				{ method: 'POST', path: '/batches/actions/accountsAssignOwner', query: ['actionParams[skipConfirmation]=true'], body: { data: { attributes: { ids: [61], ownerId: 8 } } } },
				{ method: 'GET', path: '/batches/72' },
				{ method: 'GET', path: '/tasks', query: ['filter[owner][id]=1007', 'filter[state]=incomplete,pending', 'fields[task]=createdAt,owner,state', 'page[size]=1000'] },
				{ method: 'GET', path: '/tasks', query: ['filter[owner][id]=2007', 'filter[state]=incomplete,pending', 'fields[task]=createdAt,owner,state', 'page[size]=1000'] },
				// What is left, once it is done.
				{ method: 'GET', path: '/prospects', query: ['filter[owner][id]=1007', 'fields[prospect]=createdAt,owner', 'page[size]=1000'] },
				{ method: 'GET', path: '/accounts', query: ['filter[owner][id]=1007', 'fields[account]=createdAt,owner', 'page[size]=1000'] },
				{ method: 'GET', path: '/tasks', query: ['filter[owner][id]=1007', 'filter[state]=incomplete,pending', 'fields[task]=createdAt,owner,state', 'page[size]=1000'] },
				{ method: 'GET', path: '/tasks', query: ['filter[owner][id]=2007', 'filter[state]=incomplete,pending', 'fields[task]=createdAt,owner,state', 'page[size]=1000'] },
				{ method: 'POST', path: '/tasks/81/actions/reassignOwner', query: ['actionParams[ownerId]=8'] },
				{ method: 'POST', path: '/tasks/82/actions/reassignOwner', query: ['actionParams[ownerId]=9'] },
				{ method: 'POST', path: '/tasks/83/actions/reassignOwner', query: ['actionParams[ownerId]=9'] },
			],
		},
	}),

	'user.reconcile': (columns) => ({
		'everybody': reconciliation(columns, {
			answer: staff([OLD, GONE, ME]),
			leavers: ['gone@acme.example', 'me@acme.example'],
			parameters: {},
			expected: [
				{ method: 'GET', path: '/users', query: [LISTED, 'page[size]=1000'] },
				{ method: 'PATCH', path: '/users/3007', body: { data: { type: 'user', id: 3007, attributes: { locked: true } } } },
			],
		}),
		// One of the list is not in scope, and is found by the email. Whoever leaves hands over.
		'the people of a scope': reconciliation(columns, {
			answer: staff([OLD, GONE, ME, { ...ELSEWHERE, attributes: { ...ELSEWHERE.attributes, firstName: 'Another' } }]),
			leavers: ['gone@acme.example', 'me@acme.example'],
			parameters: {
				filters: { condition: [{ field: 'firstName', operator: 'equals', value: 'First' }] },
				reassignTo: locator('id', '5007'),
				options: { sendInvite: false, reassign: ['tasks'], waitMinutes: 1 },
			},
			expected: [
				{ method: 'GET', path: '/users', query: ['filter[firstName]=First', LISTED, 'page[size]=1000'] },
				{ method: 'GET', path: '/users', query: ['filter[email]=new@acme.example', 'page[size]=1000'] },
				{ method: 'GET', path: '/users', query: ['filter[id]=5007', 'page[size]=1000'] },
				{ method: 'GET', path: '/tasks', query: ['filter[owner][id]=3007', 'filter[state]=incomplete,pending', 'fields[task]=createdAt,owner,state', 'page[size]=1000'] },
				{ method: 'PATCH', path: '/users/3007', body: { data: { type: 'user', id: 3007, attributes: { locked: true } } } },
			],
		}),
	}),

	'prospect.addToSequence': () => ({
		'mailbox by email': {
			parameters: {
				resource: 'prospect',
				operation: 'addToSequence',
				record: locator('id', '={{ $json.prospect }}'),
				sequence: locator('name', '={{ $json.sequence }}'),
				mailbox: locator('email', '={{ $json.mailbox }}'),
			},
			items: [
				{ prospect: 51, sequence: 'Welcome', mailbox: 'one@acme.example' },
				{ prospect: 52, sequence: 'Renewal', mailbox: 'two@acme.example' },
			],
			answer: world({
				sequences: [
					{ type: 'sequence', id: 21, attributes: { name: 'Welcome' } },
					{ type: 'sequence', id: 22, attributes: { name: 'Renewal' } },
				],
				mailboxes: [
					{ type: 'mailbox', id: 41, attributes: { email: 'one@acme.example' } },
					{ type: 'mailbox', id: 42, attributes: { email: 'two@acme.example' } },
				],
			}),
			expected: [
				{ method: 'GET', path: '/sequences', query: ['filter[name]=Welcome,Renewal', 'fields[sequence]=name', 'page[size]=1000'] },
				{ method: 'GET', path: '/mailboxes', query: ['filter[email]=one@acme.example,two@acme.example', 'fields[mailbox]=email', 'page[size]=1000'] },
				...[
					[51, 21, 41],
					[52, 22, 42],
				].map(([prospect, sequence, mailbox]) => ({
					method: 'POST',
					path: '/sequenceStates',
					body: { data: { type: 'sequenceState', relationships: { prospect: to('prospect', prospect), sequence: to('sequence', sequence), mailbox: to('mailbox', mailbox) } } },
				})),
			],
		},
	}),

	'prospect.upsert': (columns) => ({
		'one new, one there': {
			parameters: {
				resource: 'prospect',
				operation: 'upsert',
				matchValue: '={{ $json.email }}',
				fields: mapper(['firstName', 'tags', 'score'], columns),
				links: { link: [{ relation: 'owner', record: locator('id', '={{ $json.owner }}') }] },
			},
			items: [
				{ email: 'new@lead.example', owner: 8, fields: { firstName: 'New', tags: ['a'], score: 1.5 } },
				{ email: 'old@lead.example', owner: 9, fields: { firstName: 'Old', tags: ['b', 'c'], score: 2.5 } },
			],
			answer: world({
				prospects: [{ type: 'prospect', id: 52, attributes: { emails: ['OLD@lead.example'], firstName: 'Old', tags: [], score: null }, relationships: { owner: to('user', 8) } }],
			}),
			expected: [
				{ method: 'GET', path: '/prospects', query: ['filter[emails]=new@lead.example,old@lead.example', 'page[size]=1000'] },
				// The reference says "a single address", so that a missing one is asked for alone, once a run.
				{ method: 'GET', path: '/prospects', query: ['filter[emails]=new@lead.example', 'page[size]=1000'] },
				// And after the creation: another execution could have made one, too.
				{ method: 'GET', path: '/prospects', query: ['filter[emails]=new@lead.example', 'page[size]=1000'] },
				{
					method: 'POST',
					path: '/prospects',
					body: { data: { type: 'prospect', attributes: { emails: ['new@lead.example'], firstName: 'New', tags: ['a'], score: 1.5 }, relationships: { owner: to('user', 8) } } },
				},
				{ method: 'PATCH', path: '/prospects/52', body: { data: { type: 'prospect', id: 52, attributes: { tags: ['b', 'c'], score: 2.5 }, relationships: { owner: to('user', 9) } } } },
			],
		},
	}),

	'account.upsert': (columns) =>
		Object.fromEntries(
			['name', 'domain', 'customId'].map((key): [string, RecipeCase] => [
				`by ${key}`,
				{
					parameters: {
						resource: 'account',
						operation: 'upsert',
						matchBy: key,
						matchValue: '={{ $json.key }}',
						fields: mapper(key === 'name' ? ['industry'] : ['name', 'industry'], columns),
					} as INodeParameters,
					items: [
						{ key: 'new.example', fields: { name: 'New', industry: 'Trade' } },
						{ key: 'old.example', fields: { name: 'Old', industry: 'Crafts' } },
					],
					answer: world({ accounts: [{ type: 'account', id: 62, attributes: { name: 'Old', industry: 'Trade', [key]: 'old.example' } }] }),
					expected: [
						{ method: 'GET', path: '/accounts', query: [`filter[${key}]=new.example,old.example`, 'page[size]=1000'] },
						// Once more after the creation: another execution could have made one, too.
						{ method: 'GET', path: '/accounts', query: [`filter[${key}]=new.example`, 'page[size]=1000'] },
						{ method: 'POST', path: '/accounts', body: { data: { type: 'account', attributes: { name: 'New', industry: 'Trade', [key]: 'new.example' } } } },
						{ method: 'PATCH', path: '/accounts/62', body: { data: { type: 'account', id: 62, attributes: { industry: 'Crafts' } } } },
					],
				},
			]),
		),

	'webhook.cleanup': () => {
		const request = (token: string): RecipeCase => ({
			parameters: { resource: 'webhook', operation: 'cleanup', cleanupToken: `={{ $json.token }}` },
			items: [{ token }, { token }],
			answer: () => ({ status: 204 }),
			token,
			expected: [1, 2].map(() => ({ method: 'POST', path: '/webhooks/cleanup' })),
		});
		return { 'with its own token': request('token-of-one-delivery'), 'with another': request('token-of-another') };
	},

	'api.request': () => ({
		'reading': {
			parameters: { resource: 'api', operation: 'request', method: 'GET', path: '={{ $json.path }}', query: '={{ $json.query }}', body: '{}' },
			items: [
				{ path: '/prospects/7', query: { include: 'owner' } },
				{ path: 'api/v2/users', query: { 'page[size]': 2, 'filter[email]': 'a@acme.example' } },
			],
			expected: [
				{ method: 'GET', path: '/prospects/7', query: ['include=owner'] },
				{ method: 'GET', path: '/users', query: ['page[size]=2', 'filter[email]=a@acme.example'] },
			],
		},
		'writing': {
			parameters: { resource: 'api', operation: 'request', method: '={{ $json.method }}', path: '={{ $json.path }}', query: '{}', body: '={{ $json.body }}' },
			items: [
				{ method: 'POST', path: '/stages', body: { data: { type: 'stage', attributes: { name: 'New' } } } },
				{ method: 'PATCH', path: '/stages/7', body: { data: { type: 'stage', id: 7, attributes: { name: 'Other' } } } },
			],
			expected: [
				{ method: 'POST', path: '/stages', body: { data: { type: 'stage', attributes: { name: 'New' } } } },
				{ method: 'PATCH', path: '/stages/7', body: { data: { type: 'stage', id: 7, attributes: { name: 'Other' } } } },
			],
		},
	}),

	'customObject.create': () => ({ 'by key': customObject('create', { ...CUSTOM_FIELDS }, (i) => ({ method: 'POST', path: '/customObjects/vehicle', body: { data: { type: 'vehicle', attributes: vehicle(i) } } })) }),

	'customObject.update': () => ({
		'by key': customObject('update', { ...CUSTOM_FIELDS, record: locator('id', '={{ $json.id }}') }, (i) => ({
			method: 'PATCH',
			path: `/customObjects/vehicle/${i}`,
			body: { data: { type: 'vehicle', id: i, attributes: vehicle(i) } },
		})),
	}),

	'customObject.get': () => ({ 'by ID': customObject('get', { record: locator('id', '={{ $json.id }}') }, (i) => ({ method: 'GET', path: `/customObjects/vehicle/${i}` })) }),

	'customObject.delete': () => ({ 'by ID': customObject('delete', { record: locator('id', '={{ $json.id }}') }, (i) => ({ method: 'DELETE', path: `/customObjects/vehicle/${i}` })) }),

	'customObject.getAll': () => ({
		'filtered': customObject(
			'getAll',
			{ limit: 9, filters: { condition: [{ field: 'colour', operator: 'equals', value: '={{ $json.colour }}' }] }, sort: { by: [{ field: 'wheels', direction: 'desc' }] } },
			(i) => ({ method: 'GET', path: '/customObjects/vehicle', query: [`filter[colour]=colour ${i}`, 'sort=-wheels', 'page[size]=9'] }),
		),
	}),

	'customObject.customObjectBulkModify': () => ({
		'different for each item': customObject('customObjectBulkModify', { ...CUSTOM_FIELDS, target: 'items', record: locator('id', '={{ $json.id }}') }, (i) => ({
			method: 'POST',
			path: '/batches/actions/customObjectBulkModify',
			query: ['actionParams[objectName]=vehicle', 'actionParams[skipConfirmation]=true'],
			body: { data: { attributes: { ...vehicle(i), ids: [i] } } },
		})),
	}),

	'customObject.customObjectBulkDelete': () => ({
		'both at once': {
			...customObject('customObjectBulkDelete', { target: 'items', record: locator('id', '={{ $json.id }}') }, () => ({ method: '', path: '' })),
			expected: [
				{
					method: 'POST',
					path: '/batches/actions/customObjectBulkDelete',
					query: ['actionParams[objectName]=vehicle', 'actionParams[skipConfirmation]=true'],
					body: { data: { attributes: { ids: [1007, 2007] } } },
				},
			],
		},
	}),
};

const vehicle = (i: number) => ({ colour: `colour ${i}`, wheels: i });

const CUSTOM_FIELDS = {
	fields: { mappingMode: 'defineBelow', value: {}, matchingColumns: [], schema: [] },
	customFields: { field: [{ name: 'colour', value: '={{ $json.colour }}' }] },
	options: { customFieldsJson: '={{ { wheels: $json.id } }}', waitMinutes: 0 },
};

/** Two records of a custom object named vehicle. */
function customObject(operation: string, parameters: INodeParameters, expected: (id: number) => RecipeCase['expected'][number]): RecipeCase {
	return {
		parameters: { resource: 'customObject', operation, scope: 'vehicle', ...(operation.includes('Bulk') ? { options: { waitMinutes: 0 } } : {}), ...parameters },
		items: [
			{ id: 1007, colour: 'colour 1007' },
			{ id: 2007, colour: 'colour 2007' },
		],
		expected: [expected(1007), expected(2007)],
	};
}

/** Records of both items in one request; the one with an id is changed. */
function bulkUpsert(resource: string, action: string, field: string, columns?: ResourceMapperField[]): RecipeCase {
	const type = resource === 'customObject' ? 'vehicle' : resource;
	const link = resource === 'prospect';
	const owner = (id: number) => (link ? { relationships: { owner: to('user', id) } } : {});
	return {
		parameters: {
			resource,
			operation: 'bulkUpsert',
			existing: locator('id', '={{ $json.id }}'),
			dupeMethod: 'missing',
			...(columns ? { fields: mapper([field], columns) } : { scope: 'vehicle', ...CUSTOM_FIELDS, customFields: { field: [{ name: field, value: `={{ $json.fields.${field} }}` }] } }),
			...(link ? { links: { link: [{ relation: 'owner', record: locator('id', '={{ $json.owner }}') }] } } : {}),
			options: { fileName: 'people.json', waitMinutes: 0 },
		},
		items: [
			{ id: 51, owner: 8, fields: { [field]: 'One' } },
			{ id: '', owner: 9, fields: { [field]: 'Two' } },
		],
		answer: () => ({ body: { data: { type: 'import', id: 91, attributes: { state: 'pending' } } } }),
		expected: [
			{
				method: 'POST',
				path: `/imports/actions/${action}`,
				body: {
					data: {
						attributes: {
							dupeMethod: 'missing',
							fileName: 'people.json',
							records: [
								{ type, id: 51, attributes: { [field]: 'One' }, ...owner(8) },
								{ type, attributes: { [field]: 'Two' }, ...owner(9) },
							],
						},
					},
				},
			},
		],
	};
}

/** The vendor's way of a file: a link, the upload (without our credentials), a check, the import. */
function importCsv(resource: string, action: string, mappings: Record<string, string>): RecipeCase {
	const [byName, chosen] = Object.keys(mappings);
	const file = (i: number) => `${byName},${chosen}\nAda,x${i}\n"Grace ""G"", H.",y${i}\n`;
	const hash = (i: number) => createHash('md5').update(file(i)).digest('hex');
	return {
		parameters: {
			resource,
			operation: 'importCsv',
			binaryPropertyName: 'data',
			dupeMethod: '={{ $json.method }}',
			columnMapping: JSON.stringify({ [chosen]: mappings[chosen] }),
			options: { waitMinutes: 0, parallel: 1, fileName: '={{ $json.name }}' },
		},
		items: [
			{ method: 'skip', name: 'a.csv' },
			{ method: 'overwrite', name: 'b.csv' },
		],
		binary: [1, 2].map((i) => ({ data: { data: Buffer.from(file(i)).toString('base64'), mimeType: 'text/csv', fileName: `own${i}.csv` } })),
		answer: uploads(),
		expected: [1, 2].flatMap((i) => [
			{ method: 'POST', path: '/imports/actions/generateUploadLink' },
			{ method: 'PUT', path: `~/storage/key-${i}`, query: ['signature=s'], body: file(i) },
			{ method: 'POST', path: '/imports/actions/validateUpload', query: [`actionParams[hash]=${hash(i)}`, `actionParams[storageKey]=key-${i}`] },
			{
				method: 'POST',
				path: `/imports/actions/${action}`,
				body: { data: { attributes: { dupeMethod: i === 1 ? 'skip' : 'overwrite', fileName: i === 1 ? 'a.csv' : 'b.csv', mappings, recordCount: 2, storageKey: `key-${i}` } } },
			},
		]),
	};
}

function uploads(): Answerer {
	let links = 0;
	return ({ path, headers }) => {
		if (path.startsWith('/storage/')) return { status: 200 };
		const data = (id: number, attributes: IDataObject) => ({ body: { data: { type: 'import', id, attributes } } });
		if (path.endsWith('/generateUploadLink')) return data(1, { storageKey: `key-${++links}`, uploadURL: `http://${headers.host}/storage/key-${links}?signature=s` });
		if (path.endsWith('/validateUpload')) return data(2, { headers: [], recordCount: 2 });
		return data(92, { state: 'pending' });
	};
}
