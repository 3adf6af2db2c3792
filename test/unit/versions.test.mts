/** What n8n 1.123 asks of a package beyond what newer n8n does, and what an n8n that is too old is told. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeProperties, INodePropertyCollection } from 'n8n-workflow';
import { checkPlatform } from '../../dist/nodes/shared/wire/bridge.js';
import { n8n, ROOT } from '../harness/index.mts';
import { loadNodes } from '../harness/render.mts';

/** Properties that stand side by side: those of the node, and those of each collection in it. */
function* levels(properties: INodeProperties[], path: string): Generator<{ path: string; properties: INodeProperties[] }> {
	yield { path, properties };
	for (const { name, type, options } of properties) {
		if (type === 'collection') yield* levels(options as INodeProperties[], `${path}.${name}`);
		if (type === 'fixedCollection') for (const group of options as INodePropertyCollection[]) yield* levels(group.values, `${path}.${name}.${group.name}`);
	}
}

test('a parameter depends only on parameters beside it, or n8n 1.123 finds no order of them', async () => {
	const stray: string[] = [];
	for (const { description } of await loadNodes(ROOT)) {
		for (const { path, properties } of levels(description.properties, description.name)) {
			const names = new Set(properties.map(({ name }) => name));
			for (const { name, displayOptions } of properties) {
				const needed = [displayOptions?.show, displayOptions?.hide].flatMap((rule) => Object.keys(rule ?? {})).filter((key) => !/^[/@]/.test(key));
				stray.push(...needed.filter((key) => !names.has(key)).map((key) => `${path}.${name} depends on ${key}`));
			}
		}
	}
	expect(stray).toEqual([]);
});

const SENTENCE = 'n8n-nodes-provisioning needs n8n 1.123 or newer. Update n8n, and install the package again if its nodes are missing then.';

describe('an n8n that is too old', () => {
	test('is told so in one sentence', () => {
		expect(() => checkPlatform(n8n as never)).not.toThrow();
		for (const name of ['NodeConnectionTypes', 'UserError', 'toCronExpression']) {
			const { [name]: _, ...older } = n8n as unknown as Record<string, unknown>;
			expect(() => checkPlatform(older)).toThrow(SENTENCE);
		}
	});

	test('whichever node it loads first', () => {
		const { n8n: listed } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { n8n: { nodes: string[] } };
		// An n8n-workflow as it was before NodeConnectionTypes, which every node class needs.
		const program = `
			const Module = require('node:module');
			const load = Module._load;
			Module._load = (name, ...rest) => {
				if (name !== 'n8n-workflow') return load(name, ...rest);
				const { NodeConnectionTypes, ...older } = load(name, ...rest);
				return older;
			};
			for (const file of ${JSON.stringify(listed.nodes)}) {
				try {
					const [Node] = Object.values(require('./' + file));
					new Node();
					console.log(file, 'loads');
				} catch (error) {
					console.log(error.message);
				}
			}`;
		const said = execFileSync(process.execPath, ['--eval', program], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');
		expect(said).toHaveLength(listed.nodes.length);
		expect(new Set(said)).toEqual(new Set([SENTENCE]));
	});
});
