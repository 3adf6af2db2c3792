/** Outseta: subscriptions, add-ons, invoices, usage, tickets, email, tags, tokens, and the limit of the key. */
import type { IDataObject } from 'n8n-workflow';
import { outsetaLab } from './outseta-support.mts';
import { linked, mapper, rl, visible, where } from './support.mts';

const lab = outsetaLab();

const many = (...records: unknown[]) => ({ entry: records.map((record) => ({ record })) });

const later = (time: unknown) => typeof time === 'string' && time > new Date().toISOString();

describe('subscriptions', () => {
	test('by the name of the account: one look-up', async () => {
		const { json, error } = await lab.run('subscription', 'get', { record: rl('account', 'Contoso'), options: { include: ['Plan'] } });
		expect(error).toBeUndefined();
		expect(lab.sent()).toEqual(['GET /billing/subscriptions?status=current&Account.Name=Contoso&fields=*,Plan.*,Account.*&limit=25&offset=0']);
		expect(json[0]).toMatchObject({ Plan: expect.objectContaining({ Name: 'Team' }), BillingRenewalTermLabel: 'Monthly' });
	});

	test('many accounts: their current subscriptions cost pages of the list instead of a request each', async () => {
		const running = lab.sim.records('Subscription').filter(({ StartDate, EndDate }) => !later(StartDate) && (!EndDate || later(EndDate)));
		const names = lab.sim.records('Account').filter(({ Uid }) => running.some(({ Account }) => Account === Uid)).map(({ Name }) => String(Name));
		const items = Array.from({ length: 40 }, (_, i) => ({ name: names[i % 2 === 0 ? 0 : 1] }));
		const twice = await lab.run('subscription', 'get', { record: rl('account', '={{ $json.name }}') }, items);
		expect(twice.error).toBeUndefined();
		expect(lab.sent()).toHaveLength(2);
		lab.sim.clearRequests();
		expect(names.length).toBeGreaterThanOrEqual(4);
		const all = await lab.run('subscription', 'get', { record: rl('account', '={{ $json.name }}') }, names.map((name) => ({ name })));
		expect(all.error).toBeUndefined();
		expect(lab.sent()).toEqual(['GET /billing/subscriptions?status=current&fields=*,Account.*&limit=25&offset=0']);
	});

	test('change of plan: the preview first, then the change, now', async () => {
		const { json, error } = await lab.run('subscription', 'change', { record: rl('account', 'Contoso'), plan: rl('name', 'Business'), renewalTerm: '2', startImmediately: true, options: { doNotLog: true } });
		expect(error).toBeUndefined();
		const path = `PUT /billing/subscriptions/${lab.uid('subscription.Contoso')}`;
		expect(lab.sent().slice(2)).toEqual([`${path}/changesubscriptionpreview?startImmediately=true`, `${path}/changesubscription?startImmediately=true&donotlog=1`]);
		const body = { Account: { Uid: lab.uid('account.Contoso') }, Plan: { Uid: lab.uid('plan.Business') }, BillingRenewalTerm: 2 };
		expect(lab.bodies()).toEqual([body, body]);
		expect(json[0]).toMatchObject({ Rate: 2990, preview: expect.objectContaining({ Amount: 2990 }) });
		expect(json[0].preview).not.toHaveProperty('PaymentReminderSentDate');
	});

	test('a change that costs more than allowed is not made', async () => {
		const { error } = await lab.run('subscription', 'change', { record: rl('id', lab.uid('subscription.Contoso')), plan: rl('name', 'Business'), renewalTerm: '1', options: { maxCharge: 200 } });
		expect(error?.message).toBe('The change would cost 299, which is more than 200');
		expect(lab.writes().filter((line) => line.endsWith('/changesubscription'))).toEqual([]);
	});

	test.each([
		['={{ "1 USD" }}', 'Refuse Above Amount: "1 USD" is not a number'],
		['={{ $json.missing }}', 'Refuse Above Amount is missing'],
		['', 'Refuse Above Amount is missing'],
		[-1, 'Refuse Above Amount is less than 0'],
	])('a limit of %j lets nothing pass', async (maxCharge, message) => {
		const { error } = await lab.run('subscription', 'change', { record: rl('account', 'Contoso'), plan: rl('name', 'Business'), renewalTerm: '1', startImmediately: true, options: { maxCharge } });
		expect(error?.message).toContain(message);
		expect(lab.sent()).toEqual([]);
	});

	test('switches that an expression gives as text are understood', async () => {
		const change = async (now: unknown) =>
			await lab.run('subscription', 'change', { record: rl('account', 'Contoso'), plan: rl('name', 'Business'), renewalTerm: '1', startImmediately: '={{ $json.now }}', previewFirst: '={{ $json.now }}', options: { doNotLog: '={{ $json.now }}' } }, [{ now } as IDataObject]);
		expect((await change('false')).error).toBeUndefined();
		expect(lab.writes()).toEqual([`PUT /billing/subscriptions/${lab.uid('subscription.Contoso')}/changesubscription`]);
		expect((await change('perhaps')).error?.message).toContain('Start Immediately: "perhaps" is neither true nor false');
	});

	test('only future subscriptions can be deleted', async () => {
		const [row] = lab.sim.records('Subscription').filter(({ Uid }) => Uid === lab.uid('subscription.Fabrikam'));
		row.StartDate = '2090-01-01T00:00:00';
		const future = await lab.run('subscription', 'delete', { record: rl('id', lab.uid('subscription.Fabrikam')) });
		expect([future.error, future.json]).toEqual([undefined, [{ id: lab.uid('subscription.Fabrikam'), deleted: true }]]);
		const { error } = await lab.run('subscription', 'delete', { record: rl('id', lab.uid('subscription.Contoso')) });
		expect(error?.message).toContain('Only a future subscription can be deleted');
	});

	test('by account, the one that runs is meant, and for Delete the one that begins later', async () => {
		const record = rl('account', 'Contoso');
		expect((await lab.run('subscription', 'change', { record, plan: rl('name', 'Starter'), renewalTerm: '1', previewFirst: false })).error).toBeUndefined();
		expect((await lab.run('subscription', 'get', { record })).json[0].Uid).toBe(lab.uid('subscription.Contoso'));
		const planned = lab.sim.records('Subscription').find(({ Account, StartDate }) => Account === lab.uid('account.Contoso') && later(StartDate))!;
		expect((await lab.run('subscription', 'delete', { record })).json).toEqual([{ id: planned.Uid, deleted: true }]);
		const { error } = await lab.run('subscription', 'get', { record: rl('account', 'Tailspin') });
		expect(error?.message).toBe('Subscription: there is no subscription with the account name "Tailspin"');
		expect((error as { description?: string }).description).toContain('By account, the subscription that runs is found');
	});

	test('coupons by their code', async () => {
		expect((await lab.run('subscription', 'addDiscount', { record: rl('account', 'Fabrikam'), coupon: rl('code', 'SPRING20') })).error).toBeUndefined();
		expect(lab.writes()).toEqual([`POST /billing/subscriptions/${lab.uid('subscription.Fabrikam')}/discounts/${lab.uid('discountCoupon.SPRING20')}`]);
		expect((await lab.run('discountCoupon', 'validate', { plan: rl('name', 'Team'), fields: mapper({ code: 'OLD10' }) })).error?.message).toContain('cannot be used with this plan');
	});

	test('first subscription and its price', async () => {
		const parameters = { account: rl('name', 'Tailspin'), plan: rl('name', 'Starter'), fields: mapper({ BillingRenewalTerm: 1, asOf: 'renewal' }) };
		const price = await lab.run('subscription', 'computeChargeSummary', parameters);
		expect(price.error).toBeUndefined();
		expect(lab.writes()).toEqual(['POST /billing/subscriptions/compute-charge-summary?asOf=renewal']);
		expect(price.json[0]).toMatchObject({ Amount: 29 });
		const first = await lab.run('subscription', 'createFirst', { ...parameters, fields: mapper({ BillingRenewalTerm: 1 }) });
		expect(first.error).toBeUndefined();
		const again = await lab.run('subscription', 'createFirst', { ...parameters, fields: mapper({ BillingRenewalTerm: 1 }) });
		expect(again.error?.message).toContain('has an active subscription');
	});
});

describe('add-ons and usage', () => {
	test('an add-on of an account, by both names: one read, one write', async () => {
		const { error } = await lab.run('subscriptionAddOn', 'expire', { parent: rl('name', 'Contoso'), record: rl('name', 'Extra Seats') });
		expect(error).toBeUndefined();
		expect(lab.sent()).toEqual([
			'GET /crm/accounts?Name=Contoso&fields=Uid,Name,CurrentSubscription.*,CurrentSubscription.SubscriptionAddOns.*,CurrentSubscription.SubscriptionAddOns.AddOn.*&limit=25&offset=0',
			`PUT /billing/subscriptionaddons/${lab.uid('subscriptionAddOn.Contoso Extra Seats')}/expire`,
		]);
	});

	test('usage wants the add-on on the subscription, found by account and name', async () => {
		const { error } = await lab.run(
			'usage',
			'create',
			{ parent: rl('name', 'Contoso'), subscriptionAddOn: rl('name', 'Text Messages'), fields: mapper({ Amount: '={{ $json.n }}', UsageDate: '2026-01-01T00:00:00Z' }) },
			[{ n: 5 }, { n: 7 }],
		);
		expect(error).toBeUndefined();
		expect(lab.sent().filter((line) => line.startsWith('GET'))).toHaveLength(1);
		expect(lab.bodies('/billing/usage')).toEqual(
			expect.arrayContaining([5, 7].map((Amount) => ({ Amount, UsageDate: '2026-01-01T00:00:00.000Z', SubscriptionAddOn: { Uid: lab.uid('subscriptionAddOn.Contoso Text Messages') } }))),
		);
	});

	test('usage of an add-on that is not charged by use', async () => {
		const { error } = await lab.run('usage', 'create', { parent: rl('name', 'Contoso'), subscriptionAddOn: rl('name', 'Extra Seats'), fields: mapper({ Amount: 1, UsageDate: '2026-01-01' }) });
		expect(error?.message).toContain('The add-on is not charged by usage');
	});

	test('a name without its account says what is missing', async () => {
		const { error } = await lab.run('subscriptionAddOn', 'end', { record: rl('name', 'Extra Seats') });
		expect(error?.message).toContain('can only be found if its account is known');
		expect(lab.sent()).toEqual([]);
	});

	test('the list can be narrowed to an account and to those that run', async () => {
		const { json } = await lab.run('subscriptionAddOn', 'getAll', { parent: rl('id', lab.uid('account.Contoso')), filters: where({ field: 'status', operator: 'equals', value: 'current' }), options: { include: ['AddOn'] } });
		expect(lab.sent()).toEqual([`GET /billing/subscriptionaddons?status=current&Subscription.Account.Uid=${lab.uid('account.Contoso')}&fields=*,AddOn.*&limit=25&offset=0`]);
		expect(json).toHaveLength(2);
	});
});

describe('invoices', () => {
	test('the PDF lands byte for byte in a binary field', async () => {
		const { items, error } = await lab.run('invoice', 'downloadPdf', { record: rl('number', '1001'), binaryProperty: 'invoice' });
		expect(error).toBeUndefined();
		const [{ binary, json }] = items;
		expect(json).toEqual({ Uid: lab.uid('invoice.1001'), fileName: 'Invoice-1001.pdf' });
		expect(binary?.invoice).toMatchObject({ fileName: 'Invoice-1001.pdf', mimeType: 'application/pdf' });
		expect(Buffer.from(binary!.invoice.data, 'base64').toString('latin1')).toBe('%PDF-1.4\n% Invoice 1001\n\u00ff\u00fe%%EOF');
	});

	test('a refusal of the PDF is read although bytes were asked for', async () => {
		const { error } = await lab.run('invoice', 'downloadPdf', { record: rl('id', 'missing1') });
		expect(error?.message).toContain('Invoice missing1 was not found');
	});

	test('the receipt of an unpaid invoice is refused; a payment makes it paid', async () => {
		expect((await lab.run('invoice', 'sendPaidEmail', { record: rl('number', '1002') })).error?.message).toContain('not paid');
		const { error } = await lab.run('transaction', 'addPayment', { account: rl('name', 'Contoso'), invoice: rl('number', '1002'), fields: mapper({ Amount: 119 }) });
		expect(error).toBeUndefined();
		expect((await lab.run('invoice', 'sendPaidEmail', { record: rl('number', '1002') })).error).toBeUndefined();
	});

	test('only those made by hand can be changed', async () => {
		const { error } = await lab.run('invoice', 'update', { record: rl('number', '1001'), fields: mapper({ InvoiceDate: '2026-02-01' }) });
		expect(error?.message).toContain('Only invoices made by hand can be changed');
	});

	test('create with lines, on the subscription of an account', async () => {
		const { json, error } = await lab.run('invoice', 'create', { fields: mapper({ InvoiceDate: '2026-02-01', InvoiceLineItems: '[{"Description":"Setup","Amount":250}]' }), links: linked({ Subscription: rl('key', 'Contoso') }) });
		expect(error).toBeUndefined();
		expect(lab.bodies()).toEqual([{ InvoiceDate: '2026-02-01T00:00:00.000Z', InvoiceLineItems: [{ Description: 'Setup', Amount: 250 }], Subscription: { Uid: lab.uid('subscription.Contoso') } }]);
		expect(json[0]).toMatchObject({ Amount: 250, BillingInvoiceStatusLabel: 'Unpaid' });
	});

	test('transactions of an account by its name', async () => {
		const { json } = await lab.run('transaction', 'getAll', { parent: rl('name', 'Contoso') });
		expect(lab.sent()[1]).toBe(`GET /billing/transactions/${lab.uid('account.Contoso')}?fields=*&limit=50&offset=0`);
		expect(json[0]).toMatchObject({ Amount: 119, BillingTransactionTypeLabel: 'Payment' });
	});
});

describe('tickets', () => {
	test('tags are replaced as a whole', async () => {
		const { error } = await lab.run('case', 'update', { record: rl('subject', 'Cannot log in'), fields: mapper({ Status: 2 }), links: linked({ CaseTags: rl('key', 'VIP') }) });
		expect(error).toBeUndefined();
		expect(lab.bodies()).toEqual([{ Status: 2, CaseTags: [{ Tag: { Uid: lab.uid('tag.VIP') } }] }]);
		expect(lab.sim.records('CaseTag').map((row) => row.Tag)).toEqual([lab.uid('tag.VIP')]);
	});

	test('there is no delete: the vendor answers 405', async () => {
		const { results } = { results: lab.harness.nodeType('outseta').description.properties.find((p) => p.name === 'operation' && p.displayOptions?.show?.resource?.includes('case'))!.options! };
		expect(results.map((o) => ('value' in o ? o.value : ''))).not.toContain('delete');
		const { error } = await lab.run('api', 'request', { method: 'DELETE', path: `/support/cases/${lab.uid('case.Cannot log in')}` });
		expect(error?.message).toContain('does not support http method');
	});

	test('create without the automatic answer', async () => {
		const { error } = await lab.run('case', 'create', { fields: mapper({ Subject: 'Question', Body: 'How?', Source: 1, fromEmail: 'omar@contoso.example', sendautoresponder: false }) });
		expect(error).toBeUndefined();
		expect(lab.sent()).toEqual(['POST /support/cases?sendautoresponder=false']);
		expect(lab.bodies()).toEqual([{ Subject: 'Question', Body: 'How?', Source: 1, FromPerson: { Email: 'omar@contoso.example' } }]);
		expect(lab.sim.mails).toEqual([]);
	});

	test('the answer of a customer travels in the address, encoded', async () => {
		const text = 'Is 50% / half = 1? Yes & no #1';
		const { error } = await lab.run('case', 'clientResponse', { record: rl('subject', 'Cannot log in'), fields: mapper({ comment: text }) });
		expect(error).toBeUndefined();
		expect(lab.sim.records('CaseHistory').at(-1)).toMatchObject({ Comment: text, Type: 1 });
		await lab.run('case', 'reply', { record: rl('subject', 'Cannot log in'), fields: mapper({ AgentName: 'Mia', Comment: '<p>Yes</p>' }) });
		expect(lab.bodies('/support').at(-1)).toEqual({ Case: { Uid: lab.uid('case.Cannot log in') }, AgentName: 'Mia', Comment: '<p>Yes</p>' });
	});
});

describe('email', () => {
	test('subscribe and unsubscribe by email; the welcome email is in the body here', async () => {
		const { json, error } = await lab.run('emailListSubscription', 'subscribe', { parent: rl('name', 'Newsletter'), fields: mapper({ Email: '={{ $json.mail }}', SendWelcomeEmail: true }) }, [{ mail: 'omar@contoso.example' }, { mail: 'fresh@contoso.example' }, { mail: 'jane@contoso.example' }]);
		expect(error).toBeUndefined();
		const list = { Uid: lab.uid('emailList.Newsletter') };
		expect(lab.writes()).toEqual(Array(2).fill(`POST /email/lists/${list.Uid}/subscriptions`));
		expect(lab.bodies()).toEqual(expect.arrayContaining([
			{ EmailList: list, Person: { Uid: lab.uid('person.omar@contoso.example') }, SendWelcomeEmail: true },
			{ EmailList: list, Person: { Email: 'fresh@contoso.example' }, SendWelcomeEmail: true },
		]));
		expect(json.map(({ outcome }) => outcome)).toEqual(['subscribed', 'subscribed', 'unchanged']);
		lab.sim.clearRequests();
		const left = await lab.run('emailListSubscription', 'delete', { parent: rl('name', 'Newsletter'), record: rl('email', 'jane@contoso.example') });
		expect(left.error).toBeUndefined();
		// The uid of the subscription, not of the person.
		expect(lab.sent().slice(1)).toEqual([
			`GET /email/lists/${list.Uid}/subscriptions?Person.Email=jane@contoso.example&orderBy=SubscribedDate&fields=Uid,Person.Uid,Person.Email,Person.FirstName,Person.LastName&limit=25&offset=0`,
			`DELETE /email/lists/${list.Uid}/subscriptions/${lab.uid('emailListPerson.Newsletter jane@contoso.example')}`,
			`GET /email/lists/${list.Uid}/subscriptions?Uid=${lab.uid('emailListPerson.Newsletter jane@contoso.example')}&orderBy=SubscribedDate&fields=*&limit=100&offset=0`,
		]);
	});

	test('many leave a list: their subscriptions cost pages of the list instead of a request each', async () => {
		const items = Array.from({ length: 30 }, (_, i) => ({ mail: `leaver${i}@contoso.example` }));
		const parent = rl('name', 'Newsletter');
		expect((await lab.run('emailListSubscription', 'subscribe', { parent, fields: mapper({ Email: '={{ $json.mail }}' }) }, items)).error).toBeUndefined();
		lab.sim.clearRequests();
		const { error } = await lab.run('emailListSubscription', 'delete', { parent, record: rl('email', '={{ $json.mail }}') }, items);
		expect(error).toBeUndefined();
		expect(lab.writes()).toHaveLength(items.length);
		// The list by its name, its subscribers, 25 to a page, and once more who is left.
		expect(lab.sent().length - items.length).toBe(1 + Math.ceil((items.length + 1) / 25) + 1);
	});

	test('a drip campaign is switched off when an email is added', async () => {
		const { error } = await lab.run('dripMessage', 'create', { parent: rl('name', 'Welcome series'), fields: mapper({ messageName: 'Day 2', messageSubject: 'Tips', messageBody: '<p>Tips</p>', DelayInHours: 48 }) });
		expect(error).toBeUndefined();
		expect(lab.bodies()).toEqual([{ Message: { Name: 'Day 2', Subject: 'Tips', Body: '<p>Tips</p>' }, DelayInHours: 48 }]);
		expect(lab.sim.records('DripCampaign')[0].IsActive).toBe(false);
		const changed = await lab.run('dripMessage', 'update', { parent: rl('name', 'Welcome series'), record: rl('name', 'Day 1'), fields: mapper({ DelayInHours: 12 }) });
		expect(changed.error).toBeUndefined();
		expect(lab.bodies().at(-1)).toEqual({ DelayInHours: 12 });
	});

	test('a broadcast is a draft until it gets a time', async () => {
		const uid = lab.uid('broadcastCampaign.May news');
		const { json, error } = await lab.run('broadcast', 'update', { record: rl('id', uid), fields: mapper({ SendDateTime: '2090-05-01T08:00:00+02:00' }), links: linked({ EmailListUids: rl('key', 'Newsletter') }) });
		expect(error).toBeUndefined();
		expect(lab.bodies()).toEqual([{ SendDateTime: '2090-05-01T06:00:00.000Z', EmailListUids: [lab.uid('emailList.Newsletter')] }]);
		expect(json[0]).toMatchObject({ StatusLabel: 'Pending' });
		expect((await lab.run('broadcast', 'unschedule', { record: rl('id', uid) })).json[0]).toMatchObject({ StatusLabel: 'Draft' });
	});

	test('tags: add, list, replace, none, remove', async () => {
		const record = rl('id', lab.uid('broadcastCampaign.May news'));
		const path = `/email/campaigns/broadcasts/${lab.uid('broadcastCampaign.May news')}/tags`;
		expect((await lab.run('broadcast', 'addTags', { record, tags: many(rl('name', 'Quarterly')) })).error).toBeUndefined();
		expect((await lab.run('broadcast', 'getTags', { record })).json).toEqual([expect.objectContaining({ Name: 'Quarterly', EntityTypeLabel: 'Broadcast' })]);
		expect((await lab.run('broadcast', 'setTags', { record })).error).toBeUndefined();
		expect((await lab.run('broadcast', 'removeTag', { record, tag: rl('name', 'Quarterly') })).error).toBeUndefined();
		expect(lab.writes()).toEqual([`POST ${path}`, `PUT ${path}`, `DELETE ${path}/${lab.uid('tag.Quarterly')}`]);
		expect(lab.bodies().slice(0, 2)).toEqual([{ TagUids: [lab.uid('tag.Quarterly')] }, { TagUids: [] }]);
	});

	test('a template to a person by email', async () => {
		const { error } = await lab.run('templateEmail', 'send', { person: rl('email', 'jane@contoso.example'), fields: mapper({ template: lab.uid('template.Reminder'), Subject: 'Hello' }) });
		expect(error).toBeUndefined();
		expect(lab.bodies()).toEqual([{ PersonUid: lab.uid('person.jane@contoso.example'), Subject: 'Hello' }]);
		const { json } = await lab.run('templateEmail', 'listEmailsOfTemplate', { person: rl('email', 'jane@contoso.example'), fields: mapper({ template: lab.uid('template.Reminder') }) });
		expect(json).toHaveLength(1);
	});
});

describe('activities, custom properties, tokens', () => {
	test('several types at once, in square brackets', async () => {
		const { json, error } = await lab.run('activity', 'getAll', { filters: where({ field: 'ActivityType', operator: 'oneOf', value: '100, 200' }) });
		expect(error).toBeUndefined();
		expect(lab.sent()).toEqual(['GET /activities?ActivityType=[100,200]&fields=*&limit=50&offset=0']);
		expect(json.map(({ ActivityTypeLabel }) => ActivityTypeLabel).sort()).toEqual(['Account Created', 'Person Created']);
	});

	test('definitions of custom properties', async () => {
		const { json } = await lab.run('customPropertyDefinition', 'listByEntityType', { returnAll: true, fields: mapper({ entityType: 'Account' }) });
		expect(lab.sent()).toEqual(['GET /attributes/Account/definitions?fields=*&limit=100&offset=0']);
		expect(json.map(({ SystemName }) => SystemName)).toEqual(['Industry', 'GoLiveDate', 'Modules']);
	});

	test('a profile takes the token of the person, made with the key; the token shows nowhere', async () => {
		const { json, error } = await lab.run('profile', 'get', { personEmail: 'jane@contoso.example' }, [{}, {}]);
		expect(error).toBeUndefined();
		expect(lab.sent()).toEqual(['POST /tokens', 'GET /profile', 'GET /profile']);
		expect(lab.calls()[1].headers.authorization).toMatch(/^bearer ey\./);
		expect(json[0]).toMatchObject({ Email: 'jane@contoso.example' });
		const refused = await lab.run('profile', 'changePassword', { personEmail: 'jane@contoso.example', existingPassword: 'not this one', newPassword: 'Better-one-7' });
		expect(refused.error?.message).toContain('The password is not the current one');
		for (const secret of ['Better-one-7', [...lab.sim.tokens.keys()].at(-1)!]) expect(JSON.stringify(refused.error?.message)).not.toContain(secret);
	});

	test('a token of another kind is refused', async () => {
		const { error } = await lab.run('profile', 'get', { accessToken: 'ey.not.genuine' });
		expect(error?.message).toContain('A token of a person is needed');
		expect(visible({ ...(await lab.run('profile', 'get', { accessToken: 'ey.not.genuine' })), run: {} } as never)).toContain('refused');
	});

	test('a token for a person, to act for them', async () => {
		const { json } = await lab.run('token', 'create', { fields: mapper({ username: 'jane@contoso.example' }) });
		expect(lab.bodies()).toEqual([{ username: 'jane@contoso.example' }]);
		expect(json[0]).toMatchObject({ token_type: 'bearer', access_token: expect.any(String) });
	});
});

test('a POST whose fate is unknown is not repeated', async () => {
	lab.sim.addFault({ match: { method: 'POST', path: '/api/v1/crm/people' }, kind: 'reset', afterEffect: true });
	const { error } = await lab.run('person', 'create', { fields: mapper({ Email: 'once@contoso.example' }) });
	expect(error?.message).toContain('It is not known whether Outseta did it');
	expect(lab.writes()).toEqual(['POST /crm/people']);
});

test('a change of plan whose fate is unknown is not repeated either, though it is a PUT', async () => {
	lab.sim.addFault({ match: { method: 'PUT', path: /changesubscription$/ }, kind: 'reset', afterEffect: true });
	const { error } = await lab.run('subscription', 'change', { record: rl('account', 'Contoso'), plan: rl('name', 'Business'), renewalTerm: '1' });
	expect(error?.message).toContain('It is not known whether Outseta did it');
	expect(lab.writes().filter((line) => line.endsWith('/changesubscription'))).toHaveLength(1);
	lab.sim.addFault({ match: { method: 'PUT', path: '*/cancel' }, kind: 'status', status: 502, afterEffect: true });
	expect((await lab.run('account', 'cancel', { record: rl('name', 'Contoso') })).error?.message).toContain('It is not known whether');
});

test('a refusal for haste is waited out, a second as the vendor gives no time', async () => {
	lab.sim.addFault({ match: { method: 'PUT' }, kind: 'rateLimit' });
	const started = Date.now();
	const { error } = await lab.run('person', 'update', { record: rl('id', lab.uid('person.jane@contoso.example')), fields: mapper({ Title: 'x' }) });
	expect(error).toBeUndefined();
	expect(Date.now() - started).toBeGreaterThanOrEqual(990);
	expect(Date.now() - started).toBeLessThan(5000);
});

test('addresses that people paste', async () => {
	const { tenantAddress } = (await import('../../dist/nodes/Outseta/wire/address.js')) as { tenantAddress: (given: unknown) => string };
	const { OutsetaApi } = (await import('../../dist/credentials/OutsetaApi.credentials.js')) as { OutsetaApi: new () => { test: { request: IDataObject } } };
	const { baseURL, ...request } = new OutsetaApi().test.request;
	const [, expression, rest] = /^=\{\{(.+)\}\}(.*)$/.exec(String(baseURL))!;
	const tested = (subdomain: string) => new URL((new Function('$credentials', `return ${expression}`) as (credentials: IDataObject) => string)({ subdomain }) + rest).href;
	expect(request).toMatchObject({ url: '/crm/people', qs: { limit: 1, fields: 'Uid' } });
	const given: IDataObject = {
		acme: 'https://acme.outseta.com',
		' Acme ': 'https://acme.outseta.com',
		'acme.outseta.com': 'https://acme.outseta.com',
		'https://acme.outseta.com/': 'https://acme.outseta.com',
		'https://acme.outseta.com/api/v1/crm/people?x=1': 'https://acme.outseta.com',
		'http://acme.outseta.com': 'https://acme.outseta.com',
		'members.acme.example': 'https://members.acme.example',
		'http://localhost:4000': 'http://localhost:4000',
	};
	// The test of the credential asks where the node does.
	for (const [text, address] of Object.entries(given)) expect([text, tenantAddress(text), tested(text)]).toEqual([text, address, `${String(address)}/api/v1`]);
	for (const text of ['', 'acme corp', 'https://']) expect(() => tenantAddress(text)).toThrow(/Sub-Domain/);
});
