import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BUILD, ROOT } from './paths.mts';
import { runOrFail } from './processes.mts';
import { step } from './progress.mts';

/** What goes into the package: a change in any of these makes the tarball stale. */
const SOURCES = ['nodes', 'credentials', 'package.json', 'index.js', 'gulpfile.js', 'tsconfig.json', 'README.md', 'LICENSE'];

export interface Tarball {
	name: string;
	version: string;
	file: string;
	/** Changes when the tarball does. */
	stamp: string;
}

async function newest(path: string): Promise<number> {
	const found = await stat(path).catch(() => undefined);
	if (found === undefined) return 0;
	if (!found.isDirectory()) return found.mtimeMs;
	const inside = await readdir(path);
	// The folder's own time tells of files that were taken away.
	const times = await Promise.all(inside.map((name) => newest(join(path, name))));
	return Math.max(found.mtimeMs, ...times);
}

/** The tarball that npm would publish, built again when a source is newer. */
export async function ensureTarball(): Promise<Tarball> {
	const { name, version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { name: string; version: string };
	const file = join(BUILD, `${name}-${version}.tgz`);
	const changed = Math.max(...(await Promise.all(SOURCES.map((source) => newest(join(ROOT, source))))));
	const age = async () => (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;
	if ((await age()) < changed) {
		await step('Building the package', () =>
			runOrFail(process.execPath, [join(ROOT, 'node_modules', 'gulp', 'bin', 'gulp.js'), '--silent', 'pack'], { cwd: ROOT }),
		);
	}
	return { name, version, file, stamp: String(await age()) };
}

/** Where n8n keeps the package in a user folder, and the file that says which build it is. */
export async function packageFolder(userFolder: string): Promise<{ folder: string; mark: string }> {
	const { name } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { name: string };
	const modules = join(userFolder, '.n8n', 'nodes', 'node_modules');
	return { folder: join(modules, name), mark: join(modules, `.${name}-stamp`) };
}

/** Puts the package where n8n keeps its community packages, as if it had been installed from there. */
export async function unpackInto(userFolder: string, { file, stamp }: Tarball): Promise<void> {
	const { folder: target, mark } = await packageFolder(userFolder);
	if ((await readFile(mark, 'utf8').catch(() => '')) === stamp) return;
	await rm(target, { recursive: true, force: true });
	await mkdir(target, { recursive: true });
	await runOrFail('tar', ['-xzf', file, '--strip-components=1', '-C', target]);
	await writeFile(mark, stamp);
}
