/** How a record looks in a list. */
import type { IDataObject } from 'n8n-workflow';

import { fieldOf } from '../spec/keys';
import { labelOf } from '../spec/labels';
import type { Resource } from '../spec/resource';
import type { Client } from '../wire/client';

/** The text by which a list shows a record. */
export function displayName(client: Client, resource: Resource, record: IDataObject): string {
	const text = (names: string[] = []) =>
		names
			.map((name) => client.api.value(record, name))
			.filter((value) => value !== undefined && value !== null && value !== '')
			.join(' ');
	return text(resource.list?.name) || text(resource.list?.fallback) || `${resource.label} ${client.api.id(record)}`;
}

/** The same with what tells namesakes apart, such as an email, a choice by its word, and further remarks. */
export function displayLine(client: Client, resource: Resource, record: IDataObject, ...remarks: string[]): string {
	const name = displayName(client, resource, record);
	const { detail = '' } = resource.list ?? {};
	const [value] = [detail === '' ? undefined : client.api.value(record, detail)].flat();
	const choice = fieldOf(resource, detail).options?.find((o) => o.value === String(value));
	const text = choice ? labelOf(choice) : String(value ?? '');
	const beside = [...(text === '' || text === name ? [] : [text]), ...remarks];
	return beside.length > 0 ? `${name} (${beside.join(', ')})` : name;
}

/** Fields needed to show a record in a list. */
export function displayFields(resource: Resource): string[] {
	const { name = [], fallback = [], detail } = resource.list ?? {};
	return [...new Set([...name, ...fallback, ...(detail ? [detail] : [])])];
}
