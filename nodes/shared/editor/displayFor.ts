/** Display conditions for sets of operations. */
import type { IDisplayOptions } from 'n8n-workflow';

import { grouped } from '../spec/lists';
import type { Operation } from '../spec/operation';

/**
 * Conditions under which exactly the wanted (resource, operation) pairs are shown. A condition is a product
 * of resources and operations, so resources with the same set of operations share one.
 */
export function displayFor(operations: Operation[], wanted: (operation: Operation) => boolean): IDisplayOptions[] {
	const byResource = new Map([...grouped(operations.filter(wanted), (o) => [o.resource.name])].map(([resource, own]) => [resource, own.map((o) => o.name)]));
	const product = (resources: string[], names: string[]) => ({ show: { resource: resources, operation: names } });
	const names = [...new Set([...byResource.values()].flat())];
	const clean = operations.every((o) => !byResource.has(o.resource.name) || !names.includes(o.name) || wanted(o));
	if (byResource.size === 0) return [];
	if (clean) return [product([...byResource.keys()], names)];
	const groups = grouped(byResource.keys(), (resource) => [byResource.get(resource)!.join()]);
	return [...groups].map(([list, resources]) => product(resources, list.split(',')));
}
