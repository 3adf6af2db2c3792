import type { IAuthenticateGeneric, Icon, ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';

import { checkFirst } from './checkFirst';

export class OutreachScimApi implements ICredentialType {
	name = 'outreachScimApi';

	displayName = 'Outreach SCIM API';

	icon: Icon = { light: 'file:../nodes/Outreach/outreach.svg', dark: 'file:../nodes/Outreach/outreach.dark.svg' };

	documentationUrl = 'https://support.outreach.io/hc/en-us/articles/4401998141339';

	properties: INodeProperties[] = [
		{
			displayName: 'SCIM Token',
			name: 'token',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				'Bearer token from the SCIM settings in Outreach. An Outreach article names an OAuth token with the scope scim instead. You can enter that here, but it expires after two hours.',
		},
		{
			displayName: 'Base Address',
			name: 'baseUrl',
			type: 'string',
			default: 'https://api.outreach.io/scim/v2',
			required: true,
			hint: 'As shown in the SCIM settings of Outreach, with or without the ID of your organization at the end',
		},
		checkFirst('SCIM Connection: Check'),
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{ $credentials.token.trim() }}' } },
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{ ($credentials.baseUrl || "https://api.outreach.io").trim().replace(new RegExp("^(?!https?://)", "i"), "https://").replace(new RegExp("/+$"), "").replace(new RegExp("/(Users|Groups|ServiceProviderConfig)$"), "").replace(new RegExp("^(https?://[^/]+)(/scim)?$"), "$1/scim/v2") }}',
			url: '/Users',
			qs: { startIndex: 1, count: 1 },
			headers: { Accept: 'application/scim+json, application/json' },
		},
		rules: [{ type: 'responseCode', properties: { value: 401, message: 'Outreach refused the token. Make a new one in the SCIM settings of its administration.' } }],
	};
}
