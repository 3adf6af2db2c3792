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
 * Works through a list with at most `limit` at a time, in order of start.
 * The first failure stops further starts and is thrown once the running ones have ended.
 */
export async function inParallel<T>(list: T[], limit: number, work: (entry: T) => Promise<void>): Promise<void> {
	let next = 0;
	const failures: unknown[] = [];
	const worker = async () => {
		while (next < list.length && failures.length === 0) {
			try {
				await work(list[next++]);
			} catch (error) {
				failures.push(error);
			}
		}
	};
	await Promise.all(Array.from({ length: Math.min(limit, list.length) }, worker));
	if (failures.length > 0) throw failures[0];
}
