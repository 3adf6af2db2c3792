/** Operations that write companies and end users, as they are offered. */
import type { Field, Input, Recipe } from '../../shared/spec/resource';

/** Field on the wire that holds the id of a linked record. */
export const LINKED: Record<string, string> = { company: 'company_id', status: 'status_id' };

/** The three ids by which Userlot finds a record, as parameters of Create or Update. */
export const IDS: Array<Field & { wire: string }> = [
	{ name: 'externalId', label: 'External ID', type: 'string', wire: 'external_id', description: 'ID in your own product. It finds the record, or a new record gets it. Enter at least one of the three IDs.' },
	{ name: 'sourceExternalId', label: 'Source External ID', type: 'string', wire: 'source_external_id', description: 'ID in another system, such as your CRM. It finds the record, or a new record gets it.' },
	{ name: 'userlotId', label: 'Userlot ID', type: 'string', wire: 'id', description: 'ID that Userlot gave the record' },
];

export const MORE: Field = { name: 'moreFields', label: 'More Fields (JSON)', type: 'json', description: 'More fields as an object. Use the attribute names from the Custom Field screen in Userlot.' };

export const ALLOW_NEW: Field = { name: 'allowWithoutId', label: 'Create Without ID', type: 'boolean', description: 'Whether to create a record if no ID is given. Every run creates it again.' };

interface Kind {
	one: string;
	path: string;
	/** Fields that can be emptied. */
	clearable: string[];
	/** A record that it points to. */
	link: Extract<Input, { kind: 'record' }>;
	/** Creating and updating are not documented. */
	inferred?: boolean;
}

/** Create or Update comes first, so that its IDs stand above what the others share with it. */
export function recipesFor({ one, path, clearable, link, inferred }: Kind): Recipe[] {
	const wire = LINKED[link.name];
	const options: Input[] = [{ kind: 'value', ...MORE, default: '{}' }];
	const clear: Input = { kind: 'value', name: 'clearFields', label: 'Clear Fields', type: 'multiOptions', options: clearable.map((value) => ({ value })), description: 'Fields to clear. They are sent as null. Userlot does not document the effect.' };
	const unsure = inferred ? '. Userlot does not document this request. If it fails, use Create or Update.' : '';
	const a = `${/^[aeiou]/.test(one) ? 'an' : 'a'} ${one}`;
	return [
		{
			name: 'upsert',
			label: 'Create or Update',
			action: `Create or update ${one}`,
			description: 'Create a new record, or update the current one if it already exists (upsert)',
			request: `PUT ${path}`,
			inputs: [...IDS.map((id): Input => ({ kind: 'value', ...id })), link, { kind: 'fields', except: [wire, ...IDS.map((id) => id.wire)] }],
			options: [...options, clear, { kind: 'value', ...ALLOW_NEW }],
			simplify: true,
		},
		{
			name: 'create',
			label: 'Create',
			action: `Create ${one}`,
			description: `Create a new ${one}${unsure}`,
			request: `POST ${path}`,
			inputs: [link, { kind: 'fields', except: [wire] }],
			options,
			simplify: true,
		},
		{
			name: 'update',
			label: 'Update',
			action: `Update ${one}`,
			description: `Change fields of ${a}${unsure}`,
			request: `PATCH ${path}/{id}`,
			record: true,
			inputs: [link, { kind: 'fields', except: [wire] }],
			options: [...options, clear],
			simplify: true,
		},
	];
}
