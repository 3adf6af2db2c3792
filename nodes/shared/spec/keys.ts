/** Natural keys: their names, labels and fields. */
import { labelOf } from './labels';
import type { Field, NaturalKey, Resource } from './resource';

/** Name of a locator mode or parameter for a key. */
export const keyName = (key: NaturalKey) => key.name ?? key.field;

/** What a person reads for a key. */
export function keyLabel(resource: Resource, key: NaturalKey): string {
	return key.label ?? labelOf(fieldOf(resource, key.field));
}

export function fieldOf(resource: Resource, name: string): Field {
	return resource.fields.find((f) => f.name === name) ?? { name, type: 'string' };
}

/** The key by which records are asked for by id. */
export const ID: NaturalKey = { field: 'id', label: 'ID' };

/** The form under which two values of a key are one. */
export const foldKey = ({ exact }: NaturalKey, value: unknown): string => (exact ? String(value).trim() : String(value).trim().toLowerCase());
