/** Refusals and faults as errors that say what happened and what to do. */
import { type INode, NodeApiError, NodeOperationError } from 'n8n-workflow';

import { pageNamed, type WebPage, webPageIn } from './answers';
import type { Api, Call } from './api';

/** An answer as it arrived. */
export interface RawAnswer {
	status: number;
	headers: Record<string, string>;
	body: unknown;
}

/** A request that would change something, in a dry run. */
export class Withheld extends Error {
	constructor(readonly call: Pick<Call, 'method' | 'path' | 'purpose'>) {
		super(`Not sent in a dry run: ${call.purpose ?? `${call.method} ${call.path}`}`);
	}
}

type Options = ConstructorParameters<typeof NodeApiError>[2];

const REMEDIES: Record<number, string> = {
	401: 'The credential was not accepted. Open it, check it, and connect it again.',
	403: 'The user behind the credential is not allowed to do this. Ask an administrator for the permission.',
	404: 'There is no such record, or the user behind the credential cannot see it.',
	429: 'The rate limit is used up. Run again later.',
};

/** Whether a request failed because there is no such record any more. */
export const isGone = (error: unknown): boolean => error instanceof NodeApiError && ['404', '410'].includes(String(error.httpCode));

/** What a request does, for messages. */
const purposeOf = (call: Call) => call.purpose ?? `${call.method} ${call.path}`;

/** Errors of one door of a vendor, at one node. */
export class Refusals {
	constructor(
		private readonly node: INode,
		private readonly api: Api,
	) {}

	/** An error with exactly these words; n8n would replace messages in which it finds a known code. */
	error(message: string, description: string, options: Options = {}): NodeApiError {
		const error = new NodeApiError(this.node, {}, { ...options, message, description });
		error.message = message;
		return error;
	}

	/** The vendor refused, for the reason in its answer. Values of secret fields are hidden. */
	refused(call: Call, answer: RawAnswer): NodeApiError {
		const { status, headers, body } = answer;
		const wait = this.api.retryAfter?.(headers, Date.now());
		const options: Options = {
			httpCode: String(status),
			...(status === 401 ? { failure: { cause: 'credential-invalid' as const } } : {}),
			...(status === 429 ? { failure: { cause: 'rate-limited' as const, retryAfterMs: wait } } : {}),
			...(status >= 500 ? { failure: { cause: 'temporarily-unavailable' as const, retryAfterMs: wait } } : {}),
		};
		const page = webPageIn(body);
		if (page) return this.error(`${this.api.name} did not ${purposeOf(call)}: ${this.shown(page, call)} came with status ${status}`, this.remedyFor(page, status), options);
		const { reason, remedy } = this.api.explain(status, body, headers, call);
		// A path without a record in it is there, or the address is wrong.
		const usual = status === 404 && call.method === 'POST' && !/\d/.test(call.path) ? `There is nothing at this address. Check the ${this.api.addressField} in the credential.` : REMEDIES[status];
		return this.error(
			hide(`${this.api.name} refused to ${purposeOf(call)}: ${reason || textIn(body) || `status ${status}, without a reason`}`, call),
			hide(remedy ?? usual ?? `${this.api.name} answered with status ${status}.`, call),
			options,
		);
	}

	/** A POST without an answer: it may or may not have taken effect, and only a person can tell. @param error why there is none. */
	unknownFate(call: Call, { message, description, context }: NodeApiError): NodeApiError {
		return this.error(
			`It is not known whether ${this.api.name} did it: ${purposeOf(call)}`,
			`${message.replace(/\.$/, '')}. The request was not repeated, since that could do it twice. Check in ${this.api.name} whether it took effect before you run again.${context.wrongAddress ? ` ${description}` : ''}`,
			{ failure: { cause: 'temporarily-unavailable' } },
		);
	}

	/** An answer that is no JSON. */
	unreadable(call: Call, body: string): NodeApiError {
		const page = webPageIn(body);
		if (page) {
			const error = this.error(`${this.api.name} answered with ${this.shown(page, call)} instead of data`, this.remedyFor(page, 200));
			error.context.wrongAddress = true;
			return error;
		}
		return this.error(
			`${this.api.name} did not answer with JSON`,
			`The answer began with: ${hide(body, call).trim().slice(0, 80)}. Check the ${this.api.addressField} in the credential.`,
		);
	}

	/** A redirect of a request that changes something. */
	moved(call: Call, location?: string): NodeApiError {
		return this.error(
			`${this.api.name} did not ${purposeOf(call)}: it redirects requests to ${location ?? 'another address'}`,
			'Nothing was changed. Enter the address that it redirects to in the credential.',
		);
	}

	/** No answer, or one that broke off. @param code of the fault, such as ECONNRESET. */
	unreachable(code: string, torn: boolean): NodeApiError {
		return this.error(
			torn ? `The answer of ${this.api.name} broke off` : `${this.api.name} could not be reached`,
			`The connection ended ${torn ? 'too early' : `with ${code}`}${code === 'ECONNABORTED' ? ` (no answer within ${this.api.timeout / 1000} seconds)` : ''}. Check the address in the credential and the network, then run again.`,
			{ failure: { cause: 'temporarily-unavailable' } },
		);
	}

	/** The rate limit is used up for longer than may be waited. */
	tooLong(waitMs: number): NodeApiError {
		return this.error(
			`${this.api.name} allows no further requests for ${Math.ceil(waitMs / 1000)} seconds`,
			'The rate limit is used up. Run again later, or raise the option "Max Wait for Rate Limit".',
			{ httpCode: '429', failure: { cause: 'rate-limited', retryAfterMs: waitMs } },
		);
	}

	/** This kind of key may not send the request. */
	notCovered(call: Call): NodeOperationError {
		return new NodeOperationError(this.node, `This kind of connection to ${this.api.name} cannot ${purposeOf(call)}`, {
			description: 'Choose another authentication in the node. The connection of a user can access everything.',
		});
	}

	/** A change where only reads are allowed. */
	readsOnly(call: Call): NodeOperationError {
		return new NodeOperationError(this.node, `This operation only reads, so it did not ${purposeOf(call)}`, { description: 'Nothing was sent.' });
	}

	/** More requests than an operation may send. */
	spent(most: number): NodeOperationError {
		return new NodeOperationError(this.node, `The limit of ${most} requests was reached`, { description: 'No more requests were sent.' });
	}

	/** The execution was stopped. */
	stopped(): NodeOperationError {
		// n8n knows the end of a cancelled execution by this spelling; otherwise it would count as failed.
		return new NodeOperationError(this.node, 'The execution was canceled', {
			description: 'Requests that were already answered have taken effect. No more requests were sent.',
		});
	}

	private shown({ title }: WebPage, call: Call): string {
		return pageNamed(hide(title, call));
	}

	private remedyFor({ title }: WebPage, status: number): string {
		if (status >= 500) return `The page comes from a proxy or a maintenance server in front of ${this.api.name}. Run again later. If it stays, check the proxy and the ${this.api.addressField} in the credential.`;
		const who = /log ?in|sign ?in|sso/i.test(title) ? 'It is a sign-in page' : `The page does not come from the API of ${this.api.name}`;
		return `${who}. Check the ${this.api.addressField} in the credential, and any proxy between n8n and ${this.api.name}.`;
	}
}

/** A text without the values of secret fields. */
const hide = (text: string, { secrets = [] }: Call) => secrets.reduce((t, secret) => (secret ? t.split(secret).join('***') : t), text);

/** The text of an answer that is plain text. */
const textIn = (body: unknown) => (typeof body === 'string' ? body.replace(/\s+/g, ' ').trim().slice(0, 200) : '');
