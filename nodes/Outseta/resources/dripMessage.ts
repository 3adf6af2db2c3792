import type { Resource } from '../../shared/spec/resource';

/** An email of a drip campaign. */
export const dripMessage: Resource = {
	name: 'dripMessage',
	label: 'Drip Email',
	path: '/email/campaigns/drips/{parent}/messages',
	description: 'An email of a drip campaign',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'string',
	parent: { resource: 'dripCampaign', description: 'The drip campaign it belongs to' },
	rows: { path: '/email/campaigns/drips/{parent}', property: 'DripCampaignMessages', include: ['DripCampaignMessages.Message'] },
	keys: [{ name: 'name', field: 'Message.Name', label: 'Name' }],
	list: { name: ['Message.Name'], detail: 'Message.Subject' },
	notes: {
		create: 'Add an email. The campaign is turned off until you activate it again.',
		delete: 'Delete an email. The campaign is turned off until you activate it again.',
		update: 'Change an email. A new delay also applies to people who are waiting for it.',
	},
	everyday: ['messageSubject', 'messageBody', 'DelayInHours'],
	fields: [
		{ name: 'messageName', label: 'Message Name', wire: 'Message.Name', type: 'string', required: true, maxLength: 250, description: 'Name of the email, for yourself' },
		{ name: 'messageSubject', label: 'Subject', wire: 'Message.Subject', type: 'string', maxLength: 250, description: 'Subject line' },
		{ name: 'messageBody', label: 'Body', wire: 'Message.Body', type: 'text', description: 'HTML with merge tags such as {{ Person.FirstName }}' },
		{ name: 'DelayInHours', type: 'integer', description: 'Hours after the trigger' },
		{ name: 'Weight', label: 'Position', type: 'integer', description: 'Order among the emails' },
		{ name: 'Created', type: 'dateTime', readOnly: true, description: 'When the record was created (UTC)' },
		{ name: 'Updated', type: 'dateTime', readOnly: true, description: 'When the record was last changed (UTC)' },
	],
};
