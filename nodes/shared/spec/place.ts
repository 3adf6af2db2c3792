/** Where the records of a resource are: in a chosen scope, inside another record, or at a path of their own. */
import type { RecordId } from './record';
import type { Resource } from './resource';

/** The resource for a chosen scope: its path and its name on the wire. */
export function inScope(resource: Resource, scope: string): Resource {
	return resource.scope ? { ...resource, path: resource.path.replace('{scope}', encodeURIComponent(scope)), type: scope } : resource;
}

/** The resource inside a chosen parent: its paths, or the filter of its lists. */
export function inParent(resource: Resource, id: RecordId | undefined): Resource {
	if (!resource.parent || id === undefined) return resource;
	const { path, rows, parent } = resource;
	const at = (template: string) => template.replace('{parent}', encodeURIComponent(String(id)));
	return {
		...resource,
		path: at(path),
		...(rows ? { rows: { ...rows, path: at(rows.path) } } : {}),
		...(parent.filter ? { listQuery: [...(resource.listQuery ?? []), [parent.filter, String(id)]] } : {}),
	};
}

/** The resource as its records are listed: at its own path, or as rows inside another record. */
export function listed(resource: Resource, lookUp = false): Resource {
	const { rows } = resource;
	if (!rows) return resource;
	return lookUp || !rows.lookUpOnly ? { ...resource, path: rows.path } : { ...resource, rows: undefined };
}
