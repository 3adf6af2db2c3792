/** Fields that only the customer's organization knows, as the editor saved them with the node. */
import type { ResourceMapperField } from 'n8n-workflow';

import type { Field, Resource } from '../spec/resource';

/** A column that the editor keeps with the node, with the type of its field: n8n's own types say less. */
export type Column = ResourceMapperField & { fieldType?: Field['type'] };

/** Fields beyond the spec that the editor stored with the mapper, so that a run need not ask for them again. */
export function savedCustomFields(schema: unknown, resource: Resource): Field[] {
	const known = new Set(resource.fields.map((f) => f.name));
	const types: Partial<Record<string, Field['type']>> = { number: 'number', boolean: 'boolean', dateTime: 'dateTime', array: 'strings', object: 'json' };
	return (Array.isArray(schema) ? (schema as Column[]) : [])
		.filter((column) => !known.has(column.id))
		.map((column) => ({
			name: column.id,
			label: column.displayName,
			type: column.fieldType ?? types[column.type ?? ''] ?? 'string',
			...(resource.customSlots ? { asText: true } : {}),
		}));
}
