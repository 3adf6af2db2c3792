/**
 * Creating and changing companies and end users. Only what was given is sent: the vendor's samples show every
 * key with an empty text, which could overwrite. Create or Update is the vendor's own PUT, by any of three ids.
 */
import type { IDataObject } from 'n8n-workflow';

import { isSilent, recordOf as recordLocator } from '../../shared/run/answers';
import { confirmWrite } from '../../shared/run/confirm';
import type { Handler, Output } from '../../shared/run/handler';
import type { Item } from '../../shared/run/item';
import type { Entry } from '../../shared/run/lookup';
import { nameOf, type Plan, planCreate, planUpdate, sendOrPlan } from '../../shared/run/plan';
import { sendChange } from '../../shared/run/records';
import type { Reference } from '../../shared/run/reference';
import type { Run } from '../../shared/run/run';
import { labelOf, nouns } from '../../shared/spec/labels';
import type { Resource } from '../../shared/spec/resource';
import { asObject, BadInput, coerce, isAbsent } from '../../shared/spec/values';
import type { Call } from '../../shared/wire/api';
import { ALLOW_NEW, IDS, LINKED, MORE } from '../resources/writeRecipes';

interface Job {
	record?: Reference;
	/** Id of a linked record, by its field. */
	links: Array<[string, Reference]>;
	body: IDataObject;
}

/** What an item gives, by the names of the wire. */
function read(item: Item, record?: Reference): Job {
	const { operation } = item.run;
	const links = operation.inputs.flatMap((input): Array<[string, Reference]> => {
		if (input.kind !== 'record') return [];
		const reference = item.reference(input.name, item.run.resource(input.resource), input.label);
		return reference ? [[LINKED[input.name], reference]] : [];
	});
	const body = { ...item.fields(operation, ['id']), ...moreOf(item, operation.resource) };
	for (const [name] of links) delete body[name];
	return { links, body, ...(record ? { record } : {}) };
}

function moreOf(item: Item, resource: Resource): IDataObject {
	const given = item.option(MORE.name);
	const more = isAbsent(given) ? {} : coerce(MORE, given);
	if (typeof more !== 'object' || more === null || Array.isArray(more)) {
		throw new BadInput('More Fields (JSON) is not an object', 'Write it like {"total_revenue": 1200}.');
	}
	return Object.fromEntries(
		Object.entries(asObject(more))
			.filter(([, value]) => !isAbsent(value))
			.map(([name, value]) => {
				const field = resource.fields.find((f) => f.name === name);
				if (field?.readOnly) throw new BadInput(`More Fields (JSON): "${name}" is read-only`, 'Remove it.');
				return [name, field ? coerce(field, value) : value];
			}),
	);
}

function assertSomething({ body, links }: Job, resource: Resource, what: string): void {
	if (Object.keys(body).length + links.length > 0) return;
	throw new BadInput(`There is nothing to ${what}: no field of the ${nouns(resource).one} was given`, 'Map at least one field. Empty values are not sent. To clear a field, use the option "Clear Fields".');
}

const bodyOf = ({ body, links }: Job): IDataObject => ({ ...body, ...Object.fromEntries(links.map(([name, reference]) => [name, reference.id])) });

/** The record as the answer shows it, held against what was sent; `known` names it where the answer shows none. */
async function present(item: Item, given: unknown, known: IDataObject, { body: fields, record: target }: Pick<Job, 'body' | 'record'>): Promise<Output> {
	const { run } = item;
	const { resource } = run.operation;
	const api = run.apiOf(resource);
	const of = (answer: unknown) => (isSilent(answer) ? {} : api.record(answer));
	// An answer without a record says no more than that it was accepted.
	const answer = await confirmWrite(run, resource, { id: target?.id, fields }, Object.keys(of(given)).length > 0 ? given : undefined);
	const record = of(answer);
	return { json: Object.keys(record).length > 0 ? item.present(resource, record, answer) : { ...known, success: true, confirmed: false } };
}

export const create: Handler<Job> = {
	prepare(item) {
		const job = read(item);
		assertSomething(job, item.run.operation.resource, 'create');
		return job;
	},
	async work(job, item) {
		const { resource } = item.run.operation;
		const { run } = item;
		const call: Call = { method: 'POST', path: resource.path, body: bodyOf(job), purpose: `create ${nouns(resource).one}` };
		const { body } = await sendOrPlan(run.client(resource), call, () => named(run, planCreate(run, resource, { fields: bodyOf(job) }), job));
		return [await present(item, body, {}, { body: bodyOf(job) })];
	},
};

export const update: Handler<Job> = {
	prepare(item) {
		const { resource } = item.run.operation;
		const job = read(item, recordLocator(item, resource));
		assertSomething(job, resource, 'change');
		return job;
	},
	async work(job, item) {
		const { id } = job.record!;
		const { run } = item;
		const { resource } = run.operation;
		const body = bodyOf(job);
		return [await present(item, await sendChange(run, resource, id, body, { answer: false, plan: async () => named(run, await planUpdate(run, resource, id, { fields: body }), job) }), { id }, { body, record: job.record })];
	},
};

/** A plan with linked records by their names. */
function named(run: Run, plan: Plan, { links }: Job): Plan {
	const kinds = new Map(links.map(([name, { resource }]) => [name, resource.name]));
	const inWords = (field: string, value?: IDataObject[string]) => (typeof value === 'string' && kinds.has(field) ? nameOf(run, [kinds.get(field)!], value) : value);
	return { ...plan, changes: plan.changes?.map((change) => ({ ...change, ...('from' in change ? { from: inWords(change.field, change.from) } : {}), to: inWords(change.field, change.to)! })) };
}

/** Look-ups of the record that Userlot would find, by the ids in its order. */
function wanted(run: Run, body: IDataObject): Entry[] {
	const { resource } = run.operation;
	const keys = (resource.keys ?? []).filter(({ field }) => IDS.some(({ wire }) => wire === field) && !isAbsent(body[field]));
	return keys.map((key) => run.lookup.want(resource, key, String(body[key.field]), { full: true }));
}

/** The vendor's request that creates or changes. @param known an id is given: without one, twice would create two. */
export const upsertCall = (resource: Resource, body: IDataObject, known: boolean): Call => ({
	method: 'PUT',
	path: resource.path,
	body,
	repeatable: known,
	purpose: `create or update ${nouns(resource).one}`,
});

/** Whether Userlot would find the record, and what would change. */
async function upsertPlan(run: Run, body: IDataObject): Promise<Plan> {
	const { resource } = run.operation;
	const api = run.apiOf(resource);
	if (!isAbsent(body.id)) return await planUpdate(run, resource, String(body.id), { fields: body });
	for (const entry of wanted(run, body)) {
		const [record] = await run.lookup.found(entry);
		if (record) return await planUpdate(run, resource, api.id(record), { fields: body });
	}
	return planCreate(run, resource, { fields: body });
}

/** Items about the same record go one after the other, so that the second finds what the first created. */
async function inTurn<T>(run: Run, body: IDataObject, work: () => Promise<T>): Promise<T> {
	return await IDS.filter((id) => !isAbsent(body[id.wire]))
		.reduce((inner, id) => async () => await run.inTurn(`${run.operation.resource.name}\n${id.wire}\n${String(body[id.wire])}`, inner), work)();
}

export const upsert: Handler<Job> = {
	prepare(item) {
		const job = read(item);
		const { body } = job;
		for (const id of IDS) {
			const value = item.value(id);
			if (value !== undefined) body[id.wire] = String(value).trim();
		}
		if (IDS.every((id) => isAbsent(body[id.wire])) && !item.optionFlag(ALLOW_NEW.name, false)) {
			const { one } = nouns(item.run.operation.resource);
			throw new BadInput(
				`No ID is given, so that Userlot would create a new ${one} on every run`,
				`Give ${IDS.map((id) => `"${labelOf(id)}"`).join(', ').replace(/, ([^,]*)$/, ' or $1')}, or switch on the option "${labelOf(ALLOW_NEW)}".`,
			);
		}
		assertSomething(job, item.run.operation.resource, 'send');
		if (item.run.dryRun) wanted(item.run, body);
		return job;
	},
	async work(job, item) {
		const { run } = item;
		const { resource } = run.operation;
		const body = bodyOf(job);
		const known = IDS.some((id) => !isAbsent(body[id.wire]));
		return await inTurn(run, body, async () => {
			const answer = await sendOrPlan(run.client(resource), upsertCall(resource, body, known), async () => named(run, await upsertPlan(run, body), job));
			return [await present(item, answer.body, Object.fromEntries(IDS.filter((id) => id.wire in body).map((id) => [id.wire, body[id.wire]])), { body })];
		});
	},
};
