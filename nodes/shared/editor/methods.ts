/** What the editor asks for while a person builds a flow: searched lists, mapper columns, choices. */
import {
	type ILoadOptionsFunctions,
	type INodeListSearchResult,
	type INodePropertyOptions,
	type INodeType,
	NodeApiError,
	NodeOperationError,
	type ResourceMapperFields,
} from 'n8n-workflow';

import { displayFields, displayLine } from '../run/display';
import { Lookup } from '../run/lookup';
import { checkable } from '../spec/connection';
import { clearable, idField, slotsOf } from '../spec/fields';
import { fieldOf, keyName } from '../spec/keys';
import { labelOf, nouns } from '../spec/labels';
import { firstTime } from '../spec/lists';
import { inParent, inScope, listed } from '../spec/place';
import type { FilterOperator, Query } from '../spec/query';
import type { Field, Resource } from '../spec/resource';
import type { Api } from '../wire/api';
import { Client } from '../wire/client';
import { apiOf, operationOf, resourceOf, type Vendor } from '../wire/vendor';
import { columns } from './columns';
import { searchMethod } from './locator';

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

/** A person waits for the answer, so that a used up rate limit is told instead of waited out. */
export const editorClient = (context: ILoadOptionsFunctions, api: Api): Client => new Client(context, api, { maxWait: 5_000 });

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
	/** Fields of the customer's organization, where lists can be filtered and sorted by them. */
	const ownFields = async (context: ILoadOptionsFunctions, resource: Resource): Promise<Field[]> => {
		const door = api(context, resource);
		if (!(door.supports.paths || resource.scope) || !vendor.customFields || !context.getNode().credentials?.[door.credential]) return [];
		return await vendor.customFields(editorClient(context, door), resource);
	};
	/** Those that can be asked for; any can where the vendor takes every property. */
	const ownFieldsFor = async (context: ILoadOptionsFunctions, resource: Resource, use: 'filter' | 'sort'): Promise<Field[]> => {
		const any = api(context, resource).supports.paths;
		return (await ownFields(context, resource)).filter((field) => any || field[use]);
	};
	/** Mapper columns of the customer's organization. Without the right to read their labels the plain names stay. */
	const ownColumns = async (context: ILoadOptionsFunctions, resource: Resource): Promise<Field[]> => {
		const door = api(context, resource);
		if (!vendor.customFields || !context.getNode().credentials?.[door.credential]) return slotsOf(resource);
		const [answer] = await Promise.allSettled([vendor.customFields(editorClient(context, door), resource)]);
		if (answer.status === 'fulfilled') return answer.value;
		const reason = answer.reason as Error;
		const refused = reason instanceof NodeApiError ? reason.httpCode === '403' : reason instanceof NodeOperationError;
		if (resource.customSlots && refused) return slotsOf(resource);
		throw reason instanceof NodeApiError ? reason : new NodeOperationError(context.getNode(), reason);
	};
	/** Records of an object of the customer's own are listed by their name, or else by their first text. */
	const shownBy = async (context: ILoadOptionsFunctions, resource: Resource): Promise<Resource> => {
		const fields = resource.scope ? await ownFields(context, resource) : [];
		const shown = fields.find((f) => f.name === 'name') ?? fields.find((f) => f.type === 'string' && !f.readOnly);
		return resource.scope ? { ...resource, list: shown && { name: [shown.name], ...(shown.sort ? { sort: shown.name } : {}) } } : resource;
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
			throw new NodeOperationError(context.getNode(), `Choose the ${nouns(around).one} first`, { description: 'The list depends on it. If you use an expression there, use another mode here.' });
		}
		if (!key) return listed(inParent(resource, value), true);
		const lookup = new Lookup(() => editorClient(context, api(context, around)));
		return listed(inParent(resource, api(context, around).id(await lookup.one(lookup.want(around, key, value), around.label))), true);
	};

	return {
		listSearch: {
			...Object.fromEntries(
				vendor.resources.map((resource) => [
					searchMethod(resource.name),
					async function (this: ILoadOptionsFunctions, filter?: string, page?: string) {
						const target = resource.scope && chosen(this).name === resource.name ? await shownBy(this, chosen(this)) : resource;
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
				const own = !operation.endpoint && (!operation.bulk || operation.bulk.fields);
				return { fields: columns(operation, own ? await ownColumns(this, resource) : []) };
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
				const custom = (await ownFieldsFor(this, resource, 'filter')).map((f) => ({ name: labelOf(f), value: f.name }));
				return sorted([...id, ...own.filter(({ value }) => value !== 'id'), ...related, ...custom]);
			},
			async getOperators(this: ILoadOptionsFunctions) {
				const resource = chosen(this);
				const path = String(this.getCurrentNodeParameter('&field') ?? '');
				const [first, second] = path.split('.');
				const relation = second === undefined ? undefined : (resource.relations ?? []).find((r) => r.name === first);
				const owner = relation ? vendor.resources.find((r) => r.name === relation.to[0]) : resource;
				const name = second ?? first;
				const own = resource.scope && !relation ? (await ownFields(this, resource)).find((f) => f.name === name) : undefined;
				const field = name === 'id' || !owner ? { name, type: 'integer' as const } : (own ?? fieldOf(owner, name));
				return api(this, resource)
					.operators(field)
					.map((value) => ({ name: OPERATORS[value], value }));
			},
			async getSortFields(this: ILoadOptionsFunctions) {
				const fields = [...chosen(this).fields.filter((f) => f.sort), ...(await ownFieldsFor(this, chosen(this), 'sort'))];
				return sorted(fields.map((f) => ({ name: labelOf(f), value: f.name })));
			},
			async getOnlyFields(this: ILoadOptionsFunctions) {
				const resource = chosen(this);
				const fields = [...resource.fields.filter((f) => !f.writeOnly && !f.filterOnly && f.type !== 'secret'), ...(await ownFields(this, resource))];
				return sorted([...fields, ...(resource.relations ?? []).filter((r) => r.include || !r.filterAs)].map((f) => ({ name: labelOf(f), value: f.name })));
			},
			async getIncludes(this: ILoadOptionsFunctions) {
				return sorted((chosen(this).relations ?? []).filter((r) => r.include).map((r) => ({ name: labelOf(r), value: r.name })));
			},
			async getLinks(this: ILoadOptionsFunctions) {
				return sorted(
					(chosen(this).relations ?? [])
						.filter((r) => !r.readOnly && !(r.createOnly && this.getCurrentNodeParameter('operation') === 'update'))
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
				return vendor.scopes ? sorted(await vendor.scopes(editorClient(this, api(this, chosen(this))))) : [];
			},
			async getCheckable(this: ILoadOptionsFunctions) {
				return sorted(checkable(vendor.resources, chosen(this).door).map((r) => ({ name: r.label, value: r.name })));
			},
			async getClearable(this: ILoadOptionsFunctions) {
				const resource = chosen(this);
				const own = resource.scope ? await ownFields(this, resource) : [];
				return sorted(clearable(resource, own).map((f) => ({ name: labelOf(f), value: f.name })));
			},
		},
	};
}

/** One page of a searched list. Vendors without a fitting search are read and filtered here. */
async function search(context: ILoadOptionsFunctions, api: Api, resource: Resource, filter?: string, page?: string): Promise<INodeListSearchResult> {
	const client = editorClient(context, api);
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
	const { body, call: sent } = await client.page(call, resource);
	const isNew = firstTime();
	const results = api
		.records(body, resource)
		.filter((record) => isNew(api.id(record)))
		.map((record) => ({ name: displayLine(client, resource, record), value: api.id(record) }))
		.filter(({ name }) => atVendor || name.toLowerCase().includes(text));
	const next = api.nextPage(sent, body, resource);
	return { results, ...(next ? { paginationToken: JSON.stringify(next) } : {}) };
}
