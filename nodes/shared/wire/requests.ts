/**
 * The request layer: address, authentication, rate limit, retries and readable refusals, in one place.
 * Everything goes through n8n's authenticated helper, so that proxies, token refresh, cancellation and
 * credential sharing behave as everywhere in n8n.
 */
import {
	type ICredentialDataDecryptedObject,
	type IExecuteFunctions,
	type IHookFunctions,
	type IHttpRequestOptions,
	type ILoadOptionsFunctions,
	type IPollFunctions,
	type IWebhookFunctions,
	NodeApiError,
	NodeOperationError,
} from 'n8n-workflow';

import { jsonOf, webPageIn } from './answers';
import type { Answer, Api, Call } from './api';
import { sendRenewing } from './bridge';
import { type Gate, gateOf, pause, presentTurn, roomAt, SECOND, type Trip } from './gate';
import { fateOf, kindOf, type Ticket } from './pace';
import { type RawAnswer, Refusals, Withheld } from './refusals';

export type Context =
	| IExecuteFunctions
	| ILoadOptionsFunctions
	| IHookFunctions
	| IPollFunctions
	| IWebhookFunctions;

/** Attempts of one request after lost connections and server faults. */
const ATTEMPTS = 5;
/** First pause after a fault in milliseconds; doubles each time. */
const BACKOFF = 500;
/** A vendor that sends 429 without a time is asked again after this many milliseconds. */
const BLIND_WAIT = 5_000;

/** Faults that prove the request never reached the vendor, so that even a POST can be repeated. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Whether a request can change something at the vendor. */
const isWrite = ({ method, reads }: Pick<Call, 'method' | 'reads'>) => method !== 'GET' && !reads;

export interface RequestOptions {
	/** Longest time in ms that one request may wait for the vendor's rate limit. */
	maxWait?: number;
	/** The user set how many items are worked on at once: the requests do not wait for a place. */
	unpaced?: boolean;
	/** Nothing is written: requests that are not reads are withheld. */
	dryRun?: boolean;
	/** Refuses everything but GET, before it is sent. */
	readOnly?: boolean;
	/** Requests that may be sent, repeated ones included. */
	most?: number;
}

/** Talks to one door of a vendor with one credential, for the length of one execution. */
export class Requests {
	/** Milliseconds spent waiting for the rate limit, and how often. */
	waited = { ms: 0, times: 0, until: 0 };

	/** Requests sent, repeated ones included. */
	sent = 0;

	private readonly signal?: AbortSignal;

	private readonly gate: Gate;

	protected readonly refusals: Refusals;

	/** Tells credentials apart within the process. */
	readonly credentialKey: string;

	private decrypted?: Promise<ICredentialDataDecryptedObject>;

	/** Settles with the first request, which goes alone so that a stale token is renewed only once. */
	private first?: Promise<unknown>;

	constructor(
		readonly context: Context,
		readonly api: Api,
		private readonly options: RequestOptions = {},
	) {
		this.signal = 'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
		this.credentialKey = `${api.name} ${api.credential} ${context.getNode().credentials?.[api.credential]?.id ?? context.getNode().id}`;
		this.gate = gateOf(this.credentialKey, api.perSecond);
		this.refusals = new Refusals(context.getNode(), api);
	}

	/** Requests that may be under way at once, for now. */
	get width(): number {
		return this.gate.pace.width();
	}

	/** The execution was cancelled. */
	get cancelled(): boolean {
		return this.signal?.aborted ?? false;
	}

	/** The credential's fields, read once. */
	async credentials(): Promise<ICredentialDataDecryptedObject> {
		this.decrypted ??= this.context.getCredentials<ICredentialDataDecryptedObject>(this.api.credential);
		return await this.decrypted;
	}

	/**
	 * Sends one request and repeats it where that is safe.
	 * @throws NodeApiError with the vendor's reason when it refuses, or when it cannot be reached.
	 */
	async send(call: Call): Promise<Answer> {
		return await this.sendOr(call);
	}

	/** @param instead what to send after a fault of the vendor; the same again if there is nothing else. */
	protected async sendOr(call: Call, instead?: (failed: Call) => Call): Promise<Answer> {
		this.assertCovered(call);
		this.admit(call);
		if (this.first) {
			await this.first;
			return await this.attempt(call, instead);
		}
		const attempt = this.attempt(call, instead);
		this.first = attempt.then(
			() => undefined,
			() => undefined,
		);
		return await attempt;
	}

	/** @throws NodeOperationError if this kind of key may not send such a request. */
	assertCovered(call: Call): void {
		if (this.api.covers && !this.api.covers(call)) throw this.refusals.notCovered(call);
	}

	/** In a dry run only reads pass. For requests that do not go through `send`, too. @throws Withheld */
	admit(call: Pick<Call, 'method' | 'path' | 'purpose' | 'reads'>): void {
		if (this.options.dryRun && isWrite(call)) throw new Withheld(call);
	}

	/**
	 * One request whose refusal is an answer, too. Repeated only when the vendor asks for patience.
	 * @returns the answer of any status, or the code of the fault that kept it from coming.
	 * @throws NodeApiError when the rate limit is used up for too long.
	 */
	async ask(call: Call): Promise<RawAnswer | { code: string }> {
		const deadline = Date.now() + (this.options.maxWait ?? 3_600_000);
		for (;;) {
			const { outcome } = await this.go(call, deadline);
			if ('fault' in outcome) return { code: outcome.code };
			if (outcome.status !== 429) return outcome;
			this.holdBack(this.api.retryAfter?.(outcome.headers, Date.now()));
		}
	}

	/** No request of this credential for so many milliseconds; for a while if the vendor does not say how long. */
	private holdBack(wait = BLIND_WAIT): void {
		this.gate.openAt = Math.max(this.gate.openAt, Date.now() + wait);
	}

	private async attempt(given: Call, instead = (failed: Call) => failed): Promise<Answer> {
		let call = given;
		const deadline = Date.now() + (this.options.maxWait ?? 3_600_000);
		const { api, gate, refusals } = this;
		const mayRepeat = call.repeatable ?? call.method !== 'POST';
		// A refusal for haste is a clear answer and no attempt.
		let attempt = 1;
		/** Waits for the next attempt. @throws the error if there is none left, or if another one could do it twice. */
		const again = async (error: NodeApiError, repeatable: boolean): Promise<void> => {
			if (!repeatable) throw refusals.unknownFate(call, error);
			if (attempt >= ATTEMPTS) throw error;
			await this.rest(BACKOFF * 2 ** (attempt++ - 1) * (0.75 + Math.random() / 2));
		};
		let doubtful = false;
		for (;;) {
			const { outcome, trip } = await this.go(call, deadline);
			if ('fault' in outcome) {
				const neverSent = NEVER_SENT.has(outcome.code);
				// A connection can break for no reason; the second time, the answer may be what is too large.
				const tooLarge = !neverSent && (doubtful || outcome.code !== 'ECONNRESET');
				doubtful ||= !neverSent;
				await again(outcome.fault, mayRepeat || neverSent);
				if (tooLarge) call = instead(call);
				continue;
			}
			gate.fastest = Math.min(gate.fastest, trip.took ?? Infinity);
			gate.answered++;

			const { status, headers, body } = outcome;
			const allowance = api.allowance?.(headers);
			if (allowance?.remaining !== undefined && allowance.resetsAt) gate.pace.allow(allowance.remaining, allowance.resetsAt);
			if (allowance?.remaining !== undefined && allowance.remaining <= gate.pace.forOthers() && allowance.resetsAt) gate.openAt = Math.max(gate.openAt, allowance.resetsAt);
			if (status >= 300 && status < 400) throw refusals.moved(call, headers.location);
			if (status < 400) {
				const loose = api.looseAnswers === true && call.method !== 'GET';
				if (typeof body === 'string' && body.trim() !== '' && (!loose || webPageIn(body))) {
					await again(refusals.unreadable(call, body), call.method === 'GET');
					if (!webPageIn(body)) call = instead(call);
					continue;
				}
				return { status, headers, body: body === '' || (loose && typeof body !== 'object') ? undefined : body };
			}
			// The vendor had deleted it when the answer to an earlier attempt was lost.
			if (status === 404 && call.method === 'DELETE' && doubtful && !webPageIn(body)) return { status: 204, headers, body: undefined };

			const wait = api.retryAfter?.(headers, Date.now());
			if (status === 429 || (status === 503 && wait !== undefined)) {
				if (status === 429) {
					gate.rate?.refused(trip.sent);
					gate.pace.meetOthers();
				}
				this.holdBack(wait);
				if (gate.openAt > deadline) throw refusals.refused(call, outcome);
				continue;
			}
			// What is not implemented will not be there the next time either.
			if (status < 500 || status === 501) throw refusals.refused(call, outcome);
			doubtful = true;
			await again(refusals.refused(call, outcome), mayRepeat);
			call = instead(call);
		}
	}

	/** Sends one request when it is its turn, and gives its place back. */
	private async go(call: Call, deadline: number): Promise<{ outcome: Awaited<ReturnType<Requests['once']>>; trip: Trip }> {
		const { trip, ticket } = await this.waitForGate(deadline, kindOf(call.method, call.path));
		let outcome: Awaited<ReturnType<Requests['once']>> | undefined;
		try {
			outcome = await this.once(call);
			return { outcome, trip };
		} finally {
			trip.took = Date.now() - trip.sent;
			if (ticket) this.gate.pace.leave(ticket, outcome ? fateOf('status' in outcome ? outcome.status : undefined) : 'unknown', presentTurn().began);
		}
	}

	/** One request on the wire: an answer of any status, or a fault without answer. */
	private async once(
		call: Call,
	): Promise<RawAnswer | { fault: NodeApiError; code: string }> {
		const { readOnly = false, most = Infinity } = this.options;
		if ((readOnly || this.options.dryRun) && isWrite(call)) throw this.refusals.readsOnly(call);
		if (this.sent >= most) throw this.refusals.spent(most);
		const credentials = await this.credentials();
		this.sent++;
		const { api } = this;
		const query = new URLSearchParams(call.query ?? []).toString();
		const hasBody = call.body !== undefined || call.raw !== undefined;
		const request: IHttpRequestOptions = {
			method: call.method,
			url: `${await this.address()}${call.path}${query ? `${call.path.includes('?') ? '&' : '?'}${query}` : ''}`,
			headers: {
				...api.headers,
				...call.headers,
				...(hasBody || api.contentTypeAlways ? { 'Content-Type': call.raw?.contentType ?? api.contentType } : {}),
			},
			timeout: api.timeout,
			...(call.file ? { encoding: 'arraybuffer' as const } : {}),
			returnFullResponse: true,
			// A redirected POST would arrive as GET, and count as done.
			...(call.method === 'GET' ? {} : { disableFollowRedirect: true }),
			sendCredentialsOnCrossOriginRedirect: false,
		};
		// As text: n8n would drop an empty object.
		if (call.raw) request.body = call.raw.body;
		else if (call.body !== undefined) request.body = JSON.stringify(call.body);

		const credential = this.context.getNode().credentials?.[api.credential];
		try {
			const more = api.oauth2
				? undefined
				: { credentialsDecrypted: { id: credential?.id ?? '', name: credential?.name ?? '', type: api.credential, data: credentials } };
			// Statuses are judged here, since thrown errors carry no headers; 401 must throw for n8n to renew the token.
			const answer = await sendRenewing(
				async (options) => await this.context.helpers.httpRequestWithAuthentication.call(this.context, api.credential, options, more),
				request,
				this.context.getNode(),
				{ credential: api.credential, id: this.credentialKey, renewable: api.renewable === true },
			);
			const refused = call.file && answer.statusCode >= 400;
			return { status: answer.statusCode, headers: answer.headers, body: refused ? jsonOf(answer.body) : answer.body };
		} catch (error) {
			if (this.cancelled) throw this.refusals.stopped();
			const thrown = error as NodeApiError;
			const code = String(thrown.httpCode ?? (thrown as unknown as { code?: string }).code ?? '');
			if (code === '401') {
				const refused = thrown as unknown as { context?: { data?: unknown } };
				return { status: 401, headers: {}, body: refused.context?.data };
			}
			// Refusals do not throw, so a good status here means that the answer broke off.
			const torn = /^2\d\d$/.test(code);
			if (!torn && !/^E[A-Z_]+$/.test(code)) {
				// n8n's own words, such as "The credential needs to be reconnected".
				throw error instanceof NodeApiError ? error : new NodeOperationError(this.context.getNode(), error as Error);
			}
			return { code, fault: this.refusals.unreachable(code, torn) };
		}
	}

	/**
	 * The address before the resource path.
	 * @throws NodeOperationError when the credential holds no usable one.
	 */
	async address(): Promise<string> {
		const credentials = await this.credentials();
		try {
			return this.api.baseUrl(credentials);
		} catch (error) {
			throw new NodeOperationError(this.context.getNode(), error as Error, {
				description: `Open the ${this.api.name} credential and correct it.`,
			});
		}
	}

	/** Waits for the shared allowance of the credential, and for a place among the requests under way. */
	private async waitForGate(deadline: number, kind: string): Promise<{ trip: Trip; ticket?: Ticket }> {
		const { perSecond } = this.api;
		const { pace, rate } = this.gate;
		let ticket: Ticket | undefined;
		for (;;) {
			const now = Date.now();
			const openAt = Math.max(this.gate.openAt, ...(perSecond ? [this.gate.nextSlot, roomAt(this.gate, perSecond)] : []));
			if (openAt <= now) {
				if (this.cancelled) throw this.refusals.stopped();
				ticket = this.options.unpaced ? undefined : pace.enter(kind);
				if (ticket) void presentTurn().over.then(() => (ticket!.sent = Date.now()));
				if (ticket || this.options.unpaced) break;
				await pace.turn(this.signal);
				continue;
			}
			if (openAt > deadline) {
				throw this.refusals.tooLong(openAt - now);
			}
			// Only waits for the vendor's refusal are news; slots of a second are routine. Requests that wait together wait once.
			const from = Math.max(now, this.waited.until);
			if (this.gate.openAt > from) {
				this.waited = { ms: this.waited.ms + this.gate.openAt - from, times: this.waited.times + 1, until: this.gate.openAt };
			}
			await this.rest(openAt - now);
		}
		const trip: Trip = { sent: Date.now() };
		if (perSecond && rate) {
			this.gate.nextSlot = Math.max(this.gate.nextSlot, trip.sent) + SECOND / rate.perSecond();
			this.gate.recent = [...this.gate.recent, trip].slice(-Math.floor(perSecond));
		}
		return { trip, ticket };
	}

	/** Waits, and ends early with an error when the execution is stopped. */
	async rest(ms: number): Promise<void> {
		if (!(await pause(ms, this.signal))) throw this.refusals.stopped();
	}
}
