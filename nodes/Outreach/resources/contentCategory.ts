import type { Resource } from '../../shared/spec/resource';

/** A collection that groups sequences, templates and snippets. https://developers.outreach.io/api/reference/tag/Content-Category/ */
export const contentCategory: Resource = {
	name: 'contentCategory',
	label: 'Content Category',
	plural: 'content categories',
	path: '/contentCategories',
	description: 'A collection that groups sequences, templates and snippets',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'integer',
	keys: [{ field: 'name' }],
	list: { name: ['name'], sort: 'name' },
	fields: [
		{ name: 'allowSequences', type: 'boolean', description: 'May group sequences' },
		{ name: 'allowSnippets', type: 'boolean', description: 'May group snippets' },
		{ name: 'allowTemplates', type: 'boolean', description: 'May group templates' },
		{ name: 'color', type: 'string', maxLength: 255, description: 'Label colour used in the Outreach UI (hex string)' },
		{ name: 'createdAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'name', type: 'string', required: true, filter: true, sort: true, maxLength: 255, description: 'Display name of the record' },
		{ name: 'updatedAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Last-change timestamp (ISO 8601, UTC); set by Outreach' },
	],
	relations: [
		{ name: 'creator', to: ['user'], readOnly: true, include: true, description: 'User (or step/stage) that created it' },
		{ name: 'teams', to: ['team'], many: true, readOnly: true, description: 'Teams it belongs to' },
	],
};
