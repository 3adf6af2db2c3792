import type { Resource } from '../../shared/spec/resource';

/** A group of plans. */
export const planFamily: Resource = {
	name: 'planFamily',
	label: 'Plan Family',
	plural: 'plan families',
	path: '/billing/planfamilies',
	description: 'A group of plans',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'string',
	keys: [{ name: 'name', field: 'Name' }],
	list: { name: ['Name'], sort: 'Name' },
	fields: [
		{ name: 'Name', type: 'string', required: true, filter: true, sort: true, maxLength: 250, description: 'Name of the family' },
		{ name: 'IsActive', type: 'boolean', filter: true, sort: true, description: 'Can be used' },
		{ name: 'IsDefault', type: 'boolean', filter: true, sort: true, description: 'Family shown by default' },
		{ name: 'Created', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was created (UTC)' },
		{ name: 'Updated', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was last changed (UTC)' },
	],
	relations: [
		{ name: 'Plans', label: 'Plans', to: ['plan'], many: true, readOnly: true, include: true, description: 'Plans of the family' },
	],
};
