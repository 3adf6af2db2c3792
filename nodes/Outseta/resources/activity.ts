import type { Action, ActionParameter, Resource } from '../../shared/spec/resource';
import { ACTIVITY_TYPES, activityLabel } from './activityTypes';

const title: ActionParameter = { name: 'Title', type: 'string', in: 'body', required: true, maxLength: 250, description: 'Short text; it can start a drip campaign or a segment' };

const details: ActionParameter[] = [
	{ name: 'Description', type: 'text', in: 'body', description: 'Long text' },
	{ name: 'ActivityData', label: 'Data', type: 'text', in: 'body', description: 'Details, usually JSON' },
];

/** A custom activity on a record of this kind. */
export const addActivity = (kind: string, entityType: number): Action => ({
	name: 'addActivity',
	label: 'Add Activity',
	action: `Add activity to ${kind}`,
	description: `Write an event of your own into the activity log of the ${kind}`,
	method: 'POST',
	path: '/activities/customactivity',
	parameters: [title, ...details],
	fixed: { EntityType: entityType, EntityUid: '{id}' },
	output: { resource: 'activity' },
});

/** An entry of the activity log. */
export const activity: Resource = {
	name: 'activity',
	label: 'Activity',
	plural: 'activities',
	path: '/activities',
	description: 'An entry of the activity log',
	methods: ['getAll'],
	idType: 'string',
	list: { name: ['Title'] },
	notes: { getAll: 'Retrieve the activity log. Returns the last year unless you filter by time.' },
	fields: [
		{ name: 'Title', type: 'string', readOnly: true, filter: true, sort: true, description: 'Short text' },
		{ name: 'Description', type: 'text', readOnly: true, filter: true, sort: true, description: 'Long text' },
		{ name: 'ActivityData', label: 'Data', type: 'text', readOnly: true, filter: true, sort: true, description: 'Text (usually JSON) with details' },
		{ name: 'ActivityDateTime', label: 'Time', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When it happened' },
		{ name: 'ActivityType', label: 'Type', type: 'integer', options: ACTIVITY_TYPES.map((type) => ({ value: String(type.number), label: activityLabel(type) })), readOnly: true, filter: true, sort: true, description: 'Kind of event' },
		{ name: 'EntityType', label: 'Record Type', type: 'integer', options: [{ value: '0', label: 'None' }, { value: '1', label: 'Account' }, { value: '2', label: 'Person' }, { value: '3', label: 'Deal' }, { value: '4', label: 'Case' }, { value: '5', label: 'Invoice' }, { value: '6', label: 'Email Log' }, { value: '7', label: 'Plan' }, { value: '8', label: 'Discount Coupon' }, { value: '9', label: 'Add On' }, { value: '10', label: 'Task' }, { value: '11', label: 'Segment' }, { value: '12', label: 'Broadcast' }], readOnly: true, filter: true, sort: true, description: 'Kind of record' },
		{ name: 'EntityUid', label: 'Record UID', type: 'string', readOnly: true, filter: true, sort: true, description: 'UID of the record that it happened to' },
		{ name: 'Created', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was created (UTC)' },
		{ name: 'Updated', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was last changed (UTC)' },
	],
	actions: [
		{
			name: 'addCustom',
			label: 'Add Custom',
			action: 'Add custom activity',
			description: 'Add your own entry to the activity log of an account, person or deal',
			method: 'POST',
			path: '/activities/customactivity',
			parameters: [
				title,
				{ name: 'EntityType', label: 'Record Type', type: 'integer', in: 'body', options: [{ value: '1', label: 'Account' }, { value: '2', label: 'Person' }, { value: '3', label: 'Deal' }], required: true, description: 'Kind of record it belongs to' },
				{ name: 'EntityUid', label: 'Record UID', type: 'string', in: 'body', required: true, description: 'Record it belongs to' },
				...details,
			],
		},
	],
};
