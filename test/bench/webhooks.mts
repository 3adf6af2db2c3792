/**
 * What a delivery costs through the Outreach Trigger, against n8n's own Webhook node, in the same running n8n.
 *
 * n8n makes a sandbox for expressions before it calls a trigger, and skips that for one node only: its own Webhook
 * node from version 2 on. Version 1 of it goes the way that all other triggers go, and is the fair measure; version 2
 * is measured too.
 */
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Workflow } from '../../scripts/demo/rest.mts';
import { setStage, type Stage } from '../../scripts/demo/stage.mts';
import { median, table, type Bench, type Part } from './report.mts';

export interface DeliveryCost {
	parallel: number;
	deliveries: number;
	rounds: number;
	/** By kind: deliveries a second (median of the rounds), and milliseconds to the answer (median and 95th percentile). */
	rate: Record<Kind, number>;
	ms: Record<Kind, [number, number]>;
	/** Time per delivery of the trigger, as a multiple of the Webhook node's: median over neighbouring runs. */
	ratio: Record<'webhook1' | 'webhook2', number>;
}

type Kind = 'trigger' | 'webhook1' | 'webhook2';
const KINDS: Kind[] = ['trigger', 'webhook1', 'webhook2'];

interface Target {
	url: string;
	secret: string;
}

const TYPE = 'application/vnd.api+json';

const percentile = (values: number[], share: number) => values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;

/** The same workflow behind either trigger: nothing but the trigger. */
function flow(stage: Stage, kind: Kind, path: string): Workflow {
	const { outreachOAuth2Api } = stage.credentials;
	const base = { id: randomUUID(), name: 'Trigger', position: [0, 0] as [number, number], webhookId: path };
	return {
		name: `Bench ${kind}`,
		nodes: [
			kind === 'trigger'
				? { ...base, type: 'n8n-nodes-provisioning.outreachTrigger', typeVersion: 1.1, parameters: { events: ['prospect.updated'] }, credentials: { outreachOAuth2Api } }
				: { ...base, type: 'n8n-nodes-base.webhook', typeVersion: kind === 'webhook1' ? 1 : 2.1, parameters: { httpMethod: 'POST', path, responseMode: 'onReceived', options: {} } },
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
	const publish = async (kind: Kind, path: string) => {
		const { id } = await rest.createWorkflow(flow(stage, kind, path));
		made.push(id);
		await rest.publish(id);
		return id;
	};
	try {
		const paths = { webhook1: randomUUID(), webhook2: randomUUID() };
		const workflows = { trigger: await publish('trigger', randomUUID()), webhook1: await publish('webhook1', paths.webhook1), webhook2: await publish('webhook2', paths.webhook2) };
		let ours: Target | undefined;
		for (let attempt = 0; attempt < 100 && ours === undefined; attempt++) {
			await wait(100);
			const [hook] = await simulators.outreach.records<{ attributes: { url: string; secret: string } }>('webhook');
			if (hook !== undefined) ours = hook.attributes;
		}
		if (ours === undefined) throw new Error('The trigger made no webhook');
		const bare = (path: string): Target => ({ url: `${n8n.url}/webhook/${path}`, secret: 'unused' });
		const targets: Record<Kind, Target> = { trigger: ours, webhook1: bare(paths.webhook1), webhook2: bare(paths.webhook2) };
		/** Until nothing of the last run is being executed any more. */
		const idle = async (kind: Kind) => {
			for (let attempt = 0; attempt < 100; attempt++) {
				if ((await rest.executionsOf(workflows[kind])).every(({ status }) => status === 'success')) return;
				await wait(100);
			}
		};
		for (const kind of [...KINDS, ...KINDS]) {
			await send(targets[kind], 50, 5);
			await idle(kind);
		}
		const costs: DeliveryCost[] = [];
		for (const { parallel, deliveries, rounds } of sizes) {
			const runs: Record<Kind, Array<{ ms: number; each: number[] }>> = { trigger: [], webhook1: [], webhook2: [] };
			for (let round = 0; round < rounds; round++) {
				for (const kind of round % 2 === 0 ? KINDS : KINDS.toReversed()) {
					runs[kind].push(await send(targets[kind], deliveries, parallel));
					await idle(kind);
				}
			}
			const each = <T,>(work: (kind: Kind) => T) => Object.fromEntries(KINDS.map((kind) => [kind, work(kind)])) as Record<Kind, T>;
			const against = (kind: Kind) => median(runs.trigger.map(({ ms }, round) => ms / runs[kind][round]!.ms));
			costs.push({
				...{ parallel, deliveries, rounds },
				rate: each((kind) => median(runs[kind].map(({ ms }) => (1000 * deliveries) / ms))),
				ms: each((kind) => {
					const all = runs[kind].flatMap((run) => run.each);
					return [percentile(all, 0.5), percentile(all, 0.95)];
				}),
				ratio: { webhook1: against('webhook1'), webhook2: against('webhook2') },
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

/** Time of a delivery through the trigger, as a multiple of n8n's bare Webhook node. */
const MOST = 1.3;

/** (e) Deliveries to a running n8n. */
export async function deliveriesPart({ quick, step, atMost }: Bench): Promise<Part> {
	const folder = await mkdtemp(join(tmpdir(), 'n8n-bench-'));
	let stage: Stage | undefined;
	try {
		const on = (stage = await setStage(folder));
		const size = quick ? { deliveries: 100, rounds: 3 } : { deliveries: 300, rounds: 7 };
		const figures = await step('deliveries to the trigger and to the bare Webhook node', async () =>
			await compareDeliveries(on, [
				{ ...size, parallel: 1 },
				{ ...size, parallel: 10 },
			]),
		);
		for (const { parallel, ratio } of figures) atMost(`(e) time of a delivery, ${parallel} at a time, against the bare Webhook node`, ratio.webhook1, MOST);
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
		await stage?.stop();
		await rm(folder, { recursive: true, force: true, maxRetries: 5 });
	}
}
