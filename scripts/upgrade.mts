/**
 * The life of an installed package, as n8n lives it: installed from a registry, used, updated while a trigger is on, used on,
 * removed. On n8n 2 and on n8n 1.123. `--from <tarball>` updates from a real earlier version instead of a relabelled one,
 * `--only 1` or `--only 2` takes one n8n.
 */
import assert from 'node:assert/strict';
import { readdir, readFile, rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installN8n } from './demo/install-n8n.mts';
import { startN8n } from './demo/n8n.mts';
import { ensureTarball } from './demo/package.mts';
import { N8N_1_DIR, N8N_DIR, ROOT } from './demo/paths.mts';
import { say, step } from './demo/progress.mts';
import { N8nRest, type Credential, type WorkflowNode } from './demo/rest.mts';
import { startSimulators } from './demo/simulators.mts';
import { OWNER } from './demo/stage.mts';
import { credentialData, VENDOR_NAMES, VENDORS } from './demo/vendors.mts';
import { PACKAGE, until, USERLOT, type OutreachRecord } from '../test/e2e/case.mts';
import { relabelled, startRegistry } from '../test/e2e/registry.mts';
import { change, Collector, everyMinute, POLLING, reporting } from '../test/e2e/triggers.mts';

const BEFORE = 'Userlot as it was';

const { values: options } = parseArgs({ options: { from: { type: 'string' }, only: { type: 'string', default: '' } } });

interface Installed {
	packageName: string;
	installedVersion: string;
	updateAvailable?: string;
}

/** The nodes as 0.1.0 saved them, in workflows of their own. */
async function savedNodes(credentials: Record<string, Credential>): Promise<WorkflowNode[]> {
	const folder = join(ROOT, 'test', 'fixtures', 'saved-0.1.0');
	const files = (await readdir(folder)).filter((name) => name.endsWith('.json'));
	return await Promise.all(
		files.map(async (name) => {
			const { node } = JSON.parse(await readFile(join(folder, name), 'utf8')) as { node: WorkflowNode };
			const known = Object.keys(node.credentials ?? {}).map((type) => [type, { id: credentials[type]!.id, name: credentials[type]!.name }]);
			return { ...node, id: crypto.randomUUID(), position: [440, 0] as [number, number], credentials: Object.fromEntries(known) as WorkflowNode['credentials'] };
		}),
	);
}

async function live(n8nFolder: string, current: string, before: string): Promise<void> {
	await installN8n(n8nFolder);
	const folder = await mkdtemp(join(tmpdir(), 'n8n-upgrade-'));
	const registry = await startRegistry(join(folder, 'registry'));
	const collector = new Collector();
	const stops: Array<() => Promise<void>> = [async () => await registry.stop(), async () => await collector.stop()];
	try {
		await collector.start();
		const old = await registry.add(before);
		const simulators = await startSimulators();
		stops.push(async () => await simulators.stop());
		const n8n = await step('Starting n8n', () => startN8n(join(folder, 'user'), 0, registry.settings, n8nFolder));
		stops.push(async () => await n8n.stop());
		const rest = new N8nRest(n8n.url);
		await rest.signIn(OWNER);
		say(`n8n ${rest.version}, Node ${process.versions.node}: ${old.version}, then ${(await ensureTarball()).version}`);
		const nodeNamed = async (type: string) => (await rest.nodeTypes()).find(({ name }) => name === type);
		const packages = () => rest.request<Installed[]>('GET', '/rest/community-packages');

		await step('Installing the earlier version', () => rest.request('POST', '/rest/community-packages', { name: PACKAGE, version: old.version }));
		assert.deepEqual((await packages()).map(({ packageName, installedVersion }) => [packageName, installedVersion]), [[PACKAGE, old.version]]);
		assert.ok(await nodeNamed(USERLOT), 'the nodes are not there');
		if (options.from === undefined) assert.equal((await nodeNamed(USERLOT))?.displayName, BEFORE);

		const credentials: Record<string, Credential> = {};
		for (const vendor of VENDOR_NAMES) {
			const { name, type, signIn } = VENDORS[vendor].credential;
			credentials[type] = await rest.putCredential(name, type, credentialData(vendor, simulators));
			if (signIn === true) await rest.connectOAuth2(credentials[type]);
		}
		const hire = { firstName: 'Olga', lastName: 'Old', email: 'olga.old@acme.example', title: 'Rep', role: 'Sales Development Representative', profile: 'Default' };
		const saved = await savedNodes(credentials);
		const provision = saved.find(({ type }) => type === `${PACKAGE}.outreach`)!;
		const flow = await rest.createWorkflow({
			name: 'Saved with 0.1.0',
			nodes: [
				{ id: 'start', name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, position: [0, 0], parameters: {} },
				{ id: 'hire', name: 'Hire', type: 'n8n-nodes-base.set', typeVersion: 3.4, position: [220, 0], parameters: { mode: 'raw', jsonOutput: JSON.stringify(hire), options: {} } },
				...saved.filter(({ type }) => !type.endsWith('Trigger')),
			],
			connections: { Start: { main: [[{ node: 'Hire', type: 'main', index: 0 }]] }, Hire: { main: [[{ node: provision.name, type: 'main', index: 0 }]] } },
			settings: { executionOrder: 'v1' },
		});
		const outcome = async (): Promise<unknown> => {
			const execution = await rest.run(flow.id, 'Start');
			assert.equal(execution.status, 'success', execution.error);
			return execution.output[provision.name]?.[0]?.outcome;
		};
		assert.equal(await outcome(), 'created');
		const stage = { rest, simulators, credentials } as unknown as Parameters<typeof reporting>[0];
		const polling = await reporting(stage, { type: POLLING, parameters: { ...everyMinute, resource: 'prospect', events: ['updated'], options: {} } }, collector);
		await simulators.outreach.forgetRequests();
		await rest.publish(polling.id);
		await until('the first poll', async () => (await simulators.outreach.requests()).some(({ path, status }) => path.endsWith('/prospects') && status === 200));
		await new Promise((done) => setTimeout(done, 1500));
		const prospects = (await simulators.outreach.records<OutreachRecord>('prospect')).map(({ id }) => id);
		const edit = async (id: number, title: string): Promise<string> => {
			const updatedAt = new Date(Date.now() + 1000).toISOString();
			await change({ simulators }, 'prospect', [id], { title, updatedAt });
			return `prospect.updated:${id}:${updatedAt}`;
		};

		const now = await registry.add(current);
		assert.equal((await packages())[0]?.updateAvailable, now.version, 'n8n offers no update');
		// What happens while the package is replaced is not lost.
		const expected = [await edit(prospects[0]!, 'While updating')];
		await step('Updating', () => rest.request('PATCH', '/rest/community-packages', { name: PACKAGE, version: now.version }));
		assert.equal((await packages())[0]?.installedVersion, now.version);
		assert.equal((await nodeNamed(USERLOT))?.displayName, 'Userlot');
		assert.equal(await outcome(), 'unchanged');
		const kept = await rest.workflow(flow.id);
		for (const { name, parameters } of saved.filter(({ type }) => !type.endsWith('Trigger'))) assert.deepEqual(kept.nodes.find((node) => node.name === name)?.parameters, parameters, `${name} was changed`);
		await step('Waiting for the schedule to poll', () => until('the poll after the update', () => collector.names().length > 0, 90_000));
		expected.push(await edit(prospects[1]!, 'After the update'));
		await step('Publishing again', async () => {
			await rest.unpublish(polling.id);
			await rest.publish(polling.id);
			await until('what changed since', () => collector.names().includes(expected[1]!), 90_000);
		});
		// Nothing is lost. What was told minutes ago may come again, as after a restart: the new code cannot know that it arrived.
		assert.deepEqual([...new Set(collector.names())], expected);
		assert.ok(collector.names().length <= expected.length + 1, `repeats: ${collector.names().join(', ')}`);

		await rest.unpublish(polling.id);
		await step('Removing', () => rest.request('DELETE', `/rest/community-packages?name=${PACKAGE}`));
		assert.deepEqual(await packages(), []);
		assert.equal(await nodeNamed(USERLOT), undefined, 'the nodes are still there');
		const left: string[] = await readdir(join(folder, 'user', '.n8n', 'nodes', 'node_modules')).catch(() => []);
		assert.ok(!left.includes(PACKAGE), 'its folder is still there');
		assert.equal((await rest.workflow(flow.id)).nodes.length, kept.nodes.length, 'the workflows are not as they were');
		const foreign = registry.requests.filter((line) => !line.includes(PACKAGE));
		assert.deepEqual(foreign, [], 'other packages were asked for');
	} finally {
		for (const stop of stops.reverse()) await stop();
		await rm(folder, { recursive: true, force: true, maxRetries: 5 });
	}
}

let passed = 0;
let failed = 0;
const { file } = await ensureTarball();
const before = options.from ?? (await relabelled(file, '0.0.1', BEFORE));
for (const [line, n8nFolder] of [['2', N8N_DIR], ['1', N8N_1_DIR]] as const) {
	if (!line.startsWith(options.only)) continue;
	try {
		await live(n8nFolder, options.from === undefined ? file : await relabelled(file, '99.0.0', 'Userlot'), before);
		passed += 1;
	} catch (error) {
		failed += 1;
		say(error instanceof Error ? (error.stack ?? error.message) : String(error));
	}
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
