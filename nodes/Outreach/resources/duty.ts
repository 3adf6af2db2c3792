import type { Resource } from '../../shared/spec/resource';

/** A job duty from the list Outreach suggests. https://developers.outreach.io/api/reference/tag/Duty/ */
export const duty: Resource = {
	name: 'duty',
	label: 'Duty',
	plural: 'duties',
	path: '/duties',
	description: 'A job duty from the list Outreach suggests',
	methods: ['getAll'],
	idType: 'integer',
	list: { name: ['symbolicName'] },
	fields: [
		{ name: 'dutyType', type: 'string', readOnly: true, description: 'Category of the duty' },
		{ name: 'symbolicName', type: 'string', readOnly: true, maxLength: 255, description: 'Constant naming the duty (clients translate it)' },
	],
};
