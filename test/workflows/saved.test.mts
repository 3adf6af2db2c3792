/** Workflows saved with version 0.1.0: their nodes open with all they hold, run, and their triggers continue from what they stored. */
import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';
import { n8n, ROOT, type Harness } from '../harness/index.mts';
import { outsetaLab } from './outseta-support.mts';
import { outreachLab } from './support.mts';
import { outreachDelivery, TriggerLab } from './trigger-support.mts';
import { branchCmsLab, userlotLab } from './vendor-support.mts';

interface Saved {
	node: INode;
	stored?: IDataObject;
	savedAt?: string;
	delivered?: { body: string };
	companies?: IDataObject[];
}

const FOLDER = join(ROOT, 'test', 'fixtures', 'saved-0.1.0');
const types = readdirSync(FOLDER).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5));
const saved = (type: string) => JSON.parse(readFileSync(join(FOLDER, `${type}.json`), 'utf8')) as Saved;

const outreach = outreachLab();
const outseta = outsetaLab();
const site = branchCmsLab();
const userlot = userlotLab();

const iso = (ms = 0) => new Date(Date.now() + ms).toISOString();

/** What was stored, as if it had been stored just now. */
function justNow(data: unknown, age: number): unknown {
	if (typeof data === 'number') return data > 1e12 ? data + age : data;
	if (typeof data === 'string') return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(data) ? new Date(Date.parse(data) + age).toISOString() : data;
	if (Array.isArray(data)) return data.map((one) => justNow(one, age));
	if (typeof data === 'object' && data !== null) return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, justNow(value, age)]));
	return data;
}

/** The saved trigger on this version, with what it stored. */
function revived(harness: Harness, type: string): { one: TriggerLab } & Saved {
	const it = saved(type);
	const one = new TriggerLab(harness, type, it.node.parameters as IDataObject, it.node.webhookId);
	one.node.typeVersion = it.node.typeVersion;
	one.stored = { 'node:Trigger': justNow(it.stored, Date.now() - Date.parse(it.savedAt!)) as IDataObject };
	return { one, ...it };
}

/** Runs the saved action node with an item. */
async function runSaved(harness: Harness, type: string, item: IDataObject): Promise<IDataObject> {
	const { node } = saved(type);
	const { error, json } = await harness.runNode(type, node.parameters, [item], { typeVersion: node.typeVersion });
	expect(error).toBeUndefined();
	expect(json).toHaveLength(1);
	return json[0];
}

test('there is one of each node of the package', () => {
	const { n8n: listed } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { n8n: { nodes: string[] } };
	const names = listed.nodes.map((file) => file.split('/').at(-1)!.split('.')[0]).map((name) => name[0].toLowerCase() + name.slice(1));
	expect(types.toSorted()).toEqual(names.toSorted());
});

test.each(types)('%s opens with everything it holds', (type) => {
	const { node } = saved(type);
	const { description } = outreach.harness.nodeType(type, node.typeVersion);
	expect([description.version].flat()).toContain(node.typeVersion);
	const opened = n8n.NodeHelpers.getNodeParameters(description.properties, structuredClone(node.parameters), true, false, node, description);
	// n8n itself drops what is empty. When polls happen is its own parameter.
	const { pollTimes: _, ...parameters } = node.parameters;
	const filled = Object.fromEntries(Object.entries(parameters).filter(([, value]) => typeof value !== 'object' || Object.keys(value ?? {}).length > 0));
	expect(opened).toMatchObject(filled as INodeParameters);
	for (const credential of Object.keys(node.credentials ?? {})) expect(description.credentials!.map(({ name }) => name)).toContain(credential);
});

describe('the action nodes run', () => {
	test('Outreach', async () => {
		const person = { firstName: 'Olga', lastName: 'Old', email: 'olga.old@acme.example', title: 'Rep', role: 'Sales Development Representative', profile: 'Default' };
		expect(await runSaved(outreach.harness, 'outreach', person)).toMatchObject({ outcome: 'created', email: person.email });
	});

	test('Outseta', async () => {
		expect(await runSaved(outseta.harness, 'outseta', { Name: 'Contoso', PrimaryContact: { Uid: outseta.uid('person.jane@contoso.example') } })).toMatchObject({ Subject: 'Payment failed: Contoso' });
	});

	test('BranchCMS', async () => {
		expect(await runSaved(site.harness, 'branchCms', { email: 'olga.old@acme.example', firstName: 'Olga', lastName: 'Old', title: 'Rep' })).toMatchObject({ outcome: 'created', firstName: 'Olga' });
	});

	test('Userlot', async () => {
		expect(await runSaved(userlot.harness, 'userlot', { uid: 'old', name: 'Old & Co', mrr: 10, renewalDate: '2027-01-01', startDate: '2026-01-01' })).toMatchObject({ external_id: 'old', name: 'Old & Co', arr: 120 });
	});
});

describe('the triggers continue', () => {
	const items = async (one: TriggerLab, workflow = one.load()) => (await one.poll(workflow))?.map(({ json }) => json) ?? [];

	test('Outreach Polling Trigger: what changed since, and once', async () => {
		const { one } = revived(outreach.harness, 'outreachPollingTrigger');
		outreach.sim.update('user', 3, { attributes: { title: 'New', updatedAt: iso(2000) } });
		const workflow = one.load();
		const found = await items(one, workflow);
		expect(found.map(({ event, id }) => [event, id])).toEqual([['user.updated', 3]]);
		expect(await items(one, workflow)).toEqual([]);
	});

	test('Outseta Polling Trigger: what changed since, and once', async () => {
		const { one } = revived(outseta.harness, 'outsetaPollingTrigger');
		const uid = outseta.uid('person.jane@contoso.example');
		outseta.sim.update('person', uid, { Title: 'New', Updated: iso(2000).slice(0, 23) });
		const workflow = one.load();
		// The people of the simulator are as new as what was stored, and may come before.
		expect((await items(one, workflow)).at(-1)).toMatchObject({ Uid: uid, Title: 'New' });
		expect(await items(one, workflow)).toEqual([]);
	});

	test('BranchCMS Polling Trigger: the snapshot is understood', async () => {
		const { one } = revived(site.harness, 'branchCmsPollingTrigger');
		const { id } = site.sim.insert('account', { email: 'new@site.example', firstName: 'New' });
		site.sim.remove('account', 10);
		const workflow = one.load();
		expect((await items(one, workflow)).map(({ event, id: of }) => `${String(event)} ${String(of)}`).toSorted()).toEqual([`account.created ${String(id)}`, 'account.deleted 10'].toSorted());
		expect(await items(one, workflow)).toEqual([]);
	});

	test('Userlot Polling Trigger: the snapshot is understood, with the values it watches', async () => {
		const { one, companies } = revived(userlot.harness, 'userlotPollingTrigger');
		const now = [{ ...companies![0], health_score: 20, updated_at: iso() }, companies![1], companies![2], { ...companies![2], id: 'c4', external_id: 'acct-4' }];
		userlot.sim.addFault({ match: { path: '/api/v1/companies' }, kind: 'status', status: 200, body: now, times: 2 });
		const workflow = one.load();
		expect((await items(one, workflow)).map(({ event, id, previous }) => [event, id, previous])).toEqual(
			expect.arrayContaining([['company.healthCrossed', 'c1', 80], ['company.updated', 'c1', undefined], ['company.created', 'c4', undefined]]),
		);
		expect(await items(one, workflow)).toEqual([]);
	});

	test('Outreach Trigger: its secret, what it was told, and the place of Catch Up', async () => {
		const { one } = revived(outreach.harness, 'outreachTrigger');
		const forged = outreachDelivery(one, { id: 1 }, { secret: 'wrong' });
		expect(await one.receive(forged.body, forged.headers)).toBe(401);
		const { body, headers } = outreachDelivery(one, { id: 1, attributes: { title: 'New', updatedAt: iso() } });
		expect(await one.receive(body, headers)).toBe(200);
		await one.settled();
		expect(one.emitted).toHaveLength(1);
		outreach.sim.update('prospect', 2, { attributes: { title: 'Missed', updatedAt: iso(2000) } });
		const started = await one.start();
		const deadline = Date.now() + 5000;
		while (one.emitted.length < 2 && Date.now() < deadline) await new Promise((done) => setTimeout(done, 20));
		await started.stop();
		// Prospect 1 was told by its delivery. Few others changed since the stored place.
		const caughtUp = one.emitted.slice(1).map(({ id }) => id);
		expect(caughtUp).toContain(2);
		expect(caughtUp).not.toContain(1);
		expect(caughtUp.length).toBeLessThan(5);
	});

	test('Outseta Trigger: what it was told does not come again', async () => {
		outseta.connect({ signatureSecret: outseta.sim.signatureKey });
		const { one, delivered } = revived(outseta.harness, 'outsetaTrigger');
		const send = async (text: string) => {
			const signature = `sha256=${createHmac('sha256', Buffer.from(outseta.sim.signatureKey, 'hex')).update(text).digest('hex')}`;
			expect(await one.receive(Buffer.from(text), { 'content-type': 'application/json', 'x-hub-signature-256': signature })).toBe(200);
			await one.settled();
		};
		await send(delivered!.body);
		expect(one.emitted).toEqual([]);
		await send(delivered!.body.replace('"a1"', '"a2"'));
		expect(one.emitted).toHaveLength(1);
	});
});
