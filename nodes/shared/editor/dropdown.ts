/** Dropdowns with fixed and with loaded choices. */
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { Vendor } from '../wire/vendor';

export const EXPRESSION = 'using an <a href="https://docs.n8n.io/code/expressions/">expression</a>';

/** A dropdown with fixed choices. */
export const dropdown = (displayName: string, name: string, options: INodePropertyOptions[], initial: string, more: Partial<INodeProperties> = {}): INodeProperties => ({
	displayName,
	name,
	type: 'options',
	options,
	default: initial,
	...more,
});

/** A dropdown whose choices the editor loads. */
export const dynamicDropdown = (displayName: string, name: string, loadOptionsMethod: string, loadOptionsDependsOn: string[], initial = ''): INodeProperties => ({
	displayName,
	name,
	type: 'options',
	typeOptions: { loadOptionsMethod, loadOptionsDependsOn },
	default: initial,
	description: `Choose from the list, or specify an ID ${EXPRESSION}`,
});

export const byName = <T extends { displayName?: string; name: string }>(list: T[]): T[] =>
	[...list].sort((a, b) => (a.displayName ?? a.name).localeCompare(b.displayName ?? b.name));

/** Kind of credential; resources behind a door of their own have just one. */
export function loginProperty(vendor: Vendor): INodeProperties {
	const apart = vendor.resources.filter((r) => r.door).map((r) => r.name);
	return dropdown('Authentication', 'authentication', vendor.loginChoices ?? [], String(vendor.loginChoices?.[0]?.value ?? ''), {
		noDataExpression: true,
		...(apart.length > 0 ? { displayOptions: { hide: { resource: apart } } } : {}),
	});
}

/** Several choices that the node loads for the resource. */
export function choicesProperty(displayName: string, name: string, loadOptionsMethod: string): INodeProperties {
	return {
		displayName,
		name,
		type: 'multiOptions',
		typeOptions: { loadOptionsMethod, loadOptionsDependsOn: ['/resource', '/operation'] },
		default: [],
		description: `Choose from the list, or specify IDs ${EXPRESSION}`,
	};
}
