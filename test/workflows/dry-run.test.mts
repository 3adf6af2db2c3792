/** Dry Run on SCIM, Outseta, Userlot and BranchCMS. `outreach-dry-run.test.mts` has the rest. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { outsetaLab } from './outseta-support.mts';
import { mapper, outreachLab, rl } from './support.mts';
import { branchCmsLab, userlotLab } from './vendor-support.mts';

const options = { dryRun: true };
const plan = (action: string, more: IDataObject = {}) => ({ dryRun: true, action, changes: [], ...more });

/** A record as the editor stores it when somebody chooses it from the list. */
const chosen = (value: string, cachedResultName: string) => ({ __rl: true, mode: 'list', value, cachedResultName }) as unknown as INodeParameters;

describe('SCIM', () => {
	const lab = outreachLab();
	beforeEach(() => lab.harness.credentials.set('outreachScimApi', { baseUrl: `${lab.sim.url}/scim/v2`, token: lab.sim.scimToken }));
	afterEach(() => expect(lab.sim.requests.filter(({ method }) => method !== 'GET')).toEqual([]));

	const run = async (operation: string, parameters: IDataObject, items: IDataObject[] = [{}]) => {
		const { json, error } = await lab.harness.runNode('outreach', { resource: 'scimUser', operation, ...parameters, options } as INodeParameters, items, { credentials: ['outreachScimApi'] });
		expect(error).toBeUndefined();
		return json;
	};

	test('Deactivate and Activate', async () => {
		expect(await run('deactivate', { record: rl('id', '5') })).toEqual([plan('deactivate', { id: '5', name: 'Emil Ek', changes: [{ field: 'active', from: true, to: false }] })]);
		expect(await run('activate', { record: rl('id', '5') })).toEqual([plan('none', { id: '5', name: 'Emil Ek' })]);
	});

	test('groups: who would come in, who is in already', async () => {
		const [come, there] = await run('addToGroup', { record: rl('id', '={{ $json.id }}'), group: rl('id', '2') }, [{ id: 5 }, { id: 6 }]);
		const members = (lab.sim.record('team', 2)!.relationships.users as Array<{ id: number }>).map(({ id }) => id);
		expect([members.includes(5), members.includes(6)]).toEqual([false, true]);
		expect(come).toEqual(plan('add', { id: '5', name: 'Emil Ek', groupId: '2', groupName: 'East', changes: [{ field: 'group', from: null, to: 'East' }] }));
		expect(there).toMatchObject({ action: 'none', groupName: 'East', changes: [] });
		expect(await run('removeFromGroup', { record: rl('id', '6'), group: rl('id', '2') })).toMatchObject([{ action: 'remove', changes: [{ field: 'group', from: 'East', to: null }] }]);
	});

	test('Patch: each operation beside what there is', async () => {
		const [json] = await run('patch', { record: rl('id', '5'), patch: { row: [{ op: 'replace', path: 'name.givenName', value: 'Emilio' }, { op: 'remove', path: 'title' }] } });
		expect(json.changes).toEqual([{ field: 'name.givenName', from: 'Emil', to: 'Emilio' }, { field: 'title', from: 'Sales Development Representative', to: null }]);
	});
});

describe('Outseta', () => {
	const lab = outsetaLab();
	const run = async (resource: string, operation: string, parameters: IDataObject) => {
		const { json, error } = await lab.run(resource, operation, { ...parameters, options: { ...options, ...(parameters.options as IDataObject) } });
		expect(error).toBeUndefined();
		return json;
	};
	const jane = { id: expect.any(String), name: 'Jane Doe' };
	const contoso = { parent: rl('name', 'Contoso') };

	test('Update and Delete', async () => {
		expect(await run('person', 'update', { record: rl('email', 'jane@contoso.example'), fields: mapper({ FirstName: 'Janet' }) })).toEqual([plan('update', { ...jane, changes: [{ field: 'FirstName', from: 'Jane', to: 'Janet' }] })]);
		expect(await run('person', 'delete', { record: rl('id', lab.uid('person.jane@contoso.example')) })).toEqual([plan('delete', jane)]);
		expect(lab.writes()).toEqual([]);
	});

	test('memberships and email lists: a new person, and one who is there', async () => {
		expect(await run('accountMembership', 'add', { ...contoso, fields: mapper({ Email: 'new@contoso.example', FirstName: 'New' }) })).toEqual([
			plan('add', {
				name: 'new@contoso.example',
				newPerson: true,
				changes: [{ field: 'account', from: null, to: 'Contoso' }, { field: 'FirstName', from: null, to: 'New' }, { field: 'Email', from: null, to: 'new@contoso.example' }],
			}),
		]);
		expect(await run('accountMembership', 'add', { ...contoso, fields: mapper({ Email: 'jane@contoso.example' }) })).toEqual([plan('none', jane)]);
		const list = { parent: rl('name', 'Newsletter') };
		expect(await run('emailListSubscription', 'subscribe', { ...list, fields: mapper({ Email: 'jane@contoso.example' }) })).toEqual([plan('none', jane)]);
		expect(await run('emailListSubscription', 'subscribe', { ...list, fields: mapper({ Email: 'omar@contoso.example' }) })).toMatchObject([{ action: 'subscribe', newPerson: false, changes: [{ field: 'emailList', from: null, to: 'Newsletter' }] }]);
		expect(lab.writes()).toEqual([]);
	});

	test('a change of plan says what it would cost: the preview is a read', async () => {
		const change = { record: rl('account', 'Contoso'), plan: chosen(lab.uid('plan.Business'), 'Business'), renewalTerm: '2', startImmediately: true };
		expect(await run('subscription', 'change', change)).toEqual([
			plan('change', {
				...{ id: lab.uid('subscription.Contoso'), name: 'Contoso' },
				changes: [{ field: 'BillingRenewalTerm', from: 1, to: 2 }, { field: 'Plan', from: 'Team', to: 'Business' }],
				preview: expect.objectContaining({ Amount: 2990 }),
			}),
		]);
		expect(lab.writes()).toEqual([expect.stringMatching(/^PUT .*\/changesubscriptionpreview\?/)]);
	});

	test('a change that costs too much is refused, as in a real run', async () => {
		const { error } = await lab.run('subscription', 'change', { record: rl('account', 'Contoso'), plan: rl('id', lab.uid('plan.Business')), renewalTerm: '2', startImmediately: true, options: { ...options, maxCharge: 10 } });
		expect(error?.message).toMatch(/would cost 2990/);
	});

	test('a profile is not opened with a token made for it, and passwords are not shown', async () => {
		expect(await run('profile', 'update', { personEmail: 'jane@contoso.example', fields: mapper({ FirstName: 'Janet' }) })).toEqual([plan('update', { name: 'jane@contoso.example', changes: [{ field: 'FirstName', to: 'Janet' }] })]);
		const json = await run('profile', 'changePassword', { personEmail: 'jane@contoso.example', existingPassword: 'first-secret', newPassword: 'other-secret' });
		expect(json).toEqual([plan('changePassword', { name: 'jane@contoso.example', changes: [{ field: 'password', to: '***' }] })]);
		expect(lab.sent()).toEqual([]);
	});
});

describe('Userlot', () => {
	const lab = userlotLab();
	afterEach(() => expect(lab.sent().filter((line) => !line.startsWith('GET'))).toEqual([]));

	test('Create or Update: found by its ID, or new', async () => {
		const { json } = await lab.ok('company', 'upsert', { externalId: '={{ $json.id }}', fields: mapper({ name: 'Renamed' }), options }, [{ id: 'acct-1' }, { id: 'nope' }]);
		expect(json).toEqual([
			plan('update', { id: expect.any(String), name: 'Acme', changes: [{ field: 'name', from: 'Acme', to: 'Renamed' }] }),
			plan('create', { name: 'Renamed', changes: [{ field: 'name', from: null, to: 'Renamed' }, { field: 'external_id', from: null, to: 'nope' }] }),
		]);
		expect(lab.sent().sort()).toEqual(['GET /companies?external_id=acct-1', 'GET /companies?external_id=nope']);
	});

	test('Update and Identify', async () => {
		const move = await lab.ok('endUser', 'update', { record: rl('email', 'anna.abel@acme.example'), company: rl('name', 'Globex'), fields: mapper({ first_name: 'Ann' }), options });
		expect(move.json).toEqual([plan('update', { id: expect.any(String), name: 'Anna Abel', changes: [{ field: 'first_name', from: 'Anna', to: 'Ann' }, { field: 'company_id', from: expect.any(String), to: 'Globex' }] })]);
		const { json } = await lab.ok('endUser', 'identify', { userEmail: 'a@b.example', companyName: 'Acme', options });
		expect(json).toEqual([plan('identify', { name: 'a@b.example', changes: [{ field: 'user_email', to: 'a@b.example' }, { field: 'company_name', to: 'Acme' }] })]);
	});
});

describe('BranchCMS', () => {
	const lab = branchCmsLab();
	afterEach(() => expect(lab.sent().filter((line) => !line.startsWith('GET'))).toEqual([]));
	const dana = { id: 9, name: 'Dana Leaver' };

	test('Create or Update: passwords are not shown', async () => {
		const { json } = await lab.ok('account', 'upsert', { matchValue: '={{ $json.email }}', fields: mapper({ firstName: 'X', password: 'hush-hush' }), options }, [{ email: 'dana.leaver@acme.example' }, { email: 'new@site.example' }]);
		expect(json).toEqual([
			plan('update', { ...dana, changes: [{ field: 'firstName', from: 'Dana', to: 'X' }, { field: 'password', to: '***' }] }),
			plan('create', { name: 'X', changes: [{ field: 'firstName', from: null, to: 'X' }, { field: 'password', from: null, to: '***' }, { field: 'email', from: null, to: 'new@site.example' }] }),
		]);
	});

	test('Replace shows what would be lost', async () => {
		const { json } = await lab.ok('account', 'replace', { record: rl('id', '9'), fields: mapper({ firstName: 'X' }), options });
		expect(json).toEqual([plan('replace', { ...dana, changes: expect.arrayContaining([{ field: 'firstName', from: 'Dana', to: 'X' }, { field: 'company', from: 'Acme', to: null }]) })]);
	});

	test('Delete and Upload', async () => {
		const gone = await lab.ok('account', 'delete', { record: rl('email', 'dana.leaver@acme.example'), options });
		expect(gone.json).toEqual([plan('delete', dana)]);
		const file = { data: Buffer.from('picture').toString('base64'), mimeType: 'image/png', fileName: 'p.png' };
		const { json } = await lab.ok('event', 'upload', { options }, [{ json: {}, binary: { data: file } }]);
		expect(json).toEqual([plan('upload', { name: 'p.png', bytes: 7, mimeType: 'image/png', path: '/calendar/upload' })]);
	});
});
