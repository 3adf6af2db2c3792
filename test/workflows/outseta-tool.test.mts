/** Outseta as a tool of an AI agent: its IDs look like names. */
import type { IDataObject, INode } from 'n8n-workflow';
import { outsetaLab } from './outseta-support.mts';
import { rl } from './support.mts';

const lab = outsetaLab();

async function call(resource: string, operation: string, parameters: IDataObject, given: IDataObject = {}): Promise<IDataObject[]> {
	const { run } = await lab.run(resource, operation, parameters, [given], { node: { rewireOutputLogTo: 'ai_tool' } as Partial<INode> });
	return (run.data.resultData.runData.Node?.[0]?.data?.ai_tool?.[0] ?? []).map(({ json }) => json);
}

const account = (who: string) => call('account', 'get', { record: rl('id', '={{ $json.who }}') }, { who });

test('a name of one word is a name', async () => {
	const [byName] = await account('Contoso');
	expect(byName).toMatchObject({ Name: 'Contoso', Uid: expect.any(String) });
	lab.sim.clearRequests();
	expect(await account(String(byName.Uid))).toEqual([expect.objectContaining({ Name: 'Contoso', Uid: byName.Uid })]);
});

test('a person is found by first and last name', async () => {
	const { json } = await lab.run('person', 'getAll', { limit: 1 });
	const { FirstName, LastName, Email } = json[0] as Record<string, string>;
	expect(await call('person', 'get', { record: rl('list', '={{ $json.who }}') }, { who: `${FirstName} ${LastName}` })).toEqual([expect.objectContaining({ Email })]);
});

test('lists give the fields that matter, and how many more there are', async () => {
	const { json } = await lab.run('account', 'getAll', { returnAll: true });
	const list = await call('account', 'getAll', { limit: 2 });
	expect(list).toHaveLength(3);
	expect(list[2]).toMatchObject({ more: json.length - 2 });
	for (const entry of list.slice(0, 2)) {
		expect(entry).toMatchObject({ Uid: expect.any(String), Name: expect.any(String), Created: expect.any(String) });
		expect(entry).not.toHaveProperty('TaxStatus');
		expect(JSON.stringify(entry).length).toBeLessThan(JSON.stringify(json.find(({ Uid }) => Uid === entry.Uid)).length);
	}
});
