/** Outseta, BranchCMS and Userlot that do not do what they document: nothing is reported that did not happen. */
import { outsetaLab } from './outseta-support.mts';
import { described, mapper, rl, where } from './support.mts';
import { branchCmsLab, userlotLab } from './vendor-support.mts';

describe('Outseta', () => {
	const lab = outsetaLab();
	const jane = () => rl('id', lab.uid('person.jane@contoso.example'));
	const contoso = () => rl('name', 'Contoso');

	test('an ignored filter is an error', async () => {
		lab.sim.lie({ ignoreFilters: ['LastName'] });
		const { error, json } = await lab.run('person', 'getAll', { returnAll: true, filters: where({ field: 'LastName', operator: 'equals', value: 'Nobody' }) });
		expect(described(error).message).toMatch(/^Outseta ignored the filter "Last Name": .+ does not match it$/);
		expect(json).toEqual([]);
	});

	test('a person who is still there was not deleted', async () => {
		lab.sim.lie({ skipWrites: ['*'] });
		const { error } = await lab.run('person', 'delete', { record: jane() });
		expect(described(error).message).toMatch(/^Outseta accepted the change of the person but did not make it: person \w+ is still there$/);
	});

	test('a membership that is still there was not removed', async () => {
		lab.sim.lie({ skipWrites: ['*'] });
		const { error } = await lab.run('accountMembership', 'delete', { parent: contoso(), record: rl('email', 'jane@contoso.example') });
		expect(described(error).message).toMatch(/is still there$/);
	});

	test('a membership that did not come into being was not added', async () => {
		lab.sim.lie({ skipWrites: ['*'] });
		const { error } = await lab.run('accountMembership', 'add', { parent: rl('name', 'Tailspin'), fields: mapper({ Email: 'jane@contoso.example' }) });
		expect(described(error).message).toMatch(/^Outseta accepted the change of the membership but did not make it: jane@contoso\.example does not have it$/);
	});

	test('a role in an account that did not change is an error', async () => {
		lab.sim.lie({ dropWrites: ['Role'] });
		const { error } = await lab.run('accountMembership', 'update', { parent: contoso(), record: rl('email', 'omar@contoso.example'), fields: mapper({ Role: 3 }) });
		expect(described(error).message).toMatch(/did not make it: (Role is |the record does not show Role)/);
	});

	test('an account that is not canceling was not canceled', async () => {
		lab.sim.lie({ skipWrites: ['*'] });
		const { error } = await lab.run('account', 'cancel', { record: contoso(), fields: mapper({}) });
		expect(described(error).message).toMatch(/^Outseta accepted the change of the account but did not make it: Account Stage is \d/);
	});

	test('somebody who is still on a list has not left it', async () => {
		lab.sim.lie({ skipWrites: ['*'] });
		const { error } = await lab.run('emailListSubscription', 'delete', { parent: rl('name', 'Newsletter'), record: rl('email', 'jane@contoso.example') });
		expect(described(error).message).toMatch(/is still there$/);
	});

	test('fields that did not take are named', async () => {
		lab.sim.lie({ dropWrites: ['Title'] });
		const { json } = await lab.run('person', 'update', { record: jane(), fields: mapper({ Title: 'CTO', FirstName: 'Janet' }) });
		expect(json[0]).toMatchObject({ FirstName: 'Janet', notApplied: ['Title'] });
	});

	test('large pages that fail: the list goes on in smaller ones', async () => {
		lab.sim.lie({ maxPage: 25 });
		const { json, error } = await lab.run('person', 'getAll', { returnAll: true });
		expect(error).toBeUndefined();
		expect(json.map(({ Uid }) => Uid).sort()).toEqual(lab.sim.records('Person').map(({ Uid }) => Uid).sort());
	});
});

describe('BranchCMS', () => {
	const lab = branchCmsLab();
	const someone = () => rl('id', lab.sim.records('account')[0]!.id);

	test('an account that is still there was not deleted', async () => {
		lab.sim.lie({ skipWrites: ['*'] });
		expect((await lab.refused('account', 'delete', { record: someone() })).message).toMatch(/^BranchCMS accepted the change of the account but did not make it: account \d+ is still there$/);
	});

	test('fields that did not take are named', async () => {
		lab.sim.lie({ dropWrites: ['company'] });
		const { json } = await lab.ok('account', 'update', { record: someone(), fields: mapper({ company: 'Another', lastName: 'Changed' }) });
		expect(json[0]).toMatchObject({ lastName: 'Changed', notApplied: ['Company'] });
	});

	test('an update that was not made at all is not reported as one', async () => {
		lab.sim.lie({ skipWrites: ['*'] });
		const { json } = await lab.ok('account', 'update', { record: someone(), fields: mapper({ lastName: 'Changed' }) });
		expect(json[0]).toMatchObject({ notApplied: ['Last Name'] });
	});
});

describe('Userlot', () => {
	const lab = userlotLab();
	const company = () => rl('id', lab.sim.records('company')[0]!.id);

	test('fields that did not take are named', async () => {
		lab.sim.lie({ dropWrites: ['name'] });
		const { json } = await lab.ok('company', 'update', { record: company(), fields: mapper({ name: 'Another', external_id: 'changed-1' }) });
		expect(json[0]).toMatchObject({ external_id: 'changed-1', notApplied: ['Name'] });
	});

	test('Create or Update that is answered with nothing is not confirmed', async () => {
		lab.sim.lie({ skipWrites: ['*'] });
		const { json } = await lab.ok('company', 'upsert', { externalId: 'acct-1', fields: mapper({ name: 'Another' }) });
		expect(json).toEqual([{ external_id: 'acct-1', success: true, confirmed: false }]);
	});
});
