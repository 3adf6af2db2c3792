/** What each call does. Calls that only list, read, create, change or delete need nothing here. */
import { Refusal } from '../server.mts';
import { entities, type Endpoint } from './contract.mts';
import { invalid, missing, refused } from './errors.mts';
import { checkFields, parseFields, show } from './query.mts';
import type { OutsetaSimulator } from './api.mts';
import { KIND } from './notifications.mts';
import type { Item, Store } from './store.mts';
import { check, referred, replaceChildren, taken } from './write.mts';

export interface Scene {
	simulator: OutsetaSimulator;
	store: Store;
	endpoint: Endpoint;
	args: Record<string, string>;
	/** First part of the path that varies. */
	first: string;
	query: Map<string, string>;
	filters: Array<[string, string]>;
	body: Item;
	/** Whose token it is; `key` for the API key. */
	person: string | undefined;
	/** The activity log is written. */
	log: boolean;
	origin: string;
	list(entity: string, items: Item[]): unknown;
}

const ACTIVITY: Record<string, number> = {
	'account.create': 100,
	'account.update': 101,
	'accountMembership.add': 102,
	stage: 103,
	'account.delete': 104,
	'accountMembership.remove': 111,
	primary: 114,
	'subscription.changed': 106,
	'transaction.addPayment': 107,
	paid: 112,
	'subscription.started': 116,
	'account.extendTrial': 117,
	'account.cancel': 119,
	role: 121,
	'person.create': 200,
	'person.update': 201,
	'person.delete': 202,
	'emailListSubscription.subscribe': 204,
	'emailListSubscription.unsubscribe': 205,
	'case.create': 212,
	'case.reply': 213,
	'person.setTemporaryPassword': 218,
	'case.closed': 219,
	'deal.create': 300,
	'deal.update': 301,
	'deal.delete': 304,
	'plan.create': 400,
	'plan.update': 401,
};

/** Writes the log and tells the notifications, unless the request asked for silence. */
function note(scene: Scene, event: string, entity: string, item: Item, details?: unknown): void {
	const type = ACTIVITY[event];
	if (scene.log && type !== undefined) scene.simulator.notifications.happened(scene.store, type, { entity, item }, details);
}

/** What a change made of the properties it touched. */
function valuesOf(before: Item, after: Item): { OriginalValues: Item; CurrentValues: Item } {
	const names = Object.keys(after).filter((name) => name !== 'Updated' && before[name] !== after[name]);
	const of = (item: Item) => Object.fromEntries(names.map((name) => [name, item[name] ?? null]));
	return { OriginalValues: of(before), CurrentValues: of(after) };
}

function found(scene: Scene, entity: string, uid: unknown = scene.first): Item {
	const item = scene.store.get(entity, uid);
	if (!item) throw missing(`${entity} ${String(uid)}`);
	return item;
}

function shown(scene: Scene, entity: string, item: Item): Item {
	const tree = parseFields(scene.query.get('fields'));
	if (tree) checkFields(scene.store, entity, tree);
	return show(scene.store, entity, item, tree);
}

function search(scene: Scene, items: Item[], ...names: string[]): Item[] {
	const q = scene.query.get('q')?.toLowerCase();
	return q ? items.filter((item) => item.Uid === scene.query.get('q') || names.some((name) => String(item[name] ?? '').toLowerCase().includes(q))) : items;
}

/** Answers a call, or throws a Refusal. */
export function behaviours(scene: Scene): unknown {
	const own = CALLS[scene.endpoint.name];
	return own ? own(scene) : standard(scene);
}

function standard(scene: Scene): unknown {
	const { endpoint, store, body } = scene;
	const entity = endpoint.entity!;
	switch (endpoint.name.split('.')[1]) {
		case 'list':
		case 'listAlternative':
			return scene.list(entity, search(scene, store.all(entity), 'Name', 'Subject', 'Title', 'UniqueIdentifier'));
		case 'get':
			return shown(scene, entity, found(scene, entity));
		case 'create': {
			check(store, endpoint, body);
			const item = create(scene, entity, body);
			note(scene, endpoint.name, entity, item);
			return shown(scene, entity, item);
		}
		case 'update': {
			const item = found(scene, entity);
			if (body.Uid !== undefined && body.Uid !== item.Uid) throw invalid(entity, [{ property: 'Uid', message: 'The Uid differs from the one in the address' }]);
			check(store, endpoint, body);
			const before = { ...item };
			change(scene, entity, item, body);
			if (entity === 'Case') {
				const person = store.get('Person', item.FromPerson);
				if (person && item.Status === 2 && before.Status !== 2) note(scene, 'case.closed', 'Person', person, { CaseUid: item.Uid, AgentName: null });
			} else note(scene, endpoint.name, entity, item, entity === 'Person' ? valuesOf(before, item) : undefined);
			return shown(scene, entity, item);
		}
		case 'delete': {
			const item = found(scene, entity);
			note(scene, endpoint.name, entity, item);
			store.remove(entity, item);
			return undefined;
		}
		default:
			throw new Error(`The simulator does not know what ${endpoint.name} does`);
	}
}

function create(scene: Scene, entity: string, body: Item): Item {
	const { values, children } = taken(scene.store, entity, body);
	unique(scene.store, entity, values);
	const item = scene.store.add(entity, values);
	for (const [name, rows] of Object.entries(children)) replaceChildren(scene.store, entity, item, name, rows);
	return item;
}

function change(scene: Scene, entity: string, item: Item, body: Item): void {
	const { values, children } = taken(scene.store, entity, body);
	unique(scene.store, entity, values, item);
	scene.store.change(entity, item, values);
	for (const [name, rows] of Object.entries(children)) replaceChildren(scene.store, entity, item, name, rows);
}

const UNIQUE: Record<string, string> = { Person: 'Email', EmailList: 'Name', DiscountCoupon: 'UniqueIdentifier' };

function unique(store: Store, entity: string, values: Item, own?: Item): void {
	const property = UNIQUE[entity];
	const value = values[property];
	if (typeof value !== 'string') return;
	if (store.all(entity).some((other) => other !== own && String(other[property]).toLowerCase() === value.toLowerCase())) {
		throw invalid(entity, [{ property, message: `${property} ${value} is already in use` }]);
	}
}

/** `{ Uid }` of a person who exists, or what a new one is made of. */
function personOf(scene: Scene, entity: string, given: unknown): Item {
	const value = (given ?? {}) as Item;
	if (value.Uid !== undefined) return scene.store.get('Person', referred(scene.store, entity, 'Person', 'Person', value))!;
	const known = new Set(Object.entries(entities.Person).filter(([, rule]) => rule.w).map(([name]) => name));
	for (const name of Object.keys(value)) {
		if (!known.has(name) && !scene.store.definitions.some((d) => d.SystemName === name && d.Entity === 'Person')) throw invalid('Person', [{ property: name, message: `${name} is no property that can be written` }]);
	}
	if (typeof value.Email !== 'string' || !value.Email.includes('@')) throw invalid('Person', [{ property: 'Email', message: 'Email is required', code: 'required' }]);
	const person = create(scene, 'Person', value);
	note(scene, 'person.create', 'Person', person);
	return person;
}

/** Whether a person may be made of this, before anything is written. */
function checkPerson(scene: Scene, entity: string, given: unknown): void {
	const value = (given ?? {}) as Item;
	if (value.Uid !== undefined) referred(scene.store, entity, 'Person', 'Person', value);
	else unique(scene.store, 'Person', { Email: value.Email });
}

const inDays = (days: number, from = Date.now()) => new Date(from + days * 86_400_000).toISOString().slice(0, 19);
const TERM_DAYS: Record<number, number> = { 1: 30, 2: 365, 3: 91, 4: 36_500 };
const RATE: Record<number, string> = { 1: 'MonthlyRate', 2: 'AnnualRate', 3: 'QuarterlyRate', 4: 'OneTimeRate' };

function rateOf(store: Store, plan: unknown, term: unknown, quantity: unknown): number {
	return Number(store.get('Plan', plan)?.[RATE[Number(term)]] ?? 0) * Math.max(1, Number(quantity ?? 1));
}

function subscribe(scene: Scene, account: Item, body: Item): Item {
	const { store } = scene;
	const plan = store.get('Plan', referred(store, 'Subscription', 'Plan', 'Plan', body.Plan));
	const term = Number(body.BillingRenewalTerm ?? 1);
	if (!RATE[term]) throw invalid('Subscription', [{ property: 'BillingRenewalTerm', message: 'BillingRenewalTerm has to be a number of BillingRenewalTerm' }]);
	const trial = Number(plan!.TrialPeriodDays ?? 0);
	const subscription = store.add('Subscription', {
		Account: account.Uid,
		Plan: plan!.Uid,
		BillingRenewalTerm: term,
		Quantity: body.Quantity ?? 1,
		StartDate: inDays(0),
		EndDate: null,
		RenewalDate: inDays(trial > 0 ? trial : TERM_DAYS[term]),
		Rate: rateOf(store, plan!.Uid, term, body.Quantity),
	});
	for (const row of (body.SubscriptionAddOns ?? []) as Item[]) {
		const addOn = referred(store, 'SubscriptionAddOn', 'AddOn', 'AddOn', row.AddOn);
		store.add('SubscriptionAddOn', { Subscription: subscription.Uid, AddOn: addOn, Quantity: row.Quantity ?? 1, BillingRenewalTerm: term, StartDate: inDays(0), EndDate: null });
	}
	if (body.DiscountCode) {
		const coupon = store.all('DiscountCoupon').find((c) => c.UniqueIdentifier === body.DiscountCode);
		if (!coupon) throw invalid('Subscription', [{ property: 'DiscountCode', message: `There is no coupon ${String(body.DiscountCode)}` }]);
		store.add('DiscountCouponSubscription', { Subscription: subscription.Uid, DiscountCoupon: coupon.Uid, IsActive: true });
	}
	store.change('Account', account, { AccountStage: trial > 0 ? 2 : 3 });
	return subscription;
}

/** A subscription began; one without a trial is paid from the start. */
function started(scene: Scene, account: Item, subscription: Item): void {
	const SubscriptionUid = subscription.Uid;
	note(scene, 'subscription.started', 'Account', account, { Subscription: show(scene.store, 'Subscription', subscription, parseFields('*')), CurrentPrincipal: null, SubscriptionUid });
	if (account.AccountStage === 3) note(scene, 'paid', 'Account', account, { SubscriptionUid });
}

/** An invoice that is only shown. */
function preview(amount: number, description: string): Item {
	return {
		_objectType: 'Invoice',
		Uid: null,
		InvoiceDate: inDays(0),
		Amount: amount,
		AmountOutstanding: amount,
		PaymentReminderSentDate: '0001-01-01T00:00:00',
		InvoiceLineItems: [{ _objectType: 'InvoiceLineItem', Description: description, Amount: amount, LineItemType: 1 }],
	};
}

function tagged(entity: string): Record<string, (scene: Scene) => unknown> {
	const name = { Segment: 'segment', Article: 'article', BroadcastCampaign: 'broadcast' }[entity]!;
	const kind = { Segment: 11, Article: undefined, BroadcastCampaign: 12 }[entity];
	const put = (scene: Scene, owner: Item) => {
		check(scene.store, scene.endpoint, scene.body);
		for (const uid of scene.body.TagUids as string[]) {
			const tag = scene.store.get('Tag', uid);
			// Unknown ones are skipped silently; those of another kind are refused.
			if (!tag) continue;
			if (kind !== undefined && tag.EntityType !== kind) throw refused(`The tag ${String(tag.Name)} is for another kind of record`);
			if (!scene.store.tagsOf(owner).includes(tag)) scene.store.add('EntityTag', { Owner: owner.Uid, Tag: uid });
		}
	};
	const clear = (scene: Scene, owner: Item, only?: string) => {
		for (const row of scene.store.all('EntityTag')) if (row.Owner === owner.Uid && (only === undefined || row.Tag === only)) scene.store.remove('EntityTag', row);
	};
	return {
		[`${name}.addTags`]: (scene) => put(scene, found(scene, entity)),
		[`${name}.getTags`]: (scene) => scene.list('Tag', scene.store.tagsOf(found(scene, entity))),
		[`${name}.setTags`]: (scene) => {
			const owner = found(scene, entity);
			check(scene.store, { ...scene.endpoint, body: { TagUids: { type: 'array<string>', required: true } } }, scene.body);
			clear(scene, owner);
			put(scene, owner);
		},
		[`${name}.removeTag`]: (scene) => clear(scene, found(scene, entity), scene.args.tagUid),
	};
}

function membership(scene: Scene): { account: Item; row: Item } {
	const account = found(scene, 'Account', scene.args.accountUid);
	const row = found(scene, 'PersonAccount', scene.args.membershipUid);
	if (row.Account !== account.Uid) throw missing(`PersonAccount ${String(row.Uid)}`);
	return { account, row };
}

function makePrimary(scene: Scene, account: Item, row: Item): void {
	const email = (person: Item | undefined) => person?.Email ?? null;
	const before = email(scene.store.primary(account));
	for (const other of scene.store.pointing('Account', account.Uid, 'PersonAccount', 'Account')) {
		if (other !== row && other.IsPrimary) scene.store.change('PersonAccount', other, { IsPrimary: false });
	}
	scene.store.change('PersonAccount', row, { IsPrimary: true });
	note(scene, 'primary', 'Account', account, { PreviousPrimaryPersonEmail: before, CurrentPrimaryPersonEmail: email(scene.store.primary(account)) });
}

function stage(scene: Scene, account: Item, AccountStage: number): void {
	const PriorAccountStage = account.AccountStage;
	scene.store.change('Account', account, { AccountStage });
	note(scene, 'stage', 'Account', account, { PriorAccountStage, CurrentAccountStage: AccountStage, CancelationReason: scene.body.CancelationReason ?? null });
}

function account(scene: Scene): Item {
	return found(scene, 'Account', scene.args.accountUid);
}

function open(scene: Scene, body: Item, subscriptions: Item[]): Item {
	const { store } = scene;
	const rows = (body.PersonAccount ?? []) as Item[];
	if (rows.length === 0) throw invalid('Account', [{ property: 'PersonAccount', message: 'An account needs a primary contact', code: 'required' }]);
	if (rows.filter((row) => row.IsPrimary === true).length !== 1) throw invalid('Account', [{ property: 'PersonAccount', message: 'Exactly one person is the primary contact' }]);
	for (const row of rows) checkPerson(scene, 'PersonAccount', row.Person);
	for (const subscription of subscriptions) referred(store, 'Subscription', 'Plan', 'Plan', subscription.Plan);
	const { PersonAccount: _people, Subscriptions: _subscriptions, PaymentInformation: _payment, ...own } = body;
	const made = create(scene, 'Account', { ...own, AccountStage: 10 });
	for (const row of rows) {
		const person = personOf(scene, 'PersonAccount', row.Person);
		store.add('PersonAccount', { Account: made.Uid, Person: person.Uid, IsPrimary: row.IsPrimary === true, ReceiveInvoices: row.IsPrimary === true, Role: row.Role ?? (row.IsPrimary ? 1 : 2) });
	}
	const begun = subscriptions.map((subscription) => subscribe(scene, made, subscription));
	note(scene, 'account.create', 'Account', made);
	for (const subscription of begun) started(scene, made, subscription);
	return made;
}

function subscriptionBody(scene: Scene): Item {
	check(scene.store, scene.endpoint, scene.body);
	const { store, body } = scene;
	referred(store, 'Subscription', 'Plan', 'Plan', body.Plan);
	referred(store, 'Subscription', 'Account', 'Account', body.Account);
	return body;
}

function changing(scene: Scene): { subscription: Item; amount: number; body: Item } {
	const subscription = found(scene, 'Subscription');
	const body = subscriptionBody(scene);
	if ((body.Account as Item).Uid !== subscription.Account) throw invalid('Subscription', [{ property: 'Account', message: 'The subscription belongs to another account' }]);
	return { subscription, body, amount: rateOf(scene.store, (body.Plan as Item).Uid, body.BillingRenewalTerm, body.Quantity) };
}

function drip(scene: Scene): { campaign: Item; message: Item } {
	const campaign = found(scene, 'DripCampaign', scene.args.dripCampaignUid);
	const message = found(scene, 'DripCampaignMessage', scene.args.dripCampaignMessageUid);
	if (message.DripCampaign !== campaign.Uid) throw missing(`DripCampaignMessage ${String(message.Uid)}`);
	return { campaign, message };
}

function token(scene: Scene, person: Item): Item {
	const text = `ey.${String(person.Uid)}.${scene.store.uid()}`;
	scene.simulator.tokens.set(text, String(person.Uid));
	return { access_token: text, token_type: 'bearer', expires_in: 31_536_000 };
}

const byEmail = (scene: Scene, email: unknown) => scene.store.all('Person').find((p) => String(p.Email).toLowerCase() === String(email ?? '').toLowerCase());

const CALLS: Record<string, (scene: Scene) => unknown> = {
	...tagged('Segment'),
	...tagged('Article'),
	...tagged('BroadcastCampaign'),

	'person.list': (scene) => scene.list('Person', search(scene, scene.store.all('Person'), 'FirstName', 'LastName', 'Email')),
	'person.setTemporaryPassword': (scene) => {
		const person = found(scene, 'Person');
		check(scene.store, scene.endpoint, scene.body);
		scene.store.change('Person', person, { PasswordMustChange: true, PasswordLastUpdated: inDays(0) });
		note(scene, scene.endpoint.name, 'Person', person);
	},
	'person.regenerateTwoFactorRecoveryCodes': (scene) => {
		found(scene, 'Person');
		return { RecoveryCodes: ['1111-2222', '3333-4444'] };
	},
	'person.forgotPassword': (scene) => {
		check(scene.store, scene.endpoint, scene.body);
		if (!byEmail(scene, scene.body.Email)) throw missing('Person');
		scene.simulator.mails.push({ kind: 'password', to: String(scene.body.Email) });
	},
	'person.requestMagicLink': (scene) => {
		check(scene.store, scene.endpoint, scene.body);
		scene.simulator.mails.push({ kind: 'magic link', to: String(scene.body.Email) });
	},

	'account.list': (scene) => {
		const segment = scene.query.get('segmentUid');
		if (segment !== undefined) found(scene, 'Segment', segment);
		const members = (scene.store.get('Segment', segment)?.Members as string[] | undefined) ?? [];
		const items = scene.store.all('Account').filter((a) => segment === undefined || members.includes(String(a.Uid)));
		return scene.list('Account', search(scene, items, 'Name'));
	},
	'account.create': (scene) => {
		check(scene.store, scene.endpoint, scene.body);
		return shown(scene, 'Account', open(scene, scene.body, (scene.body.Subscriptions ?? []) as Item[]));
	},
	'account.delete': (scene) => {
		const item = account(scene);
		note(scene, 'account.delete', 'Account', item);
		for (const row of scene.store.pointing('Account', item.Uid, 'PersonAccount', 'Account')) scene.store.remove('PersonAccount', row);
		scene.store.remove('Account', item);
	},
	'account.cancel': (scene) => {
		const item = account(scene);
		check(scene.store, { ...scene.endpoint, body: { ...scene.endpoint.body, Account: { type: 'object' } } }, scene.body);
		if (![2, 3].includes(Number(item.AccountStage))) throw refused('Only a subscribing or trialing account can be cancelled');
		const current = scene.store.current(item);
		if (current) scene.store.change('Subscription', current, { EndDate: current.RenewalDate });
		stage(scene, item, item.AccountStage === 2 ? 8 : 4);
		note(scene, 'account.cancel', 'Account', item, { RequestedByEmail: null, CancelationReason: scene.body.CancelationReason ?? null, Comment: scene.body.Comment ?? null });
	},
	'account.removeCancellation': (scene) => {
		const item = account(scene);
		if (![4, 8].includes(Number(item.AccountStage))) throw refused('Only a cancelling account can withdraw its cancellation');
		const current = scene.store.current(item);
		if (current) scene.store.change('Subscription', current, { EndDate: null });
		stage(scene, item, item.AccountStage === 8 ? 2 : 3);
	},
	'account.extendTrial': (scene) => {
		const item = account(scene);
		check(scene.store, scene.endpoint, scene.body);
		if (![2, 6].includes(Number(item.AccountStage))) throw refused('Only a trial or an expired trial can be extended');
		const latest = scene.store.subscriptionsOf(item).at(-1);
		const PriorRenewalDate = latest?.RenewalDate ?? null;
		if (latest) scene.store.change('Subscription', latest, { RenewalDate: taken(scene.store, 'Subscription', { RenewalDate: scene.body.ToDate }).values.RenewalDate, EndDate: null });
		stage(scene, item, 2);
		note(scene, scene.endpoint.name, 'Account', item, { PriorRenewalDate, RenewalDate: latest?.RenewalDate ?? null });
	},
	'account.sendConfirmationEmail': (scene) => {
		const item = account(scene);
		const wanted = scene.query.get('personUid');
		const people = scene.store.pointing('Account', item.Uid, 'PersonAccount', 'Account').filter((row) => (wanted === '*' ? true : wanted ? row.Person === wanted : row.IsPrimary));
		if (people.length === 0) throw missing('Person');
		for (const row of people) scene.simulator.mails.push({ kind: 'confirmation', to: String(scene.store.get('Person', row.Person)?.Email) });
	},
	'account.expireCurrentSubscription': (scene) => {
		const item = account(scene);
		if ([5, 6].includes(Number(item.AccountStage))) throw refused('The subscription is already expired');
		const current = scene.store.current(item);
		if (current) scene.store.change('Subscription', current, { EndDate: inDays(-0.001) });
		stage(scene, item, item.AccountStage === 2 ? 6 : 5);
	},

	'accountMembership.add': (scene) => {
		const item = account(scene);
		check(scene.store, scene.endpoint, scene.body);
		if (scene.body.Account && (scene.body.Account as Item).Uid !== item.Uid) throw invalid('PersonAccount', [{ property: 'Account', message: 'The account differs from the one in the address' }]);
		checkPerson(scene, 'PersonAccount', scene.body.Person);
		const person = personOf(scene, 'PersonAccount', scene.body.Person);
		if (scene.store.pointing('Account', item.Uid, 'PersonAccount', 'Account').some((row) => row.Person === person.Uid)) throw refused('The person already belongs to the account');
		const row = scene.store.add('PersonAccount', { Account: item.Uid, Person: person.Uid, IsPrimary: false, ReceiveInvoices: scene.body.ReceiveInvoices ?? false, Role: scene.body.Role ?? 2 });
		if (scene.body.IsPrimary === true) makePrimary(scene, item, row);
		if (scene.query.get('sendWelcomeEmail') === 'true') scene.simulator.mails.push({ kind: 'welcome', to: String(person.Email) });
		note(scene, 'accountMembership.add', 'Account', item, { AccountUid: item.Uid, PersonUid: person.Uid, Email: person.Email });
		return show(scene.store, 'PersonAccount', row, parseFields('*,Person.*'));
	},
	'accountMembership.update': (scene) => {
		const { account: item, row } = membership(scene);
		check(scene.store, scene.endpoint, scene.body);
		if (scene.body.IsPrimary === false && row.IsPrimary) throw refused('An account needs a primary contact: make somebody else primary first');
		const { IsPrimary, ...rest } = taken(scene.store, 'PersonAccount', scene.body).values;
		const PreviousRole = row.Role ?? null;
		scene.store.change('PersonAccount', row, rest);
		if (IsPrimary === true) makePrimary(scene, item, row);
		if (row.Role !== PreviousRole) note(scene, 'role', 'Account', item, { PersonEmail: scene.store.get('Person', row.Person)?.Email ?? null, PreviousRole, CurrentRole: row.Role });
	},
	'accountMembership.remove': (scene) => {
		const { account: item, row } = membership(scene);
		if (row.IsPrimary) throw refused('The primary contact cannot be removed');
		scene.store.remove('PersonAccount', row);
		note(scene, 'accountMembership.remove', 'Account', item, { AccountUid: item.Uid, PersonUid: row.Person, Email: scene.store.get('Person', row.Person)?.Email ?? null });
	},
	'registration.register': (scene) => {
		const { store, body } = scene;
		check(store, { ...scene.endpoint, entity: 'Account', custom: true }, body);
		const subscriptions = (body.Subscriptions ?? []) as Item[];
		if (subscriptions.length === 0) throw invalid('Account', [{ property: 'Subscriptions', message: 'A plan is required', code: 'required' }]);
		const rows = (body.PersonAccount ?? []) as Item[];
		const email = ((rows[0]?.Person ?? {}) as Item).Email;
		const item = open(scene, { Name: email, ...body }, subscriptions);
		scene.simulator.mails.push({ kind: 'confirmation', to: String(email) });
		return shown(scene, 'Account', item);
	},

	'deal.list': (scene) => {
		const owner = scene.query.get('ownerUid');
		const items = scene.store.all('Deal').filter((d) => owner === undefined || (owner === '-1' ? !d.AssignedToPersonClientIdentifier : owner === '-2' ? Boolean(d.AssignedToPersonClientIdentifier) : d.AssignedToPersonClientIdentifier === owner));
		return scene.list('Deal', search(scene, items, 'Name'));
	},
	'activity.list': (scene) => {
		const year = inDays(-365);
		const timed = scene.filters.some(([name]) => name.startsWith('ActivityDateTime'));
		return scene.list('Activity', scene.store.all('Activity').filter((a) => timed || String(a.ActivityDateTime) > year));
	},
	'activity.addCustom': (scene) => {
		const { store, body } = scene;
		if (!body.Title && !body.Description) throw invalid('Activity', [{ property: 'Title', message: 'A title or a description is needed' }]);
		check(store, { ...scene.endpoint, body: { ...scene.endpoint.body, Title: { type: 'string' } } }, body);
		const entity = Object.entries(KIND).find(([, kind]) => kind === body.EntityType && kind <= 3)?.[0];
		if (!entity) throw invalid('Activity', [{ property: 'EntityType', message: 'EntityType is 1, 2 or 3' }]);
		const item = found(scene, entity, body.EntityUid);
		return show(store, 'Activity', scene.simulator.notifications.happened(store, 10, { entity, item }, undefined, undefined, body), undefined);
	},

	'discountCoupon.list': (scene) => {
		const plan = scene.query.get('planUid');
		const redeem = scene.query.get('canRedeem');
		const items = scene.store.all('DiscountCoupon').filter((c) => {
			const plans = scene.store.pointing('DiscountCoupon', c.Uid, 'DiscountCouponPlan', 'DiscountCoupon');
			return (plan === undefined || plans.length === 0 || plans.some((p) => p.Plan === plan)) && (redeem === undefined || String(c.IsActive === true) === redeem);
		});
		return scene.list('DiscountCoupon', search(scene, items, 'Name', 'UniqueIdentifier'));
	},
	'discountCoupon.validate': (scene) => {
		const coupon = scene.store.all('DiscountCoupon').find((c) => c.UniqueIdentifier === scene.args.discountCode);
		if (!coupon) throw missing(`Coupon ${scene.args.discountCode}`);
		found(scene, 'Plan', scene.query.get('planUid'));
		const plans = scene.store.pointing('DiscountCoupon', coupon.Uid, 'DiscountCouponPlan', 'DiscountCoupon');
		if (coupon.IsActive !== true || (plans.length > 0 && !plans.some((p) => p.Plan === scene.query.get('planUid')))) throw refused('The coupon cannot be used with this plan');
		return show(scene.store, 'DiscountCoupon', coupon, undefined);
	},
	'discountCoupon.redemptions': (scene) => {
		const coupon = found(scene, 'DiscountCoupon');
		return scene.list('DiscountCouponSubscription', scene.store.all('DiscountCouponSubscription').filter((r) => r.DiscountCoupon === coupon.Uid));
	},

	'usage.create': (scene) => {
		const { store, body } = scene;
		check(store, scene.endpoint, body);
		if (!(Number(body.Amount) > 0)) throw invalid('Usage', [{ property: 'Amount', message: 'Amount has to be above zero' }]);
		const booked = store.get('SubscriptionAddOn', referred(store, 'Usage', 'SubscriptionAddOn', 'SubscriptionAddOn', body.SubscriptionAddOn));
		if (store.get('AddOn', booked!.AddOn)?.BillingAddOnType !== 2) throw invalid('Usage', [{ property: 'SubscriptionAddOn', message: 'The add-on is not charged by usage' }]);
		return shown(scene, 'Usage', create(scene, 'Usage', body));
	},
	'transaction.listByAccount': (scene) => scene.list('Transaction', scene.store.pointing('Account', account(scene).Uid, 'Transaction', 'Account')),
	'transaction.addPayment': (scene) => {
		const { store, body } = scene;
		check(store, scene.endpoint, body);
		const invoice = store.get('Invoice', referred(store, 'Transaction', 'Invoice', 'Invoice', body.Invoice))!;
		const left = Number(invoice.AmountOutstanding) - Number(body.Amount);
		store.change('Invoice', invoice, { AmountOutstanding: Math.max(0, left), AmountPaid: Number(invoice.AmountPaid ?? 0) + Number(body.Amount), BillingInvoiceStatus: left <= 0 ? 2 : 3 });
		const payer = store.get('Account', store.get('Subscription', invoice.Subscription)?.Account);
		if (payer) note(scene, scene.endpoint.name, 'Account', payer, { InvoiceUid: invoice.Uid, Amount: body.Amount });
		return show(store, 'Transaction', create(scene, 'Transaction', { ...body, BillingTransactionType: 2, TransactionDate: inDays(0), IsElectronicTransaction: false }), undefined);
	},
	'paymentInformation.save': (scene) => {
		check(scene.store, scene.endpoint, scene.body);
		const { PaymentToken: _secret, ...rest } = scene.body;
		return show(scene.store, 'PaymentInformation', create(scene, 'PaymentInformation', { ...rest, LastFourDigits: '4242', CardType: 'Visa' }), undefined);
	},

	'subscriptionAddOn.list': (scene) => scene.list('SubscriptionAddOn', withStatus(scene, scene.store.all('SubscriptionAddOn'))),
	'subscriptionAddOn.create': (scene) => {
		check(scene.store, scene.endpoint, scene.body);
		return show(scene.store, 'SubscriptionAddOn', create(scene, 'SubscriptionAddOn', { Quantity: 1, ...scene.body, StartDate: inDays(0), EndDate: null }), undefined);
	},
	'subscriptionAddOn.preview': (scene) => {
		const { store, body } = scene;
		check(store, scene.endpoint, body);
		referred(store, 'SubscriptionAddOn', 'Subscription', 'Subscription', body.Subscription);
		const addOn = store.get('AddOn', referred(store, 'SubscriptionAddOn', 'AddOn', 'AddOn', body.AddOn))!;
		return preview(Number(addOn.MonthlyRate ?? 0) * Number(body.Quantity ?? 1), String(addOn.Name));
	},
	'subscriptionAddOn.setUpgradeRequired': (scene) => {
		const item = found(scene, 'SubscriptionAddOn');
		check(scene.store, scene.endpoint, scene.body);
		return show(scene.store, 'SubscriptionAddOn', scene.store.change('SubscriptionAddOn', item, scene.body), undefined);
	},
	'subscriptionAddOn.end': (scene) => {
		const item = found(scene, 'SubscriptionAddOn');
		const subscription = found(scene, 'Subscription', item.Subscription);
		scene.store.change('SubscriptionAddOn', item, { EndDate: subscription.RenewalDate });
		return show(scene.store, 'Subscription', subscription, undefined);
	},
	'subscriptionAddOn.expire': (scene) => void scene.store.change('SubscriptionAddOn', found(scene, 'SubscriptionAddOn'), { EndDate: inDays(-0.001) }),

	'invoice.list': (scene) => scene.list('Invoice', scene.store.all('Invoice').filter((i) => i.Uid !== scene.query.get('excludeInvoiceUid'))),
	'invoice.create': (scene) => {
		const { store, body } = scene;
		check(store, scene.endpoint, body);
		const lines = body.InvoiceLineItems as Item[];
		if (lines.length === 0) throw invalid('Invoice', [{ property: 'InvoiceLineItems', message: 'An invoice needs a line' }]);
		const amount = lines.reduce((sum, line) => sum + Number(line.Amount ?? 0), 0);
		const number = Math.max(1000, ...store.all('Invoice').map((i) => Number(i.Number))) + 1;
		return shown(scene, 'Invoice', create(scene, 'Invoice', { ...body, Number: number, Amount: amount, AmountOutstanding: amount, BillingInvoiceStatus: 1, IsUserGenerated: true }));
	},
	'invoice.update': (scene) => {
		const item = found(scene, 'Invoice');
		if (item.IsUserGenerated !== true) throw refused('Only invoices made by hand can be changed');
		check(scene.store, scene.endpoint, scene.body);
		change(scene, 'Invoice', item, scene.body);
		return shown(scene, 'Invoice', item);
	},
	'invoice.downloadPdf': (scene) => {
		const item = found(scene, 'Invoice');
		return { pdf: Buffer.from(`%PDF-1.4\n% Invoice ${String(item.Number)}\n\u00ff\u00fe%%EOF`, 'latin1'), name: `Invoice-${String(item.Number)}.pdf` };
	},
	'invoice.sendEmail': (scene) => void scene.simulator.mails.push({ kind: 'invoice', to: String(found(scene, 'Invoice').Number) }),
	'invoice.sendPaidEmail': (scene) => {
		const item = found(scene, 'Invoice');
		if (item.BillingInvoiceStatus !== 2) throw refused('The invoice is not paid');
		scene.simulator.mails.push({ kind: 'receipt', to: String(item.Number) });
	},

	'subscription.list': (scene) => {
		let items = withStatus(scene, scene.store.all('Subscription'));
		if (scene.query.get('current') === '1') items = items.filter((s) => scene.store.subscriptionsOf(scene.store.get('Account', s.Account)!).at(-1) === s);
		return scene.list('Subscription', items);
	},
	'subscription.delete': (scene) => {
		const item = found(scene, 'Subscription');
		if (String(item.StartDate) <= inDays(0)) throw refused('Only a future subscription can be deleted');
		scene.store.remove('Subscription', item);
	},
	'subscription.addDiscount': (scene) => {
		const item = found(scene, 'Subscription');
		const coupon = found(scene, 'DiscountCoupon', scene.args.discountUid);
		scene.store.add('DiscountCouponSubscription', { Subscription: item.Uid, DiscountCoupon: coupon.Uid, IsActive: true });
	},
	'subscription.removeDiscount': (scene) => {
		const item = found(scene, 'Subscription');
		const row = scene.store.all('DiscountCouponSubscription').find((r) => r.Subscription === item.Uid && r.DiscountCoupon === scene.args.discountUid);
		if (!row) throw missing('Discount');
		scene.store.remove('DiscountCouponSubscription', row);
	},
	'subscription.setUpgradeRequired': (scene) => {
		const item = found(scene, 'Subscription');
		check(scene.store, scene.endpoint, scene.body);
		return show(scene.store, 'Subscription', scene.store.change('Subscription', item, scene.body), undefined);
	},
	'subscription.computeChargeSummary': (scene) => {
		const body = subscriptionBody(scene);
		return preview(rateOf(scene.store, (body.Plan as Item).Uid, body.BillingRenewalTerm, body.Quantity), 'Plan');
	},
	'subscription.createFirst': (scene) => {
		const body = subscriptionBody(scene);
		const item = found(scene, 'Account', (body.Account as Item).Uid);
		if (scene.store.current(item)) throw refused('The account has an active subscription');
		const subscription = subscribe(scene, item, body);
		started(scene, item, subscription);
		return show(scene.store, 'Subscription', subscription, undefined);
	},
	'subscription.previewChange': (scene) => preview(changing(scene).amount, 'Change of plan'),
	'subscription.change': (scene) => {
		const { subscription, body, amount } = changing(scene);
		const values = { Plan: (body.Plan as Item).Uid, BillingRenewalTerm: body.BillingRenewalTerm, Quantity: body.Quantity ?? subscription.Quantity, Rate: amount };
		if (scene.query.get('startImmediately') === 'true') {
			scene.store.change('Subscription', subscription, values);
			note(scene, 'subscription.changed', 'Account', found(scene, 'Account', subscription.Account), { Subscription: show(scene.store, 'Subscription', subscription, parseFields('*')), CurrentPrincipal: null });
			return show(scene.store, 'Subscription', subscription, undefined);
		}
		scene.store.change('Subscription', subscription, { EndDate: subscription.RenewalDate });
		return show(scene.store, 'Subscription', scene.store.add('Subscription', { ...values, Account: subscription.Account, StartDate: subscription.RenewalDate, EndDate: null, RenewalDate: inDays(TERM_DAYS[Number(body.BillingRenewalTerm)]) }), undefined);
	},
	'subscription.changeTrialToSubscribed': (scene) => {
		const item = found(scene, 'Subscription');
		const owner = found(scene, 'Account', item.Account);
		if (owner.AccountStage !== 2) throw refused('The subscription is not on trial');
		stage(scene, owner, 3);
	},

	'case.list': (scene) => {
		const tag = scene.query.get('tagUid');
		const items = scene.store.all('Case').filter((c) => tag === undefined || scene.store.pointing('Case', c.Uid, 'CaseTag', 'Case').some((row) => row.Tag === tag));
		return scene.list('Case', search(scene, items, 'Subject', 'Body'));
	},
	'case.create': (scene) => {
		const { store, body } = scene;
		check(store, scene.endpoint, body);
		const from = body.FromPerson as Item;
		const person = from.Uid === undefined ? byEmail(scene, from.Email) : store.get('Person', from.Uid);
		if (!person) throw invalid('Case', [{ property: 'FromPerson', message: 'There is no such person' }]);
		const item = create(scene, 'Case', { Status: 1, ...body, FromPerson: { Uid: person.Uid }, SubmittedDateTime: inDays(0), LastActivity: inDays(0) });
		if (scene.query.get('sendautoresponder') !== 'false') scene.simulator.mails.push({ kind: 'auto answer', to: String(person.Email) });
		note(scene, 'case.create', 'Person', person, { CaseUid: item.Uid });
		return shown(scene, 'Case', item);
	},
	'case.reply': (scene) => {
		const item = found(scene, 'Case');
		check(scene.store, { ...scene.endpoint, body: { ...scene.endpoint.body, Case: { type: 'object', required: true } } }, scene.body);
		if ((scene.body.Case as Item).Uid !== item.Uid) throw invalid('CaseHistory', [{ property: 'Case', message: 'The ticket differs from the one in the address' }]);
		scene.store.add('CaseHistory', { Case: item.Uid, AgentName: scene.body.AgentName, Comment: scene.body.Comment, Type: 6, HistoryDateTime: inDays(0) });
		const person = scene.store.get('Person', item.FromPerson);
		if (person) note(scene, scene.endpoint.name, 'Person', person, { CaseUid: item.Uid });
	},
	'case.clientResponse': (scene) => void scene.store.add('CaseHistory', { Case: found(scene, 'Case').Uid, Comment: scene.args.comment, Type: 1, HistoryDateTime: inDays(0) }),
	'article.list': (scene) => {
		const tag = scene.query.get('tagUid');
		const without = scene.query.get('withoutTagUid');
		const has = (item: Item, uid: string) => scene.store.tagsOf(item).some((t) => t.Uid === uid);
		return scene.list('Article', search(scene, scene.store.all('Article').filter((a) => (!tag || has(a, tag)) && (!without || !has(a, without))), 'Title', 'Body'));
	},

	'dripCampaign.addMessage': (scene) => {
		const campaign = found(scene, 'DripCampaign');
		check(scene.store, { ...scene.endpoint, entity: 'DripCampaignMessage' }, scene.body);
		scene.store.change('DripCampaign', campaign, { IsActive: false });
		return show(scene.store, 'DripCampaignMessage', scene.store.add('DripCampaignMessage', { ...scene.body, DripCampaign: campaign.Uid }), undefined);
	},
	'dripCampaign.getMessage': (scene) => show(scene.store, 'DripCampaignMessage', drip(scene).message, undefined),
	'dripCampaign.updateMessage': (scene) => {
		const { message } = drip(scene);
		check(scene.store, { ...scene.endpoint, entity: 'DripCampaignMessage' }, scene.body);
		if (scene.body.Uid !== undefined && scene.body.Uid !== message.Uid) throw invalid('DripCampaignMessage', [{ property: 'Uid', message: 'The Uid differs from the one in the address' }]);
		const text = { ...(message.Message as Item), ...((scene.body.Message ?? {}) as Item) };
		return show(scene.store, 'DripCampaignMessage', scene.store.change('DripCampaignMessage', message, { ...scene.body, Message: text }), undefined);
	},
	'dripCampaign.deleteMessage': (scene) => {
		const { campaign, message } = drip(scene);
		scene.store.remove('DripCampaignMessage', message);
		scene.store.change('DripCampaign', campaign, { IsActive: false });
	},
	'dripCampaign.sendTest': (scene) => {
		check(scene.store, scene.endpoint, scene.body);
		found(scene, 'DripCampaign', (scene.body.DripCampaign as Item).Uid);
	},
	'broadcast.list': (scene) => {
		const tag = scene.query.get('tagUid');
		const without = scene.query.get('withoutTagUid');
		const has = (item: Item, uid: string) => scene.store.tagsOf(item).some((t) => t.Uid === uid);
		return scene.list('BroadcastCampaign', scene.store.all('BroadcastCampaign').filter((b) => b.Status !== 10 && (!tag || has(b, tag)) && (!without || !has(b, without))));
	},
	'broadcast.create': (scene) => {
		const { store, body } = scene;
		check(store, scene.endpoint, body);
		recipients(scene);
		return show(store, 'BroadcastCampaign', create(scene, 'BroadcastCampaign', { ...body, SendDateTime: null, Status: 1 }), undefined);
	},
	'broadcast.update': (scene) => {
		const item = found(scene, 'BroadcastCampaign');
		check(scene.store, scene.endpoint, scene.body);
		recipients(scene);
		const { values } = taken(scene.store, 'BroadcastCampaign', scene.body);
		if (typeof values.SendDateTime === 'string') {
			if (values.SendDateTime <= inDays(0)) throw invalid('BroadcastCampaign', [{ property: 'SendDateTime', message: 'SendDateTime has to be in the future' }]);
			if (scene.store.all('BroadcastCampaign').filter((b) => b !== item && [2, 4, 5, 6].includes(Number(b.Status))).length >= 5) throw refused('At most five broadcasts can be scheduled');
			values.Status = 2;
		}
		for (const name of ['EmailListUids', 'SegmentUids']) if (values[name]) values[name] = [...new Set([...((item[name] as string[]) ?? []), ...(values[name] as string[])])];
		for (const name of ['Campaign', 'Message']) if (values[name]) values[name] = { ...(item[name] as Item), ...(values[name] as Item) };
		return show(scene.store, 'BroadcastCampaign', scene.store.change('BroadcastCampaign', item, values), undefined);
	},
	'broadcast.delete': (scene) => {
		const item = found(scene, 'BroadcastCampaign');
		if (![1, 2].includes(Number(item.Status))) throw refused('Only a draft or a scheduled broadcast can be deleted');
		scene.store.remove('BroadcastCampaign', item);
	},
	'broadcast.unschedule': (scene) => {
		const item = found(scene, 'BroadcastCampaign');
		if (item.Status !== 2) throw refused('The broadcast is not scheduled');
		return show(scene.store, 'BroadcastCampaign', scene.store.change('BroadcastCampaign', item, { Status: 1, SendDateTime: null }), undefined);
	},
	'broadcast.archive': (scene) => {
		const item = found(scene, 'BroadcastCampaign');
		if (![3, 7].includes(Number(item.Status))) throw refused('Only a broadcast that was sent can be archived');
		scene.store.change('BroadcastCampaign', item, { Status: 10 });
	},
	'broadcast.sendTest': (scene) => {
		check(scene.store, scene.endpoint, scene.body);
		found(scene, 'BroadcastCampaign', (scene.body.BroadcastCampaign as Item).Uid);
	},

	'emailList.delete': (scene) => {
		const item = found(scene, 'EmailList');
		for (const row of scene.store.pointing('EmailList', item.Uid, 'EmailListPerson', 'EmailList')) scene.store.remove('EmailListPerson', row);
		scene.store.remove('EmailList', item);
	},
	'emailListSubscription.list': (scene) => {
		const list = found(scene, 'EmailList');
		// A client of 2021 found the call fail without it.
		if (!scene.query.get('orderBy')) throw new Refusal(500, { Message: 'An error has occurred.' });
		const items = scene.store.pointing('EmailList', list.Uid, 'EmailListPerson', 'EmailList');
		const q = scene.query.get('q')?.toLowerCase();
		return scene.list('EmailListPerson', q ? items.filter((row) => String(scene.store.get('Person', row.Person)?.Email).toLowerCase().includes(q)) : items);
	},
	'emailListSubscription.subscribe': (scene) => joinList(scene),
	'emailListSubscription.subscribePublic': (scene) => joinList(scene),
	'emailListSubscription.unsubscribe': (scene) => {
		const list = found(scene, 'EmailList', scene.args.emailListUid);
		const row = found(scene, 'EmailListPerson', scene.args.subscriptionUid);
		if (row.EmailList !== list.Uid) throw missing('EmailListPerson');
		scene.store.remove('EmailListPerson', row);
		note(scene, 'emailListSubscription.unsubscribe', 'Person', found(scene, 'Person', row.Person), { EmailListUid: list.Uid, PersonUid: row.Person });
	},

	'emailTemplate.listEmails': (scene) => sent(scene, scene.query.get('templateUid')),
	'emailTemplate.listEmailsOfTemplate': (scene) => sent(scene, scene.args.templateUid),
	'emailTemplate.send': (scene) => {
		const template = found(scene, 'Template');
		check(scene.store, { ...scene.endpoint, entity: 'TemplateEmailInstance' }, scene.body);
		const person = found(scene, 'Person', scene.body.PersonUid);
		scene.simulator.mails.push({ kind: 'template', to: String(person.Email) });
		return show(scene.store, 'TemplateEmailInstance', scene.store.add('TemplateEmailInstance', { TemplateUid: template.Uid, PersonUid: person.Uid, Subject: scene.body.Subject ?? template.Subject }), undefined);
	},

	'tag.list': (scene) => {
		const type = scene.query.get('entityType');
		return scene.list('Tag', scene.store.all('Tag').filter((t) => type === undefined || String(t.EntityType) === type));
	},
	'tag.create': (scene) => {
		check(scene.store, scene.endpoint, scene.body);
		const known = scene.store.all('Tag').find((t) => String(t.Name).toLowerCase() === String(scene.body.Name).toLowerCase() && t.EntityType === scene.body.EntityType);
		return show(scene.store, 'Tag', known ?? create(scene, 'Tag', scene.body), undefined);
	},
	'tag.delete': (scene) => {
		const item = found(scene, 'Tag');
		for (const kind of ['EntityTag', 'CaseTag']) for (const row of scene.store.all(kind)) if (row.Tag === item.Uid) scene.store.remove(kind, row);
		scene.store.remove('Tag', item);
	},
	'customPropertyDefinition.listByEntityType': (scene) => {
		const kind = scene.args.entityType;
		if (!['Account', 'Person', 'Deal'].includes(kind)) throw refused(`${kind} has no custom properties`);
		return scene.list('Definition', scene.store.all('Definition').filter((d) => d.Entity === kind));
	},

	'token.create': (scene) => {
		check(scene.store, { ...scene.endpoint, entity: 'Token' }, scene.body);
		const person = byEmail(scene, scene.body.username);
		const mayAct = scene.person === 'key' && scene.body.password === undefined;
		if (!person || (!mayAct && scene.body.password !== 'open sesame')) throw new Refusal(400, { error: 'invalid_grant', error_description: 'The user name or password is incorrect' });
		return token(scene, person);
	},
	'token.magicLink': (scene) => {
		check(scene.store, { ...scene.endpoint, entity: 'Token' }, scene.body);
		const person = scene.store.get('Person', String(scene.body.magic_token).replace(/^magic-/, ''));
		if (!person) throw new Refusal(400, { error: 'invalid_grant', error_description: 'The link is not valid' });
		return token(scene, person);
	},
	'profile.get': (scene) => shown(scene, 'Person', found(scene, 'Person', scene.person)),
	'profile.update': (scene) => {
		const item = found(scene, 'Person', scene.person);
		if (scene.body.Uid !== item.Uid) throw invalid('Person', [{ property: 'Uid', message: 'The Uid is not the one of the token' }]);
		const { Uid: _uid, ...rest } = scene.body;
		for (const name of Object.keys(rest)) if (!entities.Person[name]?.w) throw invalid('Person', [{ property: name, message: `${name} is no property that can be written` }]);
		change(scene, 'Person', item, rest);
		return shown(scene, 'Person', item);
	},
	'profile.changePassword': (scene) => {
		check(scene.store, { ...scene.endpoint, entity: 'Person' }, scene.body);
		if (scene.body.ExistingPassword !== 'open sesame') throw invalid('Person', [{ property: 'ExistingPassword', message: 'The password is not the current one', code: 'currentPasswordMismatch' }]);
		scene.store.change('Person', found(scene, 'Person', scene.person), { PasswordLastUpdated: inDays(0) });
	},
};

function withStatus(scene: Scene, items: Item[]): Item[] {
	const status = scene.query.get('status');
	const now = inDays(0);
	if (status === undefined) return items;
	if (!['current', 'future', 'past'].includes(status)) throw refused('status is current, future or past');
	return items.filter((item) => {
		const begun = String(item.StartDate ?? '') <= now;
		const over = typeof item.EndDate === 'string' && item.EndDate < now;
		return status === 'future' ? !begun : status === 'past' ? over : begun && !over;
	});
}

function recipients(scene: Scene): void {
	for (const uid of (scene.body.EmailListUids ?? []) as string[]) if (!scene.store.get('EmailList', uid)) throw refused(`There is no list ${uid}`);
	for (const uid of (scene.body.SegmentUids ?? []) as string[]) if (!scene.store.get('Segment', uid)) throw refused(`There is no segment ${uid}`);
}

function joinList(scene: Scene): Item {
	const { store, body } = scene;
	const list = found(scene, 'EmailList');
	check(store, scene.endpoint, body);
	if (referred(store, 'EmailListPerson', 'EmailList', 'EmailList', body.EmailList) !== list.Uid) throw invalid('EmailListPerson', [{ property: 'EmailList', message: 'The list differs from the one in the address' }]);
	checkPerson(scene, 'EmailListPerson', body.Person);
	const person = personOf(scene, 'EmailListPerson', body.Person);
	if (store.pointing('EmailList', list.Uid, 'EmailListPerson', 'EmailList').some((row) => row.Person === person.Uid)) throw refused('The person is already on the list');
	const row = store.add('EmailListPerson', { EmailList: list.Uid, Person: person.Uid, EmailListSubscriberStatus: 1, SubscribedDate: inDays(0) });
	if (body.SendWelcomeEmail === true) scene.simulator.mails.push({ kind: 'list welcome', to: String(person.Email) });
	note(scene, 'emailListSubscription.subscribe', 'Person', person, { EmailListUid: list.Uid });
	return show(store, 'EmailListPerson', row, parseFields('*,Person.*,EmailList.*'));
}

function sent(scene: Scene, template: string | undefined): unknown {
	const person = scene.query.get('personUid');
	const mine = scene.store.all('TemplateEmailInstance').filter((e) => (template === undefined || e.TemplateUid === template) && (person === undefined || e.PersonUid === person));
	return scene.list('TemplateEmailInstance', mine);
}
