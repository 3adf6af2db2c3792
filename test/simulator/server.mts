/**
 * What every vendor simulator has in common: a loopback HTTP server that records what it is asked, can be
 * slowed down or made to fail on purpose, and is steered from a test (methods) or from another process
 * (`/__control/*`). It knows nothing about any vendor.
 */
import { fastify } from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { lied, type Lie } from './lies.mts';
import { Past } from './past.mts';
import { Repeats } from './repeats.mts';

/** A request as the simulator saw it. `status` is 0 while unanswered or when the connection was cut. */
export interface RecordedRequest {
	method: string;
	/** Path without the query string. */
	path: string;
	/** The query string, percent-decoded, without the question mark. */
	search: string;
	/** The query string as a flat object; a name given several times holds an array. */
	query: Record<string, string | string[]>;
	headers: Record<string, string | string[] | undefined>;
	/** The body parsed as JSON, or undefined when it is empty or no JSON. */
	body: unknown;
	rawBody: string;
	status: number;
	/** Arrival, milliseconds since 1970. */
	at: number;
	/** Time to the answer in milliseconds. */
	durationMs: number;
}

export type FaultKind = 'status' | 'reset' | 'truncate' | 'slow' | 'html' | 'rateLimit';

/** A failure to serve instead of (or after) the real answer. */
export interface Fault {
	match: {
		method?: string;
		/** Exact path, a path with `*` as a wildcard, or a regular expression. */
		path?: string | RegExp;
		/** Text that the decoded query string has to contain. */
		query?: string;
	};
	/** How often it strikes; default 1, -1 for always. */
	times?: number;
	/** How many matching requests pass unharmed first; default 0. */
	after?: number;
	kind: FaultKind;
	/** Status of kinds `status` (default 500) and `html` (default 502). */
	status?: number;
	headers?: Record<string, string>;
	/** Body of kind `status`; an object is sent as JSON. */
	body?: unknown;
	/** Delay of kind `slow` (default 3000), or the wait that `rateLimit` asks for (default 1000). */
	delayMs?: number;
	/** true: the request takes effect first and only its answer is lost or replaced. */
	afterEffect?: boolean;
}

/** One request on its way to a vendor's handler. */
export interface ApiRequest {
	method: string;
	path: string;
	/** Raw query string without the question mark. */
	search: string;
	headers: Record<string, string | string[] | undefined>;
	body: Buffer;
	/** Scheme and authority by which the client reached the simulator. */
	origin: string;
}

export interface ApiResponse {
	status: number;
	headers?: Record<string, string>;
	body?: string | Buffer;
}

export type Seed = 'demo' | 'empty';

/** What every simulator can be started with. */
export interface SimulatorOptions {
	/** 0 or missing: any free port. */
	port?: number;
	/** Delay of every answer. */
	latencyMs?: number;
	/** It works on so many requests at a time, each for `latencyMs`; the others queue. */
	atOnce?: number;
	/** What it holds to begin with; default demo. */
	seed?: Seed;
}

/** How a vendor says no. A text alone is the body of one that documents none. */
export class Refusal extends Error {
	readonly status: number;
	readonly body: Record<string, unknown>;

	constructor(status: number, reason: string | Record<string, unknown>) {
		super(typeof reason === 'string' ? reason : JSON.stringify(reason));
		this.status = status;
		this.body = typeof reason === 'string' ? { error: reason } : reason;
	}
}

interface ArmedFault {
	fault: Fault;
	seen: number;
	struck: number;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

const wait = async (ms: number): Promise<void> => await new Promise((done) => setTimeout(done, ms));

/** Decodes one part of a query string; bad escapes are left as they are. */
export function decodePart(text: string): string {
	const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
	if (!spaced.includes('%')) return spaced;
	try {
		return decodeURIComponent(spaced);
	} catch {
		return spaced;
	}
}

/** Splits a raw query string into decoded name/value pairs, in order. */
export function queryPairs(search: string): Array<[string, string]> {
	if (search === '') return [];
	return search
		.split('&')
		.filter((part) => part !== '')
		.map((part) => {
			const equals = part.indexOf('=');
			return equals === -1
				? [decodePart(part), '']
				: [decodePart(part.slice(0, equals)), decodePart(part.slice(equals + 1))];
		});
}

/** First value of a header. */
export function header(
	headers: Record<string, string | string[] | undefined>,
	name: string,
): string | undefined {
	const value = headers[name];
	return Array.isArray(value) ? value[0] : value;
}

/** Builds a JSON answer. */
export function json(status: number, body: unknown, contentType = 'application/json; charset=utf-8'): ApiResponse {
	return { status, headers: { 'content-type': contentType }, body: JSON.stringify(body) };
}

/** The body of a request that has to carry a JSON object. */
export function jsonObject(request: ApiRequest): Record<string, unknown> {
	const type = header(request.headers, 'content-type')?.split(';')[0]?.trim().toLowerCase();
	if (type !== 'application/json') throw new Refusal(415, 'The Content-Type must be application/json.');
	let body: unknown;
	try {
		body = JSON.parse(request.body.toString('utf8'));
	} catch {
		throw new Refusal(400, 'The body is not valid JSON.');
	}
	if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new Refusal(400, 'The body must be a JSON object.');
	return body as Record<string, unknown>;
}

function flatQuery(search: string): Record<string, string | string[]> {
	const flat: Record<string, string | string[]> = {};
	for (const [name, value] of queryPairs(search)) {
		const known = flat[name];
		if (known === undefined) flat[name] = value;
		else if (Array.isArray(known)) known.push(value);
		else flat[name] = [known, value];
	}
	return flat;
}

function parseJson(text: string): unknown {
	if (text === '') return undefined;
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}

function pathMatches(pattern: string | RegExp | undefined, path: string): boolean {
	if (pattern === undefined) return true;
	if (typeof pattern !== 'string') return new RegExp(pattern.source, pattern.flags.replace('g', '')).test(path);
	if (!pattern.includes('*')) return pattern === path;
	const source = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*');
	return new RegExp(`^${source}$`).test(path);
}

/** A simulated vendor. Each vendor says how it answers and what it holds; call `fill` at the end of the constructor. */
export abstract class Simulator {
	readonly requests: RecordedRequest[] = [];
	latencyMs: number;
	atOnce: number;
	private working = 0;
	private readonly queue: Array<() => void> = [];
	private address = '';
	private readonly app: FastifyInstance;
	private lies: Lie[] = [];
	private readonly past = new Past();
	private readonly repeats = new Repeats();
	/** An older state is in the place of the present one: nothing may change. */
	protected inPast = false;

	private faults: ArmedFault[] = [];

	constructor({ latencyMs = 0, atOnce = Infinity }: SimulatorOptions) {
		this.latencyMs = latencyMs;
		this.atOnce = atOnce;
		this.app = fastify({
			logger: false,
			bodyLimit: 64 * 1024 * 1024,
			forceCloseConnections: true,
			exposeHeadRoutes: false,
			routerOptions: { maxParamLength: 8192 },
		});
		// Bodies stay bytes: the vendors decide themselves what they accept, and uploads are no JSON.
		this.app.removeAllContentTypeParsers();
		this.app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
			done(null, body);
		});
		const control = async (request: FastifyRequest, reply: FastifyReply) => await this.serveControl(request, reply);
		const api = async (request: FastifyRequest, reply: FastifyReply) => await this.serve(request, reply);
		this.app.route({ method: [...METHODS], url: '/__control/*', handler: control });
		this.app.route({ method: [...METHODS], url: '/*', handler: api });
	}

	// ---- what a vendor supplies -----------------------------------------------------------------------

	/** Works a request; a Refusal may be thrown. */
	protected abstract dispatch(request: ApiRequest): ApiResponse;

	/** Stores the seed in place of all there is. */
	protected abstract fill(): void;

	/** Gives what makes the state as it is now the present one again. @param copy later changes do not reach it. */
	protected abstract held(copy: boolean): () => void;

	/** What happens in the background without a request. */
	protected settle(): void {}

	/** Copies of all records of a type. */
	abstract records(type: string): unknown[];

	/** Vendor-specific control calls; undefined when the call is not one of them. */
	protected abstract control(method: string, action: string, body: Record<string, unknown>): unknown;

	/** The vendor's error answer, for injected faults without a body of their own; a plain one where none is documented. */
	protected errorResponse(status: number): ApiResponse {
		return json(status, { error: 'The request failed.' });
	}

	/** The vendor's answer when requests come too fast; where no limit is documented, what a proxy in front would say. */
	protected rateLimited(waitMs: number): ApiResponse {
		const answer = json(429, { error: 'Too many requests.' });
		return { ...answer, headers: { ...answer.headers, 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) } };
	}

	// ---- what tests use -------------------------------------------------------------------------------

	get url(): string {
		return this.address;
	}

	/** Starts to listen on the loopback interface only. */
	async listen(port: number): Promise<void> {
		await this.app.listen({ host: '127.0.0.1', port });
		const address = this.app.server.address();
		if (address === null || typeof address === 'string') throw new Error('The simulator has no address');
		this.address = `http://127.0.0.1:${address.port}`;
	}

	async stop(): Promise<void> {
		await this.app.close();
	}

	clearRequests(): void {
		this.requests.length = 0;
	}

	addFault(fault: Fault): void {
		this.faults.push({ fault, seen: 0, struck: 0 });
	}

	/** Lets the vendor do something else than it documents, until `reset` or `clearLies`. */
	lie(lie: Lie): void {
		this.lies.push(lie);
	}

	clearLies(): void {
		this.lies = [];
		this.past.clear();
		this.repeats.clear();
	}

	clearFaults(): void {
		this.faults = [];
	}

	/** Back to the seed; requests and faults are dropped. */
	reset(): void {
		this.clearRequests();
		this.clearFaults();
		this.clearLies();
		this.fill();
	}

	/** The answer to a request. */
	handle(request: ApiRequest): ApiResponse {
		try {
			return this.dispatch(request);
		} catch (error) {
			if (error instanceof Refusal) return json(error.status, error.body);
			throw error;
		}
	}

	/** To be called before anything changes, in a request or in the background. */
	protected beforeChange(): void {
		for (const { older } of this.lies) if (older) this.past.keep(this.held(true), older);
	}

	/** The answer to a read, under lies about what there is. */
	private readWith(request: ApiRequest): ApiResponse {
		this.settle();
		const put = this.past.stateFor(request.path);
		let answer: ApiResponse;
		if (put) {
			const back = this.held(false);
			this.inPast = true;
			try {
				put();
				answer = this.handle(request);
			} finally {
				back();
				this.inPast = false;
			}
		} else answer = this.handle(request);
		for (const { repeat } of this.lies) if (repeat) answer = this.repeats.answer(request, answer, repeat);
		return answer;
	}

	// ---- requests -------------------------------------------------------------------------------------

	private strike(method: string, path: string, search: string): Fault | undefined {
		for (const armed of this.faults) {
			const { match, times = 1, after = 0 } = armed.fault;
			if (match.method !== undefined && match.method.toUpperCase() !== method) continue;
			if (!pathMatches(match.path, path)) continue;
			if (match.query !== undefined && !search.includes(match.query)) continue;
			armed.seen += 1;
			if (armed.seen <= after) continue;
			if (times >= 0 && armed.struck >= times) continue;
			armed.struck += 1;
			return armed.fault;
		}
		return undefined;
	}

	/** The time that a request takes, after those that came before it. */
	private async work(): Promise<void> {
		if (this.latencyMs <= 0) return;
		if (this.working >= this.atOnce) await new Promise<void>((done) => this.queue.push(done));
		else this.working += 1;
		await wait(this.latencyMs);
		// The place goes to the next one, if there is one.
		const next = this.queue.shift();
		if (next) next();
		else this.working -= 1;
	}

	private async serve(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
		const mark = request.raw.url ?? '/';
		const question = mark.indexOf('?');
		const path = question === -1 ? mark : mark.slice(0, question);
		const search = question === -1 ? '' : mark.slice(question + 1);
		const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
		const rawBody = body.toString('utf8');
		const entry: RecordedRequest = {
			method: request.method,
			path,
			search: decodePart(search),
			query: flatQuery(search),
			headers: { ...request.headers },
			body: parseJson(rawBody),
			rawBody,
			status: 0,
			at: Date.now(),
			durationMs: 0,
		};
		this.requests.push(entry);
		await this.work();

		const fault = this.strike(request.method, path, entry.search);
		const handle = (): ApiResponse => {
			entry.status = 500;
			const origin = /^[\w.:[\]-]+$/.test(request.headers.host ?? '') ? `http://${request.headers.host ?? ''}` : this.url;
			const taken = lied({ method: request.method, path, search, headers: request.headers, body, origin }, this.lies);
			if (taken.response) return taken.response;
			if (request.method !== 'GET') this.beforeChange();
			const answer = request.method === 'GET' ? this.readWith(taken.request) : this.handle(taken.request);
			return taken.change?.(answer) ?? answer;
		};
		const finish = (response: ApiResponse): unknown => {
			entry.status = response.status;
			entry.durationMs = Date.now() - entry.at;
			reply.code(response.status);
			if (response.headers !== undefined) reply.headers(response.headers);
			return reply.send(response.body ?? null);
		};
		if (fault === undefined) return finish(handle());

		if (fault.kind === 'slow') {
			await wait(fault.delayMs ?? 3000);
			return finish(handle());
		}
		const real = fault.afterEffect === true || fault.kind === 'truncate' ? handle() : undefined;
		if (fault.kind === 'reset' || fault.kind === 'truncate') entry.status = 0;
		if (fault.kind === 'reset') {
			reply.hijack();
			request.raw.socket.destroy();
			return reply;
		}
		if (fault.kind === 'truncate') {
			const whole = Buffer.from(real?.body ?? '{"data": []}');
			reply.hijack();
			reply.raw.writeHead(real?.status ?? 200, { ...real?.headers, 'content-length': String(whole.length) });
			reply.raw.write(whole.subarray(0, Math.floor(whole.length / 2)), () => request.raw.socket.destroy());
			return reply;
		}
		if (fault.kind === 'html') {
			return finish({
				status: fault.status ?? 502,
				headers: { 'content-type': 'text/html; charset=utf-8', ...fault.headers },
				body:
					typeof fault.body === 'string'
						? fault.body
						: '<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>',
			});
		}
		if (fault.kind === 'rateLimit') {
			const limited = this.rateLimited(fault.delayMs ?? 1000);
			return finish({ ...limited, headers: { ...limited.headers, ...fault.headers } });
		}
		const plain = this.errorResponse(fault.status ?? 500);
		return finish({
			status: fault.status ?? 500,
			headers: { ...plain.headers, ...fault.headers },
			body:
				fault.body === undefined ? plain.body : typeof fault.body === 'string' ? fault.body : JSON.stringify(fault.body),
		});
	}

	private async serveControl(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
		const path = (request.raw.url ?? '').split('?')[0] ?? '';
		const action = path.slice('/__control/'.length);
		const text = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
		const parsed = parseJson(text);
		const body = (typeof parsed === 'object' && parsed !== null ? parsed : {}) as Record<string, unknown>;
		try {
			const result = await this.steer(request.method, action, body, parsed);
			if (result === undefined) return await reply.code(404).send({ error: `No control call ${request.method} ${path}` });
			return await reply.code(200).send(result);
		} catch (error) {
			return await reply.code(400).send({ error: error instanceof Error ? error.message : String(error) });
		}
	}

	private steer(method: string, action: string, body: Record<string, unknown>, parsed: unknown): unknown {
		switch (`${method} ${action}`) {
			case 'GET requests':
				return { requests: this.requests };
			case 'DELETE requests':
				this.clearRequests();
				return { ok: true };
			case 'POST reset':
				this.reset();
				return { ok: true };
			case 'POST faults':
				for (const fault of (Array.isArray(parsed) ? parsed : [body]) as Array<Fault & { match: { pathPattern?: string } }>) {
					const { pathPattern, ...match } = fault.match ?? {};
					this.addFault({
						...fault,
						match: pathPattern === undefined ? match : { ...match, path: new RegExp(pathPattern) },
					});
				}
				return { ok: true };
			case 'POST lies':
				this.lie(body as Lie);
				return { ok: true };
			case 'DELETE lies':
				this.clearLies();
				return { ok: true };
			case 'DELETE faults':
				this.clearFaults();
				return { ok: true };
			case 'POST latency':
				if (typeof body.ms !== 'number') throw new Error('ms must be a number');
				this.latencyMs = body.ms;
				this.atOnce = typeof body.atOnce === 'number' ? body.atOnce : Infinity;
				return { ok: true };
			default:
		}
		if (method === 'GET' && action.startsWith('records/')) {
			return { records: this.records(decodePart(action.slice('records/'.length))) };
		}
		return this.control(method, action, body);
	}
}

/** Starts a simulator on the loopback interface. */
export async function started<S extends Simulator>(simulator: S, { port = 0 }: SimulatorOptions): Promise<S> {
	await simulator.listen(port);
	return simulator;
}
