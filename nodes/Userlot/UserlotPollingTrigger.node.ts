import { type INodeExecutionData, type INodeType, type INodeTypeDescription, type IPollFunctions, NodeConnectionTypes, NodeOperationError } from 'n8n-workflow';

import { filtersProperty, simplifyProperty } from '../shared/editor/lists';
import { methodsOf } from '../shared/editor/methods';
import { eventsProperty, followedResource, notice } from '../shared/editor/triggerProperties';
import { pollSnapshots } from '../shared/trigger/snapshots';
import { resourceOf } from '../shared/wire/vendor';
import { watchOf } from './triggers/changes';
import { userlot } from './vendor';

const created = { name: 'Created', value: 'created' };

const updated = { name: 'Updated', value: 'updated' };

export class UserlotPollingTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Userlot Polling Trigger',
		name: 'userlotPollingTrigger',
		icon: { light: 'file:userlot.svg', dark: 'file:userlot.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["resource"] + ($parameter["events"].length > 1 ? ": " + $parameter["events"].length + " events" : $parameter["events"].map((event) => ": " + event).join("")) }}',
		description: 'Starts the workflow when companies or end users change in Userlot',
		defaults: { name: 'Userlot Polling Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'userlotApi', required: true }],
		properties: [
			notice(
				'You do not need to set up anything in Userlot. The first poll stores the current state and returns renewals that are near. Later polls return what changed. Each poll reads the whole list, so once an hour is usually enough. The trigger can watch up to 20,000 records. Use filters to watch fewer.',
			),
			followedResource(
				[
					{ name: 'Company', value: 'company' },
					{ name: 'End User', value: 'endUser' },
				],
				'company',
			),
			eventsProperty(
				[
					{ name: 'ARR Changed', value: 'arrChanged', description: 'By more than an amount since the last event' },
					created,
					{ name: 'Health Category Changed', value: 'healthCategoryChanged' },
					{ name: 'Health Score Crossed Limit', value: 'healthCrossed', description: 'In either direction' },
					{ name: 'Life Cycle Stage Changed', value: 'stageChanged' },
					{ name: 'MRR Changed', value: 'mrrChanged', description: 'By more than an amount since the last event' },
					{ name: 'Renewal Near', value: 'renewalNear', description: 'Once for each renewal date, including dates that are already near' },
					{ name: 'Status Changed', value: 'statusChanged' },
					updated,
				],
				{ show: { resource: ['company'] } },
			),
			eventsProperty([created, updated], { show: { resource: ['endUser'] } }),
			{
				displayName: 'Health Score Limit',
				name: 'healthLimit',
				type: 'number',
				default: 50,
				displayOptions: { show: { resource: ['company'], events: ['healthCrossed'] } },
				description: 'Scores from this value up count as good',
			},
			{
				displayName: 'Days Before Renewal',
				name: 'days',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 30,
				displayOptions: { show: { resource: ['company'], events: ['renewalNear'] } },
				description: 'How many days before the renewal date the workflow starts',
			},
			{
				displayName: 'Minimum Change in ARR or MRR',
				name: 'amount',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 0,
				displayOptions: { show: { resource: ['company'], events: ['arrChanged', 'mrrChanged'] } },
				hint: '0 reports every change',
				description: 'The event occurs only if ARR or MRR changes by more than this',
			},
			filtersProperty(userlot),
			simplifyProperty,
		],
	};

	methods = methodsOf(userlot);

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		const events = this.getNodeParameter('events', []) as string[];
		if (events.length === 0) throw new NodeOperationError(this.getNode(), 'No event is selected', { description: 'Select at least one under "Events".' });
		const settings = {
			events,
			limit: Number(this.getNodeParameter('healthLimit', 50)),
			days: Number(this.getNodeParameter('days', 30)),
			amount: Number(this.getNodeParameter('amount', 0)),
			today: new Date().toISOString().slice(0, 10),
		};
		return await pollSnapshots(this, watchOf(resourceOf(userlot, this.getNodeParameter('resource') as string), settings));
	}
}
