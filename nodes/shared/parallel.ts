/** Several things at once, but not too many. */

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
