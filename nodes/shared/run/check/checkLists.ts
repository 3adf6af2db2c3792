/** What a check asks about each list: pages, searches, filters, orders and includes. */
import type { IDataObject } from 'n8n-workflow';

import type { Resource } from '../../spec/resource';
import type { Vendor } from '../../wire/vendor';
import { type Fact, factsOf, groupsOf, idFact, offenders, queryOf, together } from './checkFacts';
import { type Checks, isRefusal, type Lab, type Place, type Reply } from './checkLab';
import { WHY } from './checkLedger';
import { clockOff, ignored, lost, noCustomFields, noHeaders, noSearch, notIncluded, notSingle, refused, samePage, smallPage, unordered } from './checkWords';

const CONNECTION = 'Connection';

/** A page that holds a record, also when a filter is wider than thought. */
const PAGE = 25;

/** What the headers of an answer tell. */
export function clockAndLimit(lab: Lab): void {
	const { ledger, api, clock, headers } = lab;
	if (clock === undefined) ledger.skip(CONNECTION, 'clock', 'the vendor sends no time');
	else if (clock === 0) ledger.ok(CONNECTION, 'clock');
	else ledger.differs({ resource: CONNECTION, fact: 'clock', ...clockOff(clock) });
	if (!api.allowance) return;
	const { remaining, resetsAt } = api.allowance(headers);
	if (remaining !== undefined && resetsAt !== undefined) ledger.ok(CONNECTION, 'rate limit headers');
	else ledger.differs({ resource: CONNECTION, fact: 'rate limit headers', ...noHeaders('the requests that are left, and the time of the next ones, in the headers') });
}

/** Each size of pages that the spec knows, on one list. */
export async function largestPage(lab: Lab, places: Place[]): Promise<void> {
	const seen = new Set<number>();
	for (const place of places.filter(({ resource }) => lab.isPaged(resource))) {
		const size = place.resource.pageSize ?? lab.api.pageSize;
		if (seen.has(size)) continue;
		seen.add(size);
		const fact = `page of ${size}`;
		const only = { only: lab.few(place) };
		const reply = await lab.list(place.resource, only, size, false);
		if (reply.ok === undefined) lab.ledger.skip(place.label, fact, WHY[reply.why]);
		else if (reply.ok && (reply.records.length === size || !lab.api.nextPage(reply.call, reply.body, place.resource))) lab.ledger.ok(place.label, fact);
		else {
			let works = reply.ok ? reply.records.length : undefined;
			for (let less = Math.floor(size / 2); works === undefined && less >= 10; less = Math.floor(less / 2)) {
				const smaller = await lab.list(place.resource, only, less, false);
				if (smaller.ok === undefined) break;
				if (smaller.ok) works = less;
			}
			lab.ledger.differs({ resource: place.label, fact, ...smallPage(size, reply.ok ? 'fewer come' : reply.found, works) });
			if (works !== undefined) lab.ledger.right('Limit', `at most ${works}`);
		}
	}
}

/** The page after the first one, of one list: paging is the same everywhere. */
export async function secondPage(lab: Lab, places: Place[]): Promise<void> {
	const { ledger, api } = lab;
	const able = places.filter(({ resource }) => lab.isPaged(resource));
	const place = able.find(({ records }) => records.length > 1);
	if (!place) {
		for (const { label } of able) ledger.skip(label, 'second page', WHY.oneRecord);
		return;
	}
	const { resource, label } = place;
	const first = await lab.list(resource, { only: lab.few(place) }, 1);
	const call = first.ok === true ? api.nextPage(first.call, first.body, resource) : undefined;
	const second: Reply = first.ok !== true ? first : call ? await lab.page(resource, call) : { ok: false, found: 'the answer does not lead to it' };
	if (second.ok === undefined) ledger.skip(label, 'second page', WHY[second.why]);
	else if (!second.ok) ledger.differs({ resource: label, fact: 'second page', ...samePage(second.found) });
	else if (first.ok !== true || second.records.length === 0 || lab.has(second, first.records[0])) ledger.differs({ resource: label, fact: 'second page', ...samePage(second.records.length === 0 ? 'no records' : 'the same records') });
	else ledger.ok(label, 'second page');
}

/** A word that no record has. */
const NO_WORD = 'zqxjkvwzq';

/** The search by text: a word of a record must find it, and one that does not exist must find nothing. */
export async function searchWords(lab: Lab, place: Place): Promise<void> {
	const { ledger, api } = lab;
	const { resource, label, records } = place;
	if (!api.supports.search?.(resource)) return;
	const only = lab.few(place);
	const none = await lab.list(resource, { search: NO_WORD, only }, 1);
	if (none.ok === undefined) return ledger.skip(label, 'search', WHY[none.why]);
	if (none.ok === false || none.records.length > 0) return ledger.differs({ resource: label, fact: 'search', ...noSearch(none.ok ? 'has no effect' : none.found) });
	const words = (resource.list?.name ?? []).flatMap((name) => String(api.value(records[0], name) ?? '').split(/[^a-z\d]+/i)).filter((word) => /^[a-z]{3,}$/i.test(word));
	const [word] = words.sort((a, b) => b.length - a.length);
	if (word === undefined) return ledger.skip(label, 'search', WHY.noValue);
	const reply = await lab.list(resource, { search: word.slice(0, -1), only }, resource.pageSize ?? api.pageSize);
	if (reply.ok === undefined) ledger.skip(label, 'search', WHY[reply.why]);
	else if (lab.has(reply, records[0])) ledger.ok(label, 'search');
	else if (reply.ok && reply.records.length >= PAGE) ledger.skip(label, 'search', 'too many records have the word');
	else ledger.differs({ resource: label, fact: 'search', ...noSearch(reply.ok ? 'does not find the beginning of a word' : reply.found) });
}

/** Fields that only the organization knows. */
export async function customFields(lab: Lab, places: Place[], vendor: Vendor): Promise<void> {
	if (!vendor.customFields) return;
	for (const { resource, label } of places.filter((p) => p.resource.customSlots || p.resource.openFields || p.resource.scope)) {
		if (lab.left <= 0) {
			lab.ledger.skip(label, 'custom fields', WHY.limit);
			continue;
		}
		try {
			const found = await vendor.customFields(lab.client, resource);
			if (found.length > 0) lab.ledger.ok(label, 'custom fields');
			else lab.ledger.skip(label, 'custom fields', 'the organization has none');
		} catch (error) {
			const { why, found } = lab.failure(error);
			if (why) lab.ledger.skip(label, 'custom fields', WHY[why]);
			else lab.ledger.differs({ resource: label, fact: 'custom fields', ...noCustomFields(found) });
		}
	}
}

/**
 * All filters, orders and includes of a list in as few requests as possible; what is refused, or loses the record, is found by halving.
 * @returns the facts that failed, and questions that are left for later.
 */
export async function togetherFacts(lab: Lab, place: Place, all: Resource[], { included, oneFilter, oneSort }: Checks): Promise<{ failed: Set<string>; later: Array<() => Promise<void>> }> {
	const { resource, label, records } = place;
	const { api, ledger } = lab;
	const [record] = records;
	const facts = factsOf(api, resource, record, all).filter(({ kind }) => lab.filters || kind !== 'filter');
	for (const { text } of facts.filter(({ kind, own }) => kind === 'filter' && !own)) ledger.skip(label, text, WHY.noValue);
	let id = oneFilter || !lab.filters ? undefined : idFact(api, resource, record);
	const failed = new Set<string>();
	const replies = new Map<string, Reply>();
	const only = lab.few(place);
	const ask = async (part: Fact[]) => {
		const query = queryOf(part, id);
		const reply = await lab.list(resource, { ...query, ...(only.length > 0 ? { only } : {}) }, PAGE);
		if (part.length === 1) replies.set(part[0].text, reply);
		// Without a filter the record can stand on a later page.
		const good = query.conditions.length === 0 ? reply.ok : lab.has(reply, record);
		return { reply, verdict: reply.ok === undefined ? undefined : good ? ('good' as const) : ('bad' as const) };
	};
	const askGroup = async (group: Fact[]): Promise<void> => {
		let { reply, verdict } = await ask(group);
		if (verdict === 'bad' && id) {
			const alone = await ask([]);
			if (alone.verdict === 'bad') {
				tell(lab, label, id, alone.reply);
				failed.add(id.text);
				id = undefined;
				({ reply, verdict } = await ask(group));
			}
		}
		if (verdict === undefined) {
			for (const { text } of group) ledger.skip(label, text, WHY[reply.ok === undefined ? reply.why : 'limit']);
			return;
		}
		const found = verdict === 'good' ? { good: group, bad: [], unknown: [] } : await offenders(group, async (part) => (await ask(part)).verdict);
		for (const { text } of found.unknown) ledger.skip(label, text, WHY.limit);
		for (const fact of found.bad) {
			failed.add(fact.text);
			const own = replies.get(fact.text) ?? reply;
			if (own.ok === true && (await changed(lab, place, fact, all))) ledger.skip(label, fact.text, WHY.changed);
			else tell(lab, label, fact, own);
		}
		for (const fact of found.good) {
			const came = fact.kind === 'include' && verdict === 'good' && reply.ok === true ? cameAlong(lab, reply, record, fact.name, included) : 'yes';
			if (came === 'yes') ledger.ok(label, fact.text);
			else if (came === 'unknown') ledger.skip(label, fact.text, WHY.noValue);
			else ledger.differs({ resource: label, fact: fact.text, ...notIncluded });
		}
	};
	const asked = together(facts);
	const alone = asked.filter(({ kind }) => (oneFilter && kind === 'filter') || (oneSort && kind === 'sort'));
	for (const group of groupsOf(asked.filter((fact) => !alone.includes(fact)))) await askGroup(group);
	const filters = alone.filter(({ kind }) => kind === 'filter');
	for (const fact of filters) await askGroup([fact]);
	return { failed, later: alone.filter((fact) => !filters.includes(fact)).map((fact) => () => askGroup([fact])) };
}

function tell({ ledger }: Lab, resource: string, fact: Fact, reply: Reply): void {
	if (reply.ok === undefined) ledger.skip(resource, fact.text, WHY[reply.why]);
	else ledger.differs({ resource, fact: fact.text, ...(reply.ok ? lost : refused(fact, reply.found)) });
}

function cameAlong(lab: Lab, reply: Reply & { ok: true }, record: IDataObject, name: string, included: Checks['included']): 'yes' | 'no' | 'unknown' {
	const found = reply.records.find((other) => lab.api.id(other) === lab.api.id(record));
	const came = found && included?.(found, reply.body, name);
	return came === undefined ? 'unknown' : came ? 'yes' : 'no';
}

/** Whether the record has another value by now. */
async function changed(lab: Lab, { resource, records: [record], attributes }: Place, fact: Fact, all: Resource[]): Promise<boolean> {
	const reply = await lab.list(resource, lab.api.supports.only ? { only: attributes } : {}, PAGE);
	const now = reply.ok === true ? reply.records.find((other) => lab.api.id(other) === lab.api.id(record)) : undefined;
	if (!now) return reply.ok === true;
	const again = factsOf(lab.api, resource, now, all).find(({ text }) => text === fact.text);
	return JSON.stringify(again?.own) !== JSON.stringify(fact.own);
}

/**
 * Questions that only single requests can answer: whether each filter has an effect. The first is the most important one.
 * @param failed facts that are known to fail.
 */
export function singleFilters(lab: Lab, place: Place, all: Resource[], failed: Set<string>): Array<() => Promise<void>> {
	const { resource, label, records } = place;
	const { api, ledger } = lab;
	const [record] = records;
	const facts = [...factsOf(api, resource, record, all), ...[idFact(api, resource, record) ?? []].flat()].filter(({ kind, text }) => kind === 'filter' && lab.filters && !failed.has(text));
	const only = lab.few(place);
	return facts.map((fact) => async () => {
		const { foreign, empty, text, own } = fact;
		const effect = `${text}: matching records only`;
		if (!foreign) return ledger.skip(label, effect, WHY.noOther);
		const reply = await lab.list(resource, { conditions: [foreign], only }, empty ? 1 : PAGE);
		if (reply.ok === undefined) ledger.skip(label, effect, WHY[reply.why]);
		else if (reply.ok === false) {
			// A filter that gave its record back may refuse a value that cannot exist.
			if (own && isRefusal(reply)) ledger.ok(label, effect);
			else ledger.differs({ resource: label, fact: text, ...refused(fact, reply.found) });
		} else if (empty ? reply.records.length > 0 : lab.has(reply, record)) ledger.differs({ resource: label, fact: text, ...ignored });
		else {
			ledger.ok(label, effect);
			if (!own) ledger.ok(label, text);
		}
	});
}

/** The fields by which an order can be judged, those that triggers follow first. */
function ordered({ resource, attributes }: Place): string[] {
	const judged = resource.fields.filter((f) => f.sort && ['integer', 'number', 'date', 'dateTime'].includes(f.type) && (f.name === 'id' || attributes.includes(f.name)) && !f.options).map((f) => f.name);
	const rank = (name: string) => (name === 'id' ? 0 : /^updated/i.test(name) ? 1 : /^created/i.test(name) ? 2 : 3);
	return judged.sort((a, b) => rank(a) - rank(b));
}

/** Whether an order has an effect: the one against which the sample stands. */
export async function order(lab: Lab, place: Place): Promise<void> {
	const { resource, label, records } = place;
	const { api, ledger } = lab;
	const numbers = (list: IDataObject[], name: string) =>
		list.flatMap((record) => {
			const value = api.value(record, name);
			const number = typeof value === 'number' ? value : Date.parse(String(value ?? ''));
			return Number.isNaN(number) ? [] : [number];
		});
	const names = ordered(place).filter((field) => !ledger.has(label, `sort by ${field}`));
	if (names.length === 0) return;
	const name = names.find((candidate) => new Set(numbers(records, candidate)).size > 1);
	if (!name) return ledger.skip(label, `sort by ${names[0]}: in order`, WHY.oneRecord);
	const sample = numbers(records, name);
	const descending = sample[0] <= sample.at(-1)!;
	const reply = await lab.list(resource, { sort: [{ field: name, descending }], only: name === 'id' ? [] : [name] }, records.length);
	const effect = `sort by ${name}: in order`;
	if (reply.ok === undefined) return ledger.skip(label, effect, WHY[reply.why]);
	if (reply.ok === false) return ledger.differs({ resource: label, fact: `sort by ${name}`, ...refused({ kind: 'sort', text: '', name }, reply.found) });
	const values = numbers(reply.records, name);
	if (values.every((value, i) => i === 0 || (descending ? values[i - 1] >= value : values[i - 1] <= value))) ledger.ok(label, effect);
	else ledger.differs({ resource: label, fact: `sort by ${name}`, ...unordered });
}

/** A record by its id. */
export async function readOne(lab: Lab, place: Place): Promise<void> {
	const { resource, label, records } = place;
	const { api, ledger } = lab;
	if (!resource.methods.includes('get')) return;
	const reply = await lab.ask({ method: 'GET', path: `${resource.path}/${encodeURIComponent(String(api.id(records[0])))}`, query: api.getQuery(resource, { only: lab.few(place) }) });
	if (reply.ok === undefined) ledger.skip(label, 'read one', WHY[reply.why]);
	else if (reply.ok && String(api.id(api.record(reply.body))) === String(api.id(records[0]))) ledger.ok(label, 'read one');
	else ledger.differs({ resource: label, fact: 'read one', ...notSingle(reply.ok ? 'another answer' : reply.found) });
}
