/** Attributes that a site has added to its accounts and events. */
import type { Field, Resource } from '../../shared/spec/resource';
import type { Client } from '../../shared/wire/client';

/** Attributes that the site's own layout adds, as far as its first record shows them. */
export async function customFields(client: Client, resource: Resource): Promise<Field[]> {
	const { body } = await client.send({
		method: 'GET',
		path: resource.path,
		query: client.api.listQuery(resource, { conditions: [] }, 1),
		purpose: `read the attributes of ${resource.label.toLowerCase()}s`,
	});
	const known = new Set([...resource.fields.map((f) => f.name), 'links']);
	const [sample = {}] = client.api.records(body);
	return Object.entries(sample)
		.filter(([name]) => !known.has(name))
		.map(([name, value]) => ({
			name,
			type: typeof value === 'boolean' ? 'boolean' : typeof value === 'number' ? 'number' : typeof value === 'object' && value !== null ? 'json' : 'string',
		}));
}
