import type { Resource } from '../../shared/spec/resource';

/** An article of the knowledge base. */
export const article: Resource = {
	name: 'article',
	label: 'Knowledge Base Article',
	path: '/support/articles',
	description: 'An article of the knowledge base',
	methods: ['create', 'get', 'getAll'],
	idType: 'string',
	search: true,
	keys: [{ name: 'title', field: 'Title' }],
	list: { name: ['Title'], sort: 'Title' },
	everyday: ['Keywords'],
	fields: [
		{ name: 'Weight', label: 'Position', type: 'integer', filter: true, sort: true, description: 'Order' },
		{ name: 'Title', type: 'string', required: true, filter: true, sort: true, maxLength: 255, description: 'Heading of the article' },
		{ name: 'Body', type: 'text', required: true, filter: true, sort: true, description: 'HTML' },
		{ name: 'SupportArticleStatus', label: 'Status', type: 'integer', options: [{ value: '1', label: 'Draft' }, { value: '2', label: 'Waiting for Review' }, { value: '3', label: 'Published' }], required: true, filter: true, sort: true, description: 'Draft, review or published' },
		{ name: 'Keywords', type: 'string', filter: true, sort: true, maxLength: 255, description: 'Search words' },
		{ name: 'Created', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was created (UTC)' },
		{ name: 'Updated', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was last changed (UTC)' },
	],
	relations: [
		{ name: 'Category', label: 'Category', to: ['category'], required: true, include: true, filterBy: ['id'], description: 'Category under which it is found' },
		{ name: 'Tags', label: 'Tags', to: ['tag'], many: true, filterBy: ['id'], filterAs: 'tagUid', readOnly: true, include: true, description: 'Tags of the article' },
		{ name: 'withoutTag', label: 'Without Tag', to: ['tag'], readOnly: true, filterBy: ['id'], filterAs: 'withoutTagUid', loose: true, description: 'Leaves out articles with this tag' },
	],
	actions: [
		{
			name: 'addTags',
			label: 'Add Tags',
			action: 'Add tags to article',
			description: 'Add tags to the article. Existing tags stay.',
			method: 'POST',
			path: '/support/articles/{id}/tags',
			silent: true,
			parameters: [
				{ name: 'tags', label: 'Tags', wire: 'TagUids', type: 'string', in: 'body', reference: 'tag', many: true, required: true, description: 'Tags to add. They must exist for this type of record.' },
			],
		},
		{
			name: 'getTags',
			label: 'Get Tags',
			action: 'Get tags of article',
			description: 'Retrieve the tags of the article',
			method: 'GET',
			path: '/support/articles/{id}/tags',
			many: true,
			output: { resource: 'tag' },
		},
		{
			name: 'removeTag',
			label: 'Remove Tag',
			action: 'Remove tag from article',
			description: 'Remove a tag from the article. Does nothing if the tag is not there.',
			method: 'DELETE',
			path: '/support/articles/{id}/tags/{tag}',
			silent: true,
			parameters: [
				{ name: 'tag', label: 'Tag', type: 'string', in: 'path', reference: 'tag', required: true, description: 'Tag to take off' },
			],
		},
		{
			name: 'setTags',
			label: 'Replace Tags',
			action: 'Replace tags of article',
			description: 'Replace all tags of the article. With no tags given, all are removed.',
			method: 'PUT',
			path: '/support/articles/{id}/tags',
			silent: true,
			parameters: [
				{ name: 'tags', label: 'Tags', wire: 'TagUids', type: 'string', in: 'body', reference: 'tag', many: true, mayBeEmpty: true, description: 'All tags to keep. Leave empty to remove all.' },
			],
		},
	],
};
