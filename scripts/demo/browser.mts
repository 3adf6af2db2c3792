/**
 * The browser of the end-to-end tests: on Linux the Chromium of an npm package, elsewhere an installed Chrome, or the one that
 * CHROMIUM_PATH names. `node scripts/demo/browser.mts` says which one it is, or what is missing.
 */
import { accessSync, constants, existsSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { bundled, type Program } from './chromium.mts';
import { say } from './progress.mts';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--font-render-hinting=none'];

/** Milliseconds that a browser may take to start: the first time, on a busy machine. */
const START = 60_000;

const MAC = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
const WINDOWS = ['Google\\Chrome\\Application\\chrome.exe', 'Chromium\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'];
const LINUX = ['/usr/bin/google-chrome', '/usr/bin/google-chrome-stable', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/snap/bin/chromium'];

/** Where Chrome and its relatives are installed on a system, the ones to prefer first. */
export function usualPlaces(platform = process.platform, env = process.env): string[] {
	if (platform === 'darwin') {
		const folders = ['/Applications', ...(env.HOME ? [posix.join(env.HOME, 'Applications')] : [])];
		return MAC.flatMap((name) => folders.map((folder) => posix.join(folder, `${name}.app`, 'Contents', 'MacOS', name)));
	}
	if (platform === 'win32') {
		const folders = [env.ProgramFiles, env['ProgramFiles(x86)'], env.LOCALAPPDATA].filter((folder) => folder !== undefined);
		return WINDOWS.flatMap((file) => folders.map((folder) => win32.join(folder, file)));
	}
	return LINUX;
}

/**
 * The browsers to try, in this order.
 * @param setting the value of CHROMIUM_PATH: then that one and no other.
 * @param places where one may be installed.
 * @param own the browser that the tests bring.
 * @throws Error if none is installed and the tests cannot bring theirs, or if there is no file at CHROMIUM_PATH.
 */
export async function candidates(setting = process.env.CHROMIUM_PATH, places = usualPlaces(), own: () => Promise<Program[]> = bundled): Promise<Program[]> {
	const { env } = process;
	if (setting) {
		if (!existsSync(setting)) throw new Error(`CHROMIUM_PATH names ${setting}, where there is no file. Set it to the program of a Chrome or Chromium, or remove it.`);
		return [{ executablePath: setting, env }];
	}
	const installed = places.filter((place) => existsSync(place)).map((executablePath) => ({ executablePath, env }));
	try {
		return [...(await own()), ...installed];
	} catch (error) {
		if (installed.length === 0) throw error;
		say(`  ${(error as Error).message}. Taking an installed one.`);
		return installed;
	}
}

const executable = (file: string) => {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
};

/** Why a browser did not start, in one line: what playwright says about it fills a screen. */
function reason(executablePath: string, message: string): string {
	const library = /error while loading shared libraries: ([^\s:]+)/.exec(message)?.[1];
	if (library !== undefined) return `it needs the library ${library}. Install it with your package manager`;
	if (!existsSync(executablePath)) return 'there is no such file';
	if (!executable(executablePath)) return 'it may not be executed';
	if (/ENOENT/.test(message)) return 'this system cannot run it. On Alpine Linux, install the package chromium and set CHROMIUM_PATH';
	const lines = message.split('\n').map((line) => line.replace(/^\s*(- )?(\[pid=\d+\])?(\[err\])?\s*/, ''));
	return lines.find((line) => /\b(error|fatal|failed|timeout|exitCode)\b/i.test(line) && !line.startsWith('<launch')) ?? lines[0] ?? '';
}

/**
 * Starts the first browser that works.
 * @throws Error that says what was tried and what to do.
 */
export async function launchBrowser(programs?: Program[]): Promise<Browser> {
	const failures = new Set<string>();
	try {
		for (const { executablePath, env } of programs ?? (await candidates())) {
			try {
				return await chromium.launch({ executablePath, env: env as Record<string, string>, args: FLAGS, timeout: START });
			} catch (error) {
				failures.add(`  ${executablePath}: ${reason(executablePath, String((error as Error).message))}.`);
			}
		}
	} catch (error) {
		failures.add(`  ${(error as Error).message}`);
	}
	const tried = failures.size > 0 ? ` None started:\n${[...failures].join('\n')}` : ' None was found.';
	throw new Error(`The end-to-end tests need a browser.${tried}\nInstall Chrome or Chromium, or set CHROMIUM_PATH to the program. To leave out the tests in a browser: npm test -- --no-browser`);
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
