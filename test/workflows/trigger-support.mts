/** Triggers on n8n's real contexts: what its server does around `create`, `webhook`, `poll` and `delete`, without the server. */
import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IDataObject, INode, INodeExecutionData, INodeParameters, IWebhookResponseData, WorkflowExecuteMode } from 'n8n-workflow';
import { core, n8n, type Harness } from '../harness/index.mts';
import { LINE } from './support.mts';

type Contexts = Record<'ExecuteContext' | 'HookContext' | 'WebhookContext' | 'PollContext' | 'TriggerContext', new (...args: unknown[]) => unknown>;
const { ExecuteContext, HookContext, WebhookContext, PollContext, TriggerContext } = core as unknown as Contexts;

interface Data {
	[key: string]: IDataObject;
}

/** One trigger node in a workflow of its own, whose static data lives where n8n's database would be. */
export class TriggerLab {
	/** Items that started the workflow, in order. */
	readonly emitted: IDataObject[] = [];
	/** Statuses answered to deliveries. */
	readonly answered: number[] = [];
	/** Executions that n8n would have recorded as failed. */
	readonly failed: Error[] = [];
	node: INode;
	/** The static data as stored. */
	stored: Data = {};
	/** What webhooks are told as address of this n8n. */
	base = 'https://n8n.example.test/webhook';
	workflowId = `wf-${Math.random().toString(36).slice(2)}`;
	/** What n8n answers when a poll asks for its time. */
	pollBudgetMs: number | undefined;
	/** Executions begin in this process; otherwise on a worker. */
	executes = true;
	/** Milliseconds that saving takes. */
	saveMs = 0;
	/** So many of the next answers get lost on their way. */
	loseAnswers = 0;
	private stopServer = async () => {};

	private readonly harness: Harness;
	private readonly type: string;

	constructor(harness: Harness, type: string, parameters: IDataObject, webhookId = 'hook') {
		this.harness = harness;
		this.type = type;
		this.node = harness.createNode(type, parameters as INodeParameters, { node: { name: 'Trigger', webhookId } });
	}

	/** The same workflow, with what was stored of it, in a process that has seen nothing of it. */
	restarted(): TriggerLab {
		const other = new TriggerLab(this.harness, this.type, this.node.parameters as IDataObject, this.node.webhookId);
		other.stored = structuredClone(this.stored);
		return other;
	}

	/** A second registration of the same workflow in the same process, with its own copy of what was stored. */
	twin(): TriggerLab {
		const other = new TriggerLab(this.harness, this.type, {}, this.node.webhookId);
		other.node = this.node;
		other.workflowId = this.workflowId;
		other.stored = structuredClone(this.stored);
		return other;
	}

	get data(): IDataObject {
		return (this.stored['node:Trigger'] ?? {}) as IDataObject;
	}

	get url(): string {
		return `${this.base}/${this.node.webhookId}/webhook`;
	}

	load() {
		return new n8n.Workflow({
			id: this.workflowId,
			name: 'test',
			nodes: [this.node],
			connections: {},
			active: true,
			nodeTypes: this.harness.nodeTypes,
			staticData: structuredClone(this.stored),
			settings: {},
		});
	}

	private additional(more: Record<string, unknown> = {}) {
		return this.harness.additionalData({ webhookBaseUrl: this.base, webhookTestBaseUrl: this.base, ...more });
	}

	private get nodeType() {
		return this.harness.nodeType(this.type);
	}

	private save(workflow: InstanceType<typeof n8n.Workflow>): void {
		this.stored = JSON.parse(JSON.stringify(workflow.staticData)) as Data;
	}

	/** One of the lifecycle methods, as n8n calls it. */
	async hook(method: 'checkExists' | 'create' | 'delete', mode: WorkflowExecuteMode = 'trigger', activation = 'activate'): Promise<boolean> {
		const workflow = this.load();
		const { webhookMethods, description } = this.nodeType;
		const context = new HookContext(workflow, this.node, this.additional(), mode, activation, { webhookDescription: description.webhooks![0], node: 'Trigger' });
		await workflow.expression.acquireIsolate();
		try {
			return await webhookMethods!.default![method].call(context as never);
		} finally {
			this.save(workflow);
			await workflow.expression.releaseIsolate();
		}
	}

	/** Activation, up to the attempts that n8n makes; after the last failure it removes what is there. */
	async activate(attempts = 1): Promise<void> {
		for (let attempt = 1; ; attempt += 1) {
			try {
				if (!(await this.hook('checkExists'))) await this.hook('create');
				return;
			} catch (error) {
				await this.hook('delete').catch(() => {});
				if (attempt >= attempts) throw error;
			}
		}
	}

	/** One request to the webhook, with n8n's treatment of what the node returns. */
	async receive(body: Buffer, headers: IncomingHttpHeaders, mode: WorkflowExecuteMode = 'webhook'): Promise<number> {
		const workflow = this.load();
		const { description, webhook } = this.nodeType;
		let status = 0;
		let ended: () => void = () => {};
		const answered = new Promise<void>((done) => (ended = done));
		const response = {
			headersSent: false,
			status(code: number) {
				status = code;
				return response;
			},
			send() {
				response.headersSent = true;
				ended();
				return response;
			},
			end: () => response,
		};
		const context = new WebhookContext(
			workflow,
			this.node,
			this.additional({ httpRequest: { rawBody: body, headers, body: {}, query: {}, params: {} }, httpResponse: response }),
			mode,
			{ webhookDescription: description.webhooks![0], node: 'Trigger' },
			[],
			null,
		);
		await workflow.expression.acquireIsolate();
		const work = (async () => {
			let result: IWebhookResponseData;
			try {
				result = await webhook!.call(context as never);
			} catch (error) {
				this.failed.push(error as Error);
				status = 500;
				ended();
				return;
			} finally {
				await workflow.expression.releaseIsolate();
			}
			if (this.saveMs > 0) await new Promise((done) => setTimeout(done, this.saveMs * Math.random()));
			// Making the execution resets n8n's mark of what was changed, so that an answer after it stores nothing.
			const beforeExecution = result.workflowData === undefined || result.noWebhookResponse === true;
			if (beforeExecution && (workflow.staticData as unknown as { __dataChanged: boolean }).__dataChanged) this.save(workflow);
			if (result.workflowData) {
				this.emitted.push(...result.workflowData.flat().map(({ json }) => json));
				if (this.executes) await this.execute(result.workflowData.flat(), workflow, mode);
			}
			// Otherwise the node answers itself.
			if (result.noWebhookResponse === true) return;
			status = 200;
			ended();
		})();
		await answered;
		this.answered.push(status);
		void work;
		this.working.push(work);
		return status;
	}

	/** The beginning of an execution, in which the trigger is the first node. */
	private async execute(items: INodeExecutionData[], workflow: InstanceType<typeof n8n.Workflow>, mode: WorkflowExecuteMode): Promise<void> {
		const data = { main: [items] };
		const context = new ExecuteContext(workflow, this.node, this.additional(), mode, n8n.createEmptyRunExecutionData(), 0, items, data, { data, node: this.node, source: null }, []);
		await this.nodeType.execute!.call(context as never);
	}

	private working: Array<Promise<void>> = [];

	/** Resolves when everything that was received is worked off. */
	async settled(): Promise<void> {
		await Promise.all(this.working.splice(0));
	}

	/** Makes the webhook reachable. */
	async listen(): Promise<void> {
		const server = createServer((request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				void this.receive(Buffer.concat(chunks), request.headers).then((status) => {
					if (this.loseAnswers > 0) {
						this.loseAnswers -= 1;
						request.socket.destroy();
						return;
					}
					response.statusCode = status;
					response.end('{}');
				});
			});
		});
		await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
		this.base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`;
		this.stopServer = async () => {
			server.closeAllConnections();
			await new Promise((done) => server.close(done));
		};
	}

	async stop(): Promise<void> {
		await this.stopServer();
	}

	/** One poll on a workflow that n8n keeps in memory between polls. */
	async poll(workflow = this.load(), mode: WorkflowExecuteMode = 'trigger'): Promise<INodeExecutionData[] | null> {
		const budget = this.pollBudgetMs === undefined ? [] : [undefined, undefined, undefined, undefined, undefined, () => this.pollBudgetMs];
		const context = new PollContext(workflow, this.node, this.additional(), mode, 'activate', ...budget);
		await workflow.expression.acquireIsolate();
		let result: INodeExecutionData[][] | null;
		try {
			result = await this.nodeType.poll!.call(context as never);
		} finally {
			await workflow.expression.releaseIsolate();
		}
		// n8n stores the data only along with what it emits.
		if (result !== null && mode !== 'manual') {
			this.save(workflow);
			for (const { json } of result.flat()) this.emitted.push(json);
		}
		return result?.flat() ?? null;
	}

	/** The trigger function, as n8n calls it at an activation and when it starts. `tick` is the schedule that it set up. */
	async start(workflow = this.load()): Promise<{ tick?: () => void; expression?: string; stop(): Promise<void> }> {
		const started: { tick?: () => void; expression?: string; stop(): Promise<void> } = { stop: async () => {} };
		const emit = (items: INodeExecutionData[][]) => {
			this.save(workflow);
			this.emitted.push(...items.flat().map(({ json }) => json));
		};
		const scheduling = {
			registerCron({ expression }: { expression: string }, tick: () => void) {
				Object.assign(started, { tick, expression });
				return true;
			},
		};
		const context = new TriggerContext(workflow, this.node, this.additional(), 'trigger', 'activate', emit, undefined, (error: Error) => this.failed.push(error), scheduling);
		if (LINE === 1) {
			// n8n 1 takes its schedule from a service of the server, and writes failures to its log.
			Object.assign((context as { helpers: object }).helpers, scheduling);
			Object.defineProperty(context, 'logger', { value: { error: (message: string) => this.failed.push(new Error(message)) } });
		}
		await workflow.expression.acquireIsolate();
		try {
			const response = await this.nodeType.trigger!.call(context as never);
			started.stop = async () => await response?.closeFunction?.();
		} finally {
			await workflow.expression.releaseIsolate();
		}
		// n8n stores the data once everything is active.
		this.save(workflow);
		return started;
	}

	/** What n8n does after an activation. */
	keep(workflow: InstanceType<typeof n8n.Workflow>): void {
		this.save(workflow);
	}
}

export interface Poller {
	one: TriggerLab;
	/** What the poll of the activation emitted. */
	first: IDataObject[] | null;
	/** A poll as n8n's schedule starts it; the items, or null. */
	next: () => Promise<IDataObject[] | null>;
	/** The process is killed, and n8n started again from what is stored. */
	restart: () => Promise<Poller>;
}

/** An activated polling trigger: the first poll is over, and its data stored. */
export async function poller(harness: Harness, type: string, parameters: IDataObject, from?: TriggerLab): Promise<Poller> {
	const one = new TriggerLab(harness, type, parameters);
	if (from) one.stored = structuredClone(from.stored);
	const workflow = one.load();
	const first = await one.poll(workflow);
	one.keep(workflow);
	const json = (items: INodeExecutionData[] | null) => items?.map((item) => item.json) ?? null;
	return {
		one,
		first: json(first),
		next: async () => json(await one.poll(workflow)),
		restart: async () => await poller(harness, type, parameters, one),
	};
}

/** Makes trigger nodes of one kind, which stop after their test. */
export function triggers(type: string, harness: () => Harness): (parameters: IDataObject, webhookId?: string) => TriggerLab {
	const open: TriggerLab[] = [];
	afterEach(async () => {
		await Promise.all(open.splice(0).map(async (one) => await one.stop()));
	});
	return (parameters, webhookId = randomUUID()) => {
		const one = new TriggerLab(harness(), type, parameters, webhookId);
		open.push(one);
		return one;
	};
}

/** A delivery of Outreach made by hand, signed with the trigger's secret. */
export function outreachDelivery(one: TriggerLab, content: IDataObject, more: { secret?: string; jobId?: string; headers?: Record<string, string> } = {}) {
	const { event = 'prospect.updated', ...data } = content;
	const body = Buffer.from(
		JSON.stringify({
			data: { type: String(event).split('.')[0], id: 1, attributes: {}, relationships: {}, ...data },
			...(content.beforeUpdate ? { beforeUpdate: content.beforeUpdate } : {}),
			meta: { deliveredAt: '2026-03-01T10:00:01.000Z', eventName: event, jobId: more.jobId ?? randomUUID() },
		}),
	);
	const signature = createHmac('sha256', more.secret ?? String(one.data.secret)).update(body).digest('hex');
	return { body, headers: { 'content-type': 'application/vnd.api+json', 'outreach-webhook-signature': signature, ...more.headers } };
}
