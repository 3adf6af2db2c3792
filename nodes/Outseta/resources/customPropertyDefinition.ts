import type { Resource } from '../../shared/spec/resource';

/** A property that you added to accounts, people or deals. */
export const customPropertyDefinition: Resource = {
	name: 'customPropertyDefinition',
	label: 'Custom Property',
	plural: 'custom properties',
	path: '/attributes/definitions',
	description: 'A property that you added to accounts, people or deals',
	methods: ['get'],
	idType: 'string',
	list: { name: ['Label'] },
	fields: [
		{ name: 'ControlType', type: 'string', readOnly: true, filter: true, sort: true, description: 'Kind of input: Text, Date, Select, CheckboxList and others' },
		{ name: 'ControlParams', type: 'text', readOnly: true, filter: true, sort: true, description: 'JSON text with HintText, Options[] and Pattern' },
		{ name: 'Label', type: 'string', readOnly: true, filter: true, sort: true, description: 'Shown name of the custom property' },
		{ name: 'SystemName', type: 'string', readOnly: true, filter: true, sort: true, description: 'Property name in the API' },
		{ name: 'EntityType', type: 'integer', options: [{ value: '0', label: 'None' }, { value: '1', label: 'Account' }, { value: '2', label: 'Person' }, { value: '3', label: 'Deal' }, { value: '4', label: 'Case' }, { value: '5', label: 'Invoice' }, { value: '6', label: 'Email Log' }, { value: '7', label: 'Plan' }, { value: '8', label: 'Discount Coupon' }, { value: '9', label: 'Add On' }, { value: '10', label: 'Task' }, { value: '11', label: 'Segment' }, { value: '12', label: 'Broadcast' }], readOnly: true, filter: true, sort: true, description: 'Account, Person or Deal' },
		{ name: 'Position', type: 'integer', readOnly: true, filter: true, sort: true, description: 'Order' },
		{ name: 'Hidden', type: 'boolean', readOnly: true, filter: true, sort: true, description: 'Hidden in the forms' },
		{ name: 'Created', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was created (UTC)' },
		{ name: 'Updated', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was last changed (UTC)' },
	],
	actions: [
		{
			name: 'listByEntityType',
			label: 'Get Many',
			action: 'Get many custom properties',
			description: 'Retrieve the custom properties of accounts, people or deals',
			method: 'GET',
			path: '/attributes/{entityType}/definitions',
			parameters: [
				{ name: 'entityType', label: 'Record Type', type: 'options', in: 'path', options: [{ value: 'Account' }, { value: 'Person' }, { value: 'Deal' }], required: true, description: 'Kind of record' },
			],
			many: true,
		},
	],
};
