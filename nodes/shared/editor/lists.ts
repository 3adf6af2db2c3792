/** Filters, sorting and Simplify of lists. */
import type { INodeProperties } from 'n8n-workflow';

import type { Vendor } from '../wire/vendor';
import { dynamicDropdown } from './dropdown';
import { linkedLocator } from './locator';

/** Records come flat, or as the vendor sent them. */
export const simplifyProperty: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

const asksMoreThanEquals = (vendor: Vendor) =>
	(['string', 'integer', 'dateTime', 'boolean'] as const).some((type) => vendor.api.operators({ name: type, type }).length > 1);

/** What a field is compared with. Without a choice of operators nothing may depend on one: n8n 1.123 would find no order of the parameters. */
function valueProperties(operators: boolean): INodeProperties[] {
	const value: INodeProperties = { displayName: 'Value', name: 'value', type: 'string', default: '' };
	if (!operators) return [value];
	return [
		dynamicDropdown('Operator Name or ID', 'operator', 'getOperators', ['&field'], 'equals'),
		{
			...value,
			displayOptions: { hide: { operator: ['empty', 'notEmpty'] } },
			description: 'For "Is One of", several values with commas between them',
		},
		{
			displayName: 'And',
			name: 'until',
			type: 'string',
			default: '',
			displayOptions: { show: { operator: ['between'] } },
			description: 'End of the range, inclusive',
		},
	];
}

export function filtersProperty(vendor: Vendor): INodeProperties {
	const related = vendor.resources.some((r) => (r.relations ?? []).some((rel) => rel.filterBy?.includes('id')));
	return {
		displayName: 'Filters',
		name: 'filters',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Filter',
		default: {},
		description: 'Conditions that a record must meet. All of them apply.',
		options: [
			{
				displayName: 'Condition',
				name: 'condition',
				values: [
					dynamicDropdown('Field Name or ID', 'field', 'getFilterFields', ['resource']),
					...valueProperties(asksMoreThanEquals(vendor)),
				],
			},
			...(related
				? [
						{
							displayName: 'Related Record',
							name: 'related',
							values: [
								dynamicDropdown('Relation Name or ID', 'relation', 'getFilterRelations', ['resource']),
								linkedLocator('searchLinked'),
							],
						},
					]
				: []),
		],
	};
}

/** Which people a list speaks for: filters under another name. */
export const scopeProperty = (vendor: Vendor): INodeProperties => ({
	...filtersProperty(vendor),
	displayName: 'Scope',
	description: 'Conditions for the people whom the list speaks for. All of them apply. Nobody else is retired or reported. If empty, it speaks for everybody.',
});

export const sortProperty: INodeProperties = {
	displayName: 'Sort',
	name: 'sort',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Sort Field',
	default: {},
	description: 'How to sort the results. The first field comes first.',
	options: [
		{
			displayName: 'Sort By',
			name: 'by',
			values: [
				dynamicDropdown('Field Name or ID', 'field', 'getSortFields', ['resource']),
				{
					displayName: 'Direction',
					name: 'direction',
					type: 'options',
					options: [
						{ name: 'Ascending', value: 'asc' },
						{ name: 'Descending', value: 'desc' },
					],
					default: 'asc',
				},
			],
		},
	],
};
