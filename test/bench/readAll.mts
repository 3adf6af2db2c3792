/**
 * Reads all prospects, once for the time and once for the memory, in a process of its own:
 *
 *     node --expose-gc test/bench/readAll.mts        (its input comes as JSON in BENCH_INPUT)
 */
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { createHarness, installedBaseNodes, ROOT, type Harness } from '../harness/index.mts';
import { inOwnProcess, live, weighing } from './processes.mts';

export type Way = 'outreach' | 'httpRequest';

interface Input {
	way: Way;
	url: string;
	credential: IDataObject;
	/** Weigh the memory, which makes the run many times slower. */
	weigh: boolean;
}

export interface Reading {
	items: number;
	ms: number;
	/** Bytes of live memory (heap and buffers) that the run's items hold. */
	output?: number;
	/** Most live memory during the run, less what was there before it. */
	peak?: number;
}

/** Runs this file in a fresh process. */
export const readAll = async (input: Input): Promise<Reading> => await inOwnProcess(import.meta.filename, input);

async function run(harness: Harness, { way, url }: Input, all: boolean): Promise<{ items: INodeExecutionData[]; ms: number }> {
	if (way === 'outreach') {
		const paging = all ? { returnAll: true } : { returnAll: false, limit: 10 };
		const result = await harness.runNode('outreach', { resource: 'prospect', operation: 'getAll', ...paging }, [{}], { mode: 'trigger' });
		if (result.error) throw result.error;
		return { items: result.items, ms: result.elapsedMs };
	}
	const headers = ['Content-Type', 'Accept'].map((name) => ({ name, value: 'application/vnd.api+json' }));
	const pages = harness.createNode(
		'n8n-nodes-base.httpRequest',
		{
			url: `${url}/api/v2/prospects?page[size]=${all ? 1000 : 10}`,
			authentication: 'predefinedCredentialType',
			nodeCredentialType: 'outreachOAuth2Api',
			sendHeaders: true,
			headerParameters: { parameters: headers },
			options: {
				response: { response: { responseFormat: 'json' } },
				pagination: {
					pagination: {
						paginationMode: 'responseContainsNextURL',
						nextURL: '={{ $response.body.links?.next }}',
						paginationCompleteWhen: 'other',
						completeExpression: all ? '={{ !$response.body.links?.next }}' : '={{ true }}',
					},
				},
			},
		},
		{ credentials: ['outreachOAuth2Api'], node: { name: 'Get Pages' } },
	);
	const split = harness.createNode('n8n-nodes-base.splitOut', { fieldToSplitOut: 'data', options: {} }, { credentials: [], node: { name: 'Split Out' } });
	const result = await harness.run(
		{ nodes: [pages, split], connections: { 'Get Pages': { main: [[{ node: 'Split Out', type: 'main', index: 0 }]] } } },
		{ startNode: 'Get Pages', mode: 'trigger' },
	);
	if (result.error) throw result.error;
	return { items: result.output('Split Out'), ms: result.elapsedMs };
}

async function main(input: Input): Promise<Reading> {
	const packages = input.way === 'outreach' ? [ROOT] : [ROOT, installedBaseNodes()!];
	const harness = await createHarness({ packages, credentials: { outreachOAuth2Api: { data: input.credential } } });
	// Loads the code that will be used, so that it is not counted.
	await run(harness, input, false);
	if (!input.weigh) {
		const { items, ms } = await run(harness, input, true);
		return { items: items.length, ms };
	}

	const before = live();
	const scales = weighing();
	let result: Awaited<ReturnType<typeof run>> | undefined = await run(harness, input, true);
	const peak = scales.end() - before;

	const { ms } = result;
	let items: INodeExecutionData[] | undefined = result.items;
	result = undefined;
	await new Promise((done) => setTimeout(done, 50));
	const held = live();
	const count = items.length;
	items = undefined;
	await new Promise((done) => setTimeout(done, 50));
	return { items: count, ms, output: held - live(), peak };
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(process.env.BENCH_INPUT!) as Input)));
