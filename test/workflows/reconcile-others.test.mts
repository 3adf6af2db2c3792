/** Reconcile of SCIM users, of people and members in Outseta, of BranchCMS accounts and of end users in Userlot. */
import type { IDataObject } from 'n8n-workflow';
import { outsetaLab } from './outseta-support.mts';
import { described, mapper, outreachLab, rl, where } from './support.mts';
import { branchCmsLab, userlotLab } from './vendor-support.mts';

const outcomes = (json: IDataObject[]) => Object.fromEntries(json.filter(({ summary }) => !summary).map(({ key, outcome }) => [String(key), outcome]));

describe('SCIM users', () => {
	const lab = outreachLab();
	const STAFF = ['ada.admin', 'bea.brandt', 'carlos.cruz', 'dana.leaver', 'emil.ek', 'fatima.farouk', 'gina.gallo', 'hugo.haas', 'ines.ito'].map((login) => {
		const [first, last] = login.split('.').map((part) => part.charAt(0).toUpperCase() + part.slice(1));
		return { userName: `${login}@acme.example`, first, last };
	});
	const run = async (items: IDataObject[], more: IDataObject = {}) => {
		lab.harness.credentials.set('outreachScimApi', { baseUrl: `${lab.sim.url}/scim/v2`, token: lab.sim.scimToken });
		const parameters = { resource: 'scimUser', operation: 'reconcile', matchBy: 'userName', matchValue: '={{ $json.userName }}', fields: mapper({ givenName: '={{ $json.first }}', familyName: '={{ $json.last }}' }), dryRun: false, ...more };
		return await lab.harness.runNode('outreach', parameters as never, items, { credentials: ['outreachScimApi'] });
	};
	const writes = () => lab.sim.requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path.replace('/scim/v2', '')}`);

	test('are created, changed, activated and deactivated; the next run writes nothing', async () => {
		const list = [...STAFF.filter(({ first }) => first !== 'Dana').map((one) => (one.first === 'Emil' ? { ...one, last: 'Ek-Berg' } : one)), { userName: 'jonas.jansen@acme.example', first: 'Jonas', last: 'Jansen' }, { userName: 'zoe.zander@acme.example', first: 'Zoe', last: 'Zander' }];
		const { json, error } = await run(list, { notInList: 'deactivate' });
		expect(error).toBeUndefined();
		expect(writes()).toEqual(['PATCH /Users/4', 'PATCH /Users/5', 'PATCH /Users/10', 'POST /Users']);
		expect(outcomes(json)).toMatchObject({ 'dana.leaver@acme.example': 'deactivated', 'emil.ek@acme.example': 'updated', 'jonas.jansen@acme.example': 'activated', 'zoe.zander@acme.example': 'created', 'bea.brandt@acme.example': 'unchanged' });
		expect(lab.sim.record('user', 4)?.attributes.locked).toBe(true);
		lab.sim.clearRequests();
		const again = await run(list, { notInList: 'deactivate' });
		expect(writes()).toEqual([]);
		expect(new Set(Object.values(outcomes(again.json)))).toEqual(new Set(['unchanged']));
	});

	test('without the key are reported, never deactivated', async () => {
		const { json, error } = await run([{ id: 'hr-1' }], { matchBy: 'externalId', matchValue: '={{ $json.id }}', fields: mapper({ userName: 'new.one@acme.example', givenName: 'New', familyName: 'One' }), notInList: 'deactivate', protected: 'x@acme.example' });
		expect(error).toBeUndefined();
		expect(writes()).toEqual(['POST /Users']);
		expect(json[1]).toMatchObject({ outcome: 'reported', reason: 'Has no External ID, so that the list cannot tell' });
	});

	test('that Outreach does not deactivate are an error; half a list is refused', async () => {
		lab.sim.addFault({ match: { method: 'PATCH', path: '/scim/v2/Users/1' }, kind: 'status', status: 200, headers: { 'content-type': 'application/scim+json' }, body: { id: '1', userName: 'ada.admin@acme.example', active: true } });
		expect(described((await run(STAFF.slice(1), { notInList: 'deactivate' })).error).message).toContain('accepted the change of the SCIM user but did not make it');
		expect(described((await run(STAFF.slice(5), { notInList: 'deactivate' })).error).message).toBe('Refused: this would deactivate 5 of 9 people in scope, and the limit is 3');
	});

	test('a run that broke off is finished by the next one', async () => {
		const list = STAFF.slice(1).map((one) => ({ ...one, last: `${one.last}-X` }));
		lab.sim.addFault({ match: { method: 'PATCH', path: '/scim/v2/Users/5' }, kind: 'status', status: 400, body: { detail: 'not now' } });
		expect(described((await run(list, { notInList: 'deactivate', protected: 'ada.admin@acme.example', options: { parallel: 1 } })).error).message).toContain('emil.ek@acme.example');
		const done = lab.sim.requests.filter(({ method, status }) => method === 'PATCH' && status === 200).length;
		lab.sim.clearRequests();
		expect((await run(list, { protected: 'ada.admin@acme.example' })).error).toBeUndefined();
		expect(writes()).toHaveLength(8 - done);
	});
});

describe('people in Outseta', () => {
	const lab = outsetaLab();
	const ALL = ['mia.berg@acme.example', 'jane@contoso.example', 'omar@contoso.example', 'lena@fabrikam.example', 'raj@northwind.example', 'ines@tailspin.example', 'ann@adventure.example', 'bob@adventure.example', 'zoe@nowhere.example'].map((email) => ({ email }));
	const run = async (items: IDataObject[], more: IDataObject = {}, options = {}) => await lab.run('person', 'reconcile', { matchValue: '={{ $json.email }}', fields: mapper({ Title: '={{ $json.title }}' }), dryRun: false, ...more }, items, options);

	test('are created, changed and deleted; the next run writes nothing', async () => {
		const list: IDataObject[] = [...ALL.filter(({ email }) => !email.startsWith('zoe')).map((one) => (one.email.startsWith('omar') ? { ...one, title: 'Head of Planning' } : one)), { email: 'new@contoso.example', title: 'Clerk' }];
		const { json, error } = await run(list, { notInList: 'delete' });
		expect(error).toBeUndefined();
		expect(lab.writes()).toEqual([`DELETE /crm/people/${lab.uid('person.zoe@nowhere.example')}`, `PUT /crm/people/${lab.uid('person.omar@contoso.example')}`, 'POST /crm/people']);
		expect(outcomes(json)).toMatchObject({ 'zoe@nowhere.example': 'deleted', 'omar@contoso.example': 'updated', 'new@contoso.example': 'created', 'jane@contoso.example': 'unchanged' });
		expect(json.find(({ key }) => key === 'omar@contoso.example')!.changes).toEqual([{ field: 'Title', from: 'Planner', to: 'Head of Planning' }]);
		lab.sim.clearRequests();
		expect(new Set(Object.values(outcomes((await run(list, { notInList: 'delete' })).json)))).toEqual(new Set(['unchanged']));
		expect(lab.sent()).toHaveLength(1);
	});

	test('of one account are a scope that is checked on each of them', async () => {
		const filters = { related: [{ relation: 'PersonAccount.Account', record: rl('name', 'Contoso') }] };
		const { json, error } = await run([ALL[1]], { notInList: 'delete', filters });
		expect(error).toBeUndefined();
		expect(outcomes(json)).toEqual({ 'jane@contoso.example': 'unchanged', 'omar@contoso.example': 'deleted' });
		lab.sim.lie({ ignoreFilters: ['PersonAccount.Account.Uid'] });
		expect(described((await run([ALL[1]], { notInList: 'delete', filters })).error).message).toContain('Outseta ignored the filter');
	});

	test('cannot be deleted by a scope that the records do not show', async () => {
		const filters = where({ field: 'PersonAccount.Account.Name', operator: 'equals', value: 'Contoso' });
		expect(described((await run([ALL[1]], { notInList: 'delete', filters })).error).message).toContain('"PersonAccount.Account.Name" cannot be checked on the records');
		expect(lab.writes()).toEqual([]);
		expect((await run([ALL[1]], { filters })).error).toBeUndefined();
	});

	test('half a list is refused; what Outseta does not store is told', async () => {
		expect(described((await run(ALL.slice(5), { notInList: 'delete' })).error).message).toBe('Refused: this would delete 5 of 9 people in scope, and the limit is 3');
		expect(lab.writes()).toEqual([]);
		lab.sim.lie({ dropWrites: ['Title'] });
		const { json } = await run([{ ...ALL[1], title: 'Boss' }]);
		expect(json[0]).toMatchObject({ outcome: 'refused', changes: [], notApplied: ['Title'] });
	});
});

describe('members of an account in Outseta', () => {
	const lab = outsetaLab();
	const run = async (items: IDataObject[], more: IDataObject = {}, options = {}) =>
		await lab.run('accountMembership', 'reconcile', { parent: rl('name', 'Contoso'), matchValue: '={{ $json.email }}', fields: mapper({ FirstName: '={{ $json.first }}', Role: '={{ $json.role }}' }), dryRun: false, ...more }, items, options);
	const list = [{ email: 'jane@contoso.example', role: 1 }, { email: 'zoe@nowhere.example', role: 2 }, { email: 'new@contoso.example', first: 'Nell', role: 3 }];

	test('are added, changed and removed; who does not exist is created; the next run writes nothing', async () => {
		const { json, error } = await run(list, { notInList: 'remove' });
		expect(error).toBeUndefined();
		const account = lab.uid('account.Contoso');
		expect(lab.writes().map((line) => line.replace(/memberships\/.*/, 'memberships/row'))).toEqual([`DELETE /crm/accounts/${account}/memberships/row`, ...Array(2).fill(`POST /crm/accounts/${account}/memberships`)]);
		expect(lab.bodies().filter(Boolean)).toEqual([
			{ Role: 2, Person: { Uid: lab.uid('person.zoe@nowhere.example') }, Account: { Uid: account } },
			{ Role: 3, Person: { FirstName: 'Nell', Email: 'new@contoso.example' }, Account: { Uid: account } },
		]);
		expect(outcomes(json)).toEqual({ 'jane@contoso.example': 'unchanged', 'zoe@nowhere.example': 'created', 'new@contoso.example': 'created', 'omar@contoso.example': 'removed' });
		lab.sim.clearRequests();
		expect(new Set(Object.values(outcomes((await run(list, { notInList: 'remove' })).json)))).toEqual(new Set(['unchanged']));
		expect(lab.writes()).toEqual([]);
		const changed = await run(list.map((one) => (one.email.startsWith('zoe') ? { ...one, role: 1 } : one)));
		expect(changed.json[1]).toMatchObject({ outcome: 'updated', changes: [{ field: 'Role', from: 2, to: 1 }] });
		expect(lab.writes()).toHaveLength(1);
		lab.sim.lie({ dropWrites: ['Role'] });
		expect((await run(list)).error!.message).toMatch(/Outseta accepted the change of the membership but did not make it: Role is \d/);
	});

	test('the primary contact is never removed, and one list is about one account', async () => {
		const { json } = await run([{ email: 'omar@contoso.example', role: 2 }], { notInList: 'remove' });
		expect(json[1]).toMatchObject({ key: 'jane@contoso.example', outcome: 'protected', reason: 'The primary contact of the account' });
		expect(lab.writes()).toEqual([]);
		const two = await run([{ email: 'omar@contoso.example', a: 'Contoso' }, { email: 'lena@fabrikam.example', a: 'Fabrikam' }], { parent: rl('name', '={{ $json.a }}') });
		expect(described(two.error).message).toContain('the items name several of "Account"');
	});
});

describe('accounts in BranchCMS', () => {
	const lab = branchCmsLab();
	const run = async (items: IDataObject[], more: IDataObject = {}, options = {}) => await lab.run('account', 'reconcile', { matchValue: '={{ $json.email }}', fields: mapper({ title: '={{ $json.title }}', password: '={{ $json.password }}' }) as never, dryRun: false, ...more }, items, options);
	const staff = ['dana.leaver', 'carlos.cruz', 'bea.brandt', 'gina.gallo'].map((login) => ({ email: `${login}@acme.example` }));
	const writes = () => lab.sent().filter((line) => !line.startsWith('GET'));

	test('are created, changed and deleted in their domain; the password is for new ones; the next run writes nothing', async () => {
		const list = [...staff.slice(1, 3), { ...staff[3], title: 'Director', password: 'secret-1' }, { email: 'zoe.zander@acme.example', title: 'Clerk', password: 'secret-2' }];
		const { json, error } = await run(list, { notInList: 'delete', domains: 'acme.example' });
		expect(error).toBeUndefined();
		expect(writes()).toEqual(['DELETE /account/accounts/9', 'PATCH /account/accounts/12', 'POST /account/accounts']);
		expect(lab.sim.requests.filter(({ method }) => method === 'PATCH').map(({ body }) => body)).toEqual([{ title: 'Director' }]);
		expect(outcomes(json)).toEqual({ 'carlos.cruz@acme.example': 'unchanged', 'bea.brandt@acme.example': 'unchanged', 'gina.gallo@acme.example': 'updated', 'zoe.zander@acme.example': 'created', 'dana.leaver@acme.example': 'deleted' });
		expect(JSON.stringify(json)).not.toContain('secret-');
		lab.sim.clearRequests();
		expect(new Set(Object.values(outcomes((await run(list, { notInList: 'delete', domains: 'acme.example' })).json)))).toEqual(new Set(['unchanged']));
		expect(writes()).toEqual([]);
	});

	test('of a scope that the site ignores are left out here', async () => {
		lab.sim.lie({ ignoreFilters: ['attributes[memberLevel]', 'attributes[company]'] });
		const filters = where({ field: 'company', value: 'Acme' }) as never;
		const result = await run(staff.slice(1), { notInList: 'delete', filters });
		expect(result.error).toBeUndefined();
		expect(writes()).toEqual(['DELETE /account/accounts/9']);
	});

	test('half a list is refused; what the site does not store is told; a run that broke off is finished', async () => {
		expect(described((await run(staff.slice(0, 1), { notInList: 'delete' })).error).message).toBe('Refused: this would delete 39 of 40 people in scope, and the limit is 4');
		expect(writes()).toEqual([]);
		lab.sim.addFault({ match: { method: 'PATCH', path: '/api/v1/account/accounts/10' }, kind: 'status', status: 422, body: { error: 'not now' } });
		const list = staff.map((one) => ({ ...one, title: 'New Title' }));
		expect(described((await run(list, { options: { parallel: 1 } })).error).description).toContain('1 of 4 people were done before this');
		lab.sim.clearRequests();
		await run(list);
		expect(writes()).toHaveLength(3);
		lab.sim.lie({ dropWrites: ['title'] });
		expect((await run([{ ...staff[0], title: 'Other' }])).json[0]).toMatchObject({ outcome: 'refused', notApplied: ['Title'] });
	});
});

describe('end users in Userlot', () => {
	const lab = userlotLab();
	const run = async (items: IDataObject[], more: IDataObject = {}, options = {}) =>
		await lab.run('endUser', 'reconcile', { matchBy: 'external_id', matchValue: '={{ $json.id }}', fields: mapper({ first_name: '={{ $json.first }}', email: '={{ $json.email }}' }) as never, dryRun: false, ...more }, items, options);
	const writes = () => lab.sent().filter((line) => !line.startsWith('GET'));

	test('are created and changed by the documented request, and reported; the next run writes nothing', async () => {
		const list = [{ id: 'user-1-anna', first: 'Anna', email: 'anna.abel@acme.example' }, { id: 'user-1-ben', first: 'Benno', email: 'ben.becker@acme.example' }, { id: 'user-1-zoe', first: 'Zoe', email: 'zoe@acme.example' }];
		const company = rl('external_id', 'acct-1');
		const { json, error } = await run(list, { company, domains: 'acme.example' });
		expect(error).toBeUndefined();
		expect(writes()).toEqual(['PUT /end_users', 'PUT /end_users']);
		const [id] = lab.sim.records('endUser').filter(({ external_id }) => external_id === 'user-1-ben').map((one) => one.id);
		const companyId = lab.sim.records('company').find(({ external_id }) => external_id === 'acct-1')!.id;
		expect(lab.sim.requests.filter(({ method }) => method === 'PUT').map(({ body }) => body)).toEqual([
			{ id, first_name: 'Benno' },
			{ first_name: 'Zoe', email: 'zoe@acme.example', company_id: companyId, external_id: 'user-1-zoe' },
		]);
		expect(outcomes(json)).toMatchObject({ 'user-1-anna': 'unchanged', 'user-1-ben': 'updated', 'user-1-zoe': 'created' });
		lab.sim.clearRequests();
		expect(new Set(Object.values(outcomes((await run(list, { company, domains: 'acme.example' })).json)))).toEqual(new Set(['unchanged']));
		expect(writes()).toEqual([]);
	});

	test('cannot be retired, and items must have one kind of key', async () => {
		const { json, error } = await run([{ id: 'user-1-anna', first: 'Anna', email: 'anna.abel@acme.example' }], { notInList: 'delete' });
		expect(error).toBeUndefined();
		expect(new Set(Object.values(outcomes(json)))).toEqual(new Set(['unchanged', 'reported']));
		const mixed = await run([{ id: 'a@b.example', by: 'email' }, { id: 'x', by: 'external_id' }], { matchBy: '={{ $json.by }}' });
		expect(described(mixed.error).message).toContain('some items are matched by Email, others by External ID');
	});
});
