/** Endpoints beyond the standard methods, described by data. */
import type { IDataObject } from 'n8n-workflow';

import { labelOf } from '../spec/labels';
import { firstTime } from '../spec/lists';
import type { Operation } from '../spec/operation';
import type { Action, ActionParameter } from '../spec/resource';
import { BadInput, isAbsent } from '../spec/values';
import type { Call, QueryPairs } from '../wire/api';
import { done, isSilent, limitOf, present, recordOf } from './answers';
import { confirmEffect } from './confirm';
import type { Handler, Output } from './handler';
import type { Item } from './item';
import { about, changesBetween, parameterChanges, recordBefore, sendOrPlan } from './plan';
import type { Reference } from './reference';

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

export function action(operation: Operation): Handler<ActionJob> {
	const { resource } = operation;
	const endpoint = operation.endpoint!;
	const parameters = endpoint.parameters ?? [];
	return {
		prepare: (item) => {
			const values = item.fields(operation);
			// As a step of the path it would lead to another address.
			const dots = parameters.find((p) => p.in === 'path' && /^\.{1,2}$/.test(String(values[p.name])));
			if (dots) throw new BadInput(`${labelOf(dots)}: "${String(values[dots.name])}" cannot be sent`, 'This value is part of the URL. Enter something else.');
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
			const sent = parameterValues(parameters, values, references);
			const call = callOf(item, endpoint, sent, own, record);
			if (endpoint.many) {
				const size = Math.min(limit, shown.pageSize ?? api.pageSize);
				const outputs: Output[] = [];
				const isNew = firstTime();
				for await (const answer of run.client(resource).pages({ ...call, query: [...call.query, ...api.listQuery({ ...shown, rows: undefined }, { conditions: [] }, size)] }, shown)) {
					for (const entry of api.records(answer)) if (isNew(api.id(entry))) outputs.push({ json: item.present(shown, entry, answer) });
					if (outputs.length >= limit) break;
				}
				return outputs.slice(0, limit);
			}
			const { body: answer } = await sendOrPlan(run.client(resource), call, async () => {
				const place = item.inside(resource);
				const before = record && (await recordBefore(run, place, record.id));
				const changes = [...parameterChanges(run, place, sent, before), ...changesBetween(run, place, before, { fields: own })];
				return { action: operation.name, ...(record ? about(run, place, record.id, before) : {}), changes };
			});
			const { effect } = endpoint;
			const notApplied = effect && record ? await confirmEffect(run, item.inside(resource), effect, record.id, endpoint.output ? undefined : answer) : undefined;
			if (!isSilent(answer)) return [present(item, shown, answer)];
			if (!notApplied) return [done(record)];
			return [{ json: { id: record!.id, success: notApplied.length === 0, ...(notApplied.length > 0 ? { notApplied } : {}) } }];
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
		...(endpoint.reads ? { reads: true } : {}),
		purpose: `${operation.action.toLowerCase()}${record ? ` ${record.id}` : ''}`,
		...(secrets.length > 0 ? { secrets: values.filter((v) => secrets.includes(v.parameter)).map((v) => String(v.value)) } : {}),
	};
}
