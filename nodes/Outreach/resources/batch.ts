import type { Resource } from '../../shared/spec/resource';

/** One run of a bulk action, with progress counters. https://developers.outreach.io/api/reference/tag/Batch/ */
export const batch: Resource = {
	name: 'batch',
	label: 'Batch',
	plural: 'batches',
	path: '/batches',
	description: 'One run of a bulk action, with progress counters',
	methods: ['get', 'getAll'],
	idType: 'integer',
	list: { name: ['action'], sort: 'createdAt' },
	fields: [
		{ name: 'action', type: 'string', readOnly: true, filter: true, maxLength: 255, description: 'Name of the bulk action the batch runs' },
		{ name: 'canceledAt', type: 'dateTime', readOnly: true, description: 'Timestamp of cancellation' },
		{ name: 'confirmCount', type: 'integer', readOnly: true, description: 'Item count the caller has to confirm' },
		{ name: 'confirmedAt', type: 'dateTime', readOnly: true, description: 'Timestamp of confirmation' },
		{ name: 'confirmedCountRequired', type: 'boolean', readOnly: true, description: 'Whether confirm must be called with the item count' },
		{ name: 'createdAt', type: 'dateTime', readOnly: true, sort: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'externalStartPayload', type: 'text', readOnly: true, maxLength: 16777215, description: 'Optional input for externally driven batches' },
		{ name: 'failures', type: 'integer', readOnly: true, description: 'Number of items that failed' },
		{ name: 'finishedAt', type: 'dateTime', readOnly: true, sort: true, description: 'Timestamp when processing ended' },
		{ name: 'payload', type: 'json', readOnly: true, description: 'Input given to the bulk action' },
		{ name: 'pending', type: 'integer', readOnly: true, description: 'Number of items still to process' },
		{ name: 'startedAt', type: 'dateTime', readOnly: true, description: 'Timestamp when processing began' },
		{ name: 'state', type: 'string', readOnly: true, filter: true, sort: true, maxLength: 255, description: 'State of the batch (seen: pending, confirming, running/progressing, finished, failed, canceled; the exact set is not enumerated in the schema)' },
		{ name: 'summary', type: 'json', readOnly: true, description: 'Summary object incl. failure details' },
		{ name: 'total', type: 'integer', readOnly: true, filter: true, sort: true, description: 'Total number of items' },
		{ name: 'updatedAt', type: 'dateTime', readOnly: true, description: 'Last-change timestamp (ISO 8601, UTC); set by Outreach' },
	],
	relations: [
		{ name: 'batchItems', to: ['batchItem'], many: true, readOnly: true, description: 'Items of the batch' },
		{ name: 'creator', to: ['user'], readOnly: true, description: 'User (or step/stage) that created it' },
	],
	actions: [
		{
			name: 'cancel',
			label: 'Cancel',
			action: 'Cancel batch',
			description: 'Stops a batch that has not finished',
			method: 'POST',
			path: '/batches/{id}/actions/cancel',
		},
		{
			name: 'confirm',
			label: 'Confirm',
			action: 'Confirm batch',
			description: 'Confirms a batch that waits for confirmation (pass the count when confirmedCountRequired)',
			method: 'POST',
			path: '/batches/{id}/actions/confirm',
			parameters: [
				{ name: 'confirmedCount', label: 'Confirmed Count', type: 'integer', in: 'query', wire: 'actionParams[confirmedCount]', description: 'Number of items the caller confirms' },
			],
		},
	],
};
