/** Reconcile: a whole list of people becomes the vendor's state. What follows from what a resource says about it. */
import { keyName } from './keys';
import type { Field, Input, NaturalKey, Reconcile, Resource, Retirement, Setting } from './resource';

/** The keys by which people of the list are known. */
export const reconcileKeys = (resource: Resource): NaturalKey[] =>
	(resource.reconcile?.keys ?? []).map((name) => (resource.keys ?? []).find((key) => keyName(key) === name)!);

/** The field with a person's email. */
export const emailField = ({ keys = [] }: Resource): string | undefined => keys.find(({ type }) => type === 'email')?.field;

export const REPORT = 'report';

export const DRY_RUN: Field = {
	name: 'dryRun',
	type: 'boolean',
	description: 'Whether to only show what would happen. Nothing is changed. Turn this off once the plan is right.',
};

export const DOMAINS: Field = {
	name: 'domains',
	label: 'Email Domains in Scope',
	type: 'strings',
	description: 'Only people whose email has one of these domains can be missing from the list. Separate several with commas. If empty, all domains are in scope.',
};

export const PROTECTED: Field = {
	name: 'protected',
	label: 'Protected',
	type: 'strings',
	description: 'Emails that are never retired, separated by commas. The user behind the connection is always protected.',
};

export const RETIRE_LIMIT: Field = {
	name: 'retireLimit',
	label: 'Limit',
	type: 'string',
	description: 'Most people to retire in one run: a number, or a percentage of the active people in scope (at least 3, unless it is 0%). A run that would retire more changes nothing.',
};

export const LIMIT_DEFAULT = '10%';

export const SUMMARY: Field = { name: 'summary', label: 'Return Summary', type: 'boolean', description: 'Whether to return one more item with the numbers' };

/** The parameter that says what happens to people who are not in the list. */
export const notInList = (retire: Retirement[]): Field => ({
	name: 'notInList',
	label: 'People Not in the List',
	type: 'options',
	options: [
		{ value: REPORT, label: 'Report Only', description: 'Return them and change nothing' },
		...retire.map(({ value, description }) => ({ value, ...(value === 'remove' ? { label: 'Remove From Account' } : {}), description })),
	],
	description: 'What to do with people in scope who are not in the list',
});

/** Settings of the whole run, in the order in which they are shown. */
export function settingsOf({ retire, settings = [] }: Reconcile): Setting[] {
	return [
		{ kind: 'value', ...DOMAINS },
		...(retire.length > 0 ? [{ kind: 'value' as const, ...notInList(retire), default: REPORT }, ...settings, { kind: 'value' as const, ...PROTECTED }] : settings),
		{ kind: 'value', ...DRY_RUN, default: true },
	];
}

export function reconcileOptions({ retire, options = [] }: Reconcile): Input[] {
	return [
		...(retire.length > 0 ? [{ kind: 'value' as const, ...RETIRE_LIMIT, default: LIMIT_DEFAULT }] : []),
		{ kind: 'value', ...SUMMARY, default: true },
		...options,
	];
}
