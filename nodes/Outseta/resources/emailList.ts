import type { Resource } from '../../shared/spec/resource';

/** A list that people subscribe to. */
export const emailList: Resource = {
	name: 'emailList',
	label: 'Email List',
	path: '/email/lists',
	description: 'A list that people subscribe to',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'string',
	keys: [{ name: 'name', field: 'Name' }],
	list: { name: ['Name'], sort: 'Name' },
	notes: { delete: 'Delete a list together with its subscriptions' },
	everyday: ['Description'],
	fields: [
		{ name: 'Name', type: 'string', required: true, filter: true, sort: true, maxLength: 100, description: 'Unique name' },
		{ name: 'Description', type: 'text', filter: true, sort: true, maxLength: 255, description: 'What the list is about' },
		{ name: 'WelcomeSubject', type: 'string', filter: true, sort: true, maxLength: 250, description: 'Subject of the welcome email' },
		{ name: 'WelcomeBody', type: 'text', filter: true, sort: true, description: 'Body of the welcome email' },
		{ name: 'WelcomeFromName', type: 'string', filter: true, sort: true, maxLength: 250, description: 'Sender name of the welcome email' },
		{ name: 'WelcomeFromEmail', type: 'email', filter: true, sort: true, maxLength: 250, description: 'Sender address of the welcome email' },
		{ name: 'RequiresDoubleOptIn', type: 'boolean', filter: true, sort: true, description: 'New subscribers have to confirm' },
		{ name: 'IsInternal', type: 'boolean', filter: true, sort: true, description: 'Hidden from the public preference page' },
		{ name: 'FieldConfigurationDataJSON', label: 'Field Configuration (JSON)', type: 'string', filter: true, sort: true, description: 'Setup of the fields of the list, as JSON; the vendor does not describe it' },
		{ name: 'CountSubscriptionsActive', type: 'integer', readOnly: true, filter: true, sort: true, description: 'Number of people who get emails of the list' },
		{ name: 'CountSubscriptionsBounce', type: 'integer', readOnly: true, filter: true, sort: true, description: 'Number of people whose emails came back' },
		{ name: 'CountSubscriptionsNotConfirmed', type: 'integer', readOnly: true, filter: true, sort: true, description: 'Number of people who have not confirmed yet' },
		{ name: 'CountSubscriptionsSpam', type: 'integer', readOnly: true, filter: true, sort: true, description: 'Number of people who marked an email as spam' },
		{ name: 'CountSubscriptionsUnsubscribed', type: 'integer', readOnly: true, filter: true, sort: true, description: 'Number of people who unsubscribed' },
		{ name: 'Created', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was created (UTC)' },
		{ name: 'Updated', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was last changed (UTC)' },
	],
};
