/** Reads the people there are and makes the plan: whom to create, change, leave, report or retire. Writes nothing. */
import type { IDataObject } from 'n8n-workflow';

import { isHidden } from '../../spec/fields';
import { fieldOf, foldKey, ID, keyLabel } from '../../spec/keys';
import { nouns } from '../../spec/labels';
import type { Operation } from '../../spec/operation';
import { listed } from '../../spec/place';
import type { Condition } from '../../spec/query';
import { emailField } from '../../spec/reconcile';
import type { RecordId, RecordInput } from '../../spec/record';
import type { NaturalKey, Resource } from '../../spec/resource';
import { BadInput, isAbsent } from '../../spec/values';
import type { Api } from '../../wire/api';
import type { Fail } from '../handler';
import { displayFields, displayName } from '../display';
import type { Entry } from '../lookup';
import type { Fate, Leaver, PeopleHooks, Person } from './people';
import type { PeopleList, Settings } from './peopleList';
import { type Change, nameOf } from '../plan';
import { list as listRecords } from '../reads';
import { checkLimit, counted, differing, inDomains, limitFor } from './reconcilePlan';
import type { Run } from '../run';
import { neededFor, unseen, unverifiable } from '../trust';
import { assertComplete, newRecord } from '../upsert';

/** A person of the list, with what has to be done. */
export interface Planned {
	person: Person;
	fate: Fate;
	id?: RecordId;
	before?: IDataObject;
	/** What changes the record. */
	update?: RecordInput;
	/** What creates it, and the look-up that found nobody. */
	create?: { input: RecordInput; entry: Entry };
	/** What differs, before it is put into words. */
	raw?: Difference[];
}

/** A difference, with ids for related records. */
interface Difference {
	field: string;
	from?: unknown;
	to: unknown;
	/** Related resource, if the values are ids. */
	of?: string;
}

export interface PeoplePlan {
	operation: Operation;
	place: Resource;
	key: NaturalKey;
	people: Planned[];
	/** People of the list whose items have failed. */
	failed: Set<Person>;
	leavers: Leaver[];
	/** People in scope who have access. */
	inScope: number;
	limit?: number;
}

/** Somebody of the list, also one whose item has failed. */
interface Wanted {
	person?: Person;
	planned?: Planned;
	/** The record with the key. */
	id?: RecordId;
	/** All of them, if there are several. */
	several?: RecordId[];
}

/** What of records the plan needs. */
function neededFields(api: Api, resource: Resource, list: PeopleList, hooks: PeopleHooks, settings: Settings, people: Person[]): string[] {
	const reconcile = resource.reconcile!;
	const email = emailField(resource);
	const sent = new Set(people.flatMap(({ fields, links }) => [...Object.keys(fields), ...Object.keys(links)]));
	const shown = [...sent].filter((name) => !isHidden(fieldOf(resource, name)));
	const states = [reconcile.present, ...reconcile.retire].flatMap((state) => Object.keys(state?.fields ?? {}));
	const names = [list.key.field, ...displayFields(resource), ...(email ? [email] : []), ...shown, ...states, ...(reconcile.never ?? []).map(({ field }) => field), ...(reconcile.lastSignIn ? [reconcile.lastSignIn] : []), ...(hooks.needs?.(settings.more, people) ?? [])];
	return [...new Set([...names, ...neededFor(api, resource, settings.scope())])];
}

/** Reads who there is and makes the plan. @throws BadInput if the list or the run must be refused. */
export async function readPeople(run: Run, operation: Operation, hooks: PeopleHooks, list: PeopleList, settings: Settings, jobs: Person[], fail: Fail): Promise<PeoplePlan> {
	const { resource } = operation;
	const place = list.parent ? jobs[0].item.inside(resource) : resource;
	for (const { fields, ids = {} } of jobs) for (const [name, { id }] of Object.entries(ids)) fields[name] = id;
	const client = run.client(resource);
	const { api } = client;
	const reconcile = resource.reconcile!;
	const { retirement } = settings;
	const email = emailField(resource);
	const conditions = settings.scope();
	if (retirement) assertVerifiable(api, resource, conditions);

	const wanted = new Map<string, Wanted>(list.keys.map(({ folded: key }) => [key!, { person: undefined, planned: undefined, id: undefined }]));
	for (const person of jobs) wanted.get(foldKey(list.key, person.key))!.person = person;
	const value = (record: IDataObject, field: string) => api.value(record, field);
	const text = (record: IDataObject, field?: string) => (field === undefined || isAbsent(value(record, field)) ? '' : String(value(record, field)));
	const isRetired = (record: IDataObject) => (retirement ? [retirement] : reconcile.retire).some(({ fields }) => fields && Object.entries(fields).every(([name, wish]) => value(record, name) === wish));
	const factsOf = (record: IDataObject) => ({
		id: api.id(record),
		name: displayName(client, resource, record),
		...(reconcile.lastSignIn && !isAbsent(value(record, reconcile.lastSignIn)) ? { lastSignIn: text(record, reconcile.lastSignIn) } : {}),
	});
	/** Compares at once: of people who are as they should be, the record is not kept. */
	const meet = (one: Wanted, record: IDataObject) => {
		const id = api.id(record);
		if (one.id !== undefined) {
			if (one.id !== id) (one.several ??= [one.id]).push(id);
			return;
		}
		one.id = id;
		if (one.person) one.planned = existing(run, resource, hooks, one.person, record, factsOf(record));
	};

	const leavers: Leaver[] = [];
	const kept = [...(hooks.needs?.(settings.more, jobs) ?? []), ...(reconcile.never ?? []).map(({ field }) => field), ...Object.keys(retirement?.fields ?? {})];
	let inScope = 0;
	const asked = Date.now();
	const query = { conditions, ...(api.supports.only && !resource.rows ? { only: neededFields(api, resource, list, hooks, settings, jobs) } : {}) };
	for await (const { record } of listRecords(run, listed(place), query)) {
		const key = text(record, list.key.field);
		const one = key === '' ? undefined : wanted.get(foldKey(list.key, key));
		if (one) meet(one, record);
		if (!inDomains(value(record, email ?? ''), settings.domains) || isRetired(record)) continue;
		inScope++;
		if (one) continue;
		if (retirement) assertSeen(api, resource, conditions, record);
		leavers.push({ key, ...factsOf(record), email: text(record, email), outcome: 'reported', changes: [], more: {}, values: Object.fromEntries(kept.map((name) => [name, value(record, name)])) as IDataObject });
	}

	// Outside the scope people of the list are found by their key, so that they are not created once more.
	const entryOf = ({ key }: Person) => run.lookup.want(place, list.key, key, { full: true });
	const missing = jobs.filter((person) => wanted.get(foldKey(list.key, person.key))!.id === undefined);
	if (conditions.length > 0) for (const person of missing) entryOf(person);
	hooks.missing?.(run, missing);
	if (missing.length > 0) await run.lookup.resolve();

	const failed = new Set<Person>();
	const people: Planned[] = [];
	for (const person of jobs) {
		try {
			const one = wanted.get(foldKey(list.key, person.key))!;
			if (one.id === undefined && conditions.length > 0) for (const record of await run.lookup.found(entryOf(person))) meet(one, record);
			if (one.several) throw new BadInput(`${one.several.length} ${nouns(resource).many} have the ${keyLabel(resource, list.key)} "${person.key}"`, `Their IDs are ${one.several.join(', ')}. Correct this in ${api.name}, or take the person out of the list.`);
			people.push(one.planned ?? absent(run, place, hooks, person, entryOf(person), asked));
		} catch (error) {
			failed.add(person);
			fail(person.item, error, '');
		}
	}
	await describe(run, people);

	for (const leaver of leavers) if (leaver.key === '') leaver.more.reason = `Has no ${keyLabel(resource, list.key)}, so that the list cannot tell`;
	await protect(run, resource, settings, leavers);
	const plan: PeoplePlan = { operation, place, key: list.key, people, failed, leavers, inScope };
	if (retirement) await retire(run, plan, hooks, settings, list, retirement);
	return plan;
}

function assertVerifiable(api: Api, resource: Resource, conditions: Condition[]): void {
	const [unknown] = unverifiable(api, resource, conditions);
	if (unknown) throw new BadInput(`Scope: "${unknown.path.join('.')}" cannot be checked on the records, and retiring people needs that`, 'Use another condition, or choose "Report Only".');
}

/** @throws BadInput if a record does not show that it belongs to the scope: the vendor may have ignored the condition. */
function assertSeen(api: Api, resource: Resource, conditions: Condition[], record: IDataObject): void {
	const unknown = unseen(api, resource, conditions, record);
	if (unknown) throw new BadInput(`Scope: ${api.name} does not show "${unknown.path.join('.')}" of ${nouns(resource).one} ${api.id(record)}, and retiring people needs that`, 'Nothing was changed. Use another condition, or choose "Report Only".');
}

/** In place of the wishes of those who have them: most people of a list are as they should be. */
const NOTHING = { fields: {}, links: {}, more: undefined } satisfies Partial<Person>;

const NO_MORE: IDataObject = Object.freeze({});

/** A person whom the vendor has. */
function existing(run: Run, resource: Resource, hooks: PeopleHooks, person: Person, record: IDataObject, facts: Pick<Fate, 'id' | 'name' | 'lastSignIn'>): Planned {
	const api = run.apiOf(resource);
	const { present } = resource.reconcile!;
	const fields = differing({ ...person.fields, ...present?.fields }, (name) => fieldOf(resource, name), (name) => api.value(record, name));
	const links = Object.entries(person.links).filter(([name, { id }]) => (api.linked(record, name) ?? []).map(String).join() !== String(id));
	const isChanged = Object.keys(fields).length + links.length > 0;
	const more = hooks.differs?.(run, person, record) ?? [];
	const back = Object.keys(present?.fields ?? {}).some((name) => name in fields);
	if (!isChanged && more.length === 0) {
		Object.assign(person, NOTHING);
		return { person, fate: { key: person.key, ...facts, outcome: 'unchanged', changes: [], more: NO_MORE }, id: facts.id };
	}
	const fate: Fate = { key: person.key, ...facts, outcome: back ? present!.done : 'updated', changes: more, more: {} };
	return {
		...{ person, fate, id: fate.id, before: record },
		...(isChanged ? { update: { fields, links: Object.fromEntries(links.map(([name, reference]) => [name, reference.link])) } } : {}),
		raw: [
			...Object.entries(fields).map(([field, to]) => ({ field, from: api.value(record, field) ?? null, to })),
			...links.map(([field, reference]) => ({ field, from: api.linked(record, field)?.[0] ?? null, to: reference.id, of: reference.resource.name })),
		],
	};
}

/** A person whom the vendor does not have. @throws BadInput if a new record needs more. */
function absent(run: Run, place: Resource, hooks: PeopleHooks, person: Person, entry: Entry, asked: number): Planned {
	entry.records ??= [];
	entry.asked ||= asked;
	const links = Object.fromEntries(Object.entries(person.links).map(([name, reference]) => [name, reference.link]));
	const input = { fields: person.fields, links };
	const whole = newRecord(entry, input);
	assertComplete(place, whole);
	return {
		person,
		fate: { key: person.key, outcome: 'created', changes: hooks.differs?.(run, person) ?? [], more: {} },
		create: { input, entry },
		raw: [
			...Object.entries(whole.fields).filter(([name]) => !isHidden(fieldOf(place, name))).map(([field, to]) => ({ field, from: null, to })),
			...Object.entries(person.links).map(([field, reference]) => ({ field, from: null, to: reference.id, of: reference.resource.name })),
		],
	};
}

/** Puts differences into words: names of related records that this run has not met are looked up, all at once. */
async function describe(run: Run, people: Planned[]): Promise<void> {
	const related = people.flatMap(({ raw = [] }) => raw.filter(({ of }) => of !== undefined));
	for (const { of, from } of related) {
		if (!isAbsent(from) && !run.lookup.known(run.resource(of!), from as RecordId)) run.lookup.want(run.resource(of!), ID, String(from));
	}
	// A name that cannot be had stays an id.
	if (related.length > 0) await run.lookup.resolve();
	const word = (value: unknown, of?: string) => (of === undefined || isAbsent(value) ? value : nameOf(run, [of], value as RecordId)) as Change['to'];
	for (const planned of people) {
		const { fate, raw = [] } = planned;
		fate.changes = [...raw.map(({ field, from, to, of }) => ({ field, ...(from === undefined ? {} : { from: word(from, of) }), to: word(to, of) })), ...fate.changes];
		delete planned.raw;
	}
}

/** Marks whom no run retires: the protected ones, those of the vendor's own rules, and the user behind the connection. */
async function protect(run: Run, resource: Resource, settings: Settings, leavers: Leaver[]): Promise<void> {
	const guard = (leaver: Leaver, reason: string) => {
		leaver.outcome = 'protected';
		leaver.more.reason = reason;
	};
	for (const leaver of leavers) {
		if ([leaver.email, leaver.key].some((value) => value !== '' && settings.isProtected.has(value.toLowerCase()))) guard(leaver, 'Protected');
		const rule = (resource.reconcile!.never ?? []).find(({ field, value }) => leaver.values[field] === value);
		if (rule) guard(leaver, rule.why);
	}
	const client = run.client(resource);
	const { identity, name } = client.api;
	if (!identity || leavers.length === 0) return;
	const [answer] = await Promise.allSettled([client.send({ method: 'GET', path: identity.path, purpose: 'tell whose connection this is' })]);
	const me = answer.status === 'fulfilled' ? identity.read(answer.value.body) : undefined;
	if (!me && settings.retirement && settings.isProtected.size === 0) {
		throw new BadInput(`Refused: ${name} does not tell whose connection this is, and nobody is protected`, 'Nothing was changed. Enter the email of the user behind the connection under "Protected".');
	}
	for (const leaver of leavers) {
		if (me && (String(leaver.id) === String(me.id) || (me.email !== undefined && leaver.email.toLowerCase() === me.email.toLowerCase()))) guard(leaver, 'The user behind the connection');
	}
}

/** Chooses who is retired, within the limit. */
async function retire(run: Run, plan: PeoplePlan, hooks: PeopleHooks, settings: Settings, list: PeopleList, { value, fields, done }: NonNullable<Settings['retirement']>): Promise<void> {
	const chosen = plan.leavers.filter(({ outcome, key }) => outcome === 'reported' && key !== '');
	const limit = limitFor(settings.limit, plan.inScope);
	plan.limit = limit;
	checkLimit(chosen.map(({ key }) => key), { limit, inScope: plan.inScope, list: list.keys.length }, value);
	for (const leaver of chosen) {
		leaver.outcome = done;
		leaver.changes = Object.entries(fields ?? {}).map(([field, to]) => ({ field, from: leaver.values[field], to: to as Change['to'] }));
	}
	await hooks.plan?.(run, chosen, settings.more);
	const stuck = chosen.filter(({ error }) => error);
	if (stuck.length > 0 && !run.context.continueOnFail()) {
		throw new BadInput(`Refused: ${counted(stuck.length, 'person', 'people')} cannot be retired: ${stuck[0].key}: ${stuck[0].error!.message}`, `Nothing was changed. ${stuck[0].error instanceof BadInput ? stuck[0].error.description : ''}`);
	}
	for (const leaver of stuck) Object.assign(leaver, { outcome: 'refused', changes: [] });
}
