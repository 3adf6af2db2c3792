/** The node as a tool of an AI agent: what the model is told, what it may fill in, and how much it gets to read. */
import type { IDataObject, INode } from 'n8n-workflow';
import type { NodeResult } from '../harness/index.mts';
import { LINE, linked, mapper, outreachLab, rl, where } from './support.mts';

const lab = outreachLab();

/** n8n marks the node whose output goes back to an agent like this. */
const TOOL = { node: { rewireOutputLogTo: 'ai_tool' } as Partial<INode> };

/** Runs an operation with what the model gave, as n8n does for an agent. */
async function call(resource: string, operation: string, parameters: IDataObject, given: IDataObject = {}): Promise<IDataObject[]> {
	return told(await lab.run(resource, operation, parameters, [given], TOOL));
}

/** What the agent passes on to the model. */
function told({ run, error }: NodeResult): IDataObject[] {
	// The engine of n8n 1 puts no failed call on the output of a tool.
	if (LINE === 1 && error) return [{ error: error.message }];
	const [task] = run.data.resultData.runData.Node ?? [];
	return (task?.data?.ai_tool?.[0] ?? []).map(({ json }) => json);
}

const given = (name: string) => `={{ $json.${name} }}`;

describe('errors', () => {
	const zoe = { email: 'zoe.zander@acme.example', firstName: 'Zoe', lastName: 'Zander', fields: mapper({}) };

	test('tell the remedy in the message, which is all that an agent passes on', async () => {
		const answer = await call('user', 'provision', { ...zoe, role: rl('name', given('role')) }, { role: 'Sales Enginer' });
		expect(answer).toEqual([{ error: 'Role: there is no role with the name "Sales Enginer". Similar ones are: Sales Engineer.' }]);
		expect(lab.writes()).toEqual([]);
	});

	test('of the vendor too', async () => {
		const body = { errors: [{ id: 'unauthorizedRequest', title: 'Unauthorized', detail: 'The profile says no' }] };
		lab.sim.addFault({ match: { path: '/api/v2/prospects' }, times: 1, kind: 'status', status: 403, body });
		const [{ error }] = await call('prospect', 'getAll', {});
		expect(error).toMatch(/The profile says no.*Ask an Outreach administrator\.$/s);
	});

	test('stay in two parts for people', async () => {
		const { error } = await lab.run('user', 'provision', { ...zoe, role: rl('name', 'Sales Enginer') });
		expect(error).toMatchObject({ message: 'Role: there is no role with the name "Sales Enginer"', description: 'Similar ones are: Sales Engineer.' });
	});
});

describe('names', () => {
	test('are taken where n8n lets the model decide, which is the mode ID', async () => {
		await call(
			'prospect',
			'addToSequence',
			{ record: rl('id', given('who')), sequence: rl('id', given('what')), mailbox: rl('id', given('from')) },
			{ who: 'ben.becker@contoso.example', what: 'Renewal Reminder', from: 'carlos.cruz@acme.example' },
		);
		expect(lab.writes()).toEqual(['POST /sequenceStates']);
		expect(lab.bodies()[0].data.relationships).toMatchObject({ sequence: { data: { id: 4 } }, mailbox: { data: { id: 3 } } });
	});

	test('of people can be first and last name', async () => {
		const [user] = await call('user', 'get', { record: rl('id', given('who')) }, { who: 'Carlos Cruz' });
		expect(user).toMatchObject({ id: 3, email: 'carlos.cruz@acme.example' });
		expect(lab.sent()).toEqual(['GET /users?filter[firstName]=Carlos&filter[lastName]=Cruz&page[size]=1000']);
	});

	test('of people that are misspelled lead to similar ones', async () => {
		const [{ error }] = await call('user', 'get', { record: rl('id', given('who')) }, { who: 'Carlos Crux' });
		expect(error).toBe('User: there is no user with the name "Carlos Crux". Similar ones are: Carlos Cruz.');
	});

	test('of people that several have are told with emails', async () => {
		lab.sim.insert('user', { attributes: { firstName: 'Carlos', lastName: 'Cruz', email: 'carlos.cruz2@acme.example' } });
		const [{ error }] = await call('user', 'get', { record: rl('id', given('who')) }, { who: 'Carlos Cruz' });
		expect(error).toContain('carlos.cruz2@acme.example');
		expect(error).toContain('ID 3');
	});

	test('work for linked records', async () => {
		await call('prospect', 'update', { record: rl('id', given('who')), fields: mapper({}), links: linked({ owner: rl('key', given('owner')) }) }, { who: 1, owner: 'Bea Brandt' });
		expect(lab.bodies().map(({ data }) => data.relationships)).toEqual([{ owner: { data: { type: 'user', id: 2 } } }]);
	});

	test('leave ids alone', async () => {
		expect(await call('role', 'get', { record: rl('id', given('which')) }, { which: '6' })).toEqual([expect.objectContaining({ name: 'Sales Engineer' })]);
		expect(lab.sent()).toEqual(['GET /roles/6']);
	});

	test('work outside of agents, where a column was dragged onto the field', async () => {
		const { json, error } = await lab.run('role', 'get', { record: rl('id', '={{ $json.which }}') }, [{ which: 'Sales Engineer' }]);
		expect(error).toBeUndefined();
		expect(json).toEqual([expect.objectContaining({ id: 6, name: 'Sales Engineer' })]);
		expect((await lab.run('role', 'get', { record: rl('id', '={{ $json.which }}') }, [{ which: 'Sales Enginer' }])).error?.message).toContain('there is no role with the name "Sales Enginer"');
	});
});

describe('lists', () => {
	test('give the fields that matter, and how many more there are', async () => {
		const answer = await call('prospect', 'getAll', { limit: 2 });
		expect(answer).toHaveLength(3);
		expect(Object.keys(answer[0]).sort()).toEqual(
			['id', 'firstName', 'lastName', 'emails', 'company', 'title', 'workPhones', 'tags', 'addedAt', 'createdAt', 'updatedAt'].concat(
				['accountId', 'activeSequenceStatesIds', 'creatorId', 'emailAddressesIds', 'opportunitiesIds', 'opportunityProspectRolesIds', 'ownerId', 'personaId', 'phoneNumbersIds', 'stageId', 'updaterId'],
			).sort(),
		);
		expect(answer[2]).toEqual({ more: 118, note: '118 more prospects match and are not in this list. Narrow the search if what you look for is missing.' });
		expect(lab.sent()).toEqual(['GET /prospects?page[size]=3', 'GET /prospects?page[size]=1&count=true']);
	});

	test('say nothing of more when there are none', async () => {
		const roles = await call('role', 'getAll', { limit: 6 });
		expect(roles.map(({ name }) => name)).toHaveLength(6);
		expect(roles.every(({ name }) => typeof name === 'string')).toBe(true);
		expect(lab.sent()).toEqual(['GET /roles?page[size]=7']);
	});

	test('give what was filtered and sorted by, and what was included', async () => {
		const [prospect] = await call('prospect', 'getAll', {
			limit: 1,
			filters: where({ field: 'timeZone', operator: 'equals', value: 'Europe/Berlin' }),
			sort: { by: [{ field: 'engagedScore', direction: 'asc' }] },
			options: { include: ['owner'] },
		});
		expect(prospect).toMatchObject({ timeZone: 'Europe/Berlin', engagedScore: 0, owner: { title: expect.any(String) as string } });
		expect(prospect).not.toHaveProperty('addressCity');
	});

	test('give chosen fields instead', async () => {
		const [prospect] = await call('prospect', 'getAll', { limit: 1, options: { onlyFields: ['addressCity'] } });
		expect(prospect).toEqual({ id: 1, addressCity: 'Berlin' });
	});

	test('tell whether a user can get in', async () => {
		const users = await call('user', 'getAll', { returnAll: true });
		expect(users.find(({ lastName }) => lastName === 'Jansen')).toMatchObject({ locked: true, email: 'jonas.jansen@acme.example' });
	});

	test('are whole for people', async () => {
		const { json } = await lab.run('prospect', 'getAll', { limit: 1 });
		expect(json).toHaveLength(1);
		expect(json[0]).toHaveProperty('addressCity', 'Berlin');
		expect(lab.sent()).toEqual(['GET /prospects?page[size]=1']);
	});

	test('are raw when Simplify is off', async () => {
		const [prospect] = await call('prospect', 'getAll', { limit: 1, simplify: false });
		expect(prospect).toMatchObject({ type: 'prospect', attributes: { addressCity: 'Berlin' } });
	});
});
