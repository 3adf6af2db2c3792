/** Provision, Deprovision and Reactivate: what is read, what is written, and that a second run writes nothing. */
import type { IDataObject } from 'n8n-workflow';
import { automatic, mapper, outreachLab, rl, seen } from './support.mts';

const lab = outreachLab();

const LOOK_UP = 'GET /users?filter[email]';
const teams = (...records: unknown[]) => ({ entry: records.map((record) => ({ record })) });
const members = (team: number) =>
	(lab.sim.record('team', team)?.relationships.users as Array<{ id: number }>).map(({ id }) => id);

/** A new sales rep, as a form would send her. */
const zoe = { email: 'zoe.zander@acme.example', firstName: 'Zoe', lastName: 'Zander', title: 'Account Executive' };
const byForm: IDataObject = {
	email: '={{ $json.email }}',
	role: rl('name', 'Account Executive'),
	profile: rl('name', 'Sales Rep'),
	fields: mapper({ firstName: '={{ $json.firstName }}', lastName: '={{ $json.lastName }}', title: '={{ $json.title }}' }),
};

describe('provision', () => {
	test('creates who is not there: one look-up per kind, one write', async () => {
		const { json, error } = await lab.run('user', 'provision', byForm, [zoe]);
		expect(error).toBeUndefined();
		expect(lab.sent().slice(0, 3).sort()).toEqual([
			'GET /profiles?filter[name]=Sales Rep&fields[profile]=name&page[size]=1000',
			'GET /roles?filter[name]=Account Executive&fields[role]=name&page[size]=1000',
			'GET /users?filter[email]=zoe.zander@acme.example&page[size]=1000',
		]);
		expect(lab.sent().slice(3)).toEqual(['POST /users']);
		expect(lab.bodies()).toEqual([
			{
				data: {
					type: 'user',
					attributes: { email: 'zoe.zander@acme.example', firstName: 'Zoe', lastName: 'Zander', title: 'Account Executive' },
					relationships: { role: { data: { type: 'role', id: 3 } }, profile: { data: { type: 'profile', id: 3 } } },
				},
			},
		]);
		expect(json).toEqual([
			expect.objectContaining({ id: 11, email: zoe.email, name: 'Zoe Zander', locked: false, roleId: 3, profileId: 3, outcome: 'created', unlocked: false, teamsAdded: [] }),
		]);
	});

	test('a second run with the same input sends no write', async () => {
		const input = { ...byForm, teams: teams(rl('name', 'East')) };
		await lab.run('user', 'provision', input, [zoe]);
		expect(members(2)).toContain(11);
		lab.sim.clearRequests();
		const { json } = await lab.run('user', 'provision', input, [zoe]);
		expect(lab.writes()).toEqual([]);
		expect(json[0]).toMatchObject({ id: 11, outcome: 'unchanged', unlocked: false, teamsAdded: [] });
	});

	test('updates only what differs', async () => {
		await lab.run('user', 'provision', byForm, [{ email: 'emil.ek@acme.example', firstName: 'Emil', lastName: 'Ek-Berg', title: 'Sales Development Representative' }]);
		expect(lab.writes()).toEqual(['PATCH /users/5']);
		expect(lab.bodies()).toEqual([
			{ data: { type: 'user', id: 5, attributes: { lastName: 'Ek-Berg' }, relationships: { role: { data: { type: 'role', id: 3 } } } } },
		]);
	});

	test('unlocks', async () => {
		const { json } = await lab.run('user', 'provision', { email: 'Jonas.Jansen@acme.example', fields: mapper({}) });
		expect(lab.bodies()).toEqual([{ data: { type: 'user', id: 10, attributes: { locked: false } } }]);
		expect(json[0]).toMatchObject({ id: 10, locked: false, outcome: 'updated', unlocked: true });
	});

	test.each([
		['id', 'id', 'id'],
		['list', 'list', 'list'],
		['name', 'name', 'name'],
	])('role and profile by %s', async (_what, roleMode, profileMode) => {
		const value = (mode: string, id: number, name: string) => (mode === 'name' ? name : mode === 'id' ? String(id) : id);
		await lab.run('user', 'provision', {
			email: 'emil.ek@acme.example',
			role: rl(roleMode, value(roleMode, 6, 'Sales Engineer')),
			profile: rl(profileMode, value(profileMode, 4, 'Sales Manager')),
			fields: mapper({}),
		});
		expect(lab.bodies()).toEqual([
			{ data: { type: 'user', id: 5, relationships: { role: { data: { type: 'role', id: 6 } }, profile: { data: { type: 'profile', id: 4 } } } } },
		]);
	});

	test('fields of the item are mapped automatically; the names of the parameters are no fields', async () => {
		const item = { ...zoe, role: 'Sales Engineer', profile: 'Sales Rep' };
		const input = { email: '={{ $json.email }}', role: rl('name', '={{ $json.role }}'), profile: rl('name', '={{ $json.profile }}'), fields: automatic };
		await lab.run('user', 'provision', input, [item]);
		expect(lab.bodies()[0].data.attributes).toEqual(zoe);
		lab.sim.clearRequests();
		// The email is the login and cannot be changed, so another case of it is nothing to write.
		const { json, error } = await lab.run('user', 'provision', input, [{ ...item, email: 'Zoe.Zander@ACME.example' }]);
		expect(error).toBeUndefined();
		expect(lab.writes()).toEqual([]);
		expect(json[0]).toMatchObject({ id: 11, outcome: 'unchanged' });
	});

	test.each([
		[undefined, undefined, undefined],
		[false, { sendInvite: false }, false],
		[true, { sendInvite: true }, true],
	])('sendInvite %s', async (choice, meta, asked) => {
		await lab.run('user', 'provision', { ...byForm, options: choice === undefined ? {} : { sendInvite: choice } }, [zoe]);
		expect(lab.bodies()[0].data.meta).toEqual(meta);
		expect(lab.sim.invites.map(({ email, requested }) => [email, requested])).toEqual([[zoe.email, asked]]);
	});

	test('teams: one write per team for all items, and other members stay', async () => {
		const people = [zoe, { ...zoe, email: 'yan.yu@acme.example', firstName: 'Yan' }, { ...zoe, email: 'bea.brandt@acme.example', firstName: 'Bea', lastName: 'Brandt', title: 'Sales Manager' }];
		const { json, error } = await lab.run(
			'user',
			'provision',
			{ ...byForm, role: rl('name', ''), profile: rl('name', ''), teams: teams(rl('id', 1), rl('name', 'Customer Success')), options: { parallel: 1 } },
			people,
		);
		expect(error).toBeUndefined();
		expect(lab.writes()).toEqual(['POST /users', 'POST /users', 'PATCH /teams/1', 'PATCH /teams/3']);
		// Bea (2) is in West already; Carlos, Dana and Emil stay.
		expect(lab.bodies('/teams/1')).toEqual([
			{ data: { type: 'team', id: 1, relationships: { users: { data: [2, 3, 4, 5, 11, 12].map((id) => ({ type: 'user', id })) } } } },
		]);
		expect(members(1)).toEqual([2, 3, 4, 5, 11, 12]);
		expect(members(3).sort()).toEqual([11, 12, 2, 7].sort());
		expect(json.map(({ teamsAdded }) => teamsAdded)).toEqual([[1, 3], [1, 3], [3]]);
	});

	test('a team that refuses: the users are there, and each item says so for itself', async () => {
		lab.sim.addFault({ match: { method: 'PATCH', path: '/api/v2/teams/1' }, kind: 'status', status: 403 });
		const { items } = await lab.run(
			'user',
			'provision',
			{ ...byForm, teams: teams(rl('id', 1)) },
			[zoe, { ...zoe, email: 'yan.yu@acme.example' }],
			{ continueOnFail: true },
		);
		expect(items.map(({ json }) => json.error)).toEqual([0, 1].map((n) => expect.stringMatching(new RegExp(`^Outreach refused to update team 1: .* \\[item ${n}\\]$`))));
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
		for (const { json } of items) expect(String(json.details).match(/The user was provisioned/g)).toHaveLength(1);
	});

	test('500 items cost ten look-ups of users, one of roles, one of profiles', async () => {
		const ids = lab.sim.seedUsers(500, 'rep');
		for (const id of ids) lab.sim.update('user', id, { relationships: { role: 3, profile: 3 } });
		const people = ids.map((id) => lab.sim.record('user', id)!.attributes as IDataObject);
		const { json, error } = await lab.run('user', 'provision', { ...byForm, fields: mapper({ firstName: '={{ $json.firstName }}' }) }, people);
		expect(error).toBeUndefined();
		expect(json).toHaveLength(500);
		expect(json.every(({ outcome }) => outcome === 'unchanged')).toBe(true);
		expect(json.map(({ id }) => id)).toEqual(ids);
		const sent = lab.sent();
		expect(sent).toHaveLength(12);
		expect(sent.filter((line) => line.startsWith(LOOK_UP))).toHaveLength(10);
		expect(sent.find((line) => line.includes('rep0@'))).toBe(
			`GET /users?filter[email]=${Array.from({ length: 50 }, (_, i) => `rep${i}@load.example`).join(',')}&page[size]=1000`,
		);
	});

	test('one email twice in a run, in another case, makes one user', async () => {
		const { json } = await lab.run('user', 'provision', { ...byForm, options: { parallel: 10 } }, [
			zoe,
			{ ...zoe, email: 'ZOE.Zander@acme.example', title: 'Manager' },
			{ ...zoe, title: 'Manager' },
		]);
		expect(lab.writes()).toEqual(['POST /users', 'PATCH /users/11']);
		expect(lab.bodies('/users/11')).toEqual([{ data: { type: 'user', id: 11, attributes: { title: 'Manager' } } }]);
		expect(json.map(({ id, outcome }) => [id, outcome])).toEqual([[11, 'created'], [11, 'updated'], [11, 'unchanged']]);
	});

	test('a new user without a name: said before anything is written, also for the items before', async () => {
		const { error } = await lab.run(
			'user',
			'provision',
			{ email: '={{ $json.email }}', fields: automatic },
			[zoe, { email: 'nobody@acme.example', firstName: 'No' }],
		);
		expect(error?.message).toMatch(/Last Name/);
		expect(error?.message).toMatch(/\[item 1\]$/);
		expect(lab.writes()).toEqual([]);
	});

	test('a name given by an earlier item of the run is enough for a later one', async () => {
		const { error, json } = await lab.run('user', 'provision', { email: '={{ $json.email }}', fields: automatic }, [zoe, { email: zoe.email, title: 'AE' }]);
		expect(error).toBeUndefined();
		expect(json.map(({ outcome }) => outcome)).toEqual(['created', 'updated']);
	});

	test('created by somebody else after the look-up: updated instead of doubled', async () => {
		lab.sim.addFault({ match: { method: 'POST', path: '/api/v2/users' }, kind: 'slow', delayMs: 150 });
		const running = lab.run('user', 'provision', byForm, [zoe]);
		await seen(lab, 'POST /users');
		lab.sim.insert('user', { attributes: { email: zoe.email, firstName: 'Zoe', lastName: 'Zander', locked: false }, relationships: { role: 3, profile: 3 } });
		const { json, error } = await running;
		expect(error).toBeUndefined();
		expect(lab.writes()).toEqual(['POST /users', 'PATCH /users/11']);
		expect(lab.sent().filter((line) => line.startsWith(LOOK_UP))).toHaveLength(2);
		expect(lab.bodies('/users/11')).toEqual([{ data: { type: 'user', id: 11, attributes: { title: 'Account Executive' } } }]);
		expect(json).toEqual([expect.objectContaining({ id: 11, outcome: 'updated' })]);
	});

	test('a refusal for another reason stays a refusal, and belongs to its item', async () => {
		const longWord = { ...zoe, email: 'long@acme.example', username: 'carlos.cruz@acme.example' };
		const { items } = await lab.run('user', 'provision', { email: '={{ $json.email }}', fields: automatic }, [zoe, longWord], { continueOnFail: true });
		expect(items[0].json).toMatchObject({ id: 11, outcome: 'created' });
		expect(items[1].json.error).toBe('Outreach refused to create user: username: has already been taken [item 1]');
		expect(items[1].pairedItem).toEqual({ item: 1 });
	});

	test('without Simplify the vendor\'s record', async () => {
		const { json } = await lab.run('user', 'provision', { ...byForm, simplify: false }, [zoe]);
		expect(json[0]).toMatchObject({ type: 'user', id: 11, attributes: { email: zoe.email } });
		expect(json[0]).not.toHaveProperty('outcome');
	});
});

describe('reactivate', () => {
	test('unlocks by id and by email, once', async () => {
		const { json } = await lab.run('user', 'reactivate', { record: rl('id', '10') });
		expect(lab.sent()).toEqual(['GET /users?filter[id]=10&page[size]=1000', 'PATCH /users/10']);
		expect(lab.bodies()).toEqual([{ data: { type: 'user', id: 10, attributes: { locked: false } } }]);
		expect(json[0]).toMatchObject({ id: 10, locked: false, outcome: 'unlocked' });
		lab.sim.clearRequests();
		const again = await lab.run('user', 'reactivate', { record: rl('email', 'jonas.jansen@acme.example') });
		expect(lab.sent()).toEqual(['GET /users?filter[email]=jonas.jansen@acme.example&page[size]=1000']);
		expect(again.json[0]).toMatchObject({ id: 10, outcome: 'unchanged' });
	});
});

describe('deprovision', () => {
	const toCarlos = { record: rl('email', 'dana.leaver@acme.example'), reassignTo: rl('id', '3') };
	const ownedBy = (type: string, id: number) => lab.sim.records(type).filter(({ relationships }) => (relationships.owner as { id: number } | null)?.id === id).length;

	test('locks, hands over by bulk calls with ids, waits until they are done, and tells', async () => {
		lab.sim.stepMs = 60_000;
		const prospects = ownedBy('prospect', 3);
		const running = lab.run('user', 'deprovision', toCarlos);
		await seen(lab, 'GET /batches/1');
		lab.sim.finishBatches();
		const { json, error } = await running;
		lab.sim.stepMs = 100;
		expect(error).toBeUndefined();
		expect(lab.sent().slice(0, 2).sort()).toEqual([
			'GET /users?filter[email]=dana.leaver@acme.example&page[size]=1000',
			'GET /users?filter[id]=3&page[size]=1000',
		]);
		expect(lab.writes()).toEqual([
			'PATCH /users/4',
			'POST /batches/actions/prospectsAssignOwner?actionParams[skipConfirmation]=true',
			'POST /batches/actions/accountsAssignOwner?actionParams[skipConfirmation]=true',
			...[1, 2, 3, 4].map((id) => `POST /tasks/${id}/actions/reassignOwner?actionParams[ownerId]=3`),
		]);
		expect(lab.bodies('/users')).toEqual([{ data: { type: 'user', id: 4, attributes: { locked: true } } }]);
		expect(lab.bodies('/batches')).toEqual([
			{ data: { attributes: { ownerId: 3, ids: [1, 2, 3, 4, 5, 6, 7] } } },
			{ data: { attributes: { ownerId: 3, ids: [1, 2, 3] } } },
		]);
		expect(lab.sent()).toEqual(
			expect.arrayContaining([
				'GET /prospects?filter[owner][id]=4&fields[prospect]=createdAt,owner&page[size]=1000',
				'GET /accounts?filter[owner][id]=4&fields[account]=createdAt,owner&page[size]=1000',
				'GET /tasks?filter[owner][id]=4&filter[state]=incomplete,pending&fields[task]=createdAt,owner,state&page[size]=1000',
			]),
		);
		// Asked again, since they were not over the first time.
		expect(lab.sent().filter((line) => line === 'GET /batches/1').length).toBeGreaterThan(1);
		expect(ownedBy('prospect', 4)).toBe(0);
		expect(ownedBy('prospect', 3)).toBe(prospects + 7);
		expect(json).toEqual([
			{
				id: 4,
				email: 'dana.leaver@acme.example',
				firstName: 'Dana',
				lastName: 'Leaver',
				locked: true,
				outcome: 'locked',
				reassignedTo: 3,
				prospects: { count: 7, batches: [{ batchId: 1, state: 'finished' }] },
				accounts: { count: 3, batches: [{ batchId: 2, state: 'finished' }] },
				tasks: { count: 4, of: 4 },
				notDone: expect.arrayContaining([expect.stringMatching(/[Ss]equences/), expect.stringMatching(/seat/)]),
			},
		]);
	});

	test('a second run sends no write', async () => {
		await lab.run('user', 'deprovision', toCarlos);
		lab.sim.clearRequests();
		const { json } = await lab.run('user', 'deprovision', toCarlos);
		expect(lab.writes()).toEqual([]);
		expect(json[0]).toMatchObject({ outcome: 'unchanged', prospects: { count: 0 }, accounts: { count: 0 }, tasks: { count: 0, of: 0 } });
	});

	test('by id, without a successor: only locked, and it says that nothing was handed over', async () => {
		const { json } = await lab.run('user', 'deprovision', { record: rl('id', 4) });
		expect(lab.sent()).toEqual(['GET /users?filter[id]=4&page[size]=1000', 'PATCH /users/4']);
		expect(json[0]).toMatchObject({ id: 4, locked: true, outcome: 'locked' });
		expect((json[0].notDone as string[])[0]).toMatch(/[Nn]othing was reassigned/);
		expect(ownedBy('prospect', 4)).toBe(7);
	});

	test('a user without records: no bulk call, which with an empty list would change everything', async () => {
		const { json } = await lab.run('user', 'deprovision', { record: rl('email', 'gina.gallo@acme.example'), reassignTo: rl('id', 3) });
		expect(lab.writes()).toEqual(['PATCH /users/7']);
		expect(json[0]).toMatchObject({ prospects: { count: 0 }, accounts: { count: 0 }, tasks: { count: 0 } });
		expect(ownedBy('prospect', 4)).toBe(7);
	});

	test('only what is chosen, and without waiting', async () => {
		const { json } = await lab.run('user', 'deprovision', { ...toCarlos, options: { reassign: ['accounts'], waitMinutes: 0 } });
		expect(lab.sent().slice(2)).toEqual([
			'PATCH /users/4',
			'GET /accounts?filter[owner][id]=4&fields[account]=createdAt,owner&page[size]=1000',
			'POST /batches/actions/accountsAssignOwner?actionParams[skipConfirmation]=true',
		]);
		expect(json[0]).not.toHaveProperty('prospects');
		expect(json[0].accounts).toEqual({ count: 3, batches: [{ batchId: 1, state: 'pending' }] });
	});

	test('records that a bulk change could not hand over are counted', async () => {
		lab.sim.stepMs = 150;
		const running = lab.run('user', 'deprovision', { ...toCarlos, options: { reassign: ['prospects'] } });
		await seen(lab, 'POST /batches/actions/prospectsAssignOwner');
		lab.sim.remove('prospect', 7);
		const { json } = await running;
		lab.sim.stepMs = 100;
		expect(json[0].prospects).toEqual({ count: 7, batches: [{ batchId: 1, state: 'finished', failures: 1 }] });
	});

	test.each<[string, IDataObject, RegExp]>([
		['to the leaver by id', { record: rl('email', 'dana.leaver@acme.example'), reassignTo: rl('id', '4') }, /Reassign To.*leaves/],
		['to the leaver by email', { record: rl('id', '4'), reassignTo: rl('email', 'DANA.leaver@acme.example') }, /Reassign To.*leaves/],
		['to a locked user', { record: rl('id', '4'), reassignTo: rl('email', 'jonas.jansen@acme.example') }, /Reassign To.*locked/],
		['to nobody known', { record: rl('id', '4'), reassignTo: rl('email', 'nobody@acme.example') }, /Reassign To.*no user.*nobody@acme\.example/],
		['to an unknown id', { record: rl('id', '4'), reassignTo: rl('id', 999) }, /Reassign To.*no user.*999/],
		['an unknown id', { record: rl('id', '999') }, /User.*no user.*999/],
		['an unknown email', { record: rl('email', 'nobody@acme.example') }, /User.*no user.*nobody@acme\.example/],
	])('refused before anything is written: %s', async (_what, parameters, message) => {
		const { error } = await lab.run('user', 'deprovision', parameters);
		expect(error?.message).toMatch(message);
		expect(error?.message).not.toMatch(/defect|refused/);
		expect(lab.writes()).toEqual([]);
	});

	test('one bad item among several: nobody is locked', async () => {
		const { error } = await lab.run('user', 'deprovision', { record: rl('id', '={{ $json.id }}'), reassignTo: rl('id', '={{ $json.to }}') }, [
			{ id: 4, to: 3 },
			{ id: 5, to: 10 },
		]);
		expect(error?.message).toMatch(/Reassign To.*locked.*\[item 1\]$/);
		expect(lab.writes()).toEqual([]);
	});

	test.each([
		[[{ id: 4, to: 3 }, { id: 3, to: 5 }], /takes over.*\[item 1\]$/],
		[[{ id: 3, to: 5 }, { id: 4, to: 3 }], /Reassign To is a user who leaves in the same run \[item 1\]$/],
	])('nobody takes over who leaves in the same run: %j', async (items, message) => {
		const { error } = await lab.run('user', 'deprovision', { record: rl('id', '={{ $json.id }}'), reassignTo: rl('id', '={{ $json.to }}') }, items);
		expect(error?.message).toMatch(message);
		expect(lab.writes()).toEqual([]);
	});

	test('several who leave may have the same successor', async () => {
		const { json, error } = await lab.run('user', 'deprovision', { record: rl('id', '={{ $json.id }}'), reassignTo: rl('id', 3), options: { reassign: ['tasks'] } }, [{ id: 4 }, { id: 5 }]);
		expect(error).toBeUndefined();
		expect(json.map(({ outcome }) => outcome)).toEqual(['locked', 'locked']);
	});

	test('a failure in the middle says what was done', async () => {
		lab.sim.addFault({ match: { method: 'POST', path: '/api/v2/batches/actions/accountsAssignOwner' }, kind: 'status', status: 403 });
		const { items } = await lab.run('user', 'deprovision', toCarlos, [{}], { continueOnFail: true });
		const [{ json }] = items;
		expect(json.error).toMatch(/^Outreach refused to reassign accounts: /);
		expect(json.details).toMatch(/^The user is locked/);
		expect(json.details).toContain('"prospects":{"count":7');
		expect(json.details).not.toContain('"tasks"');
		expect(lab.sim.record('user', 4)?.attributes.locked).toBe(true);
	});

	test('tasks that could be reassigned count when one could not', async () => {
		lab.sim.addFault({ match: { method: 'POST', path: '/api/v2/tasks/3/actions/reassignOwner' }, kind: 'status', status: 422 });
		const { items } = await lab.run('user', 'deprovision', { ...toCarlos, options: { reassign: ['tasks'] } }, [{}], { continueOnFail: true });
		expect(items[0].json.details).toMatch(/"tasks":\{"count":[23],"of":4\}/);
	});
});
