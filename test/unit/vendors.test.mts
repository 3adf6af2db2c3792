/** The wire protocols of the vendors, function by function. */
import type { IDataObject } from 'n8n-workflow';
import { branchCmsApi, siteUrl } from '../../dist/nodes/BranchCms/wire/api.js';
import { filterPairs } from '../../dist/nodes/Outreach/wire/filters.js';
import { outreach } from '../../dist/nodes/Outreach/vendor.js';
import { outreachApi } from '../../dist/nodes/Outreach/wire/api.js';
import type { Call } from '../../dist/nodes/shared/wire/api.js';
import { originOf } from '../../dist/nodes/shared/wire/address.js';
import type { Condition, FilterOperator } from '../../dist/nodes/shared/spec/query.js';
import { resourceOf } from '../../dist/nodes/shared/wire/vendor.js';

const condition = (path: string, operator: FilterOperator, ...values: string[]): Condition => ({ path: path.split('.'), operator, values });
const user = resourceOf(outreach, 'user');

describe('originOf', () => {
	const origin = (given: unknown) => originOf(given, 'Site Address', 'https://www.example.com');

	test.each([
		['https://www.example.com', 'https://www.example.com'],
		[' https://www.example.com// ', 'https://www.example.com'],
		['http://localhost:5679/', 'http://localhost:5679'],
		['HTTPS://WWW.Example.COM', 'https://www.example.com'],
		['https://example.com:443', 'https://example.com'],
		['www.example.com', 'https://www.example.com'],
		['cms.example.com:8443/', 'https://cms.example.com:8443'],
	])('"%s" is %s', (given, expected) => expect(origin(given)).toBe(expected));

	test.each([
		[undefined, 'Site Address is missing, such as https://www.example.com'],
		['  ', 'Site Address is missing'],
		['127.0.0.1', 'Site Address "127.0.0.1" is not an address. It must start with https://'],
		['example', 'is not an address'],
		['ftp://example.com', 'is not an address'],
		['https://', 'is not an address'],
		['https://exa mple.com', 'is not an address'],
		['javascript:alert(1)', 'is not an address'],
		['https://example.com/shop', 'must be the host alone'],
		['https://example.com?x=1', 'must be the host alone'],
		['https://example.com/#top', 'must be the host alone'],
		['https://me:hush@example.com', 'must be the host alone'],
	])('"%s" is refused', (given, message) => expect(() => origin(given)).toThrow(message));

	test('a password in it is not repeated', () => {
		for (const address of ['https://me:hush@example.com', 'https://hush@example.com/x', 'ftp://me:hush@example.com']) {
			expect(() => origin(address)).toThrow(/^(?!.*hush)/);
		}
	});
});

describe('filters of Outreach', () => {
	test.each<[Condition[], Array<[string, string]>]>([
		[[condition('name', 'equals', 'x')], [['filter[name]', 'x']]],
		[[condition('id', 'oneOf', '1', '2')], [['filter[id]', '1,2']]],
		[[condition('owner.id', 'equals', '7')], [['filter[owner][id]', '7']]],
		[[condition('createdAt', 'between', 'a', 'b')], [['filter[createdAt]', 'a..b']]],
		[[condition('createdAt', 'atLeast', 'a')], [['filter[createdAt]', 'a..inf']]],
		[[condition('createdAt', 'atMost', 'a')], [['filter[createdAt]', 'neginf..a']]],
		[[condition('domain', 'empty')], [['filter[domain]', '__null__']]],
		[[condition('domain', 'notEmpty')], [['filter[domain]', '__notnull__']]],
		[[], []],
	])('%j in the short syntax', (conditions, pairs) => expect(filterPairs(conditions)).toEqual(pairs));

	test.each(['Smith, Ada', 'a..b', '__null__', 'inf', 'neginf'])('a value such as "%s" takes the long syntax, for all filters of the request', (value) => {
		const conditions = [
			condition('name', 'equals', value),
			condition('id', 'oneOf', '1', '2'),
			condition('createdAt', 'between', 'a', 'b'),
			condition('updatedAt', 'atLeast', 'c'),
			condition('touchedAt', 'atMost', 'd'),
			condition('domain', 'empty'),
		];
		expect(filterPairs(conditions)).toEqual([
			['filter[name][]', value],
			['filter[id][]', '1'],
			['filter[id][]', '2'],
			['filter[createdAt][gte]', 'a'],
			['filter[createdAt][lte]', 'b'],
			['filter[updatedAt][gte]', 'c'],
			['filter[touchedAt][lte]', 'd'],
			['filter[domain]', '__null__'],
			['newFilterSyntax', 'true'],
		]);
	});

	test('on request, too', () => {
		expect(filterPairs([condition('name', 'equals', 'x')], true)).toEqual([['filter[name][]', 'x'], ['newFilterSyntax', 'true']]);
	});

	test('operators fit the type', () => {
		const of = (type: 'boolean' | 'string' | 'dateTime' | 'integer') => outreachApi.operators({ name: 'x', type });
		expect(of('boolean')).toEqual(['equals']);
		expect(of('string')).not.toContain('between');
		expect(of('dateTime')).toContain('between');
		expect(of('integer')).toContain('atLeast');
	});
});

describe('requests of Outreach', () => {
	test('a list asks for everything at once', () => {
		const query = {
			conditions: [condition('email', 'equals', 'a@b.de')],
			search: 'ad',
			sort: [{ field: 'email', descending: false }, { field: 'id', descending: true }],
			include: ['role', 'profile.users'],
			only: ['email', 'role'],
		};
		expect(outreachApi.listQuery(user, query, 17)).toEqual([
			['filter[email]', 'a@b.de'],
			['filter[q]', 'ad'],
			['sort', 'email,-id'],
			['include', 'role,profile.users'],
			['fields[user]', 'email,role,profile'],
			['page[size]', '17'],
		]);
	});

	test('a body is a document', () => {
		expect(outreachApi.encode(user, { fields: { title: 'x' }, links: { role: { resource: 'role', id: '7' }, teams: [{ resource: 'team', id: 1 }], profile: null } }, 'POST')).toEqual({
			data: {
				type: 'user',
				attributes: { title: 'x' },
				relationships: { role: { data: { type: 'role', id: 7 } }, teams: { data: [{ type: 'team', id: 1 }] }, profile: { data: null } },
			},
		});
		expect(outreachApi.encode(user, { id: 3, fields: {}, links: {} }, 'PATCH')).toEqual({ data: { type: 'user', id: 3 } });
	});

	const call: Call = { method: 'GET', path: '/users', query: [['page[size]', '2'], ['sort', 'id']] };

	test('the next page is taken from its link, but never from another host', () => {
		const next = (link: unknown) => outreachApi.nextPage(call, { data: [], links: { next: link } }, user);
		expect(next('https://evil.example/api/v2/users?page%5Bafter%5D=abc%2B&page[size]=2')).toEqual({ ...call, query: [['page[after]', 'abc+'], ['page[size]', '2']] });
		expect(next('/api/v2/users?page[after]=x')).toEqual({ ...call, query: [['page[after]', 'x']] });
		for (const end of [undefined, null, '']) expect(next(end)).toBeUndefined();
		expect(outreachApi.nextPage(call, { data: [] }, user)).toBeUndefined();
	});

	test('an answer without a list is none', () => {
		expect(() => outreachApi.records({ data: {} })).toThrow('Outreach did not return a list of records');
		expect(() => outreachApi.records(undefined)).toThrow();
	});
});

describe('limits of Outreach', () => {
	const now = Date.UTC(2026, 0, 1);
	const wait = (headers: Record<string, string>) => outreachApi.retryAfter!(headers, now);

	test.each([
		[{ 'retry-after': '30' }, 30_000],
		[{ 'retry-after': '0' }, 0],
		[{ 'retry-after': String(now / 1000 + 90) }, 90_000],
		[{ 'retry-after': String(now / 1000 - 90) }, 0],
		[{ 'retry-after': 'Thu, 01 Jan 2026 00:00:10 GMT' }, 10_000],
		[{ 'retry-after': 'Thu, 01 Jan 2015 00:00:10 GMT' }, 0],
		[{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 + 60) }, 60_000],
		// Every answer names the end of the hour; it is no wait while there is allowance left.
		[{ 'x-ratelimit-remaining': '7', 'x-ratelimit-reset': String(now / 1000 + 60) }, undefined],
		[{ 'x-ratelimit-reset': String(now / 1000 + 60) }, undefined],
		[{ 'retry-after': '5', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 + 60) }, 5_000],
		[{ 'retry-after': 'soon' }, undefined],
		[{}, undefined],
	])('%j means %s ms', (headers, ms) => expect(wait(headers as Record<string, string>)).toBe(ms));

	test.each([
		[{ 'x-ratelimit-remaining': '12', 'x-ratelimit-reset': '1767225600' }, { remaining: 12, resetsAt: 1767225600000 }],
		[{ 'x-ratelimit-remaining': '9000, 58' }, { remaining: 58, resetsAt: undefined }],
		[{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '60' }, { remaining: 0, resetsAt: undefined }],
		[{ 'x-ratelimit-remaining': 'many' }, { remaining: undefined, resetsAt: undefined }],
		[{}, { remaining: undefined, resetsAt: undefined }],
	])('%j allows %j', (headers, allowed) => expect(outreachApi.allowance!(headers as Record<string, string>)).toEqual(allowed));
});

describe('errors of Outreach', () => {
	const explain = (body: unknown, status = 422) => outreachApi.explain(status, body, {});

	test('the reason, with the field it points at unless it names it', () => {
		expect(explain({ errors: [{ id: 'validationError', title: 'Validation Error', detail: "can't be blank", source: { pointer: '/data/attributes/firstName' } }] }).reason).toBe("firstName: can't be blank");
		expect(explain({ errors: [{ detail: 'Email is wrong', source: { pointer: '/data/attributes/email' } }] }).reason).toBe('Email is wrong');
		expect(explain({ errors: [{ detail: 'must exist', source: { pointer: '/data/relationships/owner/data' } }] }).reason).toBe('owner: must exist');
		expect(explain({ errors: [{ title: 'One' }, { id: 'two' }, {}] }).reason).toBe('One; two');
	});

	test('what to do', () => {
		expect(explain({ errors: [{ detail: 'Email has already been taken' }] }).remedy).toContain('Create or Update');
		expect(explain({ errors: [{ id: 'unauthorizedOauthScope', detail: 'needs users.write' }] }, 403).remedy).toContain('scope');
		expect(explain({ errors: [{ id: 'neverHeardOf' }] }).remedy).toBeUndefined();
	});

	test.each([
		[{ error: 'invalid_grant', error_description: 'expired' }, 'invalid_grant: expired'],
		[{ error: 'Forbidden', description: 'no access' }, 'Forbidden: no access'],
		[undefined, ''],
		[{}, ''],
		[{ errors: [] }, ''],
		[[], ''],
	])('%j reads "%s"', (body, reason) => expect(explain(body).reason).toBe(reason));
});

describe('records of Outreach, simplified', () => {
	const record = (type: string, id: number, attributes: IDataObject = {}, relationships: IDataObject = {}): IDataObject => ({ type, id, attributes, relationships, links: { self: 'x' } });
	const to = (type: string, id: number) => ({ data: { type, id } });
	const simplify = (entry: IDataObject, included?: IDataObject[], include?: string[]) => outreachApi.simplify(entry, user, included ? { data: entry, included } : undefined, include);

	test('begins with the name, wherever the alphabet has it', () => {
		const entry = record('user', 7, { createdAt: 'now', email: 'ada@x.de', firstName: 'Ada', lastName: 'Lovelace', locked: false });
		expect(Object.keys(simplify(entry))).toEqual(['id', 'firstName', 'lastName', 'email', 'createdAt', 'locked']);
	});

	test('attributes one level up, without empty ones; relations as ids', () => {
		const entry = record('prospect', 7, { firstName: 'Ada', score: 0, optedOut: false, title: null, tags: [] }, {
			owner: to('user', 1),
			stage: { data: null },
			tasks: { links: { related: 'https://x' } },
			emailAddresses: { data: [{ type: 'emailAddress', id: 3 }, { type: 'emailAddress', id: 4 }] },
			favorites: { data: [] },
		});
		expect(simplify(entry)).toEqual({ id: 7, firstName: 'Ada', score: 0, optedOut: false, tags: [], ownerId: 1, emailAddressesIds: [3, 4] });
	});

	test('included records nested, with what they include in turn', () => {
		const entry = record('prospect', 7, {}, { owner: to('user', 1), account: to('account', 2) });
		const included = [record('user', 1, { email: 'o@x.de' }, { role: to('role', 5) }), record('role', 5, { name: 'Rep' }), record('account', 9)];
		expect(simplify(entry, included)).toEqual({ id: 7, owner: { id: 1, email: 'o@x.de', role: { id: 5, name: 'Rep' } }, accountId: 2 });
	});

	test('a circle ends', () => {
		const one = record('user', 1, { name: 'A' }, { creator: to('user', 2) });
		const two = record('user', 2, { name: 'B' }, { creator: to('user', 1) });
		expect(simplify(one, [one, two])).toEqual({ id: 1, name: 'A', creator: { id: 2, name: 'B', creatorId: 1 } });
	});

	test('a record that is included is shown, also where the vendor gives its ID as an attribute', () => {
		const mailbox = record('mailbox', 4, { userId: 1 }, { user: to('user', 1) });
		expect(simplify(mailbox, [record('user', 1, { email: 'o@x.de' })])).toMatchObject({ id: 4, userId: 1, user: { id: 1, email: 'o@x.de' } });
		expect(simplify(mailbox)).toEqual({ id: 4, userId: 1 });
	});

	test('values and links', () => {
		const entry = record('user', 1, { email: 'x' }, { role: to('role', 5), teams: { data: [{ type: 'team', id: 1 }, { type: 'team', id: 2 }] }, profile: { data: null }, tasks: { links: {} } });
		expect(outreachApi.value(entry, 'email')).toBe('x');
		expect(outreachApi.value(entry, 'id')).toBe(1);
		expect(outreachApi.linked(entry, 'role')).toEqual([5]);
		expect(outreachApi.linked(entry, 'teams')).toEqual([1, 2]);
		expect(outreachApi.linked(entry, 'tasks')).toBeUndefined();
		expect(outreachApi.linked(entry, 'nothing')).toBeUndefined();
	});
});

test('the empty relation of an Outreach record has no ids', () => {
	expect(outreachApi.linked({ relationships: { profile: { data: null } } }, 'profile')).toEqual([]);
});

describe('BranchCMS', () => {
	const account = { name: 'account' } as Parameters<typeof branchCmsApi.listQuery>[0];

	test.each([
		['https://www.example.com/api/v1', 'https://www.example.com'],
		['https://www.example.com/api/v1/', 'https://www.example.com'],
		['https://www.example.com/', 'https://www.example.com'],
	])('the site of %s is %s', (given, site) => expect(siteUrl(given)).toBe(site));

	test('another path is refused', () => expect(() => siteUrl('https://www.example.com/api/v2')).toThrow('must be the host alone'));

	test.each([
		[{ error: 'Wrong.' }, 'Wrong.'],
		[{ message: 'Wrong.' }, 'Wrong.'],
		[{ errors: [{ message: 'One' }, 'Two'] }, 'One; Two'],
		[{ error: { code: 7 } }, '{"code":7}'],
		['', ''],
		[undefined, ''],
		[{}, ''],
	])('%j reads "%s"', (body, reason) => expect(branchCmsApi.explain(500, body, {}).reason).toBe(reason));

	test('a taken value points to Create or Update', () => {
		expect(branchCmsApi.explain(422, { error: 'Email already exists' }, {}).remedy).toContain('Create or Update');
		expect(branchCmsApi.explain(404, { error: 'No such account exists' }, {}).remedy).toBeUndefined();
	});

	const page = (currentPage: unknown, totalPages: unknown, data: unknown = [{}]) =>
		branchCmsApi.nextPage({ method: 'GET', path: '/x', query: [['limit', '5'], ['page', '1']] }, { data, pagination: { currentPage, totalPages, links: { next: '?page=9' } } }, account)?.query;

	test('pages are counted', () => {
		expect(page(1, 2)).toEqual([['limit', '5'], ['page', '2']]);
		expect(page('1', '2')).toEqual([['limit', '5'], ['page', '2']]);
		for (const [current, total, data] of [[2, 2], [3, 2], [1, 0], [1, 2, []], [1, undefined], [1, 2, {}]] as Array<[unknown, unknown, unknown?]>) expect(page(current, total, data)).toBeUndefined();
	});

	test('filters are checked again', () => {
		const matches = (record: IDataObject, name: string, value: string) => branchCmsApi.matches!(record, { conditions: [condition(name, 'equals', value)] });
		expect(matches({ email: 'A@b.de' }, 'email', 'a@B.de')).toBe(true);
		expect(matches({ email: 'aa@b.de' }, 'email', 'a@b.de')).toBe(false);
		expect(matches({ email: null }, 'email', 'a@b.de')).toBe(false);
		expect(matches({ id: 7 }, 'id', '7')).toBe(true);
		expect(matches({ id: 77 }, 'id', '7')).toBe(false);
		expect(matches({ isFeatured: true }, 'isFeatured', 'true')).toBe(true);
		expect(matches({ isFeatured: false }, 'isFeatured', 'true')).toBe(false);
		// Custom attributes may be missing from answers.
		expect(matches({}, 'memberLevel', 'gold')).toBe(true);
	});
});
