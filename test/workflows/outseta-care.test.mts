/** Outseta: input that would do harm or nothing is refused or understood, before anything is sent. */
import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { Outseta } from '../../dist/nodes/Outseta/Outseta.node.js';
import { outsetaLab } from './outseta-support.mts';
import { described, linked, mapper, rl, where } from './support.mts';
import { poller as activePoller } from './trigger-support.mts';

const lab = outsetaLab();

const columns = async (resource: string, operation: string) => (await lab.harness.loadOptions('outseta', 'resourceMapping', 'getFields', { currentNodeParameters: { resource, operation } })).fields;
const failed = (list: IDataObject[]) => list.map(({ error }) => error !== undefined);

describe('emptying', () => {
	test('what can only be set when creating is neither offered nor emptied: the members of an account', async () => {
		const choices = await lab.harness.loadOptions('outseta', 'loadOptions', 'getClearable', { currentNodeParameters: { resource: 'account', operation: 'update' } });
		expect(choices.map(({ value }) => value)).toEqual(expect.arrayContaining(['InvoiceNotes']));
		expect(choices.map(({ value }) => value)).not.toContain('PersonAccount');
		for (const name of ['PersonAccount', 'Created']) {
			const { error } = await lab.run('account', 'update', { record: rl('name', 'Contoso'), fields: mapper({}), options: { clearFields: [name] } });
			expect(error?.message).toMatch(/^Clear Fields: ".+" cannot be cleared/);
		}
		expect(lab.writes()).toEqual([]);
	});

	test('rows of Custom Fields without a value are not sent; JSON says what it means', async () => {
		const run = async (rows: IDataObject[], options: IDataObject = {}) =>
			await lab.run('person', 'update', { record: rl('id', lab.uid('person.jane@contoso.example')), fields: mapper({ FirstName: 'Jane' }), customFields: { field: rows }, options }, [{ empty: '', nothing: null }]);
		await run([{ name: 'Department', value: '={{ $json.empty }}' }, { name: 'Title', value: '' }, { name: 'Interests', value: '={{ $json.nothing }}' }]);
		await run([{ name: 'Department', value: 'Sales' }], { customFieldsJson: '{"Title": null}' });
		expect(lab.bodies()).toEqual([{ FirstName: 'Jane' }, { FirstName: 'Jane', Department: 'Sales', Title: null }]);
	});
});

describe('before anything is sent', () => {
	const nobody = 'An account needs a primary contact';

	test('each new account has a primary contact, also in Create or Update', async () => {
		const made = await lab.run('account', 'create', { fields: mapper({ Name: '={{ $json.n }}', primaryEmail: '={{ $json.e }}' }) }, [{ n: 'A', e: 'a@x.example' }, { n: 'B' }]);
		expect(made.error?.message).toBe(`${nobody} [item 1]`);
		const either = await lab.run('account', 'upsert', { matchBy: 'name', matchValue: '={{ $json.n }}', fields: mapper({ InvoiceNotes: 'x' }) }, [{ n: 'Contoso' }, { n: 'Brand New' }]);
		expect(either.error?.message).toBe(`${nobody} [item 1]`);
		expect(lab.writes()).toEqual([]);
		const known = await lab.run('account', 'upsert', { matchBy: 'name', matchValue: 'Contoso', fields: mapper({ InvoiceNotes: 'x' }) });
		expect(known.error).toBeUndefined();
	});

	test('each new ticket has somebody who asks', async () => {
		const fields = mapper({ Subject: 'Help', Body: 'Please', Source: 1 });
		const { error } = await lab.run('case', 'create', { fields });
		expect(error?.message).toBe('A ticket needs the person who asks');
		expect(lab.sent()).toEqual([]);
		expect((await lab.run('case', 'create', { fields, links: linked({ FromPerson: rl('email', 'jane@contoso.example') }) })).error).toBeUndefined();
	});

	test.each(['.', '..'])('an answer "%s", which would lead to another address, is refused', async (comment) => {
		const { error } = await lab.run('case', 'clientResponse', { record: rl('id', lab.uid('case.Cannot log in')), fields: mapper({ comment }) });
		expect(error?.message).toContain(`"${comment}" cannot be sent`);
		expect(lab.sent()).toEqual([]);
	});
});

test('one item with a bad expression does not fail the others that are added to an account', async () => {
	const a = lab.uid('account.Contoso');
	const parent = rl('id', '={{ $json.bad ? $("Nowhere").item.json.x : $json.a }}');
	const { json } = await lab.run('accountMembership', 'add', { parent, fields: mapper({ Email: '=p{{ $itemIndex }}@x.example' }) }, [{ a }, { a }, { a }, { a }, { a, bad: true }], { continueOnFail: true });
	expect(failed(json)).toEqual([false, false, false, false, true]);
});

describe('finding', () => {
	test('identifiers that differ in case only are different accounts', async () => {
		for (const [Name, ClientIdentifier] of [['A1', 'AbC'], ['A2', 'aBc']]) await lab.run('account', 'create', { fields: mapper({ Name, ClientIdentifier, primaryEmail: `${Name}@x.example` }) });
		const { json } = await lab.run('account', 'upsert', { matchBy: 'clientIdentifier', matchValue: '={{ $json.c }}', fields: mapper({ InvoiceNotes: '=for {{ $json.c }}' }) }, [{ c: 'AbC' }, { c: 'aBc' }]);
		expect(json.map(({ Name, InvoiceNotes }) => [Name, InvoiceNotes])).toEqual([['A1', 'for AbC'], ['A2', 'for aBc']]);
	});

	test('names and emails are found in any case', async () => {
		const { json } = await lab.run('account', 'get', { record: rl('name', 'CONTOSO') });
		expect(json[0]?.Name).toBe('Contoso');
	});

	test('tags of one name are told apart by what they are for', async () => {
		for (const EntityType of [4, 11]) await lab.run('tag', 'create', { fields: mapper({ Name: 'Hot', EntityType }) });
		const { results } = await lab.harness.loadOptions('outseta', 'listSearch', 'searchTag', { currentNodeParameters: { resource: 'segment', operation: 'addTags' } });
		expect(results.map(({ name }) => name)).toEqual(expect.arrayContaining(['Hot (Case)', 'Hot (Segment)']));
		const { error } = await lab.run('segment', 'addTags', { record: rl('name', 'Paying customers'), tags: { entry: [{ record: rl('name', 'Hot') }] } });
		expect(described(error).description).toMatch(/They are Hot \(Case, ID \w+\), Hot \(Segment, ID \w+\)/);
	});

	test('a day at the end of a range belongs to it', async () => {
		await lab.run('person', 'create', { fields: mapper({ Email: 'late@x.example' }) });
		const today = new Date().toISOString().slice(0, 10);
		const found = async (operator: string, value: string, until?: string) => (await lab.run('person', 'getAll', { filters: where({ field: 'Created', operator, value, until }, { field: 'Email', value: 'late@x.example' }) })).json.length;
		expect([await found('between', '2026-01-01', today), await found('atMost', today), await found('above', today), await found('atLeast', today), await found('below', today)]).toEqual([1, 1, 0, 1, 0]);
	});

	test('a choice is given by its word as well, and a wrong one names them all', async () => {
		const { error } = await lab.run('account', 'getAll', { filters: where({ field: 'AccountStage', operator: 'equals', value: 'trialing' }) });
		expect(error).toBeUndefined();
		expect(lab.sent()[0]).toContain('AccountStage=2&');
		const wrong = await lab.run('case', 'create', { fields: mapper({ Subject: 'x', Body: 'y', Source: '={{ "Fax" }}', fromEmail: 'jane@contoso.example' }) });
		expect(`${wrong.error?.message} ${String(described(wrong.error).description)}`).toMatch(/Source/);
	});

	test('a plus in More Filters is a plus', async () => {
		await lab.run('person', 'create', { fields: mapper({ Email: 'jane+crm@x.example' }) });
		const { json } = await lab.run('person', 'getAll', { options: { moreFilters: 'Email=jane+crm@x.example' } });
		expect(json.map(({ Email }) => Email)).toEqual(['jane+crm@x.example']);
	});

	test('lists inside another record have no options that would change nothing', () => {
		const { options } = new Outseta().description.properties.find(({ name }) => name === 'options') as INodeProperties;
		const resources = (option: string) => (options as INodeProperties[]).filter(({ name }) => name === option).flatMap(({ displayOptions }) => displayOptions?.show?.['/resource'] ?? []);
		for (const option of ['countOnly', 'moreFilters', 'onlyFields']) {
			expect(resources(option)).toContain('person');
			for (const inside of ['accountMembership', 'dealStage']) expect([option, resources(option)]).not.toEqual([option, expect.arrayContaining([inside])]);
		}
	});
});

test('Create or Update leaves a multi-select property alone that has its values, so that no trigger goes round', async () => {
	const { next } = await activePoller(lab.harness, 'outsetaPollingTrigger', { resource: 'activity', events: ['PersonUpdated'] });
	const schema = await columns('person', 'upsert');
	const outcomes: unknown[] = [];
	for (let i = 0; i < 3; i += 1) {
		const { json } = await lab.run('person', 'upsert', { matchValue: 'jane@contoso.example', fields: { ...mapper({ Interests: ['Billing'] as never }), schema: schema as never } });
		outcomes.push([json[0].outcome, (await next())?.length ?? 0]);
	}
	expect(outcomes).toEqual([['updated', 1], ['unchanged', 0], ['unchanged', 0]]);
});

test('Register takes the password, the email list and custom properties of the person', async () => {
	const fields = mapper({ Email: 'r@x.example', Password: 'Sesame-12', OptInToEmailList: true, personProperties: '{"Department": "Sales"}' });
	const { error } = await lab.run('account', 'register', { plan: rl('name', 'Team'), fields });
	expect(error).toBeUndefined();
	expect(lab.bodies('/crm/registrations')).toEqual([
		{
			PersonAccount: [{ IsPrimary: true, Person: { Department: 'Sales', Email: 'r@x.example', Password: 'Sesame-12', OptInToEmailList: true } }],
			Subscriptions: [{ Plan: { Uid: lab.uid('plan.Team') } }],
		},
	]);
	expect((await columns('person', 'create')).map(({ id }) => id)).not.toEqual(expect.arrayContaining(['Password']));
});

describe('what is said', () => {
	test('of a state that was reached already, not that a record exists', async () => {
		const expire = async () => await lab.run('account', 'expireCurrentSubscription', { record: rl('name', 'Contoso') });
		expect((await expire()).error).toBeUndefined();
		const { error } = await expire();
		expect(described(error).message).toContain('already');
		expect(described(error).description).not.toContain('Create or Update');
	});

	test('of a wrong token of a person, not to check the credential', async () => {
		const { error } = await lab.run('profile', 'get', { accessToken: 'forged' });
		expect(described(error).description).toContain('The access token of the person was not accepted');
	});
});

test('a login in the name of a person for an unlogged change is not logged either', async () => {
	expect((await lab.run('profile', 'update', { personEmail: 'jane@contoso.example', fields: mapper({ Title: 'X' }), options: { doNotLog: true } })).error).toBeUndefined();
	expect(lab.writes()).toEqual(['POST /tokens?donotlog=1', 'PUT /profile?donotlog=1']);
});

test('a customer is found by the email of a member, in one node and one request', async () => {
	const { json, error } = await lab.run('account', 'get', { record: rl('memberEmail', 'jane@contoso.example') });
	expect(error).toBeUndefined();
	expect(json[0].Name).toBe('Contoso');
	expect(lab.sent()).toEqual(['GET /crm/accounts?PersonAccount.Person.Email=jane@contoso.example&fields=*&limit=100&offset=0']);
	lab.sim.clearRequests();
	const many = await lab.run('account', 'get', { record: rl('memberEmail', '={{ $json.e }}') }, [{ e: 'jane@contoso.example' }, { e: 'JANE@contoso.example' }, { e: 'nobody@x.example' }, { e: 'omar@contoso.example' }, { e: 'x@x.example' }], { continueOnFail: true });
	expect(many.json.map(({ Name }) => Name)).toEqual(['Contoso', 'Contoso', undefined, 'Contoso', undefined]);
});
