/** A dry run: the same look-ups and checks, and plans in place of writes. */
import type { IDataObject } from 'n8n-workflow';

import { ID } from '../spec/keys';
import { Withheld } from '../wire/refusals';
import type { Output } from './handler';
import type { Item } from './item';
import { type Change, inBatches, Planned, planned } from './plan';
import type { Run } from './run';

/** Shown to people when nothing was written. */
const NOTHING_CHANGED = 'Dry run: nothing was changed';

/** Outputs of an item's work; in a dry run, what the work would write. */
export async function rehearse(run: Run, work: () => Promise<Output[]>): Promise<Output[]> {
	const [worked] = await Promise.allSettled([work()]);
	if (worked.status === 'fulfilled') return worked.value;
	const { reason } = worked as { reason: unknown };
	if (reason instanceof Planned) return [{ json: planned(reason.plan) }];
	// Nobody described this write, but it was not sent either.
	if (reason instanceof Withheld) return [{ json: planned({ action: run.operation.name }) }];
	throw reason;
}

/** Looks up what items refer to by id as well, in batches: plans show names, and what records have now. */
export function wantById(run: Run, items: Item[], together: boolean): void {
	const { resource: own } = run.operation;
	const kinds = new Set(items.flatMap((item) => item.references.map((reference) => reference.resource.name)));
	const include = run.apiOf(own).supports.paths ? (own.relations ?? []).filter((r) => r.include && r.to.some((to) => kinds.has(to))).map((r) => r.name) : [];
	for (const reference of items.flatMap((item) => item.references)) {
		const { resource, entry } = reference;
		const full = resource.name === own.name;
		// Of records that are changed together, only a few are shown.
		if (full && together) continue;
		if (entry) run.lookup.want(entry.resource, entry.key, entry.value, { full, ...(full ? { include } : {}) });
		else if (reference.isKnown && inBatches(run, resource)) run.lookup.want(resource, ID, String(reference.id), { full });
	}
}

/** Looks up the records that relations point to now, where the items would have them point elsewhere. */
export function wantLinked(run: Run, items: Item[]): void {
	const { resource } = run.operation;
	const api = run.apiOf(resource);
	const kinds = new Set(items.flatMap((item) => item.references.map((reference) => reference.resource.name)));
	const relations = (resource.relations ?? []).filter(({ readOnly, to }) => !readOnly && to.length === 1 && kinds.has(to[0]) && inBatches(run, run.resource(to[0])));
	if (relations.length === 0) return;
	for (const record of run.lookup.all(resource)) {
		for (const { name, to } of relations) {
			const target = run.resource(to[0]);
			for (const id of api.linked(record, name) ?? []) if (!run.lookup.known(target, id)) run.lookup.want(target, ID, String(id));
		}
	}
}

/** The changes of a plan in the output. */
export const changesIn = ({ dryRun, changes }: IDataObject): Change[] => (dryRun === true && Array.isArray(changes) ? (changes as unknown as Change[]) : []);

/** Says that nothing was changed, and how much would be. */
export function reportPlans(run: Run, outputs: IDataObject[]): void {
	const plans = outputs.filter(({ dryRun }) => dryRun === true);
	if (plans.length === 0) return;
	const counts = new Map<string, number>();
	for (const { action, outcome } of plans.filter(({ summary }) => !summary)) {
		const word = String(action ?? outcome);
		counts.set(word, (counts.get(word) ?? 0) + 1);
	}
	run.hint(`${NOTHING_CHANGED}. Planned: ${[...counts].map(([action, count]) => `${action} ${count}`).join(', ')}.`);
}
