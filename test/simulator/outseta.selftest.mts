/** The Outseta simulator's own test. Run with `node --test test/simulator/outseta.selftest.mts`. */
import assert from 'node:assert/strict';
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

	it('gives a token of a person to the key, and takes it for the profile only', async () => {
		const { access_token: token } = (await call('POST', '/tokens', { username: 'jane@contoso.example' })).body;
		assert.equal((await call('GET', '/profile', undefined, `bearer ${token}`)).body.Email, 'jane@contoso.example');
		assert.equal((await call('GET', '/profile')).status, 401);
		assert.equal((await call('GET', '/crm/accounts', undefined, `bearer ${token}`)).status, 401);
	});
});
