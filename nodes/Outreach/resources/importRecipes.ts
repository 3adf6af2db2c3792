/** Operations that import records, as they are offered. */
import type { Choice, Field, Input, Recipe } from '../../shared/spec/resource';
import { waitOption } from './bulkOptions';

const EXISTING: Choice[] = [
	{ value: 'missing', label: 'Fill Empty Fields', description: 'Fill only empty fields. New records are created.' },
	{ value: 'skip', label: 'Leave Unchanged', description: 'Create only new records' },
	{ value: 'overwrite', description: 'Change all given fields. New records are created.' },
];

const CREATE_NONE: Choice = { value: 'overwriteNoCreate', label: 'Overwrite, Create None', description: 'Change all given fields. Records that do not exist count as failures.' };

const existingInput = (options: Choice[], initial: string): Input => ({
	kind: 'value',
	name: 'dupeMethod',
	label: 'If Record Exists',
	type: 'options',
	options,
	default: initial,
	description: 'What to do if a record already exists',
});

const fileNameOption: Input = {
	kind: 'value',
	name: 'fileName',
	type: 'string',
	description: 'Name for the import data in Outreach. If empty, the node generates one.',
};

const RESULT: Field[] = [
	{ name: 'importId', type: 'integer' },
	{ name: 'records', type: 'integer' },
	{ name: 'state', type: 'string' },
	{ name: 'finished', type: 'boolean' },
	{ name: 'total', type: 'integer' },
	{ name: 'dupes', type: 'integer' },
	{ name: 'failures', type: 'integer' },
];

export const existingLabel = (label: string) => `Existing ${label}`;

/** Upsert Many of a resource. @param many its plural. */
export const bulkUpsertRecipe = (resource: string, label: string, many: string, links = true): Recipe => ({
	name: 'bulkUpsert',
	label: 'Upsert Many',
	action: `Upsert many ${many}`,
	description: 'Create or update the records of all input items in as few requests as possible',
	caution: 'many',
	inputs: [
		{
			kind: 'record',
			name: 'existing',
			label: existingLabel(label),
			resource,
			description: 'The record to update. If it is empty or no record has the key, a record is created.',
		},
		existingInput([...EXISTING, CREATE_NONE], 'overwrite'),
		{ kind: 'fields' },
		...(links ? [{ kind: 'links' } as const] : []),
	],
	options: [fileNameOption, waitOption],
	output: { fields: RESULT },
});

/** Import of a file. @param key attribute by which the vendor recognises records. */
export const importCsvRecipe = (many: string, key: string): Recipe => ({
	name: 'importCsv',
	label: 'Import CSV',
	action: `Import ${many} from CSV`,
	description: `Create or update ${many} from a file. Outreach recognizes existing ones by their ${key}.`,
	caution: 'many',
	inputs: [
		{ kind: 'binary', name: 'binaryPropertyName', label: 'Input Binary Field' },
		existingInput(EXISTING, 'skip'),
		{
			kind: 'value',
			name: 'columnMapping',
			type: 'json',
			default: '{}',
			description: 'Columns of the file and the fields they fill, such as {"Work Mail": "emails"}. Other columns are matched by name. Map a column to an empty field to skip it.',
		},
	],
	options: [
		fileNameOption,
		waitOption,
		{
			kind: 'value',
			name: 'ignoreColumns',
			label: 'Ignore Other Columns',
			type: 'boolean',
			default: false,
			description: 'Whether to skip columns that match no field instead of refusing the file',
		},
	],
	output: { fields: [...RESULT, { name: 'mappings', type: 'json' }] },
});
