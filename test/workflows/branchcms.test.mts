/** The BranchCMS node on n8n's engine: against the strict simulator, and against sites that behave worse than it. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { Answerer, Recorder } from '../conformance/recorder.mts';
import { startBranchCms } from '../simulator/index.mts';
import { mapper, rl, where } from './support.mts';
import { branchCmsLab } from './vendor-support.mts';

const PASSWORD = 'correct horse battery';

const lab = branchCmsLab();
const { behave, connect, ok, refused, run } = lab;

const page = (data: IDataObject[], currentPage = 1, totalPages = 1, links: IDataObject = {}) => ({
	body: { data, pagination: { currentPage, perPage: data.length, count: data.length, totalPages, links }, totalItems: data.length },
});

const sentTo = (recorder: { sent: Recorder['sent'] }) => recorder.sent.map(({ method, path }) => `${method} ${path}`);
const account = (id: number) => lab.sim.records('account').find((a) => a.id === id);
const DANA = 9;

describe('accounts', () => {
	test('create stores what was given, under the keys of the vendor', async () => {
		const fields = { email: 'ada@site.example', username: 'ada', firstName: 'Ada', lastName: 'Lovelace', gender: 'female', password: PASSWORD };
		const { json } = await ok('account', 'create', { fields: mapper(fields) });
		expect(lab.sim.records('account').at(-1)).toEqual({ ...fields, id: json[0].id });
		expect(json[0]).toMatchObject({ email: 'ada@site.example', displayName: 'Ada Lovelace' });
	});

	test('update changes the given attributes alone', async () => {
		const before = account(DANA)!;
		await ok('account', 'update', { record: rl('id', DANA), fields: mapper({ title: 'Director' }) });
		expect(account(DANA)).toEqual({ ...before, title: 'Director' });
		expect(lab.sim.requests.map((r) => r.method)).toEqual(['PATCH']);
	});

	test('an empty value is not sent, the option Clear Fields empties', async () => {
		const before = account(DANA)!;
		await ok('account', 'update', { record: rl('id', DANA), fields: mapper({ title: 'Director', company: '', department: null }), options: { clearFields: ['phoneMobile'] } });
		expect(account(DANA)).toEqual({ ...before, title: 'Director', phoneMobile: null });
	});

	test('an update without any value is refused', async () => {
		const { message } = await refused('account', 'update', { record: rl('id', DANA), fields: mapper({ title: '' }) });
		expect(message).toBe('There is nothing to change: no field of the account was given');
		expect(lab.sim.requests).toEqual([]);
	});

	test('replace wipes what was left out, and says so wherever it is offered', async () => {
		expect(account(DANA)).toMatchObject({ company: 'Acme', memberLevel: 'staff' });
		await ok('account', 'replace', { record: rl('id', DANA), fields: mapper({ email: 'dana@new.example', lastName: 'Leaver' }) });
		expect(account(DANA)).toMatchObject({ id: DANA, email: 'dana@new.example', lastName: 'Leaver', firstName: null, company: null, memberLevel: null });
		expect(lab.sim.requests.map((r) => r.method)).toEqual(['PUT']);
		for (const resource of ['account', 'event']) {
			const { options } = lab.harness.nodeType('branchCms').description.properties.find((p) => p.name === 'operation' && p.displayOptions?.show?.resource?.includes(resource))!;
			const replace = (options as Array<{ value: string; name: string; description: string }>).find((o) => o.value === 'replace')!;
			expect(replace.name).toBe('Replace');
			expect(replace.description).toMatch(/leave out are cleared.*Use Update/);
			expect((options as Array<{ value: string; description: string }>).find((o) => o.value === 'update')!.description).not.toMatch(/emptied/);
		}
	});

	test('get gives one account flat, by ID and by email', async () => {
		const byId = await ok('account', 'get', { record: rl('id', DANA) });
		const byEmail = await ok('account', 'get', { record: rl('email', 'Dana.Leaver@acme.example') });
		expect(byId.json[0]).toMatchObject({ id: DANA, email: 'dana.leaver@acme.example', memberLevel: 'staff' });
		expect(byEmail.json).toEqual(byId.json);
	});

	test('delete takes 204 without a body for an answer', async () => {
		const { json, items } = await ok('account', 'delete', { record: rl('id', '={{ $json.id }}') }, [{ id: DANA }, { id: DANA + 1 }]);
		expect(json).toEqual([{ id: DANA, deleted: true }, { id: DANA + 1, deleted: true }]);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
		expect(account(DANA)).toBeUndefined();
	});

	test('what the vendor does not have is said plainly', async () => {
		expect(await refused('account', 'get', { record: rl('id', 4711) })).toMatchObject({
			message: 'BranchCMS refused to get account 4711: There is no account 4711.',
			description: expect.stringContaining('There is no such record'),
		});
		expect(await refused('account', 'delete', { record: rl('email', 'nobody@acme.example') })).toMatchObject({ message: 'Account: there is no account with the email "nobody@acme.example"' });
	});

	test('a taken email is refused in the words of the site, and points to Create or Update where these tell', async () => {
		const fields = mapper({ email: 'carlos.cruz@acme.example', lastName: 'Cruz' });
		expect((await refused('account', 'create', { fields })).message).toBe("BranchCMS refused to create account: Another account has the email 'carlos.cruz@acme.example'.");
		behave(() => ({ status: 409, body: { message: 'This email has already been taken' } }));
		expect((await refused('account', 'create', { fields })).description).toContain('Create or Update');
	});

	test.each([
		['a malformed email', { email: 'no-email' }, 'Email: "no-email" is not an email address'],
		['an attribute set by the vendor', { displayName: 'X' }, '"displayName" is read-only'],
		['an attribute nobody knows', { fristName: 'X' }, 'Account has no field "fristName"; similar: firstName'],
	])('%s is refused before anything is sent', async (_what, fields, message) => {
		expect((await refused('account', 'create', { fields: mapper(fields) })).message).toContain(message);
		expect(lab.sim.requests).toEqual([]);
	});
});

describe('custom attributes', () => {
	test('by key and value, and as JSON for values that are no text', async () => {
		const parameters = {
			fields: mapper({ email: 'ada@site.example' }),
			customFields: { field: [{ name: 'memberLevel', value: '={{ $json.level }}' }] },
			options: { customFieldsJson: '{"newsletter": true}' },
		};
		const { json } = await ok('account', 'create', parameters, [{ level: 'gold' }]);
		expect(lab.sim.records('account').at(-1)).toMatchObject({ memberLevel: 'gold', newsletter: true });
		expect(json[0]).toMatchObject({ memberLevel: 'gold', newsletter: true });
	});

	test('are columns of the mapper, with the type that the site shows', async () => {
		const { fields } = await lab.harness.loadOptions('branchCms', 'resourceMapping', 'getFields', { currentNodeParameters: { resource: 'account', operation: 'create' } });
		expect(fields.filter(({ id }) => ['memberLevel', 'newsletter'].includes(id)).map(({ id, type }) => ({ id, type }))).toEqual([
			{ id: 'memberLevel', type: 'string' },
			{ id: 'newsletter', type: 'boolean' },
		]);
		expect(fields.some(({ id }) => ['links', 'id', 'displayName'].includes(id))).toBe(false);
		const { error } = await run('account', 'update', {
			record: rl('id', DANA),
			fields: { ...(mapper({ memberLevel: 'gold', newsletter: 'false' }) as IDataObject), schema: fields } as unknown as INodeParameters,
		});
		expect(error).toBeUndefined();
		expect(account(DANA)).toMatchObject({ memberLevel: 'gold', newsletter: false });
	});

	test.each([
		['an attribute set by the vendor, by key', { customFields: { field: [{ name: 'id', value: '3' }] } }],
		['an attribute set by the vendor, as JSON', { options: { customFieldsJson: '{"id": 3}' } }],
		['a row without a key', { customFields: { field: [{ name: '', value: 'x' }] } }],
		['JSON that is a list', { options: { customFieldsJson: '["memberLevel"]' } }],
		['JSON that is none', { options: { customFieldsJson: '{memberLevel: 1}' } }],
	])('%s is refused before anything is sent', async (_what, parameters) => {
		const { message } = await refused('account', 'update', { record: rl('id', DANA), fields: mapper({ title: 'X' }), ...(parameters as INodeParameters) });
		expect(message).toMatch(/Custom Fields/);
		expect(lab.sim.requests).toEqual([]);
	});
});

describe('Create or Update', () => {
	const upsert = { matchValue: '={{ $json.email }}', fields: mapper({ lastName: '={{ $json.lastName }}', company: 'Acme' }) };

	test('creates what is missing, updates what is there, leaves what is right, each item its own', async () => {
		const people = [
			{ email: 'new@acme.example', lastName: 'New' },
			{ email: 'Dana.Leaver@acme.example', lastName: 'Stayer' },
			{ email: 'carlos.cruz@acme.example', lastName: 'Cruz' },
		];
		const first = await ok('account', 'upsert', upsert, people);
		expect(first.json.map(({ lastName, outcome }) => ({ lastName, outcome }))).toEqual([
			{ lastName: 'New', outcome: 'created' },
			{ lastName: 'Stayer', outcome: 'updated' },
			{ lastName: 'Cruz', outcome: 'unchanged' },
		]);
		expect(account(DANA)).toMatchObject({ lastName: 'Stayer', email: 'dana.leaver@acme.example', username: 'dana.leaver' });
		lab.sim.clearRequests();
		const second = await ok('account', 'upsert', upsert, people);
		expect(second.json.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged', 'unchanged']);
		expect(lab.sim.requests.every(({ method }) => method === 'GET')).toBe(true);
	});

	test('makes one account of one email, however often and however written', async () => {
		const emails = ['same@acme.example', 'Same@Acme.example', ' same@acme.example'];
		const before = lab.sim.records('account').length;
		const { json } = await ok('account', 'upsert', upsert, emails.map((email, i) => ({ email, lastName: `Name ${i}` })));
		expect(lab.sim.records('account')).toHaveLength(before + 1);
		expect(new Set(json.map(({ id }) => id)).size).toBe(1);
	});

	test('goes on when somebody else created the account in between', async () => {
		lab.sim.addFault({ match: { method: 'GET', path: '/api/v1/account/accounts' }, kind: 'status', status: 200, body: page([]).body });
		const { json } = await ok('account', 'upsert', upsert, [{ email: 'dana.leaver@acme.example', lastName: 'Stayer' }]);
		expect(json[0]).toMatchObject({ id: DANA, lastName: 'Stayer', outcome: 'updated' });
		expect(lab.sim.requests.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET', 'PATCH']);
	});

	describe('at a site that ignores the filter', () => {
		const members = Array.from({ length: 250 }, (_, i) => ({ id: i + 1, email: `m${i + 1}@site.example`, lastName: `L${i + 1}`, company: 'Acme' }));
		const ignoring: Answerer = ({ method, path, query, body }) => {
			if (method === 'POST') return { status: 201, body: { id: 900, ...(body as IDataObject) } };
			if (method === 'PATCH') return { body: { ...members.find((m) => path.endsWith(`/${m.id}`)), ...(body as IDataObject) } };
			const number = Number(query.find((q) => q.startsWith('page='))?.slice(5));
			// No links.next, and fewer per page than asked for.
			return page(members.slice((number - 1) * 50, number * 50), number, 5);
		};

		test('updates the right account, though it is on the last page', async () => {
			behave(ignoring);
			const { json } = await ok('account', 'upsert', upsert, [{ email: 'm250@site.example', lastName: 'Changed' }]);
			expect(json).toEqual([{ id: 250, email: 'm250@site.example', lastName: 'Changed', company: 'Acme', outcome: 'updated' }]);
			expect(lab.odd.sent.filter(({ method }) => method !== 'GET').map(({ method, path, body }) => ({ method, path, body }))).toEqual([
				{ method: 'PATCH', path: '/api/v1/account/accounts/250', body: { lastName: 'Changed' } },
			]);
			expect(lab.odd.sent).toHaveLength(6);
		});

		test('creates an account rather than change somebody else', async () => {
			behave(ignoring);
			const { json } = await ok('account', 'upsert', upsert, [{ email: 'm25@site.example.org', lastName: 'Other' }]);
			expect(json[0]).toMatchObject({ id: 900, outcome: 'created' });
			expect(lab.odd.sent.filter(({ method }) => method !== 'GET').map(({ method }) => method)).toEqual(['POST']);
		});

		test('locks on to the right account by email, also to delete', async () => {
			let gone = false;
			behave((request) => {
				if (request.method === 'DELETE') gone = true;
				if (request.path.endsWith('/120')) return { status: request.method === 'DELETE' ? 204 : gone ? 404 : 200 };
				return ignoring(request);
			});
			await ok('account', 'delete', { record: rl('email', 'm120@site.example') });
			expect(sentTo(lab.odd).slice(-2)).toEqual(['DELETE /api/v1/account/accounts/120', 'GET /api/v1/account/accounts/120']);
			expect((await refused('account', 'delete', { record: rl('email', 'm1200@site.example') })).message).toContain('there is no account with the email');
			expect(sentTo(lab.odd).filter((r) => r.startsWith('DELETE'))).toHaveLength(1);
		});

		test('refuses to choose between two accounts of one email', async () => {
			behave((request) => (request.method === 'GET' ? page([{ id: 1, email: 'two@site.example' }, { id: 2, email: 'TWO@site.example' }]) : ignoring(request)));
			const { message, description } = await refused('account', 'upsert', upsert, [{ email: 'Two@site.example', lastName: 'X' }]);
			expect(message).toContain('2 accounts have the email "Two@site.example"');
			expect(description).toMatch(/\(ID 1\).*\(ID 2\)/);
			expect(sentTo(lab.odd).filter((r) => !r.startsWith('GET'))).toEqual([]);
		});

		test('Get Many gives only what the filter asks for, whatever the page holds', async () => {
			behave(ignoring);
			const filters = where({ field: 'email', operator: 'equals', value: 'm77@site.example' });
			expect((await ok('account', 'getAll', { returnAll: true, filters })).json.map(({ id }) => id)).toEqual([77]);
			expect((await ok('account', 'getAll', { limit: 1, filters })).json.map(({ id }) => id)).toEqual([77]);
			expect((await ok('account', 'getAll', { returnAll: true, filters: where({ field: 'id', operator: 'equals', value: 250 }) })).json.map(({ id }) => id)).toEqual([250]);
		});
	});

	test('asks a site no more than a few things at a time', async () => {
		let open = 0;
		let most = 0;
		const slow = await startSlow(() => (most = Math.max(most, ++open)), () => open--);
		try {
			connect(slow.url);
			const people = Array.from({ length: 60 }, (_, i) => ({ email: `p${i}@site.example`, lastName: 'X' }));
			// Each is looked up, created, and looked up once more.
			await ok('account', 'upsert', { ...upsert, options: { parallel: 5 } }, people);
			expect(slow.count()).toBe(180);
			expect(most).toBeLessThanOrEqual(10);
		} finally {
			slow.stop();
		}
	});
});

describe('calendar events', () => {
	const EVENT = 101;
	const event = (id: number) => lab.sim.records('event').find((e) => e.id === id);

	test('create, with the time of day as an object or as JSON text', async () => {
		const time = { start: '18:00:00', end: '20:00:00', type: 'timed' };
		const items = [
			{ title: 'One', date: '2026-03-01', time },
			{ title: 'Two', date: '2026-03-02', time: JSON.stringify(time) },
		];
		const fields = mapper({ title: '={{ $json.title }}', date: '={{ $json.date }}', time: '={{ $json.time }}', isFeatured: true, publishDate: '2026-02-01' });
		const { json } = await ok('event', 'create', { fields, customFields: { field: [{ name: 'price', value: '12' }] } }, items);
		expect(json.map(({ title, date }) => ({ title, date }))).toEqual(items.map(({ title, date }) => ({ title, date })));
		expect(lab.sim.records('event').slice(-2)).toEqual(
			items.map(({ title, date }, i) => ({ id: json[i].id, title, date, time, isFeatured: true, publishDate: '2026-02-01', price: '12' })),
		);
	});

	test('update, get by title, delete', async () => {
		await ok('event', 'update', { record: rl('id', EVENT), fields: mapper({ location: 'Hall 2' }) });
		expect(event(EVENT)).toMatchObject({ location: 'Hall 2', title: 'Spring Fair I' });
		const { json } = await ok('event', 'get', { record: rl('title', 'spring fair i') });
		expect(json[0]).toMatchObject({ id: EVENT, location: 'Hall 2', url: '/calendar/event/spring-fair-i' });
		expect((await ok('event', 'delete', { record: rl('title', 'Spring Fair I') })).json).toEqual([{ id: EVENT, deleted: true }]);
		expect(event(EVENT)).toBeUndefined();
	});

	test('replace wipes', async () => {
		await ok('event', 'replace', { record: rl('id', EVENT), fields: mapper({ title: 'Bare', date: '2026-05-01' }) });
		expect(event(EVENT)).toMatchObject({ title: 'Bare', date: '2026-05-01', description: null, time: null });
	});

	test('list, sorted by date backwards', async () => {
		const { json } = await ok('event', 'getAll', { limit: 3, sort: { by: [{ field: 'date', direction: 'desc' }] } });
		expect(json.map(({ id }) => id)).toEqual([112, 111, 110]);
	});

	describe('upload', () => {
		/** Every byte there is, and a line end where the form has its own. */
		const bytes = Buffer.concat([Buffer.from(Array.from({ length: 256 }, (_, i) => i)), Buffer.from('\r\n--x--\r\n')]);
		const file = (name: string, mimeType = 'image/png', content = bytes) => ({ json: { name }, binary: { picture: { data: content.toString('base64'), mimeType, fileName: name } } });

		test('sends the bytes of each item in the part that the site expects', async () => {
			const { json, items } = await ok('event', 'upload', { binaryPropertyName: 'picture' }, [file('a.png'), file('Straße "2".pdf', 'application/pdf', Buffer.from('pdf'))]);
			expect(lab.sim.uploads.map(({ type, bytes: size }) => ({ type, size }))).toEqual([
				{ type: 'image/png', size: bytes.length },
				{ type: 'application/pdf', size: 3 },
			]);
			expect(json.map(({ fileName, size }) => ({ fileName, size }))).toEqual([
				{ fileName: 'a.png', size: bytes.length },
				{ fileName: 'Straße "2".pdf', size: 3 },
			]);
			expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
		});

		test('writes a form that others can read: part name, file name, type, bytes', async () => {
			behave(() => ({ status: 201, body: { file: '/f' } }));
			await ok('event', 'upload', { binaryPropertyName: 'picture', options: { partName: 'image', uploadPath: '/calendar/files' } }, [file('a.png')]);
			const [{ path, headers, raw }] = lab.odd.sent;
			expect(path).toBe('/api/v1/calendar/files');
			const form = await new Response(new Uint8Array(raw), { headers: { 'content-type': headers['content-type']! } }).formData();
			const names: string[] = [];
			form.forEach((_, name) => names.push(name));
			expect(names).toEqual(['image']);
			const part = form.get('image') as File;
			expect({ name: part.name, type: part.type }).toEqual({ name: 'a.png', type: 'image/png' });
			expect(Buffer.from(await part.arrayBuffer()).equals(bytes)).toBe(true);
		});

		test('an answer without a body, or with text, is an answer too', async () => {
			behave(() => ({ status: 204 }));
			expect((await ok('event', 'upload', { binaryPropertyName: 'picture' }, [file('a.png')])).json).toEqual([{ fileName: 'a.png' }]);
		});

		test.each([
			['an item without the file', { binaryPropertyName: 'document' }, /document/],
			['a path that leaves the API', { binaryPropertyName: 'picture', options: { uploadPath: '/../admin' } }, /Upload Path/],
			['an address instead of a path', { binaryPropertyName: 'picture', options: { uploadPath: 'https://evil.example/x' } }, /Upload Path/],
		])('%s is refused before anything is sent', async (_what, parameters, message) => {
			expect((await refused('event', 'upload', parameters as INodeParameters, [file('a.png'), file('b.png')])).message).toMatch(message);
			expect(lab.sim.requests).toEqual([]);
		});
	});
});

describe('Get Many', () => {
	test('filters by attributes of the vendor and of the site', async () => {
		const by = async (...conditions: IDataObject[]) => (await ok('account', 'getAll', { returnAll: true, filters: where(...conditions.map((c) => ({ operator: 'equals', ...c }))) })).json;
		const staff = await by({ field: 'memberLevel', value: 'staff' });
		expect(staff.map(({ id }) => id)).toEqual([9, 10, 11, 12]);
		expect((await by({ field: 'company', value: 'acme' }, { field: 'lastName', value: 'Cruz' })).map(({ email }) => email)).toEqual(['carlos.cruz@acme.example']);
		expect(lab.sim.requests.at(-1)!.search).toContain('attributes[company]=acme&attributes[lastName]=Cruz');
		expect(await by({ field: 'lastName', value: 'nobody' })).toEqual([]);
	});

	test('an empty filter value is refused, not sent', async () => {
		const { message } = await refused('account', 'getAll', { filters: where({ field: 'email', operator: 'equals', value: '' }) });
		expect(message).toBe('Filters: Email has no value');
		expect(lab.sim.requests).toEqual([]);
	});

	test('the colon form is checked on arrival as well', async () => {
		behave(() => page([{ id: 1, company: 'Acme' }, { id: 2, company: 'Other' }, { id: 3, company: 'ACME' }]));
		const { json } = await ok('account', 'getAll', { filters: where({ field: 'company', operator: 'equals', value: 'Acme' }), options: { filterSyntax: 'colon', extraQuery: '?instance=members&lang=en' } });
		expect(json.map(({ id }) => id)).toEqual([1, 3]);
		expect(lab.odd.sent[0].query).toEqual(['attributes=company:Acme', 'instance=members', 'lang=en', 'limit=50', 'page=1']);
	});

	test('reads all pages, and no further', async () => {
		lab.sim.seedAccounts(270);
		const { json } = await ok('account', 'getAll', { returnAll: true, sort: { by: [{ field: 'id', direction: 'desc' }] } });
		const ids = json.map(({ id }) => id as number);
		expect(ids).toEqual([...ids].sort((a, b) => b - a));
		expect(new Set(ids).size).toBe(310);
		expect(lab.sim.requests.map(({ query }) => query.page)).toEqual(['1', '2', '3', '4']);
	});

	test('takes no more pages than the limit needs', async () => {
		lab.sim.seedAccounts(270);
		expect((await ok('account', 'getAll', { limit: 150 })).json).toHaveLength(150);
		expect(lab.sim.requests).toHaveLength(2);
		lab.sim.clearRequests();
		expect((await ok('account', 'getAll', { limit: 7 })).json).toHaveLength(7);
		expect(lab.sim.requests.map(({ query }) => query.limit)).toEqual(['7']);
	});

	test('the numbers decide: on without links.next, and no further than the last page though a link says so', async () => {
		behave(({ query }) => {
			const number = Number(query.find((q) => q.startsWith('page='))!.slice(5));
			return page([{ id: number }], number, 3, number < 3 ? {} : { next: 'https://elsewhere.example/?page=4' });
		});
		const { json } = await ok('account', 'getAll', { returnAll: true });
		expect(json.map(({ id }) => id)).toEqual([1, 2, 3]);
		expect(lab.odd.sent).toHaveLength(3);
	});

	test('an empty page ends the walk', async () => {
		behave(({ query }) => (query.includes('page=1') ? page([{ id: 1 }], 1, 99) : page([], 2, 99)));
		expect((await ok('account', 'getAll', { returnAll: true })).json).toHaveLength(1);
		expect(lab.odd.sent).toHaveLength(2);
	});

	test('a record that moved to the next page while reading is given once', async () => {
		behave(({ query }) => (query.includes('page=1') ? page([{ id: 1 }, { id: 2 }], 1, 2) : page([{ id: 2 }, { id: 3 }], 2, 2)));
		expect((await ok('account', 'getAll', { returnAll: true })).json.map(({ id }) => id)).toEqual([1, 2, 3]);
	});
});

describe('links and secrets in answers', () => {
	test('the link of a write answer is neither shown nor followed', async () => {
		const { json } = await ok('account', 'create', { fields: mapper({ email: 'ada@site.example' }) });
		expect(json[0]).not.toHaveProperty('links');
		expect(lab.sim.requests.map(({ path }) => path)).toEqual(['/api/v1/account/accounts']);
		const updated = await ok('account', 'update', { record: rl('id', DANA), fields: mapper({ title: 'X' }) });
		expect(updated.json[0]).toMatchObject({ id: DANA });
		expect(updated.json[0]).not.toHaveProperty('links');
	});

	test('without Simplify the answer is left as it is', async () => {
		const { json } = await ok('account', 'update', { record: rl('id', DANA), fields: mapper({ title: 'X' }), simplify: false });
		expect(json[0].links).toEqual([{ rel: 'self', url: '/accounts/2740' }]);
	});

	test.each([true, false])('a password that the site echoes does not reach the output (simplify: %s)', async (simplify) => {
		behave(({ body }) => ({ status: 201, body: { id: 1, ...(body as IDataObject) } }));
		const { items } = await ok('account', 'create', { fields: mapper({ email: 'ada@site.example', password: PASSWORD }), simplify });
		expect(lab.odd.sent[0].body).toMatchObject({ password: PASSWORD });
		expect(JSON.stringify(items)).not.toContain(PASSWORD);
	});

	test.each([
		['a refusal', () => ({ status: 422, body: { error: `The password '${PASSWORD}' is too simple` } })],
		['a refusal in a list', () => ({ status: 400, body: { errors: [{ message: `Bad value ${PASSWORD}` }] } })],
		['an error page', () => ({ status: 500, body: `<html><body>Cannot store ${PASSWORD}</body></html>`, headers: { 'content-type': 'text/html' } })],
		['a page in place of JSON', () => ({ status: 200, body: `<html>${PASSWORD}</html>`, headers: { 'content-type': 'text/html' } })],
	] as Array<[string, Answerer]>)('%s does not repeat the password', async (_what, answer) => {
		// From the item: what is typed into the node stands in the node, which n8n shows with the error.
		const password = '={{ $json.secret }}';
		const items = [{ secret: PASSWORD }];
		for (const parameters of [
			{ fields: mapper({ email: 'ada@site.example', password }) },
			{ fields: mapper({ email: 'ada@site.example' }), customFields: { field: [{ name: 'password', value: password }] } },
			{ fields: mapper({ email: 'ada@site.example' }), options: { customFieldsJson: '={{ { password: $json.secret } }}' } },
		]) {
			behave(answer);
			expect((await refused('account', 'create', parameters, items)).all).not.toContain(PASSWORD);
			expect(JSON.stringify(lab.odd.sent[0].body)).toContain(PASSWORD);
			behave(answer);
			const tolerant = await run('account', 'create', parameters, items, { continueOnFail: true });
			expect(tolerant.json[0].error).toEqual(expect.any(String));
			expect(JSON.stringify(tolerant.items)).not.toContain(PASSWORD);
		}
	});

	test('the token is in no message', async () => {
		connect(lab.sim.url, 'wrong-token-4711');
		const { all } = await refused('account', 'getAll');
		expect(all).not.toContain('wrong-token-4711');
	});
});

describe('connection', () => {
	test.each(['', '/', '/api/v1', '/api/v1/', '///'])('the site address may end with "%s"', async (end) => {
		connect(`  ${lab.sim.url}${end} `);
		expect((await ok('account', 'get', { record: rl('id', DANA) })).json[0].id).toBe(DANA);
		expect(lab.sim.requests.map(({ path }) => path)).toEqual([`/api/v1/account/accounts/${DANA}`]);
	});

	test.each([
		['127.0.0.1:80', /Site Address "127\.0\.0\.1:80" is not an address. It must start with https:\/\//],
		['ftp://www.example.com', /is not an address/],
		['https://www.example.com/shop', /must be the host alone/],
		['https://user:secret@www.example.com', /must be the host alone/],
		['', /Site Address is missing/],
	])('the site address "%s" is refused with a remedy', async (address, message) => {
		connect(address);
		const refusal = await refused('account', 'getAll');
		expect(refusal.message).toMatch(message);
		expect(refusal.message).not.toContain('secret');
		expect(refusal.description).toBe('Open the BranchCMS credential and correct it.');
	});

	test('older sites take the token in the header admin_api_key', async () => {
		const old = await startBranchCms({ mode: 'legacy' });
		try {
			connect(old.url, old.token, 'adminApiKey');
			expect((await ok('account', 'get', { record: rl('id', DANA) })).json[0].id).toBe(DANA);
			expect(old.requests[0].headers).toMatchObject({ admin_api_key: old.token });
			expect(old.requests[0].headers).not.toHaveProperty('authorization');
			connect(old.url, old.token, 'bearer');
			await refused('account', 'get', { record: rl('id', DANA) });
		} finally {
			await old.stop();
		}
	});

	test('a wrong token says what to do', async () => {
		connect(lab.sim.url, 'wrong');
		const { message, description } = await refused('account', 'getAll');
		expect(message).toBe('BranchCMS refused to list accounts: The API token is missing or invalid.');
		expect(description).toMatch(/credential/i);
		// n8n itself tries a second time after a 401.
		expect(lab.sim.requests.length).toBeLessThanOrEqual(2);
	});

	test('an error page is described by its title', async () => {
		lab.sim.addFault({ match: { method: 'GET' }, kind: 'html', status: 403, body: '<html><head><title>Forbidden</title></head><body><h1>Blocked</h1>by the firewall</body></html>' });
		expect((await refused('account', 'getAll')).message).toBe('BranchCMS did not list accounts: the web page "Forbidden" came with status 403');
	});

	test('a page in place of data points to the address', async () => {
		behave(() => ({ body: '<!doctype html><title>Our shop</title>', headers: { 'content-type': 'text/html' } }));
		const { message, description } = await refused('account', 'create', { fields: mapper({ email: 'a@b.example' }) });
		expect(message).toContain('It is not known whether BranchCMS did it: create account');
		expect(description).toMatch(/^BranchCMS answered with the web page "Our shop" instead of data\. .*Check the Site Address in the credential/);
		expect(lab.odd.sent).toHaveLength(1);
	});

	test('JSON that is no list is no list', async () => {
		behave(() => ({ body: { message: 'Welcome' } }));
		expect((await refused('account', 'getAll')).message).toContain('BranchCMS did not return a list of records');
	});

	test('a fault is waited out for a read, and never repeated for a create', async () => {
		lab.sim.addFault({ match: { method: 'GET' }, kind: 'status', status: 502 });
		await ok('account', 'get', { record: rl('id', DANA) });
		expect(lab.sim.requests).toHaveLength(2);
		lab.sim.clearRequests();
		lab.sim.addFault({ match: { method: 'POST' }, kind: 'reset', afterEffect: true });
		const { message } = await refused('account', 'create', { fields: mapper({ email: 'a@b.example' }) });
		expect(message).toContain('It is not known whether BranchCMS did it');
		expect(lab.sim.requests).toHaveLength(1);
	});

	test('a delete whose answer was lost is done', async () => {
		lab.sim.addFault({ match: { method: 'DELETE' }, kind: 'reset', afterEffect: true });
		expect((await ok('account', 'delete', { record: rl('id', DANA) })).json).toEqual([{ id: DANA, deleted: true }]);
	});
});

describe('Continue On Fail', () => {
	test('the good items are done, the bad ones carry their reason, each at its place', async () => {
		const items = [{ id: DANA, email: 'dana@new.example' }, { id: DANA + 1, email: 'no email' }, { id: 4711, email: 'x@new.example' }, { id: 'abc', email: 'y@new.example' }, { id: DANA + 2, email: 'bea@new.example' }];
		const { json, items: out, error } = await run('account', 'update', { record: rl('id', '={{ $json.id }}'), fields: mapper({ email: '={{ $json.email }}' }) }, items, { continueOnFail: true });
		expect(error).toBeUndefined();
		expect(json.map(({ id, error: reason }) => id ?? reason)).toEqual([
			DANA,
			'Email: "no email" is not an email address [item 1]',
			'BranchCMS refused to update account 4711: There is no account 4711. [item 2]',
			expect.stringContaining('[item 3]'),
			DANA + 2,
		]);
		expect(json[2].details).toContain('There is no such record');
		expect(out.map(({ pairedItem }) => pairedItem)).toEqual([0, 1, 2, 3, 4].map((item) => ({ item })));
		expect(account(DANA + 2)!.email).toBe('bea@new.example');
	});

	test('without it, bad input of one item stops the run before anything is written', async () => {
		const items = [{ email: 'dana@new.example' }, { email: 'no email' }];
		const { message } = await refused('account', 'update', { record: rl('id', DANA), fields: mapper({ email: '={{ $json.email }}' }) }, items);
		expect(message).toContain('[item 1]');
		expect(lab.sim.requests).toEqual([]);
	});
});

/** A site without accounts that takes its time. */
async function startSlow(begin: () => void, end: () => void) {
	const { createServer } = await import('node:http');
	let count = 0;
	const server = createServer((request, response) => {
		count++;
		begin();
		request.resume();
		setTimeout(() => {
			end();
			response.writeHead(200, { 'content-type': 'application/json' });
			response.end(JSON.stringify(request.method === 'GET' ? page([]).body : { id: 1 }));
		}, 15);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
		count: () => count,
		stop() {
			server.closeAllConnections();
			server.close();
		},
	};
}

test('a token is taken without the blanks and line ends around it', async () => {
	lab.connect(lab.sim.url, ` ${lab.sim.token}\n`);
	await lab.ok('account', 'getAll', { limit: 1 });
});

test('a record without any value is not created', async () => {
	expect((await lab.refused('account', 'create', { fields: mapper({}) })).message).toBe('There is nothing to create: no field of the account was given');
	expect(lab.sent()).toEqual([]);
});
