import type { Resource } from '../../shared/spec/resource';

/** An invoice, payment, credit or refund in the books of an account. */
export const transaction: Resource = {
	name: 'transaction',
	label: 'Transaction',
	path: '/billing/transactions/{parent}',
	description: 'An invoice, payment, credit or refund in the books of an account',
	methods: ['getAll'],
	idType: 'string',
	parent: { resource: 'account', description: 'Account to get the transactions of' },
	list: { name: ['TransactionDate'] },
	fields: [
		{ name: 'TransactionDate', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When' },
		{ name: 'BillingTransactionType', label: 'Type', type: 'integer', options: [{ value: '1', label: 'Invoice' }, { value: '2', label: 'Payment' }, { value: '3', label: 'Credit' }, { value: '4', label: 'Refund' }, { value: '5', label: 'Chargeback' }, { value: '6', label: 'Tax Refund' }], readOnly: true, filter: true, sort: true, description: 'Kind of transaction' },
		{ name: 'Amount', type: 'number', readOnly: true, filter: true, sort: true, description: 'Sum of the transaction' },
		{ name: 'IsCaptured', type: 'boolean', readOnly: true, filter: true, sort: true, description: 'Whether the money was collected' },
		{ name: 'IsElectronicTransaction', type: 'boolean', readOnly: true, filter: true, sort: true, description: 'True when it ran through the payment gateway' },
		{ name: 'Created', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was created (UTC)' },
		{ name: 'Updated', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was last changed (UTC)' },
	],
	relations: [
		{ name: 'Invoice', label: 'Invoice', to: ['invoice'], readOnly: true, include: true, description: 'Invoice that it belongs to' },
	],
	actions: [
		{
			name: 'addPayment',
			label: 'Add Payment',
			action: 'Add payment',
			description: 'Record a payment received elsewhere. The invoice counts as paid once nothing is due.',
			method: 'POST',
			path: '/billing/transactions/payment',
			parameters: [
				{ name: 'account', label: 'Account', wire: 'Account.Uid', type: 'string', in: 'body', reference: 'account', required: true, description: 'Account that paid' },
				{ name: 'invoice', label: 'Invoice', wire: 'Invoice.Uid', type: 'string', in: 'body', reference: 'invoice', required: true, description: 'Invoice that was paid' },
				{ name: 'Amount', type: 'number', in: 'body', required: true, description: 'What was paid' },
			],
		},
	],
};
