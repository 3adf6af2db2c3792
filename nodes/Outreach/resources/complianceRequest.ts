import type { Resource } from '../../shared/spec/resource';

/** A privacy request to erase a person's data. https://developers.outreach.io/api/reference/tag/Compliance-Request/ */
export const complianceRequest: Resource = {
	name: 'complianceRequest',
	label: 'Compliance Request',
	path: '/complianceRequests',
	description: 'A privacy request to erase a person\'s data',
	methods: ['create', 'get', 'getAll'],
	idType: 'integer',
	list: { name: ['requestType'] },
	notes: { create: 'Create a compliance request: deletes personal data for good' },
	fields: [
		{ name: 'batchComplianceRequestUuid', type: 'string', description: 'UUID of the parent batch of compliance requests (the parent only reports pending or done)' },
		{ name: 'createdAt', type: 'dateTime', readOnly: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'objectType', type: 'options', options: [{ value: 'Prospect' }, { value: 'Recipient' }], required: true, description: 'Kind of record to process; Recipient stands for an email address that belongs to no prospect' },
		{ name: 'pii', type: 'json', description: 'JSON with the personal data needed to carry out the request' },
		{ name: 'requestObjectId', type: 'string', required: true, maxLength: 255, description: 'Prospect ID, or the email address when objectType is Recipient' },
		{ name: 'requestType', type: 'options', options: [{ value: 'Delete' }], required: true, description: 'Kind of request; only deletion is supported' },
		{ name: 'requesterId', type: 'integer', description: 'ID of the user who filed the request' },
		{ name: 'state', type: 'options', options: [{ value: 'pending' }, { value: 'running' }, { value: 'failed' }, { value: 'done' }], filter: true, sort: true, description: 'Progress of the request' },
		{ name: 'updatedAt', type: 'dateTime', readOnly: true, description: 'Last-change timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'uuid', type: 'string', filter: true, sort: true, maxLength: 255, description: 'UUID of the request' },
	],
	relations: [
		{ name: 'requester', to: ['user'], readOnly: true, include: true, description: 'User who filed the request' },
	],
};
