import type { Resource } from '../../shared/spec/resource';

/** A stage of a deal. Needs the Opportunities SKU.. https://developers.outreach.io/api/reference/tag/Opportunity-Stage/ */
export const opportunityStage: Resource = {
	name: 'opportunityStage',
	label: 'Opportunity Stage',
	path: '/opportunityStages',
	description: 'A stage of a deal. Needs the Opportunities SKU.',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'integer',
	keys: [{ field: 'name' }],
	list: { name: ['name'], sort: 'name' },
	fields: [
		{ name: 'color', type: 'string', maxLength: 255, description: 'Label colour used in the Outreach UI (hex string)' },
		{ name: 'createdAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'isClosed', type: 'boolean', filter: true, sort: true, description: 'Whether the stage counts as closed' },
		{ name: 'name', type: 'string', required: true, filter: true, sort: true, maxLength: 255, description: 'Display name of the record' },
		{ name: 'order', type: 'integer', filter: true, sort: true, description: 'Position used to sort this record for display' },
		{ name: 'updatedAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Last-change timestamp (ISO 8601, UTC); set by Outreach' },
	],
	relations: [
		{ name: 'creator', to: ['user'], readOnly: true, include: true, description: 'User (or step/stage) that created it' },
		{ name: 'opportunities', to: ['opportunity'], many: true, readOnly: true, description: 'Linked opportunities' },
	],
};
