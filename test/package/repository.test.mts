/** What a clone and its visitors find around the code: commands, paths, workflows and forms agree with what is there. */
import { existsSync, globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '../harness/paths.mts';
import { loadNodes } from '../harness/render.mts';

const read = (file: string) => readFile(join(ROOT, file), 'utf8');
const find = (...patterns: string[]) => globSync(patterns, { cwd: ROOT }).sort();

interface Manifest {
	name: string;
	repository: { url: string };
	homepage: string;
	bugs: { url: string };
	engines: { node: string };
	scripts: Record<string, string>;
	dependencies?: Record<string, string>;
	devDependencies: Record<string, string>;
	files: string[];
}

interface Step {
	uses?: string;
	run?: string;
	with?: Record<string, unknown>;
}

interface Job {
	needs?: string;
	environment?: string;
	permissions?: Record<string, string>;
	strategy?: { matrix: { node: string[] } };
	'timeout-minutes'?: number;
	steps: Step[];
}

interface Workflow {
	on: Record<string, unknown>;
	permissions?: Record<string, string>;
	jobs: Record<string, Job>;
}

interface Form {
	name: string;
	description: string;
	body: Array<{ type: string; id?: string; attributes: { label?: string; value?: string; options?: string[] }; validations?: { required?: boolean } }>;
}

const manifest = JSON.parse(await read('package.json')) as Manifest;
const TEXTS = find('*.md', 'docs/*.md', '.github/**/*.{md,yml}');
const texts = new Map(await Promise.all(TEXTS.map(async (file) => [file, await read(file)] as const)));
const WORKFLOWS = TEXTS.filter((file) => file.startsWith('.github/workflows/'));
const workflow = (name: string) => parse(texts.get(`.github/workflows/${name}.yml`) ?? '') as Workflow;
const text = (file: string) => texts.get(file) ?? '';

test('what is looked at is there', () => {
	expect(TEXTS).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'docs/triggers.md', '.github/pull_request_template.md', '.github/dependabot.yml']));
	expect(WORKFLOWS).toEqual(['.github/workflows/ci.yml', '.github/workflows/publish.yml']);
});

describe('commands', () => {
	/** npm's own commands, which need no script. */
	const OWN = new Set(['publish', 'version', 'deprecate', 'audit']);
	/** In code: fenced, between backticks, or what a workflow runs. */
	const code = (content: string) => [...content.matchAll(/```[^]*?```|`[^`\n]+`|run: .*/g)].map(([found]) => found).join('\n');
	const commands = [...texts].flatMap(([file, content]) =>
		[...code(content).matchAll(/\bnpm (run )?([a-z][\w:-]*)( -- [^`\n#]*)?/g)].map(([all, run, name = '', args = '']) => ({ file, all: all.trim(), run: run !== undefined, name, args })),
	);

	test('each npm script that a text names exists', () => {
		expect(commands.length).toBeGreaterThan(12);
		const unknown = commands.filter(({ name, run }) => !(name in manifest.scripts) && (run || !OWN.has(name)));
		expect(unknown).toEqual([]);
		// Without "run", npm knows only these.
		expect(commands.filter(({ name, run }) => !run && !OWN.has(name) && !['start', 'test'].includes(name))).toEqual([]);
	});

	test('each script leads to a file, and that file knows the options that the texts name', async () => {
		const [, table = ''] = /const SCRIPTS = \{([^}]*)\}/.exec(await read('scripts/bootstrap.cjs')) ?? [];
		const files = new Map([...table.matchAll(/(\w+): '([^']+)'/g)].map(([, name = '', file = '']) => [name, file]));
		const fileOf = (script: string) => {
			const [, name] = /^node scripts\/bootstrap\.cjs (\w+)/.exec(script) ?? [];
			return name === undefined ? /^node (\S+)/.exec(script)?.[1] : files.get(name);
		};
		for (const [name, script] of Object.entries(manifest.scripts).filter(([, line]) => line.startsWith('node '))) {
			expect({ name, exists: existsSync(join(ROOT, fileOf(script) ?? 'nowhere')) }).toEqual({ name, exists: true });
		}
		const options = commands.flatMap(({ name, args }) => [...args.matchAll(/--([a-z][a-z-]*)/g)].map(([, option = '']) => ({ name, option })));
		expect(options).toEqual(expect.arrayContaining([{ name: 'start', option: 'check' }, { name: 'test', option: 'no-browser' }]));
		for (const { name, option } of options) {
			const source = await read(fileOf(manifest.scripts[name] ?? '') ?? '');
			expect({ name, option, known: new RegExp(`\\b${option}\\b`).test(source) }).toEqual({ name, option, known: true });
		}
	});

	test('each stage of the tests that package.json or a text names exists', async () => {
		const [, table = ''] = /const STAGES[^=]*= \{\n([^]*?)\n\};/.exec(await read('scripts/test.mts')) ?? [];
		const stages = [...table.matchAll(/^\t(\w+): \{/gm)].map(([, name]) => name);
		expect(stages).toContain('e2e');
		const named = [...Object.values(manifest.scripts).join('\n').matchAll(/bootstrap\.cjs test (\w+)/g)].map(([, name]) => name);
		const written = commands.filter(({ name }) => name === 'test').flatMap(({ args }) => args.replace(' -- ', '').split(' ').filter((word) => /^[a-z]/.test(word)));
		expect(stages).toEqual(expect.arrayContaining([...named, ...written]));
	});
});

describe('paths', () => {
	test('each relative link leads to a file', () => {
		const links = [...texts].flatMap(([file, content]) => [...content.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, target = '']) => ({ file, target })));
		expect(links.length).toBeGreaterThan(20);
		expect(links.filter(({ file, target }) => !existsSync(join(ROOT, dirname(file), decodeURIComponent(target))))).toEqual([]);
	});

	test('each path that CONTRIBUTING and SECURITY name exists', () => {
		const paths = ['CONTRIBUTING.md', 'SECURITY.md'].flatMap((file) => [...text(file).matchAll(/`(?:node )?((?:nodes|credentials|scripts|test|docs|workflows|\.github)\/[^`\s]*)`/g)].map(([, path = '']) => path));
		expect(paths.length).toBeGreaterThan(10);
		for (const path of paths) {
			// <Vendor> stands for any.
			const found = find(path.replaceAll(/<\w+>/g, '*').replace(/\/$/, ''));
			expect({ path, found: found.length > 0 }).toEqual({ path, found: true });
		}
	});

	test("the map's folders exist", async () => {
		const [, map = ''] = /## Where things are\n([^]*?)\n## /.exec(text('CONTRIBUTING.md')) ?? [];
		const parents: string[] = [];
		const folders: string[] = [];
		for (const [, indent = '', names = ''] of map.matchAll(/^ {4}( *)((?:[\w<>]+\/ *)+)/gm)) {
			parents.length = indent.length / 2;
			for (const name of names.trim().split(/\s+/)) folders.push(normalize([...parents, name].join('/')));
			parents.push(names.trim().split(/\s+/).at(-1) ?? '');
		}
		expect(folders).toEqual(expect.arrayContaining(['nodes/shared/wire/', 'test/simulator/']));
		for (const folder of folders) expect({ folder, found: find(folder.replace('<Vendor>', 'Outreach').replace(/\/$/, '')).length }).toEqual({ folder, found: 1 });
	});
});

describe('the address of the repository', () => {
	const address = manifest.repository.url.replace(/^git\+/, '').replace(/\.git$/, '');

	test('is the same everywhere', () => {
		expect(manifest.homepage).toBe(`${address}#readme`);
		expect(manifest.bugs.url).toBe(`${address}/issues`);
		expect(text('SECURITY.md')).toContain(`${address}/security/advisories/new`);
		expect(text('.github/ISSUE_TEMPLATE/config.yml')).toContain(`${address}/security/advisories/new`);
	});

	test('stands only where CONTRIBUTING says to replace it', async () => {
		const files = find('*.{md,json,js}', 'docs/*', '.github/**/*', 'nodes/**/*.{ts,json}', 'credentials/*.ts', 'scripts/**/*', 'workflows/*');
		const rows = text('CONTRIBUTING.md').match(/^\|.*(address of the repository|`repository`) \|$/gm) ?? [];
		const listed = find(...rows.flatMap((row) => [...row.split('|')[1]?.matchAll(/`([^`]+)`/g) ?? []].map(([, path = '']) => path)));
		const holding = [];
		for (const file of files.filter((name) => /\.\w+$/.test(name) && !/lock|png$/.test(name))) if ((await read(file)).includes(new URL(address).pathname.slice(1))) holding.push(file);
		expect(holding.sort()).toEqual(listed.sort());
	});
});

describe('workflows', () => {
	const { test: ci } = workflow('ci').jobs;
	const { build, publish } = workflow('publish').jobs;
	const steps = WORKFLOWS.flatMap((file) => Object.values((parse(text(file)) as Workflow).jobs).flatMap((job) => job.steps));
	const uses = ({ steps: all }: Job, action: string) => all.filter((step) => step.uses?.startsWith(`${action}@`));

	test('CI runs npm test on a clean clone, with the oldest Node that engines allows and with the one that the scripts bring', () => {
		expect(ci.steps.map(({ run }) => run).filter(Boolean)).toEqual(['npm test']);
		expect(ci.strategy?.matrix.node.map((version) => `>=${version}`)[0]).toBe(manifest.engines.node);
		const brought = manifest.devDependencies.node?.split('.')[0];
		expect(ci.strategy?.matrix.node.at(-1)).toBe(brought);
		for (const job of [build, publish]) expect(uses(job, 'actions/setup-node').map((step) => step.with?.['node-version'])).toEqual([brought]);
	});

	test('none may do more than it must, or run forever', () => {
		expect(workflow('ci').permissions).toEqual({ contents: 'read' });
		expect(workflow('publish').permissions).toEqual({});
		expect(ci.permissions).toBeUndefined();
		expect(build.permissions).toEqual({ contents: 'read' });
		expect(publish.permissions).toEqual({ 'id-token': 'write' });
		for (const file of WORKFLOWS) expect(text(file)).not.toMatch(/secrets\.|NODE_AUTH_TOKEN|pull_request_target/);
		for (const job of [ci, build, publish]) expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
		for (const job of [ci, build]) expect(uses(job, 'actions/checkout').map((step) => step.with)).toEqual([{ 'persist-credentials': false }]);
	});

	test('each action is pinned to a commit, with its version beside it, one version of each', () => {
		const lines = WORKFLOWS.flatMap((file) => text(file).match(/uses: .*/g) ?? []);
		expect(lines).toHaveLength(steps.filter((step) => step.uses !== undefined).length);
		for (const line of lines) expect(line).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
		expect(new Set(lines).size).toBe(new Set(lines.map((line) => line.split('@')[0])).size);
	});

	test('the package is built and tested without rights, and published with provenance without its code being run', () => {
		expect(workflow('publish').on).toEqual({ push: { tags: ['v*'] } });
		expect(build.environment).toBeUndefined();
		expect(build.steps.map(({ run }) => run).filter(Boolean)).toEqual([expect.stringContaining('$GITHUB_REF_NAME'), 'npm test']);
		expect(publish).toMatchObject({ needs: 'build', environment: 'npm' });
		expect(publish.steps.map(({ run }) => run).filter(Boolean)).toEqual(['npm publish ./*.tgz --provenance --access public --ignore-scripts']);
		expect(uses(publish, 'actions/checkout')).toEqual([]);
		const [handed] = uses(build, 'actions/upload-artifact');
		const [taken] = uses(publish, 'actions/download-artifact');
		expect(handed?.with).toMatchObject({ path: 'build/*.tgz', 'if-no-files-found': 'error' });
		expect(taken?.with?.name).toBe(handed?.with?.name);
	});

	test('SECURITY.md tells it as it is', () => {
		expect(text('SECURITY.md')).toContain('no runtime dependencies');
		expect(manifest.dependencies).toBeUndefined();
		expect(text('SECURITY.md')).toContain('`.github/workflows/publish.yml` publishes each release with npm provenance');
	});
});

describe('issue forms', () => {
	const form = (name: string) => parse(text(`.github/ISSUE_TEMPLATE/${name}.yml`)) as Form;
	const KINDS = ['markdown', 'input', 'textarea', 'dropdown', 'checkboxes'];

	test.each(['bug', 'request'])('%s is one that GitHub takes', (name) => {
		const { name: title, description, body } = form(name);
		expect(title && description).toBeTruthy();
		const questions = body.filter(({ type }) => type !== 'markdown');
		expect(questions.length).toBeGreaterThan(0);
		for (const { type } of body) expect(KINDS).toContain(type);
		for (const { type, attributes } of body) expect(typeof (type === 'markdown' ? attributes.value : attributes.label)).toBe('string');
		for (const { type, attributes } of questions) if (type === 'dropdown') expect(new Set(attributes.options).size).toBe(attributes.options?.length);
		expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length);
		expect(new Set(questions.map(({ attributes }) => attributes.label)).size).toBe(questions.length);
	});

	test('a bug asks for vendor, node, versions of the package and of n8n, and what happened', async () => {
		const { body } = form('bug');
		const required = body.filter(({ validations }) => validations?.required === true).map(({ id }) => id);
		expect(required).toEqual(expect.arrayContaining(['vendor', 'node', 'version', 'n8n', 'happened', 'expected']));
		const options = (id: string) => body.find((question) => question.id === id)?.attributes.options?.toSorted();
		const nodes = (await loadNodes(ROOT)).map(({ description }) => description.displayName);
		expect(options('node')).toEqual([...nodes].sort());
		expect(options('vendor')).toEqual(nodes.filter((name) => !name.endsWith('Trigger')).sort());
		expect(body.map(({ id }) => id)).toContain('report');
	});

	test('without a form there is only the private report', () => {
		const config = parse(text('.github/ISSUE_TEMPLATE/config.yml')) as { blank_issues_enabled: boolean; contact_links: Array<{ url: string }> };
		expect(config.blank_issues_enabled).toBe(false);
		expect(config.contact_links).toHaveLength(1);
	});
});

test('each vendor has a page, a simulator and a conformance test', () => {
	const vendors = find('nodes/*/vendor.ts').map((path) => path.split('/')[1].toLowerCase());
	expect(vendors.length).toBeGreaterThan(0);
	const wanted = vendors.flatMap((name) => [`docs/${name}.md`, `test/simulator/${name}/api.mts`, `test/conformance/${name}.test.mts`]);
	expect(wanted.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('updates are proposed for each lock file, and for the actions', async () => {
	const { updates } = parse(text('.github/dependabot.yml')) as { updates: Array<{ 'package-ecosystem': string; directory: string }> };
	const locks = find('package-lock.json', 'test/*/package-lock.json');
	const folders = updates.filter((update) => update['package-ecosystem'] === 'npm').map(({ directory }) => directory.slice(1));
	expect(folders.sort()).toEqual(locks.map((file) => dirname(file).replace(/^\.$/, '')).sort());
	expect(updates.map((update) => update['package-ecosystem'])).toContain('github-actions');
});
