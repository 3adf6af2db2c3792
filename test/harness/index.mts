/**
 * Runs nodes on n8n's real engine (n8n-core), without n8n's server, database or editor.
 *
 *     const harness = await createHarness({ credentials: { branchCmsApi: { data: { ... } } } });
 *     const { items, error } = await harness.runNode('branchCms', { resource: 'account' }, [{ a: 1 }]);
 *
 * Everything between the item that goes in and the request on the wire is n8n's own code: parameters,
 * expressions, request helper, authentication, token refresh, cancellation, Continue On Fail.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type {
	IConnections,
	ICredentialType,
	IDataObject,
	ILoadOptionsFunctions,
	INode,
	INodeExecutionData,
	INodeListSearchResult,
	INodeParameters,
	INodePropertyOptions,
	INodeType,
	INodeTypes,
	IRun,
	IVersionedNodeType,
	IWorkflowBase,
	IWorkflowExecuteAdditionalData,
	NodeExecutionHint,
	ResourceMapperFields,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { builtinCredentials, builtinNodes } from './builtins.mts';
import { CredentialStore, TestCredentialsHelper, type StoredCredential } from './credentials.mts';
import { ROOT } from './paths.mts';
import { core, workflow as n8n } from './platform.mts';

export { core, n8n, ROOT };
export { CredentialStore, type StoredCredential };

const BASE = 'n8n-nodes-base';

/** The folder of n8n's own nodes, where the end-to-end tests have installed them. */
export function installedBaseNodes(): string | undefined {
	const folder = join(ROOT, 'test', 'n8n', 'node_modules', BASE);
	return existsSync(folder) ? folder : undefined;
}

export interface HarnessOptions {
	/** Folders of packages, loaded by what their package.json lists. Default: this one, from dist. */
	packages?: string[];
	/** By credential type: what a user would have saved. */
	credentials?: Record<string, { data: IDataObject; name?: string }>;
}

type Item = INodeExecutionData | IDataObject;

export interface RunOptions {
	mode?: WorkflowExecuteMode;
	/** Cancels the execution as Stop does in the editor. */
	signal?: AbortSignal;
	staticData?: IDataObject;
}

export interface WorkflowOptions extends RunOptions {
	/** What the start node outputs (triggers) or is given (others). */
	input?: Item[];
	startNode?: string;
}

export interface NodeOptions extends RunOptions {
	continueOnFail?: boolean;
	onError?: INode['onError'];
	typeVersion?: number;
	/** Types of the stored credentials the node carries. Default: all those it can use. */
	credentials?: string[];
	/** Anything else of the node as a workflow stores it: name, id, webhookId, retryOnFail, ... */
	node?: Partial<INode>;
}

export type WorkflowJson = Partial<IWorkflowBase> & { nodes: INode[]; connections: IConnections };

export interface RunResult {
	status: IRun['status'];
	error: Error | undefined;
	/** Names of the nodes that ran, in order. */
	order: string[];
	/** The items a node put on one of its outputs, in its last run. */
	output: (node: string, index?: number) => INodeExecutionData[];
	hints: (node: string) => NodeExecutionHint[];
	staticData: IDataObject;
	/** From start to the moment the last node had really stopped. */
	elapsedMs: number;
	/** From the abort of `signal` to that moment. */
	afterCancelMs: number | undefined;
	run: IRun;
}

export interface NodeResult {
	status: IRun['status'];
	error: Error | undefined;
	/** First output. */
	items: INodeExecutionData[];
	/** The `json` of the items on the first output. */
	json: IDataObject[];
	outputs: INodeExecutionData[][];
	hints: NodeExecutionHint[];
	elapsedMs: number;
	afterCancelMs: number | undefined;
	run: IRun;
}

export interface LoadOptions {
	/** The parameters as they stand in the editor. Defaults are not filled in, as in n8n. */
	currentNodeParameters?: INodeParameters;
	credentials?: string[];
	typeVersion?: number;
	/** The parameter that asks, e.g. `parameters.ownerId`. */
	path?: string;
	filter?: string;
	paginationToken?: string;
}

interface Results {
	loadOptions: INodePropertyOptions[];
	listSearch: INodeListSearchResult;
	resourceMapping: ResourceMapperFields;
}

const toItem = (item: Item): INodeExecutionData =>
	typeof item.json === 'object' && item.json !== null
		? (item as INodeExecutionData)
		: { json: item as IDataObject };

let lastRun = 0;

export type Harness = Awaited<ReturnType<typeof createHarness>>;

export async function createHarness(options: HarnessOptions = {}) {
	const store = new CredentialStore(options.credentials ?? {});
	const loaders = new Map<string, InstanceType<typeof core.PackageDirectoryLoader>>();
	for (const folder of options.packages ?? [ROOT]) {
		const lazy = existsSync(join(folder, 'dist', 'known', 'nodes.json'));
		const Loader = lazy ? core.LazyPackageDirectoryLoader : core.PackageDirectoryLoader;
		const loader = new Loader(resolve(folder));
		await loader.loadAll();
		loaders.set(loader.packageName, loader);
	}
	const [home] = loaders.keys();

	const fullName = (type: string) => (type.includes('.') ? type : `${home}.${type}`);

	function classOf(type: string): INodeType | IVersionedNodeType {
		const [packageName, name] = fullName(type).split(/\.(?=[^.]+$)/);
		const loader = loaders.get(packageName);
		if (loader) return loader.getNode(name).type;
		if (packageName === BASE && Object.hasOwn(builtinNodes, name)) return builtinNodes[name];
		throw new Error(`The harness has no node ${type}`);
	}

	const nodeTypes: INodeTypes = {
		getByName: classOf,
		getByNameAndVersion: (type, version) =>
			n8n.NodeHelpers.getVersionedNodeType(classOf(type), version),
		getKnownTypes: () => ({}),
	};

	function credentialType(name: string): ICredentialType {
		for (const loader of loaders.values()) {
			if (name in loader.known.credentials) return loader.getCredential(name).type;
		}
		if (Object.hasOwn(builtinCredentials, name)) return builtinCredentials[name];
		throw new Error(`The harness has no credential type ${name}`);
	}

	const credentialsHelper = new TestCredentialsHelper(store, credentialType);

	function additionalData(extra: Partial<IWorkflowExecuteAdditionalData> = {}) {
		const base = 'http://localhost';
		return {
			credentialsHelper,
			executionId: String(++lastRun),
			restApiUrl: `${base}/rest`,
			instanceBaseUrl: `${base}/`,
			webhookBaseUrl: `${base}/webhook`,
			webhookTestBaseUrl: `${base}/webhook-test`,
			webhookWaitingBaseUrl: `${base}/webhook-waiting`,
			formBaseUrl: `${base}/form`,
			formTestBaseUrl: `${base}/form-test`,
			formWaitingBaseUrl: `${base}/form-waiting`,
			mcpBaseUrl: `${base}/mcp`,
			mcpTestBaseUrl: `${base}/mcp-test`,
			variables: {},
			currentNodeExecutionIndex: 0,
			executeWorkflow: async () => {
				throw new Error('The harness runs no sub-workflows');
			},
			logAiEvent() {},
			setExecutionStatus() {},
			...extra,
		} as unknown as IWorkflowExecuteAdditionalData;
	}

	function describe(type: string, version?: number) {
		const nodeClass = classOf(type);
		const nodeType = n8n.NodeHelpers.getVersionedNodeType(nodeClass, version);
		const declared = nodeType.description.version;
		const latest = Array.isArray(declared) ? Math.max(...declared) : declared;
		return {
			nodeType,
			version: version ?? nodeType.description.defaultVersion ?? latest,
			credentialTypes: (nodeType.description.credentials ?? []).map(({ name }) => name),
		};
	}

	/** A node of this type as a workflow stores it, with the credentials that the harness has. */
	function createNode(type: string, parameters: INodeParameters, extra: NodeOptions = {}): INode {
		const { version, credentialTypes } = describe(type, extra.typeVersion);
		const name = extra.node?.name ?? 'Node';
		return {
			id: `node-${name}`,
			name,
			type: fullName(type),
			typeVersion: version,
			position: [0, 0],
			parameters,
			credentials: store.references(extra.credentials ?? credentialTypes),
			...((extra.onError ?? extra.continueOnFail)
				? { onError: extra.onError ?? 'continueRegularOutput' }
				: {}),
			...extra.node,
		};
	}

	async function run(definition: WorkflowJson, options: WorkflowOptions = {}): Promise<RunResult> {
		const { mode = 'manual', signal } = options;
		// The credentials a stored workflow names do not exist here: those of the same type do.
		const nodes = structuredClone(definition.nodes).map((node) => {
			if (fullName(node.type).startsWith(`${BASE}.`)) return node;
			const { credentialTypes } = describe(node.type, node.typeVersion);
			return { ...node, credentials: { ...node.credentials, ...store.references(credentialTypes) } };
		});
		const flow = new n8n.Workflow({
			id: definition.id ?? 'test',
			name: definition.name ?? 'test',
			nodes,
			connections: definition.connections,
			active: false,
			nodeTypes,
			settings: definition.settings ?? { executionOrder: 'v1' },
			staticData: options.staticData,
		});
		const start = options.startNode ? flow.getNode(options.startNode) : flow.getStartNode();
		if (!start) throw new Error(`The workflow has no start node ${options.startNode ?? ''}`);

		const data = additionalData();
		const hooks = new core.ExecutionLifecycleHooks(mode, data.executionId as string, {
			...(definition as IWorkflowBase),
			nodes,
		});
		const order: string[] = [];
		hooks.addHandler('nodeExecuteAfter', (name) => {
			order.push(name);
		});
		data.hooks = hooks as never;
		const execution = new core.WorkflowExecute(
			data,
			mode,
			n8n.createRunExecutionData({
				executionData: {
					nodeExecutionStack: [
						{
							node: start,
							data: { main: [(options.input ?? [{}]).map(toItem)] },
							source: null,
						},
					],
				},
			}),
		).processRunExecutionData(flow);

		const started = performance.now();
		let cancelled: number | undefined;
		const cancel = () => {
			cancelled = performance.now();
			execution.cancel();
		};
		if (signal?.aborted) cancel();
		else signal?.addEventListener('abort', cancel, { once: true });
		let result: IRun;
		try {
			result = await execution;
		} finally {
			signal?.removeEventListener('abort', cancel);
		}
		const ended = performance.now();

		const { runData, error } = result.data.resultData;
		const last = (node: string) => runData[node]?.at(-1);
		return {
			status: result.status,
			error,
			order,
			output: (node, index = 0) => last(node)?.data?.main?.[index] ?? [],
			hints: (node) => last(node)?.hints ?? [],
			staticData: flow.staticData,
			elapsedMs: ended - started,
			afterCancelMs: cancelled === undefined ? undefined : ended - cancelled,
			run: result,
		};
	}

	return {
		nodeTypes,
		/** The stored credentials: `credentials.get(type).data` shows rotated tokens. */
		credentials: store,
		credentialsHelper,
		credentialType,
		additionalData,
		createNode,

		nodeType: (type: string, version?: number) => describe(type, version).nodeType,

		/** Runs a whole workflow. */
		run,

		/** Runs one node with these items. */
		async runNode(
			type: string,
			parameters: INodeParameters = {},
			items: Item[] = [{}],
			options: NodeOptions = {},
		): Promise<NodeResult> {
			const node = createNode(type, parameters, options);
			const result = await run(
				{ nodes: [node], connections: {} },
				{ ...options, input: items, startNode: node.name },
			);
			const main = result.run.data.resultData.runData[node.name]?.at(-1)?.data?.main ?? [];
			const outputs = main.map((output) => output ?? []);
			const first = outputs[0] ?? [];
			return {
				status: result.status,
				error: result.error,
				items: first,
				json: first.map(({ json }) => json),
				outputs,
				hints: result.hints(node.name),
				elapsedMs: result.elapsedMs,
				afterCancelMs: result.afterCancelMs,
				run: result.run,
			};
		},

		/** Calls one of the methods behind a dropdown, a resource locator or a resource mapper. */
		async loadOptions<Kind extends keyof Results>(
			type: string,
			kind: Kind,
			method: string,
			options: LoadOptions = {},
		): Promise<Results[Kind]> {
			const parameters = options.currentNodeParameters ?? {};
			const node = createNode(type, parameters, options);
			const { nodeType } = describe(type, options.typeVersion);
			const methods = nodeType.methods?.[kind] as
				| Record<string, (this: ILoadOptionsFunctions, ...args: unknown[]) => Promise<unknown>>
				| undefined;
			if (methods?.[method] === undefined) {
				throw new Error(`${type} has no ${kind} method ${method}`);
			}
			const flow = new n8n.Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
			const context = new core.LoadOptionsContext(
				flow,
				node,
				additionalData({ currentNodeParameters: parameters }),
				options.path ?? '',
			) as unknown as ILoadOptionsFunctions;
			const args = kind === 'listSearch' ? [options.filter, options.paginationToken] : [];
			await flow.expression.acquireIsolate();
			try {
				return (await methods[method].call(context, ...args)) as Results[Kind];
			} finally {
				await flow.expression.releaseIsolate();
			}
		},
	};
}
