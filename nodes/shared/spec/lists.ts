/** Lists by something they have in common. */

/** Entries by their key, in order; one entry may have several keys. */
export function grouped<K, T>(list: Iterable<T>, keysOf: (entry: T) => K[]): Map<K, T[]> {
	const groups = new Map<K, T[]>();
	for (const entry of list) {
		for (const key of keysOf(entry)) {
			const group = groups.get(key);
			if (group) group.push(entry);
			else groups.set(key, [entry]);
		}
	}
	return groups;
}

/** Tells whether an id is met for the first time: vendors can list a record twice. What has no id always is. */
export function firstTime(): (id: unknown) => boolean {
	const seen = new Set<unknown>();
	return (id) => id === undefined || seen.size < seen.add(id).size;
}
