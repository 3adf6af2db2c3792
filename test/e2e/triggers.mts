/** The Outreach triggers on a real n8n: what arrives, what is left behind, and what a crash costs. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Json, StoredWorkflow, WorkflowNode } from '../../scripts/demo/rest.mts';
import type { QueueStage } from '../../scripts/demo/queue.mts';
import type { Stage } from '../../scripts/demo/stage.mts';
import type { BurstResult } from '../simulator/index.mts';
import { until, WAIT, type Case, type OutreachRecord } from './case.mts';

export const TRIGGER = 'n8n-nodes-provisioning.outreachTrigger';
export const POLLING = 'n8n-nodes-provisioning.outreachPollingTrigger';

/** Where workflows report what started them. */
export class Collector {
	readonly items: Json[] = [];
	executions = 0;
	url = '';
	private readonly server = createServer((request, response) => {
		let text = '';
		request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
		request.on('end', () => {
			this.items.push(...(JSON.parse(text) as { data: Json[] }).data);
			this.executions += 1;
			response.end('{}');
		});
	});

	async start(): Promise<void> {
		await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
		this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((done) => this.server.close(done));
	}

	names(): string[] {
		return this.items.map(({ eventId }) => String(eventId));
	}
}

/** A workflow that tells a collector all items of each execution. */
export async function reporting(stage: Pick<Stage, 'rest' | 'credentials'> | QueueStage, trigger: Pick<WorkflowNode, 'type' | 'parameters'> & Partial<WorkflowNode>, collector: Collector): Promise<StoredWorkflow> {
	const { outreachOAuth2Api } = stage.credentials;
	return await stage.rest.createWorkflow({
		name: `Report ${trigger.type}`,
		nodes: [
			{ id: crypto.randomUUID(), name: 'Trigger', typeVersion: trigger.type === TRIGGER ? 1.1 : 1, position: [0, 0], webhookId: crypto.randomUUID(), credentials: { outreachOAuth2Api }, ...trigger },
			{
				id: 'all', name: 'All', type: 'n8n-nodes-base.aggregate', typeVersion: 1, position: [220, 0],
				parameters: { aggregate: 'aggregateAllItemData', destinationFieldName: 'data', include: 'allFields', options: {} },
			},
			{
				id: 'report', name: 'Report', type: 'n8n-nodes-base.httpRequest', typeVersion: 4.2, position: [440, 0],
				parameters: { method: 'POST', url: collector.url, sendBody: true, specifyBody: 'json', jsonBody: '={{ JSON.stringify($json) }}', options: {} },
			},
		],
		connections: { Trigger: { main: [[{ node: 'All', type: 'main', index: 0 }]] }, All: { main: [[{ node: 'Report', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
	});
}

export const everyMinute = { pollTimes: { item: [{ mode: 'everyMinute' }] } };

const remote = async ({ simulators }: Stage) => await simulators.outreach.records<OutreachRecord & { attributes: { url: string; resource: string; action: string } }>('webhook');

export const change = async ({ simulators }: Pick<Stage, 'simulators'>, type: string, ids: number[], attributes: Json) =>
	await simulators.outreach.control('POST', 'change', { type, ids, attributes });

export async function withWorkflow(stage: Stage, trigger: Parameters<typeof reporting>[1], work: (flow: StoredWorkflow, collector: Collector) => Promise<void>): Promise<void> {
	const collector = new Collector();
	await collector.start();
	const flow = await reporting(stage, trigger, collector);
	try {
		await work(flow, collector);
	} finally {
		await stage.rest.unpublish(flow.id).catch(() => {});
		await until('the webhooks are gone', async () => (await remote(stage)).length === 0).catch(() => {});
		await stage.rest.deleteWorkflow(flow.id).catch(() => {});
		await collector.stop();
	}
}

/** Deliveries sent in one go. */
const BURST = 2000;

/** Bursts at the webhook of a published workflow: each genuine delivery once, no forged one. */
export async function burst(stage: Stage, count: number): Promise<BurstResult & { emitted: number }> {
	let result: (BurstResult & { emitted: number }) | undefined;
	await withWorkflow(stage, { type: TRIGGER, parameters: { events: ['prospect.updated'] } }, async (flow, collector) => {
		await stage.rest.publish(flow.id);
		await until('the webhook is there', async () => (await remote(stage)).length === 1);
		const sent: BurstResult = { sent: 0, statuses: {}, jobs: [], forged: [], elapsedMs: 0, latencies: [] };
		// In parts, since a request for all of them would outlast its client's patience of five minutes.
		for (let left = count; left > 0; left -= BURST) {
			const part = await stage.simulators.outreach.control<BurstResult>('POST', 'burst', { count: Math.min(left, BURST), repeats: 0.1, forgeries: 0.05, parallel: 10 });
			sent.sent += part.sent;
			sent.elapsedMs += part.elapsedMs;
			sent.jobs.push(...part.jobs);
			sent.forged.push(...part.forged);
			sent.latencies.push(...part.latencies);
			for (const [status, number] of Object.entries(part.statuses)) sent.statuses[status] = (sent.statuses[status] ?? 0) + number;
		}
		sent.latencies.sort((a, b) => a - b);
		await until('everything arrived', () => collector.items.length >= count, WAIT + count * 100);
		await wait(1000);
		const jobs = collector.items.map(({ jobId }) => String(jobId));
		assert.deepEqual(jobs.toSorted(), sent.jobs.toSorted());
		assert.equal(sent.statuses['401'], sent.forged.length);
		assert.equal(sent.statuses['200'], sent.sent - sent.forged.length);
		const statuses = async () => (await stage.rest.executionsOf(flow.id)).map(({ status }) => status);
		await until('the last executions ended', async () => !(await statuses()).some((status) => ['new', 'running'].includes(status)));
		assert.deepEqual((await statuses()).filter((status) => status !== 'success'), []);
		result = { ...sent, emitted: jobs.length };
	});
	return result!;
}

/**
 * Polls that are killed while they read, hand over and save. Each change arrives, and only batches in doubt come again.
 * @param rounds milliseconds after the answer to a poll at which the process dies; negative: it lives.
 */
export async function killedPolls(stage: Stage, rounds: number[], records: number): Promise<{ changes: number; arrived: number; repeats: number }> {
	let outcome = { changes: 0, arrived: 0, repeats: 0 };
	const { outreach } = stage.simulators;
	await outreach.control('POST', 'seed', { prospects: rounds.length * records, prefix: `round${Date.now()}` });
	await withWorkflow(stage, { type: POLLING, parameters: { ...everyMinute, resource: 'prospect', events: ['updated'], options: { onlyFields: ['title'] } } }, async (flow, collector) => {
		const all = (await outreach.records<OutreachRecord>('prospect')).map(({ id }) => id).slice(-rounds.length * records);
		await stage.rest.publish(flow.id);
		await until('the first poll', async () => (await outreach.requests()).some(({ path }) => path.endsWith('/prospects')));
		await wait(1500);
		const expected: string[] = [];
		let time = Date.now();
		for (const [round, delay] of rounds.entries()) {
			await stage.crash();
			const updatedAt = new Date((time += 1000)).toISOString();
			const ids = all.slice(round * records, (round + 1) * records);
			await change(stage, 'prospect', ids, { title: `Round ${round}`, updatedAt });
			expected.push(...ids.map((id) => `prospect.updated:${id}:${updatedAt}`));
			await outreach.forgetRequests();
			await stage.restart();
			if (delay < 0) continue;
			// The process dies so many milliseconds after Outreach has answered the poll.
			await until('a poll', async () => (await outreach.requests()).some(({ path, status }) => path.endsWith('/prospects') && status === 200), 60_000);
			await wait(delay);
		}
		await until('everything arrived', () => {
			const got = new Set(collector.names());
			return expected.every((name) => got.has(name));
		}, 90_000);
		await wait(1000);
		const names = collector.names();
		const unexpected = names.filter((name) => !expected.includes(name));
		assert.deepEqual(unexpected, []);
		const repeats = names.length - new Set(names).size;
		// A process that dies leaves one batch in doubt: all that was waiting when it polled.
		assert.ok(repeats <= rounds.length * expected.length, `${repeats} repeats`);
		outcome = { changes: expected.length, arrived: new Set(names).size, repeats };
	});
	return outcome;
}

/** Many records changed at one time, while n8n is down and while it is up. */
export async function bulkChange(stage: Stage, records: number): Promise<{ changed: number; arrived: number; repeats: number; executions: number }> {
	let outcome = { changed: 0, arrived: 0, repeats: 0, executions: 0 };
	const { outreach } = stage.simulators;
	await outreach.control('POST', 'seed', { prospects: records, prefix: `bulk${Date.now()}` });
	const ids = (await outreach.records<OutreachRecord>('prospect')).map(({ id }) => id).slice(-records);
	const parameters = { ...everyMinute, resource: 'prospect', events: ['updated'], options: { onlyFields: ['title'], most: 2000 } };
	await withWorkflow(stage, { type: POLLING, parameters }, async (flow, collector) => {
		await outreach.forgetRequests();
		await stage.rest.publish(flow.id);
		await until('the first poll', async () => (await outreach.requests()).some(({ path }) => path.endsWith('/prospects')));
		await wait(3000);
		await change(stage, 'prospect', ids, { title: 'Bulk', updatedAt: new Date(Date.now() + 2000).toISOString() });
		// The schedule polls every minute; each poll takes a part.
		await until('everything arrived', () => new Set(collector.names()).size >= records, 60_000 * (3 + Math.ceil(records / 2000)));
		await wait(70_000);
		const names = collector.names();
		outcome = { changed: records, arrived: new Set(names).size, repeats: names.length - new Set(names).size, executions: collector.executions };
	});
	return outcome;
}

/** A vendor so slow that n8n starts polls over each other. */
export async function overlappingPolls(stage: Stage): Promise<{ polls: number; arrived: number; repeats: number }> {
	let outcome = { polls: 0, arrived: 0, repeats: 0 };
	const { outreach } = stage.simulators;
	await withWorkflow(stage, { type: POLLING, parameters: { ...everyMinute, resource: 'account', events: ['updated'] } }, async (flow, collector) => {
		await outreach.forgetRequests();
		await stage.rest.publish(flow.id);
		await until('the first poll', async () => (await outreach.requests()).some(({ path }) => path.endsWith('/accounts')));
		await wait(3000);
		await outreach.forgetRequests();
		// Within the minute that n8n's request may take; one after the other, the polls' two pages take longer than the schedule.
		await outreach.control('POST', 'faults', { match: { path: '/api/v2/accounts' }, times: -1, kind: 'slow', delayMs: 55_000 });
		await outreach.control('POST', 'faults', { match: { path: '/api/v2/accounts' }, times: 1, kind: 'status', status: 500 });
		const ids = (await outreach.records<OutreachRecord>('account')).map(({ id }) => id).slice(0, 5);
		await change(stage, 'account', ids, { updatedAt: new Date(Date.now() + 2000).toISOString() });
		await until('everything arrived', () => collector.items.length >= ids.length, 300_000);
		await wait(130_000);
		await outreach.control('DELETE', 'faults');
		const names = collector.names();
		outcome = { polls: (await outreach.requests()).filter(({ path }) => path.endsWith('/accounts')).length, arrived: new Set(names).size, repeats: names.length - new Set(names).size };
	});
	return outcome;
}

export const cases: Case[] = [
	{
		name: 'the webhook trigger: activated, it receives; deactivated, it leaves nothing at Outreach',
		async run(stage) {
			const { outreach } = stage.simulators;
			await withWorkflow(stage, { type: TRIGGER, parameters: { events: ['prospect.*', 'user.updated', 'user.deleted'] } }, async (flow, collector) => {
				await stage.rest.publish(flow.id);
				await until('two webhooks are there', async () => (await remote(stage)).length === 2);
				const [{ attributes }] = await remote(stage);
				assert.ok(attributes.url.startsWith(`${stage.n8n.url}/webhook/`), attributes.url);
				const forged = await fetch(attributes.url, { method: 'POST', body: '{"data":{"id":1},"meta":{"eventName":"prospect.updated"}}', headers: { 'content-type': 'application/vnd.api+json', 'outreach-webhook-signature': '0'.repeat(64) } });
				assert.equal(forged.status, 401);
				await change(stage, 'prospect', [1, 2, 3], { title: 'Astronaut' });
				await change(stage, 'user', [2], { title: 'Boss' });
				await until('four events arrived', () => collector.items.length >= 4);
				assert.deepEqual(collector.items.map(({ event, id }) => `${String(event)} ${String(id)}`).toSorted(), ['prospect.updated 1', 'prospect.updated 2', 'prospect.updated 3', 'user.updated 2']);
				assert.ok(collector.items.every(({ jobId, eventId }) => typeof jobId === 'string' && typeof eventId === 'string'));
				const { deliveries } = await outreach.control<{ deliveries: Array<{ status: number; attempts: number }> }>('GET', 'deliveries');
				assert.ok(deliveries.every(({ status, attempts }) => status === 200 && attempts === 1));
				await until('four executions went well', async () => {
					const executions = await stage.rest.executionsOf(flow.id);
					return executions.length === 4 && executions.every(({ status }) => status === 'success');
				});
				// What keeps repeats out after a restart is in n8n's database: a fingerprint of eight characters for each job.
				const { staticData } = (await stage.rest.workflow(flow.id)) as unknown as { staticData: Record<string, { seen?: string }> };
				const kept = (staticData['node:Trigger']?.seen?.length ?? 0) / 8;
				// n8n 1 can store two deliveries at the same time in the wrong order.
				assert.ok(stage.rest.version.startsWith('1.') ? kept >= 1 && kept <= 4 : kept === 4, `${kept} fingerprints`);
				await stage.rest.unpublish(flow.id);
				await until('Outreach has no webhook', async () => (await remote(stage)).length === 0);
			});
		},
	},
	{
		name: 'the webhook trigger: repeats are dropped and forgeries refused under load',
		async run(stage) {
			const { sent, emitted } = await burst(stage, 300);
			assert.equal(emitted, 300);
			assert.ok(sent > 330);
		},
	},
	{
		name: 'both triggers in one workflow: every change once, by its eventId',
		async run(stage) {
			await withWorkflow(stage, { type: TRIGGER, parameters: { events: ['prospect.updated'] } }, async (flow, collector) => {
				const { nodes, connections, name, settings = {} } = await stage.rest.workflow(flow.id);
				const once: WorkflowNode = {
					// Two first executions at the same moment both want to make its table entry, and one of them fails.
					...{ retryOnFail: true, maxTries: 3, waitBetweenTries: 500 },
					id: 'once', name: 'Once', type: 'n8n-nodes-base.removeDuplicates', typeVersion: 2, position: [110, 0],
					parameters: { operation: 'removeItemsSeenInPreviousExecutions', logic: 'removeItemsWithAlreadySeenKeyValues', dedupeValue: '={{ $json.eventId }}', options: {} },
				};
				const trigger = nodes.find((node) => node.name === 'Trigger')!;
				const polling = { ...trigger, id: crypto.randomUUID(), webhookId: undefined, name: 'Polling', type: POLLING, typeVersion: 1, parameters: { ...everyMinute, resource: 'prospect', events: ['updated'] } } as unknown as WorkflowNode;
				const toOnce = { main: [[{ node: 'Once', type: 'main', index: 0 }]] };
				await stage.rest.updateWorkflow(flow.id, {
					name, settings,
					nodes: [...nodes, once, polling],
					connections: { ...connections, Trigger: toOnce, Polling: toOnce, Once: { main: [[{ node: 'All', type: 'main', index: 0 }]] } },
				});
				await stage.rest.publish(flow.id);
				await until('the webhook is there', async () => (await remote(stage)).length === 1);
				await wait(2000);
				await change(stage, 'prospect', [1, 2], { title: 'By webhook' });
				await until('two arrived', () => collector.items.length >= 2);
				// While n8n is down the webhook loses what happens; the poll brings it.
				await stage.crash();
				await change(stage, 'prospect', [3, 4], { title: 'While down', updatedAt: new Date(Date.now() + 1000).toISOString() });
				await stage.restart();
				await until('the others arrived', () => collector.items.length >= 4, 60_000);
				await wait(2000);
				assert.deepEqual(collector.items.map(({ id }) => id).toSorted(), [1, 2, 3, 4]);
			});
		},
		limit: 150_000,
	},
	{
		name: 'the webhook trigger with Catch Up: what happens while n8n is down arrives once, and a lost webhook is made again',
		async run(stage) {
			await withWorkflow(stage, { type: TRIGGER, parameters: { events: ['prospect.updated'], options: { catchUp: true } } }, async (flow, collector) => {
				await stage.rest.publish(flow.id);
				await until('the webhook is there', async () => (await remote(stage)).length === 1);
				await wait(1000);
				await change(stage, 'prospect', [1, 2], { title: 'By webhook' });
				await until('two arrived', () => collector.items.length >= 2);
				await wait(500);
				await stage.crash();
				await change(stage, 'prospect', [3, 4], { title: 'While down', updatedAt: new Date(Date.now() + 1000).toISOString() });
				const [{ id }] = await remote(stage);
				await stage.simulators.outreach.control('POST', 'destroy', { type: 'webhook', id });
				await stage.restart();
				await until('the others arrived', () => collector.items.length >= 4, 60_000);
				await until('there is a webhook again', async () => (await remote(stage)).length === 1);
				await change(stage, 'prospect', [5], { title: 'By the new webhook' });
				await until('the last arrived', () => collector.items.length >= 5);
				await wait(2000);
				assert.deepEqual(
					collector.items.map(({ id: prospect, caughtUp = false }) => [prospect, caughtUp]).toSorted(([a], [b]) => Number(a) - Number(b)),
					[[1, false], [2, false], [3, true], [4, true], [5, false]],
				);
			});
		},
		limit: 150_000,
	},
	{
		name: 'the webhook trigger: a test listens at an address of its own, shows what comes, and leaves nothing behind',
		async run(stage) {
			await withWorkflow(stage, { type: TRIGGER, parameters: { events: ['prospect.updated'], options: { catchUp: true } } }, async (flow) => {
				await stage.rest.listen(flow.id, 'Trigger');
				await until('the webhook is there', async () => (await remote(stage)).length === 1);
				assert.match((await remote(stage))[0]!.attributes.url, /\/webhook-test\//);
				await change(stage, 'prospect', [7], { title: 'Seen in a test' });
				await until('there is an execution', async () => (await stage.rest.executionsOf(flow.id)).length === 1);
				const [{ id, mode }] = await stage.rest.executionsOf(flow.id);
				const { status, output, error } = await stage.rest.finished(id);
				assert.equal(status, 'success', error);
				assert.equal(mode, 'manual');
				assert.deepEqual(output.Trigger?.map(({ event, title }) => [event, title]), [['prospect.updated', 'Seen in a test']]);
				await until('Outreach has no webhook', async () => (await remote(stage)).length === 0);
			});
		},
	},
	{
		name: 'the polling trigger: killed while it reads, hands over and saves, it loses nothing',
		async run(stage) {
			const { changes, arrived } = await killedPolls(stage, [0, 15, -1], 20);
			assert.equal(arrived, changes);
		},
		limit: 240_000,
	},
];
