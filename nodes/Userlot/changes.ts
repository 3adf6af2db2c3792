/**
 * The changes that a poll of Userlot can tell of. The list has no filter by time, so that all of it is read and
 * compared with what was remembered: a few short values for each record, by letter.
 */
import type { IDataObject } from 'n8n-workflow';

import { isAbsent } from '../shared/fields';
import { markOfValue } from '../shared/polling';
import type { Happening, Watch } from '../shared/snapshots';
import type { Resource } from '../shared/spec';
import { fingerprint } from '../shared/webhook';
import { userlot } from './vendor';

export interface Settings {
	events: string[];
	/** Health score that counts when it is crossed. */
	limit: number;
	/** Days before the renewal. */
	days: number;
	/** Change of ARR or MRR that is too small to tell of. */
	amount: number;
	/** Today, as YYYY-MM-DD. */
	today: string;
}

/** A value of a record that is remembered under a letter. */
interface Kept {
	letter: string;
	event: string;
	value(record: IDataObject): string;
	/** What happened when the value was another one before. */
	changed(record: IDataObject, before: string, settings: Settings): Happening[];
}

const number = (value: unknown) => (isAbsent(value) || Number.isNaN(Number(value)) ? '' : String(Number(value)));

/** Tells one value of a record from the next. */
const word = (value: unknown) => (isAbsent(value) ? '' : fingerprint(String(value)).slice(0, 4));

/** A fingerprint of the last change's time, or of the whole record where no time is kept. */
const version = (record: IDataObject) => (isAbsent(record.updated_at) ? markOfValue(record) : fingerprint(String(record.updated_at)));

const revenue = (letter: string, name: 'arr' | 'mrr'): Kept => ({
	letter,
	event: `${name}Changed`,
	value: (record) => number(record[name]),
	changed: (record, before, { amount }) => {
		const difference = Number(record[name] ?? 0) - Number(before);
		return Math.abs(difference) > amount ? [{ event: `${name}Changed`, of: `${before}:${number(record[name])}`, more: { previous: before === '' ? null : Number(before), difference } }] : [];
	},
});

const KEPT: Kept[] = [
	{
		letter: 'u',
		event: 'updated',
		value: version,
		changed: (record) => [{ event: 'updated', of: String(record.updated_at ?? version(record)) }],
	},
	{
		letter: 'h',
		event: 'healthCrossed',
		value: (record) => number(record.health_score),
		changed(record, before, { limit }) {
			const score = number(record.health_score);
			if (before === '' || score === '' || Number(before) < limit === Number(score) < limit) return [];
			return [{ event: 'healthCrossed', of: `${before}:${score}`, more: { previous: Number(before), direction: Number(score) < limit ? 'below' : 'above' } }];
		},
	},
	{
		letter: 'c',
		event: 'healthCategoryChanged',
		value: (record) => (isAbsent(record.health_category) ? '' : String(record.health_category).slice(0, 20)),
		changed: (record, before) => [{ event: 'healthCategoryChanged', of: `${before}:${String(record.health_category ?? '')}`, more: { previous: before === '' ? null : before } }],
	},
	{ letter: 's', event: 'statusChanged', value: (record) => word(record.status_id), changed: (record, before) => [{ event: 'statusChanged', of: `${before}:${word(record.status_id)}` }] },
	{ letter: 'l', event: 'stageChanged', value: (record) => word(record.life_cycle_stage_id), changed: (record, before) => [{ event: 'stageChanged', of: `${before}:${word(record.life_cycle_stage_id)}` }] },
	revenue('a', 'arr'),
	revenue('m', 'mrr'),
];

/** Remembered values by letter. */
const read = (mark: string | undefined) => new Map((mark ?? '').split('~').filter(Boolean).map((part) => [part[0], part.slice(1)] as const));

/** A date in three or four characters. */
const dayOf = (date: string) => Math.floor(Date.parse(date) / 86_400_000).toString(36);

/** Whole days from one date to another. */
const daysBetween = (from: string, to: string) => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);

/** The date of a renewal that is near. */
function dueDate(record: IDataObject, { days, today }: Settings): string | undefined {
	const date = String(record.renewal_date ?? '').slice(0, 10);
	const left = daysBetween(today, date);
	return left >= 0 && left <= days ? date : undefined;
}

/** How a resource is watched for these events. */
export function watchOf(resource: Resource, settings: Settings): Watch {
	const { events } = settings;
	const kept = KEPT.filter(({ event }) => events.includes(event));
	const renewals = events.includes('renewalNear');
	return {
		vendor: userlot,
		resource,
		shortIds: true,
		happened(record, before, first) {
			const was = read(before);
			const result: Happening[] = [];
			const due = renewals ? dueDate(record, settings) : undefined;
			// Those that are near already when the trigger begins are told of as well.
			if (due && was.get('r') !== dayOf(due)) result.push({ event: 'renewalNear', of: due, more: { daysLeft: daysBetween(settings.today, due) } });
			if (before === undefined) return first || !events.includes('created') ? result : [{ event: 'created', of: '' }, ...result];
			for (const { letter, value, changed } of kept) {
				const earlier = was.get(letter);
				if (earlier !== undefined && earlier !== value(record)) result.push(...changed(record, earlier, settings));
			}
			return result;
		},
		mark(record, before) {
			const was = read(before);
			const due = renewals ? dueDate(record, settings) : undefined;
			const told = due ? dayOf(due) : was.get('r');
			const values = kept.map(({ letter, value, changed }) => {
				const earlier = was.get(letter);
				// Small steps add up: until a change counts, the value at the last one stays.
				const small = (letter === 'a' || letter === 'm') && earlier !== undefined && changed(record, earlier, settings).length === 0;
				return `${letter}${small ? earlier : value(record)}`;
			});
			// Nothing to keep but that it is there.
			return [...values, ...(told ? [`r${told}`] : [])].join('~') || '-';
		},
	};
}
