import type { Resource } from '../../shared/spec/resource';

/** A pipeline with its stages. */
export const dealPipeline: Resource = {
	name: 'dealPipeline',
	label: 'Deal Pipeline',
	path: '/crm/deals/pipelines',
	description: 'A pipeline with its stages',
	methods: ['getAll'],
	idType: 'string',
	keys: [{ name: 'name', field: 'Name' }],
	list: { name: ['Name'] },
	notes: { getAll: 'Retrieve the pipelines. Outseta does not document this.' },
	fields: [
		{ name: 'Name', type: 'string', readOnly: true, filter: true, sort: true, description: 'Name of the pipeline' },
		{ name: 'Created', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was created (UTC)' },
		{ name: 'Updated', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was last changed (UTC)' },
	],
	relations: [
		{ name: 'DealPipelineStages', label: 'Stages', to: ['dealStage'], many: true, readOnly: true, include: true, description: 'Stages of the pipeline' },
	],
	actions: [
		{
			name: 'getAllAlternative',
			label: 'Get Many (Alternative)',
			action: 'Get many deal pipelines by alternative path',
			description: 'Retrieve the pipelines by another path that third parties use. Outseta does not document this.',
			method: 'GET',
			path: '/crm/dealpipelines',
			many: true,
		},
	],
};
