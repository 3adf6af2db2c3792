/** A vendor as data: its doors, its resources and what all of its operations have in common. */
import type { INodePropertyOptions } from 'n8n-workflow';

import { type Operation, operationsOf } from '../spec/operation';
import { inScope } from '../spec/place';
import type { Field, Input, Resource } from '../spec/resource';
import type { Api } from './api';
import type { Client } from './client';

export interface Vendor {
	/** Name of the action node. */
	name: string;
	label: string;
	/** The usual door. */
	api: Api;
	/** The same door with another kind of key, by value of the parameter `authentication`. */
	logins?: Record<string, Api>;
	/** Values of `authentication` as the node shows them; the first is the usual one. */
	loginChoices?: INodePropertyOptions[];
	/** Further doors by name, chosen by `Resource.door`. */
	doors?: Record<string, Api>;
	resources: Resource[];
	/** Options that all bulk changes have. */
	bulkOptions?: Input[];
	/** Choices for the scope of a resource, asked of the vendor. */
	scopes?(client: Client): Promise<INodePropertyOptions[]>;
	/** Options that every Get Many of this vendor has, beyond the engine's own. */
	listOptions?: Field[];
	/** Options of every operation that changes something; see `Api.writeQuery`. */
	writeOptions?: Field[];
	/** Fields that only the customer's organization knows; for records shown under their labels, too. */
	customFields?(client: Client, resource: Resource): Promise<Field[]>;
}

/** The door of a resource; `login` is the value of the node's parameter `authentication`. */
export function apiOf(vendor: Vendor, resource: Resource, login?: string): Api {
	return (resource.door && vendor.doors?.[resource.door]) || (login && vendor.logins?.[login]) || vendor.api;
}

/** @throws Error when the spec names a resource that does not exist, which a unit test rules out. */
export function resourceOf(vendor: Vendor, name: string): Resource {
	const resource = vendor.resources.find((r) => r.name === name);
	if (!resource) throw new Error(`${vendor.label} has no resource "${name}"`);
	return resource;
}

/** The operation chosen in the node; `scope` is what was chosen for resources that have one. */
export function operationOf(vendor: Vendor, resource: string, operation: string, scope = ''): Operation {
	const found = operationsOf(inScope(resourceOf(vendor, resource), scope)).find((o) => o.name === operation);
	if (!found) throw new Error(`${vendor.label} ${resource} has no operation "${operation}"`);
	return found;
}
