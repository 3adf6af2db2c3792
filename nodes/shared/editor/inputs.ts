/** Parameters that operations ask for. */
import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { keyLabel, keyName } from '../spec/keys';
import { labelOf, nouns } from '../spec/labels';
import { grouped } from '../spec/lists';
import { matchKeys, type Operation } from '../spec/operation';
import type { Field, Input, NaturalKey, Resource } from '../spec/resource';
import { resourceOf, type Vendor } from '../wire/vendor';
import { displayFor } from './displayFor';
import { dropdown, dynamicDropdown } from './dropdown';
import { example, linkedLocator, locator } from './locator';

/** Which records a bulk change is about. Never all of them by accident: the vendor would take no choice for all. */
export const targetProperty: INodeProperties = {
	displayName: 'Records',
	name: 'target',
	type: 'options',
	options: [
		{ name: 'All Records', value: 'all', description: 'Every record of the organization' },
		{ name: 'From Input Items', value: 'items', description: 'One record per input item, all changed in one request' },
		{ name: 'Matching Filters', value: 'filter', description: 'All records that meet the filters' },
	],
	default: 'items',
	description: 'Which records to change',
};

/** The key of a Create or Update, and of the people of a list; operations with the same keys share the parameters. */
export function matchProperties(resource: Resource, operations: Operation[]): INodeProperties[] {
	const own = operations.filter((o) => o.resource === resource && matchKeys(o).length > 0 && ['upsert', 'reconcile'].includes(o.kind));
	return [...grouped(own, (o) => [matchKeys(o).map(keyName).join()]).values()].flatMap((same) => keyProperties(resource, matchKeys(same[0]), same.map(({ name }) => name)));
}

function keyProperties(resource: Resource, keys: NaturalKey[], operation: string[]): INodeProperties[] {
	const displayOptions = { show: { resource: [resource.name], operation } };
	const value = (key: NaturalKey, condition: IDisplayOptions): INodeProperties => ({
		displayName: keyLabel(resource, key),
		name: 'matchValue',
		type: 'string',
		default: '',
		required: true,
		displayOptions: condition,
		placeholder: key.type === 'email' ? 'e.g. nathan@example.com' : example(keyLabel(resource, key)),
		description: `Finds the ${nouns(resource).one}. It is updated if it exists and created if it does not.`,
	});
	if (keys.length === 1) return [value(keys[0], displayOptions)];
	return [
		dropdown('Match By', 'matchBy', keys.map((k) => ({ name: keyLabel(resource, k), value: keyName(k) })), keyName(keys[0]), {
			displayOptions,
			description: `The field that identifies the ${nouns(resource).one}`,
		}),
		...keys.map((key) => value(key, { show: { ...displayOptions.show, matchBy: [keyName(key)] } })),
	];
}

/** Parameters of their own that operations ask for; equal ones are shared. */
export function inputProperties(vendor: Vendor, operations: Operation[], wanted: (input: Input) => boolean = () => true): INodeProperties[] {
	const bySignature = new Map<string, { property: INodeProperties; users: Set<Operation> }>();
	for (const operation of operations) {
		for (const input of operation.inputs.filter(wanted)) {
			const property = inputProperty(vendor, input);
			if (!property) continue;
			const signature = JSON.stringify(property);
			const group = bySignature.get(signature) ?? { property, users: new Set() };
			group.users.add(operation);
			bySignature.set(signature, group);
		}
	}
	return [...bySignature.values()].flatMap(({ property, users }) =>
		displayFor(operations, (o) => users.has(o)).map((displayOptions) => ({ ...property, displayOptions })),
	);
}

/** Parameters of a whole run; some are shown with certain values of others only. */
export function settingProperties(vendor: Vendor, operations: Operation[]): INodeProperties[] {
	const entries = operations.flatMap((o) => (o.settings ?? []).map((setting) => ({ o, setting, property: inputProperty(vendor, setting)! })));
	return [...grouped(entries, ({ property, setting }) => [JSON.stringify([property, setting.when])]).values()].flatMap((same) =>
		displayFor(operations, (o) => same.some((entry) => entry.o === o)).map(({ show }) => ({ ...same[0].property, displayOptions: { show: { ...show, ...same[0].setting.when } } })),
	);
}

export function inputProperty(vendor: Vendor, input: Input): INodeProperties | undefined {
	switch (input.kind) {
		case 'record': {
			const resource = resourceOf(vendor, input.resource);
			if (!input.multiple) return locator(input.name, input.label, resource, input.required ?? false, input.description);
			return {
				displayName: input.label,
				name: input.name,
				type: 'fixedCollection',
				typeOptions: { multipleValues: true },
				placeholder: `Add ${resource.label}`,
				default: {},
				...(input.description ? { description: input.description } : {}),
				options: [{ displayName: resource.label, name: 'entry', values: [locator('record', resource.label, resource, true)] }],
			};
		}
		case 'binary':
			return {
				displayName: input.label,
				name: input.name,
				type: 'string',
				default: 'data',
				required: true,
				hint: 'The name of the input binary field containing the file to be uploaded',
				...(input.description ? { description: input.description } : {}),
			};
		case 'rows':
			return {
				displayName: input.label,
				name: input.name,
				type: 'fixedCollection',
				typeOptions: { multipleValues: true },
				placeholder: `Add ${input.row}`,
				default: {},
				...(input.description ? { description: input.description } : {}),
				options: [{ displayName: input.row, name: 'row', values: input.fields.map((field) => valueProperty(field)) }],
			};
		case 'value':
			return valueProperty(input, input.default, input.placeholder);
		default:
			return undefined;
	}
}

/** A field of the spec as a parameter of its own. */
export function valueProperty(field: Field, initial?: boolean | string | number | string[], placeholder?: string): INodeProperties {
	const base = {
		displayName: labelOf(field),
		name: field.name,
		...(field.description ? { description: field.description } : {}),
		...(field.required ? { required: true } : {}),
		...(placeholder ? { placeholder } : {}),
	};
	switch (field.type) {
		case 'boolean':
			return { ...base, type: 'boolean', default: initial ?? false };
		case 'integer':
		case 'number':
			return { ...base, type: 'number', default: initial ?? 0 };
		case 'date':
		case 'dateTime':
			return { ...base, type: 'dateTime', default: initial ?? '' };
		case 'options':
		case 'multiOptions':
			return {
				...base,
				type: field.type,
				options: (field.options ?? []).map((o): INodePropertyOptions => ({ name: labelOf(o), value: o.value, ...(o.description ? { description: o.description } : {}) })),
				default: initial ?? (field.type === 'options' ? field.options![0].value : []),
			};
		case 'json':
			return { ...base, type: 'json', default: initial ?? '' };
		default:
			return {
				...base,
				type: 'string',
				...(field.type === 'text' ? { typeOptions: { rows: 3 } } : field.type === 'secret' ? { typeOptions: { password: true } } : {}),
				default: initial ?? '',
				...(field.type === 'email' && !placeholder ? { placeholder: 'e.g. nathan@example.com' } : {}),
			};
	}
}

export const customFieldsProperty: INodeProperties = {
	displayName: 'Custom Fields',
	name: 'customFields',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Custom Field',
	default: {},
	description: 'Fields that your own site or organization has defined',
	options: [
		{
			displayName: 'Field',
			name: 'field',
			values: [
				{ displayName: 'Name', name: 'name', type: 'string', default: '', placeholder: 'e.g. memberLevel', description: 'Key of the field' },
				{ displayName: 'Value', name: 'value', type: 'string', default: '', description: 'What to store' },
			],
		},
	],
};

export const linksProperty: INodeProperties = {
	displayName: 'Linked Records',
	name: 'links',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Linked Record',
	default: {},
	description: 'Other records to link to this one, such as its owner',
	options: [
		{
			displayName: 'Link',
			name: 'link',
			values: [
				dynamicDropdown('Relation Name or ID', 'relation', 'getLinks', ['resource']),
				linkedLocator('searchLinked'),
			],
		},
	],
};
