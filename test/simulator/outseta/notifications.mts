/**
 * The activity log and the notifications about it, after
 * https://go.outseta.com/support/kb/articles/6DmwY294/setup-activity-notifications-webhooks-callbacks- : set up by hand, one
 * kind of activity each; the record with `ActivityEventData` in it and no name of the event; signed with the
 * tenant's key, which is hexadecimal text for bytes; after a failure 20 more times, 20 minutes apart.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { post, Queue, type Envelope } from '../deliveries.mts';
import { contract } from './contract.mts';
import { parseFields, show } from './query.mts';
import type { Item, Store } from './store.mts';

const ATTEMPTS = 21;
const PAUSE_MS = 20 * 60_000;
const SIGNATURE = 'x-hub-signature-256';

/** What an admin entered under Settings > Notifications. */
export interface Notification {
	uid: string;
	activityType: number;
	url: string;
	errorCount: number;
	errorDescription: string | null;
}

export interface Delivered {
	notification: string;
	activityType: number;
	attempts: number;
	/** 0 when nobody answered. */
	status: number;
	body: Item;
}

/** Number of a kind of activity, given by number or name. */
export function activityNumber(given: unknown): number {
	const names = contract.enums.ActivityType as Record<string, string>;
	const number = Object.entries(names).find(([key, name]) => key === String(given) || name === given)?.[0];
	if (number === undefined) throw new Error(`There is no activity ${String(given)}`);
	return Number(number);
}

/** EntityType in the log. */
export const KIND: Record<string, number> = { Account: 1, Person: 2, Deal: 3, Case: 4, Plan: 7, AddOn: 9, Task: 10 };

/** What comes along with a record in a notification. */
const SHOWN: Record<string, string> = {
	Account:
		'*,PersonAccount.*,PersonAccount.Person.*,Subscriptions.*,Subscriptions.Plan.*,CurrentSubscription.*,CurrentSubscription.Plan.*,LatestSubscription.*,PrimaryContact.*,PaymentInformation.*,Deals.*',
	Person: '*,PersonAccount.*,PersonAccount.Account.Uid',
	Deal: '*,DealPipelineStage.*,Account.*,DealPeople.*,DealPeople.Person.*',
};

const wait = async (ms: number): Promise<void> => await new Promise((done) => setTimeout(done, ms).unref());

export class Notifications {
	readonly configured: Notification[] = [];
	readonly log: Delivered[] = [];
	/** Pause between attempts; shorter in tests. */
	pauseMs = PAUSE_MS;
	/** The tenant has a key; without one nothing is signed. */
	signed = true;
	private readonly queue = new Queue();
	private readonly key: string;
	private count = 0;

	constructor(key: string) {
		this.key = key;
	}

	clear(): void {
		this.configured.length = 0;
		this.log.length = 0;
		this.signed = true;
		this.queue.clear();
	}

	/** Add Activity Notification. */
	add(activityType: unknown, url: string): Notification {
		if (!URL.canParse(url)) throw new Error('Give url, the callback address');
		this.count += 1;
		const notification = { uid: `n${this.count}`, activityType: activityNumber(activityType), url, errorCount: 0, errorDescription: null };
		this.configured.push(notification);
		return notification;
	}

	remove(uid?: string): void {
		const kept = this.configured.filter((one) => uid !== undefined && one.uid !== uid);
		this.configured.splice(0, Infinity, ...kept);
	}

	/**
	 * Something happened: it is written into the log, and told to those who want to hear of it.
	 * @param about the record it is written down for; `carried` the one that notifications carry, when it is another.
	 */
	happened(store: Store, activityType: number, about: { entity: string; item: Item }, details?: unknown, carried = about, more: Item = {}): Item {
		const entry = store.add('Activity', {
			Title: (contract.enums.ActivityType as Record<string, string>)[activityType],
			Description: null,
			ActivityData: details === undefined ? null : JSON.stringify(details),
			ActivityDateTime: store.now(),
			ActivityType: activityType,
			EntityType: KIND[about.entity] ?? 0,
			EntityUid: about.item.Uid,
			...more,
		});
		const body = { ...show(store, carried.entity, carried.item, parseFields(SHOWN[carried.entity] ?? '*')), ActivityEventData: details ?? null };
		for (const notification of this.configured) {
			if (notification.activityType === activityType) this.queue.push(async () => await this.deliver(notification, body));
		}
		return entry;
	}

	/** Resolves when everything that happened so far is delivered or given up. */
	async settled(): Promise<void> {
		await this.queue.settled();
	}

	/** Someone who does not know the key: no signature, a made-up one, another key's, and changed bytes under an old one. */
	async forge(notification: Notification, body: Item): Promise<number[]> {
		const genuine = this.envelope(notification.url, JSON.stringify(body));
		const { [SIGNATURE]: _signature, ...headers } = this.envelope(notification.url, '').headers;
		const under = (signature: string): Envelope => ({ ...genuine, headers: { ...headers, [SIGNATURE]: `sha256=${signature}` } });
		const forgeries: Envelope[] = [
			{ ...genuine, headers },
			under(randomBytes(32).toString('hex')),
			// The text of the key instead of its bytes.
			under(createHmac('sha256', this.key).update(genuine.body).digest('hex')),
			{ ...genuine, body: genuine.body.replace(/}$/, ',"IsDemo":true}') },
		];
		return await Promise.all(forgeries.map(async (forgery) => (await post(forgery)).status));
	}

	private envelope(url: string, body: string): Envelope {
		const signature = createHmac('sha256', Buffer.from(this.key, 'hex')).update(body).digest('hex');
		return { url, body, headers: { 'content-type': 'application/json', ...(this.signed ? { [SIGNATURE]: `sha256=${signature}` } : {}) } };
	}

	private async deliver(notification: Notification, body: Item): Promise<void> {
		const envelope = this.envelope(notification.url, JSON.stringify(body));
		const { generation } = this.queue;
		const entry: Delivered = { notification: notification.uid, activityType: notification.activityType, attempts: 0, status: 0, body };
		this.log.push(entry);
		for (entry.attempts = 1; generation === this.queue.generation; entry.attempts += 1) {
			const { status } = await post(envelope);
			entry.status = status;
			if (status >= 200 && status < 300) return;
			notification.errorCount += 1;
			notification.errorDescription = status === 0 ? 'No answer' : `Answered ${status}`;
			if (entry.attempts >= ATTEMPTS) return;
			await wait(this.pauseMs);
		}
	}
}
