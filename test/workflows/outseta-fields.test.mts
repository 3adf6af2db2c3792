/** Outseta: custom properties of accounts, people and deals, related records that come along, and the order of lists. */
import type { IDataObject } from 'n8n-workflow';
import { outsetaLab } from './outseta-support.mts';
import { mapper, rl, tinyServer, where } from './support.mts';

const lab = outsetaLab();

const columns = async (resource: string, operation = 'update') =>
	(await lab.harness.loadOptions('outseta', 'resourceMapping', 'getFields', { currentNodeParameters: { resource, operation } })).fields;

describe('custom properties', () => {
	test.each([
		['account', [['Industry', 'Industry', 'options'], ['GoLiveDate', 'Go-Live Date', 'dateTime'], ['Modules', 'Modules in Use', 'string']]],
		['person', [['Department', 'Department', 'string'], ['Interests', 'Interests', 'string'], ['IsTrainer', 'Is Trainer', 'boolean']]],
		['deal', [['Competitor', 'Competitor', 'string']]],
	])('of %s are columns of the mapper with label and type, and filters', async (resource, expected) => {
		const names = new Set(expected.map(([name]) => name));
		const fields = await columns(resource);
		expect(fields.filter(({ id }) => names.has(id)).map(({ id, displayName, type }) => [id, displayName, type])).toEqual(expected);
		const filters = await lab.harness.loadOptions('outseta', 'loadOptions', 'getFilterFields', { currentNodeParameters: { resource } });
		expect(filters).toEqual(expect.arrayContaining(expected.map(([value, name]) => ({ name, value }))));
	});

	test('choices are offered, lists travel as JSON text, and what the vendor refuses is told', async () => {
		const schema = await columns('account');
		expect(schema.find(({ id }) => id === 'Industry')?.options).toEqual(['Education', 'Health', 'Retail'].map((value) => expect.objectContaining({ name: value, value })));
		lab.sim.clearRequests();
		const write = async (values: IDataObject) => await lab.run('account', 'update', { record: rl('id', lab.uid('account.Contoso')), fields: { ...mapper(values), schema: schema as never } });
		expect((await write({ Modules: 'Payroll, Chess' })).error?.message).toContain('Modules knows only Calendar, Payroll, Reports');
		expect(lab.bodies()).toEqual([{ Modules: '["Payroll","Chess"]' }]);
		lab.sim.clearRequests();
		const { json, error } = await write({ Industry: 'Health', GoLiveDate: '2026-03-01T23:30:00+02:00', Modules: ['Payroll', 'Reports'] });
		expect(error).toBeUndefined();
		expect(lab.bodies()).toEqual([{ Industry: 'Health', GoLiveDate: expect.stringMatching(/^2026-03-01/), Modules: '["Payroll","Reports"]' }]);
		expect(json[0]).toMatchObject({ Industry: 'Health', Modules: ['Payroll', 'Reports'] });
	});

	test('of a deal are written, filtered by and shown', async () => {
		const schema = await columns('deal');
		const { error } = await lab.run('deal', 'update', { record: rl('name', 'Contoso upgrade'), fields: { ...mapper({ Competitor: 'Initech' }), schema: schema as never } });
		expect(error).toBeUndefined();
		expect(lab.bodies()).toEqual([{ Competitor: 'Initech' }]);
		lab.sim.clearRequests();
		const { json } = await lab.run('deal', 'getAll', { filters: where({ field: 'Competitor', operator: 'startsWith', value: 'Ini' }) });
		expect(lab.sent()).toEqual(['GET /crm/deals?Competitor=Ini*&fields=*&limit=50&offset=0']);
		expect(json).toEqual([expect.objectContaining({ Name: 'Contoso upgrade', Competitor: 'Initech' })]);
	});
});

describe('related records', () => {
	test.each([
		['account', ['PersonAccount.Person', 'CurrentSubscription', 'CurrentSubscription.Plan', 'CurrentSubscription.SubscriptionAddOns.AddOn']],
		['person', ['PersonAccount.Account', 'PersonAccount.Account.CurrentSubscription.Plan', 'EmailListPerson.EmailList']],
		['subscription', ['Account', 'Plan']],
	])('of %s are offered by name', async (resource, expected) => {
		const choices = await lab.harness.loadOptions('outseta', 'loadOptions', 'getIncludes', { currentNodeParameters: { resource, operation: 'getAll' } });
		expect(choices.map(({ value }) => value)).toEqual(expect.arrayContaining(expected));
		for (const { name } of choices) expect(name).toMatch(/^[A-Z][\w -]+$/);
	});

	test('any path may be typed, in Include and in Fields to Return; every step is asked for', async () => {
		const { json, error } = await lab.run('account', 'get', { record: rl('id', lab.uid('account.Contoso')), options: { onlyFields: ['Name', 'CurrentSubscription.Plan.Name'], include: ['PersonAccount.Person.MailingAddress'] } });
		expect(error).toBeUndefined();
		expect(lab.sent()).toEqual([
			`GET /crm/accounts/${lab.uid('account.Contoso')}?fields=Uid,Name,CurrentSubscription.Uid,CurrentSubscription.Plan.Uid,CurrentSubscription.Plan.Name,PersonAccount.*,PersonAccount.Person.*,PersonAccount.Person.MailingAddress.*`,
		]);
		expect(json[0]).toMatchObject({ Name: 'Contoso', CurrentSubscription: { Plan: { Name: 'Team' } } });
	});
});

test('the plus sign of the order travels as one, never encoded', async () => {
	const asked: string[] = [];
	const server = await tinyServer((request, response) => {
		asked.push(request.url ?? '');
		response.setHeader('content-type', 'application/json');
		response.end(JSON.stringify({ metadata: { limit: 25, offset: 0, total: 0 }, items: [] }));
	});
	try {
		lab.connect({ subdomain: server.url });
		const sorted = { sort: { by: [{ field: 'Created', direction: 'desc' }] } } as never;
		expect((await lab.run('account', 'getAll', sorted)).error).toBeUndefined();
		// Both forms that people copy from the vendor's pages.
		expect((await lab.run('account', 'getAll', { options: { moreFilters: 'orderBy=Created+DESC' } })).error).toBeUndefined();
		expect((await lab.run('api', 'request', { path: '/crm/accounts', query: '{"orderBy": "Created+DESC"}' })).error).toBeUndefined();
	} finally {
		await server.stop();
	}
	expect(asked.map((url) => /[?&]orderBy=([^&]*)/.exec(url)?.[1])).toEqual(Array(3).fill('Created+DESC'));
});
