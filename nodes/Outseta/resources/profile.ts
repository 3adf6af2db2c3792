import type { Resource } from '../../shared/spec';
import { profileRecipes } from '../recipes/profile';

/** The person that a token belongs to. */
export const profile: Resource = {
	name: 'profile',
	label: 'Profile',
	path: '/profile',
	description: 'The person that a token belongs to',
	methods: [],
	idType: 'string',
	fields: [
		{ name: 'FirstName', type: 'string', filter: true, sort: true, maxLength: 250, description: 'Given name' },
		{ name: 'LastName', type: 'string', filter: true, sort: true, maxLength: 250, description: 'Family name' },
		{ name: 'PasswordLastUpdated', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the password was last changed' },
		{ name: 'PasswordMustChange', type: 'boolean', readOnly: true, filter: true, sort: true, description: 'True when a temporary password is set and has to be replaced at the next login' },
		{ name: 'PhoneMobile', type: 'string', filter: true, sort: true, maxLength: 250, description: 'Mobile number' },
		{ name: 'PhoneWork', type: 'string', filter: true, sort: true, maxLength: 250, description: 'Work number' },
		{ name: 'ProfileImageS3Url', label: 'Profile Image URL', type: 'url', filter: true, sort: true, maxLength: 250, description: 'Address of the profile picture' },
		{ name: 'Title', type: 'string', filter: true, sort: true, maxLength: 250, description: 'Job title' },
		{ name: 'Timezone', type: 'string', filter: true, sort: true, maxLength: 100, description: 'Time zone name' },
		{ name: 'Language', type: 'string', filter: true, sort: true, maxLength: 50, description: 'Language code' },
		{ name: 'IPAddress', label: 'IP Address', type: 'string', readOnly: true, filter: true, sort: true, description: 'Address seen at sign-up or login' },
		{ name: 'Referer', label: 'Referrer', type: 'string', readOnly: true, filter: true, sort: true, description: 'Page the person came from' },
		{ name: 'UserAgent', type: 'string', readOnly: true, filter: true, sort: true, description: 'Browser string' },
		{ name: 'LastLoginDateTime', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Last login' },
		{ name: 'OAuthGoogleProfileId', label: 'Google Profile ID', type: 'string', readOnly: true, filter: true, sort: true, description: 'Linked Google profile' },
		{ name: 'AccountUids', label: 'Account UIDs', type: 'string', readOnly: true, filter: true, sort: true, description: 'Uids of the linked accounts' },
		{ name: 'FullName', type: 'string', readOnly: true, filter: true, sort: true, description: 'First and last name' },
		{ name: 'HasLoggedIn', type: 'boolean', readOnly: true, filter: true, sort: true, description: 'Whether the person has ever logged in' },
		{ name: 'OAuthIntegrationStatus', label: 'Google Link', type: 'integer', options: [{ value: '0', label: 'None' }, { value: '1', label: 'Gmail' }], readOnly: true, filter: true, sort: true, description: 'Computed state of a Google link' },
		{ name: 'UserAgentPlatformBrowser', type: 'string', readOnly: true, filter: true, sort: true, description: 'Computed from the browser string' },
		{ name: 'HasUnsubscribed', type: 'boolean', readOnly: true, filter: true, sort: true, description: 'Unsubscribed from every email' },
		{ name: 'IsConnectedToDiscord', type: 'boolean', readOnly: true, filter: true, sort: true, description: 'Whether a Discord user is linked to the person' },
		{ name: 'Created', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was created (UTC)' },
		{ name: 'Updated', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was last changed (UTC)' },
	],
	recipes: profileRecipes,
};
