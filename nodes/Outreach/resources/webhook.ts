import type { Recipe, Resource } from '../../shared/spec/resource';

export const webhookRecipes: Recipe[] = [
	{
		name: 'cleanup',
		label: 'Clean Up',
		action: 'Clean up webhook',
		description: 'Remove a webhook with its cleanup token. This works even if the connection has lost access.',
		output: { fields: [{ name: 'deleted', type: 'boolean' }, { name: 'existed', type: 'boolean' }] },
		inputs: [{ kind: 'value', name: 'cleanupToken', type: 'secret', required: true, description: 'Token from the outreach-webhook-cleanup-token header of a delivery' }],
	},
];

/** A subscription that posts changes to a URL. https://developers.outreach.io/api/reference/tag/Webhook/ */
export const webhook: Resource = {
	name: 'webhook',
	label: 'Webhook',
	path: '/webhooks',
	description: 'A subscription that posts changes to a URL',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'integer',
	list: { name: ['resource', 'action'], detail: 'url' },
	everyday: ['resource', 'secret'],
	fields: [
		{ name: 'action', type: 'options', options: [{ value: '*' }, { value: 'created' }, { value: 'updated' }, { value: 'destroyed' }, { value: 'bounced' }, { value: 'delivered' }, { value: 'opened' }, { value: 'replied' }, { value: 'advanced' }, { value: 'finished' }, { value: 'completed' }], filter: true, sort: true, description: 'Action that fires it; * = any. Both action and resource have to match.' },
		{ name: 'active', type: 'boolean', filter: true, sort: true, description: 'Whether it is switched on' },
		{ name: 'createdAt', type: 'dateTime', readOnly: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'disabledReason', type: 'text', readOnly: true, maxLength: 1024, description: 'Why delivery is suspended; any update clears it' },
		{ name: 'disabledSince', type: 'dateTime', readOnly: true, description: 'First suspension; any update clears it' },
		{ name: 'disabledUntil', type: 'dateTime', readOnly: true, description: 'End of the suspension; any update clears it' },
		{ name: 'payloadVersion', type: 'integer', options: [{ value: '1' }, { value: '2' }], description: 'Payload format 1 or 2 (2 adds beforeUpdate on updates)' },
		{ name: 'resource', type: 'options', options: [{ value: '*' }, { value: 'account' }, { value: 'call' }, { value: 'emailAddress' }, { value: 'import' }, { value: 'kaiaRecording' }, { value: 'mailing' }, { value: 'opportunity' }, { value: 'opportunityProspectRole' }, { value: 'prospect' }, { value: 'sequence' }, { value: 'sequenceState' }, { value: 'task' }, { value: 'user' }], filter: true, sort: true, description: 'Resource that fires it; * = any' },
		{ name: 'secret', type: 'secret', description: 'Signing secret chosen by the subscriber' },
		{ name: 'updatedAt', type: 'dateTime', readOnly: true, description: 'Last-change timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'url', type: 'text', required: true, maxLength: 1024, description: 'HTTPS target' },
	],
	relations: [
		{ name: 'authorizer', to: ['user'], include: true, description: 'User whose read rights decide what the webhook delivers; needed with S2S tokens' },
		{ name: 'creator', to: ['user'], readOnly: true, include: true, filterBy: ['id'], description: 'User (or step/stage) that created it' },
		{ name: 'updater', to: ['user'], readOnly: true, include: true, filterBy: ['id'], description: 'User that changed it last' },
	],
	recipes: webhookRecipes,
};
