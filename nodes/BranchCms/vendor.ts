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
			description: 'Further parameters of the request, for sites with several instances of an app, such as instance=news',
		},
		{
			name: 'filterSyntax',
			label: 'Filter Form',
			type: 'options',
			options: [
				{ value: 'brackets', label: 'Brackets', description: 'Attributes[name]=value' },
				{ value: 'colon', label: 'Colon', description: 'Attributes=name:value' },
			],
			description: 'How filters are written in the request. Change it when a filter has no effect.',
		},
	],
	customFields,
};
