import type { Resource } from '../../shared/spec/resource';

/** A group of people or accounts that is worked out from conditions. */
export const segment: Resource = {
	name: 'segment',
	label: 'Segment',
	path: '/crm/segments',
	description: 'A group of people or accounts that is worked out from conditions',
	methods: ['getAll'],
	idType: 'string',
	keys: [{ name: 'name', field: 'Name' }],
	list: { name: ['Name'] },
	notes: { getAll: 'Retrieve the segments. The documentation only mentions this endpoint.' },
	fields: [
		{ name: 'Name', type: 'string', readOnly: true, filter: true, sort: true, description: 'Name of the segment' },
		{ name: 'Description', type: 'text', readOnly: true, filter: true, sort: true, description: 'What the segment is for' },
		{ name: 'ContainsAccountConditions', type: 'boolean', readOnly: true, filter: true, sort: true, description: 'Has account conditions' },
		{ name: 'CriteriaData', type: 'text', readOnly: true, filter: true, sort: true, description: 'JSON text with the conditions' },
		{ name: 'LastRefreshDateTime', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Last recalculation' },
		{ name: 'PendingProcessing', type: 'boolean', readOnly: true, filter: true, sort: true, description: 'Whether the vendor still works out who is in it' },
		{ name: 'PersonCount', type: 'integer', readOnly: true, filter: true, sort: true, description: 'Number of people in it. Ask for it by name: it takes the vendor an extra query.' },
		{ name: 'Created', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was created (UTC)' },
		{ name: 'Updated', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was last changed (UTC)' },
	],
	relations: [
		{ name: 'Tags', label: 'Tags', to: ['tag'], many: true, readOnly: true, include: true, description: 'Tags of the segment' },
	],
	actions: [
		{
			name: 'addTags',
			label: 'Add Tags',
			action: 'Add tags to segment',
			description: 'Add tags to the segment. Existing tags stay.',
			method: 'POST',
			path: '/crm/segments/{id}/tags',
			silent: true,
			parameters: [
				{ name: 'tags', label: 'Tags', wire: 'TagUids', type: 'string', in: 'body', reference: 'tag', many: true, required: true, description: 'Tags to add. They must exist for this type of record.' },
			],
		},
		{
			name: 'getTags',
			label: 'Get Tags',
			action: 'Get tags of segment',
			description: 'Retrieve the tags of the segment',
			method: 'GET',
			path: '/crm/segments/{id}/tags',
			many: true,
			output: { resource: 'tag' },
		},
		{
			name: 'removeTag',
			label: 'Remove Tag',
			action: 'Remove tag from segment',
			description: 'Remove a tag from the segment. Does nothing if the tag is not there.',
			method: 'DELETE',
			path: '/crm/segments/{id}/tags/{tag}',
			silent: true,
			parameters: [
				{ name: 'tag', label: 'Tag', type: 'string', in: 'path', reference: 'tag', required: true, description: 'Tag to take off' },
			],
		},
		{
			name: 'setTags',
			label: 'Replace Tags',
			action: 'Replace tags of segment',
			description: 'Replace all tags of the segment. With no tags given, all are removed.',
			method: 'PUT',
			path: '/crm/segments/{id}/tags',
			silent: true,
			parameters: [
				{ name: 'tags', label: 'Tags', wire: 'TagUids', type: 'string', in: 'body', reference: 'tag', many: true, mayBeEmpty: true, description: 'All tags to keep. Leave empty to remove all.' },
			],
		},
	],
};
