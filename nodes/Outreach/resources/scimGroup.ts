import type { Recipe, Resource } from '../../shared/spec/resource';
import { PATCH } from './scimPatch';

export const scimGroupRecipes: Recipe[] = [
	{
		name: 'patch',
		label: 'Patch',
		action: 'Patch SCIM group',
		description: 'Change a group with your own SCIM operations (add, remove, replace)',
		record: true,
		simplify: true,
		inputs: [PATCH],
	},
];

/** A group of an identity provider, which is a team in Outreach. https://support.outreach.io/hc/en-us/articles/4401998141339 */
export const scimGroup: Resource = {
	name: 'scimGroup',
	label: 'SCIM Group',
	singular: 'SCIM group',
	path: '/Groups',
	door: 'scim',
	description: 'A group of an identity provider, which is a team in Outreach',
	methods: ['create', 'delete', 'get', 'getAll', 'update', 'upsert'],
	idType: 'string',
	access: true,
	keys: [
		{ name: 'displayName', field: 'displayName', listed: true },
		{ name: 'externalId', field: 'externalId' },
	],
	list: { name: ['displayName'], fallback: ['externalId'] },
	notes: { update: 'Change fields of a SCIM group. Members given here replace all others: use Add to Group of SCIM User to keep them.' },
	fields: [
		{ name: 'displayName', type: 'string', required: true, description: 'Name of the group and of its team' },
		{ name: 'externalId', label: 'External ID', type: 'string', filter: true, description: 'Identifier of the group at the identity provider' },
		{ name: 'attributes', label: 'Further Attributes (JSON)', type: 'json', spread: true, description: 'Other SCIM attributes as an object, such as those of an extension under its URN' },
	],
	relations: [{ name: 'members', to: ['scimUser'], many: true, description: 'Users in the group' }],
	recipes: scimGroupRecipes,
};
