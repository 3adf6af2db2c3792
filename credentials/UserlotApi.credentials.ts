import type { IAuthenticateGeneric, Icon, ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';

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
			description: 'Address of the Userlot API, api_url in its documentation. It is not published: ask Userlot for it. With or without /api/v1 at the end.',
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'Key from Product Settings > API Keys. It belongs to one product; make a credential for each.',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { ApiKey: '={{ $credentials.apiKey.trim() }}' } },
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{ $credentials.apiUrl.trim().replace(new RegExp("/+$"), "").replace(new RegExp("/api(/v1)?$"), "") }}/api/v1',
			url: '/teams',
			headers: { Accept: 'application/json' },
		},
	};
}
