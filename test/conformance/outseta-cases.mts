/**
 * What each call of Outseta has to receive, made from the description file's contract. Where a call takes more
 * than plain properties, the expectation is written here by hand; nothing is read from the node's spec.
 */
import { readFileSync } from 'node:fs';
import type { IDataObject } from 'n8n-workflow';
import type { Answerer, Expected } from './recorder.mts';

interface Rule {
	type: string;
	required?: boolean;
}

export interface Endpoint {
	name: string;
	method: string;
	path: string;
	paged?: boolean;
	query?: Record<string, Rule>;
	body?: Record<string, Rule>;
	custom?: boolean;
	undocumented?: boolean;
}

export const contract: { operations: Endpoint[]; enums: Record<string, Record<string, string> | string[]> } = JSON.parse(
	readFileSync(new URL('../simulator/outseta/contract.json', import.meta.url), 'utf8'),
);

/** Calls that make sense in a browser alone, with the reason. */
export const LEFT_OUT: Record<string, string> = Object.fromEntries(
	['twoFactor', 'twoFactorResend', 'twoFactorSwitch', 'twoFactorRecovery', 'enrollEmailBegin', 'enrollEmailConfirm', 'enrollTotpBegin', 'enrollTotpConfirm'].map((name) => [
		`token.${name}`,
		'a step of a login that waits for a code which only the person sees',
	]),
);

export type Turn = 1 | 2;
export const TURNS: [Turn, Turn] = [1, 2];

/** Uids are short texts. */
export const uid = (what: string, turn: Turn) => `${what.replace(/\W/g, '').slice(0, 7)}${turn}`;
export const locator = (value: string) => ({ __rl: true, mode: 'id', value });
const at = (what: string) => locator(`={{ $json.uid["${what}"] }}`);

/** A value of a type of the contract. */
export function valueOf(name: string, type: string, turn: Turn): unknown {
	const choices = /^enum:(\w+)/.exec(type)?.[1];
	if (choices) return Number(Object.keys(contract.enums[choices]).at(turn === 1 ? 0 : -1));
	switch (type) {
		case 'integer':
			return turn * 10;
		case 'number':
			return turn + 0.5;
		case 'boolean':
			return turn === 1;
		case 'datetime':
			return `2026-0${turn}-28T0${turn}:30:00.000Z`;
		case 'array<string>':
			return [`${name}-${turn}-a`, `${name}-${turn}-b`];
		case 'string':
			if (name === 'Currency') return turn === 1 ? 'USD' : 'EUR';
			return /email$/i.test(name) || name === 'username' ? `${name}.${turn}@example.com`.toLowerCase() : `${turn} ${name}`.slice(0, 30);
		default:
			return undefined;
	}
}

/** A run for two items, and what has to be sent for them. */
export interface Case {
	resource: string;
	operation: string;
	parameters: IDataObject;
	/** Columns of the mapper by their name, for each turn. */
	columns?: (turn: Turn) => IDataObject;
	/** Uids by the words used in `at`. */
	uids?: string[];
	expected: (turn: Turn) => Expected[];
	answer?: Answerer;
}

const ADDRESS = { AddressLine1: 'Street 1', AddressLine2: 'Floor 2', AddressLine3: 'Door 3', City: 'Oslo', State: 'Viken', PostalCode: '0150', Country: 'Norway' };
const flat = (prefix: string) => Object.fromEntries(Object.entries(ADDRESS).map(([name, value]) => [`${prefix}.${name}`, value]));

/** Columns of the node for properties that are objects in the body. */
const OBJECTS: Record<string, (turn: Turn) => { columns: IDataObject; body: unknown }> = {
	Address: () => ({ columns: {}, body: ADDRESS }),
	Campaign: (turn) => ({
		columns: { campaignName: `Campaign ${turn}`, campaignFromName: 'Team', campaignFromEmail: 'team@example.com' },
		body: { Name: `Campaign ${turn}`, FromName: 'Team', FromEmail: 'team@example.com' },
	}),
	Message: (turn) => ({
		columns: { messageName: `Mail ${turn}`, messageSubject: 'News', messageBody: '<p>Hi</p>' },
		body: { Name: `Mail ${turn}`, Subject: 'News', Body: '<p>Hi</p>' },
	}),
};

/** Lists that travel as JSON of the person, with their column's name. */
const AS_JSON: Record<string, IDataObject[]> = {
	Subscriptions: [{ Plan: { Uid: 'plan1' }, BillingRenewalTerm: 1 }],
	SubscriptionAddOns: [{ AddOn: { Uid: 'addon1' }, Quantity: 2 }],
	InvoiceLineItems: [{ Description: 'Setup', Amount: 250 }],
	DripCampaignMessages: [{ DelayInHours: 1 }],
};

/** Relations that join through a row. */
const THROUGH: Record<string, string> = { DealPeople: 'Person', CaseTags: 'Tag', DiscountCouponPlans: 'Plan' };

/** Names of the node's columns and locators where a path or a form of words differs from the vendor's property. */
const LOCATORS: Record<string, string> = { Plan: 'plan', Account: 'account', AddOn: 'addOn', Subscription: 'subscription', Invoice: 'invoice', SubscriptionAddOn: 'subscriptionAddOn' };

const NODE_NAMES: Record<string, [string, string]> = {
	'accountMembership.remove': ['accountMembership', 'delete'],
	'usage.list': ['usage', 'getAll'],
	'transaction.listByAccount': ['transaction', 'getAll'],
	'dealPipeline.listAlternative': ['dealPipeline', 'getAllAlternative'],
	'dripCampaign.addMessage': ['dripMessage', 'create'],
	'dripCampaign.getMessage': ['dripMessage', 'get'],
	'dripCampaign.updateMessage': ['dripMessage', 'update'],
	'dripCampaign.deleteMessage': ['dripMessage', 'delete'],
	'emailListSubscription.unsubscribe': ['emailListSubscription', 'delete'],
	'emailTemplate.listEmails': ['templateEmail', 'getAll'],
	'emailTemplate.listEmailsOfTemplate': ['templateEmail', 'listEmailsOfTemplate'],
	'emailTemplate.send': ['templateEmail', 'send'],
	'registration.register': ['account', 'register'],
};

export function nodeNames(name: string): [string, string] {
	const [resource, operation] = name.split('.');
	return NODE_NAMES[name] ?? [resource, operation === 'list' ? 'getAll' : operation];
}

/** How a part of the path is given to the node. */
function pathParameters(endpoint: Endpoint): { parameters: IDataObject; uids: string[]; columns: string[]; path: (turn: Turn) => string } {
	const names = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
	const [resource] = nodeNames(endpoint.name);
	const parameters: IDataObject = {};
	const columns: string[] = [];
	const inside = ['accountMembership', 'dripMessage', 'transaction', 'emailListSubscription'].includes(resource);
	names.forEach((name, i) => {
		const column = { discountCode: 'code', comment: 'comment', entityType: 'entityType', templateUid: 'template' }[name];
		if (column) columns.push(name);
		else if (name === 'tagUid' && i > 0) parameters.tag = at(name);
		else if (name === 'discountUid') parameters.coupon = at(name);
		else if (inside && i === 0) parameters.parent = at(name);
		else parameters.record = at(name);
	});
	const value = (name: string, turn: Turn) => (name === 'entityType' ? ['Account', 'Deal'][turn - 1] : name === 'comment' ? `50% / half? & #${turn}` : uid(name, turn));
	return { parameters, columns, uids: names, path: (turn) => names.reduce((path, name) => path.replace(`{${name}}`, value(name, turn)), endpoint.path) };
}

const PATH_COLUMNS: Record<string, string> = { discountCode: 'code', comment: 'comment', entityType: 'entityType', templateUid: 'template' };

/** The case of a call as the contract describes it. @throws Error naming a property that cannot be given to the node. */
export function caseOf(endpoint: Endpoint, columns: Set<string>, relations: Set<string>, shown: Set<string>): Case {
	const [resource, operation] = nodeNames(endpoint.name);
	const inPath = pathParameters(endpoint);
	const parameters: IDataObject = { ...inPath.parameters };
	const uids = [...inPath.uids];
	const links: Array<{ relation: string; record: unknown }> = [];
	const mapped: string[] = [];
	const bodies: Array<(turn: Turn) => [string, unknown]> = [];
	const extra: Array<(turn: Turn) => IDataObject> = [];
	for (const [name, { type }] of Object.entries(endpoint.body ?? {})) {
		if (name === 'Uid' || (endpoint.name === 'account.create' && (name === 'AccountStage' || name === 'PersonAccount'))) continue;
		if (type === 'Address') {
			if (!columns.has(`${name}.City`)) throw new Error(`${endpoint.name}: no columns for ${name}`);
			extra.push(() => flat(name));
			bodies.push(() => [name, ADDRESS]);
		} else if (OBJECTS[name] && type === 'object') {
			extra.push((turn) => OBJECTS[name](turn).columns);
			bodies.push((turn) => [name, OBJECTS[name](turn).body]);
		} else if (AS_JSON[name] && columns.has(name)) {
			extra.push(() => ({ [name]: JSON.stringify(AS_JSON[name]) }));
			bodies.push(() => [name, AS_JSON[name]]);
		} else if (name === 'TagUids') {
			parameters.tags = { entry: [{ record: at('tag a') }, { record: at('tag b') }] };
			uids.push('tag a', 'tag b');
			bodies.push((turn) => [name, [uid('tag a', turn), uid('tag b', turn)]]);
		} else if (name === 'AdditionalRecipients') {
			parameters.recipients = { entry: [{ record: at(name) }] };
			uids.push(name);
			bodies.push((turn) => [name, [uid(name, turn)]]);
		} else if (name === 'PersonUid') {
			parameters.person = at(name);
			uids.push(name);
			bodies.push((turn) => [name, uid(name, turn)]);
		} else if (['DripCampaign', 'BroadcastCampaign'].includes(name)) {
			parameters.record = at(name);
			uids.push(name);
			bodies.push((turn) => [name, { Uid: uid(name, turn) }]);
		} else if (['Account', 'Case'].includes(name) && !LOCATORS_SHOWN(name, shown) && !relations.has(name)) {
			// The record itself, which the node knows.
			bodies.push((turn) => [name, { Uid: uid(inPath.uids[0], turn) }]);
		} else if (relations.has(name) && (type === 'string' || type === 'array<string>')) {
			uids.push(name);
			links.push({ relation: name, record: at(name) });
			bodies.push((turn) => [name, type === 'string' ? uid(name, turn) : [uid(name, turn)]]);
		} else if (type.startsWith('ref') || type.startsWith('array<') || type === 'array') {
			uids.push(name);
			const link = (turn: Turn) => ({ Uid: uid(name, turn) });
			if (LOCATORS_SHOWN(name, shown)) parameters[LOCATORS[name]] = at(name);
			else if (relations.has(name)) links.push({ relation: name, record: at(name) });
			else throw new Error(`${endpoint.name}: ${name} cannot be given to the node`);
			bodies.push((turn) => [name, THROUGH[name] ? [{ [THROUGH[name]]: link(turn) }] : link(turn)]);
		} else {
			if (!columns.has(name)) throw new Error(`${endpoint.name}: no column ${name}`);
			mapped.push(name);
			bodies.push((turn) => [name, valueOf(name, type, turn)]);
		}
	}
	// Parameters of the request beside filters, which tests of lists look at.
	const query: Array<(turn: Turn) => string> = [];
	for (const [name, { type }] of Object.entries(endpoint.query ?? {})) {
		if (endpoint.paged && endpoint.method === 'GET' && !['discountCoupon.redemptions', 'emailTemplate.listEmailsOfTemplate'].includes(endpoint.name)) continue;
		if (name === 'planUid' || name === 'personUid') {
			if (shown.has(name.slice(0, -3))) {
				parameters[name.slice(0, -3)] = at(name);
				uids.push(name);
				query.push((turn) => `${name}=${uid(name, turn)}`);
				continue;
			}
		}
		if (!columns.has(name)) throw new Error(`${endpoint.name}: no column ${name}`);
		const value = (turn: Turn) => (name === 'asOf' ? ['now', 'renewal'][turn - 1] : valueOf(name, type, turn));
		extra.push((turn) => ({ [name]: value(turn) as string }));
		query.push((turn) => `${name}=${String(value(turn))}`);
	}
	const list = endpoint.paged ? ['fields=*', 'limit=25', 'offset=0'] : [];
	const heavy = endpoint.paged && ['segment.list', 'article.list', 'broadcast.list'].includes(endpoint.name);
	return {
		resource,
		operation,
		parameters: { ...parameters, ...(links.length > 0 ? { links: { link: links } } : {}), ...(endpoint.paged ? { limit: heavy ? 40 : 25 } : {}) },
		uids,
		columns: (turn) => ({
			...Object.fromEntries(mapped.map((name) => [name, valueOf(name, endpoint.body![name].type, turn) as string])),
			...Object.assign({}, ...extra.map((make) => make(turn))),
			...Object.fromEntries(inPath.columns.map((name) => [PATH_COLUMNS[name], name === 'entityType' ? ['Account', 'Deal'][turn - 1] : name === 'comment' ? `50% / half? & #${turn}` : uid(name, turn)])),
		}),
		expected: (turn) => [
			{
				method: endpoint.method,
				path: inPath.path(turn),
				query: [...query.map((make) => make(turn)), ...list, ...(endpoint.name === 'emailListSubscription.list' ? ['orderBy=SubscribedDate'] : [])],
				...(bodies.length > 0 ? { body: Object.fromEntries(bodies.map((make) => make(turn))) } : {}),
			},
		],
	};
}

const LOCATORS_SHOWN = (name: string, shown: Set<string>) => LOCATORS[name] !== undefined && shown.has(LOCATORS[name]);

const nothing: Answerer = ({ method, path }) => (method === 'GET' && path.endsWith('/crm/people') ? { body: { metadata: { limit: 25, offset: 0, total: 0 }, items: [] } } : undefined);

/** Calls whose body is more than properties, or that take several requests. */
export const BY_HAND: Record<string, Case> = {
	'account.create': {
		resource: 'account',
		operation: 'create',
		parameters: { links: { link: [{ relation: 'PersonAccount', record: at('person') }] } },
		uids: ['person'],
		columns: (turn) => ({ Name: `Account ${turn}`, ClientIdentifier: `C-${turn}`, Currency: 'USD', InvoiceNotes: 'Note', IsDemo: turn === 1, isImported: true, ...flat('BillingAddress'), ...flat('MailingAddress'), Subscriptions: JSON.stringify(AS_JSON.Subscriptions) }),
		expected: (turn) => [
			{
				method: 'POST',
				path: '/crm/accounts',
				query: ['isImported=true'],
				body: { Name: `Account ${turn}`, ClientIdentifier: `C-${turn}`, Currency: 'USD', InvoiceNotes: 'Note', IsDemo: turn === 1, BillingAddress: ADDRESS, MailingAddress: ADDRESS, Subscriptions: AS_JSON.Subscriptions, PersonAccount: [{ IsPrimary: true, Person: { Uid: uid('person', turn) } }] },
			},
		],
	},
	'registration.register': {
		resource: 'account',
		operation: 'register',
		parameters: { plan: at('plan') },
		uids: ['plan'],
		columns: (turn) => ({ Email: `p${turn}@example.com`, FirstName: 'Jane', LastName: 'Doe', Name: `Account ${turn}`, BillingRenewalTerm: 1, Quantity: 2, DiscountCode: 'SPRING', SubscriptionAddOns: JSON.stringify(AS_JSON.SubscriptionAddOns), ...flat('BillingAddress'), TaxId: 'T1', PaymentInformation: '{"PaymentToken":"pm_1"}', customProperties: '{"Industry":"Retail"}' }),
		expected: (turn) => [
			{
				method: 'POST',
				path: '/crm/registrations',
				body: {
					Name: `Account ${turn}`,
					Industry: 'Retail',
					TaxId: 'T1',
					BillingAddress: ADDRESS,
					PaymentInformation: { PaymentToken: 'pm_1' },
					PersonAccount: [{ IsPrimary: true, Person: { Email: `p${turn}@example.com`, FirstName: 'Jane', LastName: 'Doe' } }],
					Subscriptions: [{ Plan: { Uid: uid('plan', turn) }, BillingRenewalTerm: 1, Quantity: 2, DiscountCode: 'SPRING', SubscriptionAddOns: AS_JSON.SubscriptionAddOns }],
				},
			},
		],
	},
	'accountMembership.add': {
		resource: 'accountMembership',
		operation: 'add',
		parameters: { parent: at('account') },
		uids: ['account'],
		columns: (turn) => ({ Email: `p${turn}@example.com`, FirstName: 'Jane', IsPrimary: turn === 1, ReceiveInvoices: true, Role: 2, sendWelcomeEmail: true }),
		answer: nothing,
		expected: (turn) => [
			{ method: 'GET', path: '/crm/people', query: [`Email=p${turn}@example.com`, 'fields=Uid,Email,FirstName,LastName,PersonAccount.*,PersonAccount.Account.*', 'limit=25', 'offset=0'] },
			{ method: 'POST', path: `/crm/accounts/${uid('account', turn)}/memberships`, query: ['sendWelcomeEmail=true'], body: { Account: { Uid: uid('account', turn) }, Person: { Email: `p${turn}@example.com`, FirstName: 'Jane' }, IsPrimary: turn === 1, ReceiveInvoices: true, Role: 2 } },
		],
	},
	'emailListSubscription.subscribe': {
		resource: 'emailListSubscription',
		operation: 'subscribe',
		parameters: { parent: at('list') },
		uids: ['list'],
		columns: (turn) => ({ Email: `p${turn}@example.com`, FirstName: 'Jane', SendWelcomeEmail: true }),
		answer: nothing,
		expected: (turn) => [
			{ method: 'GET', path: '/crm/people', query: [`Email=p${turn}@example.com`, 'fields=Uid,Email,FirstName,LastName,EmailListPerson.*,EmailListPerson.EmailList.*', 'limit=25', 'offset=0'] },
			{ method: 'POST', path: `/email/lists/${uid('list', turn)}/subscriptions`, body: { EmailList: { Uid: uid('list', turn) }, Person: { Email: `p${turn}@example.com`, FirstName: 'Jane' }, SendWelcomeEmail: true } },
		],
	},
	'emailListSubscription.subscribePublic': {
		resource: 'emailListSubscription',
		operation: 'subscribePublic',
		parameters: { parent: at('list') },
		uids: ['list'],
		columns: (turn) => ({ Email: `p${turn}@example.com`, FirstName: 'Jane' }),
		expected: (turn) => [{ method: 'POST', path: `/public/email/lists/${uid('list', turn)}/subscriptions`, body: { EmailList: { Uid: uid('list', turn) }, Person: { Email: `p${turn}@example.com`, FirstName: 'Jane' } } }],
	},
	'invoice.downloadPdf': {
		resource: 'invoice',
		operation: 'downloadPdf',
		parameters: { record: at('invoice') },
		uids: ['invoice'],
		answer: () => ({ body: '%PDF', headers: { 'content-type': 'application/pdf' } }),
		expected: (turn) => [{ method: 'GET', path: `/billing/invoices/${uid('invoice', turn)}/pdf` }],
	},
	...Object.fromEntries(
		(['change', 'previewChange'] as const).map((operation): [string, Case] => [
			`subscription.${operation}`,
			{
				resource: 'subscription',
				operation,
				parameters: { record: at('sub'), plan: at('plan'), renewalTerm: '2', startImmediately: true, ...(operation === 'change' ? { previewFirst: false } : {}), options: { quantity: 3, couponCode: 'SPRING', addOns: JSON.stringify(AS_JSON.SubscriptionAddOns) } },
				uids: ['sub', 'plan'],
				answer: ({ method, path }) => (method === 'GET' ? { body: { Uid: path.split('/').at(-1), Account: { Uid: `acc${path.at(-1)}` } } } : undefined),
				expected: (turn) => [
					{ method: 'GET', path: `/billing/subscriptions/${uid('sub', turn)}`, query: ['fields=Uid,Account.Uid'] },
					{
						method: 'PUT',
						path: `/billing/subscriptions/${uid('sub', turn)}/changesubscription${operation === 'change' ? '' : 'preview'}`,
						query: ['startImmediately=true'],
						body: { Account: { Uid: `acc${turn}` }, Plan: { Uid: uid('plan', turn) }, BillingRenewalTerm: 2, Quantity: 3, DiscountCode: 'SPRING', SubscriptionAddOns: AS_JSON.SubscriptionAddOns },
					},
				],
			},
		]),
	),
	'case.create': {
		resource: 'case',
		operation: 'create',
		parameters: { links: { link: [{ relation: 'FromPerson', record: at('person') }, { relation: 'CaseTags', record: at('tag') }, { relation: 'AssignedToPersonClientIdentifier', record: at('agent') }] } },
		uids: ['person', 'tag', 'agent'],
		columns: (turn) => ({ Subject: `Ticket ${turn}`, Body: '<p>Help</p>', Source: 1, Status: 1, sendautoresponder: turn === 1 }),
		expected: (turn) => [
			{
				method: 'POST',
				path: '/support/cases',
				query: [`sendautoresponder=${String(turn === 1)}`],
				body: { Subject: `Ticket ${turn}`, Body: '<p>Help</p>', Source: 1, Status: 1, AssignedToPersonClientIdentifier: uid('agent', turn), FromPerson: { Uid: uid('person', turn) }, CaseTags: [{ Tag: { Uid: uid('tag', turn) } }] },
			},
		],
	},
	'activity.addCustom': {
		resource: 'activity',
		operation: 'addCustom',
		parameters: {},
		columns: (turn) => ({ Title: `Event ${turn}`, Description: 'Long', ActivityData: '{"a":1}', EntityType: turn, EntityUid: `rec${turn}` }),
		expected: (turn) => [{ method: 'POST', path: '/activities/customactivity', body: { Title: `Event ${turn}`, Description: 'Long', ActivityData: '{"a":1}', EntityType: turn, EntityUid: `rec${turn}` } }],
	},
	...Object.fromEntries(
		(['get', 'update', 'changePassword'] as const).map((operation): [string, Case] => [
			`profile.${operation}`,
			{
				resource: 'profile',
				operation,
				parameters: { accessToken: '={{ $json.uid.token }}', ...(operation === 'changePassword' ? { existingPassword: 'old', newPassword: 'new' } : {}) },
				uids: ['token'],
				...(operation === 'update' ? { columns: (turn: Turn) => ({ FirstName: `Jane ${turn}` }) } : {}),
				answer: ({ method }) => (method === 'GET' ? { body: { Uid: 'me1' } } : undefined),
				expected: (turn) => [
					...(operation === 'changePassword' ? [] : [{ method: 'GET', path: '/profile' }]),
					...(operation === 'update' ? [{ method: 'PUT', path: '/profile', body: { Uid: 'me1', FirstName: `Jane ${turn}` } }] : []),
					...(operation === 'changePassword' ? [{ method: 'PUT', path: '/profile/password', body: { ExistingPassword: 'old', NewPassword: 'new' } }] : []),
				],
			},
		]),
	),
};

/** A list of people, and what has to be sent to make the vendor agree with it. The vendor keeps nothing. */
export interface People {
	parameters: IDataObject;
	items: IDataObject[];
	/** Keys of people who are not in the list. */
	leavers: string[];
	answer: Answerer;
	expected: Expected[];
}

const page = (items: IDataObject[]) => ({ body: { metadata: { limit: 100, offset: 0, total: items.length }, items } });

const someone = (Uid: string, login: string, Title: string): IDataObject => ({ Uid, Email: `${login}@contoso.example`, FirstName: login, LastName: 'Person', Title, Department: 'Sales' });

const mapped = (names: string[]) => ({ mappingMode: 'defineBelow', value: Object.fromEntries(names.map((name) => [name, `={{ $json.${name} }}`])), matchingColumns: [], schema: [] });

const LIST: IDataObject[] = [
	{ key: 'new@contoso.example', Title: 'Clerk', Role: 2 },
	{ key: 'old@contoso.example', Title: 'Director', Role: 3 },
];

/** Everybody in Outseta with a title. */
const everybody = [someone('old1', 'old', 'Rep'), someone('gone1', 'gone', 'Rep')];

/** Members of an account: rows of it, each with a person. The first is its primary contact. */
const rows: IDataObject[] = ['boss', 'old', 'gone'].map((login, i) => ({ Uid: `row${login}`, IsPrimary: i === 0, Role: 2, Person: { Uid: `${login}1`, Email: `${login}@contoso.example`, FirstName: login, LastName: 'Person' } }));

export const PEOPLE: Record<string, People> = {
	person: {
		parameters: {
			matchValue: '={{ $json.key }}',
			fields: mapped(['Title']),
			filters: { condition: [{ field: 'Department', operator: 'equals', value: 'Sales' }] },
			notInList: 'delete',
			dryRun: false,
		},
		items: LIST,
		leavers: ['gone@contoso.example'],
		answer({ method, path, query, body }) {
			const known = everybody.find(({ Uid }) => path.endsWith(`/${String(Uid)}`));
			if (method === 'DELETE') return { status: 204 };
			if (method === 'GET' && !known) return page(everybody.filter((one) => !query.some((pair) => pair.startsWith('Email=')) || query.includes(`Email=${String(one.Email)}`)));
			return { body: { Uid: 'new1', ...known, ...(body as IDataObject) } };
		},
		expected: [
			{ method: 'GET', path: '/crm/people', query: ['Department=Sales', 'fields=Uid,Email,FirstName,LastName,Title,LastLoginDateTime,Department', 'limit=100', 'offset=0'] },
			{ method: 'GET', path: '/crm/people', query: ['Email=new@contoso.example', 'fields=*', 'limit=100', 'offset=0'] },
			{ method: 'DELETE', path: '/crm/people/gone1' },
			{ method: 'GET', path: '/crm/people/gone1' },
			{ method: 'POST', path: '/crm/people', body: { Email: 'new@contoso.example', Title: 'Clerk' } },
			{ method: 'PUT', path: '/crm/people/old1', body: { Title: 'Director' } },
		],
	},
	accountMembership: {
		parameters: { parent: locator('account1'), matchValue: '={{ $json.key }}', fields: mapped(['Role']), notInList: 'remove', dryRun: false },
		items: LIST,
		leavers: ['gone@contoso.example', 'boss@contoso.example'],
		answer({ method, path, query, body }, gone = new Set()) {
			if (method === 'DELETE') return { status: 204 };
			if (path.endsWith('/crm/people')) return page([]);
			const account = { Uid: 'account1', PersonAccount: rows.filter(({ Uid }) => ![...gone].some((one) => one.endsWith(`/${String(Uid)}`))) };
			if (method === 'GET') return query.some((pair) => pair.startsWith('offset=')) ? page([account]) : { body: account };
			const known = rows.find(({ Uid }) => path.endsWith(`/${String(Uid)}`));
			return { body: { Uid: 'rownew', ...known, ...(body as IDataObject) } };
		},
		expected: [
			{ method: 'GET', path: '/crm/accounts/account1', query: ['fields=Uid,PersonAccount.*,PersonAccount.Person.*'] },
			{ method: 'GET', path: '/crm/people', query: ['Email=new@contoso.example', 'fields=Uid,Email,FirstName,LastName', 'limit=100', 'offset=0'] },
			{ method: 'DELETE', path: '/crm/accounts/account1/memberships/rowgone' },
			{ method: 'GET', path: '/crm/accounts/account1', query: ['fields=Uid,PersonAccount.*,PersonAccount.Person.*'] },
			{ method: 'POST', path: '/crm/accounts/account1/memberships', body: { Account: { Uid: 'account1' }, Person: { Email: 'new@contoso.example' }, Role: 2 } },
			{ method: 'PUT', path: '/crm/accounts/account1/memberships/rowold', body: { Role: 3 } },
		],
	},
};
