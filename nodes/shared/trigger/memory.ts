/** A memory of what was delivered before. */
import { type IDataObject, sleep } from 'n8n-workflow';

import { fingerprint, splitFingerprints } from './fingerprint';

/** Deliveries that one process remembers per node. */
const REMEMBERED = 50_000;
/** The newest of them, which are stored with the workflow and so outlive a restart. */
const STORED = 1_000;

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
