/**
 * Whether a vendor did what it accepted. What an operation reports comes from the vendor's answer, or from a read after it, never
 * from what was sent. Vendors normalize values (case, spaces, numbers, times, phone numbers); that counts as done.
 */
import type { IDataObject } from 'n8n-workflow';

import { foldText, sameValue } from '../spec/compare';
import { labelOf } from '../spec/labels';
import type { RecordInput } from '../spec/record';
import type { Field, Resource } from '../spec/resource';
import { BadInput, isAbsent } from '../spec/values';
import type { Api } from '../wire/api';

/** Kinds that vendors may rewrite as they like: markup, addresses, free JSON. */
const UNCERTAIN = new Set<Field['type']>(['text', 'url', 'json']);

/** The letters and digits of a text, without markup. */
const essence = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value)).replace(/<[^>]*>|&\w+;/g, '').toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** Whether the essence of a value can be found in the other, or the other way round. */
function isAlike(sent: unknown, now: unknown): boolean {
	const [a, b] = [essence(sent), essence(now)];
	return a === '' || b.includes(a) || (b !== '' && a.includes(b)) || typeof sent === 'object';
}

const digits = (value: unknown) => String(value).replace(/\D/g, '');

/** Whether a value is what was sent, as far as a vendor may have normalized it. */
export function sameAsSent(sent: unknown, now: unknown): boolean {
	if (sameValue(sent, now)) return true;
	if (Array.isArray(sent)) {
		// A vendor may sort a list, or keep what it had.
		const own = [now ?? []].flat();
		return sent.every((entry) => own.some((one) => sameAsSent(entry, one)));
	}
	if (isAbsent(now)) return isAbsent(sent);
	if (typeof sent === 'boolean' || typeof now === 'boolean') return foldText(sent) === foldText(now);
	const [a, b] = [foldText(sent), foldText(now)];
	if (a === b) return true;
	if (a !== '' && b !== '' && Number.isFinite(Number(a)) && Number.isFinite(Number(b))) return Math.abs(Number(a) - Number(b)) <= 0.01;
	if (/^\d{4}-\d{2}-\d{2}/.test(a) && /^\d{4}-\d{2}-\d{2}/.test(b)) {
		return a.slice(0, 10) === b.slice(0, 10) || Math.abs(Date.parse(a) - Date.parse(b)) <= 1000;
	}
	return /^[+\d][\d\s()./-]{5,}$/.test(a) && digits(b).length > 5 && (digits(a).endsWith(digits(b)) || digits(b).endsWith(digits(a)));
}

/** What of a write did not take effect. */
export interface Missed {
	/** Labels of fields and relations that the record shows with another value. */
	labels: string[];
	/** What the record shows, or does not show, of fields that decide about access; as text. */
	access: string[];
}

/**
 * Holds a record against what was sent. Fields that the record does not show say nothing, except about access. Cleared fields say
 * nothing either: a vendor may put its default in their place.
 */
export function missedBy(api: Api, resource: Resource, { fields, links = {} }: Pick<RecordInput, 'fields' | 'links'>, record: IDataObject): Missed {
	const missed: Missed = { labels: [], access: [] };
	for (const field of resource.fields) {
		const sent = fields[field.name];
		if (sent === undefined || sent === null || field.query || field.writeOnly || field.readOnly || field.type === 'secret') continue;
		const now = api.value(record, field.name);
		if (sameAsSent(sent, now) || (now === undefined && !field.access) || (UNCERTAIN.has(field.type) && isAlike(sent, now))) continue;
		if (!field.access) missed.labels.push(labelOf(field));
		else missed.access.push(now === undefined ? `the record does not show ${labelOf(field)}` : `${labelOf(field)} is ${JSON.stringify(now)}, not ${JSON.stringify(sent)}`);
	}
	for (const name of Object.keys(fields).filter((one) => !resource.fields.some((f) => f.name === one || f.wire === one))) {
		// A field that only the organization defines.
		const now = api.value(record, name);
		if (now !== undefined && fields[name] !== null && !sameAsSent(fields[name], now) && !isAlike(fields[name], now)) missed.labels.push(name);
	}
	for (const relation of resource.relations ?? []) {
		const link = links[relation.name];
		const now = link === undefined || link === null ? undefined : api.linked(record, relation.name)?.map(String);
		if (now && ![link!].flat().every(({ id }) => now.includes(String(id)))) missed.labels.push(labelOf(relation));
	}
	return missed;
}

/** The vendor accepted a change of access and did not make it, or does not show whether it did. */
export function unchanged(api: Api, resource: Resource, what: string): BadInput {
	return new BadInput(
		`${api.name} accepted the change of the ${resource.singular ?? resource.label.toLowerCase()} but did not make it: ${what}`,
		`Check the permissions of the connection, look at the record in ${api.name}, and run again. Do not rely on this change.`,
	);
}
