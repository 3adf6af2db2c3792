import type { Resource } from '../../shared/spec/resource';

/** One record inside a batch, with its result. https://developers.outreach.io/api/reference/tag/Batch-Item/ */
export const batchItem: Resource = {
	name: 'batchItem',
	label: 'Batch Item',
	path: '/batchItems',
	description: 'One record inside a batch, with its result',
	methods: ['get', 'getAll'],
	idType: 'integer',
	list: { name: ['state'] },
	fields: [
		{ name: 'batchId', type: 'integer', readOnly: true, filter: true, sort: true, description: 'ID of the owning batch' },
		{ name: 'createdAt', type: 'dateTime', readOnly: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'data', type: 'text', readOnly: true, maxLength: 16777215, description: 'Input used for this item (text, up to 16 MB)' },
		{ name: 'failed', type: 'boolean', readOnly: true, filter: true, sort: true, description: 'Whether the item failed' },
		{ name: 'info', type: 'string', readOnly: true, maxLength: 767, description: 'Failure explanation, when there is one' },
		{ name: 'state', type: 'string', readOnly: true, filter: true, sort: true, maxLength: 255, description: 'State of the item' },
	],
	relations: [
		{ name: 'batch', to: ['batch'], readOnly: true, include: true, description: 'Owning batch' },
	],
};
