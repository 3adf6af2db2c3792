/** Set-up that the workflow tests share: a simulator, the real engine, and short words for parameters. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';
import { createHarness, n8n, type Harness, type NodeOptions, type NodeResult } from '../harness/index.mts';
import { startOutreach, type OutreachOptions, type OutreachSimulator, type RecordedRequest } from '../simulator/index.mts';

export type Body = { data: { type?: string; id?: number; attributes?: IDataObject; relationships?: IDataObject; meta?: IDataObject } };

/** A resource locator as the editor stores it. */
export const rl = (mode: string, value: unknown): INodeParameters =>
	({ __rl: true, mode, value }) as unknown as INodeParameters;

/** The field mapper with these columns filled in. */
export const mapper = (value: IDataObject): INodeParameters =>
	({ mappingMode: 'defineBelow', value }) as unknown as INodeParameters;

/** The field mapper that takes every field of the incoming item. */
export const automatic = { mappingMode: 'autoMapInputData', value: null } as unknown as INodeParameters;

/** Rows of the Filters parameter. */
export const where = (...condition: IDataObject[]): INodeParameters => ({ condition }) as unknown as INodeParameters;

/** Rows of the Linked Records parameter. */
export const linked = (links: Record<string, unknown>): INodeParameters =>
	({ link: Object.entries(links).map(([relation, record]) => ({ relation, record })) }) as unknown as INodeParameters;

export interface TinyServer {
	url: string;
	requests: Array<{ method: string; url: string; headers: IncomingMessage['headers']; at: number }>;
	stop: () => Promise<void>;
}

/** A server for answers that no simulator would give. */
export async function tinyServer(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<TinyServer> {
	const requests: TinyServer['requests'] = [];
	const server = createServer((request, response) => {
		requests.push({ method: request.method ?? '', url: decodeURIComponent(request.url ?? ''), headers: request.headers, at: Date.now() });
		request.resume();
		answer(request, response);
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		requests,
		stop: async () => {
			server.closeAllConnections();
			await new Promise((done) => server.close(done));
		},
	};
}

export const MEDIA_TYPE = 'application/vnd.api+json';

const API = '/api/v2';

/** What a user would have saved after connecting to Outreach. */
export const outreachCredential = (
	url: string,
	tokens: { accessToken: string; refreshToken: string },
	more: IDataObject = {},
): IDataObject => ({
	advanced: true,
	baseUrl: url,
	clientId: 'demo-client',
	clientSecret: 'demo-secret',
	accessTokenUrl: `${url}/oauth/token`,
	grantType: 'authorizationCode',
	authentication: 'body',
	scope: 'users.all',
	oauthTokenData: { access_token: tokens.accessToken, refresh_token: tokens.refreshToken, token_type: 'bearer' },
	...more,
});

export interface OutreachLab {
	sim: OutreachSimulator;
	harness: Harness;
	/** Back to the seed, with a fresh credential: limits are kept by its id. */
	reset: () => void;
	/** Saves a credential with these tokens, by default the simulator's own. */
	connect: (more?: IDataObject, tokens?: { accessToken: string; refreshToken: string }) => void;
	run: (resource: string, operation: string, parameters?: IDataObject, items?: IDataObject[], options?: NodeOptions) => Promise<NodeResult>;
	/** Calls a method of the editor, with the parameters that every node of the editor has. */
	load: Harness['loadOptions'];
	/**
	 * Requests to the API, as `GET /users?page[size]=1`; forgotten with `sim.clearRequests()`.
	 * Without the one that asks for the labels of custom fields, which has a test of its own.
	 */
	sent: () => string[];
	/** The same without reads. */
	writes: () => string[];
	/** Bodies of the writes to a path that begins like this. */
	bodies: (start?: string) => Body[];
	calls: () => RecordedRequest[];
	stop: () => Promise<void>;
}

/**
 * To be called at the top of a test file or of a group of tests: starts a lab before the first test, takes it back
 * to its beginning before each, and ends it after the last.
 */
export function labOf<T extends { reset: () => void; stop: () => Promise<void> }>(start: () => Promise<T>): T {
	let lab: T;
	beforeAll(async () => {
		lab = await start();
	});
	afterAll(async () => await lab.stop());
	beforeEach(() => lab.reset());
	return new Proxy({} as T, { get: (_, name) => Reflect.get(lab, name) as unknown });
}

/** A simulated Outreach and an n8n that is connected to it, for the tests of a file. */
export const outreachLab = (options: OutreachOptions = {}): OutreachLab => labOf(async () => await startOutreachLab(options));

async function startOutreachLab(options: OutreachOptions): Promise<OutreachLab> {
	const harness = await createHarness();
	const sim = await startOutreach(options);
	const calls = () => sim.requests.filter(({ path }) => path.startsWith(API));
	const line = ({ method, path, search }: RecordedRequest) =>
		`${method} ${path.slice(API.length)}${search === '' ? '' : `?${search}`}`;
	const connect: OutreachLab['connect'] = (more = {}, tokens = sim) => {
		harness.credentials.set('outreachOAuth2Api', outreachCredential(sim.url, tokens, more));
	};
	connect();
	return {
		sim,
		harness,
		connect,
		reset() {
			sim.latencyMs = 0;
			if (options.stepMs !== undefined) sim.stepMs = options.stepMs;
			sim.reset();
			connect();
		},
		run: async (resource, operation, parameters = {}, items = [{}], more = {}) =>
			await harness.runNode('outreach', { resource, operation, ...parameters } as INodeParameters, items, more),
		load: async (type, kind, method, more = {}) =>
			await harness.loadOptions(type, kind, method, { ...more, currentNodeParameters: { authentication: 'oAuth2', ...more.currentNodeParameters } }),
		sent: () => calls().filter(({ path }) => path !== `${API}/types`).map(line),
		writes: () => calls().filter(({ method }) => method !== 'GET').map(line),
		bodies: (start = '') =>
			calls()
				.filter(({ method, path }) => method !== 'GET' && path.startsWith(`${API}${start}`))
				.map(({ body }) => body as Body),
		calls,
		stop: async () => await sim.stop(),
	};
}

/** Resolves when the simulator has seen a request that begins like this. */
export async function seen(lab: OutreachLab, start: string, times = 1): Promise<void> {
	const deadline = Date.now() + 20_000;
	while (lab.sent().filter((line) => line.startsWith(start)).length < times) {
		if (Date.now() > deadline) throw new Error(`No request ${start} came`);
		await new Promise((done) => setTimeout(done, 2));
	}
}

/** Which line of n8n the tests run on: `2`, or `1` for the engine of 1.123, whose errors carry no `failure`. */
export const LINE = 'failure' in new n8n.NodeApiError({} as INode, {}, { failure: { cause: 'credential-invalid' } }) ? 2 : 1;

/** What a person reads first and then of an error. */
export const described = (error: Error | undefined) => ({ message: error?.message, description: (error as { description?: string } | undefined)?.description });

/** Everything a run leaves behind for a person to see, as one text. */
export const visible = (result: NodeResult): string => {
	const seen = new WeakSet<object>();
	return JSON.stringify([result.run, result.error, result.error?.stack], (_key, value: unknown) => {
		if (value instanceof Error) return { ...value, message: value.message, stack: value.stack };
		if (typeof value === 'object' && value !== null) {
			if (seen.has(value)) return undefined;
			seen.add(value);
		}
		return value;
	});
};
