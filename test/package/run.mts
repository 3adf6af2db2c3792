import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../harness/paths.mts';

/** Runs one of our scripts with --json in a process of its own, and reads what it found. */
export function runScript<T>(script: string): Promise<T> {
	return new Promise((resolve, reject) => {
		const args = [join(ROOT, 'scripts', script), '--json'];
		// The rules know when they are tested themselves, and then take every file for any kind of node.
		const { NODE_ENV: _, ...env } = process.env;
		const options = { cwd: ROOT, env, maxBuffer: 64 * 1024 * 1024 };
		execFile(process.execPath, args, options, (_error, stdout, stderr) => {
			try {
				// The exit code repeats what the findings say.
				resolve(JSON.parse(stdout) as T);
			} catch {
				reject(new Error(`${script} did not finish: ${stderr || stdout}`));
			}
		});
	});
}
