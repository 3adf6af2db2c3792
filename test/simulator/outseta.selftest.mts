/** The Outseta simulator's own test. Run with `node --test test/simulator/outseta.selftest.mts`. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, beforeEach, describe, it } from 'node:test';
import { startOutseta } from './index.mts';

interface Answer {
	status: number;
	body: any;
}

describe('Outseta', async () => {
	const sim = await startOutseta({ perSecond: 100_000 });
	after(async () => await sim.stop());
	beforeEach(() => {
		sim.perSecond = 100_000;
		sim.reset();
	});
	const uid = (name: string) => sim.seeded.uid[name];

	async function call(method: string, path: string, body?: unknown, authorization = `Outseta ${sim.apiKey}:${sim.apiSecret}`): Promise<Answer> {
		const response = await fetch(`${sim.url}/api/v1${path}`, {
			method,
			headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const text = await response.text();
		return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text };
	}
	const reasons = ({ body }: Answer) => body.EntityValidationErrors[0].ValidationErrors.map((fault: { ErrorMessage: string }) => fault.ErrorMessage);

	it('takes key and secret in its own scheme only, but shows plans to everybody', async () => {
		for (const wrong of ['Bearer x', `Outseta ${sim.apiKey}:no`, `Basic ${btoa('a:b')}`]) assert.equal((await call('GET', '/crm/people', undefined, wrong)).status, 401);
		assert.equal((await fetch(`${sim.url}/api/v1/billing/plans`)).status, 200);
		assert.equal((await fetch(`${sim.url}/api/v1/crm/people`)).status, 401);
		assert.equal((await call('GET', '/crm/people?limit=1&fields=Uid')).status, 200);
	});

	it('counts pages, gives 100 of root properties and 25 with children', async () => {
		sim.seedPeople(230);
		const total = sim.records('Person').length;
		const page = async (query: string) => (await call('GET', `/crm/people?${query}`)).body;
		assert.deepEqual((await page('')).metadata, { limit: 25, offset: 0, total });
		assert.equal((await page('limit=100')).items.length, 25);
		assert.equal((await page('limit=100&fields=*,PersonAccount.*')).metadata.limit, 25);
		assert.equal((await page('limit=500&fields=*')).metadata.limit, 100);
		assert.equal((await page('limit=100&fields=*&offset=2')).items.length, total - 200);
		assert.equal((await page('limit=100&fields=*&offset=3')).items.length, 0);
	});

	it('leaves related records null until every step to them is named', async () => {
		const path = `/crm/accounts/${uid('account.Contoso')}`;
		assert.equal((await call('GET', path)).body.PersonAccount[0].Person, null);
		assert.equal((await call('GET', `${path}?fields=*`)).body.PersonAccount, undefined);
		assert.equal((await call('GET', `${path}?fields=*,PersonAccount.*,PersonAccount.Person.*`)).body.PersonAccount[0].Person.Email, 'jane@contoso.example');
	});

	it('filters by path, operator, wildcard and list, and refuses what leads nowhere', async () => {
		const names = async (query: string) => (await call('GET', `/crm/accounts?fields=Name&${query}`)).body.items.map((a: { Name: string }) => a.Name);
		assert.deepEqual(await names('PersonAccount.Person.Email=omar@contoso.example'), ['Contoso']);
		assert.deepEqual(await names('Name=*art*&AccountStage__ne=3'), []);
		assert.deepEqual(await names('Name=N*'), ['Northwind']);
		assert.deepEqual(await names('Industry=Education'), ['Fabrikam']);
		assert.equal((await call('GET', '/activities?ActivityType=[100,200]')).body.metadata.total, 2);
		assert.equal((await call('GET', '/crm/accounts?Colour=red')).status, 400);
		assert.equal((await call('GET', '/crm/accounts?Name.First=red')).status, 400);
		assert.equal((await call('GET', '/crm/people?orderBy=Created%2BDESC')).status, 400);
		assert.equal((await call('GET', '/crm/people?orderBy=Created+DESC')).status, 200);
	});

	it('refuses unknown properties, wrong types, long texts and missing ones, with every reason', async () => {
		const answer = await call('POST', '/crm/people', { FirstName: 7, LastName: 'x'.repeat(251), Colour: 'red' });
		assert.equal(answer.status, 400);
		assert.deepEqual(reasons(answer), ['FirstName has to be a text', 'LastName is longer than 250 characters', 'Colour is no property that can be written', 'Email is required']);
		assert.match(reasons(await call('POST', '/crm/people', { Email: 'jane@contoso.example' }))[0], /already in use/);
		assert.match(reasons(await call('POST', '/crm/people', { Email: 'a@b.example', Interests: ['API'] }))[0], /JSON text/);
	});

	it('changes only what is sent', async () => {
		const path = `/crm/people/${uid('person.jane@contoso.example')}`;
		assert.equal((await call('PUT', path, { Title: 'Chief' })).body.Title, 'Chief');
		assert.equal((await call('GET', path)).body.FirstName, 'Jane');
	});

	it('keeps a primary contact', async () => {
		const path = `/crm/accounts/${uid('account.Contoso')}/memberships/`;
		assert.match((await call('DELETE', path + uid('personAccount.Contoso jane@contoso.example'))).body.ErrorMessage, /primary contact/);
		assert.equal((await call('PUT', path + uid('personAccount.Contoso omar@contoso.example'), { IsPrimary: true })).status, 200);
		assert.equal((await call('DELETE', path + uid('personAccount.Contoso jane@contoso.example'))).status, 200);
		assert.equal((await call('POST', '/crm/accounts', { Name: 'Nobody' })).status, 400);
	});

	it('has no way to delete a ticket, and none that is not described', async () => {
		assert.equal((await call('DELETE', `/support/cases/${uid('case.Cannot log in')}`)).status, 405);
		assert.equal((await call('GET', `/crm/accounts/${uid('account.Contoso')}/people`)).status, 404);
		assert.equal((await call('PUT', `/crm/people/${uid('person.jane@contoso.example')}?colour=red`, { Title: 'x' })).status, 400);
	});

	it('takes four requests in any second', async () => {
		sim.perSecond = 4;
		const statuses = [];
		for (let i = 0; i < 6; i++) statuses.push((await call('GET', '/crm/people?limit=1&fields=Uid')).status);
		assert.deepEqual(statuses, [200, 200, 200, 200, 429, 429]);
	});

	it('writes the activity log unless told not to', async () => {
		const path = `/crm/people/${uid('person.jane@contoso.example')}`;
		const before = sim.records('Activity').length;
		await call('PUT', `${path}?donotlog=1`, { Title: 'a' });
		assert.equal(sim.records('Activity').length, before);
		await call('PUT', path, { Title: 'b' });
		assert.equal(sim.records('Activity').length, before + 1);
	});

	it('writes into the log what happened, with the details of its kind', async () => {
		const account = `/crm/accounts/${uid('account.Fabrikam')}`;
		await call('PUT', `/crm/people/${uid('person.jane@contoso.example')}`, { Title: 'Chief' });
		await call('PUT', `${account}/cancel`, { CancelationReason: 'Price', Comment: 'x', Account: { Uid: uid('account.Fabrikam') } });
		const entries = sim.records('Activity').slice(-3).map((a) => [a.ActivityType, a.EntityType, a.EntityUid, JSON.parse(String(a.ActivityData))]);
		assert.deepEqual(entries, [
			[201, 2, uid('person.jane@contoso.example'), { OriginalValues: { Title: 'Operations Manager' }, CurrentValues: { Title: 'Chief' } }],
			[103, 1, uid('account.Fabrikam'), { PriorAccountStage: 2, CurrentAccountStage: 8, CancelationReason: 'Price' }],
			[119, 1, uid('account.Fabrikam'), { RequestedByEmail: null, CancelationReason: 'Price', Comment: 'x' }],
		]);
	});

	describe('notifications', async () => {
		const came: Array<{ headers: Record<string, unknown>; body: any; raw: string }> = [];
		let status = 200;
		const server = createServer((request, response) => {
			let raw = '';
			request.on('data', (chunk: Buffer) => (raw += chunk.toString()));
			request.on('end', () => {
				came.push({ headers: request.headers, body: JSON.parse(raw), raw });
				response.statusCode = status;
				response.end();
			});
		});
		await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
		const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
		after(() => void server.close());
		beforeEach(() => {
			came.length = 0;
			status = 200;
			sim.notifications.pauseMs = 5;
		});
		const control = async (method: string, action: string, body?: unknown) =>
			(await (await fetch(`${sim.url}/__control/${action}`, { method, ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}) })).json()) as any;

		it('tell the chosen activity only: the record with details, without a name, signed with the bytes of the key', async () => {
			await control('POST', 'notifications', { activityType: 'AccountStageUpdated', url });
			await control('POST', 'change', { type: 'account', uid: uid('account.Contoso'), values: { AccountStage: 7 } });
			await sim.notifications.settled();
			assert.equal(came.length, 1);
			const [{ headers, body, raw }] = came;
			assert.equal(headers['x-hub-signature-256'], `sha256=${createHmac('sha256', Buffer.from(sim.signatureKey, 'hex')).update(raw).digest('hex')}`);
			assert.deepEqual(body.ActivityEventData, { PriorAccountStage: 3, CurrentAccountStage: 7, CancelationReason: null });
			assert.equal(body._objectType, 'Account');
			assert.equal(body.AccountStage, 7);
			assert.equal(body.PersonAccount[0].Person.Email, 'jane@contoso.example');
			assert.doesNotMatch(raw, /AccountStageUpdated/);
			assert.deepEqual((await control('GET', 'deliveries')).deliveries.map((d: any) => [d.activityType, d.status, d.attempts]), [[103, 200, 1]]);
		});

		it('of a login carry the account, of a task its owner', async () => {
			for (const activityType of ['PersonLogin', 'TaskUpdated']) await control('POST', 'notifications', { activityType, url });
			const jane = uid('person.jane@contoso.example');
			await control('POST', 'happen', { activityType: 'PersonLogin', type: 'person', uid: jane, details: { PersonUid: jane } });
			await control('POST', 'happen', { activityType: 'TaskUpdated', type: 'task', uid: uid('task.Call Contoso') });
			await sim.notifications.settled();
			came.sort((a, b) => String(a.body._objectType).localeCompare(b.body._objectType));
			assert.deepEqual(came.map(({ body }) => [body._objectType, body.Uid, body.ActivityEventData.PersonUid, body.ActivityEventData.Title]), [
				['Account', uid('account.Contoso'), jane, undefined],
				['Person', jane, undefined, 'Call Contoso'],
			]);
			assert.deepEqual(came[1].body.PersonAccount[0].Account, { _objectType: 'Account', Uid: uid('account.Contoso') });
		});

		it('are repeated 20 times after a failure, and not once they are taken', async () => {
			await control('POST', 'notifications', { activityType: 101, url });
			status = 500;
			sim.update('account', uid('account.Contoso'), { Name: 'X' });
			await sim.notifications.settled();
			assert.equal(came.length, 21);
			assert.equal(sim.notifications.configured[0].errorCount, 21);
			assert.equal(new Set(came.map(({ raw }) => raw)).size, 1);
			status = 200;
			sim.update('account', uid('account.Contoso'), { Name: 'Y' });
			await sim.notifications.settled();
			assert.equal(came.length, 22);
			await control('DELETE', 'notifications');
			sim.update('account', uid('account.Contoso'), { Name: 'Z' });
			await sim.notifications.settled();
			assert.equal(came.length, 22);
		});

		it('stay away from what is not logged; forgeries have no genuine signature', async () => {
			await control('POST', 'notifications', { activityType: 101, url });
			await call('PUT', `/crm/accounts/${uid('account.Contoso')}?donotlog=1`, { Name: 'X' });
			await sim.notifications.settled();
			assert.equal(came.length, 0);
			await control('POST', 'forge');
			assert.equal(came.length, 4);
			for (const { headers, raw } of came) assert.notEqual(headers['x-hub-signature-256'], `sha256=${createHmac('sha256', Buffer.from(sim.signatureKey, 'hex')).update(raw).digest('hex')}`);
		});
	});

	it('gives a token of a person to the key, and takes it for the profile only', async () => {
		const { access_token: token } = (await call('POST', '/tokens', { username: 'jane@contoso.example' })).body;
		assert.equal((await call('GET', '/profile', undefined, `bearer ${token}`)).body.Email, 'jane@contoso.example');
		assert.equal((await call('GET', '/profile')).status, 401);
		assert.equal((await call('GET', '/crm/accounts', undefined, `bearer ${token}`)).status, 401);
	});
});
