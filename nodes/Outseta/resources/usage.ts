import type { Resource } from '../../shared/spec/resource';

/** Metered usage of an add-on that is charged by use. */
export const usage: Resource = {
	name: 'usage',
	label: 'Usage',
	singular: 'usage record',
	plural: 'usage records',
	path: '/billing/usage',
	description: 'Metered usage of an add-on that is charged by use',
	methods: ['getAll'],
	idType: 'string',
	parent: { resource: 'account', filter: 'SubscriptionAddOn.Subscription.Account.Uid', description: 'Account that used it; needed to find an add-on by its name' },
	list: { name: ['UsageDate'] },
	notes: { getAll: 'Retrieve recorded usage. Outseta does not document this.' },
	fields: [
		{ name: 'UsageDate', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Moment of the usage' },
		{ name: 'Amount', type: 'number', readOnly: true, filter: true, sort: true, description: 'Units, greater than zero' },
		{ name: 'AdditionalUsageData', type: 'text', readOnly: true, filter: true, sort: true, description: 'Free text, up to 1024 characters' },
		{ name: 'Created', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was created (UTC)' },
		{ name: 'Updated', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was last changed (UTC)' },
	],
	relations: [
		{ name: 'SubscriptionAddOn.AddOn', label: 'Add-On', to: ['addOn'], readOnly: true, include: true, description: 'Add-on that was used' },
		{ name: 'Invoice', label: 'Invoice', to: ['invoice'], filterBy: ['id'], readOnly: true, include: true, description: 'Invoice on which the usage was billed' },
	],
	actions: [
		{
			name: 'create',
			label: 'Create',
			action: 'Create usage record',
			description: 'Record usage of a usage-based add-on',
			method: 'POST',
			path: '/billing/usage',
			parameters: [
				{ name: 'subscriptionAddOn', label: 'Subscription Add-On', wire: 'SubscriptionAddOn.Uid', type: 'string', in: 'body', reference: 'subscriptionAddOn', required: true, description: 'The add-on of the subscription, not of the catalog' },
				{ name: 'Amount', type: 'number', in: 'body', required: true, description: 'Units, more than zero' },
				{ name: 'UsageDate', type: 'dateTime', in: 'body', required: true, description: 'When it was used' },
				{ name: 'AdditionalUsageData', label: 'Additional Data', type: 'text', in: 'body', maxLength: 1024, description: 'Any text' },
			],
			parent: true,
		},
	],
};
