import { DateTime } from 'luxon';
import { BadInput, coerce, isAbsent, toList } from '../../dist/nodes/shared/spec/values.js';
import { coerceFields, writableFields } from '../../dist/nodes/shared/spec/fields.js';
import { columns } from '../../dist/nodes/shared/editor/columns.js';
import { sameValue, similar } from '../../dist/nodes/shared/spec/compare.js';
import { savedCustomFields } from '../../dist/nodes/shared/run/savedFields.js';
import { operationsOf, type Operation } from '../../dist/nodes/shared/spec/operation.js';
import type { Field, FieldType, Resource } from '../../dist/nodes/shared/spec/resource.js';

const field = (type: FieldType, more: Partial<Field> = {}): Field => ({ name: 'thing', type, ...more });

/** What a person reads when a value cannot be sent. */
function refusal(work: () => unknown): { message: string; description: string } {
	try {
		work();
	} catch (error) {
		expect(error).toBeInstanceOf(BadInput);
		return { message: (error as BadInput).message, description: (error as BadInput).description };
	}
	throw new Error('It was not refused');
}

describe('coerce', () => {
	const choices = { options: [{ value: 'a' }, { value: 'b' }] };

	test.each<[FieldType, Partial<Field>, unknown, unknown]>([
		['string', {}, 'x', 'x'],
		['string', {}, 7, '7'],
		['string', {}, false, 'false'],
		['string', { maxLength: 3 }, 'abc', 'abc'],
		['text', {}, 'two\nlines ', 'two\nlines '],
		['url', {}, 'www.example.com', 'www.example.com'],
		['secret', {}, ' s ', ' s '],
		['email', {}, ' Ada@Example.com ', 'Ada@Example.com'],
		['email', {}, "o'neill+tag@sub.example.co.uk", "o'neill+tag@sub.example.co.uk"],
		['integer', {}, 7, 7],
		['integer', {}, ' 7 ', 7],
		['integer', {}, '0', 0],
		['integer', {}, -3, -3],
		['integer', { options: [{ value: '0' }, { value: '1' }] }, '1', 1],
		['number', {}, '1.5', 1.5],
		['number', {}, 1e3, 1000],
		['boolean', {}, true, true],
		['boolean', {}, 'No', false],
		['boolean', {}, 'TRUE', true],
		['boolean', {}, 0, false],
		['boolean', {}, 1, true],
		['options', choices, 'a', 'a'],
		['options', { ...choices, open: true }, 'c', 'c'],
		['options', {}, 'anything', 'anything'],
		['multiOptions', choices, 'a, b', ['a', 'b']],
		['multiOptions', choices, ['b'], ['b']],
		['strings', {}, 'a, b,,c', ['a', 'b', 'c']],
		['strings', {}, '["a,b", "c"]', ['a,b', 'c']],
		['strings', {}, ['a', 7], ['a', '7']],
		['strings', {}, 7, ['7']],
		['strings', {}, '[not json', ['[not json']],
		['strings', {}, [], []],
		['json', {}, '{"a": [1]}', { a: [1] }],
		['json', {}, '[1]', [1]],
		['json', {}, 'null', null],
		['json', {}, { a: 1 }, { a: 1 }],
		['json', {}, false, false],
		['date', {}, '2026-02-28', '2026-02-28'],
		['date', {}, '2024-02-29', '2024-02-29'],
		['date', {}, '2026-12-31T23:59:59-05:00', '2026-12-31'],
		['dateTime', {}, '2026-01-31', '2026-01-31T00:00:00.000Z'],
		['dateTime', {}, '2026-01-31T09:00:00Z', '2026-01-31T09:00:00.000Z'],
		['dateTime', {}, '2026-01-31 09:00', '2026-01-31T09:00:00.000Z'],
		['dateTime', {}, '2026-01-31T09:00:00.5+02:00', '2026-01-31T07:00:00.500Z'],
		['dateTime', {}, '2026-01-31T09:00:00+0200', '2026-01-31T07:00:00.000Z'],
		['dateTime', {}, new Date(0), '1970-01-01T00:00:00.000Z'],
	])('%s %j takes %j as %j', (type, more, given, sent) => {
		expect(coerce(field(type, more), given)).toEqual(sent);
	});

	test.each<[FieldType, Partial<Field>, unknown, string]>([
		['integer', {}, 'seven', 'Thing: "seven" is not a number'],
		['integer', {}, 1.5, 'Thing: "1.5" is not a whole number'],
		['integer', {}, '12345678901234567890', 'is not a whole number'],
		['integer', { options: [{ value: '0' }, { value: '1' }] }, 2, 'Thing: "2" is none of 0, 1'],
		['integer', {}, true, 'is not a number'],
		['integer', {}, ' ', 'is not a number'],
		['number', {}, Infinity, 'is not a number'],
		['number', {}, [1], 'is not a number'],
		['boolean', {}, 'maybe', 'Thing: "maybe" is neither true nor false'],
		['boolean', {}, 2, 'is neither true nor false'],
		['email', {}, 'ada', 'is not an email address'],
		['email', {}, 'ada@example', 'is not an email address'],
		['email', {}, 'a@b.de, c@d.de', 'is not an email address'],
		['email', {}, 'a b@example.com', 'is not an email address'],
		['email', {}, 'ada@example.com.', 'is not an email address'],
		['string', { maxLength: 3 }, 'abcd', 'is longer than 3 characters'],
		['string', {}, { a: 1 }, 'Thing: "{"a":1}" is not text'],
		['string', {}, ['a'], 'is not text'],
		['options', choices, 'c', 'Thing: "c" is none of a, b'],
		['options', choices, 'A', 'is none of a, b'],
		['multiOptions', choices, 'a,c', 'is none of a, b'],
		['strings', {}, [{ a: 1 }], 'is not a list of text values'],
		['json', {}, '{a: 1}', 'is not valid JSON'],
		['date', {}, '2026-02-30', 'Thing: "2026-02-30" is not a valid calendar date'],
		['date', {}, '2025-02-29', 'is not a valid calendar date'],
		['dateTime', {}, '2026-02-30T10:00:00Z', 'is not a valid calendar date'],
		['dateTime', {}, '2026-04-31T00:00:00+05:00', 'is not a valid calendar date'],
		['date', {}, '2026-13-01', 'is not a valid calendar date'],
		['dateTime', {}, '2026-01-31T25:00:00Z', 'is not a valid calendar date'],
		['date', {}, '31.01.2026', 'is not a date, such as 2026-01-31'],
		['date', {}, '1/31/2026', 'is not a date'],
		['dateTime', {}, 'tomorrow', 'is not a date'],
		['dateTime', {}, 1767225600000, 'is not a date'],
		['dateTime', {}, {}, 'is not a date'],
	])('%s %j refuses %j', (type, more, given, message) => {
		const { message: said, description } = refusal(() => coerce(field(type, more), given));
		expect(said).toContain(message);
		expect(description).toBe('Correct the value of "Thing" and run again.');
	});

	test('a time of n8n keeps its moment, and a day its day, in whatever zone', () => {
		for (const zone of ['UTC', 'America/Los_Angeles', 'Pacific/Auckland']) {
			const given = DateTime.fromISO('2026-03-08T23:30:00', { zone });
			expect(coerce(field('dateTime'), given)).toBe(given.toUTC().toISO());
			expect(coerce(field('date'), given)).toBe('2026-03-08');
		}
	});

	test('what only looks like a time of n8n works too, an invalid one is refused', () => {
		expect(coerce(field('date'), { toISO: () => '2026-05-01T00:00:00.000+02:00' })).toBe('2026-05-01');
		refusal(() => coerce(field('dateTime'), { toISO: () => null }));
		refusal(() => coerce(field('dateTime'), DateTime.invalid('no')));
		refusal(() => coerce(field('dateTime'), { toISO: '2026-05-01' }));
	});

	test('a secret is never repeated', () => {
		const { message, description } = refusal(() => coerce(field('secret', { maxLength: 3 }), 'hush hush'));
		expect(message).toBe('Thing: The value is longer than 3 characters');
		expect(message + description).not.toContain('hush');
	});

	test('as text where the vendor keeps everything as text', () => {
		const asText = (type: FieldType, value: unknown) => coerce(field(type, { asText: true } as Partial<Field>), value);
		expect(asText('integer', 7)).toBe('7');
		expect(asText('boolean', 'no')).toBe('false');
		expect(asText('strings', ['a', 'b'])).toBe('a,b');
		expect(asText('json', { a: 1 })).toBe('{"a":1}');
		refusal(() => asText('integer', 'x'));
	});
});

const person: Resource = {
	name: 'person',
	label: 'Person',
	path: '/people',
	description: 'Somebody',
	methods: ['create', 'replace', 'update', 'upsert'],
	fields: [
		{ name: 'age', type: 'integer' },
		{ name: 'born', type: 'date' },
		{ name: 'createdAt', type: 'dateTime', readOnly: true },
		{ name: 'email', type: 'email', required: true, createOnly: true },
		{ name: 'firstName', type: 'string' },
		{ name: 'kind', type: 'options', options: [{ value: 'one_day', label: 'One Day' }, { value: 'two' }] },
		{ name: 'level', type: 'integer', options: [{ value: '1' }, { value: '2' }] },
		{ name: 'mood', type: 'options', open: true, options: [{ value: 'good' }] },
		{ name: 'tags', type: 'strings' },
		{ name: 'extra', type: 'json' },
	],
	actions: [
		{
			name: 'promote',
			label: 'Promote',
			action: 'Promote person',
			description: 'Gives a better place',
			method: 'POST',
			path: '/people/{id}/promote',
			parameters: [
				{ name: 'reason', type: 'string', in: 'body', required: true },
				{ name: 'manager', type: 'integer', in: 'query', reference: 'person' },
			],
		},
	],
};
const operation = (name: string): Operation => operationsOf(person).find((o) => o.name === name)!;

describe('fields of an operation', () => {
	test('are what it can write', () => {
		const names = (name: string) => writableFields(operation(name)).map((f) => f.name);
		const all = ['age', 'born', 'email', 'firstName', 'kind', 'level', 'mood', 'tags', 'extra'];
		expect(names('create')).toEqual(all);
		expect(names('upsert')).toEqual(all);
		expect(names('replace')).toEqual(all);
		expect(names('update')).toEqual(all.filter((name) => name !== 'email'));
		// Records are chosen by locators of their own.
		expect(names('promote')).toEqual(['reason']);
	});

	test('are columns, those that a new record needs first', () => {
		const create = columns(operation('create'));
		expect(create.map((c) => c.id)[0]).toBe('email');
		expect(create.filter((c) => c.required).map((c) => c.id)).toEqual(['email']);
		expect(columns(operation('upsert')).some((c) => c.required)).toBe(false);
		expect(columns(operation('update')).some((c) => c.required)).toBe(false);
		expect(columns(operation('promote'))).toMatchObject([{ id: 'reason', required: true, type: 'string' }]);
	});

	test('a fresh node shows those that are required and the everyday ones, in their order', () => {
		const shown = (name: string, everyday?: string[]) => {
			const { resource, ...rest } = operation(name);
			return columns({ ...rest, resource: { ...resource, everyday, keys: [{ field: 'firstName' }] } }).filter((c) => !c.removed).map((c) => c.id);
		};
		expect(shown('create')).toEqual(['email']);
		expect(shown('create', ['tags', 'firstName'])).toEqual(['email', 'tags', 'firstName']);
		expect(shown('update', ['tags', 'firstName'])).toEqual(['tags', 'firstName']);
		// Create or Update asks for the key itself.
		expect(shown('upsert', ['tags', 'firstName'])).toEqual(['tags']);
		expect(shown('promote', ['tags'])).toEqual(['reason']);
	});

	test('are columns of the type that n8n checks, with the choices there are', () => {
		const byId = Object.fromEntries(columns(operation('create')).map((c) => [c.id, c]));
		expect(byId.age).toMatchObject({ displayName: 'Age', type: 'number' });
		expect(byId.born.type).toBe('dateTime');
		expect(byId.kind).toMatchObject({ type: 'options', options: [{ name: 'One Day', value: 'one_day' }, { name: 'Two', value: 'two' }] });
		expect(byId.level).toMatchObject({ type: 'options', options: [{ name: '1', value: 1 }, { name: '2', value: 2 }] });
		// Any text may come: n8n would refuse one that is not in the list.
		expect(byId.mood.type).toBe('string');
		expect(byId.mood.options).toBeUndefined();
		// n8n would refuse commas, and lists as objects.
		expect(byId.tags.type).toBe('string');
		expect(byId.extra.type).toBe('string');
	});

	test('include those that the editor found at the customer', () => {
		const schema = [...columns(operation('create')), { id: 'shoeSize', displayName: 'Shoe Size', type: 'number' }, { id: 'likes', displayName: 'Likes', type: 'array' }, { id: 'x', displayName: 'X' }];
		const custom = savedCustomFields(schema, person);
		expect(custom.map(({ name, type }) => ({ name, type }))).toEqual([
			{ name: 'shoeSize', type: 'number' },
			{ name: 'likes', type: 'strings' },
			{ name: 'x', type: 'string' },
		]);
		expect(coerceFields(operation('update'), { shoeSize: '42', likes: 'a,b' }, custom)).toEqual({ shoeSize: 42, likes: ['a', 'b'] });
		expect(savedCustomFields(undefined, person)).toEqual([]);
		expect(savedCustomFields([], person)).toEqual([]);
	});
});

describe('coerceFields', () => {
	test('converts, and leaves out what is empty', () => {
		expect(coerceFields(operation('create'), { age: '7', firstName: '', email: 'a@b.de', born: null, tags: undefined })).toEqual({ age: 7, email: 'a@b.de' });
		expect(coerceFields(operation('create'), { age: 0, firstName: ' ', tags: [] })).toEqual({ age: 0, firstName: ' ', tags: [] });
		expect(coerceFields(operation('create'), {})).toEqual({});
	});

	test('passes over names that may be there', () => {
		expect(coerceFields(operation('update'), { id: 7, age: 1 }, [], (name) => name === 'id')).toEqual({ age: 1 });
	});

	test.each([
		['create', { fristName: 'x' }, 'Person has no field "fristName"; similar: firstName'],
		['create', { zzzzzz: 'x' }, 'Person has no field "zzzzzz"'],
		['create', { createdAt: '2026-01-01' }, '"createdAt" is read-only'],
		['update', { email: 'a@b.de' }, 'Person has no field "email"'],
		['create', { id: 7 }, 'Person has no field "id"'],
		['create', { age: 'x' }, 'Age: "x" is not a number'],
		// Empty, but still no field.
		['create', { fristName: '' }, 'Person has no field "fristName"'],
	])('%s with %j: %s', (name, values, message) => {
		expect(refusal(() => coerceFields(operation(name), values)).message).toContain(message);
	});
});

test('isAbsent knows nothing from something', () => {
	expect([undefined, null, ''].every(isAbsent)).toBe(true);
	expect([0, false, ' ', [], {}, NaN].some(isAbsent)).toBe(false);
});

test('toList', () => {
	expect(toList('a, b')).toEqual(['a', 'b']);
	expect(toList(' ["a", 1]')).toEqual(['a', 1]);
	expect(toList([1])).toEqual([1]);
	expect(toList(7)).toEqual([7]);
	expect(toList('[a')).toEqual(['[a']);
});

describe('similar', () => {
	const names = ['Sales Rep', 'Sales Manager', 'Support', 'Marketing', 'Admin'];
	test.each([
		['sales repp', ['Sales Rep']],
		['SALES', ['Sales Rep', 'Sales Manager']],
		['Suport', ['Support']],
		['the Admin team', ['Admin']],
		['Xyzzy', []],
	])('%s is like %j', (wanted, found) => {
		expect(similar(wanted, names)).toEqual(found);
	});

	test('gives five at most, the nearest first', () => {
		expect(similar('aa', ['aab', 'aa', 'aabb', 'aac', 'aad', 'aabbb', 'aae'])).toEqual(['aa', 'aab', 'aac', 'aad', 'aae']);
	});
});

describe('sameValue', () => {
	test.each([
		[null, undefined],
		[null, ''],
		['', []],
		[[], null],
		['7', 7],
		[true, 'true'],
		['2026-01-31T09:00:00Z', '2026-01-31T09:00:00.000Z'],
		['2026-01-31T09:00:00.000Z', '2026-01-31T10:00:00+01:00'],
		[['a', 1], ['a', '1']],
		[{ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }],
	])('%j and %j mean the same', (a, b) => {
		expect(sameValue(a, b)).toBe(true);
		expect(sameValue(b, a)).toBe(true);
	});

	test.each([
		[0, null],
		[false, null],
		['a', 'A'],
		['a', null],
		[['a'], []],
		[['a'], null],
		[['a', 'b'], ['b', 'a']],
		[{ a: 1 }, { a: 2 }],
		[{ a: 1 }, {}],
		['2026-01-31', '2026-02-01'],
		['2026-01-31T09:00:00Z', '2026-01-31T09:00:01Z'],
		['1', '1.0'],
	])('%j and %j differ', (a, b) => {
		expect(sameValue(a, b)).toBe(false);
		expect(sameValue(b, a)).toBe(false);
	});
});
