/** The list as the items give it: its keys, and the settings of the run. */
import { foldKey, keyLabel } from '../../spec/keys';
import { labelOf } from '../../spec/labels';
import type { Operation } from '../../spec/operation';
import type { Condition } from '../../spec/query';
import { DOMAINS, emailField, LIMIT_DEFAULT, notInList, PROTECTED, reconcileKeys, REPORT, RETIRE_LIMIT, SUMMARY } from '../../spec/reconcile';
import type { NaturalKey, Retirement } from '../../spec/resource';
import { BadInput } from '../../spec/values';
import type { QueryPairs } from '../../wire/api';
import type { Item } from '../item';
import { listQuery } from '../listQuery';
import type { PeopleHooks } from './people';
import { type ListKey, readDomains, readLimit } from './reconcilePlan';
import type { Reference } from '../reference';
import type { Run } from '../run';

/** What the first item asks for, on behalf of all. */
export interface Settings {
	dryRun: boolean;
	retirement?: Retirement;
	scope: () => Condition[];
	domains: string[];
	isProtected: Set<string>;
	limit: ReturnType<typeof readLimit>;
	summary: boolean;
	query: QueryPairs;
	more: unknown;
}

/** What the items of a run told about the list. People whose items fail are in the list nevertheless. */
export interface PeopleList {
	key: NaturalKey;
	keys: ListKey[];
	/** Different accounts or keys, which one list cannot have. */
	mixed?: string;
	parent?: Reference;
	settings?: Settings;
	problem?: unknown;
}

const lists = new WeakMap<Run, PeopleList>();

export function listOf(run: Run): PeopleList {
	let list = lists.get(run);
	if (!list) lists.set(run, (list = { key: reconcileKeys(run.operation.resource)[0], keys: [] }));
	return list;
}

/** Reads the key of an item. Never throws: who cannot be read would count as missing, so that the whole list is refused. */
export function readKey(item: Item, operation: Operation, list: PeopleList): string {
	const { resource } = operation;
	try {
		const { keyInput } = resource.reconcile!;
		const [first] = reconcileKeys(resource);
		const given = keyInput ? { key: first, value: item.keyValue(resource, first, item.get<unknown>(keyInput, undefined), keyLabel(resource, first)) } : item.upsertKey(operation);
		const value = given.value.trim();
		if (item.index === 0) list.key = given.key;
		else if (given.key !== list.key) list.mixed ??= `some items are matched by ${keyLabel(resource, list.key)}, others by ${keyLabel(resource, given.key)}`;
		list.keys.push(value === '' ? { index: item.index } : { index: item.index, value, folded: foldKey(given.key, value) });
		return value;
	} catch (error) {
		list.keys.push({ index: item.index, problem: (error as Error).message });
		return '';
	}
}

/** One list is about the people of one account. */
export function readParent(item: Item, list: PeopleList): void {
	const parent = item.parent();
	if (!parent) return;
	if (item.index === 0) list.parent = parent;
	const same = parent.entry ? parent.entry === list.parent?.entry : !list.parent?.entry && parent.id === list.parent?.id;
	if (!same) list.mixed ??= `the items name several of "${parent.parameter}"`;
}

/** Reads what concerns the whole run. @throws BadInput, which is kept: without settings nothing may be done. */
export function readSettings(item: Item, operation: Operation, hooks: PeopleHooks, list: PeopleList): void {
	const { resource } = operation;
	const { retire } = resource.reconcile!;
	const read = (): Settings => {
		const field = notInList(retire);
		const chosen = retire.length > 0 ? ((item.value(field, item.get(field.name, REPORT)) as string | undefined) ?? REPORT) : REPORT;
		const settings: Settings = {
			dryRun: item.run.dryRun,
			retirement: retire.find(({ value }) => value === chosen),
			scope: scopeOf(item, operation),
			domains: readDomains((item.value(DOMAINS, item.get(DOMAINS.name, '')) as string[] | undefined) ?? []),
			isProtected: new Set(((item.value(PROTECTED, item.get(PROTECTED.name, '')) as string[] | undefined) ?? []).map((value) => value.trim().toLowerCase())),
			limit: readLimit(item.option(RETIRE_LIMIT.name), LIMIT_DEFAULT),
			summary: item.optionFlag(SUMMARY.name, false),
			query: item.writeQuery(),
			more: hooks.settings?.(item),
		};
		if (settings.domains.length > 0 && emailField(resource) === undefined) throw new BadInput(`${labelOf(DOMAINS)}: ${resource.label} has no email`, 'Remove the domains.');
		return settings;
	};
	try {
		list.settings = read();
	} catch (error) {
		list.problem = error;
	}
}

/** The conditions of the scope. Options that belong to lists, such as a search, are not among them. */
function scopeOf(item: Item, operation: Operation): () => Condition[] {
	if (operation.resource.rows) return () => [];
	const { toQuery } = listQuery(item, operation);
	return () => toQuery().conditions;
}
