import type { Field, Input, Recipe, Resource } from '../../shared/spec/resource';
import { person } from './person';

export const TOKEN: Field = { name: 'accessToken', label: 'Access Token', type: 'secret', description: 'Token of a logged-in person, for example one that your site sends' };
export const EMAIL: Field = { name: 'personEmail', label: 'Person Email', type: 'email', description: 'The person to act for, if you have no token. The node creates one with the API key.' };

export const OLD: Field = { name: 'existingPassword', type: 'secret', required: true, description: 'The password until now' };
export const NEW: Field = { name: 'newPassword', type: 'secret', required: true, description: 'The password from now on' };

const WHO: Input[] = [
	{ kind: 'value', ...TOKEN },
	{ kind: 'value', ...EMAIL },
];

export const profileRecipes: Recipe[] = [
	{ name: 'get', label: 'Get', action: 'Get profile', description: 'Retrieve the person that a token belongs to, and verify the token', inputs: WHO, simplify: true, reads: true },
	{ name: 'update', label: 'Update', action: 'Update profile', description: 'Change the person that a token belongs to', inputs: [...WHO, { kind: 'fields' }], simplify: true },
	{
		name: 'changePassword',
		label: 'Change Password',
		action: 'Change password of profile',
		description: 'Change the password of the person that a token belongs to',
		inputs: [...WHO, { kind: 'value', ...OLD }, { kind: 'value', ...NEW }],
		output: { fields: [{ name: 'success', type: 'boolean' }] },
	},
];

/** The person that a token belongs to. */
export const profile: Resource = {
	name: 'profile',
	label: 'Profile',
	path: '/profile',
	description: 'The person that a token belongs to',
	methods: [],
	idType: 'string',
	// Those of a person, without what only others set or see.
	everyday: ['FirstName', 'LastName', 'PhoneMobile', 'Title'],
	fields: person.fields.filter(({ name, writeOnly }) => name !== 'Email' && !writeOnly && !name.startsWith('MailingAddress')),
	recipes: profileRecipes,
};
