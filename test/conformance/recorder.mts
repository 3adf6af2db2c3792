/**
 * The counterpart of the conformance tests: a server that takes everything, keeps what it was sent and gives a
 * plausible answer. What was deleted is gone. It judges nothing; the tests compare what it kept with the vendor's documentation.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { forgetCreations } from '../../dist/nodes/shared/run/run.js';

/** A request as it came over the wire. */
export interface Sent {
	method: string;
	path: string;
	/** Decoded `name=value` pairs in the order of the wire. */
	query: string[];
	headers: Record<string, string | undefined>;
	/** JSON bodies parsed, others as text, undefined when there was none. */
	body: unknown;
	raw: Buffer;
}

/** What a test says about a request; `undefined` members must be absent. */
export interface Expected {
	method: string;
	path: string;
	query?: string[];
	body?: unknown;
}

export interface Reply {
	status?: number;
	body?: unknown;
	headers?: Record<string, string>;
}

/** @param gone paths of what was deleted. */
export type Answerer = (request: Sent, gone?: ReadonlySet<string>) => Reply | undefined;

/** Changes an answer on its way back. */
export type Liar = (request: Sent, reply: Reply) => Reply;

/** Starts a recorder on the loopback interface. `answer` is asked first, `fallback` for the rest. */
export async function startRecorder(contentType: string, fallback: (request: Sent) => Reply) {
	let sent: Sent[] = [];
	let answer: Answerer = () => undefined;
	let liar: Liar = (_, reply) => reply;
	let gone = new Set<string>();
	let deletes = true;
	const server = createServer(async (request, response) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const raw = Buffer.concat(chunks);
		const url = new URL(request.url ?? '', 'http://recorder');
		const kept: Sent = {
			method: request.method ?? '',
			path: decodeURIComponent(url.pathname),
			query: [...url.searchParams].map(([name, value]) => `${name}=${value}`),
			headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value])),
			body: raw.length === 0 ? undefined : parsed(raw.toString('utf8')),
			raw,
		};
		sent.push(kept);
		if (kept.method === 'DELETE' && deletes) gone.add(kept.path);
		const { status = 200, body, headers } = liar(kept, kept.method === 'GET' && gone.has(kept.path) ? { status: 404, body: {} } : (answer(kept, gone) ?? fallback(kept)));
		response.writeHead(status, { ...(body === undefined ? {} : { 'content-type': contentType }), ...headers });
		response.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		get sent() {
			return sent;
		},
		/** Forgets what was sent, and answers differently from now on. @param deleting what was deleted is gone. */
		start(next: Answerer = () => undefined, lie: Liar = (_, reply) => reply, deleting = true) {
			sent = [];
			gone = new Set();
			deletes = deleting;
			answer = next;
			liar = lie;
			// Nothing is kept of what was created, so that the node must not expect it either.
			forgetCreations();
		},
		stop() {
			server.closeAllConnections();
			server.close();
		},
	};
}

export type Recorder = Awaited<ReturnType<typeof startRecorder>>;

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

/** Requests in a form that compares: without headers, parameters and requests sorted. */
export function comparable(requests: Array<Sent | Expected>): Expected[] {
	return requests
		.map(({ method, path, query = [], body }) => ({ method, path, query: query.map(inOrder).sort(), ...(body === undefined ? {} : { body }) }))
		.sort((a, b) => key(a).localeCompare(key(b)));
}

/** The values of a filter, and the fields to return, are sets. */
const inOrder = (pair: string) => pair.replace(/^((?:filter|fields)\[[^=]*=)(.*)$/, (_, name: string, list: string) => name + list.split(',').sort().join());

const key = (request: Expected) => JSON.stringify([request.method, request.path, request.query, request.body]);

/** `/users/17` to `/users/{id}`, as reference pages write it. */
export const asTemplate = (path: string) => path.replace(/\/\d+(?=\/|$)/g, '/{id}');
