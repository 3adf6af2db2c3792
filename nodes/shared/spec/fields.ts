/** Fields of an operation, and the values of a run checked against them. */
import type { IDataObject } from 'n8n-workflow';

import { similar } from './compare';
import { labelOf } from './labels';
import type { Operation } from './operation';
import type { ActionParameter, Field, Relation, Resource } from './resource';
import { BadInput, coerce, isAbsent } from './values';

/** Fields that an operation can send, in the order the mapper shows them. */
export function writableFields(operation: Operation, custom: Field[] = []): Field[] {
	const { endpoint, bulk } = operation;
	if (endpoint ?? (bulk && !bulk.fields)) {
		return ((endpoint ?? bulk)!.parameters ?? []).filter((p: ActionParameter) => p.reference === undefined);
	}
	const creating = operation.kind === 'create' || operation.kind === 'upsert' || operation.kind === 'recipe' || operation.kind === 'reconcile';
	return [...operation.resource.fields, ...custom].filter((f) => !f.readOnly && (creating || operation.kind === 'replace' || !f.createOnly));
}

/** The free fields of a resource under their plain names. */
export function slotsOf(resource: Resource): Field[] {
	return Array.from({ length: resource.customSlots ?? 0 }, (_, i) => ({ name: `custom${i + 1}`, type: 'string' as const }));
}

/** Fields and relations that can be emptied: those that can be written at any time and may be absent. */
export function clearable(resource: Resource, custom: Field[] = []): Array<Field | Relation> {
	const fields = [...resource.fields, ...custom].filter((f) => !f.readOnly && !f.createOnly && !f.required && f.type !== 'secret');
	return [...fields, ...(resource.relations ?? []).filter((r) => !r.readOnly && !r.createOnly && !r.required)];
}

/** The identifier, as something to filter by. */
export const idField = (resource: Resource): Field => ({ name: 'id', label: 'ID', type: resource.idType === 'integer' ? 'integer' : 'string' });

/** Only what makes a whole record, or an action, can insist on a value; everything else may find the record there. */
export function isRequired(field: Field, operation: Operation): boolean {
	const all = ['create', 'replace', 'action'].includes(operation.kind) || (operation.bulk !== undefined && !operation.bulk.fields);
	return (field.required ?? false) && all;
}

interface Writable {
	custom: Field[];
	byName: Map<string, Field>;
	byLabel: Map<string, Field>;
}

const writables = new WeakMap<Operation, Writable>();

/** Fields that an operation can send, for finding. Kept, since all items of a run ask for the same. */
function writableOf(operation: Operation, custom: Field[]): Writable {
	const kept = writables.get(operation);
	if (kept?.custom === custom) return kept;
	const byName = new Map(writableFields(operation, custom).map((f) => [f.name, f]));
	for (const slot of operation.endpoint ? [] : slotsOf(operation.resource)) if (!byName.has(slot.name)) byName.set(slot.name, slot);
	const made = { custom, byName, byLabel: new Map([...byName.values()].map((f) => [labelOf(f).toLowerCase(), f])) };
	writables.set(operation, made);
	return made;
}

/**
 * Checks the values of the mapper against the spec.
 * @param values by field name or label; absent ones are left out.
 * @param ignore which names may be there without being fields, such as the key of an upsert.
 * @throws BadInput for unknown, read-only or malformed fields.
 */
export function coerceFields(operation: Operation, values: IDataObject, custom: Field[] = [], ignore: (name: string) => boolean = () => false): IDataObject {
	const { byName, byLabel } = writableOf(operation, custom);
	const result: IDataObject = {};
	for (const [name, value] of Object.entries(values)) {
		const field = byName.get(name) ?? byLabel.get(name.toLowerCase());
		if (!field) {
			if (ignore(name)) continue;
			throw unknownField(operation.resource, name, [...byName.keys()]);
		}
		if (isAbsent(value)) continue;
		const checked = coerce(field, value);
		if (!field.spread) result[field.name] = checked;
		else if (typeof checked === 'object' && !Array.isArray(checked)) Object.assign(result, checked);
		else throw new BadInput(`${labelOf(field)} is not an object`, 'Enter names and values, such as {"nickName": "Ann"}.');
	}
	return result;
}

function unknownField(resource: Resource, name: string, known: string[]): BadInput {
	const readOnly = resource.fields.find((f) => f.name === name)?.readOnly;
	const near = similar(name, known);
	return new BadInput(
		readOnly
			? `"${name}" is read-only`
			: `${resource.label} has no field "${name}"${near.length ? `; similar: ${near.join(', ')}` : ''}`,
		'Remove it from the input, for example with an Edit Fields node, or turn on the option "Ignore Unknown Fields". With "Map Each Column Manually", map only the fields you want.',
	);
}

/** Whether a vendor never shows the values of a field: they are sent, and nothing can be said about them later. */
export const isHidden = ({ writeOnly, query, type }: Field): boolean => Boolean(writeOnly) || Boolean(query) || type === 'secret';
