/** Changes many prospects at once: by batch, by import of items, by import of a file. */
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { createHarness, type Harness } from '../harness/index.mts';
import { count, seconds, table, type Bench, type Part } from './report.mts';
import type { Simulator } from './simulator.mts';

export interface BulkRun {
	name: string;
	ms: number;
	/** Requests that change or start something. */
	writes: number;
	/** Looks at what has become of it. */
	polls: number;
	/** Reads that find records by their key. */
	lookups: number;
}

interface Prospect {
	id: number;
	attributes: { emails: string[]; firstName: string | null; tags: string[]; externalId: string | null };
}

const locator = (mode: string, value: string) => ({ __rl: true, mode, value });
const mapper = (value: Record<string, string>) => ({ mappingMode: 'defineBelow', value, matchingColumns: [], schema: [] });

/** Runs each way on `count` prospects, and checks that every one of them is as it should be. */
export async function bulkRuns(harness: Harness, simulator: Simulator, count: number): Promise<BulkRun[]> {
	const prospects = async () => await simulator.records<Prospect>('prospect');

	/** One run of the node; `right` judges the prospects afterwards. */
	async function run(name: string, parameters: object, items: Array<IDataObject | INodeExecutionData>, right: (prospects: Prospect[]) => number): Promise<BulkRun> {
		harness.credentials.set('outreachOAuth2Api', await simulator.credential());
		await simulator.clearRequests();
		const { error, json, elapsedMs } = await harness.runNode('outreach', { resource: 'prospect', ...parameters } as never, items, { mode: 'trigger' });
		if (error) throw error;
		const open = json.filter(({ finished, failures }) => finished !== true || failures !== 0);
		if (open.length > 0) throw new Error(`${name}: ${JSON.stringify(open)}`);
		const asked = (await simulator.requests()).filter(({ path }) => path !== '/api/v2/types');
		const done = right(await prospects());
		if (done !== count) throw new Error(`${name}: ${done} of ${count} prospects are right`);
		const polls = asked.filter(({ method, path }) => method === 'GET' && /\/(batches|imports)\/\d+$/.test(path)).length;
		const writes = asked.filter(({ method }) => method !== 'GET').length;
		return { name, ms: elapsedMs, writes, polls, lookups: asked.length - polls - writes };
	}

	await simulator.reset();
	await simulator.seed({ prospects: count / 2, prefix: 'known' });
	const known = (await prospects()).slice(-count / 2);
	const people = Array.from({ length: count }, (_, i) => {
		const old = i < known.length ? known[i] : undefined;
		return { id: old?.id ?? '', mail: old?.attributes.emails[0] ?? `new${i}@bench.example`, name: `Robin ${i}`, key: `B-${i}` };
	});
	const fields = mapper({ firstName: '={{ $json.name }}', externalId: '={{ $json.key }}', emails: '={{ $json.mail }}' });
	const named = (list: Prospect[]) => new Set(list.filter(({ attributes }) => attributes.firstName?.startsWith('Robin ')).map(({ attributes }) => attributes.externalId)).size;

	const upsert = await run('Upsert Many, half known by ID, half new', { operation: 'bulkUpsert', existing: locator('id', '={{ $json.id }}'), fields }, people, named);
	const byEmail = await run('Upsert Many, all by email', { operation: 'bulkUpsert', existing: locator('email', '={{ $json.mail }}'), fields }, people.map((p) => ({ ...p, name: `${p.name} again` })), (list) =>
		list.filter(({ attributes }) => attributes.firstName?.endsWith(' again')).length,
	);
	const ids = (await prospects()).filter(({ attributes }) => attributes.externalId?.startsWith('B-')).map(({ id }) => ({ id }));
	const tag = await run('Add Tags to Many', { operation: 'prospectsAddTags', record: locator('id', '={{ $json.id }}'), fields: mapper({ tags: 'bench' }) }, ids, (list) =>
		list.filter(({ attributes }) => attributes.tags.includes('bench')).length,
	);
	const csv = ['externalId,firstName', ...people.map(({ key }, i) => `${key},Alex ${i}`)].join('\n');
	const file = { json: {}, binary: { data: { data: Buffer.from(csv).toString('base64'), mimeType: 'text/csv', fileName: 'people.csv' } } } as INodeExecutionData;
	const imported = await run('Import CSV', { operation: 'importCsv', dupeMethod: 'overwrite' }, [file], (list) => list.filter(({ attributes }) => attributes.firstName?.startsWith('Alex ')).length);
	return [upsert, byEmail, tag, imported];
}

const LIMITS = {
	/** Requests that upsert 10,000 prospects, and that tag them besides the looks at the batch. */
	upsert: 50,
	tag: 2,
};

/** (d) Changing many prospects at once. */
export async function bulkPart({ latencyMs, outreach, step, atMost }: Bench): Promise<Part> {
	const simulator = await outreach();
	const PROSPECTS = 10_000;
	const harness = await createHarness({ credentials: { outreachOAuth2Api: { data: await simulator.credential() } } });
	await simulator.latency(latencyMs);
	const rows = await step(`change ${count(PROSPECTS)} prospects at once`, async () => await bulkRuns(harness, simulator, PROSPECTS));
	const row = (name: string) => rows.find((r) => r.name.startsWith(name))!;
	const upsert = row('Upsert Many');
	atMost('(d) requests to upsert 10,000 prospects', upsert.writes + upsert.polls + upsert.lookups, LIMITS.upsert);
	const tag = row('Add Tags to Many');
	atMost('(d) requests to tag 10,000 prospects, besides polls', tag.writes + tag.lookups, LIMITS.tag);
	const text = [
		`(d) Change ${count(PROSPECTS)} prospects at once, until the vendor has finished`,
		table(
			['', 'Time', 'Requests', 'of them look-ups', 'and polls'],
			rows.map((r) => [r.name, seconds(r.ms), count(r.writes + r.polls + r.lookups), count(r.lookups), count(r.polls)]),
		),
	].join('\n');
	return { text, figures: { prospects: PROSPECTS, rows } };
}
