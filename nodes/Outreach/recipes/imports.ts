/**
 * Imports: records of all input items in few requests, and files.
 * https://developers.outreach.io/api/bulk-api/ and https://developers.outreach.io/api/reference/tag/Import/
 */
import { type IDataObject, NodeApiError, NodeOperationError } from 'n8n-workflow';
import { createHash } from 'node:crypto';

import type { Handler, Output } from '../../shared/run/handler';
import type { Item } from '../../shared/run/item';
import type { Entry } from '../../shared/run/lookup';
import { linksOf } from '../../shared/run/records';
import type { Reference } from '../../shared/run/reference';
import type { Run } from '../../shared/run/run';
import { newRecord } from '../../shared/run/upsert';
import { similar } from '../../shared/spec/compare';
import { slotsOf } from '../../shared/spec/fields';
import { labelOf, nouns } from '../../shared/spec/labels';
import type { RecordId, RecordInput } from '../../shared/spec/record';
import type { Choice, Field, Input, Recipe, Relation, Resource } from '../../shared/spec/resource';
import { asObject, BadInput, isAbsent } from '../../shared/spec/values';
import type { Client } from '../../shared/wire/client';
import { pause } from '../../shared/wire/gate';
import { filled, isBroken, isOver, poll, waitMsOf, waitOption } from './batch';

/** Bytes of one request; the vendor takes 2 MB. */
const BODY_SIZE = 1_900_000;

const EXISTING: Choice[] = [
	{ value: 'missing', label: 'Fill Empty Fields', description: 'Change only what is empty; new records are created' },
	{ value: 'skip', label: 'Leave Unchanged', description: 'Only new records are created' },
	{ value: 'overwrite', description: 'Change all given fields; new records are created' },
];

const CREATE_NONE: Choice = { value: 'overwriteNoCreate', label: 'Overwrite, Create None', description: 'Change all given fields; records that do not exist count as failures' };

const existingInput = (options: Choice[], initial: string): Input => ({
	kind: 'value',
	name: 'dupeMethod',
	label: 'If Record Exists',
	type: 'options',
	options,
	default: initial,
	description: 'What to do with records that Outreach knows already',
});

const fileNameOption: Input = {
	kind: 'value',
	name: 'fileName',
	type: 'string',
	description: 'Name under which Outreach keeps the data of the import; made up when empty',
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

const existingLabel = (label: string) => `Existing ${label}`;

/** Bulk Upsert of a resource. @param many its plural. */
export const bulkUpsertRecipe = (resource: string, label: string, many: string, links = true): Recipe => ({
	name: 'bulkUpsert',
	label: 'Bulk Upsert',
	action: `Upsert many ${many}`,
	description: 'Create or update the records of all input items in as few requests as possible',
	inputs: [
		{
			kind: 'record',
			name: 'existing',
			label: existingLabel(label),
			resource,
			description: 'The record to update. Leave it empty to create one; a key that no record has creates one, too.',
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
	inputs: [
		{ kind: 'binary', name: 'binaryPropertyName', label: 'Input Binary Field' },
		existingInput(EXISTING, 'skip'),
		{
			kind: 'value',
			name: 'columnMapping',
			type: 'json',
			default: '{}',
			description: 'Columns of the file and the fields they fill, such as {"Work Mail": "emails"}. Other columns are matched by their name; an empty field leaves a column out.',
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
			description: 'Whether to leave out columns that match no field instead of refusing the file',
		},
	],
	output: { fields: [...RESULT, { name: 'mappings', type: 'json' }] },
});

/** An import run, as far as it is known, and the items whose records it carries. */
interface Started {
	importId: RecordId;
	attributes: IDataObject;
	records: number;
	items: Item[];
}

const hasEnded = ({ attributes }: Started) => isOver(attributes) || !isAbsent(attributes.errorReason);

/** Starts an import and notes it. */
async function start(client: Client, resource: Resource, action: string, attributes: IDataObject, records: number, items: Item[], repeatable = false): Promise<Started> {
	const { one, many } = nouns(resource);
	const { body } = await client.send({
		method: 'POST',
		path: `/imports/actions/${action}`,
		body: client.api.encodeAction(attributes),
		purpose: `import ${records} ${records === 1 ? one : many}`,
		repeatable,
	});
	const record = client.api.record(body);
	return { importId: client.api.id(record), attributes: asObject(record.attributes), records, items };
}

async function wait(run: Run, client: Client, started: Started[], maxMs: number): Promise<void> {
	await poll(run, started, maxMs, hasEnded, async (entry) => {
		const { body } = await client.send({ method: 'GET', path: `/imports/${entry.importId}`, purpose: `get import ${entry.importId}` });
		entry.attributes = asObject(client.api.record(body).attributes);
	});
}

/** What the output says of an import. */
function report(run: Run, { importId, attributes, records }: Started): IDataObject {
	const json: IDataObject = { importId, records, ...filled(attributes), finished: isOver(attributes) };
	if (!isBroken(attributes.state) && isAbsent(attributes.errorReason)) return json;
	throw new NodeOperationError(run.context.getNode(), `Outreach did not finish import ${importId}: ${String(attributes.errorReason ?? attributes.state)}`, {
		description: `What is known of it: ${JSON.stringify(json)}`,
	});
}

interface UpsertJob {
	existing?: Reference;
	/** Key of a record that this item creates. */
	creates?: Entry;
	id?: RecordId;
	method: string;
	fields: IDataObject;
	links: Map<Relation, Reference[]>;
}

/** Creates and changes records of all items. @param action the vendor's call. */
const bulkUpsert = (action: string): Handler<UpsertJob> => ({
	prepare(item) {
		const { operation } = item.run;
		const { resource } = operation;
		const label = existingLabel(resource.scope ? 'Record' : resource.label);
		const existing = item.find(item.get<unknown>('existing', undefined), resource, label);
		const automatic = item.get<string>('fields.mappingMode', 'defineBelow') === 'autoMapInputData';
		if (automatic && !existing && !isAbsent(item.run.items[item.index].json.id)) {
			throw new BadInput(
				`The item has an ID, but "${label}" is empty: it would be created once more`,
				`To update that ${nouns(resource).one}, set "${label}" to By ID with {{ $json.id }}. To create one, remove "id" from the item.`,
			);
		}
		const job = {
			existing,
			method: item.get<string>('dupeMethod', 'overwrite'),
			fields: item.fields(operation, ['id']),
			links: item.links(operation),
		};
		if (Object.keys(job.fields).length + job.links.size === 0) {
			throw new BadInput(`There is nothing to send: no field of the ${nouns(resource).one} was given`, 'Map at least one field.');
		}
		return job;
	},
	async check(job, { run }) {
		const { existing } = job;
		if (!existing?.entry) {
			job.id = existing?.id;
			return;
		}
		const { entry, parameter } = existing;
		if ((await run.lookup.found(entry)).length > 0) {
			job.id = run.apiOf(entry.resource).id(await run.lookup.one(entry, parameter));
			return;
		}
		if (entry.alike.planned) {
			throw new BadInput(`${parameter}: another item creates the ${nouns(entry.resource).one} "${entry.value}" already`, 'Merge the two items, for instance with a Remove Duplicates node.');
		}
		entry.alike.planned = true;
		job.creates = entry;
	},
	async together(jobs, run, fail) {
		const { resource } = run.operation;
		const client = run.client(resource);
		const [{ item: first }] = jobs;
		const name = first.option<string>('fileName') || `n8n-${nouns(resource).many.replace(/\W+/g, '-')}-${run.context.getExecutionId()}-${Date.now()}.json`;
		const started: Started[] = [];
		const outputs: Array<Output & { items: number[] }> = [];
		const failed = (items: Item[], error: unknown) => {
			const ids = started.map(({ importId }) => importId);
			for (const item of items) fail(item, error, ids.length > 0 ? `Already started: import ${ids.join(', ')}.` : '');
		};

		let part = 0;
		for (const { method, records, items } of packed(jobs, client, resource, fail)) {
			part++;
			const fileName = part === 1 ? name : name.replace(/(\.\w+)?$/, `-${part}$1`);
			// Changes of known records can be sent again when the answer is lost; new ones would be made twice.
			const repeatable = method === 'overwriteNoCreate' || records.every(({ id }) => id !== undefined);
			try {
				started.push(await start(client, resource, action, { dupeMethod: method, fileName, records }, records.length, items, repeatable));
			} catch (error) {
				failed(items, error);
			}
		}
		try {
			await wait(run, client, started, waitMsOf(first.option('waitMinutes')));
		} catch (error) {
			failed(started.flatMap(({ items }) => items), error);
			return outputs;
		}
		for (const entry of started) {
			try {
				outputs.push({ json: report(run, entry), items: entry.items.map(({ index }) => index) });
			} catch (error) {
				for (const item of entry.items) fail(item, error, '');
			}
		}
		return outputs;
	},
});

/** Records of items with the same wish, as many to a request as fit. */
function packed(jobs: Array<{ job: UpsertJob; item: Item }>, client: Client, resource: Resource, fail: (item: Item, error: unknown, done: string) => void) {
	const packs: Array<{ method: string; records: IDataObject[]; items: Item[]; bytes: number }> = [];
	const open = new Map<string, (typeof packs)[number]>();
	for (const { job, item } of jobs) {
		const { id, creates, method, fields, links } = job;
		const input: RecordInput = { id, fields, links: linksOf(links, [], resource) };
		const record = asObject(asObject(client.api.encode(resource, creates ? newRecord(creates, input) : input, 'POST')).data);
		const bytes = Buffer.byteLength(JSON.stringify(record)) + 1;
		if (bytes > BODY_SIZE) {
			fail(item, new BadInput(`The record is too large: ${bytes} bytes`, 'One request to Outreach takes 2 MB. Shorten the values.'), '');
			continue;
		}
		let pack = open.get(method);
		if (!pack || pack.bytes + bytes > BODY_SIZE) {
			pack = { method, records: [], items: [], bytes: 0 };
			packs.push(pack);
			open.set(method, pack);
		}
		pack.records.push(record);
		pack.items.push(item);
		pack.bytes += bytes;
	}
	return packs;
}

interface FileJob {
	field: string;
	method: string;
	/** Fields by column, as given. */
	wanted: IDataObject;
	ignore: boolean;
	content?: Buffer;
	rows?: number;
	mappings?: Record<string, string>;
}

/** Imports a file. @param action the vendor's call. */
const importCsv = (action: string): Handler<FileJob> => ({
	prepare(item) {
		const wanted = item.value({ name: 'columnMapping', type: 'json' }) ?? {};
		if (typeof wanted !== 'object' || Array.isArray(wanted)) throw new BadInput('Column Mapping is not an object', 'Write it like {"Work Mail": "emails"}.');
		return {
			field: item.get<string>('binaryPropertyName', 'data'),
			method: item.get<string>('dupeMethod', 'skip'),
			wanted: wanted as IDataObject,
			ignore: item.optionFlag('ignoreColumns', false),
		};
	},
	/** Everything that can be wrong with a file is found before anything is uploaded. */
	async check(job, item) {
		const { context, operation } = item.run;
		context.helpers.assertBinaryData(item.index, job.field);
		const content = await context.helpers.getBinaryDataBuffer(item.index, job.field);
		const text = textIn(content);
		if (text === undefined) throw new BadInput('The file is not a text in UTF-8', 'Save it as "CSV UTF-8".');
		const { columns, rows } = readCsv(text);
		if (rows === 0) throw new BadInput('The file has no rows below its column names', 'The first line names the columns; each further line is a record.');
		job.mappings = await mapColumns(item.run, operation.resource, columns, job);
		job.rows = rows;
		// Some programs begin a file with a mark that would become part of the first column's name.
		job.content = content.subarray(0, 3).toString('hex') === 'efbbbf' ? content.subarray(3) : content;
	},
	async work(job, item) {
		const { run } = item;
		const { context, operation } = run;
		const client = run.client(operation.resource);
		const { storageKey, recordCount } = await untilStart(run, item, async () => await deposit(run, client, job.content!));
		const file = context.helpers.assertBinaryData(item.index, job.field).fileName;
		const attributes = {
			dupeMethod: job.method,
			fileName: item.option<string>('fileName') || file || `${nouns(operation.resource).many}.csv`,
			mappings: job.mappings,
			recordCount: recordCount ?? job.rows,
			storageKey,
		};
		const started = await start(client, operation.resource, action, attributes, attributes.recordCount!, [item]);
		await wait(run, client, [started], waitMsOf(item.option('waitMinutes'))).catch((error: unknown) => {
			const failure = run.failure(error, item.index);
			failure.description = `Import ${started.importId} was started and goes on. ${failure.description ?? ''}`.trim();
			throw failure;
		});
		return [{ json: { mappings: job.mappings, ...report(run, started) } }];
	},
});

/** A file as text, undefined when it is something else. */
function textIn(content: Buffer): string | undefined {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(content);
	} catch {
		return undefined;
	}
}

/** Says of a failure that nothing was imported yet. */
async function untilStart<T>(run: Run, item: Item, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		const failure = run.failure(error, item.index);
		failure.description = `Nothing was imported. ${failure.description ?? ''}`.trim();
		throw failure;
	}
}

/** Brings the file to the vendor's storage and has it checked. */
async function deposit(run: Run, client: Client, content: Buffer): Promise<{ storageKey: string; recordCount?: number }> {
	const link = await client.send({ method: 'POST', path: '/imports/actions/generateUploadLink', purpose: 'get an address for the file', repeatable: true });
	const { storageKey, uploadURL } = asObject(client.api.record(link.body).attributes);
	if (isAbsent(storageKey) || isAbsent(uploadURL)) throw new BadInput('Outreach gave no address for the file', 'Run again later.');
	await upload(run, String(uploadURL), content);
	const { recordCount } = await validate(client, String(storageKey), content);
	return { storageKey: String(storageKey), recordCount: typeof recordCount === 'number' ? recordCount : undefined };
}

/** Puts the file at a presigned address. Our own credentials stay out of it, and the address out of messages. */
async function upload({ context }: Run, url: string, content: Buffer): Promise<void> {
	for (let attempt = 1; ; attempt++) {
		let problem: string;
		try {
			const { statusCode } = (await context.helpers.httpRequest({
				method: 'PUT',
				url,
				headers: { 'Content-Type': 'text/csv' },
				body: content,
				timeout: 600_000,
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				abortSignal: context.getExecutionCancelSignal(),
			})) as { statusCode: number };
			if (statusCode < 300) return;
			if (statusCode < 500) attempt = Infinity;
			problem = `answered with status ${statusCode}`;
		} catch {
			problem = 'could not be reached';
		}
		if (attempt >= 3 || !(await pause(attempt * 1000, context.getExecutionCancelSignal()))) {
			throw new BadInput(`The file could not be uploaded: the storage of Outreach ${problem}`, 'Run again.');
		}
	}
}

/** The vendor's check of an uploaded file. It does not say which hash it means: that of its storage comes first. */
async function validate(client: Client, storageKey: string, content: Buffer): Promise<IDataObject> {
	const attempt = async (kind: string) => {
		const { body } = await client.send({
			method: 'POST',
			path: '/imports/actions/validateUpload',
			query: [
				['actionParams[hash]', createHash(kind).update(content).digest('hex')],
				['actionParams[storageKey]', storageKey],
			],
			purpose: 'check the uploaded file',
			repeatable: true,
		});
		return asObject(client.api.record(body).attributes);
	};
	const [first] = await Promise.allSettled([attempt('md5')]);
	if (first.status === 'fulfilled') return first.value;
	if (first.reason instanceof NodeApiError && first.reason.httpCode === '422') return await attempt('sha256');
	throw first.reason;
}

/** Names of the columns, and the number of lines with content below them. Quotes may hold commas and line breaks. */
export function readCsv(text: string): { columns: string[]; rows: number } {
	const columns: string[] = [];
	let rows = -1;
	let cell = '';
	let quoted = false;
	let content = false;
	for (let i = 0; i <= text.length; i++) {
		const letter = text[i];
		const ends = letter === undefined || (!quoted && (letter === '\n' || letter === '\r'));
		if (letter === '"') quoted = !quoted;
		if (rows < 0) {
			if (ends || (letter === ',' && !quoted)) {
				columns.push(cell.trim().replace(/^"([^]*)"$/, '$1').replaceAll('""', '"'));
				cell = '';
			} else cell += letter;
		}
		if (ends) {
			if (content) rows++;
			else if (rows < 0) columns.length = 0;
			content = false;
		} else if (letter !== ',') content = true;
	}
	return { columns, rows: Math.max(0, rows) };
}

/** `E-Mail Address` and `emailAddress` are the same name. */
const fold = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** Fields that a column of this name can mean. */
class Targets {
	private readonly byName = new Map<string, Field>();

	constructor(readonly fields: Field[]) {
		for (const field of fields) {
			for (const name of [field.name, labelOf(field)]) {
				this.add(name, field);
				// A column holds one of several values: "Email" for Emails.
				if (field.type === 'strings') this.add(name.replace(/s$/, ''), field);
			}
		}
	}

	private add(name: string, field: Field): void {
		if (!this.byName.has(fold(name))) this.byName.set(fold(name), field);
	}

	find(name: string): Field | undefined {
		return this.byName.get(fold(name));
	}

	near(name: string): string[] {
		return similar(name, this.fields.map((f) => f.name));
	}
}

/** The field that each column fills. @throws BadInput when the file does not fit, saying how. */
async function mapColumns(run: Run, resource: Resource, columns: string[], { wanted, ignore }: FileJob): Promise<Record<string, string>> {
	const { many } = nouns(resource);
	const named = columns.filter((column) => column !== '');
	const twice = named.find((column, i) => named.indexOf(column) !== i);
	if (twice !== undefined) throw new BadInput(`The file has two columns named "${twice}"`, 'Rename or remove one of them.');

	const chosen = new Map<string, string>();
	for (const [column, field] of Object.entries(wanted)) {
		const meant = named.includes(column) ? column : named.find((c) => fold(c) === fold(column));
		if (meant === undefined) throw new BadInput(`Column Mapping: the file has no column "${column}"`, `Its columns are ${named.join(', ')}.`);
		chosen.set(meant, isAbsent(field) ? '' : String(field));
	}

	let targets = new Targets(resource.fields.filter((f) => !f.readOnly && f.type !== 'secret'));
	const known = (name: string) => targets.find(name) ?? slotsOf(resource).find((f) => f.name === name);
	const fitting = () => named.every((column) => chosen.get(column) === '' || known(chosen.get(column) ?? column));
	if (!fitting() && run.vendor.customFields) {
		const own = await run.vendor.customFields(run.client(resource), resource).catch(() => []);
		targets = new Targets([...targets.fields, ...own]);
	}

	const mappings: Record<string, string> = {};
	const unknown: string[] = [];
	for (const column of named) {
		const choice = chosen.get(column);
		if (choice === '') continue;
		const field = known(choice ?? column);
		if (!field && choice !== undefined) throw noSuchField(resource, column, choice, targets);
		if (!field) {
			unknown.push(column);
			continue;
		}
		const rival = Object.entries(mappings).find(([, name]) => name === field.name)?.[0];
		if (rival !== undefined) {
			throw new BadInput(`The columns "${rival}" and "${column}" both fill the field "${field.name}"`, `Leave one out under "Column Mapping": {"${column}": ""}.`);
		}
		mappings[column] = field.name;
	}
	if (Object.keys(mappings).length === 0) {
		const other = named.length === 1 ? /[;\t|]/.exec(named[0])?.[0] : undefined;
		throw new BadInput(
			`No column of the file matches a field of ${many}; it has ${named.map((c) => `"${c}"`).join(', ')}`,
			other ? `The columns seem to be separated by "${other === '\t' ? 'tab' : other}"; save the file with commas.` : 'Name the columns like the fields, or map them under "Column Mapping".',
		);
	}
	if (unknown.length > 0 && !ignore) {
		const near = unknown.flatMap((column) => targets.near(column).slice(0, 2));
		throw new BadInput(
			`${unknown.length === 1 ? 'A column of the file matches' : 'Columns of the file match'} no field of ${many}: ${unknown.map((c) => `"${c}"`).join(', ')}`,
			`Map them under "Column Mapping", or switch on the option "Ignore Other Columns".${near.length > 0 ? ` Similar fields: ${[...new Set(near)].join(', ')}.` : ''}`,
		);
	}
	return mappings;
}

function noSuchField(resource: Resource, column: string, name: string, targets: Targets): BadInput {
	const readOnly = resource.fields.find((f) => f.readOnly && fold(f.name) === fold(name));
	const near = targets.near(name);
	return new BadInput(
		readOnly
			? `Column Mapping: "${readOnly.name}" is set by Outreach, so the column "${column}" cannot fill it`
			: `Column Mapping: ${resource.label} has no field "${name}" for the column "${column}"`,
		near.length > 0 ? `Similar fields: ${near.join(', ')}.` : 'Choose another field, or leave the column out with an empty text.',
	);
}

export const importHandlers = {
	bulkUpsert: bulkUpsert('bulkUpsert'),
	customObjectBulkUpsert: bulkUpsert('customObjectBulkUpsert'),
	accountsImport: importCsv('accountsImport'),
	prospectsImport: importCsv('prospectsImport'),
};
