import type { Resource } from '../../shared/spec/resource';

/** A product bought (or sellable) by an account. https://developers.outreach.io/api/reference/tag/Purchase/ */
export const purchase: Resource = {
	name: 'purchase',
	label: 'Purchase',
	path: '/purchases',
	description: 'A product bought (or sellable) by an account',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'integer',
	list: { name: ['source'], sort: 'createdAt' },
	customSlots: 150,
	everyday: ['startDate', 'endDate', 'totalValue', 'currency', 'description'],
	fields: [
		{ name: 'createdAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'currency', type: 'string', filter: true, maxLength: 255, description: 'Currency of the purchase' },
		{ name: 'description', type: 'text', maxLength: 65535, description: 'Free-text description' },
		{ name: 'endDate', type: 'date', filter: true, sort: true, description: 'Contract end' },
		{ name: 'potentialQuantity', type: 'number', filter: true, description: 'Potential quantity in the account' },
		{ name: 'potentialValue', type: 'number', filter: true, description: 'Potential revenue in the account' },
		{ name: 'saturation', type: 'number', filter: true, description: 'Contracted share of the potential in percent' },
		{ name: 'source', type: 'string', filter: true, maxLength: 255, description: 'How the record came about' },
		{ name: 'startDate', type: 'date', filter: true, sort: true, description: 'Contract start' },
		{ name: 'status', type: 'boolean', filter: true, description: 'Whether it is active' },
		{ name: 'totalQuantity', type: 'number', filter: true, description: 'Contracted quantity (at most the potential)' },
		{ name: 'totalValue', type: 'number', filter: true, description: 'Contracted revenue' },
		{ name: 'updatedAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Last-change timestamp (ISO 8601, UTC); set by Outreach' },
	],
	relations: [
		{ name: 'account', to: ['account'], required: true, include: true, filterBy: ['id'], description: 'Linked account' },
		{ name: 'creator', to: ['user'], readOnly: true, include: true, description: 'User (or step/stage) that created it' },
		{ name: 'owner', to: ['user'], include: true, filterBy: ['id'], description: 'Owning user' },
		{ name: 'product', to: ['product'], required: true, include: true, filterBy: ['id'], description: 'Related product' },
		{ name: 'updater', to: ['user'], readOnly: true, include: true, description: 'User that changed it last' },
	],
};
