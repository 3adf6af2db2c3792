/** Provisions reps in four ways and checks that all of them end in the same state. */
import type { IConnections, IDataObject, INode, INodeParameters } from 'n8n-workflow';
import { Agent } from 'undici';
import { createHarness, installedBaseNodes, ROOT, type Harness } from '../harness/index.mts';
import { count, median, seconds, table, type Bench, type Part } from './report.mts';
import type { Simulator } from './simulator.mts';

export interface Rep {
	email: string;
	firstName: string;
	lastName: string;
	title: string;
	role: string;
	profile: string;
	[key: string]: string;
}

export interface Provisioning {
	ms: number;
	requests: number;
	/** Requests by method. */
	methods: Record<string, number>;
	/** Reps that are as they should be afterwards. */
	right: number;
	/** What is not as it should be. */
	wrong: string[];
}

const MEDIA_TYPE = 'application/vnd.api+json';

/** Names and ids of the demo organisation. */
export const ROLES: Record<string, number> = { 'Account Executive': 3, 'Sales Development Representative': 4 };
export const PROFILES: Record<string, number> = { 'Sales Rep': 3, 'Sales Manager': 4 };

export function makeReps(count: number): Rep[] {
	return Array.from({ length: count }, (_, index) => ({
		email: `rep${index}@bench.example`,
		firstName: 'Robin',
		lastName: `Rep ${index}`,
		title: index % 2 === 0 ? 'Senior Account Executive' : 'Sales Development Representative',
		role: Object.keys(ROLES)[index % 2],
		profile: Object.keys(PROFILES)[index % 5 === 0 ? 1 : 0],
	}));
}

/** Users that are there already: every second rep, with an old title, role and profile; every second of them locked. */
export const existing = (reps: Rep[]) =>
	reps
		.filter((_, index) => index % 2 === 1)
		.map(({ email, firstName, lastName }, index) => ({
			attributes: { email, firstName, lastName, title: 'Intern', locked: index % 2 === 0 },
			relationships: { role: 5, profile: 2 },
		}));

/**
 * A run on a fresh organisation; `again` repeats it on what the run before has left.
 * `left` is what remains of the hour's allowance of requests.
 */
export async function measure(
	simulator: Simulator,
	reps: Rep[],
	work: (token: string) => Promise<number>,
	{ again = false, left }: { again?: boolean; left?: number } = {},
): Promise<Provisioning> {
	const token = again ? '' : await simulator.reset();
	const before = again ? undefined : (await simulator.users()).length;
	if (!again) await simulator.seed({ type: 'user', records: existing(reps) });
	if (left !== undefined) await simulator.leave(left);
	await simulator.clearRequests();
	const ms = await work(token);
	const requests = await simulator.requests();
	const users = await simulator.users();
	const wrong = check(reps, users);
	const right = reps.length - wrong.length;
	if (before !== undefined && users.length !== before + reps.length) wrong.push(`${users.length - before} users instead of ${reps.length}`);
	const methods: Record<string, number> = {};
	for (const { method } of requests) methods[method] = (methods[method] ?? 0) + 1;
	return { ms, requests: requests.length, methods, right, wrong };
}

/** One line for each rep who is not there once, unlocked, with the right title, role and profile. */
function check(reps: Rep[], users: Awaited<ReturnType<Simulator['users']>>): string[] {
	const byEmail = Map.groupBy(users, ({ attributes }) => attributes.email);
	return reps.flatMap((rep) => {
		const found = byEmail.get(rep.email) ?? [];
		if (found.length !== 1) return [`${rep.email}: ${found.length} users`];
		const [{ attributes, relationships }] = found;
		const right =
			!attributes.locked &&
			attributes.title === rep.title &&
			attributes.firstName === rep.firstName &&
			attributes.lastName === rep.lastName &&
			relationships.role?.id === ROLES[rep.role] &&
			relationships.profile?.id === PROFILES[rep.profile];
		return right ? [] : [`${rep.email}: ${JSON.stringify({ attributes, relationships })}`];
	});
}

/** Milliseconds of a run that ended well. */
function succeeded({ error, elapsedMs }: { error?: Error; elapsedMs: number }): number {
	if (error) throw new Error(`${error.message} ${(error as { description?: string }).description ?? ''}`);
	return elapsedMs;
}

/** A rep as the nodes take it from an item, with role and profile by name. */
export const REP: INodeParameters = {
	resource: 'user',
	email: '={{ $json.email }}',
	firstName: '={{ $json.firstName }}',
	lastName: '={{ $json.lastName }}',
	role: { __rl: true, mode: 'name', value: '={{ $json.role }}' },
	profile: { __rl: true, mode: 'name', value: '={{ $json.profile }}' },
	fields: { mappingMode: 'defineBelow', value: { title: '={{ $json.title }}' }, matchingColumns: [], schema: [] },
};

/** One Outreach node, User: Provision, with role and profile by name. */
export async function byOurNode(harness: Harness, reps: Rep[], parallel?: number): Promise<number> {
	const parameters: INodeParameters = { ...REP, operation: 'provision', options: parallel === undefined ? {} : { parallel } };
	return succeeded(await harness.runNode('outreach', parameters, reps, { mode: 'trigger' }));
}

export type Pace = 'burst' | 'batched' | 'loop';

/**
 * HTTP Request nodes with the four calls of the vendor's guide for each rep: role, profile, user, write.
 *
 * - burst: as the node comes; it sends the requests of all items at once.
 * - batched: with its option Batching as it stands when added, 50 items a second.
 * - loop: one rep after the other by Loop Over Items, as n8n's documentation advises for rate limits.
 */
export function httpRequestFlow(harness: Harness, url: string, pace: Pace): { nodes: INode[]; connections: IConnections } {
	const http = (name: string, parameters: INodeParameters): INode =>
		harness.createNode(
			'n8n-nodes-base.httpRequest',
			{
				authentication: 'predefinedCredentialType',
				nodeCredentialType: 'outreachOAuth2Api',
				sendHeaders: true,
				headerParameters: {
					parameters: [
						{ name: 'Content-Type', value: MEDIA_TYPE },
						{ name: 'Accept', value: MEDIA_TYPE },
					],
				},
				...parameters,
				options: {
					// n8n does not take JSON:API's media type for JSON.
					response: { response: { responseFormat: 'json' } },
					...(pace === 'batched' ? { batching: { batch: { batchSize: 50, batchInterval: 1000 } } } : {}),
				},
			},
			{ credentials: ['outreachOAuth2Api'], node: { name } },
		);
	const find = (name: string, path: string, field: string, value: string) =>
		http(name, {
			url: `${url}/api/v2/${path}`,
			sendQuery: true,
			queryParameters: { parameters: [{ name: `filter[${field}]`, value: `={{ $('Reps').item.json.${value} }}` }] },
		});
	const write = http('Create or Update User', {
		method: '={{ $json.data.length ? "PATCH" : "POST" }}',
		url: `=${url}/api/v2/users{{ $json.data.length ? "/" + $json.data[0].id : "" }}`,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: `={{ {
			data: {
				type: 'user',
				...($json.data.length ? { id: $json.data[0].id } : {}),
				attributes: {
					firstName: $('Reps').item.json.firstName,
					lastName: $('Reps').item.json.lastName,
					title: $('Reps').item.json.title,
					...($json.data.length ? { locked: false } : { email: $('Reps').item.json.email }),
				},
				relationships: {
					role: { data: { type: 'role', id: $('Find Role').item.json.data[0].id } },
					profile: { data: { type: 'profile', id: $('Find Profile').item.json.data[0].id } },
				},
			},
		} }}`,
	});
	const start = harness.createNode('n8n-nodes-base.noOp', {}, { credentials: [], node: { name: 'Reps' } });
	const calls = [
		find('Find Role', 'roles', 'name', 'role'),
		find('Find Profile', 'profiles', 'name', 'profile'),
		find('Find User', 'users', 'email', 'email'),
		write,
	];
	const connections: IConnections = {};
	const connect = (from: string, to: string, output = 0) => {
		const main = (connections[from] ??= { main: [] }).main;
		while (main.length <= output) main.push([]);
		main[output]!.push({ node: to, type: 'main', index: 0 });
	};
	for (const [index, call] of calls.slice(1).entries()) connect(calls[index].name, call.name);
	if (pace !== 'loop') {
		connect(start.name, calls[0].name);
		return { nodes: [start, ...calls], connections };
	}
	const loop = harness.createNode('n8n-nodes-base.splitInBatches', { options: {} }, { credentials: [], node: { name: 'Loop Over Items' } });
	connect(start.name, loop.name);
	connect(loop.name, calls[0].name, 1);
	connect(write.name, loop.name);
	return { nodes: [start, loop, ...calls], connections };
}

export async function byHttpRequestNodes(harness: Harness, url: string, reps: Rep[], pace: Pace): Promise<number> {
	const flow = httpRequestFlow(harness, url, pace);
	return succeeded(await harness.run(flow, { input: reps as IDataObject[], startNode: 'Reps', mode: 'trigger' }));
}

/**
 * The floor: no n8n, kept-alive connections, and as few requests as can be. One for all roles' names, one
 * for all profiles' names, one for all users (the organisation fits on one page), and one write for each rep.
 */
export async function byUndici(url: string, token: string, reps: Rep[], parallel: number): Promise<number> {
	const agent = new Agent({ connections: parallel, pipelining: 1 });
	interface Row {
		id: number;
		attributes: { name: string; email: string };
	}
	const call = async (method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown): Promise<Row[]> => {
		const answer = await agent.request({
			origin: url,
			path: `/api/v2/${path}`,
			method,
			headers: { authorization: `Bearer ${token}`, accept: MEDIA_TYPE, 'content-type': MEDIA_TYPE },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const json = (await answer.body.json()) as { data: Row[] };
		if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${JSON.stringify(json)}`);
		return json.data;
	};
	const list = (values: string[]) => encodeURIComponent([...new Set(values)].join(','));

	const started = performance.now();
	const [roles, profiles, users] = await Promise.all([
		call('GET', `roles?filter[name]=${list(reps.map((rep) => rep.role))}`),
		call('GET', `profiles?filter[name]=${list(reps.map((rep) => rep.profile))}`),
		call('GET', 'users?fields[user]=email&page[size]=1000'),
	]);
	const idsOf = (rows: Row[], key: 'name' | 'email') => new Map(rows.map(({ id, attributes }) => [attributes[key], id]));
	const [roleIds, profileIds, userIds] = [idsOf(roles, 'name'), idsOf(profiles, 'name'), idsOf(users, 'email')];
	let next = 0;
	const worker = async () => {
		while (next < reps.length) {
			const { email, firstName, lastName, title, role, profile } = reps[next++];
			const id = userIds.get(email);
			const attributes = { firstName, lastName, title, ...(id === undefined ? { email } : { locked: false }) };
			const relationships = {
				role: { data: { type: 'role', id: roleIds.get(role) } },
				profile: { data: { type: 'profile', id: profileIds.get(profile) } },
			};
			if (id === undefined) await call('POST', 'users', { data: { type: 'user', attributes, relationships } });
			else await call('PATCH', `users/${id}`, { data: { type: 'user', id, attributes, relationships } });
		}
	};
	await Promise.all(Array.from({ length: parallel }, worker));
	const ms = performance.now() - started;
	await agent.close();
	return ms;
}

/** Requests that the undici loop needs. */
export const fewestRequests = (reps: Rep[]) => 3 + reps.length;

const REPS = 500;

const LIMITS = {
	/** Requests of the node, as a multiple of the fewest possible. */
	requests: 1.25,
	/** Time of the node, as a share of the paced flow of HTTP Request nodes. */
	time: 1 / 5,
	/** The same of the flow that sends the requests of all items at once. */
	burst: 0.8,
};

/** (a) Provisioning, against flows of HTTP Request nodes and against no n8n at all. */
export async function provisionPart({ quick, latencyMs, outreach, step, atMost }: Bench): Promise<Part> {
	const size = quick ? { rounds: 1, loop: false } : { rounds: 3, loop: true };
	const simulator = await outreach();
	const reps = makeReps(REPS);
	const base = installedBaseNodes();
	if (!base) throw new Error('n8n is not installed in test/n8n');
	const harness = await createHarness({ packages: [ROOT, base], credentials: { outreachOAuth2Api: { data: await simulator.credential() } } });
	const connected = async <T,>(work: () => Promise<T>): Promise<T> => {
		harness.credentials.set('outreachOAuth2Api', await simulator.credential());
		return await work();
	};
	const ours = async (parallel?: number) => await measure(simulator, reps, async () => await connected(async () => await byOurNode(harness, reps, parallel)));
	const again = async () => await measure(simulator, reps, async () => await connected(async () => await byOurNode(harness, reps)), { again: true });
	const flow = async (pace: Parameters<typeof byHttpRequestNodes>[3]) =>
		await measure(simulator, reps, async () => await connected(async () => await byHttpRequestNodes(harness, simulator.url, reps, pace)));
	const bare = async (parallel: number) => await measure(simulator, reps, async (token) => await byUndici(simulator.url, token, reps, parallel));

	const runs = new Map<string, Provisioning[]>();
	const add = async (name: string, work: () => Promise<Provisioning>) => {
		const run = await step(name, work);
		if (run.wrong.length > 0) throw new Error(`${name}: the figure is void, the organisation is not as it should be.\n${run.wrong.slice(0, 3).join('\n')}`);
		runs.set(name, [...(runs.get(name) ?? []), run]);
	};

	await simulator.latency(0);
	// Everything runs once for nothing, so that no figure holds the loading and compiling of code.
	for (const warm of [ours, again, async () => await flow('burst'), async () => await bare(5)]) await warm();
	await simulator.latency(latencyMs);
	/** Concurrency at which the undici loop may be fastest. */
	const WIDTHS = [50, 100, 250];
	for (let round = 0; round < size.rounds; round++) {
		await add('Outreach node', ours);
		await add('Outreach node, run again', again);
		for (const width of [5, 20, 50]) await add(`Outreach node, ${width} in parallel`, async () => await ours(width));
		await add('HTTP Request nodes, all at once', async () => await flow('burst'));
		await add('undici loop, 5 in parallel', async () => await bare(5));
		for (const width of WIDTHS) await add(`undici loop, ${width} in parallel`, async () => await bare(width));
	}
	await add('HTTP Request nodes, 50 a second', async () => await flow('batched'));
	if (size.loop) await add('HTTP Request nodes, Loop Over Items', async () => await flow('loop'));

	const rows = [...runs].map(([name, list]) => ({ name, ms: median(list.map(({ ms }) => ms)), requests: list[0].requests, methods: list[0].methods }));
	const row = (name: string) => rows.find((r) => r.name === name)!;
	const wide = new Set(WIDTHS.map((width) => `undici loop, ${width} in parallel`));
	const best = rows.filter(({ name }) => wide.has(name)).toSorted((a, b) => a.ms - b.ms)[0];
	const fewest = fewestRequests(reps);
	atMost('(a) requests, against the fewest possible', row('Outreach node').requests / fewest, LIMITS.requests);
	atMost('(a) time, against HTTP Request nodes at 50 a second', row('Outreach node').ms / row('HTTP Request nodes, 50 a second').ms, LIMITS.time);

	atMost('(a) time, against HTTP Request nodes all at once', row('Outreach node').ms / row('HTTP Request nodes, all at once').ms, LIMITS.burst);

	// Twice what is needed at least, but not what four calls for each rep take.
	const left = 2 * reps.length;
	const short = async (work: () => Promise<number>) => {
		let failure: string | undefined;
		const run = await measure(
			simulator,
			reps,
			async () => await connected(async () => await work().catch((error: Error) => ((failure = error.message), 0))),
			{ left },
		);
		return { right: run.right, ...(failure ? { failure } : {}) };
	};
	const scarce = await step(`the same with ${count(left)} requests left in the hour`, async () => ({
		left,
		ours: await short(async () => await byOurNode(harness, reps)),
		httpRequest: await short(async () => await byHttpRequestNodes(harness, simulator.url, reps, 'burst')),
	}));

	atMost('(a) reps not right with 1,000 requests left', reps.length - scarce.ours.right, 0);

	const locked = existing(reps).filter(({ attributes }) => attributes.locked).length;
	const shown = rows.filter((r) => r === best || !wide.has(r.name));
	const text = [
		`(a) Provision ${reps.length} reps; ${existing(reps).length} are there already, all of them with an old title, role and profile, ${locked} of them locked`,
		table(
			['', 'Time', 'Requests', 'Node takes'],
			shown.map((r) => [r.name, seconds(r.ms), count(r.requests), r.name === 'Outreach node' ? '' : `${(row('Outreach node').ms / r.ms).toFixed(2)} x`]),
		),
		`Fewest possible: ${count(fewest)} requests. All runs ended in the same state: ${reps.length} users, unlocked, with the right title, role and profile.`,
		`With ${count(left)} requests left in the hour, ${count(scarce.ours.right)} reps are right after the node, ${count(scarce.httpRequest.right)} after the HTTP Request nodes (${scarce.httpRequest.failure ?? 'no error'}).`,
	].join('\n');
	return { text, figures: { reps: reps.length, existing: existing(reps).length, locked, fewestRequests: fewest, rows, scarce } };
}
