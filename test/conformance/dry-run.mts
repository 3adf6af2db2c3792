/** Every operation that changes something, once more with Dry Run: only reads may be sent, and every item says what it is. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { Harness } from '../harness/index.mts';
import type { Answerer, Recorder } from './recorder.mts';

/** Requests that change nothing although they are no GET, from the vendors' pages. */
const READS = [/^PUT .*\/changesubscriptionpreview$/];

export interface DryRun {
	node: string;
	parameters: INodeParameters;
	items: Parameters<Harness['runNode']>[2];
	answer?: Answerer;
	/** Reconcile: keys of people who are not in the list. The `key` of each item is that of a person in it. */
	leavers?: string[];
}

/** Runs a case in a dry run. @throws what was written, or what an item lacks. */
export async function expectDryRun(harness: Harness, recorder: Recorder, { node, parameters, items, answer, leavers }: DryRun): Promise<void> {
	recorder.start(answer);
	const asked = leavers ? { dryRun: true } : { options: { ...(parameters.options as IDataObject), dryRun: true } };
	const result = await harness.runNode(node, { ...parameters, ...asked } as INodeParameters, items);
	const writes = recorder.sent.map(({ method, path }) => `${method} ${path}`).filter((line) => !line.startsWith('GET ') && !READS.some((read) => read.test(line)));
	expect(writes).toEqual([]);
	expect(result.error).toBeUndefined();
	expect(result.json.length).toBeGreaterThan(0);
	const word = leavers ? 'outcome' : 'action';
	for (const json of result.json) expect(json).toEqual(expect.objectContaining({ dryRun: true, [word]: expect.stringMatching(/^\w+$/), changes: expect.any(Array) }));
	if (leavers) expect(result.json.map(({ key }) => key).sort()).toEqual([...items!.map((item) => (item as IDataObject).key), ...leavers].sort());
	const paired = result.items.flatMap(({ pairedItem }) => [pairedItem].flat().map((p) => (typeof p === 'object' ? p.item : p)));
	expect(new Set(paired)).toEqual(new Set(items!.map((_, i) => i)));
	expect(result.hints.map(({ message }) => message)).toContainEqual(expect.stringMatching(/^Dry run: nothing was changed/));
}
