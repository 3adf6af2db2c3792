/** A vendor as a whole: its doors, resources, and the code behind operations of several requests. */
import type { Api } from './api';
import type { Handler } from './execute';
import type { Client } from './request';
import { operationsOf, type Field, type Operation, type Resource } from './spec';

export interface Vendor {
	/** Name of the action node. */
	name: string;
	label: string;
	/** The usual door. */
	api: Api;
	/** Further doors by name, chosen by `Resource.door`. */
	doors?: Record<string, Api>;
	resources: Resource[];
	/** Code of the recipes, by `<resource>.<recipe>`. */
	recipes: Record<string, Handler<unknown>>;
	/** Options that every Get Many of this vendor has, beyond the engine's own. */
	listOptions?: Field[];
	/** Fields that only the customer's organisation knows. */
	customFields?(client: Client, resource: Resource): Promise<Field[]>;
}

/** The door of a resource. */
export function apiOf(vendor: Vendor, resource: Resource): Api {
	return (resource.door && vendor.doors?.[resource.door]) || vendor.api;
}

/** @throws Error when the spec names a resource that does not exist, which a unit test rules out. */
export function resourceOf(vendor: Vendor, name: string): Resource {
	const resource = vendor.resources.find((r) => r.name === name);
	if (!resource) throw new Error(`${vendor.label} has no resource "${name}"`);
	return resource;
}

/** The operation chosen in the node. */
export function operationOf(vendor: Vendor, resource: string, operation: string): Operation {
	const found = operationsOf(resourceOf(vendor, resource)).find((o) => o.name === operation);
	if (!found) throw new Error(`${vendor.label} ${resource} has no operation "${operation}"`);
	return found;
}
