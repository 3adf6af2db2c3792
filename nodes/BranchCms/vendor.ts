/** BranchCMS as a whole. */
import type { Vendor } from '../shared/wire/vendor';
import { resources } from './resources';
import { branchCmsApi } from './wire/api';
import { customFields } from './wire/customFields';

export const branchCms: Vendor = {
	name: 'branchCms',
	label: 'BranchCMS',
	api: branchCmsApi,
	resources,
	listOptions: [
		{
			name: 'extraQuery',
			label: 'Additional Query',
			type: 'string',
			description: 'More query parameters, such as instance=news for sites with several instances of an app',
		},
		{
			name: 'filterSyntax',
			label: 'Filter Form',
			type: 'options',
			options: [
				{ value: 'brackets', label: 'Brackets', description: 'Attributes[name]=value' },
				{ value: 'colon', label: 'Colon', description: 'Attributes=name:value' },
			],
			description: 'How to write filters in the request. Change this if a filter has no effect.',
		},
	],
	customFields,
};
