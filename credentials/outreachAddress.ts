import type { INodeProperties } from 'n8n-workflow';

/** The address of the API, hidden behind a switch. Both connections to Outreach's API have it. */
export const outreachAddress: INodeProperties[] = [
	{
		displayName: 'Advanced',
		name: 'advanced',
		type: 'boolean',
		default: false,
		description: 'Whether to show settings that you rarely need',
	},
	{
		displayName: 'API Address',
		name: 'baseUrl',
		type: 'string',
		default: 'https://api.outreach.io',
		displayOptions: { show: { advanced: [true] } },
		description: 'Host of the API, without a path',
	},
];
