import type { Resource } from '../../shared/spec/resource';

/** A task on a deal, person or account. */
export const task: Resource = {
	name: 'task',
	label: 'Task',
	path: '/crm/tasks',
	description: 'A task on a deal, person or account',
	methods: ['getAll'],
	idType: 'string',
	list: { name: ['Title'] },
	notes: { getAll: 'Retrieve the tasks. Outseta does not document this.' },
	fields: [
		{ name: 'Title', type: 'string', readOnly: true, filter: true, sort: true, description: 'What is to do' },
		{ name: 'DueDate', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Due' },
		{ name: 'Notes', type: 'text', readOnly: true, filter: true, sort: true, description: 'Up to 5000 characters' },
		{ name: 'Status', type: 'integer', options: [{ value: '1', label: 'Pending' }, { value: '2', label: 'In Progress' }, { value: '3', label: 'Done' }], readOnly: true, filter: true, sort: true, description: 'Pending, in progress or done' },
		{ name: 'CreatedDateTime', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the task was added' },
		{ name: 'CompletedDateTime', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When it was done' },
		{ name: 'Created', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was created (UTC)' },
		{ name: 'Updated', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was last changed (UTC)' },
	],
	relations: [
		{ name: 'Account', label: 'Account', to: ['account'], filterBy: ['id'], readOnly: true, include: true, description: 'Account that the task is about' },
		{ name: 'Assignee', label: 'Assignee', to: ['person'], filterBy: ['id'], readOnly: true, include: true, description: 'Person of your own team who has to do it' },
		{ name: 'Deal', label: 'Deal', to: ['deal'], filterBy: ['id'], readOnly: true, include: true, description: 'Deal that the task is about' },
		{ name: 'Person', label: 'Person', to: ['person'], filterBy: ['id'], readOnly: true, include: true, description: 'Person that the task is about' },
	],
};
