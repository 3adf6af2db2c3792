/** The request layer under bad weather: limits, faults, lost connections, tokens, cancellation. */
import type { IDataObject } from 'n8n-workflow';
import { createHarness } from '../harness/index.mts';
import { LINE, mapper, MEDIA_TYPE, outreachCredential, outreachLab, rl, seen, tinyServer, visible, where, type OutreachLab, type TinyServer } from './support.mts';

const lab = outreachLab();

const USERS = '/api/v2/users';
const ROLES = '/api/v2/roles';
const role = (id: unknown = 3) => ({ record: rl('id', id) });
const newRole = { fields: mapper({ name: 'Night Shift' }) };
/** What n8n's scheduler reads of an error; n8n 1 knows nothing of it. */
const expectFailure = (error: Error | undefined, failure: IDataObject) => LINE > 1 && expect((error as unknown as { failure?: IDataObject }).failure).toMatchObject(failure);
const descriptionOf = (error: Error | undefined) => String((error as unknown as { description?: string })?.description);
const codeOf = (error: Error | undefined) => (error as unknown as { httpCode?: string })?.httpCode;
/** Time between the requests, in ms. */
const gaps = () => lab.calls().slice(1).map(({ at }, n) => at - lab.calls()[n].at);

const tooMany = (headers: Record<string, string>) => ({
	kind: 'status' as const,
	status: 429,
	headers,
	body: { errors: [{ id: 'rateLimitExceeded', title: 'Rate Limit Exceeded', detail: 'Rate limit exceeded.' }] },
});

describe('the vendor asks to wait', () => {
	test('Retry-After in seconds, as an epoch time, as an HTTP or ISO date: waited for, also before a POST', async () => {
		const now = Date.now();
		const second = Math.ceil(now / 1000) + 1;
		// The header's value, and when it allows the next request: a time, or after how many ms.
		const forms: Array<[string, string, number]> = [
			['role', '1', 950],
			['stage', String(second), second * 1000],
			['persona', new Date(second * 1000).toUTCString(), second * 1000],
			['profile', new Date(now + 1_000).toISOString(), now + 1_000],
		];
		await Promise.all(
			forms.map(async ([resource, value, allowed]) => {
				lab.sim.addFault({ match: { method: 'POST', path: `/api/v2/${resource}s` }, ...tooMany({ 'retry-after': value }) });
				// Each with a credential of its own, or they would wait for each other.
				lab.connect();
				const { error, json, hints } = await lab.run(resource, 'create', newRole);
				expect(error).toBeUndefined();
				const mine = lab.calls().filter(({ path }) => path.endsWith(`/${resource}s`));
				expect(mine.map(({ method, status }) => [method, status])).toEqual([['POST', 429], ['POST', 201]]);
				const from = allowed < 1e6 ? mine[0].at + allowed : allowed;
				// Timers may fire a millisecond early.
				expect(mine[1].at).toBeGreaterThanOrEqual(from - 5);
				expect(mine[1].at).toBeLessThan(from + 2_000);
				expect(json[0].name).toBe('Night Shift');
				expect(hints).toEqual([{ message: expect.stringMatching(/^Waited (1 second|2 seconds) for the rate limit of Outreach$/), location: 'outputPane' }]);
			}),
		);
	});

	test('503 with Retry-After is a wait as well', async () => {
		lab.sim.addFault({ match: { path: ROLES }, kind: 'status', status: 503, headers: { 'retry-after': '1' } });
		const { error } = await lab.run('role', 'create', newRole);
		expect(error).toBeUndefined();
		expect(gaps()[0]).toBeGreaterThanOrEqual(950);
	});

	test('a fault does not wait for the end of the rate limit\'s hour, which every answer names', async () => {
		lab.sim.addFault({
			match: { path: `${ROLES}/3` },
			kind: 'status',
			status: 503,
			headers: { 'x-ratelimit-limit': '10000', 'x-ratelimit-remaining': '9000', 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 3_000) },
		});
		const { error, elapsedMs } = await lab.run('role', 'get', { ...role(), options: { maxWait: 0.1 } });
		expect(error).toBeUndefined();
		expect(elapsedMs).toBeLessThan(2_000);
	});

	test('an allowance used up holds the next request back until it is renewed', async () => {
		lab.sim.setRateLimit({ limit: 2, remaining: 2, windowMs: 1_200 });
		const { error, json } = await lab.run('role', 'get', { ...role('={{ $json.id }}'), options: { parallel: 1 } }, [{ id: 1 }, { id: 2 }, { id: 3 }]);
		expect(error).toBeUndefined();
		expect(json.map(({ id }) => id)).toEqual([1, 2, 3]);
		// No request was sent in vain.
		expect(lab.calls().map(({ status }) => status)).toEqual([200, 200, 200]);
		expect(gaps()[1]).toBeGreaterThan(500);
	});

	test('X-RateLimit-Remaining with two numbers: the smaller one counts', async () => {
		const reset = Math.ceil(Date.now() / 1000) + 1;
		lab.sim.addFault({
			match: { path: `${ROLES}/1` },
			kind: 'status',
			status: 200,
			headers: { 'x-ratelimit-remaining': '8999, 0', 'x-ratelimit-reset': String(reset) },
			body: { data: { type: 'role', id: 1, attributes: { name: 'R' } } },
		});
		const { error } = await lab.run('role', 'get', { ...role('={{ $json.id }}'), options: { parallel: 1 } }, [{ id: 1 }, { id: 2 }]);
		expect(error).toBeUndefined();
		expect(lab.calls()[1].at).toBeGreaterThanOrEqual(reset * 1000 - 5);
	});

	test('two numbers that are left are no reason to wait', async () => {
		lab.sim.setRateLimit({ twoNumbers: true });
		const { elapsedMs, hints } = await lab.run('role', 'get', { ...role('={{ $json.id }}') }, [{ id: 1 }, { id: 2 }]);
		expect(elapsedMs).toBeLessThan(500);
		expect(hints).toEqual([]);
	});

	test('parallel items that wait together wait once', async () => {
		lab.sim.setRateLimit({ limit: 5, remaining: 3, windowMs: 1_000, retryAfter: 'seconds' });
		const items = Array.from({ length: 6 }, (_, n) => ({ id: n + 1 }));
		const { json, error, hints, elapsedMs } = await lab.run('role', 'get', { ...role('={{ $json.id }}'), options: { parallel: 10 } }, items);
		expect(error).toBeUndefined();
		expect(json.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6]);
		const [, seconds] = /Waited (\d+) seconds?/.exec(hints[0].message)!;
		expect(Number(seconds)).toBeLessThanOrEqual(Math.ceil(elapsedMs / 1000));
	});

	test('longer than the option allows: an error with the cause, and nothing is repeated', async () => {
		lab.sim.addFault({ match: { path: `${ROLES}/3` }, ...tooMany({ 'retry-after': '120' }) });
		const { error, elapsedMs } = await lab.run('role', 'get', { ...role(), options: { maxWait: 1 } });
		expect(elapsedMs).toBeLessThan(1_000);
		expect(lab.sent()).toEqual(['GET /roles/3']);
		expect(error?.message).toBe('Outreach refused to get role 3: Rate limit exceeded.');
		expect(codeOf(error)).toBe('429');
		expectFailure(error, { cause: 'rate-limited', retryAfterMs: expect.any(Number) });
		if (LINE > 1) expect((error as unknown as { failure: { retryAfterMs: number } }).failure.retryAfterMs).toBeGreaterThan(100_000);
		// The next one is told at once, without a request.
		const next = await lab.run('role', 'get', { ...role(), options: { maxWait: 1 } });
		expect(lab.sent()).toHaveLength(1);
		expect(next.error?.message).toMatch(/^Outreach allows no further requests for \d+ seconds$/);
		expect(descriptionOf(next.error)).toMatch(/Max Wait for Rate Limit/);
		expectFailure(next.error, { cause: 'rate-limited' });
	});

	test('the limit is shared by all nodes of one credential, and by no other', async () => {
		lab.sim.addFault({ match: { path: `${ROLES}/1` }, ...tooMany({ 'retry-after': '1' }) });
		const first = lab.run('role', 'get', role(1));
		await seen(lab, 'GET /roles/1');
		await new Promise((done) => setTimeout(done, 100));
		const stranger = await createHarness({ credentials: { outreachOAuth2Api: { data: outreachCredential(lab.sim.url, lab.sim) } } });
		const [, , other] = await Promise.all([
			first,
			lab.run('role', 'get', role(2), [{}], { node: { name: 'Second' } }),
			stranger.runNode('outreach', { resource: 'role', operation: 'get', ...role(4) } as never),
		]);
		expect(other.error).toBeUndefined();
		const at = (path: string) => lab.calls().filter((call) => call.path === `${ROLES}/${path}`).map((call) => call.at);
		expect(at('1')).toHaveLength(2);
		expect(at('2')[0] - at('1')[0]).toBeGreaterThanOrEqual(950);
		expect(at('4')[0] - at('1')[0]).toBeLessThan(900);
	});
});

describe('faults', () => {
	test.each<[string, string, string, IDataObject]>([
		['GET', 'get', '/roles/3', role()],
		['PATCH', 'update', '/roles/3', { ...role(), fields: mapper({ name: 'X' }) }],
		['DELETE', 'delete', '/roles/6', role(6)],
	])('500 on %s is repeated', async (method, operation, path, parameters) => {
		lab.sim.addFault({ match: { method, path: `/api/v2${path}` }, kind: 'status', status: 500 });
		const { error } = await lab.run('role', operation, parameters);
		expect(error).toBeUndefined();
		expect(lab.sent()).toEqual([`${method} ${path}`, `${method} ${path}`]);
		expect(gaps()[0]).toBeGreaterThan(300);
	});

	test.each([
		['500', { kind: 'status' as const, status: 500, afterEffect: true }],
		['502 with a page', { kind: 'html' as const, status: 502, afterEffect: true }],
		['a page with status 200', { kind: 'html' as const, status: 200, afterEffect: true }],
		['a lost connection', { kind: 'reset' as const, afterEffect: true }],
		['a torn answer', { kind: 'truncate' as const }],
	])('%s on POST is not repeated: its fate is unknown, and the message says what to do', async (_what, fault) => {
		lab.sim.addFault({ match: { method: 'POST', path: ROLES }, ...fault });
		const { error } = await lab.run('role', 'create', newRole);
		expect(lab.sent()).toEqual(['POST /roles']);
		expect(error?.message).toBe('It is not known whether Outreach did it: create role');
		expect(descriptionOf(error)).toMatch(/not repeated.*Check in Outreach whether/);
		expect(lab.sim.records('role').filter(({ attributes }) => attributes.name === 'Night Shift')).toHaveLength(1);
	});

	test('a POST that says the same twice is repeated', async () => {
		lab.sim.addFault({ match: { method: 'POST', path: '/api/v2/tasks/1/actions/reassignOwner' }, kind: 'reset' });
		const { error, json } = await lab.run('user', 'deprovision', {
			record: rl('id', 4),
			reassignTo: rl('id', 3),
			options: { reassign: ['tasks'] },
		});
		expect(error).toBeUndefined();
		expect(lab.writes().filter((line) => line.startsWith('POST /tasks/1/'))).toHaveLength(2);
		expect(json[0].tasks).toEqual({ count: 4, of: 4 });
	});

	test.each([
		['a lost connection', { kind: 'reset' as const }],
		['a torn answer', { kind: 'truncate' as const }],
		['a page with status 200', { kind: 'html' as const, status: 200 }],
	])('%s on GET is repeated', async (_what, fault) => {
		lab.sim.addFault({ match: { path: `${ROLES}/3` }, ...fault });
		const { error, json } = await lab.run('role', 'get', role());
		expect(error).toBeUndefined();
		expect(lab.sent()).toEqual(['GET /roles/3', 'GET /roles/3']);
		expect(json[0]).toMatchObject({ id: 3, name: 'Account Executive' });
	});

	test('a DELETE whose answer was lost: gone is gone', async () => {
		lab.sim.addFault({ match: { method: 'DELETE' }, kind: 'reset', afterEffect: true });
		const { error, json } = await lab.run('role', 'delete', role(6));
		expect(error).toBeUndefined();
		expect(json).toEqual([{ id: 6, deleted: true }]);
		expect(lab.calls().map(({ status }) => status)).toEqual([0, 404]);
		const again = await lab.run('role', 'delete', role(6));
		expect(codeOf(again.error)).toBe('404');
	});

	test('what does not go away is reported after a few attempts; a POST that never left may be repeated, too', async () => {
		lab.sim.addFault({ match: { path: `${ROLES}/1` }, kind: 'status', status: 500, times: -1 });
		lab.sim.addFault({ match: { path: `${ROLES}/2` }, kind: 'html', status: 200, times: -1, body: '<html><title>Sign in</title></html>' });
		lab.sim.addFault({ match: { path: `${ROLES}/3` }, kind: 'reset', times: -1 });
		lab.sim.addFault({ match: { path: `${ROLES}/5` }, kind: 'truncate', times: -1 });
		const ids = [4, 1, 2, 3, 5].map((id) => ({ id }));
		const faulty = lab.run('role', 'get', role('={{ $json.id }}'), ids, { continueOnFail: true });
		const gone = await tinyServer(() => {});
		await gone.stop();
		lab.connect({ baseUrl: gone.url });
		const [{ items }, { error, elapsedMs }] = await Promise.all([faulty, lab.run('role', 'create', newRole)]);
		expect(items.map(({ json }) => json.error ?? json.name)).toEqual([
			'Sales Development Representative',
			'Outreach refused to get role 1: Internal Server Error. [item 1]',
			'Outreach answered with the web page "Sign in" instead of data [item 2]',
			'Outreach could not be reached [item 3]',
			'The answer of Outreach broke off [item 4]',
		]);
		expect(String(items[2].json.details)).toContain('sign-in page');
		expect(String(items[3].json.details)).toMatch(/ECONNRESET/);
		for (const id of [1, 2, 3, 5]) expect(lab.sent().filter((line) => line === `GET /roles/${id}`)).toHaveLength(5);
		expect(error?.message).toBe('Outreach could not be reached');
		expect(descriptionOf(error)).toMatch(/ECONNREFUSED/);
		expect(elapsedMs).toBeGreaterThan(3_000);
	});
});

describe('cancelling', () => {
	test.each<[string, number, (sim: OutreachLab['sim']) => void]>([
		['a wait for Retry-After', 200, (sim) => sim.addFault({ match: { path: `${ROLES}/3` }, ...tooMany({ 'retry-after': '60' }) })],
		['a running request', 200, (sim) => sim.addFault({ match: { path: `${ROLES}/3` }, kind: 'slow', delayMs: 2_500 })],
		['a pause before a repetition', 700, (sim) => sim.addFault({ match: { path: `${ROLES}/3` }, kind: 'status', status: 500, times: -1 })],
	])('ends %s within a second', async (_what, afterMs, arrange) => {
		arrange(lab.sim);
		const stop = new AbortController();
		setTimeout(() => stop.abort(), afterMs);
		const { status, afterCancelMs } = await lab.run('role', 'get', role(), [{}], { signal: stop.signal });
		expect(status).toBe('canceled');
		expect(afterCancelMs).toBeLessThan(1_000);
		const before = lab.sent().length;
		await new Promise((done) => setTimeout(done, 600));
		expect(lab.sent()).toHaveLength(before);
	});

	test('ends the wait for a bulk change', async () => {
		lab.sim.stepMs = 60_000;
		const stop = new AbortController();
		const running = lab.run('user', 'deprovision', { record: rl('id', 4), reassignTo: rl('id', 3), options: { reassign: ['accounts'] } }, [{}], { signal: stop.signal });
		await seen(lab, 'POST /batches/actions/accountsAssignOwner');
		setTimeout(() => stop.abort(), 50);
		const { status, afterCancelMs } = await running;
		lab.sim.stepMs = 100;
		expect(status).toBe('canceled');
		expect(afterCancelMs).toBeLessThan(1_000);
	});

	test('sends nothing for the items that had not begun', async () => {
		lab.sim.latencyMs = 100;
		const stop = new AbortController();
		const items = Array.from({ length: 50 }, (_, n) => ({ name: `Role ${n}` }));
		const running = lab.run('role', 'create', { fields: mapper({ name: '={{ $json.name }}' }), options: { parallel: 2 } }, items, { signal: stop.signal });
		await seen(lab, 'POST /roles', 3);
		stop.abort();
		await running;
		const sent = lab.sent().length;
		expect(sent).toBeLessThan(10);
		await new Promise((done) => setTimeout(done, 300));
		expect(lab.sent()).toHaveLength(sent);
	});
});

describe('tokens', () => {
	const tokenRequests = () => lab.sim.requests.filter(({ path }) => path === '/oauth/token');
	const stored = () => lab.harness.credentials.get('outreachOAuth2Api').data.oauthTokenData as IDataObject;

	test('an expired token: renewed once for 20 parallel items, and the rotated one is kept', async () => {
		const before = lab.sim.refreshToken;
		lab.sim.expireTokens();
		const items = Array.from({ length: 20 }, (_, n) => ({ id: (n % 6) + 1 }));
		const { json, error } = await lab.run('role', 'get', { ...role('={{ $json.id }}'), options: { parallel: 20 } }, items);
		expect(error).toBeUndefined();
		expect(json.map(({ id }) => id)).toEqual(items.map(({ id }) => id));
		expect(tokenRequests()).toHaveLength(1);
		expect(new URLSearchParams(tokenRequests()[0].rawBody).get('refresh_token')).toBe(before);
		expect(new URLSearchParams(tokenRequests()[0].rawBody).get('client_secret')).toBe('demo-secret');
		expect(lab.sim.refreshToken).not.toBe(before);
		expect(stored()).toMatchObject({ access_token: lab.sim.accessToken, refresh_token: lab.sim.refreshToken });
		// The first one goes alone, so that a single request is refused; n8n 1 has to be shown it a second time.
		expect(lab.calls().filter(({ status }) => status === 401)).toHaveLength(LINE > 1 ? 1 : 2);
		await lab.run('role', 'get', role());
		expect(tokenRequests()).toHaveLength(1);
	});

	test('a token that expires in the middle of a run, with several requests under way', async () => {
		lab.sim.latencyMs = 20;
		const items = Array.from({ length: 30 }, (_, n) => ({ id: (n % 6) + 1 }));
		const running = lab.run('role', 'get', { ...role('={{ $json.id }}'), options: { parallel: 10 } }, items);
		await seen(lab, 'GET /roles', 12);
		lab.sim.expireTokens();
		const { json, error } = await running;
		expect(error).toBeUndefined();
		expect(json).toHaveLength(30);
		expect(tokenRequests()).toHaveLength(1);
	});

	test('client credentials, which the vendor does not document: one token for all items where they are taken', async () => {
		const asked: string[] = [];
		const server = await tinyServer((request, response) => {
			response.setHeader('content-type', request.url === '/oauth/token' ? 'application/json' : MEDIA_TYPE);
			if (request.url === '/oauth/token') {
				let body = '';
				request.on('data', (chunk: Buffer) => (body += chunk.toString()));
				request.on('end', () => {
					asked.push(new URLSearchParams(body).get('grant_type') ?? '');
					response.end(JSON.stringify({ access_token: 'of-the-app', token_type: 'bearer', expires_in: 7200 }));
				});
				return;
			}
			response.statusCode = request.headers.authorization === 'Bearer of-the-app' ? 200 : 401;
			response.end(JSON.stringify({ data: { type: 'role', id: 3, attributes: { name: 'Rep' } } }));
		});
		try {
			lab.connect({ baseUrl: server.url, accessTokenUrl: `${server.url}/oauth/token`, grantType: 'clientCredentials', oauthTokenData: undefined });
			const { error, json } = await lab.run('role', 'get', role(), [{}, {}, {}]);
			expect(error).toBeUndefined();
			expect(json).toHaveLength(3);
			expect(asked).toEqual(['client_credentials']);
		} finally {
			await server.stop();
		}
	});

	test('client credentials refused by the vendor end with its reason', async () => {
		lab.connect({ grantType: 'clientCredentials', oauthTokenData: undefined });
		const { error } = await lab.run('role', 'get', role());
		expect(error?.message).toMatch(/access token/i);
		expect(lab.sent()).toEqual([]);
	});

	test('a refresh token that was revoked: connect again', async () => {
		lab.sim.expireTokens();
		lab.sim.revokeRefreshToken();
		const { error } = await lab.run('role', 'get', role());
		expect(error?.message).toMatch(/needs to be reconnected/);
		expect(descriptionOf(error)).toMatch(/reconnect/);
		expectFailure(error, { cause: 'credential-invalid' });
	});

	test('a token that is refused although it was just renewed', async () => {
		lab.sim.addFault({ match: { path: `${ROLES}/3` }, kind: 'status', status: 401, times: -1 });
		const { error } = await lab.run('role', 'get', role());
		expect(error?.message).toMatch(/Outreach|credential/i);
		expect(descriptionOf(error)).toMatch(/connect/);
		expectFailure(error, { cause: 'credential-invalid' });
		expect(lab.sent().length).toBeLessThanOrEqual(LINE > 1 ? 2 : 4);
	});

	test('an expired token and then a refusal: the reason and the wait that the vendor names count', async () => {
		lab.sim.expireTokens();
		lab.sim.addFault({ match: { method: 'POST', path: ROLES }, after: LINE > 1 ? 1 : 2, times: LINE > 1 ? 1 : 2, ...tooMany({ 'retry-after': '1' }) });
		const { error, json, elapsedMs } = await lab.run('role', 'create', newRole);
		expect(error).toBeUndefined();
		expect(json).toHaveLength(1);
		expect(elapsedMs).toBeGreaterThan(900);
		lab.sim.expireTokens();
		const refused = await lab.run('role', 'get', role(999));
		expect(refused.error?.message).toMatch(/refused to get role 999/);
		expect(codeOf(refused.error)).toBe('404');
	});

	test('403 for a missing scope: which one, and where to add it', async () => {
		lab.connect({}, lab.sim.issueToken({ scopes: ['users.read'] }));
		const { error } = await lab.run('role', 'get', role());
		expect(error?.message).toBe(
			"Outreach refused to get role 3: Your authorization is missing the required scope 'roles.read' to execute this request.",
		);
		expect(descriptionOf(error)).toMatch(/add the scope/);
		expect(codeOf(error)).toBe('403');
	});

	test('403 because of the profile: ask an administrator', async () => {
		lab.sim.addFault({ match: { path: `${ROLES}/3` }, kind: 'status', status: 403 });
		const { error } = await lab.run('role', 'get', role());
		expect(descriptionOf(error)).toMatch(/profile.*administrator/);
	});

	test('no token, secret or password in outputs, errors or logs', async () => {
		const written: string[] = [];
		const spies = (['stdout', 'stderr'] as const).map((name) => {
			const original = process[name].write.bind(process[name]);
			process[name].write = ((chunk: unknown, ...rest: never[]) => {
				written.push(String(chunk));
				return original(chunk as string, ...rest);
			}) as typeof process.stdout.write;
			return () => void (process[name].write = original as never);
		});
		const password = 'hunter2-very-secret';
		const { accessToken, refreshToken } = lab.sim;
		const results = [
			await lab.run('role', 'get', role(999)),
			await lab.run('role', 'get', role(), [{}, {}], { continueOnFail: true }),
			await lab.run('user', 'create', { fields: mapper({ email: 'carlos.cruz@acme.example', firstName: 'C', lastName: 'C' }) }),
		];
		lab.sim.addFault({
			match: { method: 'POST', path: '/api/v2/mailboxes' },
			kind: 'status',
			status: 422,
			body: { errors: [{ id: 'validationError', title: 'Validation Error', detail: `The password ${password} is too weak` }] },
		});
		results.push(await lab.run('mailbox', 'create', { fields: mapper({ email: 'm@acme.example', password }), links: { link: [{ relation: 'user', record: rl('id', 3) }] } }));
		expect(lab.bodies('/mailboxes')[0].data.attributes).toMatchObject({ password });
		expect(results[3].error?.message).toBe('Outreach refused to create mailbox: The password *** is too weak');
		lab.sim.addFault({ match: { path: ROLES }, kind: 'reset' });
		results.push(await lab.run('role', 'create', newRole));
		lab.sim.clearFaults();
		lab.sim.expireTokens();
		lab.sim.revokeRefreshToken();
		results.push(await lab.run('role', 'get', role()));
		for (const restore of spies) restore();
		for (const result of results) {
			// The parameters of the node are the user's own; they are part of what n8n keeps of a run.
			const text = visible(result).split(JSON.stringify(password)).join('""');
			for (const secret of [accessToken, refreshToken, 'demo-secret', password]) expect(text).not.toContain(secret);
		}
		for (const secret of [accessToken, refreshToken, 'demo-secret', password]) expect(written.join('')).not.toContain(secret);
	});
});

describe('other hosts', () => {
	let foreign: TinyServer;
	let server: TinyServer | undefined;

	beforeEach(async () => {
		foreign = await tinyServer((_request, response) => void response.writeHead(200, { 'content-type': MEDIA_TYPE }).end('{"data":[]}'));
	});
	afterEach(async () => {
		await foreign.stop();
		await server?.stop();
	});

	test('links.next of another host is not followed there', async () => {
		server = await tinyServer((request, response) => {
			const next = request.url?.includes('after') ? undefined : `${foreign.url}/api/v2/roles?page%5Bsize%5D=1000&page%5Bafter%5D=abc`;
			response
				.writeHead(200, { 'content-type': MEDIA_TYPE })
				.end(JSON.stringify({ data: [{ type: 'role', id: next ? 1 : 2, attributes: { name: 'R' } }], links: { next } }));
		});
		lab.connect({ baseUrl: server.url });
		const { json } = await lab.run('role', 'getAll', { returnAll: true });
		expect(foreign.requests).toEqual([]);
		expect(server.requests.map(({ url }) => url)).toEqual(['/api/v2/roles?page[size]=1000', '/api/v2/roles?page[size]=1000&page[after]=abc']);
		expect(json.map(({ id }) => id)).toEqual([1, 2]);
	});

	test('a list whose next page is itself ends with an error instead of never', async () => {
		server = await tinyServer((request, response) => {
			if (server!.requests.length > 20) return void response.destroy();
			response
				.writeHead(200, { 'content-type': MEDIA_TYPE })
				.end(JSON.stringify({ data: [{ type: 'role', id: 1, attributes: {} }], links: { next: `${server!.url}${request.url}` } }));
		});
		lab.connect({ baseUrl: server.url });
		const { error } = await lab.run('role', 'getAll', { returnAll: true });
		expect(error?.message).toMatch(/same page/);
		expect(server.requests.length).toBeLessThan(5);
	});

	test('a redirect to another host gets no token', async () => {
		server = await tinyServer((_request, response) => void response.writeHead(302, { location: `${foreign.url}/elsewhere` }).end());
		lab.connect({ baseUrl: server.url });
		await lab.run('role', 'get', role());
		expect(server.requests[0].headers.authorization).toBe(`Bearer ${lab.sim.accessToken}`);
		for (const { headers } of foreign.requests) expect(headers.authorization).toBeUndefined();
	});
});

describe('order', () => {
	test('output and pairing follow the input, whatever the answers\' order', async () => {
		const delays = new Map<string, number>();
		const server = await tinyServer((request, response) => {
			const id = Number(request.url?.split('/').at(-1));
			const delay = (id * 37) % 200;
			delays.set(String(id), delay);
			setTimeout(
				() => response.writeHead(200, { 'content-type': MEDIA_TYPE }).end(JSON.stringify({ data: { type: 'role', id, attributes: { name: `R${id}` } } })),
				delay,
			);
		});
		lab.connect({ baseUrl: server.url });
		const items = Array.from({ length: 60 }, (_, n) => ({ id: n + 1 }));
		const { items: output, elapsedMs } = await lab.run('role', 'get', { ...role('={{ $json.id }}'), options: { parallel: 10 } }, items);
		await server.stop();
		expect(output.map(({ json }) => json.name)).toEqual(items.map(({ id }) => `R${id}`));
		expect(output.map(({ pairedItem }) => pairedItem)).toEqual(items.map((_, item) => ({ item })));
		// One after the other they would have taken the sum of the delays.
		expect(elapsedMs).toBeLessThan([...delays.values()].reduce((a, b) => a + b, 0) / 2);
	});

	test('an empty address finds nothing but says so', async () => {
		const { error } = await lab.run('role', 'get', role(4_711));
		expect(error?.message).toBe("Outreach refused to get role 4711: Could not find 'role' with ID '4711'.");
		expect(descriptionOf(error)).toMatch(/no such record/);
		expect(lab.sim.requests.map(({ path }) => path)).toEqual([`${ROLES}/4711`]);
		await lab.run('user', 'getAll', { limit: 1, filters: where({ field: 'email', operator: 'equals', value: 'x+y@z.example' }) });
		expect(lab.calls().at(-1)!.query).toEqual({ 'filter[email]': 'x+y@z.example', 'page[size]': '1' });
		expect(lab.calls().at(-1)!.path).toBe(USERS);
	});
});
