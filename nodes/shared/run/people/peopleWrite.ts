/** Makes the changes of a plan, and tells what became of each person, by the vendor's own answers. */
import { type IDataObject, type INode, NodeApiError, NodeOperationError } from 'n8n-workflow';

import { sameValue } from '../../spec/compare';
import { foldKey, keyLabel } from '../../spec/keys';
import { nouns } from '../../spec/labels';
import { listed } from '../../spec/place';
import { BadInput, isAbsent } from '../../spec/values';
import { failedItem } from '../../wire/bridge';
import { isGone } from '../../wire/refusals';
import { isSilent } from '../answers';
import { confirmWrite, leftOf } from '../confirm';
import { displayName } from '../display';
import { inParallel } from '../parallel';
import type { Fate, Leaver, PeopleHooks, Present, Written } from './people';
import type { Settings } from './peopleList';
import type { PeoplePlan, Planned } from './peopleRead';
import { type Change, nameOf } from '../plan';
import { list, pathTo } from '../reads';
import { updateRecord } from '../records';
import { counted } from './reconcilePlan';
import type { Run } from '../run';
import { appeared, createOrUpdate, newRecord, turnOf, unshown } from '../upsert';

/** Makes the changes. A failure ends the run, or stays with its person under Continue On Fail. */
export async function carryOut(run: Run, plan: PeoplePlan, hooks: PeopleHooks, settings: Settings): Promise<void> {
	const tolerant = run.context.continueOnFail();
	const atOnce = run.parallel ?? 5;
	const leavers = plan.leavers.filter(({ outcome }) => outcome === settings.retirement?.done);
	const open = plan.people.filter(({ fate }) => fate.outcome !== 'unchanged');
	let done = 0;
	const note = (fate: Fate, error: unknown, index?: number): void => {
		const failure = explained(run, fate, error, index);
		if (!tolerant || run.client(plan.place).cancelled) {
			failure.description = `${failure.description ?? ''} ${done} of ${counted(leavers.length + open.length, 'person', 'people')} were done before this. Run again to finish.`.trim();
			throw failure;
		}
		fate.error = failure;
	};
	/** @returns whether it went well. */
	const attempt = async (fate: Fate, work: () => Promise<void>, index?: number): Promise<boolean> => {
		try {
			await work();
			done++;
			return true;
		} catch (error) {
			fate.outcome = 'refused';
			fate.changes = [];
			note(fate, error, index);
			return false;
		}
	};
	// Leavers first: they lose access soonest, and their seats are free for those who come.
	await inParallel(leavers, atOnce, async (leaver) => {
		let after: Awaited<ReturnType<NonNullable<PeopleHooks['retiring']>>>;
		const retired = await attempt(leaver, async () => {
			after = await hooks.retiring?.(run, leaver, settings.more);
			await retire(run, plan, settings, leaver);
		});
		if (!retired) return;
		try {
			await after?.();
		} catch (error) {
			note(leaver, error);
		}
	});
	const api = run.apiOf(plan.place);
	const present: Present[] = [];
	/** Written, and accepted without showing the record. */
	const quiet: Planned[] = [];
	await inParallel(open, atOnce, async (planned) => {
		const { person, fate, before } = planned;
		const well = await attempt(fate, async () => {
			const written = await write(run, plan, hooks, settings, planned);
			if (isAbsent(api.id(written.record))) quiet.push(planned);
			else settle(run, plan, planned, written);
		}, person.item.index);
		if (well) present.push({ person, fate, id: fate.id!, ...(before ? { before } : {}) });
	});
	if (quiet.length > 0) await readAgain(run, plan, quiet, note);
	if (present.length > 0) await hooks.finish?.(run, present, note);
}

/** What became of people whose writes the vendor accepted without showing them: one list tells it. */
async function readAgain(run: Run, plan: PeoplePlan, quiet: Planned[], note: (fate: Fate, error: unknown, index?: number) => void): Promise<void> {
	const { place, key } = plan;
	const api = run.apiOf(place);
	const found = new Map<string, IDataObject>();
	for await (const { record } of list(run, listed(place), { conditions: [] })) {
		for (const name of [`id ${api.id(record)}`, `key ${foldKey(key, api.value(record, key.field))}`]) found.set(name, record);
	}
	for (const planned of quiet) {
		const { fate, person, id, update, create } = planned;
		const record = found.get(id === undefined ? `key ${foldKey(key, person.key)}` : `id ${id}`);
		try {
			if (!record) throw unshown(api, place, person.key, create ? 'creation' : 'change');
			await confirmWrite(run, place, (create?.input ?? update)!, record);
			settle(run, plan, planned, { record, answer: record, outcome: planned.create ? 'created' : 'updated' });
		} catch (error) {
			fate.outcome = 'refused';
			fate.changes = [];
			note(fate, error, person.item.index);
		}
	}
}

async function retire(run: Run, { place }: PeoplePlan, { retirement, query }: Settings, leaver: Leaver): Promise<void> {
	const { fields } = retirement!;
	const id = leaver.id!;
	if (!fields) {
		const [sent] = await Promise.allSettled([run.client(place).send({ method: 'DELETE', path: pathTo(place, id), query, purpose: `delete ${nouns(place).one} ${id}` })]);
		// Lists can show somebody a moment longer than they are there.
		if (sent.status === 'rejected' && !isGone(sent.reason)) throw sent.reason;
		const still = (await leftOf(run, place, [id]))?.get(String(id));
		if (still) throw still;
		return;
	}
	const api = run.apiOf(place);
	const answer = await updateRecord(run, place, { id, fields, query });
	if (isSilent(answer)) throw unshown(api, place, leaver.key, 'change');
	const record = api.record(answer);
	leaver.changes = leaver.changes.map((change) => ({ ...change, to: api.value(record, change.field) as Change['to'] }));
}

/** Creates or changes a person of the list. */
async function write(run: Run, { place }: PeoplePlan, hooks: PeopleHooks, { query }: Settings, { person, id, before, update, create }: Planned): Promise<Written> {
	if (create) {
		const input = { ...create.input, query };
		const { entry } = create;
		if (hooks.create) {
			const [late] = await appeared(run, entry);
			if (late) return { record: late, answer: entry.answer, outcome: 'unchanged' };
			const written = await hooks.create(run, place, person, newRecord(entry, input));
			run.noteCreation(turnOf(entry));
			return written;
		}
		return await createOrUpdate(run, entry, input, keyLabel(place, entry.key), (whole) => hooks.creating?.(whole, person) ?? whole);
	}
	if (!update) return { record: before!, outcome: 'unchanged' };
	const answer = hooks.update ? await hooks.update(run, place, id!, { ...update, query }) : await updateRecord(run, place, { ...update, id: id!, query });
	return { record: run.apiOf(place).record(answer), answer, outcome: 'updated' };
}

/** Tells what was done by the record that the vendor answered, never by what was sent. */
function settle(run: Run, { place }: PeoplePlan, { fate, update, create }: Planned, { record, answer, outcome, before }: Written): void {
	const api = run.apiOf(place);
	const notApplied = run.notApplied(answer);
	if (notApplied.length > 0) fate.more.notApplied = notApplied;
	const id = api.id(record);
	if (id !== undefined && id !== null) fate.id = id;
	if (create && fate.id !== undefined) fate.name = displayName(run.client(place), place, record);
	const own = new Set([...Object.keys(update?.fields ?? create?.input.fields ?? {}), ...Object.keys(update?.links ?? create?.input.links ?? {}), ...(create ? [create.entry.key.field] : [])]);
	const links = { ...update?.links, ...create?.input.links };
	const valueIn = (one: IDataObject, field: string) => {
		const link = [links[field] ?? []].flat()[0];
		return link ? api.linked(one, field)?.map((id) => nameOf(run, [link.resource], id))[0] : api.value(one, field);
	};
	// Somebody had created it in the meantime.
	if (create && outcome !== 'created') fate.changes = outcome === 'unchanged' || !before ? [] : fate.changes.map((change) => (own.has(change.field) ? { ...change, from: (valueIn(before, change.field) ?? null) as Change['from'] } : change));
	fate.changes = fate.changes.flatMap((change): Change[] => {
		if (!own.has(change.field)) return [change];
		const now = valueIn(record, change.field);
		if (now === undefined) return [{ field: change.field, ...('from' in change ? { from: change.from } : {}) } as Change];
		// What is as it was did not change, whatever was sent.
		return 'from' in change && sameValue(now, change.from) ? [] : [{ ...change, to: now as Change['to'] }];
	});
	if (create) fate.outcome = outcome;
	else if (update && notApplied.length > 0 && fate.changes.length === 0) fate.outcome = 'refused';
}

/** An error of one person, who has no item of their own when they are not in the list. */
function explained(run: Run, fate: Fate, error: unknown, itemIndex?: number): NodeApiError | NodeOperationError {
	const node = run.context.getNode();
	const who = `${fate.key}: `;
	if (error instanceof BadInput) {
		const failure = new NodeOperationError(node, `${who}${error.message}`, { description: error.description, itemIndex });
		failure.message = `${who}${error.message}`;
		return failure;
	}
	if (error instanceof NodeApiError || error instanceof NodeOperationError) {
		if (!error.message.startsWith(who)) error.message = `${who}${error.message}`;
		return error;
	}
	return new NodeOperationError(node, error as Error);
}

/** What comes out for a person. */
export function outputOf({ key, id, name, outcome, changes, lastSignIn, more, error }: Fate, { dryRun }: Pick<Settings, 'dryRun'>, bare?: INode): IDataObject {
	const { message, description } = (error ?? {}) as { message?: string; description?: string };
	const failure = message === undefined ? {} : { error: message, ...(description ? { details: description } : {}) };
	if (message !== undefined && bare) return failedItem(bare, { message, description });
	return {
		...(dryRun ? { dryRun } : {}),
		key,
		...(id === undefined ? {} : { id }),
		...(name === undefined ? {} : { name }),
		outcome,
		changes: changes as unknown as IDataObject[],
		...(lastSignIn === undefined ? {} : { lastSignIn }),
		...more,
		...failure,
	};
}

/** The numbers of a run. */
export function summaryOf({ people, failed, leavers, inScope, limit }: PeoplePlan, list: number, { dryRun }: Pick<Settings, 'dryRun'>): IDataObject {
	const outcomes: Record<string, number> = {};
	for (const { outcome } of [...people.map(({ fate }) => fate), ...leavers]) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
	if (failed.size > 0) outcomes.refused = (outcomes.refused ?? 0) + failed.size;
	return { summary: true, ...(dryRun ? { dryRun } : {}), list, inScope, ...(limit === undefined ? {} : { limit }), outcomes };
}
