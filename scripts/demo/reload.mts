/** Shows changes of the nodes in a running n8n: builds them and puts the build where n8n watches for it. */
import { watch } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { packageFolder } from './package.mts';
import { ROOT } from './paths.mts';
import { run, tail } from './processes.mts';
import { duration, say } from './progress.mts';

/** Milliseconds without another change after which the build begins. */
const QUIET = 200;

/** n8n watches its packages if this is set. */
export const RELOADING = { N8N_DEV_RELOAD: 'true' };

async function rebuild(target: string): Promise<void> {
	const started = Date.now();
	const { code, output } = await run(process.execPath, [join(ROOT, 'node_modules', 'gulp', 'bin', 'gulp.js'), '--silent', 'build'], { cwd: ROOT });
	if (code !== 0) {
		say(tail(output));
		return;
	}
	await cp(join(ROOT, 'dist'), join(target, 'dist'), { recursive: true, force: true });
	say(`Built and handed to n8n (${duration(Date.now() - started)}). The editor shows it at once.`);
}

/** Rebuilds on each change in nodes/ and credentials/ until the process ends. */
export async function reloadOnChange(userFolder: string): Promise<void> {
	const { folder, mark } = await packageFolder(userFolder);
	// The next start must not take what is there for a packed build.
	await rm(mark, { force: true });
	let timer: NodeJS.Timeout | undefined;
	let work = Promise.resolve();
	const changed = () => {
		clearTimeout(timer);
		timer = setTimeout(() => (work = work.then(() => rebuild(folder))), QUIET);
	};
	for (const source of ['nodes', 'credentials']) watch(join(ROOT, source), { recursive: true }, changed);
}
