/** The Outreach simulator: the gateway (token, media type, rate limit), the router and the generic resource calls. */
import type { ApiRequest, ApiResponse, Seed, SimulatorOptions } from '../server.mts';
import { Simulator, decodePart, header, started } from '../server.mts';
import { readActionParams, runMemberAction } from './actions.mts';
import { Batches } from './batches.mts';
import type { Method, ResourceRule } from './contract.mts';
import { resource, resourceByPlural } from './contract.mts';
import { seedBasics, seedDemo, seedMany, seedUsers } from './demo.mts';
import {
	ApiError,
	MEDIA_TYPE,
	badParameter,
	errorResponse,
	forbidden,
	noRoute,
	noScope,
	notFound,
	plainError,
	unauthorized,
} from './errors.mts';
import { compileFilter } from './filter.mts';
import { Imports } from './imports.mts';
import { ListCache, cutPage, readSort } from './list.mts';
import type { Grant, IssueOptions, TokenPair } from './oauth.mts';
import { TokenService } from './oauth.mts';
import type { QueryParameter } from './query.mts';
import { parseQuery, readFlag } from './query.mts';
import type { IncludeTree, View } from './serialize.mts';
import { includedTexts, plainView, readFields, readInclude, recordText } from './serialize.mts';
import { customObject, exchange, installation, RECORD_SCOPES, schemaDocument, seedObjects, type Installation } from './organisation.mts';
import { ORG_GUID, SCIM_TOKEN, Scim, scimErrorResponse } from './scim.mts';
import type { RecordId, RelationInput, StoredRecord } from './store.mts';
import { Store, toRelation } from './store.mts';
import { typesDocument } from './types.mts';
import type { Invite } from './world.mts';
import { World } from './world.mts';
import { Deliveries, type BurstOptions, type BurstResult, type DeliveryRecord } from './webhooks.mts';
import { isObject, readDraft } from './write.mts';

export interface OutreachOptions extends SimulatorOptions {
	clientId?: string;
	clientSecret?: string;
	/** true: GET and DELETE may come without a Content-Type, as some connectors report. Default false: the docs' rule. */
	lenientGetContentType?: boolean;
	/** Time a batch or import spends in each of its two stages; default 100. */
	stepMs?: number;
}

export interface RateLimit {
	/** Requests per window and user. */
	limit: number;
	/** Requests left in the running window. */
	remaining: number;
	windowMs: number;
	/** Form of Retry-After on 429: the documentation calls it an alias of the reset time, hence `epoch`. */
	retryAfter: 'epoch' | 'seconds';
	/** Two numbers in the headers, as seen on some organisations. */
	twoNumbers: boolean;
}

/** A copy of a stored record, as handed to tests. */
export interface RecordSnapshot {
	type: string;
	id: RecordId;
	attributes: Record<string, unknown>;
	relationships: StoredRecord['relationships'];
}

const DEFAULT_RATE: RateLimit = { limit: 10_000, remaining: 10_000, windowMs: 3_600_000, retryAfter: 'epoch', twoNumbers: false };

function snapshot(record: StoredRecord): RecordSnapshot {
	return {
		type: record.type,
		id: record.id,
		attributes: { ...record.attributes },
		relationships: { ...record.relationships },
	};
}

const vendorJson = (status: number, text: string): ApiResponse => ({ status, headers: { 'content-type': MEDIA_TYPE }, body: text });

/** Query parameters by root name; refuses roots outside the list. */
function sortParameters(parameters: QueryParameter[], allowed: string[]): Map<string, QueryParameter[]> {
	const byRoot = new Map<string, QueryParameter[]>();
	for (const parameter of parameters) {
		if (!allowed.includes(parameter.root)) {
			throw badParameter(parameter.name, `Unknown parameter '${parameter.name}'.`, 'queryParameter.unknown');
		}
		const known = byRoot.get(parameter.root);
		if (known === undefined) byRoot.set(parameter.root, [parameter]);
		else known.push(parameter);
	}
	return byRoot;
}

/** A running Outreach simulator. */
export class OutreachSimulator extends Simulator {
	lenientGetContentType: boolean;
	private readonly store = new Store();
	private readonly world = new World(this.store);
	private readonly deliveries = new Deliveries(this.store, this.world.cleanupTokens);
	private readonly batches = new Batches(this.world);
	private readonly imports = new Imports(this.world);
	private readonly lists = new ListCache();
	private readonly scim = new Scim(this.world);
	private readonly tokens: TokenService;
	private readonly seed: Seed;
	private rate: RateLimit = { ...DEFAULT_RATE };
	private windowEnd = Date.now() + DEFAULT_RATE.windowMs;

	constructor(options: OutreachOptions = {}) {
		super(options);
		this.seed = options.seed ?? 'demo';
		this.lenientGetContentType = options.lenientGetContentType ?? false;
		this.tokens = new TokenService(options.clientId ?? 'demo-client', options.clientSecret ?? 'demo-secret');
		this.stepMs = options.stepMs ?? 100;
		this.fill();
		this.batches.beforeEffect = () => this.beforeChange();
		this.world.listener = (happening) => this.deliveries.tell(happening);
	}

	// ---- what tests use -------------------------------------------------------------------------------

	/** Time a batch or import spends pending, and again running. */
	get stepMs(): number {
		return this.batches.stepMs;
	}

	set stepMs(ms: number) {
		this.batches.stepMs = ms;
		this.imports.stepMs = ms;
	}

	get clientId(): string {
		return this.tokens.clientId;
	}

	get clientSecret(): string {
		return this.tokens.clientSecret;
	}

	/** A valid access token with all scopes, or the last one minted over HTTP. */
	get accessToken(): string {
		return this.tokens.current.accessToken;
	}

	/** The refresh token that belongs to `accessToken`. */
	get refreshToken(): string {
		return this.tokens.current.refreshToken;
	}

	/** The token of the SCIM service, which is none of the others. */
	get scimToken(): string {
		return SCIM_TOKEN;
	}

	/** The app that signs in with its own key. */
	get installation(): Installation {
		return installation();
	}

	/** Deletes a custom object of the organisation with its records. */
	removeCustomObject(name: string): void {
		for (const record of [...this.store.all(name)]) this.store.remove(record);
		this.world.ownTypes.delete(name);
	}

	/** Longest page of the SCIM service; default 100. */
	get scimMaxResults(): number {
		return this.scim.maxResults;
	}

	set scimMaxResults(count: number) {
		this.scim.maxResults = count;
	}

	/** One token mint per 60 seconds, as the vendor has it. Default false. */
	get mintThrottle(): boolean {
		return this.tokens.mintThrottle;
	}

	set mintThrottle(on: boolean) {
		this.tokens.mintThrottle = on;
	}

	/** Who was created over the API and whether an invitation went out. */
	get invites(): readonly Invite[] {
		return this.world.invites;
	}

	get rateLimit(): Readonly<RateLimit> {
		return this.rate;
	}

	/** Changes the rate limit and begins a new window. */
	setRateLimit(change: Partial<RateLimit>): void {
		const limit = change.limit ?? this.rate.limit;
		this.rate = { ...this.rate, remaining: limit, ...change, limit };
		this.windowEnd = Date.now() + this.rate.windowMs;
	}

	/** Makes every access token handed out so far expire; refreshing still works. */
	expireTokens(): void {
		this.tokens.expire();
	}

	/** Makes the current refresh token useless. */
	revokeRefreshToken(): void {
		this.tokens.revokeRefresh();
	}

	/** A token pair outside the OAuth flow, e.g. with few scopes. */
	issueToken(options: IssueOptions = {}): TokenPair {
		return this.tokens.issue(options);
	}

	/** Back to the seed: records, tokens, rate limit; requests and faults are dropped. */
	override reset(): void {
		this.batches.clear();
		this.imports.clear();
		this.lists.clear();
		this.scim.clear();
		this.deliveries.clear();
		this.world.clear();
		this.tokens.reset();
		this.setRateLimit({ ...DEFAULT_RATE });
		super.reset();
	}

	/** Copies of all records of a type, ids ascending. */
	records(type: string): RecordSnapshot[] {
		this.settle();
		return this.store.all(type).map(snapshot);
	}

	/** A copy of one record. */
	record(type: string, id: RecordId): RecordSnapshot | undefined {
		this.settle();
		const found = this.store.get(type, id);
		return found === undefined ? undefined : snapshot(found);
	}

	/** Adds a record without validation; relationships take ids, references or lists of them. */
	insert(
		type: string,
		values: { id?: RecordId; attributes?: Record<string, unknown>; relationships?: Record<string, RelationInput> },
	): RecordSnapshot {
		return snapshot(this.world.insert(type, values.attributes ?? {}, values.relationships ?? {}, values.id));
	}

	/** Changes a record without validation. */
	update(
		type: string,
		id: RecordId,
		values: { attributes?: Record<string, unknown>; relationships?: Record<string, RelationInput> },
	): RecordSnapshot {
		const record = this.store.get(type, id);
		if (record === undefined) throw new Error(`There is no ${type} ${id}`);
		const rule = resource(type);
		const relations = Object.entries(values.relationships ?? {}).map(([name, value]) => {
			const relation = rule.relationships.get(name);
			if (relation === undefined) throw new Error(`${type} has no relationship "${name}"`);
			return [name, toRelation(relation, value)] as const;
		});
		this.world.touch(record, values.attributes ?? {}, Object.fromEntries(relations));
		return snapshot(record);
	}

	/** Removes a record. */
	remove(type: string, id: RecordId): void {
		const record = this.store.get(type, id);
		if (record !== undefined) this.store.remove(record);
	}

	/** What webhooks were told, oldest first. */
	get delivered(): readonly DeliveryRecord[] {
		return this.deliveries.log;
	}

	/** How deliveries behave: their content type, and the pause between attempts. */
	setDeliveries(change: { contentType?: string; pauseMs?: number }): void {
		Object.assign(this.deliveries, change);
	}

	/** Resolves when everything that happened so far is delivered or given up. */
	async deliveriesSettled(): Promise<void> {
		await this.deliveries.settled();
	}

	/** Many deliveries at once, with repeats and forgeries among them. */
	async deliverBurst(options: BurstOptions): Promise<BurstResult> {
		return await this.deliveries.burst(options);
	}

	/** Adds many prospects; returns their ids. */
	seedProspects(count: number, prefix = 'lead'): number[] {
		return seedMany(this.world, count, prefix);
	}

	/** Adds many users; returns their ids. */
	seedUsers(count: number, prefix = 'member'): number[] {
		return seedUsers(this.world, count, prefix);
	}

	/** Ends all confirmed batches now instead of when their time comes. */
	finishBatches(): void {
		this.batches.finishAll();
	}

	/** Lets pending sequence states of enabled sequences start, which the vendor does on its own schedule. */
	activatePending(): number {
		let count = 0;
		for (const state of this.store.all('sequenceState')) {
			const sequence = state.relationships.sequence;
			if (state.attributes.state !== 'pending' || sequence === null || sequence === undefined || Array.isArray(sequence)) continue;
			if (this.store.get('sequence', sequence.id)?.attributes.enabled !== true) continue;
			const now = new Date().toISOString();
			this.world.touch(state, { state: 'active', activeAt: now, stateChangedAt: now });
			count += 1;
		}
		return count;
	}

	// ---- what the server uses -------------------------------------------------------------------------

	protected override errorResponse(status: number): ApiResponse {
		return status === 401 ? unauthorized('Invalid JWT token.') : errorResponse(plainError(status));
	}

	protected override rateLimited(waitMs: number): ApiResponse {
		const answer = errorResponse(plainError(429, 'Rate limit exceeded.'));
		return { ...answer, headers: { ...answer.headers, ...this.rateHeaders(0, Date.now() + waitMs), 'retry-after': this.retryAfter(Date.now() + waitMs) } };
	}

	protected control(method: string, action: string, body: Record<string, unknown>): unknown {
		switch (`${method} ${action}`) {
			case 'GET tokens':
				return this.tokens.current;
			case 'POST tokens':
				if (body.action === 'expire') this.expireTokens();
				else if (body.action === 'revokeRefresh') this.revokeRefreshToken();
				else if (body.action === 'issue') return this.issueToken(body as IssueOptions);
				else throw new Error('action must be expire, revokeRefresh or issue');
				return this.tokens.current;
			case 'POST seed': {
				const added: Record<string, number> = {};
				if (typeof body.prospects === 'number') added.prospects = this.seedProspects(body.prospects, body.prefix as string | undefined).length;
				if (typeof body.users === 'number') added.users = this.seedUsers(body.users, body.prefix as string | undefined).length;
				if (typeof body.type === 'string' && Array.isArray(body.records)) {
					const { type } = body;
					return { records: (body.records as Array<Parameters<OutreachSimulator['insert']>[1]>).map((values) => this.insert(type, values)) };
				}
				return added;
			}
			case 'POST rateLimit':
				this.setRateLimit(body as Partial<RateLimit>);
				return this.rate;
			case 'POST options':
				if (typeof body.lenientGetContentType === 'boolean') this.lenientGetContentType = body.lenientGetContentType;
				if (typeof body.mintThrottle === 'boolean') this.mintThrottle = body.mintThrottle;
				if (typeof body.stepMs === 'number') this.stepMs = body.stepMs;
				return { ok: true };
			case 'POST activatePending':
				return { activated: this.activatePending() };
			case 'GET invites':
				return { invites: this.invites };
			case 'GET deliveries':
				return { deliveries: this.delivered };
			case 'POST deliveries':
				this.setDeliveries(body);
				return { ok: true };
			case 'POST burst':
				return this.deliverBurst(body as unknown as BurstOptions);
			case 'POST change': {
				// Changes records as somebody in the vendor's own application would.
				const { type, ids, attributes, relationships } = body as { type: string; ids: RecordId[]; attributes?: Record<string, unknown>; relationships?: Record<string, RelationInput> };
				return { records: ids.map((id) => this.update(type, id, { attributes, relationships })) };
			}
			case 'POST destroy': {
				const record = this.store.get(String(body.type), body.id as RecordId);
				if (record !== undefined) this.world.destroy(record);
				return { ok: true };
			}
			default:
				return undefined;
		}
	}

	protected dispatch(request: ApiRequest): ApiResponse {
		const { path, method } = request;
		if (path === '/oauth/authorize' && method === 'GET') return this.tokens.authorize(request);
		if (path === '/oauth/token' && method === 'POST') return this.tokens.token(request);
		const exchanged = exchange(request, this.tokens);
		if (exchanged !== undefined) return exchanged;
		if (path === '/api/v2/schema.json' && method === 'GET' && header(request.headers, 'authorization') === undefined) {
			return vendorJson(200, schemaDocument(this.world, false));
		}
		if (path.startsWith('/uploads/') && method === 'PUT') {
			const found = this.imports.upload(decodePart(path.slice('/uploads/'.length)), request.body);
			return { status: found ? 200 : 403, body: '' };
		}
		if (path === '/api/v2/webhooks/cleanup' && method === 'POST') return this.cleanUp(request);
		if (path.startsWith('/scim/v2/')) {
			// These calls count against the same limit.
			const tooMany = this.takeFromLimit();
			if (!tooMany) this.settle();
			const answer = tooMany ? scimErrorResponse(429, 'Rate limit exceeded.') : this.scim.handle(request);
			const wait: Record<string, string> = tooMany ? { 'retry-after': this.retryAfter(this.windowEnd) } : {};
			return { ...answer, headers: { ...answer.headers, ...wait, ...this.rateHeaders(this.rate.remaining, this.windowEnd) } };
		}
		if (path !== '/api/v2' && !path.startsWith('/api/v2/')) return errorResponse(noRoute(method, path));

		const grant = this.tokens.check(header(request.headers, 'authorization'));
		if (typeof grant === 'string') return unauthorized(grant);
		const overLimit = this.takeFromLimit();
		let answer: ApiResponse;
		if (overLimit) {
			answer = errorResponse(plainError(429, 'Rate limit exceeded.'));
			answer.headers = { ...answer.headers, 'retry-after': this.retryAfter(this.windowEnd) };
		} else {
			try {
				this.settle();
				answer = this.route(request, grant);
			} catch (error) {
				if (!(error instanceof ApiError)) throw error;
				answer = errorResponse(error);
			}
		}
		return { ...answer, headers: { ...answer.headers, ...this.rateHeaders(this.rate.remaining, this.windowEnd) } };
	}

	// ---- gateway --------------------------------------------------------------------------------------

	protected fill(): void {
		if (this.seed === 'demo') {
			seedDemo(this.world);
			seedObjects(this.world);
		} else seedBasics(this.world);
	}

	protected held(copy: boolean): () => void {
		const all = [this.store.held(copy), this.scim.held(copy)];
		return () => {
			for (const put of all) put();
		};
	}

	protected override settle(): void {
		if (this.inPast) return;
		this.batches.advance();
		this.imports.advance();
	}

	/** Counts a request; true when it is one too many. */
	private takeFromLimit(): boolean {
		if (Date.now() >= this.windowEnd) {
			this.rate.remaining = this.rate.limit;
			this.windowEnd = Date.now() + this.rate.windowMs;
		}
		if (this.rate.remaining <= 0) return true;
		this.rate.remaining -= 1;
		return false;
	}

	private rateHeaders(remaining: number, end: number): Record<string, string> {
		const pair = (value: number): string => (this.rate.twoNumbers ? `${value}, ${value}` : String(value));
		return {
			'x-ratelimit-limit': pair(this.rate.limit),
			'x-ratelimit-remaining': pair(remaining),
			'x-ratelimit-reset': String(Math.ceil(end / 1000)),
		};
	}

	private retryAfter(end: number): string {
		return this.rate.retryAfter === 'epoch'
			? String(Math.ceil(end / 1000))
			: String(Math.max(1, Math.ceil((end - Date.now()) / 1000)));
	}

	private checkMedia(request: ApiRequest): void {
		const accept = header(request.headers, 'accept');
		if (accept !== undefined) {
			const ranges = accept.split(',').map((range) => range.split(';')[0]?.trim().toLowerCase());
			if (!ranges.some((range) => range === MEDIA_TYPE || range === '*/*' || range === 'application/*')) {
				throw plainError(406, `Accept must allow ${MEDIA_TYPE}.`);
			}
		}
		const type = header(request.headers, 'content-type')?.split(';')[0]?.trim().toLowerCase();
		const bare = type === undefined && request.body.length === 0 && (request.method === 'GET' || request.method === 'DELETE');
		if (bare && this.lenientGetContentType) return;
		// "Making requests" demands the type on every request, GET included.
		if (type !== MEDIA_TYPE) throw plainError(415, `Content-Type must be ${MEDIA_TYPE}.`);
	}

	private needScope(grant: Grant, rule: Pick<ResourceRule, 'scopes'>, kind: 'read' | 'write' | 'delete'): void {
		const scope = rule.scopes[kind];
		// Scopes are not additive: write does not include read. A resource without the scope needs none.
		if (scope === undefined || grant.scopes.has(scope)) return;
		if (rule.scopes.all !== undefined && grant.scopes.has(rule.scopes.all)) return;
		throw noScope(scope);
	}

	private needS2s(grant: Grant, reaches: boolean): void {
		if (grant.s2s && !reaches) throw forbidden('This operation is not available to server-to-server tokens.');
	}

	// ---- router ---------------------------------------------------------------------------------------

	private route(request: ApiRequest, grant: Grant): ApiResponse {
		this.checkMedia(request);
		const { method, path } = request;
		const parts = path.split('/').slice(3);
		if (parts.length === 0 || (parts.length === 1 && parts[0] === '')) {
			if (method !== 'GET') throw noRoute(method, path);
			return this.identity(request, grant);
		}
		const parameters = parseQuery(request.search);
		if (parts.length === 1 && parts[0] === 'types' && method === 'GET') {
			sortParameters(parameters, []);
			this.needS2s(grant, false);
			return vendorJson(200, JSON.stringify(typesDocument()));
		}
		if (parts.length === 1 && parts[0] === 'schema.json' && method === 'GET') {
			sortParameters(parameters, []);
			this.needS2s(grant, false);
			return vendorJson(200, schemaDocument(this.world, true));
		}
		const own = parts[0] === 'customObjects' && parts.length > 1;
		if (own) parts.shift();
		const rule = own ? customObject(this.world, parts[0]) : resourceByPlural(parts[0] as string);
		if (rule === undefined) throw noRoute(method, path);
		const can = (operation: Method): boolean => rule.methods.has(operation);
		const allow = (operation: Method, kind: 'read' | 'write' | 'delete'): void => {
			this.needScope(grant, rule, kind);
			this.needS2s(grant, rule.s2s.has(operation) || rule.s2sOnly.has(operation));
			if (rule.s2sOnly.has(operation) && !grant.s2s) throw forbidden('This operation is available to server-to-server tokens only.');
		};
		if (parts.length === 1) {
			if (method === 'GET' && can('list')) {
				allow('list', 'read');
				return this.list(request, rule, parameters);
			}
			if (method === 'POST' && can('create')) {
				allow('create', 'write');
				return this.create(request, rule, parameters, grant);
			}
		}
		if (parts.length === 2) {
			const id = parts[1] as string;
			if (method === 'GET' && can('get')) {
				allow('get', 'read');
				return this.get(request, rule, id, parameters);
			}
			if (method === 'PATCH' && can('update')) {
				allow('update', 'write');
				return this.patch(request, rule, id, parameters, grant);
			}
			if (method === 'DELETE' && can('delete')) {
				allow('delete', 'delete');
				sortParameters(parameters, []);
				this.world.destroy(this.find(rule, id));
				return { status: 204 };
			}
		}
		if (method === 'POST' && parts.length === 3 && parts[1] === 'actions') {
			const action = rule.actions.get(parts[2] as string);
			if (action !== undefined && !action.member) return this.collectionAction(request, rule, action.name, parameters, grant);
		}
		if (method === 'POST' && parts.length === 4 && parts[2] === 'actions') {
			const action = rule.actions.get(parts[3] as string);
			if (action !== undefined && action.member) {
				this.needScope(grant, rule, 'write');
				this.needS2s(grant, action.s2s);
				const byRoot = this.writeParameters(rule, parameters, ['actionParams']);
				const record = this.find(rule, parts[1] as string);
				const params = readActionParams(action, byRoot.get('actionParams') ?? []);
				if (rule.type === 'batch') {
					if (action.name === 'confirm') this.batches.confirm(record, params);
					else this.batches.cancel(record);
				} else runMemberAction(this.world, record, action, params, grant.userId);
				return this.single(record, 200, this.view(request, rule, byRoot));
			}
		}
		throw noRoute(method, path);
	}

	private find(rule: ResourceRule, id: string): StoredRecord {
		const record = rule.uuid ? this.store.get(rule.type, id) : /^\d+$/.test(id) ? this.store.get(rule.type, Number(id)) : undefined;
		if (record === undefined) throw notFound(rule.type, decodePart(id));
		return record;
	}

	private identity(request: ApiRequest, grant: Grant): ApiResponse {
		sortParameters(parseQuery(request.search), []);
		const me = this.store.get('user', grant.userId);
		return vendorJson(
			200,
			JSON.stringify({
				meta: {
					app: { id: this.clientId, name: 'Provisioning' },
					user: grant.s2s ? null : { id: me?.id ?? null, email: me?.attributes.email ?? null, firstName: me?.attributes.firstName ?? null, lastName: me?.attributes.lastName ?? null },
					org: { id: 1, name: 'Acme', shortname: 'acme', guid: ORG_GUID },
				},
			}),
		);
	}

	/** POST /webhooks/cleanup works with the cleanup token instead of an access token. */
	private cleanUp(request: ApiRequest): ApiResponse {
		const token = /^Bearer (\S+)$/i.exec(header(request.headers, 'authorization') ?? '')?.[1];
		for (const [id, known] of this.world.cleanupTokens) {
			if (known !== token) continue;
			const webhook = this.store.get('webhook', id);
			// 404 means that the webhook is gone already.
			if (webhook === undefined) return errorResponse(plainError(404));
			this.world.destroy(webhook);
			return { status: 204 };
		}
		return unauthorized('Invalid cleanup token.');
	}

	// ---- resource calls -------------------------------------------------------------------------------

	private view(request: ApiRequest, rule: ResourceRule, byRoot: Map<string, QueryParameter[]>): View {
		const flag = (name: string): boolean => {
			const parameter = byRoot.get(name)?.[0];
			return parameter === undefined ? false : readFlag(parameter);
		};
		const view: View = {
			...plainView(request.origin),
			fields: readFields(byRoot.get('fields') ?? []),
			authorizationMeta: flag('provideAuthorizationMeta'),
			dataConnections: flag('provideDataConnections'),
		};
		if (rule.type === 'prospect') {
			for (const parameter of byRoot.get('actionParams') ?? []) {
				if (parameter.path.join('.') === 'withUnnamedAccount') view.unnamedAccounts = readFlag(parameter);
			}
		}
		return view;
	}

	private readParameters(rule: ResourceRule, parameters: QueryParameter[], more: string[]): Map<string, QueryParameter[]> {
		const byRoot = sortParameters(parameters, ['include', 'fields', ...rule.metaParams, ...more]);
		for (const parameter of byRoot.get('actionParams') ?? []) {
			if (rule.type !== 'prospect' || parameter.path.join('.') !== 'withUnnamedAccount') {
				throw badParameter(parameter.name, `Unknown action parameter '${parameter.name}'.`, 'actionParams.unknown');
			}
		}
		return byRoot;
	}

	private writeParameters(rule: ResourceRule, parameters: QueryParameter[], more: string[] = []): Map<string, QueryParameter[]> {
		if (parameters.some((parameter) => parameter.root === 'include')) {
			throw badParameter('include', 'include is not supported on writes.', 'includeParameter.notSupported');
		}
		return sortParameters(parameters, ['fields', ...rule.metaParams, ...more]);
	}

	private includeTree(rule: ResourceRule, byRoot: Map<string, QueryParameter[]>): IncludeTree | undefined {
		const parameter = byRoot.get('include')?.[0];
		return parameter === undefined ? undefined : readInclude(rule, parameter);
	}

	private list(request: ApiRequest, rule: ResourceRule, parameters: QueryParameter[]): ApiResponse {
		const more = ['filter', 'newFilterSyntax', 'sort', 'page', 'count', ...(rule.type === 'prospect' ? ['actionParams'] : [])];
		const byRoot = this.readParameters(rule, parameters, more);
		const view = this.view(request, rule, byRoot);
		const tree = this.includeTree(rule, byRoot);
		const syntax = byRoot.get('newFilterSyntax')?.[0];
		const newSyntax = syntax !== undefined && readFlag(syntax);
		const countParameter = byRoot.get('count')?.[0];
		const count = countParameter !== undefined && readFlag(countParameter);
		const filters = byRoot.get('filter') ?? [];
		const filter = compileFilter(this.store, rule, filters, newSyntax);
		const sortParameter = byRoot.get('sort')?.[0];
		const sort = readSort(rule, sortParameter);
		// Unnamed accounts never show up in the account list.
		const always = rule.type === 'account' ? (record: StoredRecord) => record.attributes.named !== false : undefined;
		const key = JSON.stringify([rule.type, newSyntax, filters.map((entry) => [entry.name, entry.value]), sortParameter?.value]);
		const rows = this.lists.rows(this.store, rule, key, filter, sort, always);
		const others = request.search
			.split('&')
			.filter((part) => part !== '' && !decodePart(part).startsWith('page['))
			.join('&');
		const page = cutPage(rule, rows, sort, byRoot.get('page') ?? [], others);
		const data = page.records.map((record) => recordText(this.store, record, view)).join(',');
		let text = `{"data":[${data}]`;
		if (tree !== undefined) text += `,"included":[${includedTexts(this.store, page.records, tree, view).join(',')}]`;
		if (page.links !== undefined) {
			const address = `${request.origin}${request.path}`;
			const links = Object.entries(page.links).map(([name, search]) => [name, `${address}?${search}`]);
			text += `,"links":${JSON.stringify(Object.fromEntries(links))}`;
		}
		// Counting is off unless asked for (since 2025-02-12 for all apps).
		text += `,"meta":{"count":${count ? page.total : 'null'},"count_truncated":false}}`;
		return vendorJson(200, text);
	}

	private get(request: ApiRequest, rule: ResourceRule, id: string, parameters: QueryParameter[]): ApiResponse {
		const byRoot = this.readParameters(rule, parameters, rule.type === 'prospect' ? ['actionParams'] : []);
		const view = this.view(request, rule, byRoot);
		const tree = this.includeTree(rule, byRoot);
		const record = this.find(rule, id);
		let text = `{"data":${recordText(this.store, record, view)}`;
		if (tree !== undefined) text += `,"included":[${includedTexts(this.store, [record], tree, view).join(',')}]`;
		return vendorJson(200, `${text}}`);
	}

	private single(record: StoredRecord, status: number, view: View): ApiResponse {
		return vendorJson(status, `{"data":${recordText(this.store, record, view)}}`);
	}

	private create(request: ApiRequest, rule: ResourceRule, parameters: QueryParameter[], grant: Grant): ApiResponse {
		const view = this.view(request, rule, this.writeParameters(rule, parameters));
		const draft = readDraft(this.store, rule, request.body, undefined);
		const record = this.world.create(rule, draft, grant.userId, grant.s2s);
		if (rule.type === 'webhook') {
			// Only this answer tells the cleanup token.
			view.extra = { cleanupToken: this.world.cleanupTokens.get(record.id), creatorAppId: this.clientId, creatorAppName: 'Provisioning' };
		}
		return this.single(record, 201, view);
	}

	private patch(request: ApiRequest, rule: ResourceRule, id: string, parameters: QueryParameter[], grant: Grant): ApiResponse {
		const view = this.view(request, rule, this.writeParameters(rule, parameters));
		const record = this.find(rule, id);
		const draft = readDraft(this.store, rule, request.body, record.id);
		this.world.update(record, draft, grant.userId);
		return this.single(record, 200, view);
	}

	private collectionAction(
		request: ApiRequest,
		rule: ResourceRule,
		name: string,
		parameters: QueryParameter[],
		grant: Grant,
	): ApiResponse {
		const action = rule.actions.get(name)!;
		this.needScope(grant, rule, 'write');
		this.needS2s(grant, action.s2s);
		if (rule.type === 'batch') {
			// Bulk calls need batches.read, batches.write and the write scope of what they change.
			this.needScope(grant, rule, 'read');
			const changed = name.startsWith('customObject') ? { scopes: RECORD_SCOPES } : resource(name.startsWith('account') ? 'account' : 'prospect');
			this.needScope(grant, changed, 'write');
		}
		const byRoot = this.writeParameters(rule, parameters, ['actionParams']);
		const actionParams = byRoot.get('actionParams') ?? [];
		const view = this.view(request, rule, byRoot);
		if (rule.type === 'batch') {
			return this.single(this.batches.start(action, actionParams, request.body, grant.userId), 200, view);
		}
		const result = this.imports.run(action, actionParams, request.body, request.origin, grant.userId);
		if (isStored(result)) return this.single(result, 200, view);
		return vendorJson(200, JSON.stringify({ data: { type: 'import', attributes: result } }));
	}
}

function isStored(value: unknown): value is StoredRecord {
	return isObject(value) && 'relationships' in value && 'type' in value;
}

/** Starts an Outreach simulator on the loopback interface. */
export async function startOutreach(options: OutreachOptions = {}): Promise<OutreachSimulator> {
	return await started(new OutreachSimulator(options), options);
}

