import type { Recipe, Resource } from '../../shared/spec/resource';

export const invoiceRecipes: Recipe[] = [
	{
		name: 'downloadPdf',
		label: 'Download PDF',
		action: 'Download PDF of invoice',
		description: 'Download the invoice as a PDF into a binary field',
		record: true,
		reads: true,
		inputs: [{ kind: 'value', name: 'binaryProperty', label: 'Put Output in Field', type: 'string', required: true, default: 'data', description: 'Name of the binary field for the file' }],
		output: { fields: [{ name: 'Uid', type: 'string' }, { name: 'fileName', type: 'string' }] },
	},
];

/** A bill to an account. */
export const invoice: Resource = {
	name: 'invoice',
	label: 'Invoice',
	path: '/billing/invoices',
	description: 'A bill to an account',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'string',
	keys: [{ name: 'number', field: 'Number', label: 'Number' }],
	list: { name: ['Number'], detail: 'InvoiceDate' },
	notes: {
		create: 'Create a manual invoice with its line items',
		update: 'Change a manual invoice. You cannot change generated ones.',
	},
	fields: [
		{ name: 'InvoiceDate', type: 'dateTime', required: true, filter: true, sort: true, description: 'Date of the invoice' },
		{ name: 'PaymentReminderSentDate', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Last reminder' },
		{ name: 'Number', type: 'integer', readOnly: true, filter: true, sort: true, description: 'Running number' },
		{ name: 'BillingInvoiceStatus', label: 'Status', type: 'integer', options: [{ value: '1', label: 'Unpaid' }, { value: '2', label: 'Paid' }, { value: '3', label: 'Partial' }, { value: '4', label: 'Uncollected' }, { value: '5', label: 'Refunded' }, { value: '6', label: 'Uncollectible' }, { value: '7', label: 'Processing' }], readOnly: true, filter: true, sort: true, description: 'Payment status' },
		{ name: 'Amount', type: 'number', readOnly: true, filter: true, sort: true, description: 'Total' },
		{ name: 'AmountOutstanding', type: 'number', readOnly: true, filter: true, sort: true, description: 'Still to pay' },
		{ name: 'IsUserGenerated', type: 'boolean', readOnly: true, filter: true, sort: true, description: 'True for invoices made by hand or by the API' },
		{ name: 'StripeTaxCalculationId', type: 'string', readOnly: true, filter: true, sort: true, description: 'Only for tenants billed by Stripe Billing' },
		{ name: 'StripeTaxBehavior', type: 'string', readOnly: true, filter: true, sort: true, description: 'Only for tenants billed by Stripe Billing' },
		{ name: 'AmountCredit', type: 'number', readOnly: true, filter: true, sort: true, description: 'Part that a credit covers' },
		{ name: 'AmountDiscount', type: 'number', readOnly: true, filter: true, sort: true, description: 'What the discount takes off' },
		{ name: 'AmountPaid', type: 'number', readOnly: true, filter: true, sort: true, description: 'Already paid' },
		{ name: 'AmountRefunded', type: 'number', readOnly: true, filter: true, sort: true, description: 'Paid back' },
		{ name: 'AmountSubtotal', type: 'number', readOnly: true, filter: true, sort: true, description: 'Total before tax' },
		{ name: 'AmountTax', type: 'number', readOnly: true, filter: true, sort: true, description: 'Tax in the total' },
		{ name: 'IsTaxable', type: 'boolean', readOnly: true, filter: true, sort: true, description: 'Whether tax is charged' },
		{ name: 'AmountTaxRefunded', type: 'number', readOnly: true, filter: true, sort: true, description: 'Tax paid back' },
		{ name: 'HasPaymentGatewayTransactions', type: 'boolean', readOnly: true, filter: true, sort: true, description: 'Whether payments ran through the payment gateway' },
		{ name: 'Created', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was created (UTC)' },
		{ name: 'Updated', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was last changed (UTC)' },
		{ name: 'InvoiceLineItems', label: 'Lines', type: 'json', required: true, description: 'Lines as a list, such as [{"Description": "Setup", "Amount": 250}]' },
		{ name: 'excludeInvoiceUid', label: 'All but Invoice UID', type: 'string', readOnly: true, filterOnly: true, filter: true, description: 'Leaves one invoice out' },
	],
	relations: [
		{ name: 'Subscription', label: 'Subscription', to: ['subscription'], required: true, include: true, filterBy: ['id'], description: 'Subscription that is billed; it leads to the account' },
		{ name: 'Subscription.Account', label: 'Subscription and Account', to: ['account'], filterBy: ['id', 'Name'], readOnly: true, include: true, description: 'Subscription that is billed, with its account' },
	],
	actions: [
		{
			name: 'sendEmail',
			label: 'Send',
			action: 'Send invoice',
			description: 'Email the invoice to the billing contact',
			method: 'POST',
			path: '/billing/invoices/{id}/sendinvoiceemail',
			silent: true,
			parameters: [
				{ name: 'note', type: 'text', in: 'query', description: 'Text for the email' },
				{ name: 'bcc', label: 'BCC', type: 'string', in: 'query', description: 'Further addresses, with commas' },
			],
		},
		{
			name: 'sendPaidEmail',
			label: 'Send Receipt',
			action: 'Send receipt of invoice',
			description: 'Email the receipt of a paid invoice',
			method: 'POST',
			path: '/billing/invoices/{id}/sendinvoicepaidemail',
			silent: true,
		},
	],
	recipes: invoiceRecipes,
};
