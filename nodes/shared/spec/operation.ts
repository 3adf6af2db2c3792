/** Operations: what follows from a resource. */
import { labelOf, type Nouns, nouns, titleCase } from './labels';
import { reconcileKeys, reconcileOptions, settingsOf } from './reconcile';
import type { Action, ActionParameter, BulkAction, Input, NaturalKey, Resource, Setting, StandardMethod } from './resource';

/** One thing a node can do, derived from the resource by `operationsOf`. */
export interface Operation {
	resource: Resource;
	name: string;
	label: string;
	action: string;
	description: string;
	kind: StandardMethod | 'action' | 'bulk' | 'recipe' | 'reconcile';
	/** The record locator is shown. */
	record: boolean;
	/** The field mapper is shown. */
	fields: boolean;
	/** Fields that the mapper does not offer. */
	except?: string[];
	/** A recipe that takes linked records; standard operations do when the resource has relations. */
	links?: boolean;
	/** Answers records, so that Simplify applies. */
	simplify: boolean;
	/** Answers a list in pages. */
	many: boolean;
	/** Changes something at the vendor. */
	writes: boolean;
	inputs: Input[];
	/** Parameters of the whole run. */
	settings?: Setting[];
	options: Input[];
	endpoint?: Action;
	bulk?: BulkAction;
}

const STANDARD: Record<
	StandardMethod,
	{ label: string; action: (n: Nouns) => string; text: (n: Nouns) => string; record: boolean; fields: boolean; simplify: boolean }
> = {
	create: { label: 'Create', action: (n) => `Create ${n.one}`, text: (n) => `Create a new ${n.one}`, record: false, fields: true, simplify: true },
	delete: { label: 'Delete', action: (n) => `Delete ${n.one}`, text: (n) => `Delete ${n.a} permanently`, record: true, fields: false, simplify: false },
	get: { label: 'Get', action: (n) => `Get ${n.one}`, text: (n) => `Retrieve ${n.a}`, record: true, fields: false, simplify: true },
	getAll: { label: 'Get Many', action: (n) => `Get many ${n.many}`, text: (n) => `Retrieve a list of ${n.many}`, record: false, fields: false, simplify: true },
	replace: { label: 'Replace', action: (n) => `Replace ${n.one}`, text: (n) => `Replace ${n.a}. Fields that you leave out are cleared.`, record: true, fields: true, simplify: true },
	update: { label: 'Update', action: (n) => `Update ${n.one}`, text: (n) => `Change fields of ${n.a}`, record: true, fields: true, simplify: true },
	upsert: {
		label: 'Create or Update',
		action: (n) => `Create or update ${n.one}`,
		text: () => 'Create a new record, or update the current one if it already exists (upsert)',
		record: false,
		fields: true,
		simplify: true,
	},
};

function referenceInputs(parameters: ActionParameter[] = []): Input[] {
	return parameters.flatMap((p): Input[] =>
		p.reference === undefined
			? []
			: [
					{
						kind: 'record',
						name: p.name,
						label: labelOf(p),
						resource: p.reference,
						...(p.required ? { required: true } : {}),
						...(p.many ? { multiple: true } : {}),
						...(p.description ? { description: p.description } : {}),
					},
				],
	);
}

/** The locator of the record around the resource. */
function parentInput({ parent }: Resource, path: string): Input[] {
	if (!parent) return [];
	const label = parent.label ?? titleCase(parent.resource);
	const { resource, description } = parent;
	return [{ kind: 'record', name: 'parent', label, resource, ...(path.includes('{parent}') ? { required: true } : {}), ...(description ? { description } : {}) }];
}

/** The record is named in the path or in the fixed part of the body. */
const namesRecord = ({ path, fixed }: Action) => path.includes('{id}') || Object.values(fixed ?? {}).includes('{id}');

/** Everything a resource can do, in the order of the dropdown. */
export function operationsOf(resource: Resource): Operation[] {
	const n = nouns(resource);
	const standard = resource.methods.map((method): Operation => {
		const s = STANDARD[method];
		return {
			resource,
			name: method,
			label: resource.titles?.[method]?.label ?? s.label,
			action: resource.titles?.[method]?.action ?? s.action(n),
			description: resource.notes?.[method] ?? s.text(n),
			kind: method,
			record: s.record,
			fields: s.fields,
			simplify: s.simplify,
			many: method === 'getAll',
			writes: method !== 'get' && method !== 'getAll',
			inputs: parentInput(resource, resource.path),
			options: [],
		};
	});
	const actions = (resource.actions ?? []).map((endpoint): Operation => ({
		resource,
		name: endpoint.name,
		label: endpoint.label,
		action: endpoint.action,
		description: endpoint.description,
		kind: 'action',
		record: namesRecord(endpoint),
		fields: (endpoint.parameters ?? []).some((p) => p.reference === undefined),
		simplify: !endpoint.silent,
		many: endpoint.many ?? false,
		writes: endpoint.method !== 'GET' && !endpoint.reads,
		inputs: [
			...(endpoint.parent || endpoint.path.includes('{parent}') || namesRecord(endpoint) ? parentInput(resource, endpoint.path) : []),
			...referenceInputs(endpoint.parameters),
		],
		options: [],
		endpoint,
	}));
	const bulk = (resource.bulk ?? []).map((b): Operation => ({
		resource,
		name: b.name,
		label: b.label,
		action: b.action,
		description: b.description,
		kind: 'bulk',
		record: false,
		fields: (b.fields ?? false) || (b.parameters ?? []).some((p) => p.reference === undefined),
		simplify: false,
		many: false,
		writes: true,
		inputs: referenceInputs(b.parameters),
		options: [],
		bulk: b,
	}));
	const recipes = (resource.recipes ?? []).map((recipe): Operation => ({
		resource,
		name: recipe.name,
		label: recipe.label,
		action: recipe.action,
		description: recipe.description,
		kind: 'recipe',
		record: recipe.record ?? false,
		fields: (recipe.inputs ?? []).some((input) => input.kind === 'fields'),
		except: (recipe.inputs ?? []).flatMap((input) => (input.kind === 'fields' ? (input.except ?? []) : [])),
		simplify: recipe.simplify ?? false,
		many: false,
		writes: !recipe.reads,
		links: (recipe.inputs ?? []).some((input) => input.kind === 'links'),
		inputs: [
			...(recipe.parent ? parentInput(resource, resource.path) : []),
			...(recipe.inputs ?? []).filter((input) => input.kind !== 'fields' && input.kind !== 'links'),
		],
		options: recipe.options ?? [],
	}));
	return [...standard, ...actions, ...bulk, ...recipes, ...reconciliation(resource)].sort((a, b) => a.label.localeCompare(b.label));
}

/** The operation that makes a whole list the vendor's state. */
function reconciliation(resource: Resource): Operation[] {
	const { reconcile } = resource;
	if (!reconcile) return [];
	const { many } = nouns(resource);
	return [
		{
			resource,
			name: 'reconcile',
			label: 'Reconcile',
			action: `Reconcile ${many} with list`,
			description: reconcile.description ?? `Make the ${many} agree with a list: all input items together. Creates who is missing, changes who differs, and reports or retires who is not in the list.`,
			kind: 'reconcile',
			record: false,
			fields: true,
			except: reconcile.except,
			simplify: false,
			many: false,
			writes: true,
			inputs: [...parentInput(resource, resource.path), ...(reconcile.inputs ?? [])],
			settings: settingsOf(reconcile),
			options: reconcileOptions(reconcile),
		},
	];
}

/** The natural key with which an upsert finds the record, and the fields it may use. */
export function upsertKeys(resource: Resource): NaturalKey[] {
	return resource.methods.includes('upsert') ? (resource.keys ?? []).filter(({ field }) => !field.includes('.')) : [];
}

/** The keys that an operation can find its record by: of a Create or Update, or of each person of a list. */
export const matchKeys = ({ kind, resource }: Pick<Operation, 'kind' | 'resource'>): NaturalKey[] =>
	kind !== 'reconcile' ? upsertKeys(resource) : resource.reconcile?.keyInput ? [] : reconcileKeys(resource);

/** Whether an operation asks for Dry Run in a parameter of its own, in place of the option. */
export const asksForDryRun = ({ inputs, settings = [] }: Operation): boolean => [...inputs, ...settings].some((input) => 'name' in input && input.name === 'dryRun');

/** Create and update can point to other records. */
export function takesLinks(operation: Operation): boolean {
	return (
		(operation.links || ['create', 'update', 'upsert', 'replace'].includes(operation.kind)) &&
		(operation.resource.relations ?? []).some((r) => !r.readOnly)
	);
}
