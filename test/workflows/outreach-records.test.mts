/** Create or Update of prospects and accounts, and prospects into sequences. */
import type { IDataObject } from 'n8n-workflow';
import { automatic, linked, mapper, MEDIA_TYPE, outreachLab, rl, seen, tinyServer } from './support.mts';

const lab = outreachLab();

describe('prospect: create or update by email', () => {
	const byEmail = (fields: IDataObject, more: IDataObject = {}) => ({ matchValue: '={{ $json.email }}', fields: mapper(fields), ...more });

	test('creates with the email as the address', async () => {
		const { json, error } = await lab.run(
			'prospect',
			'upsert',
			byEmail({ firstName: 'Nia', title: '={{ $json.title }}' }, { links: linked({ owner: rl('id', 3) }) }),
			[{ email: 'nia@new.example', title: 'COO' }],
		);
		expect(error).toBeUndefined();
		// Looked up once more: an organization may allow prospects with the same address.
		expect(lab.sent()).toEqual(['GET /prospects?filter[emails]=nia@new.example&page[size]=1000', 'POST /prospects', 'GET /prospects?filter[emails]=nia@new.example&page[size]=1000']);
		expect(lab.bodies()).toEqual([
			{
				data: {
					type: 'prospect',
					attributes: { firstName: 'Nia', title: 'COO', emails: ['nia@new.example'] },
					relationships: { owner: { data: { type: 'user', id: 3 } } },
				},
			},
		]);
		expect(json).toEqual([expect.objectContaining({ id: 121, emails: ['nia@new.example'], ownerId: 3, outcome: 'created' })]);
	});

	test('updates what differs, and keeps the other addresses', async () => {
		const known = lab.sim.records('prospect').find(({ attributes }) => (attributes.emails as string[]).length === 2)!;
		const emails = known.attributes.emails as string[];
		const { json } = await lab.run('prospect', 'upsert', byEmail({ title: 'Head of Everything', firstName: known.attributes.firstName as string }), [
			{ email: emails[1].toUpperCase() },
		]);
		expect(lab.bodies()).toEqual([{ data: { type: 'prospect', id: known.id, attributes: { title: 'Head of Everything' } } }]);
		expect(json[0]).toMatchObject({ id: known.id, emails, outcome: 'updated' });
		expect(lab.sim.record('prospect', known.id)?.attributes.emails).toEqual(emails);
	});

	test('sends nothing when nothing differs, relations and dates included', async () => {
		const item = { email: 'nia@new.example' };
		const input = byEmail(
			{ firstName: 'Nia', tags: 'a,b', availableAt: '2026-03-01T09:00:00+01:00', score: 3, optedOut: false, addressCity: '' },
			{ links: linked({ owner: rl('email', 'carlos.cruz@acme.example'), stage: rl('key', 'New') }) },
		);
		await lab.run('prospect', 'upsert', input, [item]);
		lab.sim.clearRequests();
		const { json } = await lab.run('prospect', 'upsert', input, [item]);
		expect(lab.writes()).toEqual([]);
		expect(json[0]).toMatchObject({ id: 121, outcome: 'unchanged', ownerId: 3, stageId: 1 });
	});

	test('one record for one email of a run, whatever its case and order', async () => {
		const items = ['a@dup.example', 'A@DUP.example', 'b@dup.example', 'a@dup.example', 'B@dup.example'].map((email, n) => ({ email, n: String(n) }));
		const { json } = await lab.run('prospect', 'upsert', byEmail({ source: '={{ $json.n }}' }, { options: { parallel: 10 } }), items);
		expect(lab.sent()[0]).toBe('GET /prospects?filter[emails]=a@dup.example,b@dup.example&page[size]=1000');
		expect(lab.writes().filter((line) => line.startsWith('POST'))).toHaveLength(2);
		expect(json.map(({ outcome }) => outcome)).toEqual(['created', 'updated', 'created', 'updated', 'updated']);
		expect(json[0].id).toBe(json[3].id);
		expect(lab.sim.record('prospect', json[0].id as number)?.attributes.source).toBe('3');
		expect(lab.sim.record('prospect', json[2].id as number)?.attributes.source).toBe('4');
	});

	test('map automatically: the key is no field', async () => {
		const { error } = await lab.run('prospect', 'upsert', { matchValue: '={{ $json.email }}', fields: automatic }, [{ email: 'nia@new.example', firstName: 'Nia' }]);
		expect(error).toBeUndefined();
		expect(lab.bodies()[0].data.attributes).toEqual({ firstName: 'Nia', emails: ['nia@new.example'] });
	});

	test('fields are cleared by name, also of relations', async () => {
		const [email] = lab.sim.record('prospect', 1)!.attributes.emails as string[];
		await lab.run('prospect', 'upsert', { matchValue: email, fields: mapper({}), options: { clearFields: ['title', 'stage'] } });
		expect(lab.bodies()).toEqual([{ data: { type: 'prospect', id: 1, attributes: { title: null }, relationships: { stage: { data: null } } } }]);
		lab.sim.clearRequests();
		await lab.run('prospect', 'upsert', { matchValue: email, fields: mapper({}), options: { clearFields: ['title', 'stage'] } });
		expect(lab.writes()).toEqual([]);
		// On a new record there is nothing to clear.
		await lab.run('prospect', 'upsert', { matchValue: 'nia@new.example', fields: mapper({ firstName: 'Nia' }), options: { clearFields: ['title'] } });
		expect(lab.bodies()[0].data.attributes).toEqual({ firstName: 'Nia', emails: ['nia@new.example'] });
	});

	test('an email that several have is refused before anything is written', async () => {
		for (const firstName of ['Ann', 'Bob']) lab.sim.insert('prospect', { attributes: { firstName, emails: ['shared@two.example'] } });
		const { error } = await lab.run('prospect', 'upsert', byEmail({ title: 'CTO' }), [{ email: 'nia@new.example' }, { email: 'shared@two.example' }]);
		expect(error?.message).toBe('Prospect: 2 prospects have the email "shared@two.example" [item 1]');
		expect((error as Error & { description: string }).description).toMatch(/Ann \(shared@two\.example, ID 121\), Bob \(shared@two\.example, ID 122\)/);
		expect(lab.writes()).toEqual([]);
	});

	test('created by somebody else after the look-up: updated instead of doubled', async () => {
		lab.sim.addFault({ match: { method: 'POST', path: '/api/v2/prospects' }, kind: 'slow', delayMs: 150 });
		const running = lab.run('prospect', 'upsert', byEmail({ title: 'CTO' }), [{ email: 'nia@new.example' }]);
		await seen(lab, 'POST /prospects');
		lab.sim.insert('prospect', { attributes: { firstName: 'Nia', emails: ['Nia@new.example'] } });
		const { json, error } = await running;
		expect(error).toBeUndefined();
		expect(lab.writes()).toEqual(['POST /prospects', 'PATCH /prospects/121']);
		expect(lab.bodies('/prospects/121')).toEqual([{ data: { type: 'prospect', id: 121, attributes: { title: 'CTO' } } }]);
		expect(json[0]).toMatchObject({ id: 121, outcome: 'updated' });
	});

	test('a vendor that takes one address at a time only: found all the same, none doubled', async () => {
		// "Filterable with a single address" may mean just that; such a vendor finds nothing for a list.
		const known = new Map([['old1@lead.example', 51], ['old2@lead.example', 52]]);
		const server = await tinyServer((request, response) => {
			const asked = new URL(request.url!, 'http://sim').searchParams.get('filter[emails]') ?? '';
			const id = known.get(asked);
			const record = (number: number, emails: string[]) => ({ type: 'prospect', id: number, attributes: { emails, firstName: 'Lee' } });
			response.setHeader('content-type', MEDIA_TYPE);
			if (request.method === 'POST') response.statusCode = 201;
			response.end(JSON.stringify({ data: request.method === 'GET' ? (id ? [record(id, [asked])] : []) : record(99, ['new@lead.example']) }));
		});
		try {
			lab.connect({ baseUrl: server.url });
			const emails = ['old1@lead.example', 'new@lead.example', 'old2@lead.example'];
			const { json, error } = await lab.run('prospect', 'upsert', byEmail({ firstName: 'Lee' }), emails.map((email) => ({ email })));
			expect(error).toBeUndefined();
			expect(json.map(({ id, outcome }) => [id, outcome])).toEqual([[51, 'unchanged'], [99, 'created'], [52, 'unchanged']]);
			expect(server.requests.map(({ method, url }) => `${method} ${/emails\]=([^&]*)/.exec(url)?.[1] ?? ''}`)).toEqual([
				`GET ${emails.join(',')}`,
				...emails.map((email) => `GET ${email}`),
				'POST ',
				'GET new@lead.example',
			]);
		} finally {
			await server.stop();
		}
	});

	test('500 items are looked up ten at once', async () => {
		lab.sim.seedProspects(500, 'lead');
		const items = Array.from({ length: 500 }, (_, n) => ({ email: `lead${n}@load.example` }));
		const { json } = await lab.run('prospect', 'upsert', byEmail({}), items);
		expect(lab.sent()).toHaveLength(10);
		expect(json.every(({ outcome }) => outcome === 'unchanged')).toBe(true);
	});
});

describe('account: create or update', () => {
	test.each([
		['name', 'Contoso', 'name', 2],
		['domain', 'fabrikam.example', 'domain', 3],
		['customId', 'CRM-1003', 'customId', 4],
	])('finds by %s', async (matchBy, matchValue, field, id) => {
		await lab.run('account', 'upsert', { matchBy, matchValue, fields: mapper({ industry: 'Consulting' }) });
		expect(lab.sent()).toEqual([`GET /accounts?filter[${field}]=${matchValue}&page[size]=1000`, `PATCH /accounts/${id}`]);
		expect(lab.bodies()).toEqual([{ data: { type: 'account', id, attributes: { industry: 'Consulting' } } }]);
	});

	test('creates by domain, with a name', async () => {
		await lab.run('account', 'upsert', { matchBy: 'domain', matchValue: 'new.example', fields: mapper({ name: 'New Ltd' }) });
		expect(lab.bodies()).toEqual([{ data: { type: 'account', attributes: { name: 'New Ltd', domain: 'new.example' } } }]);
	});

	test('a new account without a name is refused before anything is written', async () => {
		const { error } = await lab.run('account', 'upsert', { matchBy: 'domain', matchValue: '={{ $json.domain }}', fields: mapper({ industry: 'Retail' }) }, [
			{ domain: 'contoso.example' },
			{ domain: 'new.example' },
		]);
		expect(error?.message).toBe('Name missing. The account does not exist yet, and a new one needs more fields [item 1]');
		expect(lab.writes()).toEqual([]);
	});

	test('names with commas are looked up whole', async () => {
		lab.sim.insert('account', { attributes: { name: 'Ink, Inc' } });
		const { json } = await lab.run('account', 'upsert', { matchValue: '={{ $json.name }}', fields: mapper({}) }, [{ name: 'Ink, Inc' }, { name: 'Contoso' }]);
		expect(lab.sent()).toEqual(['GET /accounts?filter[name][]=Ink, Inc&filter[name][]=Contoso&newFilterSyntax=true&page[size]=1000']);
		expect(json.map(({ outcome, id }) => [outcome, id])).toEqual([['unchanged', 26], ['unchanged', 2]]);
	});
});

describe('prospect: add to sequence', () => {
	const state = (prospect: number, sequence: number, mailbox: number) => ({
		data: {
			type: 'sequenceState',
			relationships: {
				prospect: { data: { type: 'prospect', id: prospect } },
				sequence: { data: { type: 'sequence', id: sequence } },
				mailbox: { data: { type: 'mailbox', id: mailbox } },
			},
		},
	});

	test('by email and name: three look-ups, one write', async () => {
		const [email] = lab.sim.record('prospect', 60)!.attributes.emails as string[];
		const { json, error } = await lab.run('prospect', 'addToSequence', {
			record: rl('email', email),
			sequence: rl('name', 'Trial Onboarding'),
			mailbox: rl('email', 'carlos.cruz@acme.example'),
		});
		expect(error).toBeUndefined();
		expect(lab.sent().slice(0, 3).sort()).toEqual([
			'GET /mailboxes?filter[email]=carlos.cruz@acme.example&fields[mailbox]=email&page[size]=1000',
			`GET /prospects?filter[emails]=${email}&fields[prospect]=emails,firstName,lastName&page[size]=1000`,
			'GET /sequences?filter[name]=Trial Onboarding&fields[sequence]=name&page[size]=1000',
		]);
		expect(lab.sent().slice(3)).toEqual(['POST /sequenceStates']);
		expect(lab.bodies()).toEqual([state(60, 1, 3)]);
		expect(json[0]).toMatchObject({ id: 31, state: 'pending', prospectId: 60, sequenceId: 1, mailboxId: 3, outcome: 'added' });
	});

	test.each(['id', 'list'])('by %s: no look-up', async (mode) => {
		await lab.run('prospect', 'addToSequence', { record: rl(mode, '61'), sequence: rl(mode, 2), mailbox: rl(mode, '4') });
		expect(lab.sent()).toEqual(['POST /sequenceStates']);
		expect(lab.bodies()).toEqual([state(61, 2, 4)]);
	});

	test('by the address of the page', async () => {
		await lab.run('prospect', 'addToSequence', {
			record: rl('url', 'https://web.outreach.io/prospects/61'),
			sequence: rl('url', 'https://web.outreach.io/sequences/2?tab=steps'),
			mailbox: rl('id', 4),
		});
		expect(lab.bodies()).toEqual([state(61, 2, 4)]);
	});

	test('one who is in it already is reported, with the state that is not over', async () => {
		const { json, error } = await lab.run('prospect', 'addToSequence', { record: rl('id', 1), sequence: rl('id', 1), mailbox: rl('id', 3) });
		expect(error).toBeUndefined();
		expect(lab.sent()).toEqual(['POST /sequenceStates', 'GET /sequenceStates?filter[prospect][id]=1&filter[sequence][id]=1&page[size]=1000']);
		expect(json).toEqual([expect.objectContaining({ id: 1, state: 'active', prospectId: 1, outcome: 'already active' })]);
	});

	test('or is a mistake, when the option says so', async () => {
		const { error } = await lab.run('prospect', 'addToSequence', {
			record: rl('id', 1),
			sequence: rl('id', 1),
			mailbox: rl('id', 3),
			options: { ifActive: 'fail' },
		});
		expect(lab.sent()).toEqual(['POST /sequenceStates']);
		expect(error?.message).toMatch(/Prospect has already been added to this sequence/);
	});

	test('a finished state is no obstacle', async () => {
		// Prospect 4 has finished sequence 4.
		const { json } = await lab.run('prospect', 'addToSequence', { record: rl('id', 4), sequence: rl('id', 4), mailbox: rl('id', 3) });
		expect(json[0]).toMatchObject({ id: 31, outcome: 'added' });
	});

	test('another refusal stays one, even though a state exists', async () => {
		lab.sim.addFault({
			match: { method: 'POST', path: '/api/v2/sequenceStates' },
			kind: 'status',
			status: 422,
			body: { errors: [{ id: 'validationError', title: 'Validation Error', detail: 'Mailbox is disabled', source: { pointer: '/data/relationships/mailbox' } }] },
		});
		const { error } = await lab.run('prospect', 'addToSequence', { record: rl('id', 61), sequence: rl('id', 1), mailbox: rl('id', 3) });
		expect(error?.message).toMatch(/Mailbox is disabled/);
	});

	test('the same prospect twice in a run: added, then reported', async () => {
		const { json } = await lab.run(
			'prospect',
			'addToSequence',
			{ record: rl('id', '={{ $json.id }}'), sequence: rl('id', 1), mailbox: rl('id', 3), options: { parallel: 10 } },
			[{ id: 60 }, { id: 61 }, { id: 60 }],
		);
		expect(json.map(({ outcome, id }) => [outcome, id])).toEqual([['added', 31], ['added', 32], ['already active', 31]]);
	});
});
