/** Starts the workflow with an item and answers the sender. */
import { type IDataObject, type IExecuteFunctions, type INodeExecutionData, type IWebhookFunctions, type IWebhookResponseData, sleep } from 'n8n-workflow';

import { answerNow } from './delivery';
import { nodeKey } from './node';

/** Milliseconds to wait for the beginning of an execution: in this process, and where another one executes. */
const PATIENCE = 2000;
const BRIEFLY = 250;

/** Who waits for the beginning of an execution, by its event. */
const waiting = new Map<string, Set<() => void>>();

/** Whether executions begin in this process; unknown until one has, or was waited for in vain. */
let executesHere: boolean | undefined;

const beginningOf = (context: Parameters<typeof nodeKey>[0], item: IDataObject) => `${nodeKey(context)} ${String(item.eventId)}`;

/**
 * Starts the workflow with an item, and answers when the execution has begun: not before, so that a sender cannot
 * pile up more than n8n gets done, nor hold for delivered what n8n has not stored. n8n itself would answer after it
 * has made the execution, but then 2.41 drops what the node wanted to remember. Where other processes execute, the
 * answer comes after a moment.
 */
export function startWith(context: IWebhookFunctions, item: IDataObject, answered = false): IWebhookResponseData {
	if (!answered) {
		const key = beginningOf(context, item);
		const others = waiting.get(key) ?? new Set();
		waiting.set(key, others);
		let note = () => {};
		const begun = new Promise<void>((resolve) => others.add((note = resolve)));
		void Promise.race([begun, sleep(executesHere === false ? BRIEFLY : PATIENCE)]).then(() => {
			others.delete(note);
			if (others.size === 0) waiting.delete(key);
			executesHere ??= false;
			answerNow(context);
		});
	}
	return { workflowData: [context.helpers.returnJsonArray(item)], noWebhookResponse: true };
}

/** What a webhook trigger does as a node of an execution: it passes on what started it, also in a test. */
export function begin(context: IExecuteFunctions): INodeExecutionData[][] {
	const items = context.getInputData();
	// A main process runs tests itself even where workers do the rest.
	if (context.getMode() !== 'manual') executesHere = true;
	for (const { json } of items) {
		const others = waiting.get(beginningOf(context, json));
		const [first] = others ?? [];
		if (!first) continue;
		others!.delete(first);
		first();
	}
	return [items];
}
