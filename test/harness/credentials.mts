/**
 * n8n's treatment of credentials, over a store in memory instead of a database: defaults, inherited
 * properties, expressions on `$self` and `$credentials`, pre-authentication, OAuth2 token refresh.
 */
import type {
	ICredentialDataDecryptedObject,
	ICredentials,
	ICredentialsExpressionResolveValues,
	ICredentialType,
	IDataObject,
	IExecuteData,
	IHttpRequestHelper,
	IHttpRequestOptions,
	INode,
	INodeCredentialsDetails,
	INodeProperties,
	INodeTypes,
	IWorkflowExecuteAdditionalData,
	Workflow as WorkflowType,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { core, workflow } from './platform.mts';

const { getAdditionalKeys } = core;
const { ICredentialsHelper, isExpression, NodeHelpers, Workflow } = workflow;

export interface StoredCredential {
	readonly id: string;
	readonly type: string;
	readonly name: string;
	/** What is stored, never what a node sees. Replaced when tokens rotate; tests read and change it. */
	data: ICredentialDataDecryptedObject;
	/** How often a node asked for it, and how often it was written. */
	reads: number;
	writes: number;
}

let lastId = 0;

export class CredentialStore {
	private readonly byType = new Map<string, StoredCredential>();

	constructor(initial: Record<string, { data: IDataObject; name?: string }>) {
		for (const [type, { data, name }] of Object.entries(initial)) this.set(type, data, name);
	}

	/** A new id each time: refreshes, limits and caches are kept by id, and tests must not share them. */
	set(type: string, data: IDataObject, name = `Test ${type}`): StoredCredential {
		const credential: StoredCredential = {
			id: `credential-${process.pid}-${++lastId}`,
			type,
			name,
			data: structuredClone(data) as ICredentialDataDecryptedObject,
			reads: 0,
			writes: 0,
		};
		this.byType.set(type, credential);
		return credential;
	}

	has(type: string): boolean {
		return this.byType.has(type);
	}

	get(type: string): StoredCredential {
		const credential = this.byType.get(type);
		if (credential === undefined) throw new Error(`The test has no credential of type ${type}`);
		return credential;
	}

	delete(type: string): void {
		this.byType.delete(type);
	}

	/** What the node carries: `{ type: { id, name } }`, for those of these types that there are. */
	references(types: string[]): Record<string, INodeCredentialsDetails> {
		return Object.fromEntries(
			types
				.filter((type) => this.has(type))
				.map((type) => [type, { id: this.get(type).id, name: this.get(type).name }]),
		);
	}
}

const blank: INode = {
	id: 'blank',
	name: '',
	type: 'blank',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

const blankType = {
	description: { name: 'blank', displayName: '', group: [], version: 1, description: '', defaults: {}, inputs: [], outputs: [], properties: [] },
};

const blankTypes = {
	getByName: () => blankType,
	getByNameAndVersion: () => blankType,
	getKnownTypes: () => ({}),
} as unknown as INodeTypes;

type Authenticated = Parameters<ICredentialsHelperType['authenticate']>[2];
type ICredentialsHelperType = InstanceType<typeof ICredentialsHelper>;

export class TestCredentialsHelper extends ICredentialsHelper {
	// Erasable syntax has no parameter properties.
	private readonly store: CredentialStore;
	private readonly typeOf: (name: string) => ICredentialType;

	constructor(store: CredentialStore, typeOf: (name: string) => ICredentialType) {
		super();
		this.store = store;
		this.typeOf = typeOf;
	}

	getParentTypes(name: string): string[] {
		const parents = this.typeOf(name).extends ?? [];
		return parents.flatMap((parent) => [parent, ...this.getParentTypes(parent)]);
	}

	isCredentialUsableByNode(): boolean {
		return true;
	}

	override getCredentialsProperties(type: string): INodeProperties[] {
		const { extends: parents, properties } = this.typeOf(type);
		if (parents === undefined) return properties;
		const combined: INodeProperties[] = [];
		for (const parent of parents) {
			NodeHelpers.mergeNodeProperties(combined, this.getCredentialsProperties(parent));
		}
		NodeHelpers.mergeNodeProperties(combined, properties);
		return combined;
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		options: Authenticated,
		flow: WorkflowType,
		node: INode,
	): Promise<IHttpRequestOptions> {
		const request = options as unknown as IHttpRequestOptions & Record<string, IDataObject>;
		const { authenticate } = this.typeOf(typeName);
		if (typeof authenticate === 'function') return await authenticate(credentials, request);
		if (authenticate?.type !== 'generic') return request;
		const resolve = (value: unknown) => {
			if (!isExpression(value)) return value;
			const found = flow.expression.getSimpleParameterValue(
				node,
				value,
				'internal',
				{ $credentials: credentials },
				undefined,
				'',
			);
			return found ? String(found) : '';
		};
		const parts = authenticate.properties as Record<string, IDataObject>;
		const target = request as unknown as Record<string, IDataObject | undefined>;
		for (const [part, values] of Object.entries(parts)) {
			const into = (target[part] ??= {});
			for (const [key, value] of Object.entries(values)) {
				into[resolve(key) as string] = resolve(value) as string;
			}
		}
		return request;
	}

	async preAuthentication(
		helpers: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		node: INode,
		expired: boolean,
	): Promise<ICredentialDataDecryptedObject | undefined> {
		const type = this.typeOf(typeName);
		const expirable = type.properties.find(
			(property) => property.type === 'hidden' && property.typeOptions?.expirable === true,
		);
		if (expirable === undefined || typeof type.preAuthentication !== 'function') return undefined;
		if (credentials[expirable.name] !== '' && !expired) return undefined;
		const output = await type.preAuthentication.call(helpers, credentials);
		if (output[expirable.name] === undefined || node.credentials === undefined) return undefined;
		const stored = this.store.get(typeName);
		await this.updateCredentials(node.credentials[typeName], typeName, {
			...stored.data,
			...(output as ICredentialDataDecryptedObject),
		});
		return Object.assign(credentials, output) as ICredentialDataDecryptedObject;
	}

	async runPreAuthentication(
		helpers: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
	): Promise<ICredentialDataDecryptedObject | undefined> {
		const { preAuthentication } = this.typeOf(typeName);
		if (typeof preAuthentication !== 'function') return undefined;
		const output = await preAuthentication.call(helpers, credentials);
		return (output as ICredentialDataDecryptedObject | null) ?? undefined;
	}

	async getCredentials(reference: INodeCredentialsDetails, type: string): Promise<ICredentials> {
		const stored = this.store.get(type);
		const credentials = new core.Credentials({ id: reference.id, name: stored.name }, type);
		await credentials.setData(stored.data);
		return credentials as unknown as ICredentials;
	}

	async getDecrypted(
		additionalData: IWorkflowExecuteAdditionalData,
		_reference: INodeCredentialsDetails,
		type: string,
		mode: WorkflowExecuteMode,
		executeData?: IExecuteData,
		raw?: boolean,
		values?: ICredentialsExpressionResolveValues,
	): Promise<ICredentialDataDecryptedObject> {
		const stored = this.store.get(type);
		stored.reads += 1;
		const data = structuredClone(stored.data);
		if (raw) return data;
		const filled = NodeHelpers.getNodeParameters(
			this.getCredentialsProperties(type),
			data as never,
			true,
			false,
			null,
			null,
		) as ICredentialDataDecryptedObject;
		if (data.oauthTokenData !== undefined) filled.oauthTokenData = data.oauthTokenData;
		const keys = getAdditionalKeys(additionalData, mode, null, { isCredential: true } as never);
		if (values) {
			return values.workflow.expression.getParameterValue(
				filled as never,
				values.runExecutionData,
				values.runIndex,
				values.itemIndex,
				values.node.name,
				values.connectionInputData,
				mode,
				keys,
				executeData,
				false,
				filled,
			) as ICredentialDataDecryptedObject;
		}
		const flow = new Workflow({ nodes: [blank], connections: {}, active: false, nodeTypes: blankTypes });
		await flow.expression.acquireIsolate();
		try {
			return flow.expression.getComplexParameterValue(
				blank,
				filled as never,
				mode,
				keys,
				undefined,
				undefined,
				filled,
			) as unknown as ICredentialDataDecryptedObject;
		} finally {
			await flow.expression.releaseIsolate();
		}
	}

	async updateCredentials(
		_reference: INodeCredentialsDetails,
		type: string,
		data: ICredentialDataDecryptedObject,
	): Promise<void> {
		const stored = this.store.get(type);
		stored.data = structuredClone(data);
		stored.writes += 1;
	}

	async updateCredentialsOauthTokenData(
		_reference: INodeCredentialsDetails,
		type: string,
		data: ICredentialDataDecryptedObject,
	): Promise<void> {
		const stored = this.store.get(type);
		stored.data = { ...stored.data, oauthTokenData: structuredClone(data.oauthTokenData) };
		stored.writes += 1;
	}
}
