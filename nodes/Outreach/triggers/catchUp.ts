/**
 * What the webhooks of a trigger missed: read from Outreach's lists every few minutes, with the machinery of the
 * polling trigger, and told only if no delivery told it before.
 */
import { type IDataObject, type ITriggerFunctions, type ITriggerResponse, type IWebhookFunctions, NodeApiError, NodeOperationError, toCronExpression } from 'n8n-workflow';

import type { Resource } from '../../shared/spec/resource';
import type { Change } from '../../shared/trigger/change';
import { fingerprint, splitFingerprints } from '../../shared/trigger/fingerprint';
import { memoryOf } from '../../shared/trigger/memory';
import { nodeKey } from '../../shared/trigger/node';
import { outside } from '../../shared/trigger/outside';
import { budgetOf, forget, type Found, poll } from '../../shared/trigger/poll';
import { readChanges } from '../../shared/trigger/readChanges';
import { recordFailure } from '../../shared/wire/bridge';
import { outreach } from '../vendor';
import { changesOf, polledResources } from './changes';
import { itemOf, type Wishes, wishesOf } from './deliveries';
import { isChosen, MATRIX } from './events';

/** Minutes from one reading to the next, and how far behind the newest known change each looks again. */
const EVERY = 5;
const OVERLAP = 5 * 60_000;
/** Records of one reading; the next goes on from there. */
const MOST = 5000;

/** What was told by delivery or by catching up; stored are 5,000 of them (40 KB), which the place of the last reading can lag behind. */
const toldOf = (key: string) => memoryOf(key, 'told', 5000);

/** What the node remembers of a resource. */
interface Place {
	/** What the last reading left. */
	states: IDataObject;
	/** Fingerprints of the events of the last batch: they may have to be emitted again. */
	batch: string;
	/** That batch is still in doubt: nothing could be read since. */
	again?: true;
}

/** What the node remembers, as a member of its data. */
interface State {
	/** When it was read (epoch ms): tells newer from older. */
	read: number;
	places: Record<string, Place>;
}

/** The newest that this process has read, with the mark of its batch: n8n can write older data of the workflow over newer. */
const newest = new Map<string, { catchUp: State; handedOver?: number }>();

/** Puts back what this process has read, unless the node's data is as new. Another process may have gone on from there. */
function restore(key: string, data: IDataObject): void {
	const known = newest.get(key);
	if (known && known.catchUp.read > Number((data.catchUp as unknown as State | undefined)?.read ?? 0)) Object.assign(data, known);
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
	return toldOf(key).take(eventId, data);
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
		forget(key);
		delete data.catchUp;
		delete data.told;
		delete data.handedOver;
		return {};
	}
	// Read now, because later n8n's sandbox for expressions is closed.
	const parameters: IDataObject = { authentication: context.getNodeParameter('authentication', 'oAuth2') as string };
	restore(key, data);
	let closed = false;

	const report = (failure: Error): void => {
		if (!closed) recordFailure(context, failure instanceof NodeApiError ? failure : new NodeOperationError(context.getNode(), failure));
	};
	const once = async (): Promise<void> => {
		const failures: Error[] = [];
		const found = await poll(context, async (_, inDoubt) => await read(context, { wishes, parameters, inDoubt, failures, isClosed: () => closed }));
		if (found) context.emit(found);
		failures.forEach(report);
	};
	const quietly = async (): Promise<void> => {
		const [reading] = await Promise.allSettled([once()]);
		if (reading.status === 'rejected') report(reading.reason as Error);
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
	/** Takes up what went wrong with single resources. */
	failures: Error[];
	/** The workflow is being switched off: whoever switches it on again goes on from before. */
	isClosed(): boolean;
}

/**
 * What happened since the last reading and nobody told; nothing at all if the workflow is switched off meanwhile.
 * A resource that cannot be read keeps its place, and does not hold up the others.
 * @throws when there is nothing to go on from yet, or no resource can be read.
 */
async function read(context: ITriggerFunctions, { wishes, parameters, inDoubt, failures, isClosed }: Reading): Promise<Found | undefined> {
	const data = context.getWorkflowStaticData('node');
	const key = nodeKey(context);
	const before = data.catchUp as unknown as State | undefined;
	const isOver = budgetOf(context);
	const places: Record<string, Place> = {};
	const readings: Array<{ name: string; items: IDataObject[]; states: IDataObject; repeats: Set<string> }> = [];
	for (const { resource, changes } of listedEvents(wishes.events)) {
		const { name } = resource;
		const place = before?.places?.[name];
		const again = inDoubt || place?.again === true;
		const { run } = outside(context, outreach, name, { maxWaitMinutes: 1, parameters });
		const [reading] = await Promise.allSettled([
			readChanges(run, { resource, changes }, { conditions: [] }, {
				states: place?.states,
				again,
				limits: { overlap: OVERLAP, most: MOST, isOver },
				present(change, { record }) {
					const event = `${name}.${change.name}`;
					return itemOf({ body: { data: record, meta: { eventName: event } }, event, jobId: '', record, caughtUp: true }, { ...wishes, fetchRecord: false });
				},
			}),
		]);
		if (reading.status === 'fulfilled') {
			readings.push({ name, ...reading.value, repeats: new Set(again ? splitFingerprints(place?.batch) : []) });
			continue;
		}
		failures.push(reading.reason as Error);
		if (place) places[name] = again ? { ...place, again } : { states: place.states, batch: '' };
	}
	if (isClosed()) return undefined;
	if (failures.length > 0 && (!before || readings.length === 0)) throw failures.splice(0)[0];
	// Marked as told only now, when nothing can fail any more.
	const told = toldOf(key);
	const fresh: IDataObject[] = [];
	for (const { name, items, states, repeats } of readings) {
		const news = items.filter(({ eventId }) => told.take(String(eventId), data) || repeats.has(fingerprint(String(eventId))));
		places[name] = { states, batch: news.map(({ eventId }) => fingerprint(String(eventId))).join('') };
		fresh.push(...news);
	}
	const now = Date.now();
	const state = { catchUp: { read: now, places }, ...(fresh.length > 0 ? { handedOver: now } : {}) };
	newest.set(key, { handedOver: data.handedOver as number | undefined, ...state });
	return { items: fresh, state: state as unknown as IDataObject };
}
