/** Lists that repeat themselves. A part of `Lie`. */
import { pairsOf, withList } from './drift.mts';
import type { ApiRequest, ApiResponse } from './server.mts';

export interface Repeat {
	/**
	 * `page`: a later page has the records of the one before it, and all else as it should be. `answer`: a later page is the answer
	 * before it as a whole. `record`: the last record of each page comes twice.
	 */
	what: 'page' | 'answer' | 'record';
	/** How often; always if missing. */
	times?: number;
}

/** Parameters that say which page of a list is asked for. */
const PLACES = new Set(['page[after]', 'page[before]', 'page', 'offset', 'startIndex']);
const SIZES = new Set(['page[size]', 'limit', 'count']);

const listIn = (body: unknown): unknown[] | undefined => {
	let found: unknown[] | undefined;
	withList(body, (list) => (found = list));
	return found;
};

/** Remembers the pages of lists, and repeats them. */
export class Repeats {
	/** By path and filters: which page came first, and the last answer. */
	private readonly lists = new Map<string, { first: string; last: unknown }>();
	private readonly done = new Map<Repeat, number>();

	clear(): void {
		this.lists.clear();
		this.done.clear();
	}

	/** The answer to a request under such a lie. */
	answer({ path, search }: ApiRequest, response: ApiResponse, repeat: Repeat): ApiResponse {
		if (response.status !== 200 || response.body === undefined) return response;
		const body: unknown = JSON.parse(String(response.body));
		const own = listIn(body);
		if (own === undefined) return response;
		const pairs = pairsOf(search);
		const key = JSON.stringify([path, pairs.filter(([name]) => !PLACES.has(name) && !SIZES.has(name))]);
		const place = JSON.stringify(pairs.filter(([name]) => PLACES.has(name)));
		const before = this.lists.get(key);
		const isLater = before !== undefined && before.first !== place;
		this.lists.set(key, { first: isLater ? before.first : place, last: body });
		const struck = this.done.get(repeat) ?? 0;
		if (struck >= (repeat.times ?? Infinity) || (repeat.what === 'record' ? own.length === 0 : !isLater)) return response;
		this.done.set(repeat, struck + 1);
		const said = repeat.what === 'record' ? withList(body, (list) => [...list, list.at(-1)]) : repeat.what === 'answer' ? before!.last : withList(body, () => listIn(before!.last)!);
		return { ...response, body: JSON.stringify(said) };
	}
}
