/** Reconcile of Outreach users: a list becomes the state, nobody else is touched, and nothing is written before the whole plan is checked. */
import type { IDataObject } from 'n8n-workflow';
import { described, mapper, outreachLab, rl, where } from './support.mts';

const lab = outreachLab();

/** The ten people of the demo, as HR would list them. Jonas is locked, and Ada is the user behind the connection. */
const STAFF = [
	['bea.brandt', 'Bea', 'Brandt', 'Sales Manager', 'Sales Manager'],
	['carlos.cruz', 'Carlos', 'Cruz', 'Account Executive', 'Account Executive'],
	['dana.leaver', 'Dana', 'Leaver', 'Account Executive', 'Account Executive'],
	['emil.ek', 'Emil', 'Ek', 'Sales Development Representative', 'Sales Development Representative'],
	['fatima.farouk', 'Fatima', 'Farouk', 'Sales Development Representative', 'Sales Development Representative'],
	['gina.gallo', 'Gina', 'Gallo', 'Customer Success Manager', 'Customer Success Manager'],
	['hugo.haas', 'Hugo', 'Haas', 'Sales Manager', 'Sales Manager'],
	['ines.ito', 'Ines', 'Ito', 'Account Executive', 'Account Executive'],
].map(([login, firstName, lastName, title, role]) => ({ email: `${login}@acme.example`, firstName, lastName, title, role }));

const without = (...logins: string[]) => STAFF.filter(({ email }) => !logins.some((login) => email.startsWith(login)));
const zoe = { email: 'zoe.zander@acme.example', firstName: 'Zoe', lastName: 'Zander', title: 'Account Executive', role: 'Account Executive' };

const PARAMETERS: IDataObject = {
	email: '={{ $json.email }}',
	firstName: '={{ $json.firstName }}',
	lastName: '={{ $json.lastName }}',
	role: rl('name', '={{ $json.role }}'),
	fields: mapper({ title: '={{ $json.title }}' }),
};
const reconcile = async (items: IDataObject[], more: IDataObject = {}, options: Parameters<typeof lab.run>[4] = {}) =>
	await lab.run('user', 'reconcile', { ...PARAMETERS, dryRun: false, ...more }, items, options);
const outcomes = (json: IDataObject[]) => Object.fromEntries(json.filter(({ summary }) => !summary).map(({ key, outcome }) => [String(key).split('@')[0], outcome]));
const user = (login: string) => lab.sim.records('user').find(({ attributes }) => attributes.email === `${login}@acme.example`)!;

describe('a plan', () => {
	test('is made by one list, one look-up of names and one question for the connection; Dry Run is on unless it is turned off', async () => {
		const items = [...without('dana', 'emil'), { ...STAFF[3], title: 'Account Executive', role: 'Account Executive' }, zoe];
		const { json, error } = await lab.run('user', 'reconcile', PARAMETERS, items);
		expect(error).toBeUndefined();
		expect(lab.writes()).toEqual([]);
		expect(lab.sent().map((line) => line.replace(/=.*/, ''))).toEqual(['GET /roles?filter[name]', 'GET /users?fields[user]', 'GET ']);
		expect(outcomes(json)).toEqual({
			...{ 'bea.brandt': 'unchanged', 'carlos.cruz': 'unchanged', 'emil.ek': 'updated', 'fatima.farouk': 'unchanged', 'gina.gallo': 'unchanged' },
			...{ 'hugo.haas': 'unchanged', 'ines.ito': 'unchanged', 'zoe.zander': 'created', 'dana.leaver': 'reported', 'ada.admin': 'protected' },
		});
		expect(json.every(({ dryRun }) => dryRun === true)).toBe(true);
		const emil = json.find(({ key }) => key === 'emil.ek@acme.example')!;
		expect(emil).toEqual({
			dryRun: true,
			key: 'emil.ek@acme.example',
			id: 5,
			name: 'Emil Ek',
			outcome: 'updated',
			changes: [
				{ field: 'title', from: 'Sales Development Representative', to: 'Account Executive' },
				{ field: 'role', from: 'Sales Development Representative', to: 'Account Executive' },
			],
			lastSignIn: expect.any(String),
		});
		expect(json.find(({ key }) => key === 'ada.admin@acme.example')).toMatchObject({ reason: 'The user behind the connection' });
		expect(json.find(({ key }) => key === 'zoe.zander@acme.example')!.changes).toEqual([
			{ field: 'title', from: null, to: 'Account Executive' },
			...[['firstName', 'Zoe'], ['lastName', 'Zander'], ['email', 'zoe.zander@acme.example']].map(([field, to]) => ({ field, from: null, to })),
			{ field: 'role', from: null, to: 'Account Executive' },
		]);
	});
});

describe('a run', () => {
	const list = [...without('dana', 'emil', 'carlos'), { ...STAFF[3], title: 'Account Executive', role: 'Account Executive' }, { ...STAFF[1], lastName: 'Cruz-Vega' }, zoe, { ...zoe, email: 'jonas.jansen@acme.example', firstName: 'Jonas', lastName: 'Jansen', title: 'Sales Development Representative', role: 'Sales Development Representative' }];

	test('creates, changes, unlocks and locks with one write for each person, and the next one writes nothing', async () => {
		const before = user('dana.leaver').attributes;
		const { json, items, error } = await reconcile(list, { notInList: 'lock', options: { summary: true } });
		expect(error).toBeUndefined();
		expect(lab.writes().sort()).toEqual(['PATCH /users/10', 'PATCH /users/3', 'PATCH /users/4', 'PATCH /users/5', 'POST /users']);
		expect(lab.writes()[0]).toBe('PATCH /users/4');
		expect(lab.bodies('/users/4')).toEqual([{ data: { type: 'user', id: 4, attributes: { locked: true } } }]);
		expect(lab.bodies('/users/3')).toEqual([{ data: { type: 'user', id: 3, attributes: { lastName: 'Cruz-Vega' } } }]);
		expect(lab.bodies('/users/5')).toEqual([{ data: { type: 'user', id: 5, attributes: { title: 'Account Executive' }, relationships: { role: { data: { type: 'role', id: 3 } } } } }]);
		expect(lab.bodies('/users/10')).toEqual([{ data: { type: 'user', id: 10, attributes: { locked: false } } }]);
		expect(outcomes(json)).toEqual({
			...{ 'bea.brandt': 'unchanged', 'fatima.farouk': 'unchanged', 'gina.gallo': 'unchanged', 'hugo.haas': 'unchanged', 'ines.ito': 'unchanged' },
			...{ 'emil.ek': 'updated', 'carlos.cruz': 'updated', 'zoe.zander': 'created', 'jonas.jansen': 'unlocked', 'dana.leaver': 'locked', 'ada.admin': 'protected' },
		});
		expect(json.find(({ key }) => key === 'dana.leaver@acme.example')).toEqual({
			key: 'dana.leaver@acme.example',
			id: 4,
			name: 'Dana Leaver',
			outcome: 'locked',
			changes: [{ field: 'locked', from: false, to: true }],
			lastSignIn: before.currentSignInAt,
		});
		expect(json.find(({ key }) => key === zoe.email)).toMatchObject({ id: 11, name: 'Zoe Zander' });
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([...list.map((_, item) => [{ item }]), [], [], []]);
		expect(json.at(-1)).toEqual({ summary: true, list: 9, inScope: 9, limit: 3, outcomes: { unchanged: 5, updated: 2, created: 1, unlocked: 1, locked: 1, protected: 1 } });
		expect(user('dana.leaver').attributes.locked).toBe(true);

		lab.sim.clearRequests();
		const again = await reconcile(list, { notInList: 'lock' });
		expect(lab.writes()).toEqual([]);
		expect(Object.values(outcomes(again.json)).sort()).toEqual(['protected', ...Array(9).fill('unchanged')]);
		expect(again.json.slice(0, 9).every(({ changes }) => (changes as unknown[]).length === 0)).toBe(true);
	});

	test('only reports who is not in the list unless something else is chosen', async () => {
		const { json } = await reconcile(STAFF.slice(0, 2));
		expect(lab.writes()).toEqual([]);
		expect(Object.values(outcomes(json)).filter((outcome) => outcome === 'reported')).toHaveLength(6);
	});

	test('that broke off is finished by the next one', async () => {
		lab.sim.addFault({ match: { method: 'PATCH', path: '/api/v2/users/5' }, kind: 'status', status: 422, body: { errors: [{ id: 'validationError', detail: 'not now' }] } });
		const broken = await reconcile(list, { notInList: 'lock', options: { parallel: 1 } });
		expect(described(broken.error).message).toContain('emil.ek@acme.example: Outreach refused to update user 5: not now');
		expect(described(broken.error).description).toContain('1 of 5 people were done before this. Run again to finish.');
		expect(user('dana.leaver').attributes.locked).toBe(true);
		lab.sim.clearRequests();
		const { error, json } = await reconcile(list, { notInList: 'lock' });
		expect(error).toBeUndefined();
		expect(lab.writes().sort()).toEqual(['PATCH /users/10', 'PATCH /users/3', 'PATCH /users/5', 'POST /users']);
		expect(outcomes(json)).toMatchObject({ 'emil.ek': 'updated', 'jonas.jansen': 'unlocked' });
	});

	test('with Continue On Fail finishes the others, and the failed ones carry the reason', async () => {
		for (const id of [4, 5]) lab.sim.addFault({ match: { method: 'PATCH', path: `/api/v2/users/${id}` }, kind: 'status', status: 422, body: { errors: [{ id: 'validationError', detail: 'not now' }] } });
		const { json } = await reconcile(list, { notInList: 'lock' }, { continueOnFail: true });
		expect(outcomes(json)).toMatchObject({ 'emil.ek': 'refused', 'dana.leaver': 'refused', 'carlos.cruz': 'updated', 'zoe.zander': 'created' });
		for (const login of ['emil.ek', 'dana.leaver']) expect(json.find(({ key }) => key === `${login}@acme.example`)).toMatchObject({ changes: [], error: expect.stringContaining('not now') });
		expect(lab.writes()).toHaveLength(5);
	});

	test('sends what failed to the error output', async () => {
		lab.sim.addFault({ match: { method: 'PATCH', path: '/api/v2/users/5' }, kind: 'status', status: 422, body: { errors: [{ id: 'validationError', detail: 'not now' }] } });
		const { json } = await reconcile(list, {}, { onError: 'continueErrorOutput' });
		expect(json.map(({ key }) => key)).not.toContain('emil.ek@acme.example');
		expect(json).toHaveLength(list.length - 1 + 2);
	});

	test('adds to teams with one write for each, and the next one writes nothing', async () => {
		const teams = { entry: [{ record: rl('name', 'East') }] };
		const { json, error } = await reconcile([STAFF[0], STAFF[1], STAFF[5], zoe], { teams });
		expect(error).toBeUndefined();
		expect(lab.writes()).toEqual(['POST /users', 'PATCH /teams/2']);
		const members = (lab.sim.record('team', 2)!.relationships.users as Array<{ id: number }>).map(({ id }) => id).sort((a, b) => a - b);
		expect(members).toEqual([2, 3, 6, 7, 11]);
		expect(json.slice(0, 3).map(({ outcome, changes }) => [outcome, changes])).toEqual([['unchanged', []], ['updated', [{ field: 'teams', to: ['East'] }]], ['updated', [{ field: 'teams', to: ['East'] }]]]);
		lab.sim.clearRequests();
		await reconcile([STAFF[0], STAFF[1], STAFF[5], zoe], { teams });
		expect(lab.writes()).toEqual([]);
	});
});

describe('refused before anything is written, with the numbers:', () => {
	test('a list cut in half', async () => {
		const { error } = await reconcile(STAFF.slice(0, 4), { notInList: 'lock' });
		expect(described(error).message).toBe('Refused: this would lock 4 of 9 people in scope, and the limit is 3');
		expect(described(error).description).toContain('The list has 4 people. Not in it: fatima.farouk@acme.example, gina.gallo@acme.example');
		expect(lab.writes()).toEqual([]);
		const plan = await reconcile(STAFF.slice(0, 4), { notInList: 'lock', dryRun: true });
		expect(described(plan.error).message).toContain('the limit is 3');
		const raised = await reconcile(STAFF.slice(0, 4), { notInList: 'lock', options: { retireLimit: '50%' } });
		expect(raised.error).toBeUndefined();
		expect(lab.writes()).toHaveLength(4);
		// The check holds for each run anew.
		expect(described((await reconcile(STAFF.slice(0, 1), { notInList: 'lock', options: { retireLimit: 2 } })).error).message).toContain('lock 3 of 5 people in scope, and the limit is 2');
	});

	test.each(['0%', '0', 0, '0.0 %'])('one leaver when the limit is %j', async (retireLimit) => {
		const { error } = await reconcile(STAFF.slice(0, -1), { notInList: 'lock', options: { retireLimit } });
		expect(described(error).message).toMatch(/^Refused: this would lock 1 of \d people in scope, and the limit is 0$/);
		expect(lab.writes()).toEqual([]);
	});

	test.each([
		['an empty list', [{}], 'Refused: the list is empty (0 of 1 items with a valid Email)'],
		['keys that are none', [...STAFF, { email: 'nobody' }, { email: '' }], 'Refused: 2 of 10 items have no valid Email'],
		['people who are in it twice', [...STAFF, { ...STAFF[0], email: 'Bea.Brandt@ACME.example ' }], 'Refused: 1 person is in the list more than once (9 items, 8 people)'],
	])('%s', async (_what, items, message) => {
		for (const continueOnFail of [false, true]) {
			const { error, json } = await reconcile(items, { notInList: 'lock' }, { continueOnFail });
			if (continueOnFail) {
				expect(json).toHaveLength(items.length);
				for (const item of json) expect(item.error).toContain(message);
			} else expect(described(error).message).toContain(message);
			expect(lab.sent()).toEqual([]);
		}
	});

	test.each([[{ options: { retireLimit: 'many' } }, 'Limit: "many" is neither a number nor a percentage'], [{ domains: 'acme' }, '"acme" is not a domain'], [{ dryRun: '={{ $json.dry }}' }, 'Dry Run is neither on nor off']])('settings such as %j', async (more, message) => {
		const { error } = await reconcile(STAFF, { notInList: 'lock', ...more });
		expect(described(error).message).toContain(message);
		expect(lab.sent()).toEqual([]);
	});

	test('a person whose role is unknown; with Continue On Fail that person is in the list nevertheless', async () => {
		const items = STAFF.map((person, i) => (i === 1 ? { ...person, role: 'Astronaut' } : person));
		expect(described((await reconcile(items, { notInList: 'lock' })).error).message).toContain('there is no role with the name "Astronaut"');
		const { json } = await reconcile(items, { notInList: 'lock' }, { continueOnFail: true });
		expect(lab.writes()).toEqual([]);
		expect(json.filter(({ error }) => error)).toHaveLength(1);
		expect(json.map(({ key }) => key)).not.toContain('carlos.cruz@acme.example');
	});

	test('a new person without a name', async () => {
		const { error } = await reconcile([...STAFF, { email: zoe.email, role: '' }], { notInList: 'lock' });
		expect(described(error).message).toContain('First Name, Last Name missing');
		expect(lab.writes()).toEqual([]);
	});
});

describe('the scope', () => {
	const west = { related: [{ relation: 'teams', record: rl('id', 1) }] };

	test('is all that the list speaks for: nobody else is retired or reported', async () => {
		// West is Bea, Carlos, Dana and Emil.
		const { json, error } = await reconcile(without('dana', 'fatima', 'gina', 'hugo', 'ines'), { notInList: 'lock', filters: west });
		expect(error).toBeUndefined();
		expect(outcomes(json)).toEqual({ 'bea.brandt': 'unchanged', 'carlos.cruz': 'unchanged', 'emil.ek': 'unchanged', 'dana.leaver': 'locked' });
		expect(lab.writes()).toEqual(['PATCH /users/4']);
	});

	test('does not hide who is in the list: people outside it are found by their key, and not created once more', async () => {
		const { json, error } = await reconcile([...STAFF.slice(0, 4), { ...STAFF[5], title: 'Head of Success' }, zoe], { notInList: 'lock', filters: west });
		expect(error).toBeUndefined();
		expect(outcomes(json)).toMatchObject({ 'gina.gallo': 'updated', 'zoe.zander': 'created' });
		expect(lab.writes().sort()).toEqual(['PATCH /users/7', 'POST /users']);
		expect(lab.sent().filter((line) => line.startsWith('GET /users?filter[email]'))).toHaveLength(1);
	});

	test('that Outreach ignores stops the run', async () => {
		lab.sim.lie({ ignoreFilters: ['filter[teams][id]'] });
		const { error } = await reconcile(without('dana'), { notInList: 'lock', filters: west });
		expect(described(error).message).toContain('Outreach ignored the filter "Teams"');
		expect(lab.writes()).toEqual([]);
	});

	test('can be domains of emails', async () => {
		lab.sim.insert('user', { attributes: { email: 'pat@partner.example', firstName: 'Pat', lastName: 'Partner' } });
		const { json } = await reconcile(without('dana'), { notInList: 'lock', domains: '@ACME.example, other.example' });
		expect(outcomes(json)).not.toHaveProperty('pat');
		expect(lab.writes()).toEqual(['PATCH /users/4']);
	});

	test('leaves out who is locked already', async () => {
		const { json } = await reconcile(STAFF, { notInList: 'lock' });
		expect(outcomes(json)).not.toHaveProperty('jonas.jansen');
		expect(lab.writes()).toEqual([]);
	});
});

describe('protected', () => {
	test('are the emails that are named, and the user behind the connection', async () => {
		const { json } = await reconcile(without('dana', 'emil'), { notInList: 'lock', protected: 'Dana.Leaver@acme.example, somebody@else.example' });
		expect(outcomes(json)).toMatchObject({ 'dana.leaver': 'protected', 'ada.admin': 'protected', 'emil.ek': 'locked' });
		expect(lab.writes()).toEqual(['PATCH /users/5']);
	});

	test('an Outreach that does not tell whose connection it is stops the run, unless somebody is protected', async () => {
		lab.sim.addFault({ match: { method: 'GET', path: '/api/v2' }, times: -1, kind: 'status', status: 404, body: {} });
		expect(described((await reconcile(without('dana'), { notInList: 'lock' })).error).message).toContain('Outreach does not tell whose connection this is');
		expect(lab.writes()).toEqual([]);
		const { error } = await reconcile(without('dana'), { notInList: 'lock', protected: 'ada.admin@acme.example' });
		expect(error).toBeUndefined();
		expect(lab.writes()).toEqual(['PATCH /users/4']);
	});
});

describe('an Outreach that accepts and does nothing', () => {
	test('is an error where it is about access', async () => {
		lab.sim.lie({ dropWrites: ['locked'] });
		const { error } = await reconcile(without('dana'), { notInList: 'lock' });
		expect(described(error).message).toContain('dana.leaver@acme.example: Outreach accepted the change of the user but did not make it');
		const { json } = await reconcile(without('dana'), { notInList: 'lock' }, { continueOnFail: true });
		expect(outcomes(json)['dana.leaver']).toBe('refused');
	});

	test('is told by what its answer shows', async () => {
		lab.sim.lie({ dropWrites: ['title'] });
		const { json, error } = await reconcile([{ ...STAFF[0], title: 'Boss' }, { ...STAFF[1], title: 'Boss', lastName: 'Cruz-Vega' }]);
		expect(error).toBeUndefined();
		expect(json.slice(0, 2).map(({ outcome, changes, notApplied }) => ({ outcome, changes, notApplied }))).toEqual([
			{ outcome: 'refused', changes: [], notApplied: ['Title'] },
			{ outcome: 'updated', changes: [{ field: 'lastName', from: 'Cruz', to: 'Cruz-Vega' }], notApplied: ['Title'] },
		]);
	});

	test('in teams is told as well', async () => {
		lab.sim.lie({ dropWrites: ['users'] });
		const { error } = await reconcile([STAFF[1]], { teams: { entry: [{ record: rl('name', 'East') }] } });
		expect(error!.message).toMatch(/Teams: Outreach accepted the members of team \d+, but does not show user \d+ among them/);
	});
});

describe('hand-over', () => {
	const owners = (type: string) => lab.sim.records(type).map(({ relationships }) => (relationships.owner as { id: number } | null)?.id);
	const owned = (id: number) => ['prospect', 'account'].map((type) => owners(type).filter((owner) => owner === id).length);

	test('to one user: bulk calls before the lock, so that a run that breaks off is made up for', async () => {
		expect(owned(4)).not.toEqual([0, 0]);
		const { json, error } = await reconcile(without('dana'), { notInList: 'lock', reassignTo: rl('email', 'carlos.cruz@acme.example') });
		expect(error).toBeUndefined();
		expect(owned(4)).toEqual([0, 0]);
		const writes = lab.writes().map((line) => line.replace(/\?.*/, '').replace(/\/tasks\/\d+/, '/tasks/N'));
		expect(writes.slice(0, 2)).toEqual(['POST /batches/actions/prospectsAssignOwner', 'POST /batches/actions/accountsAssignOwner']);
		expect(writes.at(-1)).toBe('PATCH /users/4');
		expect(json.find(({ key }) => key === 'dana.leaver@acme.example')).toMatchObject({ outcome: 'locked', handOverTo: 'Carlos Cruz', prospects: { count: expect.any(Number) } });
	});

	test('to the manager whom the list has put into a field of the user', async () => {
		await reconcile(STAFF.map((person) => ({ ...person, manager: 'bea.brandt@acme.example' })), { fields: mapper({ title: '={{ $json.title }}', custom1: '={{ $json.manager }}' }) });
		lab.sim.clearRequests();
		const options = { managerField: 'custom1', reassign: ['prospects'] };
		const plan = await reconcile(without('dana'), { notInList: 'lock', dryRun: true, options });
		expect(plan.json.find(({ key }) => key === 'dana.leaver@acme.example')).toMatchObject({ outcome: 'locked', handOverTo: 'Bea Brandt' });
		expect(lab.writes()).toEqual([]);
		const before = owned(2)[0];
		const moved = owned(4)[0];
		await reconcile(without('dana'), { notInList: 'lock', options });
		expect(owned(4)[0]).toBe(0);
		expect(owned(2)[0]).toBe(before + moved);
	});

	test.each([
		['somebody who leaves as well', { reassignTo: rl('email', 'emil.ek@acme.example') }, 'Emil Ek leaves in the same run'],
		['a locked user', { reassignTo: rl('id', 10) }, 'Jonas Jansen is locked'],
		['nobody', { options: { managerField: 'custom1' } }, 'custom1 is empty'],
	])('to %s is refused before anything is written', async (_what, more, message) => {
		const { error } = await reconcile(without('dana', 'emil'), { notInList: 'lock', ...more });
		expect(described(error).message).toContain(message);
		expect(lab.writes()).toEqual([]);
		const { json } = await reconcile(without('dana', 'emil'), { notInList: 'lock', ...more }, { continueOnFail: true });
		expect(outcomes(json)['dana.leaver']).toBe('refused');
	});

	test('that Outreach refuses does not keep the user from being locked', async () => {
		lab.sim.addFault({ match: { method: 'POST', path: '/api/v2/batches/actions/prospectsAssignOwner' }, kind: 'status', status: 403, body: { errors: [{ id: 'unauthorizedOauthScope', detail: 'no' }] } });
		const { json } = await reconcile(without('dana'), { notInList: 'lock', reassignTo: rl('id', 3) }, { continueOnFail: true });
		expect(user('dana.leaver').attributes.locked).toBe(true);
		expect(json.find(({ key }) => key === 'dana.leaver@acme.example')).toMatchObject({ outcome: 'locked', details: expect.stringContaining('Use Deprovision for this user') });
	});
});

test('values that Outreach writes in another form are not written again', async () => {
	const items = [{ ...STAFF[0], lastName: ' Brandt ', phone: '+49 30 555-100' }];
	await reconcile(items, { fields: mapper({ title: '={{ $json.title }}', phoneNumber: '={{ $json.phone }}' }) });
	expect(lab.writes()).toEqual([]);
});

test('filters are not mistaken for those of another operation: a search is not part of the scope', async () => {
	const { error } = await reconcile(STAFF, { options: { search: 'bea', onlyFields: ['email'] }, filters: where() });
	expect(error).toBeUndefined();
	expect(lab.sent().filter((line) => line.startsWith('GET /users'))[0]).not.toContain('bea');
});
