/** A poll of the changes of one resource, for vendors whose lists can be filtered and sorted by a time. */
import { type IDataObject, type INodeExecutionData, type IPollFunctions, NodeOperationError } from 'n8n-workflow';

import { listQuery } from '../run/listQuery';
import { nouns } from '../spec/labels';
import type { Query } from '../spec/query';
import { BadInput, coerce, isAbsent } from '../spec/values';
import type { Change, Entry, Polled } from './change';
import { WINDOW } from './cursor';
import { outside } from './outside';
import { budgetOf, poll } from './poll';
import { groupsOf, readChanges } from './readChanges';
import { streamOf } from './stream';

const MANUAL = 5;

/** The poll function of such a trigger. Its parameters are those of Get Many, and `options.overlap`, `.startFrom` and `.most`. */
export async function pollChanges(context: IPollFunctions, polled: Polled): Promise<INodeExecutionData[][] | null> {
	const { vendor, resource, changes } = polled;
	const { run, item } = outside(context, vendor, resource.name, { maxWaitMinutes: 1 });
	const api = run.apiOf(resource);
	const options = context.getNodeParameter('options', {}) as { overlap?: number; startFrom?: unknown; most?: number };
	const overlap = Math.max(0, Number(options.overlap ?? 5)) * 60_000;
	if (changes.length === 0) throw new NodeOperationError(context.getNode(), 'No event is selected', { description: 'Select at least one under "Events".' });

	/** The user's filters, with what the events need. */
	const queryOf = async (): Promise<Query> => {
		try {
			const { toQuery } = listQuery(item, run.operation);
			await run.lookup.resolve();
			for (const reference of item.references) await reference.settle(run);
			const query = toQuery();
			const timed = query.conditions.find(({ path }) => path.length === 1 && changes.some(({ time }) => time === path[0]));
			if (timed) throw new BadInput(`Filters: the trigger filters by "${timed.path[0]}" itself`, 'Remove this filter. To begin earlier, use the option "Start From".');
			const narrow = polled.narrow ?? [];
			const twice = query.conditions.find(({ path }) => narrow.some((condition) => condition.path.join('.') === path.join('.')));
			if (twice) throw new BadInput(`Filters: the trigger filters by "${twice.path.join('.')}" itself`, 'Remove this filter, and choose under "Events".');
			const only = query.only ? [...new Set([...query.only, ...polled.needs, ...changes.flatMap(({ time, watch }) => [time, ...(watch?.fields ?? [])])])] : undefined;
			return { ...query, conditions: [...query.conditions, ...narrow], ...(only ? { only } : {}) };
		} catch (error) {
			throw new NodeOperationError(context.getNode(), run.failure(error, 0));
		}
	};
	const query = await queryOf();
	const present = (change: Change, { record, answer }: Entry, since: string, before?: string): IDataObject => {
		const { event, eventId } = polled.name(change, record, since);
		const previous = change.watch && before !== undefined && before !== '' ? { previous: before } : {};
		return item.simplified
			? { event, eventId, resource: resource.name, ...api.simplify(record, resource, answer, query.include), ...polled.more?.(record), ...previous }
			: { event, eventId, ...previous, data: record };
	};

	if (context.getMode() === 'manual') {
		const [group] = groupsOf(resource, changes);
		const stream = streamOf(run, resource, query, group);
		const shown: IDataObject[] = [];
		const client = run.client(resource);
		const conditions = [...query.conditions, ...(group.where ?? []), ...(group.optional ? [{ path: [group.time], operator: 'notEmpty' as const, values: [] }] : [])];
		const { body } = await client.send({
			method: 'GET',
			path: resource.path,
			query: api.listQuery(resource, { ...query, conditions, sort: [{ field: group.time, descending: true }] }, MANUAL),
			purpose: `list ${nouns(resource).many}`,
		});
		for (const record of api.records(body).slice(0, MANUAL)) {
			const entry = { record, answer: body };
			shown.push(present(group.changes.find((change) => change.happened(record, '', group.watch?.of(record))) ?? group.changes[0], entry, stream.time(entry)));
		}
		if (shown.length === 0) {
			throw new NodeOperationError(context.getNode(), `No ${nouns(resource).one} matches these events yet`, {
				description: 'Check the filters, or make such a change in the vendor and try again.',
			});
		}
		return [context.helpers.returnJsonArray(shown)];
	}

	return await poll(context, async (data, inDoubt) => {
		const { startFrom } = options;
		const { items, states } = await readChanges(run, polled, query, {
			states: data.streams,
			again: inDoubt,
			limits: { overlap, most: Math.min(WINDOW, Math.max(1, Number(options.most ?? 5000))), isOver: budgetOf(context) },
			startFrom: isAbsent(startFrom) ? undefined : String(coerce({ name: 'startFrom', label: 'Start From', type: 'dateTime' }, startFrom)),
			present,
		});
		return { items, state: { streams: states } };
	});
}
