/**
 * What happens when records are written, beyond storing them: defaults, derived names, uniqueness, addresses
 * kept both on the prospect and as records of their own, and the rules of sequences and tasks.
 */
import { randomUUID } from 'node:crypto';
import type { ResourceRule } from './contract.mts';
import { OWN_TYPES, WEBHOOK_MATRIX, findResource, resource } from './contract.mts';
import type { VendorError } from './errors.mts';
import { ApiError, forbidden, invalid, unprocessable } from './errors.mts';
import type { RecordId, Ref, Relation, RelationInput, Store, StoredRecord } from './store.mts';
import { inverseOf, refKey, resolve, toRelation } from './store.mts';
import { CUSTOM_FIELDS, customFieldError } from './types.mts';
import { actionsOf, type Happening } from './webhooks.mts';
import type { Draft } from './write.mts';

/** One user creation and what was asked about the invitation mail. */
export interface Invite {
	userId: number;
	email: string;
	/** Whether a mail went out: yes unless meta.sendInvite is false (developer guide). */
	sent: boolean;
	/** The value given for meta.sendInvite, if any. */
	requested: boolean | undefined;
}

type Attributes = Record<string, unknown>;

/** Current time as the vendor writes it. */
export function isoNow(): string {
	return new Date().toISOString();
}

const DEFAULTS: Record<string, () => Attributes> = {
	user: () => ({ locked: false, userGuid: randomUUID() }),
	account: () => ({ named: true }),
	prospect: () => ({ optedOut: false, callOptedOut: false, emailOptedOut: false, addedAt: isoNow() }),
	sequence: () => ({
		enabled: false,
		locked: false,
		shareType: 'private',
		sequenceType: 'interval',
		finishOnReply: true,
		throttlePaused: false,
		transactional: false,
	}),
	sequenceState: () => ({ state: 'pending', stateChangedAt: isoNow() }),
	task: () => ({ taskType: 'manual', state: 'incomplete', completed: false, stateChangedAt: isoNow(), dueAt: isoNow(), opportunityAssociation: 'recent_created' }),
	mailbox: () => ({ sendDisabled: false, syncDisabled: false, editable: true }),
	webhook: () => ({ resource: '*', action: '*', active: true, payloadVersion: 1 }),
	mailing: () => ({ state: 'drafted', mailingType: 'single', stateChangedAt: isoNow() }),
	call: () => ({ state: 'completed', stateChangedAt: isoNow() }),
	emailAddress: () => ({ emailType: 'work', order: 0 }),
	phoneNumber: () => ({ phoneType: 'work', order: 0 }),
	complianceRequest: () => ({ state: 'pending', uuid: randomUUID() }),
	profile: () => ({ isAdmin: false }),
	sequenceStep: () => ({ order: 1 }),
	sequenceTemplate: () => ({ enabled: true }),
	template: () => ({ shareType: 'private', archived: false }),
	snippet: () => ({ shareType: 'private' }),
};

interface Shape {
	counters: string[];
	created: boolean;
	updated: boolean;
	creator: boolean;
	updater: boolean;
}

const shapes = new Map<string, Shape>();

function shapeOf(rule: ResourceRule): Shape {
	let shape = shapes.get(rule.type);
	if (shape === undefined) {
		shape = {
			counters: [...rule.attributes.values()]
				.filter((attribute) => !attribute.writable && attribute.type === 'integer' && attribute.name.endsWith('Count'))
				.map((attribute) => attribute.name),
			created: rule.attributes.has('createdAt'),
			updated: rule.attributes.has('updatedAt'),
			creator: rule.relationships.get('creator')?.types.includes('user') === true,
			updater: rule.relationships.get('updater')?.types.includes('user') === true,
		};
		shapes.set(rule.type, shape);
	}
	return shape;
}

const PHONE_LISTS: Record<string, string> = {
	homePhones: 'home',
	mobilePhones: 'mobile',
	otherPhones: 'other',
	voipPhones: 'voip',
	workPhones: 'work',
};

/** States in which a prospect counts as being in a sequence. */
const ENROLLED = new Set(['pending', 'active', 'paused']);

function fullName(attributes: Attributes): string {
	return [attributes.firstName, attributes.lastName].filter((part) => typeof part === 'string' && part !== '').join(' ');
}

const toOne = (value: Relation | undefined): Ref | null => (value === undefined || Array.isArray(value) ? null : value);

export class World {
	readonly store: Store;
	readonly invites: Invite[] = [];
	/** Tokens handed out with new webhooks, by webhook id; kept after the webhook is gone. */
	readonly cleanupTokens = new Map<RecordId, string>();
	/** Custom objects of the organisation, by internal name. */
	readonly ownTypes = new Set(OWN_TYPES.keys());
	/** Hears of every record that is created, changed or destroyed. */
	listener: ((happening: Happening) => void) | undefined;

	constructor(store: Store) {
		this.store = store;
	}

	clear(): void {
		this.store.clear();
		this.invites.length = 0;
		this.cleanupTokens.clear();
		for (const name of OWN_TYPES.keys()) this.ownTypes.add(name);
	}

	/** Adds a record without validation, as a seed or a test does. */
	insert(
		type: string,
		attributes: Attributes,
		relationships: Record<string, RelationInput> = {},
		id?: RecordId,
		userId = 1,
	): StoredRecord {
		const rule = resource(type);
		const relations: Record<string, Relation> = {};
		for (const [name, value] of Object.entries(relationships)) {
			const relation = rule.relationships.get(name);
			if (relation === undefined) throw new Error(`${type} has no relationship "${name}"`);
			relations[name] = toRelation(relation, value);
		}
		for (const name of Object.keys(attributes)) {
			if (!rule.attributes.has(name)) throw new Error(`${type} has no attribute "${name}"`);
		}
		return this.add(rule, attributes, relations, userId, id);
	}

	/** POST of a resource. */
	create(rule: ResourceRule, draft: Draft, userId: number, s2s: boolean): StoredRecord {
		const { attributes, relationships } = draft;
		if (rule.type === 'event') {
			// Custom events need an app token and are named "<app id>:<event id>".
			if (typeof attributes.name !== 'string' || !attributes.name.includes(':')) {
				throw unprocessable('/data/attributes/name', 'must be <app id>:<event id>');
			}
		}
		if (rule.type === 'webhook' && s2s && !('authorizer' in relationships)) {
			throw unprocessable('/data/relationships/authorizer', "can't be blank");
		}
		if (rule.type === 'sequenceState') this.checkEnrolment(toOne(relationships.prospect), toOne(relationships.sequence));
		this.checkValues(rule, attributes, undefined);
		const record = this.add(rule, { ...attributes }, { ...relationships }, userId);
		if (rule.type === 'user') {
			const requested = draft.meta.sendInvite as boolean | undefined;
			this.invites.push({ userId: record.id as number, email: String(record.attributes.email), sent: requested !== false, requested });
		}
		if (rule.type === 'webhook') this.cleanupTokens.set(record.id, randomUUID());
		return record;
	}

	/** PATCH of a resource. */
	update(record: StoredRecord, draft: Draft, userId: number): void {
		const rule = resource(record.type);
		const { attributes, relationships } = draft;
		if (record.type === 'user' && 'email' in attributes) {
			const email = String(attributes.email ?? '').toLowerCase();
			if (email !== String(record.attributes.email).toLowerCase()) {
				throw unprocessable('/data/attributes/email', 'cannot be changed through the API');
			}
		}
		if (record.type === 'sequence' && record.attributes.locked === true) throw unprocessable('/data', 'Sequence is locked.');
		this.checkValues(rule, attributes, record);
		this.touch(record, attributes, relationships, userId);
	}

	/** DELETE of a resource. */
	destroy(record: StoredRecord): void {
		if (record.type === 'sequence' && record.attributes.locked === true) throw unprocessable('/data', 'Sequence is locked.');
		if (record.type === 'profile' && record.attributes.specialId !== null && record.attributes.specialId !== undefined) {
			throw forbidden('Built-in profiles cannot be deleted.');
		}
		const owned: Record<string, Array<[string, string]>> = {
			prospect: [
				['emailAddress', 'prospect'],
				['phoneNumber', 'prospect'],
				['sequenceState', 'prospect'],
				['task', 'prospect'],
				['opportunityProspectRole', 'prospect'],
				['prospectNote', 'prospect'],
			],
			sequence: [
				['sequenceState', 'sequence'],
				['sequenceStep', 'sequence'],
			],
			account: [['accountNote', 'account']],
			opportunity: [['opportunityProspectRole', 'opportunity']],
		};
		for (const [type, relation] of owned[record.type] ?? []) {
			for (const child of [...this.store.pointing(type, relation, record)]) this.store.remove(child);
		}
		const parent = toOne(record.relationships.prospect);
		const { type, id, attributes, relationships } = record;
		const last = { attributes: { ...attributes }, relationships: { ...relationships } };
		this.store.remove(record);
		if (WEBHOOK_MATRIX[type]?.includes('destroyed') === true) this.listener?.({ type, id, action: 'destroyed', ...last });
		if ((record.type === 'emailAddress' || record.type === 'phoneNumber') && parent !== null) this.syncProspect(parent);
	}

	/** Changes a record and stamps it. */
	touch(record: StoredRecord, attributes: Attributes, relationships: Record<string, Relation> = {}, userId = 1): void {
		const rule = resource(record.type);
		const shape = shapeOf(rule);
		const changes: Attributes = { ...attributes };
		if (shape.updated) changes.updatedAt ??= isoNow();
		if (record.type === 'user' || record.type === 'prospect') {
			if ('firstName' in changes || 'lastName' in changes) changes.name = fullName({ ...record.attributes, ...changes });
		}
		if (record.type === 'webhook') Object.assign(changes, { disabledReason: null, disabledSince: null, disabledUntil: null });
		const relations: Record<string, Relation> = {};
		for (const [name, value] of Object.entries(relationships)) {
			if (!this.writeInverse(record, name, value)) relations[name] = value;
		}
		if (shape.updater) relations.updater = { type: 'user', id: userId };
		if (record.type === 'task' && 'subject' in relations) Object.assign(relations, this.subjectRelations(toOne(relations.subject)));
		const before = this.listener === undefined ? undefined : { attributes: { ...record.attributes }, relationships: { ...record.relationships } };
		this.store.change(record, changes, relations);
		this.after(record, attributes, relations);
		if (before !== undefined) this.tellChange(record, before);
	}

	/** Tells the listener what a change changed. */
	private tellChange({ type, id, attributes, relationships }: StoredRecord, before: { attributes: Attributes; relationships: Record<string, Relation> }): void {
		const differs = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) !== JSON.stringify(b ?? null);
		const changed = Object.fromEntries(Object.entries(attributes).filter(([name, value]) => differs(value, before.attributes[name])));
		const relations = Object.fromEntries(Object.entries(relationships).filter(([name, value]) => name !== 'updater' && differs(value, before.relationships[name])));
		const earlier = Object.fromEntries(Object.keys(changed).map((name) => [name, before.attributes[name] ?? null]));
		const known = WEBHOOK_MATRIX[type] ?? [];
		for (const action of [...actionsOf(type, changed, Object.keys(relations)), 'updated']) {
			if (known.includes(action)) {
				this.listener?.({ type, id, action, attributes: changed, relationships: relations, ...(action === 'updated' ? { before: earlier } : {}) });
			}
		}
	}

	/** Refuses a second membership of a prospect in a sequence. */
	enrolmentError(prospect: Ref, sequence: Ref): string | undefined {
		for (const state of this.store.pointing('sequenceState', 'prospect', prospect)) {
			const other = toOne(state.relationships.sequence);
			if (other?.id === sequence.id && ENROLLED.has(String(state.attributes.state))) {
				return 'Prospect has already been added to this sequence';
			}
		}
		return undefined;
	}

	private checkEnrolment(prospect: Ref | null, sequence: Ref | null): void {
		if (prospect === null || sequence === null) return;
		const error = this.enrolmentError(prospect, sequence);
		if (error !== undefined) throw unprocessable('/data/relationships/prospect', error);
	}

	/** Rules on values that go beyond their type. */
	private checkValues(rule: ResourceRule, attributes: Attributes, record: StoredRecord | undefined): void {
		const errors: VendorError[] = [];
		const taken = (type: string, attribute: string, value: unknown, own: StoredRecord | undefined, pointer: string): void => {
			for (const other of this.store.having(type, attribute, value)) {
				if (other !== own) {
					errors.push(invalid(pointer, 'has already been taken'));
					return;
				}
			}
		};
		if (rule.type === 'user') {
			for (const name of ['email', 'username']) {
				const value = attributes[name];
				if (typeof value === 'string' && value !== '') taken('user', name, value, record, `/data/attributes/${name}`);
			}
		}
		if (rule.type === 'prospect' && Array.isArray(attributes.emails)) {
			for (const email of attributes.emails) taken('prospect', 'emails', email, record, '/data/attributes/emails');
			if (new Set(attributes.emails.map((email) => String(email).toLowerCase())).size < attributes.emails.length) {
				errors.push(invalid('/data/attributes/emails', 'has already been taken'));
			}
		}
		if (rule.type === 'emailAddress' && typeof attributes.email === 'string') {
			taken('emailAddress', 'email', attributes.email, record, '/data/attributes/email');
		}
		if (rule.type === 'webhook') {
			const all = { resource: '*', action: '*', ...record?.attributes, ...attributes };
			const actions = WEBHOOK_MATRIX[String(all.resource)];
			if (actions === undefined) errors.push(invalid('/data/attributes/resource', 'is not a resource that webhooks can watch'));
			else if (all.action !== '*' && !actions.includes(String(all.action))) {
				errors.push(invalid('/data/attributes/action', `is not an action of '${String(all.resource)}'`));
			}
			if (typeof attributes.url === 'string' && !acceptableTarget(attributes.url)) {
				errors.push(invalid('/data/attributes/url', 'must be an https address'));
			}
		}
		for (const [name, value] of Object.entries(attributes)) {
			const field = CUSTOM_FIELDS[rule.type]?.[name];
			const wrong = field === undefined ? undefined : customFieldError(field, value);
			if (wrong !== undefined) errors.push(invalid(`/data/attributes/${name}`, wrong));
		}
		if (errors.length > 0) throw new ApiError(422, errors);
	}

	private add(
		rule: ResourceRule,
		given: Attributes,
		relations: Record<string, Relation>,
		userId: number,
		id?: RecordId,
	): StoredRecord {
		const { type } = rule;
		const shape = shapeOf(rule);
		const attributes: Attributes = { ...DEFAULTS[type]?.() };
		for (const name of shape.counters) attributes[name] = 0;
		Object.assign(attributes, given);
		const now = isoNow();
		if (shape.created) attributes.createdAt ??= now;
		if (shape.updated) attributes.updatedAt ??= attributes.createdAt ?? now;
		if (type === 'user' || type === 'prospect') attributes.name ??= fullName(attributes);
		if (type === 'user') attributes.username ??= attributes.email;
		const me: Ref = { type: 'user', id: userId };
		if (shape.creator) relations.creator ??= me;
		if (shape.updater) relations.updater ??= me;
		if (type === 'favorite') {
			relations.user ??= me;
			const target = toOne(relations.target);
			Object.assign(attributes, { targetId: target?.id ?? null, targetType: target?.type ?? null });
		}
		if (type === 'user' && !('profile' in relations)) {
			const [standard] = this.store.having('profile', 'name', 'Default');
			if (standard !== undefined) relations.profile = { type: 'profile', id: standard.id };
		}
		if (type === 'task') Object.assign(relations, this.subjectRelations(toOne(relations.subject)));
		if (type === 'mailbox') attributes.userId ??= toOne(relations.user)?.id ?? null;
		if (type === 'sequenceState') {
			const prospect = toOne(relations.prospect);
			const sequence = toOne(relations.sequence);
			if (prospect !== null) relations.account ??= this.store.get('prospect', prospect.id)?.relationships.account ?? null;
			if (sequence !== null && relations.sequenceStep === undefined) {
				const steps = [...this.store.pointing('sequenceStep', 'sequence', sequence)].sort(
					(a, b) => Number(a.attributes.order) - Number(b.attributes.order),
				);
				relations.sequenceStep = steps[0] === undefined ? null : { type: 'sequenceStep', id: steps[0].id };
			}
			relations.user ??= me;
		}
		const own: Record<string, Relation> = {};
		const others: Array<[string, Relation]> = [];
		for (const [name, value] of Object.entries(relations)) {
			const relation = rule.relationships.get(name);
			if (relation?.many === true && inverseOf(type, relation) !== null) others.push([name, value]);
			else own[name] = value;
		}
		const record = this.store.add(type, attributes, own, id);
		for (const [name, value] of others) this.writeInverse(record, name, value);
		this.after(record, given, own);
		if (WEBHOOK_MATRIX[type]?.includes('created') === true) {
			this.listener?.({ type, id: record.id, action: 'created', attributes: { ...record.attributes }, relationships: { ...record.relationships } });
		}
		return record;
	}

	/** A task's subject shows again as its prospect, account or opportunity. */
	private subjectRelations(subject: Ref | null): Record<string, Relation> {
		if (subject === null) return {};
		const relations: Record<string, Relation> = { prospect: null, account: null, opportunity: null, [subject.type]: subject };
		if (subject.type === 'prospect') {
			relations.account = this.store.get('prospect', subject.id)?.relationships.account ?? null;
		}
		return relations;
	}

	/** Writes a to-many relationship that the other side stores. */
	private writeInverse(record: StoredRecord, name: string, value: Relation): boolean {
		const rule = resource(record.type).relationships.get(name);
		if (rule?.many !== true) return false;
		const inverse = inverseOf(record.type, rule);
		if (inverse === null) return false;
		const wanted = new Map((Array.isArray(value) ? value : []).map((ref) => [refKey(ref), ref]));
		const me: Ref = { type: record.type, id: record.id };
		const many = findResource(inverse.type)?.relationships.get(inverse.relation)?.many === true;
		for (const ref of resolve(this.store, record, rule) as Ref[]) {
			const other = this.store.get(ref.type, ref.id);
			if (other === undefined || wanted.has(refKey(ref))) continue;
			const rest = ((other.relationships[inverse.relation] ?? []) as Ref[]);
			this.store.change(other, {}, {
				[inverse.relation]: many ? rest.filter((entry) => refKey(entry) !== refKey(me)) : null,
			});
		}
		for (const ref of wanted.values()) {
			const other = this.store.get(ref.type, ref.id);
			if (other === undefined) continue;
			if (!many) {
				this.store.change(other, {}, { [inverse.relation]: me });
				continue;
			}
			const present = (other.relationships[inverse.relation] ?? []) as Ref[];
			if (!present.some((entry) => refKey(entry) === refKey(me))) {
				this.store.change(other, {}, { [inverse.relation]: [...present, me] });
			}
		}
		return true;
	}

	/** Follow-up changes on other records. */
	private after(record: StoredRecord, given: Attributes, relations: Record<string, Relation>): void {
		if (record.type === 'prospect') {
			if ('emails' in given) this.syncAddresses(record);
			for (const list of Object.keys(PHONE_LISTS)) if (list in given) this.syncPhones(record, list);
		}
		if ((record.type === 'emailAddress' || record.type === 'phoneNumber') && ('prospect' in relations || Object.keys(given).length > 0)) {
			const parent = toOne(record.relationships.prospect);
			if (parent !== null) this.syncProspect(parent);
		}
		if (record.type === 'mailbox') {
			const user = toOne(record.relationships.user);
			const owner = user === null ? undefined : this.store.get('user', user.id);
			if (owner !== undefined && toOne(owner.relationships.mailbox) === null) {
				this.store.change(owner, {}, { mailbox: { type: 'mailbox', id: record.id } });
			}
		}
	}

	/** emails on the prospect -> emailAddress records. */
	private syncAddresses(prospect: StoredRecord): void {
		const wanted = (prospect.attributes.emails ?? []) as string[];
		const known = new Map<string, StoredRecord>();
		for (const address of this.store.pointing('emailAddress', 'prospect', prospect)) {
			known.set(String(address.attributes.email).toLowerCase(), address);
		}
		for (const [order, email] of wanted.entries()) {
			const address = known.get(email.toLowerCase());
			if (address !== undefined) {
				this.store.change(address, { order });
				known.delete(email.toLowerCase());
				continue;
			}
			const now = prospect.attributes.updatedAt;
			this.store.add(
				'emailAddress',
				{ email, emailType: 'work', order, createdAt: now, updatedAt: now },
				{ prospect: { type: 'prospect', id: prospect.id } },
			);
		}
		for (const address of known.values()) this.store.remove(address);
	}

	private syncPhones(prospect: StoredRecord, list: string): void {
		const phoneType = PHONE_LISTS[list] as string;
		const numbers = (prospect.attributes[list] ?? []) as string[];
		for (const phone of [...this.store.pointing('phoneNumber', 'prospect', prospect)]) {
			if (phone.attributes.phoneType === phoneType) this.store.remove(phone);
		}
		const now = prospect.attributes.updatedAt;
		for (const [order, number] of numbers.entries()) {
			this.store.add(
				'phoneNumber',
				{ number, rawNumber: number, phoneType, order, createdAt: now, updatedAt: now },
				{ prospect: { type: 'prospect', id: prospect.id } },
			);
		}
	}

	/** emailAddress and phoneNumber records -> the lists on the prospect. */
	private syncProspect(ref: Ref): void {
		const prospect = this.store.get('prospect', ref.id);
		if (prospect === undefined) return;
		const ordered = (type: string): StoredRecord[] =>
			[...this.store.pointing(type, 'prospect', prospect)].sort((a, b) => Number(a.attributes.order) - Number(b.attributes.order));
		const lists: Attributes = { emails: ordered('emailAddress').map((address) => address.attributes.email) };
		const phones = ordered('phoneNumber');
		for (const [list, phoneType] of Object.entries(PHONE_LISTS)) {
			lists[list] = phones.filter((phone) => phone.attributes.phoneType === phoneType).map((phone) => phone.attributes.number);
		}
		this.store.change(prospect, { ...lists, updatedAt: isoNow() });
	}
}

/** https only; plain http is let through for targets on this machine, where tests receive their webhooks. */
function acceptableTarget(address: string): boolean {
	if (!URL.canParse(address)) return false;
	const url = new URL(address);
	return url.protocol === 'https:' || (url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname));
}
