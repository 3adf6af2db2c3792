import type { Resource } from '../../shared/spec/resource';

/** A token with which a person is logged in. */
export const token: Resource = {
	name: 'token',
	label: 'Token',
	path: '/tokens',
	description: 'A token with which a person is logged in',
	methods: [],
	idType: 'string',
	fields: [],
	actions: [
		{
			name: 'create',
			label: 'Create',
			action: 'Create token',
			description: 'Create a token to act for a person. Without a password, your API key is used.',
			method: 'POST',
			path: '/tokens',
			parameters: [
				{ name: 'username', label: 'Email', type: 'email', in: 'body', required: true, description: 'Email of the person' },
				{ name: 'password', type: 'secret', in: 'body', description: 'Password of the person; leave it out to use your API key' },
			],
		},
		{
			name: 'magicLink',
			label: 'Redeem Login Link',
			action: 'Redeem login link for token',
			description: 'Exchange the one-time token of a login link for a lasting one',
			method: 'POST',
			path: '/tokens/magic-link',
			parameters: [
				{ name: 'magic_token', label: 'Login Link Token', type: 'secret', in: 'body', required: true, description: 'Token from the link in the email' },
			],
		},
	],
};
