/**
 * Writes what the build made of nodes and credentials as the literal TypeScript classes that n8n's
 * linter knows how to read. Labels that code assembles are out of its sight otherwise.
 */
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { ICredentialType, INodeType, INodeTypeDescription, IVersionedNodeType } from 'n8n-workflow';

const require = createRequire(import.meta.url);

export interface Manifest {
	name: string;
	version: string;
	n8n: { nodes: string[]; credentials: string[] };
}

export async function readManifest(root: string): Promise<Manifest> {
	return JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest;
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** A value as source text, the way n8n's own sources look: bare keys, single quotes. */
export function toSource(value: unknown, indent = ''): string {
	if (typeof value === 'string') {
		return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
	}
	if (value === null || typeof value !== 'object') return String(value);
	const inner = `${indent}\t`;
	const lines = Array.isArray(value)
		? value.map((entry) => toSource(entry, inner))
		: Object.entries(value)
				.filter(([, entry]) => entry !== undefined && typeof entry !== 'function')
				.map(([key, entry]) => {
					const name = IDENTIFIER.test(key) ? key : toSource(key);
					return `${name}: ${toSource(entry, inner)}`;
				});
	const [open, close] = Array.isArray(value) ? '[]' : '{}';
	if (lines.length === 0) return open + close;
	return `${open}\n${lines.map((line) => `${inner}${line},\n`).join('')}${indent}${close}`;
}

const connections = (value: unknown) =>
	Array.isArray(value)
		? `[${value.map((type) => (type === 'main' ? 'NodeConnectionTypes.Main' : toSource(type))).join(', ')}]`
		: toSource(value);

/** One node class with its finished description, and methods that only stand for the real ones. */
export function renderDescription(className: string, node: INodeType): string {
	const { inputs, outputs, ...description } = node.description;
	const body = toSource(description, '\t').replace(
		/\n\t}$/,
		`\n\t\tinputs: ${connections(inputs)},\n\t\toutputs: ${connections(outputs)},\n\t}`,
	);
	const members = [`description: INodeTypeDescription = ${body};`];
	if (node.webhookMethods) {
		const hook = (name: string) =>
			`async ${name}(this: IHookFunctions): Promise<boolean> {\n\t\t\t\treturn true;\n\t\t\t},`;
		const groups = Object.entries(node.webhookMethods).map(
			([name, hooks]) =>
				`\t\t${name}: {\n${Object.keys(hooks ?? {}).map((key) => `\t\t\t${hook(key)}`).join('\n')}\n\t\t},`,
		);
		members.push(`webhookMethods = {\n${groups.join('\n')}\n\t};`);
	}
	if (node.execute) {
		members.push(
			'async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {\n\t\treturn [this.getInputData()];\n\t}',
		);
	}
	if (node.webhook) {
		members.push(
			'async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {\n\t\treturn {};\n\t}',
		);
	}
	if (node.poll) {
		members.push(
			'async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {\n\t\treturn null;\n\t}',
		);
	}
	return asClass(className, 'INodeType', members);
}

export function renderCredential(className: string, credential: ICredentialType): string {
	const members = Object.entries(credential)
		.filter(([, value]) => value !== undefined && typeof value !== 'function')
		.map(([key, value]) => {
			const type = MEMBER_TYPES[key];
			return `${key}${type ? `: ${type}` : ''} = ${toSource(value, '\t')};`;
		});
	if (typeof credential.authenticate === 'function') {
		members.push(
			'async authenticate(_: ICredentialDataDecryptedObject, options: IHttpRequestOptions): Promise<IHttpRequestOptions> {\n\t\treturn options;\n\t}',
		);
	}
	return asClass(className, 'ICredentialType', members);
}

const MEMBER_TYPES: Record<string, string> = {
	properties: 'INodeProperties[]',
	authenticate: 'IAuthenticateGeneric',
	test: 'ICredentialTestRequest',
	icon: 'Icon',
};

const TYPES = [
	'IAuthenticateGeneric',
	'ICredentialDataDecryptedObject',
	'ICredentialTestRequest',
	'ICredentialType',
	'IExecuteFunctions',
	'IHookFunctions',
	'IHttpRequestOptions',
	'INodeExecutionData',
	'INodeProperties',
	'INodeType',
	'INodeTypeDescription',
	'IPollFunctions',
	'IWebhookFunctions',
	'IWebhookResponseData',
	'Icon',
];

function asClass(className: string, kind: string, members: string[]): string {
	const body = members.map((member) => `\t${member}\n`).join('\n');
	const text = `export class ${className} implements ${kind} {\n${body}}\n`;
	const code = text.replace(/'(?:[^'\\]|\\.)*'/g, '');
	const used = TYPES.filter((type) => new RegExp(`\\b${type}\\b`).test(code)).map((type) => `type ${type}`);
	if (/\bNodeConnectionTypes\b/.test(code)) used.push('NodeConnectionTypes');
	return `import { ${used.join(', ')} } from 'n8n-workflow';\n\n${text}`;
}

const isVersioned = (node: INodeType | IVersionedNodeType): node is IVersionedNodeType =>
	'nodeVersions' in node;

/** The one class that a built file exports, instantiated. */
export function loadClass<T>(file: string): { className: string; instance: T } {
	const exported = require(file) as Record<string, new () => T>;
	const className = basename(file).split('.')[0];
	const Class = exported[className];
	if (Class === undefined) throw new Error(`${basename(file)} exports no class ${className}`);
	return { className, instance: new Class() };
}

export interface BuiltNode {
	className: string;
	file: string;
	node: INodeType;
	description: INodeTypeDescription;
}

export async function loadNodes(root: string): Promise<BuiltNode[]> {
	const { n8n } = await readManifest(root);
	return n8n.nodes.map((file) => {
		const { className, instance } = loadClass<INodeType | IVersionedNodeType>(join(root, file));
		const node = isVersioned(instance)
			? instance.nodeVersions[instance.currentVersion ?? instance.description.defaultVersion]
			: instance;
		return { className, file, node, description: node.description };
	});
}

export async function loadCredentials(root: string) {
	const { n8n } = await readManifest(root);
	return n8n.credentials.map((file) => {
		const { className, instance } = loadClass<ICredentialType>(join(root, file));
		return { className, file, credential: instance };
	});
}

const toSourcePath = (file: string) => file.replace(/^dist\//, '').replace(/\.js$/, '.ts');

/** Writes the package as literal classes, laid out like the sources, into a folder to be removed. */
export async function renderPackage(root: string) {
	const folder = await mkdtemp(join(tmpdir(), 'rendered-'));
	const write = async (file: string, text: string) => {
		const target = join(folder, toSourcePath(file));
		await mkdir(dirname(target), { recursive: true });
		await writeFile(target, text);
	};
	for (const { className, file, node } of await loadNodes(root)) {
		await write(file, renderDescription(className, node));
	}
	for (const { className, file, credential } of await loadCredentials(root)) {
		await write(file, renderCredential(className, credential));
	}
	// Icons and codex files, which rules look for beside the classes.
	for (const part of ['nodes', 'credentials']) {
		await cp(join(root, 'dist', part), join(folder, part), {
			recursive: true,
			filter: (source) => !/\.(js|ts)$/.test(source),
		});
	}
	await cp(join(root, 'package.json'), join(folder, 'package.json'));
	await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
	return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
