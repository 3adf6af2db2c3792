/** The Options collection. */
import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

import { isCheck } from '../spec/connection';
import { asksForDryRun, type Operation, upsertKeys } from '../spec/operation';
import { listed } from '../spec/place';
import { apiOf, type Vendor } from '../wire/vendor';
import { displayFor } from './displayFor';
import { byName, choicesProperty } from './dropdown';
import { inputProperties, inputProperty, valueProperty } from './inputs';

/** The Options collection of all operations; each entry shows where it applies. */
export function optionsProperty(vendor: Vendor, operations: Operation[]): INodeProperties {
	const inside = (displayOptions: IDisplayOptions): IDisplayOptions => ({
		show: { '/resource': displayOptions.show!.resource, '/operation': displayOptions.show!.operation },
	});
	const shown = (property: INodeProperties, wanted: (o: Operation) => boolean): INodeProperties[] =>
		displayFor(operations, wanted).map((d) => ({ ...property, displayOptions: inside(d) }));
	const supports = (o: Operation) => apiOf(vendor, o.resource).supports;
	const reads = (o: Operation) => o.kind === 'get' || o.kind === 'getAll';
	const entries: INodeProperties[] = [
		...shown(
			{ displayName: 'Count Only', name: 'countOnly', type: 'boolean', default: false, description: 'Whether to return only the number of matching records' },
			(o) => o.kind === 'getAll' && apiOf(vendor, o.resource).count !== undefined && !listed(o.resource).rows,
		),
		...shown(
			{ displayName: 'Raw Custom Field Names', name: 'rawCustomFields', type: 'boolean', default: false, description: 'Whether to keep names such as custom12 instead of your labels of your organization' },
			(o) => o.simplify && (o.resource.customSlots ?? 0) > 5,
		),
		...shown(choicesProperty('Clear Field Names or IDs', 'clearFields', 'getClearable'), (o) => (supports(o).clear ?? false) && (o.kind === 'update' || o.kind === 'upsert')),
		...shown(
			{ displayName: 'Custom Fields (JSON)', name: 'customFieldsJson', type: 'json', default: '{}', description: 'Custom fields as an object. Use this for values that are not text.' },
			(o) => o.fields && !o.endpoint && (o.resource.openFields ?? false),
		),
		...shown(
			{ displayName: 'Dry Run', name: 'dryRun', type: 'boolean', default: true, description: 'Whether to only report what would be changed. Nothing is written.' },
			(o) => o.writes && !asksForDryRun(o),
		),
		...shown(choicesProperty('Fields to Return Names or IDs', 'onlyFields', 'getOnlyFields'), (o) => (supports(o).only ?? false) && reads(o) && !listed(o.resource).rows),
		...shown(
			{ displayName: 'Ignore Unknown Fields', name: 'ignoreUnknown', type: 'boolean', default: false, description: 'Whether to skip input values that match no field when fields are mapped automatically' },
			(o) => o.fields,
		),
		...shown(choicesProperty('Include Names or IDs', 'include', 'getIncludes'), (o) => (supports(o).include ?? false) && reads(o) && (o.resource.relations ?? []).some((r) => r.include)),
		...shown(
			{
				displayName: 'Remove Own Second Record',
				name: 'removeSecond',
				type: 'boolean',
				default: false,
				description: 'Whether to delete a record that was just created if another execution created one with the same key at the same time. The node then updates the other one. A record that something points to stays.',
			},
			(o) => o.kind === 'upsert' && o.resource.methods.includes('delete') && !upsertKeys(o.resource).every(({ unique }) => unique),
		),
		...shown(
			{ displayName: 'Search', name: 'search', type: 'string', default: '', description: 'Return only records in which a word starts with this text' },
			(o) => o.kind === 'getAll' && (supports(o).search?.(o.resource) ?? false),
		),
		...shown(choicesProperty('Resources to Check Names or IDs', 'resources', 'getCheckable'), (o) => isCheck(o.resource, o.name)),
		...(vendor.listOptions ?? []).flatMap((field) => shown(valueProperty(field), (o) => o.kind === 'getAll' && !o.resource.door && !listed(o.resource).rows)),
		...(vendor.writeOptions ?? []).flatMap((field) => shown(valueProperty(field), (o) => o.writes)),
		...(vendor.bulkOptions ?? []).flatMap((input) => shown(inputProperty(vendor, input)!, (o) => o.kind === 'bulk')),
		...inputOptions(vendor, operations, inside),
		{
			displayName: 'Max Wait for Rate Limit (Minutes)',
			name: 'maxWait',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 60,
			description: 'How long a request can wait for the rate limit before it fails',
		},
		{
			displayName: 'Parallel Requests',
			name: 'parallel',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 50 },
			default: 5,
			description: 'How many items to process at the same time. Without this option, the node starts with 5, goes up to 50 while the vendor stays as fast, and goes down when the vendor gets slow or refuses requests.',
		},
	];
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: byName(entries),
	};
}

/** Options of a trigger that follows a list by its times: those of Get Many, and how it is followed. */
export function followingOptions(vendor: Vendor): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: byName([
			choicesProperty('Fields to Return Names or IDs', 'onlyFields', 'getOnlyFields'),
			choicesProperty('Include Names or IDs', 'include', 'getIncludes'),
			...(vendor.listOptions ?? []).map((field) => valueProperty(field)),
			{
				displayName: 'Max Records per Poll',
				name: 'most',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 20000 },
				default: 5000,
				description: 'The poll stops after the page that reaches this number. The next poll continues from there.',
			},
			{
				displayName: 'Overlap (Minutes)',
				name: 'overlap',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 5,
				description: 'How far before the newest known change to check again for changes that appear late. Known changes are not repeated.',
			},
			{
				displayName: 'Start From',
				name: 'startFrom',
				type: 'dateTime',
				default: '',
				description: 'When you publish the workflow for the first time, start with changes from this time instead of from now',
			},
		]),
	};
}

function inputOptions(vendor: Vendor, operations: Operation[], inside: (d: IDisplayOptions) => IDisplayOptions): INodeProperties[] {
	const moved = operations.map((o) => ({ ...o, inputs: o.options }));
	return inputProperties(vendor, moved).map((p) => ({ ...p, displayOptions: inside(p.displayOptions!) }));
}
