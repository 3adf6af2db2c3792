/**
 * Items to operations to items. Five phases: read the parameters of all items (no request), look up what
 * they refer to in batches, check what was found, work on the items with bounded concurrency, and finish
 * what concerns all. Without Continue On Fail nothing is written before every item has passed the check.
 */
import { type IExecuteFunctions, type INodeExecutionData, NodeApiError, NodeOperationError, sleep } from 'n8n-workflow';

import { labelOf } from '../spec/labels';
import { grouped } from '../spec/lists';
import type { BadInput } from '../spec/values';
import { failedItem } from '../wire/bridge';
import type { Vendor } from '../wire/vendor';
import { changesIn, rehearse, reportPlans, wantById, wantLinked } from './dryRun';
import type { Fail, Handler, Output, Recipes } from './handler';
import { Item } from './item';
import { inParallel } from './parallel';
import { reconcile } from './people/reconcile';
import { Run } from './run';
import { savedCustomFields } from './savedFields';
import { standardHandler } from './standard';
import { forModel } from './tool';

/** Milliseconds of reading parameters after which others get their turn. */
const BREATH = 100;

interface Slot {
	item: Item;
	job?: unknown;
	outputs?: Output[];
	failure?: NodeApiError | NodeOperationError;
}

/** Runs the chosen operation of a vendor's node for all input items. */
export async function execute(context: IExecuteFunctions, vendor: Vendor, recipes: Recipes): Promise<INodeExecutionData[][]> {
	try {
		return await work(context, vendor, recipes);
	} catch (error) {
		throw forModel(context, error);
	}
}

async function work(context: IExecuteFunctions, vendor: Vendor, recipes: Recipes): Promise<INodeExecutionData[][]> {
	const run = new Run(context, vendor);
	const handler = handlerOf(run, recipes);
	const slots = run.items.map((_, index): Slot => ({ item: new Item(run, index), job: undefined, outputs: undefined, failure: undefined }));
	const tolerant = context.continueOnFail();

	/** Runs one step of an item; its failure ends the run or stays with the item. */
	const step = async (slot: Slot, work: () => Promise<void> | void): Promise<void> => {
		if (slot.failure) return;
		try {
			await work();
		} catch (error) {
			slot.failure = run.failure(error, slot.item.index);
			if (!tolerant) throw slot.failure;
		}
	};

	const fail: Fail = (item, error, doneSoFar) => {
		const failure = run.failure(error, item.index);
		const description = failure.description ?? '';
		// Several items can share one error.
		if (!description.startsWith(doneSoFar)) failure.description = `${doneSoFar} ${description}`.trim();
		if (!tolerant) throw failure;
		slots[item.index].failure = failure;
	};

	if (run.operation.fields && vendor.customFields) {
		run.customFields = savedCustomFields(context.getNodeParameter('fields.schema', 0, []), run.operation.resource);
	}
	let breath = Date.now();
	for (const slot of slots) {
		await step(slot, () => {
			slot.item.parent();
			slot.job = handler.prepare(slot.item);
		});
		// Thousands of expressions take seconds, in which nothing else of n8n would run, not even Stop.
		if (Date.now() - breath > BREATH) {
			await sleep(0);
			if (context.getExecutionCancelSignal()?.aborted) throw new NodeOperationError(context.getNode(), 'The execution was canceled');
			breath = Date.now();
		}
	}
	try {
		handler.gather?.(run);
	} catch (error) {
		// It is about the whole list, and belongs to no item.
		const { message, description } = error as BadInput;
		if (!tolerant) throw new NodeOperationError(context.getNode(), message, { description });
		return [slots.flatMap((slot) => toItems({ ...slot, failure: run.failure(error, slot.item.index) }))];
	}
	const items = slots.filter((slot) => !slot.failure).map(({ item }) => item);
	if (run.dryRun) wantById(run, items, handler.together !== undefined);
	await run.lookup.resolve();
	if (run.dryRun) wantLinked(run, items);
	// Records inside others can be asked for once those are known, again for all items together.
	for (const slot of slots) {
		await step(slot, async () => {
			const { item } = slot;
			await item.parent()?.settle(run);
			for (const reference of [...item.references, ...item.sought]) reference.enter();
		});
	}
	await run.lookup.resolve();
	for (const slot of slots) {
		await step(slot, async () => {
			for (const reference of slot.item.references) await reference.settle(run);
			slot.item.letGo();
			await handler.check?.(slot.job, slot.item);
		});
	}

	if (handler.together) {
		const ready = slots.filter((slot) => !slot.failure);
		let outputs: Awaited<ReturnType<typeof handler.together>> = [];
		try {
			if (ready.length > 0) outputs = await handler.together(ready as Array<Slot & { job: unknown }>, run, fail);
		} catch (error) {
			if (!tolerant) throw error instanceof NodeApiError || error instanceof NodeOperationError ? error : run.failure(error, ready[0].item.index);
			for (const slot of ready) slot.failure ??= run.failure(error, slot.item.index);
		}
		run.report();
		reportPlans(run, outputs.map(({ json }) => json));
		return [[...outputs.map(({ items, ...output }) => ({ ...output, pairedItem: items.map((item) => ({ item })) })), ...slots.filter((s) => s.failure).flatMap(toItems)]];
	}

	const client = run.client(run.operation.resource);
	const [worked] = await Promise.allSettled([
		inParallel(slots, run.parallel ?? (() => client.width), async (slot) => {
			await step(slot, async () => void (slot.outputs = await rehearse(run, async () => await handler.work!(slot.job, slot.item))));
		}),
	]);
	const finished = slots.filter((slot) => slot.outputs);
	// Also when another item ended the run: what was begun is brought to its end.
	const [closed] = await Promise.allSettled([
		finished.length > 0 ? handler.finish?.(finished.map(({ item, job, outputs }) => ({ item, job, outputs: outputs! })), run, fail) : undefined,
	]);
	if (worked.status === 'rejected') {
		const error = worked.reason as NodeApiError | NodeOperationError;
		const rest = closed.status === 'rejected' ? ` The steps after them failed: ${(closed.reason as Error).message}` : '';
		if (slots.length > 1) error.description = `${error.description ?? ''} ${doneOf(finished, slots.length)}${rest}`.trim();
		throw error instanceof NodeApiError ? error : (error as NodeOperationError);
	}
	if (closed.status === 'rejected') throw closed.reason;
	await relabel(run, finished);
	run.report();
	reportPlans(run, finished.flatMap(({ outputs }) => outputs ?? []).map(({ json }) => json));
	return [slots.flatMap(toItems)];
}

/** Which items a failed run has done; several are worked on at a time, so it need not be the first ones. */
function doneOf(finished: Slot[], all: number): string {
	const shown = finished.slice(0, 20).map(({ item }) => item.index);
	const which = finished.length === 0 ? '' : ` (${shown.join(', ')}${finished.length > shown.length ? ', ...' : ''})`;
	return `${finished.length} of ${all} items were completed before this${which}.`;
}

/** Shows custom fields under the labels of the organization, when any are in the output. */
async function relabel(run: Run, slots: Slot[]): Promise<void> {
	const { operation, vendor, context } = run;
	const { rawCustomFields } = context.getNodeParameter('options', 0, {}) as { rawCustomFields?: boolean };
	if (!vendor.customFields || !operation.resource.customSlots || rawCustomFields) return;
	const records = slots.filter(({ item }) => item.simplified).flatMap(({ outputs }) => outputs ?? []);
	const changes = run.dryRun ? records.flatMap(({ json }) => changesIn(json)) : [];
	const isSlot = (name: string) => /^custom\d+$/.test(name);
	if (!records.some(({ json }) => Object.keys(json).some(isSlot)) && !changes.some(({ field }) => isSlot(field))) return;
	// Labels are a comfort: without the right to read them the plain names stay.
	const [fields] = await Promise.allSettled([vendor.customFields(run.client(operation.resource), operation.resource)]);
	if (fields.status === 'rejected') return;
	// Of two fields with one label, one would hide the other.
	const unique = [...grouped(fields.value, (field) => [labelOf(field)])].filter(([, same]) => same.length === 1);
	const labels = new Map(unique.map(([label, [field]]) => [field.name, label]));
	for (const change of changes) change.field = labels.get(change.field) ?? change.field;
	for (const output of records) {
		if (!Object.keys(output.json).some((name) => labels.has(name))) continue;
		output.json = Object.fromEntries(
			Object.entries(output.json).map(([name, value]) => {
				const label = labels.get(name);
				return [label && !(label in output.json) ? label : name, value];
			}),
		);
	}
}

function handlerOf({ operation }: Run, recipes: Recipes): Handler<unknown> {
	if (operation.kind === 'reconcile') return reconcile(operation, recipes.people?.[operation.resource.name]);
	if (operation.kind === 'bulk') return recipes.bulk!(operation);
	return operation.kind === 'recipe' ? recipes.handlers[`${operation.resource.name}.${operation.name}`] : standardHandler(operation);
}

function toItems({ item, outputs, failure }: Slot): INodeExecutionData[] {
	const pairedItem = { item: item.index };
	if (failure) {
		return [{ json: failedItem(item.run.context.getNode(), failure), pairedItem }];
	}
	return (outputs ?? []).map((output) => ({ ...output, pairedItem }));
}
