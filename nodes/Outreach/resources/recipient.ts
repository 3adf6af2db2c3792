import type { Resource } from '../../shared/spec/resource';

/** A To/CC/BCC entry. https://developers.outreach.io/api/reference/tag/Recipient/ */
export const recipient: Resource = {
	name: 'recipient',
	label: 'Recipient',
	path: '/recipients',
	description: 'A To/CC/BCC entry',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'integer',
	list: { name: ['value'] },
	fields: [
		{ name: 'createdAt', type: 'dateTime', readOnly: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'emailHash', type: 'string', maxLength: 255, description: 'Hashed form of the email address' },
		{ name: 'primary', type: 'boolean', description: 'Whether it is the main recipient' },
		{ name: 'recipientType', type: 'options', options: [{ value: 'bcc' }, { value: 'cc' }, { value: 'to' }], required: true, description: 'Address field used' },
		{ name: 'updatedAt', type: 'dateTime', readOnly: true, description: 'Last-change timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'value', type: 'string', required: true, maxLength: 255, description: 'The address' },
	],
	relations: [
		{ name: 'prospect', to: ['prospect'], include: true, description: 'Linked prospect' },
		{ name: 'user', to: ['user'], include: true, description: 'Linked user' },
	],
};
