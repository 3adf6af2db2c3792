import { createHmac } from 'node:crypto';
import { DeliveryMemory, Gathering } from '../../dist/nodes/shared/trigger/memory.js';
import { fingerprint, splitFingerprints } from '../../dist/nodes/shared/trigger/fingerprint.js';
import { newSecret, parseObject, rawBody, signedWith } from '../../dist/nodes/shared/trigger/delivery.js';
import { isRepeat, readDelivery, type Delivery } from '../../dist/nodes/Outseta/triggers/deliveries.js';
import { ACTIVITY_TYPES } from '../../dist/nodes/Outseta/resources/activityTypes.js';
import { activityType, certainId, entityOf } from '../../dist/nodes/Outseta/triggers/events.js';
import { eventChoices, eventId, isChosen, isDoubled, plan } from '../../dist/nodes/Outreach/triggers/events.js';

describe('signatures', () => {
	const body = Buffer.from('{"ü":1}');
	const sign = (secret: string, bytes = body) => createHmac('sha256', secret).update(bytes).digest('hex');

	test('made with one of the secrets, over exactly these bytes', () => {
		expect(signedWith(body, sign('a'), ['a'])).toBe('a');
		expect(signedWith(body, sign('b'), ['a', 'b'])).toBe('b');
		expect(signedWith(body, sign('a').toUpperCase(), ['a'])).toBe('a');
		expect(signedWith(Buffer.from('{"ü":2}'), sign('a'), ['a'])).toBeUndefined();
		for (const wrong of [undefined, '', 'x', sign('a').slice(1), `${sign('a')}0`, sign('c'), 'g'.repeat(64), [sign('a')], 7]) {
			expect(signedWith(body, wrong, ['a', 'b'])).toBeUndefined();
		}
		expect(signedWith(body, sign(''), [])).toBeUndefined();
	});

	test('secrets differ', () => {
		expect(newSecret()).toMatch(/^[0-9a-f]{64}$/);
		expect(newSecret()).not.toBe(newSecret());
	});
});

describe('bodies', () => {
	const context = (request: object) => ({ getRequestObject: () => request }) as never;

	test('as they came, read only when nobody has', async () => {
		expect(await rawBody(context({ rawBody: Buffer.from('x') }))).toEqual(Buffer.from('x'));
		const request = { rawBody: undefined as Buffer | undefined, readRawBody: async () => void (request.rawBody = Buffer.from('y')) };
		expect(await rawBody(context(request))).toEqual(Buffer.from('y'));
		expect(await rawBody(context({ readRawBody: async () => await Promise.reject(new Error('aborted')) }))).toBeUndefined();
		expect(await rawBody(context({ rawBody: Buffer.alloc(1024 * 1024 + 1) }))).toBeUndefined();
		expect(await rawBody(context({}))).toEqual(Buffer.alloc(0));
	});

	test('objects only', () => {
		expect(parseObject(Buffer.from('{"a":1}'))).toEqual({ a: 1 });
		for (const text of ['', '1', '[]', 'null', '{', '"a"']) expect(parseObject(Buffer.from(text))).toBeUndefined();
	});
});

describe('memory of deliveries', () => {
	test('each once, and bounded', () => {
		const memory = new DeliveryMemory(10, 4);
		const data: { seen?: string } = {};
		for (let i = 0; i < 20; i += 1) {
			expect(memory.take(String(i), data)).toBe(true);
			expect(memory.take(String(i), data)).toBe(false);
		}
		expect(splitFingerprints(data.seen)).toEqual(['16', '17', '18', '19'].map(fingerprint));
		expect(memory.take('10', data)).toBe(false);
		expect(memory.take('9', data)).toBe(true);
	});

	test('outlives the process, and learns what another one wrote', () => {
		const data: { seen?: string } = {};
		const first = new DeliveryMemory();
		first.take('a', data);
		const second = new DeliveryMemory();
		expect(second.take('a', data)).toBe(false);
		expect(second.take('b', data)).toBe(true);
		expect(first.take('b', data)).toBe(false);
		expect(first.take('c', data)).toBe(true);
		expect(splitFingerprints(data.seen)).toEqual(['a', 'b', 'c'].map(fingerprint));
	});

	test('older data written over newer does not make it forget', () => {
		const memory = new DeliveryMemory();
		const old: { seen?: string } = {};
		memory.take('a', old);
		const newer = { ...old };
		memory.take('b', newer);
		expect(memory.take('b', old)).toBe(false);
		expect(memory.take('c', old)).toBe(true);
		expect(splitFingerprints(old.seen)).toEqual(['a', 'b', 'c'].map(fingerprint));
	});
});

test('one question for all who ask within a moment, a new one afterwards', async () => {
	const gathering = new Gathering<number>(20);
	let asked = 0;
	const question = async () => ++asked;
	expect(await Promise.all([gathering.ask('a', question), gathering.ask('a', question), gathering.ask('b', question)])).toEqual([1, 1, 2]);
	expect(await gathering.ask('a', question)).toBe(3);
});

describe('events of Outreach', () => {
	test('the fewest webhooks', () => {
		const names = (events: string[]) => plan(events).map(({ resource, action }) => `${resource}.${action}`);
		expect(names(['prospect.created', 'prospect.created'])).toEqual(['prospect.created']);
		expect(names(['*.*', '*.created', 'task.*'])).toEqual(['*.*']);
		expect(names(['user.deleted'])).toEqual(['user.*']);
		expect(isDoubled('prospect.created', ['*.created', 'prospect.*'])).toBe(true);
		expect(isDoubled('prospect.updated', ['*.created', 'prospect.*'])).toBe(false);
		expect(isDoubled('task.created', ['*.created', 'prospect.*'])).toBe(false);
		expect(isDoubled('task.created', ['*.*', '*.created', 'task.*'])).toBe(false);
	});

	test('what was chosen', () => {
		expect(isChosen('user.updated', ['user.deleted'])).toBe(false);
		expect(isChosen('user.deleted', ['user.deleted'])).toBe(true);
		expect(isChosen('user.destroyed', ['user.deleted'])).toBe(true);
		expect(isChosen('task.completed', ['*.*'])).toBe(true);
		expect(isChosen('task.completed', ['task.created', '*.created'])).toBe(false);
	});

	test('every event can be chosen once', () => {
		const values = eventChoices().map(({ value }) => value);
		expect(new Set(values).size).toBe(values.length);
		expect(values).toEqual(expect.arrayContaining(['*.*', 'user.deleted', 'mailing.replied', 'sequenceState.finished', 'import.finished', 'kaiaRecording.created']));
	});

	test('names of changes', () => {
		expect(eventId('prospect.updated', 5, { updatedAt: '2026-03-01T10:00:00+01:00' })).toBe('prospect.updated:5:2026-03-01T09:00:00.000Z');
		expect(eventId('prospect.created', 5, {})).toBe('prospect.created:5');
		expect(eventId('mailing.replied', 5, { repliedAt: '2026-03-01T10:00:00Z', updatedAt: '2026-03-02T10:00:00Z' })).toBe('mailing.replied:5:2026-03-01T10:00:00.000Z');
		expect(eventId('prospect.updated', 5, {}, 'job')).toBe('prospect.updated:5:job');
	});
});

describe('events of Outseta', () => {
	test('66 kinds, each number and name once', () => {
		expect(ACTIVITY_TYPES).toHaveLength(66);
		for (const of of ['number', 'name'] as const) expect(new Set(ACTIVITY_TYPES.map((type) => type[of])).size).toBe(66);
		expect(() => activityType('AccountBorn')).toThrow('AccountBorn');
	});

	test('a record is what it says, or what its properties say', () => {
		expect(entityOf({ _objectType: 'Deal', Email: 'x' })).toBe('Deal');
		expect(entityOf({ AccountStage: null })).toBe('Account');
		expect(entityOf({ Email: 'x' })).toBe('Person');
		expect(entityOf({ DealPipelineStage: {} })).toBe('Deal');
		expect(entityOf({ Uid: 'x', Name: 'y' })).toBeUndefined();
	});

	test('a name of its own only for what the data tells apart', () => {
		const id = (name: string, details = {}) => certainId(activityType(name), 'r1', details);
		expect(id('PersonCreated')).toBe('PersonCreated:r1');
		expect(id('PersonLogin', { PersonUid: 'p', LoginDateTime: '2026-03-01T10:00:00' })).toBe('PersonLogin:p:2026-03-01T10:00:00.000Z');
		expect(id('PersonLogin', { PersonUid: 'p' })).toBeUndefined();
		expect(id('TaskCreated', { Uid: 't' })).toBe('TaskCreated:t');
		expect(id('PersonEmailOpened')).toBeUndefined();
	});

	test('equal notifications are repeats for as long as Outseta repeats, and something new after that', () => {
		const hour = 3_600_000;
		const start = Date.parse('2026-03-01T10:00:00Z');
		const read = (event: string) => readDelivery({ _objectType: 'Person', Uid: 'p' }, { event, simplify: true, allowRepeats: false }) as Delivery;
		for (const offset of [0, hour - 1]) {
			const memory = new DeliveryMemory();
			const data = {};
			const opened = (after: number) => isRepeat(memory, data, read('PersonEmailOpened'), start + offset + after);
			expect(opened(0)).toBe(false);
			// The last of 20 repeats, 20 minutes apart.
			expect(opened((20 * hour) / 3)).toBe(true);
			expect(opened(8 * hour)).toBe(false);
			expect(opened(9 * hour)).toBe(true);
		}
		const memory = new DeliveryMemory();
		const data = {};
		expect([0, 100].map((hours) => isRepeat(memory, data, read('PersonCreated'), start + hours * hour))).toEqual([false, true]);
	});
});
