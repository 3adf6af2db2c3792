import type { Resource } from '../../shared/spec/resource';

/** The part a prospect plays in a deal. https://developers.outreach.io/api/reference/tag/Opportunity-Prospect-Role/ */
export const opportunityProspectRole: Resource = {
	name: 'opportunityProspectRole',
	label: 'Opportunity Prospect Role',
	path: '/opportunityProspectRoles',
	description: 'The part a prospect plays in a deal',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'integer',
	list: { name: ['role'], sort: 'createdAt' },
	fields: [
		{ name: 'createdAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'primary', type: 'boolean', description: 'Whether this is the main contact of the deal' },
		{ name: 'role', type: 'string', required: true, filter: true, sort: true, maxLength: 255, description: 'Role of the prospect in the deal' },
		{ name: 'updatedAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Last-change timestamp (ISO 8601, UTC); set by Outreach' },
	],
	relations: [
		{ name: 'opportunity', to: ['opportunity'], required: true, include: true, filterBy: ['id'], description: 'Linked opportunity' },
		{ name: 'prospect', to: ['prospect'], required: true, include: true, filterBy: ['id'], description: 'Linked prospect' },
	],
};
