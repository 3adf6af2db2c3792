/**
 * Reconcile: all items together are a list of people, and the vendor is made to agree with it. Creates who is missing, changes who
 * differs, and retires who is in scope but not in the list, within a limit. Nothing is written before the whole plan is made and checked.
 */
import { type IDataObject, NodeOperationError } from 'n8n-workflow';

import { keyLabel, keyName } from '../../spec/keys';
import type { Operation } from '../../spec/operation';
import { reconcileKeys } from '../../spec/reconcile';
import { BadInput } from '../../spec/values';
import type { Handler } from '../handler';
import type { PeopleHooks, Person } from './people';
import { listOf, readKey, readParent, readSettings } from './peopleList';
import { readPeople } from './peopleRead';
import { carryOut, outputOf, summaryOf } from './peopleWrite';
import { checkList } from './reconcilePlan';
import type { Run } from '../run';

/** People who are in memory as a plan and as an output. */
const AT_ONCE = 1_000;

/** An error of the whole run, of no item. */
function refused(run: Run, error: unknown): unknown {
	if (!(error instanceof BadInput)) return error;
	const refusal = new NodeOperationError(run.context.getNode(), error.message, { description: error.description });
	refusal.message = error.message;
	return refusal;
}

export function reconcile(operation: Operation, hooks: PeopleHooks = {}): Handler<Person> {
	const { resource } = operation;
	const inputs = operation.inputs.flatMap((input) => ('name' in input ? [input.name] : []));
	// Automatic mapping can bring what the mapper does not offer.
	const kept = (operation.except ?? []).filter((name) => !inputs.includes(name));
	return {
		prepare(item) {
			const list = listOf(item.run);
			const key = readKey(item, operation, list);
			readParent(item, list);
			if (item.index === 0) readSettings(item, operation, hooks, list);
			const ignore = ['id', item.run.apiOf(resource).idName ?? 'id', ...reconcileKeys(resource).flatMap((k) => [keyName(k), k.field]), ...inputs];
			const { fields = {}, links = {}, ids, more } = hooks.read?.(item) ?? {};
			const given = Object.entries({ ...item.fields(operation, ignore), ...fields }).filter(([name, value]) => value !== null && name !== list.key.field && !kept.includes(name));
			return { item, key, fields: Object.fromEntries(given), links, ids, more };
		},
		gather(run) {
			const list = listOf(run);
			try {
				checkList(list.keys, keyLabel(resource, list.key));
				if (list.mixed) throw new BadInput(`Refused: ${list.mixed}`, 'Nothing was changed. Use one node for each.');
				if (list.problem) throw list.problem as Error;
			} catch (error) {
				throw refused(run, error);
			}
		},
		async together(jobs, run, fail) {
			const list = listOf(run);
			const settings = list.settings!;
			try {
				const plan = await readPeople(run, operation, hooks, list, settings, jobs.map(({ job }) => job), fail);
				if (!settings.dryRun) await carryOut(run, plan, hooks, settings);
				// n8n sends what holds nothing but an error to the error output.
				const node = run.context.getNode();
				const bare = node.onError === 'continueErrorOutput' ? node : undefined;
				const summary = settings.summary ? [{ json: summaryOf(plan, list.keys.length, settings), items: [] }] : [];
				const outputs: Array<{ json: IDataObject; items: number[] }> = [];
				// Of thousands of people not all are in memory twice.
				while (plan.people.length > 0) for (const { person, fate } of plan.people.splice(0, AT_ONCE)) outputs.push({ json: outputOf(fate, settings, bare), items: [person.item.index] });
				for (const leaver of plan.leavers) outputs.push({ json: outputOf(leaver, settings, bare), items: [] });
				return [...outputs, ...summary];
			} catch (error) {
				throw refused(run, error);
			}
		},
	};
}
