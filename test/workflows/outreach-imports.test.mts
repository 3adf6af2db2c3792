/** Imports: records of all items in few requests, and CSV files. */
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { startRecorder } from '../conformance/recorder.mts';
import { ROOT } from '../harness/index.mts';
import type { NodeOptions } from '../harness/index.mts';
import { automatic, described, linked, mapper, MEDIA_TYPE, outreachCredential, outreachLab, rl, visible } from './support.mts';

const lab = outreachLab({ stepMs: 20 });

const UPSERT = '/imports/actions/bulkUpsert';
const prospect = (id: number) => lab.sim.record('prospect', id)!;
const emailOf = (id: number) => (prospect(id).attributes.emails as string[])[0];
const recordsSent = () => lab.bodies('/imports').map(({ data }) => data.attributes!.records as Array<{ id?: number; type: string; attributes?: IDataObject; relationships?: IDataObject }>);

describe('Upsert Many', () => {
	const upsert = async (parameters: IDataObject, rows: IDataObject[], options: NodeOptions = {}, resource = 'prospect') => await lab.run(resource, 'bulkUpsert', parameters, rows, options);
	const named = { fields: mapper({ firstName: '={{ $json.name }}', score: '={{ $json.score }}' }) };
	const byId = { existing: rl('id', '={{ $json.id }}') };

	test('all items in one request: those with an ID are changed, the others created', async () => {
		const before = lab.sim.records('prospect').length;
		const run = await upsert({ ...byId, ...named, links: linked({ owner: rl('email', 'bea.brandt@acme.example') }), options: { fileName: 'wave.json' } }, [
			{ id: 5, name: 'Five', score: '2.5' },
			{ name: 'New' },
		]);
		expect(run.error).toBeUndefined();
		const owner = { owner: { data: { type: 'user', id: 2 } } };
		expect(lab.bodies()).toEqual([
			{
				data: {
					attributes: {
						dupeMethod: 'overwrite',
						fileName: 'wave.json',
						records: [
							{ type: 'prospect', id: 5, attributes: { firstName: 'Five', score: 2.5 }, relationships: owner },
							{ type: 'prospect', attributes: { firstName: 'New' }, relationships: owner },
						],
					},
				},
			},
		]);
		expect(lab.sent().slice(1)).toEqual([`POST ${UPSERT}`, 'GET /imports/1']);
		expect(run.json).toEqual([expect.objectContaining({ importId: 1, records: 2, total: 2, dupes: 1, failures: 0, state: 'finished', finished: true })]);
		expect(run.items[0].pairedItem).toEqual([{ item: 0 }, { item: 1 }]);
		expect(prospect(5)).toMatchObject({ attributes: { firstName: 'Five', score: 2.5 }, relationships: { owner: { type: 'user', id: 2 } } });
		expect(lab.sim.records('prospect')).toHaveLength(before + 1);
	});

	test('by email: one look-up for all; an unknown address becomes that of the new record', async () => {
		const run = await upsert({ existing: rl('email', '={{ $json.mail }}'), ...named }, [
			{ mail: emailOf(7).toUpperCase(), name: 'Seven' },
			{ mail: 'new@lead.example', name: 'New' },
		]);
		expect(run.error).toBeUndefined();
		expect(lab.sent()[0]).toContain('GET /prospects?filter[emails]=');
		expect(recordsSent()).toEqual([
			[
				{ type: 'prospect', id: 7, attributes: { firstName: 'Seven' } },
				{ type: 'prospect', attributes: { firstName: 'New', emails: ['new@lead.example'] } },
			],
		]);
		expect(prospect(7).attributes.firstName).toBe('Seven');
	});

	test('accounts by domain', async () => {
		const run = await upsert({ existing: rl('domain', '={{ $json.domain }}'), fields: mapper({ name: '={{ $json.name }}' }) }, [{ domain: 'new.example', name: 'New' }], {}, 'account');
		expect(run.error).toBeUndefined();
		expect(recordsSent()).toEqual([[{ type: 'account', attributes: { name: 'New', domain: 'new.example' } }]]);
	});

	test('two items that would create the same record: refused before anything is sent', async () => {
		const rows = [{ mail: 'new@lead.example' }, { mail: 'NEW@lead.example' }];
		const run = await upsert({ existing: rl('email', '={{ $json.mail }}'), fields: mapper({ firstName: 'New' }) }, rows);
		expect(described(run.error).message).toMatch(/^Existing Prospect: another item already creates the prospect "new@lead.example" \[item 1\]$/i);
		expect(lab.writes()).toEqual([]);
	});

	test('a key that several records have names them', async () => {
		lab.sim.update('account', 3, { attributes: { name: 'Twin' } });
		lab.sim.update('account', 4, { attributes: { name: 'Twin' } });
		const run = await upsert({ existing: rl('name', 'Twin'), fields: mapper({ industry: 'x' }) }, [{}], {}, 'account');
		expect(described(run.error)).toEqual({ message: 'Existing Account: 2 accounts have the name "Twin"', description: expect.stringContaining('Twin (fabrikam.example, ID 3)') });
		expect(lab.writes()).toEqual([]);
	});

	test.each([
		['overwrite', { firstName: 'X', middleName: 'Y' }, 1],
		['overwriteNoCreate', { firstName: 'X', middleName: 'Y' }, 0],
		['skip', { firstName: 'Old', middleName: null }, 1],
		['missing', { firstName: 'Old', middleName: 'Y' }, 1],
	])('If Record Exists: %s', async (dupeMethod, after, created) => {
		lab.sim.update('prospect', 5, { attributes: { firstName: 'Old', middleName: null } });
		const before = lab.sim.records('prospect').length;
		const run = await upsert({ ...byId, dupeMethod, fields: mapper({ firstName: 'X', middleName: 'Y' }) }, [{ id: 5 }, {}]);
		expect(run.error).toBeUndefined();
		expect(prospect(5).attributes).toMatchObject(after);
		expect(lab.sim.records('prospect')).toHaveLength(before + created);
		expect(run.json).toEqual([expect.objectContaining({ dupeMethod, failures: 1 - created })]);
	});

	test('items with different wishes are requests of their own', async () => {
		const run = await upsert({ ...byId, dupeMethod: '={{ $json.how }}', fields: mapper({ firstName: 'X' }) }, [{ id: 1, how: 'skip' }, { id: 2, how: 'overwrite' }, { id: 3, how: 'skip' }]);
		expect(recordsSent().map((records) => records.map(({ id }) => id))).toEqual([[1, 3], [2]]);
		expect(run.items.map(({ pairedItem }) => pairedItem)).toEqual([[{ item: 0 }, { item: 2 }], [{ item: 1 }]]);
	});

	test('requests stay below 2 MB, measured as they travel', async () => {
		const text = 'ü'.repeat(60_000);
		const rows = Array.from({ length: 40 }, (_, i) => ({ id: i + 1 }));
		const run = await upsert({ ...byId, fields: mapper({ personalNote1: text }), options: { fileName: 'notes.json' } }, rows);
		expect(run.error).toBeUndefined();
		const sizes = lab.calls().filter(({ method }) => method === 'POST').map(({ rawBody }) => Buffer.byteLength(rawBody));
		expect(sizes).toHaveLength(3);
		expect(Math.max(...sizes)).toBeLessThan(2_000_000);
		expect(recordsSent().flat().map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
		expect(lab.bodies('/imports').map(({ data }) => data.attributes!.fileName)).toEqual(['notes.json', 'notes-2.json', 'notes-3.json']);
		expect(run.items.flatMap(({ pairedItem }) => pairedItem)).toEqual(rows.map((_, item) => ({ item })));
	});

	test('a record that no request can take is an error of its item', async () => {
		const rows = [{ id: 1, note: 'fits' }, { id: 2, note: 'x'.repeat(2_000_000) }];
		const fields = mapper({ personalNote1: '={{ $json.note }}' });
		// The field has a limit of its own, which comes first.
		const run = await upsert({ ...byId, fields }, rows, { continueOnFail: true });
		expect(run.json.map(({ importId, error }) => importId ?? error)).toEqual([1, expect.stringMatching(/longer than|too large/)]);
	});

	test('"Map Automatically" takes the fields; an ID without a chosen record is refused, since it would create everything again', async () => {
		const run = await upsert({ ...byId, fields: automatic }, [{ id: 5, firstName: 'Five', title: 'CTO' }]);
		expect(run.error).toBeUndefined();
		expect(recordsSent()).toEqual([[{ type: 'prospect', id: 5, attributes: { firstName: 'Five', title: 'CTO' } }]]);
		lab.sim.clearRequests();
		const again = await upsert({ fields: automatic }, [{ id: 5, firstName: 'Five' }]);
		expect(described(again.error)).toEqual({
			message: 'The item has an ID, but "Existing Prospect" is empty: it would be created once more',
			description: 'To update that prospect, set "Existing Prospect" to By ID with {{ $json.id }}. To create one, remove "id" from the item.',
		});
		expect(lab.sent()).toEqual([]);
	});

	test.each([
		['an ID that is none', { ...byId, ...named }, { id: 'five', name: 'x' }, 'Existing Prospect: "five" is not an ID'],
		['nothing to send', { ...byId, ...named }, { id: 5 }, 'There is nothing to send: no field of the prospect was given'],
		['a field that does not exist', { fields: automatic }, { firstNam: 'x' }, 'Prospect has no field "firstNam"; similar: firstName'],
		['a number that is none', named, { name: 'x', score: 'high' }, 'Score: "high" is not a number'],
	])('%s sends nothing', async (_what, parameters, row, message) => {
		const run = await upsert(parameters, [row]);
		expect(run.error?.message).toBe(message);
		expect(lab.sent()).toEqual([]);
	});

	test('records that the vendor rejects are counted', async () => {
		const run = await upsert({ existing: rl('id', '={{ $json.id }}'), fields: mapper({ emails: '={{ $json.mail }}' }) }, [{ mail: emailOf(3) }, { id: 5, mail: 'five@lead.example' }]);
		expect(run.error).toBeUndefined();
		expect(run.json).toEqual([expect.objectContaining({ total: 2, dupes: 1, failures: 1 })]);
	});

	test('a refused request is an error of its items, the other is done', async () => {
		lab.sim.addFault({ match: { method: 'POST', path: `/api/v2${UPSERT}` }, after: 1, kind: 'status', status: 422, body: { errors: [{ detail: 'The file could not be stored' }] } });
		const rows = [{ id: 1, how: 'skip' }, { id: 2, how: 'overwrite' }];
		const parameters = { ...byId, dupeMethod: '={{ $json.how }}', fields: mapper({ firstName: 'X' }) };
		const run = await upsert(parameters, rows, { continueOnFail: true });
		expect(run.json).toEqual([
			expect.objectContaining({ importId: 1, finished: true }),
			{ error: 'Outreach refused to import 1 prospect: The file could not be stored [item 1]', details: expect.stringContaining('Already started: import 1.') },
		]);
	});

	test('a lost answer: sent again when all records have IDs, reported as unknown otherwise', async () => {
		const lost = () => lab.sim.addFault({ match: { method: 'POST', path: `/api/v2${UPSERT}` }, kind: 'reset', afterEffect: true });
		lost();
		const known = await upsert({ ...byId, ...named }, [{ id: 5, name: 'Five' }]);
		expect(known.error).toBeUndefined();
		expect(lab.writes()).toHaveLength(2);
		lab.sim.clearRequests();
		lost();
		const fresh = await upsert(named, [{ name: 'New' }]);
		expect(fresh.error?.message).toBe('It is not known whether Outreach did it: import 1 prospect');
		expect(lab.writes()).toHaveLength(1);
	});

	test('an import that fails is an error with the vendor\'s reason', async () => {
		lab.sim.addFault({
			match: { method: 'GET', path: '/api/v2/imports/1' },
			kind: 'status',
			status: 200,
			headers: { 'content-type': MEDIA_TYPE },
			body: { data: { type: 'import', id: 1, attributes: { state: 'failed', errorReason: 'Storage is full', total: 1 } } },
		});
		const run = await upsert(named, [{ name: 'x' }]);
		expect(described(run.error)).toEqual({ message: 'Outreach did not finish import 1: Storage is full', description: expect.stringContaining('"importId":1') });
	});

	test('waits as long as asked, and returns what is known then', async () => {
		lab.sim.stepMs = 60_000;
		const at = await upsert({ ...named, options: { waitMinutes: 0 } }, [{ name: 'x' }]);
		expect(at.json).toEqual([expect.objectContaining({ state: 'pending', finished: false, records: 1 })]);
		expect(lab.sent()).toEqual([`POST ${UPSERT}`]);
		const later = await upsert({ ...named, options: { waitMinutes: 0.02 } }, [{ name: 'x' }]);
		expect(later.json).toEqual([expect.objectContaining({ state: 'pending', finished: false })]);
		expect(later.elapsedMs).toBeGreaterThan(1_100);
	});

	test('Stop ends the waiting within a second', async () => {
		lab.sim.stepMs = 60_000;
		const stop = new AbortController();
		setTimeout(() => stop.abort(), 1_200);
		const run = await upsert(named, [{ name: 'x' }], { signal: stop.signal });
		expect(run.status).toBe('canceled');
		expect(run.afterCancelMs).toBeLessThan(1_000);
	});

	test('records of a custom object', async () => {
		const recorder = await startRecorder(MEDIA_TYPE, () => ({ body: { data: { type: 'import', id: 3, attributes: { state: 'finished', total: 2, failures: 0, dupes: 1 } } } }));
		lab.harness.credentials.set('outreachOAuth2Api', outreachCredential(recorder.url, { accessToken: 'a', refreshToken: 'r' }));
		const customFields = { field: [{ name: 'colour', value: '={{ $json.colour }}' }] };
		const run = await upsert({ scope: 'vehicle', ...byId, fields: mapper({}), customFields, options: { fileName: 'v.json' } }, [{ id: 8, colour: 'red' }, { colour: 'blue' }], {}, 'customObject');
		recorder.stop();
		expect(run.error).toBeUndefined();
		expect(recorder.sent.map(({ method, path, body }) => ({ method, path, body }))).toEqual([
			{
				method: 'POST',
				path: '/api/v2/imports/actions/customObjectBulkUpsert',
				body: {
					data: {
						attributes: {
							dupeMethod: 'overwrite',
							fileName: 'v.json',
							records: [
								{ type: 'vehicle', id: 8, attributes: { colour: 'red' } },
								{ type: 'vehicle', attributes: { colour: 'blue' } },
							],
						},
					},
				},
			},
		]);
		expect(run.json).toEqual([expect.objectContaining({ importId: 3, total: 2, finished: true })]);
	});
});

describe('Import CSV', () => {
	const file = (text: string | Buffer, name: string | undefined = 'people.csv'): INodeExecutionData => ({
		json: {},
		binary: { data: { data: Buffer.from(text).toString('base64'), mimeType: 'text/csv', ...(name ? { fileName: name } : {}) } },
	});
	const importCsv = async (content: string | Buffer, parameters: IDataObject = {}, options: NodeOptions = {}, resource = 'prospect') =>
		await lab.run(resource, 'importCsv', parameters, [file(content)] as unknown as IDataObject[], options);
	const uploads = () => lab.sim.requests.filter(({ method }) => method === 'PUT');
	const paths = () => lab.sent().map((line) => line.replace(/\?.*/, ''));
	const found = (externalId: string) => lab.sim.records('prospect').filter(({ attributes }) => attributes.externalId === externalId);

	const PEOPLE = 'First Name,lastName,E-Mail,External ID,Job Title\r\nZoe,"Abel, Dr.",zoe@lead.example,X-1,CTO\r\nYan,,yan@lead.example,X-2,"He said ""hi"""\r\n';
	const MAPPED = { 'First Name': 'firstName', lastName: 'lastName', 'E-Mail': 'emails', 'External ID': 'externalId', 'Job Title': 'title' };
	const titled = { columnMapping: '{"Job Title": "title"}' };

	test('link, upload without credentials, check, start, wait: columns are matched by name and label', async () => {
		const run = await importCsv(PEOPLE, titled);
		expect(run.error).toBeUndefined();
		expect(paths()).toEqual(['POST /imports/actions/generateUploadLink', 'POST /imports/actions/validateUpload', 'POST /imports/actions/prospectsImport', 'GET /imports/1']);
		const [upload] = uploads();
		expect(upload.rawBody).toBe(PEOPLE);
		expect(upload.headers.authorization).toBeUndefined();
		expect(JSON.stringify(upload.headers)).not.toContain(lab.sim.accessToken);
		expect(lab.sent()[1]).toContain(`actionParams[hash]=${createHash('md5').update(PEOPLE).digest('hex')}`);
		expect(lab.bodies('/imports/actions/prospectsImport')).toEqual([
			{ data: { attributes: { dupeMethod: 'skip', fileName: 'people.csv', mappings: MAPPED, recordCount: 2, storageKey: expect.stringMatching(/^imports\//) } } },
		]);
		expect(run.json).toEqual([expect.objectContaining({ importId: 1, records: 2, total: 2, failures: 0, dupes: 0, state: 'finished', finished: true, mappings: MAPPED })]);
		expect(run.items[0].pairedItem).toEqual({ item: 0 });
		expect(found('X-1')[0].attributes).toMatchObject({ firstName: 'Zoe', lastName: 'Abel, Dr.', emails: ['zoe@lead.example'], title: 'CTO' });
		expect(found('X-2')[0].attributes).toMatchObject({ title: 'He said "hi"' });
	});

	test('accounts, with a method and a name of their own', async () => {
		const run = await importCsv('Name,Custom ID\nAlpha,A-1\n', { dupeMethod: 'overwrite', options: { fileName: 'companies.csv' } }, {}, 'account');
		expect(run.error).toBeUndefined();
		expect(lab.bodies('/imports/actions/accountsImport')).toEqual([
			{ data: { attributes: expect.objectContaining({ dupeMethod: 'overwrite', fileName: 'companies.csv', mappings: { Name: 'name', 'Custom ID': 'customId' }, recordCount: 1 }) } },
		]);
	});

	test('each item is a file of its own', async () => {
		const rows = [file('firstName\nA\n', 'a.csv'), file('firstName\nB\nC\n', 'b.csv')] as unknown as IDataObject[];
		const run = await lab.run('prospect', 'importCsv', { options: { waitMinutes: 0 } }, rows);
		expect(run.error).toBeUndefined();
		expect(run.items.map(({ json, pairedItem }) => [json.fileName, json.records, pairedItem])).toEqual([
			['a.csv', 1, { item: 0 }],
			['b.csv', 2, { item: 1 }],
		]);
	});

	test('a custom field under the label of the organization', async () => {
		const [label] = Object.entries(await customLabels()).find(([, name]) => name.startsWith('custom'))!;
		const name = (await customLabels())[label];
		const run = await importCsv(`firstName,${label}\nA,\n`);
		expect(run.error).toBeUndefined();
		expect(run.json[0].mappings).toEqual({ firstName: 'firstName', [label]: name });
	});

	async function customLabels(): Promise<Record<string, string>> {
		const { fields } = await lab.load('outreach', 'resourceMapping', 'getFields', { currentNodeParameters: { resource: 'prospect', operation: 'create' } });
		const own = fields.filter(({ id, displayName }) => /^custom\d+$/.test(id) && displayName !== id && !displayName.includes(','));
		return Object.fromEntries(own.map(({ id, displayName }) => [displayName, id]));
	}

	test('a mark at the beginning of the file is no part of the first column', async () => {
		const run = await importCsv('\uFEFFfirstName,lastName\nA,B\n');
		expect(run.error).toBeUndefined();
		expect(uploads()[0].rawBody).toBe('firstName,lastName\nA,B\n');
	});

	test('columns left out by an empty mapping, or all others by the option', async () => {
		const one = await importCsv('firstName,Notes\nA,x\n', { columnMapping: { Notes: '' } });
		const all = await importCsv('firstName,Notes,Sheet\nA,x,y\n', { options: { ignoreColumns: true } });
		expect([one.error, all.error]).toEqual([undefined, undefined]);
		expect([one.json[0].mappings, all.json[0].mappings]).toEqual([{ firstName: 'firstName' }, { firstName: 'firstName' }]);
	});

	test.each<[string, string | Buffer, IDataObject, string, string | RegExp]>([
		['no column matches', 'Vorname,Nachname\nA,B\n', {}, 'No column of the file matches a field of prospects; it has "Vorname", "Nachname"', /Name the columns like the fields/],
		['another separator', 'firstName;lastName\nA;B\n', {}, 'No column of the file matches a field of prospects; it has "firstName;lastName"', 'The columns seem to be separated by ";"; save the file with commas.'],
		['a column too many', 'firstName,Tittle,Notes\nA,B,C\n', {}, 'Columns of the file match no field of prospects: "Tittle", "Notes"', /"Ignore Other Columns"\. Similar fields: title/],
		['a mapping to a field that does not exist', 'Vorname\nA\n', { columnMapping: { Vorname: 'firstNam' } }, 'Column Mapping: Prospect has no field "firstNam" for the column "Vorname"', /Similar fields: firstName/],
		['a mapping to a field that only the vendor sets', 'Since\n2026\n', { columnMapping: { Since: 'createdAt' } }, 'Column Mapping: "createdAt" is set by Outreach, so the column "Since" cannot fill it', /./],
		['a mapping of a column that the file lacks', 'firstName\nA\n', { columnMapping: { Vorname: 'firstName' } }, 'Column Mapping: the file has no column "Vorname"', 'Its columns are firstName.'],
		['two columns for one field', 'First Name,firstName\nA,B\n', {}, 'The columns "First Name" and "firstName" both map to the field "firstName"', /"firstName": ""/],
		['two columns of the same name', 'firstName,firstName\nA,B\n', {}, 'The file has two columns named "firstName"', /Rename/],
		['no rows', 'firstName,lastName\n\n', {}, 'The file has no rows below its column names', /first line/],
		['an empty file', ' ', {}, 'The file has no rows below its column names', /first line/],
		['another encoding', Buffer.from('firstName\nJ\xfcrgen\n', 'latin1'), {}, 'The file is not UTF-8 text', /CSV UTF-8/],
		['a mapping that is no object', 'firstName\nA\n', { columnMapping: '["firstName"]' }, 'Column Mapping is not an object', /Work Mail/],
	])('%s: refused before anything is uploaded', async (_what, content, parameters, message, description) => {
		const run = await importCsv(content, parameters);
		expect(described(run.error)).toEqual({ message, description: typeof description === 'string' ? description : expect.stringMatching(description) });
		expect(lab.writes()).toEqual([]);
		expect(uploads()).toEqual([]);
	});

	test('an item without a file says which field was looked for', async () => {
		const run = await lab.run('prospect', 'importCsv', { binaryPropertyName: 'sheet' }, [{}]);
		expect(run.error?.message).toMatch(/sheet|binary/i);
		expect(lab.sent()).toEqual([]);
	});

	test('a storage that stumbles is asked again; one that refuses is reported without its address', async () => {
		lab.sim.addFault({ match: { method: 'PUT', path: '/uploads/*' }, kind: 'status', status: 503 });
		const run = await importCsv(PEOPLE, titled);
		expect(run.error).toBeUndefined();
		expect(uploads()).toHaveLength(2);
		lab.sim.clearRequests();
		lab.sim.addFault({ match: { method: 'PUT', path: '/uploads/*' }, kind: 'status', status: 403, times: -1 });
		const refused = await importCsv(PEOPLE, titled);
		expect(described(refused.error)).toEqual({ message: 'The file could not be uploaded: the storage of Outreach answered with status 403', description: 'Nothing was imported. Run again.' });
		expect(uploads()).toHaveLength(1);
		expect(visible(refused)).not.toContain('signature=');
		expect(lab.writes()).toHaveLength(1);
	});

	test('a hash that the vendor does not take is replaced by the other usual one', async () => {
		const answer = { errors: [{ detail: 'does not match the uploaded file' }] };
		lab.sim.addFault({ match: { path: '*/validateUpload' }, kind: 'status', status: 422, body: answer });
		const run = await importCsv(PEOPLE, titled);
		expect(run.error).toBeUndefined();
		expect(lab.sent()[2]).toContain(`actionParams[hash]=${createHash('sha256').update(PEOPLE).digest('hex')}`);
		lab.sim.addFault({ match: { path: '*/validateUpload' }, kind: 'status', status: 422, body: answer, times: -1 });
		const refused = await importCsv(PEOPLE, titled);
		expect(described(refused.error)).toEqual({ message: 'Outreach refused to check the uploaded file: does not match the uploaded file', description: expect.stringMatching(/^Nothing was imported\./) });
	});

	test('rows that the vendor rejects are counted, known ones treated as asked', async () => {
		lab.sim.update('prospect', 5, { attributes: { externalId: 'K-5', firstName: 'Old' } });
		const content = `externalId,firstName,emails\nK-5,New,\nK-6,Six,not an address\n`;
		const skipped = await importCsv(content);
		expect(skipped.json).toEqual([expect.objectContaining({ total: 2, dupes: 1, failures: 1 })]);
		expect(prospect(5).attributes.firstName).toBe('Old');
		await importCsv(content, { dupeMethod: 'overwrite' });
		expect(prospect(5).attributes.firstName).toBe('New');
	});

	test('Stop during the waiting ends it within a second, and says nothing of a repetition', async () => {
		lab.sim.stepMs = 60_000;
		const stop = new AbortController();
		setTimeout(() => stop.abort(), 1_200);
		const run = await importCsv(PEOPLE, titled, { signal: stop.signal });
		expect(run.status).toBe('canceled');
		expect(run.afterCancelMs).toBeLessThan(1_000);
	});
});

describe('the single steps', () => {
	test('Generate Upload Link, Validate Upload and Get', async () => {
		const link = await lab.run('import', 'generateUploadLink');
		expect(link.json).toEqual([{ storageKey: expect.any(String), uploadURL: expect.stringContaining('/uploads/') }]);
		const content = 'firstName\nA\nB\n';
		await fetch(String(link.json[0].uploadURL), { method: 'PUT', body: content });
		const hash = createHash('sha256').update(content).digest('hex');
		const checked = await lab.run('import', 'validateUpload', { fields: mapper({ hash: '={{ $json.hash }}', storageKey: '={{ $json.key }}' }) }, [{ hash, key: link.json[0].storageKey }]);
		expect(checked.error).toBeUndefined();
		expect(checked.json).toEqual([{ headerValue: [{ header: 'firstName', value: 'A' }], recordCount: 2 }]);
		expect(lab.sent()).toEqual([
			'POST /imports/actions/generateUploadLink',
			`POST /imports/actions/validateUpload?actionParams[hash]=${hash}&actionParams[storageKey]=${String(link.json[0].storageKey)}`,
		]);
		await lab.run('prospect', 'bulkUpsert', { fields: mapper({ firstName: 'X' }) });
		const got = await lab.run('import', 'get', { record: rl('id', 1) });
		expect(got.json).toEqual([expect.objectContaining({ id: 1, state: 'finished', total: 1 })]);
	});

	test('Validate Upload without its parameters sends nothing', async () => {
		const run = await lab.run('import', 'validateUpload', { fields: mapper({ hash: 'abc' }) });
		expect(run.error?.message).toBe('Storage Key is missing');
		expect(lab.sent()).toEqual([]);
	});
});

describe('reading CSV', () => {
	const { readCsv } = createRequire(import.meta.url)(join(ROOT, 'dist/nodes/Outreach/recipes/csv.js')) as { readCsv: (text: string) => { columns: string[]; rows: number } };

	test.each<[string, string[], number]>([
		['a,b\n1,2', ['a', 'b'], 1],
		['a,b\r\n1,2\r\n\r\n3,4\r\n', ['a', 'b'], 2],
		['"a, x",b\n"1\n2",3\n', ['a, x', 'b'], 1],
		['"a ""q""",b\n1,"2 ""q"" \r\n3"\n', ['a "q"', 'b'], 1],
		['\n\n a , b \n1,2\n,\n', ['a', 'b'], 1],
		['a\rb\rc', ['a'], 2],
		['a,b', ['a', 'b'], 0],
		['', [''], 0],
	])('%j', (text, columns, rows) => {
		expect(readCsv(text)).toEqual({ columns: text === '' ? [] : columns, rows });
	});
});
