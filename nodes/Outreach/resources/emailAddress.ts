import type { Resource } from '../../shared/spec/resource';

/** One email address of a prospect. https://developers.outreach.io/api/reference/tag/Email-Address/ */
export const emailAddress: Resource = {
	name: 'emailAddress',
	label: 'Email Address',
	plural: 'email addresses',
	path: '/emailAddresses',
	description: 'One email address of a prospect',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'integer',
	keys: [{ field: 'email', type: 'email' }],
	list: { name: ['email'], sort: 'email' },
	everyday: ['emailType'],
	fields: [
		{ name: 'createdAt', type: 'dateTime', readOnly: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'email', type: 'email', required: true, filter: true, sort: true, description: 'The address' },
		{ name: 'emailType', type: 'options', options: [{ value: 'work' }, { value: 'personal' }], filter: true, sort: true, description: 'Kind of address' },
		{ name: 'order', type: 'integer', filter: true, sort: true, description: 'Position in the prospect\'s list (lowest = primary)' },
		{ name: 'status', type: 'string', filter: true, sort: true, maxLength: 255, description: 'Deliverability/verification status' },
		{ name: 'statusChangedAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Timestamp of the last status change' },
		{ name: 'unsubscribedAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When a mailing to this address was unsubscribed' },
		{ name: 'updatedAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Last-change timestamp (ISO 8601, UTC); set by Outreach' },
	],
	relations: [
		{ name: 'prospect', to: ['prospect'], required: true, include: true, filterBy: ['id'], description: 'Linked prospect' },
	],
};
