import type { Recipe, Resource } from '../../shared/spec/resource';
import { recipesFor } from './writeRecipes';

export const endUserRecipes: Recipe[] = [
	...recipesFor({
		one: 'end user',
		path: '/end_users',
		clearable: ['email', 'first_name', 'last_name'],
		link: { kind: 'record', name: 'company', label: 'Company', resource: 'company', description: 'Company the person belongs to' },
		inferred: true,
	}),
	{
		name: 'identify',
		label: 'Identify',
		action: 'Identify end user',
		description: 'Register a person and their company before you send their events',
		request: 'PUT /identify',
		inputs: [
			{ kind: 'value', name: 'userEmail', label: 'User Email', type: 'email', description: 'Email address of the person' },
			{ kind: 'value', name: 'userExternalId', label: 'User External ID', type: 'string', description: 'ID of the person in your own product' },
			{ kind: 'value', name: 'companyName', type: 'string', description: 'Name of the company' },
			{ kind: 'value', name: 'companyExternalId', label: 'Company External ID', type: 'string', description: 'ID of the company in your own product' },
		],
	},
];

/** A person at a customer. User in Userlot's own pages, end user in its API. No answer of these requests is documented. */
export const endUser: Resource = {
	name: 'endUser',
	label: 'End User',
	path: '/end_users',
	description: 'A person who uses your product, called user in Userlot itself',
	methods: ['get', 'getAll'],
	idType: 'uuid',
	keys: [{ field: 'email', type: 'email' }, { field: 'external_id', exact: true }, { field: 'source_external_id', exact: true, hidden: true }],
	list: { name: ['first_name', 'last_name'], fallback: ['name', 'email'], detail: 'email' },
	everyday: ['email', 'first_name', 'last_name', 'external_id'],
	fields: [
		{ name: 'company_id', label: 'Company ID', type: 'string', description: 'ID that Userlot gave the company' },
		{ name: 'created_at', label: 'Created At', type: 'dateTime', readOnly: true, description: 'When the end user came into being; presumed' },
		{ name: 'email', type: 'email', filter: true, description: 'Email address' },
		{ name: 'external_id', label: 'External ID', type: 'string', filter: true, description: 'ID of the person in your own product' },
		{ name: 'first_name', type: 'string', filter: true, description: 'First name' },
		{ name: 'id', label: 'ID', type: 'string', readOnly: true, description: 'Identifier given by Userlot' },
		{ name: 'last_name', type: 'string', filter: true, description: 'Last name' },
		{ name: 'name', type: 'string', readOnly: true, filter: true, description: 'First and last name' },
		{ name: 'source_external_id', label: 'Source External ID', type: 'string', filter: true, description: 'ID of the person in another system, such as the CRM' },
		{ name: 'updated_at', label: 'Updated At', type: 'dateTime', readOnly: true, description: 'Last change; presumed' },
	],
	relations: [
		{ name: 'company', to: ['company'], readOnly: true, filterBy: ['id'], filterAs: 'company_id', description: 'The filter is presumed' },
	],
	recipes: endUserRecipes,
	reconcile: {
		keys: ['email', 'external_id'],
		// Userlot has no call that deletes an end user.
		retire: [],
		inputs: [{ kind: 'record', name: 'company', label: 'Company', resource: 'company', description: 'Company the person belongs to' }],
		except: ['company_id'],
		description: 'Make the end users agree with a list: all input items together. Creates who is missing, changes who differs, and reports who is not in the list.',
	},
};
