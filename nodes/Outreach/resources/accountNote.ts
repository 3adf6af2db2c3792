import type { Field, Resource } from '../../shared/spec/resource';

/** Fields of a note, whatever it is on. */
export const noteFields: Field[] = [
	{ name: 'createdAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
	{ name: 'message', type: 'text', required: true, maxLength: 65535, description: 'Body text of the note' },
	{ name: 'noteType', type: 'options', options: [{ value: 'note' }, { value: 'call' }, { value: 'coffee' }, { value: 'beer' }, { value: 'meeting' }], description: 'Kind of interaction the note records' },
	{ name: 'opportunityAssociationRule', type: 'options', options: [{ value: 'recent_created' }, { value: 'recent_updated' }], writeOnly: true, description: 'Write-only rule choosing which opportunity the note gets attached to' },
	{ name: 'pinned', type: 'boolean', description: 'Whether the note is pinned to the top' },
];

/** A note on an account. https://developers.outreach.io/api/reference/tag/Account-Note/ */
export const accountNote: Resource = {
	name: 'accountNote',
	label: 'Account Note',
	path: '/accountNotes',
	description: 'A note on an account',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'integer',
	list: { name: ['message'], sort: 'createdAt' },
	fields: noteFields,
	relations: [
		{ name: 'account', to: ['account'], required: true, include: true, filterBy: ['id'], description: 'Linked account' },
		{ name: 'creator', to: ['user'], readOnly: true, include: true, description: 'User (or step/stage) that created it' },
		{ name: 'opportunity', to: ['opportunity'], readOnly: true, description: 'Linked opportunity' },
	],
};
