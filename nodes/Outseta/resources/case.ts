import type { Resource } from '../../shared/spec';

/** A support request. */
export const ticket: Resource = {
	name: 'case',
	label: 'Ticket',
	path: '/support/cases',
	description: 'A support request',
	methods: ['create', 'get', 'getAll', 'update'],
	idType: 'string',
	search: true,
	keys: [{ name: 'subject', field: 'Subject' }],
	list: { name: ['Subject'], detail: 'SubmittedDateTime' },
	notes: {
		update: 'Change status, assignee or subject. Linked tags replace the whole set. A ticket cannot be deleted: close it.',
	},
	fields: [
		{ name: 'fromEmail', label: 'From Email', wire: 'FromPerson.Email', type: 'email', writeOnly: true, createOnly: true, description: 'Email of the person who asks, when the person is not linked. It is not documented whether an unknown address makes a person.' },
		{ name: 'SubmittedDateTime', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When it was opened' },
		{ name: 'LastActivity', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Last event' },
		{ name: 'Subject', type: 'string', required: true, filter: true, sort: true, description: 'Subject line' },
		{ name: 'Body', label: 'Message', type: 'text', required: true, filter: true, sort: true, description: 'First message, HTML allowed' },
		{ name: 'UserAgent', type: 'string', readOnly: true, filter: true, sort: true, description: 'Browser with which the ticket was sent' },
		{ name: 'Status', type: 'integer', options: [{ value: '1', label: 'Open' }, { value: '2', label: 'Closed' }, { value: '3', label: 'Spam' }], filter: true, sort: true, description: 'Open, closed or spam' },
		{ name: 'Source', type: 'integer', options: [{ value: '1', label: 'Website' }, { value: '2', label: 'Email' }, { value: '3', label: 'Facebook' }, { value: '4', label: 'Twitter' }, { value: '5', label: 'Chat' }], required: true, filter: true, sort: true, description: 'Channel' },
		{ name: 'HasUnread', type: 'boolean', readOnly: true, filter: true, sort: true, description: 'Whether there are messages that nobody has read' },
		{ name: 'IsOnline', type: 'boolean', readOnly: true, filter: true, sort: true, description: 'Whether the customer is online now' },
		{ name: 'Participants', type: 'string', readOnly: true, filter: true, sort: true, description: 'People who take part, as text' },
		{ name: 'Score', type: 'number', readOnly: true, filter: true, sort: true, description: 'Search score' },
		{ name: 'Created', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was created (UTC)' },
		{ name: 'Updated', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was last changed (UTC)' },
		{ name: 'sendautoresponder', label: 'Send Automatic Answer', type: 'boolean', writeOnly: true, createOnly: true, query: true, description: 'Whether the customer gets the automatic answer; yes unless set' },
	],
	relations: [
		{ name: 'AssignedToPersonClientIdentifier', label: 'Assigned To', to: ['person'], plain: true, filterBy: ['id'], filterAs: 'AssignedToPersonClientIdentifier', description: 'Person of your own team' },
		{ name: 'FromPerson', label: 'From', to: ['person'], include: true, filterBy: ['id', 'Email'], description: 'Person who asks' },
		{ name: 'CaseTags', label: 'Tags', to: ['tag'], many: true, through: 'Tag', filterBy: ['id'], filterAs: 'tagUid', description: 'All tags of the ticket: an update replaces those it has' },
		{ name: 'CaseTags.Tag', label: 'Tags Details', to: ['tag'], many: true, readOnly: true, include: true, description: 'Tags of the ticket' },
		{ name: 'CaseHistories', label: 'Conversation', to: ['activity'], many: true, readOnly: true, include: true, description: 'Messages, notes and changes of the state' },
	],
	actions: [
		{
			name: 'reply',
			label: 'Reply as Agent',
			action: 'Reply to ticket as agent',
			description: 'Answer the customer',
			method: 'POST',
			path: '/support/cases/{id}/replies',
			silent: true,
			parameters: [
				{ name: 'AgentName', type: 'string', in: 'body', required: true, description: 'Name shown to the customer' },
				{ name: 'Comment', label: 'Message', type: 'text', in: 'body', required: true, description: 'The answer, HTML allowed' },
			],
			fixed: { 'Case.Uid': '{id}' },
		},
		{
			name: 'clientResponse',
			label: 'Reply as Customer',
			action: 'Reply to ticket as customer',
			description: 'Add an answer of the customer',
			method: 'POST',
			path: '/support/cases/{id}/clientresponse/{comment}',
			silent: true,
			parameters: [
				{ name: 'comment', label: 'Message', type: 'text', in: 'path', required: true, description: 'The answer; it travels in the address, so keep it short' },
			],
		},
	],
};
