/** The changes that a poll of Outreach can tell of. */
import type { IDataObject } from 'n8n-workflow';

import type { Resource } from '../../shared/spec/resource';
import { asObject } from '../../shared/spec/values';
import { canFollow, type Change } from '../../shared/trigger/change';
import { resources } from '../resources';
import { outreachApi } from '../wire/api';
import { eventId } from './events';

const attributes = (record: IDataObject) => asObject(record.attributes);

const time = (record: IDataObject, field: string) => Date.parse(String(attributes(record)[field] ?? ''));

/** Nothing has changed since the record was created. */
const isUntouched = (record: IDataObject) => time(record, 'updatedAt') === time(record, 'createdAt');

const isNew = (record: IDataObject, since: string) => isUntouched(record) || (since !== '' && time(record, 'createdAt') > Date.parse(since));

const always = () => true;

const stage = (record: IDataObject) => String(outreachApi.linked(record, 'opportunityStage')?.[0] ?? outreachApi.linked(record, 'stage')?.[0] ?? '');

const locked = (record: IDataObject) => (attributes(record).locked === true ? '1' : '');

/** A mailing's moment, kept in a field of its own. */
const moment = (name: string, label: string): Change => ({ name, label, time: `${name}At`, optional: true, happened: always });

const seat = {
	time: 'updatedAt',
	watch: { name: 'locked', fields: ['locked'], of: locked, where: [{ path: ['locked'], operator: 'equals' as const, values: ['true'] }] },
};

const SPECIAL: Record<string, Change[]> = {
	mailing: [moment('bounced', 'Bounced'), moment('delivered', 'Delivered'), moment('opened', 'Opened'), moment('replied', 'Replied')],
	opportunity: [
		{
			name: 'stageChanged',
			label: 'Stage Changed',
			description: 'Compared with the stage at the last poll. Covers the 20,000 opportunities that changed last.',
			time: 'updatedAt',
			watch: { name: 'stage', fields: ['opportunityStage'], of: stage },
			happened: (record, _since, before) => before !== undefined && before !== stage(record),
		},
	],
	sequenceState: [
		{
			name: 'finished',
			label: 'Finished',
			time: 'stateChangedAt',
			optional: true,
			where: [{ path: ['state'], operator: 'equals', values: ['finished'] }],
			happened: always,
		},
	],
	task: [
		{
			name: 'completed',
			label: 'Completed',
			time: 'stateChangedAt',
			optional: true,
			where: [{ path: ['state'], operator: 'equals', values: ['complete'] }],
			happened: always,
		},
	],
	user: [
		{ ...seat, name: 'locked', label: 'Locked', happened: (record, _since, before) => locked(record) === '1' && before !== '1' },
		{ ...seat, name: 'unlocked', label: 'Unlocked', happened: (record, _since, before) => locked(record) === '' && before === '1' },
	],
};

/** What can be chosen for a resource, none when its list cannot be followed. */
export function changesOf(resource: Resource): Change[] {
	const created = canFollow(resource, 'createdAt');
	const updated = canFollow(resource, 'updatedAt');
	return [
		...(created ? [{ name: 'created', label: 'Created', time: 'createdAt', happened: always }] : []),
		...(updated
			? [
					{ name: 'changed', label: 'Created or Updated', description: 'One event for each record, named for what happened. Do not combine it with Created or Updated.', time: 'updatedAt', happened: always },
					{ name: 'updated', label: 'Updated', time: 'updatedAt', happened: (record: IDataObject) => !isUntouched(record) },
				]
			: []),
		...(SPECIAL[resource.name] ?? []),
	].sort((a, b) => a.label.localeCompare(b.label));
}

/** Resources whose changes can be polled. */
export const polledResources = resources.filter((resource) => !resource.door && !resource.scope && changesOf(resource).length > 0);

/** The event of a record. Its id depends on the record alone, and is that of a webhook for the same change. */
export function nameChange(resource: Resource, change: Change, record: IDataObject, since: string): { event: string; eventId: string } {
	const named = (action: string) => `${resource.name}.${action}`;
	if (change.name !== 'changed') {
		return { event: named(change.name), eventId: eventId(named(change.name), record.id, attributes(record)) };
	}
	return {
		event: named(isNew(record, since) ? 'created' : 'updated'),
		eventId: eventId(named(isUntouched(record) ? 'created' : 'updated'), record.id, attributes(record)),
	};
}
