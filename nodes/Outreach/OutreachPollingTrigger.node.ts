import { type INodeExecutionData, type INodeProperties, type INodePropertyOptions, type INodeType, type INodeTypeDescription, type IPollFunctions, NodeConnectionTypes } from 'n8n-workflow';

import { loginProperty } from '../shared/editor/dropdown';
import { filtersProperty, simplifyProperty } from '../shared/editor/lists';
import { methodsOf } from '../shared/editor/methods';
import { followingOptions } from '../shared/editor/options';
import { eventsProperty, followedResource, notice } from '../shared/editor/triggerProperties';
import { grouped } from '../shared/spec/lists';
import { pollChanges } from '../shared/trigger/changes';
import { resourceOf } from '../shared/wire/vendor';
import { changesOf, nameChange, polledResources } from './triggers/changes';
import { outreach } from './vendor';

/** The events of each resource; resources with equal ones share a property. */
function eventProperties(): INodeProperties[] {
	const groups = grouped(polledResources, (resource) => [
		JSON.stringify(changesOf(resource).map(({ name, label, description }) => ({ name: label, value: name, ...(description ? { description } : {}) }))),
	]);
	return [...groups].map(([choices, resources]) =>
		eventsProperty(JSON.parse(choices) as INodePropertyOptions[], { show: { resource: resources.map(({ name }) => name) } }),
	);
}

export class OutreachPollingTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Outreach Polling Trigger',
		name: 'outreachPollingTrigger',
		icon: { light: 'file:outreach.svg', dark: 'file:outreach.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["resource"] + ($parameter["events"].length > 1 ? ": " + $parameter["events"].length + " events" : $parameter["events"].map((event) => ": " + event).join("")) }}',
		description: 'Starts the workflow when records change in Outreach. Checks at regular intervals.',
		defaults: { name: 'Outreach Polling Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'outreachOAuth2Api', required: true, displayOptions: { show: { authentication: ['oAuth2'] } } },
			{ name: 'outreachS2SApi', required: true, displayOptions: { show: { authentication: ['s2s'] } } },
		],
		properties: [
			notice(
				'The connection needs the read scope of the records that you choose. After downtime, the next poll continues where the last one stopped. Polling cannot detect deletions. Use the Outreach Trigger for those.',
			),
			{ ...loginProperty(outreach), displayOptions: undefined },
			followedResource(polledResources.map(({ label, name }) => ({ name: label, value: name })).sort((a, b) => a.name.localeCompare(b.name)), 'prospect'),
			...eventProperties(),
			filtersProperty(outreach),
			simplifyProperty,
			followingOptions(outreach),
		],
	};

	methods = methodsOf(outreach);

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		const resource = resourceOf(outreach, this.getNodeParameter('resource') as string);
		const chosen = this.getNodeParameter('events', []) as string[];
		return await pollChanges(this, {
			vendor: outreach,
			resource,
			changes: changesOf(resource).filter(({ name }) => chosen.includes(name)),
			name: (change, record, since) => nameChange(resource, change, record, since),
			needs: ['createdAt', 'updatedAt'].filter((name) => resource.fields.some((f) => f.name === name)),
		});
	}
}
