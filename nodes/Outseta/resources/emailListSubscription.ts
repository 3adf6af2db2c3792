import type { Recipe, Resource } from '../../shared/spec/resource';

export const listRecipes: Recipe[] = [
	{
		name: 'subscribe',
		label: 'Subscribe',
		action: 'Subscribe to list',
		description: 'Subscribe a person to the list by email. A new person is created. An existing subscriber stays unchanged.',
		parent: true,
		simplify: true,
		inputs: [{ kind: 'fields' }],
		output: { fields: [{ name: 'outcome', type: 'string' }] },
	},
	{
		name: 'subscribePublic',
		label: 'Subscribe (Public Form)',
		action: 'Subscribe to list by public form',
		description: 'Subscribe a person the way the public form does. The form has protection against bots.',
		parent: true,
		simplify: true,
		inputs: [{ kind: 'fields' }],
	},
];

/** A person on an email list. */
export const emailListSubscription: Resource = {
	name: 'emailListSubscription',
	label: 'List Subscription',
	path: '/email/lists/{parent}/subscriptions',
	description: 'A person on an email list',
	methods: ['delete', 'getAll'],
	idType: 'string',
	parent: { resource: 'emailList', description: 'The list' },
	listQuery: [['orderBy', 'SubscribedDate']],
	search: true,
	keys: [{ name: 'email', field: 'Person.Email', label: 'Person Email', type: 'email' }],
	list: { name: ['Person.FirstName', 'Person.LastName'], fallback: ['Person.Email'], detail: 'Person.Email' },
	titles: { delete: { label: 'Unsubscribe', action: 'Unsubscribe from list' } },
	notes: { delete: 'Unsubscribe a person from the list by email' },
	everyday: ['Email', 'FirstName', 'LastName'],
	fields: [
		{ name: 'Email', wire: 'Person.Email', type: 'email', writeOnly: true, createOnly: true, description: 'Email of the person: an existing one is subscribed, a new one created' },
		{ name: 'FirstName', wire: 'Person.FirstName', type: 'string', writeOnly: true, createOnly: true, description: 'First name, for a new person' },
		{ name: 'LastName', wire: 'Person.LastName', type: 'string', writeOnly: true, createOnly: true, description: 'Last name, for a new person' },
		{ name: 'EmailListSubscriberStatus', label: 'Status', type: 'integer', options: [{ value: '1', label: 'Subscribed' }, { value: '2', label: 'Unsubscribed' }, { value: '3', label: 'Cleaned' }, { value: '4', label: 'Confirmed' }], readOnly: true, filter: true, sort: true, description: 'State of the subscription' },
		{ name: 'SubscribedDate', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Since' },
		{ name: 'ConfirmedDate', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Double opt-in moment' },
		{ name: 'ConfirmationNotes', type: 'string', readOnly: true, filter: true, sort: true, description: 'Notes on the confirmation; the vendor does not explain them' },
		{ name: 'UnsubscribedDate', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Until' },
		{ name: 'CleanedDate', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the address was cleaned from the list' },
		{ name: 'WelcomeEmailDeliverDateTime', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the welcome email was delivered' },
		{ name: 'WelcomeEmailOpenDateTime', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the welcome email was opened' },
		{ name: 'UnsubscribeReason', type: 'string', readOnly: true, filter: true, sort: true, description: 'Reason code' },
		{ name: 'UnsubscribeReasonOther', type: 'string', readOnly: true, filter: true, sort: true, description: 'Reason in the own words of the person' },
		{ name: 'SendWelcomeEmail', type: 'boolean', writeOnly: true, createOnly: true, description: 'Whether to send the welcome email of the list' },
		{ name: 'Source', type: 'string', readOnly: true, filter: true, sort: true, description: 'Where the subscription came from' },
		{ name: 'Created', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was created (UTC)' },
		{ name: 'Updated', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was last changed (UTC)' },
	],
	relations: [
		{ name: 'Person', label: 'Person', to: ['person'], filterBy: ['id', 'Email'], readOnly: true, include: true, description: 'Person who is on the list' },
	],
	recipes: listRecipes,
};
