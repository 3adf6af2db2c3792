import type { Icon, ICredentialDataDecryptedObject, ICredentialTestRequest, ICredentialType, IHttpRequestOptions, INodeProperties } from 'n8n-workflow';

import { checkFirst } from './checkFirst';

export class BranchCmsApi implements ICredentialType {
	name = 'branchCmsApi';

	displayName = 'BranchCMS API';

	icon: Icon = { light: 'file:../nodes/BranchCms/branchCms.svg', dark: 'file:../nodes/BranchCms/branchCms.dark.svg' };

	documentationUrl = 'https://www.branchcms.com/learn/docs/developer/rest-api';

	properties: INodeProperties[] = [
		{
			displayName: 'Site Address',
			name: 'siteUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'https://www.example.com',
			hint: 'Address of your site. Use https, because every request contains the token.',
		},
		{
			displayName: 'API Token',
			name: 'token',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			hint: 'From Settings &gt; API in the administration of your site',
		},
		{
			displayName: 'Authentication',
			name: 'authentication',
			type: 'options',
			options: [
				{ name: 'Bearer Token', value: 'bearer', description: 'Current sites' },
				{ name: 'Header Admin_api_key', value: 'adminApiKey', description: 'For older sites. Some proxies drop headers with underscores.' },
			],
			default: 'bearer',
			description: 'How to send the token',
		},
		checkFirst(),
	];

	/** The header depends on the age of the site. */
	async authenticate(credentials: ICredentialDataDecryptedObject, request: IHttpRequestOptions): Promise<IHttpRequestOptions> {
		const token = String(credentials.token ?? '').trim();
		return {
			...request,
			headers: {
				...request.headers,
				...(credentials.authentication === 'adminApiKey' ? { admin_api_key: token } : { Authorization: `Bearer ${token}` }),
			},
		};
	}

	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{ $credentials.siteUrl.trim().replace(new RegExp("^(?!https?://)", "i"), "https://").replace(new RegExp("/+$"), "").replace(new RegExp("/api/v1$"), "") }}/api/v1',
			url: '/account/accounts',
			qs: { limit: 1 },
			headers: { Accept: 'application/json', 'User-Agent': 'n8n-nodes-provisioning' },
		},
		rules: [
			{ type: 'responseCode', properties: { value: 401, message: 'The site refused the token. Copy it again from Settings > API, or choose the other Authentication.' } },
			{ type: 'responseCode', properties: { value: 404, message: 'There is no BranchCMS API at this address. Enter the address of the site alone.' } },
		],
	};
}
