/** Whether a run only says what it would change. */
import { type IExecuteFunctions, NodeOperationError } from 'n8n-workflow';

import { asksForDryRun, type Operation } from '../spec/operation';
import { coerce, isAbsent } from '../spec/values';

/**
 * The option Dry Run, or the parameter of operations that have one of their own. It stands for the whole run.
 * @throws NodeOperationError if it is neither on nor off, or differs between items: some would be changed unexpectedly.
 */
export function isDryRun(context: IExecuteFunctions, operation: Operation): boolean {
	if (!operation.writes) return false;
	const own = asksForDryRun(operation);
	const { parameters } = context.getNode();
	const read = (index: number): unknown => (own ? context.getNodeParameter('dryRun', index, true) : (context.getNodeParameter('options', index, {}) as { dryRun?: unknown }).dryRun);
	const given = own ? parameters.dryRun : (parameters.options as { dryRun?: unknown } | undefined)?.dryRun;
	const changing = typeof given === 'string' && given.startsWith('=');
	const values = new Set((changing ? context.getInputData() : [undefined]).map((_, index) => meant(context, read(index), given !== undefined)));
	if (values.size > 1) {
		throw new NodeOperationError(context.getNode(), 'Dry Run is on for some items and off for others', {
			description: 'Nothing was changed. Use the same value for all items, or split the items with an If node.',
		});
	}
	return values.has(true);
}

/** @param asked that the option was added: without a value it is no answer. */
function meant(context: IExecuteFunctions, value: unknown, asked: boolean): boolean {
	if (isAbsent(value) && !asked) return false;
	try {
		if (!isAbsent(value)) return coerce({ name: 'dryRun', type: 'boolean' }, value) as boolean;
	} catch {
		// Told below.
	}
	throw new NodeOperationError(context.getNode(), 'Dry Run is neither on nor off', { description: 'Nothing was changed. Turn it on or off, or use an expression that gives true or false.' });
}
