/**
 * Smaller pages for lists that the vendor cannot give in large ones: it answers with a server fault, too late, or breaks off.
 * What worked is remembered for the credential and the resource.
 */
import type { Api, Call, QueryPairs } from './api';

/** Records a page, from the largest down. */
const SIZES = [1000, 500, 250, 100, 25];

/** Milliseconds after which larger pages are tried again: the fault may have passed. */
const REMEMBERED = 30 * 60_000;

const worked = new Map<string, { size: number; until: number }>();

const valueOf = (query: QueryPairs | undefined, name: string) => Number((query ?? []).find(([n]) => n === name)?.[1]);

/** The pages of one list. */
export class PageSize {
	/** Records a page that the vendor could give, if fewer than asked for. */
	reduced?: number;

	/** @param key tells resources and credentials apart. */
	constructor(
		private readonly api: Api,
		private readonly key: string,
	) {}

	/** The call with pages as large as worked lately. */
	fitted(call: Call): Call {
		const { size, until } = worked.get(this.key) ?? { size: Infinity, until: 0 };
		return until > Date.now() ? this.limited(call, size) : call;
	}

	/** The same place of the list in pages of the next smaller size; the call itself if there is none. */
	smaller(call: Call): Call {
		const size = this.of(call);
		return this.limited(call, SIZES.find((one) => one < size) ?? size);
	}

	/** Notes what worked. @param asked the call as it was meant. @param first as it was sent first. */
	note(asked: Call, first: Call, sent: Call): void {
		const size = this.of(sent);
		if (size < this.of(asked)) this.reduced = size;
		if (size < this.of(first)) worked.set(this.key, { size, until: Date.now() + REMEMBERED });
	}

	/** Records a page that a call asks for; NaN if it does not say. */
	private of({ method, query }: Call): number {
		return method === 'GET' && this.api.page ? valueOf(query, this.api.page.size) : NaN;
	}

	private limited(call: Call, size: number): Call {
		const now = this.of(call);
		if (!(size < now)) return call;
		const { size: name, number, first = 0 } = this.api.page!;
		// Rounded down: a few records come twice rather than not at all.
		const moved = number === undefined ? NaN : Math.floor(((valueOf(call.query, number) - first) * now) / size) + first;
		return {
			...call,
			query: call.query!.map(([n, value]): [string, string] => (n === name ? [n, String(size)] : n === number && moved >= first ? [n, String(moved)] : [n, value])),
		};
	}
}

/** Forgets what worked. */
export const forgetPageSizes = () => worked.clear();
