/**
 * Reads all prospects, once for the time and once for the memory, in a process of its own:
 *
 *     node --expose-gc test/bench/readAll.mts        (its input comes as JSON in BENCH_INPUT)
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { createHarness, installedBaseNodes, ROOT, type Harness } from '../harness/index.mts';

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
export async function readAll(input: Input): Promise<Reading> {
	const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', import.meta.filename], {
		env: { ...process.env, BENCH_INPUT: JSON.stringify(input) },
	});
	return JSON.parse(stdout) as Reading;
}

/** Live memory: what is left after a full collection. Buffers are freed in the background, until the next one begins. */
function live(): number {
	globalThis.gc!();
	globalThis.gc!();
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}

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
	let most = before;
	const weigh = () => {
		most = Math.max(most, live());
	};
	// The fullest moment of a page is right after it was parsed: bytes, text and objects are all there.
	const { parse } = JSON;
	JSON.parse = (text, reviver) => {
		const value = parse(text, reviver) as unknown;
		if (String(text).length > 100_000) weigh();
		return value;
	};
	const timer = setInterval(weigh, 200);
	let result: Awaited<ReturnType<typeof run>> | undefined = await run(harness, input, true);
	clearInterval(timer);
	JSON.parse = parse;
	weigh();

	const { ms } = result;
	let items: INodeExecutionData[] | undefined = result.items;
	result = undefined;
	await new Promise((done) => setTimeout(done, 50));
	const held = live();
	const count = items.length;
	items = undefined;
	await new Promise((done) => setTimeout(done, 50));
	return { items: count, ms, output: held - live(), peak: most - before };
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(process.env.BENCH_INPUT!) as Input)));
