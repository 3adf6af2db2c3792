/**
 * `npm run test:campaign`: the long forms of what the end-to-end tests do to the triggers. About half an hour;
 * `--deliveries <n>`, `--kills <n>`, `--records <n>` and `--calls <n>` make it shorter or longer, `--only <name>` chooses a part. Prints a
 * line of figures for each. The part `queue` needs PostgreSQL and Redis (apt-get install -y postgresql redis-server).
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installN8n } from './demo/install-n8n.mts';
import { ROOT } from './demo/paths.mts';
import { duration, say } from './demo/progress.mts';
import { setQueueStage } from './demo/queue.mts';
import { setStage, type Stage } from './demo/stage.mts';
import { type Allowance, queueBurst, queuePoll, queueProvision, queueRuns, queueSecondRecords } from '../test/e2e/queue.mts';
import { bulkChange, burst, killedPolls, overlappingPolls } from '../test/e2e/triggers.mts';

const { values: options } = parseArgs({
	options: {
		deliveries: { type: 'string', default: '10000' },
		kills: { type: 'string', default: '12' },
		records: { type: 'string', default: '5000' },
		calls: { type: 'string', default: '10000' },
		only: { type: 'string', default: '' },
	},
});

const folder = await mkdtemp(join(tmpdir(), 'n8n-campaign-'));

const parts: Record<string, (stage: Stage) => Promise<string>> = {
	async deliveries(on) {
		const count = Number(options.deliveries);
		const { sent, statuses, emitted, elapsedMs, latencies } = await burst(on, count);
		const at = (share: number) => Math.round(latencies[Math.floor(latencies.length * share)] ?? 0);
		return `${count} deliveries, ${sent} sent with repeats and forgeries: ${emitted} emitted, each once; answers ${JSON.stringify(statuses)}; ${Math.round((1000 * sent) / elapsedMs)} a second, ${at(0.5)} ms to the answer, 95 % within ${at(0.95)} ms, all within ${at(0.9999)} ms`;
	},
	async kills(on) {
		// From at once to well after the execution has begun.
		const delays = Array.from({ length: Number(options.kills) }, (_, i) => [0, 2, 5, 8, 12, 16, 20, 30, 50, 100, 200, 400][i % 12]!);
		const { changes, arrived, repeats } = await killedPolls(on, [...delays, -1], 50);
		assert.equal(arrived, changes);
		return `killed ${delays.length} times around a poll: ${changes} changes, ${arrived} arrived, ${repeats} repeats`;
	},
	async records(on) {
		const { changed, arrived, repeats, executions } = await bulkChange(on, Number(options.records));
		assert.deepEqual([arrived, repeats], [changed, 0]);
		return `${changed} records changed at one time: ${arrived} arrived in ${executions} executions, ${repeats} repeats`;
	},
	async overlap(on) {
		const { polls, arrived, repeats } = await overlappingPolls(on);
		assert.equal(repeats, 0);
		return `polls that take longer than a minute: ${polls} requests, ${arrived} arrived, ${repeats} repeats`;
	},
};

/** Repeats that docs/triggers.md promises to drop in queue mode. */
const NEVER = /^once|^same process|^nothing else/;

/** The parts that need an n8n of another kind, or none. */
const alone: Record<string, (folder: string) => Promise<string>> = {
	async lies() {
		const args = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', join(ROOT, 'node_modules/jest/bin/jest.js'), 'test/workflows/lies-campaign'];
		const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8', env: { ...process.env, CALLS: options.calls } });
		const line = /lies: .*/.exec(stdout + stderr)?.[0];
		assert.equal(status, 0, line ?? stderr);
		return line!;
	},
	async queue(inside) {
		const on = await setQueueStage(inside);
		stages.push(on);
		const { genuine, lost, forged, forgedEmitted, repeats, statuses, seconds } = await queueBurst(on, Math.min(1_000, Number(options.deliveries)));
		const ways = Object.entries(repeats).map(([way, { sent, passed }]) => `${way} ${passed}${way === 'once' ? '' : ` of ${sent}`}`);
		say(`${genuine} deliveries to the main and the webhook process: ${lost} lost; ${forgedEmitted} of ${forged} forged ones started anything; repeats that passed: ${ways.join(', ')}; answers ${JSON.stringify(statuses)}; ${seconds.toFixed(0)} s`);
		assert.deepEqual([lost, forgedEmitted], [0, 0]);
		for (const [way, { passed }] of Object.entries(repeats)) if (NEVER.test(way)) assert.deepEqual([way, passed], [way, 0]);
		const poll = await queuePoll(on);
		say(`polled: ${poll.changed} changes, ${poll.arrived} arrived in ${poll.executions} executions, ${poll.repeats} repeats`);
		assert.deepEqual([poll.arrived, poll.repeats], [poll.changed, 0]);
		for (const expired of [false, true]) {
			const runs = await queueRuns(on, 50, expired);
			say(`${runs.executions} executions at once${expired ? ', with an expired token' : ''}: ${runs.succeeded} succeeded, on the workers ${runs.workers.join(' and ')}, ${runs.refused} requests refused, ${runs.seconds.toFixed(1)} s`);
			if (!expired) assert.equal(runs.succeeded, 50);
		}
		const allowances: Record<string, Allowance> = { '4 requests a second': { limit: 4, windowMs: 1_000 }, '1,000 requests left': { limit: 10_000, windowMs: 3_600_000, remaining: 1_000 } };
		for (const [allowed, allowance] of Object.entries(allowances)) {
			const shared = await queueProvision(on, 4, 200, allowance);
			say(`Provision in ${shared.executions} executions at once with ${allowed}: ${shared.succeeded} succeeded, on the workers ${shared.workers.join(' and ')}, ${shared.users} users, ${shared.refused} of ${shared.requests} requests refused with 429, ${shared.seconds.toFixed(1)} s`);
			assert.deepEqual([shared.succeeded, shared.users], [4, 800]);
			assert.ok(shared.refused <= shared.requests * 0.02);
		}
		const named = await queueSecondRecords(on, 10, false);
		say(`Create or Update of one new name twice at once, ${named.rounds} times: ${named.twice} times two records, ${named.named} executions named them`);
		assert.ok(named.named >= named.twice);
		const removed = await queueSecondRecords(on, 10, true);
		say(`the same with "Remove Own Second Record": ${removed.twice} times two records, ${removed.named} executions failed`);
		assert.deepEqual([removed.twice, removed.named], [0, 0]);
		await on.stop();
		return 'queue mode: see above';
	},
};

const stages: Array<{ stop(): Promise<void> }> = [];

async function cleanUp(): Promise<void> {
	await Promise.all(stages.map(async (one) => await one.stop()));
	await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
}

const started = Date.now();
let failed = 0;
try {
	// The part `lies` runs on n8n's engine alone.
	if ([...Object.keys(parts), 'queue'].some((name) => name.includes(options.only))) await installN8n();
	let stage: Stage | undefined;
	const report = async (name: string, part: () => Promise<string>) => {
		if (!name.includes(options.only)) return;
		const begun = Date.now();
		try {
			process.stdout.write(`${await part()} (${duration(Date.now() - begun)})\n`);
		} catch (error) {
			failed += 1;
			process.stdout.write(`${name} FAILED: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
		}
	};
	for (const [name, part] of Object.entries(parts)) {
		await report(name, async () => {
			if (!stage) stages.push((stage = await setStage(join(folder, 'one'))));
			return await part(stage);
		});
	}
	await Promise.all(stages.splice(0).map(async (one) => await one.stop()));
	for (const [name, part] of Object.entries(alone)) await report(name, async () => await part(join(folder, name)));
} finally {
	await cleanUp();
}
say(`Campaign: ${duration(Date.now() - started)}`);
process.exit(failed === 0 ? 0 : 1);
