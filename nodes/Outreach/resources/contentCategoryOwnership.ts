import type { Resource } from '../../shared/spec/resource';

/** Links a content category to a team. https://developers.outreach.io/api/reference/tag/Content-Category-Ownership/ */
export const contentCategoryOwnership: Resource = {
	name: 'contentCategoryOwnership',
	label: 'Content Category Ownership',
	path: '/contentCategoryOwnerships',
	description: 'Links a content category to a team',
	methods: ['create', 'delete', 'getAll'],
	idType: 'integer',
	list: { name: ['createdAt'], sort: 'createdAt' },
	fields: [
		{ name: 'createdAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'updatedAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Last-change timestamp (ISO 8601, UTC); set by Outreach' },
	],
	relations: [
		{ name: 'contentCategory', to: ['contentCategory'], required: true, include: true, filterBy: ['id'], description: 'The category' },
		{ name: 'creator', to: ['user'], readOnly: true, include: true, description: 'User (or step/stage) that created it' },
		{ name: 'owner', to: ['team'], required: true, include: true, description: 'Owning user' },
	],
};
