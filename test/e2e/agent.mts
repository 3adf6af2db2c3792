/** The nodes as tools of n8n's AI Agent: a scripted model finds people, learns from errors, changes things, and is stopped by a review. */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { startModel, type Asked, type RunningModel, type Script } from '../../scripts/demo/model.mts';
import { unflatten, type Execution, type Json, type WorkflowNode } from '../../scripts/demo/rest.mts';
import type { Stage } from '../../scripts/demo/stage.mts';
import { flowNamed, idOf, OUTREACH, outreachUser, type Case, type OutreachRecord } from './case.mts';

const FLOW = 'ask-about-your-reps';
const MODEL = 'OpenAI Chat Model';
const QUESTION = 'Example question';
const DELETE = 'Delete many prospects – changes many records';

interface Started {
	model: RunningModel;
	/** Milliseconds may pass until it has this status. */
	until(status: string): Promise<string>;
	finished(): Promise<Execution>;
}

/** Runs a copy of the flow with another question and further tools, and a model that follows the script. */
async function ask(stage: Stage, question: string | undefined, script: Script, use: (started: Started) => Promise<void>, more: WorkflowNode[] = []): Promise<void> {
	const { rest } = stage;
	const model = await startModel(script);
	const { id, name } = await rest.putCredential('Scripted model', 'openAiApi', { apiKey: 'none', url: model.url, header: false });
	const flow = await rest.workflow(flowNamed(stage, FLOW).id);
	const nodes = flow.nodes.map((node): WorkflowNode => {
		if (node.name === MODEL) return { ...node, credentials: { openAiApi: { id, name } } };
		if (node.name !== QUESTION || question === undefined) return node;
		return { ...node, parameters: { mode: 'raw', jsonOutput: JSON.stringify({ chatInput: question, sessionId: question }), options: {} } };
	});
	const reviewed = Object.fromEntries(more.map((tool) => [tool.name, { ai_tool: [[{ node: 'Human review', type: 'ai_tool', index: 0 }]] }]));
	const copy = await rest.createWorkflow({ name: 'Ask (copy)', nodes: [...nodes, ...more], connections: { ...flow.connections, ...reviewed }, settings: flow.settings ?? {} });
	try {
		const { executionId } = await rest.request<{ executionId: string }>('POST', `/rest/workflows/${copy.id}/run`, { triggerToStartFrom: { name: flowNamed(stage, FLOW).manualTrigger } });
		await use({
			model,
			async until(status) {
				for (let attempt = 0; attempt < 300; attempt += 1) {
					const raw = await rest.request<{ status: string; data: string }>('GET', `/rest/executions/${executionId}`);
					if (raw.status === status) return raw.data;
					if (raw.status === 'error') assert.fail((await rest.finished(executionId)).error);
					await wait(100);
				}
				throw new Error(`The execution never was ${status}.`);
			},
			finished: async () => await rest.finished(executionId),
		});
	} finally {
		await rest.deleteWorkflow(copy.id);
		await rest.removeCredential(id);
		await model.stop();
	}
}

/** The same, to its good end. */
async function answerOf(stage: Stage, question: string | undefined, script: Script): Promise<{ answer: string; asked: Asked[] }> {
	let told = '';
	let asked: Asked[] = [];
	await ask(stage, question, script, async ({ finished, model }) => {
		const { status, error, output } = await finished();
		assert.equal(status, 'success', error);
		told = String(output.Summary?.[0]?.answer);
		asked = model.asked;
	});
	return { answer: told, asked };
}

/** What a tool has answered, as a model would read it. */
const listIn = ({ results }: Asked): Json[] => JSON.parse(results.at(-1)?.answer ?? '[]') as Json[];

/** The tool that deletes what matches a filter, put behind the review. */
const deleting = (stage: Stage): WorkflowNode => ({
	id: 'delete-many',
	name: DELETE,
	type: `${OUTREACH}Tool`,
	typeVersion: 1,
	position: [2100, 640],
	parameters: { resource: 'prospect', operation: 'prospectsDestroyAll', target: 'filter', filters: { condition: [{ field: 'emails', operator: 'equals', value: "={{ $fromAI('Email', 'Email of the prospects', 'string') }}" }] }, options: {} },
	credentials: { outreachOAuth2Api: stage.credentials.outreachOAuth2Api },
});

const VICTIM = 'greta.gupta@soylentfoods.example';
const prospect = async ({ simulators }: Stage, email: string) =>
	(await simulators.outreach.records<OutreachRecord>('prospect')).find(({ attributes }) => (attributes.emails as string[]).includes(email));

/** Calls the tool that deletes, and then says what became of it. */
const deleteScript: Script = ({ results, tools }) => {
	const tool = tools.find(({ name }) => name.startsWith('Delete_many'));
	if (!tool) return { say: 'There is no tool to delete prospects.' };
	if (results.length === 0) return { call: tool.name, input: { toolParameters: { Email: VICTIM }, hitlParameters: {} } };
	return { say: `It said: ${results.at(-1)!.answer}` };
};

/** The buttons that the reviewer gets. */
function review(data: string): { text: string; approve: string; decline: string } {
	const found: Array<{ text: string; buttons: Array<{ link: string }> }> = [];
	const search = (value: unknown): void => {
		if (typeof value !== 'object' || value === null) return;
		if ('buttons' in value && 'text' in value) found.push(value as (typeof found)[number]);
		for (const inner of Object.values(value)) search(inner);
	};
	search(unflatten(data));
	const [message] = found;
	assert.ok(message, 'nobody was asked');
	const link = (approved: boolean) => message.buttons.find((button) => button.link.includes(`approved=${approved}`))?.link ?? '';
	return { text: message.text, approve: link(true), decline: link(false) };
}

/** n8n leaves requests of programs alone, since mail servers open links to look at them. */
async function press(link: string): Promise<void> {
	const page = await fetch(link, { headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36' } });
	assert.ok(page.ok, `${link} answered ${page.status}`);
}

export const cases: Case[] = [
	{
		name: 'agent: the example finds a user by name and prospects by a word, and gets only what matters',
		async run(stage) {
			const { answer, asked } = await answerOf(stage, undefined, (now) => {
				const { results } = now;
				if (results.length === 0) return { call: 'Get_user', input: { User: 'Carlos Cruz' } };
				if (results.length === 1) return { call: 'Find_prospects', input: { Search: 'Contoso' } };
				const [user] = JSON.parse(results[0]!.answer) as Array<{ role: { name: string } }>;
				return { say: `${user!.role.name}: ${listIn(now).map(({ emails }) => String(emails)).join(' ')}` };
			});
			assert.match(answer, /^Account Executive: .*@contoso\.example/);
			const [first] = listIn(asked.at(-1)!);
			assert.ok(first !== undefined && 'stageId' in first && 'updatedAt' in first);
			assert.ok(!('addressCity' in first), 'the model gets what it has no use for');
			const tools = asked[0]!.tools.map(({ name, description }) => [name, description]);
			assert.deepEqual(tools.find(([name]) => name === 'Find_users'), ['Find_users', 'Get many users in Outreach']);
			assert.deepEqual(tools.find(([name]) => name?.startsWith('Deprovision')), ['Deprovision_user_removes_access', 'Deprovision user and hand over records – removes access in Outreach']);
		},
	},
	{
		name: 'agent: a long list says how many more there are',
		async run(stage) {
			const { asked } = await answerOf(stage, 'Who is there?', ({ results }) => (results.length === 0 ? { call: 'Find_prospects', input: { Search: '' } } : { say: 'Many.' }));
			const list = listIn(asked.at(-1)!);
			const all = (await stage.simulators.outreach.records('prospect')).length;
			assert.equal(list.length, 21);
			assert.equal(list.at(-1)?.more, all - 20);
		},
	},
	{
		name: 'agent: a wrong role name is corrected from what the tool says',
		async run(stage) {
			const email = 'zara.zett@acme.example';
			const input = { Email: email, First_Name: 'Zara', Last_Name: 'Zett', Profile: 'Default' };
			const { answer } = await answerOf(stage, 'Make Zara Zett a sales enginer.', ({ results }) => {
				if (results.length === 0) return { call: 'Provision_user', input: { ...input, Role: 'Sales Enginer' } };
				const last = results.at(-1)!.answer;
				const role = /Similar ones are: ([^.,]+)/.exec(last)?.[1];
				if (results.length === 1 && role !== undefined) return { call: 'Provision_user', input: { ...input, Role: role } };
				return { say: results.length === 2 ? `Done: ${last}` : `I could not: ${last}` };
			});
			assert.match(answer, /^Done: .*"outcome":"created"/);
			const user = await outreachUser(stage, email);
			const roles = await stage.simulators.outreach.records<OutreachRecord>('role');
			assert.equal(roles.find(({ id }) => id === idOf(user?.relationships.role))?.attributes.name, 'Sales Engineer');
		},
	},
	{
		name: 'agent: a prospect that was found is added to a sequence, all by names',
		async run(stage) {
			const { answer } = await answerOf(stage, 'Start Renewal Reminder for Greta Gupta from the mailbox of Carlos Cruz.', (now) => {
				const { results } = now;
				if (results.length === 0) return { call: 'Find_prospects', input: { Search: 'Gupta' } };
				if (results.length === 1) return { call: 'Get_user', input: { User: 'Carlos Cruz' } };
				const greta = (JSON.parse(results[0]!.answer) as Json[]).find(({ firstName }) => firstName === 'Greta');
				const [carlos] = JSON.parse(results[1]!.answer) as Json[];
				if (results.length === 2) return { call: 'Add_prospect_to_sequence', input: { Prospect: (greta?.emails as string[])[0], Sequence: 'Renewal Reminder', Mailbox: carlos?.email } };
				return { say: results.at(-1)!.answer };
			});
			assert.match(answer, /"outcome":"added"/);
			const greta = await prospect(stage, VICTIM);
			const states = await stage.simulators.outreach.records<OutreachRecord>('sequenceState');
			assert.ok(states.some(({ relationships }) => idOf(relationships.prospect) === greta?.id && idOf(relationships.sequence) === 4));
		},
	},
	{
		name: 'agent: a bulk delete waits for a review, and a refusal leaves everything as it was',
		async run(stage) {
			assert.ok(await prospect(stage, VICTIM));
			await stage.simulators.outreach.forgetRequests();
			await ask(
				stage,
				'Delete Greta Gupta.',
				deleteScript,
				async ({ until, finished }) => {
					const { text, decline } = review(await until('waiting'));
					assert.match(text, /Delete_many_prospects_changes_many_records/);
					assert.match(text, new RegExp(VICTIM));
					assert.deepEqual(await stage.simulators.outreach.requests(), []);
					await press(decline);
					const { status, error, output } = await finished();
					assert.equal(status, 'success', error);
					assert.match(String(output.Summary?.[0]?.answer), /rejected/i);
				},
				[deleting(stage)],
			);
			assert.deepEqual(await stage.simulators.outreach.requests(), []);
			assert.ok(await prospect(stage, VICTIM));
		},
	},
	{
		name: 'agent: an approved bulk delete is done',
		async run(stage) {
			await ask(
				stage,
				'Delete Greta Gupta, really.',
				deleteScript,
				async ({ until, finished }) => {
					await press(review(await until('waiting')).approve);
					const { status, error } = await finished();
					assert.equal(status, 'success', error);
				},
				[deleting(stage)],
			);
			assert.equal(await prospect(stage, VICTIM), undefined);
		},
	},
];
