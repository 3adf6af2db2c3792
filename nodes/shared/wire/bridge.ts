/**
 * What the last line of n8n 1 (1.123) lacks, bridged so that the rest of the package knows one n8n. Each bridge says what is
 * missing there. When n8n 1.123 gets no more releases, this file can go, and each caller uses n8n's own function.
 */
import * as n8n from 'n8n-workflow';
import type { IDataObject, IExecuteFunctions, IHttpRequestOptions, INode, IPollFunctions, ITriggerFunctions, NodeExecutionHint } from 'n8n-workflow';

/** What the package uses of n8n when it is loaded and when it runs. */
const NEEDED = ['NodeApiError', 'NodeConnectionTypes', 'NodeOperationError', 'UserError', 'sleep', 'toCronExpression'] as const;

/**
 * Ends the loading of the package in an n8n that is too old, before anything else trips over what is missing.
 * @throws Error that says which n8n is needed.
 */
export function checkPlatform(platform: Readonly<Record<string, unknown>>): void {
	if (NEEDED.every((name) => name in platform)) return;
	throw new Error('n8n-nodes-provisioning needs n8n 1.123 or newer. Update n8n, and install the package again if its nodes are missing then.');
}

checkPlatform(n8n);

/** A full answer of n8n's request helper. */
export interface FullAnswer {
	statusCode: number;
	headers: Record<string, string>;
	body: unknown;
}

/** Requests that renew a token, by credential: one at a time, since a vendor can accept each refresh token only once. */
const renewals = new Map<string, Promise<unknown>>();

/** The vendor gave no token. n8n 1 has the reason of its OAuth2 client as message, and its code where the status would be. */
function noToken(thrown: unknown, node: INode, credential: string, renewing: boolean): unknown {
	const { httpCode, message } = thrown as { httpCode?: string; message: string };
	if (httpCode !== 'EAUTH' && httpCode !== 'ESTATUS') return thrown;
	const name = node.credentials?.[credential]?.name ?? credential;
	// As newer n8n says it.
	const words = renewing
		? { message: `The credential "${name}" needs to be reconnected.`, description: `Access could not be refreshed: ${message.replace(/\.$/, '')}. Open the credential and reconnect it to continue.` }
		: { message: `No access token could be fetched for the credential "${name}": ${message}`, description: 'Open the credential, check it, and connect it again.' };
	return new n8n.NodeApiError(node, {}, words);
}

/**
 * Sends a request that takes every status as an answer but 401, which n8n has to see thrown to renew the token.
 *
 * Missing in 1.123: `ignoreHttpStatusErrors` is a boolean there, so that a 401 comes as an answer like any other and
 * the token is never renewed. Such a request is sent once more without ignoring statuses: n8n throws to itself, renews
 * and repeats. What it throws in the end has no headers, so that a refusal, which changed nothing, is asked for again.
 * @param send n8n's request helper with its authentication.
 * @param key the credential: its type, what tells it apart, and whether it is a token that n8n can renew; others are not worth a second request.
 */
export async function sendRenewing(
	send: (request: IHttpRequestOptions) => Promise<unknown>,
	request: IHttpRequestOptions,
	node: INode,
	key: { credential: string; id: string; renewable: boolean },
): Promise<FullAnswer> {
	// n8n writes the token into the headers.
	const fresh = () => ({ ...request, headers: { ...request.headers } });
	const sendLoosely = async (): Promise<FullAnswer> => {
		try {
			return (await send({ ...fresh(), ignoreHttpStatusErrors: { ignore: true, except: [401] } })) as FullAnswer;
		} catch (thrown) {
			throw noToken(thrown, node, key.credential, false);
		}
	};
	const sendStrictly = async (): Promise<FullAnswer> => {
		try {
			return (await send(fresh())) as FullAnswer;
		} catch (thrown) {
			const { httpCode, context } = thrown as { httpCode?: string | null; context?: { data?: unknown } };
			const status = Number(httpCode);
			if (status >= 300 && status < 500 && status !== 401) return await sendLoosely();
			if (status >= 300) return { statusCode: status, headers: {}, body: context?.data };
			throw noToken(thrown, node, key.credential, true);
		}
	};

	const answer = await sendLoosely();
	if (answer.statusCode !== 401 || !key.renewable) return answer;
	const renewing = (renewals.get(key.id) ?? Promise.resolve()).then(sendStrictly);
	const settled = Promise.allSettled([renewing]);
	renewals.set(key.id, settled);
	void settled.then(() => renewals.get(key.id) === settled && renewals.delete(key.id));
	return await renewing;
}

/**
 * A failed item as n8n recognizes it, by exactly these names. With the error itself beside them, it would drop the details.
 *
 * Missing in 1.123: `details` is no such name there. Where n8n has to tell failed items by their names, to send them to
 * the second output, the details are called `message`.
 */
export function failedItem(node: INode, { message, description }: { message: string; description?: string | null }): IDataObject {
	const known = 'ACTIONABLE_CAUSES' in n8n || node.onError !== 'continueErrorOutput';
	return { error: message, ...(description ? { [known ? 'details' : 'message']: description } : {}) };
}

/** Shows a hint beside the output. Missing in triggers of every n8n, which have no output of their own. */
export function hint(context: IExecuteFunctions, shown: NodeExecutionHint): void {
	context.addExecutionHints?.(shown);
}

/** Milliseconds that n8n gives a poll. Missing in 1.123, which lets a poll take its time. */
export function pollBudget(context: IPollFunctions | ITriggerFunctions, usual: number): number {
	return (context as { getPollBudgetMs?: () => number }).getPollBudgetMs?.() ?? usual;
}

/** Records a failure of a trigger that stays active, as a failed execution. Missing in 1.123, where it goes to the log. */
export function recordFailure(context: ITriggerFunctions, error: n8n.NodeApiError | n8n.NodeOperationError): void {
	const { saveFailedExecution } = context as Partial<ITriggerFunctions>;
	if (saveFailedExecution) saveFailedExecution.call(context, error);
	else context.logger.error(`${context.getNode().name}: ${error.message}`);
}
