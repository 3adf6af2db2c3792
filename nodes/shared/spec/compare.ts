/** Values compared: the same to the vendor, or similar to a person. */
import { DATE_TIME, isAbsent } from './values';

/** Up to five candidates that look like `wanted`, best first. */
export function similar(wanted: string, candidates: string[]): string[] {
	const target = wanted.toLowerCase();
	return candidates
		.map((candidate) => ({ candidate, score: distance(target, candidate.toLowerCase()) }))
		.filter(({ candidate, score }) => {
			const text = candidate.toLowerCase();
			return text.includes(target) || target.includes(text) || score <= Math.max(2, target.length / 3);
		})
		.sort((a, b) => a.score - b.score)
		.slice(0, 5)
		.map(({ candidate }) => candidate);
}

/** Edit distance of Levenshtein. */
function distance(a: string, b: string): number {
	let row = Array.from({ length: b.length + 1 }, (_, i) => i);
	for (let i = 1; i <= a.length; i++) {
		const next = [i];
		for (let j = 1; j <= b.length; j++) {
			next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
		}
		row = next;
	}
	return row[b.length];
}

/** A text as people read it: without differences in white space, or in how a letter is encoded. */
export const plainText = (value: unknown) => String(value).normalize('NFKC').replace(/\s+/g, ' ').trim();

/** The same without case. */
export const foldText = (value: unknown) => plainText(value).toLowerCase();

/** Two values mean the same to the vendor: nothing, equal numbers or times, lists with equal entries. */
export function sameValue(a: unknown, b: unknown): boolean {
	if (isAbsent(a) && isAbsent(b)) return true;
	if (isAbsent(a) || isAbsent(b)) return (Array.isArray(a) && a.length === 0) || (Array.isArray(b) && b.length === 0);
	if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((entry, i) => sameValue(entry, b[i]));
	if (typeof a === 'object' || typeof b === 'object') return stable(a) === stable(b);
	if (String(a) === String(b)) return true;
	return DATE_TIME.test(String(a)) && DATE_TIME.test(String(b)) && Date.parse(String(a)) === Date.parse(String(b));
}

/** JSON with sorted keys. */
function stable(value: unknown): string {
	return JSON.stringify(value, (_key, entry: unknown) =>
		typeof entry === 'object' && entry !== null && !Array.isArray(entry)
			? Object.fromEntries(Object.entries(entry).sort(([x], [y]) => x.localeCompare(y)))
			: entry,
	);
}
