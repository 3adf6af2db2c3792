import type { Resource } from '../../shared/spec/resource';

/** A task-result label. https://developers.outreach.io/api/reference/tag/Task-Disposition/ */
export const taskDisposition: Resource = {
	name: 'taskDisposition',
	label: 'Task Disposition',
	path: '/taskDispositions',
	description: 'A task-result label',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'integer',
	keys: [{ field: 'name' }],
	list: { name: ['name'], sort: 'name' },
	fields: [
		{ name: 'createdAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'name', type: 'string', required: true, filter: true, sort: true, maxLength: 255, description: 'Display name of the record' },
		{ name: 'order', type: 'integer', filter: true, sort: true, description: 'Position used to sort this record for display' },
		{ name: 'taskType', type: 'string', filter: true, sort: true, maxLength: 255, description: 'Task kind it applies to' },
		{ name: 'updatedAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Last-change timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'value', type: 'string', filter: true, sort: true, maxLength: 255, description: 'Stored value' },
	],
	relations: [
		{ name: 'creator', to: ['user'], readOnly: true, include: true, description: 'User (or step/stage) that created it' },
		{ name: 'tasks', to: ['task'], many: true, readOnly: true, description: 'Linked tasks' },
	],
};
