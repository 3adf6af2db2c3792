/**
 * How many requests a vendor gets at once, and how many a second: found out from its answers, since no vendor says what it
 * can take. One pace per credential, shared by all nodes and executions of the process. Pure: it gets the time from outside.
 */
import { grouped } from '../spec/lists';

/** Requests at once to begin with, and after a rest. */
const BEGIN = 5;
/** Requests at once, at most. */
const MOST = 50;
/** A sample has as many requests as go out at once, but at least so many. The slowest, a tenth, are not waited for. */
const FEWEST = 5;
const WAITED_FOR = 0.9;
/** Answers of one kind that tell how long it usually takes. */
const FEWEST_OF_KIND = 3;
/** Answers count as fast as before up to this share of the usual time. With `GROWTH` it stays below `SLOW`: one step too far must not double the time. */
const AS_FAST = 1.2;
const GROWTH = 1.5;
const SLOW = 2;
/** Where answers were slower once, so many samples in a row have to be fast before more goes out at once. */
const SURE = 3;
/** Judgements that found no room at `BEGIN` or fewer, after which a single request at a time shows what an answer takes. */
const PATIENCE = 10;
/** The usual time of a kind is at most this multiple of its fastest first answers: the first ones may have queued already. */
const FIRST = 1.25;
/** Of the allowance that is left, one part in so many may be under way. */
const SHARE_OF_REST = 10;
/** After a refusal, the pace stays below this share of what was refused, for so long (ms). */
const BELOW_REFUSED = 0.75;
/** Most requests of the allowance that are left to others who use the credential. */
const MOST_FOR_OTHERS = 5;
/** After a refusal others are reckoned with for so long (ms). */
const SHARED = 300_000;
const CAUTIOUS = 60_000;
/** A pace that was not used for so long (ms) begins anew. */
const STALE = 60_000;

/** A request under way. */
export interface Ticket {
	kind: string;
	sent: number;
	/** Which width it was sent at; see `Pace.era`. */
	era: number;
	/** The sample that it belongs to. */
	sample?: Sample;
}

/**
 * Requests one after the other by whose answers a width is judged. Not the next answers that come: those are the fast ones.
 * Only requests that took the last place count, as the others found less going on.
 */
interface Sample {
	size: number;
	sent: number;
	back: number;
	/** One of them took the last place: places that nobody uses prove nothing. */
	full: boolean;
	answers: Array<{ kind: string; took: number }>;
}

/** What became of a request. Strained: the vendor refused it for haste, failed, or did not answer. */
export type Fate = 'answered' | 'strained' | 'unknown';

/** What an answer with this status says of the vendor; no status stands for no answer. */
export const fateOf = (status?: number): Fate => (status === undefined || status === 429 || (status >= 500 && status !== 501) ? 'strained' : 'answered');

/** Requests that take about the same time: by method and first part of the path. */
export const kindOf = (method: string, path: string) => `${method} /${/^\/?([^/?]*)/.exec(path)![1]}`;

/** Mean of the smallest, this share of them. */
function meanOf(values: number[], share: number): number {
	const smallest = [...values].sort((a, b) => a - b).slice(0, Math.ceil(values.length * share));
	return smallest.reduce((sum, value) => sum + value, 0) / smallest.length;
}

/** Finds the number of requests that a vendor takes at once without getting slower. */
export class Pace {
	private readonly most: number;

	private places: number;

	/** Counts the changes of `places`. Answers to requests from before a change say nothing about it. */
	private era = 0;

	private underWay = 0;

	private sample!: Sample;

	/** Usual time of an answer (ms), by kind. */
	private readonly usual = new Map<string, number>();

	private readonly known = new Set<string>();

	private allowance?: { left: number; until: number };

	/** Judgements of the present width that found no room, and those in a row that did. */
	private held = 0;

	private fast = 0;

	private others?: { count: number; until: number };

	private refused?: { at: number; until: number };

	private used = 0;

	private waiting: Array<() => void> = [];

	/** @param perSecond requests a second that the vendor counts; never more at once. */
	constructor(
		perSecond = MOST,
		private readonly now: () => number = Date.now,
	) {
		this.most = Math.max(1, Math.min(MOST, Math.floor(perSecond)));
		this.places = Math.min(BEGIN, this.most);
		this.begin();
	}

	/** Requests that may be under way at once. */
	width(): number {
		const now = this.now();
		if (this.underWay === 0 && this.places > BEGIN && now - this.used > STALE) this.change(BEGIN);
		const { left, until } = this.allowance ?? { left: Infinity, until: 0 };
		return now < until ? Math.max(1, Math.min(this.places, Math.floor(left / SHARE_OF_REST))) : this.places;
	}

	/** Takes a place for a request; undefined when all are taken. Each ticket goes back with `leave`. */
	enter(kind: string): Ticket | undefined {
		if (this.underWay >= this.width()) return undefined;
		if (!this.known.has(kind)) {
			// What the vendor takes of reads says nothing about its writes.
			this.known.add(kind);
			if (this.places > BEGIN) this.change(BEGIN);
		}
		this.used = this.now();
		const last = ++this.underWay >= this.places;
		const { sample } = this;
		const counts = sample.sent < sample.size && (last || !this.usual.has(kind));
		if (counts) {
			sample.sent++;
			sample.full ||= last;
		}
		return { kind, sent: this.used, era: this.era, ...(counts ? { sample } : {}) };
	}

	/** Resolves when a place may have become free, or the signal ends the waiting. */
	async turn(signal?: AbortSignal): Promise<void> {
		let stop = () => {};
		await new Promise<void>((resolve) => {
			stop = resolve;
			this.waiting.push(resolve);
			signal?.addEventListener('abort', stop, { once: true });
		});
		signal?.removeEventListener('abort', stop);
	}

	/** Gives a place back, and learns from what became of the request. @param arrived when the answer came. */
	leave({ kind, sent, era, sample }: Ticket, fate: Fate, arrived = this.now()): void {
		const now = this.now();
		this.underWay--;
		this.used = now;
		if (era === this.era && fate === 'strained') {
			this.refused = { at: this.places, until: now + CAUTIOUS };
			this.change(this.places / 2);
		} else if (sample && sample === this.sample) {
			sample.back++;
			if (fate === 'answered') sample.answers.push({ kind, took: Math.max(1, arrived - sent) });
			if (sample.back === sample.size || sample.answers.length >= Math.floor(sample.size * WAITED_FOR)) this.judge(now);
		}
		for (const wake of this.waiting.splice(0)) wake();
	}

	/** Notes how many requests are left, and until when. */
	allow(left: number, until: number): void {
		this.allowance = { left, until };
	}

	/** The allowance was used up although it seemed not to be: others, such as another worker of n8n, use the credential. */
	meetOthers(): void {
		this.others = { count: Math.min(MOST_FOR_OTHERS, this.forOthers() + 1), until: this.now() + SHARED };
	}

	/** Requests of the allowance to leave to others, who may have them under way. */
	forOthers(): number {
		return this.others && this.now() < this.others.until ? this.others.count : 0;
	}

	private judge(now: number): void {
		const { answers, full } = this.sample;
		this.begin();
		const kinds = [...grouped(answers, ({ kind }) => [kind])].map(([kind, same]) => ({ kind, times: same.map(({ took }) => took), isNew: !this.usual.has(kind) }));
		const old = kinds.filter(({ isNew }) => !isNew).flatMap(({ kind, times }) => this.sharesOf(kind, times));
		// A new kind is taken to be as much slower than usual as the others are.
		const slower = old.length >= FEWEST_OF_KIND ? Math.max(1, meanOf(old, 1)) : 1;
		const fresh = kinds.filter(({ isNew }) => isNew).flatMap(({ kind, times }) => this.learn(kind, times, slower));
		const shares = old.length >= FEWEST_OF_KIND ? old : fresh;
		if (shares.length < FEWEST_OF_KIND) return;
		const share = meanOf(shares, 1);
		if (share >= SLOW) this.change(this.places / 2);
		else if (share > AS_FAST) {
			this.fast = 0;
			if (++this.held >= PATIENCE && this.places <= BEGIN) this.change(1);
		} else if (full && (++this.fast >= SURE || this.held === 0)) {
			const limit = this.refused && now < this.refused.until ? Math.floor(this.refused.at * BELOW_REFUSED) : this.most;
			const wider = Math.min(Math.ceil(this.places * GROWTH), this.most, limit);
			if (wider > this.places) this.change(wider);
		}
	}

	/** Times of one kind of request as shares of the usual one, which is corrected on the way. */
	private sharesOf(kind: string, times: number[]): number[] {
		const typical = Math.max(1, meanOf(times, 1));
		const usual = this.usual.get(kind)!;
		if (times.length >= FEWEST_OF_KIND) {
			// One at a time cannot be why answers are slow.
			if (this.places === 1) this.usual.set(kind, typical);
			else if (typical < usual) this.usual.set(kind, (usual + typical) / 2);
		}
		return times.map((took) => took / usual);
	}

	/** The usual time of a kind that was not seen before. */
	private learn(kind: string, times: number[], slower: number): number[] {
		if (times.length < FEWEST_OF_KIND) return [];
		const first = Math.max(1, Math.min(meanOf(times, 1), FIRST * meanOf(times, 0.5)) / slower);
		this.usual.set(kind, first);
		return times.map((took) => took / first);
	}

	private change(places: number): void {
		this.places = Math.max(1, Math.floor(places));
		this.era++;
		this.held = 0;
		this.fast = 0;
		this.begin();
	}

	private begin(): void {
		this.sample = { size: Math.max(FEWEST, this.places), sent: 0, back: 0, full: false, answers: [] };
	}
}

/** Milliseconds without a refusal after which a slowed rate rises by a step, and the step as a share of the vendor's limit. */
const RISES_AFTER = 30_000;
const STEP = 1 / 8;
/** Least share of the vendor's limit. */
const LEAST = 1 / 16;

/**
 * Requests a second to a vendor that counts them. A refusal shows that somebody else, such as another worker of n8n, uses
 * the same credential: the rate is halved, and rises again slowly.
 */
export class Rate {
	private slowed?: { rate: number; at: number };

	/** @param limit requests a second that the vendor allows. */
	constructor(
		private readonly limit: number,
		private readonly now: () => number = Date.now,
	) {}

	/** Requests a second for now. */
	perSecond(): number {
		if (!this.slowed) return this.limit;
		const steps = Math.floor((this.now() - this.slowed.at) / RISES_AFTER);
		return Math.min(this.limit, this.slowed.rate + steps * STEP * this.limit);
	}

	/** A request that was sent at this time was refused for haste. */
	refused(sent: number): void {
		// Requests of before the last change say nothing about it.
		if (this.slowed && sent < this.slowed.at) return;
		this.slowed = { rate: Math.max(this.limit * LEAST, this.perSecond() / 2), at: this.now() };
	}
}
