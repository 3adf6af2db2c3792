'use strict';

/*
 * The door for `npm start`, `npm test` and `npm run bench` on a fresh clone. It needs nothing but
 * Node 20 and npm: installs the development dependencies when they are missing or no longer match
 * package-lock.json, and then runs scripts/<name>.mts on the Node 24 among them.
 *
 *     node scripts/bootstrap.cjs <name> [arguments]
 */

const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const ROOT = path.dirname(__dirname);
const MODULES = path.join(ROOT, 'node_modules');
const BIN = path.join(MODULES, '.bin');
const WINDOWS = process.platform === 'win32';
const NPM = WINDOWS ? 'npm.cmd' : 'npm';
const SCRIPTS = {
	start: 'scripts/start.mts',
	test: 'scripts/test.mts',
	bench: 'test/bench/run.mts',
	campaign: 'scripts/campaign.mts',
	install: undefined,
};

const say = (text) => process.stderr.write(`${text}\n`);
const readLock = (file) => JSON.parse(fs.readFileSync(file, 'utf8')).packages;

/** Compares what npm says it installed with what the lock file asks for. */
function isInstalled() {
	let installed;
	try {
		installed = readLock(path.join(MODULES, '.package-lock.json'));
	} catch {
		return false;
	}
	return Object.entries(readLock(path.join(ROOT, 'package-lock.json'))).every(
		([name, { version, optional, peer, devOptional }]) =>
			name === '' ||
			installed[name]?.version === version ||
			(installed[name] === undefined && Boolean(optional || devOptional || peer)),
	);
}

/** The folders that npm has to fill on this kind of machine, nested ones left out. */
function expectedModules() {
	const fits = (allowed, value) => !allowed || allowed.includes(value);
	return Object.entries(readLock(path.join(ROOT, 'package-lock.json')))
		.filter(([name, { os: systems, cpu }]) => {
			const topLevel = /^node_modules\/(@[^/]+\/)?[^/]+$/.test(name);
			return topLevel && fits(systems, process.platform) && fits(cpu, process.arch);
		})
		.map(([name]) => path.join(ROOT, name));
}

/** Runs a command to its end while a line every ten seconds tells how far it is. */
function runWithProgress(command, args, progress) {
	return new Promise((resolve, reject) => {
		const started = Date.now();
		const child = spawn(command, args, {
			cwd: ROOT,
			stdio: ['ignore', 'inherit', 'inherit'],
			shell: WINDOWS,
		});
		const timer = setInterval(() => {
			say(`  ${Math.round((Date.now() - started) / 1000)} s, ${progress()}`);
		}, 10_000);
		const forward = forwardSignals(child);
		child.once('error', (error) => {
			clearInterval(timer);
			forward.stop();
			reject(error);
		});
		child.once('exit', (code, signal) => {
			clearInterval(timer);
			forward.stop();
			if (code === 0) resolve();
			else process.exit(exitCode(code, signal));
		});
	});
}

async function install() {
	const modules = expectedModules();
	say('Installing the development dependencies (about 1 GB, a few minutes the first time) ...');
	const started = Date.now();
	// No package but `node` needs its install script here, and that one is run below: so that it
	// works the same whether npm runs such scripts or not.
	await runWithProgress(
		NPM,
		['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
		() => {
			const there = modules.filter((folder) => fs.existsSync(path.join(folder, 'package.json')));
			return `${there.length} of ${modules.length} packages unpacked`;
		},
	);
	say(`  done in ${Math.round((Date.now() - started) / 1000)} s`);
}

const nodeVersion = (file) => {
	const { status, stdout } = spawnSync(file, ['--version'], { encoding: 'utf8' });
	return status === 0 ? stdout.trim() : undefined;
};

/** The Node that the npm package `node` brings; its install script puts the binary in place. */
async function ensureNode() {
	const folder = path.join(MODULES, 'node');
	const binary = path.join(folder, 'bin', WINDOWS ? 'node.exe' : 'node');
	const wanted = `v${JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')).version}`;
	if (nodeVersion(binary) !== wanted) {
		say(`Fetching Node ${wanted.slice(1)} ...`);
		await new Promise((resolve, reject) => {
			const child = spawn(process.execPath, ['installArchSpecificPackage.js'], {
				cwd: folder,
				stdio: ['ignore', 'ignore', 'inherit'],
				// Settings of the npm that started this are not meant for the one started in there.
				env: { ...process.env, npm_config_global: '', npm_config_ignore_scripts: '' },
			});
			child.once('error', reject);
			child.once('exit', resolve);
		});
		if (nodeVersion(binary) !== wanted) {
			say(`Node ${wanted.slice(1)} could not be installed into node_modules/node.`);
			process.exit(1);
		}
	}
	// npm links it only when the binary was there at the time.
	const link = path.join(BIN, 'node');
	if (!WINDOWS && nodeVersion(link) !== wanted) {
		fs.mkdirSync(BIN, { recursive: true });
		fs.rmSync(link, { force: true });
		fs.symlinkSync(path.join('..', 'node', 'bin', 'node'), link);
	}
	return binary;
}

const exitCode = (code, signal) => code ?? 128 + (os.constants.signals[signal] ?? 1);

/**
 * Passes a signal on once. A Ctrl-C reaches this process twice, from the terminal and from npm, and
 * would reach the child from the terminal as well, which is why that one lives in a process group of
 * its own (see below). A second Ctrl-C, later than that, is passed on as well.
 */
function forwardSignals(child) {
	const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
	let last = 0;
	const forward = (signal) => {
		const now = Date.now();
		if (now - last < 500) return;
		last = now;
		if (!WINDOWS) child.kill(signal);
	};
	for (const signal of signals) process.on(signal, forward);
	return { stop: () => signals.forEach((signal) => process.removeListener(signal, forward)) };
}

function run(node, script, args) {
	const { NODE_OPTIONS: _, ...env } = process.env;
	const child = spawn(node, [script, ...args], {
		cwd: ROOT,
		stdio: ['ignore', 'inherit', 'inherit'],
		detached: !WINDOWS,
		env: { ...env, PATH: [BIN, process.env.PATH].filter(Boolean).join(path.delimiter) },
	});
	forwardSignals(child);
	child.once('error', (error) => {
		say(error.message);
		process.exit(1);
	});
	child.once('exit', (code, signal) => process.exit(exitCode(code, signal)));
}

async function main() {
	const [name, ...args] = process.argv.slice(2);
	if (!Object.hasOwn(SCRIPTS, name ?? '')) {
		say(`Usage: node scripts/bootstrap.cjs <${Object.keys(SCRIPTS).join('|')}> [arguments]`);
		process.exit(2);
	}
	if (!isInstalled()) await install();
	const node = await ensureNode();
	const script = SCRIPTS[name];
	if (script === undefined) return;
	run(node, script, args);
}

main().catch((error) => {
	say(error.message);
	process.exit(1);
});
