import type { Resource } from '../../shared/spec/resource';

/** Read-only audit trail (about 90 days are kept). https://developers.outreach.io/api/reference/tag/Audit-Log/ */
export const auditLog: Resource = {
	name: 'auditLog',
	label: 'Audit Log',
	path: '/auditLogs',
	description: 'Read-only audit trail (about 90 days are kept)',
	methods: ['getAll'],
	idType: 'integer',
	list: { name: ['eventName'], detail: 'timestamp', sort: 'timestamp' },
	fields: [
		{ name: 'action', type: 'string', readOnly: true, filter: true, sort: true, maxLength: 255, description: 'Verb recorded (create, update, delete, read, download or empty for login/logout)' },
		{ name: 'additionalInfo', type: 'json', readOnly: true, description: 'Extra structured details of the event' },
		{ name: 'agent', type: 'json', readOnly: true, description: 'Who did it (object; supports the special filters agentEmail and agentIpAddress)' },
		{ name: 'changes', type: 'json', readOnly: true, description: 'List of changed fields' },
		{ name: 'eventName', type: 'string', readOnly: true, filter: true, sort: true, maxLength: 255, description: 'Name of the audited event' },
		{ name: 'globalId', type: 'string', readOnly: true, maxLength: 36, description: 'UUID of the log entry' },
		{ name: 'orgId', type: 'string', readOnly: true, maxLength: 36, description: 'UUID of the organization' },
		{ name: 'requestId', type: 'string', readOnly: true, filter: true, sort: true, maxLength: 36, description: 'UUID tying together entries caused by one request' },
		{ name: 'result', type: 'options', options: [{ value: 'completed' }, { value: 'pending' }, { value: 'failed' }], readOnly: true, filter: true, sort: true, description: 'Outcome of the action' },
		{ name: 'timestamp', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the action happened' },
	],
};
