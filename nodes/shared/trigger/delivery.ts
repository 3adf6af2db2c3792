/**
 * What every webhook trigger needs: the bytes as they came, their signature, and a memory of what was
 * delivered before. Names no vendor.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'crypto';
import {
	type IDataObject,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
	type IWebhookFunctions,
	type IWebhookResponseData,
	sleep,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

/** Largest body that is read, in bytes. */
const MAX_BODY = 1024 * 1024;
/** Deliveries that one process remembers per node. */
const REMEMBERED = 50_000;
/** The newest of them, which are stored with the workflow and so outlive a restart. */
const STORED = 1_000;
/** Characters of a stored key: 48 bits. */
const WIDTH = 8;

/** A short stand-in for a text of any length. */
export function fingerprint(text: string): string {
	return createHash('sha256').update(text).digest('base64url').slice(0, WIDTH);
}

/** Stand-ins written one after the other. */
export function splitFingerprints(text: unknown): string[] {
	return typeof text === 'string' ? (text.match(new RegExp(`.{${WIDTH}}`, 'g')) ?? []) : [];
}

/** A secret that nobody has to see. */
export const newSecret = () => randomBytes(32).toString('hex');

/** Names a node of a workflow across its executions. */
export function nodeKey(context: { getNode(): INode; getWorkflow(): { id?: string }; getMode(): WorkflowExecuteMode }): string {
	// What arrives while a person tests says nothing about the workflow that is on.
	return [context.getMode() === 'manual' ? 'test' : '', context.getWorkflow().id, context.getNode().id].join(':');
}

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

/** Milliseconds to wait for the beginning of an execution: in this process, and where another one executes. */
const PATIENCE = 2000;
const BRIEFLY = 250;

/** Who waits for the beginning of an execution, by its event. */
const waiting = new Map<string, Set<() => void>>();

/** Whether executions begin in this process; unknown until one has, or was waited for in vain. */
let executesHere: boolean | undefined;

const beginningOf = (context: Parameters<typeof nodeKey>[0], item: IDataObject) => `${nodeKey(context)} ${String(item.eventId)}`;

/**
 * Starts the workflow with an item, and answers when the execution has begun: not before, so that a sender cannot
 * pile up more than n8n gets done, nor hold for delivered what n8n has not stored. n8n itself would answer after it
 * has made the execution, but then 2.41 drops what the node wanted to remember. Where other processes execute, the
 * answer comes after a moment.
 */
export function startWith(context: IWebhookFunctions, item: IDataObject, answered = false): IWebhookResponseData {
	if (!answered) {
		const key = beginningOf(context, item);
		const others = waiting.get(key) ?? new Set();
		waiting.set(key, others);
		let note = () => {};
		const begun = new Promise<void>((resolve) => others.add((note = resolve)));
		void Promise.race([begun, sleep(executesHere === false ? BRIEFLY : PATIENCE)]).then(() => {
			others.delete(note);
			if (others.size === 0) waiting.delete(key);
			executesHere ??= false;
			answerNow(context);
		});
	}
	return { workflowData: [context.helpers.returnJsonArray(item)], noWebhookResponse: true };
}

/** What a webhook trigger does as a node of an execution: it passes on what started it, also in a test. */
export function begin(context: IExecuteFunctions): INodeExecutionData[][] {
	const items = context.getInputData();
	// A main process runs tests itself even where workers do the rest.
	if (context.getMode() !== 'manual') executesHere = true;
	for (const { json } of items) {
		const others = waiting.get(beginningOf(context, json));
		const [first] = others ?? [];
		if (!first) continue;
		others!.delete(first);
		first();
	}
	return [items];
}

/** What was delivered, the newest last. */
export class DeliveryMemory {
	private readonly keys = new Set<string>();

	private newest: string[] = [];

	/** The text stored last by this process. */
	private stored = '';

	/** @param member of the workflow's data where the newest are stored. */
	constructor(
		private readonly limit = REMEMBERED,
		private readonly keep = STORED,
		private readonly member = 'seen',
	) {}

	/**
	 * Notes a delivery, in the process and in the workflow's data.
	 * @param data where it is stored; other processes may have written there.
	 * @param aliases other keys under which it may have been noted.
	 * @returns false when it was noted before.
	 */
	take(key: string, data: IDataObject, aliases: string[] = []): boolean {
		const { member } = this;
		if (typeof data[member] === 'string' && data[member] !== this.stored) splitFingerprints(data[member]).forEach((known) => this.add(known));
		const short = fingerprint(key);
		if ([short, ...aliases.map(fingerprint)].some((known) => this.keys.has(known))) return false;
		this.add(short);
		this.stored = this.newest.join('');
		data[member] = this.stored;
		return true;
	}

	private add(short: string): void {
		if (this.keys.has(short)) return;
		this.keys.add(short);
		this.newest.push(short);
		if (this.newest.length > this.keep) this.newest.shift();
		if (this.keys.size > this.limit) this.keys.delete(this.keys.values().next().value as string);
	}
}

const memories = new Map<string, DeliveryMemory>();

/**
 * A memory of a node; all its requests in this process share one.
 * @param keep how many of the newest are stored.
 */
export function memoryOf(key: string, member = 'seen', keep = STORED): DeliveryMemory {
	const name = `${key} ${member}`;
	const memory = memories.get(name) ?? new DeliveryMemory(REMEMBERED, keep, member);
	memories.set(name, memory);
	return memory;
}

/**
 * Collects those who want the same answer within a moment, and asks once for all of them. Since it asks
 * after the last of them came, the answer is as new as each of them needs.
 */
export class Gathering<T> {
	private readonly waiting = new Map<string, Promise<T>>();

	constructor(private readonly moment = 200) {}

	async ask(key: string, question: () => Promise<T>): Promise<T> {
		let answer = this.waiting.get(key);
		if (!answer) {
			answer = sleep(this.moment).then(async () => {
				this.waiting.delete(key);
				return await question();
			});
			this.waiting.set(key, answer);
		}
		return await answer;
	}
}
