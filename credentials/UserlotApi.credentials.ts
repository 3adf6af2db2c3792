import type { IAuthenticateGeneric, Icon, ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';

import { checkFirst } from './checkFirst';

export class UserlotApi implements ICredentialType {
	name = 'userlotApi';

	displayName = 'Userlot API';

	icon: Icon = { light: 'file:../nodes/Userlot/userlot.svg', dark: 'file:../nodes/Userlot/userlot.dark.svg' };

	documentationUrl = 'https://documenter.gw.postman.com/view/metadata/2s935ppiEy';

	properties: INodeProperties[] = [
		{
			displayName: 'API Address',
			name: 'apiUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://api.example.com',
			hint: 'Ask Userlot for the api_url of its documentation, which is not public. With or without /api/v1 at the end.',
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			hint: 'From Product Settings &gt; API Keys. A key belongs to one product. Create a credential for each product.',
		},
		checkFirst(),
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { ApiKey: '={{ $credentials.apiKey.trim() }}' } },
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{ $credentials.apiUrl.trim().replace(new RegExp("^(?!https?://)", "i"), "https://").replace(new RegExp("/+$"), "").replace(new RegExp("/api(/v1)?$"), "") }}/api/v1',
			url: '/teams',
			headers: { Accept: 'application/json' },
		},
		rules: [
			{ type: 'responseCode', properties: { value: 401, message: 'Userlot refused the key. Copy it again from Product Settings > API Keys.' } },
			{ type: 'responseCode', properties: { value: 404, message: 'There is no Userlot API at this address. Ask Userlot for the address of its API.' } },
		],
	};
}
