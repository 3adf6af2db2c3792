import { type IExecuteFunctions, type INodeExecutionData, type INodeType, type INodeTypeDescription, NodeConnectionTypes } from 'n8n-workflow';

import { methodsOf } from '../shared/editor/methods';
import { propertiesOf } from '../shared/editor/properties';
import { execute } from '../shared/run/execute';
import { recipes } from './recipes';
import { userlot } from './vendor';

export class Userlot implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Userlot',
		name: 'userlot',
		icon: { light: 'file:userlot.svg', dark: 'file:userlot.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Manage companies and end users in Userlot. To start workflows, use Userlot Polling Trigger.',
		defaults: { name: 'Userlot' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'userlotApi', required: true }],
		properties: propertiesOf(userlot),
	};

	methods = methodsOf(userlot);

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await execute(this, userlot, recipes);
	}
}
