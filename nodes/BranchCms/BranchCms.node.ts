import { type IExecuteFunctions, type INodeExecutionData, type INodeType, type INodeTypeDescription, NodeConnectionTypes } from 'n8n-workflow';

import { methodsOf } from '../shared/editor/methods';
import { propertiesOf } from '../shared/editor/properties';
import { execute } from '../shared/run/execute';
import { recipes } from './recipes';
import { branchCms } from './vendor';

export class BranchCms implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'BranchCMS',
		name: 'branchCms',
		icon: { light: 'file:branchCms.svg', dark: 'file:branchCms.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Manage accounts and calendar events of a BranchCMS site. To start workflows, use BranchCMS Polling Trigger.',
		defaults: { name: 'BranchCMS' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'branchCmsApi', required: true }],
		properties: propertiesOf(branchCms),
	};

	methods = methodsOf(branchCms);

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await execute(this, branchCms, recipes);
	}
}
