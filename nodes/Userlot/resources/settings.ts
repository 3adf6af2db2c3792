/**
 * What a product is set up with. The documentation names these lists and does not show an answer, so that
 * the two fields are what every reader can expect.
 */
import type { Field, Resource } from '../../shared/spec/resource';

const fields: Field[] = [
	{ name: 'id', label: 'ID', type: 'string', readOnly: true, description: 'Identifier given by Userlot; presumed' },
	{ name: 'name', type: 'string', readOnly: true, description: 'Name; presumed' },
];

const shared = { methods: ['getAll' as const], idType: 'string' as const, list: { name: ['name'] }, fields };

export const companyField: Resource = {
	...shared,
	name: 'companyField',
	label: 'Company Field',
	path: '/company_fields',
	description: 'A field of companies, with those that the product adds',
};

export const companyStatus: Resource = {
	...shared,
	name: 'companyStatus',
	label: 'Company Status',
	plural: 'company statuses',
	path: '/company_statuses',
	description: 'A status that a company can have',
	keys: [{ field: 'name', listed: true }],
};

export const endUserField: Resource = {
	...shared,
	name: 'endUserField',
	label: 'End User Field',
	path: '/end_user_fields',
	description: 'A field of end users, with those that the product adds',
};

export const team: Resource = {
	...shared,
	name: 'team',
	label: 'Team',
	path: '/teams',
	description: 'A team of your own company in Userlot',
};
