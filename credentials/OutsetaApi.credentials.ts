import type { Icon, ICredentialDataDecryptedObject, ICredentialTestRequest, ICredentialType, IHttpRequestOptions, INodeProperties } from 'n8n-workflow';

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
			description: 'The first part of your Outseta address: acme for https://acme.outseta.com. The full address or a domain of your own works as well.',
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'Made in Outseta under Settings > Integrations > API Keys',
		},
		{
			displayName: 'API Secret',
			name: 'apiSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'Shown once, when the key is made. Key and secret together open all data of your Outseta account.',
		},
		{
			displayName: 'Signature Key',
			name: 'signatureSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'For the trigger only: the key from Settings > Notifications, 64 hexadecimal characters',
		},
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
	};
}
