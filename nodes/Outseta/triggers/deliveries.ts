/**
 * From a notification of Outseta to the item of a workflow.
 * https://go.outseta.com/support/kb/articles/6DmwY294/setup-activity-notifications-webhooks-callbacks-
 */
import { type IDataObject, type IHookFunctions, type IWebhookFunctions, NodeOperationError } from 'n8n-workflow';

import { asObject, isAbsent } from '../../shared/spec/values';
import { fingerprint } from '../../shared/trigger/fingerprint';
import type { DeliveryMemory } from '../../shared/trigger/memory';
import { resourceOf } from '../../shared/wire/vendor';
import type { ActivityType, Entity } from '../resources/activityTypes';
import { outseta } from '../vendor';
import { outsetaApi } from '../wire/api';
import { tidy } from '../wire/nested';
import { activityType, certainId, changeId, entityOf, RESOURCES } from './events';

/** What the user set. */
export interface Wishes {
	event: string;
	simplify: boolean;
	allowRepeats: boolean;
}

export interface Delivery {
	body: IDataObject;
	type: ActivityType;
	/** The record alone. */
	record: IDataObject;
	/** Resource of the record; undefined when it cannot be told. */
	resource?: string;
	/** More about what happened: an object, or a list of them. */
	details: IDataObject[string];
	eventId: string;
	/** The id names this event alone, so that the same id is the same event. */
	certain: boolean;
}

const HOUR = 3_600_000;
/** Outseta repeats for six hours and forty minutes. */
const REPEATED_FOR = 7;

export function wishesOf(context: IWebhookFunctions): Wishes {
	const options = context.getNodeParameter('options', {}) as IDataObject;
	return {
		event: context.getNodeParameter('event') as string,
		simplify: context.getNodeParameter('simplify', true) as boolean,
		allowRepeats: options.allowRepeats === true,
	};
}

/** @throws NodeOperationError when deliveries could not be told from forgeries, though they shall be. */
export async function assertKey(context: IHookFunctions): Promise<void> {
	const { problem, remedy } = await keyOf(context);
	if (problem) throw new NodeOperationError(context.getNode(), problem, { description: remedy });
}

/**
 * The key that deliveries are signed with.
 * @returns `problem` when there is none that can be used; neither when unsigned ones are welcome.
 */
export async function keyOf(context: IHookFunctions | IWebhookFunctions): Promise<{ key?: Buffer; problem?: string; remedy?: string }> {
	const { signatureSecret } = await context.getCredentials<{ signatureSecret?: string }>('outsetaApi');
	const text = String(signatureSecret ?? '').trim();
	if (/^[0-9a-f]{64}$/i.test(text)) return { key: Buffer.from(text, 'hex') };
	if (text !== '') {
		return {
			problem: 'The Signature Key in the Outseta credential is not 64 hexadecimal characters',
			remedy: 'Copy it again from Outseta: Settings > Notifications, behind the cog.',
		};
	}
	const { acceptUnsigned } = context.getNodeParameter('options', {}) as IDataObject;
	if (acceptUnsigned === true) return {};
	return {
		problem: 'The Outseta credential has no Signature Key, so deliveries cannot be told from forgeries',
		remedy: 'Copy it from Outseta (Settings > Notifications, behind the cog) into the credential. To do without, switch on the option "Accept Unsigned Deliveries": anybody who knows the address can then start the workflow.',
	};
}

/**
 * Reads a delivery of the chosen event.
 * @returns undefined when it is none; `problem` when its record is of a kind that this event never carries.
 */
export function readDelivery(body: IDataObject, { event }: Wishes): Delivery | { problem: string } | undefined {
	const type = activityType(event);
	const { ActivityEventData: details, ...record } = body;
	const entity = entityOf(record);
	const { carries, name } = type;
	if (carries.length > 0 && isAbsent(record.Uid)) return undefined;
	if (carries.length > 0 && entity !== undefined && !carries.includes(entity as Entity)) {
		return { problem: `${name} never comes with a record of type ${entity}: choose the same activity in the trigger and in the notification of Outseta` };
	}
	const resource = RESOURCES[(entity ?? carries[0]) as Entity] as string | undefined;
	const known = certainId(type, record.Uid, asObject(details));
	const isChange = name === `${carries[0]}Updated` && !isAbsent(record.Updated);
	const otherwise = isChange ? changeId(name, record.Uid, record.Updated) : `${name}:${String(record.Uid ?? '')}:${fingerprint(JSON.stringify(body))}`;
	return { body, type, record, resource, details: details ?? null, eventId: known ?? otherwise, certain: known !== undefined };
}

/**
 * Whether a delivery came before. One that nothing but its content tells from others is taken for a repeat
 * only as long as Outseta repeats, since the same may happen again.
 */
export function isRepeat(memory: DeliveryMemory, data: IDataObject, { type, body, eventId, certain }: Delivery, now = Date.now()): boolean {
	if (certain) return !memory.take(eventId, data);
	const hour = Math.floor(now / HOUR);
	const at = (passed: number) => JSON.stringify([type.name, hour - passed, body]);
	return !memory.take(at(0), data, Array.from({ length: REPEATED_FOR }, (_, i) => at(i + 1)));
}

/** The item of a delivery, its record in the shape that the action node gives it. */
export function toItem({ body, type, record, resource, details, eventId }: Delivery, { simplify }: Wishes): IDataObject {
	if (!simplify) return { event: type.name, eventId, ...body };
	const flat = resource ? outsetaApi.simplify(record, resourceOf(outseta, resource)) : (tidy(record) as IDataObject);
	return {
		event: type.name,
		eventId,
		...(resource ? { resource } : {}),
		...flat,
		...(isAbsent(details) ? {} : { activity: tidy(details) as IDataObject }),
	};
}
