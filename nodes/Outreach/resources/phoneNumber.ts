import type { Resource } from '../../shared/spec/resource';

/** One phone number of a prospect. https://developers.outreach.io/api/reference/tag/Phone-Number/ */
export const phoneNumber: Resource = {
	name: 'phoneNumber',
	label: 'Phone Number',
	path: '/phoneNumbers',
	description: 'One phone number of a prospect',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'integer',
	keys: [{ field: 'number' }],
	list: { name: ['number'], sort: 'number' },
	everyday: ['phoneType', 'extension'],
	fields: [
		{ name: 'countryCode', type: 'string', maxLength: 255, description: 'Country code letters' },
		{ name: 'createdAt', type: 'dateTime', readOnly: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'extension', type: 'string', maxLength: 255, description: 'Extension' },
		{ name: 'number', type: 'string', required: true, filter: true, sort: true, maxLength: 255, description: 'The number (E.164 advised)' },
		{ name: 'order', type: 'integer', filter: true, sort: true, description: 'Position in the prospect\'s list' },
		{ name: 'phoneType', type: 'options', options: [{ value: 'mobile' }, { value: 'work' }, { value: 'home' }, { value: 'voip' }, { value: 'other' }], filter: true, sort: true, description: 'Kind of number' },
		{ name: 'rawNumber', type: 'string', maxLength: 255, description: 'Number as entered' },
		{ name: 'status', type: 'string', filter: true, sort: true, maxLength: 255, description: 'Status of the number' },
		{ name: 'statusChangedAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Timestamp of the last status change' },
		{ name: 'updatedAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Last-change timestamp (ISO 8601, UTC); set by Outreach' },
	],
	relations: [
		{ name: 'prospect', to: ['prospect'], required: true, include: true, filterBy: ['id'], description: 'Linked prospect' },
	],
};
