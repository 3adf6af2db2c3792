import type { Field, Input, NaturalKey, Recipe, Resource } from '../../shared/spec/resource';

export const TERM: Field = {
	name: 'renewalTerm',
	label: 'Renewal Term',
	type: 'options',
	options: [
		{ value: '1', label: 'Monthly' },
		{ value: '2', label: 'Yearly' },
		{ value: '3', label: 'Quarterly' },
		{ value: '4', label: 'One Time' },
	],
	description: 'How often it is charged',
};

export const QUANTITY: Field = { name: 'quantity', type: 'integer', description: 'Seats, for plans with a quantity. 0 is not sent.' };
export const COUPON: Field = { name: 'couponCode', type: 'string', description: 'Code of a coupon to apply' };
export const ADD_ONS: Field = { name: 'addOns', label: 'Add-Ons', type: 'json', description: 'All add-ons as a list, such as [{"AddOn": {"Uid": "abc"}, "Quantity": 2}]. Not sent if empty.' };
export const MOST: Field = { name: 'maxCharge', label: 'Refuse Above Amount', type: 'number', description: 'Stop if the preview shows a higher amount. 0 means no limit.' };

const INPUTS: Input[] = [
	{ kind: 'record', name: 'plan', label: 'Plan', resource: 'plan', required: true, description: 'The plan to change to' },
	{ kind: 'value', ...TERM, default: '1' },
	{ kind: 'value', name: 'startImmediately', type: 'boolean', description: 'Whether to change now instead of at renewal' },
];

const OPTIONS: Input[] = [
	{ kind: 'value', ...ADD_ONS, default: '' },
	{ kind: 'value', ...COUPON },
	{ kind: 'value', ...QUANTITY },
];

export const subscriptionRecipes: Recipe[] = [
	{
		name: 'change',
		label: 'Change Plan',
		action: 'Change plan of subscription',
		description: 'Change plan, term, quantity or add-ons, at renewal or now. The output includes the cost.',
		record: true,
		simplify: true,
		inputs: [...INPUTS, { kind: 'value', name: 'previewFirst', type: 'boolean', default: true, description: 'Whether to request the invoice of the change first and return it as preview' }],
		options: [...OPTIONS, { kind: 'value', ...MOST }],
		output: { resource: 'subscription', fields: [{ name: 'preview', type: 'json' }] },
	},
	{
		name: 'previewChange',
		label: 'Preview Change of Plan',
		action: 'Preview change of plan of subscription',
		description: 'Show the invoice that a plan change would create. Nothing is saved.',
		record: true,
		reads: true,
		simplify: true,
		inputs: INPUTS,
		options: OPTIONS,
		output: { resource: 'invoice' },
	},
];

/** The latest one of an account may begin later. What is meant is the one that runs, and of those that can be deleted the one that does not yet. */
const RUNNING: Pick<NaturalKey, 'query' | 'queryFor' | 'absent'> = {
	query: [['status', 'current']],
	queryFor: { delete: [['status', 'future']] },
	absent: 'By account, the subscription that runs is found, for Delete the one that begins later. Choose another one from the list, or check the spelling.',
};

/** The plan that an account is on. */
export const subscription: Resource = {
	name: 'subscription',
	label: 'Subscription',
	path: '/billing/subscriptions',
	description: 'The plan that an account is on',
	methods: ['delete', 'get', 'getAll'],
	confirmDelete: {},
	idType: 'string',
	keys: [
		{ name: 'account', field: 'Account.Name', label: 'Account Name', ...RUNNING },
		{ name: 'accountUid', field: 'Account.Uid', label: 'Account ID', exact: true, ...RUNNING },
	],
	list: { name: ['Account.Name'], detail: 'Plan.Name' },
	notes: { delete: 'Delete a subscription that has not started. You cannot delete the current one.' },
	fields: [
		{ name: 'BillingRenewalTerm', label: 'Renewal Term', type: 'integer', options: [{ value: '1', label: 'Monthly' }, { value: '2', label: 'Yearly' }, { value: '3', label: 'Quarterly' }, { value: '4', label: 'One Time' }], readOnly: true, filter: true, sort: true, description: 'Billing period' },
		{ name: 'Quantity', type: 'integer', readOnly: true, filter: true, sort: true, description: 'Seats for per-user or quantity plans' },
		{ name: 'StartDate', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Start' },
		{ name: 'EndDate', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'End of the subscription when it is scheduled to stop' },
		{ name: 'ExpirationDate', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Fixed expiry' },
		{ name: 'RenewalDate', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Next renewal' },
		{ name: 'NewRequiredQuantity', type: 'integer', readOnly: true, filter: true, sort: true, description: 'Quantity the customer is asked to move to' },
		{ name: 'IsPlanUpgradeRequired', type: 'boolean', readOnly: true, filter: true, sort: true, description: 'When true the login widget asks for a plan change' },
		{ name: 'PlanUpgradeRequiredMessage', type: 'text', readOnly: true, filter: true, sort: true, description: 'Text shown with the request' },
		{ name: 'DiscountCouponExpirationDate', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the coupon stops' },
		{ name: 'Rate', type: 'number', readOnly: true, filter: true, sort: true, description: 'Price per period' },
		{ name: 'Created', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was created (UTC)' },
		{ name: 'Updated', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was last changed (UTC)' },
		{ name: 'current', type: 'options', options: [{ value: '1', label: 'Only the Latest of Each Account' }], readOnly: true, filterOnly: true, filter: true, description: 'Only the most recent subscription of each account' },
		{ name: 'status', type: 'options', options: [{ value: 'current' }, { value: 'future' }, { value: 'past' }], readOnly: true, filterOnly: true, filter: true, description: 'Whether it runs, begins later or has ended' },
	],
	relations: [
		{ name: 'Account', label: 'Account', to: ['account'], filterBy: ['id', 'Name'], readOnly: true, include: true, description: 'Account that has the subscription' },
		{ name: 'Plan', label: 'Plan', to: ['plan'], filterBy: ['id', 'Name'], readOnly: true, include: true, description: 'Plan that it is for' },
		{ name: 'Account.PersonAccount.Person', label: 'Account and People', to: ['person'], filterBy: ['id', 'Email'], readOnly: true, include: true, description: 'Account that has the subscription, with its people' },
		{ name: 'SubscriptionAddOns.AddOn', label: 'Add-Ons', to: ['addOn'], many: true, readOnly: true, include: true, description: 'Add-ons that are booked' },
		{ name: 'DiscountCouponSubscriptions', label: 'Coupons', to: ['discountCoupon'], many: true, readOnly: true, include: true, description: 'Coupons that are applied' },
		{ name: 'LatestInvoice', label: 'Latest Invoice', to: ['invoice'], readOnly: true, include: true, description: 'The most recent invoice' },
	],
	actions: [
		{
			name: 'createFirst',
			label: 'Create First',
			action: 'Create first subscription',
			description: 'Give an account its first subscription. Fails if one is active.',
			method: 'PUT',
			path: '/billing/subscriptions/firsttimesubscription',
			once: true,
			parameters: [
				{ name: 'account', label: 'Account', wire: 'Account.Uid', type: 'string', in: 'body', reference: 'account', required: true, description: 'Account that gets the subscription' },
				{ name: 'plan', label: 'Plan', wire: 'Plan.Uid', type: 'string', in: 'body', reference: 'plan', required: true, description: 'Plan to be on' },
				{ name: 'BillingRenewalTerm', label: 'Renewal Term', type: 'integer', in: 'body', options: [{ value: '1', label: 'Monthly' }, { value: '2', label: 'Yearly' }, { value: '3', label: 'Quarterly' }, { value: '4', label: 'One Time' }], required: true, description: 'How often it is charged' },
				{ name: 'Quantity', type: 'integer', in: 'body', description: 'Seats, for plans with a quantity' },
				{ name: 'DiscountCode', label: 'Coupon Code', type: 'string', in: 'body', description: 'Code of a coupon to apply' },
				{ name: 'SubscriptionAddOns', label: 'Add-Ons', type: 'json', in: 'body', description: 'Add-ons as a list, such as [{"AddOn": {"Uid": "abc"}, "Quantity": 2}]' },
			],
		},
		{
			name: 'computeChargeSummary',
			label: 'Compute Price',
			action: 'Compute price of subscription',
			description: 'Show what a new subscription would cost. Nothing is saved.',
			method: 'POST',
			path: '/billing/subscriptions/compute-charge-summary',
			reads: true,
			parameters: [
				{ name: 'asOf', label: 'As Of', type: 'options', in: 'query', options: [{ value: 'now', label: 'First Invoice' }, { value: 'renewal', label: 'Renewal' }], description: 'Which invoice to compute' },
				{ name: 'account', label: 'Account', wire: 'Account.Uid', type: 'string', in: 'body', reference: 'account', required: true, description: 'Account that gets the subscription' },
				{ name: 'plan', label: 'Plan', wire: 'Plan.Uid', type: 'string', in: 'body', reference: 'plan', required: true, description: 'Plan to be on' },
				{ name: 'BillingRenewalTerm', label: 'Renewal Term', type: 'integer', in: 'body', options: [{ value: '1', label: 'Monthly' }, { value: '2', label: 'Yearly' }, { value: '3', label: 'Quarterly' }, { value: '4', label: 'One Time' }], required: true, description: 'How often it is charged' },
				{ name: 'Quantity', type: 'integer', in: 'body', description: 'Seats, for plans with a quantity' },
				{ name: 'DiscountCode', label: 'Coupon Code', type: 'string', in: 'body', description: 'Code of a coupon to apply' },
				{ name: 'SubscriptionAddOns', label: 'Add-Ons', type: 'json', in: 'body', description: 'Add-ons as a list, such as [{"AddOn": {"Uid": "abc"}, "Quantity": 2}]' },
			],
			output: { resource: 'invoice' },
		},
		{
			name: 'setUpgradeRequired',
			label: 'Ask for Change',
			action: 'Ask for change of subscription',
			description: 'Ask the customer at the next login to change the plan',
			method: 'PUT',
			path: '/billing/subscriptions/{id}/setsubscriptionupgraderequired',
			parameters: [
				{ name: 'IsPlanUpgradeRequired', label: 'Ask', type: 'boolean', in: 'body', required: true, description: 'Whether the customer is asked' },
				{ name: 'PlanUpgradeRequiredMessage', label: 'Message', type: 'text', in: 'body', description: 'Text shown with the request' },
				{ name: 'NewRequiredQuantity', type: 'integer', in: 'body', description: 'Quantity to move to' },
			],
		},
		{
			name: 'addDiscount',
			label: 'Add Coupon',
			action: 'Add coupon to subscription',
			description: 'Apply a coupon',
			method: 'POST',
			path: '/billing/subscriptions/{id}/discounts/{coupon}',
			silent: true,
			parameters: [
				{ name: 'coupon', label: 'Coupon', type: 'string', in: 'path', reference: 'discountCoupon', required: true, description: 'Coupon to apply' },
			],
		},
		{
			name: 'removeDiscount',
			label: 'Remove Coupon',
			action: 'Remove coupon from subscription',
			description: 'End a coupon now',
			method: 'DELETE',
			path: '/billing/subscriptions/{id}/discounts/{coupon}',
			silent: true,
			parameters: [
				{ name: 'coupon', label: 'Coupon', type: 'string', in: 'path', reference: 'discountCoupon', required: true, description: 'Coupon to take off' },
			],
		},
		{
			name: 'changeTrialToSubscribed',
			label: 'End Trial Now',
			action: 'End trial of subscription now',
			description: 'End a trial early and start charging. Outseta does not document this.',
			method: 'PUT',
			path: '/billing/subscriptions/{id}/changetrialtosubscribed',
			once: true,
			silent: true,
		},
	],
	recipes: subscriptionRecipes,
};
