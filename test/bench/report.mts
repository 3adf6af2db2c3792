/** What the parts of the benchmark share: their frame, their targets and how figures are written. */
import type { Simulator } from './simulator.mts';

/** A figure that has to stay below a limit. */
export interface Target {
	name: string;
	value: number;
	limit: number;
	met: boolean;
}

/** What a part is given. */
export interface Bench {
	/** The shorter form is wanted. */
	quick: boolean;
	/** Milliseconds after which the simulated Outreach answers. */
	latencyMs: number;
	/** The simulated Outreach, started when a part first asks for it. */
	outreach(): Promise<Simulator>;
	/** Says what is being done, and does it. */
	step: <T>(what: string, work: () => Promise<T>) => Promise<T>;
	/** Notes a target. */
	atMost(name: string, value: number, limit: number): void;
}

/** What a part gives back: a text for people and figures for `build/bench.json`. */
export interface Part {
	text: string;
	figures: unknown;
}

export function median(values: number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export const seconds = (ms: number) => `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
export const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
export const count = (n: number) => n.toLocaleString('en');

export function table(head: string[], rows: string[][]): string {
	const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
	const line = (row: string[]) => `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join(' | ')} |`;
	const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
	return [line(head), rule, ...rows.map(line)].join('\n');
}
