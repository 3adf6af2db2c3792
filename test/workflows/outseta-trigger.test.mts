/** The Outseta Trigger: what it accepts, and what it makes of notifications. */
import { createHmac } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { contract } from '../simulator/outseta/contract.mts';
import { outsetaLab } from './outseta-support.mts';
import { mapper, rl } from './support.mts';
import { triggers, type TriggerLab } from './trigger-support.mts';

const lab = outsetaLab();
const make = triggers('outsetaTrigger', () => lab.harness);

beforeAll(() => lab.sim.notifications.pauseMs = 20);

beforeEach(() => lab.connect({ signatureSecret: lab.sim.signatureKey }));

const trigger = (event: string, more: IDataObject = {}) => make({ event, ...more });

/** A trigger that is on, and told to Outseta by hand. */
async function listening(event: string, more: IDataObject = {}): Promise<TriggerLab> {
	const one = trigger(event, more);
	await one.listen();
	await one.activate();
	lab.sim.notifications.add(event, one.url);
	return one;
}

async function settled(...all: TriggerLab[]): Promise<void> {
	await lab.sim.notifications.settled();
	for (const one of all) await one.settled();
}

const sign = (body: Buffer | string, key: Buffer | string = Buffer.from(lab.sim.signatureKey, 'hex')) => `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;

/** A delivery made by hand. */
async function send(one: TriggerLab, content: unknown, signature?: string): Promise<number> {
	const body = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
	const status = await one.receive(body, { 'content-type': 'application/json', 'x-hub-signature-256': signature ?? sign(body) });
	await one.settled();
	return status;
}

const account = (more: IDataObject = {}): IDataObject => ({ _objectType: 'Account', Uid: 'a1', Name: 'Contoso', AccountStage: 3, Created: '2026-03-01T10:00:00', Updated: '2026-03-02T11:00:00.25', ...more });
const person = (more: IDataObject = {}): IDataObject => ({ _objectType: 'Person', Uid: 'p1', Email: 'jane@contoso.example', ...more });

describe('activation', () => {
	test('asks Outseta for nothing, and checks that deliveries can be verified', async () => {
		const one = trigger('AccountCreated');
		await one.activate();
		await one.hook('delete');
		expect(lab.sent()).toEqual([]);
	});

	test('a credential without key is refused, unless unsigned deliveries are welcome', async () => {
		lab.connect();
		await expect(trigger('AccountCreated').activate()).rejects.toThrow(/^The Outseta credential has no Signature Key, .*\. Copy it from Outseta \(Settings > Notifications/);
		await trigger('AccountCreated', { options: { acceptUnsigned: true } }).activate();
	});

	test('a key that is none is said in words, whatever the option', async () => {
		for (const signatureSecret of ['abc', 'z'.repeat(64), lab.sim.signatureKey.slice(1)]) {
			lab.connect({ signatureSecret });
			await expect(trigger('AccountCreated', { options: { acceptUnsigned: true } }).activate()).rejects.toThrow('The Signature Key in the Outseta credential is not 64 hexadecimal characters');
		}
		lab.connect({ signatureSecret: `  ${lab.sim.signatureKey.toUpperCase()}\n` });
		await trigger('AccountCreated').activate();
	});
});

describe('events', () => {
	test('an account is created, changed and deleted at Outseta', async () => {
		const [created, updated, deleted] = await Promise.all(['AccountCreated', 'AccountUpdated', 'AccountDeleted'].map(async (event) => await listening(event)));
		const { json } = await lab.run('account', 'create', { fields: mapper({ Name: 'Tiny Ltd', primaryEmail: 'tina@tiny.example' }) });
		const Uid = json[0].Uid as string;
		await settled(created);
		const record = rl('id', Uid);
		await lab.run('account', 'update', { record, fields: mapper({ Currency: 'EUR' }) });
		const read = (await lab.run('account', 'get', { record })).json[0];
		await lab.run('account', 'delete', { record });
		await settled(updated, deleted);
		expect(created.emitted).toEqual([expect.objectContaining({ event: 'AccountCreated', eventId: `AccountCreated:${Uid}`, resource: 'account', Uid, Name: 'Tiny Ltd', AccountStageLabel: 'Created' })]);
		expect(created.emitted[0]).not.toHaveProperty('activity');
		const [{ event, eventId, resource, ...flat }] = updated.emitted;
		expect([event, eventId, resource]).toEqual(['AccountUpdated', `AccountUpdated:${Uid}:${new Date(String(read.Updated)).toISOString()}`, 'account']);
		// The shape of the action node, for all that is not a record of its own.
		const plain = (item: IDataObject) => Object.fromEntries(Object.entries(item).filter(([, value]) => typeof value !== 'object'));
		expect(plain(flat)).toEqual(plain(read));
		expect(deleted.emitted).toEqual([expect.objectContaining({ event: 'AccountDeleted', eventId: `AccountDeleted:${Uid}`, Name: 'Tiny Ltd', Currency: 'EUR' })]);
		for (const one of [created, updated, deleted]) expect(one.answered).toEqual([200]);
	});

	test('each of the 66 activities, with the record that the table of Outseta names', async () => {
		const types = Object.entries(contract.enums.ActivityType as Record<string, string>).map(([number, name]) => [Number(number), name] as const);
		expect(types).toHaveLength(66);
		const jane = lab.uid('person.jane@contoso.example');
		const records: Record<string, [string, string]> = {
			account: ['account', lab.uid('account.Contoso')],
			person: ['person', jane],
			deal: ['deal', lab.uid('deal.Contoso upgrade')],
			task: ['task', lab.uid('task.Call Contoso')],
			plan: ['plan', lab.uid('plan.Team')],
			addOn: ['addOn', lab.uid('addOn.Extra Seats')],
		};
		const about = (number: number) => {
			if (number === 306 || number === 307) return 'task';
			if (number >= 400 && number < 500) return number < 402 ? 'plan' : 'addOn';
			if (number >= 300 && number < 400) return 'deal';
			return (number >= 200 && number < 300) || (number >= 500 && number < 600) ? 'person' : 'account';
		};
		const carried = (number: number) => ({ 203: 'account', 306: 'person', 307: 'person' })[number] ?? about(number);
		const one = trigger('');
		await one.listen();
		for (const [number, name] of types) {
			lab.sim.notifications.clear();
			one.node.parameters.event = name;
			lab.sim.notifications.add(number, one.url);
			const [type, uid] = records[about(number)];
			lab.sim.happen(number, type, uid, number === 118 ? [{ AddOnUid: 'x', Quantity: 2, StartDate: '2026-03-01T10:00:00' }] : undefined);
			await settled(one);
			expect(one.emitted.at(-1)).toMatchObject({ event: name, resource: carried(number), Uid: records[carried(number)][1] });
		}
		expect(one.emitted).toHaveLength(66);
		expect(one.failed).toEqual([]);
		expect(one.emitted.find(({ event }) => event === 'AccountSubscriptionAddOnsChanged')!.activity).toEqual([{ AddOnUid: 'x', Quantity: 2, StartDate: '2026-03-01T10:00:00Z' }]);
	}, 30_000);

	test('a login brings the account, and the person under "activity"', async () => {
		const one = await listening('PersonLogin');
		const jane = lab.uid('person.jane@contoso.example');
		lab.sim.happen('PersonLogin', 'person', jane, { PersonUid: jane, LoginDateTime: '2026-03-01T10:00:00.5', SiteUrl: 'https://acme.example' });
		await settled(one);
		expect(one.emitted).toEqual([
			expect.objectContaining({
				event: 'PersonLogin',
				eventId: `PersonLogin:${jane}:2026-03-01T10:00:00.500Z`,
				resource: 'account',
				Name: 'Contoso',
				activity: { PersonUid: jane, LoginDateTime: '2026-03-01T10:00:00.5Z', SiteUrl: 'https://acme.example' },
			}),
		]);
	});

	test('a task brings whom it is about, and the task under "activity"', async () => {
		const [created, updated] = [await listening('TaskCreated'), await listening('TaskUpdated')];
		const task = lab.uid('task.Call Contoso');
		for (const event of ['TaskCreated', 'TaskUpdated']) lab.sim.happen(event, 'task', task);
		await settled(created, updated);
		expect(created.emitted[0]).toMatchObject({ event: 'TaskCreated', eventId: `TaskCreated:${task}`, resource: 'person', Email: 'jane@contoso.example', activity: { Uid: task, Title: 'Call Contoso', Status: 1 } });
		expect(updated.emitted[0]).toMatchObject({ event: 'TaskUpdated', resource: 'person', activity: { Title: 'Call Contoso' } });
	});

	test('a stage, a payment, a ticket: what happened is under "activity", and named by what happens once', async () => {
		const [stage, paid, ticket] = [await listening('AccountStageUpdated'), await listening('AccountPaidSubscriptionCreated'), await listening('PersonSupportTicketCreated')];
		await lab.run('account', 'cancel', { record: rl('name', 'Contoso'), fields: mapper({ CancelationReason: 'Price' }) });
		lab.sim.happen('AccountPaidSubscriptionCreated', 'account', lab.uid('account.Contoso'), { SubscriptionUid: 's1' });
		await lab.run('case', 'create', { fields: mapper({ Subject: 'Help', Body: 'Please', Source: 1, fromEmail: 'jane@contoso.example' }) });
		await settled(stage, paid, ticket);
		expect(stage.emitted[0]).toMatchObject({ event: 'AccountStageUpdated', AccountStageLabel: 'Cancelling', activity: { PriorAccountStage: 3, CurrentAccountStage: 4 } });
		expect(paid.emitted[0].eventId).toBe('AccountPaidSubscriptionCreated:s1');
		const made = lab.sim.records('Case').at(-1)!.Uid as string;
		expect(ticket.emitted[0]).toMatchObject({ eventId: `PersonSupportTicketCreated:${made}`, resource: 'person', Email: 'jane@contoso.example', activity: { CaseUid: made } });
	});

	test('the raw form is what was delivered', async () => {
		const one = trigger('AccountStageUpdated', { simplify: false });
		const body = account({ ActivityEventData: { PriorAccountStage: 2 }, Empty: null });
		await send(one, body);
		expect(one.emitted).toEqual([{ event: 'AccountStageUpdated', eventId: expect.stringMatching(/^AccountStageUpdated:a1:/), ...body }]);
	});

	test('records that do not say what they are, are known by their properties', async () => {
		const one = trigger('AccountUpdated');
		const { _objectType: _, ...bare } = account();
		expect(await send(one, bare)).toBe(200);
		expect(one.emitted[0]).toMatchObject({ resource: 'account', eventId: 'AccountUpdated:a1:2026-03-02T11:00:00.250Z', AccountStageLabel: 'Subscribing', Updated: '2026-03-02T11:00:00.25Z' });
	});
});

describe('reception', () => {
	test('wrong, missing and foreign signatures, and changed bytes: 401, and nothing starts', async () => {
		const one = trigger('AccountCreated');
		const text = JSON.stringify(account());
		const good = sign(text);
		const tries: Array<[string, string]> = [
			[text, ''],
			[text, good.slice(0, -1)],
			[text, good.slice('sha256='.length)],
			[text, good.replace('sha256', 'sha1')],
			[text, good.replace(/.$/, (c) => (c === '0' ? '1' : '0'))],
			[text, `sha256=${'zz'.repeat(32)}`],
			[text, sign(text, Buffer.alloc(32, 7))],
			// The text of the key instead of its bytes.
			[text, sign(text, lab.sim.signatureKey)],
			[text.replace('Contoso', 'Fabrikam'), good],
			[`${text} `, good],
			['', good],
		];
		for (const [body, signature] of tries) expect(await send(one, body, signature)).toBe(401);
		expect(await one.receive(Buffer.from(text), {})).toBe(401);
		await one.settled();
		expect([one.emitted, one.failed]).toEqual([[], []]);
		expect(await send(one, text, good)).toBe(200);
		expect(one.emitted).toHaveLength(1);
	});

	test('forgeries of the simulator', async () => {
		const one = await listening('AccountCreated');
		expect((await lab.sim.forge()).statuses).toEqual([401, 401, 401, 401]);
		await one.settled();
		expect([one.emitted, one.failed]).toEqual([[], []]);
	});

	test('another key in the credential, none, and one that is no key', async () => {
		const one = trigger('AccountCreated');
		for (const signatureSecret of ['ab'.repeat(32), '', 'abc']) {
			lab.connect({ signatureSecret });
			expect(await send(one, account())).toBe(401);
		}
		// An option that is on does not weaken a key that is there.
		one.node.parameters.options = { acceptUnsigned: true };
		for (const signatureSecret of [lab.sim.signatureKey, 'abc']) {
			lab.connect({ signatureSecret });
			expect(await send(one, account(), '')).toBe(401);
		}
		expect([one.emitted, one.failed]).toEqual([[], []]);
		lab.connect();
		expect(await send(one, account(), '')).toBe(200);
		expect(one.emitted).toHaveLength(1);
	});

	test('malformed and oversized bodies: 400, and nothing starts', async () => {
		const one = trigger('AccountCreated');
		for (const text of ['', '{', '[]', 'null', '"x"', '{}', '{"Name":"x"}', '{"Uid":null}']) expect(await send(one, text)).toBe(400);
		expect(await send(one, account({ Notes: 'x'.repeat(1024 * 1024) }))).toBe(400);
		expect([one.emitted, one.failed]).toEqual([[], []]);
	});

	test('a record that the event never carries: refused, so that the mistake shows in Outseta', async () => {
		const one = await listening('AccountCreated');
		lab.sim.notifications.add('PersonUpdated', one.url);
		lab.sim.notifications.pauseMs = 1;
		lab.sim.update('person', lab.uid('person.jane@contoso.example'), { Title: 'Chief' });
		await settled(one);
		lab.sim.notifications.pauseMs = 20;
		expect(new Set(one.answered)).toEqual(new Set([400]));
		expect([one.emitted, one.failed]).toEqual([[], []]);
		expect(lab.sim.notifications.configured[1]).toMatchObject({ errorCount: 21, errorDescription: 'Answered 400' });
		expect(await send(one, { Uid: 'p2', Email: 'bob@contoso.example' })).toBe(400);
	});
});

describe('repeats', () => {
	test('repeated, reordered and concurrent deliveries are emitted once, also after a restart', async () => {
		const one = trigger('AccountUpdated');
		one.saveMs = 10;
		const all = Array.from({ length: 20 }, (_, i) => account({ Name: `Account ${i}` }));
		const shuffled = [...all, ...all, ...all.toReversed()].map((body, i) => ({ body, k: (i * 7919) % 60 })).sort((a, b) => a.k - b.k);
		await Promise.all(shuffled.map(async ({ body }) => await send(one, body)));
		expect(one.emitted.map(({ Name }) => Name).sort()).toEqual(all.map(({ Name }) => Name).sort());
		expect(new Set(one.answered)).toEqual(new Set([200]));

		await send(one, account({ Name: 'Last' }));
		const restarted = one.restarted();
		for (const body of all) await send(restarted, body);
		expect(restarted.emitted).toEqual([]);
	});

	test('Outseta sends again what it got no answer to', async () => {
		const one = await listening('PersonEmailBounce');
		const { url } = lab.sim.notifications.configured[0];
		lab.sim.notifications.configured[0].url = 'http://127.0.0.1:9/nobody';
		lab.sim.happen('PersonEmailBounce', 'person', lab.uid('person.jane@contoso.example'));
		await lab.sim.notifications.settled();
		expect(one.emitted).toEqual([]);
		const { body } = lab.sim.notifications.log[0];
		lab.sim.notifications.configured[0].url = url;
		expect(await send(one, body)).toBe(200);
		expect(await send(one, body)).toBe(200);
		expect(one.emitted).toHaveLength(1);
	});

	test('what happens once to a record is one event, even when the record has changed before the repeat', async () => {
		const one = trigger('AccountCreated');
		await send(one, account());
		await send(one, account({ Name: 'Renamed', Updated: '2026-03-03T10:00:00' }));
		expect(one.emitted).toHaveLength(1);
		const updated = trigger('AccountUpdated');
		await send(updated, account());
		await send(updated, account({ Name: 'Renamed' }));
		expect(updated.emitted).toHaveLength(2);
	});

	test('an email opened twice looks like a repeat, and comes through when the user says so', async () => {
		const [strict, open] = [trigger('PersonEmailOpened'), trigger('PersonEmailOpened', { options: { allowRepeats: true } })];
		for (const one of [strict, open]) for (let i = 0; i < 2; i += 1) await send(one, person());
		expect([strict.emitted.length, open.emitted.length]).toEqual([1, 2]);
		expect(open.emitted[0].eventId).toBe(open.emitted[1].eventId);
	});

	test('the same body under another event is another event', async () => {
		const one = trigger('PersonEmailOpened');
		await send(one, person());
		one.node.parameters.event = 'PersonEmailClicked';
		await send(one, person());
		expect(one.emitted.map(({ event }) => event)).toEqual(['PersonEmailOpened', 'PersonEmailClicked']);
	});
});
