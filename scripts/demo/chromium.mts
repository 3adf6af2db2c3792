/** The Chromium that the npm package @sparticuz/chromium brings, unpacked once and kept for later runs. */
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { ROOT } from './paths.mts';
import { step } from './progress.mts';

/** Where a browser is, and what it must find in its environment. */
export interface Program {
	executablePath: string;
	env: NodeJS.ProcessEnv;
}

/** The browser, its fonts, its graphics, and libraries that small machines lack. */
const ARCHIVES = ['chromium.br', 'fonts.tar.br', 'swiftshader.tar.br', 'al2023.tar.br'];

/** Written last: each file and its size. A folder without it, or with other files, is not whole. */
const LIST = 'files.json';

/** Milliseconds after which a folder that nobody completed is no longer being worked on. */
const ABANDONED = 15 * 60_000;

/** Where the browser finds fonts: without any, it ends at the first page. The package itself looks in Lambda's folders. */
const fontsConfig = (folder: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
	<dir>${join(folder, 'fonts')}</dir>
	<dir>/usr/share/fonts</dir>
	<dir>/usr/local/share/fonts</dir>
	<cachedir>${join(folder, 'cache')}</cachedir>
</fontconfig>
`;

async function sizes(folder: string): Promise<Record<string, number>> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
	return Object.fromEntries(await Promise.all(files.map(async (file) => [file.slice(folder.length + 1), (await stat(file)).size])));
}

/** Whether every file that was unpacked is still there, as long as it was. */
async function isWhole(folder: string): Promise<boolean> {
	try {
		const listed = Object.entries(JSON.parse(await readFile(join(folder, LIST), 'utf8')) as Record<string, number>);
		const found = await sizes(folder);
		return listed.length > 0 && listed.every(([file, size]) => found[file] === size);
	} catch {
		return false;
	}
}

/** What runs that were killed have left beside `target`. */
async function sweep(target: string): Promise<void> {
	const beside = (await readdir(dirname(target))).filter((name) => name.startsWith(`${basename(target)}-`));
	for (const folder of beside.map((name) => join(dirname(target), name))) {
		const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Date.now() }));
		if (Date.now() - mtimeMs > ABANDONED) await rm(folder, { recursive: true, force: true });
	}
}

/**
 * Fills `target` once. `fill` works in a folder beside it, which takes its place when it is complete: several processes may do
 * this at the same time, and what an earlier one left incomplete is replaced.
 */
export async function unpackOnce(target: string, fill: (folder: string) => Promise<void>): Promise<void> {
	if (await isWhole(target)) return;
	await mkdir(dirname(target), { recursive: true });
	await sweep(target);
	const folder = await mkdtemp(`${target}-`);
	try {
		await fill(folder);
		await writeFile(join(folder, LIST), JSON.stringify(await sizes(folder)));
		// Another process may have been faster.
		if (await isWhole(target)) return;
		await rename(target, join(folder, 'broken')).catch(() => undefined);
		await rename(folder, target).catch(async (error) => {
			if (!(await isWhole(target))) throw error;
		});
		await rm(join(target, 'broken'), { recursive: true, force: true });
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

async function inflate(archives: string, folder: string): Promise<void> {
	const { inflate: unpack } = await import('@sparticuz/chromium');
	const { TMPDIR } = process.env;
	// It unpacks into the temporary folder, where others could put something else in its place. It asks for it at once.
	process.env.TMPDIR = folder;
	const work = ARCHIVES.map((archive) => unpack(join(archives, archive)));
	if (TMPDIR === undefined) delete process.env.TMPDIR;
	else process.env.TMPDIR = TMPDIR;
	// None may still write when the folder is taken away after a failure of another.
	for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason;
}

/**
 * The browser of the package, in the ways in which it may start. There is none for other systems than Linux on x64.
 * @throws Error if it cannot be unpacked, with the folder and the reason.
 */
export async function bundled(cache = join(ROOT, 'node_modules', '.cache', 'provisioning')): Promise<Program[]> {
	if (process.platform !== 'linux' || process.arch !== 'x64') return [];
	const require = createRequire(import.meta.url);
	const manifest = require.resolve('@sparticuz/chromium').replace(/build[\\/].*$/, 'package.json');
	const { version } = require(manifest) as { version: string };
	const target = join(cache, `chromium-${version}`);
	const config = join(target, 'fonts-here.conf');
	try {
		await unpackOnce(target, (folder) => step('Unpacking Chromium', () => inflate(join(dirname(manifest), 'bin'), folder)));
		// It names the folder, which moves with the checkout.
		const text = fontsConfig(join(target, 'fonts'));
		if ((await readFile(config, 'utf8').catch(() => '')) !== text) await writeFile(config, text);
	} catch (error) {
		throw new Error(`Chromium could not be unpacked into ${target}: ${(error as Error).message}`);
	}
	const executablePath = join(target, 'chromium');
	const env = { FONTCONFIG_FILE: config, ...process.env };
	// The libraries of the system come first; these are for a machine that has none.
	const libraries = [process.env.LD_LIBRARY_PATH, join(target, 'al2023', 'lib')].filter(Boolean).join(':');
	return [{ executablePath, env }, { executablePath, env: { ...env, LD_LIBRARY_PATH: libraries } }];
}
