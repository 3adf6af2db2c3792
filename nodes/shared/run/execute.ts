/**
 * Items to operations to items. Five phases: read the parameters of all items (no request), look up what
 * they refer to in batches, check what was found, work on the items with bounded concurrency, and finish
 * what concerns all. Without Continue On Fail nothing is written before every item has passed the check.
 */
import { type IDataObject, type IExecuteFunctions, type INode, type INodeExecutionData, NodeApiError, NodeOperationError, sleep } from 'n8n-workflow';

import { grouped } from '../spec/lists';
import { type Field, labelOf, type Operation, type Resource } from '../spec/resource';
import { BadInput, savedCustomFields } from '../spec/values';
import type { Api } from '../wire/api';
import { Client } from '../wire/client';
import { apiOf, operationOf, resourceOf, type Vendor } from '../wire/vendor';
import { Item } from './item';
import { Lookup } from './lookup';
import { inParallel, inTurn } from './parallel';
import { standardHandler } from './standard';

/** Milliseconds of reading parameters after which others get their turn. */
const BREATH = 100;

export interface Output {
	json: IDataObject;
	binary?: INodeExecutionData['binary'];
}

/** How an operation is worked. `Job` is what one item asks for. */
export interface Handler<Job> {
	/** Reads and checks the parameters of one item; notes look-ups; sends nothing. */
	prepare(item: Item): Job;
	/** Checks what only the look-ups can tell, of every item before the work on any begins. Writes nothing. */
	check?(job: Job, item: Item): Promise<void>;
	/** Does the work of one item. Look-ups noted by `prepare` are settled. */
	work?(job: Job, item: Item): Promise<Output[]>;
	/** Works on all items at once instead; `items` are the indexes of the items an output stands for. */
	together?(jobs: Array<{ job: Job; item: Item }>, run: Run, fail: Fail): Promise<Array<Output & { items: number[] }>>;
	/** Work that concerns all items, after the last one that went well. */
	finish?(jobs: Array<{ job: Job; item: Item; outputs: Output[] }>, run: Run, fail: Fail): Promise<void>;
}

/** Marks one item as failed, with a word on what was done nevertheless; throws when one failure ends the run. */
export type Fail = (item: Item, error: unknown, doneSoFar: string) => void;

/** Keys of which a record was created lately, with the time: executions that looked before that look again. */
const creations = new Map<string, number>();
const MOST_CREATIONS = 10_000;

/** One execution of a node. */
export class Run {
	readonly items: INodeExecutionData[];

	readonly operation: Operation;

	readonly lookup: Lookup;

	/** Fields of the customer's organisation, as the editor stored them with the mapper's columns. */
	customFields: Field[] = [];

	/** The kind of key that the user chose, for vendors with several. */
	private readonly login: string;

	private readonly clients = new Map<Api, Client>();

	private readonly shown = new WeakSet<IDataObject>();

	constructor(
		readonly context: IExecuteFunctions,
		readonly vendor: Vendor,
	) {
		this.items = context.getInputData();
		this.login = context.getNodeParameter('authentication', 0, '') as string;
		this.operation = operationOf(
			vendor,
			context.getNodeParameter('resource', 0) as string,
			context.getNodeParameter('operation', 0) as string,
			context.getNodeParameter('scope', 0, '') as string,
		);
		this.lookup = new Lookup((resource) => this.client(resource));
	}

	resource(name: string): Resource {
		return resourceOf(this.vendor, name);
	}

	apiOf(resource: Resource): Api {
		return apiOf(this.vendor, resource, this.login);
	}

	client(resource: Resource): Client {
		const api = this.apiOf(resource);
		let client = this.clients.get(api);
		if (!client) {
			const { maxWait } = this.context.getNodeParameter('options', 0, {}) as { maxWait?: number };
			client = new Client(this.context, api, maxWait === undefined ? {} : { maxWait: maxWait * 60_000 });
			this.clients.set(api, client);
		}
		return client;
	}

	/** Work under the same key runs one after the other, also across executions, so that they never make two records of one key. */
	async inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
		return await inTurn(this.keyed(key), work);
	}

	/** Reads a tick box of the node for an item; true when the operation has none. */
	simplify(item: Item): boolean {
		return item.simplified;
	}

	/** Notes for other executions that a record of this key was created. */
	noteCreation(key: string): void {
		const full = this.keyed(key);
		creations.delete(full);
		creations.set(full, Date.now());
		if (creations.size > MOST_CREATIONS) creations.delete(creations.keys().next().value!);
	}

	/** Whether an execution of this process created a record of this key at that time or later. */
	createdSince(key: string, time: number): boolean {
		return (creations.get(this.keyed(key)) ?? -1) >= time;
	}

	/** A key that executions with the same credential share. */
	private keyed(key: string): string {
		return `${this.client(this.operation.resource).credentialKey}\n${key}`;
	}

	/** A record as the user wants to see it. Items about the same record get copies, since a later node may change one. */
	present(item: Item, resource: Resource, given: IDataObject, answer?: unknown, include?: string[]): IDataObject {
		const record = this.shown.has(given) ? structuredClone(given) : given;
		this.shown.add(record);
		return this.simplify(item) ? this.apiOf(resource).simplify(record, resource, answer, include) : record;
	}

	/** Tells the user about waits for the rate limit. */
	report(): void {
		for (const { api, waited } of this.clients.values()) {
			if (waited.times === 0) continue;
			const seconds = Math.max(1, Math.round(waited.ms / 1000));
			this.context.addExecutionHints({
				message: `Waited ${seconds} second${seconds === 1 ? '' : 's'} for the rate limit of ${api.name}`,
				location: 'outputPane',
			});
		}
	}

	/** Any throwable as the error that n8n shows, with the item it belongs to. */
	failure(thrown: unknown, index: number): NodeApiError | NodeOperationError {
		const node = this.context.getNode();
		const suffix = this.items.length > 1 ? ` [item ${index}]` : '';
		if (thrown instanceof BadInput) {
			const message = `${thrown.message}${suffix}`;
			const error = new NodeOperationError(node, message, { description: thrown.description, itemIndex: index });
			// n8n exchanges messages that contain a known code, such as the EPERM in "Keeperman".
			error.message = message;
			return error;
		}
		if (thrown instanceof NodeApiError || thrown instanceof NodeOperationError) {
			// Several items can share the refusal of one look-up; each gets its own.
			const error = thrown.context.itemIndex === index ? thrown : copyOf(thrown, node);
			error.context.itemIndex = index;
			const bare = error.message.replace(/ \[item \d+\]$/, '');
			error.message = `${bare}${suffix}`;
			return error;
		}
		return new NodeOperationError(node, thrown as Error, { itemIndex: index });
	}
}

/** n8n hands back the same object when one of its errors is wrapped, so it is made anew. */
function copyOf(error: NodeApiError | NodeOperationError, node: INode): NodeApiError | NodeOperationError {
	const { message, failure } = error;
	const options = { message, description: error.description ?? undefined, failure };
	const copy =
		error instanceof NodeApiError
			? new NodeApiError(node, {}, { ...options, httpCode: error.httpCode ?? undefined })
			: new NodeOperationError(node, message, options);
	copy.message = message;
	return copy;
}

interface Slot {
	item: Item;
	job?: unknown;
	outputs?: Output[];
	failure?: NodeApiError | NodeOperationError;
}

/** Runs the chosen operation of a vendor's node for all input items. */
export async function execute(context: IExecuteFunctions, vendor: Vendor): Promise<INodeExecutionData[][]> {
	const run = new Run(context, vendor);
	const handler = handlerOf(run);
	const slots = run.items.map((_, index): Slot => ({ item: new Item(run, index) }));
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
	await run.lookup.resolve();
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
			await handler.check?.(slot.job, slot.item);
		});
	}

	if (handler.together) {
		const ready = slots.filter((slot) => !slot.failure);
		let outputs: Awaited<ReturnType<typeof handler.together>> = [];
		try {
			if (ready.length > 0) outputs = await handler.together(ready.map(({ item, job }) => ({ item, job })), run, fail);
		} catch (error) {
			if (!tolerant) throw error instanceof NodeApiError || error instanceof NodeOperationError ? error : run.failure(error, ready[0].item.index);
			for (const slot of ready) slot.failure ??= run.failure(error, slot.item.index);
		}
		run.report();
		return [[...outputs.map(({ items, ...output }) => ({ ...output, pairedItem: items.map((item) => ({ item })) })), ...slots.filter((s) => s.failure).flatMap(toItems)]];
	}

	const { parallel = 5 } = context.getNodeParameter('options', 0, {}) as { parallel?: number };
	const [worked] = await Promise.allSettled([
		inParallel(slots, Math.max(1, Math.min(50, Number(parallel) || 1)), async (slot) => {
			await step(slot, async () => void (slot.outputs = await handler.work!(slot.job, slot.item)));
		}),
	]);
	const finished = slots.filter((slot) => slot.outputs);
	// Also when another item ended the run: what was begun is brought to its end.
	const [closed] = await Promise.allSettled([
		finished.length > 0 ? handler.finish?.(finished.map(({ item, job, outputs }) => ({ item, job, outputs: outputs! })), run, fail) : undefined,
	]);
	if (worked.status === 'rejected') {
		const error = worked.reason as NodeApiError | NodeOperationError;
		const rest = closed.status === 'rejected' ? ` What follows them was not: ${(closed.reason as Error).message}` : '';
		if (slots.length > 1) error.description = `${error.description ?? ''} ${doneOf(finished, slots.length)}${rest}`.trim();
		throw error instanceof NodeApiError ? error : (error as NodeOperationError);
	}
	if (closed.status === 'rejected') throw closed.reason;
	await relabel(run, finished);
	run.report();
	return [slots.flatMap(toItems)];
}

/** Which items a failed run has done; several are worked on at a time, so it need not be the first ones. */
function doneOf(finished: Slot[], all: number): string {
	const shown = finished.slice(0, 20).map(({ item }) => item.index);
	const which = finished.length === 0 ? '' : ` (${shown.join(', ')}${finished.length > shown.length ? ', ...' : ''})`;
	return `${finished.length} of ${all} items were done before${which}.`;
}

/** Shows custom fields under the labels of the organisation, when any are in the output. */
async function relabel(run: Run, slots: Slot[]): Promise<void> {
	const { operation, vendor, context } = run;
	const { rawCustomFields } = context.getNodeParameter('options', 0, {}) as { rawCustomFields?: boolean };
	if (!vendor.customFields || !operation.resource.customSlots || rawCustomFields) return;
	const records = slots.filter(({ item }) => run.simplify(item)).flatMap(({ outputs }) => outputs ?? []);
	if (!records.some(({ json }) => Object.keys(json).some((name) => /^custom\d+$/.test(name)))) return;
	// Labels are a comfort: without the right to read them the plain names stay.
	const [fields] = await Promise.allSettled([vendor.customFields(run.client(operation.resource), operation.resource)]);
	if (fields.status === 'rejected') return;
	// Of two fields with one label, one would hide the other.
	const unique = [...grouped(fields.value, (field) => [labelOf(field)])].filter(([, same]) => same.length === 1);
	const labels = new Map(unique.map(([label, [field]]) => [field.name, label]));
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

function handlerOf(run: Run): Handler<unknown> {
	const { operation, vendor } = run;
	if (operation.kind === 'bulk') return vendor.bulk!(operation);
	return operation.kind === 'recipe' ? vendor.recipes[`${operation.resource.name}.${operation.name}`] : standardHandler(operation);
}

function toItems({ item, outputs, failure }: Slot): INodeExecutionData[] {
	const pairedItem = { item: item.index };
	if (failure) {
		// n8n knows a failed item by exactly these names. With the error itself beside them, it would drop the details.
		return [{ json: { error: failure.message, ...(failure.description ? { details: failure.description } : {}) }, pairedItem }];
	}
	return (outputs ?? []).map((output) => ({ ...output, pairedItem }));
}
