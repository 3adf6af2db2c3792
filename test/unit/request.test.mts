import type { INode } from 'n8n-workflow';
import { getEventListeners } from 'node:events';
import { inParallel } from '../../dist/nodes/shared/run/parallel.js';
import { asObject } from '../../dist/nodes/shared/spec/values.js';
import { pause } from '../../dist/nodes/shared/wire/gate.js';
import { webPageIn } from '../../dist/nodes/shared/wire/answers.js';
import type { Api, Call } from '../../dist/nodes/shared/wire/api.js';
import { Refusals } from '../../dist/nodes/shared/wire/refusals.js';

describe('pause', () => {
	test('waits its time', async () => {
		const started = performance.now();
		expect(await pause(40)).toBe(true);
		expect(await pause(40, new AbortController().signal)).toBe(true);
		expect(performance.now() - started).toBeGreaterThanOrEqual(75);
	});

	test('ends at once when cancelled', async () => {
		const stop = new AbortController();
		const started = performance.now();
		setTimeout(() => stop.abort(), 20);
		expect(await pause(20_000, stop.signal)).toBe(false);
		expect(await pause(20_000, stop.signal)).toBe(false);
		expect(performance.now() - started).toBeLessThan(10_000);
	});

	test('leaves no listener behind', async () => {
		const { signal } = new AbortController();
		for (let i = 0; i < 20; i++) await pause(1, signal);
		expect(getEventListeners(signal, 'abort')).toHaveLength(0);
	});
});

describe('inParallel', () => {
	test('does all, in order of start, never more at once than allowed', async () => {
		let open = 0;
		let most = 0;
		const started: number[] = [];
		await inParallel([...Array(20).keys()], 3, async (i) => {
			started.push(i);
			most = Math.max(most, ++open);
			await pause(i % 3);
			open--;
		});
		expect(started).toEqual([...Array(20).keys()]);
		expect(most).toBe(3);
		await inParallel([], 3, async () => {
			throw new Error('There is nothing to do');
		});
	});

	test('a failure stops what has not begun, and waits for what has', async () => {
		const begun: number[] = [];
		const ended: number[] = [];
		const work = inParallel([0, 1, 2, 3, 4], 2, async (i) => {
			begun.push(i);
			await pause(i === 0 ? 5 : 30);
			if (i === 0) throw new Error('first');
			ended.push(i);
		});
		await expect(work).rejects.toThrow('first');
		expect(begun).toEqual([0, 1]);
		expect(ended).toEqual([1]);
	});
});

test('asObject takes nothing but objects', () => {
	expect(asObject({ a: 1 })).toEqual({ a: 1 });
	for (const other of [null, undefined, [], 'x', 7]) expect(asObject(other)).toEqual({});
});

describe('web pages in place of data', () => {
	test.each([
		['<html>\n<head><title>502 Bad Gateway</title></head><body><center><h1>502</h1></center></body></html>', '502 Bad Gateway'],
		['<!DOCTYPE html><html><head><style>body{color:red}</style><script>alert("no")</script></head><body>Back at 9</body></html>', 'Back at 9'],
		['<!-- proxy --><html><body><h1>Oh\n no</h1><p>Long story</p></body></html>', 'Oh no'],
		['<html><title>Ben &amp; Jo</title></html>', 'Ben & Jo'],
		['<br>', ''],
		[`<html><title>${'x'.repeat(500)}</title></html>`, 'x'.repeat(120)],
	])('%s', (body, title) => expect(webPageIn(body)).toEqual({ title }));

	test.each([undefined, '', 'Service Unavailable', '{"a":1}', '<?xml version="1.0"?><Error/>', { error: 'x' }, '5 < 6'])('%j is none', (body) => expect(webPageIn(body)).toBeUndefined());
});

describe('refusals', () => {
	const node = { id: '1', name: 'Acme', type: 'acme', typeVersion: 1, position: [0, 0], parameters: {} } as INode;
	const api = { name: 'Acme', addressField: 'API Address', timeout: 1000, explain: (_status: number, body: unknown) => ({ reason: String((body as { why?: string } | undefined)?.why ?? '') }) } as unknown as Api;
	const refusals = new Refusals(node, api);
	const create: Call = { method: 'POST', path: '/users', purpose: 'create user' };
	const update: Call = { method: 'PATCH', path: '/users/7', purpose: 'update user 7' };
	const told = (call: Call, status: number, body: unknown) => {
		const { message, description, httpCode } = refusals.refused(call, { status, headers: {}, body });
		return [httpCode, message, description];
	};

	test("a proxy's page is described by its status and title, with what to check", () => {
		expect(told(update, 502, '<html><head><title>502 Bad Gateway</title></head></html>')).toEqual([
			'502',
			'Acme did not update user 7: the web page "502 Bad Gateway" came with status 502',
			'The page comes from a proxy or a maintenance server in front of Acme. Run again later. If it stays, check the proxy and the API Address in the credential.',
		]);
		expect(told(create, 404, '<!doctype html><h1>Not Found</h1>')).toEqual([
			'404',
			'Acme did not create user: the web page "Not Found" came with status 404',
			'The page does not come from the API of Acme. Check the API Address in the credential, and any proxy between n8n and Acme.',
		]);
		expect(told(update, 403, '<html><title>Sign in to Corp SSO</title></html>')[2]).toContain('It is a sign-in page.');
	});

	test('without a reason the status stands for it, and a create that gets 404 leads to the address', () => {
		expect(told(create, 404, {})).toEqual(['404', 'Acme refused to create user: status 404, without a reason', 'There is nothing at this address. Check the API Address in the credential.']);
		expect(told(update, 404, {})[2]).toBe('There is no such record, or the user behind the credential cannot see it.');
		expect(told(update, 418, undefined)).toEqual(['418', 'Acme refused to update user 7: status 418, without a reason', 'Acme answered with status 418.']);
		expect(told(update, 400, 'Wrong\n  tenant')[1]).toBe('Acme refused to update user 7: Wrong tenant');
		expect(told(update, 422, { why: 'Name is taken' })[1]).toBe('Acme refused to update user 7: Name is taken');
	});

	test('a page that comes with a good status is no data', () => {
		const { message, description } = refusals.unreadable(update, '<html><title>Log in</title></html>');
		expect(message).toBe('Acme answered with the web page "Log in" instead of data');
		expect(description).toContain('It is a sign-in page. Check the API Address');
	});

	test('values of secret fields stay out of the message', () => {
		expect(told({ ...update, secrets: ['hunter2'] }, 422, { why: 'hunter2 is too short' })[1]).toBe('Acme refused to update user 7: *** is too short');
	});
});
