/** From a delivery of Outreach to the items of a workflow. https://developers.outreach.io/api/webhooks/ */
import type { IDataObject, ITriggerFunctions, IWebhookFunctions } from 'n8n-workflow';

import { asObject, isAbsent, toList } from '../../shared/spec/values';
import { Gathering } from '../../shared/trigger/memory';
import { outside } from '../../shared/trigger/outside';
import { outreach } from '../vendor';
import { outreachApi } from '../wire/api';
import { eventId } from './events';

/** What Outreach sends, with relationships in the shape of its other answers. */
export interface Delivery {
	body: IDataObject;
	event: string;
	jobId: string;
	deliveredAt?: string;
	/** The record as far as it was sent. */
	record: IDataObject;
	before?: IDataObject;
	/** It was not delivered but found by catching up: the record is whole, and nobody knows what changed. */
	caughtUp?: true;
}

/** What the user set. */
export interface Wishes {
	events: string[];
	simplify: boolean;
	fetchRecord: boolean;
	includeBefore: boolean;
	changedFields: string[];
	owners: string[];
	catchUp: boolean;
}

export function wishesOf(context: ITriggerFunctions | IWebhookFunctions): Wishes {
	const options = context.getNodeParameter('options', {}) as IDataObject;
	const names = (value: unknown) => (isAbsent(value) ? [] : toList(value).map((name) => String(name).trim()).filter((name) => name !== ''));
	return {
		events: context.getNodeParameter('events', []) as string[],
		simplify: context.getNodeParameter('simplify', true) as boolean,
		fetchRecord: options.fetchRecord === true,
		includeBefore: options.includeBefore === true,
		changedFields: names(options.changedFields),
		owners: names(options.owners),
		catchUp: options.catchUp === true,
	};
}

/** Relationships come bare, `{ type, id }`, where other answers have `{ data: { type, id } }`. */
function wrapped(relationships: unknown): IDataObject {
	return Object.fromEntries(
		Object.entries(asObject(relationships)).map(([name, value]) => [
			name,
			typeof value === 'object' && value !== null && !Array.isArray(value) && ('data' in value || 'links' in value) ? value : { data: value },
		]),
	) as IDataObject;
}

/** Reads a delivery; undefined when it is none. */
export function readDelivery(body: IDataObject): Delivery | undefined {
	const data = asObject(body.data);
	const meta = asObject(body.meta);
	if (typeof meta.eventName !== 'string' || !/^\w+\.\w+$/.test(meta.eventName) || isAbsent(data.id)) return undefined;
	const before = asObject(body.beforeUpdate);
	return {
		body,
		event: meta.eventName,
		jobId: String(meta.jobId ?? ''),
		...(typeof meta.deliveredAt === 'string' ? { deliveredAt: meta.deliveredAt } : {}),
		record: { type: data.type, id: data.id, attributes: asObject(data.attributes), relationships: wrapped(data.relationships) },
		...(Object.keys(before).length > 0 ? { before: 'attributes' in before ? asObject(before.attributes) : before } : {}),
	};
}

/** Fields and relations that an update changed. */
const changedIn = ({ record }: Delivery) => [...Object.keys(asObject(record.attributes)), ...Object.keys(asObject(record.relationships))];

/** Whether the user wants to hear of a chosen event, as far as the delivery alone can tell. */
export function isWanted(delivery: Delivery, wishes: Wishes): boolean {
	if (wishes.changedFields.length === 0 || !delivery.event.endsWith('.updated')) return true;
	const changed = new Set(changedIn(delivery));
	return wishes.changedFields.some((name) => changed.has(name) || changed.has(name.replace(/Ids?$/, '')));
}

/** Ids of the users a record belongs to; undefined when it does not say. */
function ownersOf(record: IDataObject): string[] | undefined {
	if (record.type === 'user') return [String(record.id)];
	for (const relation of ['owner', 'user']) {
		const ids = outreachApi.linked(record, relation);
		if (ids) return ids.map(String);
	}
	return undefined;
}

/** The name of the change that a delivery tells of. */
export const eventIdOf = ({ event, record, jobId }: Delivery): string => eventId(event, record.id, asObject(record.attributes), jobId);

type Fetched = { record: IDataObject } | { problem: string };

const gathering = new Gathering<Fetched>();

/** The record as it is now; one request for all deliveries about it that arrive together. */
async function fetchRecord(context: IWebhookFunctions, { record }: Delivery): Promise<Fetched> {
	const type = String(record.type);
	const resource = outreach.resources.find((r) => r.name === type);
	if (!resource?.methods.includes('get')) return { problem: `Outreach has no request for a single ${type}` };
	const { run } = outside(context, outreach, type, { maxWaitMinutes: 10 });
	const client = run.client(resource);
	return await gathering.ask(`${client.credentialKey} ${type} ${String(record.id)}`, async () => {
		const [reading] = await Promise.allSettled([
			client.send({ method: 'GET', path: `${resource.path}/${encodeURIComponent(String(record.id))}`, purpose: `get ${type} ${String(record.id)}` }),
		]);
		return reading.status === 'fulfilled' ? { record: client.api.record(reading.value.body) } : { problem: (reading.reason as Error).message };
	});
}

/** Whether the delivery has to be looked up before it can be emitted. */
export function needsRecord(delivery: Delivery, wishes: Wishes): boolean {
	if (/\.(destroyed|deleted)$/.test(delivery.event)) return false;
	return wishes.fetchRecord || (wishes.owners.length > 0 && ownersOf(delivery.record) === undefined);
}

/**
 * The item of a delivery.
 * @returns undefined when the record belongs to somebody else. One whose owner cannot be told passes.
 */
export async function toItem(context: IWebhookFunctions, delivery: Delivery, wishes: Wishes): Promise<IDataObject | undefined> {
	return itemOf(delivery, wishes, needsRecord(delivery, wishes) ? await fetchRecord(context, delivery) : undefined);
}

/**
 * The item of a delivery whose record was read, if it had to be.
 * @returns undefined when the record belongs to somebody else. One whose owner cannot be told passes.
 */
export function itemOf(delivery: Delivery, wishes: Wishes, fetched?: Fetched): IDataObject | undefined {
	const full = fetched && 'record' in fetched ? fetched.record : undefined;
	if (wishes.owners.length > 0) {
		const owners = ownersOf(full ?? delivery.record) ?? ownersOf(delivery.record);
		if (owners && !owners.some((id) => wishes.owners.includes(id))) return undefined;
	}
	const { event, jobId, deliveredAt, record, before, caughtUp } = delivery;
	const id = eventIdOf(delivery);
	const problem = wishes.fetchRecord && fetched && 'problem' in fetched ? fetched.problem : undefined;
	const late = caughtUp ? { caughtUp } : {};
	if (!wishes.simplify) {
		return { ...delivery.body, eventId: id, ...late, ...(wishes.fetchRecord && full ? { record: full } : {}), ...(problem ? { recordError: problem } : {}) };
	}
	const flat = outreachApi.simplify(wishes.fetchRecord && full ? full : record, outreach.resources[0]);
	// Mailings have a field deliveredAt of their own.
	const deliveryTime = 'deliveredAt' in flat ? 'eventDeliveredAt' : 'deliveredAt';
	return {
		event,
		eventId: id,
		...(deliveredAt ? { [deliveryTime]: deliveredAt } : {}),
		...(jobId ? { jobId } : {}),
		...late,
		resource: record.type,
		...flat,
		...(event.endsWith('.updated') && !caughtUp ? { changed: changedIn(delivery) } : {}),
		...(wishes.includeBefore && before ? { before } : {}),
		...(problem ? { recordError: problem } : {}),
	};
}
