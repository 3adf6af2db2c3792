/** The vendor's rate limit: one gate per credential, shared by all executions of the process. */
import { sleep } from 'n8n-workflow';

import { Pace, Rate } from './pace';

/** Longest single sleep in milliseconds. */
const SLICE = 10_000;

/** Allowance of one credential, shared by all nodes and executions of the process. */
export interface Gate {
	/** No request before this time (epoch ms). */
	openAt: number;
	/** Next free slot of vendors that count requests a second (epoch ms). */
	nextSlot: number;
	/** The last requests to such a vendor, as many as it takes a second. */
	recent: Trip[];
	/** Shortest time from sending to answer (ms): what a request takes that nothing held up. */
	fastest: number;
	/** Requests answered. */
	answered: number;
	/** How many requests go out at once. */
	pace: Pace;
	/** How many a second, for vendors that count them. */
	rate?: Rate;
}

export interface Trip {
	sent: number;
	/** Time to the answer (ms). */
	took?: number;
}

/** A vendor's second, and a little more, since clocks differ. */
export const SECOND = 1_010;

/** Requests after which the shortest time is taken for what the way costs at least. */
const TRIALS = 20;

/** Earliest time at which the vendor has room for another request: it counts arrivals, which delays on the way shift. */
export function roomAt({ recent, fastest, answered }: Gate, perSecond: number): number {
	const trip = recent.at(-Math.floor(perSecond));
	const least = answered < TRIALS ? 0 : fastest;
	return trip ? trip.sent + Math.max(SECOND, 1_000 + (trip.took ?? 0) - least) : 0;
}

let turn: { began: number; over: Promise<void> } | undefined;

/**
 * The present turn of the process: what comes together is worked through one after the other before any timer runs. Answers
 * count as arrived when it began, and requests as sent when it is over, or that work would count as the vendor's time.
 */
export function presentTurn(): { began: number; over: Promise<void> } {
	turn ??= { began: Date.now(), over: sleep(0).then(() => (turn = undefined)) };
	return turn;
}

const gates = new Map<string, Gate>();

/** The gate of a credential. */
export function gateOf(key: string, perSecond?: number): Gate {
	let gate = gates.get(key);
	if (!gate) {
		gate = { openAt: 0, nextSlot: 0, recent: [], fastest: Infinity, answered: 0, pace: new Pace(perSecond), ...(perSecond ? { rate: new Rate(perSecond) } : {}) };
		gates.set(key, gate);
	}
	return gate;
}

/**
 * Waits, and ends early when the execution is cancelled.
 * @returns false when cancelled.
 */
export async function pause(ms: number, signal?: AbortSignal): Promise<boolean> {
	let stop = () => {};
	const aborted = new Promise<void>((resolve) => {
		stop = resolve;
		signal?.addEventListener('abort', stop, { once: true });
	});
	// In slices, since a sleep that was begun cannot be taken back and would outlive a cancelled execution.
	for (let left = ms; left > 0 && !signal?.aborted; left -= SLICE) {
		await Promise.race([sleep(Math.min(left, SLICE)), aborted]);
	}
	signal?.removeEventListener('abort', stop);
	return !signal?.aborted;
}
