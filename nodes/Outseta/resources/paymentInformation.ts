import type { Resource } from '../../shared/spec/resource';

/** A card or bank account at the payment gateway. */
export const paymentInformation: Resource = {
	name: 'paymentInformation',
	label: 'Payment Method',
	path: '/billing/paymentinformation',
	description: 'A card or bank account at the payment gateway',
	methods: [],
	idType: 'string',
	fields: [
		{ name: 'CustomerToken', type: 'secret', description: 'Customer id at the payment gateway' },
		{ name: 'LastFourDigits', type: 'string', readOnly: true, filter: true, sort: true, description: 'Last digits' },
		{ name: 'LatestFailureDateTime', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When an attempt last failed' },
		{ name: 'LatestFailureDescription', type: 'string', readOnly: true, filter: true, sort: true, description: 'Why the last attempt failed' },
		{ name: 'LatestSuccessDateTime', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When an attempt last succeeded' },
		{ name: 'NumberOfFailures', type: 'integer', readOnly: true, filter: true, sort: true, description: 'Failed attempts' },
		{ name: 'PaymentMethodType', type: 'string', readOnly: true, filter: true, sort: true, description: 'Kind of payment method, such as a card or a bank account' },
		{ name: 'BankName', type: 'string', readOnly: true, filter: true, sort: true, description: 'Bank, when it is a bank account' },
		{ name: 'BankAccountType', type: 'string', readOnly: true, filter: true, sort: true, description: 'Kind of bank account' },
		{ name: 'BankAccountHolderType', type: 'string', readOnly: true, filter: true, sort: true, description: 'Whether a person or a company holds the bank account' },
		{ name: 'NameOnCard', type: 'string', readOnly: true, filter: true, sort: true, description: 'Card holder' },
		{ name: 'CardType', type: 'string', readOnly: true, filter: true, sort: true, description: 'Brand' },
		{ name: 'ExpirationMonth', type: 'string', readOnly: true, filter: true, sort: true, description: 'Month' },
		{ name: 'ExpirationYear', type: 'string', readOnly: true, filter: true, sort: true, description: 'Year' },
		{ name: 'Mode', type: 'string', readOnly: true, filter: true, sort: true, description: 'Mode of the payment gateway; the vendor does not explain it' },
		{ name: 'Created', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was created (UTC)' },
		{ name: 'Updated', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was last changed (UTC)' },
	],
	actions: [
		{
			name: 'save',
			label: 'Save',
			action: 'Save payment method',
			description: 'Store the tokens of a payment method for an account',
			method: 'POST',
			path: '/billing/paymentinformation',
			parameters: [
				{ name: 'account', label: 'Account', wire: 'Account.Uid', type: 'string', in: 'body', reference: 'account', required: true, description: 'Account that uses the payment method' },
				{ name: 'CustomerToken', type: 'secret', in: 'body', required: true, description: 'Customer at the payment gateway' },
				{ name: 'PaymentToken', type: 'secret', in: 'body', required: true, description: 'Payment method at the payment gateway' },
				{ name: 'NameOnCard', type: 'string', in: 'body', description: 'Card holder' },
			],
		},
	],
};
