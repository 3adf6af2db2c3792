/**
 * The changes that a poll of Userlot can tell of. The list has no filter by time, so that all of it is read and
 * compared with what was remembered: a few short values for each record, by letter.
 */
import type { IDataObject } from 'n8n-workflow';

import type { Resource } from '../../shared/spec/resource';
import { isAbsent } from '../../shared/spec/values';
import { fingerprint, markOfValue } from '../../shared/trigger/fingerprint';
import type { Happening, Watch } from '../../shared/trigger/snapshots';
import type { Words } from '../../shared/trigger/words';
import { userlot } from '../vendor';

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

/** A value of a record that is remembered behind a capital letter, in which there is none. */
interface Kept {
	letter: string;
	event: string;
	value(record: IDataObject, words: Words): string;
	/** What happened when the value was another one before. */
	changed(record: IDataObject, before: string, settings: Settings, words: Words): Happening[];
}

const numberIn = (value: unknown) => (isAbsent(value) || Number.isNaN(Number(value)) ? undefined : Number(value));

/** A number in few characters; of amounts the unit is a hundredth. */
function short(value: unknown, unit = 1): string {
	const number = numberIn(value);
	if (number === undefined) return '';
	const units = Math.round(number / unit);
	return Number.isSafeInteger(units) && units * unit === number ? units.toString(36) : `.${number}`;
}

const long = (text: string, unit = 1) => (text === '' ? undefined : text.startsWith('.') ? Number(text.slice(1)) : parseInt(text, 36) * unit);

/** A code for a text that many records share. */
const word = (value: unknown, words: Words) => (isAbsent(value) ? '' : words.code(String(value)));

/** The time of the last change, or all of the record where no time is kept. */
const version = (record: IDataObject) => (isAbsent(record.updated_at) ? markOfValue(record) : String(record.updated_at));

/** Tells one text from the next in five characters: one change in 60 million looks like none. */
const digest = (text: string) => (Buffer.from(fingerprint(text), 'base64url').readUIntBE(0, 6) % 36 ** 5).toString(36);

const CENT = 0.01;

const revenue = (letter: string, name: 'arr' | 'mrr'): Kept => ({
	letter,
	event: `${name}Changed`,
	value: (record) => short(record[name], CENT),
	changed(record, before, { amount }) {
		const previous = long(before, CENT);
		const now = numberIn(record[name]);
		const difference = (now ?? 0) - (previous ?? 0);
		return Math.abs(difference) > amount ? [{ event: `${name}Changed`, of: `${previous ?? ''}:${now ?? ''}`, more: { previous: previous ?? null, difference } }] : [];
	},
});

/** A text that one of a few takes the place of. */
const choice = (letter: string, event: string, name: string): Kept => ({
	letter,
	event,
	value: (record, words) => word(record[name], words),
	changed: (record, before, _settings, words) => [{ event, of: `${words.text(before) ?? ''}:${String(record[name] ?? '')}`, more: { previous: words.text(before) ?? null } }],
});

const KEPT: Kept[] = [
	{
		letter: 'U',
		event: 'updated',
		value: (record) => digest(version(record)),
		changed: (record) => [{ event: 'updated', of: version(record) }],
	},
	{
		letter: 'H',
		event: 'healthCrossed',
		value: (record) => short(record.health_score),
		changed(record, before, { limit }) {
			const previous = long(before);
			const score = numberIn(record.health_score);
			if (previous === undefined || score === undefined || previous < limit === score < limit) return [];
			return [{ event: 'healthCrossed', of: `${previous}:${score}`, more: { previous, direction: score < limit ? 'below' : 'above' } }];
		},
	},
	choice('C', 'healthCategoryChanged', 'health_category'),
	choice('S', 'statusChanged', 'status_id'),
	choice('L', 'stageChanged', 'life_cycle_stage_id'),
	revenue('A', 'arr'),
	revenue('M', 'mrr'),
];

/** The letter of the renewal date that was told of. */
const RENEWAL = 'R';

/** Remembered values by letter. */
const read = (mark = '') => new Map([...mark.matchAll(/([A-Z])([^A-Z]*)/g)].map(([, letter, value]) => [letter!, value!] as const));

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

/** The same step can come again later: the time of the change tells one from the other, where there is one. */
const at = (happening: Happening, record: IDataObject): Happening =>
	happening.event === 'updated' || isAbsent(record.updated_at) ? happening : { ...happening, of: `${happening.of}:${String(record.updated_at)}` };

/** How a resource is watched for these events. */
export function watchOf(resource: Resource, settings: Settings): Watch {
	const { events } = settings;
	const kept = KEPT.filter(({ event }) => events.includes(event));
	const renewals = events.includes('renewalNear');
	return {
		vendor: userlot,
		resource,
		shortIds: true,
		happened(record, before, first, words) {
			const was = read(before);
			const result: Happening[] = [];
			const due = renewals ? dueDate(record, settings) : undefined;
			// Those that are near already when the trigger begins are told of as well.
			if (due && was.get(RENEWAL) !== dayOf(due)) result.push({ event: 'renewalNear', of: due, more: { daysLeft: daysBetween(settings.today, due) } });
			if (before === undefined) return first || !events.includes('created') ? result : [{ event: 'created', of: '' }, ...result];
			for (const { letter, value, changed } of kept) {
				const earlier = was.get(letter);
				if (earlier !== undefined && earlier !== value(record, words)) result.push(...changed(record, earlier, settings, words).map((happening) => at(happening, record)));
			}
			return result;
		},
		mark(record, before, words) {
			const was = read(before);
			const due = renewals ? dueDate(record, settings) : undefined;
			const told = due ? dayOf(due) : was.get(RENEWAL);
			const values = kept.map(({ letter, value, changed }) => {
				const earlier = was.get(letter);
				const now = value(record, words);
				// Small steps of revenue add up: until a change counts, the value at the last one stays. So does a score while there is none.
				const small = 'AM'.includes(letter) && earlier !== undefined && changed(record, earlier, settings, words).length === 0;
				const stays = small || (letter === 'H' && earlier !== undefined && now === '');
				return `${letter}${stays ? earlier : now}`;
			});
			// Nothing to keep but that it is there.
			return [...values, ...(told ? [`${RENEWAL}${told}`] : [])].join('') || '-';
		},
	};
}
