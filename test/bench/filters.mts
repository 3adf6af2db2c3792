/** (k) What it costs to hold each record of a filtered list against the filters. */
import { createRequire } from 'node:module';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { createHarness } from '../harness/index.mts';
import { processorClock } from '../harness/processor.mts';
import { inOwnProcess } from './processes.mts';
import { count, median, seconds, table, type Bench, type Part } from './report.mts';

/** Processor time of the checks, as a share of that of the whole run. */
const MOST = 0.02;

interface Input {
	credential: IDataObject;
	records: number;
	rounds: number;
}

interface Cost {
	/** Processor time of a run, and of the checks in it, in milliseconds. */
	runMs: number;
	checksMs: number;
}

type Fits = (this: unknown, record: IDataObject) => true | Promise<boolean>;

/** Two filters: of a time, which is the dearest kind, and of a relation. */
const PARAMETERS = {
	resource: 'prospect',
	operation: 'getAll',
	returnAll: true,
	filters: {
		condition: [{ field: 'createdAt', operator: 'atLeast', value: '2000-01-01T00:00:00.000Z' }],
		related: [{ relation: 'owner', record: { __rl: true, mode: 'id', value: '2' } }],
	},
} as unknown as INodeParameters;

/** Records that are checked between two looks at the clock. */
const BATCH = 1_000;

/**
 * The checks are put off and made for 1,000 records in one go: a clock for each record would cost more than the check. A run with and
 * one without them differ by less than two runs of the same kind do.
 */
async function main({ credential, records, rounds }: Input): Promise<Cost[]> {
	const { FilterCheck } = createRequire(import.meta.url)('../../dist/nodes/shared/run/trust.js') as { FilterCheck: { prototype: { fits: Fits } } };
	const harness = await createHarness({ credentials: { outreachOAuth2Api: { data: credential } } });
	const { fits } = FilterCheck.prototype;
	const costs: Cost[] = [];
	for (let round = -1; round < rounds; round++) {
		let waiting: IDataObject[] = [];
		const batches: number[] = [];
		FilterCheck.prototype.fits = function (record) {
			waiting.push(record);
			if (waiting.length < BATCH) return true;
			const from = performance.now();
			for (const one of waiting) if (fits.call(this, one) !== true) throw new Error('A record does not fit');
			batches.push(performance.now() - from);
			waiting = [];
			return true;
		};
		const spent = processorClock();
		const { error, json } = await harness.runNode('outreach', PARAMETERS, [{}], { mode: 'trigger' });
		const runMs = spent();
		if (error) throw error;
		if (json.length !== records || batches.length * BATCH !== records) throw new Error(`${batches.length * BATCH} of ${records} records were checked`);
		// The first run loads the code. Other programs on the machine lengthen some batches.
		if (round >= 0) costs.push({ runMs, checksMs: median(batches) * batches.length });
	}
	return costs;
}

/** (k) The checks of a filtered list. */
export async function filtersPart({ quick, latencyMs, outreach, step, atMost }: Bench): Promise<Part> {
	const size = quick ? { records: 5_000, rounds: 3 } : { records: 20_000, rounds: 5 };
	const simulator = await outreach();
	const costs = await step(`read ${count(size.records)} prospects by two filters`, async () => {
		await simulator.reset();
		const prospects = Array.from({ length: size.records }, (_, i) => ({ attributes: { firstName: 'Robin', lastName: `Prospect ${i}`, emails: [`p${i}@bench.example`], title: 'Buyer', createdAt: new Date(1_700_000_000_000 + i * 1_000).toISOString() }, relationships: { owner: 2 } }));
		for (let from = 0; from < prospects.length; from += 1000) await simulator.seed({ type: 'prospect', records: prospects.slice(from, from + 1000) });
		await simulator.latency(latencyMs);
		return await inOwnProcess<Cost[]>(import.meta.filename, { credential: await simulator.credential(), ...size } satisfies Input);
	});
	const share = median(costs.map(({ runMs, checksMs }) => checksMs / runMs));
	atMost('(k) processor time of the filter checks, against that of the run', share, MOST);
	const text = [
		`(k) Read ${count(size.records)} prospects by two filters`,
		table(
			['', 'Processor time', 'Of it the checks', 'Share'],
			[[`median of ${size.rounds} runs`, seconds(median(costs.map(({ runMs }) => runMs))), seconds(median(costs.map(({ checksMs }) => checksMs))), `${(share * 100).toFixed(1)} %`]],
		),
	].join('\n');
	return { text, figures: { records: size.records, costs, share } };
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(process.env.BENCH_INPUT!) as Input)));
