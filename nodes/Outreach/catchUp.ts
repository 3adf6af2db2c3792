/**
 * What the webhooks of a trigger missed: read from Outreach's lists every few minutes, with the machinery of the
 * polling trigger, and told only if no delivery told it before.
 */
import { NodeApiError, NodeOperationError, toCronExpression, type IDataObject, type ITriggerFunctions, type ITriggerResponse, type IWebhookFunctions } from 'n8n-workflow';

import { readChanges, type Change } from '../shared/changes';
import { outside } from '../shared/outside';
import { budgetOf, poll, type Found } from '../shared/polling';
import type { Resource } from '../shared/spec';
import { fingerprint, memoryOf, nodeKey, splitFingerprints } from '../shared/webhook';
import { changesOf, polledResources } from './changes';
import { itemOf, wishesOf, type Wishes } from './deliveries';
import { isChosen, MATRIX } from './events';
import { outreach } from './vendor';

/** Minutes from one reading to the next, and how far behind the newest known change each looks again. */
const EVERY = 5;
const OVERLAP = 5 * 60_000;
/** Records of one reading; the next goes on from there. */
const MOST = 5000;

/** What the node remembers, as a member of its data. */
interface State extends IDataObject {
	/** When it was read (epoch ms): tells newer from older. */
	read: number;
	/** By resource, what the last reading left. */
	streams: IDataObject;
	/** Fingerprints of the events of the last batch: they may have to be emitted again. */
	batch: string;
}

/** The newest that this process has read, with the mark of its batch: n8n can write older data of the workflow over newer. */
const newest = new Map<string, { catchUp: State; handedOver?: number }>();

/** Puts back what this process has read, unless the node's data is as new. Another process may have gone on from there. */
function restore(key: string, data: IDataObject): void {
	const known = newest.get(key);
	if (known && known.catchUp.read > Number((data.catchUp as State | undefined)?.read ?? 0)) Object.assign(data, known);
}

/** The chosen events that a list can tell of. */
export function listedEvents(events: string[]): Array<{ resource: Resource; changes: Change[] }> {
	return polledResources
		.map((resource) => ({
			resource,
			changes: changesOf(resource).filter(({ name }) => MATRIX[resource.name]?.includes(name) && isChosen(`${resource.name}.${name}`, events)),
		}))
		.filter(({ changes }) => changes.length > 0);
}

/**
 * Whether an event is told for the first time, by a delivery or by catching up.
 * Also keeps the place of catching up with the workflow, which is stored with every delivery.
 */
export function isNews(context: IWebhookFunctions, eventId: string): boolean {
	const data = context.getWorkflowStaticData('node');
	const key = nodeKey(context);
	restore(key, data);
	return memoryOf(key, 'told').take(eventId, data);
}

/**
 * Begins to catch up, if the node is set so. n8n calls this when a workflow is activated and when it starts.
 * @throws NodeOperationError, NodeApiError at the first activation when Outreach cannot be read.
 */
export async function startCatchingUp(context: ITriggerFunctions): Promise<ITriggerResponse> {
	const data = context.getWorkflowStaticData('node');
	const key = nodeKey(context);
	const wishes = wishesOf(context);
	if (!wishes.catchUp) {
		newest.delete(key);
		delete data.catchUp;
		delete data.told;
		delete data.handedOver;
		return {};
	}
	// Read now, because later n8n's sandbox for expressions is closed.
	const parameters: IDataObject = { authentication: context.getNodeParameter('authentication', 'oAuth2') as string };
	restore(key, data);
	let closed = false;

	const once = async (): Promise<void> => {
		const found = await poll(context, async (_, inDoubt) => await read(context, { wishes, parameters, inDoubt, isClosed: () => closed }));
		if (found) context.emit(found);
	};
	const quietly = async (): Promise<void> => {
		const [reading] = await Promise.allSettled([once()]);
		if (reading.status === 'rejected' && !closed) context.saveFailedExecution(reading.reason as NodeApiError | NodeOperationError);
	};
	// A start of n8n is not held up, and an outage of Outreach does not switch the trigger off.
	if (data.catchUp) void quietly();
	else await once();
	context.helpers.registerCron({ expression: toCronExpression({ mode: 'everyX', unit: 'minutes', value: EVERY }) }, () => void quietly());
	return {
		async closeFunction() {
			closed = true;
		},
	};
}

interface Reading {
	wishes: Wishes;
	/** Parameters of the node that requests depend on. */
	parameters: IDataObject;
	/** The last batch may not have arrived. */
	inDoubt: boolean;
	/** The workflow is being switched off: whoever switches it on again goes on from before. */
	isClosed(): boolean;
}

/** What happened since the last reading and nobody told; nothing at all if the workflow is switched off meanwhile. */
async function read(context: ITriggerFunctions, { wishes, parameters, inDoubt, isClosed }: Reading): Promise<Found | undefined> {
	const data = context.getWorkflowStaticData('node');
	const key = nodeKey(context);
	const before = data.catchUp as State | undefined;
	const isOver = budgetOf(context);
	const streams: IDataObject = {};
	const items: IDataObject[] = [];
	for (const { resource, changes } of listedEvents(wishes.events)) {
		const { run } = outside(context, outreach, resource.name, { maxWaitMinutes: 1, parameters });
		const reading = await readChanges(run, { resource, changes }, { conditions: [] }, {
			states: before?.streams[resource.name],
			again: inDoubt,
			limits: { overlap: OVERLAP, most: MOST, isOver },
			present({ name }, { record }) {
				const event = `${resource.name}.${name}`;
				return itemOf({ body: { data: record, meta: { eventName: event } }, event, jobId: '', record, caughtUp: true }, { ...wishes, fetchRecord: false });
			},
		});
		streams[resource.name] = reading.states;
		items.push(...reading.items);
	}
	if (isClosed()) return undefined;
	// Marked as told only now, when nothing can fail any more.
	const doubtful = new Set(inDoubt ? splitFingerprints(before?.batch) : []);
	const told = memoryOf(key, 'told');
	const fresh = items.filter(({ eventId }) => told.take(String(eventId), data) || doubtful.has(fingerprint(String(eventId))));
	const now = Date.now();
	const state = {
		catchUp: { read: now, streams, batch: fresh.map(({ eventId }) => fingerprint(String(eventId))).join('') },
		...(fresh.length > 0 ? { handedOver: now } : {}),
	};
	newest.set(key, { handedOver: data.handedOver as number | undefined, ...state });
	return { items: fresh, state };
}
