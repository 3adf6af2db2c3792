/** Records of all input items in few requests. https://developers.outreach.io/api/bulk-api/ */
import type { IDataObject } from 'n8n-workflow';

import type { Handler, Output } from '../../shared/run/handler';
import type { Item } from '../../shared/run/item';
import type { Entry } from '../../shared/run/lookup';
import { about, changesBetween, type Plan, planCreate, planned, recordsOf, SAMPLE } from '../../shared/run/plan';
import { linksOf } from '../../shared/run/records';
import type { Reference } from '../../shared/run/reference';
import type { Run } from '../../shared/run/run';
import { newRecord } from '../../shared/run/upsert';
import { nouns } from '../../shared/spec/labels';
import type { RecordId, RecordInput } from '../../shared/spec/record';
import type { Relation, Resource } from '../../shared/spec/resource';
import { asObject, BadInput, isAbsent } from '../../shared/spec/values';
import type { Client } from '../../shared/wire/client';
import { existingLabel } from '../resources/importRecipes';
import { waitMsOf } from './batch';
import { importCall, report, start, type Started, wait } from './imports';

/** Bytes of one request; the vendor takes 2 MB. */
const BODY_SIZE = 1_900_000;

interface UpsertJob {
	existing?: Reference;
	/** Key of a record that this item creates. */
	creates?: Entry;
	id?: RecordId;
	method: string;
	fields: IDataObject;
	links: Map<Relation, Reference[]>;
}

/** Creates and changes records of all items. @param action the vendor's call. */
export const bulkUpsert = (action: string): Handler<UpsertJob> => ({
	prepare(item) {
		const { operation } = item.run;
		const { resource } = operation;
		const label = existingLabel(resource.scope ? 'Record' : resource.label);
		const existing = item.find(item.get<unknown>('existing', undefined), resource, label);
		const automatic = item.get<string>('fields.mappingMode', 'defineBelow') === 'autoMapInputData';
		if (automatic && !existing && !isAbsent(item.run.items[item.index].json.id)) {
			throw new BadInput(
				`The item has an ID, but "${label}" is empty: it would be created once more`,
				`To update that ${nouns(resource).one}, set "${label}" to By ID with {{ $json.id }}. To create one, remove "id" from the item.`,
			);
		}
		const job = {
			existing,
			method: item.get<string>('dupeMethod', 'overwrite'),
			fields: item.fields(operation, ['id']),
			links: item.links(operation),
		};
		if (Object.keys(job.fields).length + job.links.size === 0) {
			throw new BadInput(`There is nothing to send: no field of the ${nouns(resource).one} was given`, 'Map at least one field.');
		}
		return job;
	},
	async check(job, { run }) {
		const { existing } = job;
		if (!existing?.entry) {
			job.id = existing?.id;
			return;
		}
		const { entry, parameter } = existing;
		if ((await run.lookup.found(entry)).length > 0) {
			job.id = run.apiOf(entry.resource).id(await run.lookup.one(entry, parameter));
			return;
		}
		if (entry.alike.planned) {
			throw new BadInput(`${parameter}: another item already creates the ${nouns(entry.resource).one} "${entry.value}"`, 'Merge the two items, for example with a Remove Duplicates node.');
		}
		entry.alike.planned = true;
		job.creates = entry;
	},
	async together(jobs, run, fail) {
		const { resource } = run.operation;
		const client = run.client(resource);
		const [{ item: first }] = jobs;
		const name = first.option<string>('fileName') || `n8n-${nouns(resource).many.replace(/\W+/g, '-')}-${run.context.getExecutionId()}-${Date.now()}.json`;
		const started: Started[] = [];
		const outputs: Array<Output & { items: number[] }> = [];
		const failed = (items: Item[], error: unknown) => {
			const ids = started.map(({ importId }) => importId);
			for (const item of items) fail(item, error, ids.length > 0 ? `Already started: import ${ids.join(', ')}.` : '');
		};

		const jobOf = new Map(jobs.map(({ job, item }) => [item, job]));
		let part = 0;
		for (const { method, records, items } of packed(jobs, client, resource, fail)) {
			part++;
			if (run.dryRun) {
				client.assertCovered(importCall(action, records.length, resource));
				outputs.push({ json: planned(await upsertPlan(run, method, records, items.map((item) => jobOf.get(item)!))), items: items.map(({ index }) => index) });
				continue;
			}
			const fileName = part === 1 ? name : name.replace(/(\.\w+)?$/, `-${part}$1`);
			// Changes of known records can be sent again when the answer is lost; new ones would be made twice.
			const repeatable = method === 'overwriteNoCreate' || records.every(({ id }) => id !== undefined);
			try {
				started.push(await start(client, resource, action, { dupeMethod: method, fileName, records }, records.length, items, repeatable));
			} catch (error) {
				failed(items, error);
			}
		}
		try {
			await wait(run, client, started, waitMsOf(first.option('waitMinutes')));
		} catch (error) {
			failed(started.flatMap(({ items }) => items), error);
			return outputs;
		}
		for (const entry of started) {
			try {
				outputs.push({ json: report(run, entry), items: entry.items.map(({ index }) => index) });
			} catch (error) {
				for (const item of entry.items) fail(item, error, '');
			}
		}
		return outputs;
	},
});

/** What one import would bring: known records and new ones, and the first of them. */
async function upsertPlan(run: Run, dupeMethod: string, records: IDataObject[], jobs: UpsertJob[]): Promise<Plan> {
	const { resource } = run.operation;
	const existing = records.filter(({ id }) => id !== undefined).length;
	const shown = jobs.slice(0, SAMPLE);
	await recordsOf(run, resource, shown.flatMap(({ id }) => id ?? []), true);
	const first = shown.map(({ id, creates, fields, links }) => {
		const input = { fields, links: linksOf(links, [], resource) };
		if (id === undefined) return planCreate(run, resource, creates ? newRecord(creates, input) : input);
		return { action: 'update', ...about(run, resource, id, run.lookup.known(resource, id)), changes: changesBetween(run, resource, run.lookup.known(resource, id, true), input) };
	}) as unknown as IDataObject[];
	return { action: run.operation.name, more: { records: records.length, existing, new: records.length - existing, ifRecordExists: dupeMethod, first } };
}

/** Records of items with the same wish, as many to a request as fit. */
function packed(jobs: Array<{ job: UpsertJob; item: Item }>, client: Client, resource: Resource, fail: (item: Item, error: unknown, done: string) => void) {
	const packs: Array<{ method: string; records: IDataObject[]; items: Item[]; bytes: number }> = [];
	const open = new Map<string, (typeof packs)[number]>();
	for (const { job, item } of jobs) {
		const { id, creates, method, fields, links } = job;
		const input: RecordInput = { id, fields, links: linksOf(links, [], resource) };
		const record = asObject(asObject(client.api.encode(resource, creates ? newRecord(creates, input) : input, 'POST')).data);
		const bytes = Buffer.byteLength(JSON.stringify(record)) + 1;
		if (bytes > BODY_SIZE) {
			fail(item, new BadInput(`The record is too large: ${bytes} bytes`, 'One request to Outreach takes 2 MB. Shorten the values.'), '');
			continue;
		}
		let pack = open.get(method);
		if (!pack || pack.bytes + bytes > BODY_SIZE) {
			pack = { method, records: [], items: [], bytes: 0 };
			packs.push(pack);
			open.set(method, pack);
		}
		pack.records.push(record);
		pack.items.push(item);
		pack.bytes += bytes;
	}
	return packs;
}
