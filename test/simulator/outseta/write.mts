/** Bodies: what may be in them, and what becomes of it. */
import { BACK, contract, EMBEDDED, entities, targetOf, type Endpoint, type ParameterRule } from './contract.mts';
import { invalid, type Fault } from './errors.mts';
import type { Item, Store } from './store.mts';

const ADDRESS = ['AddressLine1', 'AddressLine2', 'AddressLine3', 'City', 'State', 'PostalCode', 'Country'];
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

const isObject = (value: unknown): value is Item => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is wrong with a value, or nothing. */
export function typeFault(type: string, value: unknown): string | undefined {
	if (value === null) return undefined;
	const inEnum = /^enum:(\w+)$/.exec(type)?.[1];
	if (inEnum) return Number.isInteger(value) && String(value) in contract.enums[inEnum] ? undefined : `has to be a number of ${inEnum}`;
	switch (type) {
		case 'string':
			return typeof value === 'string' ? undefined : 'has to be a text';
		case 'boolean':
			return typeof value === 'boolean' ? undefined : 'has to be true or false';
		case 'integer':
			return Number.isInteger(value) ? undefined : 'has to be a whole number';
		case 'number':
			return typeof value === 'number' ? undefined : 'has to be a number';
		case 'datetime':
			return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/.test(value) && !Number.isNaN(Date.parse(value)) ? undefined : 'has to be a date';
		case 'Address':
		case 'ref:Address':
			if (!isObject(value)) return 'has to be an address';
			return Object.keys(value).every((name) => ADDRESS.includes(name)) ? undefined : `knows only ${ADDRESS.join(', ')}`;
		case 'array<string>':
			return Array.isArray(value) && value.every((entry) => typeof entry === 'string') ? undefined : 'has to be a list of texts';
		case 'any':
			return undefined;
		default:
			if (type.startsWith('array')) return Array.isArray(value) && value.every(isObject) ? undefined : 'has to be a list of objects';
			return isObject(value) ? undefined : 'has to be an object';
	}
}

/** Moments are kept in UTC without zone. */
const stored = (type: string, value: unknown) => (type === 'datetime' && typeof value === 'string' ? new Date(/(Z|[+-]\d{2}:\d{2})$/.test(value) || value.length === 10 ? value : `${value}Z`).toISOString().slice(0, 19) : value);

/** Checks a body against the endpoint; custom properties are those of the entity. @throws Refusal naming each fault. */
export function check(store: Store, endpoint: Endpoint, body: Item, alsoRequired: string[] = []): void {
	const faults: Fault[] = [];
	const rules = endpoint.body ?? {};
	const entity = endpoint.entity ?? '';
	for (const [name, value] of Object.entries(body)) {
		const rule = Object.hasOwn(rules, name) ? rules[name] : name === 'Uid' ? { type: 'string' } : endpoint.custom || /\.(create|update)$/.test(endpoint.name) ? writable(entity, name) : undefined;
		const definition = endpoint.custom || endpoint.name === 'registration.register' ? store.definitions.find((d) => d.SystemName === name) : undefined;
		if (!rule && definition) {
			const fault = customFault(definition, value);
			if (fault) faults.push({ property: name, message: `${name} ${fault}` });
		} else if (!rule) faults.push({ property: name, message: `${name} is no property that can be written` });
		else {
			const fault = typeFault(ruleType(entity, name, rule), value);
			if (fault) faults.push({ property: name, message: `${name} ${fault}` });
			const max = entities[entity]?.[name]?.max;
			if (max !== undefined && typeof value === 'string' && value.length > max) faults.push({ property: name, message: `${name} is longer than ${max} characters` });
			if (name === 'Email' && typeof value === 'string' && !EMAIL.test(value)) faults.push({ property: name, message: `${value} is no email address` });
		}
	}
	const required = [...Object.entries(rules).filter(([, rule]) => rule.required).map(([name]) => name), ...alsoRequired];
	for (const name of required) {
		if (body[name] === undefined || body[name] === null || body[name] === '') faults.push({ property: name, message: `${name} is required`, code: 'required' });
	}
	if (faults.length > 0) throw invalid(entity, faults);
}

/** The model marks more properties as writable than the calls show. */
function writable(entity: string, name: string): ParameterRule | undefined {
	const rule = entities[entity]?.[name];
	return rule?.w ? rule : undefined;
}

const ruleType = (entity: string, name: string, rule: ParameterRule) => (rule.type === 'ref' ? (entities[entity]?.[name]?.type ?? 'ref') : rule.type);

function customFault(definition: Item, value: unknown): string | undefined {
	if (value === null) return undefined;
	const options = definition.Options as string[] | undefined;
	switch (definition.ControlType) {
		case 'CheckboxList': {
			const list = typeof value === 'string' && value.startsWith('[') ? (JSON.parse(value) as unknown) : undefined;
			if (!Array.isArray(list)) return 'has to be JSON text of a list';
			return list.every((entry) => options?.includes(String(entry))) ? undefined : `knows only ${options?.join(', ')}`;
		}
		case 'Select':
			return options?.includes(String(value)) ? undefined : `knows only ${options?.join(', ')}`;
		case 'Date':
			return typeFault('datetime', value);
		case 'Checkbox':
			return typeFault('boolean', value);
		case 'Number':
			return typeFault('number', value);
		default:
			return typeof value === 'string' ? undefined : 'has to be a text';
	}
}

/** The uid in a reference; @throws Refusal when there is no such record. */
export function referred(store: Store, entity: string, name: string, target: string, value: unknown): string | null {
	if (value === null) return null;
	const uid = isObject(value) ? value.Uid : undefined;
	if (typeof uid !== 'string') throw invalid(entity, [{ property: name, message: `${name} needs a Uid` }]);
	if (!store.get(target, uid)) throw invalid(entity, [{ property: name, message: `There is no ${target} ${uid}` }]);
	return uid;
}

/** Properties of a body as they are stored; lists of children come back apart. */
export function taken(store: Store, entity: string, body: Item): { values: Item; children: Record<string, Item[]> } {
	const values: Item = {};
	const children: Record<string, Item[]> = {};
	for (const [name, value] of Object.entries(body)) {
		if (name === 'Uid') continue;
		const rule = entities[entity]?.[name];
		const target = rule && targetOf(rule.type);
		if (rule?.type.startsWith('array<ref') && Array.isArray(value)) children[name] = value as Item[];
		else if (target && entities[target] && !OBJECTS.has(target)) values[name] = referred(store, entity, name, target, value);
		else if (isObject(value) && isObject(values[name])) values[name] = { ...values[name], ...value };
		else values[name] = rule ? stored(rule.type, value) : value;
	}
	return { values, children };
}

/** Written inside their owner, not on their own. */
const OBJECTS = new Set([...EMBEDDED, 'PaymentInformation']);

/** Makes the given rows the complete set of children. */
export function replaceChildren(store: Store, entity: string, owner: Item, name: string, rows: Item[]): void {
	const child = targetOf(entities[entity][name].type)!;
	const back = BACK[`${entity}.${name}`];
	const made = rows.map((row) => taken(store, child, row).values);
	for (const old of store.pointing(entity, owner.Uid, child, back)) store.remove(child, old);
	for (const values of made) store.add(child, { ...values, [back]: owner.Uid });
}
