import type { Resource } from '../../shared/spec/resource';
import { profileRecipes } from '../recipes/profile';
import { person } from './person';

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
