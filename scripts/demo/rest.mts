/** n8n's REST interface as its editor uses it (n8n 2.41, and 1.123 where that differs). */
export interface Credential {
	id: string;
	name: string;
	type: string;
}

export interface WorkflowNode {
	id: string;
	name: string;
	type: string;
	typeVersion: number;
	position: [number, number];
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: string | null; name: string }>;
	webhookId?: string;
	[key: string]: unknown;
}

export interface Workflow {
	name: string;
	nodes: WorkflowNode[];
	connections: Record<string, unknown>;
	settings?: Record<string, unknown>;
	pinData?: Record<string, unknown>;
}

export interface StoredWorkflow extends Workflow {
	id: string;
	versionId: string;
	active: boolean;
	isArchived?: boolean;
}

export type Json = Record<string, unknown>;

export interface Execution {
	id: string;
	status: string;
	/** How many milliseconds n8n spent on it. */
	took: number;
	/** The message of what stopped it, with the node's name. */
	error?: string;
	/** The output of each node that ran, by name: all items of its first output. */
	output: Record<string, Json[]>;
	lastNode?: string;
}

/** Entries for a form, by label. */
export type Entries = Record<string, string>;

export interface Choice {
	name: string;
	value: string | number;
	description?: string;
	url?: string;
}

export interface MapperField {
	id: string;
	displayName: string;
	required?: boolean;
	type?: string;
	options?: Choice[];
	readOnly?: boolean;
	[key: string]: unknown;
}

/** What the editor sends along when a node's parameter asks its node for choices. */
export interface ParameterQuery {
	node: string;
	method: string;
	path: string;
	parameters: Json;
	credentials: Record<string, Credential>;
	typeVersion?: number;
}

export class RestError extends Error {
	readonly status: number;

	constructor(request: string, status: number, answer: string) {
		super(`${request} answered ${status}: ${answer.slice(0, 500)}`);
		this.status = status;
	}
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const FINISHED = new Set(['success', 'error', 'crashed', 'canceled']);

export class N8nRest {
	readonly url: string;
	#cookies = new Map<string, string>();
	#version = '';

	constructor(url: string) {
		this.url = url;
	}

	/** The signed-in session, for a browser that is to continue it. */
	get cookies(): ReadonlyMap<string, string> {
		return this.#cookies;
	}

	/** The version of n8n, known once somebody has signed in. */
	get version(): string {
		return this.#version;
	}

	async fetch(path: string, init: RequestInit = {}): Promise<Response> {
		const headers = new Headers(init.headers);
		// n8n ties a session to the browser it was opened in.
		headers.set('browser-id', 'demo');
		if (this.#cookies.size > 0) headers.set('cookie', [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '));
		const response = await fetch(new URL(path, this.url), { redirect: 'manual', ...init, headers });
		for (const cookie of response.headers.getSetCookie()) {
			const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
			if (name !== undefined && value !== undefined) this.#cookies.set(name, value);
		}
		return response;
	}

	async request<T>(method: string, path: string, body?: unknown): Promise<T> {
		const init: RequestInit = { method };
		if (body !== undefined) {
			init.headers = { 'content-type': 'application/json' };
			init.body = JSON.stringify(body);
		}
		const response = await this.fetch(path, init);
		const text = await response.text();
		if (!response.ok) throw new RestError(`${method} ${path}`, response.status, text);
		const answer = (text === '' ? undefined : JSON.parse(text)) as { data?: T } | T;
		const wrapped = typeof answer === 'object' && answer !== null && 'data' in answer;
		return (wrapped ? (answer as { data: T }).data : answer) as T;
	}

	/** Signs in, and makes the account of the owner when this n8n is new. */
	async signIn(owner: { email: string; password: string; firstName: string; lastName: string }): Promise<void> {
		const { email, password } = owner;
		const settings = await this.request<{ versionCli?: string; userManagement: { showSetupOnFirstLoad?: boolean } }>('GET', '/rest/settings');
		if (settings.userManagement.showSetupOnFirstLoad === true) await this.request('POST', '/rest/owner/setup', owner);
		else await this.request('POST', '/rest/login', { emailOrLdapLoginId: email, password });
		// Only to somebody who is signed in does n8n tell its version.
		this.#version = settings.versionCli ?? (await this.request<{ versionCli: string }>('GET', '/rest/settings')).versionCli;
	}

	nodeTypes(): Promise<Array<{ name: string; displayName: string; version: number | number[]; properties: Json[]; iconUrl?: string | Record<'light' | 'dark', string> }>> {
		return this.request('GET', '/types/nodes.json');
	}

	credentials(): Promise<Credential[]> {
		return this.request('GET', '/rest/credentials');
	}

	/** One credential of this name and type with this content, whether or not it was there before. */
	async putCredential(name: string, type: string, data: Json): Promise<Credential> {
		const known = (await this.credentials()).find((credential) => credential.name === name && credential.type === type);
		if (known === undefined) return await this.request('POST', '/rest/credentials', { name, type, data });
		return await this.request('PATCH', `/rest/credentials/${known.id}`, { name, type, data });
	}

	async removeCredential(id: string): Promise<void> {
		await this.request('DELETE', `/rest/credentials/${id}`);
	}

	/** What the editor's "Test" does with this content. */
	testCredential(credential: Credential, data: Json): Promise<{ status: 'OK' | 'Error'; message: string }> {
		const { id, name, type } = credential;
		return this.request('POST', '/rest/credentials/test', { credentials: { id, name, type, data } });
	}

	/**
	 * The way a person connects an OAuth2 credential: to the vendor's consent page, and with what it
	 * answers back to n8n. Returns the scopes that were asked for.
	 */
	async connectOAuth2(credential: Credential): Promise<string> {
		const consent = new URL(await this.request<string>('GET', `/rest/oauth2-credential/auth?id=${credential.id}`));
		const approved = await fetch(consent, { redirect: 'manual' });
		const callback = approved.headers.get('location');
		if (callback === null) {
			throw new Error(`The consent page ${consent.origin}${consent.pathname} answered ${approved.status}: ${(await approved.text()).slice(0, 500)}`);
		}
		const done = await this.fetch(callback);
		const page = await done.text();
		if (!done.ok || !/connected|success/i.test(page)) {
			const reason = page.replace(/<(script|style)[^]*?<\/\1>/g, ' ').replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
			throw new Error(`n8n did not accept the vendor's answer (${done.status}): ${reason.slice(0, 500)}`);
		}
		return consent.searchParams.get('scope') ?? '';
	}

	workflows(): Promise<Array<{ id: string; name: string; isArchived?: boolean }>> {
		return this.request('GET', '/rest/workflows');
	}

	workflow(id: string): Promise<StoredWorkflow> {
		return this.request('GET', `/rest/workflows/${id}`);
	}

	createWorkflow(workflow: Workflow): Promise<StoredWorkflow> {
		return this.request('POST', '/rest/workflows', { ...workflow, active: false });
	}

	async updateWorkflow(id: string, workflow: Workflow): Promise<StoredWorkflow> {
		const { versionId } = await this.workflow(id);
		return await this.request('PATCH', `/rest/workflows/${id}`, { ...workflow, versionId });
	}

	/** Makes a workflow's form or webhook answer at its production address. */
	async publish(id: string): Promise<void> {
		const { versionId } = await this.workflow(id);
		await this.request('POST', `/rest/workflows/${id}/activate`, { versionId });
	}

	async unpublish(id: string): Promise<void> {
		await this.request('POST', `/rest/workflows/${id}/deactivate`, {});
	}

	async deleteWorkflow(id: string): Promise<void> {
		await this.request('POST', `/rest/workflows/${id}/archive`);
		await this.request('DELETE', `/rest/workflows/${id}`);
	}

	/** Runs a workflow from one of its triggers to its end. @param entries what to send when it waits for a form, by label. */
	async run(id: string, trigger: string, entries?: Entries): Promise<Execution> {
		const executionId = await this.start(id, trigger);
		if (entries === undefined) return await this.finished(executionId);
		const there = await this.reached(executionId, ({ status }) => FINISHED.has(status) || status === 'waiting');
		if (there.status === 'waiting') await this.submitForm(executionId, entries);
		return await this.finished(executionId);
	}

	/** Starts a workflow from one of its triggers. @returns the id of the execution. */
	async start(id: string, trigger: string): Promise<string> {
		const { executionId } = await this.#start<{ executionId?: string }>(id, trigger);
		if (executionId === undefined) throw new Error(`n8n waits for an event at "${trigger}" and has not started anything.`);
		return executionId;
	}

	/** The address of the form that an execution waits for, as a node of the flow has it for the person who is asked. */
	async formOf(executionId: string): Promise<string> {
		const { output } = await this.reached(executionId, ({ status }) => status === 'waiting');
		const texts = Object.values(output).flat().flatMap((json) => Object.values(json)).filter((value) => typeof value === 'string');
		const address = texts.find((text) => /^https?:\/\/[^\s]*\/form-waiting\//.test(text));
		if (address === undefined) throw new Error(`Execution ${executionId} waits, and no node has the link to its form.`);
		return address;
	}

	/** Fills in the form that an execution waits for, and sends it. A drop-down that is not among the entries gets its first choice. */
	async submitForm(executionId: string, entries: Entries): Promise<void> {
		const address = await this.formOf(executionId);
		const raw = await this.request<RawExecution>('GET', `/rest/executions/${executionId}`);
		const waiting = raw.workflowData.nodes.find(({ name }) => name === readExecution(raw).lastNode);
		const fields = (waiting?.parameters.formFields as { values?: FormField[] } | undefined)?.values ?? [];
		const body = new FormData();
		for (const [index, { fieldLabel = '', fieldOptions }] of fields.entries()) body.set(`field-${index}`, entries[fieldLabel] ?? fieldOptions?.values[0]?.option ?? '');
		const answer = await fetch(address, { method: 'POST', body });
		if (!answer.ok) throw new RestError(`POST ${address}`, answer.status, await answer.text());
	}

	/** n8n 1 runs what the editor shows, n8n 2 what is stored. */
	async #start<T>(id: string, trigger: string): Promise<T> {
		const shown = this.#version.startsWith('1.') ? { workflowData: await this.workflow(id) } : {};
		return await this.request('POST', `/rest/workflows/${id}/run`, { ...shown, triggerToStartFrom: { name: trigger } });
	}

	/** Waits for one event at a trigger, as the editor's "Listen for test event" does. */
	async listen(id: string, trigger: string): Promise<void> {
		const { waitingForWebhook } = await this.#start<{ waitingForWebhook?: boolean }>(id, trigger);
		if (waitingForWebhook !== true) throw new Error(`n8n does not wait for an event at "${trigger}".`);
	}

	/** The latest executions of a workflow, newest first. */
	async executionsOf(workflowId: string, limit = 20): Promise<Array<{ id: string; status: string; mode: string }>> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const { results } = await this.request<{ results: Array<{ id: string; status: string; mode: string }> }>('GET', `/rest/executions?filter=${filter}&limit=${limit}`);
		return results;
	}

	finished(executionId: string, timeout?: number): Promise<Execution> {
		return this.reached(executionId, ({ status }) => FINISHED.has(status), timeout);
	}

	/** Waits until an execution is where `there` says. */
	async reached(executionId: string, there: (execution: Execution) => boolean, timeout = 60_000): Promise<Execution> {
		const deadline = Date.now() + timeout;
		for (;;) {
			const execution = readExecution(await this.request<RawExecution>('GET', `/rest/executions/${executionId}`));
			const { status, lastNode } = execution;
			// n8n 1 stores with SQLite how it ended first, and what it brought a moment later.
			if (there(execution) && (!['success', 'waiting'].includes(status) || lastNode !== undefined)) return execution;
			if (Date.now() > deadline) throw new Error(`Execution ${executionId} is still ${status} after ${timeout / 1000} s.`);
			await pause(60);
		}
	}

	/** The choices of a drop-down that its node fills. */
	options(query: ParameterQuery): Promise<Choice[]> {
		return this.request('POST', '/rest/dynamic-node-parameters/options', dynamic(query));
	}

	/** The records a locator's "From list" shows for a search text. */
	listSearch(query: ParameterQuery, filter?: string, paginationToken?: string): Promise<{ results: Choice[]; paginationToken?: string }> {
		return this.request('POST', '/rest/dynamic-node-parameters/resource-locator-results', { ...dynamic(query), filter, paginationToken });
	}

	/** The columns a resource mapper offers. */
	mapperFields(query: ParameterQuery): Promise<{ fields: MapperField[]; emptyFieldsNotice?: string }> {
		return this.request('POST', '/rest/dynamic-node-parameters/resource-mapper-fields', dynamic(query));
	}
}

const dynamic = ({ node, method, path, parameters, credentials, typeVersion = 1 }: ParameterQuery) => ({
	path: path.startsWith('parameters.') ? path : `parameters.${path}`,
	methodName: method,
	nodeTypeAndVersion: { name: node, version: typeVersion },
	currentNodeParameters: parameters,
	credentials: Object.fromEntries(Object.entries(credentials).map(([type, { id, name }]) => [type, { id, name }])),
});

interface RawExecution {
	id: string;
	status: string;
	startedAt?: string;
	stoppedAt?: string;
	data: string;
	workflowData: { nodes: WorkflowNode[] };
}

interface FormField {
	fieldLabel?: string;
	fieldOptions?: { values: Array<{ option: string }> };
}

interface RunData {
	resultData?: {
		lastNodeExecuted?: string;
		error?: { message: string; description?: string; node?: { name: string } };
		runData?: Record<string, Array<{ data?: { main?: Array<Array<{ json: Json }> | null> } }>>;
	};
}

function readExecution({ id, status, startedAt, stoppedAt, data }: RawExecution): Execution {
	const { resultData = {} } = (unflatten(data) ?? {}) as RunData;
	const output = Object.entries(resultData.runData ?? {}).map(([node, runs]) => [
		node,
		runs.flatMap((run) => run.data?.main?.[0] ?? []).map((item) => item.json),
	]);
	const execution: Execution = {
		id,
		status,
		took: new Date(stoppedAt ?? 0).getTime() - new Date(startedAt ?? 0).getTime(),
		output: Object.fromEntries(output) as Record<string, Json[]>,
	};
	const { error, lastNodeExecuted } = resultData;
	if (lastNodeExecuted !== undefined) execution.lastNode = lastNodeExecuted;
	if (error !== undefined) {
		execution.error = [error.node?.name ?? lastNodeExecuted, error.message, error.description].filter(Boolean).join(': ');
	}
	return execution;
}

/**
 * n8n stores the data of an execution "flatted": a table whose first row is the result, and in which
 * the strings inside objects and arrays are the numbers of rows.
 */
export function unflatten(text: string | undefined): unknown {
	if (text === undefined || text === '') return undefined;
	const table = JSON.parse(text) as unknown[];
	const done = new Map<number, unknown>();
	const row = (index: number): unknown => {
		const value = table[index];
		if (typeof value !== 'object' || value === null) return value;
		if (done.has(index)) return done.get(index);
		const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [] : {};
		done.set(index, copy);
		for (const [key, inner] of Object.entries(value)) {
			(copy as Record<string, unknown>)[key] = typeof inner === 'string' ? row(Number(inner)) : inner;
		}
		return copy;
	};
	return row(0);
}
