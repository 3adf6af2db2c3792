import type { Resource } from '../../shared/spec/resource';

/** A group of users. https://developers.outreach.io/api/reference/tag/Team/ */
export const team: Resource = {
	name: 'team',
	label: 'Team',
	path: '/teams',
	description: 'A group of users',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'integer',
	keys: [{ field: 'name' }],
	list: { name: ['name'], sort: 'name' },
	fields: [
		{ name: 'color', type: 'string', maxLength: 255, description: 'Label colour used in the Outreach UI (hex string)' },
		{ name: 'createdAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'name', type: 'string', required: true, filter: true, sort: true, maxLength: 255, description: 'Display name of the record' },
		{ name: 'scimExternalId', type: 'string', maxLength: 255, description: 'Identifier given by the SCIM identity provider that provisioned the record' },
		{ name: 'scimSource', type: 'string', maxLength: 255, description: 'Name of the SCIM source that provisioned the record' },
		{ name: 'updatedAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Last-change timestamp (ISO 8601, UTC); set by Outreach' },
	],
	relations: [
		{ name: 'batches', to: ['batch'], many: true, readOnly: true, description: 'Batches that touched it' },
		{ name: 'contentCategories', to: ['contentCategory'], many: true, include: true, description: 'Content categories' },
		{ name: 'creator', to: ['user'], readOnly: true, include: true, description: 'User (or step/stage) that created it' },
		{ name: 'favorites', to: ['favorite'], many: true, readOnly: true, description: 'Stars put on it' },
		{ name: 'roleAssignedUsers', to: ['user'], many: true, readOnly: true, description: 'Related user' },
		{ name: 'teamMemberships', to: ['teamMembership'], many: true, readOnly: true, description: 'Membership rows' },
		{ name: 'teamRecords', to: ['teamRecord'], many: true, readOnly: true, description: 'Related teamRecord' },
		{ name: 'teamSettings', to: ['teamSettings'], readOnly: true, description: 'Not supported yet (vendor says do not use)' },
		{ name: 'updater', to: ['user'], readOnly: true, include: true, description: 'User that changed it last' },
		{ name: 'users', to: ['user'], many: true, include: true, filterBy: ['id'], description: 'Member users (writable)' },
	],
};
