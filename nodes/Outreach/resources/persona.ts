import type { Resource } from '../../shared/spec/resource';

/** A buyer-persona label for prospects. https://developers.outreach.io/api/reference/tag/Persona/ */
export const persona: Resource = {
	name: 'persona',
	label: 'Persona',
	path: '/personas',
	description: 'A buyer-persona label for prospects',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'integer',
	keys: [{ field: 'name' }],
	list: { name: ['name'], sort: 'name' },
	everyday: ['description'],
	fields: [
		{ name: 'createdAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'description', type: 'string', maxLength: 255, description: 'Free-text description' },
		{ name: 'name', type: 'string', required: true, filter: true, sort: true, maxLength: 255, description: 'Display name of the record' },
		{ name: 'updatedAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Last-change timestamp (ISO 8601, UTC); set by Outreach' },
	],
	relations: [
		{ name: 'prospects', to: ['prospect'], many: true, readOnly: true, description: 'Linked prospects' },
	],
};
