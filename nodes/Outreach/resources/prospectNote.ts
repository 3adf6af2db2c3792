import type { Resource } from '../../shared/spec/resource';
import { noteFields } from './accountNote';

/** A note on a prospect. https://developers.outreach.io/api/reference/tag/Prospect-Note/ */
export const prospectNote: Resource = {
	name: 'prospectNote',
	label: 'Prospect Note',
	path: '/prospectNotes',
	description: 'A note on a prospect',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'integer',
	list: { name: ['message'], sort: 'createdAt' },
	fields: noteFields,
	relations: [
		{ name: 'creator', to: ['user'], readOnly: true, include: true, description: 'User (or step/stage) that created it' },
		{ name: 'opportunity', to: ['opportunity'], readOnly: true, description: 'Linked opportunity' },
		{ name: 'prospect', to: ['prospect'], required: true, include: true, filterBy: ['id'], description: 'Linked prospect' },
	],
};
