import { NodeConnectionTypes, type INodeExecutionData, type INodeType, type INodeTypeDescription, type IPollFunctions } from 'n8n-workflow';

import { pollChanges } from '../shared/changes';
import { methodsOf } from '../shared/editor';
import { filtersProperty } from '../shared/properties';
import { resourceOf } from '../shared/vendor';
import { polledOf } from './changes';
import { activityChoices } from './events';
import { outseta } from './vendor';

export class OutsetaPollingTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Outseta Polling Trigger',
		name: 'outsetaPollingTrigger',
		icon: { light: 'file:outseta.svg', dark: 'file:outseta.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["resource"] + ": " + $parameter["events"].join(", ") }}',
		description: 'Looks for changes in Outseta at regular intervals and starts the workflow with them',
		defaults: { name: 'Outseta Polling Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'outsetaApi', required: true }],
		properties: [
			{
				displayName:
					'Nothing has to be set up in Outseta, and nothing is missed while n8n is down: the next poll goes on where the last one stopped. Choose Activity for what the activity log tells, such as payments and deletions; the others for the records themselves.',
				name: 'notice',
				type: 'notice',
				default: '',
			},
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Account', value: 'account' },
					{ name: 'Activity', value: 'activity' },
					{ name: 'Deal', value: 'deal' },
					{ name: 'Person', value: 'person' },
					{ name: 'Subscription', value: 'subscription' },
					{ name: 'Ticket', value: 'case' },
				],
				default: 'activity',
			},
			{
				displayName: 'Events',
				name: 'events',
				type: 'multiOptions',
				options: activityChoices(),
				default: [],
				required: true,
				displayOptions: { show: { resource: ['activity'] } },
				description: 'What starts the workflow',
			},
			{
				displayName: 'Events',
				name: 'events',
				type: 'multiOptions',
				options: [
					{ name: 'Created', value: 'created' },
					{ name: 'Created or Updated', value: 'changed' },
					{ name: 'Updated', value: 'updated' },
				],
				default: [],
				required: true,
				displayOptions: { hide: { resource: ['activity'] } },
				description: 'What starts the workflow',
			},
			filtersProperty(outseta),
			{
				displayName: 'Simplify',
				name: 'simplify',
				type: 'boolean',
				default: true,
				description: 'Whether to return a simplified version of the response instead of the raw data',
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add option',
				default: {},
				options: [
					{
						displayName: 'Fields to Return Names or IDs',
						name: 'onlyFields',
						type: 'multiOptions',
						typeOptions: { loadOptionsMethod: 'getOnlyFields', loadOptionsDependsOn: ['/resource'] },
						default: [],
						description: 'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
					},
					{
						displayName: 'Include Names or IDs',
						name: 'include',
						type: 'multiOptions',
						typeOptions: { loadOptionsMethod: 'getIncludes', loadOptionsDependsOn: ['/resource'] },
						default: [],
						hint: 'Outseta then gives 25 records with each request instead of 100',
						description: 'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
					},
					{
						displayName: 'Max Records per Poll',
						name: 'most',
						type: 'number',
						typeOptions: { minValue: 1 },
						default: 5000,
						description: 'After so many the poll ends with the page; the next one goes on from there',
					},
					{
						displayName: 'More Filters',
						name: 'moreFilters',
						type: 'string',
						default: '',
						description: 'Further filters as the API takes them, such as AccountStage=3&amp;Name=A*. Any property works, also of related records.',
					},
					{
						displayName: 'Overlap (Minutes)',
						name: 'overlap',
						type: 'number',
						typeOptions: { minValue: 0 },
						default: 5,
						description: 'How far behind the newest known change to look again, for changes that become visible late. Known ones are not repeated.',
					},
					{
						displayName: 'Start From',
						name: 'startFrom',
						type: 'dateTime',
						default: '',
						description: 'Begin with changes from this time on when the workflow is activated for the first time, instead of from now',
					},
				],
			},
		],
	};

	methods = methodsOf(outseta);

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		const resource = resourceOf(outseta, this.getNodeParameter('resource') as string);
		return await pollChanges(this, polledOf(resource, this.getNodeParameter('events', []) as string[]));
	}
}
