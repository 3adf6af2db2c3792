/**
 * Imports: the file flow (upload link, upload, validation, import) and the inline bulk upsert. The vendor
 * documents names and arguments but not the shape of every answer; those are kept to the documented words.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readActionParams } from './actions.mts';
import type { ActionRule } from './contract.mts';
import { RESOURCES, resource } from './contract.mts';
import type { VendorError } from './errors.mts';
import { ApiError, badRequest, invalid, unknownAttribute, unprocessable } from './errors.mts';
import type { QueryParameter } from './query.mts';
import type { RecordId, StoredRecord } from './store.mts';
import type { World } from './world.mts';
import { isoNow } from './world.mts';
import type { JsonObject } from './write.mts';
import { attributeError, isObject, parseBody, readDraft } from './write.mts';

const UPSERT_BYTES = 2 * 1024 * 1024;
const DUPE_METHODS = ['skip', 'missing', 'overwrite', 'overwriteNoCreate'];

interface Job {
	record: StoredRecord;
	runAt: number;
	finishAt: number;
	run: () => { total: number; failures: number; dupes: number };
}

/** Splits CSV text into rows; quotes may hold commas, quotes and line breaks. */
function parseCsv(text: string): string[][] {
	const rows: string[][] = [];
	let row: string[] = [];
	let field = '';
	let quoted = false;
	for (let index = 0; index < text.length; index += 1) {
		const letter = text[index] as string;
		if (quoted) {
			if (letter !== '"') field += letter;
			else if (text[index + 1] === '"') {
				field += '"';
				index += 1;
			} else quoted = false;
		} else if (letter === '"') quoted = true;
		else if (letter === ',' || letter === '\n') {
			row.push(field);
			field = '';
			if (letter === '\n') {
				rows.push(row);
				row = [];
			}
		} else if (letter !== '\r') field += letter;
	}
	if (field !== '' || row.length > 0) rows.push([...row, field]);
	return rows.filter((cells) => cells.some((cell) => cell !== ''));
}

export class Imports {
	/** Time an import spends pending and then running. */
	stepMs = 100;
	private readonly world: World;
	private readonly uploads = new Map<string, Buffer | undefined>();
	private jobs = new Map<RecordId, Job>();

	constructor(world: World) {
		this.world = world;
	}

	clear(): void {
		this.uploads.clear();
		this.jobs.clear();
	}

	/** PUT to a presigned address; false when there is no such address. */
	upload(key: string, body: Buffer): boolean {
		if (!this.uploads.has(key)) return false;
		this.uploads.set(key, body);
		return true;
	}

	/** POST /imports/actions/<name>: a stored import, or attributes of an answer that is none. */
	run(action: ActionRule, parameters: QueryParameter[], body: Buffer, origin: string, userId: number): StoredRecord | JsonObject {
		const params = readActionParams(action, parameters);
		if (action.name === 'generateUploadLink') {
			const storageKey = `imports/${randomUUID()}.csv`;
			this.uploads.set(storageKey, undefined);
			return { storageKey, uploadURL: `${origin}/uploads/${encodeURIComponent(storageKey)}?signature=${randomUUID()}` };
		}
		if (action.name === 'validateUpload') {
			const content = this.uploads.get(params.get('storageKey') as string);
			if (content === undefined) throw unprocessable('/data/attributes/storageKey', 'has no uploaded file');
			const hash = params.get('hash') as string;
			const fits = ['md5', 'sha1', 'sha256'].some((kind) => {
				const digest = createHash(kind).update(content).digest();
				return hash.toLowerCase() === digest.toString('hex') || hash === digest.toString('base64');
			});
			if (!fits) throw unprocessable('/data/attributes/hash', 'does not match the uploaded file');
			const [headers = [], ...rows] = parseCsv(content.toString('utf8'));
			return { headerValue: headers.map((header, index) => ({ header, value: rows[0]?.[index] ?? '' })), recordCount: rows.length };
		}
		const args = this.readArguments(action, body);
		const inline = action.name === 'bulkUpsert' || action.name === 'customObjectBulkUpsert';
		return inline ? this.upsert(action.name, args, body.length, userId) : this.importFile(action, args, userId);
	}

	/** Brings every import to where it is at this time. */
	advance(now = Date.now()): void {
		for (const job of [...this.jobs.values()]) {
			if (job.runAt <= now && job.record.attributes.state === 'pending') {
				this.world.touch(job.record, { state: 'running', stateChangedAt: isoNow() });
			}
			if (job.finishAt > now) continue;
			this.jobs.delete(job.record.id);
			const counts = job.run();
			this.world.touch(job.record, { ...counts, state: 'finished', stateChangedAt: isoNow() });
		}
	}

	private readArguments(action: ActionRule, body: Buffer): JsonObject {
		const { data } = parseBody(body);
		const args = isObject(data) ? data.attributes : undefined;
		if (!isObject(args)) throw badRequest('malformedRequest', 'Malformed Request', 'The body needs data.attributes.', { pointer: '/data/attributes' });
		const unknown: VendorError[] = Object.keys(args).filter((name) => !action.body.has(name)).map((name) => unknownAttribute(name));
		if (unknown.length > 0) throw new ApiError(400, unknown);
		const errors: VendorError[] = [];
		const check = (name: string, fine: (value: unknown) => boolean, what: string): void => {
			if (args[name] !== undefined && args[name] !== null && !fine(args[name])) errors.push(invalid(`/data/attributes/${name}`, what));
		};
		check('dupeMethod', (value) => DUPE_METHODS.includes(String(value)), `is not included in the list (${DUPE_METHODS.join(', ')})`);
		check('fileName', (value) => typeof value === 'string', 'must be a string');
		check('storageKey', (value) => typeof value === 'string', 'must be a string');
		check('recordCount', Number.isInteger, 'must be an integer');
		check('mappings', isObject, 'must be an object');
		check('records', (value) => Array.isArray(value) && value.every(isObject), 'must be an array of objects');
		if (errors.length > 0) throw new ApiError(422, errors);
		return args;
	}

	private plan(attributes: JsonObject, userId: number, run: Job['run']): StoredRecord {
		const record = this.world.insert(
			'import',
			{ ...attributes, state: 'pending', stateChangedAt: isoNow(), failures: 0, dupes: 0, frequency: 'once', recurring: false },
			{},
			undefined,
			userId,
		);
		const runAt = Date.now() + this.stepMs;
		this.jobs.set(record.id, { record, runAt, finishAt: runAt + this.stepMs, run });
		return record;
	}

	private upsert(name: string, args: JsonObject, bytes: number, userId: number): StoredRecord {
		const records = args.records as JsonObject[] | undefined;
		if (records === undefined || records.length === 0) throw unprocessable('/data/attributes/records', "can't be blank");
		if (bytes > UPSERT_BYTES) throw unprocessable('/data/attributes/records', 'the body is larger than 2 MB');
		for (const [index, record] of records.entries()) {
			const known: { has(type: string): boolean } = name === 'bulkUpsert' ? RESOURCES : this.world.ownTypes;
			if (!known.has(String(record.type))) throw unprocessable(`/data/attributes/records/${index}/type`, 'is not a resource type');
			if ('id' in record && !Number.isInteger(record.id)) throw unprocessable(`/data/attributes/records/${index}/id`, 'must be an integer');
		}
		const method = String(args.dupeMethod ?? 'overwrite');
		return this.plan(
			{ importType: name, fileName: args.fileName ?? null, dupeMethod: method, total: records.length },
			userId,
			() => {
				const counts = { total: records.length, failures: 0, dupes: 0 };
				for (const entry of records) {
					try {
						const rule = resource(String(entry.type));
						const known = 'id' in entry ? this.world.store.get(rule.type, entry.id as number) : undefined;
						const draft = readDraft(this.world.store, rule, Buffer.from(JSON.stringify({ data: entry })), known?.id);
						if (known === undefined) {
							if (method === 'overwriteNoCreate') counts.failures += 1;
							else this.world.create(rule, draft, userId, false);
						} else {
							counts.dupes += 1;
							this.merge(known, draft.attributes, draft.relationships, method, userId);
						}
					} catch {
						counts.failures += 1;
					}
				}
				return counts;
			},
		);
	}

	private importFile(action: ActionRule, args: JsonObject, userId: number): StoredRecord {
		const type = action.name === 'accountsImport' ? 'account' : 'prospect';
		const content = this.uploads.get(String(args.storageKey));
		if (content === undefined) throw unprocessable('/data/attributes/storageKey', 'has no uploaded file');
		const mappings = args.mappings as Record<string, string> | undefined;
		if (mappings === undefined) throw unprocessable('/data/attributes/mappings', "can't be blank");
		const rule = resource(type);
		for (const field of Object.values(mappings)) {
			if (rule.attributes.get(field)?.writable !== true && !(type === 'prospect' && field === 'email')) {
				throw unprocessable('/data/attributes/mappings', `'${field}' is not a field of '${type}'`);
			}
		}
		const [headers = [], ...rows] = parseCsv(content.toString('utf8'));
		const method = String(args.dupeMethod ?? 'skip');
		return this.plan(
			{ importType: type, fileName: args.fileName ?? null, fileSize: content.length, dupeMethod: method, mappings, total: rows.length },
			userId,
			() => {
				const counts = { total: rows.length, failures: 0, dupes: 0 };
				for (const row of rows) {
					const attributes: JsonObject = {};
					for (const [index, column] of headers.entries()) {
						const field = mappings[column];
						const cell = row[index] ?? '';
						if (field === undefined || cell === '') continue;
						if (field === 'email' || field === 'emails') attributes.emails = [cell];
						else if (rule.attributes.get(field)?.type.startsWith('array') === true) attributes[field] = [cell];
						else attributes[field] = cell;
					}
					try {
						for (const [name, value] of Object.entries(attributes)) {
							const detail = rule.attributes.get(name)?.type === 'string' || name === 'emails' ? attributeError(rule.attributes.get(name)!, value) : undefined;
							if (detail !== undefined) throw new Error(detail);
						}
						const known = this.duplicate(type, attributes);
						if (known !== undefined) {
							counts.dupes += 1;
							this.merge(known, attributes, {}, method, userId);
						} else if (method === 'overwriteNoCreate') counts.failures += 1;
						else this.world.create(rule, { attributes, relationships: {}, meta: {} }, userId, false);
					} catch {
						counts.failures += 1;
					}
				}
				return counts;
			},
		);
	}

	/** externalId identifies prospects and customId accounts; otherwise the address or the domain does. */
	private duplicate(type: string, attributes: JsonObject): StoredRecord | undefined {
		const keys = type === 'prospect' ? ['externalId', 'emails'] : ['customId', 'domain'];
		for (const key of keys) {
			for (const value of [attributes[key]].flat()) {
				const [found] = value === undefined ? [] : this.world.store.having(type, key, value);
				if (found !== undefined) return found;
			}
		}
		return undefined;
	}

	private merge(record: StoredRecord, attributes: JsonObject, relationships: StoredRecord['relationships'], method: string, userId: number): void {
		if (method === 'skip') return;
		const blank = (value: unknown): boolean => value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
		const chosen =
			method === 'missing'
				? Object.fromEntries(Object.entries(attributes).filter(([name]) => blank(record.attributes[name])))
				: attributes;
		this.world.update(record, { attributes: chosen, relationships: method === 'missing' ? {} : relationships, meta: {} }, userId);
	}
}
