/** Create or Update: exactly one record with a key. */
import type { IDataObject } from 'n8n-workflow';

import { sameValue } from '../spec/compare';
import { keyLabel, keyName } from '../spec/keys';
import { labelOf, nouns } from '../spec/labels';
import { type Operation, upsertKeys } from '../spec/operation';
import type { RecordInput } from '../spec/record';
import type { NaturalKey, Relation, Resource } from '../spec/resource';
import { BadInput, isAbsent } from '../spec/values';
import type { Api } from '../wire/api';
import { isSilent } from './answers';
import { settled } from './confirm';
import type { Handler } from './handler';
import type { Entry } from './lookup';
import { changesOf, createRecord, linksOf, updateRecord } from './records';
import { about, changesBetween, type Plan, planCreate, Planned } from './plan';
import type { Reference } from './reference';
import type { Run } from './run';
import { findSecondRecords } from './secondRecord';

/** Records that a dry run would have created, for further items about them. */
const rehearsed = new WeakMap<Entry['alike'], RecordInput>();

/** A new record; the second item about it would change what the first one creates. */
function newPlan(run: Run, { resource, alike }: Entry, input: RecordInput): Plan {
	const first = rehearsed.get(alike);
	const plan = planCreate(run, resource, input);
	rehearsed.set(alike, { fields: { ...first?.fields, ...input.fields }, links: { ...first?.links, ...input.links } });
	if (!first) return plan;
	const changes = changesBetween(run, resource, undefined, input).flatMap(({ field, to }) => {
		if (!(field in input.fields)) return sameValue(first.links?.[field], input.links?.[field]) ? [] : [{ field, to }];
		const from = first.fields[field] ?? null;
		return sameValue(from, input.fields[field]) ? [] : [{ field, from, to }];
	});
	return { ...plan, action: changes.length > 0 ? 'update' : 'none', changes };
}

/** Milliseconds after a creation for which a look-up that finds nothing is not believed at once. */
const LATELY = 60_000;

/** What became of a record. */
export type Outcome = 'created' | 'updated' | 'unchanged';

/** A record with what became of it, where a person looks first. */
export const withOutcome = (json: IDataObject, outcome: string, more: IDataObject = {}): IDataObject => ({ id: json.id, outcome, ...json, ...more });

interface UpsertJob {
	key: NaturalKey;
	entry: Entry;
	fields: IDataObject;
	links: Map<Relation, Reference[]>;
	cleared: string[];
	/** The record, if this item created it. */
	created?: IDataObject;
}

export function upsert(operation: Operation): Handler<UpsertJob> {
	const { resource } = operation;
	return {
		prepare(item) {
			const { key, value } = item.upsertKey(operation);
			const job = {
				key,
				entry: item.run.lookup.want(resource, key, value, { full: true }),
				fields: item.fields(operation, ['id', item.run.apiOf(resource).idName ?? 'id', ...upsertKeys(resource).flatMap((k) => [keyName(k), k.field])]),
				links: item.links(operation),
				cleared: item.clearedLinks(operation),
			};
			for (const name of job.cleared) delete job.fields[name];
			return job;
		},
		check: async ({ entry, fields, links, cleared }, item) =>
			await checkCreateOrUpdate(item.run, entry, { fields, links: linksOf(links, cleared, resource) }, resource.label),
		async work(job, item) {
			const { entry, fields, links, cleared } = job;
			const { record, outcome, answer } = await createOrUpdate(item.run, entry, { fields, links: linksOf(links, cleared, resource), query: item.writeQuery() }, resource.label);
			if (outcome === 'created') job.created = record;
			const json = item.present(resource, record, answer);
			return [{ json: item.simplified ? withOutcome(json, outcome) : json }];
		},
		async finish(jobs, run, fail) {
			const creations = jobs.flatMap(({ job, ...rest }) => (job.created ? [{ ...rest, job, entry: job.entry, record: job.created }] : []));
			await findSecondRecords(run, creations, fail, async (creation) => {
				const done = creations.find((one) => one.entry === creation.entry)!;
				creation.outputs.splice(0, creation.outputs.length, ...(await this.work!(done.job, creation.item)));
			});
		},
	};
}

/** What creates the record of an entry. */
export function newRecord({ resource, key, value }: Entry, input: RecordInput): RecordInput {
	const list = resource.fields.find((f) => f.name === key.field)?.type === 'strings';
	const fields = Object.fromEntries(Object.entries(input.fields).filter(([, v]) => v !== null));
	return { ...input, fields: { ...fields, [key.field]: list ? withKey(fields[key.field], value) : value } };
}

/**
 * Whether `createOrUpdate` can do its work, as far as the look-ups tell. Called for all items in order.
 * @throws BadInput when several records have the key, or when there is none and creating one needs more.
 */
export async function checkCreateOrUpdate(run: Run, entry: Entry, input: RecordInput, parameter: string): Promise<void> {
	if ((await run.lookup.found(entry)).length > 0) await run.lookup.one(entry, parameter);
	else if (!entry.alike.planned) {
		assertComplete(entry.resource, newRecord(entry, input));
		entry.alike.planned = true;
	}
}

/** Under this key work on an entry is done in turn, and its creation noted. */
export const turnOf = ({ resource, key, value }: Entry) => `${resource.name}\n${key.field}\n${value.toLowerCase()}`;

/** Looks up an entry once more; again after a moment if that does not show what was done. @param shown what it shows already. */
async function lookAgain(run: Run, entry: Entry, shows: (found: IDataObject[]) => boolean, shown?: IDataObject[]): Promise<IDataObject[]> {
	const look = async () => {
		run.lookup.forget(entry);
		return await run.lookup.found(entry);
	};
	return await settled(run.client(entry.resource), look, shows, shown);
}

/**
 * What a look-up that found nothing may have missed: an execution of this process created it since, or just before, and lists
 * can show it a moment later.
 */
export async function appeared(run: Run, entry: Entry): Promise<IDataObject[]> {
	const turn = turnOf(entry);
	if (!run.createdSince(turn, entry.asked - LATELY)) return [];
	return await lookAgain(run, entry, ([one]) => one !== undefined, run.createdSince(turn, entry.asked) ? undefined : []);
}

/**
 * Makes sure that exactly one record has the key of `entry` and carries the given values.
 * Sends nothing when it already does. Within a run, work on one key is done in turn.
 */
export async function createOrUpdate(
	run: Run,
	entry: Entry,
	input: RecordInput,
	parameter: string,
	creating: (input: RecordInput) => RecordInput = (i) => i,
): Promise<{ record: IDataObject; outcome: Outcome; answer?: unknown; before?: IDataObject }> {
	const { resource, value } = entry;
	const api = run.apiOf(resource);
	const turn = turnOf(entry);
	return await run.inTurn(turn, async () => {
		const update = async () => {
			const before = await run.lookup.one(entry, parameter);
			const fields = Object.entries(input.fields).filter(([name]) => !resource.fields.some((f) => f.name === name && f.createOnly));
			const links = Object.entries(input.links ?? {}).filter(([name]) => !(resource.relations ?? []).some((r) => r.name === name && r.createOnly));
			const changes = changesOf(api, before, { ...input, fields: Object.fromEntries(fields), links: Object.fromEntries(links) });
			if (!changes && run.dryRun) throw new Planned({ action: 'none', ...about(run, resource, api.id(before), before) });
			if (!changes) return { record: before, outcome: 'unchanged' as const, answer: entry.answer, before };
			const answer = await updateRecord(run, resource, { ...changes, id: api.id(before) });
			if (isUnclear(api, answer)) {
				await lookAgain(run, entry, ([now]) => now !== undefined && !changesOf(api, now, changes));
				const now = await run.lookup.one(entry, parameter);
				if (changesOf(api, now, changes)) throw unshown(api, resource, value, 'change');
				return { record: now, outcome: 'updated' as const, answer: entry.answer, before };
			}
			const record = api.record(answer);
			run.lookup.remember(entry, record);
			const sent = Object.keys(changes.fields).length + Object.keys(changes.links ?? {}).length;
			return { record, outcome: run.notApplied(answer).length < sent ? ('updated' as const) : ('unchanged' as const), answer, before };
		};
		if ((await run.lookup.found(entry)).length > 0) return await update();
		if ((await appeared(run, entry)).length > 0) return await update();

		const complete = creating(newRecord(entry, input));
		assertComplete(resource, complete);
		const [creation] = await Promise.allSettled([createRecord(run, resource, complete, () => newPlan(run, entry, complete))]);
		if (creation.status === 'fulfilled') {
			run.noteCreation(turn);
			if (isUnclear(api, creation.value)) {
				const [now] = await lookAgain(run, entry, ([one]) => one !== undefined);
				if (!now) throw unshown(api, resource, value, 'creation');
				return { record: now, outcome: 'created' as const, answer: entry.answer };
			}
			const record = api.record(creation.value);
			run.lookup.remember(entry, record);
			if (lacksKey(api, entry, record)) throw keyless(api, entry, record);
			return { record, outcome: 'created' as const, answer: creation.value };
		}
		// Somebody else may have created it since the look-up.
		const refusal = creation.reason as { httpCode?: string };
		if (['400', '409', '422'].includes(refusal.httpCode ?? '')) {
			run.lookup.forget(entry);
			if ((await run.lookup.found(entry)).length > 0) return await update();
		}
		throw creation.reason;
	});
}

/** The vendor accepted a write and shows no record of it. */
const isUnclear = (api: Api, answer: unknown) => isSilent(answer) || isAbsent(api.id(api.record(answer)));

/** The vendor shows that it did not store the key. */
function lacksKey(api: Api, { key }: Entry, record: IDataObject): boolean {
	const shown = key.parts || key.hidden ? undefined : api.value(record, key.field);
	return shown !== undefined && [shown].flat().every(isAbsent);
}

/** Such a record is found by no later run, so that each would create another one. */
const keyless = (api: Api, { resource, key, value }: Entry, record: IDataObject) =>
	new BadInput(
		`${api.name} created ${nouns(resource).one} ${api.id(record)} without the ${keyLabel(resource, key).toLowerCase()} "${value}"`,
		`Add it in ${api.name}, or delete the record, before you run again. Otherwise another one would be created.`,
	);

export const unshown = (api: Api, resource: Resource, value: string, what: 'change' | 'creation') =>
	new BadInput(`${api.name} accepted the ${what} of ${nouns(resource).one} "${value}" but does not show it`, `Look at the ${nouns(resource).one} in ${api.name} before you run again.`);

/** A list of texts with the key in it, first. */
function withKey(given: unknown, value: string): string[] {
	const rest = Array.isArray(given) ? given.map(String) : [];
	return rest.some((entry) => entry.toLowerCase() === value.toLowerCase()) ? rest : [value, ...rest];
}

/** @throws BadInput when a new record lacks something. */
export function assertComplete(resource: Resource, input: RecordInput): void {
	const missing = resource.fields.filter((f) => f.required && isAbsent(input.fields[f.name])).map(labelOf);
	const unlinked = (resource.relations ?? []).filter((r) => r.required && !input.links?.[r.name]).map(labelOf);
	if (missing.length + unlinked.length > 0) {
		throw new BadInput(
			`${[...missing, ...unlinked].join(', ')} missing. The ${nouns(resource).one} does not exist yet, and a new one needs more fields`,
			'Map these fields as well.',
		);
	}
	assertOneOf(resource, input.fields, Object.keys(input.links ?? {}));
}

/** @throws BadInput when a new record lacks something that can be given in several ways. */
export function assertOneOf(resource: Resource, fields: IDataObject, links: string[]): void {
	const lacking = resource.oneOf?.find(({ names }) => names.every((name) => isAbsent(fields[name]) && !links.includes(name)));
	if (lacking) throw new BadInput(lacking.message, lacking.remedy);
}
