/** Fields of the spec as columns of the field mapper. */
import type { FieldType as ColumnType } from 'n8n-workflow';

import type { Column } from '../run/savedFields';
import { isRequired, writableFields } from '../spec/fields';
import { labelOf } from '../spec/labels';
import { matchKeys, type Operation } from '../spec/operation';
import type { Field } from '../spec/resource';

const COLUMN_TYPES: Record<Field['type'], ColumnType> = {
	string: 'string',
	text: 'string',
	email: 'string',
	url: 'string',
	secret: 'string',
	integer: 'number',
	number: 'number',
	boolean: 'boolean',
	date: 'dateTime',
	dateTime: 'dateTime',
	options: 'options',
	multiOptions: 'array',
	strings: 'array',
	json: 'object',
};

/**
 * Columns of the resource mapper for an operation. Required ones come first and cannot be removed, then the everyday ones
 * of the resource, then those that people look for. A fresh node shows required and everyday ones; n8n keeps what a saved node shows.
 */
export function columns(operation: Operation, custom: Field[] = []): Column[] {
	const shown = everydayOf(operation);
	const placeOf = (name: string) => (shown.includes(name) ? shown.indexOf(name) - shown.length : frequencyOf(name));
	return writableFields(operation, custom)
		.filter((field) => !operation.except?.includes(field.name))
		.map((field): Column => {
			const closed = ['options', 'integer'].includes(field.type) && !field.open && field.options !== undefined;
			// n8n takes nothing but JSON in a column of type array, and no list as an object. `coerce` takes both, and commas.
			const typed = ['strings', 'multiOptions', 'json'].includes(field.type);
			return {
				id: field.name,
				displayName: labelOf(field),
				required: isRequired(field, operation),
				defaultMatch: false,
				canBeUsedToMatch: false,
				display: true,
				removed: !isRequired(field, operation) && !shown.includes(field.name),
				type: (field.type === 'options' && !closed) || typed ? 'string' : closed ? 'options' : COLUMN_TYPES[field.type],
				...(closed ? { options: field.options!.map((o) => ({ name: labelOf(o), value: field.type === 'integer' ? Number(o.value) : o.value })) } : {}),
				...(custom.includes(field) ? { fieldType: field.type } : {}),
			};
		})
		.sort((a, b) => Number(b.required) - Number(a.required) || placeOf(a.id) - placeOf(b.id));
}

/** What people look for first, of any record; the others keep their order. */
const FIRST = ['primaryemail', 'primaryfirstname', 'primarylastname', 'firstname', 'lastname', 'name', 'email', 'emails', 'subject', 'title', 'username', 'company', 'domain', 'phonenumber', 'phonemobile', 'phonework', 'mobilephones', 'workphones', 'timezone'];

function frequencyOf(name: string): number {
	const place = FIRST.indexOf(name.toLowerCase().replaceAll('_', ''));
	return place < 0 ? FIRST.length : place;
}

/** The everyday fields of what an operation writes: one record, not many. The key of a Create or Update has a parameter of its own. */
function everydayOf(operation: Operation): string[] {
	const { resource, kind, endpoint, bulk, except = [] } = operation;
	const keys = kind === 'upsert' || kind === 'reconcile' ? matchKeys(operation).map(({ field }) => field) : [];
	return endpoint || bulk ? [] : (resource.everyday ?? []).filter((name) => !except.includes(name) && !keys.includes(name));
}
