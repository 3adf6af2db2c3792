import type { Field, Input, Recipe, Resource } from '../../shared/spec/resource';
import { PATCH } from './scimPatch';

/** What comes out of adding to or removing from a group. */
const MEMBERSHIP: Field[] = ['userId', 'groupId', 'outcome'].map((name) => ({ name, type: 'string' }));

const GROUP: Input = { kind: 'record', name: 'group', label: 'Group', resource: 'scimGroup', required: true, description: 'The SCIM group, which is a team in Outreach' };

export const scimUserRecipes: Recipe[] = [
	{
		name: 'activate',
		label: 'Activate',
		action: 'Activate SCIM user',
		description: 'Let a user sign in again. You can run it again safely.',
		record: true,
		simplify: true,
	},
	{
		name: 'addToGroup',
		label: 'Add to Group',
		action: 'Add SCIM user to group',
		description: 'Add a user to a group. Users of all input items are added together. Existing members stay.',
		record: true,
		output: { fields: MEMBERSHIP },
		inputs: [GROUP],
	},
	{
		name: 'deactivate',
		label: 'Deactivate',
		action: 'Deactivate SCIM user',
		description: 'Lock a user out by setting it inactive. You can run it again safely.',
		caution: 'access',
		record: true,
		simplify: true,
	},
	{
		name: 'patch',
		label: 'Patch',
		action: 'Patch SCIM user',
		description: 'Change a user with your own SCIM operations (add, remove, replace)',
		record: true,
		simplify: true,
		inputs: [PATCH],
	},
	{
		name: 'removeFromGroup',
		label: 'Remove From Group',
		action: 'Remove SCIM user from group',
		description: 'Remove a user from a group. Users of all input items are removed together.',
		caution: 'access',
		record: true,
		output: { fields: MEMBERSHIP },
		inputs: [GROUP],
	},
];

/** A user as an identity provider keeps it. https://support.outreach.io/hc/en-us/articles/4401998141339 */
export const scimUser: Resource = {
	name: 'scimUser',
	label: 'SCIM User',
	singular: 'SCIM user',
	path: '/Users',
	door: 'scim',
	description: 'A user as an identity provider keeps it',
	methods: ['create', 'delete', 'get', 'getAll', 'replace', 'update', 'upsert'],
	confirmDelete: { field: 'active', values: [false] },
	idType: 'string',
	keys: [
		{ name: 'userName', field: 'userName', type: 'email', unique: true },
		{ name: 'externalId', field: 'externalId', exact: true },
	],
	list: { name: ['givenName', 'familyName'], fallback: ['displayName', 'userName'], detail: 'userName' },
	notes: {
		delete:
			'Delete a SCIM user. The pages of Outreach contradict each other here: one has a section on it, another says that users are locked and never deleted. Use Deactivate to be sure.',
		replace: 'Replace a SCIM user. Fields that you leave out may be cleared. Only a third-party guide lists this operation, so Update is safer.',
	},
	everyday: ['givenName', 'familyName', 'emails', 'displayName', 'title'],
	fields: [
		{ name: 'active', type: 'boolean', access: true, description: 'Whether the user can sign in; Outreach locks inactive users' },
		{ name: 'displayName', type: 'string', description: 'Name to show (SCIM attribute; Outreach does not say whether it keeps it)' },
		{ name: 'emails', type: 'strings', emails: true, description: 'Email addresses, the main one first (SCIM attribute; Outreach does not say whether it keeps it)' },
		{ name: 'externalId', label: 'External ID', type: 'string', filter: true, description: 'Identifier of the user at the identity provider' },
		{ name: 'familyName', type: 'string', description: 'Last name' },
		{ name: 'givenName', type: 'string', description: 'First name' },
		{ name: 'locale', type: 'string', description: 'Language and region, such as en-US (SCIM attribute; Outreach does not say whether it keeps it)' },
		{ name: 'phoneNumbers', type: 'strings', description: 'Phone numbers, the main one first (SCIM attribute; Outreach does not say whether it keeps it)' },
		{ name: 'timezone', label: 'Time Zone', type: 'string', description: 'Time zone, such as Europe/Berlin (SCIM attribute; Outreach does not say whether it keeps it)' },
		{ name: 'title', type: 'string', description: 'Job title (SCIM attribute; Outreach does not say whether it keeps it)' },
		{ name: 'userName', type: 'email', required: true, filter: true, description: 'Login of the user, which is the email address' },
		{
			name: 'attributes',
			label: 'Further Attributes (JSON)',
			type: 'json',
			spread: true,
			description: 'Other SCIM attributes as an object, such as those of an extension under its URN. Outreach has an extension of its own, whose attributes it does not publish.',
		},
	],
	actions: [
		{
			name: 'getProviderConfig',
			label: 'Get Provider Configuration',
			action: 'Get SCIM provider configuration',
			description: 'Retrieve what the SCIM service of the organization supports',
			method: 'GET',
			path: '/ServiceProviderConfig',
		},
	],
	recipes: scimUserRecipes,
	reconcile: {
		keys: ['userName', 'externalId'],
		present: { fields: { active: true }, done: 'activated' },
		retire: [{ value: 'deactivate', description: 'Set the user inactive, which locks it', fields: { active: false }, done: 'deactivated' }],
		except: ['active'],
	},
};
