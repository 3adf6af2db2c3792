/** Spec to node properties: dropdowns, locators, the field mapper, filters and options. */
import type { INodeProperties } from 'n8n-workflow';

import { actionText } from '../spec/caution';
import { nouns } from '../spec/labels';
import { type Operation, operationsOf, takesLinks } from '../spec/operation';
import { listed } from '../spec/place';
import type { Resource } from '../spec/resource';
import type { Vendor } from '../wire/vendor';
import { displayFor } from './displayFor';
import { byName, dropdown, dynamicDropdown, loginProperty } from './dropdown';
import { customFieldsProperty, inputProperties, linksProperty, matchProperties, settingProperties, targetProperty } from './inputs';
import { filtersProperty, scopeProperty, simplifyProperty, sortProperty } from './lists';
import { locator } from './locator';
import { optionsProperty } from './options';

/** Everything below the credential of a vendor's action node. */
export function propertiesOf(vendor: Vendor): INodeProperties[] {
	const operations = vendor.resources.flatMap(operationsOf);
	const show = (wanted: (operation: Operation) => boolean) => displayFor(operations, wanted);

	/** A property for each group of (resource, operation) pairs that dropdowns can address. */
	const shown = (property: INodeProperties, wanted: (operation: Operation) => boolean): INodeProperties[] =>
		show(wanted).map((displayOptions) => ({ ...property, displayOptions }));

	const perResource = (make: (resource: Resource) => INodeProperties[]) => vendor.resources.flatMap(make);

	return [
		...(vendor.logins ? [loginProperty(vendor)] : []),
		dropdown('Resource', 'resource', byName(vendor.resources.map((r) => ({ name: r.label, value: r.name }))), vendor.resources[0].name, {
			noDataExpression: true,
		}),
		...perResource((resource) => [operationProperty(resource)]),
		...perResource((resource) =>
			resource.scope
				? [
						{
							...dynamicDropdown(`${resource.scope.label} Name or ID`, 'scope', 'getScopes', ['resource']),
							noDataExpression: true,
							required: true,
							displayOptions: { show: { resource: [resource.name] } },
						},
					]
				: [],
		),
		...inputProperties(vendor, operations, (input) => input.kind === 'record' && input.name === 'parent'),
		...perResource((resource) =>
			shown(locator('record', resource.label, resource, true, `The ${nouns(resource).one} to work on`), (o) => o.resource === resource && o.record),
		),
		...perResource((resource) => matchProperties(resource, operations)),
		...shown(targetProperty, (o) => o.kind === 'bulk'),
		...perResource((resource) =>
			shown(locator('record', resource.label, resource, true, `The ${nouns(resource).one} to change. Records of all input items are changed together.`), (o) => o.resource === resource && o.kind === 'bulk').map(
				(p) => ({ ...p, displayOptions: { show: { ...p.displayOptions!.show, target: ['items'] } } }),
			),
		),
		...inputProperties(vendor, operations, (input) => input.kind !== 'record' || input.name !== 'parent'),
		...shown(
			{
				displayName: 'Fields',
				name: 'fields',
				type: 'resourceMapper',
				noDataExpression: true,
				default: { mappingMode: 'defineBelow', value: null },
				required: true,
				typeOptions: {
					loadOptionsDependsOn: ['resource', 'operation'],
					resourceMapper: {
						resourceMapperMethod: 'getFields',
						mode: 'add',
						fieldWords: { singular: 'field', plural: 'fields' },
						supportAutoMap: true,
						noFieldsError: 'This operation takes no fields',
					},
				},
			},
			(o) => o.fields,
		),
		...shown(customFieldsProperty, (o) => o.fields && !o.endpoint && (o.resource.openFields ?? false)),
		...shown(linksProperty, takesLinks),
		...shown(
			{
				displayName: 'Return All',
				name: 'returnAll',
				type: 'boolean',
				default: false,
				description: 'Whether to return all results or only up to a given limit',
			},
			(o) => o.many,
		),
		...shown(
			{
				displayName: 'Limit',
				name: 'limit',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 50,
				description: 'Max number of results to return',
			},
			(o) => o.many,
		).map((p) => ({ ...p, displayOptions: { show: { ...p.displayOptions!.show, returnAll: [false] } } })),
		...shown(filtersProperty(vendor), (o) => o.kind === 'getAll' && !listed(o.resource).rows),
		...shown(filtersProperty(vendor), (o) => o.kind === 'bulk').map((p) => ({
			...p,
			displayOptions: { show: { ...p.displayOptions!.show, target: ['filter'] } },
		})),
		...shown(scopeProperty(vendor), (o) => o.kind === 'reconcile' && canBeScoped(vendor, o)),
		...settingProperties(vendor, operations),
		...shown(sortProperty, (o) => o.kind === 'getAll' && !listed(o.resource).rows && (o.resource.openFields || o.resource.fields.some((f) => f.sort))),
		...shown(simplifyProperty, (o) => o.simplify),
		optionsProperty(vendor, operations),
	];
}

/** People can be filtered by more than the key that finds one of them. */
const canBeScoped = (vendor: Vendor, { resource }: Operation) => !resource.rows && !resource.door && vendor.api.operators({ name: 'x', type: 'string' }).length > 0;

function operationProperty(resource: Resource): INodeProperties {
	const operations = operationsOf(resource);
	return dropdown(
		'Operation',
		'operation',
		operations.map((o) => ({ name: o.label, value: o.name, action: actionText(o), description: o.description })),
		operations.some((o) => o.kind === 'getAll') ? 'getAll' : operations[0].name,
		{ noDataExpression: true, displayOptions: { show: { resource: [resource.name] } } },
	);
}
