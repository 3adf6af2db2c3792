import type { Resource } from '../../shared/spec/resource';

/** Organization-wide settings (exclusion lists). https://developers.outreach.io/api/reference/tag/Org-Setting/ */
export const orgSetting: Resource = {
	name: 'orgSetting',
	label: 'Organization Setting',
	path: '/orgSettings',
	description: 'Organization-wide settings (exclusion lists)',
	methods: ['get', 'update'],
	idType: 'integer',
	fields: [
		{ name: 'contactExclusions', type: 'text', maxLength: 65535, description: 'Comma-separated blocked contact addresses' },
		{ name: 'prospectEmailExclusions', type: 'text', maxLength: 65535, description: 'Comma-separated blocked prospect addresses' },
		{ name: 'sendExclusions', type: 'text', maxLength: 65535, description: 'Comma-separated addresses never sent to' },
	],
};
