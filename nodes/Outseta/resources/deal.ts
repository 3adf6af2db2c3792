import type { Resource } from '../../shared/spec/resource';
import { addActivity } from './activity';

/** A sales opportunity. */
export const deal: Resource = {
	name: 'deal',
	label: 'Deal',
	path: '/crm/deals',
	description: 'A sales opportunity',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'string',
	search: true,
	openFields: true,
	keys: [{ name: 'name', field: 'Name' }],
	list: { name: ['Name'], sort: 'Name' },
	everyday: ['Amount', 'DueDate'],
	fields: [
		{ name: 'Name', type: 'string', required: true, filter: true, sort: true, maxLength: 250, description: 'Name of the deal' },
		{ name: 'Amount', type: 'number', filter: true, sort: true, description: 'Value of the deal' },
		{ name: 'DueDate', type: 'dateTime', filter: true, sort: true, description: 'Expected closing date' },
		{ name: 'Weight', label: 'Position', type: 'integer', filter: true, sort: true, description: 'Order inside the stage column' },
		{ name: 'Contacts', type: 'string', readOnly: true, filter: true, sort: true, description: 'People of the deal, as text' },
		{ name: 'AccountId', type: 'integer', readOnly: true, description: 'Internal numeric id' },
		{ name: 'PipelineUid', label: 'Pipeline UID', type: 'string', readOnly: true, filter: true, sort: true, description: 'Computed uid of the pipeline' },
		{ name: 'Created', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was created (UTC)' },
		{ name: 'Updated', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was last changed (UTC)' },
	],
	relations: [
		{ name: 'AssignedToPersonClientIdentifier', label: 'Assigned To', to: ['person'], plain: true, filterBy: ['id'], filterAs: 'AssignedToPersonClientIdentifier', description: 'Person of your own team' },
		{ name: 'DealPipelineStage', label: 'Stage', to: ['dealStage'], required: true, include: true, filterBy: ['id'], description: 'Stage of the pipeline' },
		{ name: 'Account', label: 'Account', to: ['account'], include: true, filterBy: ['id', 'Name'], description: 'Account that the deal is with' },
		{ name: 'DealPeople', label: 'People', to: ['person'], many: true, through: 'Person', description: 'People who have a part in the deal' },
		{ name: 'DealPeople.Person', label: 'People Details', to: ['person'], many: true, readOnly: true, include: true, description: 'People who have a part in the deal, with all their fields' },
		{ name: 'DealPipelineStage.DealPipeline', label: 'Pipeline', to: ['dealPipeline'], filterBy: ['id'], readOnly: true, include: true, description: 'Pipeline that the stage belongs to' },
		{ name: 'Owner', label: 'Owner', to: ['person'], filterBy: ['id'], filterAs: 'ownerUid', readOnly: true, include: true, description: 'Person of your own team to whom the deal is assigned' },
	],
	actions: [
		addActivity('deal', 3),
	],
};
