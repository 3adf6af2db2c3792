/** The operations that every resource can have. One handler each, for all vendors. */
import type { IDataObject } from 'n8n-workflow';

import { nouns } from '../spec/labels';
import type { Operation } from '../spec/operation';
import { grouped } from '../spec/lists';
import { listed } from '../spec/place';
import type { Query } from '../spec/query';
import type { Relation } from '../spec/resource';
import { BadInput } from '../spec/values';
import type { Call } from '../wire/api';
import { action } from './action';
import { done, isSilent, limitOf, present, recordOf } from './answers';
import { assertSame, leftOf } from './confirm';
import type { Handler, Output } from './handler';
import { includeOf, listQuery, onlyOf } from './listQuery';
import { about, recordBefore, sendOrPlan } from './plan';
import { count, list, pathTo } from './reads';
import { createRecord, linksOf, updateRecord } from './records';
import type { Reference } from './reference';
import { assertOneOf, upsert } from './upsert';

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
					'Map at least one field. Empty values are not sent. To clear a field, use the option "Clear Fields".',
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
			const { run } = item;
			const place = item.inside(resource);
			const call: Call = { method: 'DELETE', path: pathTo(place, record.id), query: item.writeQuery(), purpose: `delete ${nouns(resource).one} ${record.id}` };
			await sendOrPlan(run.client(resource), call, async () => ({ action: 'delete', ...about(run, place, record.id, await recordBefore(run, place, record.id)) }));
			return [{ json: { id: record.id, deleted: true } }];
		},
		...(resource.confirmDelete && {
			async finish(jobs, run, fail) {
				if (run.dryRun) return;
				const places = grouped(jobs, ({ item }) => [item.inside(resource).path]);
				for (const entries of places.values()) {
					const place = entries[0].item.inside(resource);
					const left = await leftOf(run, place, entries.map(({ job }) => job.id));
					for (const { job, item, outputs } of entries) {
						const found = left === undefined || left.get(String(job.id));
						if (found === true) outputs[0].json.confirmed = false;
						else if (found) fail(item, found, '');
					}
				}
			},
		}),
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
			const query = { include: includeOf(item, resource), only: onlyOf(item, resource) };
			return { record: recordOf(item, resource, { full: true, include: query.include }), query };
		},
		async work({ record, query }, item) {
			// A record found by a natural key is there already.
			if (record.found && query.only!.length === 0) {
				return [{ json: item.present(resource, record.found, record.entry?.answer, query.include) }];
			}
			const { body } = await item.run.client(resource).send({
				method: 'GET',
				path: pathTo(item.inside(resource), record.id),
				query: item.run.apiOf(resource).getQuery(resource, query),
				purpose: `get ${nouns(resource).one} ${record.id}`,
			});
			assertSame(item.run, resource, record.id, item.run.apiOf(resource).record(body));
			return [present(item, resource, body, query.include)];
		},
	};
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
			return { toQuery: listQuery(item, operation).toQuery, limit, countOnly: item.optionFlag('countOnly', false) };
		},
		async work({ toQuery, limit, countOnly }, item) {
			const place = listed(item.inside(resource));
			if (countOnly) return [{ json: { count: await count(item.run, place, toQuery()) } }];
			const outputs: Output[] = [];
			const query = toQuery();
			for await (const { record, answer } of list(item.run, place, query, limit)) {
				outputs.push({ json: item.present(resource, record, answer, query.include) });
			}
			return outputs;
		},
	};
}
