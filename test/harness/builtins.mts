/**
 * Stand-ins for the few of n8n's own nodes and credentials that tests need around ours. n8n-nodes-base
 * is no dependency of this repository; where it is installed, pass its folder to the harness instead.
 */
import type {
	ICredentialType,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';

const describe = (
	name: string,
	group: 'trigger' | 'transform',
	properties: INodeProperties[] = [],
): INodeTypeDescription => ({
	name,
	displayName: name,
	group: [group],
	// Any version that a workflow names.
	version: [1, 1.1, 1.2, 2, 2.1, 2.2, 2.3, 2.4, 2.5, 3, 3.1, 3.2, 3.3, 3.4],
	description: name,
	defaults: { name },
	inputs: group === 'trigger' ? [] : ['main'],
	outputs: ['main'],
	properties,
});

/** Hands on what it was given: for a trigger, what the test passes as `input`. */
const passing = (name: string, group: 'trigger' | 'transform'): INodeType => ({
	description: describe(name, group),
	async execute(this: IExecuteFunctions) {
		return [this.getInputData()];
	},
});

interface Assignments {
	assignments?: Array<{ name: string; value: never }>;
}

const set: INodeType = {
	description: describe('set', 'transform', [
		{
			displayName: 'Fields',
			name: 'assignments',
			type: 'assignmentCollection',
			default: {},
		},
		{
			displayName: 'Include Other',
			name: 'includeOtherFields',
			type: 'boolean',
			default: false,
		},
	]),
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const output = this.getInputData().map((item, index) => {
			const { assignments } = this.getNodeParameter('assignments', index, {}) as Assignments;
			const others = this.getNodeParameter('includeOtherFields', index, false);
			return {
				json: {
					...(others ? item.json : {}),
					...Object.fromEntries((assignments ?? []).map(({ name, value }) => [name, value])),
				},
				pairedItem: { item: index },
			};
		});
		return [output];
	},
};

export const builtinNodes: Record<string, INodeType> = {
	manualTrigger: passing('manualTrigger', 'trigger'),
	formTrigger: passing('formTrigger', 'trigger'),
	executeWorkflowTrigger: passing('executeWorkflowTrigger', 'trigger'),
	scheduleTrigger: passing('scheduleTrigger', 'trigger'),
	webhook: passing('webhook', 'trigger'),
	noOp: passing('noOp', 'transform'),
	stickyNote: passing('stickyNote', 'transform'),
	set,
};

const text = (name: string, initial: string | boolean | number = ''): INodeProperties => ({
	displayName: name,
	name,
	type: typeof initial as 'string',
	default: initial,
});

/** The fields of n8n's generic OAuth2 credential that vendors' credentials build on. */
export const builtinCredentials: Record<string, ICredentialType> = {
	oAuth2Api: {
		name: 'oAuth2Api',
		displayName: 'OAuth2 API',
		properties: [
			text('useDynamicClientRegistration', false),
			text('grantType', 'authorizationCode'),
			text('authUrl'),
			text('accessTokenUrl'),
			text('clientId'),
			text('clientSecret'),
			text('scope'),
			text('authQueryParameters'),
			text('authentication', 'header'),
			text('sendAdditionalBodyProperties', false),
			text('additionalBodyProperties'),
			text('ignoreSSLIssues', false),
			text('tokenExpiredStatusCode', 401),
			{ displayName: 'oauthTokenData', name: 'oauthTokenData', type: 'json', default: {} },
		],
	},
};
