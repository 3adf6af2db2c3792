/**
 * Reconciles a list of reps with Outreach, in a process of its own:
 *
 *     node --expose-gc test/bench/reconcile.mts        (its input comes as JSON in BENCH_INPUT)
 */
import { createRequire } from 'node:module';
import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { createHarness } from '../harness/index.mts';
import { processorClock } from '../harness/processor.mts';
import { inOwnProcess, live, weighing } from './processes.mts';
import { makeReps, REP } from './provision.mts';

interface Input {
	credential: IDataObject;
	/** People of the list. */
	reps: number;
	/** How many of them have another title in the list. */
	changed: number;
	/** Weigh the memory, which makes the run many times slower. */
	weigh: boolean;
}

export interface Reconciled {
	ms: number;
	/** Processor time of the thread. */
	cpuMs: number;
	/** What became of how many people. */
	outcomes: Record<string, number>;
	/** Bytes of live memory that the list holds. */
	list?: number;
	/** Bytes of live memory that the output holds. */
	output?: number;
	/** Most live memory during the run, less what was there before it; the list was. */
	peak?: number;
}

/** Runs this file in a fresh process. */
export const reconcile = async (input: Input): Promise<Reconciled> => await inOwnProcess(import.meta.filename, input);

const { Run } = createRequire(import.meta.url)('../../dist/nodes/shared/run/run.js') as { Run: { prototype: { report(this: unknown): void } } };

const PARAMETERS: INodeParameters = { ...REP, operation: 'reconcile', domains: 'bench.example', notInList: 'lock', dryRun: false };

/** What HR tells of a person besides. */
const columns = (i: number) => ({
	employeeId: `E-${100_000 + i}`,
	manager: `Manager ${i % 700}`,
	managerEmail: `manager${i % 700}@bench.example`,
	department: `Department ${i % 90}`,
	costCenter: `CC-${4_000 + (i % 300)}`,
	location: `Office ${i % 40}`,
	country: `Country ${i % 25}`,
	phone: `+1 555 ${1_000_000 + i}`,
	startDate: new Date(1_500_000_000_000 + i * 7_200_000).toISOString().slice(0, 10),
	employmentType: i % 20 === 0 ? 'Contractor' : 'Employee',
	jobCode: `J-${i % 120}`,
	legalEntity: `Entity ${i % 8}`,
});

const settled = async () => await new Promise((done) => setTimeout(done, 50));

async function main({ credential, reps, changed, weigh }: Input): Promise<Reconciled> {
	const harness = await createHarness({ credentials: { outreachOAuth2Api: { data: credential } } });
	const listOf = (count: number): INodeExecutionData[] => makeReps(count).map((rep, i) => ({ json: { ...rep, ...columns(i), ...(i < changed ? { title: `${rep.title} II` } : {}) } }));
	const run = async (items: INodeExecutionData[], more: INodeParameters = {}) => {
		const result = await harness.runNode('outreach', { ...PARAMETERS, ...more }, items, { mode: 'trigger' });
		if (result.error) throw new Error(`${result.error.message} ${(result.error as { description?: string }).description ?? ''}`);
		return result;
	};
	// Loads the code that will be used, so that it is not counted.
	await run(listOf(10), { dryRun: true, notInList: 'report' });
	await fetch(`${String(credential.baseUrl)}/__control/requests`, { method: 'DELETE' });
	await settled();
	const bare = live();
	const items = listOf(reps);
	const before = live();
	const scales = weigh ? weighing() : undefined;
	if (scales) {
		// The output is complete, and nothing of the run is gone yet.
		const { report } = Run.prototype;
		Run.prototype.report = function () {
			scales.weigh();
			report.call(this);
		};
	}
	const spent = processorClock();
	let result: Awaited<ReturnType<typeof run>> | undefined = await run(items);
	const cpuMs = spent();
	const peak = scales && scales.end() - before;
	const { elapsedMs: ms } = result;
	let output: INodeExecutionData[] | undefined = result.items;
	result = undefined;
	const outcomes: Record<string, number> = {};
	for (const { json } of output) outcomes[String(json.outcome)] = (outcomes[String(json.outcome)] ?? 0) + 1;
	if (!weigh) return { ms, cpuMs, outcomes };
	await settled();
	const held = live();
	// Held until here.
	if (output.length < reps) throw new Error(`${output.length} items came out`);
	output = undefined;
	await settled();
	return { ms, cpuMs, outcomes, list: before - bare, output: held - live(), peak };
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(process.env.BENCH_INPUT!) as Input)));
