/** What a check asks Outreach beyond the facts of the spec. */
import type { IDataObject } from 'n8n-workflow';

import { check } from '../../shared/run/check/check';
import type { Lab } from '../../shared/run/check/checkLab';
import { WHY } from '../../shared/run/check/checkLedger';
import type { Condition } from '../../shared/spec/query';
import { asObject } from '../../shared/spec/values';
import { filterPairs } from '../wire/filters';

/** Whether an included record came along. Of what the user cannot see, Outreach includes nothing. */
function included(record: IDataObject, answer: unknown, relation: string): boolean | undefined {
	const { data } = asObject(asObject(record.relationships)[relation]);
	const key = (entry: unknown) => `${String(asObject(entry).type)} ${String(asObject(entry).id)}`;
	const others = [data ?? []].flat().map(key).filter((entry) => entry !== key(record));
	const list = asObject(answer).included;
	if (others.length === 0) return undefined;
	if (!Array.isArray(list) || list.length === 0) return false;
	return list.some((entry) => others.includes(key(entry))) || undefined;
}

interface Form {
	fact: string;
	/** The new syntax, which reads values literally. */
	long?: boolean;
	/** From the time of a record: what must give it back, and what must not. */
	own(time: string): Pick<Condition, 'operator' | 'values'>;
	foreign: Pick<Condition, 'operator' | 'values'>;
}

const later = (time: string, by: number) => new Date(Date.parse(time) + by).toISOString();

const EARLY = '1971-01-01T00:00:00.000Z';
const LATE = '2999-12-31T00:00:00.000Z';

/** Forms of filters in which documents and live requests of others disagree. */
const FORMS: Form[] = [
	{ fact: 'filter form neginf..x', own: (time) => ({ operator: 'atMost', values: [later(time, 1_000)] }), foreign: { operator: 'atMost', values: [EARLY] } },
	{ fact: 'filter form x..inf', own: (time) => ({ operator: 'atLeast', values: [later(time, -1_000)] }), foreign: { operator: 'atLeast', values: [LATE] } },
	{ fact: 'filter forms __notnull__ and __null__', own: () => ({ operator: 'notEmpty', values: [] }), foreign: { operator: 'empty', values: [] } },
	{ fact: 'filter form [gte] with newFilterSyntax', long: true, own: (time) => ({ operator: 'atLeast', values: [later(time, -1_000)] }), foreign: { operator: 'atLeast', values: [LATE] } },
	{ fact: 'filter form [lte] with newFilterSyntax', long: true, own: (time) => ({ operator: 'atMost', values: [later(time, 1_000)] }), foreign: { operator: 'atMost', values: [EARLY] } },
];

/** The grammars of filters, on the first list with a record. */
async function grammar(lab: Lab): Promise<void> {
	const { ledger, api } = lab;
	const field = 'createdAt';
	const place = lab.open.find(({ resource, records }) => records.length > 0 && resource.fields.some((f) => f.name === field && f.filter) && typeof api.value(records[0], field) === 'string');
	if (!place) {
		for (const { fact } of FORMS) ledger.skip('Connection', fact, WHY.noRecord);
		return;
	}
	const { resource, records } = place;
	const [record] = records;
	const time = String(api.value(record, field));
	const ask = async (conditions: Condition[], long: boolean) =>
		await lab.page(resource, { method: 'GET', path: resource.path, query: [...filterPairs(conditions, long), [`fields[${resource.name}]`, field], ['page[size]', '25']] });
	for (const { fact, long = false, own, foreign } of FORMS) {
		const found = await ask([{ path: [field], ...own(time) }], long);
		const none = found.ok === true && lab.has(found, record) ? await ask([{ path: [field], ...foreign }], long) : undefined;
		if (found.ok === undefined || none?.ok === undefined && none) ledger.skip('Connection', fact, WHY.limit);
		else if (none?.ok === true && none.records.length === 0) ledger.ok('Connection', fact);
		else {
			const bad = none ?? found;
			ledger.differs({
				resource: 'Connection',
				fact,
				expected: 'limits a list to what it says',
				found: bad.ok === false ? bad.found : none ? 'has no effect' : 'gives the record not back',
				meaning: long ? 'Filters whose values hold commas or two dots fail' : 'Filters with open ranges or for empty values fail or give other records',
				remedy: long ? 'Do not filter by values with commas or two dots.' : 'Use Is Between with two values. Paste the text under "report" into an issue of the repository of this node.',
			});
		}
	}
}

/** The REST API. */
export const checkApi = check({
	most: 120,
	first: ['prospect', 'account', 'user', 'sequence', 'sequenceState', 'mailbox', 'task', 'role', 'profile', 'team', 'mailing', 'event', 'opportunity', 'template', 'stage', 'persona', 'call'],
	scope(resource, status, body) {
		const { errors } = asObject(body);
		if (status !== 403 || !Array.isArray(errors) || asObject(errors[0]).id !== 'unauthorizedOauthScope') return undefined;
		return `${resource.path.startsWith('/customObjects/') ? 'customObjectRecords' : resource.path.slice(1)}.read`;
	},
	included,
	probes: grammar,
});

/** Documents of the service about itself, and what of them the node relies on. */
const DOCUMENTS: Array<{ path: string; holds: string; valid(body: unknown): boolean }> = [
	{ path: '/ServiceProviderConfig', holds: 'that PATCH and filters are supported', valid: (body) => asObject(asObject(body).patch).supported === true && asObject(asObject(body).filter).supported === true },
	{ path: '/Schemas', holds: 'the schemas of users and groups', valid: (body) => ['core:2.0:User', 'core:2.0:Group'].every((name) => listOf(body).some(({ id }) => String(id).endsWith(name))) },
	{ path: '/ResourceTypes', holds: 'users and groups', valid: (body) => ['/Users', '/Groups'].every((path) => listOf(body).some(({ endpoint }) => String(endpoint).endsWith(path))) },
];

const listOf = (body: unknown): IDataObject[] => [asObject(body).Resources ?? body].flat().map(asObject);

/** The SCIM service. */
export const checkScim = check({
	most: 120,
	first: ['scimUser'],
	omitsEmpty: true,
	oneFilter: true,
	async probes(lab) {
		for (const { path, holds, valid } of DOCUMENTS) {
			const reply = await lab.ask({ method: 'GET', path });
			if (reply.ok === undefined) lab.ledger.skip('SCIM Connection', path.slice(1), WHY[reply.why]);
			else if (reply.ok && valid(reply.body)) lab.ledger.ok('SCIM Connection', path.slice(1));
			else {
				lab.ledger.differs({
					resource: 'SCIM Connection',
					fact: path.slice(1),
					expected: `tells ${holds}`,
					found: reply.ok ? 'does not tell it' : reply.found,
					meaning: 'Identity providers that read it may not work. The node does not need it',
					remedy: 'None. Paste the text under "report" into an issue of the repository of this node.',
				});
			}
		}
	},
});
