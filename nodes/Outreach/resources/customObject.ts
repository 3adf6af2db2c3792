import type { Resource } from '../../shared/spec/resource';
import { bulkUpsertRecipe } from './importRecipes';

/** Records of an object that the organization defined itself. https://developers.outreach.io/api/custom-objects/ */
export const customObject: Resource = {
	name: 'customObject',
	label: 'Custom Object',
	singular: 'custom object record',
	path: '/customObjects/{scope}',
	scope: { label: 'Object', description: 'Kind of custom object, by its internal name' },
	description: 'Records of an object that the organization defined itself',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'integer',
	openFields: true,
	list: { name: ['name'], sort: 'name' },
	fields: [],
	bulk: [
		{
			name: 'customObjectBulkModify',
			label: 'Update Many',
			action: 'Update many custom object records',
			description: 'Set the same fields on many records at once',
			path: '/batches/actions/customObjectBulkModify',
			fields: true,
		},
		{
			name: 'customObjectBulkDelete',
			label: 'Delete Many',
			action: 'Delete many custom object records',
			description: 'Delete many records at once, for good',
			path: '/batches/actions/customObjectBulkDelete',
		},
	],
	recipes: [bulkUpsertRecipe('customObject', 'Record', 'custom object records', false)],
};
