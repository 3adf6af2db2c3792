/** n8n with the package in it, the simulated vendors beside it, credentials connected and flows imported. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { demoScript, startModel } from './model.mts';
import { startN8n, type RunningN8n } from './n8n.mts';
import { ensureTarball, unpackInto } from './package.mts';
import { WORKFLOWS } from './paths.mts';
import { step } from './progress.mts';
import { N8nRest, RestError, type Credential, type Workflow, type WorkflowNode } from './rest.mts';
import { startSimulators, type RunningSimulators } from './simulators.mts';
import { credentialData, VENDOR_NAMES, VENDORS, type CredentialType, type VendorName } from './vendors.mts';

export const OWNER = { email: 'demo@example.com', password: 'Demo-Passw0rd', firstName: 'Demo', lastName: 'Owner' };

export interface Flow {
	/** File name without extension. */
	file: string;
	id: string;
	name: string;
	/** The trigger that runs the example. */
	manualTrigger: string;
	/** Where its form is once published. */
	formPath?: string;
}

export interface Stage {
	n8n: RunningN8n;
	rest: N8nRest;
	simulators: RunningSimulators;
	credentials: Record<CredentialType, Credential>;
	flows: Flow[];
	stop(): Promise<void>;
	/** Kills n8n without a warning. */
	crash(): Promise<void>;
	/** Starts n8n again after a crash, at the same address and with everything it has stored. */
	restart(): Promise<void>;
}

interface Memory {
	/** Where things listened the last time. */
	ports: Partial<Record<VendorName | 'n8n', number>>;
	/** By file: the workflow it became, and what it was made from. */
	flows: Record<string, { id: string; made: string }>;
}

/** Sets everything up on a user folder, which may have been used before: what is there already is kept. @param more settings of n8n. @param n8nFolder where n8n is installed. */
export async function setStage(userFolder: string, more: Record<string, string> = {}, n8nFolder?: string): Promise<Stage> {
	await mkdir(userFolder, { recursive: true });
	const memoryFile = join(userFolder, 'stage.json');
	const memory: Memory = await readFile(memoryFile, 'utf8')
		.then((text) => ({ ports: {}, ...(JSON.parse(text) as Omit<Memory, 'ports'>) }))
		.catch(() => ({ ports: {}, flows: {} }));
	const tarball = await ensureTarball();
	await unpackInto(userFolder, tarball);

	const running: Array<{ stop(): Promise<void> }> = [];
	const stop = async () => {
		await Promise.all(running.splice(0).map(async (one) => await one.stop()));
	};
	try {
		const simulators = await startSimulators(memory.ports);
		running.push(simulators);
		const model = await startModel(demoScript);
		running.push(model);
		const n8n = await step('Starting n8n', () => startN8n(userFolder, memory.ports.n8n, more, n8nFolder));
		const current = { n8n };
		running.push({ stop: async () => await current.n8n.stop() });
		const rest = new N8nRest(n8n.url);
		return await step('Setting up credentials and flows', async () => {
			await rest.signIn(OWNER);
			const credentials = await connect(rest, simulators);
			const openAiApi = await rest.putCredential('OpenAI account', 'openAiApi', { apiKey: 'demo', url: model.url, header: false });
			const flows = await importFlows(rest, { ...credentials, openAiApi }, memory);
			memory.ports.n8n = n8n.port;
			for (const name of VENDOR_NAMES) memory.ports[name] = Number(new URL(simulators[name].url).port);
			await writeFile(memoryFile, JSON.stringify(memory, undefined, '\t'));
			const stage: Stage = {
				...{ n8n, rest, simulators, credentials, flows, stop },
				crash: async () => await current.n8n.kill(),
				async restart() {
					current.n8n = await startN8n(userFolder, memory.ports.n8n, more, n8nFolder);
					stage.n8n = current.n8n;
				},
			};
			return stage;
		});
	} catch (error) {
		await stop();
		throw error;
	}
}

/** The simulators forget all tokens when they stop, so a vendor that asks for it is signed in to at every start. */
async function connect(rest: N8nRest, simulators: RunningSimulators): Promise<Stage['credentials']> {
	const made: Array<[CredentialType, Credential]> = [];
	for (const vendor of VENDOR_NAMES) {
		const { name, type, signIn } = VENDORS[vendor].credential;
		const credential = await rest.putCredential(name, type, credentialData(vendor, simulators));
		if (signIn === true) await rest.connectOAuth2(credential);
		made.push([type, credential]);
	}
	return Object.fromEntries(made) as Stage['credentials'];
}

/** The flow as it is delivered, with the credentials of this n8n in it. */
function withCredentials(workflow: Workflow, credentials: Record<string, Credential>): Workflow {
	const fill = (node: WorkflowNode): WorkflowNode => {
		if (node.credentials === undefined) return node;
		const filled = Object.keys(node.credentials).map((type) => {
			const credential = credentials[type];
			if (credential === undefined) throw new Error(`${workflow.name}: no credential of type ${type} was made for "${node.name}".`);
			return [type, { id: credential.id, name: credential.name }] as const;
		});
		return { ...node, credentials: Object.fromEntries(filled) };
	};
	const { name, nodes, connections, settings = {}, pinData = {} } = workflow;
	return { name, nodes: nodes.map(fill), connections, settings, pinData };
}

function describe(file: string, id: string, { name, nodes }: Workflow): Flow {
	const manual = nodes.find(({ type }) => type === 'n8n-nodes-base.manualTrigger');
	if (manual === undefined) throw new Error(`workflows/${file}.json cannot be run by hand.`);
	const form = nodes.find(({ type }) => type === 'n8n-nodes-base.formTrigger');
	const options = form?.parameters.options as { path?: string } | undefined;
	const formPath = options?.path ?? form?.webhookId;
	return { file, id, name, manualTrigger: manual.name, ...(formPath === undefined ? {} : { formPath }) };
}

/** Imports what is new or was changed in `workflows/` since; leaves alone what somebody edited in n8n. */
async function importFlows(rest: N8nRest, credentials: Record<string, Credential>, memory: Memory): Promise<Flow[]> {
	const files = (await readdir(WORKFLOWS)).filter((name) => name.endsWith('.json')).sort();
	const flows: Flow[] = [];
	for (const name of files) {
		const file = basename(name, '.json');
		const workflow = withCredentials(JSON.parse(await readFile(join(WORKFLOWS, name), 'utf8')) as Workflow, credentials);
		const made = createHash('sha256').update(JSON.stringify(workflow)).digest('hex');
		const known = memory.flows[file];
		const id = await put(rest, workflow, made, known);
		memory.flows[file] = { id, made };
		flows.push(describe(file, id, workflow));
	}
	return flows;
}

async function put(rest: N8nRest, workflow: Workflow, made: string, known: { id: string; made: string } | undefined): Promise<string> {
	if (known !== undefined) {
		try {
			const { isArchived } = await rest.workflow(known.id);
			if (isArchived !== true) {
				if (known.made !== made) await rest.updateWorkflow(known.id, workflow);
				return known.id;
			}
		} catch (error) {
			if (!(error instanceof RestError && [403, 404].includes(error.status))) throw error;
		}
	}
	return (await rest.createWorkflow(workflow)).id;
}
