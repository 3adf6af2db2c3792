/** Reading all prospects: time, requests, and what of it stays in memory. */
import { readAll, type Way } from './readAll.mts';
import { count, median, megabytes, seconds, table, type Bench, type Part } from './report.mts';

/** Growth of the peak of memory from two pages to all, as a multiple of the growth of the output. */
const MOST = 1.1;

/** (c) Reading everything, against HTTP Request with pagination. */
export async function readingPart({ quick, latencyMs, outreach, step, atMost }: Bench): Promise<Part> {
	const size = quick ? { rounds: 1, prospects: 5000 } : { rounds: 3, prospects: 20_000 };
	const simulator = await outreach();
	const PAGE = 1000;
	const read = async (way: Way, all: number, weigh: boolean) => {
		await simulator.reset();
		await simulator.seed({ prospects: PAGE - (await simulator.ids('prospect')).length });
		if (all > PAGE) await simulator.seed({ prospects: all - PAGE, prefix: 'more' });
		await simulator.latency(latencyMs);
		const result = await readAll({ way, url: simulator.url, credential: await simulator.credential(), weigh });
		const asked = await simulator.requests();
		if (result.items !== all) throw new Error(`${way} read ${result.items} prospects instead of ${all}`);
		// The first page of the warm-up comes on top.
		return { ...result, pages: asked.filter(({ path }) => path === '/api/v2/prospects').length - 1, others: asked.filter(({ path }) => path !== '/api/v2/prospects').map(({ path }) => path) };
	};
	const figures: Record<string, { ms: number; pages: number; others: string[]; output: number; peak: number; growth: number }> = {};
	const NAMES = { outreach: 'Outreach node, Return All', httpRequest: 'HTTP Request (pagination) and Split Out' };
	for (const way of ['outreach', 'httpRequest'] as const) {
		figures[way] = await step(`read ${count(size.prospects)} prospects: ${NAMES[way]}`, async () => {
			const times = [];
			for (let round = 0; round < size.rounds; round++) times.push(await read(way, size.prospects, false));
			// The page that is read and the one before it are in memory at any time, whatever the number of pages.
			const few = await read(way, 2 * PAGE, true);
			const { output = 0, peak = 0 } = await read(way, size.prospects, true);
			const growth = (peak - few.peak!) / (output - few.output!);
			return { ms: median(times.map(({ ms }) => ms)), pages: times[0].pages, others: times[0].others, output, peak, growth };
		});
	}
	const ours = figures.outreach!;
	const fewest = size.prospects / PAGE;
	atMost('(c) requests for pages', ours.pages, fewest);
	atMost('(c) growth of the memory, against the output', ours.growth, MOST);
	const text = [
		`(c) Read ${count(size.prospects)} prospects`,
		table(
			['', 'Time', 'Pages', 'Output', 'Peak', 'Peak less output', 'Growth'],
			(['outreach', 'httpRequest'] as const).map((way) => {
				const f = figures[way];
				return [NAMES[way], seconds(f.ms), String(f.pages), megabytes(f.output), megabytes(f.peak), megabytes(f.peak - f.output), `${f.growth.toFixed(2)} x output`];
			}),
		),
		`Output and peak are live memory after a full collection; growth is that of the peak from two pages to all, against that of the output.${ours.others.length > 0 ? ` The node also reads ${[...new Set(ours.others)].join(' and ')} once in five minutes.` : ''}`,
	].join('\n');
	return { text, figures: { prospects: size.prospects, ...figures } };
}
