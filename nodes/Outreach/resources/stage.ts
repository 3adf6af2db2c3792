import type { Resource } from '../../shared/spec/resource';

/** A pipeline stage label for prospects. https://developers.outreach.io/api/reference/tag/Stage/ */
export const stage: Resource = {
	name: 'stage',
	label: 'Stage',
	path: '/stages',
	description: 'A pipeline stage label for prospects',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'integer',
	keys: [{ field: 'name' }],
	list: { name: ['name'], sort: 'order' },
	fields: [
		{ name: 'color', type: 'string', maxLength: 255, description: 'Label colour used in the Outreach UI (hex string)' },
		{ name: 'createdAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'name', type: 'string', required: true, filter: true, sort: true, maxLength: 255, description: 'Display name of the record' },
		{ name: 'order', type: 'integer', filter: true, sort: true, description: 'Position used to sort this record for display' },
		{ name: 'updatedAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Last-change timestamp (ISO 8601, UTC); set by Outreach' },
	],
	relations: [
		{ name: 'creator', to: ['user'], readOnly: true, include: true, description: 'User (or step/stage) that created it' },
		{ name: 'prospects', to: ['prospect'], many: true, readOnly: true, filterBy: ['id'], description: 'Linked prospects' },
		{ name: 'updater', to: ['user'], readOnly: true, include: true, description: 'User that changed it last' },
	],
};
