import type { Resource } from '../../shared/spec/resource';

/** An alias address of a mailbox. https://developers.outreach.io/api/reference/tag/Mail-Alias/ */
export const mailAlias: Resource = {
	name: 'mailAlias',
	label: 'Mail Alias',
	plural: 'mail aliases',
	path: '/mailAliases',
	description: 'An alias address of a mailbox',
	methods: ['get', 'getAll'],
	idType: 'integer',
	list: { name: ['email'], sort: 'createdAt' },
	fields: [
		{ name: 'canSend', type: 'boolean', readOnly: true, description: 'Whether mail can be sent from the alias' },
		{ name: 'createdAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'email', type: 'string', readOnly: true, maxLength: 255, description: 'The alias address' },
		{ name: 'emailHash', type: 'string', readOnly: true, maxLength: 255, description: 'Hashed form of the email address' },
		{ name: 'updatedAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Last-change timestamp (ISO 8601, UTC); set by Outreach' },
	],
	relations: [
		{ name: 'mailbox', to: ['mailbox'], readOnly: true, include: true, filterBy: ['id'], description: 'Linked mailbox' },
	],
};
