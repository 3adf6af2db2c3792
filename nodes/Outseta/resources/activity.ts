import type { Resource } from '../../shared/spec';

/** An entry of the activity log. */
export const activity: Resource = {
	name: 'activity',
	label: 'Activity',
	plural: 'activities',
	path: '/activities',
	description: 'An entry of the activity log',
	methods: ['getAll'],
	idType: 'string',
	list: { name: ['Title'] },
	notes: { getAll: 'Retrieve the activity log: the last year, unless you filter by the time' },
	fields: [
		{ name: 'Title', type: 'string', readOnly: true, filter: true, sort: true, description: 'Short text' },
		{ name: 'Description', type: 'text', readOnly: true, filter: true, sort: true, description: 'Long text' },
		{ name: 'ActivityData', label: 'Data', type: 'text', readOnly: true, filter: true, sort: true, description: 'Text (usually JSON) with details' },
		{ name: 'ActivityDateTime', label: 'Time', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When it happened' },
		{ name: 'ActivityType', label: 'Type', type: 'integer', options: [{ value: '10', label: 'Custom' }, { value: '50', label: 'Note' }, { value: '51', label: 'Email' }, { value: '52', label: 'Phone Call' }, { value: '53', label: 'Meeting' }, { value: '54', label: 'Chat' }, { value: '100', label: 'Account Created' }, { value: '101', label: 'Account Updated' }, { value: '102', label: 'Account Add Person' }, { value: '103', label: 'Account Stage Updated' }, { value: '104', label: 'Account Deleted' }, { value: '105', label: 'Account Billing Information Updated' }, { value: '106', label: 'Account Subscription Plan Updated' }, { value: '107', label: 'Account Subscription Payment Collected' }, { value: '108', label: 'Account Subscription Payment Declined' }, { value: '109', label: 'Account Billing Information Requested' }, { value: '110', label: 'Account Billing Invoice Email Sent' }, { value: '111', label: 'Account Remove Person' }, { value: '112', label: 'Account Paid Subscription Created' }, { value: '113', label: 'Account Billing Information Removed' }, { value: '114', label: 'Account Primary Person Updated' }, { value: '115', label: 'Account Billing Invoice Created' }, { value: '116', label: 'Account Subscription Started' }, { value: '117', label: 'Account Subscription Renewal Extended' }, { value: '118', label: 'Account Subscription Add Ons Changed' }, { value: '119', label: 'Account Subscription Cancellation Requested' }, { value: '120', label: 'Account Billing Invoice Deleted' }, { value: '121', label: 'Account Person Role Updated' }, { value: '200', label: 'Person Created' }, { value: '201', label: 'Person Updated' }, { value: '202', label: 'Person Deleted' }, { value: '203', label: 'Person Login' }, { value: '204', label: 'Person List Subscribed' }, { value: '205', label: 'Person List Unsubscribed' }, { value: '206', label: 'Person Segment Added' }, { value: '207', label: 'Person Segment Removed' }, { value: '208', label: 'Person Email Opened' }, { value: '209', label: 'Person Email Clicked' }, { value: '210', label: 'Person Email Bounce' }, { value: '211', label: 'Person Email Spam' }, { value: '212', label: 'Person Support Ticket Created' }, { value: '213', label: 'Person Support Ticket Updated' }, { value: '214', label: 'Person Lead Form Submitted' }, { value: '215', label: 'Person List Confirmed' }, { value: '216', label: 'Person Email Subscribed' }, { value: '217', label: 'Person Email Unsubscribed' }, { value: '218', label: 'Person Temporary Password Set' }, { value: '219', label: 'Person Support Ticket Closed' }, { value: '220', label: 'Person Two Factor Recovery Codes Regenerated' }, { value: '300', label: 'Deal Created' }, { value: '301', label: 'Deal Updated' }, { value: '302', label: 'Deal Add Person' }, { value: '303', label: 'Deal Add Account' }, { value: '304', label: 'Deal Deleted' }, { value: '305', label: 'Deal Due Date' }, { value: '306', label: 'Task Created' }, { value: '307', label: 'Task Updated' }, { value: '400', label: 'Plan Created' }, { value: '401', label: 'Plan Updated' }, { value: '402', label: 'Add On Created' }, { value: '403', label: 'Add On Updated' }, { value: '500', label: 'Discord User Linked' }, { value: '501', label: 'Discord User Added To Server' }, { value: '502', label: 'Discord User Roles Updated' }, { value: '503', label: 'Discord User Removed From Server' }, { value: '1000', label: 'Outseta Suspicious Behavior' }], readOnly: true, filter: true, sort: true, description: 'Kind of event' },
		{ name: 'EntityType', label: 'Record Type', type: 'integer', options: [{ value: '0', label: 'None' }, { value: '1', label: 'Account' }, { value: '2', label: 'Person' }, { value: '3', label: 'Deal' }, { value: '4', label: 'Case' }, { value: '5', label: 'Invoice' }, { value: '6', label: 'Email Log' }, { value: '7', label: 'Plan' }, { value: '8', label: 'Discount Coupon' }, { value: '9', label: 'Add On' }, { value: '10', label: 'Task' }, { value: '11', label: 'Segment' }, { value: '12', label: 'Broadcast' }], readOnly: true, filter: true, sort: true, description: 'Kind of record' },
		{ name: 'EntityUid', label: 'Record UID', type: 'string', readOnly: true, filter: true, sort: true },
		{ name: 'Created', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was created (UTC)' },
		{ name: 'Updated', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was last changed (UTC)' },
	],
	actions: [
		{
			name: 'addCustom',
			label: 'Add Custom',
			action: 'Add custom activity',
			description: 'Write an event of your own into the activity log of an account, person or deal',
			method: 'POST',
			path: '/activities/customactivity',
			parameters: [
				{ name: 'Title', type: 'string', in: 'body', required: true, maxLength: 250, description: 'Short text; it can start a drip campaign or a segment' },
				{ name: 'EntityType', label: 'Record Type', type: 'integer', in: 'body', options: [{ value: '1', label: 'Account' }, { value: '2', label: 'Person' }, { value: '3', label: 'Deal' }], required: true, description: 'Kind of record it belongs to' },
				{ name: 'EntityUid', label: 'Record UID', type: 'string', in: 'body', required: true, description: 'Record it belongs to' },
				{ name: 'Description', type: 'text', in: 'body', description: 'Long text' },
				{ name: 'ActivityData', label: 'Data', type: 'text', in: 'body', description: 'Details, usually JSON' },
			],
		},
	],
};
