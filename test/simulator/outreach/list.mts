/**
 * Lists: filter, sort and the two kinds of paging ("Pagination"). Cursors hold the last record's sort key, so
 * that records created or deleted between two pages neither repeat nor hide others.
 */
import type { ResourceRule } from './contract.mts';
import { badParameter, plainError } from './errors.mts';
import type { CompiledFilter } from './filter.mts';
import type { QueryParameter } from './query.mts';
import type { RecordId, Store, StoredRecord } from './store.mts';

/** Pages above this size time out on the heavy resources (connector reports). */
const HEAVY: Record<string, number> = { mailing: 100, event: 100 };
const MAX_PAGE = 1000;
const MAX_OFFSET = 10_000;
const DEFAULT_PAGE = 50;

interface SortKey {
	attribute: string;
	descending: boolean;
	date: boolean;
}

interface Cursor {
	/** Sort values. */
	k: unknown[];
	/** Record id. */
	i: RecordId;
}

export interface Page {
	records: StoredRecord[];
	total: number;
	/** Query string per link; absent links are left out. */
	links: Partial<Record<'first' | 'prev' | 'next' | 'last', string>> | undefined;
}

export function readSort(rule: ResourceRule, parameter: QueryParameter | undefined): SortKey[] {
	if (parameter === undefined) return [];
	return parameter.value.split(',').map((part) => {
		const descending = part.startsWith('-');
		const attribute = descending ? part.slice(1) : part;
		const found = rule.attributes.get(attribute);
		if (found?.sortable !== true) {
			throw badParameter('sort', `'${attribute}' is not a sortable attribute of '${rule.type}'.`, 'sortParameter.unknownSort');
		}
		return { attribute, descending, date: found.format === 'date-time' };
	});
}

function compareValues(a: unknown, b: unknown): number {
	const noA = a === null || a === undefined;
	const noB = b === null || b === undefined;
	// Records without a value come last in either direction.
	if (noA || noB) return noA === noB ? 0 : noA ? 2 : -2;
	return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
}

function compareKeys(sort: SortKey[], ka: unknown[], ia: RecordId, kb: unknown[], ib: RecordId): number {
	for (const [index, key] of sort.entries()) {
		const order = compareValues(ka[index], kb[index]);
		if (order === 0) continue;
		if (Math.abs(order) === 2) return order;
		return key.descending ? -order : order;
	}
	return ia < ib ? -1 : ia > ib ? 1 : 0;
}

const keyOf = (sort: SortKey[], record: StoredRecord): unknown[] => sort.map((key) => record.attributes[key.attribute]);

interface Cached {
	version: number;
	rows: StoredRecord[];
}

/** Keeps the last few filtered and sorted lists while nothing changes, so that walking pages costs one sort. */
export class ListCache {
	private readonly entries = new Map<string, Cached>();

	rows(store: Store, rule: ResourceRule, key: string, filter: CompiledFilter, sort: SortKey[], always: ((record: StoredRecord) => boolean) | undefined): StoredRecord[] {
		if (filter.predicate === undefined && sort.length === 0 && always === undefined) return store.all(rule.type);
		const cached = this.entries.get(key);
		if (cached !== undefined && cached.version === store.version) return cached.rows;
		let rows = filter.candidates ?? store.all(rule.type);
		const { predicate } = filter;
		if (predicate !== undefined) rows = rows.filter(predicate);
		if (always !== undefined) rows = rows.filter(always);
		if (filter.candidates !== undefined || sort.length > 0) {
			rows = [...rows].sort((a, b) => compareKeys(sort, keyOf(sort, a), a.id, keyOf(sort, b), b.id));
		}
		this.entries.delete(key);
		this.entries.set(key, { version: store.version, rows });
		if (this.entries.size > 32) this.entries.delete(this.entries.keys().next().value as string);
		return rows;
	}

	clear(): void {
		this.entries.clear();
	}
}

function encode(cursor: Cursor): string {
	return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

function decode(parameter: QueryParameter, sort: SortKey[]): Cursor {
	try {
		const cursor = JSON.parse(Buffer.from(parameter.value, 'base64url').toString('utf8')) as Cursor;
		if (Array.isArray(cursor.k) && cursor.k.length === sort.length && cursor.i !== undefined) return cursor;
	} catch {
		// Falls through to the refusal.
	}
	throw badParameter(parameter.name, `'${parameter.value}' is not a valid cursor for this request.`, 'pageParameter.invalidCursor');
}

function readNumber(parameter: QueryParameter, low: number, high: number): number {
	const number = Number(parameter.value);
	if (!/^\d+$/.test(parameter.value) || number < low || number > high) {
		throw badParameter(parameter.name, `'${parameter.name}' must be a number from ${low} to ${high}.`, 'pageParameter.invalid');
	}
	return number;
}

/** Index of the first row that comes after (or, with `inclusive`, not before) a cursor. */
function seek(rows: StoredRecord[], sort: SortKey[], cursor: Cursor, inclusive: boolean): number {
	let low = 0;
	let high = rows.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		const row = rows[middle] as StoredRecord;
		const order = compareKeys(sort, keyOf(sort, row), row.id, cursor.k, cursor.i);
		if (order < 0 || (!inclusive && order === 0)) low = middle + 1;
		else high = middle;
	}
	return low;
}

/** Cuts the requested page out of the rows. `others` is the query string without its page parameters. */
export function cutPage(
	rule: ResourceRule,
	rows: StoredRecord[],
	sort: SortKey[],
	parameters: QueryParameter[],
	others: string,
): Page {
	const page = new Map<string, QueryParameter>();
	for (const parameter of parameters) {
		const name = parameter.path.join('.');
		if (!['size', 'after', 'before', 'limit', 'offset'].includes(name)) {
			throw badParameter(parameter.name, `Unknown parameter '${parameter.name}'.`);
		}
		page.set(name, parameter);
	}
	const cursorMode = page.has('size') || page.has('after') || page.has('before');
	if (cursorMode && (page.has('limit') || page.has('offset'))) {
		throw badParameter('page', 'page[size] cannot be used together with page[limit] or page[offset].', 'pageParameter.invalid');
	}
	if (page.has('after') && page.has('before')) {
		throw badParameter('page', 'page[after] and page[before] exclude each other.', 'pageParameter.invalid');
	}
	const sizeParameter = page.get('size') ?? page.get('limit');
	const size = sizeParameter === undefined ? DEFAULT_PAGE : readNumber(sizeParameter, 1, MAX_PAGE);
	if (size > (HEAVY[rule.type] ?? MAX_PAGE)) throw plainError(rule.type === 'event' ? 502 : 500);
	const link = (parts: string): string => (others === '' ? parts : `${others}&${parts}`);

	if (!cursorMode) {
		const offsetParameter = page.get('offset');
		const offset = offsetParameter === undefined ? 0 : readNumber(offsetParameter, 0, MAX_OFFSET);
		const records = rows.slice(offset, offset + size);
		if (records.length === 0) return { records, total: rows.length, links: undefined };
		const at = (start: number): string => link(`page%5Blimit%5D=${size}&page%5Boffset%5D=${start}`);
		return {
			records,
			total: rows.length,
			links: {
				first: at(0),
				...(offset > 0 ? { prev: at(Math.max(0, offset - size)) } : {}),
				...(offset + size < rows.length ? { next: at(offset + size) } : {}),
				last: at(Math.floor((rows.length - 1) / size) * size),
			},
		};
	}

	const after = page.get('after');
	const before = page.get('before');
	let start = 0;
	let end = size;
	if (after !== undefined) {
		start = seek(rows, sort, decode(after, sort), false);
		end = start + size;
	} else if (before !== undefined) {
		end = seek(rows, sort, decode(before, sort), true);
		start = Math.max(0, end - size);
	}
	const records = rows.slice(start, end);
	const first = records[0];
	const last = records.at(-1);
	if (first === undefined || last === undefined) return { records, total: rows.length, links: undefined };
	const at = (direction: string, record: StoredRecord): string =>
		link(`page%5Bsize%5D=${size}&page%5B${direction}%5D=${encode({ k: keyOf(sort, record), i: record.id })}`);
	return {
		records,
		total: rows.length,
		links: {
			first: link(`page%5Bsize%5D=${size}`),
			...(start > 0 ? { prev: at('before', first) } : {}),
			...(end < rows.length ? { next: at('after', last) } : {}),
		},
	};
}
