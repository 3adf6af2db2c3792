/** The changes that a poll of a BranchCMS site can tell of. */
import type { IDataObject } from 'n8n-workflow';

import type { Resource } from '../../shared/spec/resource';
import { markOfValue } from '../../shared/trigger/fingerprint';
import type { Watch } from '../../shared/trigger/snapshots';
import { branchCms } from '../vendor';

/** Answers that change by themselves when a day passes. */
const BY_THE_CLOCK = new Set(['isPastEvent', 'isToday']);

const markOf = (record: IDataObject) => markOfValue(Object.fromEntries(Object.entries(record).filter(([name]) => !BY_THE_CLOCK.has(name) && name !== 'links')));

/** How a resource is watched for these events. */
export function watchOf(resource: Resource, events: string[]): Watch {
	const newOnly = events.every((event) => event === 'created');
	return {
		vendor: branchCms,
		resource,
		newOnly,
		deletions: events.includes('deleted'),
		mark: markOf,
		happened(record, before, first) {
			const mark = markOf(record);
			if (first || before === mark) return [];
			const event = before === undefined ? 'created' : 'updated';
			return events.includes(event) ? [{ event, of: event === 'created' ? '' : mark }] : [];
		},
	};
}
