import type { Resource } from '../../shared/spec/resource';

/** A priority label of tasks (read-only). https://developers.outreach.io/api/reference/tag/Task-Priority/ */
export const taskPriority: Resource = {
	name: 'taskPriority',
	label: 'Task Priority',
	plural: 'task priorities',
	path: '/taskPriorities',
	description: 'A priority label of tasks (read-only)',
	methods: ['get', 'getAll'],
	idType: 'integer',
	keys: [{ field: 'name' }],
	list: { name: ['name'], sort: 'name' },
	fields: [
		{ name: 'color', type: 'integer', readOnly: true, description: 'Label colour (typed as an integer although described as hex)' },
		{ name: 'createdAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'name', type: 'string', readOnly: true, filter: true, sort: true, maxLength: 255, description: 'Display name of the record' },
		{ name: 'updatedAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Last-change timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'weight', type: 'integer', readOnly: true, filter: true, sort: true, description: 'Relative weight; low to high' },
	],
	relations: [
		{ name: 'sequenceSteps', to: ['sequenceStep'], many: true, readOnly: true, description: 'Steps' },
		{ name: 'tasks', to: ['task'], many: true, readOnly: true, description: 'Linked tasks' },
	],
};
