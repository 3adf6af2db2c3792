/** What a delivery costs through the Outreach Trigger, against n8n's own Webhook node, in the same running n8n. */
import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Workflow } from '../../scripts/demo/rest.mts';
import type { Stage } from '../../scripts/demo/stage.mts';
import { median } from './perCall.mts';

export interface DeliveryCost {
	parallel: number;
	deliveries: number;
	rounds: number;
	/** Deliveries a second, median of the rounds. */
	triggerRate: number;
	webhookRate: number;
	/** Milliseconds to the answer, median and 95th percentile of all. */
	triggerMs: [number, number];
	webhookMs: [number, number];
	/** Median of the ratios of neighbouring runs, time per delivery. */
	ratio: number;
}

interface Target {
	url: string;
	secret: string;
}

const TYPE = 'application/vnd.api+json';

const percentile = (values: number[], share: number) => values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;

/** The same workflow behind either trigger: nothing but the trigger. */
function flow(stage: Stage, kind: 'trigger' | 'webhook', path: string): Workflow {
	const { outreachOAuth2Api } = stage.credentials;
	const base = { id: randomUUID(), name: 'Trigger', position: [0, 0] as [number, number], webhookId: path };
	return {
		name: `Bench ${kind}`,
		nodes: [
			kind === 'trigger'
				? { ...base, type: 'n8n-nodes-provisioning.outreachTrigger', typeVersion: 1, parameters: { events: ['prospect.updated'] }, credentials: { outreachOAuth2Api } }
				: { ...base, type: 'n8n-nodes-base.webhook', typeVersion: 2.1, parameters: { httpMethod: 'POST', path, responseMode: 'onReceived', options: {} } },
		],
		connections: {},
		settings: { executionOrder: 'v1' },
	};
}

function delivery(id: number, secret: string) {
	const body = JSON.stringify({
		data: { type: 'prospect', id, attributes: { title: `Title ${id}`, updatedAt: new Date().toISOString() }, relationships: { owner: { type: 'user', id: 2 } } },
		beforeUpdate: { title: 'Before' },
		meta: { deliveredAt: new Date().toISOString(), eventName: 'prospect.updated', jobId: randomUUID() },
	});
	return { body, headers: { 'content-type': TYPE, 'outreach-webhook-signature': createHmac('sha256', secret).update(body).digest('hex') } };
}

/** Sends them all and waits for the answers. */
async function send({ url, secret }: Target, count: number, parallel: number): Promise<{ ms: number; each: number[] }> {
	const list = Array.from({ length: count }, (_, index) => delivery(index + 1, secret));
	const each: number[] = [];
	let next = 0;
	const started = performance.now();
	await Promise.all(
		Array.from({ length: parallel }, async () => {
			while (next < list.length) {
				const { body, headers } = list[next++]!;
				const begun = performance.now();
				const response = await fetch(url, { method: 'POST', body, headers });
				await response.arrayBuffer();
				if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
				each.push(performance.now() - begun);
			}
		}),
	);
	return { ms: performance.now() - started, each };
}

/** Runs both by turns on workflows that are published for this. */
export async function compareDeliveries(stage: Stage, sizes: Array<{ parallel: number; deliveries: number; rounds: number }>): Promise<DeliveryCost[]> {
	const { rest, simulators, n8n } = stage;
	const made: string[] = [];
	const publish = async (kind: 'trigger' | 'webhook', path: string) => {
		const { id } = await rest.createWorkflow(flow(stage, kind, path));
		made.push(id);
		await rest.publish(id);
		return id;
	};
	try {
		const path = randomUUID();
		const trigger = await publish('trigger', randomUUID());
		const webhook = await publish('webhook', path);
		const bare: Target = { url: `${n8n.url}/webhook/${path}`, secret: 'unused' };
		let ours: Target | undefined;
		for (let attempt = 0; attempt < 100 && ours === undefined; attempt++) {
			await wait(100);
			const [hook] = await simulators.outreach.records<{ attributes: { url: string; secret: string } }>('webhook');
			if (hook !== undefined) ours = hook.attributes;
		}
		if (ours === undefined) throw new Error('The trigger made no webhook');
		const targets = { trigger: ours, webhook: bare };
		const workflows = { trigger, webhook };
		/** Until nothing of the last run is being executed any more. */
		const idle = async (kind: keyof typeof targets) => {
			for (let attempt = 0; attempt < 100; attempt++) {
				if ((await rest.executionsOf(workflows[kind])).every(({ status }) => status === 'success')) return;
				await wait(100);
			}
		};
		for (const kind of ['trigger', 'webhook', 'trigger', 'webhook'] as const) {
			await send(targets[kind], 50, 5);
			await idle(kind);
		}
		const costs: DeliveryCost[] = [];
		for (const { parallel, deliveries, rounds } of sizes) {
			const runs: Record<keyof typeof targets, Array<{ ms: number; each: number[] }>> = { trigger: [], webhook: [] };
			for (let round = 0; round < rounds; round++) {
				for (const kind of round % 2 === 0 ? (['trigger', 'webhook'] as const) : (['webhook', 'trigger'] as const)) {
					runs[kind].push(await send(targets[kind], deliveries, parallel));
					await idle(kind);
				}
			}
			const rate = (kind: keyof typeof targets) => median(runs[kind].map(({ ms }) => (1000 * deliveries) / ms));
			const times = (kind: keyof typeof targets): [number, number] => {
				const all = runs[kind].flatMap(({ each }) => each);
				return [percentile(all, 0.5), percentile(all, 0.95)];
			};
			costs.push({
				...{ parallel, deliveries, rounds },
				triggerRate: rate('trigger'),
				webhookRate: rate('webhook'),
				triggerMs: times('trigger'),
				webhookMs: times('webhook'),
				ratio: median(runs.trigger.map(({ ms }, round) => ms / runs.webhook[round]!.ms)),
			});
		}
		return costs;
	} finally {
		for (const id of made) {
			await rest.unpublish(id).catch(() => {});
			await wait(500);
			await rest.deleteWorkflow(id).catch(() => {});
		}
	}
}
