import type { Resource } from '../../shared/spec/resource';

/** Link between a sequence step and the template it sends. https://developers.outreach.io/api/reference/tag/Sequence-Template/ */
export const sequenceTemplate: Resource = {
	name: 'sequenceTemplate',
	label: 'Sequence Template',
	path: '/sequenceTemplates',
	description: 'Link between a sequence step and the template it sends',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'integer',
	list: { name: ['createdAt'] },
	fields: [
		{ name: 'bounceCount', type: 'integer', readOnly: true, description: 'Counter: mailings that bounced' },
		{ name: 'clickCount', type: 'integer', readOnly: true, description: 'Counter: link clicks' },
		{ name: 'createdAt', type: 'dateTime', readOnly: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'deliverCount', type: 'integer', readOnly: true, description: 'Counter: mailings delivered' },
		{ name: 'enabled', type: 'boolean', readOnly: true, description: 'Whether it is currently switched on' },
		{ name: 'enabledAt', type: 'dateTime', readOnly: true, description: 'Timestamp when it was switched on; null while off' },
		{ name: 'failureCount', type: 'integer', readOnly: true, description: 'Counter: mailings that failed to send' },
		{ name: 'isReply', type: 'boolean', description: 'Whether the email continues the earlier thread' },
		{ name: 'negativeReplyCount', type: 'integer', readOnly: true, description: 'Counter: replies classified as negative' },
		{ name: 'neutralReplyCount', type: 'integer', readOnly: true, description: 'Counter: replies classified as neutral' },
		{ name: 'openCount', type: 'integer', readOnly: true, description: 'Counter: mailings opened' },
		{ name: 'optOutCount', type: 'integer', readOnly: true, description: 'Counter: opt-outs' },
		{ name: 'positiveReplyCount', type: 'integer', readOnly: true, description: 'Counter: replies classified as positive' },
		{ name: 'replyCount', type: 'integer', readOnly: true, description: 'Counter: replies received' },
		{ name: 'scheduleCount', type: 'integer', readOnly: true, description: 'Counter: mailings scheduled' },
		{ name: 'updatedAt', type: 'dateTime', readOnly: true, description: 'Last-change timestamp (ISO 8601, UTC); set by Outreach' },
	],
	relations: [
		{ name: 'creator', to: ['user'], readOnly: true, include: true, filterBy: ['id'], description: 'User (or step/stage) that created it' },
		{ name: 'sequenceStep', to: ['sequenceStep'], required: true, include: true, filterBy: ['id'], description: 'Linked sequence step' },
		{ name: 'template', to: ['template'], required: true, include: true, filterBy: ['id'], description: 'Linked template' },
		{ name: 'updater', to: ['user'], readOnly: true, include: true, filterBy: ['id'], description: 'User that changed it last' },
	],
	actions: [
		{
			name: 'activate',
			label: 'Activate',
			action: 'Activate sequence template',
			description: 'Switches it on',
			method: 'POST',
			path: '/sequenceTemplates/{id}/actions/activate',
		},
		{
			name: 'deactivate',
			label: 'Deactivate',
			action: 'Deactivate sequence template',
			description: 'Switches it off',
			method: 'POST',
			path: '/sequenceTemplates/{id}/actions/deactivate',
		},
	],
};
