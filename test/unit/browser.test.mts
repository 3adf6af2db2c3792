import { candidates, launchBrowser } from '../../scripts/demo/browser.mts';

describe('the browser of the end-to-end tests', () => {
	test('CHROMIUM_PATH decides alone', async () => {
		expect(await candidates('/opt/chrome')).toEqual([{ executablePath: '/opt/chrome', env: process.env }]);
	});

	test('an installed one comes before the one of the npm package', async () => {
		const [first, ...others] = await candidates('', ['/nowhere/chrome', process.execPath]);
		expect(first).toEqual({ executablePath: process.execPath, env: process.env });
		for (const { executablePath } of others) expect(executablePath).toMatch(/chromium-[\d.]+.chromium$/);
	}, 60_000);

	test('if none starts, the message says what was tried and what to do', async () => {
		const programs = ['/nowhere/chrome', '/nowhere/chromium'].map((executablePath) => ({ executablePath, env: {} }));
		await expect(launchBrowser(programs)).rejects.toThrow(/need a browser.*nowhere.chrome.*nowhere.chromium.*CHROMIUM_PATH.*--no-browser/s);
		await expect(launchBrowser([])).rejects.toThrow('need a browser.\nInstall Chrome');
	});
});
