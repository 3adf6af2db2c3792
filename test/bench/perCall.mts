/** What a call costs through the engine, against a node that only calls n8n's helper. */
import { join } from 'node:path';
import { createHarness, ROOT, type Harness } from '../harness/index.mts';
import { median, table, type Bench, type Part } from './report.mts';
import type { Simulator } from './simulator.mts';

const PARALLEL = 5;

export interface CallCost {
	latencyMs: number;
	calls: number;
	rounds: number;
	/** Median milliseconds per call: time of a run divided by its calls. */
	engineMs: number;
	bareMs: number;
	/** Median of the ratios of neighbouring runs. */
	ratio: number;
	/** Median milliseconds of processor time per call. */
	engineCpuMs: number;
	bareCpuMs: number;
}

/** Runs both by turns (engine, bare, bare, engine, ...), so that a slow moment of the machine hits both. */
export async function compareCalls(
	harness: Harness,
	simulator: Simulator,
	{ latencyMs, calls, rounds }: { latencyMs: number; calls: number; rounds: number },
): Promise<CallCost> {
	const ids = await simulator.ids('user');
	const items = Array.from({ length: calls }, (_, index) => ({ id: ids[index % ids.length] }));
	const ways = {
		engine: {
			type: 'outreach',
			parameters: {
				resource: 'user',
				operation: 'get',
				record: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
				options: { parallel: PARALLEL },
			},
		},
		bare: {
			type: 'n8n-nodes-bare.bare',
			parameters: { url: `=${simulator.url}/api/v2/users/{{ $json.id }}`, parallel: PARALLEL },
		},
	};
	async function run(way: keyof typeof ways) {
		const { type, parameters } = ways[way];
		const before = process.cpuUsage();
		const result = await harness.runNode(type, parameters, items, { mode: 'trigger' });
		const cpu = process.cpuUsage(before);
		if (result.error) throw result.error;
		if (result.json.length !== calls || result.json.some(({ id }, index) => id !== items[index].id)) {
			throw new Error(`${way} did not return the users it was asked for`);
		}
		return { ms: result.elapsedMs / calls, cpu: (cpu.user + cpu.system) / 1000 / calls };
	}

	// Only the calls are measured here, more of them than the vendor allows in an hour.
	await simulator.allow(1_000_000);
	await simulator.latency(0);
	for (const way of ['engine', 'bare', 'engine', 'bare'] as const) await run(way);
	await simulator.latency(latencyMs);
	const runs: Record<keyof typeof ways, Array<Awaited<ReturnType<typeof run>>>> = { engine: [], bare: [] };
	for (let round = 0; round < rounds; round++) {
		for (const way of round % 2 === 0 ? (['engine', 'bare'] as const) : (['bare', 'engine'] as const)) {
			runs[way].push(await run(way));
		}
	}
	return {
		latencyMs,
		calls,
		rounds,
		engineMs: median(runs.engine.map(({ ms }) => ms)),
		bareMs: median(runs.bare.map(({ ms }) => ms)),
		ratio: median(runs.engine.map(({ ms }, round) => ms / runs.bare[round].ms)),
		engineCpuMs: median(runs.engine.map(({ cpu }) => cpu)),
		bareCpuMs: median(runs.bare.map(({ cpu }) => cpu)),
	};
}

/** Time of a call through the engine, as a multiple of n8n's bare helper. */
const MOST = 1.15;

/** (b) A call through the engine, against one through n8n's helper. */
export async function callsPart({ quick, latencyMs, outreach, step, atMost }: Bench): Promise<Part> {
	const size = quick ? { calls: 100, rounds: 5 } : { calls: 200, rounds: 9 };
	const simulator = await outreach();
	await simulator.reset();
	const harness = await createHarness({
		packages: [ROOT, join(import.meta.dirname, 'bare-package')],
		credentials: { outreachOAuth2Api: { data: await simulator.credential() } },
	});
	const slow = await step('calls through the engine and through the bare helper', async () =>
		await compareCalls(harness, simulator, { latencyMs, calls: size.calls, rounds: size.rounds }),
	);
	const fast = await step('the same without latency', async () =>
		await compareCalls(harness, simulator, { latencyMs: 0, calls: 2 * size.calls, rounds: 2 * size.rounds }),
	);
	atMost('(b) time of a call, against the bare helper', slow.ratio, MOST);
	const text = [
		`(b) A GET of one user, 5 in parallel, median of ${slow.rounds} runs of ${slow.calls} calls (${fast.rounds} of ${fast.calls} without latency)`,
		table(
			['', 'Engine', "n8n's helper", 'Ratio', 'CPU engine', 'CPU helper'],
			[slow, fast].map((c) => [`${c.latencyMs} ms latency`, ...[c.engineMs, c.bareMs].map((ms) => `${ms.toFixed(2)} ms`), c.ratio.toFixed(3), ...[c.engineCpuMs, c.bareCpuMs].map((ms) => `${ms.toFixed(2)} ms`)]),
		),
	].join('\n');
	return { text, figures: [slow, fast] };
}
