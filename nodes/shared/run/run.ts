/** One execution of a node: its vendor, clients and look-ups. */
import { type IDataObject, type IExecuteFunctions, type INode, type INodeExecutionData, NodeApiError, NodeOperationError } from 'n8n-workflow';

import { nouns } from '../spec/labels';
import type { Operation } from '../spec/operation';
import type { RecordId } from '../spec/record';
import type { Field, Resource } from '../spec/resource';
import { BadInput } from '../spec/values';
import type { Api } from '../wire/api';
import { hint } from '../wire/bridge';
import { Client } from '../wire/client';
import { apiOf, operationOf, resourceOf, type Vendor } from '../wire/vendor';
import { isDryRun } from './isDryRun';
import { Lookup } from './lookup';
import { inTurn } from './parallel';
import { Parameters } from './parameters';
import { isTool } from './tool';

/** Keys of which a record was created lately, with the time: executions that looked before that look again. */
const creations = new Map<string, number>();
const MOST_CREATIONS = 10_000;

/** Forgets what was created lately. */
export const forgetCreations = () => creations.clear();

/** One execution of a node. */
export class Run {
	readonly items: INodeExecutionData[];

	readonly parameters: Parameters;

	readonly operation: Operation;

	readonly lookup: Lookup;

	/** An AI agent runs the node as its tool. */
	readonly tool: boolean;

	/** Fields of the customer's organization, as the editor stored them with the mapper's columns. */
	customFields: Field[] = [];

	/** Nothing is written: plans come out instead. */
	readonly dryRun: boolean;

	/** The kind of key that the user chose, for vendors with several. */
	private readonly login: string;

	private readonly clients = new Map<Api, Client>();

	private readonly shown = new WeakSet<IDataObject>();

	/** What of a write did not take effect, by the vendor's answer. */
	private readonly missed = new WeakMap<object, string[]>();

	constructor(
		readonly context: IExecuteFunctions,
		readonly vendor: Vendor,
	) {
		this.items = context.getInputData();
		this.parameters = new Parameters(context, this.items);
		this.tool = isTool(context);
		this.login = context.getNodeParameter('authentication', 0, '') as string;
		this.operation = operationOf(
			vendor,
			context.getNodeParameter('resource', 0) as string,
			context.getNodeParameter('operation', 0) as string,
			context.getNodeParameter('scope', 0, '') as string,
		);
		this.dryRun = isDryRun(context, this.operation);
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
			client = new Client(this.context, api, { dryRun: this.dryRun, ...(maxWait === undefined ? {} : { maxWait: maxWait * 60_000 }), unpaced: this.parallel !== undefined });
			this.clients.set(api, client);
		}
		return client;
	}

	/** Items to work on at once, if the user set a number. */
	get parallel(): number | undefined {
		const { parallel } = this.context.getNodeParameter('options', 0, {}) as { parallel?: number };
		return parallel === undefined ? undefined : Math.max(1, Math.min(50, Number(parallel) || 1));
	}

	/** Work under the same key runs one after the other, also across executions, so that they never make two records of one key. */
	async inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
		return await inTurn(this.keyed(key), work);
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

	/** A record for the output; a copy if it was shown before, since a later node may change one of them. */
	own(record: IDataObject): IDataObject {
		const own = this.shown.has(record) ? structuredClone(record) : record;
		this.shown.add(own);
		return own;
	}

	/** Notes what of a write did not take effect, for the output and a hint. */
	noteMissed(answer: unknown, resource: Resource, id: RecordId, labels: string[]): void {
		if (labels.length === 0) return;
		if (typeof answer === 'object' && answer !== null) this.missed.set(answer, labels);
		this.hint(`${this.apiOf(resource).name} did not apply ${labels.join(', ')} to ${nouns(resource).one} ${id}. See "notApplied" in the output.`);
	}

	/** What of the write behind an answer did not take effect. */
	notApplied(answer: unknown): string[] {
		return (typeof answer === 'object' && answer !== null && this.missed.get(answer)) || [];
	}

	/** Something the user should know, shown at the output. */
	hint(message: string): void {
		hint(this.context, { message, location: 'outputPane' });
	}

	/** Tells the user about waits for the rate limit, and about lists that could not be read in large pages. */
	report(): void {
		for (const { api, waited, sizes } of this.clients.values()) {
			for (const [name, { reduced }] of sizes) {
				if (reduced !== undefined) this.hint(`${api.name} failed on larger pages of ${nouns(this.resource(name)).many}. Read ${reduced} at a time.`);
			}
			if (waited.times === 0) continue;
			const seconds = Math.max(1, Math.round(waited.ms / 1000));
			this.hint(`Waited ${seconds} second${seconds === 1 ? '' : 's'} for the rate limit of ${api.name}`);
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
