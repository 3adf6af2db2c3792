/**
 * `node test/bench/outseta.mts [updates]`: updates of people against a vendor that takes four requests a second,
 * by our node and by n8n's HTTP Request node, which batches four a second as its users do. Needs a build and n8n
 * in test/n8n. Ends with 1 when our node takes more than 1.05 times the fewest seconds or meets a single refusal.
 */
import { pathToFileURL } from 'node:url';
import type { INode } from 'n8n-workflow';
import { createHarness, installedBaseNodes, ROOT } from '../harness/index.mts';
import { startOutseta } from '../simulator/index.mts';

export interface Paced {
	way: string;
	updates: number;
	seconds: number;
	/** Requests that the vendor refused for haste. */
	refused: number;
	/** Items that failed in the end. */
	failed: number;
}

const PER_SECOND = 4;

/** Both ways in turn, each on a vendor of its own. */
export async function pacedUpdates(updates: number): Promise<Paced[]> {
	const base = installedBaseNodes();
	const results: Paced[] = [];
	for (const way of ['outseta', 'httpRequest'] as const) {
		if (way === 'httpRequest' && !base) continue;
		const sim = await startOutseta({ perSecond: PER_SECOND, latencyMs: 20 });
		const uids = sim.seedPeople(updates);
		const harness = await createHarness({
			packages: base ? [ROOT, base] : [ROOT],
			credentials: { outsetaApi: { data: { subdomain: sim.url, apiKey: sim.apiKey, apiSecret: sim.apiSecret } } },
		});
		const items = uids.map((uid, i) => ({ uid, title: `Title ${i}` }));
		const nodes: Record<typeof way, Partial<INode>> = {
			outseta: {
				type: 'outseta',
				parameters: { resource: 'person', operation: 'update', record: { __rl: true, mode: 'id', value: '={{ $json.uid }}' }, fields: { mappingMode: 'defineBelow', value: { Title: '={{ $json.title }}' } } } as never,
			},
			httpRequest: {
				type: 'n8n-nodes-base.httpRequest',
				parameters: {
					method: 'PUT',
					url: `=${sim.url}/api/v1/crm/people/{{ $json.uid }}`,
					sendHeaders: true,
					headerParameters: { parameters: [{ name: 'Authorization', value: `Outseta ${sim.apiKey}:${sim.apiSecret}` }] },
					sendBody: true,
					bodyParameters: { parameters: [{ name: 'Title', value: '={{ $json.title }}' }] },
					options: { batching: { batch: { batchSize: PER_SECOND, batchInterval: 1000 } } },
				},
			},
		};
		const { type, parameters } = nodes[way];
		const started = performance.now();
		const { json } = await harness.runNode(type!, parameters!, items, { mode: 'trigger', continueOnFail: true });
		results.push({
			way,
			updates,
			seconds: (performance.now() - started) / 1000,
			refused: sim.requests.filter(({ status }) => status === 429).length,
			failed: json.filter((item) => 'error' in item).length,
		});
		await sim.stop();
	}
	return results;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
	const updates = Number(process.argv[2] ?? 400);
	const results = await pacedUpdates(updates);
	for (const { way, seconds, refused, failed } of results) console.log(`${way.padEnd(12)} ${updates} updates in ${seconds.toFixed(1)} s, ${refused} refused for haste, ${failed} failed`);
	const [ours] = results;
	if (ours.seconds > (updates / PER_SECOND) * 1.05 || ours.refused > 0) process.exitCode = 1;
}
