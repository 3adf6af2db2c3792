/** Any request below an API's base path, for what has no operation of its own. */
import type { IDataObject, IHttpRequestMethods } from 'n8n-workflow';

import { type AnyRequest, bodyField, methodField, PATH, queryField } from '../spec/anyRequest';
import { asObject, BadInput, isAbsent } from '../spec/values';
import type { Call, QueryPairs } from '../wire/api';
import type { Handler, Output } from './handler';
import { type Plan, sendOrPlan } from './plan';

/** What differs between vendors in requests and answers. */
export interface Reading {
	/** A parameter as the vendor takes it, when people copy another form of it from its documentation. */
	parameter?(name: string, value: string): string;
	/** The records of an answer, or its one record. */
	parts(answer: unknown): { list?: unknown[]; one?: unknown };
}

export interface Job {
	call: Call;
	allPages: boolean;
}

/** The code behind it. */
export function anyRequest(about: AnyRequest, { parameter, parts }: Reading): Handler<Job> {
	const { base, example } = about;
	const prefix = new RegExp(`^/?(${base.slice(1)}/)?`);
	return {
		prepare(item) {
			const method = String(item.value(methodField(about))) as IHttpRequestMethods;
			const path = `/${String(item.value(PATH)).trim().replace(prefix, '')}`;
			if (/^\/\/|:\/\/|\\|[?#\s]|(^|\/)\.\.?(\/|$)/.test(path) || /%2e|%2f|%5c/i.test(path)) {
				throw new BadInput(`Path: "${path}" is not a path below ${base}`, `Write it like ${example}, and put parameters under "Query".`);
			}
			const body = item.value(bodyField(about));
			const hasBody = method !== 'GET' && !isAbsent(body) && Object.keys(body as object).length > 0;
			const query = [...pairs(item.value(queryField(about)), about, parameter), ...(method === 'GET' ? [] : item.writeQuery())];
			return {
				call: { method, path, query, ...(hasBody ? { body } : {}), purpose: `answer ${method} ${path}` },
				allPages: item.flag('allPages', false),
			};
		},
		async work({ call, allPages }, item) {
			const { run } = item;
			const { resource } = run.operation;
			const outputs: Output[] = [];
			let before: string | undefined;
			const client = run.client(resource);
			const paged = allPages && !(run.dryRun && call.method !== 'GET');
			for await (const answer of paged ? client.pages(call, resource) : [(await sendOrPlan(client, call, () => planOf(call))).body]) {
				// A vendor that does not know the parameter for pages gives the same one again.
				const text = allPages ? JSON.stringify(answer) : undefined;
				if (text !== undefined && text === before) break;
				before = text;
				const { list, one } = parts(answer);
				const present = (record: unknown): Output => ({ json: item.present(resource, plain(record), answer) });
				if (list && (allPages || Array.isArray(answer) || item.simplified)) outputs.push(...list.map(present));
				else if (one !== undefined && item.simplified) outputs.push(present(one));
				else outputs.push({ json: answer === undefined ? { success: true, confirmed: false } : plain(answer) });
			}
			return outputs;
		},
	};
}

/** The request that would be sent. */
const planOf = ({ method, path, query = [], body }: Call): Plan => ({
	action: 'request',
	more: { request: { method, path, query: Object.fromEntries(query), ...(body === undefined ? {} : { body: body as IDataObject }) } },
});

/** An item holds an object. */
const plain = (value: unknown): IDataObject => (typeof value === 'object' && value !== null ? asObject(value) : { value: value as IDataObject[string] });

/** An object as parameters; lists become a text with commas. */
function pairs(query: unknown, about: AnyRequest, parameter?: Reading['parameter']): QueryPairs {
	if (isAbsent(query)) return [];
	if (typeof query !== 'object' || Array.isArray(query)) throw new BadInput('Query is not an object', `Write it like ${about.query}.`);
	return flat(asObject(query)).map(([name, value]) => [name, parameter?.(name, value) ?? value]);
}

/** Objects inside are written with brackets, as n8n's HTTP Request node does. */
function flat(query: IDataObject, place = (name: string) => name): QueryPairs {
	return Object.entries(query)
		.filter(([, value]) => !isAbsent(value))
		.flatMap(([name, value]): QueryPairs => {
			if (Array.isArray(value)) return [[place(name), value.join(',')]];
			return typeof value === 'object' ? flat(asObject(value), (inner) => `${place(name)}[${inner}]`) : [[place(name), String(value)]];
		});
}
