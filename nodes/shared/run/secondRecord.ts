/**
 * Two processes that create a record of one key at the same moment make two, where the vendor does not refuse the second.
 * Within a process the work on a key is done in turn; across processes only the vendor knows. So the keys of created records
 * are looked up once more, all of a run together: of two processes, the later one sees both records at least.
 */
import type { IDataObject } from 'n8n-workflow';

import { sameValue } from '../spec/compare';
import { keyLabel } from '../spec/keys';
import { nouns } from '../spec/labels';
import { listed } from '../spec/place';
import type { RecordId } from '../spec/record';
import { BadInput } from '../spec/values';
import type { Fail, Output } from './handler';
import type { Item } from './item';
import type { Entry } from './lookup';
import { list, pathTo } from './reads';
import type { Run } from './run';

/** A record that an item of this run created. */
export interface Creation {
	item: Item;
	entry: Entry;
	record: IDataObject;
	outputs: Output[];
}

/** What an execution with the earlier record waits for (ms): another one may be about to remove its own. */
const GRACE = 2_000;

/**
 * Looks for second records of the keys that this run created records with. A second one fails the item and is named. With
 * the option, the own record is removed if it is the later one and nobody uses it, and `instead` goes on with the other one.
 */
export async function findSecondRecords(run: Run, creations: Creation[], fail: Fail, instead: (creation: Creation) => Promise<void>): Promise<void> {
	const unsure = creations.filter(({ entry }) => !entry.key.unique);
	const others = await othersOf(run, unsure);
	for (const creation of unsure) {
		const { item, entry } = creation;
		const seconds = others.get(entry) ?? [];
		if (seconds.length === 0) continue;
		const { one } = nouns(entry.resource);
		try {
			const { removed, why } = item.optionFlag('removeSecond', false) ? await withdraw(run, creation, seconds) : { removed: false, why: 'Delete one of them. The option "Remove Own Second Record" does that.' };
			if (removed) await instead(creation);
			else if (why) throw secondRecord(run, creation, seconds, why);
		} catch (error) {
			fail(item, error, `The ${one} was created.`);
		}
	}
}

function secondRecord(run: Run, { entry, record }: Creation, seconds: IDataObject[], remedy: string): BadInput {
	const api = run.apiOf(entry.resource);
	const { many } = nouns(entry.resource);
	const ids = seconds.map((second) => String(api.id(second)));
	return new BadInput(
		`${seconds.length + 1} ${many} have the ${keyLabel(entry.resource, entry.key).toLowerCase()} "${entry.value}": ${api.id(record)}, which this execution created, and ${ids.join(', ')}`,
		`Another execution or a person created ${ids.length === 1 ? 'one' : 'some'} at the same time. ${remedy}`,
	);
}

/** Records of the same keys besides the created ones. */
async function othersOf(run: Run, creations: Creation[]): Promise<Map<Entry, IDataObject[]>> {
	for (const { entry } of creations) run.lookup.forget(entry);
	await run.lookup.resolve();
	const others = new Map<Entry, IDataObject[]>();
	let unknown = 0;
	for (const { entry, record } of creations) {
		const api = run.apiOf(entry.resource);
		try {
			others.set(entry, (await run.lookup.found(entry)).filter((found) => api.id(found) !== api.id(record)));
		} catch {
			unknown++;
		}
		run.lookup.remember(entry, record);
	}
	if (unknown > 0) run.hint(`Could not check ${unknown} created ${unknown === 1 ? 'record' : 'records'} for a second one with the same key`);
	return others;
}

/** Removes the own record in favor of an earlier one. `why` says why two are left, for people. */
async function withdraw(run: Run, creation: Creation, seconds: IDataObject[]): Promise<{ removed: boolean; why?: string }> {
	const { entry, record } = creation;
	const client = run.client(entry.resource);
	const { api } = client;
	const id = api.id(record);
	if ([record, ...seconds].sort(earlier(run, entry))[0] === record) {
		await client.rest(GRACE);
		if ((await othersOf(run, [creation])).get(entry)?.length === 0) return { removed: false };
		return { removed: false, why: 'The one that this execution created is the earlier one and stays. Delete the other one.' };
	}
	if (!entry.resource.methods.includes('delete')) return { removed: false, why: `Delete one of them in ${api.name}.` };
	const use = await usedBy(run, creation);
	if (use) return { removed: false, why: `The one that this execution created stays, since ${use}. Delete one of them.` };
	await client.send({ method: 'DELETE', path: pathTo(entry.resource, id), purpose: `delete ${nouns(entry.resource).one} ${id}` });
	run.hint(`Removed ${nouns(entry.resource).one} ${id} again, since another execution had just created ${String(api.id(seconds[0]))} with the ${keyLabel(entry.resource, entry.key).toLowerCase()} "${entry.value}"`);
	run.lookup.forget(entry);
	return { removed: true };
}

/** Sorts records by when they came into being, the same way in all processes. */
const earlier = (run: Run, { resource }: Entry) => {
	const api = run.apiOf(resource);
	const created = resource.fields.find(({ name, readOnly, type }) => readOnly && type === 'dateTime' && /^created/i.test(name));
	const timeOf = (record: IDataObject) => (created ? Date.parse(String(api.value(record, created.name))) || 0 : 0);
	const order = (a: RecordId, b: RecordId) => (Number.isNaN(Number(a) - Number(b)) ? (String(a) < String(b) ? -1 : 1) : Number(a) - Number(b));
	return (a: IDataObject, b: IDataObject) => timeOf(a) - timeOf(b) || order(api.id(a), api.id(b));
};

/** Who uses the created record already, or that this cannot be told; undefined when nobody does. */
async function usedBy(run: Run, { entry: { resource }, record }: Creation): Promise<string | undefined> {
	const client = run.client(resource);
	const { api } = client;
	const id = api.id(record);
	try {
		const { body } = await client.send({ method: 'GET', path: pathTo(resource, id), purpose: `get ${nouns(resource).one} ${id}` });
		const now = api.record(body);
		const changed = resource.fields.some(({ name, readOnly, writeOnly }) => !readOnly && !writeOnly && api.value(record, name) !== undefined && !sameValue(api.value(now, name), api.value(record, name)));
		if (changed) return 'it was changed in the meantime';
		const linked = (resource.relations ?? []).find(({ name, many }) => many && (api.linked(now, name)?.length ?? 0) > (api.linked(record, name)?.length ?? 0));
		if (linked) return 'other records are linked to it';
		for (const other of run.vendor.resources) {
			if (run.apiOf(other) !== api || !other.methods.includes('getAll') || /\{/.test(listed(other).path)) continue;
			for (const { name, to, filterBy } of other.relations ?? []) {
				if (!to.includes(resource.name) || !filterBy?.includes('id')) continue;
				const condition = { path: [name, 'id'], operator: 'equals' as const, values: [String(id)] };
				for await (const { record: found } of list(run, other, { conditions: [condition] }, 1)) return `${nouns(other).one} ${api.id(found)} points to it`;
			}
		}
		return undefined;
	} catch {
		return 'the vendor did not tell whether something points to it';
	}
}
