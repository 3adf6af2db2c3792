/**
 * The events of Outseta: choices of the trigger, and one name for an event wherever it is heard of.
 * https://go.outseta.com/support/kb/articles/6DmwY294/setup-activity-notifications-webhooks-callbacks-
 */
import type { IDataObject, INodePropertyOptions } from 'n8n-workflow';

import { isAbsent } from '../../shared/spec/values';
import { ACTIVITY_TYPES, activityLabel, type ActivityType, type Entity } from '../resources/activityTypes';
import { withZone } from '../wire/nested';

/** Properties that only one kind of record has, for records that do not say what they are. */
const SIGNS: Array<[string, Entity]> = [
	['AccountStage', 'Account'],
	['Email', 'Person'],
	['DealPipelineStage', 'Deal'],
	['BillingAddOnType', 'AddOn'],
	['TrialPeriodDays', 'Plan'],
];

export const RESOURCES: Record<Entity, string> = { Account: 'account', AddOn: 'addOn', Deal: 'deal', Person: 'person', Plan: 'plan' };

/** Every kind as a choice of a trigger, by the vendor's name. */
export function activityChoices(): INodePropertyOptions[] {
	return ACTIVITY_TYPES.map((type) => ({
		name: activityLabel(type),
		value: type.name,
		...(type.description ? { description: type.description } : {}),
	})).sort((a, b) => a.name.localeCompare(b.name));
}

/** @throws Error for a name that is none of them. */
export function activityType(name: string): ActivityType {
	const type = ACTIVITY_TYPES.find((one) => one.name === name);
	if (!type) throw new Error(`Outseta has no activity "${name}"`);
	return type;
}

/** What kind of record this is: as it says itself, or else by its properties. */
export function entityOf(record: IDataObject): string | undefined {
	if (typeof record._objectType === 'string' && record._objectType !== '') return record._objectType;
	return SIGNS.find(([property]) => property in record)?.[1];
}

/** A moment in one form, however the vendor writes it; any other text as it is. */
function instant(value: unknown): string {
	const time = /^\d{4}-\d{2}-\d{2}T/.test(String(value)) ? Date.parse(String(withZone(value))) : NaN;
	return Number.isNaN(time) ? String(value) : new Date(time).toISOString();
}

/**
 * The name of an event whose data tells it from all others of its kind, the same from a notification, from the
 * activity log and from the list of records: `AccountCreated:W9qkY8m`.
 * @returns undefined when the data does not.
 */
export function certainId({ name, once: by }: ActivityType, record: unknown, details: IDataObject): string | undefined {
	const parts = by === 'record' ? [record] : (by ?? []).map((property) => details[property]);
	if (parts.length === 0 || parts.some(isAbsent)) return undefined;
	return [name, ...parts.map(instant)].join(':');
}

/** The name of a change of a record, the same from a notification and from the list of records. */
export function changeId(name: string, record: unknown, updated: unknown): string {
	return `${name}:${String(record)}:${instant(updated)}`;
}
