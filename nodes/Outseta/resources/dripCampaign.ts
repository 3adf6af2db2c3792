import type { Resource } from '../../shared/spec/resource';

/** A series of emails. */
export const dripCampaign: Resource = {
	name: 'dripCampaign',
	label: 'Drip Campaign',
	path: '/email/campaigns/drips',
	description: 'A series of emails',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'string',
	keys: [{ name: 'name', field: 'Campaign.Name', label: 'Name' }],
	list: { name: ['Campaign.Name'] },
	everyday: ['campaignFromName', 'campaignFromEmail'],
	fields: [
		{ name: 'campaignName', label: 'Name', wire: 'Campaign.Name', type: 'string', required: true, filter: true, maxLength: 250, description: 'Name of the campaign' },
		{ name: 'campaignFromName', label: 'From Name', wire: 'Campaign.FromName', type: 'string', maxLength: 250, description: 'Sender name' },
		{ name: 'campaignFromEmail', label: 'From Email', wire: 'Campaign.FromEmail', type: 'email', description: 'Sender address' },
		{ name: 'IsActive', type: 'boolean', filter: true, sort: true, description: 'Whether it runs. It is switched off whenever an email is added or removed.' },
		{ name: 'TriggerId', label: 'Trigger Number', type: 'integer', required: true, filter: true, sort: true, description: 'Number of the kind of trigger; the vendor does not publish them' },
		{ name: 'TriggerStartValue', type: 'string', filter: true, sort: true, description: 'Value that starts the drip' },
		{ name: 'TriggerStopValue', type: 'string', filter: true, sort: true, description: 'Value that stops it' },
		{ name: 'AllowRepeatProcessing', type: 'boolean', filter: true, sort: true, description: 'A person may run through it again' },
		{ name: 'StartDripToExistingMembers', type: 'boolean', filter: true, sort: true, description: 'Also start for people who already match' },
		{ name: 'Created', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was created (UTC)' },
		{ name: 'Updated', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was last changed (UTC)' },
		{ name: 'DripCampaignMessages', label: 'Messages (JSON)', type: 'json', writeOnly: true, description: 'Emails of the campaign as a list' },
	],
	relations: [
		{ name: 'DripCampaignMessages.Message', label: 'Emails', to: ['dripMessage'], many: true, readOnly: true, include: true, description: 'Emails of the campaign' },
	],
	actions: [
		{
			name: 'sendTest',
			label: 'Send Test',
			action: 'Send test of drip campaign',
			description: 'Send a test to the people you choose. An API key has no signed-in user to send it to.',
			method: 'POST',
			path: '/email/campaigns/drips/sendtestemail',
			silent: true,
			parameters: [
				{ name: 'recipients', label: 'Additional Recipients', wire: 'AdditionalRecipients', type: 'string', in: 'body', reference: 'person', many: true, description: 'People of your own account' },
			],
			fixed: { 'DripCampaign.Uid': '{id}' },
		},
	],
};
