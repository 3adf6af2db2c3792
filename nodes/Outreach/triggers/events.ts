/**
 * What Outreach tells about by webhook, and how one change is named wherever it is heard of.
 * https://developers.outreach.io/api/webhooks/
 */
import type { IDataObject, INodePropertyOptions } from 'n8n-workflow';

import { labelOf, titleCase } from '../../shared/spec/labels';
import { resources } from '../resources';

/** Actions of each resource. */
export const MATRIX: Record<string, string[]> = {
	account: ['created', 'updated', 'destroyed'],
	call: ['created', 'updated', 'destroyed'],
	emailAddress: ['created', 'updated', 'destroyed'],
	import: ['created', 'finished'],
	kaiaRecording: ['created'],
	mailing: ['created', 'updated', 'destroyed', 'bounced', 'delivered', 'opened', 'replied'],
	opportunity: ['created', 'updated', 'destroyed'],
	opportunityProspectRole: ['created', 'updated', 'destroyed'],
	prospect: ['created', 'updated', 'destroyed'],
	sequence: ['created', 'updated', 'destroyed'],
	sequenceState: ['created', 'updated', 'destroyed', 'advanced', 'finished'],
	task: ['created', 'updated', 'destroyed', 'completed'],
	user: ['created', 'updated'],
};

/** Actions that can be asked of all resources at once. */
const ANY_RESOURCE = ['*', 'created', 'updated', 'destroyed'];

/** Announced by the vendor's guide, absent from its list of events: heard by way of all events of users. */
export const USER_DELETED = 'user.deleted';

const labels = new Map(resources.map((r) => [r.name, r.label]));

/** `Prospect Created`. The node panel puts "On" before it and drops punctuation. */
function eventLabel(resource: string, action: string): string {
	const subject = resource === '*' ? 'Any Record' : (labels.get(resource) ?? titleCase(resource));
	if (action === '*') return resource === '*' ? 'Any Event' : `${subject} Event of Any Kind`;
	return `${subject} ${action === 'destroyed' ? 'Deleted' : labelOf({ value: action })}`;
}

/** Every event as a choice, `prospect.created` or with a star for any. */
export function eventChoices(): INodePropertyOptions[] {
	const pairs = Object.entries({ '*': ANY_RESOURCE, ...Object.fromEntries(Object.entries(MATRIX).map(([resource, actions]) => [resource, ['*', ...actions]])) });
	const choices: INodePropertyOptions[] = pairs.flatMap(([resource, actions]) =>
		actions.map((action) => ({ name: eventLabel(resource, action), value: `${resource}.${action}` })),
	);
	choices.push({
		name: 'User Deleted',
		value: USER_DELETED,
		description: 'Outreach may not send this. A guide names it, but the list of events does not.',
	});
	return choices.sort((a, b) => a.name.localeCompare(b.name));
}

export interface Subscription {
	resource: string;
	action: string;
}

const covers = (wide: Subscription, narrow: Subscription) =>
	(wide.resource === '*' || wide.resource === narrow.resource) && (wide.action === '*' || wide.action === narrow.action);

const same = (a: Subscription, b: Subscription) => a.resource === b.resource && a.action === b.action;

function toSubscription(event: string): Subscription {
	const [resource, action] = event.split('.');
	return event === USER_DELETED ? { resource: 'user', action: '*' } : { resource, action };
}

/** The fewest remote webhooks for the chosen events. */
export function plan(events: string[]): Subscription[] {
	const chosen = events.map(toSubscription).filter((one, i, all) => all.findIndex((other) => same(one, other)) === i);
	return chosen.filter((one) => !chosen.some((other) => !same(one, other) && covers(other, one)));
}

/** Whether an event comes through two of the webhooks, as `prospect.created` does with `*.created` and `prospect.*`. */
export function isDoubled(eventName: string, events: string[]): boolean {
	const [resource, action] = eventName.split('.');
	return plan(events).filter((one) => covers(one, { resource, action })).length > 1;
}

/** Whether an event that came was chosen; a wildcard brings more than was asked for. */
export function isChosen(eventName: string, events: string[]): boolean {
	const [resource, action] = eventName.split('.');
	return events.some((event) =>
		event === USER_DELETED ? resource === 'user' && (action === 'deleted' || action === 'destroyed') : covers(toSubscription(event), { resource, action }),
	);
}

/** Actions that a record sees once, so that its id names the change. */
const ONCE = new Set(['created', 'destroyed', 'deleted', 'bounced', 'delivered', 'completed']);

/** The attribute that says when the change was. */
const TIMES: Record<string, string> = {
	updated: 'updatedAt',
	opened: 'openedAt',
	replied: 'repliedAt',
	finished: 'stateChangedAt',
};

/** A time in one form, however the vendor writes it. */
function instant(value: unknown): string | undefined {
	const time = Date.parse(String(value ?? ''));
	return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/**
 * The name of one change, the same from a webhook and from a poll: `prospect.updated:42:2026-03-01T09:30:00.000Z`.
 * @param otherwise what tells deliveries apart when the data has no time of the change.
 */
export function eventId(eventName: string, id: unknown, attributes: IDataObject, otherwise?: string): string {
	const action = eventName.split('.')[1];
	if (ONCE.has(action)) return `${eventName}:${String(id)}`;
	const when = instant(attributes[TIMES[action] ?? 'updatedAt']) ?? otherwise ?? '';
	return `${eventName}:${String(id)}:${when}`;
}
