import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

import { checkFirst } from './checkFirst';
import { outreachAddress } from './outreachAddress';

/** Resources that the node reads and changes. */
const FULL = [
	'accountNotes',
	'accounts',
	'batchItems',
	'batches',
	'callDispositions',
	'callPurposes',
	'calls',
	'complianceRequests',
	'contentCategories',
	'contentCategoryMemberships',
	'contentCategoryOwnerships',
	'customObjectRecords',
	'emailAddresses',
	'events',
	'favorites',
	'imports',
	'mailboxes',
	'mailings',
	'opportunities',
	'opportunityProspectRoles',
	'opportunityStages',
	'orgSettings',
	'personas',
	'phoneNumbers',
	'products',
	'profiles',
	'prospectNotes',
	'prospects',
	'purchases',
	'recipients',
	'roles',
	'rulesets',
	'sequenceStates',
	'sequenceSteps',
	'sequenceTemplates',
	'sequences',
	'snippets',
	'stages',
	'taskDispositions',
	'taskPurposes',
	'tasks',
	'teams',
	'templates',
	'users',
	'webhooks',
];

/** Scopes of everything the node does; one that the app was not granted makes the whole consent fail. */
const SCOPES = [...FULL.map((name) => `${name}.all`), 'auditLogs.read', 'duties.read', 'kaiaRecordings.read', 'kaiaVoiceImports.write', 'mailAliases.read', 'taskPriorities.read'];

export class OutreachOAuth2Api implements ICredentialType {
	name = 'outreachOAuth2Api';

	extends = ['oAuth2Api'];

	displayName = 'Outreach OAuth2 API';

	icon: Icon = { light: 'file:../nodes/Outreach/outreach.svg', dark: 'file:../nodes/Outreach/outreach.dark.svg' };

	documentationUrl = 'https://developers.outreach.io/api/oauth/';

	httpRequestNode = {
		name: 'Outreach',
		docsUrl: 'https://developers.outreach.io/api/',
		apiBaseUrl: 'https://api.outreach.io/api/v2/',
	};

	properties: INodeProperties[] = [
		{
			displayName: 'Grant Type',
			name: 'grantType',
			type: 'options',
			options: [
				{ name: 'Authorization Code', value: 'authorizationCode', description: 'An Outreach user gives consent once' },
				{
					name: 'Client Credentials',
					value: 'clientCredentials',
					description: 'A guide names it, but Outreach does not document it and may refuse it',
				},
			],
			default: 'authorizationCode',
			description: 'How to connect',
		},
		{
			displayName: 'Authorization URL',
			name: 'authUrl',
			type: 'hidden',
			default: '={{ ($self["baseUrl"] || "https://api.outreach.io").trim().replace(new RegExp("^(?!https?://)", "i"), "https://").replace(new RegExp("/+$"), "") }}/oauth/authorize',
			required: true,
		},
		{
			displayName: 'Access Token URL',
			name: 'accessTokenUrl',
			type: 'hidden',
			default: '={{ ($self["baseUrl"] || "https://api.outreach.io").trim().replace(new RegExp("^(?!https?://)", "i"), "https://").replace(new RegExp("/+$"), "") }}/oauth/token',
			required: true,
		},
		{
			displayName: 'Scope',
			name: 'scope',
			type: 'string',
			typeOptions: { rows: 4 },
			default: SCOPES.join(' '),
			hint: 'Keep only the scopes that your app has in Outreach. One extra scope makes the connection fail.',
			description:
				'What the connection can do. Your app in Outreach must have every scope. Remove the ones that you do not need, and reconnect after a change.',
		},
		{
			displayName: 'Auth URI Query Parameters',
			name: 'authQueryParameters',
			type: 'hidden',
			default: '',
		},
		{
			displayName: 'Authentication',
			name: 'authentication',
			type: 'hidden',
			default: 'body',
		},
		...outreachAddress,
		checkFirst(),
	];
}
