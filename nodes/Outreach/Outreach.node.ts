import { type IExecuteFunctions, type INodeExecutionData, type INodeType, type INodeTypeDescription, NodeConnectionTypes } from 'n8n-workflow';

import { methodsOf } from '../shared/editor/methods';
import { propertiesOf } from '../shared/editor/properties';
import { execute } from '../shared/run/execute';
import { recipes } from './recipes';
import { outreach } from './vendor';

export class Outreach implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Outreach',
		name: 'outreach',
		icon: { light: 'file:outreach.svg', dark: 'file:outreach.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Provision users and work with prospects, accounts, sequences and tasks in Outreach',
		defaults: { name: 'Outreach' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'outreachOAuth2Api', required: true, displayOptions: { show: { authentication: ['oAuth2'] }, hide: { resource: ['scimConnection', 'scimGroup', 'scimUser'] } } },
			{ name: 'outreachS2SApi', required: true, displayOptions: { show: { authentication: ['s2s'] }, hide: { resource: ['scimConnection', 'scimGroup', 'scimUser'] } } },
			{ name: 'outreachScimApi', required: true, displayOptions: { show: { resource: ['scimConnection', 'scimGroup', 'scimUser'] } } },
		],
		properties: propertiesOf(outreach),
	};

	methods = methodsOf(outreach);

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await execute(this, outreach, recipes);
	}
}
