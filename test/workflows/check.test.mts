/** Connection: Check against the strict simulators, and against each way in which a vendor can differ from its documents. */
import type { IDataObject } from 'n8n-workflow';
import { branchCms } from '../../dist/nodes/BranchCms/vendor.js';
import { outreach } from '../../dist/nodes/Outreach/vendor.js';
import { outseta } from '../../dist/nodes/Outseta/vendor.js';
import { checkable } from '../../dist/nodes/shared/spec/connection.js';
import { userlot } from '../../dist/nodes/Userlot/vendor.js';
import type { NodeResult } from '../harness/index.mts';
import type { Lie } from '../simulator/lies.mts';
import type { RecordedRequest } from '../simulator/server.mts';
import { outsetaLab } from './outseta-support.mts';
import { outreachLab } from './support.mts';
import { branchCmsLab, userlotLab } from './vendor-support.mts';

interface Summary extends IDataObject {
	verified: number;
	differing: number;
	notTestable: Array<{ why: string; resource: string; facts: string[] }> & IDataObject[];
	missingScopes: string;
	rightValues: IDataObject[];
	requests: number;
	report: string;
}

/** What a check gave: its summary, and the differences as `Resource: fact = found`. */
function read(result: NodeResult): { summary: Summary; found: string[]; items: IDataObject[] } {
	expect(result.error).toBeUndefined();
	const items = result.json as IDataObject[];
	expect(items[0].kind).toBe('summary');
	for (const item of items.slice(1)) {
		for (const part of ['resource', 'fact', 'expected', 'found', 'meaning', 'remedy']) expect(item[part]).toEqual(expect.stringMatching(/./));
	}
	const summary = items[0] as Summary;
	expect(summary.differing).toBe(items.length - 1);
	return { summary, items, found: items.slice(1).map(({ resource, fact, found }) => `${String(resource)}: ${String(fact)} = ${String(found)}`) };
}

/** Only reads were sent, and as many as the summary says. */
function bounded(requests: RecordedRequest[], most: number, { requests: told }: Summary): void {
	expect(requests.filter(({ method }) => method !== 'GET')).toEqual([]);
	expect(requests.length).toBe(told);
	expect(told).toBeLessThanOrEqual(most);
}

const options = (resources: string[]): IDataObject => (resources.length === 0 ? {} : { options: { resources } });

/** A difference: where it is switched on, in which resources it is looked for, and what has to be found. */
type Case = [what: string, lie: Lie, resources: string[], found: string[]];

const REFUSED = 'refused (400)';

/** What tells records apart: addresses, ids, and names of several words. */
const telling = (records: unknown[]): string[] => {
	const texts: string[] = [];
	JSON.stringify(records, (_key, value: unknown) => {
		if (typeof value === 'string' && (/@|^https?:|^[0-9a-f-]{36}$|^\w{8}$/.test(value) || /^\p{Lu}\S+ \p{Lu}\S+/u.test(value))) texts.push(value);
		return value;
	});
	return [...new Set(texts)];
};

/** Nothing of the records is in the items. */
function tellsNothingOf(items: IDataObject[], records: unknown[], more: string[]): void {
	const told = JSON.stringify(items).toLowerCase();
	const values = telling(records);
	expect(values.length).toBeGreaterThan(5);
	expect([...values, ...more].filter((value) => told.includes(value.toLowerCase()))).toEqual([]);
}

describe('Outreach', () => {
	const lab = outreachLab();
	const run = async (resources: string[] = []) => await lab.run('connection', 'check', { authentication: 'oAuth2', ...options(resources) });
	const requests = () => lab.sim.requests.filter(({ path }) => path.startsWith('/api/v2'));

	test('as documented, it reports no difference and keeps to 120 requests', async () => {
		const { summary, found } = read(await run());
		expect(found).toEqual([]);
		expect(summary.verified).toBeGreaterThan(1_000);
		expect(summary.notTestable).toContainEqual({ why: 'no record to test with', resource: 'Batch', facts: ['attributes, filters, orders and includes'] });
		expect(summary.missingScopes).toBe('');
		bounded(requests(), 120, summary);
	});

	test.each(checkable(outreach.resources, undefined).map(({ name }) => name))('%s alone is as documented, and is tested in full', async (name) => {
		const { summary, found } = read(await run([name]));
		expect(found).toEqual([]);
		expect(summary.notTestable.filter(({ why }) => why.startsWith('the limit'))).toEqual([]);
		bounded(requests(), 120, summary);
	});

	const cases: Case[] = [
		['a resource that the plan lacks', { drift: { closed: { '/calls': 402 } } }, ['call', 'user'], ['Call: read = refused: not part of the plan (402)']],
		['a resource that is gone', { drift: { closed: { '/calls': 404 } } }, ['user', 'call'], ['Call: read = there is nothing at this address (404)']],
		['a resource that fails', { drift: { closed: { '/calls': 500 } } }, ['user', 'call'], ['Call: read = fails (500)']],
		['attributes that are refused', { drift: { unknown: ['title', 'nickname'] } }, ['prospect'], [`Prospect: attribute nickname = ${REFUSED}`, `Prospect: attribute title = ${REFUSED}`]],
		['an attribute that is missing', { drift: { lack: ['nickname'] } }, ['prospect'], ['Prospect: attribute nickname = in none of 10 records']],
		['filters that are refused', { drift: { refuse: ['filter[title]', 'filter[owner][id]'] } }, ['prospect'], [`Prospect: filter by title = ${REFUSED}`, `Prospect: filter by owner.id = ${REFUSED}`]],
		['a filter that loses records', { drift: { empty: ['filter[title]'] } }, ['prospect'], ['Prospect: filter by title = gives the record not back']],
		['filters that are ignored', { ignoreFilters: ['filter[emails]', 'filter[owner][id]'] }, ['prospect'], ['Prospect: filter by emails = has no effect', 'Prospect: filter by owner.id = has no effect']],
		['the filter by ID refused', { drift: { refuse: ['filter[id]'] } }, ['user'], [`User: filter by id = ${REFUSED}`]],
		['orders that are refused', { drift: { refuseNames: ['-email', 'email'] } }, ['user'], [`User: sort by email = ${REFUSED}`]],
		['orders that are ignored', { ignoreFilters: ['sort'] }, ['prospect'], ['Prospect: sort by updatedAt = has no effect']],
		['an include that is refused', { drift: { refuseNames: ['role'] } }, ['user'], [`User: include role = ${REFUSED}`]],
		['includes that are ignored', { ignoreFilters: ['include'] }, ['mailbox'], ['Mailbox: include creator = has no effect', 'Mailbox: include updater = has no effect', 'Mailbox: include user = has no effect']],
		['pages that are too large', { maxPage: 250 }, ['role'], ['Role: page of 1000 = fails (500); 250 work']],
		['pages that are cut', { drift: { capPage: 3 } }, ['user'], ['User: page of 1000 = fewer come; 3 work']],
		['a second page like the first', { ignoreFilters: ['page[after]'] }, ['user'], ['User: second page = the same records']],
		['a search that is ignored', { ignoreFilters: ['filter[q]'] }, ['account'], ['Account: search = has no effect']],
		['a search that does not find', { drift: { empty: ['filter[q]'] } }, ['account'], ['Account: search = does not find the beginning of a word']],
		['custom fields that are closed', { drift: { closed: { '/types': 403 } } }, ['opportunity'], ['Opportunity: custom fields = refused: no permission (403)']],
		['custom objects that are closed', { drift: { closed: { '/schema.json': 403 } } }, ['role', 'customObject'], ['Custom Object: definitions = refused: no permission (403)']],
		['single records that are closed', { drift: { closed: { '/roles/*': 404 } } }, ['role'], ['Role: read one = there is nothing at this address (404)']],
		['no headers of the rate limit', { drift: { withoutHeaders: ['x-ratelimit-remaining'] } }, ['role'], ['Connection: rate limit headers = missing']],
		['another clock', { drift: { behind: 300_000 } }, ['role'], [expect.stringMatching(/^Connection: clock = (299|300|301) seconds ahead$/) as unknown as string]],
		['ranges that must not be open to the left', { drift: { refuse: ['filter[createdAt]=neginf'] } }, ['user'], [`Connection: filter form neginf..x = ${REFUSED}`]],
		['ranges that must not be open to the right', { drift: { refuse: ['filter[createdAt]=..inf'] } }, ['user'], [`Connection: filter form x..inf = ${REFUSED}`]],
		['the new filter syntax without [lte]', { ignoreFilters: ['filter[createdAt][lte]'] }, ['user'], ['Connection: filter form [lte] with newFilterSyntax = has no effect']],
		['the new filter syntax without [gte]', { drift: { refuse: ['filter[createdAt][gte]'] } }, ['user'], [`Connection: filter form [gte] with newFilterSyntax = ${REFUSED}`]],
	];

	test.each(cases)('names %s, and nothing else', async (_what, lie, resources, found) => {
		lab.connect();
		lab.sim.lie(lie);
		const result = read(await run(resources));
		expect([...result.found].sort()).toEqual([...found].sort());
		bounded(requests(), 120, result.summary);
	});

	test('offers the size of a page that works', async () => {
		lab.sim.lie({ maxPage: 250 });
		expect(read(await run(['role'])).summary.rightValues).toEqual([{ option: 'Limit', value: 'at most 250' }]);
	});

	test('lists missing scopes as the credential takes them', async () => {
		lab.connect({}, lab.sim.issueToken({ scopes: ['users.read', 'roles.all', 'customObjectRecords.read'] }));
		const { summary, items, found } = read(await run(['user', 'role', 'prospect', 'task']));
		expect(summary.missingScopes).toBe('prospects.read tasks.read');
		expect(found).toEqual(['Prospect: read = the connection lacks the scope prospects.read', 'Task: read = the connection lacks the scope tasks.read']);
		expect(items[1].remedy).toContain('prospects.read');
	});

	test('an app with a key of its own is asked only for what that covers', async () => {
		lab.harness.credentials.set('outreachS2SApi', { advanced: true, baseUrl: lab.sim.url, ...lab.sim.installation });
		const { summary, found } = read(await lab.run('connection', 'check', { authentication: 's2s', options: { resources: ['prospect', 'role', 'user'] } }));
		expect(found).toEqual([]);
		expect(summary.notTestable).toContainEqual({ why: 'this kind of key does not cover it', resource: 'Role', facts: ['read'] });
		bounded(requests(), 120, summary);
	});

	test('without a usable connection it says so with one request', async () => {
		lab.sim.revokeRefreshToken();
		lab.connect({}, { accessToken: 'wrong', refreshToken: 'wrong' });
		const result = await run();
		expect(requests().length).toBeLessThanOrEqual(2);
		expect(JSON.stringify([result.json, result.error?.message])).toMatch(/not signed in|reconnect|credential|token/i);
	});

	test('a web page in place of the API ends the check', async () => {
		lab.sim.addFault({ match: {}, kind: 'html', status: 200, times: -1 });
		const { found } = read(await run());
		expect(found).toEqual(['Connection: connect = a web page in place of data']);
	});

	test('runs once for all items, and refuses resources that it does not know before anything is sent', async () => {
		const result = await lab.run('connection', 'check', { authentication: 'oAuth2', options: { resources: ['role'] } }, [{}, {}]);
		expect(result.json).toHaveLength(1);
		lab.sim.clearRequests();
		const { error } = await run(['roles']);
		expect(error?.message).toContain('"roles" cannot be checked');
		expect(lab.sim.requests).toEqual([]);
	});

	test('offers the resources of the connection', async () => {
		const offered = async (resource: string) => (await lab.load('outreach', 'loadOptions', 'getCheckable', { currentNodeParameters: { resource, operation: 'check' } })).map(({ value }) => value);
		expect(await offered('scimConnection')).toEqual(['scimGroup', 'scimUser']);
		expect(await offered('connection')).toEqual(expect.arrayContaining(['prospect', 'customObject']));
		expect(await offered('connection')).not.toContain('scimUser');
	});

	test('waits for the rate limit, and counts refused requests', async () => {
		lab.sim.setRateLimit({ limit: 12, windowMs: 1_000, retryAfter: 'seconds' });
		const { summary, found } = read(await run(['prospect']));
		expect(found).toEqual([]);
		expect(requests().some(({ status }) => status === 429)).toBe(true);
		bounded(requests(), 120, summary);
	}, 60_000);

	test('no value of a record leaves the node', async () => {
		const MARK = 'Zz9Marked';
		// In every text of every record, and as a name of the organization.
		for (const type of ['prospect', 'account', 'user', 'sequence', 'mailbox', 'task', 'role', 'team', 'template', 'persona', 'stage']) {
			for (const { id, attributes } of lab.sim.records(type)) {
				const marked = Object.fromEntries(Object.entries(attributes).flatMap(([name, value]) => (typeof value === 'string' && !/\d{4}-\d{2}-\d{2}T/.test(value) ? [[name, `${MARK} ${value}`]] : [])));
				lab.sim.update(type, id, { attributes: marked });
			}
		}
		// Refusals that repeat what they were asked for.
		lab.sim.lie({ drift: { refuse: ['filter[name]'], lack: ['email'], empty: ['filter[username]'] } });
		const result = await run();
		expect(requests().some(({ search }) => search.includes(MARK))).toBe(true);
		const { summary } = read(result);
		expect(summary.differing).toBeGreaterThan(3);
		const told = JSON.stringify([result.json, result.hints]);
		expect(told).not.toContain(MARK);
		for (const secret of [lab.sim.accessToken, lab.sim.clientSecret, 'acme', 'example', lab.sim.url]) expect(told.toLowerCase()).not.toContain(secret.toLowerCase());
	});
});

describe('Outreach SCIM', () => {
	const lab = outreachLab();
	const run = async () => {
		lab.harness.credentials.set('outreachScimApi', { baseUrl: `${lab.sim.url}/scim/v2`, token: lab.sim.scimToken });
		return await lab.run('scimConnection', 'check', {});
	};
	const requests = () => lab.sim.requests.filter(({ path }) => path.startsWith('/scim'));

	test('as documented, it reports no difference', async () => {
		const { summary, found } = read(await run());
		expect(found).toEqual([]);
		bounded(requests(), 120, summary);
		expect(requests().map(({ path, search }) => `${path.slice(8)}?${search}`)).toEqual(expect.arrayContaining(['/ServiceProviderConfig?', '/Schemas?', '/ResourceTypes?', '/Users?filter=userName eq "ada.admin@acme.example"&startIndex=1&count=25', '/Users?filter=externalId eq "no such value 2999-12-31"&startIndex=1&count=1']));
	});

	test.each<[string, Lie, string[]]>([
		['closed documents', { drift: { closed: { '/Schemas': 404, '/ResourceTypes': 501 } } }, ['SCIM Connection: Schemas = there is nothing at this address (404)', 'SCIM Connection: ResourceTypes = fails (501)']],
		['a service without PATCH', { drift: { lack: ['patch'] } }, ['SCIM Connection: ServiceProviderConfig = does not tell it']],
		['filters that are ignored', { ignoreFilters: ['filter'] }, ['SCIM User: filter by externalId = has no effect', 'SCIM User: filter by userName = has no effect', 'SCIM Group: filter by externalId = has no effect']],
		['groups that are closed', { drift: { closed: { '/Groups': 403 } } }, ['SCIM Group: read = refused: no permission (403)']],
	])('names %s, and nothing else', async (_what, lie, found) => {
		lab.sim.lie(lie);
		expect([...read(await run()).found].sort()).toEqual([...found].sort());
	});
});

describe('Outseta', () => {
	const lab = outsetaLab();
	const run = async (resources: string[] = []) => await lab.run('connection', 'check', options(resources));

	test('as documented, it reports no difference and keeps to 60 requests', async () => {
		const { summary, found } = read(await run());
		expect(found).toEqual([]);
		bounded(lab.calls(), 60, summary);
	});

	test('no value of a record leaves the node', async () => {
		lab.sim.lie({ drift: { lack: ['Timezone'], empty: ['LastName'] }, ignoreFilters: ['Email'] });
		const { items, summary } = read(await run(['person', 'account', 'emailList']));
		expect(summary.differing).toBe(3);
		tellsNothingOf(items, ['Person', 'Account', 'EmailList'].map((type) => lab.sim.records(type)), [lab.sim.url, lab.sim.apiKey, lab.sim.apiSecret]);
	});

	test.each(checkable(outseta.resources, undefined).map(({ name }) => name))('%s alone is as documented', async (name) => {
		const { summary, found } = read(await run([name]));
		expect(found).toEqual([]);
		bounded(lab.calls(), 60, summary);
	});

	const cases: Case[] = [
		['a closed resource', { drift: { closed: { '/crm/deals': 403 } } }, ['person', 'deal'], ['Deal: read = refused: no permission (403)']],
		['an attribute that is refused', { drift: { unknown: ['Timezone'] } }, ['person'], [`Person: attribute Timezone = ${REFUSED}`]],
		['an attribute that is missing', { drift: { lack: ['Timezone'] } }, ['person'], ['Person: attribute Timezone = in none of 9 records']],
		['filters that are refused', { drift: { refuse: ['Title', 'Title__isnull'] } }, ['person'], [`Person: filter by Title = ${REFUSED}`]],
		['filters that are ignored', { ignoreFilters: ['Email'] }, ['person'], ['Person: filter by Email = has no effect']],
		['an order that is refused', { drift: { refuseNames: ['Updated'] } }, ['plan'], [`Plan: sort by Updated = ${REFUSED}`]],
		['orders that are ignored', { ignoreFilters: ['orderBy'] }, ['person'], ['Person: sort by Updated = has no effect']],
		['an offset that counts records', { drift: { recordOffsets: true } }, ['person'], ['Connection: offset counts pages = begins with record 2']],
		['pages of 25 throughout', { drift: { capPage: 25, namedLimit: 25 } }, ['plan'], ['Connection: pages of records alone = at most 25 records']],
		['large pages also with child objects', { drift: { namedLimit: 100 } }, ['plan'], ['Connection: pages with child objects = at most 100 records']],
		['a search that is ignored', { ignoreFilters: ['q'] }, ['account'], ['Account: search = has no effect']],
		['custom properties that are closed', { drift: { closed: { '/attributes/Person/definitions': 403 } } }, ['person'], ['Person: custom fields = refused: no permission (403)']],
	];

	test.each(cases)('names %s, and nothing else', async (_what, lie, resources, found) => {
		lab.sim.lie(lie);
		const result = read(await run(resources));
		expect([...result.found].sort()).toEqual([...found].sort());
		bounded(lab.calls(), 60, result.summary);
	});
});

describe('BranchCMS', () => {
	const lab = branchCmsLab();
	const run = async (resources: string[] = []) => await lab.run('connection', 'check', options(resources) as never);

	test.each([[[]], ...checkable(branchCms.resources, undefined).map(({ name }) => [[name]])])('as documented (%j), it reports no difference and keeps to 15 requests', async (resources) => {
		const { summary, found } = read(await run(resources as string[]));
		expect(found).toEqual([]);
		bounded(lab.sim.requests, 15, summary);
	});

	test.each<Case>([
		['an attribute that does not exist', { drift: { lack: ['pager'] } }, ['account'], [expect.stringMatching(/^Account: attribute pager = in none of \d+ records$/) as unknown as string]],
		['filters in the other form', { drift: { colonFilters: true } }, ['account'], ['Connection: filter form = attributes=name:value']],
		['filters in no form', { ignoreFilters: ['attributes', ...['id', 'email', 'title', 'company', 'username'].map((name) => `attributes[${name}]`)] }, ['account'], ['Connection: filter form = no known form has an effect']],
		['an order by ID that is ignored', { ignoreFilters: ['sort'] }, ['account'], ['Account: sort by id = has no effect']],
		['a filter that is ignored', { ignoreFilters: ['attributes[title]'] }, ['event'], ['Connection: filter form = no known form has an effect']],
		['a second page like the first', { ignoreFilters: ['page'] }, ['event'], ['Calendar Event: second page = the same records']],
		['a closed resource', { drift: { closed: { '/calendar/events': 404 } } }, [], ['Calendar Event: read = there is nothing at this address (404)']],
	])('names %s, and nothing else', async (_what, lie, resources, found) => {
		lab.sim.lie(lie);
		const result = read(await run(resources));
		expect(result.found).toEqual(found);
		bounded(lab.sim.requests, 15, result.summary);
	});

	test('offers the form of filters that works', async () => {
		lab.sim.lie({ drift: { colonFilters: true } });
		expect(read(await run()).summary.rightValues).toEqual([{ option: 'Filter Form', value: 'Colon' }]);
	});

	test('no value of a record leaves the node', async () => {
		lab.sim.lie({ drift: { lack: ['pager'], colonFilters: true } });
		const { items } = read(await run());
		tellsNothingOf(items, ['account', 'event'].map((type) => lab.sim.records(type)), [lab.sim.url, lab.sim.token]);
	});
});

describe('Userlot', () => {
	const lab = userlotLab();
	const run = async (resources: string[] = []) => await lab.run('connection', 'check', options(resources) as never);

	test.each([[[]], ...checkable(userlot.resources, undefined).map(({ name }) => [[name]])])('as documented (%j), it reports no difference and keeps to 15 requests', async (resources) => {
		const { summary, found } = read(await run(resources as string[]));
		expect(found).toEqual([]);
		bounded(lab.sim.requests, 15, summary);
	});

	test.each<Case>([
		['lists in a wrapper', { drift: { wrap: 'data' } }, ['team', 'companyStatus'], ['Company Status: shape of the list = a list under "data"', 'Team: shape of the list = a list under "data"']],
		['lists in pages', { drift: { pages: 3 } }, ['company'], ['Connection: lists come whole = pages']],
		['a request that does not exist', { drift: { closed: { '/companies/*/revenue': 404 } } }, [], ['Company: Get Revenue = there is nothing at this address (404)']],
		['single records that are closed', { drift: { closed: { '/end_users/*': 405 } } }, ['endUser'], ['End User: read one = refused (405)']],
		['an attribute that does not exist', { drift: { lack: ['health_score_diff'] } }, ['company'], [expect.stringMatching(/^Company: attribute health_score_diff = in none of \d+ records$/) as unknown as string]],
		['definitions without a key', { drift: { lack: ['attribute', 'label'] } }, ['companyField'], ['Company Field: attribute name = in none of 4 records', 'Company Field: definitions = some do not']],
		['a filter that is ignored', { ignoreFilters: ['external_id'] }, ['company'], ['Company: filter by external_id = has no effect']],
		['a filter that is refused', { drift: { refuse: ['name'] } }, ['company'], [`Company: filter by name = ${REFUSED}`]],
		['a closed list', { drift: { closed: { '/teams': 404 } } }, [], ['Team: read = there is nothing at this address (404)']],
	])('names %s, and nothing else', async (_what, lie, resources, found) => {
		lab.sim.lie(lie);
		const result = read(await run(resources));
		expect(result.found).toEqual(found);
		bounded(lab.sim.requests, 15, result.summary);
	});

	test('no value of a record leaves the node', async () => {
		lab.sim.lie({ drift: { wrap: 'globex_inc', lack: ['health_score_diff'] }, ignoreFilters: ['external_id'] });
		const { items, summary } = read(await run());
		expect(summary.differing).toBeGreaterThan(6);
		tellsNothingOf(items, ['company', 'endUser'].map((type) => lab.sim.records(type)), [lab.sim.url, lab.sim.apiKey, 'globex_inc']);
	});
});
