/**
 * (i) One credential in two processes, as with the workers of n8n's queue mode: each has a pace of its own, and only the
 * vendor's answers tell it of the other. Four executions at once, two in each process.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startOutseta } from '../simulator/index.mts';
import { makeReps, REP } from './provision.mts';
import { count, seconds, table, type Bench, type Part } from './report.mts';

const EXECUTIONS = 4;
const PROCESSES = 2;
/** Requests that the vendor refuses, as a share of all. */
const MOST_REFUSED = 0.02;

interface Row {
	vendor: string;
	ms: number;
	items: number;
	requests: number;
	refused: number;
	failed: string[];
	wrong: number;
}

/** Gives each process its share of the executions; returns why some failed. */
async function inProcesses(job: { type: string; credential: [string, object]; parameters: object }, executions: object[][]): Promise<string[]> {
	const share = executions.length / PROCESSES;
	const results = await Promise.all(
		Array.from({ length: PROCESSES }, async (_, i) => {
			const child = fork(join(import.meta.dirname, 'worker.mts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
			child.send({ ...job, executions: executions.slice(i * share, (i + 1) * share) });
			const [ended] = (await Promise.race([once(child, 'message'), once(child, 'exit').then(([code]) => [[{ error: `A worker ended with ${String(code)}` }]])])) as [Array<{ error?: string }>];
			return ended;
		}),
	);
	return results.flat().flatMap(({ error }) => error ?? []);
}

const locator = (mode: string, value: string) => ({ __rl: true, mode, value });
const mapper = (value: Record<string, string>) => ({ mappingMode: 'defineBelow', value, matchingColumns: [], schema: [] });

/** (i) Two processes with one credential. */
export async function workersPart({ quick, latencyMs, outreach, step, atMost }: Bench): Promise<Part> {
	const rows: Row[] = [];
	const simulator = await outreach();
	const provision = { ...REP, operation: 'provision' };
	/** Provisions `each` users in each execution, on a vendor set up by `limit`. */
	const atOutreach = async (vendor: string, each: number, limit: () => Promise<unknown>) => {
		await simulator.latency(latencyMs);
		await simulator.reset();
		const before = (await simulator.users()).length;
		await limit();
		await simulator.clearRequests();
		const reps = makeReps(each * EXECUTIONS);
		const started = performance.now();
		const failed = await inProcesses(
			{ type: 'outreach', credential: ['outreachOAuth2Api', await simulator.credential()], parameters: provision },
			Array.from({ length: EXECUTIONS }, (_, i) => reps.slice(i * each, (i + 1) * each)),
		);
		const ms = performance.now() - started;
		const requests = (await simulator.requests()).filter(({ path }) => path.startsWith('/api/'));
		rows.push({ vendor, ms, items: reps.length, requests: requests.length, refused: requests.filter(({ status }) => status === 429).length, failed, wrong: before + reps.length - (await simulator.users()).length });
	};
	const each = quick ? 50 : 200;
	await step(`${EXECUTIONS} x ${each} users with 1,000 requests left, in ${PROCESSES} processes`, async () => await atOutreach('Outreach, 1,000 requests left', each, async () => await simulator.leave(1_000)));
	await step(`${EXECUTIONS} x 50 users with 4 requests a second, in ${PROCESSES} processes`, async () =>
		await atOutreach('Outreach, if it counted 4 a second', 50, async () => await simulator.limit({ limit: 4, windowMs: 1_000 })));
	const updates = quick ? 50 : 200;
	await step(`${EXECUTIONS} x ${updates} updates at Outseta, in ${PROCESSES} processes`, async () => {
		const sim = await startOutseta({ perSecond: 4, latencyMs: 20 });
		const uids = sim.seedPeople(updates * EXECUTIONS);
		const started = performance.now();
		const failed = await inProcesses(
			{
				type: 'outseta',
				credential: ['outsetaApi', { subdomain: sim.url, apiKey: sim.apiKey, apiSecret: sim.apiSecret }],
				parameters: { resource: 'person', operation: 'update', record: locator('id', '={{ $json.uid }}'), fields: mapper({ Title: 'Changed' }) },
			},
			Array.from({ length: EXECUTIONS }, (_, i) => uids.slice(i * updates, (i + 1) * updates).map((uid) => ({ uid }))),
		);
		rows.push({
			vendor: 'Outseta, 4 a second',
			ms: performance.now() - started,
			items: uids.length,
			requests: sim.requests.length,
			refused: sim.requests.filter(({ status }) => status === 429).length,
			failed,
			wrong: (sim.records('Person') as Array<{ Uid: string; Title?: string }>).filter(({ Uid, Title }) => uids.includes(Uid) && Title !== 'Changed').length,
		});
		await sim.stop();
	});
	for (const { vendor, failed, wrong, refused, requests } of rows) {
		atMost(`(i) executions that failed or items not done: ${vendor}`, failed.length + wrong, 0);
		atMost(`(i) share of requests refused: ${vendor}`, refused / requests, MOST_REFUSED);
	}
	const text = [
		`(i) One credential in ${PROCESSES} processes, ${EXECUTIONS} executions at once`,
		table(
			['', 'Items', 'Time', 'Requests', 'Refused with 429', 'Executions failed'],
			rows.map((r) => [r.vendor, count(r.items), seconds(r.ms), count(r.requests), `${r.refused} (${((100 * r.refused) / r.requests).toFixed(1)} %)`, `${r.failed.length}${r.failed[0] ? ` (${r.failed[0]})` : ''}`]),
		),
	].join('\n');
	return { text, figures: { rows } };
}
