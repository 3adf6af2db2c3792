import type { Resource } from '../../shared/spec';
import { person } from './person';
import { profileRecipes } from '../recipes/profile';

/** The person that a token belongs to. */
export const profile: Resource = {
	name: 'profile',
	label: 'Profile',
	path: '/profile',
	description: 'The person that a token belongs to',
	methods: [],
	idType: 'string',
	// Those of a person, without what only others set or see.
	fields: person.fields.filter(({ name, writeOnly }) => name !== 'Email' && !writeOnly && !name.startsWith('MailingAddress')),
	recipes: profileRecipes,
};
