/** Fields that a Userlot product has added. */
import type { Field, Resource } from '../../shared/spec/resource';
import { asObject } from '../../shared/spec/values';
import type { Client } from '../../shared/wire/client';
import { fieldIn } from './answers';

const DEFINED: Record<string, string> = { company: '/company_fields', endUser: '/end_user_fields' };

/** Fields of the product, as their definitions describe them. */
export async function customFields(client: Client, resource: Resource): Promise<Field[]> {
	const path = DEFINED[resource.name];
	if (!path) return [];
	const { body } = await client.send({ method: 'GET', path, purpose: `read the fields of ${resource.label.toLowerCase()}` });
	const known = new Set([...resource.fields.map((f) => f.name), 'id']);
	const fields = client.api.records(body).map((definition) => fieldIn(asObject(definition)));
	return fields.filter((field): field is Field => {
		if (!field || known.has(field.name)) return false;
		known.add(field.name);
		return true;
	});
}
