/** What no reading of a filter allows, and what counts as the value that was sent. */
import { impossible, violation } from '../../dist/nodes/shared/spec/conditions.js';
import { sameAsSent } from '../../dist/nodes/shared/run/applied.js';

type Kind = 'string' | 'integer' | 'date' | 'dateTime' | 'boolean' | 'strings' | 'email';
const broken = (own: unknown, type: Kind, operator: string, values: string[], wildcards = false) =>
	violation({ name: 'x', type }, { path: ['x'], operator: operator as 'equals', values }, wildcards)(own);

describe('a condition is violated', () => {
	test.each<[unknown, Kind, string, string[]]>([
		['CTO', 'string', 'equals', ['CEO']],
		['', 'string', 'equals', ['CEO']],
		[null, 'string', 'equals', ['CEO']],
		['CTO', 'string', 'notEquals', ['cto ']],
		['CTO', 'string', 'oneOf', ['CEO', 'CFO']],
		['CTO', 'string', 'empty', []],
		[null, 'string', 'notEmpty', []],
		['Founder', 'string', 'contains', ['CEO']],
		['Founder', 'string', 'startsWith', ['CEO']],
		[5, 'integer', 'equals', ['6']],
		[5, 'integer', 'atLeast', ['6']],
		[5, 'integer', 'below', ['4']],
		[5, 'integer', 'between', ['6', '9']],
		[false, 'boolean', 'equals', ['true']],
		[['a@b.example'], 'strings', 'equals', ['c@d.example']],
		['2026-01-01T00:00:00Z', 'dateTime', 'atLeast', ['2026-01-01T00:00:02Z']],
		['2026-01-01T00:00:00Z', 'dateTime', 'atMost', ['2025-12-31T00:00:00Z']],
		['2026-01-01', 'date', 'atLeast', ['2026-01-03']],
	])('%j of type %s: %s %j', (own, type, operator, values) => expect(broken(own, type, operator, values)).toBe(true));
});

test('one condition is held against record after record, each for itself', () => {
	const values = ['CTO', 'CTO', 'CEO', 'CTO', ['CTO'], ['CEO'], null, [], ['CEO', 'CTO'], [null], undefined, 'CTO', { CTO: 1 }, 'CEO'];
	for (const operator of ['equals', 'notEquals', 'empty', 'notEmpty', 'contains', 'atLeast', 'between'] as const) {
		const condition = { path: ['x'], operator, values: operator === 'empty' || operator === 'notEmpty' ? [] : ['CTO'] };
		const breaks = violation({ name: 'x', type: 'string' }, condition);
		expect(values.map(breaks)).toEqual(values.map((value) => violation({ name: 'x', type: 'string' }, condition)(value)));
	}
});

describe('a condition is not violated', () => {
	test.each<[unknown, Kind, string, string[]]>([
		[undefined, 'string', 'equals', ['CEO']],
		[' cto', 'string', 'equals', ['CTO']],
		['Chief  Officer', 'string', 'equals', ['chief officer']],
		['Café', 'string', 'equals', ['Cafe\u0301']],
		['CTO', 'string', 'notEquals', ['CEO']],
		[null, 'string', 'notEquals', ['CEO']],
		[5, 'integer', 'equals', ['5.0']],
		['5', 'integer', 'atLeast', ['5']],
		[null, 'integer', 'atLeast', ['5']],
		[true, 'boolean', 'equals', ['TRUE']],
		[['a@b.example', 'C@d.example'], 'strings', 'equals', ['c@d.example']],
		// Fractions of a second, and days without a zone.
		['2026-01-01T00:00:00.999Z', 'dateTime', 'equals', ['2026-01-01T00:00:00Z']],
		['2026-01-01T00:00:00.100Z', 'dateTime', 'atLeast', ['2026-01-01T00:00:01Z']],
		['2026-01-01T10:00:00Z', 'dateTime', 'atLeast', ['2026-01-01']],
		['2025-12-31T20:00:00Z', 'dateTime', 'atLeast', ['2026-01-01']],
		// Objects have no order, and words are not compared as numbers.
		[{ a: 1 }, 'string', 'equals', ['b']],
		['b', 'string', 'atLeast', ['c']],
	])('%j of type %s: %s %j', (own, type, operator, values) => expect(broken(own, type, operator, values)).toBe(false));

	test('by a value with a star, where stars stand for any text', () => {
		expect(broken('Founder', 'string', 'equals', ['F*'], true)).toBe(false);
		expect(broken('Founder', 'string', 'equals', ['F*'])).toBe(true);
	});
});

test('values that cannot exist, where there are any', () => {
	expect(impossible({ name: 'x', type: 'boolean' })).toBeUndefined();
	expect(impossible({ name: 'x', type: 'email' })).toEqual([expect.stringMatching(/@.*\.invalid$/)]);
	expect(impossible({ name: 'x', type: 'dateTime' })).toHaveLength(2);
});

describe('what was sent', () => {
	test.each<[unknown, unknown]>([
		['ADA@Example.com', 'ada@example.com'],
		['  Ada  Lovelace ', 'Ada Lovelace'],
		[1.005, 1.01],
		['7', 7],
		['true', true],
		['2026-01-31', '2026-01-31T00:00:00Z'],
		['2026-01-31T09:00:00.000Z', '2026-01-31T09:00:00Z'],
		['+49 (30) 1234-567', '+49301234567'],
		[['b', 'a'], ['A', 'b', 'kept']],
		['', null],
	])('%j counts as done when it is %j', (sent, now) => expect(sameAsSent(sent, now)).toBe(true));

	test.each<[unknown, unknown]>([
		['CTO', 'CEO'],
		['CTO', null],
		[true, false],
		[1, 2],
		['2026-01-31', '2026-02-01'],
		['+49 30 1234567', '+49 30 7654321'],
		[['a'], ['b']],
		[['a'], null],
	])('%j does not when it is %j', (sent, now) => expect(sameAsSent(sent, now)).toBe(false));
});
