/** The operations that every resource can have. One handler each, for all vendors. */
import type { IDataObject } from 'n8n-workflow';

import {
	type Action,
	type ActionParameter,
	labelOf,
	type Link,
	listed,
	type NaturalKey,
	nouns,
	type Operation,
	type Query,
	type RecordId,
	type RecordInput,
	type Relation,
	type Resource,
	upsertKeys,
} from '../spec/resource';
import { BadInput, isAbsent, sameValue } from '../spec/values';
import type { Api, Call, QueryPairs } from '../wire/api';
import type { Handler, Output, Run } from './execute';
import type { Item, Reference } from './item';
import { type Entry, keyName } from './lookup';

/** What became of a record. */
export type Outcome = 'created' | 'updated' | 'unchanged';

/** A record with what became of it, where a person looks first. */
export const withOutcome = (json: IDataObject, outcome: string, more: IDataObject = {}): IDataObject => ({ id: json.id, outcome, ...json, ...more });

/** The handler of a standard method or a data-described action. */
export function standardHandler(operation: Operation): Handler<unknown> {
	return HANDLERS[operation.kind as keyof typeof HANDLERS](operation);
}

const HANDLERS = {
	create: (operation: Operation) => write(operation, 'POST'),
	update: (operation: Operation) => write(operation),
	replace: (operation: Operation) => write(operation, 'PUT'),
	delete: remove,
	get,
	getAll,
	upsert,
	action,
};

/** The record locator of an operation. */
export function recordOf(item: Item, resource: Resource, needs: { full?: boolean; include?: string[] } = {}): Reference {
	return item.refer(item.get<unknown>('record', undefined), resource, resource.label, true, needs)!;
}

/** Links as ids, once the references are settled. */
export function linksOf(links: Map<Relation, Reference[]>, cleared: string[], resource: Resource): RecordInput['links'] {
	const result: Record<string, Link | Link[] | null> = {};
	for (const name of cleared) result[name] = (resource.relations ?? []).find((r) => r.name === name)?.many ? [] : null;
	for (const [relation, references] of links) {
		result[relation.name] = relation.many ? references.map((r) => r.link) : references[0].link;
	}
	return result;
}

/** Values of secret fields, to keep out of messages. */
export function secretsIn(resource: Resource, fields: IDataObject): string[] {
	return resource.fields.filter((f) => f.type === 'secret' && !isAbsent(fields[f.name])).map((f) => String(fields[f.name]));
}

/** Path of one record. */
export const pathTo = (resource: Resource, id: number | string) => `${resource.path}/${encodeURIComponent(String(id))}`;

/** Takes the fields that travel as parameters of the request out of those for the body. */
function splitQuery(resource: Resource, input: RecordInput): { query: QueryPairs; input: RecordInput } {
	const inQuery = resource.fields.filter((f) => f.query && !isAbsent(input.fields[f.name]));
	if (inQuery.length === 0) return { query: input.query ?? [], input };
	const query = inQuery.map((f): [string, string] => [f.wire ?? f.name, String(input.fields[f.name])]);
	const rest = Object.entries(input.fields).filter(([name]) => !inQuery.some((f) => f.name === name));
	return { query: [...query, ...(input.query ?? [])], input: { ...input, fields: Object.fromEntries(rest) } };
}

/** Creates a record and gives the vendor's answer. */
export async function createRecord(run: Run, resource: Resource, given: RecordInput): Promise<unknown> {
	const { query, input } = splitQuery(resource, given);
	const { body } = await run.client(resource).send({
		method: 'POST',
		path: resource.path,
		query,
		body: run.apiOf(resource).encode(resource, input, 'POST'),
		purpose: `create ${nouns(resource).one}`,
		secrets: secretsIn(resource, input.fields),
	});
	return body;
}

/** Changes a record and gives the vendor's answer. */
export async function updateRecord(run: Run, resource: Resource, given: RecordInput & { id: number | string }, method?: Call['method']): Promise<unknown> {
	const { query, input } = splitQuery(resource, given);
	const api = run.apiOf(resource);
	const verb = method ?? api.updateMethod;
	return await sendChange(run, resource, given.id, api.encode(resource, input, verb), { method: verb, query, secrets: secretsIn(resource, input.fields) });
}

/**
 * Sends a change of a record and gives the vendor's answer.
 * @param more.answer whether the record is read when the vendor accepts the change without showing it; default when it can be.
 */
export async function sendChange(
	run: Run,
	resource: Resource,
	id: RecordId,
	body: unknown,
	more: { method?: Call['method']; query?: QueryPairs; secrets?: string[]; answer?: boolean } = {},
): Promise<unknown> {
	const client = run.client(resource);
	const path = pathTo(resource, id);
	const { method = client.api.updateMethod, query, secrets, answer = resource.methods.includes('get') } = more;
	const changed = await client.send({ method, path, query, body, purpose: `update ${nouns(resource).one} ${id}`, secrets });
	if (changed.body !== undefined || !answer) return changed.body;
	return (await client.send({ method: 'GET', path, purpose: `get ${nouns(resource).one} ${id}` })).body;
}

function present(item: Item, resource: Resource, answer: unknown, include?: string[]): Output {
	return { json: item.run.present(item, resource, item.run.apiOf(resource).record(answer), answer, include) };
}

/** The vendor accepted something without showing a record. */
const isSilent = (answer: unknown) => typeof answer !== 'object' || answer === null || Object.keys(answer).length === 0;

/** Output for such an answer. */
const done = (record?: Reference): Output => ({ json: { ...(record ? { id: record.id } : {}), success: true } });

interface WriteJob {
	record?: Reference;
	fields: IDataObject;
	links: Map<Relation, Reference[]>;
	cleared: string[];
}

function write(operation: Operation, method?: Call['method']): Handler<WriteJob> {
	const { resource } = operation;
	return {
		prepare(item) {
			const job: WriteJob = {
				record: operation.record ? recordOf(item, resource) : undefined,
				fields: item.fields(operation, ['id', item.run.apiOf(resource).idName ?? 'id']),
				links: item.links(operation),
				cleared: item.clearedLinks(operation),
			};
			for (const name of job.cleared) delete job.fields[name];
			if (operation.kind === 'create') assertOneOf(resource, job.fields, [...job.links.keys()].map((r) => r.name));
			if (Object.keys(job.fields).length + job.links.size + job.cleared.length === 0) {
				throw new BadInput(
					`There is nothing to ${operation.kind === 'create' ? 'create' : 'change'}: no field of the ${nouns(resource).one} was given`,
					'Map at least one field. Empty values are not sent; use the option "Clear Fields" to empty a field.',
				);
			}
			return job;
		},
		async work({ record, fields, links, cleared }, item) {
			const input = { fields, links: linksOf(links, cleared, resource), query: item.writeQuery() };
			const place = item.inside(resource);
			const answer = record
				? await updateRecord(item.run, place, { ...input, id: record.id }, method)
				: await createRecord(item.run, place, input);
			return [isSilent(answer) ? done(record) : present(item, resource, answer)];
		},
	};
}

function remove(operation: Operation): Handler<Reference> {
	const { resource } = operation;
	return {
		prepare: (item) => recordOf(item, resource),
		async work(record, item) {
			await item.run.client(resource).send({
				method: 'DELETE',
				path: pathTo(item.inside(resource), record.id),
				query: item.writeQuery(),
				purpose: `delete ${nouns(resource).one} ${record.id}`,
			});
			return [{ json: { id: record.id, deleted: true } }];
		},
	};
}

interface GetJob {
	record: Reference;
	query: Pick<Query, 'include' | 'only'>;
}

function get(operation: Operation): Handler<GetJob> {
	const { resource } = operation;
	return {
		prepare(item) {
			const query = { include: item.include(resource), only: item.only(resource) };
			return { record: recordOf(item, resource, { full: true, include: query.include }), query };
		},
		async work({ record, query }, item) {
			// A record found by a natural key is there already.
			if (record.found && query.only!.length === 0) {
				return [{ json: item.run.present(item, resource, record.found, record.entry?.answer, query.include) }];
			}
			const { body } = await item.run.client(resource).send({
				method: 'GET',
				path: pathTo(item.inside(resource), record.id),
				query: item.run.apiOf(resource).getQuery(resource, query),
				purpose: `get ${nouns(resource).one} ${record.id}`,
			});
			return [present(item, resource, body, query.include)];
		},
	};
}

function limitOf(item: Item): number {
	const limit = item.flag('returnAll', false) ? Infinity : Number(item.get('limit', 50));
	if (!(limit >= 1)) throw new BadInput('Limit is less than 1', 'Enter how many results are wanted, or switch on "Return All".');
	if (limit !== Infinity && !Number.isInteger(limit)) throw new BadInput(`Limit: ${limit} is not a whole number`, 'Enter how many results are wanted.');
	return limit;
}

interface ListJob {
	toQuery: () => Query;
	limit: number;
	countOnly: boolean;
}

function getAll(operation: Operation): Handler<ListJob> {
	const { resource } = operation;
	return {
		prepare(item) {
			const limit = limitOf(item);
			return { toQuery: item.query(operation).toQuery, limit, countOnly: item.optionFlag('countOnly', false) };
		},
		async work({ toQuery, limit, countOnly }, item) {
			const place = listed(item.inside(resource));
			if (countOnly) return [{ json: { count: await count(item.run, place, toQuery()) } }];
			const outputs: Output[] = [];
			const query = toQuery();
			for await (const { record, answer } of list(item.run, place, query, limit)) {
				outputs.push({ json: item.run.present(item, resource, record, answer, query.include) });
			}
			return outputs;
		},
	};
}

/** How many records a query matches, where the vendor counts; one request. */
export async function count(run: Run, resource: Resource, query: Query): Promise<number> {
	const client = run.client(resource);
	const { api } = client;
	const { body } = await client.send({
		method: 'GET',
		path: resource.path,
		query: [...api.listQuery(resource, query, 1), ...api.count!.query],
		purpose: `count ${nouns(resource).many}`,
	});
	return api.count!.read(body);
}

/** Records of a query, page by page, each page as large as the vendor and the limit allow. */
export async function* list(run: Run, resource: Resource, query: Query, limit = Infinity): AsyncGenerator<{ record: IDataObject; answer: unknown }> {
	const client = run.client(resource);
	const { api } = client;
	const size = Math.min(limit, resource.pageSize ?? api.pageSize);
	const call: Call = {
		method: 'GET',
		path: resource.path,
		query: api.listQuery(resource, query, size),
		purpose: `list ${nouns(resource).many}`,
	};
	let count = 0;
	const seen = new Set<RecordId>();
	for await (const answer of client.pages(call, resource)) {
		for (const record of api.records(answer, resource)) {
			if (api.matches && !api.matches(record, query)) continue;
			if (api.pageAt) {
				if (seen.has(api.id(record))) continue;
				seen.add(api.id(record));
			}
			yield { record, answer };
			if (++count >= limit) return;
		}
	}
}

interface UpsertJob {
	key: NaturalKey;
	entry: Entry;
	fields: IDataObject;
	links: Map<Relation, Reference[]>;
	cleared: string[];
}

function upsert(operation: Operation): Handler<UpsertJob> {
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
		async work({ entry, fields, links, cleared }, item) {
			const { record, outcome, answer } = await createOrUpdate(item.run, entry, { fields, links: linksOf(links, cleared, resource), query: item.writeQuery() }, resource.label);
			const json = item.run.present(item, resource, record, answer);
			return [{ json: item.run.simplify(item) ? withOutcome(json, outcome) : json }];
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
	const { resource, key, value } = entry;
	const api = run.apiOf(resource);
	const turn = `${resource.name}\n${key.field}\n${value.toLowerCase()}`;
	return await run.inTurn(turn, async () => {
		const update = async () => {
			const before = await run.lookup.one(entry, parameter);
			const fields = Object.entries(input.fields).filter(([name]) => !resource.fields.some((f) => f.name === name && f.createOnly));
			const links = Object.entries(input.links ?? {}).filter(([name]) => !(resource.relations ?? []).some((r) => r.name === name && r.createOnly));
			const changes = changesOf(api, before, { ...input, fields: Object.fromEntries(fields), links: Object.fromEntries(links) });
			if (!changes) return { record: before, outcome: 'unchanged' as const, answer: entry.answer, before };
			const answer = await updateRecord(run, resource, { ...changes, id: api.id(before) });
			const record = api.record(answer);
			run.lookup.remember(entry, record);
			return { record, outcome: 'updated' as const, answer, before };
		};
		if ((await run.lookup.found(entry)).length > 0) return await update();
		// Another execution of this process may have created it since.
		if (run.createdSince(turn, entry.asked)) {
			run.lookup.forget(entry);
			if ((await run.lookup.found(entry)).length > 0) return await update();
		}

		const complete = creating(newRecord(entry, input));
		assertComplete(resource, complete);
		const [creation] = await Promise.allSettled([createRecord(run, resource, complete)]);
		if (creation.status === 'fulfilled') {
			const record = api.record(creation.value);
			run.noteCreation(turn);
			run.lookup.remember(entry, record);
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

/** A list of texts with the key in it, first. */
function withKey(given: unknown, value: string): string[] {
	const rest = Array.isArray(given) ? given.map(String) : [];
	return rest.some((entry) => entry.toLowerCase() === value.toLowerCase()) ? rest : [value, ...rest];
}

function assertComplete(resource: Resource, input: RecordInput): void {
	const missing = resource.fields.filter((f) => f.required && isAbsent(input.fields[f.name])).map(labelOf);
	const unlinked = (resource.relations ?? []).filter((r) => r.required && !input.links?.[r.name]).map(labelOf);
	if (missing.length + unlinked.length > 0) {
		throw new BadInput(
			`${[...missing, ...unlinked].join(', ')} missing: there is no such ${nouns(resource).one} yet, and creating one needs more`,
			'Map these fields too.',
		);
	}
	assertOneOf(resource, input.fields, Object.keys(input.links ?? {}));
}

/** @throws BadInput when a new record lacks something that can be given in several ways. */
function assertOneOf(resource: Resource, fields: IDataObject, links: string[]): void {
	const lacking = resource.oneOf?.find(({ names }) => names.every((name) => isAbsent(fields[name]) && !links.includes(name)));
	if (lacking) throw new BadInput(lacking.message, lacking.remedy);
}

/** The part of `input` that differs from the record; undefined when nothing does. */
export function changesOf(api: Api, record: IDataObject, input: RecordInput): RecordInput | undefined {
	const fields = Object.fromEntries(Object.entries(input.fields).filter(([name, value]) => !sameValue(api.value(record, name), value)));
	const links = Object.fromEntries(
		Object.entries(input.links ?? {}).filter(([name, link]) => {
			const current = api.linked(record, name);
			const wanted = [link ?? []].flat().map((l) => String(l.id)).sort();
			return current === undefined || current.map(String).sort().join() !== wanted.join();
		}),
	);
	if (Object.keys(fields).length + Object.keys(links).length === 0) return undefined;
	return { ...input, fields, links };
}

/** Records that parameters of an action refer to, as the node's locators give them. */
export function parameterReferences(item: Item, parameters: ActionParameter[]): Map<ActionParameter, Reference[]> {
	const result = new Map<ActionParameter, Reference[]>();
	for (const parameter of parameters) {
		if (parameter.reference === undefined) continue;
		const resource = item.run.resource(parameter.reference);
		const label = labelOf(parameter);
		const references = parameter.many
			? item.referencesOf(parameter.name, resource, label)
			: [item.reference(parameter.name, resource, label, parameter.required) ?? []].flat();
		if (parameter.required && !parameter.mayBeEmpty && references.length === 0) throw new BadInput(`${label} is missing`, `Add at least one under "${label}".`);
		if (references.length > 0) result.set(parameter, references);
	}
	return result;
}

/** What an action's parameters are on the wire, by their wire names. Absent ones are left out. */
export function parameterValues(
	parameters: ActionParameter[],
	values: IDataObject,
	references: Map<ActionParameter, Reference[]>,
): Array<{ parameter: ActionParameter; wire: string; value: IDataObject[string] }> {
	return parameters.flatMap((parameter) => {
		const ids = references.get(parameter)?.map(({ id }) => (parameter.asText ? String(id) : id)) ?? (parameter.mayBeEmpty ? [] : undefined);
		const value = (parameter.many ? ids : ids?.[0]) ?? values[parameter.name];
		return isAbsent(value) ? [] : [{ parameter, wire: parameter.wire ?? parameter.name, value: value as IDataObject[string] }];
	});
}

interface ActionJob {
	record?: Reference;
	values: IDataObject;
	references: Map<ActionParameter, Reference[]>;
	limit: number;
}

function action(operation: Operation): Handler<ActionJob> {
	const { resource } = operation;
	const endpoint = operation.endpoint!;
	const parameters = endpoint.parameters ?? [];
	return {
		prepare: (item) => {
			const values = item.fields(operation);
			// As a step of the path it would lead to another address.
			const dots = parameters.find((p) => p.in === 'path' && /^\.{1,2}$/.test(String(values[p.name])));
			if (dots) throw new BadInput(`${labelOf(dots)}: "${String(values[dots.name])}" cannot be sent`, 'It travels in the address. Write something else.');
			return {
				record: operation.record ? recordOf(item, resource) : undefined,
				values,
				references: parameterReferences(item, parameters),
				limit: endpoint.many ? limitOf(item) : 1,
			};
		},
		async work({ record, values, references, limit }, item) {
			const { run } = item;
			const { api } = run.client(resource);
			const shown = endpoint.output ? run.resource(endpoint.output.resource) : resource;
			const known = new Set(parameters.map((p) => p.name));
			const own = Object.fromEntries(Object.entries(values).filter(([name]) => !known.has(name)));
			const call = callOf(item, endpoint, parameterValues(parameters, values, references), own, record);
			if (endpoint.many) {
				const size = Math.min(limit, shown.pageSize ?? api.pageSize);
				const outputs: Output[] = [];
				for await (const answer of run.client(resource).pages({ ...call, query: [...call.query, ...api.listQuery({ ...shown, rows: undefined }, { conditions: [] }, size)] }, shown)) {
					for (const entry of api.records(answer)) outputs.push({ json: run.present(item, shown, entry, answer) });
					if (outputs.length >= limit) break;
				}
				return outputs.slice(0, limit);
			}
			const { body: answer } = await run.client(resource).send(call);
			return [isSilent(answer) ? done(record) : present(item, shown, answer)];
		},
	};
}

/** The request of an action. */
function callOf(item: Item, endpoint: Action, values: ReturnType<typeof parameterValues>, more: IDataObject, record?: Reference): Call & { query: QueryPairs } {
	const { operation } = item.run;
	const api = item.run.apiOf(operation.resource);
	const query: QueryPairs = operation.writes ? item.writeQuery() : [];
	const fixed = Object.entries(endpoint.fixed ?? {}).map(([wire, value]) => [wire, value === '{id}' ? record!.id : value] as const);
	const body: IDataObject = { ...more, ...Object.fromEntries(fixed) };
	let path = endpoint.path.replace('{id}', encodeURIComponent(String(record?.id))).replace('{parent}', encodeURIComponent(String(item.parent()?.id)));
	for (const { parameter, wire, value } of values) {
		if (parameter.in === 'query') query.push([wire, String(value)]);
		else if (parameter.in === 'path') path = path.replace(`{${parameter.name}}`, encodeURIComponent(String(value)));
		else body[wire] = value;
	}
	const hasBody = Object.keys(body).length > 0 || (endpoint.parameters ?? []).some((p) => p.in === 'body');
	const secrets = (endpoint.parameters ?? []).filter((p) => p.type === 'secret');
	return {
		method: endpoint.method,
		path,
		query,
		...(hasBody ? { body: api.encodeAction(body) } : {}),
		...(endpoint.once ? { repeatable: false } : {}),
		purpose: `${operation.action.toLowerCase()}${record ? ` ${record.id}` : ''}`,
		...(secrets.length > 0 ? { secrets: values.filter((v) => secrets.includes(v.parameter)).map((v) => String(v.value)) } : {}),
	};
}
