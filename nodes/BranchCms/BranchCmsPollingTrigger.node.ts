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
		description: 'Looks for changes on a BranchCMS site at regular intervals and starts the workflow with them',
		defaults: { name: 'BranchCMS Polling Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'branchCmsApi', required: true }],
		properties: [
			notice(
				'Nothing has to be set up in BranchCMS. The first poll only remembers what is there; later ones tell what is different. BranchCMS keeps no dates of changes, so each reads all records, 100 with each request (for created ones alone, one request): every hour is usually enough. Up to 20,000 records can be watched.',
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
					{ name: 'Deleted', value: 'deleted', description: 'A record that is not listed any more is asked for, to be sure' },
					{ name: 'Updated', value: 'updated', description: 'Any value of the record changed' },
				],
			),
			simplifyProperty,
		],
	};

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		const events = this.getNodeParameter('events', []) as string[];
		if (events.length === 0) throw new NodeOperationError(this.getNode(), 'No event is chosen', { description: 'Choose at least one under "Events".' });
		return await pollSnapshots(this, watchOf(resourceOf(branchCms, this.getNodeParameter('resource') as string), events));
	}
}
