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
		description: 'Looks for changes in Userlot at regular intervals and starts the workflow with them',
		defaults: { name: 'Userlot Polling Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'userlotApi', required: true }],
		properties: [
			notice(
				'Nothing has to be set up in Userlot. The first poll only remembers what is there, and tells of renewals that are near; later ones tell what is different. Each reads the whole list, so every hour is usually enough. Up to 20,000 records can be watched; filters make them fewer.',
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
					{ name: 'ARR Changed', value: 'arrChanged', description: 'By more than an amount, since the last time it was told' },
					created,
					{ name: 'Health Category Changed', value: 'healthCategoryChanged' },
					{ name: 'Health Score Crossed Limit', value: 'healthCrossed', description: 'In either direction' },
					{ name: 'Life Cycle Stage Changed', value: 'stageChanged' },
					{ name: 'MRR Changed', value: 'mrrChanged', description: 'By more than an amount, since the last time it was told' },
					{ name: 'Renewal Near', value: 'renewalNear', description: 'Once for each renewal date, also those that are near already' },
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
				description: 'The score counts as good from this value on',
			},
			{
				displayName: 'Days Before Renewal',
				name: 'days',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 30,
				displayOptions: { show: { resource: ['company'], events: ['renewalNear'] } },
				description: 'How many days before the renewal date to start the workflow',
			},
			{
				displayName: 'Minimum Change of ARR or MRR',
				name: 'amount',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 0,
				displayOptions: { show: { resource: ['company'], events: ['arrChanged', 'mrrChanged'] } },
				hint: '0 reports every change',
				description: 'ARR or MRR has to change by more than this',
			},
			filtersProperty(userlot),
			simplifyProperty,
		],
	};

	methods = methodsOf(userlot);

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		const events = this.getNodeParameter('events', []) as string[];
		if (events.length === 0) throw new NodeOperationError(this.getNode(), 'No event is chosen', { description: 'Choose at least one under "Events".' });
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
