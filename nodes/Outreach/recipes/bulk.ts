/**
 * The vendor's bulk changes: one request for all input items, worked in the background.
 * https://developers.outreach.io/api/bulk-api/
 */
import { NodeOperationError, type IDataObject } from 'n8n-workflow';

import type { Handler, Output, Run } from '../../shared/execute';
import { BadInput } from '../../shared/fields';
import type { Item, Reference } from '../../shared/item';
import { count, list, parameterReferences, parameterValues, recordOf } from '../../shared/operations';
import type { ActionParameter, Condition, Input, Operation, Query, RecordId } from '../../shared/spec';
import { BATCH_SIZE, isOver, startBatch, waitForBatches, type Batch } from './batch';
import { filterPairs } from '../filters';

export const bulkOptions: Input[] = [
	{
		kind: 'value',
		name: 'confirm',
		label: 'Confirm Automatically',
		type: 'boolean',
		default: true,
		description: 'Whether to confirm the change; otherwise it waits until somebody confirms it',
	},
	{
		kind: 'value',
		name: 'returnFailed',
		label: 'Return Failed Records',
		type: 'boolean',
		default: true,
		description: 'Whether to list the records that the vendor did not change, with its reasons',
	},
	{
		kind: 'value',
		name: 'waitMinutes',
		label: 'Wait Until Finished (Minutes)',
		type: 'number',
		default: 10,
		description: 'How long to wait for the change to finish; 0 does not wait',
	},
];

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
	ids: RecordId[];
	query?: Query;
	items: number[];
}

/** The handler of a bulk change. */
export function bulk(operation: Operation): Handler<Job> {
	const { resource } = operation;
	const parameters = operation.bulk!.parameters ?? [];
	return {
		prepare(item) {
			const target = item.get<Job['target']>('target', 'items');
			const query = target === 'filter' ? item.query(operation) : undefined;
			if (query?.conditions === 0) {
				throw new BadInput(
					'Filters are missing: without one, every record of the organisation would be changed',
					'Add a filter. To change every record, choose "All Records" under "Records".',
				);
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
		async together(jobs, run) {
			const outputs: Array<Output & { items: number[] }> = [];
			for (const group of groupsOf(jobs, parameters, operation)) {
				outputs.push(...(await change(run, operation, group, jobs[0].item)));
			}
			return outputs;
		},
	};
}

function groupsOf(jobs: Array<{ job: Job; item: Item }>, parameters: ActionParameter[], operation: Operation): Group[] {
	const groups = new Map<string, Group>();
	for (const { job, item } of jobs) {
		const attributes = operation.bulk!.fields
			? job.values
			: Object.fromEntries(parameterValues(parameters, job.values, job.references).map(({ wire, value }) => [wire, value]));
		const query = job.toQuery?.();
		const key = JSON.stringify([attributes, job.target, query]);
		const group = groups.get(key) ?? { attributes, target: job.target, ids: [], query, items: [] };
		if (job.record && !group.ids.includes(job.record.id)) group.ids.push(job.record.id);
		group.items.push(item.index);
		groups.set(key, group);
	}
	return [...groups.values()];
}

/** One change: started, confirmed, waited for, and reported, a batch per 100,000 records. */
async function change(run: Run, operation: Operation, group: Group, item: Item): Promise<Array<Output & { items: number[] }>> {
	const client = run.client(operation.resource);
	const option = <T>(name: string, initial: T) => item.option<T>(name) ?? initial;
	const confirm = option('confirm', true);
	const waitMs = Math.max(0, Number(option('waitMinutes', 10)) || 0) * 60_000;
	const call = {
		path: operation.bulk!.path,
		purpose: operation.action.toLowerCase(),
		query: operation.resource.scope ? ([['actionParams[objectName]', operation.resource.type ?? '']] as Array<[string, string]>) : [],
		body: group.attributes,
	};

	const batches: Batch[] = [];
	if (group.target === 'items') {
		for (let i = 0; i < group.ids.length; i += BATCH_SIZE) {
			batches.push(await startBatch(client, { ...call, body: { ...call.body, ids: group.ids.slice(i, i + BATCH_SIZE) }, confirmed: confirm }));
		}
	} else {
		const conditions = group.query?.conditions ?? [];
		const expected = await count(run, operation.resource, { conditions });
		if (expected === 0) return [{ json: { action: operation.name, state: 'nothing to do', total: 0 }, items: group.items }];
		const batch = await startBatch(client, { ...call, query: [...call.query, ...batchFilter(conditions)], confirmed: false });
		await waitForBatches(run, client, [batch], Math.max(waitMs, 60_000), (b) => b.total !== null && b.state !== 'pending');
		// A filter that the vendor does not know would stand for every record, so the numbers have to agree.
		if (batch.total !== null && batch.total !== expected) {
			await client.send({ method: 'POST', path: `/batches/${batch.batchId}/actions/cancel`, purpose: `cancel batch ${batch.batchId}`, repeatable: true });
			throw new NodeOperationError(run.context.getNode(), `Outreach would change ${batch.total} records, but the filters match ${expected}`, {
				description: `Nothing was changed: batch ${batch.batchId} was cancelled before it began. Use Get Many with the same filters, and "From Input Items" here.`,
			});
		}
		if (confirm) {
			await client.send({
				method: 'POST',
				path: `/batches/${batch.batchId}/actions/confirm`,
				query: [['actionParams[confirmedCount]', String(batch.total ?? expected)]],
				purpose: `confirm batch ${batch.batchId}`,
				repeatable: true,
			});
		}
		batches.push(batch);
	}
	if (confirm) await waitForBatches(run, client, batches, waitMs, (b) => isOver(b.attributes));

	const outputs: Array<Output & { items: number[] }> = [];
	for (const { attributes, batchId, count: records } of batches) {
		const json: IDataObject = { batchId, records, ...Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null)) };
		if (option('returnFailed', true) && Number(attributes.failures ?? 0) > 0) json.failed = await failedOf(run, batchId);
		outputs.push({ json, items: group.items });
	}
	return outputs;
}

/** Filters for a bulk change, which takes the long form only. */
function batchFilter(conditions: Condition[]): Array<[string, string]> {
	return filterPairs(conditions, true)
		.filter(([name]) => name !== 'newFilterSyntax')
		.map(([name, value]) => [name.replace(/^filter/, 'actionParams[filter]'), value]);
}

/** Records that the vendor did not change, and why. */
async function failedOf(run: Run, batchId: RecordId): Promise<IDataObject[]> {
	const resource = run.resource('batchItem');
	const failed: IDataObject[] = [];
	const conditions = [
		{ path: ['batchId'], operator: 'equals' as const, values: [String(batchId)] },
		{ path: ['failed'], operator: 'equals' as const, values: ['true'] },
	];
	for await (const { record, answer } of list(run, resource, { conditions })) failed.push(run.apiOf(resource).simplify(record, resource, answer));
	return failed;
}
