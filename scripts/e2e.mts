/**
 * End to end: a fresh n8n with the packed package, the simulated vendors, the ready-made flows, and a
 * browser. `--only <text>` runs the cases whose names contain it, `--pictures <folder>` says where the
 * screenshots go (`docs/images` renews those in the documentation), `--no-browser` leaves the browser out.
 * `--n8n-1` runs on n8n 1.123 instead, without the browser.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { installN8n } from './demo/install-n8n.mts';
import { BUILD, N8N_1_DIR, N8N_DIR, ROOT } from './demo/paths.mts';
import { duration, say } from './demo/progress.mts';
import { setStage, type Stage } from './demo/stage.mts';
import { cases as agentCases } from '../test/e2e/agent.mts';
import { cases as browserCases, closeBrowser } from '../test/e2e/browser.mts';
import { cases as customerCases } from '../test/e2e/customers.mts';
import { cases as flowCases } from '../test/e2e/flows.mts';
import { cases as listCases } from '../test/e2e/lists.mts';
import { cases as packageCases } from '../test/e2e/package.mts';
import { cases as reviewCases } from '../test/e2e/reviews.mts';
import { cases as triggerCases } from '../test/e2e/triggers.mts';
import type { Case } from '../test/e2e/case.mts';

const LIMIT = 90_000;

const { values: options } = parseArgs({
	options: {
		only: { type: 'string', default: '' },
		pictures: { type: 'string', default: join(BUILD, 'pictures') },
		browser: { type: 'boolean', default: true },
		'n8n-1': { type: 'boolean', default: false },
	},
	allowNegative: true,
});

// The agent's nodes of these versions, and the editor of the browser tests, are those of n8n 2.
const onTwo = !options['n8n-1'];
const cases = [...packageCases, ...listCases, ...flowCases, ...customerCases, ...reviewCases, ...triggerCases, ...(onTwo ? agentCases : []), ...(options.browser && onTwo ? browserCases : [])].filter(({ name }) =>
	name.toLowerCase().includes(options.only.toLowerCase()),
);

async function runCase({ run, limit = LIMIT }: Case, stage: Stage): Promise<void> {
	let timer: NodeJS.Timeout | undefined;
	const tooLong = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(new Error(`It did not end within ${limit / 1000} s.`)), limit);
	});
	try {
		await Promise.race([run(stage, { pictures: resolve(ROOT, options.pictures) }), tooLong]);
	} finally {
		clearTimeout(timer);
	}
}

const folder = await mkdtemp(join(tmpdir(), 'n8n-e2e-'));
const started = Date.now();
let stage: Stage | undefined;
let passed = 0;
let failed = 0;

async function cleanUp(): Promise<void> {
	await closeBrowser().catch(() => {});
	await stage?.stop();
	await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
}

try {
	const n8nFolder = options['n8n-1'] ? N8N_1_DIR : N8N_DIR;
	await installN8n(n8nFolder);
	stage = await setStage(folder, {}, n8nFolder);
	say(`n8n ${stage.rest.version}, Node ${process.versions.node}`);
	for (const one of cases) {
		const begun = Date.now();
		try {
			await runCase(one, stage);
			passed += 1;
			say(`  ok ${one.name} (${Date.now() - begun} ms)`);
		} catch (error) {
			failed += 1;
			const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
			say(`  NOT OK ${one.name} (${Date.now() - begun} ms)\n${text.replaceAll(/^/gm, '      ')}`);
		}
	}
} catch (error) {
	failed += 1;
	say(error instanceof Error ? error.message : String(error));
} finally {
	await cleanUp();
}
say(`End to end: ${duration(Date.now() - started)}`);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
