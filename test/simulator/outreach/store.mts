/**
 * The records, in memory, with the indexes that keep a request's cost independent of how many records there
 * are: by id, by to-one (and stored to-many) relationship, and by the attributes people look records up with.
 */
import type { RelationRule, ResourceRule } from './contract.mts';
import { findResource, OWN_TYPES, RESOURCES, resource } from './contract.mts';

export type RecordId = number | string;

export interface Ref {
	type: string;
	id: RecordId;
}

export type Relation = Ref | Ref[] | null;

export interface StoredRecord {
	type: string;
	id: RecordId;
	attributes: Record<string, unknown>;
	relationships: Record<string, Relation>;
	/** Attributes as JSON text; dropped when they change. */
	text: string | undefined;
}

/** What `insert` takes for a relationship: an id, a reference, a list of either, or null. */
export type RelationInput = number | Ref | Array<number | Ref> | { data: Ref | Ref[] | null } | null;

/** Attributes with an index; values are compared without case where the vendor's logins and addresses are. */
const INDEXED: Record<string, string[]> = {
	user: ['email', 'username'],
	prospect: ['emails', 'externalId'],
	emailAddress: ['email'],
	mailbox: ['email', 'userId'],
	account: ['name', 'domain', 'customId'],
	batchItem: ['batchId'],
	...Object.fromEntries(
		['role', 'profile', 'team', 'stage', 'persona', 'sequence', 'template', 'ruleset', 'taskPriority'].map((type) => [
			type,
			['name'],
		]),
	),
};

/** Attributes compared without regard to case. */
export const CASELESS = new Set(['user.email', 'user.username', 'prospect.emails', 'emailAddress.email', 'mailbox.email']);

/** Types that exist only as relationship targets; the vendor publishes no operation for them. */
const STUBS: Record<string, Record<number, string>> = {
	schedule: { 1: 'Weekdays 9 to 5', 2: 'Always' },
	jobRole: { 1: 'SDR', 2: 'AE', 3: 'CSM' },
	taskTheme: { 1: 'General', 2: 'Renewal' },
	territory: { 1: 'EMEA', 2: 'Americas' },
	meetingType: { 1: 'Intro call' },
};

export function refKey(ref: Ref): string {
	return `${ref.type}:${ref.id}`;
}

function normal(type: string, attribute: string, value: unknown): string {
	const text = String(value);
	return CASELESS.has(`${type}.${attribute}`) ? text.toLowerCase() : text;
}

class Table {
	readonly byId = new Map<RecordId, StoredRecord>();
	lastId = 0;
	private rows: StoredRecord[] = [];
	private stale = false;

	add(record: StoredRecord): void {
		this.byId.set(record.id, record);
		if (typeof record.id === 'number') {
			if (record.id > this.lastId) this.lastId = record.id;
			else this.stale = true;
		}
		if (!this.stale) this.rows.push(record);
	}

	remove(record: StoredRecord): void {
		this.byId.delete(record.id);
		this.stale = true;
	}

	/** All records, ids ascending. */
	all(): StoredRecord[] {
		if (this.stale) {
			this.rows = [...this.byId.values()].sort((a, b) =>
				typeof a.id === 'number' && typeof b.id === 'number' ? a.id - b.id : String(a.id) < String(b.id) ? -1 : 1,
			);
			this.stale = false;
		}
		return this.rows;
	}
}

const NONE: ReadonlySet<StoredRecord> = new Set();

export class Store {
	/** Grows with every change; cached lists carry it. */
	version = 0;
	private tables = new Map<string, Table>();
	private refs = new Map<string, Map<string, Set<StoredRecord>>>();
	private values = new Map<string, Map<string, Set<StoredRecord>>>();

	constructor() {
		for (const type of [...RESOURCES.keys(), ...OWN_TYPES.keys()]) this.tables.set(type, new Table());
	}

	/** Drops everything. */
	clear(): void {
		this.version += 1;
		for (const type of [...RESOURCES.keys(), ...OWN_TYPES.keys()]) this.tables.set(type, new Table());
		this.refs.clear();
		this.values.clear();
	}

	/** Gives what makes the records as they are now the present ones again. @param copy later changes do not reach them. */
	held(copy: boolean): () => void {
		const { tables, refs, values } = copy ? this.copied() : this;
		return () => {
			Object.assign(this, { tables, refs, values });
			this.version += 1;
		};
	}

	private copied(): Store {
		const other = new Store();
		for (const [type, table] of this.tables) {
			for (const { id, attributes, relationships } of table.all()) other.add(type, { ...attributes }, { ...relationships }, id);
		}
		return other;
	}

	get(type: string, id: RecordId): StoredRecord | undefined {
		return this.tables.get(type)?.byId.get(id);
	}

	exists(ref: Ref): boolean {
		if (this.tables.has(ref.type)) return this.get(ref.type, ref.id) !== undefined;
		return STUBS[ref.type]?.[ref.id as number] !== undefined;
	}

	/** Name of a record of a type without public operations. */
	stubName(ref: Ref): string | undefined {
		return STUBS[ref.type]?.[ref.id as number];
	}

	all(type: string): StoredRecord[] {
		const table = this.tables.get(type);
		if (table === undefined) throw new Error(`The simulator has no records of type "${type}"`);
		return table.all();
	}

	count(type: string): number {
		return this.tables.get(type)?.byId.size ?? 0;
	}

	/** Records whose relationship points at a record. */
	pointing(type: string, relation: string, target: Ref): ReadonlySet<StoredRecord> {
		return this.refs.get(`${type}.${relation}`)?.get(refKey(target)) ?? NONE;
	}

	indexed(type: string, attribute: string): boolean {
		return INDEXED[type]?.includes(attribute) === true;
	}

	/** Records by an indexed attribute. */
	having(type: string, attribute: string, value: unknown): ReadonlySet<StoredRecord> {
		return this.values.get(`${type}.${attribute}`)?.get(normal(type, attribute, value)) ?? NONE;
	}

	/** Adds a record as it stands: no validation, no side effects. */
	add(
		type: string,
		attributes: Record<string, unknown>,
		relationships: Record<string, Relation>,
		id?: RecordId,
	): StoredRecord {
		const table = this.tables.get(type);
		if (table === undefined) throw new Error(`The simulator has no records of type "${type}"`);
		const chosen = id ?? table.lastId + 1;
		if (table.byId.has(chosen)) throw new Error(`There already is a ${type} ${chosen}`);
		const record: StoredRecord = { type, id: chosen, attributes, relationships, text: undefined };
		table.add(record);
		this.index(record);
		this.version += 1;
		return record;
	}

	change(record: StoredRecord, attributes: Record<string, unknown>, relationships: Record<string, Relation> = {}): void {
		this.unindex(record);
		Object.assign(record.attributes, attributes);
		Object.assign(record.relationships, relationships);
		record.text = undefined;
		this.index(record);
		this.version += 1;
	}

	/** Removes a record and every reference to it. */
	remove(record: StoredRecord): void {
		this.tables.get(record.type)?.remove(record);
		this.unindex(record);
		this.version += 1;
		const key = refKey(record);
		for (const [place, targets] of this.refs) {
			const holders = targets.get(key);
			if (holders === undefined) continue;
			const relation = place.slice(place.indexOf('.') + 1);
			for (const holder of [...holders]) {
				const value = holder.relationships[relation];
				this.change(holder, {}, {
					[relation]: Array.isArray(value) ? value.filter((ref) => refKey(ref) !== key) : null,
				});
			}
		}
	}

	private index(record: StoredRecord): void {
		for (const [relation, value] of Object.entries(record.relationships)) {
			if (value === null) continue;
			for (const ref of Array.isArray(value) ? value : [value]) {
				const place = `${record.type}.${relation}`;
				let targets = this.refs.get(place);
				if (targets === undefined) this.refs.set(place, (targets = new Map()));
				const key = refKey(ref);
				const holders = targets.get(key);
				if (holders === undefined) targets.set(key, new Set([record]));
				else holders.add(record);
			}
		}
		this.eachValue(record, (place, key) => {
			let keys = this.values.get(place);
			if (keys === undefined) this.values.set(place, (keys = new Map()));
			const holders = keys.get(key);
			if (holders === undefined) keys.set(key, new Set([record]));
			else holders.add(record);
		});
	}

	private unindex(record: StoredRecord): void {
		for (const [relation, value] of Object.entries(record.relationships)) {
			if (value === null) continue;
			for (const ref of Array.isArray(value) ? value : [value]) {
				this.refs.get(`${record.type}.${relation}`)?.get(refKey(ref))?.delete(record);
			}
		}
		this.eachValue(record, (place, key) => this.values.get(place)?.get(key)?.delete(record));
	}

	private eachValue(record: StoredRecord, visit: (place: string, key: string) => void): void {
		for (const attribute of INDEXED[record.type] ?? []) {
			const value = record.attributes[attribute];
			if (value === null || value === undefined) continue;
			for (const single of Array.isArray(value) ? value : [value]) {
				visit(`${record.type}.${attribute}`, normal(record.type, attribute, single));
			}
		}
	}
}

/** Turns the short forms of relationships into references. */
export function toRelation(rule: RelationRule, input: RelationInput): Relation {
	if (input === null) return rule.many ? [] : null;
	const single = (value: number | Ref): Ref => {
		if (typeof value === 'object') return { type: value.type, id: value.id };
		const type = rule.types[0];
		if (type === undefined || rule.types.length > 1) throw new Error(`Relationship ${rule.name} needs {type, id}`);
		return { type, id: value };
	};
	if (Array.isArray(input)) return input.map(single);
	if (typeof input === 'object' && 'data' in input) return input.data;
	return rule.many ? [single(input)] : single(input);
}

/** How a to-many relationship follows from the other side's relationship. */
interface Inverse {
	type: string;
	relation: string;
}

function findInverse(owner: ResourceRule, rule: RelationRule): Inverse | null {
	if (!rule.many || rule.types.length !== 1) return null;
	const type = rule.types[0] as string;
	// "favorites" are the stars put ON a record, not those its user gave (vendor reference, relationship texts).
	if (rule.name === 'favorites') return { type: 'favorite', relation: 'target' };
	if (owner.type === 'user' && rule.name === 'teams') return { type: 'team', relation: 'users' };
	if (owner.type === 'batch' && rule.name === 'batchItems') return { type: 'batchItem', relation: 'batch' };
	const other = findResource(type);
	if (other === undefined) return null;
	const candidates = [...other.relationships.values()].filter(
		(relation) =>
			!relation.many &&
			relation.types.includes(owner.type) &&
			relation.name !== 'creator' &&
			relation.name !== 'updater' &&
			!DERIVED[type]?.[relation.name],
	);
	const best = candidates.find((relation) => relation.name === owner.type) ?? candidates[0];
	// A user's record teams and the like have no counterpart; they are kept where they are written.
	if (best === undefined || (candidates.length > 1 && best.name !== owner.type)) return null;
	return { type, relation: best.name };
}

/** To-one relationships that only repeat what another record says. */
const DERIVED: Record<string, Record<string, [string, string]>> = {
	task: {
		prospectAccount: ['prospect', 'account'],
		prospectOwner: ['prospect', 'owner'],
		prospectStage: ['prospect', 'stage'],
	},
	opportunity: { stage: ['', 'opportunityStage'] },
};

/** Whether a to-one relationship is stored on the record itself. */
export function isStored(type: string, rule: RelationRule): boolean {
	return !rule.many && DERIVED[type]?.[rule.name] === undefined;
}

const inverses = new Map<string, Inverse | null>();

/** The other side of a to-many relationship, when there is one. */
export function inverseOf(type: string, rule: RelationRule): Inverse | null {
	const place = `${type}.${rule.name}`;
	let found = inverses.get(place);
	if (found === undefined) inverses.set(place, (found = findInverse(resource(type), rule)));
	return found;
}

const ENDED_STATES = new Set(['finished', 'opted_out']);
const byId = (a: Ref, b: Ref): number => Number(a.id) - Number(b.id);
const plain = (record: StoredRecord): Ref => ({ type: record.type, id: record.id });

/** What a relationship of a record points at, whichever side stores it. */
export function resolve(store: Store, record: StoredRecord, rule: RelationRule): Relation {
	const { type } = record;
	if (!rule.many) {
		const derived = DERIVED[type]?.[rule.name];
		if (derived === undefined) return record.relationships[rule.name] ?? null;
		const [via, name] = derived;
		if (via === '') return record.relationships[name] ?? null;
		const step = record.relationships[via];
		if (step === null || step === undefined || Array.isArray(step)) return null;
		return store.get(step.type, step.id)?.relationships[name] ?? null;
	}
	if (type === 'prospect' && rule.name === 'opportunities') {
		return [...store.pointing('opportunityProspectRole', 'prospect', record)].flatMap((role) => {
			const ref = role.relationships.opportunity;
			return ref === null || ref === undefined || Array.isArray(ref) ? [] : [ref];
		});
	}
	if (type === 'opportunity' && rule.name === 'prospects') {
		return [...store.pointing('opportunityProspectRole', 'opportunity', record)].flatMap((role) => {
			const ref = role.relationships.prospect;
			return ref === null || ref === undefined || Array.isArray(ref) ? [] : [ref];
		});
	}
	const inverse = inverseOf(type, rule);
	if (inverse === null) {
		const value = record.relationships[rule.name];
		return Array.isArray(value) ? value : [];
	}
	const holders = store.pointing(inverse.type, inverse.relation, record);
	if (holders.size === 0) return [];
	if (rule.name === 'activeSequenceStates') {
		return [...holders].filter((state) => !ENDED_STATES.has(String(state.attributes.state))).map(plain).sort(byId);
	}
	if (rule.name === 'activeStepTasks') {
		return [...holders].filter((task) => task.attributes.completed !== true).map(plain).sort(byId);
	}
	return [...holders].map(plain).sort(byId);
}
