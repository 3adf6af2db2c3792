import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { n8n, ROOT } from '../harness/index.mts';
import { processorClock } from '../harness/processor.mts';
import { loadNodes, readManifest, type BuiltNode } from '../harness/render.mts';
import { unpackTarball } from './tarball.mts';

const execute = promisify(execFile);

const KB = 1024;
const BUDGETS = {
	/** The editor holds every description twice: as a node and as an AI tool. */
	descriptionBytes: { Outreach: 150 * KB, Outseta: 120 * KB } as Record<string, number>,
	otherDescriptionBytes: 60 * KB,
	properties: 250,
	/** Processor time, evaluated for each node of a workflow whenever one is opened or run. */
	parametersMs: 1.5,
	/** Processor time. */
	loadMs: 150,
	tarballBytes: 350 * KB,
};

const manifest = await readManifest(ROOT);
const nodes = await loadNodes(ROOT);
const figures: Record<string, string> = {};

afterAll(() => {
	const lines = Object.entries(figures).map(([what, figure]) => `  ${what.padEnd(42)} ${figure}`);
	process.stdout.write(`Budgets\n${lines.join('\n')}\n`);
});

describe.each(nodes)('$className', ({ className, description }: BuiltNode) => {
	test('has a small description', () => {
		const bytes = Buffer.byteLength(JSON.stringify(description));
		figures[`${className}: description`] = `${(bytes / KB).toFixed(1)} KB`;
		expect(bytes).toBeLessThan(BUDGETS.descriptionBytes[className] ?? BUDGETS.otherDescriptionBytes);
	});

	test('has few top-level properties', () => {
		figures[`${className}: top-level properties`] = String(description.properties.length);
		expect(description.properties.length).toBeLessThan(BUDGETS.properties);
	});

	test('resolves its parameters quickly', () => {
		const { getNodeParameters } = n8n.NodeHelpers;
		const node = { typeVersion: [description.version].flat().at(-1) as number };
		const rounds = 500;
		const resolve = () => {
			for (let round = 0; round < rounds; round += 1) getNodeParameters(description.properties, {}, true, false, node, description);
		};
		// The first rounds compile.
		resolve();
		const spent = processorClock();
		resolve();
		const ms = spent() / rounds;
		figures[`${className}: getNodeParameters`] = `${ms.toFixed(2)} ms`;
		expect(ms).toBeLessThan(BUDGETS.parametersMs);
	});
});

test('the package loads quickly', async () => {
	const files = [...manifest.n8n.nodes, ...manifest.n8n.credentials].map((file) => join(ROOT, file));
	const program = `
		require('n8n-workflow');
		const from = process.threadCpuUsage();
		for (const file of ${JSON.stringify(files)}) new (Object.values(require(file))[0])();
		const { user, system } = process.threadCpuUsage(from);
		console.log((user + system) / 1000);
	`;
	const times: number[] = [];
	for (let round = 0; round < 5; round += 1) {
		const { stdout } = await execute(process.execPath, ['-e', program], { cwd: ROOT });
		times.push(Number(stdout));
	}
	// Whatever else the machine does only makes it slower.
	const ms = Math.min(...times);
	figures['package: load'] = `${ms.toFixed(1)} ms`;
	expect(ms).toBeLessThan(BUDGETS.loadMs);
}, 60_000);

describe('tarball', () => {
	let tarball: Awaited<ReturnType<typeof unpackTarball>>;
	beforeAll(async () => {
		tarball = await unpackTarball(ROOT);
	});
	afterAll(() => tarball.remove());

	test('is small', async () => {
		const { size } = await stat(tarball.file);
		figures['tarball: size'] = `${(size / KB).toFixed(1)} KB, ${tarball.files.length} files`;
		expect(size).toBeLessThan(BUDGETS.tarballBytes);
	});

	test('has what a user and n8n need', () => {
		expect(tarball.files).toEqual(
			expect.arrayContaining([
				'LICENSE',
				'README.md',
				'index.js',
				'package.json',
				...manifest.n8n.credentials,
				...manifest.n8n.nodes,
				...manifest.n8n.nodes.map((file) => file.replace(/\.js$/, '.json')),
			]),
		);
		expect(tarball.files.filter((file) => /\.(svg|png)$/.test(file))).not.toHaveLength(0);
	});

	test('has nothing else', () => {
		const allowed = /^(LICENSE|README\.md|index\.js|package\.json|dist\/(nodes|credentials)\/.+)$/;
		const kinds = /\.(js|d\.ts|svg|png|node\.json|md)$|^LICENSE$|^package\.json$|\/__schema__\/.+\.json$/;
		expect(tarball.files.filter((file) => !allowed.test(file) || !kinds.test(file))).toEqual([]);
		expect(tarball.files.filter((file) => /\.(test|spec|map|bak)\b/.test(file))).toEqual([]);
	});

	test('tells nothing of the machine it was made on', async () => {
		for (const file of tarball.files) {
			const text = await readFile(join(tarball.folder, file), 'utf8');
			expect([file, text.includes(ROOT)]).toEqual([file, false]);
			expect([file, /sourceMappingURL/.test(text)]).toEqual([file, false]);
		}
	});

	test('needs nothing but n8n at run time', async () => {
		const { dependencies, peerDependencies, overrides, n8n: block } = JSON.parse(
			await readFile(join(tarball.folder, 'package.json'), 'utf8'),
		);
		expect({ dependencies, overrides }).toEqual({});
		expect(peerDependencies).toEqual({ 'n8n-workflow': '*' });
		expect(block).toMatchObject({ n8nNodesApiVersion: 1, strict: true });
	});
});
