/**
 * What a poll by comparison costs: of 20,000 records that the vendor only lists, how much is remembered, and how much
 * a poll works beside the network. The vendors are a thread of their own that gives out prepared answers, and what reading
 * them takes without n8n is measured and subtracted.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import type { IDataObject } from 'n8n-workflow';
import { createHarness } from '../harness/index.mts';
import { processorClock } from '../harness/processor.mts';
import { TriggerLab } from '../workflows/trigger-support.mts';
import { median, type Bench, type Part, table, seconds, count } from './report.mts';

const RECORDS = 20_000;
const PAGE = 100;
const LIMITS = {
	/** Characters that n8n stores with the workflow. */
	state: 1_000_000,
	/** Seconds of a poll beside the network. */
	seconds: 2,
};

const DAY = 86_400_000;

const company = (i: number, round: number): IDataObject => ({
	id: `${String(i).padStart(8, '0')}-aaaa-4aaa-8aaa-000000000001`,
	created_at: '2024-01-01T00:00:00.000Z',
	updated_at: new Date(1_700_000_000_000 + i * 1000 + round).toISOString(),
	name: `Company ${i}`,
	emails: [`info@company${i}.example`],
	health_score: (i + 60 * round) % 100,
	health_category: ['good', 'average', 'poor'][(i + round) % 3]!,
	status_id: `status-${(i + round) % 4}`,
	life_cycle_stage_id: `stage-${(i + round) % 5}`,
	renewal_date: new Date(Date.now() + ((i % 300) + 5 + round) * DAY).toISOString().slice(0, 10),
	arr: i * 100 + round * 5_000,
	mrr: i * 10 + round * 500,
	external_id: `acct-${i}`,
});

const account = (i: number, round: number): IDataObject => ({
	id: i + 1,
	email: `member${i}@site.example`,
	username: `member${i}`,
	firstName: 'Member',
	lastName: String(i),
	company: `Company ${i % 500}`,
	title: `Title ${round}`,
	phoneOffice: '+1 555 0100',
	gender: 'unknown',
});

/** The vendors: lists of which the first so many records have changed. */
function serve(): void {
	let changed = 0;
	let round = 0;
	let answers = new Map<string, string>();
	const record = (make: typeof company, i: number) => make(i, i < changed ? round : 0);
	const answerTo = (url: URL): string => {
		if (url.pathname.endsWith('/companies')) return JSON.stringify(Array.from({ length: RECORDS }, (_, i) => record(company, i)));
		const page = Number(url.searchParams.get('page'));
		const data = Array.from({ length: PAGE }, (_, i) => record(account, (page - 1) * PAGE + i));
		return JSON.stringify({ data, pagination: { currentPage: page, perPage: PAGE, count: PAGE, totalPages: RECORDS / PAGE, total: RECORDS }, totalItems: RECORDS });
	};
	const server = createServer((request, response) => {
		const url = new URL(request.url ?? '', 'http://vendor');
		const key = `${url.pathname}?page=${url.searchParams.get('page') ?? ''}`;
		const text = answers.get(key) ?? answerTo(url);
		answers.set(key, text);
		response.writeHead(200, { 'content-type': 'application/json' }).end(text);
	});
	parentPort!.on('message', (wanted: number) => {
		changed = wanted;
		round += 1;
		answers = new Map();
		for (const path of ['/api/v1/companies', ...Array.from({ length: RECORDS / PAGE }, (_, i) => `/api/v1/account/accounts?page=${i + 1}`)]) {
			const url = new URL(path, 'http://vendor');
			answers.set(`${url.pathname}?page=${url.searchParams.get('page') ?? ''}`, answerTo(url));
		}
		parentPort!.postMessage('ready');
	});
	server.listen(0, '127.0.0.1', () => parentPort!.postMessage((server.address() as AddressInfo).port));
}

if (!isMainThread) serve();

interface Poll {
	what: string;
	items: number;
	ms: number;
	/** Processor time of the poll, and of reading the same answers without n8n. */
	cpuMs: number;
	networkCpuMs: number;
	/** Characters stored afterwards. */
	state: number;
}

interface Watched {
	name: string;
	trigger: string;
	parameters: IDataObject;
	paths: string[];
}

const WATCHED: Watched[] = [
	{
		name: 'Userlot companies, all nine events',
		trigger: 'userlotPollingTrigger',
		parameters: {
			resource: 'company', healthLimit: 50, days: 30, amount: 100,
			events: ['arrChanged', 'created', 'healthCategoryChanged', 'healthCrossed', 'mrrChanged', 'renewalNear', 'stageChanged', 'statusChanged', 'updated'],
		},
		paths: ['/api/v1/companies'],
	},
	{
		name: 'Userlot companies, created and updated',
		trigger: 'userlotPollingTrigger',
		parameters: { resource: 'company', events: ['created', 'updated'] },
		paths: ['/api/v1/companies'],
	},
	{
		name: 'BranchCMS accounts, all three events',
		trigger: 'branchCmsPollingTrigger',
		parameters: { resource: 'account', events: ['created', 'deleted', 'updated'] },
		paths: Array.from({ length: RECORDS / PAGE }, (_, i) => `/api/v1/account/accounts?sort=-id&limit=${PAGE}&page=${i + 1}`),
	},
];

/** Polls of each trigger: the first, some in which nothing happened, one with a hundredth changed, one with everything. */
async function polls(rounds: number): Promise<Map<string, Poll[]>> {
	const worker = new Worker(new URL(import.meta.url));
	try {
		const [port] = (await once(worker, 'message')) as [number];
		const url = `http://127.0.0.1:${port}`;
		const change = async (records: number) => {
			worker.postMessage(records);
			await once(worker, 'message');
		};
		const harness = await createHarness({
			credentials: { userlotApi: { data: { apiUrl: url, apiKey: 'key' } }, branchCmsApi: { data: { siteUrl: url, token: 'token', authentication: 'bearer' } } },
		});
		const result = new Map<string, Poll[]>();
		for (const { name, trigger, parameters, paths } of WATCHED) {
			await change(0);
			const lab = new TriggerLab(harness, trigger, parameters);
			const workflow = lab.load();
			const list: Poll[] = [];
			const read = async () => {
				const spent = processorClock();
				for (const path of paths) await (await fetch(url + path)).arrayBuffer();
				return spent();
			};
			const poll = async (what: string) => {
				await read();
				const networkCpuMs = await read();
				const started = performance.now();
				const spent = processorClock();
				const items = await lab.poll(workflow);
				const cpuMs = spent();
				const ms = performance.now() - started;
				lab.keep(workflow);
				list.push({ what, items: items?.length ?? 0, ms, cpuMs, networkCpuMs, state: JSON.stringify(lab.stored).length });
				return items;
			};
			await poll('first');
			for (let round = 0; round < rounds; round += 1) await poll('nothing happened');
			await change(RECORDS / 100);
			await poll('1 % changed');
			await change(RECORDS);
			// Told in parts.
			while (await poll('everything changed')) continue;
			result.set(name, list);
		}
		return result;
	} finally {
		await worker.terminate();
	}
}

/** (g) Polling by comparison. */
export async function pollingPart({ quick, step, atMost }: Bench): Promise<Part> {
	const result = await step(`polls of ${count(RECORDS)} records`, async () => await polls(quick ? 3 : 9));
	const rows: Array<Poll & { name: string; polls: number; ownMs: number }> = [];
	for (const [name, list] of result) {
		for (const what of new Set(list.map((p) => p.what))) {
			const same = list.filter((p) => p.what === what);
			const middle = (of: (p: Poll) => number) => median(same.map(of));
			rows.push({
				...{ name, what, polls: same.length },
				items: same.reduce((sum, p) => sum + p.items, 0),
				ms: middle((p) => p.ms),
				cpuMs: middle((p) => p.cpuMs),
				networkCpuMs: middle((p) => p.networkCpuMs),
				ownMs: Math.max(0, middle((p) => p.cpuMs - p.networkCpuMs)),
				state: Math.max(...same.map((p) => p.state)),
			});
		}
		const own = rows.filter((row) => row.name === name);
		atMost(`(g) ${name}: seconds beside the network, at worst`, Math.max(...own.map(({ ownMs }) => ownMs)) / 1000, LIMITS.seconds);
		atMost(`(g) ${name}: characters of state, at worst`, Math.max(...own.map(({ state }) => state)), LIMITS.state);
	}
	const text = [
		`(g) A poll of ${count(RECORDS)} records that the vendor only lists`,
		table(
			['', 'Polls', 'Items', 'Time of one', 'Processor beside the network', 'Remembered at most'],
			rows.map((r) => [`${r.name}: ${r.what}`, String(r.polls), count(r.items), seconds(r.ms), seconds(r.ownMs), `${(r.state / 1000).toFixed(0)} KB`]),
		),
		'Processor time is that of the thread that polls, less what reading the same answers takes without n8n: other work on the machine does not count.',
	].join('\n');
	return { text, figures: { records: RECORDS, rows } };
}
