/** What all doors of Outreach have in common: the rate limit, and how the gateway in front of them refuses. */
import { asObject } from '../../shared/spec/values';
import type { Allowance } from '../../shared/wire/api';

/**
 * `Retry-After` in seconds, as an epoch time, or as a date; the vendor uses all three. Every answer names the
 * end of the rate limit's hour, but only an answer without allowance means it as a wait.
 */
export function retryAfter(headers: Record<string, string>, now: number): number | undefined {
	const value = headers['retry-after'] ?? (allowance(headers).remaining === 0 ? headers['x-ratelimit-reset'] : undefined);
	if (value === undefined) return undefined;
	const number = Number(value);
	if (Number.isNaN(number)) {
		const time = Date.parse(value);
		return Number.isNaN(time) ? undefined : Math.max(0, time - now);
	}
	return Math.max(0, number > 1e9 ? number * 1000 - now : number * 1000);
}

export function allowance(headers: Record<string, string>): Allowance {
	// Some accounts get two numbers, "9000, 58": an hour's and a minute's.
	const remaining = headers['x-ratelimit-remaining']?.split(',').map(Number).filter((n) => !Number.isNaN(n));
	const reset = Number(headers['x-ratelimit-reset']);
	return {
		remaining: remaining?.length ? Math.min(...remaining) : undefined,
		resetsAt: Number.isFinite(reset) && reset > 1e9 ? reset * 1000 : undefined,
	};
}

/** The reason in the gateway's `{ error, description }`; empty if there is none. */
export function gatewayReason(body: unknown): string {
	const answer = asObject(body);
	return [answer.error, answer.description ?? answer.error_description].filter(Boolean).map(String).join(': ');
}
