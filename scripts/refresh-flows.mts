/**
 * Writes the columns that the nodes offer into the field mappers of `workflows/*.json`, as the editor
 * would: it stores them with the node, and shows every column it does not find there as an empty field.
 * Run it after a change of the fields; `--check` only tells whether that is needed. Needs a build.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT, WORKFLOWS } from './demo/paths.mts';
import { say } from './demo/progress.mts';
import type { Json, MapperField, Workflow, WorkflowNode } from './demo/rest.mts';

interface Mapper {
	mappingMode: string;
	value: Json | null;
	schema: MapperField[];
}

interface NodeModule {
	description: { name: string; properties: Array<{ name: string; type: string; typeOptions?: { resourceMapper?: { resourceMapperMethod?: string } } }> };
	methods: { resourceMapping: Record<string, (this: unknown) => Promise<{ fields: MapperField[] }>> };
}

const require = createRequire(import.meta.url);
const { name: packageName, n8n } = require(join(ROOT, 'package.json')) as { name: string; n8n: { nodes: string[] } };

/** The nodes of the package by their type. */
function ourNodes(): Map<string, NodeModule> {
	const nodes = n8n.nodes.map((file) => {
		const [type] = Object.values(require(join(ROOT, file)) as Record<string, new () => NodeModule>);
		if (type === undefined) throw new Error(`${file} exports nothing`);
		const node = new type();
		return [`${packageName}.${node.description.name}`, node] as const;
	});
	return new Map(nodes);
}

async function refresh(node: WorkflowNode, ours: NodeModule): Promise<void> {
	for (const { name, type, typeOptions } of ours.description.properties) {
		const mapper = node.parameters[name] as Mapper | undefined;
		const method = typeOptions?.resourceMapper?.resourceMapperMethod;
		if (type !== 'resourceMapper' || mapper === undefined || method === undefined) continue;
		const context = { getCurrentNodeParameter: (parameter: string) => node.parameters[parameter], getNode: () => ({ ...node, credentials: undefined }) };
		const { fields } = await ours.methods.resourceMapping[method]!.call(context);
		const used = mapper.value ?? {};
		const unknown = Object.keys(used).filter((id) => !fields.some((field) => field.id === id));
		if (unknown.length > 0) throw new Error(`"${node.name}" maps fields that it does not have: ${unknown.join(', ')}`);
		mapper.schema = fields.map((field) => ({ ...field, removed: !(field.id in used) && field.required !== true }));
	}
}

/** JSON with tabs, and each column on a line of its own. */
function format(workflow: Workflow): string {
	const columns: string[] = [];
	const marked = JSON.stringify(
		workflow,
		(key, value: unknown) =>
			key === 'schema' && Array.isArray(value)
				? value.map((column) => `\u0001${columns.push(JSON.stringify(column)) - 1}`)
				: value,
		'\t',
	);
	return `${marked.replaceAll(/"\\u0001(\d+)"/g, (_, index: string) => columns[Number(index)] ?? '')}\n`;
}

const check = process.argv.includes('--check');
const nodes = ourNodes();
let stale = 0;
for (const file of (await readdir(WORKFLOWS)).filter((name) => name.endsWith('.json'))) {
	const path = join(WORKFLOWS, file);
	const before = await readFile(path, 'utf8');
	const workflow = JSON.parse(before) as Workflow;
	for (const node of workflow.nodes) {
		// As a tool of an agent, n8n gives a node a type of its own.
		const ours = nodes.get(node.type.replace(/Tool$/, ''));
		if (ours !== undefined) await refresh(node, ours);
	}
	const after = format(workflow);
	if (after === before) continue;
	stale += 1;
	if (!check) await writeFile(path, after);
	say(`workflows/${file} ${check ? 'is not up to date: run "node scripts/refresh-flows.mts"' : 'was refreshed'}`);
}
process.exitCode = check && stale > 0 ? 1 : 0;
