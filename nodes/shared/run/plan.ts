/**
 * What a write would do, described instead of done. Made where the write would be sent, so that a plan and the real run cannot
 * disagree on what leads up to it.
 */
import { type IDataObject, NodeApiError } from 'n8n-workflow';

import { sameValue } from '../spec/compare';
import { idField, isHidden } from '../spec/fields';
import { fieldOf, ID } from '../spec/keys';
import { nouns } from '../spec/labels';
import type { Link, RecordId, RecordInput } from '../spec/record';
import type { ActionParameter, Field, Relation, Resource } from '../spec/resource';
import { isAbsent } from '../spec/values';
import type { Answer, Call } from '../wire/api';
import type { Client } from '../wire/client';
import { Withheld } from '../wire/refusals';
import { displayName } from './display';
import { pathTo } from './reads';
import type { Run } from './run';

/** One value that would change. Names are those of the output. */
export interface Change {
	field: string;
	/** What the record has; null if it is empty, absent if the vendor does not show it. */
	from?: IDataObject[string];
	/** What it would get; null clears it. */
	to: IDataObject[string];
}

/** What one write would do. */
export interface Plan {
	/** A word such as create, update, delete, lock or none. */
	action: string;
	id?: RecordId;
	name?: string;
	changes?: Change[];
	/** What else there is to say. */
	more?: IDataObject;
}

/** Ends the work of an item in a dry run: this is where it would write, or where there is nothing to write. */
export class Planned extends Error {
	constructor(readonly plan: Plan) {
		super(`Dry run: ${plan.action}`);
	}
}

/** A plan as the output shows it. */
export const planned = ({ action, id, name, changes = [], more = {} }: Plan): IDataObject => ({
	dryRun: true,
	action,
	...(id === undefined ? {} : { id }),
	...(name === undefined ? {} : { name }),
	changes: changes as unknown as IDataObject[],
	...more,
});

/** Sends a request that changes something. @throws Planned in a dry run. */
export async function sendOrPlan(client: Client, call: Call, plan: () => Plan | Promise<Plan>): Promise<Answer> {
	const [sent] = await Promise.allSettled([client.send(call)]);
	if (sent.status === 'fulfilled') return sent.value;
	throw sent.reason instanceof Withheld ? new Planned(await plan()) : sent.reason;
}

/**
 * What of a record would change. Only differences are given; without a record, all values are.
 * Related records have their names where this run knows them: from look-ups, or from the record itself. No requests.
 * @param record as the vendor sent it with all its fields; undefined for a new one, or one that cannot be read.
 * @param isNew that there is no record yet, so that everything was empty.
 */
export function changesBetween(run: Run, resource: Resource, record: IDataObject | undefined, input: Pick<RecordInput, 'fields' | 'links'>, isNew = false): Change[] {
	const api = run.apiOf(resource);
	const changes: Change[] = [];
	for (const [name, value] of Object.entries(input.fields)) {
		const field = fieldOf(resource, name);
		const now = record && api.value(record, name);
		if (isNew && isAbsent(value)) continue;
		if (record && !isHidden(field) && sameValue(now, value)) continue;
		const from = !isNew && (!record || (isHidden(field) && now === undefined)) ? {} : { from: isAbsent(now) ? null : shown(field, now) };
		changes.push({ field: name, ...from, to: isAbsent(value) ? null : shown(field, value) });
	}
	for (const [name, link] of Object.entries(input.links ?? {})) {
		const relation = (resource.relations ?? []).find((r) => r.name === name) ?? { name, to: [] };
		const now = record && api.linked(record, name);
		const wanted = [link ?? []].flat();
		const sorted = (ids: RecordId[]) => ids.map(String).sort().join();
		if (now && sorted(now) === sorted(wanted.map(({ id }) => id))) continue;
		const from = now ?? (isNew ? [] : undefined);
		changes.push({
			field: name,
			...(from ? { from: inWords(relation, from.map((id) => nameInside(run, resource, relation, record, id) ?? nameOf(run, relation.to, id))) } : {}),
			to: inWords(relation, wanted.map(({ id, resource: to }: Link) => nameOf(run, [to], id))),
		});
	}
	return changes;
}

/** A value for people to read; secrets are not for them. */
const shown = (field: Field, value: unknown): IDataObject[string] => (field.type === 'secret' ? '***' : (value as IDataObject[string]));

/** One name, or a list where the relation is one. */
const inWords = ({ many }: Pick<Relation, 'many'>, names: Array<string | RecordId>): IDataObject[string] => (many ? names : (names[0] ?? null));

/** The name of a record, or its id when this run has not met it. */
export function nameOf(run: Run, resources: string[], id: RecordId): string | RecordId {
	for (const name of resources) {
		const resource = run.vendor.resources.find((r) => r.name === name);
		const record = resource && run.lookup.known(resource, id);
		if (resource && record) return displayName(run.client(resource), resource, record);
		const label = run.lookup.labels.get(`${name}\n${id}`);
		if (label !== undefined) return label;
	}
	return id;
}

/** The name of a related record that came along with the record. */
function nameInside(run: Run, resource: Resource, relation: Relation, record: IDataObject | undefined, id: RecordId): string | undefined {
	const api = run.apiOf(resource);
	if (!record || relation.many || !api.supports.paths || String(api.value(record, `${relation.name}.${api.idName ?? 'id'}`)) !== String(id)) return undefined;
	const target = run.vendor.resources.find((r) => r.name === relation.to[0]);
	const name = (target?.list?.name ?? []).map((part) => api.value(record, `${relation.name}.${part}`)).filter((part) => !isAbsent(part)).join(' ');
	return name === '' ? undefined : name;
}

/** The name that a new record would have. */
export function nameFor(resource: Resource, { fields }: Pick<RecordInput, 'fields'>): string | undefined {
	const text = (names: string[] = []) => names.map((name) => fields[name]).flat().filter((value) => !isAbsent(value)).join(' ');
	return [text(resource.list?.name), text(resource.list?.fallback), text(resource.list?.detail ? [resource.list.detail] : [])].find((name) => name !== '');
}

/** A record as it is, for a plan: from the look-ups, or read. Undefined if the vendor has no call for that, or this connection may not read it. */
export async function recordBefore(run: Run, resource: Resource, id: RecordId, links: string[] = []): Promise<IDataObject | undefined> {
	const known = run.lookup.known(resource, id, true);
	if (known || !resource.methods.includes('get')) return known;
	const client = run.client(resource);
	// Some vendors show what a record points to only when asked.
	const include = client.api.supports.paths ? links.filter((name) => (resource.relations ?? []).some((r) => r.name === name && r.include)) : [];
	const call: Call = {
		method: 'GET',
		path: pathTo(resource, id),
		query: client.api.getQuery(resource, { include }),
		purpose: `get ${nouns(resource).one} ${id}`,
	};
	if (client.api.covers?.(call) === false) return undefined;
	const [read] = await Promise.allSettled([client.send(call)]);
	if (read.status === 'fulfilled') return client.api.record(read.value.body);
	if (read.reason instanceof NodeApiError && read.reason.httpCode === '403') return undefined;
	throw read.reason;
}

/** Who or what a plan is about. */
export const about = (run: Run, resource: Resource, id: RecordId, record?: IDataObject): Pick<Plan, 'id' | 'name'> => ({
	id,
	...(record ? { name: displayName(run.client(resource), resource, record) } : {}),
});

/** A record that would be created. */
export function planCreate(run: Run, resource: Resource, input: Pick<RecordInput, 'fields' | 'links'>): Plan {
	return { action: 'create', name: nameFor(resource, input), changes: changesBetween(run, resource, undefined, input, true) };
}

/** A record that would be changed. @param replace fields that are not given are cleared. */
export async function planUpdate(run: Run, resource: Resource, id: RecordId, input: Pick<RecordInput, 'fields' | 'links'>, { replace = false, action = replace ? 'replace' : 'update' }: { replace?: boolean; action?: string } = {}): Promise<Plan> {
	const record = await recordBefore(run, resource, id, Object.keys(input.links ?? {}));
	const api = run.apiOf(resource);
	const lost = replace && record ? resource.fields.filter((f) => !f.readOnly && !isHidden(f) && !(f.name in input.fields) && !isAbsent(api.value(record, f.name))) : [];
	const fields = { ...input.fields, ...Object.fromEntries(lost.map((f) => [f.name, null])) };
	const changes = changesBetween(run, resource, record, { ...input, fields });
	return { action: changes.length > 0 ? action : 'none', ...about(run, resource, id, record), changes };
}

/** What an action's parameters would change, as far as the record has fields of these names. */
export function parameterChanges(run: Run, resource: Resource, values: Array<{ parameter: ActionParameter; value: IDataObject[string] }>, record?: IDataObject): Change[] {
	const api = run.apiOf(resource);
	return values.map(({ parameter, value }) => {
		const { name, reference } = parameter;
		const to = reference === undefined ? shown(parameter, value) : inWords({ many: Array.isArray(value) }, [value].flat().map((id) => nameOf(run, [reference], id as RecordId)));
		// A parameter such as ownerId sets the relation "owner".
		const relation = reference === undefined ? undefined : (resource.relations ?? []).find((r) => `${r.name}Id` === name);
		const linked = record && relation && api.linked(record, relation.name)?.map((id) => nameOf(run, [reference!], id));
		const own = record && resource.fields.some((f) => f.name === name && !isHidden(f)) ? api.value(record, name) : undefined;
		const now = linked ? inWords(relation!, linked) : own;
		return { field: name, ...(now === undefined ? {} : { from: now as IDataObject[string] }), to };
	});
}

/** So many records stand for all of a change of many. */
export const SAMPLE = 10;

/** The number of records, and the first of them. */
export const sample = (run: Run, resource: Resource, count: number, records: IDataObject[]): IDataObject => ({
	count,
	first: records.slice(0, SAMPLE).map((record) => about(run, resource, run.apiOf(resource).id(record), record) as IDataObject),
});

/** A few records by their ids, in one request where the vendor takes several ids; those that cannot be read are left as ids. */
export async function recordsOf(run: Run, resource: Resource, ids: RecordId[], full = false): Promise<IDataObject[]> {
	const unknown = inBatches(run, resource) ? ids.filter((id) => !run.lookup.known(resource, id, full)) : [];
	for (const id of unknown) run.lookup.want(resource, ID, String(id), { full });
	if (unknown.length > 0) await run.lookup.resolve();
	const { idName = 'id' } = run.apiOf(resource);
	return ids.map((id) => run.lookup.known(resource, id) ?? { [idName]: id });
}

/** Whether records of a kind can be asked for by many ids at once. */
export function inBatches(run: Run, resource: Resource): boolean {
	const api = run.apiOf(resource);
	return api.lookupSize > 1 && resource.methods.includes('getAll') && !resource.rows && !resource.parent && !resource.scope && api.operators(idField(resource)).length > 0;
}

/** Adds an entry of a list to a plan that stands in the output already. @param before the list as it is, if that is known. */
export function addChange(plan: IDataObject, field: string, to: string | RecordId, before?: Array<string | RecordId>): void {
	const changes = plan.changes as unknown as Change[];
	const same = changes.find((change) => change.field === field);
	if (same) (same.to as Array<string | RecordId>).push(to);
	else changes.push({ field, ...(before ? { from: before } : {}), to: [...(before ?? []), to] });
	if (plan.action === 'none') plan.action = 'update';
}
