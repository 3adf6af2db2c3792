/** Reads the parameters of one item, checks them, and notes which records have to be looked up. No requests. */
import type { IDataObject, INodeParameterResourceLocator } from 'n8n-workflow';

import { clearable, coerceFields, isRequired, writableFields } from '../spec/fields';
import { fieldOf, keyLabel, keyName } from '../spec/keys';
import { labelOf } from '../spec/labels';
import { matchKeys, type Operation } from '../spec/operation';
import { inParent, listed } from '../spec/place';
import type { Field, NaturalKey, Relation, Resource } from '../spec/resource';
import { BadInput, coerce, isAbsent, toNames } from '../spec/values';
import { Reference, referenceTo, toId } from './reference';
import type { Run } from './run';
import { keyMeant } from './keyMeant';

const NONE: readonly Reference[] = [];

export class Item {
	/** Records to settle before the work begins. */
	references = NONE;

	/** Records to look up that need not exist. */
	sought = NONE;

	private simple?: boolean;

	constructor(
		readonly run: Run,
		readonly index: number,
	) {}

	/** Forgets what was looked up: of thousands of items it takes memory. */
	letGo(): void {
		this.references = this.sought = NONE;
	}

	/** A parameter as n8n evaluates it for this item. */
	get<T>(name: string, fallback?: T): T {
		return this.run.parameters.get(name, this.index, fallback) as T;
	}

	/** Whether Simplify is on; true when the operation has no such switch. Asked for once per record. */
	get simplified(): boolean {
		this.simple ??= this.flag('simplify', true);
		return this.simple;
	}

	/** A record as the user wants to see it: flat, or as the vendor sent it. */
	present(resource: Resource, given: IDataObject, answer?: unknown, include?: string[]): IDataObject {
		const record = this.run.own(given);
		if (!this.simplified) return record;
		const notApplied = this.run.notApplied(answer);
		return { ...this.run.apiOf(resource).simplify(record, resource, answer, include), ...(notApplied.length > 0 ? { notApplied } : {}) };
	}

	/** A switch of the node. An expression may give it as text. @throws BadInput when it is neither true nor false. */
	flag(name: string, fallback: boolean): boolean {
		return (this.value({ name, type: 'boolean' }, this.get<unknown>(name, fallback)) as boolean | undefined) ?? fallback;
	}

	/** A switch among the options. @throws BadInput when it is neither true nor false. */
	optionFlag(name: string, fallback: boolean): boolean {
		return (this.optionValue({ name, type: 'boolean' }) as boolean | undefined) ?? fallback;
	}

	/** An entry of the Options collection. */
	option<T>(name: string): T | undefined {
		return this.get<IDataObject>('options', {})[name] as T | undefined;
	}

	/** An entry of the Options collection, checked like a field. */
	optionValue(field: Field): IDataObject[string] | undefined {
		return this.value(field, this.option(field.name) ?? null);
	}

	/** A text that must be there, checked like a field. */
	value(field: Field, given: unknown = this.get(field.name, undefined)): IDataObject[string] | undefined {
		if (isAbsent(given) || (Array.isArray(given) && given.length === 0)) {
			if (field.required) throw new BadInput(`${labelOf(field)} is missing`, `Enter a value for "${labelOf(field)}".`);
			return undefined;
		}
		return coerce(field, given);
	}

	private around?: Reference | null;

	/**
	 * The record around those that the operation works on; undefined when there is none or none is chosen.
	 * @param include what of it is needed.
	 */
	parent(include: string[] = []): Reference | undefined {
		if (this.around === undefined) {
			const { resource, inputs } = this.run.operation;
			const input = inputs.find((i) => i.kind === 'record' && i.name === 'parent');
			this.around = input?.kind === 'record' && resource.parent ? (this.refer(this.get<unknown>('parent', undefined), this.run.resource(resource.parent.resource), input.label, input.required ?? false) ?? null) : null;
		}
		const entry = this.around?.entry;
		if (entry && include.length > 0) this.run.lookup.want(entry.resource, entry.key, entry.value, { include });
		return this.around ?? undefined;
	}

	/** The resource inside the chosen parent, once that is known. */
	inside(resource: Resource): Resource {
		return inParent(resource, this.parent()?.id);
	}

	/** Parameters of a request that changes something, from the options. */
	writeQuery(): Array<[string, string]> {
		const { vendor, operation } = this.run;
		const options = Object.fromEntries((vendor.writeOptions ?? []).map((f) => [f.name, this.optionValue(f)]));
		return this.run.apiOf(operation.resource).writeQuery?.(options as IDataObject) ?? [];
	}

	/** A resource locator; undefined when it is empty and not required. */
	reference(name: string, resource: Resource, label: string, required = false): Reference | undefined {
		return this.refer(this.get<unknown>(name, undefined), resource, label, required);
	}

	/** Locators of a repeatable parameter. */
	referencesOf(name: string, resource: Resource, label: string): Reference[] {
		const rows = this.get<{ entry?: Array<{ record?: unknown }> }>(name, {}).entry ?? [];
		return rows.flatMap(({ record }) => this.refer(record, resource, label, false) ?? []);
	}

	/** Turns a locator's value into a reference. Text that comes from an expression counts as an id. */
	refer(given: unknown, resource: Resource, label: string, required: boolean, needs: { full?: boolean; include?: string[] } = {}): Reference | undefined {
		const reference = this.located(given, resource, label, needs);
		if (reference) this.references = [...this.references, reference];
		else if (required) throw new BadInput(`${label} is missing`, `Choose the ${label.toLowerCase()} from the list, or enter its name or ID.`);
		return reference;
	}

	/** A locator of a record that need not exist: a key is looked up, and who asked judges what was found. */
	find(given: unknown, resource: Resource, label: string, needs: { full?: boolean; include?: string[] } = {}): Reference | undefined {
		const reference = this.located(given, resource, label, needs);
		if (reference) this.sought = [...this.sought, reference];
		return reference;
	}

	private located(given: unknown, resource: Resource, label: string, needs: { full?: boolean; include?: string[] }): Reference | undefined {
		const locator = (typeof given === 'object' && given !== null ? given : { mode: 'id', value: given }) as INodeParameterResourceLocator;
		if (isAbsent(locator.value)) return undefined;
		const value = String(locator.value).trim();
		if (this.run.dryRun && locator.cachedResultName) this.run.lookup.labels.set(`${resource.name}\n${value}`, locator.cachedResultName);
		const mode = String(locator.mode);
		const meant = keyMeant(resource, mode, value, this.run.tool);
		const reference = this.locate(mode, value, resource, label, needs, meant?.key);
		if (meant?.orId) reference.orElse = value;
		return reference;
	}

	private locate(mode: string, value: string, resource: Resource, label: string, needs: { full?: boolean; include?: string[] }, meant?: NaturalKey): Reference {
		const keys = resource.keys ?? [];
		const found =
			meant ??
			(mode === 'key' // Name or email, where the kind of record depends on another parameter.
				? (keys.find((k) => (k.type === 'email') === value.includes('@')) ?? keys[0])
				: keys.find((k) => keyName(k) === mode));
		if (found) {
			const query = found.queryFor?.[this.run.operation.name];
			const key = query ? { ...found, query } : found;
			const checked = this.keyValue(resource, key, value, label);
			const parent = resource.parent && resource.parent.resource === this.run.operation.resource.parent?.resource ? this.parent(resource.rows?.include) : undefined;
			if (parent) {
				return new Reference(resource, label, undefined, undefined, () => {
					const entry = this.run.lookup.want(inParent(resource, parent.id), key, checked, needs);
					if (resource.rows && parent.found) this.run.lookup.seed(entry, parent.found);
					return entry;
				});
			}
			if (listed(resource, true).path.includes('{parent}')) {
				const around = this.run.resource(resource.parent!.resource).label;
				throw new BadInput(`${label}: "${value}" can only be found if its ${around.toLowerCase()} is known`, `Enter the ${around.toLowerCase()}, or enter the ID of the ${label.toLowerCase()}.`);
			}
			return referenceTo(this.run, this.run.lookup.want(resource, key, checked, needs), label);
		}
		if (mode === 'url') {
			// The last but one part of the example names the kind: https://host/prospects/123
			const kind = resource.urlExample?.split('/').at(-2);
			const id = new RegExp(`^https?://[^/]+(?:/[^?#]*)?/${kind}/([\\w-]+)`).exec(value)?.[1];
			if (!id) throw new BadInput(`${label}: "${value}" is not the URL of such a record`, `It looks like ${resource.urlExample}.`);
			return new Reference(resource, label, toId(resource, id, label));
		}
		return new Reference(resource, label, toId(resource, value, label));
	}

	/** A value of a natural key, checked. */
	keyValue(resource: Resource, key: NaturalKey, value: unknown, label: string): string {
		if (isAbsent(value)) throw new BadInput(`${label} is missing`, `Enter the ${keyLabel(resource, key).toLowerCase()}.`);
		const field = { ...fieldOf(resource, key.field), label, type: key.type ?? 'string', filter: true } as Field;
		return String(coerce(field, value));
	}

	/**
	 * The values of the field mapper and of further fields, checked.
	 * @param ignore names that "Map Automatically" may carry without being fields.
	 */
	fields(operation: Operation, ignore: string[] = []): IDataObject {
		const custom = this.run.customFields;
		if (!operation.fields) return {};
		const automatic = this.get<string>('fields.mappingMode', 'defineBelow') === 'autoMapInputData';
		const given = automatic ? this.run.items[this.index].json : this.get<IDataObject>('fields.value', {});
		const lenient = automatic && this.optionFlag('ignoreUnknown', false);
		const values = coerceFields(operation, given ?? {}, custom, (name) => lenient || (automatic && ignore.includes(name)));
		if (operation.resource.openFields && !operation.endpoint) Object.assign(values, this.openFields(operation));
		for (const field of writableFields(operation, custom)) {
			if (isRequired(field, operation) && !(field.name in values)) {
				throw new BadInput(`${labelOf(field)} is missing`, `"${labelOf(field)}" is needed to ${operation.action.toLowerCase()}. Give it a value.`);
			}
		}
		for (const name of this.cleared(operation)) {
			if (!(name in values)) values[name] = null;
		}
		return values;
	}

	/** Fields that only the customer's site knows, given by name; those of the spec keep their type. */
	private openFields(operation: Operation): IDataObject {
		const rows = this.get<{ field?: Array<{ name?: string; value?: unknown }> }>('customFields', {}).field ?? [];
		const json = this.option('customFieldsJson');
		const more = isAbsent(json) ? {} : coerce({ name: 'customFieldsJson', label: 'Custom Fields (JSON)', type: 'json' }, json);
		if (typeof more !== 'object' || more === null || Array.isArray(more)) {
			throw new BadInput('Custom Fields (JSON) is not an object', 'Write it like {"memberLevel": "gold"}.');
		}
		const values: IDataObject = {};
		// An empty row is a value that was not there. What the JSON says is meant.
		const given = rows.filter((row) => isAbsent(row.name) || !isAbsent(row.value)).map((row) => [row.name, row.value]);
		for (const [name, value] of [...given, ...Object.entries(more)] as Array<[string, IDataObject[string]]>) {
			if (isAbsent(name)) throw new BadInput('Custom Fields: a name is missing', 'Enter the key of the field as the site defines it.');
			const field = operation.resource.fields.find((f) => f.name === name);
			if (field?.readOnly) throw new BadInput(`Custom Fields: "${name}" is read-only`, 'Remove it.');
			values[name] = field && !isAbsent(value) ? coerce(field, value) : value;
		}
		return values;
	}

	/** Related records to set, by relation, from the Linked Records collection. */
	links(operation: Operation): Map<Relation, Reference[]> {
		const rows = this.get<{ link?: Array<{ relation?: string; record?: unknown }> }>('links', {}).link ?? [];
		const result = new Map<Relation, Reference[]>();
		for (const { relation: name, record } of rows) {
			const [relationName, target] = String(name ?? '').split(':');
			const relation = (operation.resource.relations ?? []).find((r) => r.name === relationName);
			if (!relation || relation.readOnly) {
				const known = (operation.resource.relations ?? []).filter((r) => !r.readOnly).map((r) => r.name);
				throw new BadInput(`Linked Records: ${operation.resource.label} has no writable relation "${name}"`, `Choose one of ${known.join(', ')}.`);
			}
			if (relation.createOnly && operation.kind === 'update') {
				throw new BadInput(`Linked Records: "${labelOf(relation)}" can only be set when you create the record`, 'Remove it.');
			}
			const resource = this.run.resource(target ?? relation.to[0]);
			const reference = this.refer(record, resource, labelOf(relation), true)!;
			const earlier = result.get(relation) ?? [];
			if (!relation.many && earlier.length > 0) {
				throw new BadInput(`Linked Records: "${labelOf(relation)}" appears twice`, 'It can link to only one record. Remove the other one.');
			}
			result.set(relation, [...earlier, reference]);
		}
		if (operation.kind === 'create') {
			for (const relation of operation.resource.relations ?? []) {
				if (relation.required && !result.has(relation)) {
					throw new BadInput(`${labelOf(relation)} is missing`, `Add it under "Linked Records": it is needed to ${operation.action.toLowerCase()}.`);
				}
			}
		}
		return result;
	}

	/** Relations to empty, from the options. */
	clearedLinks(operation: Operation): string[] {
		return this.cleared(operation).filter((name) => (operation.resource.relations ?? []).some((r) => r.name === name));
	}

	/** Names of what is to be emptied. Of fields that only the organization knows the vendor is the judge. */
	private cleared({ resource }: Operation): string[] {
		const names = toNames(this.option('clearFields'));
		// Asked for every item, and mostly there is none.
		if (names.length === 0) return names;
		const free = clearable(resource);
		const known: Array<Field | Relation> = [...resource.fields, ...(resource.relations ?? [])];
		for (const name of names) {
			const fixed = known.find((f) => f.name === name);
			if (fixed && !free.includes(fixed)) throw new BadInput(`Clear Fields: "${labelOf(fixed)}" cannot be cleared`, 'Remove it.');
		}
		return names;
	}

	/** The key of a Create or Update, or of a person of a list. */
	upsertKey(operation: Operation): { key: NaturalKey; value: string } {
		const { resource } = operation;
		const keys = matchKeys(operation);
		const choices = keys.map((k) => ({ value: keyName(k) }));
		const chosen = keys.length > 1 ? this.value({ name: 'matchBy', type: 'options', options: choices, required: true }) : keyName(keys[0]);
		const key = keys.find((k) => keyName(k) === chosen)!;
		return { key, value: this.keyValue(resource, key, this.get('matchValue', ''), keyLabel(resource, key)) };
	}
}
