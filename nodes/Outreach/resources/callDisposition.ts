import type { Resource } from '../../shared/spec/resource';

/** A call-result label kept by the admin. https://developers.outreach.io/api/reference/tag/Call-Disposition/ */
export const callDisposition: Resource = {
	name: 'callDisposition',
	label: 'Call Disposition',
	path: '/callDispositions',
	description: 'A call-result label kept by the admin',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'integer',
	keys: [{ field: 'name' }],
	list: { name: ['name'], sort: 'name' },
	fields: [
		{ name: 'createdAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'name', type: 'string', required: true, filter: true, sort: true, maxLength: 255, description: 'Display name of the record' },
		{ name: 'order', type: 'integer', filter: true, sort: true, description: 'Position used to sort this record for display' },
		{ name: 'outcome', type: 'options', options: [{ value: 'Answered' }, { value: 'Not Answered' }], required: true, filter: true, sort: true, description: 'Call outcome this disposition stands for' },
		{ name: 'updatedAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Last-change timestamp (ISO 8601, UTC); set by Outreach' },
	],
	relations: [
		{ name: 'calls', to: ['call'], many: true, readOnly: true, description: 'Linked calls' },
		{ name: 'creator', to: ['user'], readOnly: true, include: true, description: 'User (or step/stage) that created it' },
	],
};
