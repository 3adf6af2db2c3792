/** (h) A vendor that works on some requests at a time and lets the others queue: the node, by itself, must not drive it. */
import { createHarness } from '../harness/index.mts';
import { byOurNode, makeReps, measure } from './provision.mts';
import { median, seconds, table, type Bench, type Part } from './report.mts';

/** Requests that the vendor works on at a time. */
const CAPACITIES = [5, 10, 20];
const REPS = 300;
/** Time of an answer, as a multiple of what it takes without load. */
const MOST = 2;

interface Queued {
	atOnce: number;
	way: string;
	ms: number;
	/** The slowest answer, as a multiple of the slowest one without load. */
	slowest: number;
	/** The time that 1 % exceed, as a multiple of the median without load. */
	nearly: number;
}

/** (h) A vendor that slows down under load. */
export async function queueingPart({ latencyMs, outreach, step, atMost }: Bench): Promise<Part> {
	const simulator = await outreach();
	const reps = makeReps(REPS);
	const harness = await createHarness({ credentials: { outreachOAuth2Api: { data: await simulator.credential() } } });
	const run = async (parallel?: number) =>
		await measure(simulator, reps, async () => {
			harness.credentials.set('outreachOAuth2Api', await simulator.credential());
			return await byOurNode(harness, reps, parallel);
		});
	const times = async () => (await simulator.requests()).map(({ durationMs }) => durationMs);
	await simulator.latency(0);
	await run();
	await simulator.latency(latencyMs);
	await run(1);
	const alone = await times();
	const unloaded = median(alone);
	const slowestAlone = Math.max(...alone);
	const rows: Queued[] = [];
	for (const atOnce of CAPACITIES) {
		await simulator.latency(latencyMs, atOnce);
		for (const parallel of [undefined, 50]) {
			const way = parallel === undefined ? 'by itself' : `${parallel} in parallel`;
			const { ms, wrong } = await step(`${REPS} reps at a vendor that works on ${atOnce} at a time, ${way}`, async () => await run(parallel));
			if (wrong.length > 0) throw new Error(wrong.slice(0, 3).join('\n'));
			const taken = (await times()).toSorted((a, b) => a - b);
			rows.push({ atOnce, way, ms, slowest: taken.at(-1)! / slowestAlone, nearly: taken[Math.floor(taken.length * 0.99)] / unloaded });
		}
	}
	await simulator.latency(latencyMs);
	for (const { atOnce, way, slowest } of rows) if (way === 'by itself') atMost(`(h) slowest answer of a vendor that works on ${atOnce} at a time, against no load`, slowest, MOST);
	const text = [
		`(h) Provision ${REPS} reps at a vendor that works on some requests at a time, ${latencyMs} ms each, and lets the others queue`,
		table(
			['At a time', 'Node', 'Time', 'Slowest answer', '99 % within'],
			rows.map((r) => [String(r.atOnce), r.way, seconds(r.ms), `${r.slowest.toFixed(2)} x`, `${r.nearly.toFixed(2)} x`]),
		),
	].join('\n');
	return { text, figures: { reps: REPS, unloaded, slowestAlone, rows } };
}
