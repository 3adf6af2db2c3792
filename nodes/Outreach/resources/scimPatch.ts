/** The SCIM operation Patch, as it is offered. */
import type { Field, Input } from '../../shared/spec/resource';

export const ROW: Field[] = [
	{
		name: 'op',
		label: 'Operation',
		type: 'options',
		options: [
			{ value: 'add', description: 'Set an attribute, or add to a list' },
			{ value: 'remove', description: 'Clear an attribute, or remove from a list' },
			{ value: 'replace', description: 'Set an attribute, whatever its value was' },
		],
	},
	{ name: 'path', type: 'string', description: 'Attribute to change, such as active, name.givenName or members[value eq "17"]. Empty when the value is an object of attributes.' },
	{
		name: 'kind',
		label: 'Value Is',
		type: 'options',
		options: [
			{ value: 'text', description: 'Sent as it stands' },
			{ value: 'json', label: 'JSON', description: 'For example true, 17, ["a"] or {"givenName": "Ann"}' },
		],
	},
	{ name: 'value', type: 'text', description: 'New value. Leave empty to remove.' },
];

export const PATCH: Input = {
	kind: 'rows',
	name: 'patch',
	label: 'Operations',
	row: 'Operation',
	fields: ROW,
	description: 'Changes in the order in which Outreach applies them. It applies all or none.',
};
