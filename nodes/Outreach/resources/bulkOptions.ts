/** Options of all bulk changes. */
import type { Input } from '../../shared/spec/resource';

/** How long to wait; every operation that the vendor works in the background has it. */
export const waitOption: Input = {
	kind: 'value',
	name: 'waitMinutes',
	label: 'Wait Until Finished (Minutes)',
	type: 'number',
	default: 10,
	description: 'How long to wait for the change to finish. 0 means do not wait.',
};

export const bulkOptions: Input[] = [
	{
		kind: 'value',
		name: 'confirm',
		label: 'Confirm Automatically',
		type: 'boolean',
		default: true,
		description: 'Whether to confirm the change. If off, it waits until somebody confirms it.',
	},
	{
		kind: 'value',
		name: 'returnFailed',
		label: 'Return Failed Records',
		type: 'boolean',
		default: true,
		description: 'Whether to return the records that were not changed, with the reasons',
	},
	waitOption,
];
