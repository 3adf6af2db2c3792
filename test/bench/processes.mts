/** Measurements in a process of their own, which comes fresh and lets memory be weighed. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Runs a file of the benchmark, which reads its input from `BENCH_INPUT` and prints JSON. */
export async function inOwnProcess<T>(file: string, input: object): Promise<T> {
	const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', file], {
		env: { ...process.env, BENCH_INPUT: JSON.stringify(input) },
	});
	return JSON.parse(stdout) as T;
}

/** Live memory: what is left after a full collection. Buffers are freed in the background, until the next one begins. */
export function live(): number {
	globalThis.gc!();
	globalThis.gc!();
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}

/**
 * Notes the most live memory while something runs.
 * @returns `weigh` for moments of one's own; `end` ends it, and gives the most in bytes.
 */
export function weighing(): { weigh: () => void; end: () => number } {
	let most = 0;
	const weigh = () => {
		most = Math.max(most, live());
	};
	// The fullest moment of a page is right after it was parsed: bytes, text and objects are all there.
	const { parse } = JSON;
	JSON.parse = (text, reviver) => {
		const value = parse(text, reviver) as unknown;
		if (String(text).length > 100_000) weigh();
		return value;
	};
	const timer = setInterval(weigh, 200);
	return {
		weigh,
		end() {
			clearInterval(timer);
			JSON.parse = parse;
			weigh();
			return most;
		},
	};
}
