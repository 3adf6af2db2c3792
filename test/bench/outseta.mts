/**
 * Updates of people against a vendor that takes four requests a second, by our node and by n8n's HTTP Request node,
 * which batches four a second as its users do.
 */
import type { INode } from 'n8n-workflow';
import { createHarness, installedBaseNodes, ROOT } from '../harness/index.mts';
import { startOutseta } from '../simulator/index.mts';
import { seconds, table, type Bench, type Part } from './report.mts';

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
	if (!base) throw new Error('n8n is not installed in test/n8n');
	const results: Paced[] = [];
	for (const way of ['outseta', 'httpRequest'] as const) {
		const sim = await startOutseta({ perSecond: PER_SECOND, latencyMs: 20 });
		const uids = sim.seedPeople(updates);
		const harness = await createHarness({
			packages: [ROOT, base],
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

/** The fewest seconds may be exceeded by so much. */
const MOST = 1.05;

/** (f) A vendor that takes four requests a second. */
export async function pacedPart({ quick, step, atMost }: Bench): Promise<Part> {
	const updates = quick ? 40 : 400;
	const runs = await step(`${updates} updates at ${PER_SECOND} requests a second`, async () => await pacedUpdates(updates));
	const [ours] = runs;
	const fewest = updates / PER_SECOND;
	if (ours.failed > 0) throw new Error(`${ours.failed} of ${updates} updates failed`);
	atMost(`(f) time of ${updates} updates, against the fewest seconds`, ours.seconds / fewest, MOST);
	atMost('(f) requests refused for haste', ours.refused, 0);
	const names: Record<string, string> = { outseta: 'Outseta node', httpRequest: `HTTP Request node, Batching at ${PER_SECOND} a second` };
	const text = [
		`(f) ${updates} updates of people at Outseta, which takes ${PER_SECOND} requests a second; the fewest seconds are ${fewest}`,
		table(
			['', 'Time', 'Against the fewest', 'Refused', 'Failed'],
			runs.map((r) => [names[r.way], seconds(1000 * r.seconds), `${(r.seconds / fewest).toFixed(3)} x`, String(r.refused), String(r.failed)]),
		),
	].join('\n');
	return { text, figures: { fewest, runs } };
}
