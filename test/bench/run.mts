/**
 * `npm run bench`: what the Outreach node costs, against n8n's own HTTP Request nodes and against no n8n at
 * all. Everything runs on the same simulator, which answers after 50 ms and is a process of its own.
 *
 *     npm run bench                 the figures of the README, about eight minutes
 *     npm run bench -- --quick      a smaller form, about two minutes
 *     npm run bench -- --no-fail    ends with 0 also when a target is missed
 *
 * Prints a table and writes build/bench.json.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installN8n } from '../../scripts/demo/install-n8n.mts';
import { setStage } from '../../scripts/demo/stage.mts';
import { runOrFail } from '../../scripts/demo/processes.mts';
import { say, step } from '../../scripts/demo/progress.mts';
import { createHarness, installedBaseNodes, ROOT } from '../harness/index.mts';
import { bulkRuns } from './bulk.mts';
import { compareCalls, median } from './perCall.mts';
import { byHttpRequestNodes, byOurNode, byUndici, existing, fewestRequests, makeReps, measure, type Provisioning } from './provision.mts';
import { readAll, type Way } from './readAll.mts';
import { startSimulator } from './simulator.mts';
import { compareDeliveries } from './webhooks.mts';

const { values: options } = parseArgs({
	options: { quick: { type: 'boolean', default: false }, 'no-fail': { type: 'boolean', default: false } },
});

const LATENCY = 50;
const SIZE = options.quick
	? { reps: 500, rounds: 1, loop: false, calls: 100, callRounds: 5, prospects: 5000 }
	: { reps: 500, rounds: 3, loop: true, calls: 200, callRounds: 9, prospects: 20_000 };

const LIMITS = {
	/** Requests of the node, as a multiple of the fewest possible. */
	requests: 1.25,
	/** Time of the node, as a share of the paced flow of HTTP Request nodes. */
	time: 1 / 5,
	/** Time of a call through the engine, as a multiple of n8n's bare helper. */
	call: 1.15,
	/** Requests that upsert 10,000 prospects, and that tag them besides the looks at the batch. */
	upsert: 50,
	tag: 2,
	/** Growth of the peak of memory from two pages to all, as a multiple of the growth of the output. */
	growth: 1.1,
	/** Time of a delivery through the trigger, as a multiple of n8n's bare Webhook node. */
	delivery: 1.3,
};

interface Target {
	name: string;
	value: number;
	limit: number;
	met: boolean;
}

const targets: Target[] = [];
const atMost = (name: string, value: number, limit: number) => targets.push({ name, value, limit, met: value <= limit });

const seconds = (ms: number) => `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
const count = (n: number) => n.toLocaleString('en');

function table(head: string[], rows: string[][]): string {
	const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
	const line = (row: string[]) => `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join(' | ')} |`;
	const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
	return [line(head), rule, ...rows.map(line)].join('\n');
}

async function provision(simulator: Awaited<ReturnType<typeof startSimulator>>) {
	const reps = makeReps(SIZE.reps);
	const base = installedBaseNodes();
	if (!base) throw new Error('n8n is not installed in test/n8n');
	const harness = await createHarness({ packages: [ROOT, base], credentials: { outreachOAuth2Api: { data: await simulator.credential() } } });
	const connected = async <T,>(work: () => Promise<T>): Promise<T> => {
		harness.credentials.set('outreachOAuth2Api', await simulator.credential());
		return await work();
	};
	const ours = async (parallel?: number) => await measure(simulator, reps, async () => await connected(async () => await byOurNode(harness, reps, parallel)));
	const again = async () => await measure(simulator, reps, async () => await connected(async () => await byOurNode(harness, reps)), { again: true });
	const flow = async (pace: Parameters<typeof byHttpRequestNodes>[3]) =>
		await measure(simulator, reps, async () => await connected(async () => await byHttpRequestNodes(harness, simulator.url, reps, pace)));
	const bare = async (parallel: number) => await measure(simulator, reps, async (token) => await byUndici(simulator.url, token, reps, parallel));

	const runs = new Map<string, Provisioning[]>();
	const add = async (name: string, work: () => Promise<Provisioning>) => {
		const run = await step(name, work);
		if (run.wrong.length > 0) throw new Error(`${name}: the figure is void, the organisation is not as it should be.\n${run.wrong.slice(0, 3).join('\n')}`);
		runs.set(name, [...(runs.get(name) ?? []), run]);
	};

	await simulator.latency(0);
	// Everything runs once for nothing, so that no figure holds the loading and compiling of code.
	for (const warm of [ours, again, async () => await flow('burst'), async () => await bare(5)]) await warm();
	await simulator.latency(LATENCY);
	/** Concurrency at which the undici loop may be fastest. */
	const WIDTHS = [50, 100, 250];
	for (let round = 0; round < SIZE.rounds; round++) {
		await add('Outreach node', ours);
		await add('Outreach node, run again', again);
		for (const width of [10, 20, 50]) await add(`Outreach node, ${width} in parallel`, async () => await ours(width));
		await add('HTTP Request nodes, all at once', async () => await flow('burst'));
		await add('undici loop, 5 in parallel', async () => await bare(5));
		for (const width of WIDTHS) await add(`undici loop, ${width} in parallel`, async () => await bare(width));
	}
	await add('HTTP Request nodes, 50 a second', async () => await flow('batched'));
	if (SIZE.loop) await add('HTTP Request nodes, Loop Over Items', async () => await flow('loop'));

	const rows = [...runs].map(([name, list]) => ({ name, ms: median(list.map(({ ms }) => ms)), requests: list[0].requests, methods: list[0].methods }));
	const row = (name: string) => rows.find((r) => r.name === name)!;
	const wide = new Set(WIDTHS.map((width) => `undici loop, ${width} in parallel`));
	const best = rows.filter(({ name }) => wide.has(name)).toSorted((a, b) => a.ms - b.ms)[0];
	const fewest = fewestRequests(reps);
	atMost('(a) requests, against the fewest possible', row('Outreach node').requests / fewest, LIMITS.requests);
	atMost('(a) time, against HTTP Request nodes at 50 a second', row('Outreach node').ms / row('HTTP Request nodes, 50 a second').ms, LIMITS.time);

	// Twice what is needed at least, but not what four calls for each rep take.
	const left = 2 * reps.length;
	const short = async (work: () => Promise<number>) => {
		let failure: string | undefined;
		const run = await measure(
			simulator,
			reps,
			async () => await connected(async () => await work().catch((error: Error) => ((failure = error.message), 0))),
			{ left },
		);
		return { right: run.right, ...(failure ? { failure } : {}) };
	};
	const scarce = await step(`the same with ${count(left)} requests left in the hour`, async () => ({
		left,
		ours: await short(async () => await byOurNode(harness, reps)),
		httpRequest: await short(async () => await byHttpRequestNodes(harness, simulator.url, reps, 'burst')),
	}));

	const locked = existing(reps).filter(({ attributes }) => attributes.locked).length;
	const shown = rows.filter((r) => r === best || !wide.has(r.name));
	const text = [
		`(a) Provision ${reps.length} reps; ${existing(reps).length} are there already, all of them with an old title, role and profile, ${locked} of them locked`,
		table(
			['', 'Time', 'Requests', 'Node takes'],
			shown.map((r) => [r.name, seconds(r.ms), count(r.requests), r.name === 'Outreach node' ? '' : `${(row('Outreach node').ms / r.ms).toFixed(2)} x`]),
		),
		`Fewest possible: ${count(fewest)} requests. All runs ended in the same state: ${reps.length} users, unlocked, with the right title, role and profile.`,
		`With ${count(left)} requests left in the hour, ${count(scarce.ours.right)} reps are right after the node, ${count(scarce.httpRequest.right)} after the HTTP Request nodes (${scarce.httpRequest.failure ?? 'no error'}).`,
	].join('\n');
	return { text, figures: { reps: reps.length, existing: existing(reps).length, locked, fewestRequests: fewest, rows, scarce } };
}

async function calls(simulator: Awaited<ReturnType<typeof startSimulator>>) {
	await simulator.reset();
	const harness = await createHarness({
		packages: [ROOT, join(import.meta.dirname, 'bare-package')],
		credentials: { outreachOAuth2Api: { data: await simulator.credential() } },
	});
	const slow = await step('calls through the engine and through the bare helper', async () =>
		await compareCalls(harness, simulator, { latencyMs: LATENCY, calls: SIZE.calls, rounds: SIZE.callRounds }),
	);
	const fast = await step('the same without latency', async () =>
		await compareCalls(harness, simulator, { latencyMs: 0, calls: 2 * SIZE.calls, rounds: 2 * SIZE.callRounds }),
	);
	atMost('(b) time of a call, against the bare helper', slow.ratio, LIMITS.call);
	const text = [
		`(b) A GET of one user, 5 in parallel, median of ${slow.rounds} runs of ${slow.calls} calls (${fast.rounds} of ${fast.calls} without latency)`,
		table(
			['', 'Engine', "n8n's helper", 'Ratio', 'CPU engine', 'CPU helper'],
			[slow, fast].map((c) => [`${c.latencyMs} ms latency`, ...[c.engineMs, c.bareMs].map((ms) => `${ms.toFixed(2)} ms`), c.ratio.toFixed(3), ...[c.engineCpuMs, c.bareCpuMs].map((ms) => `${ms.toFixed(2)} ms`)]),
		),
	].join('\n');
	return { text, figures: [slow, fast] };
}

async function reading(simulator: Awaited<ReturnType<typeof startSimulator>>) {
	const PAGE = 1000;
	const read = async (way: Way, all: number, weigh: boolean) => {
		await simulator.reset();
		await simulator.seed({ prospects: PAGE - (await simulator.ids('prospect')).length });
		if (all > PAGE) await simulator.seed({ prospects: all - PAGE, prefix: 'more' });
		await simulator.latency(LATENCY);
		const result = await readAll({ way, url: simulator.url, credential: await simulator.credential(), weigh });
		const asked = await simulator.requests();
		if (result.items !== all) throw new Error(`${way} read ${result.items} prospects instead of ${all}`);
		// The first page of the warm-up comes on top.
		return { ...result, pages: asked.filter(({ path }) => path === '/api/v2/prospects').length - 1, others: asked.filter(({ path }) => path !== '/api/v2/prospects').map(({ path }) => path) };
	};
	const figures: Record<string, { ms: number; pages: number; others: string[]; output: number; peak: number; growth: number }> = {};
	const NAMES = { outreach: 'Outreach node, Return All', httpRequest: 'HTTP Request (pagination) and Split Out' };
	for (const way of ['outreach', 'httpRequest'] as const) {
		figures[way] = await step(`read ${count(SIZE.prospects)} prospects: ${NAMES[way]}`, async () => {
			const times = [];
			for (let round = 0; round < SIZE.rounds; round++) times.push(await read(way, SIZE.prospects, false));
			// The page that is read and the one before it are in memory at any time, whatever the number of pages.
			const few = await read(way, 2 * PAGE, true);
			const { output = 0, peak = 0 } = await read(way, SIZE.prospects, true);
			const growth = (peak - few.peak!) / (output - few.output!);
			return { ms: median(times.map(({ ms }) => ms)), pages: times[0].pages, others: times[0].others, output, peak, growth };
		});
	}
	const { outreach } = figures;
	const fewest = SIZE.prospects / PAGE;
	atMost('(c) requests for pages', outreach.pages, fewest);
	atMost('(c) growth of the memory, against the output', outreach.growth, LIMITS.growth);
	const text = [
		`(c) Read ${count(SIZE.prospects)} prospects`,
		table(
			['', 'Time', 'Pages', 'Output', 'Peak', 'Peak less output', 'Growth'],
			(['outreach', 'httpRequest'] as const).map((way) => {
				const f = figures[way];
				return [NAMES[way], seconds(f.ms), String(f.pages), megabytes(f.output), megabytes(f.peak), megabytes(f.peak - f.output), `${f.growth.toFixed(2)} x output`];
			}),
		),
		`Output and peak are live memory after a full collection; growth is that of the peak from two pages to all, against that of the output.${outreach.others.length > 0 ? ` The node also reads ${[...new Set(outreach.others)].join(' and ')} once in five minutes.` : ''}`,
	].join('\n');
	return { text, figures: { prospects: SIZE.prospects, ...figures } };
}

async function bulk(simulator: Awaited<ReturnType<typeof startSimulator>>) {
	const PROSPECTS = 10_000;
	const harness = await createHarness({ credentials: { outreachOAuth2Api: { data: await simulator.credential() } } });
	await simulator.latency(LATENCY);
	const rows = await step(`change ${count(PROSPECTS)} prospects at once`, async () => await bulkRuns(harness, simulator, PROSPECTS));
	const row = (name: string) => rows.find((r) => r.name.startsWith(name))!;
	const upsert = row('Bulk Upsert');
	atMost('(d) requests to upsert 10,000 prospects', upsert.writes + upsert.polls + upsert.lookups, LIMITS.upsert);
	atMost('(d) requests to tag 10,000 prospects, besides polls', row('Bulk Add Tags').writes + row('Bulk Add Tags').lookups, LIMITS.tag);
	const text = [
		`(d) Change ${count(PROSPECTS)} prospects at once, until the vendor has finished`,
		table(
			['', 'Time', 'Requests', 'of them look-ups', 'and polls'],
			rows.map((r) => [r.name, seconds(r.ms), count(r.writes + r.polls + r.lookups), count(r.lookups), count(r.polls)]),
		),
	].join('\n');
	return { text, figures: { prospects: PROSPECTS, rows } };
}

async function deliveries() {
	const folder = await mkdtemp(join(tmpdir(), 'n8n-bench-'));
	const stage = await setStage(folder);
	try {
		const size = options.quick ? { deliveries: 100, rounds: 3 } : { deliveries: 300, rounds: 7 };
		const figures = await step('deliveries to the trigger and to the bare Webhook node', async () =>
			await compareDeliveries(stage, [
				{ ...size, parallel: 1 },
				{ ...size, parallel: 10 },
			]),
		);
		for (const { parallel, ratio } of figures) atMost(`(e) time of a delivery, ${parallel} at a time, against the bare Webhook node`, ratio.webhook1, LIMITS.delivery);
		const kinds = { trigger: 'Outreach Trigger', webhook1: 'Webhook node, version 1', webhook2: 'Webhook node, version 2.1' } as const;
		const text = [
			`(e) Deliveries to a running n8n, median of ${size.rounds} runs of ${size.deliveries}`,
			table(
				['', 'At a time', 'A second', 'To the answer', '95 % within', 'Trigger takes'],
				figures.flatMap((f) =>
					(['trigger', 'webhook1', 'webhook2'] as const).map((kind) => [
						kinds[kind],
						String(f.parallel),
						f.rate[kind].toFixed(1),
						...f.ms[kind].map((ms) => `${Math.round(ms)} ms`),
						kind === 'trigger' ? '' : `${f.ratio[kind].toFixed(2)} x`,
					]),
				),
			),
			'n8n prepares a sandbox for expressions before it calls a trigger, except for its own Webhook node from version 2 on: version 1 goes the way of all others.',
		].join('\n');
		return { text, figures };
	} finally {
		await stage.stop();
		await rm(folder, { recursive: true, force: true, maxRetries: 5 });
	}
}

const started = Date.now();
await installN8n();
await step('build', async () => await runOrFail(process.execPath, [join(ROOT, 'node_modules', 'gulp', 'bin', 'gulp.js'), '--silent', 'build'], { cwd: ROOT }));
const simulator = await startSimulator();
try {
	const a = await provision(simulator);
	const b = await calls(simulator);
	const c = await reading(simulator);
	const d = await bulk(simulator);
	const e = await deliveries();
	const require = createRequire(import.meta.url);
	const machine = {
		node: process.version,
		n8nCore: (require('n8n-core/package.json') as { version: string }).version,
		processors: `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}`,
	};
	const missed = targets.filter(({ met }) => !met);
	const results = table(
		['Target', 'Measured', 'At most', ''],
		targets.map(({ name, value, limit, met }) => [name, value.toFixed(value >= 10 ? 0 : 3), limit.toFixed(limit >= 10 ? 0 : 2), met ? 'met' : 'MISSED']),
	);
	console.log(`\n${[a.text, b.text, c.text, d.text, e.text, results].join('\n\n')}\n`);
	console.log(`Node ${machine.node}, n8n-core ${machine.n8nCore}, ${machine.processors}, ${LATENCY} ms latency, ${Math.round((Date.now() - started) / 1000)} s in all`);
	const build = join(ROOT, 'build');
	await mkdir(build, { recursive: true });
	const report = { at: new Date().toISOString(), quick: options.quick, machine, latencyMs: LATENCY, targets, provision: a.figures, calls: b.figures, read: c.figures, bulk: d.figures, deliveries: e.figures };
	await writeFile(join(build, 'bench.json'), `${JSON.stringify(report, null, '\t')}\n`);
	if (missed.length > 0) {
		say(`${missed.length} of ${targets.length} targets missed.`);
		if (!options['no-fail']) process.exitCode = 1;
	}
} finally {
	await simulator.stop();
}
