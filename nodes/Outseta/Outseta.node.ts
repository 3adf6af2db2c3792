import { type IExecuteFunctions, type INodeExecutionData, type INodeType, type INodeTypeDescription, NodeConnectionTypes } from 'n8n-workflow';

import { methodsOf } from '../shared/editor/methods';
import { propertiesOf } from '../shared/editor/properties';
import { execute } from '../shared/run/execute';
import { recipes } from './recipes';
import { outseta } from './vendor';

export class Outseta implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Outseta',
		name: 'outseta',
		icon: { light: 'file:outseta.svg', dark: 'file:outseta.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Manage people, accounts, subscriptions, billing, tickets and email in Outseta',
		defaults: { name: 'Outseta' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'outsetaApi', required: true }],
		properties: propertiesOf(outseta),
	};

	methods = methodsOf(outseta);

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await execute(this, outseta, recipes);
	}
}
