/**
 * What each organization adds to Outreach: meanings of `custom1` to `custom150`, and objects of its own.
 * https://developers.outreach.io/api/common-patterns/ and https://developers.outreach.io/api/custom-objects/
 */
import type { IDataObject, INodePropertyOptions } from 'n8n-workflow';

import { labelOf } from '../../shared/spec/labels';
import type { Field, FieldType, Resource } from '../../shared/spec/resource';
import { asObject } from '../../shared/spec/values';
import type { Client } from '../../shared/wire/client';

/** Milliseconds for which the definitions of an organization are kept in the process. */
const KEPT_FOR = 5 * 60_000;

const cache = new Map<string, { until: number; body: Promise<unknown> }>();

/** A document about the organization, asked for once in a while. */
async function read(client: Client, path: string): Promise<IDataObject> {
	const key = `${client.credentialKey} ${path}`;
	const kept = cache.get(key);
	if (kept && kept.until > Date.now()) return asObject(await kept.body);
	const body = client.send({ method: 'GET', path, purpose: 'read the fields of the organization' }).then((answer) => answer.body);
	cache.set(key, { until: Date.now() + KEPT_FOR, body });
	body.catch(() => cache.delete(key));
	return asObject(await body);
}

/** Kinds of custom fields; all of them travel as text. */
const KINDS: Record<string, FieldType> = {
	boolean: 'boolean',
	currency: 'number',
	date: 'date',
	date_time: 'dateTime',
	inclusion: 'options',
	multi_inclusion: 'multiOptions',
	numerical: 'number',
	percentage: 'number',
};

/** Fields in use, under the labels, types and choices of the organization. */
export async function customFields(client: Client, resource: Resource): Promise<Field[]> {
	if (resource.scope) return resource.type ? await objectFields(client, resource.type) : [];
	// The definitions leave users out.
	if (!resource.customSlots || resource.name === 'user') return [];
	const { data } = await read(client, '/types');
	const type = (Array.isArray(data) ? data.map(asObject) : []).find((t) => String(t.type).toLowerCase() === resource.name.toLowerCase());
	return Object.entries(asObject(asObject(type?.meta).validations))
		.filter(([name]) => /^custom\d+$/.test(name))
		.map(([name, value]) => {
			const { type: kind, label, definition } = asObject(value);
			return { name, label: String(label || name), type: KINDS[String(kind)] ?? 'string', asText: true, ...choices(definition) };
		});
}

function choices(definition: unknown): Pick<Field, 'options' | 'open'> {
	const list = Array.isArray(definition) ? definition : undefined;
	return list ? { options: list.map((value) => ({ value: String(value), label: String(value) })) } : { open: true };
}

/** Definitions of custom objects: those whose links lead to `/customObjects/`. */
async function objects(client: Client): Promise<Array<[string, IDataObject]>> {
	const { definitions } = await read(client, '/schema.json');
	return Object.entries(asObject(definitions))
		.map(([name, definition]): [string, IDataObject] => [name, asObject(definition)])
		.filter(([, definition]) => JSON.stringify(definition.links ?? '').includes('/customObjects/'));
}

/** The organization's own objects, for the editor's list. */
export async function scopes(client: Client): Promise<INodePropertyOptions[]> {
	return (await objects(client)).map(([value]) => ({ name: labelOf({ value }), value }));
}

const SCHEMA_TYPES: Record<string, FieldType> = { boolean: 'boolean', integer: 'integer', number: 'number', array: 'strings', object: 'json' };
const SCHEMA_FORMATS: Record<string, FieldType> = { date: 'date', 'date-time': 'dateTime', integer: 'integer' };

/** Relations stand among the attributes; they refer to other definitions. */
const isRelation = (schema: IDataObject) => [schema, asObject(schema.items)].some(({ $ref, anyOf }) => $ref !== undefined || anyOf !== undefined);

async function objectFields(client: Client, name: string): Promise<Field[]> {
	const found = (await objects(client)).find(([key]) => key === name);
	if (!found) throw new Error(`The organization has no custom object "${name}"; choose the object again`);
	return Object.entries(asObject(found[1].definitions))
		.map(([field, value]): [string, IDataObject] => [field, asObject(value)])
		.filter(([, schema]) => schema.type !== undefined && schema.definitions === undefined && !isRelation(schema))
		.map(([field, schema]) => {
			const kind = [schema.type].flat().map(String).find((type) => type !== 'null') ?? 'string';
			return {
				name: field,
				type: SCHEMA_FORMATS[String(schema.format)] ?? SCHEMA_TYPES[kind] ?? 'string',
				...(schema.readOnly ? { readOnly: true } : {}),
				...(schema.filterable ? { filter: true } : {}),
				...(schema.sortable ? { sort: true } : {}),
			};
		});
}
