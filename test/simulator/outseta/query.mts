/** Lists: which records, in which order, with which properties. */
import { Refusal } from '../server.mts';
import { COMPUTED, contract, entities, isMany, targetOf } from './contract.mts';
import type { Item, Store } from './store.mts';
import { invalid } from './errors.mts';

const OPERATORS = ['__gte', '__gt', '__lte', '__lt', '__ne', '__isnull'] as const;
type Operator = (typeof OPERATORS)[number] | '';

/** Properties at the root of a record of an entity, custom ones included. */
export function isProperty(store: Store, entity: string, name: string): boolean {
	return name in (entities[entity] ?? {}) || store.definitions.some((d) => d.SystemName === name && d.Entity === entity);
}

interface Filter {
	path: string[];
	operator: Operator;
	value: string;
}

const ADDRESS = new Set(['AddressLine1', 'AddressLine2', 'AddressLine3', 'City', 'State', 'PostalCode', 'Country']);

/** @throws Refusal for a path that leads nowhere, which the vendor calls an invalid filter specification. */
export function parseFilter(store: Store, entity: string, name: string, value: string): Filter {
	const operator: Operator = OPERATORS.find((suffix) => name.endsWith(suffix)) ?? '';
	const path = name.slice(0, name.length - operator.length).split('.');
	let at = entity;
	// The parts of an address are no entity of the contract.
	const inAddress = (i: number) => i > 0 && targetOf(entities[entity]?.[path[i - 1]]?.type ?? '') === 'Address';
	path.forEach((step, i) => {
		if (inAddress(i)) {
			if (i === path.length - 1 && ADDRESS.has(step)) return;
			throw new Refusal(400, { ErrorMessage: `Invalid filter specification: an address has no property ${step}` });
		}
		const last = i === path.length - 1;
		if (!isProperty(store, at, step)) throw new Refusal(400, { ErrorMessage: `Invalid filter specification: ${at} has no property ${step}` });
		const target = targetOf(entities[at][step]?.type ?? '');
		if (!last && target !== 'Address' && (!target || !entities[target])) throw new Refusal(400, { ErrorMessage: `Invalid filter specification: ${step} has no properties` });
		if (!last) at = target!;
	});
	if (operator === '__isnull' && !/^(true|false)$/i.test(value)) throw new Refusal(400, { ErrorMessage: 'Invalid filter specification: __isnull is true or false' });
	return { path, operator, value };
}

function valuesAt(store: Store, entity: string, item: Item, path: string[]): unknown[] {
	const [step, ...rest] = path;
	if (rest.length === 0) return [valueOf(store, entity, item, step)];
	const related = store.related(entity, item, step);
	if (!related && typeof item[step] === 'object') return [(item[step] as Item | null)?.[rest[0]] ?? null];
	return (related?.items ?? []).flatMap((child) => valuesAt(store, related!.entity, child, rest));
}

function compare(value: unknown, wanted: string): number {
	if (typeof value === 'number') return value - Number(wanted);
	if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value) && /^\d{4}-\d{2}-\d{2}/.test(wanted)) return moment(value) - moment(wanted);
	return String(value ?? '').localeCompare(wanted);
}

/** Dates without zone are UTC. */
const moment = (text: string) => Date.parse(/(Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text.length === 10 ? `${text}T00:00:00` : text}Z`);

function equals(value: unknown, wanted: string): boolean {
	const list = /^\[(.*)\]$/.exec(wanted);
	if (list) return list[1].split(',').some((entry) => equals(value, entry.trim()));
	if (value === null || value === undefined) return false;
	if (typeof value === 'number') return value === Number(wanted);
	if (typeof value === 'boolean') return String(value) === wanted.toLowerCase();
	if (/^\d{4}-\d{2}-\d{2}T/.test(String(value)) && /^\d{4}-\d{2}-\d{2}T/.test(wanted)) return moment(String(value)) === moment(wanted);
	const text = String(value).toLowerCase();
	const pattern = wanted.toLowerCase();
	const inner = pattern.replace(/^\*|\*$/g, '');
	if (pattern.length > 1 && pattern.startsWith('*') && pattern.endsWith('*')) return text.includes(inner);
	if (pattern.startsWith('*')) return text.endsWith(inner);
	if (pattern.endsWith('*')) return text.startsWith(inner);
	return text === pattern;
}

export function matches(store: Store, entity: string, item: Item, { path, operator, value }: Filter): boolean {
	const values = valuesAt(store, entity, item, path);
	const isNull = values.every((v) => v === null || v === undefined);
	switch (operator) {
		case '__isnull':
			return isNull === (value.toLowerCase() === 'true');
		case '__ne':
			return !values.some((v) => equals(v, value));
		case '':
			return values.some((v) => equals(v, value));
		default:
			return values.some((v) => {
				if (v === null || v === undefined) return false;
				const sign = compare(v, value);
				return operator === '__gt' ? sign > 0 : operator === '__gte' ? sign >= 0 : operator === '__lt' ? sign < 0 : sign <= 0;
			});
	}
}

/** The paths of `fields` as a tree; `undefined` stands for the answer without it. */
export type Tree = Map<string, Tree>;

export function parseFields(text: string | undefined): Tree | undefined {
	if (text === undefined || text === '') return undefined;
	const root: Tree = new Map();
	for (const path of text.split(',')) {
		let tree = root;
		for (const step of path.trim().split('.')) {
			let next = tree.get(step);
			if (!next) tree.set(step, (next = new Map()));
			tree = next;
		}
	}
	return root;
}

/** Child objects or computed values make pages small. */
export function isHeavy(entity: string, tree: Tree | undefined): boolean {
	if (!tree) return Object.values(entities[entity] ?? {}).some((rule) => targetOf(rule.type));
	if (tree.has('*') && 'Tags' in (entities[entity] ?? {})) return true;
	return [...tree].some(([name, below]) => below.size > 0 || COMPUTED.has(name) || (name !== '*' && targetOf(entities[entity]?.[name]?.type ?? '') !== undefined));
}

export function valueOf(store: Store, entity: string, item: Item, name: string): unknown {
	if (entity === 'Person' && name === 'FullName') return [item.FirstName, item.LastName].filter(Boolean).join(' ');
	if (entity === 'Account') {
		if (name === 'AccountStageLabel') return contract.enums.AccountStage[item.AccountStage as never] ?? null;
		if (name === 'LifetimeRevenue') return store.all('Transaction').filter((t) => t.Account === item.Uid && t.BillingTransactionType === 2).reduce((sum, t) => sum + Number(t.Amount), 0);
	}
	if (entity === 'Deal' && name === 'PipelineUid') return store.get('DealPipelineStage', item.DealPipelineStage)?.DealPipeline ?? null;
	if (entity === 'Activity' && name === 'ActivityType') return item.ActivityType;
	return item[name] ?? null;
}

/** A record as an answer shows it. */
export function show(store: Store, entity: string, item: Item, tree: Tree | undefined, depth = 0): Item {
	const shown: Item = { _objectType: entity };
	const rules = entities[entity] ?? {};
	const all = tree === undefined ? depth < 2 : tree.has('*');
	const names = [...Object.keys(rules), ...store.definitions.filter((d) => d.Entity === entity).map((d) => String(d.SystemName))];
	for (const name of names) {
		const rule = rules[name];
		if (rule && ['Password', 'SendWelcomeEmail', 'RecaptchaToken', 'RecaptchaSiteKey', 'EmailListUids', 'SegmentUids', 'OptInToEmailList'].includes(name)) continue;
		const relation = rule && (targetOf(rule.type) !== undefined || name === 'Tags');
		const below = tree?.get(name);
		if (!relation) {
			if (!all && !below) continue;
			if (COMPUTED.has(name) && !below) continue;
			shown[name] = valueOf(store, entity, item, name);
			continue;
		}
		const wanted = below && below.size > 0 ? below : below ? parseFields('*') : undefined;
		const related = store.related(entity, item, name);
		if (!related) {
			// An object of its own, such as an address.
			if (all || below) shown[name] = item[name] ?? null;
		} else if (wanted || (tree === undefined && depth === 0 && name !== 'Tags') || (name === 'Tags' && all)) {
			const children = related.items.map((child) => show(store, related.entity, child, wanted ?? (tree === undefined ? parseFields('*') : undefined), depth + 1));
			shown[name] = related.many ? children : (children[0] ?? null);
		} else if (all && !isMany(rule.type)) {
			shown[name] = null;
		}
	}
	return shown;
}

export interface Page {
	items: Item[];
	limit: number;
	offset: number;
	total: number;
}

const ORDER = /^([\w.]+)(?: (ASC|DESC))?$/i;

/** Whether a path leads to a property, as it does for filters. */
function leads(store: Store, entity: string, path: string): boolean {
	try {
		parseFilter(store, entity, path, '');
		return true;
	} catch {
		return false;
	}
}

/** Sorts, cuts and counts; `offset` is the number of a page. */
export function paged(store: Store, entity: string, found: Item[], query: Map<string, string>): Page {
	const tree = parseFields(query.get('fields'));
	if (tree) checkFields(store, entity, tree);
	const number = (name: string, initial: number, least: number) => {
		const text = query.get(name);
		if (text === undefined) return initial;
		if (!/^\d+$/.test(text) || Number(text) < least) throw new Refusal(400, { ErrorMessage: `${name} has to be a number from ${least}`, PropertyName: name });
		return Number(text);
	};
	const limit = Math.min(number('limit', 25, 1), isHeavy(entity, tree) ? 25 : 100);
	const offset = number('offset', 0, 0);
	let items = found;
	const orderBy = query.get('orderBy');
	if (orderBy !== undefined) {
		for (const part of orderBy.split(',').reverse()) {
			const match = ORDER.exec(part.trim());
			if (!match || !leads(store, entity, match[1])) throw new Refusal(400, { ErrorMessage: `Cannot order by ${part}`, PropertyName: 'orderBy' });
			const sign = /desc/i.test(match[2] ?? '') ? -1 : 1;
			items = [...items].sort((a, b) => {
				const [x, y] = [a, b].map((item) => valuesAt(store, entity, item, match[1].split('.'))[0] ?? '') as [string, string];
				return (x < y ? -1 : x > y ? 1 : 0) * sign;
			});
		}
	}
	const cut = items.slice(offset * limit, (offset + 1) * limit);
	return { items: cut.map((item) => show(store, entity, item, tree)), limit, offset, total: found.length };
}

export function checkFields(store: Store, entity: string, tree: Tree): void {
	for (const [name, below] of tree) {
		if (name === '*') continue;
		if (!isProperty(store, entity, name)) throw invalid(entity, [{ property: 'fields', message: `${entity} has no property ${name}` }]);
		const target = targetOf(entities[entity][name]?.type ?? '');
		if (below.size > 0 && target && entities[target]) checkFields(store, target, below);
	}
}
