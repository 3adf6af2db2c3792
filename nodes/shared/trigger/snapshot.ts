/** Snapshots of records compared, for vendors without times. */
// ---- snapshots --------------------------------------------------------------------------------------

/** Records by id with a short mark of what is watched in them, for vendors that keep no times. */
export type Snapshot = Map<string, string>;

/** A compact text of a snapshot: about 20 bytes a record. */
export function packSnapshot(snapshot: Snapshot): string {
	return [...snapshot].map(([id, mark]) => `${encodeURIComponent(id)} ${encodeURIComponent(mark)}`).join('\n');
}

export function unpackSnapshot(text: unknown): Snapshot {
	const lines = typeof text === 'string' && text !== '' ? text.split('\n') : [];
	return new Map(
		lines.map((line) => {
			const [id, mark = ''] = line.split(' ');
			return [decodeURIComponent(id), decodeURIComponent(mark)] as const;
		}),
	);
}

export interface Difference {
	created: string[];
	/** With the mark they had before. */
	changed: Array<{ id: string; before: string }>;
	missing: string[];
}

/** What became of the records between two snapshots. `now` may be a part: then nothing counts as missing. */
export function difference(before: Snapshot, now: Snapshot, complete = true): Difference {
	const result: Difference = { created: [], changed: [], missing: [] };
	for (const [id, mark] of now) {
		const earlier = before.get(id);
		if (earlier === undefined) result.created.push(id);
		else if (earlier !== mark) result.changed.push({ id, before: earlier });
	}
	if (complete) for (const id of before.keys()) if (!now.has(id)) result.missing.push(id);
	return result;
}
