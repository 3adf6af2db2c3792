/** Several things at once, but not too many; and some one after the other. */

const turns = new Map<string, Promise<unknown>>();

/** Work under the same key runs one after the other in this process, whichever execution it is of. */
export async function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
	const before = turns.get(key) ?? Promise.resolve();
	const mine = before.then(work, work);
	turns.set(key, mine);
	try {
		return await mine;
	} finally {
		if (turns.get(key) === mine) turns.delete(key);
	}
}

/**
 * Works through a list with at most `limit` at a time, in order of start; a limit that changes counts from the next start.
 * The first failure stops further starts and is thrown once the running ones have ended.
 */
export async function inParallel<T>(list: T[], limit: number | (() => number), work: (entry: T) => Promise<void>): Promise<void> {
	const most = typeof limit === 'number' ? () => limit : limit;
	const running = new Set<Promise<void>>();
	const failures: unknown[] = [];
	for (let next = 0; ; ) {
		while (next < list.length && failures.length === 0 && running.size < most()) {
			const one: Promise<void> = work(list[next++])
				.catch((error: unknown) => void failures.push(error))
				.finally(() => running.delete(one));
			running.add(one);
		}
		if (running.size === 0) break;
		await Promise.race(running);
	}
	if (failures.length > 0) throw failures[0];
}
