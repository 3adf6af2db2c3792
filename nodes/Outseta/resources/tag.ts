import type { Resource } from '../../shared/spec/resource';

/** A label for tickets, articles, segments and broadcasts. */
export const tag: Resource = {
	name: 'tag',
	label: 'Tag',
	path: '/attribute/tags',
	description: 'A label for tickets, articles, segments and broadcasts',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'string',
	keys: [{ name: 'name', field: 'Name' }],
	list: { name: ['Name'], detail: 'EntityType', sort: 'Name' },
	notes: {
		create: 'Create a tag. If the name exists, that tag is returned.',
		delete: 'Delete a tag and remove it from every record',
	},
	everyday: ['TagColor'],
	fields: [
		{ name: 'Name', type: 'string', required: true, filter: true, sort: true, maxLength: 50, description: 'Name, up to 50 characters' },
		{ name: 'SystemName', type: 'string', readOnly: true, filter: true, sort: true, description: 'Internal name, set by the vendor' },
		{ name: 'SystemDescription', type: 'string', readOnly: true, filter: true, sort: true, description: 'Internal description, set by the vendor' },
		{ name: 'TagColor', label: 'Color', type: 'integer', options: [{ value: '1', label: 'Red' }, { value: '2', label: 'Orange' }, { value: '3', label: 'Amber' }, { value: '4', label: 'Green' }, { value: '5', label: 'Teal' }, { value: '6', label: 'Blue' }, { value: '7', label: 'Indigo' }, { value: '8', label: 'Purple' }, { value: '9', label: 'Pink' }, { value: '10', label: 'Gray' }], filter: true, sort: true, description: 'Colour' },
		{ name: 'EntityType', label: 'For', type: 'integer', options: [{ value: '0', label: 'None' }, { value: '1', label: 'Account' }, { value: '2', label: 'Person' }, { value: '3', label: 'Deal' }, { value: '4', label: 'Case' }, { value: '5', label: 'Invoice' }, { value: '6', label: 'Email Log' }, { value: '7', label: 'Plan' }, { value: '8', label: 'Discount Coupon' }, { value: '9', label: 'Add On' }, { value: '10', label: 'Task' }, { value: '11', label: 'Segment' }, { value: '12', label: 'Broadcast' }], required: true, createOnly: true, filter: true, sort: true, description: 'Kind of record it can be put on; fixed after creation' },
		{ name: 'Created', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was created (UTC)' },
		{ name: 'Updated', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was last changed (UTC)' },
	],
};
