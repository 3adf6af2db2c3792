/**
 * The simulators' own test: they are only worth as much as what they refuse.
 * Run with `node --test test/simulator/simulator.selftest.mts`.
 */
import assert from 'node:assert/strict';
import { createHash, createSign, generateKeyPairSync } from 'node:crypto';
import { after, beforeEach, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { processorClock } from '../harness/processor.mts';
import { startBranchCms, startOutreach, startUserlot } from './index.mts';
import type { AttributeRule } from './outreach/contract.mts';
import { RESOURCES } from './outreach/contract.mts';

interface Answer {
	status: number;
	headers: Headers;
	body: any;
}

const TYPE = 'application/vnd.api+json';

async function send(url: string, init: RequestInit): Promise<Answer> {
	const response = await fetch(url, { redirect: 'manual', ...init });
	const text = await response.text();
	let body: unknown = text;
	try {
		body = JSON.parse(text);
	} catch {
		// Stays text.
	}
	return { status: response.status, headers: response.headers, body };
}

describe('Outreach', async () => {
	const sim = await startOutreach({ stepMs: 20 });
	after(async () => await sim.stop());
	beforeEach(() => {
		sim.reset();
		sim.latencyMs = 0;
		sim.lenientGetContentType = false;
		sim.mintThrottle = false;
	});

	const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
		await send(path.startsWith('http') ? path : `${sim.url}/api/v2${path}`, {
			method,
			headers: { authorization: `Bearer ${sim.accessToken}`, 'content-type': TYPE, ...headers },
			...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
		});
	const get = async (path: string): Promise<Answer> => await call('GET', path);
	const refused = (answer: Answer, status: number, id: string, pointer?: string): void => {
		assert.equal(answer.status, status, JSON.stringify(answer.body));
		const error = answer.body.errors[0];
		assert.equal(error.id, id);
		assert.ok(error.title && error.detail);
		if (pointer !== undefined) assert.equal(error.source.pointer, pointer);
	};
	const ref = (type: string, id: number | string) => ({ data: { type, id } });

	it('seeds a believable organisation with a leaver', () => {
		const dana = sim.records('user').find((user) => user.attributes.email === 'dana.leaver@acme.example');
		assert.ok(dana);
		const owned = (type: string) =>
			sim.records(type).filter((record) => (record.relationships.owner as { id: number } | null)?.id === dana.id);
		assert.equal(owned('prospect').length, 7);
		assert.equal(owned('account').length, 3);
		assert.equal(owned('task').filter((task) => task.attributes.completed === false).length, 4);
		assert.equal(sim.records('team').filter((team) => team.attributes.name === 'West').length, 2);
		assert.equal(sim.records('user').length, 10);
		assert.equal(sim.records('user').filter((user) => user.attributes.locked).length, 1);
		assert.equal(sim.records('account').length, 25);
		assert.equal(sim.records('prospect').length, 120);
		const emails = sim.records('prospect').flatMap((prospect) => prospect.attributes.emails as string[]);
		assert.equal(new Set(emails).size, emails.length);
	});

	it('wants a valid token, with the gateway shape of 401', async () => {
		const answer = await call('GET', '/users', undefined, { authorization: 'Bearer nonsense' });
		assert.equal(answer.status, 401);
		assert.deepEqual(Object.keys(answer.body), ['error', 'description']);
		assert.equal((await send(`${sim.url}/api/v2/users`, { headers: { 'content-type': TYPE } })).status, 401);
	});

	it('expires tokens, rotates refresh tokens and refuses used ones', async () => {
		const old = { access: sim.accessToken, refresh: sim.refreshToken };
		sim.expireTokens();
		assert.equal((await get('/users')).status, 401);
		const mint = async (refresh: string, more: Record<string, string> = {}) =>
			await send(`${sim.url}/oauth/token`, {
				method: 'POST',
				headers: { 'content-type': 'application/x-www-form-urlencoded' },
				body: new URLSearchParams({
					grant_type: 'refresh_token',
					refresh_token: refresh,
					client_id: 'demo-client',
					client_secret: 'demo-secret',
					...more,
				}).toString(),
			});
		assert.equal((await mint(old.refresh, { client_secret: 'wrong' })).status, 401);
		const fresh = await mint(old.refresh);
		assert.equal(fresh.status, 200);
		assert.deepEqual(Object.keys(fresh.body).sort(), ['access_token', 'created_at', 'expires_in', 'refresh_token', 'scope', 'token_type']);
		assert.equal(fresh.body.expires_in, 7200);
		assert.equal(fresh.body.access_token, sim.accessToken);
		assert.equal((await get('/users')).status, 200);
		const reused = await mint(old.refresh);
		assert.equal(reused.status, 400);
		assert.equal(reused.body.error, 'invalid_grant');
		sim.revokeRefreshToken();
		assert.equal((await mint(fresh.body.refresh_token)).body.error, 'invalid_grant');
		// Basic authentication of the client is not looked at.
		const basic = await send(`${sim.url}/oauth/token`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', authorization: `Basic ${btoa('demo-client:demo-secret')}` },
			body: JSON.stringify({ grant_type: 'refresh_token', refresh_token: sim.refreshToken }),
		});
		assert.equal(basic.status, 401);
		sim.reset();
		sim.mintThrottle = true;
		const one = await mint(sim.refreshToken);
		assert.equal(one.status, 200);
		const two = await mint(one.body.refresh_token);
		assert.equal(two.status, 429);
		assert.ok(Number(two.headers.get('retry-after')) > 0);
	});

	it('runs the authorization code flow', async () => {
		const authorize = async (scope: string | undefined) => {
			const query = new URLSearchParams({ client_id: 'demo-client', redirect_uri: 'http://localhost:1/cb', response_type: 'code', state: 's1' });
			if (scope !== undefined) query.set('scope', scope);
			const answer = await send(`${sim.url}/oauth/authorize?${query.toString()}`, {});
			return { status: answer.status, to: new URL(answer.headers.get('location') ?? 'none:') };
		};
		const granted = await authorize('users.read roles.read');
		assert.equal(granted.status, 302);
		assert.equal(granted.to.searchParams.get('state'), 's1');
		assert.equal((await authorize('users.read users.delete')).to.searchParams.get('error'), 'invalid_scope');
		assert.equal((await authorize(undefined)).to.searchParams.get('error'), 'invalid_scope');
		const exchange = async () =>
			await send(`${sim.url}/oauth/token`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({
					grant_type: 'authorization_code',
					code: granted.to.searchParams.get('code'),
					redirect_uri: 'http://localhost:1/cb',
					client_id: 'demo-client',
					client_secret: 'demo-secret',
				}),
			});
		const tokens = await exchange();
		assert.equal(tokens.body.scope, 'users.read roles.read');
		assert.equal((await exchange()).body.error, 'invalid_grant');
		assert.equal((await get('/users')).status, 200);
		refused(await get('/profiles'), 403, 'unauthorizedOauthScope');
		refused(await call('POST', '/users', { data: { type: 'user' } }), 403, 'unauthorizedOauthScope');
	});

	it('does not add scopes up, except .all', async () => {
		const as = (scopes: string[]) => ({ authorization: `Bearer ${sim.issueToken({ scopes }).accessToken}` });
		assert.equal((await call('GET', '/users', undefined, as(['users.write']))).status, 403);
		assert.equal((await call('GET', '/users', undefined, as(['users.all']))).status, 200);
		assert.equal((await call('POST', '/batches/actions/prospectsAssignOwner', {}, as(['batches.all']))).status, 403);
		const app = { authorization: `Bearer ${sim.issueToken({ s2s: true }).accessToken}` };
		assert.equal((await call('GET', '/users', undefined, app)).status, 200);
		assert.equal((await call('GET', '/webhooks', undefined, app)).status, 200);
		assert.equal((await call('GET', '/roles', undefined, app)).status, 403);
	});

	it('wants the media type on every request', async () => {
		const bare = { authorization: `Bearer ${sim.accessToken}` };
		refused(await send(`${sim.url}/api/v2/users`, { headers: bare }), 415, 'unsupportedMediaType');
		sim.lenientGetContentType = true;
		assert.equal((await send(`${sim.url}/api/v2/users`, { headers: bare })).status, 200);
		refused(await call('POST', '/teams', { data: { type: 'team' } }, { 'content-type': 'application/json' }), 415, 'unsupportedMediaType');
		assert.equal((await call('GET', '/users', undefined, { accept: 'text/html' })).status, 406);
		assert.equal((await call('GET', '/users', undefined, { accept: TYPE })).status, 200);
	});

	it('knows its routes', async () => {
		refused(await get('/nothing'), 404, 'routeNotFound');
		refused(await call('DELETE', '/users/1'), 404, 'routeNotFound');
		refused(await get('/imports'), 404, 'routeNotFound');
		refused(await get('/users/99999'), 404, 'resourceNotFound');
		refused(await get('/users/abc'), 404, 'resourceNotFound');
		assert.equal((await get('')).body.meta.user.email, 'ada.admin@acme.example');
		const types = (await get('/types')).body.data;
		assert.equal(types.find((entry: { type: string }) => entry.type === 'Prospect').meta.validations.custom1.label, 'Trial Plan');
	});

	it('creates users, refuses double and odd ones, and never changes an email', async () => {
		const create = async (attributes: unknown, more: object = {}) => await call('POST', '/users', { data: { type: 'user', attributes, ...more } });
		const good = { email: 'new.person@acme.example', firstName: 'New', lastName: 'Person' };
		const made = await create(good, { relationships: { role: ref('role', 4), profile: ref('profile', 3) }, meta: { sendInvite: false } });
		assert.equal(made.status, 201);
		assert.equal(typeof made.body.data.id, 'number');
		assert.equal(made.body.data.attributes.name, 'New Person');
		assert.deepEqual(made.body.data.relationships.role, { data: { type: 'role', id: 4 } });
		assert.equal(made.body.data.links.self, `${sim.url}/api/v2/users/${made.body.data.id}`);
		assert.deepEqual(sim.invites.at(-1), { userId: made.body.data.id, email: good.email, sent: false, requested: false });
		refused(await create({ ...good, email: 'NEW.person@acme.example' }), 422, 'validationError', '/data/attributes/email');
		refused(await create({ email: 'a@b.example' }), 422, 'validationError', '/data/attributes/firstName');
		refused(await create({ ...good, email: 'nope' }), 422, 'validationError', '/data/attributes/email');
		refused(await create({ ...good, active: true }), 400, 'permittedParams.unknownAttribute', '/data/attributes/active');
		refused(await create({ ...good, createdAt: '2026-01-01T00:00:00Z' }), 400, 'permittedParams.unknownAttribute');
		refused(await create({ ...good, email: 'b@b.example', locked: 'yes' }), 422, 'validationError', '/data/attributes/locked');
		refused(await create({ ...good, email: 'b@b.example', phoneType: 'carrier pigeon' }), 422, 'validationError', '/data/attributes/phoneType');
		refused(await create({ ...good, email: 'b@b.example', firstName: 'x'.repeat(256) }), 422, 'validationError', '/data/attributes/firstName');
		const id = made.body.data.id as number;
		const patch = async (data: object) => await call('PATCH', `/users/${id}`, { data });
		assert.equal((await patch({ type: 'user', id, attributes: { locked: true } })).body.data.attributes.locked, true);
		refused(await patch({ type: 'user', id, attributes: { email: 'other@acme.example' } }), 422, 'validationError', '/data/attributes/email');
		assert.equal((await patch({ type: 'user', attributes: { locked: true } })).status, 400);
		assert.equal((await patch({ type: 'user', id: String(id), attributes: { locked: true } })).status, 400);
		assert.equal((await patch({ type: 'users', id, attributes: { locked: true } })).status, 400);
	});

	it('checks relationships', async () => {
		const create = async (relationships: unknown) =>
			await call('POST', '/prospects', { data: { type: 'prospect', attributes: { emails: ['one@two.example'] }, relationships } });
		refused(await create({ owner: ref('user', '4') }), 422, 'validationError', '/data/relationships/owner');
		refused(await create({ owner: ref('user', 4711) }), 422, 'validationError', '/data/relationships/owner');
		refused(await create({ owner: ref('account', 1) }), 422, 'validationError', '/data/relationships/owner');
		refused(await create({ owner: { data: [{ type: 'user', id: 4 }] } }), 422, 'validationError');
		refused(await create({ boss: ref('user', 4) }), 400, 'permittedParams.unknownRelationship');
		refused(await create({ tasks: { data: [] } }), 400, 'permittedParams.unknownRelationship');
		const made = await create({ owner: ref('user', 4), account: ref('account', 2) });
		assert.equal(made.status, 201);
		assert.equal(made.body.data.relationships.emailAddresses.meta.count, 1);
		assert.match(made.body.data.relationships.tasks.links.related, /\/tasks\?filter%5Bprospect%5D%5Bid%5D=/);
		refused(await call('POST', '/prospects?include=owner', { data: { type: 'prospect' } }), 400, 'includeParameter.notSupported');
		refused(
			await call('POST', '/prospects', { data: { type: 'prospect', attributes: { emails: ['ONE@two.example'] } } }),
			422,
			'validationError',
			'/data/attributes/emails',
		);
		const cleared = await call('PATCH', `/prospects/${made.body.data.id}`, {
			data: { type: 'prospect', id: made.body.data.id, relationships: { owner: { data: null } } },
		});
		assert.deepEqual(cleared.body.data.relationships.owner, { data: null });
		const team = await call('PATCH', '/teams/3', { data: { type: 'team', id: 3, relationships: { users: { data: [{ type: 'user', id: 4 }] } } } });
		assert.deepEqual(team.body.data.relationships.users.data, [{ type: 'user', id: 4 }]);
		const dana = await get('/users/4');
		assert.deepEqual(dana.body.data.relationships.teams.data.map((entry: { id: number }) => entry.id), [1, 3]);
		assert.equal((await call('DELETE', `/prospects/${made.body.data.id}`)).status, 204);
		assert.equal((await get(`/prospects/${made.body.data.id}`)).status, 404);
	});

	it('filters as documented and refuses the rest', async () => {
		const ids = async (query: string): Promise<number[]> => {
			const answer = await get(query);
			assert.equal(answer.status, 200, JSON.stringify(answer.body));
			return answer.body.data.map((entry: { id: number }) => entry.id);
		};
		assert.deepEqual(await ids('/users?filter[email]=DANA.leaver@acme.example'), [4]);
		assert.deepEqual(await ids('/users?filter[id]=2,4,999'), [2, 4]);
		assert.deepEqual(await ids('/users?filter[id]=2..4'), [2, 3, 4]);
		assert.deepEqual(await ids('/users?filter[locked]=true'), [10]);
		assert.equal((await ids('/prospects?filter[owner][id]=4')).length, 7);
		assert.equal((await ids('/prospects?filter[account][name]=Contoso&page[size]=1000')).length, 5);
		const email = (sim.records('prospect')[16]?.attributes.emails as string[])[1] as string;
		assert.deepEqual(await ids(`/prospects?filter[emails]=${email.toUpperCase()}`), [17]);
		assert.equal((await ids('/prospects?filter[q]=ann&page[size]=1000')).length, 8);
		assert.deepEqual(await ids('/accounts?filter[q]=conto'), [2]);
		assert.equal((await ids('/accounts?page[size]=100')).length, 23);
		assert.equal((await get('/accounts/24')).status, 200);
		assert.equal((await ids('/tasks?filter[state]=incomplete&filter[owner][email]=dana.leaver@acme.example')).length, 4);
		assert.equal((await ids('/roles?filter[externalId]=__notnull__')).length, 1);
		assert.equal((await ids('/roles?filter[parentRole][id]=__null__')).length, 1);
		const from = new Date(Date.now() - 24 * 3600 * 1000 * 8).toISOString();
		const all = await ids(`/prospects?filter[updatedAt]=${from}..inf&page[size]=1000`);
		assert.deepEqual(await ids(`/prospects?newFilterSyntax=true&filter[updatedAt][gte]=${from}&page[size]=1000`), all);
		assert.ok(all.length > 0 && all.length < 120);
		assert.deepEqual(await ids('/users?newFilterSyntax=true&filter[id][]=2&filter[id][]=4'), [2, 4]);
		refused(await get(`/prospects?newFilterSyntax=true&filter[updatedAt]=${from}..inf`), 400, 'filterParameter.invalidDatetimeFormat');
		refused(await get('/prospects?filter[updatedAt]=yesterday..inf'), 400, 'filterParameter.invalidDatetimeFormat');
		refused(await get('/prospects?filter[updatedAt][gt]=2026-01-01'), 400, 'filterParameter.unknownFilter');
		refused(await get('/users?filter[title]=CEO'), 400, 'filterParameter.unknownFilter');
		refused(await get('/users?filter[email]='), 400, 'filterParameter.emptyValue');
		refused(await get('/users?filter[q]=dana'), 400, 'filterParameter.unknownFilter');
		refused(await get('/prospects?filter[owner][email]=x@y.example'), 400, 'filterParameter.unknownFilter');
		refused(await get('/users?search=dana'), 400, 'queryParameter.unknown');
		refused(await get('/users?sort=title'), 400, 'sortParameter.unknownSort');
		refused(await get('/users?fields[user]=email,nope'), 400, 'fieldsParameter.unknownResourceField');
		refused(await get('/prospects?fields[owner]=email'), 400, 'fieldsParameter.unknownResourceType');
		refused(await get('/users?include=boss'), 400, 'includeParameter.unknownRelationship');
	});

	it('includes related records and trims fields', async () => {
		const answer = await get('/prospects?filter[id]=1,2&include=owner.role,account&fields[prospect]=firstName,owner&fields[user]=email');
		assert.deepEqual(Object.keys(answer.body.data[0].attributes), ['firstName']);
		assert.deepEqual(Object.keys(answer.body.data[0].relationships), ['owner']);
		const included = answer.body.included.map((entry: { type: string; id: number }) => `${entry.type}${entry.id}`).sort();
		assert.deepEqual(included, ['account1', 'account2', 'role3', 'user4']);
	});

	it('pages by cursor without losing or repeating anything', async () => {
		sim.seedProspects(2500);
		const seen: number[] = [];
		let next: string | undefined = `${sim.url}/api/v2/prospects?page[size]=1000&sort=-updatedAt&fields[prospect]=firstName`;
		let pages = 0;
		while (next !== undefined) {
			const answer: Answer = await get(next);
			seen.push(...answer.body.data.map((entry: { id: number }) => entry.id));
			next = answer.body.links?.next;
			pages += 1;
			// A change between two pages must not shift the rest.
			if (pages === 1) sim.remove('prospect', seen[0] as number);
		}
		assert.equal(pages, 3);
		assert.equal(new Set(seen).size, 2620);
		const first = await get('/users?page[size]=3');
		assert.equal(first.body.meta.count, null);
		assert.equal(first.body.links.prev, undefined);
		const second = await get(first.body.links.next);
		assert.deepEqual(second.body.data.map((entry: { id: number }) => entry.id), [4, 5, 6]);
		const back = await get(second.body.links.prev);
		assert.deepEqual(back.body.data.map((entry: { id: number }) => entry.id), [1, 2, 3]);
		assert.equal((await get('/users?count=true')).body.meta.count, 10);
		const none = await get('/users?filter[email]=nobody@acme.example');
		assert.deepEqual(none.body.data, []);
		assert.equal('links' in none.body, false);
		assert.equal((await get('/users?page[size]=1001')).status, 400);
		assert.equal((await get('/users?page[size]=10&page[offset]=0')).status, 400);
		assert.equal((await get('/users?page[size]=10&page[after]=junk')).status, 400);
		assert.equal((await get('/users?page[limit]=4&page[offset]=8')).body.data.length, 2);
		assert.equal((await get('/mailings?page[size]=1000')).status, 500);
		assert.equal((await get('/mailings?page[size]=100')).status, 200);
	});

	it('limits the rate', async () => {
		sim.setRateLimit({ limit: 2, windowMs: 60_000 });
		const first = await get('/users/1');
		assert.equal(first.headers.get('x-ratelimit-limit'), '2');
		assert.equal(first.headers.get('x-ratelimit-remaining'), '1');
		await get('/users/1');
		const over = await get('/users/1');
		refused(over, 429, 'rateLimitExceeded');
		assert.equal(over.headers.get('retry-after'), over.headers.get('x-ratelimit-reset'));
		sim.setRateLimit({ limit: 1, windowMs: 1000, retryAfter: 'seconds' });
		await get('/users/1');
		assert.equal((await get('/users/1')).headers.get('retry-after'), '1');
	});

	it('runs sequences', async () => {
		const enrol = async (prospect: number) =>
			await call('POST', '/sequenceStates', {
				data: { type: 'sequenceState', relationships: { prospect: ref('prospect', prospect), sequence: ref('sequence', 1), mailbox: ref('mailbox', 2) } },
			});
		const made = await enrol(100);
		assert.equal(made.status, 201);
		assert.equal(made.body.data.attributes.state, 'pending');
		refused(await enrol(100), 422, 'validationError', '/data/relationships/prospect');
		refused(
			await call('POST', '/sequenceStates', { data: { type: 'sequenceState', relationships: { prospect: ref('prospect', 101), sequence: ref('sequence', 1) } } }),
			422,
			'validationError',
			'/data/relationships/mailbox',
		);
		const act = async (name: string) => await call('POST', `/sequenceStates/${made.body.data.id}/actions/${name}`);
		refused(await act('resume'), 422, 'validationError');
		assert.equal((await act('pause')).body.data.attributes.state, 'paused');
		assert.equal((await act('resume')).body.data.attributes.state, 'active');
		assert.equal((await act('finish')).status, 200);
		assert.equal((await enrol(100)).status, 201);
		refused(await act('explode'), 404, 'routeNotFound');
		refused(await call('PATCH', '/sequences/5', { data: { type: 'sequence', id: 5, attributes: { enabled: true } } }), 400, 'permittedParams.unknownAttribute');
		assert.equal((await call('POST', '/sequences/5/actions/activate')).body.data.attributes.enabled, true);
		await call('POST', '/sequences/5/actions/lock');
		const locked = await call('PATCH', '/sequences/5', { data: { type: 'sequence', id: 5, attributes: { name: 'x' } } });
		assert.equal(locked.body.errors[0].detail, 'Sequence is locked.');
	});

	it('works on tasks', async () => {
		const made = await call('POST', '/tasks', {
			data: { type: 'task', attributes: { action: 'call', note: 'x' }, relationships: { owner: ref('user', 3), subject: ref('prospect', 5) } },
		});
		assert.equal(made.status, 201);
		assert.equal(made.body.data.attributes.taskType, 'manual');
		assert.deepEqual(made.body.data.relationships.prospect, { data: { type: 'prospect', id: 5 } });
		const act = async (name: string, query = '') => await call('POST', `/tasks/${made.body.data.id}/actions/${name}${query}`);
		assert.equal((await act('reassignOwner')).status, 400);
		assert.equal((await act('reassignOwner', '?actionParams[ownerId]=99')).status, 400);
		assert.equal((await act('reassignOwner', '?actionParams[owner]=5')).status, 400);
		assert.deepEqual((await act('reassignOwner', '?actionParams[ownerId]=5')).body.data.relationships.owner.data, { type: 'user', id: 5 });
		const due = '2027-01-01T08:00:00.000Z';
		assert.equal((await act('reschedule', `?actionParams[dueAt]=${due}`)).body.data.attributes.dueAt, due);
		assert.equal((await act('snooze', '?actionParams[dueAt]=soon')).status, 400);
		assert.equal((await act('updateNote', '?actionParams[note]=new%20note')).body.data.attributes.note, 'new note');
		refused(await act('advance'), 422, 'validationError');
		const done = await act('markComplete', '?actionParams[completionNote]=ok');
		assert.equal(done.body.data.attributes.state, 'complete');
		assert.deepEqual(done.body.data.relationships.completer.data, { type: 'user', id: 1 });
		refused(await act('markComplete'), 422, 'validationError');
	});

	it('runs batches, with the danger of an empty selection', async () => {
		const start = async (name: string, attributes: object, query = '?actionParams[skipConfirmation]=true') =>
			await call('POST', `/batches/actions/${name}${query}`, { type: 'batch', data: { attributes } });
		const finished = async (id: number): Promise<Answer> => {
			for (;;) {
				const answer = await get(`/batches/${id}`);
				if (answer.body.data.attributes.state === 'finished') return answer;
				await wait(10);
			}
		};
		const moved = await start('prospectsAssignOwner', { ids: [1, 2, 9999], ownerId: 5 });
		assert.equal(moved.status, 200);
		assert.equal(moved.body.data.attributes.state, 'pending');
		const end = await finished(moved.body.data.id);
		assert.equal(end.body.data.attributes.failures, 1);
		assert.deepEqual(sim.record('prospect', 2)?.relationships.owner, { type: 'user', id: 5 });
		const failed = await get(`/batchItems?filter[batchId]=${moved.body.data.id}&filter[failed]=true`);
		assert.equal(failed.body.data.length, 1);
		assert.match(failed.body.data[0].attributes.info, /9999/);

		const waiting = await start('accountsAssignOwner', { ownerId: 5 }, '?actionParams[filter][owner][id][]=4');
		assert.equal(waiting.body.data.attributes.state, 'confirming');
		assert.equal(waiting.body.data.attributes.total, 3);
		assert.equal((await call('POST', `/batches/${waiting.body.data.id}/actions/confirm?actionParams[confirmedCount]=2`)).status, 422);
		assert.equal((await call('POST', `/batches/${waiting.body.data.id}/actions/confirm?actionParams[confirmedCount]=3`)).status, 200);
		await finished(waiting.body.data.id);
		assert.equal(sim.records('account').filter((account) => (account.relationships.owner as { id: number } | null)?.id === 4).length, 0);

		const tags = await start('accountAddTags', { ids: [1], tags: ['hot'] });
		await finished(tags.body.data.id);
		assert.ok((sim.record('account', 1)?.attributes.tags as string[]).includes('hot'));
		refused(await call('POST', '/batches/actions/accountsAddTags', { data: { attributes: {} } }), 404, 'routeNotFound');

		const everyone = await start('prospectsDestroyAll', {}, '');
		assert.equal(everyone.body.data.attributes.total, 120);
		assert.equal(everyone.body.data.attributes.confirmedCountRequired, true);
		assert.equal((await call('POST', `/batches/${everyone.body.data.id}/actions/cancel`)).body.data.attributes.state, 'canceled');

		refused(await start('prospectsAssignOwner', { ids: ['1'], ownerId: 5 }), 422, 'validationError', '/data/attributes/ids');
		refused(await start('prospectsAssignAccount', { ids: [1], accountId: 2 }), 422, 'validationError', '/data/attributes/accountId');
		refused(await start('prospectsAssignOwner', { ids: [1] }), 422, 'validationError', '/data/attributes/ownerId');
		refused(await start('prospectsAssignOwner', { ids: [1], owner: 5 }), 400, 'permittedParams.unknownAttribute');
		assert.equal((await call('POST', '/batches/actions/prospectsAssignOwner', { data: { type: 'batch', attributes: { ids: [1], ownerId: 5 } } })).status, 400);
		refused(await start('prospectsBulkModify', { ids: [1], nope: 5 }), 400, 'permittedParams.unknownAttribute');
		const modified = await start('prospectsBulkModify', { ids: [1], title: 'Boss' });
		await finished(modified.body.data.id);
		assert.equal(sim.record('prospect', 1)?.attributes.title, 'Boss');
		const added = await start('prospectsAddToSequence', { ids: [100, 1], sequenceId: 1, mailboxId: 2 });
		assert.equal((await finished(added.body.data.id)).body.data.attributes.failures, 1);
	});

	it('imports', async () => {
		const made = await call('POST', '/imports/actions/bulkUpsert', {
			data: {
				attributes: {
					dupeMethod: 'overwrite',
					records: [
						{ type: 'prospect', id: 3, attributes: { title: 'Changed' } },
						{ type: 'prospect', attributes: { emails: ['fresh@import.example'] } },
					],
				},
			},
		});
		assert.equal(made.status, 200);
		await wait(60);
		const end = await get(`/imports/${made.body.data.id}`);
		assert.equal(end.body.data.attributes.state, 'finished');
		assert.equal(end.body.data.attributes.dupes, 1);
		assert.equal(sim.record('prospect', 3)?.attributes.title, 'Changed');
		assert.equal(sim.records('prospect').length, 121);

		const { storageKey, uploadURL } = (await call('POST', '/imports/actions/generateUploadLink')).body.data.attributes;
		const csv = 'Mail,First\nfile@import.example,File\n';
		assert.equal((await send(uploadURL, { method: 'PUT', body: csv })).status, 200);
		const hash = createHash('md5').update(csv).digest('hex');
		const checked = await call('POST', `/imports/actions/validateUpload?actionParams[hash]=${hash}&actionParams[storageKey]=${encodeURIComponent(storageKey)}`);
		assert.deepEqual(checked.body.data.attributes.headerValue, [
			{ header: 'Mail', value: 'file@import.example' },
			{ header: 'First', value: 'File' },
		]);
		assert.equal(
			(
				await call('POST', '/imports/actions/prospectsImport', {
					data: { attributes: { storageKey, mappings: { Mail: 'email', First: 'firstName' }, recordCount: 1, dupeMethod: 'skip' } },
				})
			).status,
			200,
		);
		await wait(60);
		assert.equal(sim.records('prospect').length, 122);
	});

	it('manages webhooks and their clean-up', async () => {
		const create = async (attributes: object) => await call('POST', '/webhooks', { data: { type: 'webhook', attributes } });
		const made = await create({ url: 'https://hooks.example/x', resource: 'prospect', action: 'created', secret: 's' });
		assert.equal(made.status, 201);
		assert.ok(made.body.data.attributes.cleanupToken);
		assert.equal('cleanupToken' in (await get(`/webhooks/${made.body.data.id}`)).body.data.attributes, false);
		refused(await create({ url: 'http://hooks.example/x' }), 422, 'validationError', '/data/attributes/url');
		refused(await create({ url: 'https://hooks.example/x', resource: 'user', action: 'destroyed' }), 422, 'validationError');
		const clean = async (token: string) => (await send(`${sim.url}/api/v2/webhooks/cleanup`, { method: 'POST', headers: { authorization: `Bearer ${token}` } })).status;
		assert.equal(await clean('wrong'), 401);
		assert.equal(await clean(made.body.data.attributes.cleanupToken), 204);
		assert.equal(await clean(made.body.data.attributes.cleanupToken), 404);
	});

	it('answers every list and every record of every type it holds', async () => {
		for (const path of ['auditLogs', 'batches', 'calls', 'events', 'favorites', 'kaiaRecordings', 'mailAliases', 'opportunities', 'opportunityProspectRoles', 'rulesets', 'sequenceSteps', 'sequenceTemplates', 'snippets', 'tasks', 'templates', 'duties', 'contentCategories', 'emailAddresses', 'phoneNumbers', 'products']) {
			const answer = await get(`/${path}?page[size]=5`);
			assert.equal(answer.status, 200, path);
			const first = answer.body.data[0];
			if (path === 'batches') continue;
			assert.ok(first, path);
			if (path !== 'auditLogs' && path !== 'duties') assert.equal((await get(`/${path}/${first.id}`)).status, 200);
		}
	});

	it('creates, changes and deletes every resource the contract allows, and knows every action', async () => {
		assert.equal(RESOURCES.size, 51);
		const sample = (rule: AttributeRule): unknown => {
			if (rule.enum !== undefined) return rule.enum[0];
			if (rule.format === 'email') return `sample-${Math.random().toString(36).slice(2)}@sample.example`;
			if (rule.format === 'date') return '2027-01-01';
			if (rule.name === 'url') return 'https://hooks.example/x';
			return { string: 'sample', integer: 1, number: 1, boolean: true }[rule.type] ?? (rule.type === 'object' ? {} : []);
		};
		const order = ['account', 'prospect', 'opportunity', 'sequence', 'sequenceStep', ...RESOURCES.keys()];
		for (const type of new Set(order)) {
			const rule = RESOURCES.get(type)!;
			const headers: Record<string, string> = rule.s2sOnly.has('create') ? { authorization: `Bearer ${sim.issueToken({ s2s: true }).accessToken}` } : {};
			if (rule.methods.has('create')) {
				const attributes: Record<string, unknown> = {};
				for (const [name] of rule.requiredAttributes) attributes[name as string] = sample(rule.attributes.get(name as string)!);
				if (type === 'event') attributes.name = 'app:event';
				if (type === 'webhook') attributes.resource = 'prospect';
				const relationships: Record<string, unknown> = {};
				for (const name of rule.requiredRelationships) {
					const target = rule.relationships.get(name)!.types.find((candidate) => sim.records(candidate).length > 0)!;
					relationships[name] = ref(target, sim.records(target).at(-1)!.id);
				}
				const made = await call('POST', `/${rule.plural}`, { data: { type, attributes, relationships } }, headers);
				assert.equal(made.status, 201, `${type}: ${JSON.stringify(made.body)}`);
				if (rule.requiredAttributes.length + rule.requiredRelationships.length > 0) {
					assert.equal((await call('POST', `/${rule.plural}`, { data: { type } }, headers)).status, 422, type);
				}
			}
			const last = sim.records(type).at(-1);
			if (last === undefined) continue;
			for (const action of rule.actions.values()) {
				if (!action.member) continue;
				const answer = await call('POST', `/${rule.plural}/${last.id}/actions/${action.name}`);
				assert.ok([200, 400, 422].includes(answer.status), `${type}.${action.name}: ${answer.status}`);
			}
			const changed = await call('PATCH', `/${rule.plural}/${last.id}`, { data: { type, id: last.id } });
			assert.equal(changed.status === 404, !rule.methods.has('update'), `${type} ${changed.status}`);
			if (type === 'sequence') await call('POST', `/sequences/${last.id}/actions/unlock`);
			const gone = await call('DELETE', `/${rule.plural}/${last.id}`);
			assert.equal(gone.status, rule.methods.has('delete') ? 204 : 404, type);
		}
	});

	it('keeps the custom objects of its organisation under their scopes and their attributes', async () => {
		const path = '/customObjects/subscription';
		const body = (attributes: object, more: object = {}) => ({ data: { type: 'subscription', attributes, ...more } });
		assert.equal((await get(`${path}?filter[seats]=10..inf&sort=-seats&page[size]=1`)).body.data[0].attributes.seats, 250);
		const made = await call('POST', path, body({ name: 'New', seats: 1 }, { relationships: { account: ref('account', 1) } }));
		assert.equal(made.status, 201);
		assert.equal((await call('POST', path, body({ name: 'New', colour: 'red' }))).status, 400);
		assert.equal((await call('POST', path, body({ seats: 'many', name: 'New' }))).status, 422);
		assert.equal((await call('POST', path, body({ seats: 1 }))).status, 422);
		assert.equal((await call('POST', path, { data: { type: 'vehicle', attributes: { name: 'New' } } })).status, 400);
		assert.equal((await get(`${path}?filter[internal_note]=x`)).status, 400);
		const { accessToken } = sim.issueToken({ scopes: ['customObjectRecords.write'] });
		const writer = { authorization: `Bearer ${accessToken}` };
		assert.equal((await call('PATCH', `${path}/1`, body({ seats: 2 }, { id: 1 }), writer)).status, 200);
		assert.equal((await call('DELETE', `${path}/1`, undefined, writer)).status, 403);
		assert.equal((await get('/customObjects/vehicle')).status, 404);
		assert.equal((await call('POST', '/batches/actions/customObjectBulkDelete', { data: { attributes: { ids: [1] } } })).status, 400);
		const schema = await get('/schema.json');
		assert.deepEqual(schema.body.definitions.subscription.definitions.seats, { filterable: true, sortable: true, format: 'integer', type: 'number' });
		assert.equal(schema.body.definitions.subscription.links[1].href, '/api/v2/customObjects/subscription');
		const everybody = await send(`${sim.url}/api/v2/schema.json`, {});
		assert.deepEqual([everybody.status, 'account' in everybody.body.definitions, 'subscription' in everybody.body.definitions], [200, true, false]);
		sim.removeCustomObject('subscription');
		assert.equal((await get(path)).status, 404);
	});

	it('exchanges the proof of an installed app, and nothing else, for a token', async () => {
		const { applicationId, installationId, privateKey } = sim.installation;
		const now = Math.floor(Date.now() / 1000);
		const proof = (claims: object, alg = 'RS256', key: string = privateKey): string => {
			const unsigned = [{ alg, typ: 'JWT' }, { iss: applicationId, iat: now, exp: now + 600, ...claims }].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
			return `${unsigned}.${createSign('RSA-SHA256').update(unsigned).sign(key, 'base64url')}`;
		};
		const exchange = async (token: string, id = installationId) =>
			await send(`${sim.url}/api/app/installs/${id}/actions/accessToken`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': TYPE } });
		const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
		for (const wrong of [proof({ iss: 'other' }), proof({ exp: now - 1 }), proof({ exp: now + 3700 }), proof({ iat: now + 600 }), proof({}, 'none'), proof({}, 'RS256', stranger), `${proof({})}x`, 'a.b', '']) {
			assert.equal((await exchange(wrong)).status, 401, wrong);
		}
		assert.equal((await exchange(proof({}), 'nowhere')).status, 404);
		const given = await exchange(proof({}));
		assert.equal(given.status, 200);
		const app = { authorization: `Bearer ${given.body.data.meta.accessToken}` };
		assert.equal((await call('GET', '/prospects?page[size]=1', undefined, app)).status, 200);
		for (const path of ['/roles', '/types', '/schema.json', '/customObjects/subscription']) assert.equal((await call('GET', path, undefined, app)).status, 403, path);
	});

	it('fails on purpose', async () => {
		sim.addFault({ match: { method: 'GET', path: '/api/v2/users' }, kind: 'status', status: 503, headers: { 'retry-after': '1' }, after: 1, times: 2 });
		assert.deepEqual([(await get('/users')).status, (await get('/users')).status, (await get('/users')).status, (await get('/users')).status], [200, 503, 503, 200]);
		sim.addFault({ match: { path: /roles$/ }, kind: 'reset' });
		await assert.rejects(async () => await get('/roles'));
		sim.addFault({ match: { path: /roles$/ }, kind: 'truncate' });
		await assert.rejects(async () => await get('/roles'));
		sim.addFault({ match: { path: /roles$/ }, kind: 'html' });
		const html = await get('/roles');
		assert.equal(html.status, 502);
		assert.match(html.headers.get('content-type') ?? '', /^text\/html/);
		sim.addFault({ match: { path: /roles$/ }, kind: 'rateLimit', delayMs: 2000 });
		const limited = await get('/roles');
		assert.equal(limited.status, 429);
		assert.ok(limited.headers.get('retry-after'));
		sim.addFault({ match: { method: 'POST', path: '/api/v2/teams' }, kind: 'reset', afterEffect: true });
		const before = sim.records('team').length;
		await assert.rejects(async () => await call('POST', '/teams', { data: { type: 'team', attributes: { name: 'Ghost' } } }));
		assert.equal(sim.records('team').length, before + 1);
		sim.addFault({ match: { path: /roles$/ }, kind: 'slow', delayMs: 120 });
		const at = Date.now();
		await get('/roles');
		assert.ok(Date.now() - at >= 110);
	});

	it('records requests and takes orders over HTTP', async () => {
		const control = async (method: string, action: string, body?: unknown) =>
			await send(`${sim.url}/__control/${action}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }) });
		await call('POST', '/teams?fields[team]=name', { data: { type: 'team', attributes: { name: 'Recorded' } } });
		const recorded = (await control('GET', 'requests')).body.requests.at(-1);
		assert.equal(recorded.path, '/api/v2/teams');
		assert.equal(recorded.search, 'fields[team]=name');
		assert.equal(recorded.query['fields[team]'], 'name');
		assert.equal(recorded.body.data.type, 'team');
		assert.equal(recorded.status, 201);
		await control('DELETE', 'requests');
		assert.equal(sim.requests.length, 0);
		await control('POST', 'faults', { match: { pathPattern: 'roles$' }, kind: 'status', status: 500 });
		assert.equal((await get('/roles')).status, 500);
		await control('POST', 'latency', { ms: 30 });
		const at = Date.now();
		await get('/roles');
		assert.ok(Date.now() - at >= 28);
		await control('POST', 'latency', { ms: 0 });
		assert.deepEqual((await control('POST', 'seed', { prospects: 10 })).body, { prospects: 10 });
		assert.equal((await control('GET', 'records/prospect')).body.records.length, 130);
		await control('POST', 'tokens', { action: 'expire' });
		assert.equal((await get('/roles')).status, 401);
		await control('POST', 'reset');
		assert.equal((await get('/roles')).status, 200);
		assert.equal(sim.records('prospect').length, 120);
	});

	it('is fast with many records', async () => {
		const seeding = processorClock();
		sim.seedProspects(20_000);
		assert.ok(seeding() < 5000);
		const spent = processorClock();
		await Promise.all(Array.from({ length: 200 }, async (_, index) => await get(`/prospects?filter[emails]=lead${index}@load.example`)));
		assert.ok(spent() < 2000, `200 look-ups took ${spent()} ms of processor`);
	});
});

describe('BranchCMS', async () => {
	const sim = await startBranchCms();
	const old = await startBranchCms({ mode: 'legacy', seed: 'empty' });
	after(async () => await Promise.all([sim.stop(), old.stop()]));
	beforeEach(() => sim.reset());

	const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
		await send(`${sim.url}/api/v1/${path}`, {
			method,
			headers: {
				authorization: `Bearer ${sim.token}`,
				accept: 'application/json',
				'user-agent': 'selftest',
				...(body === undefined ? {} : { 'content-type': 'application/json' }),
				...headers,
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});

	it('wants its headers', async () => {
		assert.equal((await call('GET', 'account/accounts')).status, 200);
		assert.equal((await call('GET', 'account/accounts', undefined, { accept: '*/*' })).status, 406);
		assert.equal((await call('GET', 'account/accounts', undefined, { 'user-agent': '' })).status, 400);
		assert.equal((await call('GET', 'account/accounts', undefined, { authorization: 'Bearer wrong' })).status, 401);
		assert.equal((await call('GET', 'account/accounts', undefined, { authorization: '', admin_api_key: sim.token })).status, 401);
		const headers = { accept: 'application/json', 'user-agent': 'selftest' };
		assert.equal((await send(`${old.url}/api/v1/account/accounts`, { headers: { ...headers, admin_api_key: old.token } })).status, 200);
		assert.equal((await send(`${old.url}/api/v1/account/accounts`, { headers: { ...headers, authorization: `Bearer ${old.token}` } })).status, 401);
		assert.equal((await call('POST', 'account/accounts', { email: 'a@b.example' }, { 'content-type': 'text/plain' })).status, 415);
	});

	it('lists, pages, sorts and filters', async () => {
		const first = (await call('GET', 'account/accounts?limit=15&sort=-lastName')).body;
		assert.deepEqual(Object.keys(first), ['data', 'pagination', 'totalItems']);
		assert.equal(first.totalItems, 40);
		assert.equal(first.pagination.totalPages, 3);
		assert.equal(first.pagination.links.next, '?page=2&limit=15&sort=-lastName');
		assert.ok(first.data[0].lastName >= first.data[14].lastName);
		const last = (await call('GET', 'account/accounts?limit=15&page=3')).body;
		assert.equal('next' in last.pagination.links, false);
		assert.equal(last.pagination.count, 10);
		const dana = (await call('GET', 'account/accounts?attributes[email]=dana.leaver@acme.example')).body;
		assert.equal(dana.data.length, 1);
		assert.equal(dana.data[0].firstName, 'Dana');
		assert.equal((await call('GET', 'account/accounts?attributes[shoeSize]=44')).status, 422);
		assert.equal((await call('GET', 'account/accounts?email=x')).status, 422);
		assert.equal((await call('GET', 'calendar/events')).body.totalItems, 12);
		assert.equal((await call('GET', 'account/accounts/4711')).status, 404);
	});

	it('writes', async () => {
		const made = await call('POST', 'account/accounts', { email: 'new@acme.example', username: 'new', password: 'secret', memberLevel: 'gold' });
		assert.equal(made.status, 201);
		assert.equal('password' in made.body, false);
		assert.equal(made.body.memberLevel, 'gold');
		assert.notEqual(made.body.links[0].url, `/accounts/${made.body.id}`);
		assert.equal(sim.records('account').at(-1)?.password, 'secret');
		const path = `account/accounts/${made.body.id}`;
		const patched = await call('PATCH', path, { firstName: 'New' });
		assert.equal(patched.body.email, 'new@acme.example');
		const replaced = await call('PUT', path, { email: 'new@acme.example' });
		assert.equal(replaced.body.firstName, '');
		assert.equal(replaced.body.username, '');
		assert.equal(replaced.body.memberLevel, null);
		assert.equal((await call('POST', 'account/accounts', { email: 'NEW@acme.example' })).status, 422);
		assert.equal((await call('POST', 'account/accounts', { id: 5 })).status, 422);
		assert.equal((await call('POST', 'account/accounts', { displayName: 'x' })).status, 422);
		assert.equal((await call('POST', 'account/accounts', { shoeSize: 44 })).status, 422);
		const gone = await call('DELETE', path);
		assert.equal(gone.status, 204);
		assert.equal(gone.body, '');
		assert.equal((await call('GET', path)).status, 404);
		const event = await call('POST', 'calendar/events', { title: 'Fair', date: '2027-05-01', time: { start: '10:00:00', end: '11:00:00', type: 'timed' }, price: '5' });
		assert.equal(event.status, 201);
		assert.equal(event.body.time.isStartEnd, true);
		assert.equal((await call('POST', 'calendar/events', { title: 'Fair', date: '1 May' })).status, 422);
		assert.equal((await call('POST', 'calendar/events', { isToday: true })).status, 422);
	});

	it('takes uploads', async () => {
		const form = new FormData();
		form.append('file', new Blob(['hello'], { type: 'text/plain' }), 'hello.txt');
		const answer = await send(`${sim.url}/api/v1/calendar/upload`, {
			method: 'POST',
			headers: { authorization: `Bearer ${sim.token}`, accept: 'application/json' },
			body: form,
		});
		assert.equal(answer.status, 201);
		assert.match(answer.body.file, /hello\.txt$/);
		assert.equal(sim.uploads[0]?.bytes, 5);
		assert.equal((await call('POST', 'calendar/upload', {})).status, 415);
	});
});

describe('Outreach SCIM', async () => {
	const sim = await startOutreach();
	after(async () => await sim.stop());
	beforeEach(() => sim.reset());

	const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
	const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
	const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
		await send(`${sim.url}/scim/v2${path}`, {
			method,
			headers: { authorization: `Bearer ${sim.scimToken}`, ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }), ...headers },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
	const patch = async (path: string, ...Operations: unknown[]): Promise<Answer> =>
		await call('PATCH', path, { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations });
	const refused = (answer: Answer, status: number, scimType?: string): void => {
		assert.equal(answer.status, status, JSON.stringify(answer.body));
		assert.deepEqual(answer.body.schemas, ['urn:ietf:params:scim:api:messages:2.0:Error']);
		assert.equal(answer.body.status, String(status));
		assert.equal(answer.body.scimType, scimType);
		assert.ok(answer.body.detail);
	};
	const filter = async (text: string, kind = 'Users'): Promise<Answer> => await call('GET', `/${kind}?filter=${encodeURIComponent(text)}`);

	it('takes its own token only, and the media types of SCIM', async () => {
		refused(await call('GET', '/Users', undefined, { authorization: `Bearer ${sim.accessToken}` }), 401);
		refused(await call('GET', '/Users', undefined, { accept: 'text/html' }), 406);
		refused(await call('POST', '/Users', { schemas: [USER], userName: 'a@example.com' }, { 'content-type': TYPE }), 415);
		const answer = await call('GET', '/Users/1');
		assert.equal(answer.headers.get('content-type'), 'application/scim+json;charset=utf-8');
		assert.equal((await call('GET', '/7d7f3a52-0b54-4c0a-8f55-9f0d2a8f6e01/Users/1')).status, 200);
		refused(await call('GET', '/11111111-0b54-4c0a-8f55-9f0d2a8f6e01/Users/1'), 404);
	});

	it('counts pages from one, up to its own maximum', async () => {
		const second = await call('GET', '/Users?startIndex=9&count=5');
		assert.deepEqual([second.body.totalResults, second.body.startIndex, second.body.itemsPerPage], [10, 9, 2]);
		sim.scimMaxResults = 3;
		assert.equal((await call('GET', '/Users?count=100')).body.Resources.length, 3);
		assert.equal((await call('GET', '/Users?startIndex=-4&count=1')).body.startIndex, 1);
		refused(await call('GET', '/Users?sortBy=userName'), 400, 'invalidSyntax');
	});

	it('filters by the documented attributes alone', async () => {
		assert.equal((await filter('USERNAME EQ "BEA.brandt@acme.example"')).body.Resources[0].id, '2');
		const none = await filter('externalId eq "x"');
		assert.equal(none.body.totalResults, 0);
		assert.ok(!('Resources' in none.body));
		for (const text of ['active eq true', 'userName sw "a"', 'userName eq bea', 'userName eq "a" and externalId eq "b"', 'id eq "1"']) {
			refused(await filter(text), 400, 'invalidFilter');
		}
		refused(await filter('displayName eq "West"', 'Groups'), 400, 'invalidFilter');
	});

	it('refuses what the schema does not know, and a second user of a name', async () => {
		refused(await call('POST', '/Users', { userName: 'a@example.com' }), 400, 'invalidSyntax');
		refused(await call('POST', '/Users', { schemas: [USER], userName: 'a@example.com', firstName: 'A' }), 400, 'invalidSyntax');
		refused(await call('POST', '/Users', { schemas: [USER], userName: 'a@example.com', active: 'true' }), 400, 'invalidValue');
		refused(await call('POST', '/Users', { schemas: [USER] }), 400, 'invalidValue');
		refused(await call('POST', '/Users', { schemas: [USER], userName: 'Bea.Brandt@acme.example' }), 409, 'uniqueness');
		refused(await call('POST', '/Groups', { schemas: [GROUP], displayName: 'G', members: [{ value: '999' }] }), 400, 'invalidValue');
		refused(await call('PUT', '/Groups/1', { schemas: [GROUP], displayName: 'G' }), 405);
		assert.equal(sim.records('user').length, 10);
	});

	it('changes all or nothing', async () => {
		refused(await patch('/Users/2', { op: 'replace', path: 'active', value: false }, { op: 'replace', path: 'shoeSize', value: 9 }), 400, 'invalidPath');
		assert.equal(sim.record('user', 2)?.attributes.locked, false);
		refused(await patch('/Users/2', { op: 'Replace', path: 'active', value: false }), 400, 'invalidSyntax');
		refused(await patch('/Users/2', { op: 'remove' }), 400, 'noTarget');
		refused(await patch('/Users/2', { op: 'replace', path: 'id', value: '9' }), 400, 'mutability');
		refused(await patch('/Users/2', { op: 'replace', path: 'userName', value: 'ada.admin@acme.example' }), 409, 'uniqueness');
		refused(await patch('/Groups/1', { op: 'remove', path: 'members[value eq "9"]' }), 400, 'noTarget');
		refused(await call('PATCH', '/Users/2', { Operations: [{ op: 'replace', path: 'active', value: false }] }), 400, 'invalidSyntax');
		refused(await patch('/Users/99', { op: 'replace', path: 'active', value: false }), 404);
	});

	it('shows users and teams of the other API, and locks those who become inactive', async () => {
		const made = await call('POST', '/Users', { schemas: [USER], userName: 'new@acme.example', name: { givenName: 'Ann', familyName: 'New' }, externalId: 'x' });
		assert.equal(made.status, 201);
		assert.equal(made.headers.get('location'), made.body.meta.location);
		const id = Number(made.body.id);
		assert.deepEqual([sim.record('user', id)?.attributes.firstName, sim.record('user', id)?.attributes.scimExternalId], ['Ann', 'x']);
		await patch(`/Users/${id}`, { op: 'replace', value: { active: false, name: { familyName: 'Old' } } });
		assert.deepEqual([sim.record('user', id)?.attributes.locked, sim.record('user', id)?.attributes.name], [true, 'Ann Old']);
		await patch('/Groups/3', { op: 'add', path: 'members', value: [{ value: String(id) }, { value: '7' }] });
		assert.deepEqual(sim.record('team', 3)?.relationships.users, [{ type: 'user', id: 7 }, { type: 'user', id }]);
		assert.deepEqual((await call('GET', `/Users/${id}`)).body.groups, [{ value: '3', display: 'Customer Success' }]);
		assert.equal((await call('DELETE', `/Users/${id}`)).status, 204);
		refused(await call('GET', `/Users/${id}`), 404);
		assert.equal(sim.record('user', id)?.attributes.locked, true);
	});
});

describe('Userlot', async () => {
	const sim = await startUserlot();
	const documented = await startUserlot({ endUserWrites: false });
	after(async () => await Promise.all([sim.stop(), documented.stop()]));
	beforeEach(() => sim.reset());

	const call = async (method: string, path: string, body?: unknown, key = sim.apiKey, url = sim.url): Promise<Answer> =>
		await send(`${url}/api/v1/${path}`, {
			method,
			headers: { apikey: key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
	const statuses = async (calls: Array<[method: string, path: string, body?: unknown]>) => {
		const answers: Array<[string, number]> = [];
		for (const [method, path, body] of calls) answers.push([`${method} ${path} ${JSON.stringify(body)}`, (await call(method, path, body)).status]);
		return answers;
	};
	const refuses = async (status: number, ...calls: Array<[method: string, path: string, body?: unknown]>) =>
		assert.deepEqual(
			await statuses(calls),
			calls.map(([method, path, body]) => [`${method} ${path} ${JSON.stringify(body)}`, status]),
		);
	const company = () => sim.records('company')[0]!;

	it('wants its key, and knows no other paths and methods', async () => {
		assert.equal((await call('GET', 'teams')).status, 200);
		assert.equal((await call('GET', 'teams', undefined, 'wrong')).status, 401);
		assert.equal((await send(`${sim.url}/api/v1/teams`, { headers: { authorization: `Bearer ${sim.apiKey}` } })).status, 401);
		await refuses(404, ['GET', 'events'], ['GET', 'companies/none'], ['GET', `companies/${String(company().id)}/people`], ['GET', 'teams/1']);
		await refuses(405, ['DELETE', `companies/${String(company().id)}`], ['POST', 'teams', {}], ['GET', 'identify'], ['PATCH', 'companies', {}]);
	});

	it('lists without pages, by the parameters that are known', async () => {
		const { body } = await call('GET', 'companies');
		assert.ok(Array.isArray(body));
		assert.equal(body.length, sim.records('company').length);
		const { external_id: external, name } = company();
		const ids = async (query: string) => (await call('GET', `companies?${query}`)).body.map(({ external_id: one }: { external_id: string }) => one);
		assert.deepEqual(await ids(`external_id=${String(external)}`), [external]);
		assert.deepEqual(await ids(`name=${encodeURIComponent(String(name).toLowerCase())}`), [external]);
		assert.deepEqual(await ids('external_id=none'), []);
		await refuses(422, ['GET', 'companies?page=2'], ['GET', 'companies?limit=10'], ['GET', 'companies?external_id='], ['GET', 'end_users?health=1'], ['GET', 'teams?name=x']);
	});

	it('changes what a body carries and nothing else', async () => {
		const before = company();
		const path = `companies/${String(before.id)}`;
		const { status, body } = await call('PATCH', path, { arr: 1200 });
		assert.equal(status, 200);
		assert.equal(body.arr, 1200);
		assert.equal('source_external_id' in body, false);
		const { updated_at: at, arr, ...rest } = company();
		const { updated_at: was, arr: _, ...others } = before;
		assert.deepEqual(rest, others);
		assert.equal(arr, 1200);
		assert.ok(String(at) > String(was));
		await refuses(
			422,
			['PATCH', path, { arr: '1200' }],
			['PATCH', path, { name: '' }],
			['PATCH', path, { renewal_date: '2027-05-01T00:00:00Z' }],
			['PATCH', path, { health_score: 5 }],
			['PATCH', path, { created_at: '2027-05-01' }],
			['PATCH', path, { shoe_size: 44 }],
			['PATCH', path, { is_reference: 'yes' }],
			['PATCH', path, { status_id: 'none' }],
			['PATCH', path, { id: 'other' }],
			['PATCH', path, { external_id: sim.records('company')[1]!.external_id }],
		);
	});

	it('upserts by any of the three ids, and makes a new record without', async () => {
		const count = () => sim.records('company').length;
		const had = count();
		const { id, external_id: external } = company();
		for (const key of [{ id }, { external_id: external }]) assert.equal((await call('PUT', 'companies', { ...key, mrr: 7 })).status, 200);
		assert.equal(count(), had);
		assert.equal((await call('PUT', 'companies', { source_external_id: 'crm-99', name: 'New' })).status, 201);
		assert.equal((await call('PUT', 'companies', { source_external_id: 'crm-99', name: 'Newer' })).status, 200);
		assert.equal(count(), had + 1);
		for (let i = 0; i < 2; i += 1) assert.equal((await call('PUT', 'companies', { name: 'Nobody' })).status, 201);
		assert.equal(count(), had + 3);
		await refuses(404, ['PUT', 'companies', { id: 'none', name: 'x' }]);
		await refuses(422, ['POST', 'companies', { id: 'mine' }], ['POST', 'companies', { external_id: external }], ['PUT', 'end_users', { email: 'a@b.example', company_id: 'none' }]);
	});

	it('does without the writes that nobody has seen documented, if a test wants that', async () => {
		const [{ id }] = documented.records('endUser');
		for (const [method, path] of [['POST', 'end_users'], ['PATCH', `end_users/${String(id)}`]]) {
			assert.equal((await call(method, path, { first_name: 'X' }, documented.apiKey, documented.url)).status, 405);
		}
		assert.equal((await call('PUT', 'end_users', { external_id: 'new', first_name: 'X' }, documented.apiKey, documented.url)).status, 201);
	});

	it('identifies by email or external id', async () => {
		assert.equal((await call('PUT', 'identify', { user_email: 'a@b.example', company_name: 'Acme' })).status, 204);
		assert.deepEqual(sim.records('identified'), [{ user_email: 'a@b.example', company_name: 'Acme' }]);
		await refuses(422, ['PUT', 'identify', { company_name: 'Acme' }], ['PUT', 'identify', { user_email: '' }], ['PUT', 'identify', { user_email: 'a@b.example', plan: 'x' }]);
	});
});
