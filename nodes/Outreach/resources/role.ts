import type { Resource } from '../../shared/spec/resource';

/** A place in the role hierarchy of the organization. https://developers.outreach.io/api/reference/tag/Role/ */
export const role: Resource = {
	name: 'role',
	label: 'Role',
	path: '/roles',
	description: 'A place in the role hierarchy of the organization',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'integer',
	keys: [{ field: 'name' }],
	list: { name: ['name'], sort: 'name' },
	fields: [
		{ name: 'createdAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'externalId', type: 'string', filter: true, sort: true, maxLength: 255, description: 'Permanent identifier of the role' },
		{ name: 'name', type: 'string', required: true, filter: true, sort: true, maxLength: 255, description: 'Display name of the record' },
		{ name: 'updatedAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Last-change timestamp (ISO 8601, UTC); set by Outreach' },
	],
	relations: [
		{ name: 'childRoles', to: ['role'], many: true, readOnly: true, description: 'Children in the hierarchy' },
		{ name: 'parentRole', to: ['role'], include: true, filterBy: ['id'], description: 'Parent in the hierarchy' },
	],
};
