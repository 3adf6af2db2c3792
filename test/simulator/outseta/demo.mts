/** A believable tenant: a maker of scheduling software with customers on trial, paying, leaving and gone. */
import type { Item, Store } from './store.mts';

export interface SeedResult {
	/** Uids by a short name, such as `plan.Team` or `person.jane@contoso.example`. */
	uid: Record<string, string>;
}

const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 19);

export function fill(store: Store, kind: 'demo' | 'empty'): SeedResult {
	const uid: Record<string, string> = {};
	const add = (entity: string, name: string, values: Item): Item => {
		const item = store.add(entity, values);
		uid[`${entity.charAt(0).toLowerCase()}${entity.slice(1)}.${name}`] = item.Uid as string;
		return item;
	};
	const define = (Entity: string, type: number, SystemName: string, Label: string, ControlType: string, Options?: string[]) => {
		const parameters = JSON.stringify({ HintText: '', Options: Options ?? [], Pattern: '' });
		const values = { Entity, EntityType: type, SystemName, Label, ControlType, ControlParams: parameters, Options, Position: store.definitions.length, Hidden: false };
		store.definitions.push(add('Definition', SystemName, values));
	};
	define('Account', 1, 'Industry', 'Industry', 'Select', ['Education', 'Health', 'Retail']);
	define('Account', 1, 'GoLiveDate', 'Go-Live Date', 'Date');
	define('Account', 1, 'Modules', 'Modules in Use', 'CheckboxList', ['Calendar', 'Payroll', 'Reports']);
	define('Person', 2, 'Department', 'Department', 'Text');
	define('Person', 2, 'Interests', 'Interests', 'CheckboxList', ['API', 'Billing', 'Training']);
	define('Person', 2, 'IsTrainer', 'Is Trainer', 'Checkbox');
	define('Deal', 3, 'Competitor', 'Competitor', 'Text');
	if (kind === 'empty') return { uid };

	const family = add('PlanFamily', 'Main', { Name: 'Main', IsActive: true, IsDefault: true });
	const plan = (Name: string, MonthlyRate: number, TrialPeriodDays: number) =>
		add('Plan', Name, { Name, PlanFamily: family.Uid, MonthlyRate, AnnualRate: MonthlyRate * 10, QuarterlyRate: MonthlyRate * 3, IsActive: true, IsQuantityEditable: false, IsTaxable: false, IsPerUser: false, TrialPeriodDays, AccountRegistrationMode: 2 });
	const starter = plan('Starter', 29, 14);
	const team = plan('Team', 99, 0);
	const business = plan('Business', 299, 0);
	const addOn = (Name: string, BillingAddOnType: number, MonthlyRate: number) => {
		const item = add('AddOn', Name, { Name, BillingAddOnType, MonthlyRate, IsQuantityEditable: true, IsTaxable: false, IsBilledDuringTrial: false });
		for (const p of [team, business]) store.add('PlanAddOn', { Plan: p.Uid, AddOn: item.Uid });
		return item;
	};
	const seats = addOn('Extra Seats', 1, 10);
	const texts = addOn('Text Messages', 2, 0.05);
	const coupon = add('DiscountCoupon', 'SPRING20', { UniqueIdentifier: 'SPRING20', Name: 'Spring', IsActive: true, PercentOff: 20, Duration: 3, DurationInMonths: 3 });
	add('DiscountCoupon', 'OLD10', { UniqueIdentifier: 'OLD10', Name: 'Old friends', IsActive: false, PercentOff: 10, Duration: 1 });

	const person = (Email: string, FirstName: string, LastName: string, more: Item = {}) => add('Person', Email, { Email, FirstName, LastName, PasswordMustChange: false, ...more });
	const agent = person('mia.berg@acme.example', 'Mia', 'Berg', { Title: 'Support' });
	const account = (Name: string, AccountStage: number, people: Item[], subscribed?: { plan: Item; addOns?: Item[]; ended?: boolean }, more: Item = {}) => {
		const item = add('Account', Name, { Name, AccountStage, IsDemo: false, Currency: 'USD', ...more });
		people.forEach((p, i) => add('PersonAccount', `${Name} ${String(p.Email)}`, { Account: item.Uid, Person: p.Uid, IsPrimary: i === 0, ReceiveInvoices: i === 0, Role: i === 0 ? 1 : 2 }));
		if (subscribed) {
			const subscription = add('Subscription', Name, {
				Account: item.Uid,
				Plan: subscribed.plan.Uid,
				BillingRenewalTerm: 1,
				Quantity: 1,
				StartDate: day(-90),
				EndDate: subscribed.ended ? day(-5) : null,
				RenewalDate: day(12),
				Rate: subscribed.plan.MonthlyRate,
			});
			for (const a of subscribed.addOns ?? []) add('SubscriptionAddOn', `${Name} ${String(a.Name)}`, { Subscription: subscription.Uid, AddOn: a.Uid, Quantity: 2, BillingRenewalTerm: 1, StartDate: day(-60), EndDate: null });
		}
		return item;
	};
	const jane = person('jane@contoso.example', 'Jane', 'Doe', { Title: 'Operations Manager', Department: 'Operations', Interests: '["API","Billing"]', MailingAddress: { City: 'Oslo', Country: 'Norway' } });
	const omar = person('omar@contoso.example', 'Omar', 'Haddad', { Title: 'Planner' });
	const contoso = account('Contoso', 3, [jane, omar], { plan: team, addOns: [seats, texts] }, { ClientIdentifier: 'C-1001', Industry: 'Retail', Modules: '["Calendar","Reports"]', BillingAddress: { AddressLine1: 'Main Street 1', City: 'Oslo', Country: 'Norway' } });
	const lena = person('lena@fabrikam.example', 'Lena', 'Fischer');
	const fabrikam = account('Fabrikam', 2, [lena], { plan: starter }, { ClientIdentifier: 'C-1002', Industry: 'Education' });
	const raj = person('raj@northwind.example', 'Raj', 'Patel');
	account('Northwind', 4, [raj], { plan: business }, { ClientIdentifier: 'C-1003' });
	const ines = person('ines@tailspin.example', 'Ines', 'Costa');
	account('Tailspin', 5, [ines], { plan: team, ended: true });
	// Two customers of one name, as happens.
	account('Adventure Works', 3, [person('ann@adventure.example', 'Ann', 'Lee')], { plan: team });
	account('Adventure Works', 6, [person('bob@adventure.example', 'Bob', 'Ray')]);
	person('zoe@nowhere.example', 'Zoe', 'Quinn');

	const pipeline = add('DealPipeline', 'Sales', { Name: 'Sales' });
	const stages = ['New', 'Talking', 'Won'].map((Name, i) => add('DealPipelineStage', Name, { Name, Weight: i + 1, DealPipeline: pipeline.Uid }));
	const deal = add('Deal', 'Contoso upgrade', { Name: 'Contoso upgrade', Amount: 2400, DueDate: day(20), DealPipelineStage: stages[1].Uid, Account: contoso.Uid, AssignedToPersonClientIdentifier: agent.Uid, Competitor: 'Initech' });
	store.add('DealPerson', { Deal: deal.Uid, Person: jane.Uid });
	add('Task', 'Call Contoso', { Title: 'Call Contoso', Status: 1, DueDate: day(2), Account: contoso.Uid, Person: jane.Uid });
	add('Segment', 'Paying customers', { Name: 'Paying customers', ContainsAccountConditions: true, Members: [contoso.Uid] });

	const subscription = store.get('Subscription', uid['subscription.Contoso'])!;
	const invoice = (Number: number, status: number, left: number, byHand: boolean) =>
		add('Invoice', String(Number), { Number, Subscription: subscription.Uid, InvoiceDate: day(-30), Amount: 119, AmountOutstanding: left, AmountPaid: 119 - left, BillingInvoiceStatus: status, IsUserGenerated: byHand });
	const paid = invoice(1001, 2, 0, false);
	invoice(1002, 1, 119, true);
	for (const i of store.all('Invoice')) store.add('InvoiceLineItem', { Invoice: i.Uid, Description: 'Team', Amount: 119, LineItemType: 1 });
	add('Transaction', 'payment', { Account: contoso.Uid, Invoice: paid.Uid, Amount: 119, BillingTransactionType: 2, TransactionDate: day(-29), IsElectronicTransaction: true });
	store.add('DiscountCouponSubscription', { Subscription: subscription.Uid, DiscountCoupon: coupon.Uid, IsActive: true });
	add('Usage', 'texts', { SubscriptionAddOn: uid['subscriptionAddOn.Contoso Text Messages'], Amount: 40, UsageDate: day(-3) });

	const tag = (Name: string, EntityType: number) => add('Tag', Name, { Name, EntityType, TagColor: 6 });
	const urgent = tag('Urgent', 4);
	tag('VIP', 4);
	tag('Quarterly', 12);
	tag('Core', 11);
	tag('How-to', 0);
	const ticket = add('Case', 'Cannot log in', { Subject: 'Cannot log in', Body: '<p>Since today.</p>', FromPerson: jane.Uid, Status: 1, Source: 2, SubmittedDateTime: day(-1), LastActivity: day(-1), AssignedToPersonClientIdentifier: agent.Uid });
	store.add('CaseTag', { Case: ticket.Uid, Tag: urgent.Uid });
	store.add('CaseHistory', { Case: ticket.Uid, Type: 1, Comment: 'Since today.', HistoryDateTime: day(-1) });
	const category = add('Category', 'First steps', { Name: 'First steps', Weight: 1 });
	add('Article', 'Getting started', { Title: 'Getting started', Body: '<p>Welcome</p>', SupportArticleStatus: 3, Category: category.Uid, Weight: 1 });

	const list = (Name: string) => add('EmailList', Name, { Name, RequiresDoubleOptIn: false, IsInternal: false });
	const news = list('Newsletter');
	list('Product updates');
	for (const p of [jane, lena]) add('EmailListPerson', `Newsletter ${String(p.Email)}`, { EmailList: news.Uid, Person: p.Uid, EmailListSubscriberStatus: 1, SubscribedDate: day(-40) });
	const drip = add('DripCampaign', 'Welcome series', { Campaign: { Name: 'Welcome series', FromName: 'Acme', FromEmail: 'hello@acme.example' }, IsActive: true, TriggerId: 1 });
	add('DripCampaignMessage', 'Day 1', { DripCampaign: drip.Uid, Message: { Name: 'Day 1', Subject: 'Welcome', Body: '<p>Hello</p>' }, DelayInHours: 24, Weight: 1 });
	add('BroadcastCampaign', 'May news', { Campaign: { Name: 'May news', FromName: 'Acme', FromEmail: 'hello@acme.example' }, Message: { Name: 'May news', Subject: 'News', Body: '<p>News</p>' }, Status: 1, SendDateTime: null });
	add('BroadcastCampaign', 'April news', { Campaign: { Name: 'April news' }, Message: { Name: 'April news', Subject: 'News' }, Status: 3, SendDateTime: day(-30) });
	add('Template', 'Reminder', { Name: 'Reminder', Subject: 'A reminder' });
	for (const [type, entity, who, days] of [[200, 2, jane, -90], [100, 1, contoso, -90], [108, 1, fabrikam, -2]] as Array<[number, number, Item, number]>) {
		store.add('Activity', { Title: 'Seed', ActivityType: type, EntityType: entity, EntityUid: who.Uid, ActivityDateTime: day(days), ActivityData: null, Description: null });
	}
	return { uid };
}
