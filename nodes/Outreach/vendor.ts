/** Outreach as a whole. */
import type { Vendor } from '../shared/wire/vendor';
import { resources } from './resources';
import { bulkOptions } from './resources/bulkOptions';
import { outreachApi } from './wire/api';
import { customFields, scopes } from './wire/customFields';
import { serverToServer } from './wire/s2s';
import { scimApi } from './wire/scim';

/** The door with a connection of a user, and with the app's own key. */
const logins = { oAuth2: outreachApi, s2s: serverToServer(outreachApi) };

export const outreach: Vendor = {
	name: 'outreach',
	label: 'Outreach',
	api: outreachApi,
	logins,
	loginChoices: [
		{ name: 'OAuth2', value: 'oAuth2', description: 'A connection of a user' },
		{ name: 'Server-to-Server', value: 's2s', description: 'The key of an app. It can access only a part of the API.' },
	],
	doors: { scim: scimApi },
	resources,
	bulkOptions,
	customFields,
	scopes,
	listOptions: [
		{
			name: 'extraQuery',
			label: 'Additional Query',
			type: 'string',
			description: 'More query parameters, such as provideDataConnections=true',
		},
	],
};
