import type { Resource } from '../../shared/spec/resource';

/** Links one sequence, snippet or template to a content category. https://developers.outreach.io/api/reference/tag/Content-Category-Membership/ */
export const contentCategoryMembership: Resource = {
	name: 'contentCategoryMembership',
	label: 'Content Category Membership',
	path: '/contentCategoryMemberships',
	description: 'Links one sequence, snippet or template to a content category',
	methods: ['create', 'delete', 'get', 'getAll'],
	idType: 'integer',
	list: { name: ['createdAt'], sort: 'createdAt' },
	fields: [
		{ name: 'createdAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'updatedAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Last-change timestamp (ISO 8601, UTC); set by Outreach' },
	],
	relations: [
		{ name: 'content', to: ['sequence', 'snippet', 'template'], required: true, include: true, description: 'The sequence, snippet or template in the category' },
		{ name: 'contentCategory', to: ['contentCategory'], required: true, include: true, filterBy: ['id'], description: 'The category' },
		{ name: 'creator', to: ['user'], readOnly: true, include: true, description: 'User (or step/stage) that created it' },
	],
};
