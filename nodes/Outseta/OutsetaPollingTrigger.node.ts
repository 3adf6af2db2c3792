import { type INodeExecutionData, type INodeType, type INodeTypeDescription, type IPollFunctions, NodeConnectionTypes } from 'n8n-workflow';

import { filtersProperty, simplifyProperty } from '../shared/editor/lists';
import { methodsOf } from '../shared/editor/methods';
import { followingOptions } from '../shared/editor/options';
import { eventsProperty, followedResource, notice } from '../shared/editor/triggerProperties';
import { pollChanges } from '../shared/trigger/changes';
import { resourceOf } from '../shared/wire/vendor';
import { polledOf } from './triggers/changes';
import { activityChoices } from './triggers/events';
import { outseta } from './vendor';

export class OutsetaPollingTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Outseta Polling Trigger',
		name: 'outsetaPollingTrigger',
		icon: { light: 'file:outseta.svg', dark: 'file:outseta.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["resource"] + ($parameter["events"].length > 1 ? ": " + $parameter["events"].length + " events" : $parameter["events"].map((event) => ": " + event).join("")) }}',
		description: 'Starts the workflow when records change in Outseta. Checks at regular intervals.',
		defaults: { name: 'Outseta Polling Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'outsetaApi', required: true }],
		properties: [
			notice(
				'You do not need to set up anything in Outseta. After downtime, the next poll continues where the last one stopped. Choose Activity for entries of the activity log, such as payments and deletions. Choose another resource for the records themselves.',
			),
			followedResource(
				[
					{ name: 'Account', value: 'account' },
					{ name: 'Activity', value: 'activity' },
					{ name: 'Deal', value: 'deal' },
					{ name: 'Person', value: 'person' },
					{ name: 'Subscription', value: 'subscription' },
					{ name: 'Ticket', value: 'case' },
				],
				'activity',
			),
			eventsProperty(activityChoices(), { show: { resource: ['activity'] } }),
			eventsProperty(
				[
					{ name: 'Created', value: 'created' },
					{ name: 'Created or Updated', value: 'changed', description: 'One event for each record, named for what happened. Do not combine it with Created or Updated.' },
					{ name: 'Updated', value: 'updated' },
				],
				{ hide: { resource: ['activity'] } },
			),
			filtersProperty(outseta),
			simplifyProperty,
			followingOptions(outseta),
		],
	};

	methods = methodsOf(outseta);

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		const resource = resourceOf(outseta, this.getNodeParameter('resource') as string);
		return await pollChanges(this, polledOf(resource, this.getNodeParameter('events', []) as string[]));
	}
}
