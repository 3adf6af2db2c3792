import type { Resource } from '../../shared/spec/resource';

/** A free-text job duty of a user. https://developers.outreach.io/api/reference/tag/Custom-Duty/ */
export const customDuty: Resource = {
	name: 'customDuty',
	label: 'Custom Duty',
	plural: 'custom duties',
	path: '/customDuties',
	description: 'A free-text job duty of a user',
	methods: ['create'],
	idType: 'integer',
	notes: { create: 'Create a new custom duty (listed in one vendor file only)' },
	fields: [
		{ name: 'dutyType', type: 'string', description: 'Category of the duty' },
		{ name: 'name', type: 'string', required: true, maxLength: 255, description: 'Name of the role' },
	],
};
