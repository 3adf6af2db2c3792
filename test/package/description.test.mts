import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../harness/paths.mts';
import { loadCredentials, loadNodes, readManifest } from '../harness/render.mts';
import { runScript } from './run.mts';

interface Report {
	files: number;
	findings: Array<{ file: string; line: number; rule: string; message: string; text: string }>;
}

const manifest = await readManifest(ROOT);
const nodes = await loadNodes(ROOT);
const credentials = await loadCredentials(ROOT);

test('the finished descriptions pass the official rules, without errors or warnings', async () => {
	const { files, findings } = await runScript<Report>('lint-rendered.mts');
	expect(findings).toEqual([]);
	// Each of the rendered classes and package.json was really looked at.
	expect(files).toBe(nodes.length + credentials.length + 1);
}, 60_000);

// n8n's review refuses others, and refuses subcategories.
const CATEGORIES = [
	'Analytics',
	'Communication',
	'Data & Storage',
	'Development',
	'Finance & Accounting',
	'Marketing & Content',
	'Miscellaneous',
	'Productivity',
	'Sales',
	'Utility',
];

describe.each(nodes)('codex of $className', ({ file, description }) => {
	const codex = JSON.parse(readFileSync(join(ROOT, file.replace(/\.js$/, '.json')), 'utf8'));

	test('names the node in full', () => {
		expect(codex.node).toBe(`${manifest.name}.${description.name}`);
	});

	test('has its versions as strings', () => {
		expect([codex.nodeVersion, codex.codexVersion]).toEqual([
			expect.stringMatching(/^\d+\.\d+$/),
			expect.stringMatching(/^\d+\.\d+$/),
		]);
	});

	test('uses the categories there are', () => {
		expect(codex.categories.length).toBeGreaterThan(0);
		expect(CATEGORIES).toEqual(expect.arrayContaining(codex.categories));
		expect(codex).not.toHaveProperty('subcategories');
	});

	test('links documentation of node and credential', () => {
		for (const kind of ['primaryDocumentation', 'credentialDocumentation']) {
			const links: Array<{ url: string }> = codex.resources[kind];
			expect(links.length).toBeGreaterThan(0);
			for (const { url } of links) expect(new URL(url).protocol).toBe('https:');
		}
	});
});

describe.each([
	...nodes.map(({ file, className, description }) => ({ file, className, icon: description.icon })),
	...credentials.map(({ file, className, credential }) => ({ file, className, icon: credential.icon })),
])('icon of $className', ({ file, icon }) => {
	test('comes for light and for dark, and is built', () => {
		expect(icon).toEqual({ light: expect.any(String), dark: expect.any(String) });
		for (const path of Object.values(icon as Record<string, string>)) {
			const target = join(ROOT, dirname(file), path.replace(/^file:/, ''));
			expect([path, existsSync(target)]).toEqual([path, true]);
		}
	});
});
