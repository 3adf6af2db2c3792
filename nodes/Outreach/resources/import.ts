import type { Resource } from '../../shared/spec';

import { importRecipes } from '../recipes/imports';

/** A data import run (file, CRM report or bulk upsert). https://developers.outreach.io/api/reference/tag/Import/ */
export const imports: Resource = {
	name: 'import',
	label: 'Import',
	path: '/imports',
	description: 'A data import run (file, CRM report or bulk upsert)',
	methods: ['get'],
	idType: 'integer',
	fields: [
		{ name: 'createdAt', type: 'dateTime', readOnly: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'dupeMethod', type: 'options', options: [{ value: 'skip' }, { value: 'missing' }, { value: 'overwrite' }, { value: 'overwriteNoCreate' }], readOnly: true, description: 'How duplicates are treated' },
		{ name: 'dupes', type: 'integer', readOnly: true, description: 'Number of duplicates met' },
		{ name: 'errorReason', type: 'text', readOnly: true, maxLength: 65535, description: 'Why the import failed' },
		{ name: 'externalId', type: 'string', readOnly: true, maxLength: 255, description: 'CRM report ID (report imports only)' },
		{ name: 'externalName', type: 'string', readOnly: true, maxLength: 255, description: 'CRM report name (report imports only)' },
		{ name: 'externalType', type: 'string', readOnly: true, maxLength: 255, description: 'CRM report type (report imports only)' },
		{ name: 'failures', type: 'integer', readOnly: true, description: 'Number of failed rows' },
		{ name: 'fileName', type: 'string', readOnly: true, maxLength: 255, description: 'Name of the file' },
		{ name: 'fileSize', type: 'integer', readOnly: true, description: 'Size of the file' },
		{ name: 'frequency', type: 'options', options: [{ value: 'once' }, { value: 'hourly' }, { value: 'daily' }], readOnly: true, filter: true, sort: true, description: 'How often it repeats' },
		{ name: 'importType', type: 'string', readOnly: true, maxLength: 255, description: 'Kind of import' },
		{ name: 'loadFromPlugin', type: 'boolean', readOnly: true, description: 'Whether data comes from a CRM plugin' },
		{ name: 'mappings', type: 'json', readOnly: true, description: 'Column-to-field mapping' },
		{ name: 'pluginId', type: 'integer', readOnly: true, description: 'ID of the CRM plugin used' },
		{ name: 'prospectOwnerId', type: 'integer', readOnly: true, description: 'Owner ID to force on imported records' },
		{ name: 'recurring', type: 'boolean', readOnly: true, filter: true, sort: true, description: 'Whether it repeats' },
		{ name: 'reportInstanceId', type: 'string', readOnly: true, maxLength: 255, description: 'Salesforce report instance ID' },
		{ name: 'scheduledAt', type: 'dateTime', readOnly: true, description: 'Next planned run of a recurring import' },
		{ name: 'source', type: 'string', readOnly: true, maxLength: 255, description: 'Source value to force on prospects' },
		{ name: 'stageId', type: 'integer', readOnly: true, description: 'Stage ID to force on prospects' },
		{ name: 'state', type: 'string', readOnly: true, filter: true, sort: true, maxLength: 255, description: 'State of the import' },
		{ name: 'stateChangedAt', type: 'dateTime', readOnly: true, description: 'Timestamp of the last state transition' },
		{ name: 'syncedUntil', type: 'dateTime', readOnly: true, description: 'Point in time the report is synced to' },
		{ name: 'timeZone', type: 'string', readOnly: true, maxLength: 255, description: 'Time zone to force on prospects' },
		{ name: 'total', type: 'integer', readOnly: true, description: 'Number of items' },
		{ name: 'updatedAt', type: 'dateTime', readOnly: true, description: 'Last-change timestamp (ISO 8601, UTC); set by Outreach' },
	],
	relations: [
		{ name: 'creator', to: ['user'], readOnly: true, include: true, description: 'User (or step/stage) that created it' },
	],
	recipes: importRecipes,
};
