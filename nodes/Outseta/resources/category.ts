import type { Resource } from '../../shared/spec/resource';

/** A category of the knowledge base. */
export const category: Resource = {
	name: 'category',
	label: 'Knowledge Base Category',
	plural: 'knowledge base categories',
	path: '/support/categories',
	description: 'A category of the knowledge base',
	methods: ['getAll'],
	idType: 'string',
	keys: [{ name: 'name', field: 'Name' }],
	list: { name: ['Name'] },
	fields: [
		{ name: 'Name', type: 'string', readOnly: true, filter: true, sort: true, description: 'Name of the category' },
		{ name: 'Description', type: 'text', readOnly: true, filter: true, sort: true, description: 'What the category is about' },
		{ name: 'Weight', label: 'Position', type: 'integer', readOnly: true, filter: true, sort: true, description: 'Order' },
		{ name: 'Created', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was created (UTC)' },
		{ name: 'Updated', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was last changed (UTC)' },
	],
	relations: [
		{ name: 'Articles', label: 'Articles', to: ['article'], many: true, readOnly: true, include: true, description: 'Articles in the category' },
	],
};
