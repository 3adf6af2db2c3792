/** The changes that a poll of Outseta can tell of: entries of the activity log, and records by their dates. */
import type { IDataObject } from 'n8n-workflow';

import { titleCase } from '../../shared/spec/labels';
import type { Resource } from '../../shared/spec/resource';
import { asObject, isAbsent } from '../../shared/spec/values';
import type { Change, Polled } from '../../shared/trigger/change';
import { ACTIVITY_TYPES, activityLabel } from '../resources/activityTypes';
import { outseta } from '../vendor';
import { outsetaApi } from '../wire/api';
import { certainId, changeId } from './events';

/** How a poll follows a resource. */
export function polledOf(resource: Resource, events: string[]): Polled {
	return resource.name === 'activity' ? activityLog(resource, events) : records(resource, events);
}

/** What the log keeps about an entry, which is JSON in most; undefined when it is a text. */
function detailsOf(record: IDataObject): IDataObject[string] | undefined {
	const { ActivityData: text } = record;
	if (typeof text !== 'string') return undefined;
	try {
		const details: unknown = JSON.parse(text);
		return typeof details === 'object' && details !== null ? (details as IDataObject) : undefined;
	} catch {
		return undefined;
	}
}

/** One stream of all chosen kinds. */
function activityLog(resource: Resource, events: string[]): Polled {
	const chosen = ACTIVITY_TYPES.filter(({ name }) => events.includes(name));
	const numbers = chosen.map(({ number }) => String(number));
	return {
		vendor: outseta,
		resource,
		changes: chosen.map((type) => ({
			name: type.name,
			label: activityLabel(type),
			time: 'ActivityDateTime',
			happened: (record) => Number(record.ActivityType) === type.number,
		})),
		narrow: [{ path: ['ActivityType'], operator: numbers.length === 1 ? 'equals' : 'oneOf', values: numbers }],
		name({ name: event }, record) {
			const type = ACTIVITY_TYPES.find(({ name }) => name === event)!;
			const known = certainId(type, record.EntityUid, asObject(detailsOf(record)));
			return { event, eventId: known ?? `${event}:${String(record.EntityUid)}:${String(record.Uid)}` };
		},
		more(record) {
			const details = detailsOf(record);
			return details === undefined ? {} : { activity: details };
		},
		needs: ['ActivityType', 'ActivityData', 'EntityType', 'EntityUid'],
	};
}

const second = (record: IDataObject, property: string) => Math.floor(Date.parse(String(outsetaApi.value(record, property) ?? '')) / 1000);

/** Nothing has changed since the record was created. The two dates of a new record may differ by a moment. */
const isUntouched = (record: IDataObject) => isAbsent(record.Updated) || second(record, 'Updated') <= second(record, 'Created');

const isNew = (record: IDataObject, since: string) => isUntouched(record) || (since !== '' && second(record, 'Created') > Math.floor(Date.parse(since) / 1000));

const RECORD_CHANGES: Change[] = [
	{ name: 'created', label: 'Created', time: 'Created', happened: () => true },
	{ name: 'changed', label: 'Created or Updated', time: 'Updated', happened: () => true },
	{ name: 'updated', label: 'Updated', time: 'Updated', happened: (record) => !isUntouched(record) },
];

/** Records by the dates of their creation and their last change. */
function records(resource: Resource, events: string[]): Polled {
	const kind = titleCase(resource.name);
	return {
		vendor: outseta,
		resource,
		changes: RECORD_CHANGES.filter(({ name }) => events.includes(name)),
		name({ name }, record, since) {
			const created = `${kind}Created:${String(record.Uid)}`;
			const updated = changeId(`${kind}Updated`, record.Uid, record.Updated);
			if (name === 'created') return { event: `${kind}Created`, eventId: created };
			if (name === 'updated') return { event: `${kind}Updated`, eventId: updated };
			return { event: `${kind}${isNew(record, since) ? 'Created' : 'Updated'}`, eventId: isUntouched(record) ? created : updated };
		},
		needs: ['Created', 'Updated'],
	};
}
