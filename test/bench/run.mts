/**
 * `npm run bench`: what the nodes cost, against n8n's own nodes and against no n8n at all. Outreach is simulated in a
 * process of its own, which answers after 50 ms. Each part is a file beside this one.
 *
 *     npm run bench                 the figures of the README, about fifteen minutes
 *     npm run bench -- --quick      a smaller form, about three minutes
 *     npm run bench -- --only f,g   these parts alone
 *     npm run bench -- --no-fail    ends with 0 also when a target is missed
 *
 * Prints tables and writes build/bench.json.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installN8n } from '../../scripts/demo/install-n8n.mts';
import { runOrFail } from '../../scripts/demo/processes.mts';
import { say, step } from '../../scripts/demo/progress.mts';
import { ROOT } from '../harness/index.mts';
import { bulkPart } from './bulk.mts';
import { pacedPart } from './outseta.mts';
import { filtersPart } from './filters.mts';
import { callsPart } from './perCall.mts';
import { pollingPart } from './polling.mts';
import { provisionPart } from './provision.mts';
import { queueingPart } from './queueing.mts';
import { readingPart } from './reading.mts';
import { reconcilingPart } from './reconciling.mts';
import { table, type Bench, type Part, type Target } from './report.mts';
import { startSimulator, type Simulator } from './simulator.mts';
import { deliveriesPart } from './webhooks.mts';
import { workersPart } from './workers.mts';

const PARTS: Record<string, { name: string; run: (bench: Bench) => Promise<Part> }> = {
	a: { name: 'provision', run: provisionPart },
	b: { name: 'calls', run: callsPart },
	c: { name: 'read', run: readingPart },
	d: { name: 'bulk', run: bulkPart },
	e: { name: 'deliveries', run: deliveriesPart },
	f: { name: 'paced', run: pacedPart },
	g: { name: 'polling', run: pollingPart },
	h: { name: 'queueing', run: queueingPart },
	i: { name: 'workers', run: workersPart },
	j: { name: 'reconcile', run: reconcilingPart },
	k: { name: 'filters', run: filtersPart },
};

const { values: options } = parseArgs({
	options: { quick: { type: 'boolean', default: false }, only: { type: 'string', default: Object.keys(PARTS).join(',') }, 'no-fail': { type: 'boolean', default: false } },
});
const letters = options.only.split(',');
for (const letter of letters) if (!(letter in PARTS)) throw new Error(`There is no part ${letter}; there are ${Object.keys(PARTS).join(', ')}`);

const targets: Target[] = [];
let simulator: Promise<Simulator> | undefined;
const bench: Bench = {
	quick: options.quick,
	latencyMs: 50,
	outreach: async () => await (simulator ??= startSimulator()),
	step,
	atMost: (name, value, limit) => targets.push({ name, value, limit, met: value <= limit }),
};

const started = Date.now();
/** Processes that wanted to run, on average over a minute, when the benchmark began and when it ended. */
const load = [loadavg()[0]!];
await installN8n();
await step('build', async () => await runOrFail(process.execPath, [join(ROOT, 'node_modules', 'gulp', 'bin', 'gulp.js'), '--silent', 'build'], { cwd: ROOT }));
try {
	const parts: Array<Part & { name: string }> = [];
	for (const letter of letters) {
		const { name, run } = PARTS[letter]!;
		parts.push({ name, ...(await run(bench)) });
	}
	load.push(loadavg()[0]!);
	const require = createRequire(import.meta.url);
	const machine = {
		node: process.version,
		n8nCore: (require('n8n-core/package.json') as { version: string }).version,
		processors: `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}`,
		load,
	};
	const missed = targets.filter(({ met }) => !met);
	const results = table(
		['Target', 'Measured', 'At most', ''],
		targets.map(({ name, value, limit, met }) => [name, value.toFixed(value >= 10 ? 0 : 3), limit.toFixed(limit >= 10 ? 0 : 2), met ? 'met' : 'MISSED']),
	);
	console.log(`\n${[...parts.map(({ text }) => text), results].join('\n\n')}\n`);
	console.log(
		`Node ${machine.node}, n8n-core ${machine.n8nCore}, ${machine.processors}, load ${load.map((one) => one.toFixed(1)).join(' to ')}, ${bench.latencyMs} ms latency, ${Math.round((Date.now() - started) / 1000)} s in all`,
	);
	const build = join(ROOT, 'build');
	await mkdir(build, { recursive: true });
	const report = { at: new Date().toISOString(), quick: options.quick, machine, latencyMs: bench.latencyMs, targets, ...Object.fromEntries(parts.map(({ name, figures }) => [name, figures])) };
	await writeFile(join(build, 'bench.json'), `${JSON.stringify(report, null, '\t')}\n`);
	if (missed.length > 0) {
		say(`${missed.length} of ${targets.length} targets missed.`);
		if (!options['no-fail']) process.exitCode = 1;
	}
} finally {
	await (await simulator)?.stop();
}
