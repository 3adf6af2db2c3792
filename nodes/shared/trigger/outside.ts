/** Parameters, look-ups and requests outside of an execution: in triggers, where n8n has no items. */
import type { IDataObject, IExecuteFunctions, IHookFunctions, INodeExecutionData, IPollFunctions, ITriggerFunctions, IWebhookFunctions } from 'n8n-workflow';

import { Item } from '../run/item';
import { Run } from '../run/run';
import type { Vendor } from '../wire/vendor';

/**
 * A run of Get Many of a resource with one empty item, read from a trigger's parameters.
 * @param settings overrules parameters of the trigger; with `parameters`, none is read from the node.
 */
export function outside(
	context: IHookFunctions | IPollFunctions | ITriggerFunctions | IWebhookFunctions,
	vendor: Vendor,
	resource: string,
	settings: { maxWaitMinutes?: number; parameters?: IDataObject } = {},
): { run: Run; item: Item } {
	const items: INodeExecutionData[] = [{ json: {} }];
	const fixed: Record<string, unknown> = { resource, operation: 'getAll', scope: '' };
	const execution = Object.create(context, {
		getInputData: { value: () => items },
		getNodeParameter: {
			value: (name: string, _index: number, fallback?: unknown): unknown => {
				if (name in fixed) return fixed[name];
				const value = settings.parameters ? (settings.parameters[name] ?? fallback) : context.getNodeParameter(name, fallback as IDataObject);
				return name === 'options' && settings.maxWaitMinutes !== undefined ? { ...(value as IDataObject), maxWait: settings.maxWaitMinutes } : value;
			},
		},
	}) as IExecuteFunctions;
	const run = new Run(execution, vendor);
	return { run, item: new Item(run, 0) };
}
