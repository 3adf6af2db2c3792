/**
 * `npm test`: every check of the repository, stage by stage, stopping at the first that does not pass.
 *
 *     npm test                        everything
 *     npm test -- lint unit           these stages, and what they need
 *     npm test -- --no-browser        everything but the tests in a browser
 *     npm run test:versions           all that n8n 1.123 takes
 *     npm run test:unit -- -t paging  what follows the first dash goes to the stage's own program
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, constants, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { installN8n } from './demo/install-n8n.mts';
import { ENGINE_1_DIR } from './demo/paths.mts';

const ROOT = join(import.meta.dirname, '..');
const BIN = join(ROOT, 'node_modules', '.bin');

interface Counts {
	passed: number;
	failed: number;
}

interface Result {
	code: number;
	counts?: Counts;
}

interface Stage {
	does: string;
	needs?: string[];
	run: (args: string[], scratch: string) => Promise<Result>;
	/** Runs only when it is named. */
	extra?: boolean;
}

let current: ReturnType<typeof spawn> | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	process.on(signal, () => {
		interrupted = signal;
		current?.kill(signal);
	});
}
let interrupted: NodeJS.Signals | undefined;

/** Runs a program with its output shown as it comes; `onLine` reads along. */
function execute(
	command: string,
	args: string[],
	{ onLine, env }: { onLine?: (line: string) => void; env?: NodeJS.ProcessEnv } = {},
) {
	return new Promise<number>((resolve, reject) => {
		const child = spawn(command, args, {
			cwd: ROOT,
			stdio: ['ignore', onLine ? 'pipe' : 'inherit', 'inherit'],
			env: {
				...process.env,
				...env,
				PATH: [BIN, process.env.PATH].filter(Boolean).join(delimiter),
			},
		});
		current = child;
		if (onLine && child.stdout) {
			let rest = '';
			child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
				process.stdout.write(chunk);
				const lines = (rest + chunk).split('\n');
				rest = lines.pop() ?? '';
				lines.forEach(onLine);
			});
			child.stdout.on('end', () => onLine(rest));
		}
		child.once('error', reject);
		child.once('close', (code, signal) => {
			current = undefined;
			resolve(code ?? 128 + (signal ? constants.signals[signal] : 1));
		});
	});
}

const program =
	(name: string, ...fixed: string[]): Stage['run'] =>
	async (args) => ({ code: await execute(join(BIN, name), [...fixed, ...args]) });

const jest =
	(folder: string, files = '', settings: NodeJS.ProcessEnv = {}): Stage['run'] =>
	async (args, scratch) => {
		const report = join(scratch, `${folder}.json`);
		const command = [
			'--experimental-vm-modules',
			'--disable-warning=ExperimentalWarning',
			join(ROOT, 'node_modules/jest/bin/jest.js'),
			'--json',
			`--outputFile=${report}`,
			// The scheduler of n8n 1 keeps its timers, and the process with them.
			'--forceExit',
			...args,
			`/test/${folder}/${files}`,
		];
		// What n8n's engine writes there goes away with the rest.
		const env = { N8N_USER_FOLDER: join(scratch, 'n8n'), ...settings };
		const code = await execute(process.execPath, command, { env });
		const counts = await readFile(report, 'utf8').then(
			(text) => {
				const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(text);
				return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
			},
			() => undefined,
		);
		return { code, counts };
	};

/** Workflow tests on the engine of n8n 1.123. */
const onEngine1 =
	(files?: string): Stage['run'] =>
	async (args, scratch) => {
		await installN8n(ENGINE_1_DIR);
		return await jest('workflows', files, { N8N_ENGINE: ENGINE_1_DIR })(args, scratch);
	};

/** A script of ours that closes with a line "N passed, N failed". */
const script =
	(file: string, ...fixed: string[]): Stage['run'] =>
	async (args) => {
		let counts: Counts | undefined;
		const onLine = (line: string) => {
			const found = /^(\d+) passed, (\d+) failed$/.exec(line.trim());
			if (found) counts = { passed: Number(found[1]), failed: Number(found[2]) };
		};
		const code = await execute(process.execPath, [join(ROOT, file), ...fixed, ...args], { onLine });
		return { code, counts };
	};

/** Tests written for Node's own runner. */
const nodeTests =
	(...files: string[]): Stage['run'] =>
	async (args) => {
		const counts: Counts = { passed: 0, failed: 0 };
		const onLine = (line: string) => {
			const found = /^# (pass|fail) (\d+)$/.exec(line);
			if (found) counts[found[1] === 'pass' ? 'passed' : 'failed'] = Number(found[2]);
		};
		const code = await execute(process.execPath, ['--test', '--test-reporter=tap', ...args, ...files], { onLine });
		return { code, counts };
	};

async function typecheck(args: string[]): Promise<Result> {
	for (const project of ['tsconfig.json', 'tsconfig.test.json']) {
		const code = await execute(join(BIN, 'tsc'), ['--noEmit', '-p', project, ...args]);
		if (code !== 0) return { code };
	}
	return { code: 0 };
}

const NO_BROWSER = '--no-browser';

const STAGES: Record<string, Stage> = {
	// First, so that what is missing is known before minutes have passed.
	browser: { does: 'a browser for the end-to-end tests', run: async () => ({ code: await execute(process.execPath, ['scripts/demo/browser.mts']) }) },
	build: { does: 'compile and copy into dist', run: program('gulp', 'build') },
	// Tests import what the build declares.
	typecheck: { does: 'types of nodes, tests and scripts', needs: ['build'], run: typecheck },
	lint: { does: "n8n's official linter, strict", run: program('n8n-node', 'lint') },
	rules: { does: 'imports go downwards only', run: program('depcruise', 'nodes', 'credentials', '--config', '.dependency-cruiser.cjs', '--output-type', 'err') },
	docs: { does: 'tables of operations are up to date', needs: ['build'], run: async () => ({ code: await execute(process.execPath, ['scripts/docs.mts', '--check']) }) },
	unit: { does: 'functions, harness', needs: ['build'], run: jest('unit') },
	simulators: { does: 'the simulated vendors refuse what the vendors refuse', run: nodeTests('test/simulator/simulator.selftest.mts', 'test/simulator/outseta.selftest.mts') },
	workflows: { does: "nodes on n8n's engine", needs: ['build'], run: jest('workflows') },
	engine1: { does: 'some of them on the engine of n8n 1.123', needs: ['build'], run: onEngine1('(outreach-(catch-up|input|requests)|outseta-trigger|parameters|saved|userlot(-polling)?)\\.') },
	conformance: { does: 'every operation against the facts', needs: ['build'], run: jest('conformance') },
	pack: { does: 'the tarball', needs: ['build'], run: program('gulp', 'tarball') },
	package: {
		does: 'rendered descriptions linted, scan, budgets',
		needs: ['build', 'pack'],
		run: jest('package'),
	},
	e2e: {
		does: 'a real n8n, by REST and in a browser',
		needs: ['browser', 'build', 'pack'],
		run: script('scripts/e2e.mts'),
	},
	// `npm run test:versions`, with what it takes to install a second n8n.
	workflows1: { does: 'all of the workflow tests on the engine of n8n 1.123', needs: ['build'], run: onEngine1(), extra: true },
	e2e1: { does: 'a real n8n 1.123', needs: ['build', 'pack'], run: script('scripts/e2e.mts', '--n8n-1'), extra: true },
	upgrade: { does: 'the package installed, updated and removed by n8n 2 and 1.123', needs: ['build', 'pack'], run: script('scripts/upgrade.mts'), extra: true },
};

function select(names: string[], withBrowser: boolean) {
	const wanted = new Set<string>();
	const add = (name: string) => {
		const stage = STAGES[name];
		if (stage === undefined) {
			console.error(`There is no stage "${name}". There are: ${Object.keys(STAGES).join(', ')}`);
			process.exit(2);
		}
		stage.needs?.forEach(add);
		wanted.add(name);
	};
	const usual = Object.keys(STAGES).filter((name) => STAGES[name]?.extra !== true);
	(names.length > 0 ? names : usual).forEach(add);
	if (!withBrowser) wanted.delete('browser');
	return Object.entries(STAGES).filter(([name]) => wanted.has(name));
}

async function main(given: string[]): Promise<number> {
	const withBrowser = !given.includes(NO_BROWSER);
	const argv = given.filter((arg) => arg !== NO_BROWSER);
	const dash = argv.findIndex((arg) => arg.startsWith('-'));
	const names = dash < 0 ? argv : argv.slice(0, dash);
	const rest = dash < 0 ? [] : argv.slice(dash);
	const stages = select(names, withBrowser);
	const scratch = await mkdtemp(join(tmpdir(), 'provisioning-test-'));
	await mkdir(join(ROOT, 'build'), { recursive: true });

	const total: Counts = { passed: 0, failed: 0 };
	const lines: string[] = [];
	let exitCode = 0;
	try {
		for (const [name, stage] of stages) {
			console.log(`\n== ${name}: ${stage.does}`);
			const started = performance.now();
			// Arguments are for the stages that were named, not for those they need.
			const args = [...(names.includes(name) ? rest : []), ...(name === 'e2e' && !withBrowser ? [NO_BROWSER] : [])];
			const { code, counts } = await stage.run(args, scratch);
			const seconds = ((performance.now() - started) / 1000).toFixed(1);
			total.passed += counts?.passed ?? 0;
			total.failed += counts?.failed ?? 0;
			const tests = counts ? `${counts.passed} passed, ${counts.failed} failed` : '';
			const line = `${code === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(12)} ${seconds.padStart(7)} s  ${tests}`;
			console.log(line.trimEnd());
			lines.push(line.trimEnd());
			if (code !== 0) {
				// A stage without tests of its own, or one that died before it could count, still failed.
				if (!counts?.failed) total.failed += 1;
				exitCode = code;
				break;
			}
		}
	} finally {
		await rm(scratch, { recursive: true, force: true });
	}

	const left = stages.length - lines.length;
	console.log(`\nStages (on ${availableParallelism()} cores)\n${lines.join('\n')}`);
	if (left > 0) {
		console.log(`not run: ${stages.slice(-left).map(([name]) => name).join(', ')}`);
	}
	if (!withBrowser) console.log('left out: the tests in a browser');
	if (interrupted) console.log(`Interrupted by ${interrupted}.`);
	console.log(`\n${total.passed} passed, ${total.failed} failed`);
	return exitCode;
}

process.exitCode = await main(process.argv.slice(2));
