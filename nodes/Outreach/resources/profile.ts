import type { Resource } from '../../shared/spec/resource';

/** A permission set (governance profile) of users. https://developers.outreach.io/api/reference/tag/Profile/ */
export const profile: Resource = {
	name: 'profile',
	label: 'Profile',
	path: '/profiles',
	description: 'A permission set (governance profile) of users',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'integer',
	keys: [{ field: 'name' }],
	list: { name: ['name'], sort: 'name' },
	fields: [
		{ name: 'createdAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'isAdmin', type: 'boolean', readOnly: true, description: 'Whether the profile grants admin rights' },
		{ name: 'name', type: 'string', required: true, filter: true, sort: true, maxLength: 255, description: 'Display name of the record' },
		{ name: 'specialId', type: 'options', options: [{ value: 'admin' }, { value: 'default' }], readOnly: true, filter: true, description: 'Marks the built-in profiles (admin, default)' },
		{ name: 'updatedAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Last-change timestamp (ISO 8601, UTC); set by Outreach' },
	],
};
