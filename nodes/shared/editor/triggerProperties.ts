/** Properties that all triggers have. The rest of a description is a literal in each node, as n8n's linter wants it. */
import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

/** What a person has to know before the first run. */
export const notice = (text: string): INodeProperties => {
	return { displayName: text, name: 'notice', type: 'notice', default: '' };
};

/** The resource that a trigger follows. */
export const followedResource = (options: INodePropertyOptions[], initial: string): INodeProperties => {
	return { displayName: 'Resource', name: 'resource', type: 'options', noDataExpression: true, options, default: initial };
};

/** The events that start the workflow. */
export const eventsProperty = (options: INodePropertyOptions[], displayOptions?: IDisplayOptions): INodeProperties => ({
	displayName: 'Events',
	name: 'events',
	type: 'multiOptions',
	options,
	default: [],
	required: true,
	...(displayOptions ? { displayOptions } : {}),
	description: 'What starts the workflow',
});
