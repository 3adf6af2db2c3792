/**
 * The Outseta simulator: every call of the description file, on records in memory. What the documentation leaves
 * open is decided on the strict side: unknown properties, parameters and filters are refused.
 */
import { createHash } from 'node:crypto';
import type { ApiRequest, ApiResponse, SimulatorOptions } from '../server.mts';
import { Refusal, Simulator, header, json, queryPairs, started } from '../server.mts';
import { behaviours, type Scene } from './behaviours.mts';
import { contract, routes, type Endpoint } from './contract.mts';
import { fill, type SeedResult } from './demo.mts';
import { missing } from './errors.mts';
import { activityNumber, Notifications, type Notification } from './notifications.mts';
import { matches, paged, parseFilter } from './query.mts';
import { Store, type Item } from './store.mts';

export interface OutsetaOptions extends SimulatorOptions {
	apiKey?: string;
	apiSecret?: string;
	/** Requests a second that a key may send; default 4. */
	perSecond?: number;
	/** Key that signs notifications, 64 hexadecimal digits. */
	signatureKey?: string;
}

const BASE = '/api/v1';
const LISTING = new Set(['q', 'limit', 'offset', 'fields', 'orderBy', 'donotlog']);

/** A running Outseta. */
export class OutsetaSimulator extends Simulator {
	readonly apiKey: string;
	readonly apiSecret: string;
	readonly signatureKey: string;
	perSecond: number;
	store = new Store();
	seeded!: SeedResult;
	/** Tokens of people. */
	readonly tokens = new Map<string, string>();
	/** Settings > Notifications, and what was delivered. */
	readonly notifications: Notifications;
	/** Mails that went out, newest last. */
	readonly mails: Array<{ kind: string; to: string }> = [];
	private readonly options: OutsetaOptions;
	private arrivals: number[] = [];

	constructor(options: OutsetaOptions = {}) {
		super(options);
		this.options = options;
		this.apiKey = options.apiKey ?? '2f6f5c3e-8a1d-4c7b-9e52-0d4b7a6c1f38';
		this.apiSecret = options.apiSecret ?? '0123456789abcdef0123456789abcdef';
		this.signatureKey = options.signatureKey ?? createHash('sha256').update('outseta').digest('hex');
		this.perSecond = options.perSecond ?? 4;
		this.notifications = new Notifications(this.signatureKey);
		this.fill();
	}

	protected fill(): void {
		this.store = new Store();
		this.tokens.clear();
		this.mails.length = 0;
		this.notifications.clear();
		this.arrivals = [];
		this.seeded = fill(this.store, this.options.seed ?? 'demo');
	}

	protected held(copy: boolean): () => void {
		const store = copy ? this.store.copy() : this.store;
		return () => void (this.store = store);
	}

	/** Records of an entity as they are kept. */
	records(type: string): Item[] {
		return this.store.all(type);
	}

	/** Adds people at once; returns their uids. */
	seedPeople(count: number, prefix = 'person'): string[] {
		return Array.from({ length: count }, (_, i) => this.store.add('Person', { Email: `${prefix}${i}@load.example`, FirstName: 'Load', LastName: `Person ${i}` }).Uid as string);
	}

	// ---- what happens in the vendor's own application ------------------------------------------------

	private item(type: string, uid: unknown): { entity: string; item: Item } {
		const entity = type.charAt(0).toUpperCase() + type.slice(1);
		const item = this.store.get(entity, uid);
		if (!item) throw new Error(`There is no ${entity} ${String(uid)}`);
		return { entity, item };
	}

	private note(name: string, about: { entity: string; item: Item }, details?: unknown): void {
		const known = Object.values(contract.enums.ActivityType).includes(name);
		if (known) this.notifications.happened(this.store, activityNumber(name), about, details);
	}

	/** Somebody adds a record; its dates may be given. */
	insert(type: string, values: Item): Item {
		const entity = type.charAt(0).toUpperCase() + type.slice(1);
		const item = this.store.add(entity, values);
		this.note(`${entity}Created`, { entity, item });
		return item;
	}

	/** Somebody changes a record; the date may be given. */
	update(type: string, uid: unknown, values: Item): Item {
		const { entity, item } = this.item(type, uid);
		const before = Object.fromEntries(Object.keys(values).map((name) => [name, item[name] ?? null]));
		this.store.change(entity, item, values);
		if (values.Updated !== undefined) item.Updated = values.Updated;
		this.note(`${entity}Updated`, { entity, item }, entity === 'Person' ? { OriginalValues: before, CurrentValues: values } : undefined);
		if (values.AccountStage !== undefined && values.AccountStage !== before.AccountStage) {
			this.note('AccountStageUpdated', { entity, item }, { PriorAccountStage: before.AccountStage, CurrentAccountStage: values.AccountStage, CancelationReason: null });
		}
		return item;
	}

	/** Somebody deletes a record. */
	destroy(type: string, uid: unknown): void {
		const { entity, item } = this.item(type, uid);
		this.note(`${entity}Deleted`, { entity, item });
		this.store.remove(entity, item);
	}

	/** Any other thing happens to an account, a person or a deal. A login is told with an account of the person, a task with its owner. */
	happen(activity: unknown, type: string, uid: unknown, details?: Item | Item[]): Item {
		const about = this.item(type, uid);
		const number = activityNumber(activity);
		let carried = about;
		if (number === 203) carried = this.item('Account', this.store.pointing('Person', uid, 'PersonAccount', 'Person')[0]?.Account);
		if (about.entity === 'Task') {
			const owner = ['Deal', 'Person', 'Account'].find((entity) => about.item[entity]);
			carried = this.item(owner ?? 'Account', about.item[owner ?? 'Account']);
			const { Uid, Title, DueDate = null, Notes = null, Status, Created, CompletedDateTime = null } = about.item;
			details ??= { Uid, Title, DueDate, Notes, Status, CreatedDateTime: Created, CompletedDateTime };
		}
		return this.notifications.happened(this.store, number, about, details, carried);
	}

	// ---- what the server uses -------------------------------------------------------------------------

	protected override errorResponse(status: number): ApiResponse {
		return json(status, { Message: 'An error has occurred.' });
	}

	/** The documentation names no header that tells when to come back. */
	protected override rateLimited(): ApiResponse {
		return json(429, { ErrorMessage: 'Too many requests' });
	}

	protected control(method: string, action: string, body: Record<string, unknown>): unknown {
		switch (`${method} ${action}`) {
			case 'GET tokens':
				return { apiKey: this.apiKey, apiSecret: this.apiSecret, signatureKey: this.signatureKey };
			case 'GET mails':
				return { mails: this.mails };
			case 'POST seed':
				if (typeof body.people === 'number') return { people: this.seedPeople(body.people, body.prefix as string | undefined).length };
				if (typeof body.type === 'string' && Array.isArray(body.records)) return { records: (body.records as Item[]).map((values) => this.insert(body.type as string, values)) };
				throw new Error('Give people, a number, or type and records');
			case 'POST change':
				return { record: this.update(String(body.type), body.uid, body.values as Item) };
			case 'POST destroy':
				this.destroy(String(body.type), body.uid);
				return { ok: true };
			case 'POST happen':
				return { activity: this.happen(body.activityType, String(body.type), body.uid, body.details as Item | undefined) };
			case 'GET notifications':
				return { notifications: this.notifications.configured };
			case 'POST notifications':
				return { notification: this.notifications.add(body.activityType, String(body.url)) };
			case 'DELETE notifications':
				this.notifications.remove(body.uid as string | undefined);
				return { ok: true };
			case 'GET deliveries':
				return { deliveries: this.notifications.log };
			case 'POST deliveries':
				if (typeof body.pauseMs === 'number') this.notifications.pauseMs = body.pauseMs;
				if (typeof body.signed === 'boolean') this.notifications.signed = body.signed;
				return { ok: true };
			case 'POST forge':
				return this.forge(body.uid as string | undefined, body.body as Item | undefined);
			default:
				return undefined;
		}
	}

	/** Sends what someone would who does not know the key; to the first notification there is. */
	async forge(uid?: string, body: Item = { _objectType: 'Account', Uid: 'forged', Name: 'Forged', AccountStage: 3 }): Promise<{ statuses: number[] }> {
		const target = this.notifications.configured.find((one: Notification) => uid === undefined || one.uid === uid);
		if (!target) throw new Error('There is no such notification');
		return { statuses: await this.notifications.forge(target, body) };
	}

	// ---- requests -------------------------------------------------------------------------------------

	protected dispatch(request: ApiRequest): ApiResponse {
		if (!request.path.toLowerCase().startsWith(`${BASE}/`)) throw missing(request.path);
		const path = request.path.slice(BASE.length);
		const found = routes.filter(({ pattern }) => pattern.test(path));
		if (found.length === 0) throw missing(path);
		const route = found.find(({ endpoint }) => endpoint.method === request.method);
		if (!route) throw new Refusal(405, { Message: `The requested resource does not support http method '${request.method}'.` });
		const { endpoint, names, pattern } = route;

		const person = this.authenticate(request, endpoint);
		if (this.isTooFast(request)) return this.rateLimited();
		const args = pattern.exec(path)!.slice(1).map((text) => decodeURIComponent(text));
		const body = this.bodyOf(request, endpoint);
		const query = new Map<string, string>();
		const filters: Array<[string, string]> = [];
		for (const [name, value] of queryPairs(request.search)) {
			const own = endpoint.query && Object.hasOwn(endpoint.query, name) && !name.includes('.') && !(name in (contract.entities[endpoint.entity ?? ''] ?? {}));
			if (name === 'orderBy' && value.includes('+')) throw new Refusal(400, { ErrorMessage: `Cannot order by ${value}` });
			if (own || LISTING.has(name)) {
				if (name === 'q' && !own) throw new Refusal(400, { ErrorMessage: 'q is not offered here' });
				query.set(name, value);
			} else if (endpoint.paged) filters.push([name, value]);
			else throw new Refusal(400, { ErrorMessage: `Unknown parameter ${name}` });
		}
		for (const [name, rule] of Object.entries(endpoint.query ?? {})) {
			if (rule.required && !query.get(name)) throw new Refusal(400, { ErrorMessage: `${name} is required`, PropertyName: name });
		}
		const scene: Scene = {
			simulator: this,
			store: this.store,
			endpoint,
			args: Object.fromEntries(names.map((name, i) => [name, args[i]])),
			first: args[0],
			query,
			filters,
			body,
			person,
			log: query.get('donotlog') !== '1',
			origin: request.origin,
			list: (entity, items) => this.list(entity, items, query, filters),
		};
		const answer = behaviours(scene);
		const file = answer as { pdf?: Buffer; name?: string } | undefined;
		if (file?.pdf) {
			return { status: 200, headers: { 'content-type': 'application/pdf', 'content-disposition': `attachment; filename="${file.name}"` }, body: file.pdf };
		}
		// "200 with an empty or opaque body".
		return answer === undefined ? { status: 200, headers: { 'content-type': 'text/plain' }, body: '' } : json(200, answer);
	}

	private list(entity: string, items: Item[], query: Map<string, string>, filters: Array<[string, string]>): unknown {
		const parsed = filters.map(([name, value]) => parseFilter(this.store, entity, name, value));
		const found = items.filter((item) => parsed.every((filter) => matches(this.store, entity, item, filter)));
		const { items: shown, ...metadata } = paged(this.store, entity, found, query);
		return { metadata, items: shown };
	}

	/** The uid of the person whose token it is. */
	private authenticate(request: ApiRequest, endpoint: Endpoint): string | undefined {
		const given = header(request.headers, 'authorization') ?? '';
		const isKey = given === `Outseta ${this.apiKey}:${this.apiSecret}`;
		const person = this.tokens.get(/^bearer (.+)$/i.exec(given)?.[1] ?? '');
		if (endpoint.auth === 'bearer') {
			if (!person) throw new Refusal(401, { ErrorMessage: 'A token of a person is needed' });
			return person;
		}
		if (endpoint.auth !== 'none' && !isKey) throw new Refusal(401, { ErrorMessage: 'Authorization has been denied for this request.' });
		if (given !== '' && !isKey && !person) throw new Refusal(401, { ErrorMessage: 'Authorization has been denied for this request.' });
		return person ?? (isKey ? 'key' : undefined);
	}

	/** Four requests in any second, for the key. */
	private isTooFast(request: ApiRequest): boolean {
		if (!/^Outseta /.test(header(request.headers, 'authorization') ?? '')) return false;
		const now = performance.now();
		this.arrivals = this.arrivals.filter((at) => now - at < 1000);
		if (this.arrivals.length >= this.perSecond) return true;
		this.arrivals.push(now);
		return false;
	}

	private bodyOf(request: ApiRequest, endpoint: Endpoint): Item {
		const text = request.body.toString('utf8');
		if (request.method === 'GET' || request.method === 'DELETE' || (!endpoint.body && text === '')) {
			if (text !== '') throw new Refusal(400, { ErrorMessage: 'No body is expected' });
			return {};
		}
		if (text === '') return {};
		if (header(request.headers, 'content-type')?.split(';')[0]?.trim() !== 'application/json') throw new Refusal(415, { Message: 'The body has to be application/json' });
		let body: unknown;
		try {
			body = JSON.parse(text);
		} catch {
			throw new Refusal(400, { ErrorMessage: 'The body is not valid JSON' });
		}
		if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new Refusal(400, { ErrorMessage: 'The body has to be an object' });
		if (!endpoint.body && Object.keys(body).length > 0) throw new Refusal(400, { ErrorMessage: 'No body is expected' });
		return body as Item;
	}
}

/** Starts an Outseta simulator on the loopback interface. */
export async function startOutseta(options: OutsetaOptions = {}): Promise<OutsetaSimulator> {
	return await started(new OutsetaSimulator(options), options);
}
