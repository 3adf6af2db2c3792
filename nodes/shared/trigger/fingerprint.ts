/** Short stand-ins for long texts and values. */
import { createHash } from 'crypto';

/** A mark of any value, whatever the order of its keys. */
export function markOfValue(value: unknown): string {
	return fingerprint(
		JSON.stringify(value ?? null, (_key, entry: unknown) =>
			typeof entry === 'object' && entry !== null && !Array.isArray(entry)
				? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)))
				: entry,
		),
	);
}

/** Characters of a stored key: 48 bits. */
const WIDTH = 8;

/** A short stand-in for a text of any length. */
export function fingerprint(text: string): string {
	return createHash('sha256').update(text).digest('base64url').slice(0, WIDTH);
}

/** Stand-ins written one after the other. */
export function splitFingerprints(text: unknown): string[] {
	return typeof text === 'string' ? (text.match(new RegExp(`.{${WIDTH}}`, 'g')) ?? []) : [];
}
