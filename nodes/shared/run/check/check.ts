/**
 * Connection: Check. Takes the facts of the spec and asks the vendor about each, within a limit of requests: first whether each list
 * can be read, then the vendor's own questions, then what lists can be asked for, the most important resources first.
 */
import { checkable } from '../../spec/connection';
import { fieldOf } from '../../spec/keys';
import { inParent, inScope, listed } from '../../spec/place';
import type { Resource } from '../../spec/resource';
import { BadInput, toNames } from '../../spec/values';
import { Client } from '../../wire/client';
import { attributesOf, offenders, placeOf, relationsOf } from './checkFacts';
import { type Checks, Lab, type Place, type Reply } from './checkLab';
import { itemsOf, WHY } from './checkLedger';
import { clockAndLimit, customFields, largestPage, order, readOne, searchWords, secondPage, singleFilters, togetherFacts } from './checkLists';
import { attributeMissing, attributeRefused, noConnection, unreachable } from './checkWords';
import type { Handler } from '../handler';
import type { Run } from '../run';

/** Records that are read of each list. */
const SAMPLE = 10;

/** What one item asks for. */
export interface Job {
	chosen: string[];
}

/** The operation. One check for all input items. */
export function check(checks: Checks): Handler<Job> {
	return {
		prepare(item) {
			const { vendor, operation } = item.run;
			const chosen = toNames(item.option('resources'));
			const known = checkable(vendor.resources, operation.resource.door).map((r) => r.name);
			const unknown = chosen.find((name) => !known.includes(name));
			if (unknown !== undefined) throw new BadInput(`Resources to Check: "${unknown}" cannot be checked`, `Choose from ${known.join(', ')}.`);
			return { chosen };
		},
		async together(jobs, run) {
			const { vendor, operation, context } = run;
			const { maxWait } = context.getNodeParameter('options', 0, {}) as { maxWait?: number };
			const client = new Client(context, run.apiOf(operation.resource), { readOnly: true, most: checks.most, ...(maxWait === undefined ? {} : { maxWait: maxWait * 60_000 }) });
			const lab = new Lab(client, checks.most);
			const chosen = new Set(jobs.flatMap(({ job }) => job.chosen));
			const resources = checkable(vendor.resources, operation.resource.door).filter(({ name }) => chosen.size === 0 || chosen.has(name));
			await work(run, lab, inOrder(resources, checks.first), checks);
			const about = { vendor: client.api.name, date: new Date().toISOString().slice(0, 10), requests: client.sent, most: checks.most };
			const items = jobs.map(({ item }) => item.index);
			return itemsOf(lab.ledger, about).map((json) => ({ json, items }));
		},
	};
}

/** The most important first; records inside others after those. */
function inOrder(resources: Resource[], first: string[]): Resource[] {
	const rank = (resource: Resource) => (first.includes(resource.name) ? first.indexOf(resource.name) : first.length) + (listed(resource).path.includes('{parent}') ? 1_000 : 0);
	return [...resources].sort((a, b) => rank(a) - rank(b));
}

async function work(run: Run, lab: Lab, resources: Resource[], checks: Checks): Promise<void> {
	for (const resource of resources) {
		const place = await settle(run, lab, resource);
		if (!place) continue;
		const reply = await reach(lab, place, checks);
		const nothing = reply.ok === false && (reply.status === undefined || reply.status === 401 || reply.status < 400);
		if (lab.places.size === 1 && !place.open && nothing) {
			lab.ledger.findings.length = 0;
			lab.ledger.differs({ resource: 'Connection', fact: 'connect', ...noConnection(reply.found) });
			return;
		}
	}
	clockAndLimit(lab);
	await checks.probes?.(lab);
	const full = lab.open.filter(({ records, label }) => {
		if (records.length === 0) lab.ledger.skip(label, 'attributes, filters, orders and includes', WHY.noRecord);
		return records.length > 0;
	}).filter(({ resource }) => !resource.rows);
	await largestPage(lab, full);
	await secondPage(lab, full);
	if (!checks.ownCustomFields) await customFields(lab, full, run.vendor);
	const rest: Array<() => Promise<void>> = [];
	for (const place of full) {
		const { failed, later } = await togetherFacts(lab, place, run.vendor.resources, checks);
		const filters = singleFilters(lab, place, run.vendor.resources, failed);
		// Of each list what people look up by, before any list is looked at in full.
		for (const ask of filters.slice(0, 1)) await ask();
		rest.push(() => order(lab, place), () => readOne(lab, place), () => searchWords(lab, place), ...later, ...filters.slice(1));
	}
	for (const ask of rest) await ask();
}

/** The list of a resource; inside the first record around it, where it needs one. Undefined if there is none. */
async function settle(run: Run, lab: Lab, resource: Resource): Promise<Place | undefined> {
	let at = listed(resource);
	if (resource.scope) {
		const first = await firstScope(run, lab, resource);
		if (first === undefined) return undefined;
		at = inScope(at, first);
	}
	if (at.path.includes('{parent}')) {
		const around = lab.places.get(resource.parent!.resource)?.records[0];
		if (!around) {
			lab.ledger.skip(resource.label, 'read', WHY.parent);
			return undefined;
		}
		at = listed(inParent(resource, lab.api.id(around)));
	}
	return { resource: at, label: resource.label, attributes: [], records: [], open: false };
}

/** The first kind of a resource that the organization defines. */
async function firstScope(run: Run, lab: Lab, { label }: Resource): Promise<string | undefined> {
	const { client, ledger } = lab;
	try {
		const [first] = (await run.vendor.scopes?.(client)) ?? [];
		if (!first) ledger.skip(label, 'read', 'the organization has none');
		return first && String(first.value);
	} catch (error) {
		const { why, found } = lab.failure(error);
		if (why) ledger.skip(label, 'read', WHY[why]);
		else ledger.differs({ resource: label, fact: 'definitions', ...unreachable(found) });
		return undefined;
	}
}

/** Reads some records with all attributes by name, and finds those that the vendor does not know. */
async function reach(lab: Lab, place: Place, checks: Checks): Promise<Reply> {
	const { resource, label } = place;
	const { api, ledger } = lab;
	lab.places.set(resource.name, place);
	const attributes = attributesOf(resource);
	const slots = resource.customSlots ? [`custom${resource.customSlots}`] : [];
	const relations = api.supports.paths ? [] : relationsOf(resource).map((r) => r.name);
	const names = api.supports.only ? [...attributes, ...slots, ...relations] : [];
	let reply = await lab.list(resource, names.length > 0 ? { only: names } : {}, SAMPLE);
	place.attributes = [...attributes, ...relations];
	if (reply.ok === false && names.length > 0 && (reply.status === 400 || reply.status === 422)) {
		// The list without names tells whether those are the reason.
		const plain = await lab.list(resource, {}, SAMPLE);
		if (plain.ok === true) {
			const found = await offenders(names, async (part) => {
				const answer = await lab.list(resource, { only: part }, 1);
				return answer.ok === undefined ? undefined : answer.ok ? 'good' : 'bad';
			});
			for (const name of found.bad) ledger.differs({ resource: label, fact: `attribute ${name}`, ...attributeRefused(reply.found) });
			for (const name of found.unknown) ledger.skip(label, `attribute ${name}`, WHY.limit);
			place.attributes = place.attributes.filter((name) => found.good.includes(name));
			const again = await lab.list(resource, { only: [...place.attributes] }, SAMPLE);
			reply = again.ok === true ? again : plain;
		}
	}
	if (reply.ok !== true) {
		if (reply.ok === undefined) ledger.skip(label, 'read', WHY[reply.why]);
		else {
			const scope = checks.scope?.(resource, reply.status ?? 0, reply.body);
			if (scope) ledger.lacks(scope);
			ledger.differs({ resource: label, fact: 'read', ...unreachable(reply.found, { scope, plan: reply.status === 402 || reply.status === 404 }) });
		}
		return reply;
	}
	place.open = true;
	place.records = reply.records;
	place.answer = reply.body;
	ledger.ok(label, 'read');
	carried(lab, place, attributes, checks);
	return reply;
}

/** Holds the records against the attributes of the spec. */
function carried(lab: Lab, { resource, label, records, attributes: known }: Place, attributes: string[], { omitsEmpty, unsure = [] }: Checks): void {
	const { api, ledger } = lab;
	if (records.length === 0) return;
	for (const name of attributes.filter((attribute) => known.includes(attribute))) {
		const fact = `attribute ${name}`;
		const place = placeOf(fieldOf(resource, name));
		if (records.some((record) => api.value(record, place) !== undefined)) ledger.ok(label, fact);
		// Parts of an object, and rows of another record, come as far as they are filled.
		else if (omitsEmpty || resource.rows || place.includes('.')) ledger.skip(label, fact, WHY.noValue);
		else if (unsure.includes(`${resource.name}.${name}`)) ledger.skip(label, fact, WHY.unsure);
		else ledger.differs({ resource: label, fact, ...attributeMissing(records.length) });
	}
}
