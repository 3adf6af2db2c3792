import type { Icon, ICredentialDataDecryptedObject, ICredentialTestRequest, ICredentialType, IHttpRequestOptions, INodeProperties } from 'n8n-workflow';

import { checkFirst } from './checkFirst';

export class OutsetaApi implements ICredentialType {
	name = 'outsetaApi';

	displayName = 'Outseta API';

	icon: Icon = { light: 'file:../nodes/Outseta/outseta.svg', dark: 'file:../nodes/Outseta/outseta.dark.svg' };

	documentationUrl = 'https://go.outseta.com/support/kb/articles/d1QpxQE7';

	properties: INodeProperties[] = [
		{
			displayName: 'Sub-Domain',
			name: 'subdomain',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. acme',
			hint: 'The first part of your Outseta address: acme for https://acme.outseta.com. You can also enter the full address or your own domain.',
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			hint: 'Create it in Outseta under Settings &gt; Integrations &gt; API Keys',
		},
		{
			displayName: 'API Secret',
			name: 'apiSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			hint: 'Outseta shows it once, when you create the key. Key and secret together give access to all data of your Outseta account.',
		},
		{
			displayName: 'Signature Key',
			name: 'signatureSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			hint: 'Only for the trigger. From the cog under Settings &gt; Notifications. 64 hexadecimal characters.',
		},
		checkFirst(),
	];

	/** Profile operations act as a person and bring a token of their own. */
	async authenticate(credentials: ICredentialDataDecryptedObject, request: IHttpRequestOptions): Promise<IHttpRequestOptions> {
		const key = `Outseta ${String(credentials.apiKey ?? '').trim()}:${String(credentials.apiSecret ?? '').trim()}`;
		return { ...request, headers: { Authorization: key, ...request.headers } };
	}

	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{ (($s) => new RegExp("^https?://", "i").test($s) ? $s.split("/").slice(0, 3).join("/") : "https://" + (new RegExp("[.:]").test($s) ? $s.split("/")[0] : $s + ".outseta.com"))($credentials.subdomain.trim()).replace(new RegExp("^http:(?=.*[.]outseta[.]com$)", "i"), "https:") }}/api/v1',
			url: '/crm/people',
			qs: { limit: 1, fields: 'Uid' },
			headers: { Accept: 'application/json' },
		},
		rules: [
			{ type: 'responseCode', properties: { value: 401, message: 'Outseta refused the key. Make a new pair of key and secret under Settings > Integrations > API Keys.' } },
			{ type: 'responseCode', properties: { value: 404, message: 'There is no Outseta account at this sub-domain. Copy it from the address that you open Outseta with.' } },
		],
	};
}
