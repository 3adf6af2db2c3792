import type { Resource } from '../../shared/spec/resource';

/** A stage of a deal pipeline. */
export const dealStage: Resource = {
	name: 'dealStage',
	label: 'Deal Stage',
	path: '/crm/deals/pipelines',
	description: 'A stage of a deal pipeline',
	methods: ['getAll'],
	idType: 'string',
	rows: { path: '/crm/deals/pipelines', property: 'DealPipelineStages', include: ['DealPipelineStages'] },
	keys: [{ name: 'name', field: 'Name' }],
	list: { name: ['Name'] },
	notes: { getAll: 'Retrieve the stages of the pipelines. Outseta does not document this.' },
	fields: [
		{ name: 'Name', type: 'string', readOnly: true, description: 'Name of the stage' },
		{ name: 'Weight', label: 'Position', type: 'integer', readOnly: true, description: 'Order inside the pipeline' },
	],
};
