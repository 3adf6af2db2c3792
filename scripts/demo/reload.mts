/** Shows changes of the nodes in a running n8n: builds them and puts the build where n8n watches for it. */
import { readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { packageFolder } from './package.mts';
import { ROOT } from './paths.mts';
import { run, tail } from './processes.mts';
import { duration, say } from './progress.mts';
import { mirror, watchFiles } from './watch.mts';

/** Milliseconds in which n8n has noticed a new build. */
const NOTICED = 10_000;

/** n8n watches its packages if this is set. */
export const RELOADING = { N8N_DEV_RELOAD: 'true' };

/** What n8n says about it in its log from a position on: nothing, that it reloads, or that it failed. */
async function verdict(log: string, from: number): Promise<'triggered' | 'failed' | undefined> {
	const text = (await readFile(log, 'utf8').catch(() => '')).slice(from);
	if (text.includes('Hot reload failed')) return 'failed';
	return text.includes('Hot reload triggered') ? 'triggered' : undefined;
}

/** Puts the build into n8n and waits until n8n has taken it. @throws Error that says what to do. */
async function handOver(target: string, log: string): Promise<boolean> {
	const { length } = await readFile(log, 'utf8').catch(() => '');
	if ((await mirror(join(ROOT, 'dist'), join(target, 'dist'))).length === 0) return false;
	const deadline = Date.now() + NOTICED;
	while ((await verdict(log, length)) === undefined && Date.now() < deadline) await wait(50);
	// It reads the nodes right after that line.
	await wait(200);
	const said = await verdict(log, length);
	if (said === 'failed') throw new Error(`n8n could not load this build. Its log is ${log}\nWaiting for the next change.`);
	if (said === undefined) throw new Error('n8n did not notice the build. Press Ctrl-C and run npm run dev again.');
	return true;
}

async function rebuild(files: string[], target: string, log: string): Promise<void> {
	const started = Date.now();
	const names = files.map((file) => relative(ROOT, file));
	say(`\nChanged: ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`);
	const { code, output } = await run(process.execPath, [join(ROOT, 'node_modules', 'gulp', 'bin', 'gulp.js'), '--silent', 'build'], { cwd: ROOT });
	if (code !== 0) {
		// What gulp adds below is about itself.
		const errors = output.split('\n').filter((line) => /error TS\d+/.test(line));
		say(`${errors.length > 0 ? errors.join('\n') : tail(output)}\nNot built. n8n keeps the last build. Waiting for the next change.`);
		return;
	}
	const differs = await handOver(target, log);
	say(differs ? `The editor shows it (${duration(Date.now() - started)}).` : 'The build is the same as before.');
}

/** Rebuilds on each change in nodes/ and credentials/ until the process ends. @param log what n8n writes. */
export async function reloadOnChange(userFolder: string, log: string): Promise<void> {
	const { folder, mark } = await packageFolder(userFolder);
	// The next start must not take what is there for a packed build.
	await rm(mark, { force: true });
	void watchFiles([join(ROOT, 'nodes'), join(ROOT, 'credentials')], (files) => rebuild(files, folder, log));
}
