/** A chat model on this machine, as OpenAI's API offers one: a script decides what it says, by what it was sent. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from './rest.mts';

/** What a model has before it, since the last question. */
export interface Asked {
	question: string;
	tools: Array<{ name: string; description: string; parameters: Json }>;
	/** What the tools that it called have answered, oldest first. */
	results: Array<{ tool: string; answer: string }>;
}

/** The next step of the model. */
export type Turn = { call: string; input: Json } | { say: string };

export type Script = (asked: Asked) => Turn;

interface Message {
	role: 'system' | 'user' | 'assistant' | 'tool';
	content?: string | Array<{ text?: string }> | null;
	tool_calls?: Array<{ id: string; function: { name: string } }>;
	tool_call_id?: string;
}

interface Completion {
	model: string;
	stream?: boolean;
	messages: Message[];
	tools?: Array<{ function: Asked['tools'][number] }>;
}

const textOf = ({ content }: Message) => (typeof content === 'string' ? content : (content ?? []).map(({ text }) => text ?? '').join(''));

function read({ messages, tools = [] }: Completion): Asked {
	const start = messages.findLastIndex(({ role }) => role === 'user');
	const since = messages.slice(start + 1);
	const names = new Map(since.flatMap(({ tool_calls = [] }) => tool_calls.map((call) => [call.id, call.function.name] as const)));
	return {
		question: start < 0 ? '' : textOf(messages[start]!),
		tools: tools.map((tool) => tool.function),
		results: since.filter(({ role }) => role === 'tool').map((message) => ({ tool: names.get(message.tool_call_id ?? '') ?? '', answer: textOf(message) })),
	};
}

export interface RunningModel {
	/** Address for n8n's OpenAI credential. */
	url: string;
	/** All that it was asked, oldest first. */
	asked: Asked[];
	stop(): Promise<void>;
}

/** Starts a model that follows a script. */
export async function startModel(script: Script): Promise<RunningModel> {
	const asked: Asked[] = [];
	const answer = (completion: Completion): Json => {
		if (completion.stream === true) throw new Error('Streaming is not part of the script.');
		const now = read(completion);
		asked.push(now);
		const turn = script(now);
		const message =
			'say' in turn
				? { role: 'assistant', content: turn.say }
				: { role: 'assistant', content: null, tool_calls: [{ id: `call_${asked.length}`, type: 'function', function: { name: turn.call, arguments: JSON.stringify(turn.input) } }] };
		return {
			id: `answer-${asked.length}`,
			object: 'chat.completion',
			created: Math.floor(Date.now() / 1000),
			model: completion.model,
			choices: [{ index: 0, message, finish_reason: 'say' in turn ? 'stop' : 'tool_calls' }],
			usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
		};
	};
	const server = createServer((request, response) => {
		const parts: Buffer[] = [];
		request.on('data', (part: Buffer) => parts.push(part));
		request.on('end', () => {
			response.setHeader('content-type', 'application/json');
			try {
				if (request.url !== '/v1/chat/completions') throw new Error(`There is nothing at ${request.url}`);
				response.end(JSON.stringify(answer(JSON.parse(Buffer.concat(parts).toString()) as Completion)));
			} catch (error) {
				response.statusCode = 400;
				response.end(JSON.stringify({ error: { message: (error as Error).message } }));
			}
		});
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
		asked,
		async stop() {
			server.closeAllConnections();
			await new Promise((done) => server.close(done));
		},
	};
}

/** The stand-in for a model in the demo: it knows the examples of the flow "Ask about your reps", and says so otherwise. */
export const demoScript: Script = ({ question, tools, results }) => {
	const [, leaver, heir] = /^(\S+ \S+) leaves\W+(\S+ \S+) takes over/.exec(question) ?? [];
	if (leaver !== undefined) {
		const tool = tools.find(({ name }) => name.startsWith('Deprovision_user'));
		if (results.length === 0 && tool !== undefined) return { call: tool.name, input: { toolParameters: { User: leaver, Reassign_To: heir }, hitlParameters: {} } };
		return { say: results[0]?.answer ?? 'There is no tool to lock a user.' };
	}
	if (!/Carlos Cruz.*Contoso/.test(question)) return { say: 'I stand in for a chat model and only know the examples. Choose a credential of your own in "OpenAI Chat Model" to ask others.' };
	if (results.length === 0) return { call: 'Get_user', input: { User: 'Carlos Cruz' } };
	if (results.length === 1) return { call: 'Find_prospects', input: { Search: 'Contoso' } };
	const [user, prospects] = results.map(({ answer }) => JSON.parse(answer) as Json[]);
	const role = (user?.[0]?.role as Json | undefined)?.name;
	const people = (prospects ?? []).flatMap(({ firstName, lastName }) => (firstName === undefined ? [] : [`${String(firstName)} ${String(lastName)}`]));
	return { say: `Carlos Cruz is ${String(role)}. Prospects at Contoso: ${people.join(', ')}.` };
};
