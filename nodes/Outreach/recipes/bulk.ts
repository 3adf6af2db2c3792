/**
 * The vendor's bulk changes: one request for all input items, worked in the background.
 * https://developers.outreach.io/api/bulk-api/
 */
import { type IDataObject, NodeApiError, NodeOperationError } from 'n8n-workflow';

import { parameterReferences, parameterValues } from '../../shared/run/action';
import { recordOf } from '../../shared/run/answers';
import { displayFields } from '../../shared/run/display';
import type { Handler, Output } from '../../shared/run/handler';
import type { Item } from '../../shared/run/item';
import { listQuery } from '../../shared/run/listQuery';
import { type Change, changesBetween, type Plan, parameterChanges, planned, recordsOf, SAMPLE, sample } from '../../shared/run/plan';
import { count, list } from '../../shared/run/reads';
import type { Reference } from '../../shared/run/reference';
import type { Run } from '../../shared/run/run';
import { neededFor, unverifiable } from '../../shared/run/trust';
import { nouns } from '../../shared/spec/labels';
import { grouped } from '../../shared/spec/lists';
import type { Operation } from '../../shared/spec/operation';
import type { Condition, Query } from '../../shared/spec/query';
import type { RecordId } from '../../shared/spec/record';
import type { ActionParameter, Field, Resource } from '../../shared/spec/resource';
import { asObject, BadInput } from '../../shared/spec/values';
import type { Client } from '../../shared/wire/client';
import { filterPairs } from '../wire/filters';
import { type Batch, BATCH_SIZE, filled, isBroken, isOver, refreshBatch, startBatch, waitForBatches, waitMsOf } from './batch';

/** Milliseconds that a change by filter may take to count its records, before anything is changed. */
const COUNTING = 60_000;

const TARGET: Field = { name: 'target', label: 'Records', type: 'options', options: [{ value: 'items' }, { value: 'filter' }, { value: 'all' }], required: true };

interface Job {
	target: 'items' | 'filter' | 'all';
	record?: Reference;
	toQuery?: () => Query;
	values: IDataObject;
	references: Map<ActionParameter, Reference[]>;
}

/** Items that ask for the same change, worked in one request. */
interface Group {
	attributes: IDataObject;
	target: Job['target'];
	/** Records given by items, with the items that gave them. */
	ids: Map<RecordId, Item[]>;
	query?: Query;
	items: Item[];
	/** The same values for people. */
	changes: () => Change[];
}

/** A batch that runs, and the items it is for. */
interface Started {
	batch: Batch;
	items: Item[];
}

/** What the options ask for; they are the same for all items. */
interface Wishes {
	confirm: boolean;
	returnFailed: boolean;
	waitMs: number;
}

/** The handler of a bulk change. */
export function bulk(operation: Operation): Handler<Job> {
	const { resource } = operation;
	const parameters = operation.bulk!.parameters ?? [];
	return {
		prepare(item) {
			const target = item.value(TARGET) as Job['target'];
			const query = target === 'filter' ? listQuery(item, operation) : undefined;
			if (query?.conditions === 0) {
				throw unlimited();
			}
			const values = item.fields(operation, ['id']);
			if (operation.bulk!.fields && Object.keys(values).length === 0) {
				throw new BadInput('There is nothing to change: no field was given', 'Map at least one field.');
			}
			return {
				target,
				record: target === 'items' ? recordOf(item, resource) : undefined,
				toQuery: query?.toQuery,
				values,
				references: parameterReferences(item, parameters),
			};
		},
		async together(jobs, run, fail) {
			const [{ item: first }] = jobs;
			const wishes = {
				confirm: first.optionFlag('confirm', true),
				returnFailed: first.optionFlag('returnFailed', true),
				waitMs: waitMsOf(first.option('waitMinutes')),
			};
			const client = run.client(resource);
			const outputs: Array<Output & { items: number[] }> = [];
			const started: Started[] = [];
			const failed = (items: Item[], error: unknown) => {
				const ids = started.map(({ batch }) => batch.batchId);
				for (const item of items) fail(item, error, ids.length > 0 ? `Already started: batch ${ids.join(', ')}.` : '');
			};

			for (const group of groupsOf(run, jobs, parameters, operation)) {
				const before = started.length;
				try {
					if (run.dryRun) {
						outputs.push({ json: planned(await bulkPlan(run, operation, group)), items: group.items.map(({ index }) => index) });
						continue;
					}
					if (group.target === 'items') await startByIds(client, operation, group, wishes, started);
					else outputs.push(...(await startByFilter(run, client, operation, group, wishes, started)));
				} catch (error) {
					const under = new Set(started.slice(before).flatMap(({ items }) => items));
					failed(group.items.filter((item) => !under.has(item)), error);
				}
			}
			try {
				if (wishes.confirm) await waitForBatches(run, client, started.map(({ batch }) => batch), wishes.waitMs, (b) => isOver(b.attributes));
			} catch (error) {
				failed(started.flatMap(({ items }) => items), error);
				return outputs;
			}
			for (const { batch, items } of started) {
				const json = await report(run, operation, batch, wishes);
				if (isBroken(batch.state)) {
					const error = new NodeOperationError(run.context.getNode(), `Outreach did not finish the change (${operation.action.toLowerCase()}): batch ${batch.batchId} is ${batch.state}`, {
						description: `What is known of it: ${JSON.stringify(json)}`,
					});
					for (const item of items) fail(item, error, '');
				} else outputs.push({ json, items: items.map(({ index }) => index) });
			}
			return outputs;
		},
	};
}

const unlimited = () =>
	new BadInput('Filters are missing: without one, every record of the organization would be changed', 'Add a filter. To change every record, choose "All Records" under "Records".');

function groupsOf(run: Run, jobs: Array<{ job: Job; item: Item }>, parameters: ActionParameter[], operation: Operation): Group[] {
	const asked = jobs.map(({ job, item }) => ({
		...{ job, item, query: job.toQuery?.() },
		attributes: operation.bulk!.fields
			? job.values
			: Object.fromEntries(parameterValues(parameters, job.values, job.references).map(({ wire, value }) => [wire, value])),
	}));
	const groups = grouped(asked, ({ attributes, job, query }) => [JSON.stringify([attributes, job.target, query?.conditions])]);
	return [...groups.values()].map((same): Group => {
		const [{ attributes, job, query }] = same;
		const { resource } = operation;
		const changes = () => (operation.bulk!.fields ? changesBetween(run, resource, undefined, { fields: job.values }) : parameterChanges(run, resource, parameterValues(parameters, job.values, job.references)));
		const byRecord = grouped(same, ({ job: { record } }) => (record ? [record.id] : []));
		const ids = new Map([...byRecord].map(([id, entries]) => [id, entries.map(({ item }) => item)]));
		return { attributes, target: job.target, ids, query, changes, items: same.map(({ item }) => item) };
	});
}

/** What a change would be, and of what: the number of records and the first of them. */
async function bulkPlan(run: Run, operation: Operation, group: Group): Promise<Plan> {
	const { resource } = operation;
	run.client(resource).assertCovered({ method: 'POST', ...callOf(operation, group) });
	const conditions = group.query?.conditions ?? [];
	if (group.target === 'filter' && conditions.length === 0) throw unlimited();
	let found: { total: number; first: IDataObject[] };
	if (group.target === 'items') found = { total: group.ids.size, first: await recordsOf(run, resource, [...group.ids.keys()].slice(0, SAMPLE)) };
	else if (group.target === 'filter') found = await matching(run, resource, conditions, displayFields(resource));
	else found = await firstOf(run, resource);
	const { count: records, first } = sample(run, resource, found.total, found.first);
	return { action: found.total === 0 ? 'none' : operation.name, changes: group.changes(), more: { records, first } };
}

/** All records of a kind: how many, and the first. */
async function firstOf(run: Run, resource: Resource): Promise<{ total: number; first: IDataObject[] }> {
	const first: IDataObject[] = [];
	for await (const { record } of list(run, resource, { conditions: [], only: displayFields(resource) }, SAMPLE)) first.push(record);
	return { first, total: await count(run, resource, { conditions: [] }) };
}

/** The request of a change, without its records. */
function callOf(operation: Operation, group: Group) {
	const { resource } = operation;
	return {
		path: operation.bulk!.path,
		purpose: operation.action.toLowerCase(),
		query: resource.scope ? ([['actionParams[objectName]', resource.type ?? '']] as Array<[string, string]>) : [],
		body: group.attributes,
	};
}

/** A batch per 100,000 records. */
async function startByIds(client: Client, operation: Operation, group: Group, { confirm }: Wishes, started: Started[]): Promise<void> {
	const ids = [...group.ids.keys()];
	const call = callOf(operation, group);
	for (let i = 0; i < ids.length; i += BATCH_SIZE) {
		const part = ids.slice(i, i + BATCH_SIZE);
		const batch = await startBatch(client, { ...call, body: { ...call.body, ids: part }, confirmed: confirm });
		started.push({ batch, items: part.flatMap((id) => group.ids.get(id)!) });
	}
}

/**
 * The number of records that filters match. Each record is read and held against them: a vendor that ignores a filter would
 * count every record, in the list and in the batch alike.
 * @throws BadInput if records do not carry what a filter asks for.
 */
async function matching(run: Run, resource: Resource, conditions: Condition[], only: string[] = []): Promise<{ total: number; first: IDataObject[] }> {
	const api = run.apiOf(resource);
	const [unknown] = unverifiable(api, resource, conditions);
	if (unknown) {
		throw new BadInput(
			`Filters: "${unknown.path.join('.')}" cannot be checked on the records, and a change of many records needs that`,
			'Use Get Many with these filters, check the result, and pass it on with "From Input Items".',
		);
	}
	const needed = [...new Set([...neededFor(api, resource, conditions), ...only])];
	const first: IDataObject[] = [];
	const ids = new Set<RecordId>();
	for await (const { record } of list(run, resource, { conditions, only: needed.length > 0 ? needed : ['createdAt'] })) {
		if (ids.size < SAMPLE) first.push(record);
		ids.add(api.id(record));
	}
	return { total: ids.size, first };
}

/** A change of what a filter matches, confirmed only when the vendor counts what the list counts; or of everything. */
async function startByFilter(run: Run, client: Client, operation: Operation, group: Group, { confirm }: Wishes, started: Started[]): Promise<Array<Output & { items: number[] }>> {
	const conditions = group.query?.conditions ?? [];
	if (group.target !== 'all' && conditions.length === 0) throw unlimited();
	const expected = group.target === 'all' ? undefined : (await matching(run, operation.resource, conditions)).total;
	if (expected === 0) return [{ json: { action: operation.name, state: 'nothing to do', total: 0 }, items: group.items.map(({ index }) => index) }];

	const call = callOf(operation, group);
	const batch = await startBatch(client, { ...call, query: [...call.query, ...batchFilter(conditions)], confirmed: false });
	await waitForBatches(run, client, [batch], COUNTING, (b) => b.total !== null && b.state !== 'pending');
	// A filter that the vendor does not know would stand for every record, so the numbers have to agree.
	if (batch.total === null || (expected !== undefined && batch.total !== expected)) throw await withdrawn(run, client, operation, batch, expected);
	if (confirm) await confirmBatch(client, batch, batch.total);
	started.push({ batch, items: group.items });
	return [];
}

/** Cancels a batch that is not what was asked for; gives the error that says so. */
async function withdrawn(run: Run, client: Client, operation: Operation, batch: Batch, expected?: number): Promise<Error> {
	const [sent] = await Promise.allSettled([
		client.send({ method: 'POST', path: `/batches/${batch.batchId}/actions/cancel`, purpose: `cancel batch ${batch.batchId}`, repeatable: true }),
	]);
	// The person who stopped the execution needs no other word.
	if (client.cancelled && sent.status === 'rejected') return sent.reason as Error;
	const { many } = nouns(operation.resource);
	const fate = sent.status === 'fulfilled' ? 'was cancelled before it began' : 'waits for a confirmation; do not confirm it';
	return new NodeOperationError(
		run.context.getNode(),
		batch.total === null ? `Outreach does not say how many ${many} it would change` : `Outreach would change ${batch.total} ${many}, but the filters match ${expected}`,
		{ description: `Nothing was changed: batch ${batch.batchId} ${fate}. Use Get Many with the same filters, and "From Input Items" here.` },
	);
}

/** Confirms a batch; a confirmation that took effect although its answer was lost counts. */
async function confirmBatch(client: Client, batch: Batch, records: number): Promise<void> {
	const [sent] = await Promise.allSettled([
		client.send({
			method: 'POST',
			path: `/batches/${batch.batchId}/actions/confirm`,
			query: [['actionParams[confirmedCount]', String(records)]],
			purpose: `confirm batch ${batch.batchId}`,
			repeatable: true,
		}),
	]);
	if (sent.status === 'fulfilled') return;
	if (sent.reason instanceof NodeApiError && sent.reason.httpCode === '422') await refreshBatch(client, batch);
	if (!batch.attributes.confirmedAt) throw sent.reason;
}

/** Filters for a bulk change, which takes the long form only. */
function batchFilter(conditions: Condition[]): Array<[string, string]> {
	return filterPairs(conditions, true)
		.filter(([name]) => name !== 'newFilterSyntax')
		.map(([name, value]) => [name.replace(/^filter/, 'actionParams[filter]'), value]);
}

/** What the request carried; it would repeat all ids. */
const ECHOED = ['payload', 'externalStartPayload'];

/** What the output says of a batch. */
async function report(run: Run, operation: Operation, batch: Batch, { returnFailed }: Wishes): Promise<IDataObject> {
	const known = Object.fromEntries(Object.entries(filled(batch.attributes)).filter(([name]) => !ECHOED.includes(name)));
	const json: IDataObject = {
		batchId: batch.batchId,
		action: operation.name,
		...(batch.count === undefined ? {} : { records: batch.count }),
		...known,
		state: batch.state,
		finished: isOver(batch.attributes),
	};
	if (json.finished && batch.count !== undefined && batch.total !== null && batch.total < batch.count) {
		const missing = batch.count - batch.total;
		json.notApplied = [`${missing} of ${batch.count} records`];
		run.hint(`Outreach changed ${batch.total} of ${batch.count} ${nouns(operation.resource).many}. It does not say why.`);
	}
	if (returnFailed && Number(known.failures ?? 0) > 0) {
		try {
			json.failed = await failedOf(run, batch.batchId);
		} catch (error) {
			// The change is done; that its failures cannot be listed must not hide it.
			json.failedUnknown = (error as Error).message;
		}
	}
	return json;
}

/** Records that the vendor did not change, and why. */
async function failedOf(run: Run, batchId: RecordId): Promise<IDataObject[]> {
	const resource = run.resource('batchItem');
	const conditions = [
		{ path: ['batchId'], operator: 'equals' as const, values: [String(batchId)] },
		{ path: ['failed'], operator: 'equals' as const, values: ['true'] },
	];
	const failed: IDataObject[] = [];
	for await (const { record } of list(run, resource, { conditions })) {
		const { data, info } = asObject(record.attributes);
		failed.push({ ...recordIn(data), reason: info, batchItemId: record.id });
	}
	return failed;
}

/** The record that a batch item is about; the vendor keeps it as JSON in a text. */
function recordIn(data: unknown): IDataObject {
	try {
		const { id, type } = asObject(JSON.parse(String(data)));
		if (id !== undefined) return { id, type };
	} catch {
		// Not what the vendor usually writes: shown as it is.
	}
	return { data: data as string };
}
