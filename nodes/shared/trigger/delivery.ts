/**
 * What every webhook trigger needs: the bytes as they came, their signature, and a memory of what was
 * delivered before. Names no vendor.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'crypto';
import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

/** Largest body that is read, in bytes. */
const MAX_BODY = 1024 * 1024;

/** A secret that nobody has to see. */
export const newSecret = () => randomBytes(32).toString('hex');

/**
 * The body exactly as it was sent. n8n parses only some content types, and a signature is about bytes.
 * @returns undefined when it cannot be read, or is larger than any delivery.
 */
export async function rawBody(context: IWebhookFunctions): Promise<Buffer | undefined> {
	const request = context.getRequestObject() as unknown as { rawBody?: Buffer; readRawBody?: () => Promise<void> };
	if (!request.rawBody) {
		const [reading] = await Promise.allSettled([request.readRawBody?.()]);
		if (reading.status === 'rejected') return undefined;
	}
	const body = request.rawBody ?? Buffer.alloc(0);
	return body.length > MAX_BODY ? undefined : body;
}

/** A body as JSON object; undefined when it is none. */
export function parseObject(body: Buffer): IDataObject | undefined {
	try {
		const parsed = JSON.parse(body.toString('utf8')) as unknown;
		return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as IDataObject) : undefined;
	} catch {
		return undefined;
	}
}

/**
 * Whether a signature in hexadecimal is the HMAC-SHA256 of the body under one of the secrets.
 * Takes the same time for every wrong signature of the right length.
 * @returns the secret it was made with.
 */
export function signedWith(body: Buffer, signature: unknown, secrets: Array<string | Buffer>): string | Buffer | undefined {
	const given = typeof signature === 'string' && /^[0-9a-f]{64}$/i.test(signature) ? Buffer.from(signature, 'hex') : undefined;
	if (!given) return undefined;
	return secrets.find((secret) => timingSafeEqual(given, createHmac('sha256', secret).update(body).digest()));
}

/** Answers without starting the workflow. Throwing instead would start a failed execution. */
export function refuse(context: IWebhookFunctions, status: 400 | 401, reason: string): IWebhookResponseData {
	context.getResponseObject().status(status).send(reason).end();
	return { noWebhookResponse: true };
}

/** Answers before the work is done, for senders that do not wait long. */
export function answerNow(context: IWebhookFunctions): void {
	context.getResponseObject().status(200).send('ok').end();
}
