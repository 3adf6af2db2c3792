/** Any request under /api/v1, for what has no operation of its own. */
import type { IDataObject, IHttpRequestMethods } from 'n8n-workflow';

import type { Call, QueryPairs } from '../../shared/api';
import type { Handler } from '../../shared/execute';
import { BadInput, isAbsent } from '../../shared/fields';
import { asObject } from '../../shared/request';
import type { Field, Recipe } from '../../shared/spec';

const METHODS = ['DELETE', 'GET', 'POST', 'PUT'];

const QUERY: Field = { name: 'query', label: 'Query (JSON)', type: 'json', description: 'Parameters of the request as an object, such as {"limit": 10}' };
const BODY: Field = { name: 'body', label: 'Body (JSON)', type: 'json', description: 'Body of the request' };

export const requestRecipes: Recipe[] = [
	{
		name: 'request',
		label: 'Send',
		action: 'Send API request',
		description: 'Send any request to the API with the connection of this node',
		inputs: [
			{ kind: 'value', name: 'method', type: 'options', options: METHODS.map((value) => ({ value, label: value })), default: 'GET', description: 'HTTP method' },
			{ kind: 'value', name: 'path', type: 'string', required: true, placeholder: 'e.g. /crm/people', description: 'Path below /api/v1' },
			{ kind: 'value', ...QUERY, default: '{}' },
			{ kind: 'value', ...BODY, default: '{}' },
			{ kind: 'value', name: 'allPages', label: 'All Pages', type: 'boolean', description: 'Whether to read further pages and output each record as an item' },
		],
		simplify: true,
	},
];

interface Job {
	call: Call;
	allPages: boolean;
}

export const request: Handler<Job> = {
	prepare(item) {
		const method = String(item.value({ name: 'method', type: 'options', options: METHODS.map((value) => ({ value })) })) as IHttpRequestMethods;
		const path = `/${String(item.value({ name: 'path', type: 'string', required: true })).trim().replace(/^\/?(api\/v1\/)?/, '')}`;
		if (/^\/\/|:\/\/|\\|[?#\s]|(^|\/)\.\.?(\/|$)/.test(path) || /%2e|%2f|%5c/i.test(path)) {
			throw new BadInput(`Path: "${path}" is no path below /api/v1`, 'Write it like /crm/people, and put parameters under "Query".');
		}
		const body = item.value(BODY);
		const hasBody = method !== 'GET' && !isAbsent(body) && Object.keys(asObject(body)).length > 0;
		const query = [...pairs(item.value(QUERY)), ...(method === 'GET' ? [] : item.writeQuery())];
		return {
			call: { method, path, query, ...(hasBody ? { body } : {}), purpose: `answer ${method} ${path}` },
			allPages: item.get<boolean>('allPages', false),
		};
	},
	async work({ call, allPages }, item) {
		const { run } = item;
		const { resource } = run.operation;
		const outputs = [];
		for await (const answer of run.client(resource).pages(call, resource)) {
			const { items } = asObject(answer);
			const present = (record: IDataObject) => ({ json: run.present(item, resource, record, answer) });
			if (Array.isArray(items) && (allPages || run.simplify(item))) outputs.push(...(items as IDataObject[]).map(present));
			else outputs.push(answer === undefined ? { json: { success: true } } : present(asObject(answer)));
			if (!allPages) break;
		}
		return outputs;
	},
};

function pairs(query: unknown): QueryPairs {
	if (isAbsent(query)) return [];
	if (typeof query !== 'object' || Array.isArray(query)) throw new BadInput('Query is not an object', 'Write it like {"limit": 10}.');
	return Object.entries(asObject(query))
		.filter(([, value]) => !isAbsent(value))
		.map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : String(value)]);
}
