import type { Resource } from '../../shared/spec/resource';

/** A product of the catalogue the admin keeps. https://developers.outreach.io/api/reference/tag/Product/ */
export const product: Resource = {
	name: 'product',
	label: 'Product',
	path: '/products',
	description: 'A product of the catalogue the admin keeps',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'integer',
	keys: [{ field: 'name' }, { field: 'code' }],
	list: { name: ['name'], detail: 'code', sort: 'name' },
	customSlots: 150,
	everyday: ['productFamily', 'description'],
	fields: [
		{ name: 'classification', type: 'options', options: [{ value: 'Own' }, { value: 'Competitor' }, { value: 'Complimentary' }], filter: true, description: 'Own, competitor or complementary product' },
		{ name: 'code', type: 'string', required: true, filter: true, sort: true, maxLength: 255, description: 'Unique product code' },
		{ name: 'createdAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'deleted', type: 'boolean', description: 'Whether it was deleted' },
		{ name: 'description', type: 'text', maxLength: 16777215, description: 'Free-text description' },
		{ name: 'name', type: 'string', required: true, filter: true, sort: true, maxLength: 255, description: 'Display name of the record' },
		{ name: 'productFamily', type: 'string', filter: true, maxLength: 255, description: 'Family the product belongs to' },
		{ name: 'status', type: 'boolean', filter: true, description: 'Whether it is active' },
		{ name: 'unitOfMeasure', type: 'string', filter: true, maxLength: 255, description: 'Unit the product is counted in' },
		{ name: 'updatedAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Last-change timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'website', type: 'string', filter: true, maxLength: 255, description: 'Product web page' },
	],
	relations: [
		{ name: 'creator', to: ['user'], readOnly: true, include: true, description: 'User (or step/stage) that created it' },
		{ name: 'owner', to: ['user'], include: true, description: 'Owning user' },
		{ name: 'purchases', to: ['purchase'], many: true, readOnly: true, description: 'Linked purchases' },
		{ name: 'updater', to: ['user'], readOnly: true, include: true, description: 'User that changed it last' },
	],
};
