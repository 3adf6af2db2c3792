import type { Recipe, Resource } from '../../shared/spec/resource';
import { recipesFor } from './writeRecipes';

export const companyRecipes: Recipe[] = [
	...recipesFor({
		one: 'company',
		path: '/companies',
		clearable: ['arr', 'mrr', 'renewal_date', 'start_date'],
		link: { kind: 'record', name: 'status', label: 'Status', resource: 'companyStatus', description: 'Status of the company. Userlot does not document that you can set it.' },
	}),
	{
		name: 'revenue',
		label: 'Get Revenue',
		action: 'Get revenue of company',
		description: 'Retrieve the revenue of a company as Userlot returns it',
		request: 'GET /companies/{id}/revenue',
		record: true,
		reads: true,
	},
];

/** A customer. Account in Userlot's own pages, company in its API. */
export const company: Resource = {
	name: 'company',
	label: 'Company',
	plural: 'companies',
	path: '/companies',
	description: 'A customer with its revenue and health, called account in Userlot itself',
	methods: ['get', 'getAll'],
	idType: 'uuid',
	keys: [{ field: 'external_id', exact: true }, { field: 'source_external_id', exact: true, hidden: true }, { field: 'name' }],
	list: { name: ['name'], detail: 'external_id' },
	everyday: ['name', 'external_id', 'arr', 'mrr', 'renewal_date'],
	fields: [
		{ name: 'arr', label: 'ARR', type: 'number', description: 'Annual recurring revenue; Userlot does not state the currency' },
		{ name: 'created_at', label: 'Created At', type: 'dateTime', readOnly: true, description: 'When the company came into being' },
		{ name: 'emails', type: 'strings', readOnly: true, description: 'Email addresses' },
		{ name: 'external_id', label: 'External ID', type: 'string', filter: true, description: 'ID of the company in your own product' },
		{ name: 'friendly_id', label: 'Friendly ID', type: 'integer', readOnly: true, description: 'Short running number' },
		{ name: 'health_category', type: 'string', readOnly: true, description: 'Category of the health score' },
		{ name: 'health_score', type: 'number', readOnly: true, description: 'Health of the company' },
		{ name: 'health_score_diff', label: 'Health Score Change', type: 'number', readOnly: true, description: 'Change of the health score' },
		{ name: 'id', label: 'ID', type: 'string', readOnly: true, description: 'Identifier given by Userlot' },
		{ name: 'last_seen_at', label: 'Last Seen At', type: 'dateTime', readOnly: true, description: 'Last activity' },
		{ name: 'life_cycle_id', label: 'Life Cycle ID', type: 'string', filter: true, description: 'Life cycle; presumed writable' },
		{ name: 'life_cycle_stage_id', label: 'Life Cycle Stage ID', type: 'string', filter: true, description: 'Stage of the life cycle; presumed writable' },
		{ name: 'mrr', label: 'MRR', type: 'number', description: 'Monthly recurring revenue; Userlot does not state the currency' },
		{ name: 'name', type: 'string', filter: true, description: 'Name of the company' },
		{ name: 'owner_user_id', label: 'Owner User ID', type: 'string', filter: true, description: 'Person of your own company who looks after it; presumed writable' },
		{ name: 'renewal_date', type: 'date', description: 'When the subscription is renewed' },
		{ name: 'source_external_id', label: 'Source External ID', type: 'string', filter: true, description: 'ID of the company in another system, such as the CRM' },
		{ name: 'start_date', type: 'date', description: 'When the subscription began' },
		{ name: 'status_id', label: 'Status ID', type: 'string', description: 'Status; presumed writable' },
		{ name: 'updated_at', label: 'Updated At', type: 'dateTime', readOnly: true, description: 'Last change' },
	],
	relations: [{ name: 'status', to: ['companyStatus'], readOnly: true, filterBy: ['id'], filterAs: 'status_id', description: 'Status of the company' }],
	recipes: companyRecipes,
};
