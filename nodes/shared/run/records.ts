/** Writes of records, as handlers use them. */
import type { IDataObject } from 'n8n-workflow';

import { sameValue } from '../spec/compare';
import { nouns } from '../spec/labels';
import type { Link, RecordId, RecordInput } from '../spec/record';
import type { Relation, Resource } from '../spec/resource';
import { isAbsent } from '../spec/values';
import type { Api, Call, QueryPairs } from '../wire/api';
import { confirmWrite } from './confirm';
import { type Plan, planCreate, planUpdate, sendOrPlan } from './plan';
import { pathTo } from './reads';
import type { Reference } from './reference';
import type { Run } from './run';

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

/** Takes the fields that travel as parameters of the request out of those for the body. */
function splitQuery(resource: Resource, input: RecordInput): { query: QueryPairs; input: RecordInput } {
	const inQuery = resource.fields.filter((f) => f.query && !isAbsent(input.fields[f.name]));
	if (inQuery.length === 0) return { query: input.query ?? [], input };
	const query = inQuery.map((f): [string, string] => [f.wire ?? f.name, String(input.fields[f.name])]);
	const rest = Object.entries(input.fields).filter(([name]) => !inQuery.some((f) => f.name === name));
	return { query: [...query, ...(input.query ?? [])], input: { ...input, fields: Object.fromEntries(rest) } };
}

/** Creates a record and gives the vendor's answer. @param plan what to say of it in a dry run. */
export async function createRecord(run: Run, resource: Resource, given: RecordInput, plan: () => Plan = () => planCreate(run, resource, given)): Promise<unknown> {
	const { query, input } = splitQuery(resource, given);
	const call: Call = {
		method: 'POST',
		path: resource.path,
		query,
		body: run.apiOf(resource).encode(resource, input, 'POST'),
		purpose: `create ${nouns(resource).one}`,
		secrets: secretsIn(resource, input.fields),
	};
	const { body } = await sendOrPlan(run.client(resource), call, plan);
	return await confirmWrite(run, resource, input, body);
}

/** Changes a record and gives the vendor's answer. @param action what a dry run calls it. */
export async function updateRecord(run: Run, resource: Resource, given: RecordInput & { id: number | string }, method?: Call['method'], action?: string): Promise<unknown> {
	const { query, input } = splitQuery(resource, given);
	const api = run.apiOf(resource);
	const verb = method ?? api.updateMethod;
	const answer = await sendChange(run, resource, given.id, api.encode(resource, input, verb), {
		...{ method: verb, query, secrets: secretsIn(resource, input.fields) },
		plan: async () => await planUpdate(run, resource, given.id, given, { action, replace: verb !== api.updateMethod }),
		answer: false,
	});
	return await confirmWrite(run, resource, { ...input, id: given.id }, answer);
}

/**
 * Sends a change of a record and gives the vendor's answer.
 * @param more.plan what to say of it in a dry run.
 * @param more.answer whether the record is read when the vendor accepts the change without showing it; default when it can be.
 */
export async function sendChange(
	run: Run,
	resource: Resource,
	id: RecordId,
	body: unknown,
	more: { method?: Call['method']; query?: QueryPairs; secrets?: string[]; answer?: boolean; plan?: () => Promise<Plan> } = {},
): Promise<unknown> {
	const client = run.client(resource);
	const path = pathTo(resource, id);
	const { method = client.api.updateMethod, query, secrets, answer = resource.methods.includes('get') } = more;
	const { plan = async () => await planUpdate(run, resource, id, { fields: {} }) } = more;
	const changed = await sendOrPlan(client, { method, path, query, body, purpose: `update ${nouns(resource).one} ${id}`, secrets }, plan);
	if (changed.body !== undefined || !answer) return changed.body;
	return (await client.send({ method: 'GET', path, purpose: `get ${nouns(resource).one} ${id}` })).body;
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
