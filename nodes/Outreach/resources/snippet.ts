import type { Resource } from '../../shared/spec/resource';

/** A reusable piece of email text. https://developers.outreach.io/api/reference/tag/Snippet/ */
export const snippet: Resource = {
	name: 'snippet',
	label: 'Snippet',
	path: '/snippets',
	description: 'A reusable piece of email text',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'integer',
	keys: [{ field: 'name' }],
	list: { name: ['name'], sort: 'name' },
	everyday: ['tags'],
	fields: [
		{ name: 'bodyHtml', type: 'text', required: true, maxLength: 16777215, description: 'HTML body' },
		{ name: 'bodyText', type: 'text', readOnly: true, maxLength: 16777215, description: 'Plain-text rendering of the HTML body; derived by Outreach' },
		{ name: 'createdAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'name', type: 'string', required: true, filter: true, sort: true, maxLength: 255, description: 'Display name of the record' },
		{ name: 'shareType', type: 'options', options: [{ value: 'private' }, { value: 'shared' }], filter: true, sort: true, description: 'Visibility of the content to other users' },
		{ name: 'tags', type: 'strings', description: 'List of free-text tags on the record' },
		{ name: 'updatedAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Last-change timestamp (ISO 8601, UTC); set by Outreach' },
	],
	relations: [
		{ name: 'contentCategoryMemberships', to: ['contentCategoryMembership'], many: true, include: true, filterBy: ['id'], description: 'Category links' },
		{ name: 'creator', to: ['user'], readOnly: true, include: true, filterBy: ['id'], description: 'User (or step/stage) that created it' },
		{ name: 'favorites', to: ['favorite'], many: true, readOnly: true, description: 'Stars put on it' },
		{ name: 'owner', to: ['user'], include: true, filterBy: ['id'], description: 'Owning user' },
		{ name: 'updater', to: ['user'], readOnly: true, include: true, filterBy: ['id'], description: 'User that changed it last' },
	],
};
