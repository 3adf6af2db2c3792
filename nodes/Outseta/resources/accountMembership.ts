import type { Recipe, Resource } from '../../shared/spec/resource';

export const membershipRecipes: Recipe[] = [
	{
		name: 'add',
		label: 'Add',
		action: 'Add membership',
		description: 'Add a person to an account by email. A new person is created. An existing member stays unchanged.',
		parent: true,
		simplify: true,
		inputs: [{ kind: 'fields' }],
		output: { fields: [{ name: 'outcome', type: 'string' }] },
	},
];

/** The link between a person and an account. */
export const accountMembership: Resource = {
	name: 'accountMembership',
	label: 'Membership',
	path: '/crm/accounts/{parent}/memberships',
	description: 'The link between a person and an account',
	methods: ['delete', 'getAll', 'update'],
	idType: 'string',
	confirmDelete: {},
	access: true,
	parent: { resource: 'account', description: 'The account that the person belongs to' },
	rows: { path: '/crm/accounts/{parent}', property: 'PersonAccount', include: ['PersonAccount.Person'] },
	keys: [{ name: 'email', field: 'Person.Email', label: 'Person Email', type: 'email' }],
	list: { name: ['Person.FirstName', 'Person.LastName'], fallback: ['Person.Email'], detail: 'Person.Email' },
	titles: { delete: { label: 'Remove', action: 'Remove membership' } },
	notes: {
		delete: 'Remove a person from the account. You cannot remove the primary contact.',
		getAll: 'Retrieve the people of an account with their role',
		update: 'Change role, invoices or primary contact. To change the primary contact, use Is Primary Contact on the new one.',
	},
	everyday: ['Email', 'FirstName', 'LastName'],
	fields: [
		{ name: 'Email', wire: 'Person.Email', type: 'email', writeOnly: true, createOnly: true, description: 'Email of the person: an existing one is linked, a new one created' },
		{ name: 'FirstName', wire: 'Person.FirstName', type: 'string', writeOnly: true, createOnly: true, description: 'First name, for a new person' },
		{ name: 'LastName', wire: 'Person.LastName', type: 'string', writeOnly: true, createOnly: true, description: 'Last name, for a new person' },
		{ name: 'Title', wire: 'Person.Title', type: 'string', writeOnly: true, createOnly: true, description: 'Job title, for a new person' },
		{ name: 'PhoneMobile', wire: 'Person.PhoneMobile', type: 'string', writeOnly: true, createOnly: true, description: 'Mobile number, for a new person' },
		{ name: 'PhoneWork', wire: 'Person.PhoneWork', type: 'string', writeOnly: true, createOnly: true, description: 'Work number, for a new person' },
		{ name: 'sendWelcomeEmail', type: 'boolean', writeOnly: true, createOnly: true, query: true, description: 'Whether to send the welcome email' },
		{ name: 'IsPrimary', label: 'Is Primary Contact', type: 'boolean', access: true, filter: true, sort: true, description: 'True for the primary contact of the account (exactly one)' },
		{ name: 'ReceiveInvoices', type: 'boolean', filter: true, sort: true, description: 'Whether the person gets copies of invoices' },
		{ name: 'Role', type: 'integer', access: true, options: [{ value: '1', label: 'Admin' }, { value: '2', label: 'Member' }, { value: '3', label: 'Operator' }], filter: true, sort: true, description: 'Team role of the member' },
		{ name: 'Created', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was created (UTC)' },
		{ name: 'Updated', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was last changed (UTC)' },
	],
	recipes: membershipRecipes,
	reconcile: {
		keys: ['email'],
		retire: [{ value: 'remove', description: 'Remove the person from the account. The person stays in Outseta.', done: 'removed' }],
		never: [{ field: 'IsPrimary', value: true, why: 'The primary contact of the account' }],
		except: ['Email', 'IsPrimary'],
		lastSignIn: 'Person.LastLoginDateTime',
		description: 'Make the members of an account agree with a list: all input items together. Adds who is missing, changes who differs, and reports or removes who is not in the list.',
	},
};
