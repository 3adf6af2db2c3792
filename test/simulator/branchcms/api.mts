/**
 * The BranchCMS simulator: member accounts, calendar events and uploads under /api/v1 of a customer's site.
 * What the vendor's pages leave open is decided here on the strict side and said so in a comment.
 */
import { randomUUID } from 'node:crypto';
import type { ApiRequest, ApiResponse, SimulatorOptions } from '../server.mts';
import { Refusal, Simulator, header, json, jsonObject, queryPairs, started } from '../server.mts';
import { demoAccounts, demoEvents } from './demo.mts';
import type { FieldRule } from './fields.mts';
import { ACCOUNT_FIELDS, EVENT_FIELDS, fieldError } from './fields.mts';

export type Item = Record<string, unknown>;
export type BranchCmsType = 'account' | 'event';

export interface BranchCmsOptions extends SimulatorOptions {
	/** `bearer` (newer sites) takes Authorization: Bearer, `legacy` takes the header admin_api_key. */
	mode?: 'bearer' | 'legacy';
	/** Default: the sample token of the documentation's form, 40 hexadecimal digits. */
	token?: string;
	/** Custom attributes of the site by layout key; default memberLevel and newsletter, and price. */
	customAttributes?: { account?: string[]; event?: string[] };
}

interface Collection {
	type: BranchCmsType;
	fields: Record<string, FieldRule>;
	custom: Set<string>;
	items: Map<number, Item>;
	nextId: number;
	/** Unique attributes in lower case -> id. */
	taken: Map<string, number>;
	/** Path of the link that write answers carry. */
	linkPath: string;
}

const DEFAULT_TOKEN = '0F1E2D3C4B5A69788796A5B4C3D2E1F001234567';
/** The calendar sample shows 20 items without a limit. */
const DEFAULT_LIMIT = 20;
/** The largest page is not documented; 100 keeps clients from relying on more. */
const MAX_LIMIT = 100;

/** A running BranchCMS site. Neither errors nor a rate limit are documented. */
export class BranchCmsSimulator extends Simulator {
	readonly mode: 'bearer' | 'legacy';
	readonly token: string;
	private readonly options: BranchCmsOptions;
	private accounts!: Collection;
	private events!: Collection;
	private readonly files: Array<{ name: string; type: string; bytes: number; reference: string }> = [];

	constructor(options: BranchCmsOptions = {}) {
		super(options);
		this.options = options;
		this.mode = options.mode ?? 'bearer';
		this.token = options.token ?? DEFAULT_TOKEN;
		this.fill();
	}

	// ---- what tests use -------------------------------------------------------------------------------

	/** Files received by the upload call. */
	get uploads(): ReadonlyArray<{ name: string; type: string; bytes: number; reference: string }> {
		return this.files;
	}

	/** Copies of all stored items, ids ascending; passwords included, unlike in any answer. */
	records(type: string): Item[] {
		return [...this.collection(type).items.values()].map((item) => ({ ...item }));
	}

	/** Adds an item without validation and returns a copy with its id. */
	insert(type: BranchCmsType, attributes: Item): Item {
		return { ...this.add(this.collection(type), attributes) };
	}

	/** Removes an item. */
	remove(type: BranchCmsType, id: number): void {
		const collection = this.collection(type);
		const item = collection.items.get(id);
		if (item !== undefined) this.drop(collection, item);
	}

	/** Adds many accounts at once; returns their ids. */
	seedAccounts(count: number, prefix = 'member'): number[] {
		return Array.from(
			{ length: count },
			(_, index) =>
				this.add(this.accounts, {
					email: `${prefix}${index}@load.example`,
					username: `${prefix}${index}`,
					firstName: 'Load',
					lastName: `Member ${index}`,
				}).id as number,
		);
	}

	// ---- what the server uses -------------------------------------------------------------------------

	protected control(method: string, action: string, body: Record<string, unknown>): unknown {
		switch (`${method} ${action}`) {
			case 'GET tokens':
				return { token: this.token, mode: this.mode };
			case 'POST seed':
				if (typeof body.accounts === 'number') return { accounts: this.seedAccounts(body.accounts, body.prefix as string | undefined).length };
				if (typeof body.type === 'string' && Array.isArray(body.records)) {
					const { type } = body;
					return { records: (body.records as Item[]).map((item) => this.insert(type as BranchCmsType, item)) };
				}
				throw new Error('Give accounts (a number), or type and records');
			case 'GET uploads':
				return { uploads: this.files };
			default:
				return undefined;
		}
	}

	// ---- requests -------------------------------------------------------------------------------------

	protected dispatch(request: ApiRequest): ApiResponse {
		const { method, path } = request;
		if (!path.startsWith('/api/v1/')) throw new Refusal(404, 'Not found.');
		this.checkHeaders(request);
		const match = /^\/api\/v1\/(account\/accounts|calendar\/events|calendar\/upload)(?:\/([^/]+))?$/.exec(path);
		if (match === null) throw new Refusal(404, 'Not found.');
		const [, place, idText] = match;
		if (place === 'calendar/upload') {
			if (idText !== undefined) throw new Refusal(404, 'Not found.');
			if (method !== 'POST') throw new Refusal(405, 'Method not allowed.');
			return this.upload(request);
		}
		const collection = place === 'account/accounts' ? this.accounts : this.events;
		if (idText === undefined) {
			if (method === 'GET') return this.list(collection, request);
			if (method === 'POST') return this.create(collection, request);
			throw new Refusal(405, 'Method not allowed.');
		}
		const item = /^\d+$/.test(idText) ? collection.items.get(Number(idText)) : undefined;
		if (item === undefined) throw new Refusal(404, `There is no ${collection.type} ${idText}.`);
		switch (method) {
			case 'GET':
				return json(200, this.present(collection, item));
			case 'PUT':
			case 'PATCH':
				return this.edit(collection, item, request, method === 'PUT');
			case 'DELETE':
				this.drop(collection, item);
				return { status: 204 };
			default:
				throw new Refusal(405, 'Method not allowed.');
		}
	}

	private checkHeaders(request: ApiRequest): void {
		const { headers } = request;
		// "REST API", headers: Accept has one allowed value, User-Agent has to be there.
		const accept = header(headers, 'accept')?.split(';')[0]?.trim().toLowerCase();
		if (accept !== 'application/json') throw new Refusal(406, 'The Accept header must be application/json.');
		if ((header(headers, 'user-agent') ?? '') === '') throw new Refusal(400, 'The User-Agent header is missing.');
		const given =
			this.mode === 'legacy'
				? header(headers, 'admin_api_key')
				: /^Bearer (\S+)$/i.exec(header(headers, 'authorization') ?? '')?.[1];
		if (given !== this.token) throw new Refusal(401, 'The API token is missing or invalid.');
	}

	private list(collection: Collection, request: ApiRequest): ApiResponse {
		let limit = DEFAULT_LIMIT;
		let page = 1;
		let sort: string | undefined;
		const filters: Array<[string, string]> = [];
		const known = (key: string): boolean => (key in collection.fields && collection.fields[key]?.writeOnly !== true) || collection.custom.has(key);
		for (const [name, value] of queryPairs(request.search)) {
			const attribute = /^attributes\[([^[\]]+)\]$/.exec(name)?.[1];
			if (attribute !== undefined) {
				if (!known(attribute)) throw new Refusal(422, `Unknown attribute '${attribute}'.`);
				filters.push([attribute, value]);
			} else if (name === 'limit' || name === 'page') {
				const number = Number(value);
				if (!/^\d+$/.test(value) || number < 1) throw new Refusal(422, `'${name}' must be a positive number.`);
				if (name === 'page') page = number;
				else limit = Math.min(number, MAX_LIMIT);
			} else if (name === 'sort') {
				sort = value;
				if (!known(value.replace(/^-/, ''))) throw new Refusal(422, `Cannot sort by '${value}'.`);
			} else throw new Refusal(422, `Unknown parameter '${name}'.`);
		}
		let items = [...collection.items.values()];
		if (filters.length > 0) {
			items = items.filter((item) => {
				const shown = this.present(collection, item);
				return filters.every(([key, wanted]) => String(shown[key] ?? '').toLowerCase() === wanted.toLowerCase());
			});
		}
		if (sort !== undefined) {
			const key = sort.replace(/^-/, '');
			const sign = sort.startsWith('-') ? -1 : 1;
			items.sort((a, b) => {
				const x = (a[key] ?? '') as string | number;
				const y = (b[key] ?? '') as string | number;
				return (x < y ? -1 : x > y ? 1 : 0) * sign || Number(a.id) - Number(b.id);
			});
		}
		const total = items.length;
		const totalPages = Math.ceil(total / limit);
		const shown = items.slice((page - 1) * limit, page * limit);
		// The documented link is a bare query string; on the last page there is none.
		const next = page < totalPages ? this.nextLink(request.search, page + 1, limit) : undefined;
		return json(200, {
			data: shown.map((item) => this.present(collection, item)),
			pagination: {
				currentPage: page,
				perPage: limit,
				count: shown.length,
				totalPages,
				total,
				links: next === undefined ? {} : { next },
			},
			totalItems: total,
		});
	}

	private nextLink(search: string, page: number, limit: number): string {
		const others = search.split('&').filter((part) => part !== '' && !part.startsWith('page=') && !part.startsWith('limit='));
		return `?${[`page=${page}`, `limit=${limit}`, ...others].join('&')}`;
	}

	private create(collection: Collection, request: ApiRequest): ApiResponse {
		const attributes = this.readBody(collection, request, undefined);
		const item = this.add(collection, attributes);
		return json(201, this.written(collection, item));
	}

	private edit(collection: Collection, item: Item, request: ApiRequest, replace: boolean): ApiResponse {
		const attributes = this.readBody(collection, request, item);
		this.release(collection, item);
		if (replace) {
			// "If any attributes are not submitted, then their values will be cleared out."
			for (const key of Object.keys(item)) if (key !== 'id') item[key] = null;
		}
		Object.assign(item, attributes);
		this.claim(collection, item);
		return json(200, this.written(collection, item));
	}

	private readBody(collection: Collection, request: ApiRequest, own: Item | undefined): Item {
		const body = jsonObject(request);
		for (const [key, value] of Object.entries(body)) {
			const rule = Object.hasOwn(collection.fields, key) ? collection.fields[key] : undefined;
			if (rule === undefined) {
				if (!collection.custom.has(key)) throw new Refusal(422, `Unknown attribute '${key}'.`);
				continue;
			}
			if (!rule.writable) throw new Refusal(422, `Attribute '${key}' is read-only.`);
			const wrong = fieldError(rule, value);
			if (wrong !== undefined) throw new Refusal(422, `Attribute '${key}' ${wrong}.`);
			if (rule.unique === true && typeof value === 'string' && value !== '') {
				const holder = collection.taken.get(`${key}:${value.toLowerCase()}`);
				if (holder !== undefined && holder !== own?.id) throw new Refusal(422, `Another account has the ${key} '${value}'.`);
			}
		}
		return body;
	}

	/** Multipart with a part `file`; the answer's shape is not documented, a reference is what events need. */
	private upload(request: ApiRequest): ApiResponse {
		const type = header(request.headers, 'content-type') ?? '';
		const boundary = /^multipart\/form-data\s*;.*boundary="?([^";]+)"?/i.exec(type)?.[1];
		if (boundary === undefined) throw new Refusal(415, 'The Content-Type must be multipart/form-data.');
		const text = request.body.toString('latin1');
		for (const part of text.split(`--${boundary}`).slice(1)) {
			const end = part.indexOf('\r\n\r\n');
			if (end === -1) continue;
			const head = part.slice(0, end);
			if (!/name="file"/i.test(head)) continue;
			const name = /filename="([^"]*)"/i.exec(head)?.[1];
			if (name === undefined || name === '') throw new Refusal(422, "The part 'file' has no file name.");
			const content = part.slice(end + 4).replace(/\r\n$/, '');
			const file = {
				name: Buffer.from(name, 'latin1').toString('utf8'),
				type: /content-type:\s*([^\r\n]+)/i.exec(head)?.[1] ?? 'application/octet-stream',
				bytes: content.length,
				reference: `/uploads/calendar/${randomUUID()}/${name}`,
			};
			this.files.push(file);
			return json(201, { file: file.reference, name: file.name, size: file.bytes });
		}
		throw new Refusal(422, "The part 'file' is missing.");
	}

	// ---- items ----------------------------------------------------------------------------------------

	protected fill(): void {
		const make = (type: BranchCmsType, fields: Record<string, FieldRule>, custom: string[], linkPath: string, firstId: number): Collection => ({
			type,
			fields,
			custom: new Set(custom),
			items: new Map(),
			nextId: firstId,
			taken: new Map(),
			linkPath,
		});
		const { customAttributes, seed } = this.options;
		this.accounts = make('account', ACCOUNT_FIELDS, customAttributes?.account ?? ['memberLevel', 'newsletter'], '/accounts', 9);
		this.events = make('event', EVENT_FIELDS, customAttributes?.event ?? ['price'], '/events', 101);
		this.files.length = 0;
		if (seed === 'empty') return;
		for (const account of demoAccounts()) this.add(this.accounts, account);
		for (const event of demoEvents()) this.add(this.events, event);
	}

	protected held(copy: boolean): () => void {
		const { accounts, events } = this;
		const items = [accounts, events].map((collection) => (copy ? structuredClone(collection.items) : collection.items));
		return () => void [accounts, events].forEach((collection, i) => (collection.items = items[i]!));
	}

	private collection(type: string): Collection {
		if (type === 'account') return this.accounts;
		if (type === 'event') return this.events;
		throw new Error(`BranchCMS has no records of type "${type}"; there are account and event`);
	}

	private add(collection: Collection, attributes: Item): Item {
		const item: Item = { ...attributes, id: collection.nextId };
		collection.nextId += 1;
		collection.items.set(item.id as number, item);
		this.claim(collection, item);
		return item;
	}

	private drop(collection: Collection, item: Item): void {
		this.release(collection, item);
		collection.items.delete(item.id as number);
	}

	private uniqueKeys(collection: Collection, item: Item): string[] {
		return Object.entries(collection.fields)
			.filter(([key, rule]) => rule.unique === true && typeof item[key] === 'string' && item[key] !== '')
			.map(([key]) => `${key}:${String(item[key]).toLowerCase()}`);
	}

	private claim(collection: Collection, item: Item): void {
		for (const key of this.uniqueKeys(collection, item)) collection.taken.set(key, item.id as number);
	}

	private release(collection: Collection, item: Item): void {
		for (const key of this.uniqueKeys(collection, item)) collection.taken.delete(key);
	}

	/** An item as answers show it. */
	private present(collection: Collection, item: Item): Item {
		const shown: Item = { id: item.id };
		for (const [key, rule] of Object.entries(collection.fields)) {
			if (key === 'id' || key === 'links' || rule.writeOnly === true) continue;
			shown[key] = item[key] ?? (rule.type === 'boolean' ? false : rule.type === 'object' ? null : '');
		}
		for (const key of collection.custom) shown[key] = item[key] ?? null;
		if (collection.type === 'account') {
			const name = [item.firstName, item.lastName].filter((part) => typeof part === 'string' && part !== '').join(' ');
			shown.displayName = name === '' ? (item.username ?? '') : name;
			if (shown.gender === '') shown.gender = 'unknown';
			return shown;
		}
		const date = String(item.date ?? '');
		const endDate = String(item.endDate ?? '') === '' ? date : String(item.endDate);
		const today = new Date().toISOString().slice(0, 10);
		const time = (item.time ?? {}) as Item;
		const kind = String(time.type ?? (time.start ? 'timed' : 'notime'));
		const slug = String(item.title ?? '').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
		return {
			...shown,
			endDate,
			isMultiDay: endDate > date,
			spansMultipleDays: endDate > date,
			time: {
				start: time.start ?? null,
				end: time.end ?? null,
				type: kind,
				isAllDay: kind === 'allday',
				isStartEnd: kind === 'timed',
				isStartOnly: kind === 'start',
				isTba: kind === 'tba',
				isNoTime: kind === 'notime',
			},
			isPastEvent: endDate !== '' && endDate < today,
			isToday: date <= today && today <= endDate,
			repeats: false,
			url: `/calendar/event/${slug}`,
			icalUrl: `/calendar/ical/${String(item.id)}`,
			editUrl: `/admin/calendar/${String(item.id)}`,
		};
	}

	/**
	 * An item as the answer to a write: with a links array whose address is relative, lacks the path of the
	 * API and names another id than the item's, exactly as the page's samples do.
	 */
	private written(collection: Collection, item: Item): Item {
		return {
			...this.present(collection, item),
			links: [{ rel: 'self', url: `${collection.linkPath}/${(item.id as number) + 2731}` }],
		};
	}
}

/** Starts a BranchCMS simulator on the loopback interface. */
export async function startBranchCms(options: BranchCmsOptions = {}): Promise<BranchCmsSimulator> {
	return await started(new BranchCmsSimulator(options), options);
}
