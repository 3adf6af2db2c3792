/** What the editor asks for while a person builds a flow: searched lists, mapper columns, choices. */
import {
	NodeOperationError,
	type ILoadOptionsFunctions,
	type INodeListSearchResult,
	type INodePropertyOptions,
	type INodeType,
	type ResourceMapperFields,
} from 'n8n-workflow';

import type { Api } from './api';
import { columns, idField, slotsOf } from './fields';
import { displayFields, displayName, fieldOf, keyName, Lookup } from './lookup';
import { searchMethod } from './properties';
import { Client } from './request';
import { inParent, inScope, labelOf, listed, nouns, type Field, type FilterOperator, type Query, type Resource } from './spec';
import { apiOf, operationOf, resourceOf, type Vendor } from './vendor';

/** Records per page of a searched list. */
const LIST_SIZE = 50;

const OPERATORS: Record<FilterOperator, string> = {
	equals: 'Equals',
	notEquals: 'Does Not Equal',
	contains: 'Contains',
	startsWith: 'Starts With',
	endsWith: 'Ends With',
	oneOf: 'Is One of',
	between: 'Is Between',
	above: 'Is Above',
	atLeast: 'Is at Least',
	below: 'Is Below',
	atMost: 'Is at Most',
	empty: 'Is Empty',
	notEmpty: 'Is Not Empty',
};

/** The `methods` of a vendor's action node. */
export function methodsOf(vendor: Vendor): NonNullable<INodeType['methods']> {
	const chosen = (context: ILoadOptionsFunctions): Resource =>
		inScope(
			resourceOf(vendor, String(context.getCurrentNodeParameter('resource') ?? vendor.resources[0].name)),
			String(context.getCurrentNodeParameter('scope') ?? ''),
		);
	const api = (context: ILoadOptionsFunctions, resource: Resource) =>
		apiOf(vendor, resource, context.getCurrentNodeParameter('authentication') as string | undefined);
	const exists = (name: string) => vendor.resources.some((r) => r.name === name);
	/** Fields of the customer's organisation, where lists can be filtered and sorted by any property. */
	const ownFields = async (context: ILoadOptionsFunctions, resource: Resource): Promise<Field[]> => {
		const door = api(context, resource);
		if (!door.supports.paths || !vendor.customFields || !context.getNode().credentials?.[door.credential]) return [];
		return await vendor.customFields(new Client(context, door), resource);
	};
	const sorted = (options: INodePropertyOptions[]) => options.sort((a, b) => a.name.localeCompare(b.name));

	/** The resource inside the record that the node's parent locator points to. */
	const insideParent = async (context: ILoadOptionsFunctions, resource: Resource): Promise<Resource> => {
		if (!resource.parent) return listed(resource, true);
		const locator = (context.getCurrentNodeParameter('parent') ?? {}) as { mode?: string; value?: unknown };
		const value = String(locator.value ?? '').trim();
		const around = resourceOf(vendor, resource.parent.resource);
		const key = (around.keys ?? []).find((k) => keyName(k) === locator.mode);
		if (value === '' || value.startsWith('=')) {
			if (!listed(resource, true).path.includes('{parent}')) return resource;
			throw new NodeOperationError(context.getNode(), `Choose the ${nouns(around).one} first`, { description: 'The list depends on it. With an expression there, use another mode here.' });
		}
		if (!key) return listed(inParent(resource, value), true);
		const lookup = new Lookup(() => new Client(context, api(context, around)));
		return listed(inParent(resource, api(context, around).id(await lookup.one(lookup.want(around, key, value), around.label))), true);
	};

	return {
		listSearch: {
			...Object.fromEntries(
				vendor.resources.map((resource) => [
					searchMethod(resource.name),
					async function (this: ILoadOptionsFunctions, filter?: string, page?: string) {
						const target = resource.scope && chosen(this).name === resource.name ? chosen(this) : resource;
						return await search(this, api(this, target), await insideParent(this, target), filter, page);
					},
				]),
			),
			async searchLinked(this: ILoadOptionsFunctions, filter?: string, page?: string) {
				const [name, target] = String(this.getCurrentNodeParameter('&relation') ?? '').split(':');
				const relation = (chosen(this).relations ?? []).find((r) => r.name === name);
				if (!relation) return { results: [] };
				const linked = resourceOf(vendor, target ?? relation.to[0]);
				return await search(this, api(this, linked), await insideParent(this, linked), filter, page);
			},
		},

		resourceMapping: {
			async getFields(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
				const resource = chosen(this);
				const operation = operationOf(vendor, resource.name, String(this.getCurrentNodeParameter('operation')), String(this.getCurrentNodeParameter('scope') ?? ''));
				const connected = this.getNode().credentials?.[api(this, resource).credential];
				const own = !operation.endpoint && (!operation.bulk || operation.bulk.fields);
				const custom = !own ? [] : connected && vendor.customFields ? await vendor.customFields(new Client(this, api(this, resource)), resource) : slotsOf(resource);
				return { fields: columns(operation, custom) };
			},
		},

		loadOptions: {
			async getFilterFields(this: ILoadOptionsFunctions) {
				const resource = chosen(this);
				const own = resource.fields.filter((f) => f.filter).map((f) => ({ name: labelOf(f), value: f.name }));
				const related = (resource.relations ?? []).flatMap((relation) =>
					(relation.filterBy ?? [])
						.filter((attribute) => attribute !== 'id')
						.map((attribute) => ({ name: `${labelOf(relation)}: ${labelOf({ name: attribute })}`, value: `${relation.name}.${attribute}` })),
				);
				const id = api(this, resource).operators(idField(resource)).length > 0 ? [{ name: 'ID', value: 'id' }] : [];
				const custom = (await ownFields(this, resource)).map((f) => ({ name: labelOf(f), value: f.name }));
				return sorted([...id, ...own.filter(({ value }) => value !== 'id'), ...related, ...custom]);
			},
			async getOperators(this: ILoadOptionsFunctions) {
				const resource = chosen(this);
				const path = String(this.getCurrentNodeParameter('&field') ?? '');
				const [first, second] = path.split('.');
				const relation = second === undefined ? undefined : (resource.relations ?? []).find((r) => r.name === first);
				const owner = relation ? vendor.resources.find((r) => r.name === relation.to[0]) : resource;
				const name = second ?? first;
				const field = name === 'id' || !owner ? { name, type: 'integer' as const } : fieldOf(owner, name);
				return api(this, resource)
					.operators(field)
					.map((value) => ({ name: OPERATORS[value], value }));
			},
			async getSortFields(this: ILoadOptionsFunctions) {
				const fields = [...chosen(this).fields.filter((f) => f.sort), ...(await ownFields(this, chosen(this)))];
				return sorted(fields.map((f) => ({ name: labelOf(f), value: f.name })));
			},
			async getOnlyFields(this: ILoadOptionsFunctions) {
				const resource = chosen(this);
				const fields = [...resource.fields.filter((f) => !f.writeOnly && !f.filterOnly && f.type !== 'secret'), ...(await ownFields(this, resource))];
				return sorted([...fields, ...(resource.relations ?? []).filter((r) => !r.filterAs)].map((f) => ({ name: labelOf(f), value: f.name })));
			},
			async getIncludes(this: ILoadOptionsFunctions) {
				return sorted((chosen(this).relations ?? []).filter((r) => r.include).map((r) => ({ name: labelOf(r), value: r.name })));
			},
			async getLinks(this: ILoadOptionsFunctions) {
				return sorted(
					(chosen(this).relations ?? [])
						.filter((r) => !r.readOnly)
						.flatMap((r) =>
							r.to.filter(exists).map((target) => ({
								name: r.to.length > 1 ? `${labelOf(r)} (${labelOf({ name: target })})` : labelOf(r),
								value: r.to.length > 1 ? `${r.name}:${target}` : r.name,
							})),
						),
				);
			},
			async getFilterRelations(this: ILoadOptionsFunctions) {
				return sorted((chosen(this).relations ?? []).filter((r) => r.filterBy?.includes('id') && exists(r.to[0])).map((r) => ({ name: labelOf(r), value: r.name })));
			},
			async getScopes(this: ILoadOptionsFunctions) {
				return vendor.scopes ? sorted(await vendor.scopes(new Client(this, api(this, chosen(this))))) : [];
			},
			async getClearable(this: ILoadOptionsFunctions) {
				const resource = chosen(this);
				const fields = resource.fields.filter((f) => !f.readOnly && !f.createOnly && !f.required && f.type !== 'secret');
				const relations = (resource.relations ?? []).filter((r) => !r.readOnly && !r.required);
				return sorted([...fields, ...relations].map((f) => ({ name: labelOf(f), value: f.name })));
			},
		},
	};
}

/** One page of a searched list. Vendors without a fitting search are read and filtered here. */
async function search(context: ILoadOptionsFunctions, api: Api, resource: Resource, filter?: string, page?: string): Promise<INodeListSearchResult> {
	const client = new Client(context, api);
	const text = filter?.trim().toLowerCase() ?? '';
	const atVendor = text !== '' && (api.supports.search?.(resource) ?? false);
	const query: Query = {
		conditions: [],
		...(atVendor ? { search: filter!.trim() } : {}),
		...(resource.list?.sort && !atVendor ? { sort: [{ field: resource.list.sort, descending: false }] } : {}),
		...(api.supports.only ? { only: displayFields(resource) } : {}),
	};
	// Read page by page; a search that the vendor does not know needs the largest pages.
	const size = text !== '' && !atVendor ? (resource.pageSize ?? api.pageSize) : LIST_SIZE;
	const call = page
		? (JSON.parse(page) as Parameters<Client['send']>[0])
		: { method: 'GET' as const, path: resource.path, query: api.listQuery(resource, query, size), purpose: `list ${nouns(resource).many}` };
	const { body } = await client.send(call);
	const results = api
		.records(body, resource)
		.map((record) => {
			const detail = resource.list?.detail ? api.value(record, resource.list.detail) : undefined;
			const first = Array.isArray(detail) ? detail[0] : detail;
			const name = displayName(client, resource, record);
			return { name: first && String(first) !== name ? `${name} (${String(first)})` : name, value: api.id(record) };
		})
		.filter(({ name }) => atVendor || name.toLowerCase().includes(text));
	const next = api.nextPage(call, body, resource);
	return { results, ...(next ? { paginationToken: JSON.stringify(next) } : {}) };
}

