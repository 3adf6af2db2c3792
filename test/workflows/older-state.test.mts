/**
 * Vendors whose reads show the state before a change for a while: what was done counts as done, what was not done never does, and
 * nothing is made twice.
 */
import type { IDataObject } from 'n8n-workflow';
import { outsetaLab } from './outseta-support.mts';
import { described, mapper, outreachLab, rl } from './support.mts';
import { poller } from './trigger-support.mts';
import { branchCmsLab, userlotLab } from './vendor-support.mts';

/** Shorter than the moment that the nodes wait before they read again. */
const FOR_A_MOMENT = { older: { ms: 600 } };
/** As long as the test runs. */
const LONG = { older: {} };

const outcomes = (json: IDataObject[]) => Object.fromEntries(json.map(({ key, outcome }) => [String(key).split('@')[0], outcome]));

describe('Outreach', () => {
	const lab = outreachLab({ stepMs: 5 });
	const ownedBy = (id: number) =>
		['prospect', 'account', 'task'].flatMap((type) =>
			lab.sim.records(type).filter(({ attributes, relationships }) => (relationships.owner as { id?: number } | null)?.id === id && !(type === 'account' && attributes.named === false) && !(type === 'task' && attributes.state === 'complete')),
		);
	const leave = async () => await lab.run('user', 'deprovision', { record: rl('id', 4), reassignTo: rl('id', 2) });
	const withEmail = (email: string) => lab.sim.records('prospect').filter(({ attributes }) => (attributes.emails as string[]).includes(email));

	test('Deprovision: what was handed over counts, though lists show it a moment later', async () => {
		expect(ownedBy(4).length).toBeGreaterThan(0);
		lab.sim.lie(FOR_A_MOMENT);
		const { json, error } = await leave();
		expect(error).toBeUndefined();
		expect(json[0]).toMatchObject({ locked: true, outcome: 'locked' });
		expect(ownedBy(4)).toEqual([]);
	});

	test('Deprovision: what lists do not show in the end is not claimed, and a later run says how it is', async () => {
		lab.sim.lie(LONG);
		const { json, error } = await leave();
		expect(json).toEqual([]);
		expect(described(error).message).toMatch(/^Outreach reports that it reassigned (\d+) \w+, but \1 of them still belong to the user$/);
		lab.sim.clearLies();
		const again = await leave();
		expect(again.error).toBeUndefined();
		expect(again.json[0]).toMatchObject({ locked: true, outcome: 'unchanged', prospects: { count: 0 } });
	});

	test.each([
		['prospect', 'upsert', { matchValue: 'late@acme.example', fields: mapper({ firstName: 'Lee' }) }],
		['user', 'provision', { email: 'late@acme.example', firstName: 'Lee', lastName: 'Late', role: rl('id', 2), fields: mapper({}) }],
	])('Create or Update twice, one right after the other: one %s', async (type, operation, parameters) => {
		const before = lab.sim.records(type).length;
		lab.sim.lie(FOR_A_MOMENT);
		const first = await lab.run(type, operation, parameters as IDataObject);
		const second = await lab.run(type, operation, parameters as IDataObject);
		expect([first.error, second.error]).toEqual([undefined, undefined]);
		expect([first.json[0].outcome, second.json[0].outcome]).toEqual(['created', 'unchanged']);
		expect(second.json[0].id).toBe(first.json[0].id);
		expect(lab.sim.records(type)).toHaveLength(before + 1);
	});

	test('two items about one new prospect: one record', async () => {
		lab.sim.lie(LONG);
		const { json, error } = await lab.run('prospect', 'upsert', { matchValue: 'late@acme.example', fields: mapper({ firstName: '={{ $json.name }}' }) }, [{ name: 'Lee' }, { name: 'Leo' }]);
		expect(error).toBeUndefined();
		expect(json.map(({ outcome }) => outcome)).toEqual(['created', 'updated']);
		expect(withEmail('late@acme.example').map(({ attributes }) => attributes.firstName)).toEqual(['Leo']);
	});

	test('Reconcile twice, one right after the other: nobody is created twice', async () => {
		const list = [{ email: 'zoe.zander@acme.example' }];
		const reconcile = async () => await lab.run('user', 'reconcile', { email: '={{ $json.email }}', firstName: 'Zoe', lastName: 'Zander', fields: mapper({}), dryRun: false }, list);
		lab.sim.lie(FOR_A_MOMENT);
		expect((await reconcile()).json[0]).toMatchObject({ outcome: 'created' });
		const { json, error } = await reconcile();
		expect(error).toBeUndefined();
		expect(json[0]).toMatchObject({ outcome: 'unchanged', changes: [] });
		expect(lab.sim.records('user').filter(({ attributes }) => attributes.email === 'zoe.zander@acme.example')).toHaveLength(1);
	});

	test('the polling trigger emits a change once, as soon as lists show it', async () => {
		const { next } = await poller(lab.harness, 'outreachPollingTrigger', { resource: 'prospect', events: ['changed'] });
		lab.sim.lie(LONG);
		await lab.run('prospect', 'update', { record: rl('id', 3), fields: mapper({ title: 'Later' }) });
		expect(await next()).toBeNull();
		lab.sim.clearLies();
		expect(await next()).toEqual([expect.objectContaining({ id: 3, title: 'Later' })]);
		expect(await next()).toBeNull();
	});

	test('Provision: a member whom the team shows a moment later was added', async () => {
		lab.sim.lie(FOR_A_MOMENT);
		lab.sim.addFault({ match: { method: 'PATCH', path: '/api/v2/teams/2' }, kind: 'status', status: 200, body: '', afterEffect: true });
		const { json, error } = await lab.run('user', 'provision', { email: 'emil.ek@acme.example', teams: { entry: [{ record: rl('id', 2) }] }, fields: mapper({}) });
		expect(error).toBeUndefined();
		expect(json[0]).toMatchObject({ teamsAdded: [2] });
	});

	describe('SCIM', () => {
		const run = async (resource: string, operation: string, parameters: IDataObject) => {
			lab.harness.credentials.set('outreachScimApi', { baseUrl: `${lab.sim.url}/scim/v2`, token: lab.sim.scimToken });
			return await lab.harness.runNode('outreach', { resource, operation, ...parameters } as never, [{}], { credentials: ['outreachScimApi'] });
		};

		test('a member whom the group shows a moment later was added; one whom it does not show was not', async () => {
			const parameters = { record: rl('id', '5'), group: rl('id', '2') };
			// Answered without the group, so that only a read tells.
			lab.sim.addFault({ match: { method: 'PATCH' }, kind: 'status', status: 200, body: '', afterEffect: true, times: 2 });
			lab.sim.lie(FOR_A_MOMENT);
			const { json, error } = await run('scimUser', 'addToGroup', parameters);
			expect(error).toBeUndefined();
			expect(json[0]).toMatchObject({ outcome: 'added' });
			lab.sim.clearLies();
			lab.sim.lie(LONG);
			expect(described((await run('scimUser', 'removeFromGroup', parameters)).error).message).toMatch(/user 5 is still among the members$/);
		});

		test('a user who is listed for a moment longer was deleted', async () => {
			lab.sim.lie(FOR_A_MOMENT);
			const { json, error } = await run('scimUser', 'delete', { record: rl('id', '4') });
			expect(error).toBeUndefined();
			expect(json).toEqual([{ id: '4', deleted: true }]);
		});

		test('a changed name that shows a moment later is not called missing', async () => {
			lab.sim.lie(FOR_A_MOMENT);
			// Answered without a record, so that only a read tells.
			lab.sim.addFault({ match: { method: 'PATCH' }, kind: 'status', status: 200, body: '', afterEffect: true });
			const { json, error } = await run('scimUser', 'update', { record: rl('id', '5'), fields: mapper({ familyName: 'Later' }) });
			expect(error).toBeUndefined();
			expect(json[0]).toMatchObject({ familyName: 'Later' });
			expect(json[0]).not.toHaveProperty('notApplied');
		});
	});
});

describe('Outseta', () => {
	const lab = outsetaLab();
	const contoso = () => rl('name', 'Contoso');
	const withEmail = (email: string) => lab.sim.records('Person').filter(({ Email }) => Email === email);

	test('a person who is there for a moment longer was deleted; one who stays was not', async () => {
		const gone = async () => await lab.run('person', 'delete', { record: rl('id', lab.uid('person.jane@contoso.example')) });
		lab.sim.lie(FOR_A_MOMENT);
		expect((await gone()).json).toEqual([{ id: lab.uid('person.jane@contoso.example'), deleted: true }]);
		lab.sim.reset();
		lab.sim.lie(LONG);
		expect(described((await gone()).error).message).toMatch(/is still there$/);
	});

	test('a membership that shows a moment later was added, and removed', async () => {
		lab.sim.lie(FOR_A_MOMENT);
		// Answered without a record, so that only a read tells.
		lab.sim.addFault({ match: { method: 'POST' }, kind: 'status', status: 200, body: '', afterEffect: true });
		const added = await lab.run('accountMembership', 'add', { parent: rl('name', 'Tailspin'), fields: mapper({ Email: 'jane@contoso.example' }) });
		expect(added.error).toBeUndefined();
		expect(added.json[0]).toMatchObject({ outcome: 'added' });
		const removed = await lab.run('accountMembership', 'delete', { parent: contoso(), record: rl('email', 'omar@contoso.example') });
		expect(removed.error).toBeUndefined();
	});

	test('a plan that shows a moment later was changed; one that does not show was not', async () => {
		const change = async () => await lab.run('subscription', 'change', { record: rl('account', 'Contoso'), plan: rl('name', 'Business'), renewalTerm: '2', startImmediately: true });
		for (const lie of [FOR_A_MOMENT, LONG]) {
			lab.sim.reset();
			lab.sim.lie(lie);
			// Answered without a record, so that only a read tells.
			lab.sim.addFault({ match: { method: 'PUT', path: /changesubscription$/ }, kind: 'status', status: 200, body: '', afterEffect: true });
			const { error } = await change();
			if (lie === LONG) expect(described(error).message).toMatch(/did not make it: its plan is/);
			else expect(error).toBeUndefined();
		}
	});

	test('Create or Update and Reconcile, one right after the other: one person', async () => {
		const upsert = async () => await lab.run('person', 'upsert', { matchValue: 'late@contoso.example', fields: mapper({ FirstName: 'Lee' }) });
		const reconcile = async () => await lab.run('person', 'reconcile', { matchValue: 'late@contoso.example', fields: mapper({ FirstName: 'Lee' }), dryRun: false });
		lab.sim.lie(FOR_A_MOMENT);
		expect((await upsert()).json[0].outcome).toBe('created');
		expect((await upsert()).json[0].outcome).toBe('unchanged');
		expect((await reconcile()).json[0].outcome).toBe('unchanged');
		expect(withEmail('late@contoso.example')).toHaveLength(1);
		lab.sim.reset();
		lab.sim.lie(FOR_A_MOMENT);
		expect((await reconcile()).json[0].outcome).toBe('created');
		expect((await reconcile()).json[0].outcome).toBe('unchanged');
		expect(withEmail('late@contoso.example')).toHaveLength(1);
	});

	test('Reconcile: somebody who is listed a moment after the deletion is no failure, and a member is not added twice', async () => {
		const all = lab.sim.records('Person').map(({ Email }) => ({ email: String(Email) })).filter(({ email }) => email !== 'zoe@nowhere.example');
		const reconcile = async () => await lab.run('person', 'reconcile', { matchValue: '={{ $json.email }}', fields: mapper({}), notInList: 'delete', dryRun: false }, all);
		lab.sim.lie(FOR_A_MOMENT);
		expect(outcomes((await reconcile()).json).zoe).toBe('deleted');
		lab.sim.clearLies();
		lab.sim.reset();
		// Deleted by somebody else; the list is read before it shows that.
		lab.sim.lie({ older: { reads: 1 } });
		lab.sim.addFault({ match: { method: 'GET', path: `/api/v1/crm/people/${lab.uid('person.zoe@nowhere.example')}` }, kind: 'status', status: 404 });
		expect((await lab.run('person', 'delete', { record: rl('id', lab.uid('person.zoe@nowhere.example')) })).error).toBeUndefined();
		const { json, error } = await reconcile();
		expect(error).toBeUndefined();
		expect(outcomes(json).zoe).toBe('deleted');

		lab.sim.reset();
		const members = async () => await lab.run('accountMembership', 'reconcile', { parent: contoso(), matchValue: '={{ $json.email }}', fields: mapper({ FirstName: 'Nell', Role: 3 }), dryRun: false }, [{ email: 'new@contoso.example' }]);
		lab.sim.lie(FOR_A_MOMENT);
		expect(outcomes((await members()).json).new).toBe('created');
		expect(outcomes((await members()).json).new).toBe('unchanged');
		expect(withEmail('new@contoso.example')).toHaveLength(1);
	});
});

describe('BranchCMS', () => {
	const lab = branchCmsLab();

	test('an account that is there for a moment longer was deleted; one that stays was not', async () => {
		lab.sim.lie(FOR_A_MOMENT);
		expect((await lab.ok('account', 'delete', { record: rl('id', 9) })).json).toEqual([{ id: 9, deleted: true }]);
		lab.sim.clearLies();
		lab.sim.lie(LONG);
		expect((await lab.refused('account', 'delete', { record: rl('id', 10) })).message).toMatch(/is still there$/);
	});

	test('a change that shows a moment later is not called missing', async () => {
		lab.sim.lie(FOR_A_MOMENT);
		lab.sim.addFault({ match: { method: 'PATCH' }, kind: 'status', status: 200, body: '', afterEffect: true });
		const { json } = await lab.ok('account', 'update', { record: rl('id', 9), fields: mapper({ title: 'Later' }) });
		expect(json[0]).toMatchObject({ id: 9, title: 'Later' });
		expect(json[0]).not.toHaveProperty('notApplied');
	});

	test('Create or Update and Reconcile of accounts, one right after the other: one record each', async () => {
		const upsert = async () => (await lab.ok('account', 'upsert', { matchValue: 'late@acme.example', fields: mapper({ firstName: 'Lee' }) })).json[0].outcome;
		const reconcile = async () => (await lab.ok('account', 'reconcile', { matchValue: 'later@acme.example', fields: mapper({ firstName: 'Lee' }), dryRun: false })).json[0].outcome;
		lab.sim.lie(FOR_A_MOMENT);
		expect([await upsert(), await upsert()]).toEqual(['created', 'unchanged']);
		expect([await reconcile(), await reconcile()]).toEqual(['created', 'unchanged']);
		expect(lab.sim.records('account').filter(({ email }) => String(email).startsWith('late'))).toHaveLength(2);
	});
});

describe('Userlot', () => {
	const lab = userlotLab();

	test('a change that shows a moment later is not called missing', async () => {
		const company = lab.sim.records('company')[0]!;
		lab.sim.lie(FOR_A_MOMENT);
		lab.sim.addFault({ match: { method: 'PATCH' }, kind: 'status', status: 200, body: '', afterEffect: true });
		const { json } = await lab.ok('company', 'update', { record: rl('id', company.id), fields: mapper({ name: 'Later' }) });
		expect(json[0]).toMatchObject({ id: company.id, name: 'Later' });
		expect(json[0]).not.toHaveProperty('notApplied');
	});

	test.each(['external_id', 'email'])('Reconcile by %s, one right after the other: one person', async (matchBy) => {
		const value = matchBy === 'email' ? 'late@acme.example' : 'late-1';
		const reconcile = async () => (await lab.ok('endUser', 'reconcile', { matchBy, matchValue: value, company: rl('external_id', 'acct-1'), fields: mapper({ first_name: 'Lee' }), dryRun: false })).json[0].outcome;
		lab.sim.lie(FOR_A_MOMENT);
		expect([await reconcile(), await reconcile()]).toEqual(['created', 'unchanged']);
		expect(lab.sim.records('endUser').filter((one) => one[matchBy] === value)).toHaveLength(1);
	});

	test('the polling trigger emits a new company once, as soon as the list shows it', async () => {
		const { next } = await poller(lab.harness, 'userlotPollingTrigger', { resource: 'company', events: ['created'] });
		lab.sim.lie({ older: { reads: 1 } });
		await lab.ok('company', 'create', { fields: mapper({ name: 'Later', external_id: 'late-1' }) });
		expect(await next()).toBeNull();
		expect(await next()).toEqual([expect.objectContaining({ name: 'Later' })]);
		expect(await next()).toBeNull();
	});
});

test('the control address of each simulator tells it to lie', async () => {
	const { startBranchCms, startOutreach, startOutseta, startUserlot } = await import('../simulator/index.mts');
	const account = { email: 'late@acme.example', lastName: 'Late' };
	const cases = [
		{ sim: await startOutreach(), path: '/api/v2/prospects', auth: (sim: { accessToken: string }) => ({ authorization: `Bearer ${sim.accessToken}` }), type: 'application/vnd.api+json', body: { data: { type: 'prospect', attributes: { lastName: 'Late' } } } },
		{ sim: await startOutseta({ perSecond: 1000 }), path: '/api/v1/crm/people', auth: (sim: { apiKey: string; apiSecret: string }) => ({ authorization: `Outseta ${sim.apiKey}:${sim.apiSecret}` }), type: 'application/json', body: { Email: 'late@acme.example' } },
		{ sim: await startBranchCms(), path: '/api/v1/account/accounts', auth: (sim: { token: string }) => ({ authorization: `Bearer ${sim.token}`, 'user-agent': 'test' }), type: 'application/json', body: account },
		{ sim: await startUserlot(), path: '/api/v1/companies', auth: (sim: { apiKey: string }) => ({ ApiKey: sim.apiKey }), type: 'application/json', body: { name: 'Late' } },
	];
	for (const { sim, path, auth, type, body } of cases) {
		const headers = { ...auth(sim as never), accept: type, 'content-type': type };
		const list = async (): Promise<number> => {
			const answer = (await (await fetch(`${sim.url}${path}`, { headers })).json()) as { data?: unknown[]; items?: unknown[] } | unknown[];
			return (Array.isArray(answer) ? answer : (answer.data ?? answer.items)!).length;
		};
		const control = async (method: string, lie?: object) => await fetch(`${sim.url}/__control/lies`, { method, headers: { 'content-type': 'application/json' }, ...(lie ? { body: JSON.stringify(lie) } : {}) });
		const before = await list();
		await control('POST', { older: { reads: 1 } });
		expect((await fetch(`${sim.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).status).toBeLessThan(300);
		const counts = [await list(), await list()];
		await control('DELETE');
		await control('POST', { repeat: { what: 'record' } });
		expect([path, counts[0], counts[1]! - before, await list()]).toEqual([path, before, counts[1] === before ? 0 : 1, counts[1]! + 1]);
		await sim.stop();
	}
});
