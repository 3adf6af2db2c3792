/**
 * Deliveries of webhooks, after https://developers.outreach.io/api/webhooks/: signed when the webhook has a
 * secret, with the clean-up token on each, five seconds to answer, four attempts a second apart after network
 * errors and none after any HTTP status, no redirects, suspensions that any update of the webhook ends.
 */
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { post, Queue, type Envelope } from '../deliveries.mts';
import type { RecordId, Relation, Store, StoredRecord } from './store.mts';

const ATTEMPTS = 4;
const PAUSE_MS = 1000;
const MINUTE = 60_000;
const WEEK = 7 * 24 * 60 * MINUTE;
/** Deliveries of a burst under way at a time. */
const PARALLEL = 20;

export interface Happening {
	type: string;
	id: RecordId;
	action: string;
	attributes: Record<string, unknown>;
	relationships: Record<string, Relation>;
	/** Earlier values of what an update changed. */
	before?: Record<string, unknown>;
}

export interface DeliveryRecord {
	webhookId: RecordId;
	jobId: string;
	event: string;
	attempts: number;
	/** 0 when nobody answered. */
	status: number;
	at: number;
	ms: number;
}

export interface BurstOptions {
	/** Genuine deliveries. */
	count: number;
	/** Share of them that comes a second time. */
	repeats?: number;
	/** Forged deliveries, as a share of `count`. */
	forgeries?: number;
	parallel?: number;
	type?: string;
	action?: string;
	/** Shuffles what comes when. */
	seed?: number;
}

export interface BurstResult {
	/** Job ids of what is genuine. */
	jobs: string[];
	/** What the forged ones claim to be. */
	forged: string[];
	sent: number;
	statuses: Record<string, number>;
	/** Of the genuine ones, sorted. */
	latencies: number[];
	elapsedMs: number;
}

const wait = async (ms: number): Promise<void> => await new Promise((done) => setTimeout(done, ms));

/** Numbers from 0 to 1 that are the same for the same seed. */
function random(seed: number): () => number {
	let state = seed >>> 0 || 1;
	return () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state / 2 ** 32;
	};
}

/** Runs tasks, a bounded number at a time. */
async function inParallel<T>(list: T[], limit: number, work: (entry: T) => Promise<void>): Promise<void> {
	let next = 0;
	await Promise.all(
		Array.from({ length: Math.min(limit, list.length) }, async () => {
			while (next < list.length) await work(list[next++] as T);
		}),
	);
}

export class Deliveries {
	readonly log: DeliveryRecord[] = [];
	/** Content type of deliveries; the documentation names none. */
	contentType = 'application/vnd.api+json';
	/** Pause between attempts; shorter in tests. */
	pauseMs = PAUSE_MS;
	private readonly store: Store;
	private readonly cleanupTokens: ReadonlyMap<RecordId, string>;
	private readonly queue = new Queue();

	constructor(store: Store, cleanupTokens: ReadonlyMap<RecordId, string>) {
		this.store = store;
		this.cleanupTokens = cleanupTokens;
	}

	clear(): void {
		this.log.length = 0;
		this.queue.clear();
	}

	/** Tells every webhook that watches this. */
	tell(happening: Happening): void {
		for (const webhook of this.store.all('webhook')) {
			if (this.watches(webhook, happening)) this.queue.push(async () => await this.deliver(webhook, happening));
		}
	}

	/** Resolves when everything that happened so far is delivered or given up. */
	async settled(): Promise<void> {
		await this.queue.settled();
	}

	/** Sends many deliveries to the first webhook there is, with repeats and forgeries among them. */
	async burst(options: BurstOptions): Promise<BurstResult> {
		const { count, repeats = 0, forgeries = 0, parallel = PARALLEL, type = 'prospect', action = 'updated', seed = 1 } = options;
		const webhook = this.store.all('webhook').find((one) => this.watches(one, { type, id: 0, action, attributes: {}, relationships: {} }));
		if (webhook === undefined) throw new Error(`No webhook watches ${type}.${action}`);
		const dice = random(seed);
		const now = Date.now();
		const genuine = Array.from({ length: count }, (_, i) => {
			const happening: Happening = {
				type,
				id: i + 1,
				action,
				attributes: { title: `Title ${i + 1}`, updatedAt: new Date(now + i).toISOString() },
				relationships: {},
				before: { title: 'Before', updatedAt: new Date(now - 1000).toISOString() },
			};
			const jobId = randomUUID();
			return { jobId, envelope: this.envelope(webhook, happening, jobId) };
		});
		const again = genuine.filter(() => dice() < repeats);
		const forged = Array.from({ length: Math.round(count * forgeries) }, (_, i) => this.forge(webhook, type, action, genuine[i % genuine.length]!.envelope, i));
		const sends = [...genuine, ...again, ...forged].map((one) => ({ ...one, place: dice() })).sort((a, b) => a.place - b.place);
		const genuineIds = new Set<string>(genuine.map(({ jobId }) => jobId));
		const statuses: Record<string, number> = {};
		const latencies: number[] = [];
		const started = performance.now();
		await inParallel(sends, parallel, async ({ jobId, envelope }) => {
			const begun = performance.now();
			const { status } = await post(envelope);
			if (genuineIds.has(jobId)) latencies.push(performance.now() - begun);
			statuses[status] = (statuses[status] ?? 0) + 1;
		});
		return {
			jobs: genuine.map(({ jobId }) => jobId),
			forged: forged.map(({ jobId }) => jobId),
			sent: sends.length,
			statuses,
			latencies: latencies.sort((a, b) => a - b),
			elapsedMs: performance.now() - started,
		};
	}

	/** Someone who does not know the secret: no signature, a made-up one, another secret's, or changed bytes. */
	private forge(webhook: StoredRecord, type: string, action: string, original: Envelope, index: number) {
		const jobId = `forged-${index}`;
		const happening: Happening = { type, id: 900_000 + index, action, attributes: { title: 'Forged' }, relationships: {} };
		const fake = this.envelope(webhook, happening, jobId);
		const { 'outreach-webhook-signature': signature, ...headers } = fake.headers;
		const kinds: Array<() => Envelope> = [
			() => ({ ...fake, headers }),
			() => ({ ...fake, headers: { ...headers, 'outreach-webhook-signature': randomBytes(32).toString('hex') } }),
			() => ({ ...fake, headers: { ...headers, 'outreach-webhook-signature': createHmac('sha256', 'guess').update(fake.body).digest('hex') } }),
			() => ({ ...original, body: original.body.replace(/"jobId":"[^"]+"/, `"jobId":"${jobId}"`) }),
		];
		void signature;
		return { jobId, envelope: kinds[index % kinds.length]!() };
	}

	private watches(webhook: StoredRecord, { type, action }: Happening): boolean {
		const { attributes } = webhook;
		if (type === 'webhook' || attributes.active === false) return false;
		const until = Date.parse(String(attributes.disabledUntil ?? ''));
		if (!Number.isNaN(until) && until > Date.now()) return false;
		return [type, '*'].includes(String(attributes.resource)) && [action, '*'].includes(String(attributes.action));
	}

	private envelope(webhook: StoredRecord, happening: Happening, jobId: string): Envelope {
		const { type, id, action, attributes, relationships, before } = happening;
		const bare = Object.fromEntries(Object.entries(relationships).filter(([, value]) => value !== null));
		const body = JSON.stringify({
			data: { type, id, attributes, relationships: bare },
			...(Number(webhook.attributes.payloadVersion) >= 2 && before !== undefined ? { beforeUpdate: before } : {}),
			meta: { deliveredAt: new Date().toISOString(), eventName: `${type}.${action}`, jobId },
		});
		const { secret, url } = webhook.attributes;
		const token = this.cleanupTokens.get(webhook.id);
		return {
			url: String(url),
			body,
			headers: {
				'content-type': this.contentType,
				...(typeof secret === 'string' && secret !== '' ? { 'outreach-webhook-signature': createHmac('sha256', secret).update(body).digest('hex') } : {}),
				...(token === undefined ? {} : { 'outreach-webhook-cleanup-token': token }),
			},
		};
	}

	private async deliver(webhook: StoredRecord, happening: Happening): Promise<void> {
		const jobId = randomUUID();
		const envelope = this.envelope(webhook, happening, jobId);
		const entry: DeliveryRecord = { webhookId: webhook.id, jobId, event: `${happening.type}.${happening.action}`, attempts: 0, status: 0, at: Date.now(), ms: 0 };
		this.log.push(entry);
		for (entry.attempts = 1; ; entry.attempts += 1) {
			const { status, code } = await post(envelope);
			entry.status = status;
			entry.ms = Date.now() - entry.at;
			if (status > 0) return;
			if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') this.suspend(webhook, MINUTE, 'The host name could not be resolved');
			if (entry.attempts >= ATTEMPTS) return;
			await wait(this.pauseMs);
		}
	}

	private suspend(webhook: StoredRecord, ms: number, reason: string): void {
		if (this.store.get('webhook', webhook.id) !== webhook) return;
		const since = webhook.attributes.disabledSince ?? new Date().toISOString();
		const forGood = Date.now() - Date.parse(String(since)) > WEEK;
		this.store.change(webhook, {
			disabledReason: reason,
			disabledSince: since,
			disabledUntil: new Date(Date.now() + ms).toISOString(),
			...(forGood ? { active: false } : {}),
		});
	}
}

/** Actions of their own that a change of attributes means. */
export function actionsOf(type: string, changed: Record<string, unknown>, relations: string[]): string[] {
	const set = (name: string): boolean => changed[name] !== undefined && changed[name] !== null;
	switch (type) {
		case 'mailing':
			return ['bounced', 'delivered', 'opened', 'replied'].filter((action) => set(`${action}At`));
		case 'task':
			return changed.state === 'complete' ? ['completed'] : [];
		case 'sequenceState':
			if (changed.state === 'finished') return ['finished'];
			return relations.includes('sequenceStep') ? ['advanced'] : [];
		case 'import':
			return changed.state === 'finished' ? ['finished'] : [];
		default:
			return [];
	}
}
