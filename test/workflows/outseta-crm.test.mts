/** Outseta: people, accounts, memberships and deals; the exact requests, and the items that come out. */
import type { IDataObject } from 'n8n-workflow';
import { outsetaLab } from './outseta-support.mts';
import { automatic, linked, mapper, rl, visible, where } from './support.mts';

const lab = outsetaLab();

const pick = (list: IDataObject[], ...names: string[]) => list.map((entry) => Object.fromEntries(names.filter((name) => name in entry).map((name) => [name, entry[name]])));

describe('connection', () => {
	test('every request carries key and secret in the scheme of the vendor', async () => {
		const { error } = await lab.run('person', 'get', { record: rl('id', lab.uid('person.jane@contoso.example')) });
		expect(error).toBeUndefined();
		expect(lab.calls()[0].headers).toMatchObject({ authorization: `Outseta ${lab.sim.apiKey}:${lab.sim.apiSecret}`, accept: 'application/json' });
	});

	test('a wrong secret is said in words, and neither key nor secret shows', async () => {
		lab.connect({ apiSecret: 'wrong-secret-of-the-test' });
		const result = await lab.run('plan', 'getAll');
		expect(result.error?.message).toBe('Outseta refused to list plans: Authorization has been denied for this request.');
		expect((result.error as { description?: string }).description).toContain('Check sub-domain, key and secret');
		for (const secret of ['wrong-secret-of-the-test', lab.sim.apiKey]) expect(visible(result)).not.toContain(secret);
	});
});

describe('people', () => {
	test('get by email: one request, and the record is the answer', async () => {
		const { json, error } = await lab.run('person', 'get', { record: rl('email', 'Jane@Contoso.example') });
		expect(error).toBeUndefined();
		expect(lab.sent()).toEqual(['GET /crm/people?Email=Jane@Contoso.example&fields=*&limit=100&offset=0']);
		expect(json).toEqual([
			expect.objectContaining({
				Uid: lab.uid('person.jane@contoso.example'),
				FullName: 'Jane Doe',
				Interests: ['API', 'Billing'],
				Created: expect.stringMatching(/Z$/),
			}),
		]);
		expect(json[0]).not.toHaveProperty('_objectType');
		expect(json[0]).not.toHaveProperty('PhoneWork');
	});

	test('get with accounts: the steps in between are named', async () => {
		const { json } = await lab.run('person', 'get', { record: rl('id', lab.uid('person.jane@contoso.example')), options: { include: ['PersonAccount.Account'] } });
		expect(lab.sent()).toEqual([`GET /crm/people/${lab.uid('person.jane@contoso.example')}?fields=*,PersonAccount.*,PersonAccount.Account.*`]);
		expect(json[0].PersonAccount).toEqual([expect.objectContaining({ IsPrimary: true, Account: expect.objectContaining({ Name: 'Contoso' }) })]);
	});

	test('raw output is the answer as it came', async () => {
		const { json } = await lab.run('person', 'get', { record: rl('id', lab.uid('person.jane@contoso.example')), simplify: false });
		expect(json[0]).toMatchObject({ _objectType: 'Person', PhoneWork: null, Interests: '["API","Billing"]', Created: expect.not.stringMatching(/Z$/) });
	});

	test('create: columns, custom properties by their type, nested address', async () => {
		const { fields } = await lab.harness.loadOptions('outseta', 'resourceMapping', 'getFields', { currentNodeParameters: { resource: 'person', operation: 'create' } });
		expect(fields.filter((f) => ['Department', 'Interests', 'IsTrainer'].includes(f.id))).toEqual([
			expect.objectContaining({ id: 'Department', displayName: 'Department', type: 'string' }),
			expect.objectContaining({ id: 'Interests', displayName: 'Interests', type: 'string' }),
			expect.objectContaining({ id: 'IsTrainer', displayName: 'Is Trainer', type: 'boolean' }),
		]);
		lab.sim.clearRequests();
		const { json, error } = await lab.run(
			'person',
			'create',
			{ fields: { ...mapper({ Email: '={{ $json.mail }}', FirstName: 'Kim', 'MailingAddress.City': 'Bergen', 'MailingAddress.Country': 'Norway', Interests: 'Training, API', IsTrainer: true, LastName: '' }), schema: fields as never } },
			[{ mail: 'kim@contoso.example' }],
		);
		expect(error).toBeUndefined();
		expect(lab.sent()).toEqual(['POST /crm/people']);
		expect(lab.bodies()).toEqual([{ Email: 'kim@contoso.example', FirstName: 'Kim', MailingAddress: { City: 'Bergen', Country: 'Norway' }, Interests: '["Training","API"]', IsTrainer: true }]);
		expect(json[0]).toMatchObject({ Email: 'kim@contoso.example', Interests: ['Training', 'API'] });
	});

	test('update sends what is mapped and nothing else, with PUT', async () => {
		const { error } = await lab.run('person', 'update', { record: rl('email', 'omar@contoso.example'), fields: mapper({ Title: 'Lead Planner' }), options: { doNotLog: true } });
		expect(error).toBeUndefined();
		expect(lab.sent()).toEqual(['GET /crm/people?Email=omar@contoso.example&fields=Uid,Email,FirstName,LastName&limit=100&offset=0', `PUT /crm/people/${lab.uid('person.omar@contoso.example')}?donotlog=1`]);
		expect(lab.bodies()).toEqual([{ Title: 'Lead Planner' }]);
		expect(lab.sim.records('Activity').filter((a) => a.ActivityType === 201 && a.EntityUid === lab.uid('person.omar@contoso.example'))).toEqual([]);
	});

	test('without Do Not Log the change is in the activity log', async () => {
		await lab.run('person', 'update', { record: rl('email', 'omar@contoso.example'), fields: mapper({ Title: 'Planner' }) });
		expect(lab.sim.records('Activity').some((a) => a.ActivityType === 201 && a.EntityUid === lab.uid('person.omar@contoso.example'))).toBe(true);
	});

	test('create or update: looked up by email, only what differs is sent, nothing when nothing does', async () => {
		const { json, error } = await lab.run('person', 'upsert', { matchValue: '={{ $json.mail }}', fields: mapper({ Title: '={{ $json.title }}' }) }, [
			{ mail: 'jane@contoso.example', title: 'Operations Manager' },
			{ mail: 'omar@contoso.example', title: 'Chief' },
			{ mail: 'new@contoso.example', title: 'Trainee' },
		]);
		expect(error).toBeUndefined();
		expect(lab.writes().sort()).toEqual(['POST /crm/people', `PUT /crm/people/${lab.uid('person.omar@contoso.example')}`]);
		expect(json.map(({ outcome }) => outcome)).toEqual(['unchanged', 'updated', 'created']);
		expect(lab.bodies('/crm/people')).toEqual(expect.arrayContaining([{ Title: 'Chief' }, { Title: 'Trainee', Email: 'new@contoso.example' }]));
	});

	test('many emails cost a page of the list instead of a request each', async () => {
		lab.sim.seedPeople(150);
		const items = Array.from({ length: 40 }, (_, i) => ({ mail: `person${i}@load.example` }));
		const { json, error } = await lab.run('person', 'get', { record: rl('email', '={{ $json.mail }}') }, items);
		expect(error).toBeUndefined();
		expect(json).toHaveLength(40);
		expect(lab.sent()).toEqual(['GET /crm/people?fields=*&limit=100&offset=0', 'GET /crm/people?fields=*&limit=100&offset=1']);
	});

	test('in a large tenant each email is asked for, once', async () => {
		lab.sim.seedPeople(900);
		const items = [0, 1, 2, 3, 3].map((i) => ({ mail: `person${890 + i}@load.example` }));
		const { error } = await lab.run('person', 'update', { record: rl('email', '={{ $json.mail }}'), fields: mapper({ Title: 'x' }) }, items);
		expect(error).toBeUndefined();
		expect(lab.sent().filter((line) => line.startsWith('GET')).sort()).toEqual([
			'GET /crm/people?fields=Uid,Email,FirstName,LastName&limit=100&offset=0',
			...[0, 1, 2, 3].map((i) => `GET /crm/people?Email=person${890 + i}@load.example&fields=Uid,Email,FirstName,LastName&limit=100&offset=0`),
		].sort());
	});

	test('an unknown email says so', async () => {
		const { error } = await lab.run('person', 'delete', { record: rl('email', 'nobody@contoso.example') });
		expect(error?.message).toBe('Person: there is no person with the email "nobody@contoso.example"');
		expect(lab.writes()).toEqual([]);
	});

	test('the reasons of EntityValidationErrors reach the user', async () => {
		const { error } = await lab.run('person', 'create', { fields: mapper({ Email: 'jane@contoso.example' }) });
		expect(error?.message).toBe('Outseta refused to create person: Email jane@contoso.example is already in use');
		expect((error as { description?: string }).description).toContain('Create or Update');
	});

	test('the temporary password travels in lower camel case and shows nowhere', async () => {
		const result = await lab.run('person', 'setTemporaryPassword', { record: rl('email', 'jane@contoso.example'), fields: mapper({ temporaryPassword: 'Chang3-me-now' }) });
		expect(result.error).toBeUndefined();
		expect(lab.bodies()).toEqual([{ temporaryPassword: 'Chang3-me-now' }]);
		expect(result.json).toEqual([{ id: lab.uid('person.jane@contoso.example'), success: true, confirmed: false }]);
	});
});

describe('lists', () => {
	test('root properties alone come 100 a page; offset is the number of the page', async () => {
		lab.sim.seedPeople(230);
		const { json, error } = await lab.run('person', 'getAll', { returnAll: true });
		expect(error).toBeUndefined();
		expect(lab.sent()).toEqual([0, 1, 2].map((page) => `GET /crm/people?fields=*&limit=100&offset=${page}`));
		expect(new Set(json.map(({ Uid }) => Uid)).size).toBe(json.length);
		expect(json).toHaveLength(lab.sim.records('Person').length);
	});

	test('with child objects 25 a page', async () => {
		lab.sim.seedPeople(40);
		const { json } = await lab.run('person', 'getAll', { returnAll: true, options: { include: ['PersonAccount.Account'] } });
		expect(lab.sent()).toEqual([0, 1].map((page) => `GET /crm/people?fields=*,PersonAccount.*,PersonAccount.Account.*&limit=25&offset=${page}`));
		expect(json).toHaveLength(lab.sim.records('Person').length);
	});

	test('when the vendor lowers the limit silently, no record is missed', async () => {
		lab.sim.seedPeople(60);
		// The paths may be typed, too; whether they are child objects only the vendor knows.
		const { json } = await lab.run('api', 'request', { method: 'GET', path: '/crm/people', query: '{"limit": 100}', allPages: true });
		expect(lab.sent().length).toBeGreaterThan(2);
		expect(new Set(json.map(({ Uid }) => Uid)).size).toBe(lab.sim.records('Person').length);
	});

	test('filters with every operator, dotted paths and wildcards; order with a blank, never a plus sign', async () => {
		const { error } = await lab.run('account', 'getAll', {
			filters: where(
				{ field: 'Name', operator: 'startsWith', value: 'Con' },
				{ field: 'Name', operator: 'contains', value: 'tos' },
				{ field: 'Name', operator: 'endsWith', value: 'oso' },
				{ field: 'Currency', operator: 'notEquals', value: 'EUR' },
				{ field: 'Created', operator: 'above', value: '2020-01-01' },
				{ field: 'Created', operator: 'between', value: '2020-01-01', until: '2090-01-01T00:00:00Z' },
				{ field: 'AccountStage', operator: 'equals', value: '3' },
				{ field: 'InvoiceNotes', operator: 'empty' },
				{ field: 'PersonAccount.Person.Email', operator: 'equals', value: 'jane@*' },
				{ field: 'Industry', operator: 'equals', value: 'Retail' },
			),
			sort: { by: [{ field: 'Created', direction: 'desc' }] },
			options: { moreFilters: 'ClientIdentifier__isnull=false', search: 'cont' },
		});
		expect(error).toBeUndefined();
		expect(lab.sent()).toEqual([
			'GET /crm/accounts?Name=Con*&Name=*tos*&Name=*oso&Currency__ne=EUR&Created__gt=2020-01-01T23:59:59.999Z&Created__gte=2020-01-01T00:00:00.000Z&Created__lte=2090-01-01T00:00:00.000Z&AccountStage=3&InvoiceNotes__isnull=true&PersonAccount.Person.Email=jane@*&Industry=Retail&q=cont&ClientIdentifier__isnull=false&orderBy=Created DESC&fields=*&limit=50&offset=0',
		]);
		expect(lab.calls()[0].rawBody).toBe('');
	});

	test('accounts of a segment, by its name', async () => {
		const { json, error } = await lab.run('account', 'getAll', { filters: { related: [{ relation: 'segment', record: rl('key', 'Paying customers') }] } });
		expect(error).toBeUndefined();
		expect(lab.sent()[1]).toBe(`GET /crm/accounts?segmentUid=${lab.uid('segment.Paying customers')}&fields=*&limit=50&offset=0`);
		expect(pick(json, 'Name', 'AccountStage', 'AccountStageLabel')).toEqual([{ Name: 'Contoso', AccountStage: 3, AccountStageLabel: 'Subscribing' }]);
	});

	test('chosen fields, and the number of matches alone', async () => {
		const { json } = await lab.run('account', 'getAll', { options: { onlyFields: ['Name', 'LifetimeRevenue'] } });
		expect(lab.sent()).toEqual(['GET /crm/accounts?fields=Uid,Name,LifetimeRevenue&limit=25&offset=0']);
		expect(json[0]).toEqual({ Uid: lab.uid('account.Contoso'), Name: 'Contoso', LifetimeRevenue: 119 });
		expect((await lab.run('account', 'getAll', { options: { countOnly: true } })).json).toEqual([{ count: 6 }]);
	});

	test('the editor offers custom properties as filters, and searches at the vendor', async () => {
		const filters = await lab.harness.loadOptions('outseta', 'loadOptions', 'getFilterFields', { currentNodeParameters: { resource: 'account' } });
		expect(filters).toEqual(expect.arrayContaining([{ name: 'Industry', value: 'Industry' }, { name: 'People: Email', value: 'PersonAccount.Person.Email' }]));
		lab.sim.clearRequests();
		const { results } = await lab.harness.loadOptions('outseta', 'listSearch', 'searchPerson', { currentNodeParameters: { resource: 'person' }, filter: 'jan' });
		expect(lab.sent()).toEqual(['GET /crm/people?q=jan&fields=Uid,FirstName,LastName,Email&limit=50&offset=0']);
		expect(results).toEqual([{ name: 'Jane Doe (jane@contoso.example)', value: lab.uid('person.jane@contoso.example') }]);
	});
});

describe('accounts', () => {
	test('create with a new primary contact', async () => {
		const { json, error } = await lab.run('account', 'create', { fields: mapper({ Name: 'Litware', primaryEmail: 'sam@litware.example', primaryFirstName: 'Sam', isImported: true, 'BillingAddress.City': 'Rome' }) });
		expect(error).toBeUndefined();
		expect(lab.sent()).toEqual(['POST /crm/accounts?isImported=true']);
		expect(lab.bodies()).toEqual([{ Name: 'Litware', PersonAccount: [{ IsPrimary: true, Person: { Email: 'sam@litware.example', FirstName: 'Sam' } }], BillingAddress: { City: 'Rome' } }]);
		expect(json[0]).toMatchObject({ Name: 'Litware', Uid: expect.any(String) });
	});

	test('create with an existing primary contact', async () => {
		const { error } = await lab.run('account', 'create', { fields: mapper({ Name: 'Litware' }), links: linked({ PersonAccount: rl('key', 'zoe@nowhere.example') }) });
		expect(error).toBeUndefined();
		expect(lab.bodies()).toEqual([{ Name: 'Litware', PersonAccount: [{ IsPrimary: true, Person: { Uid: lab.uid('person.zoe@nowhere.example') } }] }]);
	});

	test('people are not replaced by an update', async () => {
		const { error } = await lab.run('account', 'update', { record: rl('name', 'Contoso'), fields: mapper({ Name: 'Contoso Ltd' }), links: linked({ PersonAccount: rl('key', 'zoe@nowhere.example') }) });
		expect(error?.message).toContain('can only be set when you create the record');
		expect(lab.sent()).toEqual([]);
	});

	test('create without anybody is stopped before it is sent', async () => {
		const { error } = await lab.run('account', 'create', { fields: mapper({ Name: 'Litware' }) });
		expect(error?.message).toBe('An account needs a primary contact');
		expect(lab.sent()).toEqual([]);
	});

	test('a name that two accounts have is not guessed', async () => {
		const { error } = await lab.run('account', 'cancel', { record: rl('name', 'Adventure Works') });
		expect(error?.message).toBe('Account: 2 accounts have the name "Adventure Works"');
		expect(lab.writes()).toEqual([]);
	});

	test('create or update by client identifier', async () => {
		const { json, error } = await lab.run('account', 'upsert', { matchBy: 'clientIdentifier', matchValue: 'C-1002', fields: mapper({ InvoiceNotes: 'Thank you' }) });
		expect(error).toBeUndefined();
		expect(lab.writes()).toEqual([`PUT /crm/accounts/${lab.uid('account.Fabrikam')}`]);
		expect(json[0]).toMatchObject({ Name: 'Fabrikam', outcome: 'updated' });
	});

	test('cancel, undo, extend a trial', async () => {
		expect((await lab.run('account', 'cancel', { record: rl('name', 'Contoso'), fields: mapper({ CancelationReason: 'Too expensive' }) })).error).toBeUndefined();
		expect(lab.bodies()).toEqual([{ Account: { Uid: lab.uid('account.Contoso') }, CancelationReason: 'Too expensive' }]);
		expect((await lab.run('account', 'removeCancellation', { record: rl('name', 'Contoso') })).json).toEqual([{ id: lab.uid('account.Contoso'), success: true }]);
		expect((await lab.run('account', 'extendTrial', { record: rl('name', 'Fabrikam'), fields: mapper({ ToDate: '2090-01-31' }) })).error).toBeUndefined();
		expect(lab.bodies().at(-1)).toEqual({ ToDate: '2090-01-31T00:00:00.000Z' });
		const refused = await lab.run('account', 'extendTrial', { record: rl('name', 'Contoso'), fields: mapper({ ToDate: '2090-01-31' }) });
		expect(refused.error?.message).toContain('Only a trial or an expired trial can be extended');
	});

	test('register: account, person and subscription in one request', async () => {
		const { json, error } = await lab.run('account', 'register', {
			plan: rl('name', 'Team'),
			fields: mapper({ Email: 'sam@litware.example', FirstName: 'Sam', Name: 'Litware', BillingRenewalTerm: 2, DiscountCode: 'SPRING20', customProperties: '{"Industry": "Health"}' }),
		});
		expect(error).toBeUndefined();
		expect(lab.sent()).toEqual(['GET /billing/plans?Name=Team&fields=Uid,Name&limit=100&offset=0', 'POST /crm/registrations']);
		expect(lab.bodies()).toEqual([
			{
				Name: 'Litware',
				Industry: 'Health',
				PersonAccount: [{ IsPrimary: true, Person: { Email: 'sam@litware.example', FirstName: 'Sam' } }],
				Subscriptions: [{ Plan: { Uid: lab.uid('plan.Team') }, BillingRenewalTerm: 2, DiscountCode: 'SPRING20' }],
			},
		]);
		expect(json[0]).toMatchObject({ Name: 'Litware', AccountStageLabel: 'Subscribing' });
	});
});

describe('memberships', () => {
	test('add: an existing person is linked, a new one created, a member stays as is', async () => {
		const { json, error } = await lab.run(
			'accountMembership',
			'add',
			{ parent: rl('name', 'Contoso'), fields: mapper({ Email: '={{ $json.mail }}', FirstName: '={{ $json.first }}', Role: 2, sendWelcomeEmail: true }) },
			[{ mail: 'zoe@nowhere.example', first: 'Zoe' }, { mail: 'new@contoso.example', first: 'Neo' }, { mail: 'jane@contoso.example', first: 'Jane' }],
		);
		expect(error).toBeUndefined();
		const account = { Uid: lab.uid('account.Contoso') };
		const path = `/crm/accounts/${account.Uid}/memberships`;
		expect(lab.writes()).toEqual([`POST ${path}?sendWelcomeEmail=true`, `POST ${path}?sendWelcomeEmail=true`]);
		expect(lab.bodies()).toEqual(expect.arrayContaining([
			{ Account: account, Person: { Uid: lab.uid('person.zoe@nowhere.example') }, Role: 2 },
			{ Account: account, Person: { Email: 'new@contoso.example', FirstName: 'Neo' }, Role: 2 },
		]));
		expect(json.map(({ outcome }) => outcome)).toEqual(['added', 'added', 'unchanged']);
	});

	describe('200 people onto an account: at most 1.25 times the fewest possible requests', () => {
		const NUMBER = 200;
		const LARGE_PAGE = 100;
		/**
		 * Nobody can do with less: one request that turns the account's name into its uid and brings its members along; one for each
		 * 100 people, since an existing person is linked by a uid and a list of uids and emails comes in pages of 100 at most, or one
		 * for each email where that is less; and one for each link that is made, since there is no call for several.
		 */
		const fewest = (people: number, links: number) => 1 + Math.min(Math.ceil(people / LARGE_PAGE), NUMBER) + links;
		const provision = async () => {
			const items = Array.from({ length: NUMBER }, (_, i) => ({ mail: `person${i}@load.example` }));
			const parameters = { parent: rl('name', 'Contoso'), fields: mapper({ Email: '={{ $json.mail }}', FirstName: 'Kim' }) };
			const before = lab.sim.records('Person').length;
			lab.sim.clearRequests();
			const { error, json } = await lab.run('accountMembership', 'add', parameters, items);
			expect(error).toBeUndefined();
			const members = new Set(lab.sim.records('PersonAccount').filter(({ Account }) => Account === lab.uid('account.Contoso')).map(({ Person }) => Person));
			const people = new Map(lab.sim.records('Person').map(({ Email, Uid }) => [Email, Uid]));
			expect(items.filter(({ mail }) => !members.has(people.get(mail) as string))).toEqual([]);
			return { sent: lab.sent().length, writes: lab.writes().length, before, outcomes: json.map(({ outcome }) => outcome) };
		};

		test.each([
			['all new, in a small tenant', 0],
			['half of them known', NUMBER / 2],
			['all known, in a tenant of 1,000', 1_000],
			['all known, in a tenant of 4,000', 4_000],
		])('%s; and again', async (_what, seeded) => {
			lab.sim.seedPeople(seeded);
			const { sent, writes, before } = await provision();
			expect(writes).toBe(NUMBER);
			expect(sent).toBeLessThanOrEqual(1.25 * fewest(before, NUMBER));
			const again = await provision();
			expect([again.writes, new Set(again.outcomes)]).toEqual([0, new Set(['unchanged'])]);
			expect(again.sent).toBeLessThanOrEqual(1.25 * fewest(again.before, 0));
		});
	});

	test('the members of an account are read once for many items, by ID as well', async () => {
		const parent = rl('id', lab.uid('account.Contoso'));
		const items = ['jane', 'omar'].map((name) => ({ mail: `${name}@contoso.example` }));
		const { error } = await lab.run('accountMembership', 'update', { parent, record: rl('email', '={{ $json.mail }}'), fields: mapper({ ReceiveInvoices: true }) }, items);
		expect(error).toBeUndefined();
		const account = `/crm/accounts/${lab.uid('account.Contoso')}`;
		// Once to find the links, and once after each change.
		expect(lab.sent().filter((line) => line.startsWith('GET'))).toEqual(Array(1 + items.length).fill(`GET ${account}?fields=Uid,PersonAccount.*,PersonAccount.Person.*`));
		expect(lab.writes().sort()).toEqual(items.map(({ mail }) => `PUT ${account}/memberships/${lab.uid(`personAccount.Contoso ${mail}`)}`).sort());
	});

	test('one who comes twice is added once, and one added meanwhile by somebody else stays as is', async () => {
		const items = Array.from({ length: 5 }, () => ({ mail: 'twice@contoso.example' }));
		const add = async (list: IDataObject[]) => await lab.run('accountMembership', 'add', { parent: rl('name', 'Contoso'), fields: mapper({ Email: '={{ $json.mail }}' }) }, list);
		const { json, error } = await add(items);
		expect(error).toBeUndefined();
		expect(json.map(({ outcome }) => outcome)).toEqual(['added', 'unchanged', 'unchanged', 'unchanged', 'unchanged']);
		expect(lab.writes()).toHaveLength(1);
		// The vendor did it, and its answer was a refusal: what it says afterwards counts.
		lab.sim.addFault({ match: { method: 'POST', path: '*/memberships' }, kind: 'status', status: 400, afterEffect: true });
		const late = await add(['a', 'b', 'c', 'd'].map((name) => ({ mail: `${name}@late.example` })));
		expect(late.error).toBeUndefined();
		expect(late.json.map(({ outcome }) => outcome).sort()).toEqual(['added', 'added', 'added', 'unchanged']);
	});

	test('update and remove by account and person: one read, one write', async () => {
		const { error } = await lab.run('accountMembership', 'update', { parent: rl('name', 'Contoso'), record: rl('email', 'omar@contoso.example'), fields: mapper({ IsPrimary: true }) });
		expect(error).toBeUndefined();
		expect(lab.sent()).toEqual([
			'GET /crm/accounts?Name=Contoso&fields=Uid,Name,PersonAccount.*,PersonAccount.Person.*&limit=25&offset=0',
			`PUT /crm/accounts/${lab.uid('account.Contoso')}/memberships/${lab.uid('personAccount.Contoso omar@contoso.example')}`,
			`GET /crm/accounts/${lab.uid('account.Contoso')}?fields=Uid,PersonAccount.*,PersonAccount.Person.*`,
		]);
		expect(lab.bodies()).toEqual([{ IsPrimary: true }]);
		lab.sim.clearRequests();
		const removed = await lab.run('accountMembership', 'delete', { parent: rl('id', lab.uid('account.Contoso')), record: rl('email', 'jane@contoso.example') });
		expect(removed.error).toBeUndefined();
		expect(lab.sent()).toEqual([
			`GET /crm/accounts/${lab.uid('account.Contoso')}?fields=Uid,PersonAccount.*,PersonAccount.Person.*`,
			`DELETE /crm/accounts/${lab.uid('account.Contoso')}/memberships/${lab.uid('personAccount.Contoso jane@contoso.example')}`,
			`GET /crm/accounts/${lab.uid('account.Contoso')}?fields=Uid,PersonAccount.*,PersonAccount.Person.*`,
		]);
	});

	test('the primary contact cannot be removed, and the reason is shown', async () => {
		const { error } = await lab.run('accountMembership', 'delete', { parent: rl('name', 'Contoso'), record: rl('email', 'jane@contoso.example') });
		expect(error?.message).toContain('The primary contact cannot be removed');
	});

	test('the people of an account', async () => {
		const { json } = await lab.run('accountMembership', 'getAll', { parent: rl('id', lab.uid('account.Contoso')) });
		expect(json.map(({ RoleLabel, Person }) => [RoleLabel, (Person as IDataObject).Email])).toEqual([['Admin', 'jane@contoso.example'], ['Member', 'omar@contoso.example']]);
		const { results } = await lab.harness.loadOptions('outseta', 'listSearch', 'searchAccountMembership', { currentNodeParameters: { resource: 'accountMembership', operation: 'update', parent: rl('name', 'Contoso') } });
		expect(results.map(({ name }) => name)).toEqual(['Jane Doe (jane@contoso.example)', 'Omar Haddad (omar@contoso.example)']);
	});

	test('a person who is not a member', async () => {
		const { error } = await lab.run('accountMembership', 'delete', { parent: rl('name', 'Contoso'), record: rl('email', 'zoe@nowhere.example') });
		expect(error?.message).toContain('there is no membership with the person email "zoe@nowhere.example"');
	});
});

describe('deals', () => {
	test('create with stage, account and people as references', async () => {
		const { error } = await lab.run('deal', 'create', {
			fields: mapper({ Name: 'New deal', Amount: '1200', DueDate: '2026-05-01' }),
			links: linked({ AssignedToPersonClientIdentifier: rl('key', 'mia.berg@acme.example'), DealPipelineStage: rl('key', 'New'), Account: rl('key', 'Contoso'), DealPeople: rl('key', 'jane@contoso.example') }),
		});
		expect(error).toBeUndefined();
		expect(lab.bodies()).toEqual([
			{ Name: 'New deal', Amount: 1200, DueDate: '2026-05-01T00:00:00.000Z', AssignedToPersonClientIdentifier: lab.uid('person.mia.berg@acme.example'), DealPipelineStage: { Uid: lab.uid('dealPipelineStage.New') }, Account: { Uid: lab.uid('account.Contoso') }, DealPeople: [{ Person: { Uid: lab.uid('person.jane@contoso.example') } }] },
		]);
	});

	test('the output of a read can be written back by name', async () => {
		const { json } = await lab.run('deal', 'get', { record: rl('name', 'Contoso upgrade'), options: { onlyFields: ['Name', 'Amount'] } });
		lab.sim.clearRequests();
		const { error } = await lab.run('deal', 'update', { record: rl('id', lab.uid('deal.Contoso upgrade')), fields: automatic }, json);
		expect(error).toBeUndefined();
		expect(lab.bodies()).toEqual([{ Name: 'Contoso upgrade', Amount: 2400 }]);
	});

	test('an activity of your own on a deal, by its name', async () => {
		const { error } = await lab.run('deal', 'addActivity', { record: rl('name', 'Contoso upgrade'), fields: mapper({ Title: 'Imported file' }) });
		expect(error).toBeUndefined();
		expect(lab.bodies()).toEqual([{ EntityType: 3, EntityUid: lab.uid('deal.Contoso upgrade'), Title: 'Imported file' }]);
	});
});
