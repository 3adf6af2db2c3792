/** Outseta as a whole. */
import type { Vendor } from '../shared/wire/vendor';
import { resources } from './resources';
import { outsetaApi } from './wire/api';
import { customFields } from './wire/customFields';

export const outseta: Vendor = {
	name: 'outseta',
	label: 'Outseta',
	api: outsetaApi,
	resources,
	customFields,
	listOptions: [
		{
			name: 'moreFilters',
			label: 'More Filters',
			type: 'string',
			description: 'More filters as the API expects them, such as PersonAccount.Person.Email=jane*&amp;Created__gte=2026-01-01. You can use any property, including those of related records.',
		},
	],
	writeOptions: [
		{ name: 'doNotLog', label: 'Do Not Log', type: 'boolean', description: 'Whether to leave the change out of the activity log, and therefore out of notifications and polling triggers' },
	],
};
