import type { Resource } from '../../shared/spec/resource';

/** An extra of the catalogue that can be booked with a plan. */
export const addOn: Resource = {
	name: 'addOn',
	label: 'Add-On',
	singular: 'add on',
	path: '/billing/addons',
	description: 'An extra of the catalogue that can be booked with a plan',
	methods: ['get', 'getAll'],
	idType: 'string',
	keys: [{ name: 'name', field: 'Name' }],
	list: { name: ['Name'], sort: 'Name' },
	notes: {
		get: 'Retrieve an add-on. Outseta does not document this.',
		getAll: 'Retrieve the add-ons of the catalog. Outseta does not document this.',
	},
	fields: [
		{ name: 'Name', type: 'string', readOnly: true, filter: true, sort: true, description: 'Name of the add-on' },
		{ name: 'BillingAddOnType', label: 'Type', type: 'integer', options: [{ value: '1', label: 'Recurring' }, { value: '2', label: 'Usage' }, { value: '3', label: 'One Time' }], readOnly: true, filter: true, sort: true, description: 'Recurring, usage based or one time' },
		{ name: 'IsQuantityEditable', type: 'boolean', readOnly: true, filter: true, sort: true, description: 'Customer may change the quantity' },
		{ name: 'MinimumQuantity', type: 'integer', readOnly: true, filter: true, sort: true, description: 'Smallest quantity' },
		{ name: 'MonthlyRate', type: 'number', readOnly: true, filter: true, sort: true, description: 'Price per month' },
		{ name: 'AnnualRate', label: 'Yearly Rate', type: 'number', readOnly: true, filter: true, sort: true, description: 'Price per year' },
		{ name: 'SetupFee', type: 'number', readOnly: true, filter: true, sort: true, description: 'Fee at the start' },
		{ name: 'UnitOfMeasure', type: 'string', readOnly: true, filter: true, sort: true, description: 'Label of the unit' },
		{ name: 'IsTaxable', type: 'boolean', readOnly: true, filter: true, sort: true, description: 'Tax applies' },
		{ name: 'IsBilledDuringTrial', type: 'boolean', readOnly: true, filter: true, sort: true, description: 'Charged while the plan is on trial' },
		{ name: 'ExpiresAfterMonths', type: 'integer', readOnly: true, filter: true, sort: true, description: 'Ends after so many months' },
		{ name: 'ExpirationDate', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Ends on a fixed day' },
		{ name: 'StripeTaxCodeId', type: 'string', readOnly: true, filter: true, sort: true, description: 'Only for tenants billed by Stripe Billing' },
		{ name: 'IsPerUser', type: 'boolean', readOnly: true, filter: true, sort: true, description: 'Charged per person' },
		{ name: 'QuarterlyRate', type: 'number', readOnly: true, filter: true, sort: true, description: 'Price per quarter' },
		{ name: 'OneTimeRate', type: 'number', readOnly: true, filter: true, sort: true, description: 'One-off price' },
		{ name: 'SubscriptionCount', type: 'integer', readOnly: true, filter: true, sort: true, description: 'Number of subscriptions with the add-on. Ask for it by name: it takes the vendor an extra query.' },
		{ name: 'Quantity', type: 'integer', readOnly: true, filter: true, sort: true, description: 'Quantity of the add-on; the vendor does not explain it' },
		{ name: 'Created', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was created (UTC)' },
		{ name: 'Updated', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was last changed (UTC)' },
	],
	relations: [
		{ name: 'PlanAddOns.Plan', label: 'Plans', to: ['plan'], many: true, readOnly: true, include: true, description: 'Plans that it can be booked with' },
	],
};
