import type { Resource } from '../../shared/spec/resource';

/** An email that was sent from a template. */
export const templateEmail: Resource = {
	name: 'templateEmail',
	label: 'Template Email',
	path: '/templates/emails',
	description: 'An email that was sent from a template',
	methods: ['getAll'],
	idType: 'string',
	list: { name: ['Subject'] },
	fields: [
		{ name: 'Subject', type: 'string', readOnly: true, filter: true, sort: true, description: 'Subject line' },
		{ name: 'Created', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When it was sent' },
		{ name: 'templateUid', label: 'Template UID', type: 'string', readOnly: true, filterOnly: true, filter: true, description: 'Sent from this template' },
	],
	relations: [
		{ name: 'person', label: 'Recipient', to: ['person'], readOnly: true, filterBy: ['id'], filterAs: 'personUid', description: 'Person who got the email' },
	],
	actions: [
		{
			name: 'listEmailsOfTemplate',
			label: 'Get Many of Template',
			action: 'Get many template emails of template',
			description: 'Retrieve the emails sent from one template',
			method: 'GET',
			path: '/templates/{template}/emails',
			parameters: [
				{ name: 'template', label: 'Template UID', type: 'string', in: 'path', required: true, description: 'The vendor lists no templates: open one in Outseta and take the UID from its address' },
				{ name: 'person', label: 'Recipient', wire: 'personUid', type: 'string', in: 'query', reference: 'person', description: 'Person who got the email' },
			],
			many: true,
		},
		{
			name: 'send',
			label: 'Send',
			action: 'Send template email',
			description: 'Send a template to one person. People who bounced, unsubscribed or reported spam are skipped.',
			method: 'POST',
			path: '/templates/{template}/send',
			parameters: [
				{ name: 'template', label: 'Template UID', type: 'string', in: 'path', required: true, description: 'The vendor lists no templates: open one in Outseta and take the UID from its address' },
				{ name: 'person', label: 'Person', wire: 'PersonUid', type: 'string', in: 'body', reference: 'person', required: true, description: 'Who gets it' },
				{ name: 'Subject', type: 'string', in: 'body', description: 'Another subject' },
				{ name: 'FromName', type: 'string', in: 'body', description: 'Another sender name' },
				{ name: 'FromEmail', type: 'email', in: 'body', description: 'Another sender address' },
			],
		},
	],
};
