/** The parts of a check that send nothing. */
import { attributesOf, factsOf, groupsOf, offenders, queryOf, together, type Fact } from '../../dist/nodes/shared/run/check/checkFacts.js';
import { itemsOf, Ledger, WHY } from '../../dist/nodes/shared/run/check/checkLedger.js';
import type { Field, Resource } from '../../dist/nodes/shared/spec/resource.js';
import { Client } from '../../dist/nodes/shared/wire/client.js';
import type { Context, RequestOptions } from '../../dist/nodes/shared/wire/requests.js';
import { outreachApi } from '../../dist/nodes/Outreach/wire/api.js';

describe('a client for a check', () => {
	const sent: string[] = [];
	const context = {
		getNode: () => ({ name: 'N', type: 't', typeVersion: 1, id: 'check', position: [0, 0], parameters: {} }),
		getCredentials: async () => ({}),
		helpers: { httpRequestWithAuthentication: async (_type: string, { method }: { method: string }) => (sent.push(method), { statusCode: 404, headers: {}, body: {} }) },
	} as unknown as Context;
	const client = (options: RequestOptions) => new Client(context, outreachApi, options);

	beforeEach(() => void (sent.length = 0));

	test.each(['POST', 'PATCH', 'PUT', 'DELETE'] as const)('does not send %s', async (method) => {
		const reader = client({ readOnly: true });
		await expect(reader.ask({ method, path: '/users', purpose: 'create user' })).rejects.toThrow('This operation only reads, so it did not create user');
		await expect(reader.send({ method, path: '/users' })).rejects.toThrow('only reads');
		expect(sent).toEqual([]);
	});

	test('sends no more than it may, and takes a refusal for an answer', async () => {
		const few = client({ readOnly: true, most: 2 });
		expect(await few.ask({ method: 'GET', path: '/users' })).toMatchObject({ status: 404 });
		await expect(few.send({ method: 'GET', path: '/users' })).rejects.toThrow('refused');
		await expect(few.ask({ method: 'GET', path: '/users' })).rejects.toThrow('The limit of 2 requests was reached');
		expect([sent.length, few.sent]).toEqual([2, 2]);
	});
});

describe('halving', () => {
	const asker = (bad: string[]) => {
		const asked: string[][] = [];
		return { asked, ask: async (part: string[]) => (asked.push(part), part.some((one) => bad.includes(one)) ? ('bad' as const) : ('good' as const)) };
	};
	const all = [...'abcdefghijklmnop'];

	test.each([['a'], ['p'], ['h'], ['ah'], ['op'], ['abcdefghijklmnop']])('finds %s, and nothing else', async (bad) => {
		const { ask } = asker([...bad]);
		const found = await offenders(all, ask);
		expect(found.bad.join('')).toBe(bad);
		expect([...found.bad, ...found.good].sort()).toEqual(all);
	});

	test('one of sixteen takes at most eight questions', async () => {
		for (const bad of all) {
			const { ask, asked } = asker([bad]);
			await offenders(all, ask);
			expect(asked.length).toBeLessThanOrEqual(8);
		}
	});

	test('what is refused only together is nobody\'s fault', async () => {
		const found = await offenders(['a', 'b'], async (part) => (part.length > 1 ? 'bad' : 'good'));
		expect(found).toEqual({ bad: [], good: ['a', 'b'], unknown: [] });
	});

	test('what can no longer be asked stays unknown', async () => {
		let left = 1;
		const found = await offenders(['a', 'b', 'c', 'd'], async (part) => (left-- > 0 ? (part.includes('a') ? 'bad' : 'good') : undefined));
		expect(found).toEqual({ bad: [], good: [], unknown: ['a', 'b', 'c', 'd'] });
	});
});

describe('facts', () => {
	const field = (more: Partial<Field>): Field => ({ name: 'x', type: 'string', filter: true, ...more });
	const factOf = (given: Field, value: unknown, more: Partial<Resource> = {}): Fact => {
		const resource = { name: 'thing', label: 'Thing', path: '/things', description: '', methods: ['getAll'], fields: [given], ...more } as Resource;
		return factsOf(outreachApi, resource, { id: 1, type: 'thing', attributes: { x: value } } as never, [])[0];
	};

	test.each<[string, Partial<Field>, unknown, Fact['own'] | undefined]>([
		['a text', {}, 'Ann', { path: ['x'], operator: 'equals', values: ['Ann'] }],
		['nothing', {}, null, { path: ['x'], operator: 'empty', values: [] }],
		['a value that the answer lacks', {}, undefined, undefined],
		['an empty text', {}, '', undefined],
		['a text with a comma, which is a list elsewhere', {}, 'a,b', undefined],
		['a text with a range in it', {}, 'a..b', undefined],
		['a text with a wildcard', {}, 'a*', undefined],
		['a keyword', {}, '__null__', undefined],
		['a text of 300 characters', {}, 'a'.repeat(300), undefined],
		['a list', { type: 'strings' }, ['a', 'b'], { path: ['x'], operator: 'equals', values: ['a'] }],
		['an object', { type: 'json' }, { a: 1 }, undefined],
		['a whole number', { type: 'number' }, 5, { path: ['x'], operator: 'equals', values: ['5'] }],
		['a fraction', { type: 'number' }, 5.5, { path: ['x'], operator: 'between', values: ['5', '6'] }],
		['a time', { type: 'dateTime' }, '2026-01-31T09:00:00.500Z', { path: ['x'], operator: 'between', values: ['2026-01-31T08:59:59.500Z', '2026-01-31T09:00:01.500Z'] }],
		['a day', { type: 'date' }, '2026-03-01', { path: ['x'], operator: 'between', values: ['2026-02-28', '2026-03-02'] }],
	])('%s gives its record back', (_what, more, value, own) => {
		expect(factOf(field(more), value).own).toEqual(own);
	});

	test.each<[string, Partial<Field>, unknown, string[] | undefined, boolean | undefined]>([
		['a text', {}, 'Ann', ['no such value 2999-12-31'], true],
		['a switch', { type: 'boolean' }, true, ['false'], false],
		['a switch without a value', { type: 'boolean' }, undefined, undefined, undefined],
		['a choice', { type: 'options', options: [{ value: 'a' }, { value: 'b' }] }, 'a', ['b'], false],
		['the only choice', { type: 'options', options: [{ value: 'a' }] }, 'a', undefined, undefined],
		['a time', { type: 'dateTime' }, undefined, ['2999-12-30T00:00:00.000Z', '2999-12-31T00:00:00.000Z'], true],
	])('%s has another value that must not', (_what, more, value, values, empty) => {
		const { foreign, empty: found } = factOf(field(more), value);
		expect([foreign?.values, found]).toEqual([values, empty]);
	});

	test('loose filters, and those that answers cannot show, are not judged', () => {
		const relation = { name: 'without', to: ['tag'], filterBy: ['id'], loose: true };
		expect(factOf(field({ filterOnly: true }), 'a', { relations: [relation] })).toMatchObject({ text: 'filter by without.id', own: undefined, foreign: undefined });
	});

	test('keys that need not be shown, secrets and what is only written are not expected in answers', () => {
		const fields: Field[] = [{ name: 'a', type: 'string' }, { name: 'hidden', type: 'string' }, { name: 'secret', type: 'secret' }, { name: 'w', type: 'string', writeOnly: true }, { name: 'f', type: 'string', filterOnly: true }, { name: 's', type: 'json', spread: true }, { name: 'id', type: 'integer' }];
		expect(attributesOf({ fields, keys: [{ field: 'hidden', hidden: true }] } as unknown as Resource)).toEqual(['a']);
	});

	test('facts are asked about together, in queries that stay short', () => {
		const facts = Array.from({ length: 40 }, (_, i): Fact => ({ kind: 'filter', text: `filter by f${i}`, name: `f${i}`, own: { path: [`f${i}`], operator: 'equals', values: ['v'.repeat(200)] } }));
		const groups = groupsOf([...facts, { kind: 'sort', text: 'sort by f1', name: 'f1' }]);
		expect(groups.flat()).toHaveLength(41);
		expect(groups.length).toBeGreaterThan(2);
		for (const group of groups) expect(JSON.stringify(queryOf(group, undefined)).length).toBeLessThan(5_000);
		expect(together([...facts, { kind: 'filter', text: 'x', name: 'x' }])).toHaveLength(40);
		expect(queryOf([{ kind: 'sort', text: '', name: 'a' }, { kind: 'include', text: '', name: 'b' }], facts[0])).toEqual({ conditions: [facts[0].own], sort: [{ field: 'a', descending: false }], include: ['b'] });
	});
});

describe('the ledger', () => {
	const ABOUT = { vendor: 'Acme API', date: '2026-12-01', requests: 7, most: 15 };
	const finding = { resource: 'Person', fact: 'filter by email', expected: 'e', found: 'f', meaning: 'm', remedy: 'r' };

	test('a later test takes the place of one that was not possible, and not the other way round', () => {
		const ledger = new Ledger();
		ledger.skip('Person', 'a', WHY.limit);
		ledger.ok('Person', 'a');
		ledger.skip('Person', 'a', WHY.noValue);
		ledger.differs(finding);
		ledger.skip('Person', 'filter by email', WHY.limit);
		expect([ledger.verified, ledger.notTestable]).toEqual([1, []]);
	});

	test('one item tells all, and each difference has one', () => {
		const ledger = new Ledger();
		ledger.ok('Person', 'read');
		ledger.ok('Person', 'read');
		ledger.skip('Call', 'read', WHY.noRecord);
		ledger.differs(finding);
		ledger.lacks('b.read');
		ledger.lacks('a.read');
		ledger.right('Limit', 'at most 25');
		const [summary, ...rest] = itemsOf(ledger, ABOUT);
		expect(summary).toMatchObject({ kind: 'summary', vendor: 'Acme API', verified: 1, differing: 1, missingScopes: 'a.read b.read', rightValues: [{ option: 'Limit', value: 'at most 25' }], requests: 7, notTestable: [{ why: 'no record to test with', resource: 'Call', facts: ['read'] }] });
		expect(rest).toEqual([{ kind: 'difference', vendor: 'Acme API', ...finding }]);
		expect(summary.report).toBe(
			[
				'Connection check: Acme API, 2026-12-01',
				'1 facts verified, 1 differ, 7 of at most 15 requests',
				'', 'Differences', '- Person: filter by email. Expected: e. Found: f.',
				'', 'Missing scopes', 'a.read b.read',
				'', 'Values that work', '- Limit: at most 25',
				'', 'Not tested', '- no record to test with: Call (1)',
			].join('\n'),
		);
	});
});
