import { type INodeExecutionData, type INodeType, type INodeTypeDescription, type IPollFunctions, NodeConnectionTypes, NodeOperationError } from 'n8n-workflow';

import { simplifyProperty } from '../shared/editor/lists';
import { eventsProperty, followedResource, notice } from '../shared/editor/triggerProperties';
import { pollSnapshots } from '../shared/trigger/snapshots';
import { resourceOf } from '../shared/wire/vendor';
import { watchOf } from './triggers/changes';
import { branchCms } from './vendor';

export class BranchCmsPollingTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'BranchCMS Polling Trigger',
		name: 'branchCmsPollingTrigger',
		icon: { light: 'file:branchCms.svg', dark: 'file:branchCms.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["resource"] + ($parameter["events"].length > 1 ? ": " + $parameter["events"].length + " events" : $parameter["events"].map((event) => ": " + event).join("")) }}',
		description: 'Starts the workflow when accounts or events change on a BranchCMS site',
		defaults: { name: 'BranchCMS Polling Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'branchCmsApi', required: true }],
		properties: [
			notice(
				'You do not need to set up anything in BranchCMS. The first poll stores the current state. Later polls return what changed. BranchCMS has no change dates, so each poll reads all records, 100 per request. For created records alone, one request is enough. Once an hour is usually enough. The trigger can watch up to 20,000 records.',
			),
			followedResource(
				[
					{ name: 'Account', value: 'account' },
					{ name: 'Calendar Event', value: 'event' },
				],
				'account',
			),
			eventsProperty(
				[
					{ name: 'Created', value: 'created' },
					{ name: 'Deleted', value: 'deleted', description: 'Confirmed by reading the record that is no longer in the list' },
					{ name: 'Updated', value: 'updated', description: 'When any value of the record changes' },
				],
			),
			simplifyProperty,
		],
	};

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		const events = this.getNodeParameter('events', []) as string[];
		if (events.length === 0) throw new NodeOperationError(this.getNode(), 'No event is selected', { description: 'Select at least one under "Events".' });
		return await pollSnapshots(this, watchOf(resourceOf(branchCms, this.getNodeParameter('resource') as string), events));
	}
}
