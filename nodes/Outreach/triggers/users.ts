/** The users of the organization as choices of a dropdown. */
import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { editorClient } from '../../shared/editor/methods';
import { displayFields, displayName } from '../../shared/run/display';
import { apiOf, resourceOf } from '../../shared/wire/vendor';
import { outreach } from '../vendor';

export async function everyUser(context: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const resource = resourceOf(outreach, 'user');
	const client = editorClient(context, apiOf(outreach, resource, context.getCurrentNodeParameter('authentication') as string | undefined));
	const { api } = client;
	const query = { conditions: [], only: displayFields(resource) };
	const call = { method: 'GET' as const, path: resource.path, query: api.listQuery(resource, query, api.pageSize), purpose: 'list users' };
	const users: INodePropertyOptions[] = [];
	for await (const page of client.pages(call, resource)) {
		users.push(...api.records(page).map((record) => ({ name: displayName(client, resource, record), value: String(api.id(record)) })));
	}
	return users.sort((a, b) => a.name.localeCompare(b.name));
}
