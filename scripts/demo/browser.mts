/**
 * The browser of the end-to-end tests: a Chrome or Chromium that is installed, or else the one that the npm package
 * @sparticuz/chromium brings. `node scripts/demo/browser.mts` says which one it is, or what is missing.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { ROOT } from './paths.mts';
import { say, step } from './progress.mts';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--font-render-hinting=none'];

const PLACES = [
	'/usr/bin/google-chrome',
	'/usr/bin/google-chrome-stable',
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** A browser that can be started. */
export interface Program {
	executablePath: string;
	env: NodeJS.ProcessEnv;
}

/** What the package brings, by archive: the browser, its fonts, and libraries that small machines lack. */
const ARCHIVES = ['chromium.br', 'fonts.tar.br', 'swiftshader.tar.br', 'al2023.tar.br'];

/** Where the browser finds fonts: without any, it ends at the first page. What the package brings looks in Lambda's folders. */
const fontsConfig = (folder: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
	<dir>${join(folder, 'fonts')}</dir>
	<dir>/usr/share/fonts</dir>
	<dir>/usr/local/share/fonts</dir>
	<cachedir>${join(folder, 'cache')}</cachedir>
</fontconfig>
`;

/** Unpacks the browser of the npm package next to the other caches; the second time it is there. */
async function unpacked(): Promise<string> {
	const manifest = createRequire(import.meta.url).resolve('@sparticuz/chromium').replace(/build[\\/].*$/, 'package.json');
	const { version } = createRequire(import.meta.url)(manifest) as { version: string };
	const target = join(ROOT, 'node_modules', '.cache', 'provisioning', `chromium-${version}`);
	if (existsSync(join(target, 'chromium'))) return target;
	await mkdir(dirname(target), { recursive: true });
	const folder = await mkdtemp(`${target}-`);
	const { TMPDIR } = process.env;
	try {
		await step('Unpacking Chromium', async () => {
			const { inflate } = await import('@sparticuz/chromium');
			// It unpacks into the temporary folder, where others could put something else in its place.
			process.env.TMPDIR = folder;
			await Promise.all(ARCHIVES.map((archive) => inflate(join(dirname(manifest), 'bin', archive))));
		});
	} finally {
		if (TMPDIR === undefined) delete process.env.TMPDIR;
		else process.env.TMPDIR = TMPDIR;
	}
	await writeFile(join(folder, 'fonts', 'fonts.conf'), fontsConfig(join(target, 'fonts')));
	// Another process may have been faster.
	await rename(folder, target).catch(() => rm(folder, { recursive: true, force: true }));
	return target;
}

/**
 * The browsers to try, the installed ones first.
 * @param setting the value of CHROMIUM_PATH: then that one and no other.
 */
export async function candidates(setting = process.env.CHROMIUM_PATH, places = PLACES): Promise<Program[]> {
	const { env } = process;
	if (setting) return [{ executablePath: setting, env }];
	const installed = places.filter((place) => existsSync(place)).map((executablePath) => ({ executablePath, env }));
	if (process.platform !== 'linux' || process.arch !== 'x64') return installed;
	const folder = await unpacked();
	const executablePath = join(folder, 'chromium');
	const libraries = join(folder, 'al2023', 'lib');
	return [
		...installed,
		{ executablePath, env: { FONTCONFIG_PATH: join(folder, 'fonts'), ...env } },
		// The libraries of the system come first; these are for a machine that has none.
		{ executablePath, env: { FONTCONFIG_PATH: join(folder, 'fonts'), ...env, LD_LIBRARY_PATH: [env.LD_LIBRARY_PATH, libraries].filter(Boolean).join(':') } },
	];
}

/**
 * Starts the first browser that works.
 * @throws Error that says what was tried and what to do.
 */
export async function launchBrowser(programs?: Program[]): Promise<Browser> {
	const failures: string[] = [];
	for (const { executablePath, env } of programs ?? (await candidates())) {
		try {
			return await chromium.launch({ executablePath, env: env as Record<string, string>, args: FLAGS });
		} catch (error) {
			failures.push(`  ${executablePath}: ${String((error as Error).message).split('\n').find((line) => /error|exitCode|ENOENT|exist/i.test(line)) ?? 'did not start'}`);
		}
	}
	const tried = failures.length > 0 ? ` These did not start:\n${failures.join('\n')}` : '';
	throw new Error(`The end-to-end tests need a browser.${tried}\nInstall Chrome or Chromium, or set CHROMIUM_PATH. To leave the browser out: npm test -- e2e --no-browser.`);
}

if (import.meta.main) {
	try {
		const browser = await launchBrowser();
		// A page with text shows whether it has fonts as well.
		const page = await browser.newPage();
		await page.setContent('<h1>n8n \u2192 \u00e9</h1>');
		await page.screenshot();
		say(`Chromium ${browser.version()}`);
		await browser.close();
	} catch (error) {
		say((error as Error).message);
		process.exitCode = 1;
	}
}
