/** The BranchCMS Polling Trigger: new, changed and deleted records of a site that keeps no times. */
import type { IDataObject } from 'n8n-workflow';
import { poller as activePoller, TriggerLab } from './trigger-support.mts';
import { branchCmsLab } from './vendor-support.mts';

const lab = branchCmsLab();
const { sent } = lab;

async function poller(parameters: IDataObject, from?: TriggerLab) {
	const active = await activePoller(lab.harness, 'branchCmsPollingTrigger', { resource: 'account', ...parameters }, from);
	lab.sim.clearRequests();
	return active;
}

const ALL = ['created', 'deleted', 'updated'];
const told = (items: IDataObject[] | null) => (items ?? []).map(({ event, id }) => `${String(event)} ${String(id)}`);
const change = async (id: number, attributes: IDataObject) => {
	const answer = await fetch(`${lab.sim.url}/api/v1/account/accounts/${id}`, {
		method: 'PATCH',
		headers: { authorization: `Bearer ${lab.sim.token}`, accept: 'application/json', 'content-type': 'application/json', 'user-agent': 'test' },
		body: JSON.stringify(attributes),
	});
	expect(answer.status).toBe(200);
	lab.sim.clearRequests();
};

test('created, updated and deleted, each once', async () => {
	const { first, next } = await poller({ events: ALL });
	expect(first).toBeNull();
	const { id } = lab.sim.insert('account', { email: 'new@site.example', firstName: 'New', lastName: 'Member' });
	await change(9, { title: 'Director' });
	lab.sim.remove('account', 10);
	const found = (await next())!;
	expect(told(found).sort()).toEqual([`account.created ${String(id)}`, 'account.deleted 10', 'account.updated 9'].sort());
	expect(found.find(({ event }) => event === 'account.deleted')).toEqual({ event: 'account.deleted', eventId: 'account.deleted:10', resource: 'account', id: 10, deleted: true });
	expect(found.find(({ event }) => event === 'account.updated')).toMatchObject({ title: 'Director', email: 'dana.leaver@acme.example' });
	expect(sent()).toContain('GET /account/accounts/10');
	expect(await next()).toBeNull();
	await change(9, { title: 'Manager' });
	expect(told(await next())).toEqual(['account.updated 9']);
});

test('of created alone the first page is enough, as long as nothing on it is new', async () => {
	lab.sim.seedAccounts(250);
	const { next } = await poller({ events: ['created'] });
	expect(await next()).toBeNull();
	expect(sent()).toEqual(['GET /account/accounts?sort=-id&limit=100&page=1']);
	lab.sim.seedAccounts(150, 'late');
	expect(await next()).toHaveLength(150);
	expect(lab.sim.requests).toHaveLength(4);
	expect(await next()).toBeNull();
});

test('a site that does not sort by id is read to its end', async () => {
	const rows = Array.from({ length: 60 }, (_, i) => ({ id: i + 1, email: `m${i}@site.example` }));
	const serve = (all: IDataObject[]) => {
		for (const number of [1, 2, 3]) {
			const data = all.slice((number - 1) * 25, number * 25);
			lab.sim.addFault({ match: { path: '/api/v1/account/accounts', query: `page=${number}` }, kind: 'status', status: 200, body: { data, pagination: { currentPage: number, totalPages: 3 } } });
		}
	};
	serve(rows);
	const { next } = await poller({ events: ['created'] });
	serve([...rows, { id: 61, email: 'new@site.example' }]);
	expect(told(await next())).toEqual(['account.created 61']);
});

describe('rows that move between pages while they are read', () => {
	const page = (number: number, data: IDataObject[]) =>
		lab.sim.addFault({ match: { path: '/api/v1/account/accounts', query: `page=${number}` }, kind: 'status', status: 200, body: { data, pagination: { currentPage: number, totalPages: 2 } } });
	const rows = listedRows();

	test('a row seen twice is told once, and a row that was skipped is no deletion', async () => {
		page(1, rows.slice(0, 2));
		page(2, rows.slice(2));
		const { next } = await poller({ events: ALL });
		// Others were inserted before: the rows of the first page come again on the next one.
		page(1, [{ id: 90, email: 'new@site.example' }, rows[0]!]);
		page(2, [{ id: 90, email: 'new@site.example' }, rows[0]!, ...rows.slice(1)]);
		expect(told(await next())).toEqual(['account.created 90']);
		// Somebody was deleted meanwhile: the third row slipped to the first page after that was read.
		page(1, [{ id: 90, email: 'new@site.example' }, rows[0]!]);
		page(2, [rows[2]!]);
		expect(await next()).toBeNull();
		expect(sent().at(-1)).toBe(`GET /account/accounts/${String(rows[1]!.id)}`);
		page(1, [{ id: 90, email: 'new@site.example' }, rows[0]!]);
		page(2, [{ ...rows[1]!, title: 'Changed meanwhile' }, rows[2]!]);
		expect(told(await next())).toEqual([`account.updated ${String(rows[1]!.id)}`]);
	});
});

/** Rows of accounts that the site has. */
function listedRows(): IDataObject[] {
	return [9, 10, 11].map((id) => ({ id, email: `m${id}@site.example` }));
}

test('a deletion that cannot be confirmed waits', async () => {
	const { next } = await poller({ events: ['deleted'] });
	lab.sim.remove('account', 10);
	lab.sim.addFault({ match: { path: '/api/v1/account/accounts/10' }, kind: 'status', status: 403 });
	await expect(next()).rejects.toThrow('BranchCMS refused to get account 10');
	expect(told(await next())).toEqual(['account.deleted 10']);
	expect(await next()).toBeNull();
});

test('what a process handed over before it ended is told again, deletions as well', async () => {
	const { one, next } = await poller({ events: ALL });
	lab.sim.remove('account', 10);
	lab.sim.insert('account', { email: 'new@site.example' });
	const before = told(await next());
	const restarted = await poller({ events: ALL }, one);
	expect(told(restarted.first)).toEqual(before);
	expect(await restarted.next()).toBeNull();
});

test('calendar events: a day that passes is no change', async () => {
	const { next } = await poller({ resource: 'event', events: ALL });
	const [event] = lab.sim.records('event');
	const listed = await (await fetch(`${lab.sim.url}/api/v1/calendar/events?limit=100`, { headers: { authorization: `Bearer ${lab.sim.token}`, accept: 'application/json', 'user-agent': 'test' } })).json() as { data: IDataObject[] };
	const body = { data: listed.data.map((row): IDataObject => ({ ...row, isToday: !row.isToday, isPastEvent: !row.isPastEvent })), pagination: { currentPage: 1, totalPages: 1 } };
	lab.sim.addFault({ match: { path: '/api/v1/calendar/events' }, kind: 'status', status: 200, body });
	expect(await next()).toBeNull();
	body.data[0]!.title = 'Other';
	lab.sim.addFault({ match: { path: '/api/v1/calendar/events' }, kind: 'status', status: 200, body });
	expect(told(await next())).toEqual([`event.updated ${String(event!.id)}`]);
});
