/** Which browser the end-to-end tests take, how theirs is unpacked, and what is said if none starts. */
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { candidates, launchBrowser, usualPlaces } from '../../scripts/demo/browser.mts';
import { unpackOnce } from '../../scripts/demo/chromium.mts';

const { env } = process;
const here = { executablePath: process.execPath, env };
const ours = { executablePath: '/cache/chromium', env: { FONTCONFIG_FILE: '/cache/fonts.conf' } };

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'browser-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the choice', () => {
	const none = async () => [];

	test('CHROMIUM_PATH decides alone, and nothing is unpacked', async () => {
		const own = () => Promise.reject(new Error('unpacked'));
		expect(await candidates(process.execPath, ['/nowhere/chrome'], own)).toEqual([here]);
	});

	test('CHROMIUM_PATH without a file behind it is an error, not another browser', async () => {
		await expect(candidates('/nowhere/chrome', [process.execPath], async () => [ours])).rejects.toThrow('CHROMIUM_PATH names /nowhere/chrome, where there is no file');
	});

	test('the one that the tests bring comes before an installed one', async () => {
		expect(await candidates('', ['/nowhere/chrome', process.execPath], async () => [ours])).toEqual([ours, here]);
	});

	test('where the tests bring none, an installed one is found', async () => {
		expect(await candidates('', ['/nowhere/chrome', process.execPath], none)).toEqual([here]);
		expect(await candidates('', ['/nowhere/chrome'], none)).toEqual([]);
	});

	test('if theirs cannot be unpacked, an installed one serves, and without one the reason is told', async () => {
		const full = () => Promise.reject(new Error('no space left'));
		expect(await candidates('', [process.execPath], full)).toEqual([here]);
		await expect(candidates('', [], full)).rejects.toThrow('no space left');
	});

	test('Chrome comes first on macOS and on Windows, in the folders for everyone and in one\'s own', () => {
		const mac = usualPlaces('darwin', { HOME: '/Users/ada' });
		expect(mac.slice(0, 2)).toEqual(['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Users/ada/Applications/Google Chrome.app/Contents/MacOS/Google Chrome']);
		const windows = usualPlaces('win32', { ProgramFiles: 'C:\\Program Files', LOCALAPPDATA: 'C:\\Users\\ada\\AppData\\Local' });
		expect(windows.slice(0, 2)).toEqual(['C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe', 'C:\\Users\\ada\\AppData\\Local\\Google\\Chrome\\Application\\chrome.exe']);
		expect(windows.at(-1)).toContain('msedge.exe');
		expect(usualPlaces('linux', {})).toContain('/usr/bin/chromium');
	});
});

describe('unpacking', () => {
	const fill = async (target: string) => {
		await mkdir(join(target, 'fonts'));
		await writeFile(join(target, 'chromium'), 'a browser');
		await writeFile(join(target, 'fonts', 'sans'), 'a font');
	};
	const target = () => join(folder, 'cache', 'chromium-1');
	const beside = async () => (await readdir(join(folder, 'cache'))).filter((name) => name !== 'chromium-1');

	test('is done once', async () => {
		await unpackOnce(target(), fill);
		await unpackOnce(target(), () => Promise.reject(new Error('once more')));
		expect(await readFile(join(target(), 'chromium'), 'utf8')).toBe('a browser');
		expect(await beside()).toEqual([]);
	});

	test.each(['chromium', 'fonts/sans', 'files.json'])('is done again if %s is cut off or gone', async (file) => {
		for (const spoil of [(path: string) => writeFile(path, ''), (path: string) => rm(path)]) {
			await unpackOnce(target(), fill);
			await spoil(join(target(), file));
			await unpackOnce(target(), fill);
			expect(await readFile(join(target(), 'chromium'), 'utf8')).toBe('a browser');
			expect(await readFile(join(target(), 'fonts', 'sans'), 'utf8')).toBe('a font');
			expect(await beside()).toEqual([]);
			expect(await readdir(target())).not.toContain('broken');
		}
	});

	test('serves two who come at once', async () => {
		for (const before of ['nothing', 'a broken one']) {
			await rm(join(folder, 'cache'), { recursive: true, force: true });
			if (before === 'a broken one') await mkdir(target(), { recursive: true });
			let arrived = 0;
			let open = () => {};
			const both = new Promise<void>((resolve) => (open = resolve));
			const slow = async (path: string) => {
				await fill(path);
				arrived += 1;
				if (arrived === 2) open();
				await both;
			};
			await Promise.all([unpackOnce(target(), slow), unpackOnce(target(), slow)]);
			expect(await readFile(join(target(), 'chromium'), 'utf8')).toBe('a browser');
			expect(await beside()).toEqual([]);
		}
	});

	test('leaves nothing after a failure, and takes away what a killed run left long ago', async () => {
		await mkdir(join(folder, 'cache', 'chromium-1-old'), { recursive: true });
		await mkdir(join(folder, 'cache', 'chromium-1-new'));
		await utimes(join(folder, 'cache', 'chromium-1-old'), 0, 0);
		await expect(unpackOnce(target(), () => Promise.reject(new Error('no space left')))).rejects.toThrow('no space left');
		expect(await beside()).toEqual(['chromium-1-new']);
		expect(await readdir(join(folder, 'cache'))).not.toContain('chromium-1');
	});
});

describe('if none starts, the message', () => {
	const advice = /Install Chrome or Chromium, or set CHROMIUM_PATH to the program\. To leave out the tests in a browser: npm test -- --no-browser$/;
	const program = async (name: string, script: string, mode = 0o755) => {
		const executablePath = join(folder, name);
		await writeFile(executablePath, script);
		await chmod(executablePath, mode);
		return { executablePath, env: env as NodeJS.ProcessEnv };
	};

	test('says that none was found', async () => {
		const failure = launchBrowser([]);
		await expect(failure).rejects.toThrow('need a browser. None was found.\n');
		await expect(failure).rejects.toThrow(advice);
	});

	const onPosix = process.platform === 'win32' ? test.skip : test;

	onPosix('names each with its reason: a library, a file that is gone, one that may not be executed, one that ends', async () => {
		const library = await program('library', '#!/bin/sh\necho "$0: error while loading shared libraries: libnss3.so: cannot open shared object file" >&2\nexit 127\n');
		const gone = { executablePath: join(folder, 'gone'), env };
		const locked = await program('locked', '#!/bin/sh\n', 0o644);
		const foreign = await program('foreign', `#!${folder}/no-such-loader\n`);
		const ends = await program('ends', '#!/bin/sh\necho "FATAL: no display" >&2\nexit 1\n');
		const { message } = (await launchBrowser([library, library, gone, locked, foreign, ends]).catch((error: Error) => error)) as Error;
		expect(message.replaceAll(`${folder}/`, '').split('\n').slice(0, -1)).toEqual([
			'The end-to-end tests need a browser. None started:',
			'  library: it needs the library libnss3.so. Install it with your package manager.',
			'  gone: there is no such file.',
			'  locked: it may not be executed.',
			'  foreign: this system cannot run it. On Alpine Linux, install the package chromium and set CHROMIUM_PATH.',
			'  ends: FATAL: no display.',
		]);
		expect(message).toMatch(advice);
	});
});
