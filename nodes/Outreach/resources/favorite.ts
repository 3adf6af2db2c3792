import type { Resource } from '../../shared/spec/resource';

/** A record starred by a user. https://developers.outreach.io/api/reference/tag/Favorite/ */
export const favorite: Resource = {
	name: 'favorite',
	label: 'Favorite',
	path: '/favorites',
	description: 'A record starred by a user',
	methods: ['create', 'delete', 'get', 'getAll'],
	idType: 'integer',
	list: { name: ['createdAt'], sort: 'createdAt' },
	fields: [
		{ name: 'createdAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'targetId', type: 'integer', readOnly: true, filter: true, description: 'ID of the starred record' },
		{ name: 'targetType', type: 'string', readOnly: true, filter: true, maxLength: 255, description: 'Type of the starred record' },
		{ name: 'updatedAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Last-change timestamp (ISO 8601, UTC); set by Outreach' },
	],
	relations: [
		{ name: 'creator', to: ['user'], readOnly: true, include: true, description: 'User (or step/stage) that created it' },
		{ name: 'target', to: ['account', 'meetingType', 'opportunity', 'prospect', 'sequence', 'snippet', 'team', 'template', 'user'], required: true, description: 'The starred record' },
		{ name: 'user', to: ['user'], include: true, filterBy: ['id'], description: 'Linked user' },
	],
};
