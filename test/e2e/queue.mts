/** The package in n8n's queue mode: deliveries to two processes, polls, and executions on several workers. */
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { QueueStage } from '../../scripts/demo/queue.mts';
import type { Json, StoredWorkflow, WorkflowNode } from '../../scripts/demo/rest.mts';
import { until, type OutreachRecord } from './case.mts';
import { change, Collector, everyMinute, POLLING, reporting, TRIGGER } from './triggers.mts';

type Receiver = 'main' | 'webhook';

/** The trigger's workflow, published, while work goes on. */
async function published(stage: QueueStage, trigger: Pick<WorkflowNode, 'type' | 'parameters'>, work: (flow: StoredWorkflow, collector: Collector) => Promise<void>): Promise<void> {
	const collector = new Collector();
	await collector.start();
	const flow = await reporting(stage, trigger, collector);
	try {
		await stage.rest.publish(flow.id);
		await work(flow, collector);
	} finally {
		await stage.rest.unpublish(flow.id).catch(() => {});
		await collector.stop();
	}
}

interface Delivery {
	jobId: string;
	body: string;
	signature: string;
}

function delivery(id: number, secret: string): Delivery {
	const jobId = randomUUID();
	const body = JSON.stringify({
		data: { type: 'prospect', id, attributes: { title: `Title ${id}`, updatedAt: new Date(Date.now() + id).toISOString() }, relationships: {} },
		meta: { deliveredAt: new Date().toISOString(), eventName: 'prospect.updated', jobId },
	});
	return { jobId, body, signature: createHmac('sha256', secret).update(body).digest('hex') };
}

export interface QueueBurst {
	/** Different genuine deliveries, and those of them that started nothing. */
	genuine: number;
	lost: number;
	forged: number;
	forgedEmitted: number;
	/** Copies by the way they were sent, and how many of them started the workflow once more. */
	repeats: Record<string, { sent: number; passed: number }>;
	statuses: Record<string, number>;
	seconds: number;
}

/** Deliveries that come one after the other, before the burst. */
const QUIET = 20;

/**
 * Deliveries to the main process and to the webhook process by turns, after some single ones ten at a time. Of these a
 * tenth is repeated at the other process right after the answer, a tenth a second later as the vendor would, a tenth comes
 * to both at the same moment, a tenth to the same process again, and a twentieth is forged.
 */
export async function queueBurst(stage: QueueStage, count: number): Promise<QueueBurst> {
	let result: QueueBurst | undefined;
	const { outreach } = stage.simulators;
	await published(stage, { type: TRIGGER, parameters: { events: ['prospect.updated'] } }, async (flow, collector) => {
		const hooks = async () => await outreach.records<OutreachRecord & { attributes: { url: string; secret: string } }>('webhook');
		await until('the webhook is there', async () => (await hooks()).length === 1);
		const [{ attributes }] = await hooks();
		const path = new URL(attributes.url).pathname;
		// The webhook process learns of the address by itself.
		await until('the webhook process knows the address', async () => (await fetch(`${stage.receivers.webhook}${path}`, { method: 'POST', body: '{}' })).status === 401);
		// n8n stores what the trigger remembers, such as the secret, when publishing is over.
		await wait(3_000);
		const statuses: Record<string, number> = {};
		const send = async (to: Receiver, { body, signature }: Pick<Delivery, 'body' | 'signature'>) => {
			const response = await fetch(`${stage.receivers[to]}${path}`, { method: 'POST', body, headers: { 'content-type': 'application/vnd.api+json', 'outreach-webhook-signature': signature } });
			await response.arrayBuffer();
			statuses[response.status] = (statuses[response.status] ?? 0) + 1;
			return response.status;
		};
		const ways = ['once', 'once', 'once', 'once', 'once', 'once', 'other process, right after the answer', 'other process, a second later', 'both processes at the same moment', 'same process, right after the answer'];
		const sent = Array.from({ length: count }, (_, i) => ({ ...delivery(i + 1, attributes.secret), way: ways[i % ways.length]!, to: (i % 2 === 0 ? 'main' : 'webhook') as Receiver }));
		let next = 0;
		let forged = 0;
		const late: Array<Promise<void>> = [];
		const started = performance.now();
		for (const one of sent.slice(0, QUIET)) {
			const other: Receiver = one.to === 'main' ? 'webhook' : 'main';
			one.way = 'nothing else going on, other process, a second later';
			assert.equal(await send(one.to, one), 200);
			await wait(1000);
			assert.equal(await send(other, one), 200);
		}
		next = QUIET;
		await Promise.all(
			Array.from({ length: 10 }, async () => {
				while (next < sent.length) {
					const index = next++;
					const one = sent[index]!;
					const other: Receiver = one.to === 'main' ? 'webhook' : 'main';
					if (one.way === 'both processes at the same moment') assert.deepEqual(await Promise.all([send('main', one), send('webhook', one)]), [200, 200]);
					else assert.equal(await send(one.to, one), 200);
					if (one.way === 'other process, right after the answer') assert.equal(await send(other, one), 200);
					if (one.way === 'same process, right after the answer') assert.equal(await send(one.to, one), 200);
					if (one.way === 'other process, a second later') late.push(wait(1000).then(async () => assert.equal(await send(other, one), 200)));
					if (index % 20 === 0) {
						forged += 1;
						const fake = delivery(900_000 + index, 'guess');
						assert.equal(await send(index % 40 === 0 ? one.to : other, index % 60 === 0 ? { ...fake, signature: one.signature } : fake), 401);
					}
				}
			}),
		);
		await Promise.all(late);
		const seconds = (performance.now() - started) / 1000;
		const known = new Set(sent.map(({ jobId }) => jobId));
		const times = () => {
			const map = new Map<string, number>();
			for (const { jobId } of collector.items) map.set(String(jobId), (map.get(String(jobId)) ?? 0) + 1);
			return map;
		};
		await until('everything arrived', () => sent.every(({ jobId }) => times().has(jobId)), 60_000 + count * 100).catch(() => {});
		await wait(5_000);
		const arrived = times();
		const repeats: QueueBurst['repeats'] = {};
		for (const { jobId, way } of sent) {
			const entry = (repeats[way] ??= { sent: 0, passed: 0 });
			if (way !== 'once') entry.sent += 1;
			entry.passed += Math.max(0, (arrived.get(jobId) ?? 0) - 1);
		}
		result = {
			genuine: count,
			lost: sent.filter(({ jobId }) => !arrived.has(jobId)).length,
			forged,
			forgedEmitted: [...arrived.keys()].filter((jobId) => !known.has(jobId)).length,
			...{ repeats, statuses, seconds },
		};
		const failed = (await stage.rest.executionsOf(flow.id)).filter(({ status }) => status !== 'success');
		assert.deepEqual(failed, []);
	});
	return result!;
}

/** A polling trigger: its polls run in the main process, the executions on the workers. */
export async function queuePoll(stage: QueueStage): Promise<{ changed: number; arrived: number; repeats: number; executions: number }> {
	let outcome = { changed: 0, arrived: 0, repeats: 0, executions: 0 };
	const { outreach } = stage.simulators;
	await published(stage, { type: POLLING, parameters: { ...everyMinute, resource: 'prospect', events: ['updated'], options: { onlyFields: ['title'] } } }, async (_flow, collector) => {
		await outreach.forgetRequests();
		const polled = async (times: number) => (await outreach.requests()).filter(({ path }) => path.endsWith('/prospects')).length >= times;
		await until('the first poll', async () => await polled(1), 90_000);
		await wait(3_000);
		const ids = (await outreach.records<OutreachRecord>('prospect')).map(({ id }) => id).slice(0, 40);
		const half = ids.length / 2;
		await change(stage, 'prospect', ids.slice(0, half), { title: 'One', updatedAt: new Date(Date.now() + 2000).toISOString() });
		await until('the first half arrived', () => collector.items.length >= half, 150_000);
		await change(stage, 'prospect', ids.slice(half), { title: 'Two', updatedAt: new Date(Date.now() + 4000).toISOString() });
		await until('the second half arrived', () => collector.items.length >= ids.length, 150_000);
		await outreach.forgetRequests();
		// One more poll, which has nothing to tell.
		await until('one more poll', async () => await polled(1), 90_000);
		await wait(3_000);
		const names = collector.names();
		outcome = { changed: ids.length, arrived: new Set(names).size, repeats: names.length - new Set(names).size, executions: collector.executions };
	});
	return outcome;
}

export interface QueueRuns {
	executions: number;
	succeeded: number;
	/** Executions by worker. */
	workers: number[];
	/** Requests to the vendor that were refused. */
	refused: number;
	seconds: number;
}

/** Executions of a workflow with the action node, all at once, through both receivers. */
export async function queueRuns(stage: QueueStage, count: number, expired = false): Promise<QueueRuns> {
	const { rest, simulators, credentials, receivers } = stage;
	const { outreachOAuth2Api } = credentials;
	const path = randomUUID();
	const { id } = await rest.createWorkflow({
		name: 'Rename a prospect',
		nodes: [
			{ id: randomUUID(), name: 'Trigger', type: 'n8n-nodes-base.webhook', typeVersion: 2.1, position: [0, 0], webhookId: path, parameters: { httpMethod: 'POST', path, responseMode: 'onReceived', options: {} } },
			{
				id: randomUUID(), name: 'Rename', type: 'n8n-nodes-provisioning.outreach', typeVersion: 1, position: [220, 0], credentials: { outreachOAuth2Api },
				parameters: { resource: 'prospect', operation: 'update', record: { __rl: true, mode: 'id', value: '={{ $json.body.id }}' }, fields: { mappingMode: 'defineBelow', value: { title: '={{ $json.body.title }}' } } } as Json,
			},
		],
		connections: { Trigger: { main: [[{ node: 'Rename', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
	});
	const ids = (await simulators.outreach.records<OutreachRecord>('prospect')).map((record) => record.id);
	try {
		await rest.publish(id);
		await until('both processes know the address', async () => {
			const answers = await Promise.all(Object.values(receivers).map(async (url) => (await fetch(`${url}/webhook/${path}`, { method: 'GET' })).text()));
			return answers.every((text) => text.includes('not registered for GET') || text.includes('POST'));
		});
		const before = (await stage.workerLogs()).map(started);
		await simulators.outreach.forgetRequests();
		if (expired) await simulators.outreach.expireTokens();
		const begun = performance.now();
		await Promise.all(
			Array.from({ length: count }, async (_, i) => {
				const url = i % 2 === 0 ? receivers.main : receivers.webhook;
				const response = await fetch(`${url}/webhook/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ id: ids[i % ids.length], title: `Run ${i}` }) });
				assert.equal(response.status, 200);
			}),
		);
		let list: Array<{ status: string }> = [];
		await until('all executions ended', async () => {
			list = await rest.executionsOf(id, count);
			return list.length >= count && list.every(({ status }) => ['success', 'error', 'crashed'].includes(status));
		}, 120_000);
		const seconds = (performance.now() - begun) / 1000;
		const workers = (await stage.workerLogs()).map((log, i) => started(log) - before[i]!);
		const refused = (await simulators.outreach.requests()).filter(({ status }) => status === 401 || status === 429).length;
		return { executions: list.length, succeeded: list.filter(({ status }) => status === 'success').length, workers, refused, seconds };
	} finally {
		await rest.unpublish(id).catch(() => {});
	}
}

/** Executions that a worker says it began. */
const started = (log: string) => (log.match(/Worker started execution/g) ?? []).length;

export interface SharedCredential {
	users: number;
	executions: number;
	succeeded: number;
	requests: number;
	refused: number;
	/** Executions by worker. */
	workers: number[];
	seconds: number;
}

/** A published workflow that takes a list from a webhook and gives its entries to the action node; removed afterwards. */
async function withFlow<T>(stage: QueueStage, parameters: Json, work: (post: (entries: object[]) => Promise<void>, ended: (count: number) => Promise<Array<{ status: string }>>) => Promise<T>): Promise<T> {
	const { rest, credentials, receivers } = stage;
	const { outreachOAuth2Api } = credentials;
	const path = randomUUID();
	const { id } = await rest.createWorkflow({
		name: 'Write to Outreach',
		nodes: [
			{ id: randomUUID(), name: 'Trigger', type: 'n8n-nodes-base.webhook', typeVersion: 2.1, position: [0, 0], webhookId: path, parameters: { httpMethod: 'POST', path, responseMode: 'onReceived', options: {} } },
			{ id: randomUUID(), name: 'Each', type: 'n8n-nodes-base.splitOut', typeVersion: 1, position: [220, 0], parameters: { fieldToSplitOut: 'body.entries', options: {} } },
			{ id: randomUUID(), name: 'Write', type: 'n8n-nodes-provisioning.outreach', typeVersion: 1, position: [440, 0], credentials: { outreachOAuth2Api }, parameters },
		],
		connections: { Trigger: { main: [[{ node: 'Each', type: 'main', index: 0 }]] }, Each: { main: [[{ node: 'Write', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
	});
	try {
		await rest.publish(id);
		const url = `${receivers.main}/webhook/${path}`;
		await until('the address is known', async () => (await (await fetch(url)).text()).includes('not registered for GET'));
		return await work(
			async (entries) => {
				const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ entries }) });
				assert.equal(response.status, 200);
			},
			async (count) => {
				let list: Array<{ status: string }> = [];
				await until('all executions ended', async () => {
					list = await rest.executionsOf(id, count);
					return list.length >= count && list.every(({ status }) => ['success', 'error', 'crashed'].includes(status));
				}, 900_000);
				return list;
			},
		);
	} finally {
		await rest.unpublish(id).catch(() => {});
	}
}

const byName = (value: string) => ({ __rl: true, mode: 'name', value });

/** What the vendor allows: requests that are left in its window, or a window of another length. */
export type Allowance = { limit: number; windowMs: number; remaining?: number };

/** Provision in several executions at once, on several workers. */
export async function queueProvision(stage: QueueStage, executions: number, each: number, allowance: Allowance): Promise<SharedCredential> {
	const { outreach } = stage.simulators;
	const parameters = {
		resource: 'user', operation: 'provision', email: '={{ $json.email }}', firstName: 'Robin', lastName: '={{ $json.lastName }}',
		role: byName('Account Executive'), profile: byName('Sales Rep'), fields: { mappingMode: 'defineBelow', value: {} }, options: {},
	} as unknown as Json;
	return await withFlow(stage, parameters, async (post, ended) => {
		const before = (await outreach.records<OutreachRecord>('user')).length;
		const logs = (await stage.workerLogs()).map(started);
		await outreach.control('POST', 'rateLimit', allowance);
		await outreach.forgetRequests();
		const begun = performance.now();
		await Promise.all(Array.from({ length: executions }, async (_, n) => await post(Array.from({ length: each }, (_unused, i) => ({ email: `rep${before}-${n}-${i}@queue.example`, lastName: `Rep ${n}-${i}` })))));
		const list = await ended(executions);
		const seconds = (performance.now() - begun) / 1000;
		const requests = (await outreach.requests()).filter(({ path }) => path.startsWith('/api/'));
		await outreach.control('POST', 'rateLimit', { limit: 10_000, windowMs: 3_600_000 });
		return {
			users: (await outreach.records<OutreachRecord>('user')).length - before,
			executions: list.length,
			succeeded: list.filter(({ status }) => status === 'success').length,
			requests: requests.length,
			refused: requests.filter(({ status }) => status === 429).length,
			workers: (await stage.workerLogs()).map((log, i) => started(log) - logs[i]!),
			seconds,
		};
	});
}

/** Create or Update of one new name from two executions at the same moment, several times; each time with the option that removes the second record. */
export async function queueSecondRecords(stage: QueueStage, rounds: number, removeSecond: boolean): Promise<{ rounds: number; twice: number; named: number }> {
	const { outreach } = stage.simulators;
	const parameters = { resource: 'account', operation: 'upsert', matchKey: 'name', matchValue: '={{ $json.name }}', fields: { mappingMode: 'defineBelow', value: { domain: 'queue.example' } }, options: { removeSecond } } as unknown as Json;
	return await withFlow(stage, parameters, async (post, ended) => {
		await outreach.control('POST', 'latency', { ms: 150 });
		let twice = 0;
		let failed = 0;
		try {
			for (let n = 1; n <= rounds; n++) {
				const name = `Twice ${String(removeSecond)} ${n}`;
				await Promise.all([post([{ name }]), post([{ name }])]);
				failed = (await ended(2 * n)).filter(({ status }) => status !== 'success').length;
				const found = (await outreach.records<OutreachRecord & { attributes: { name: string } }>('account')).filter(({ attributes }) => attributes.name === name);
				if (found.length > 1) twice++;
			}
		} finally {
			await outreach.control('POST', 'latency', { ms: 0 });
		}
		return { rounds, twice, named: failed };
	});
}
