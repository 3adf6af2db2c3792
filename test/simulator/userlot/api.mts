/**
 * The Userlot simulator: companies, end users and what a product is set up with, under /api/v1. Of the 34 requests
 * that exist the documentation shows 13; what its pages leave open is decided here on the strict side and said so.
 */
import type { ApiRequest, ApiResponse, SimulatorOptions } from '../server.mts';
import { Refusal, Simulator, header, json, jsonObject, queryPairs, started } from '../server.mts';
import { STATUSES, TEAMS, demoCompanies, demoEndUsers } from './demo.mts';

export type UserlotItem = Record<string, unknown>;
export type UserlotType = 'company' | 'endUser';

export interface UserlotOptions extends SimulatorOptions {
	apiKey?: string;
	/** Whether POST end_users and PATCH end_users/:id exist, which nobody has seen documented; default true. */
	endUserWrites?: boolean;
}

type Rule = 'text' | 'number' | 'date' | 'boolean';

/** What bodies may carry: those of the sample bodies, and what is read and presumed writable. */
const WRITABLE: Record<UserlotType, Record<string, Rule>> = {
	company: {
		id: 'text',
		name: 'text',
		arr: 'number',
		mrr: 'number',
		start_date: 'date',
		renewal_date: 'date',
		external_id: 'text',
		source_external_id: 'text',
		owner_user_id: 'text',
		status_id: 'text',
		life_cycle_id: 'text',
		life_cycle_stage_id: 'text',
	},
	endUser: { id: 'text', first_name: 'text', last_name: 'text', email: 'text', company_id: 'text', external_id: 'text', source_external_id: 'text' },
};

/** Parameters of the lists; company_id of end users is presumed. */
const FILTERS: Record<UserlotType, string[]> = {
	company: ['name', 'external_id', 'source_external_id', 'owner_user_id', 'life_cycle_id', 'life_cycle_stage_id', 'status_id'],
	endUser: ['email', 'first_name', 'last_name', 'name', 'external_id', 'source_external_id', 'company_id'],
};

interface CustomField {
	attribute: string;
	label: string;
	data_type: string;
	options?: string[];
}

/** The shape of a definition is not documented. */
const CUSTOM: Record<UserlotType, CustomField[]> = {
	company: [
		{ attribute: 'total_revenue', label: 'Total Revenue', data_type: 'number' },
		{ attribute: 'plan_tier', label: 'Plan Tier', data_type: 'select', options: ['basic', 'pro'] },
		{ attribute: 'onboarded_on', label: 'Onboarded On', data_type: 'date' },
		{ attribute: 'is_reference', label: 'Is Reference', data_type: 'boolean' },
	],
	endUser: [{ attribute: 'job_role', label: 'Job Role', data_type: 'string' }],
};

const CUSTOM_RULES: Record<string, Rule> = { number: 'number', select: 'text', date: 'date', boolean: 'boolean', string: 'text' };

/** Fields of the sample answer that nobody sets. */
const EMPTY_COMPANY = {
	friendly_id: null,
	name: null,
	emails: [],
	health_score: 0,
	health_score_diff: null,
	last_seen_at: null,
	health_category: null,
	owner_user_id: null,
	mrr: null,
	arr: null,
	start_date: null,
	renewal_date: null,
	life_cycle_stage_id: null,
	status_id: null,
	life_cycle_id: null,
	external_id: null,
};

const IDENTIFY = ['user_email', 'user_external_id', 'company_name', 'company_external_id'];

/** Ids look like the UUIDs of the sample, and are the same in every run. */
const uuid = (kind: number, number: number) => `${String(kind).padStart(8, '0')}-0000-4000-8000-${String(number).padStart(12, '0')}`;

const isEmpty = (value: unknown) => value === undefined || value === null || value === '';

/** A running Userlot product. Neither errors nor a rate limit are documented. */
export class UserlotSimulator extends Simulator {
	readonly apiKey: string;
	private readonly options: UserlotOptions;
	private items!: Record<UserlotType, Map<string, UserlotItem>>;
	private identified: UserlotItem[] = [];
	private count = 0;
	/** Times grow with every change, so that no two are equal. */
	private clock = 0;

	constructor(options: UserlotOptions = {}) {
		super(options);
		this.options = options;
		this.apiKey = options.apiKey ?? 'ul_demo_key';
		this.fill();
	}

	// ---- what tests use -------------------------------------------------------------------------------

	/** Copies of all stored items in the order of their creation; `identified` are the bodies of identify. */
	records(type: string): UserlotItem[] {
		if (type === 'identified') return this.identified.map((item) => ({ ...item }));
		return [...this.collection(type).values()].map((item) => ({ ...item }));
	}

	/** Adds an item without validation and returns a copy. */
	insert(type: UserlotType, attributes: UserlotItem): UserlotItem {
		return { ...this.add(type, attributes) };
	}

	/** Changes an item without validation, as Userlot itself does with health scores. */
	change(type: UserlotType, id: string, attributes: UserlotItem): void {
		const item = this.collection(type).get(id);
		if (item === undefined) throw new Error(`There is no ${type} ${id}`);
		Object.assign(item, attributes, { updated_at: this.now() });
	}

	remove(type: UserlotType, id: string): void {
		this.collection(type).delete(id);
	}

	// ---- what the server uses -------------------------------------------------------------------------

	protected control(method: string, action: string, body: Record<string, unknown>): unknown {
		switch (`${method} ${action}`) {
			case 'GET tokens':
				return { apiKey: this.apiKey };
			case 'POST seed':
				if (typeof body.companies === 'number') {
					for (let index = 0; index < body.companies; index += 1) this.add('company', { name: `Load ${index}`, external_id: `load-${index}` });
					return { companies: body.companies };
				}
				throw new Error('Give companies (a number)');
			case 'POST change':
				this.change(body.type as UserlotType, String(body.id), body.attributes as UserlotItem);
				return { ok: true };
			default:
				return undefined;
		}
	}

	// ---- requests -------------------------------------------------------------------------------------

	protected dispatch(request: ApiRequest): ApiResponse {
		const { method, path } = request;
		if (!path.startsWith('/api/v1/')) throw new Refusal(404, 'Not found.');
		// "This API Key should be provided in all requests ... via a Header ApiKey"
		if (header(request.headers, 'apikey') !== this.apiKey) throw new Refusal(401, 'Invalid API key.');
		const [place = '', id, part, more] = path.slice('/api/v1/'.length).split('/');
		if (more !== undefined) throw new Refusal(404, 'Not found.');
		switch (place) {
			case 'companies':
				return this.handleRecords(request, 'company', id, part);
			case 'end_users':
				return this.handleRecords(request, 'endUser', id, part);
			case 'company_fields':
			case 'end_user_fields':
			case 'company_statuses':
			case 'teams':
				if (id !== undefined) throw new Refusal(404, 'Not found.');
				if (method !== 'GET') throw new Refusal(405, 'Method not allowed.');
				this.noParameters(request);
				return json(200, this.settings(place));
			case 'identify':
				if (id !== undefined) throw new Refusal(404, 'Not found.');
				if (method !== 'PUT') throw new Refusal(405, 'Method not allowed.');
				return this.identify(request);
			default:
				throw new Refusal(404, 'Not found.');
		}
	}

	private handleRecords(request: ApiRequest, type: UserlotType, id: string | undefined, part: string | undefined): ApiResponse {
		const { method } = request;
		const guessed = type === 'endUser' && this.options.endUserWrites === false;
		if (id === undefined) {
			if (method === 'GET') return this.list(request, type);
			if (method === 'PUT') return this.upsert(request, type);
			if (method === 'POST' && !guessed) return this.create(this.read(request, type), type);
			throw new Refusal(405, 'Method not allowed.');
		}
		const item = this.collection(type).get(decodeURIComponent(id));
		if (item === undefined) throw new Refusal(404, `There is no ${type} ${id}.`);
		if (part !== undefined) {
			if (type !== 'company' || part !== 'revenue') throw new Refusal(404, 'Not found.');
			if (method !== 'GET') throw new Refusal(405, 'Method not allowed.');
			this.noParameters(request);
			// The shape is not documented.
			return json(200, { company_id: item.id, mrr: item.mrr ?? null, arr: item.arr ?? null });
		}
		if (method === 'GET') {
			this.noParameters(request);
			return json(200, this.present(type, item));
		}
		if (method === 'PATCH' && !guessed) {
			const body = this.read(request, type);
			if ('id' in body && body.id !== item.id) throw new Refusal(422, 'The id cannot be changed.');
			return this.edit(item, body, type);
		}
		throw new Refusal(405, 'Method not allowed.');
	}

	private list(request: ApiRequest, type: UserlotType): ApiResponse {
		let items = [...this.collection(type).values()];
		for (const [name, value] of queryPairs(request.search)) {
			if (!FILTERS[type].includes(name)) throw new Refusal(422, `Unknown parameter '${name}'.`);
			if (value === '') throw new Refusal(422, `The parameter '${name}' is empty.`);
			items = items.filter((item) => {
				const own = name === 'name' && type === 'endUser' ? `${String(item.first_name ?? '')} ${String(item.last_name ?? '')}` : item[name];
				// Whether a part of a name is enough is not stated; here it is, so that nobody relies on the whole.
				return name === 'name' ? String(own ?? '').toLowerCase().includes(value.toLowerCase()) : String(own ?? '') === value;
			});
		}
		return json(200, items.map((item) => this.present(type, item)));
	}

	/** "id, external_id or source_external_id present: an update is attempted, otherwise it is created." */
	private upsert(request: ApiRequest, type: UserlotType): ApiResponse {
		const body = this.read(request, type);
		const all = [...this.collection(type).values()];
		if (!isEmpty(body.id)) {
			const item = this.collection(type).get(String(body.id));
			// What becomes of an id that is not there is not stated.
			if (item === undefined) throw new Refusal(404, `There is no ${type} ${String(body.id)}.`);
			return this.edit(item, body, type);
		}
		const found =
			(isEmpty(body.external_id) ? undefined : all.find((item) => item.external_id === body.external_id)) ??
			(isEmpty(body.source_external_id) ? undefined : all.find((item) => item.source_external_id === body.source_external_id));
		return found ? this.edit(found, body, type) : this.create(body, type);
	}

	private create(body: UserlotItem, type: UserlotType): ApiResponse {
		if (!isEmpty(body.id)) throw new Refusal(422, 'The id is given by Userlot.');
		this.assertUnique(type, body);
		return json(201, this.present(type, this.add(type, body)));
	}

	private edit(item: UserlotItem, body: UserlotItem, type: UserlotType): ApiResponse {
		this.assertUnique(type, body, item);
		Object.assign(item, body, { updated_at: this.now() });
		return json(200, this.present(type, item));
	}

	private assertUnique(type: UserlotType, body: UserlotItem, own?: UserlotItem): void {
		if (isEmpty(body.external_id)) return;
		const holder = [...this.collection(type).values()].find((item) => item.external_id === body.external_id && item !== own);
		if (holder !== undefined) throw new Refusal(422, `External ID '${String(body.external_id)}' has already been taken.`);
	}

	private identify(request: ApiRequest): ApiResponse {
		const body = this.body(request);
		for (const [key, value] of Object.entries(body)) {
			if (!IDENTIFY.includes(key)) throw new Refusal(422, `Unknown attribute '${key}'.`);
			if (typeof value !== 'string' || value === '') throw new Refusal(422, `'${key}' must be a text.`);
		}
		if (!('user_email' in body || 'user_external_id' in body)) throw new Refusal(422, 'Give user_email or user_external_id.');
		this.identified.push(body);
		// The answer is not documented; an empty one is the least to rely on.
		return { status: 204 };
	}

	private noParameters(request: ApiRequest): void {
		const [first] = queryPairs(request.search);
		if (first !== undefined) throw new Refusal(422, `Unknown parameter '${first[0]}'.`);
	}

	private body(request: ApiRequest): UserlotItem {
		const body = jsonObject(request);
		this.noParameters(request);
		return body;
	}

	private read(request: ApiRequest, type: UserlotType): UserlotItem {
		const body = this.body(request);
		const custom = Object.fromEntries(CUSTOM[type].map((field) => [field.attribute, CUSTOM_RULES[field.data_type]]));
		for (const [key, value] of Object.entries(body)) {
			const rule = WRITABLE[type][key] ?? custom[key];
			if (rule === undefined) throw new Refusal(422, `Unknown attribute '${key}'.`);
			// Empty placeholders of the sample bodies would overwrite.
			if (value === '') throw new Refusal(422, `'${key}' is empty.`);
			if (value === null) continue;
			const right =
				rule === 'number' ? typeof value === 'number' : rule === 'boolean' ? typeof value === 'boolean' : typeof value === 'string' && (rule === 'text' || /^\d{4}-\d{2}-\d{2}$/.test(value));
			if (!right) throw new Refusal(422, `'${key}' must be a ${rule}.`);
		}
		if (type === 'endUser' && !isEmpty(body.company_id) && !this.items.company.has(String(body.company_id))) {
			throw new Refusal(422, `There is no company ${String(body.company_id)}.`);
		}
		if (!isEmpty(body.status_id) && !this.statuses().some(({ id }) => id === body.status_id)) throw new Refusal(422, `There is no status ${String(body.status_id)}.`);
		return body;
	}

	// ---- items ----------------------------------------------------------------------------------------

	private statuses(): Array<{ id: string; name: string }> {
		return STATUSES.map((name, index) => ({ id: uuid(3, index + 1), name }));
	}

	/** The shape of these is not documented. */
	private settings(place: string): unknown[] {
		switch (place) {
			case 'company_statuses':
				return this.statuses();
			case 'teams':
				return TEAMS.map((name, index) => ({ id: uuid(4, index + 1), name }));
			default:
				return CUSTOM[place === 'company_fields' ? 'company' : 'endUser'].map((field, index) => ({ id: uuid(5, index + 1), ...field }));
		}
	}

	protected fill(): void {
		this.items = { company: new Map(), endUser: new Map() };
		this.identified = [];
		this.count = 0;
		this.clock = Date.now() - 86_400_000;
		if (this.options.seed === 'empty') return;
		const companies = demoCompanies().map(({ status, ...company }) => this.add('company', { ...company, status_id: this.statuses()[status]!.id }));
		for (const { company, ...person } of demoEndUsers()) this.add('endUser', { ...person, company_id: companies[company]!.id });
	}

	protected held(copy: boolean): () => void {
		const own = { items: this.items, identified: this.identified };
		const kept = copy ? structuredClone(own) : own;
		return () => void Object.assign(this, kept);
	}

	private collection(type: string): Map<string, UserlotItem> {
		if (type === 'company' || type === 'endUser') return this.items[type];
		throw new Error(`Userlot has no records of type "${type}"; there are company, endUser and identified`);
	}

	private now(): string {
		this.clock = Math.max(this.clock + 1000, Math.min(Date.now(), this.clock + 60_000));
		return new Date(this.clock).toISOString();
	}

	private add(type: UserlotType, attributes: UserlotItem): UserlotItem {
		this.count += 1;
		const at = this.now();
		const id = uuid(type === 'company' ? 1 : 2, this.count);
		const item: UserlotItem = { created_at: at, updated_at: at, ...(type === 'company' ? { friendly_id: this.count } : {}), ...attributes, id };
		this.items[type].set(id, item);
		return item;
	}

	/** An item as answers show it. The sample of a company is without source_external_id. */
	private present(type: UserlotType, item: UserlotItem): UserlotItem {
		const custom = Object.fromEntries(CUSTOM[type].map(({ attribute }) => [attribute, item[attribute] ?? null]));
		const shown: UserlotItem = { ...(type === 'company' ? EMPTY_COMPANY : {}), ...custom, ...item };
		delete shown.source_external_id;
		return shown;
	}
}

/** Starts a Userlot simulator on the loopback interface. */
export async function startUserlot(options: UserlotOptions = {}): Promise<UserlotSimulator> {
	return await started(new UserlotSimulator(options), options);
}
