/** The import rules of .dependency-cruiser.cjs: the package keeps them, and each of them finds what it forbids. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from '../harness/paths.mts';

interface Report {
	summary: { violations: Array<{ from: string; to: string; rule: { name: string } }>; totalCruised: number };
}

const CONFIG = join(ROOT, '.dependency-cruiser.cjs');

/** Runs the rules over the folders of `cwd`. */
async function cruise(cwd: string, ...folders: string[]): Promise<Report['summary']> {
	const args = [...folders, '--config', CONFIG, '--output-type', 'json'];
	const output = await new Promise<string>((resolve, reject) => {
		execFile(join(ROOT, 'node_modules/.bin/depcruise'), args, { cwd, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
			if (error && stdout === '') reject(new Error(stderr));
			else resolve(stdout);
		});
	});
	return (JSON.parse(output) as Report).summary;
}

test('the package keeps the rules', async () => {
	const { violations, totalCruised } = await cruise(ROOT, 'nodes', 'credentials');
	expect(violations).toEqual([]);
	expect(totalCruised).toBeGreaterThan(200);
}, 60_000);

/** A forbidden import for each rule: the file, and what it imports. */
const FORBIDDEN: Record<string, [from: string, to: string]> = {
	'spec-imports-no-higher-floor': ['nodes/shared/spec/field', 'nodes/shared/wire/client'],
	'wire-imports-no-higher-floor': ['nodes/shared/wire/api', 'nodes/shared/run/item'],
	'run-imports-no-higher-floor': ['nodes/shared/run/lookup', 'nodes/shared/editor/columns'],
	'editor-imports-no-higher-floor': ['nodes/shared/editor/locator', 'nodes/shared/trigger/poll'],
	'shared-names-no-vendor': ['nodes/shared/trigger/cursor', 'nodes/Acme/vendor'],
	'shared-has-floors-only': ['nodes/shared/stray', 'nodes/shared/spec/labels'],
	'vendors-stay-apart': ['nodes/Acme/triggers/events', 'nodes/Zenith/resources/zone'],
	'resources-are-data': ['nodes/Acme/resources/user', 'nodes/Acme/recipes/provision'],
	'wire-knows-no-operation': ['nodes/Acme/wire/api', 'nodes/Acme/recipes/hire'],
	'nothing-imports-a-node-class': ['nodes/Acme/triggers/deliveries', 'nodes/Acme/Acme.node'],
	'product-stands-alone': ['credentials/AcmeApi', 'test/harness/keys'],
};

test('each rule finds the import that it forbids, and nothing else', async () => {
	const { forbidden } = (await import(CONFIG)).default as { forbidden: Array<{ name: string }> };
	const folder = await mkdtemp(join(tmpdir(), 'rules-'));
	try {
		const files = new Map<string, string>();
		for (const [from, to] of Object.values(FORBIDDEN)) {
			files.set(from, `import type { It } from '${'../'.repeat(from.split('/').length - 1)}${to}';\nexport type Mine = It;\n`);
			if (!files.has(to)) files.set(to, 'export type It = string;\n');
		}
		// A circle of types alone counts as well.
		files.set('nodes/Acme/recipes/one', "import type { Two } from './two';\nexport type One = Two;\n");
		files.set('nodes/Acme/recipes/two', "import type { One } from './one';\nexport type Two = One[];\n");
		await writeFile(join(folder, 'tsconfig.json'), '{}');
		for (const [name, text] of files) {
			await mkdir(dirname(join(folder, name)), { recursive: true });
			await writeFile(join(folder, `${name}.ts`), text);
		}
		expect(await readdir(join(folder, 'nodes'))).toEqual(['Acme', 'Zenith', 'shared']);
		const { violations } = await cruise(folder, 'nodes', 'credentials');
		const found = violations.map(({ from, to, rule }) => `${rule.name}: ${from} -> ${to}`).sort();
		const expected = Object.entries(FORBIDDEN).map(([rule, [from, to]]) => `${rule}: ${from}.ts -> ${to}.ts`);
		const circle = ['one -> nodes/Acme/recipes/two', 'two -> nodes/Acme/recipes/one'].map((way) => `no-circles: nodes/Acme/recipes/${way.replace(' ->', '.ts ->')}.ts`);
		expect(found.filter((line) => !line.startsWith('no-circles'))).toEqual(expected.sort());
		expect(circle).toEqual(expect.arrayContaining(found.filter((line) => line.startsWith('no-circles'))));
		expect(new Set(violations.map(({ rule }) => rule.name))).toEqual(new Set(forbidden.map(({ name }) => name)));
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}, 60_000);
