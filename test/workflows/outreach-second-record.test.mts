/** Create or Update of one new name from two workers at the same moment. Each has a credential of its own, so that they know nothing of each other. */
import type { NodeResult } from '../harness/index.mts';
import { described, mapper, outreachLab, rl, linked, seen } from './support.mts';

const lab = outreachLab();

const account = (name = 'Nova', more = {}) => ({ matchKey: 'name', matchValue: name, fields: mapper({ domain: 'nova.example' }), ...more });
const named = (name: string) => lab.sim.records('account').filter(({ attributes }) => attributes.name === name);
const deletes = () => lab.sent().filter((line) => line.startsWith('DELETE'));

/** Both look, find nothing, and create. */
async function twoWorkers(options: object): Promise<NodeResult[]> {
	lab.sim.latencyMs = 60;
	return await Promise.all(
		[1, 2].map(async () => {
			lab.connect();
			return await lab.run('account', 'upsert', account('Nova', { options }));
		}),
	);
}

test('nothing is asked for twice in vain: one look-up for all records that a run created', async () => {
	const items = Array.from({ length: 60 }, (_, n) => ({ name: `Company ${n}` }));
	const { json, error } = await lab.run('account', 'upsert', account('={{ $json.name }}'), items);
	expect(error).toBeUndefined();
	expect(json.every(({ outcome }) => outcome === 'created')).toBe(true);
	// 50 names in one request: two before, two after.
	expect(lab.sent().filter((line) => line.startsWith('GET'))).toHaveLength(4);
	lab.sim.clearRequests();
	await lab.run('account', 'upsert', account('={{ $json.name }}'), items);
	expect(lab.sent()).toHaveLength(2);
});

test('not for keys that the vendor takes once only', async () => {
	const { json } = await lab.run('user', 'provision', { email: 'new@acme.example', firstName: 'A', lastName: 'B', role: rl('id', 3), profile: rl('id', 3), fields: mapper({}) });
	expect(json[0].outcome).toBe('created');
	expect(lab.sent().filter((line) => line.startsWith('GET'))).toHaveLength(1);
});

test('a second record is named in an error', async () => {
	const results = await twoWorkers({});
	const [first, second] = named('Nova').map(({ id }) => id);
	const errors = results.map(({ error }) => error).filter((error) => error !== undefined);
	expect(errors.length).toBeGreaterThan(0);
	for (const error of errors) {
		expect(error.message).toMatch(/^2 accounts have the name "Nova": \d+, which this execution created, and \d+$/);
		expect(error.message).toContain(String(first));
		expect(error.message).toContain(String(second));
		expect(described(error).description).toMatch(/^The account was created. Another execution or a person created one at the same time. Delete one of them./);
	}
	expect(deletes()).toEqual([]);
});

test('with the option the later one is removed, and its execution goes on with the other', async () => {
	const results = await twoWorkers({ removeSecond: true });
	expect(results.map(({ error }) => error)).toEqual([undefined, undefined]);
	const left = named('Nova');
	expect(left).toHaveLength(1);
	expect(results.map(({ json }) => json[0].id)).toEqual([left[0].id, left[0].id]);
	expect(results.map(({ json }) => json[0].outcome).sort()).toEqual(['created', 'unchanged']);
	expect(deletes()).toHaveLength(1);
	expect(results.flatMap(({ hints }) => hints.map(({ message }) => message))).toEqual([expect.stringMatching(/^Removed account \d+ again, since another execution had just created \d+ with the name "Nova"$/)]);
});

test.each([
	['a prospect points to it', (id: number) => lab.sim.insert('prospect', { attributes: { emails: ['n@nova.example'] }, relationships: { account: id } }), /prospect \d+ points to it|other records are linked to it/],
	['somebody changed it', (id: number) => lab.sim.update('account', id, { attributes: { domain: 'other.example' } }), /it was changed in the meantime/],
])('with the option it stays when %s', async (_, use, reason) => {
	lab.sim.latencyMs = 40;
	const running = lab.run('account', 'upsert', account('Nova', { options: { removeSecond: true } }));
	await seen(lab, 'POST /accounts');
	// Another worker was a little earlier.
	const other = lab.sim.insert('account', { attributes: { name: 'Nova', named: true, createdAt: '2020-01-01T00:00:00.000Z' } });
	await seen(lab, 'GET /accounts', 2);
	use(named('Nova').find(({ id }) => id !== other.id)!.id as number);
	const { error } = await running;
	expect(described(error).description).toMatch(reason);
	expect(deletes()).toEqual([]);
	expect(named('Nova')).toHaveLength(2);
});

test('the earlier one is never removed', async () => {
	lab.sim.latencyMs = 40;
	const running = lab.run('account', 'upsert', account('Nova', { options: { removeSecond: true } }));
	await seen(lab, 'GET /accounts', 2);
	lab.sim.insert('account', { attributes: { name: 'Nova', named: true, createdAt: '2099-01-01T00:00:00.000Z' } });
	const { error } = await running;
	expect(described(error).description).toContain('is the earlier one and stays');
	expect(deletes()).toEqual([]);
});

test('in a run with Continue On Fail the others are done', async () => {
	lab.sim.latencyMs = 40;
	const running = lab.run('account', 'upsert', account('={{ $json.name }}'), [{ name: 'Nova' }, { name: 'Terra' }], { continueOnFail: true });
	await seen(lab, 'POST /accounts', 2);
	lab.sim.insert('account', { attributes: { name: 'Terra', named: true } });
	const { json } = await running;
	expect(json[0]).toMatchObject({ name: 'Nova', outcome: 'created' });
	expect(json[1].error).toMatch(/^2 accounts have the name "Terra"/);
});

test('a look-up that the vendor refuses is told, and fails nothing', async () => {
	lab.sim.addFault({ match: { method: 'GET', path: '/api/v2/accounts' }, kind: 'status', status: 403, after: 1, times: -1 });
	const { json, error, hints } = await lab.run('account', 'upsert', account('Nova', { links: linked({ owner: rl('id', 1) }) }));
	expect(error).toBeUndefined();
	expect(json[0].outcome).toBe('created');
	expect(hints.map(({ message }) => message)).toEqual(['Could not check 1 created record for a second one with the same key']);
});
