import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ENGINE_1_DIR, N8N_1_DIR, N8N_DIR } from './paths.mts';
import { type Finished, run, runOrFail, tail } from './processes.mts';
import { say, step } from './progress.mts';

/** One of the packages under test/ that hold an n8n. */
class Installation {
	readonly folder: string;
	/** What it is, and how large. */
	readonly label: string;
	readonly modules: string;
	readonly lockFile: string;
	readonly stamp: string;
	readonly busy: string;

	constructor(folder: string, label: string) {
		this.folder = folder;
		this.label = label;
		this.modules = join(folder, 'node_modules');
		this.lockFile = join(folder, 'package-lock.json');
		this.stamp = join(this.modules, '.installed-for');
		this.busy = join(folder, '.installing');
	}
}

const INSTALLATIONS = [new Installation(N8N_DIR, 'n8n, about 3 GB'), new Installation(N8N_1_DIR, 'n8n 1.123, about 2 GB'), new Installation(ENGINE_1_DIR, 'the engine of n8n 1.123, about 250 MB')];
const WINDOWS = process.platform === 'win32';

interface LockedPackage {
	version?: string;
	optional?: boolean;
	devOptional?: boolean;
	peer?: boolean;
}

const readLock = async (file: string) =>
	(JSON.parse(await readFile(file, 'utf8')) as { packages: Record<string, LockedPackage> }).packages;

/** What an installation depends on: the lock file, and the Node that its native modules were built for. */
async function fingerprint({ lockFile }: Installation): Promise<string> {
	const lock = createHash('sha256').update(await readFile(lockFile)).digest('hex');
	return [process.platform, process.arch, process.versions.modules, lock].join(' ');
}

async function isStamped(one: Installation): Promise<boolean> {
	const stamp = await readFile(one.stamp, 'utf8').catch(() => '');
	return stamp === (await fingerprint(one));
}

/** npm's own record of what it put into node_modules, written when it was done. */
async function isUnpacked({ modules, lockFile }: Installation): Promise<boolean> {
	const installed = await readLock(join(modules, '.package-lock.json')).catch(() => undefined);
	if (installed === undefined) return false;
	return Object.entries(await readLock(lockFile)).every(([name, wanted]) => {
		if (name === '') return true;
		const found = installed[name];
		if (found === undefined) return (wanted.optional ?? wanted.devOptional ?? wanted.peer) === true;
		return found.version === wanted.version;
	});
}

/** npm as JavaScript when npm started us, so that it runs on this Node; else the one on the PATH. */
function npm(): { command: string; args: string[]; cli: string | undefined } {
	const cli = process.env.npm_execpath;
	if (cli !== undefined && /npm-cli\.[cm]?js$/.test(cli)) return { command: process.execPath, args: [cli], cli };
	return { command: WINDOWS ? 'npm.cmd' : 'npm', args: [], cli: undefined };
}

const packageFolders = (names: string[], folder: string): string[] =>
	names.flatMap((name) =>
		name.startsWith('@') ? packageFolders(readdirSync(join(folder, name)), join(folder, name)) : [join(folder, name)],
	);

/** npm makes all folders at once and fills them afterwards. */
const countUnpacked = ({ modules }: Installation) => {
	try {
		const names = readdirSync(modules).filter((name) => !name.startsWith('.'));
		return packageFolders(names, modules).filter((folder) => existsSync(join(folder, 'package.json'))).length;
	} catch {
		return 0;
	}
};

async function unpack(one: Installation): Promise<void> {
	const total = Object.keys(await readLock(one.lockFile)).filter((name) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(name)).length;
	const { command, args } = npm();
	// Install scripts stay off: the one native module that is needed is built below, and nothing else runs.
	const flags = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
	await step(
		`Installing ${one.label}`,
		() => runOrFail(command, [...args, ...flags], { cwd: one.folder, shell: WINDOWS && args.length === 0 }),
		() => `${Math.min(countUnpacked(one), total)} of ${total} packages`,
	);
}

const loads = async ({ folder }: Installation, name: string) =>
	(await run(process.execPath, ['--eval', `require(${JSON.stringify(name)})`], { cwd: folder })).code === 0;

/** The compiler front end: npm's own copy knows newer Pythons than the one n8n's dependencies bring. */
function nodeGyp({ modules }: Installation): string {
	const { cli } = npm();
	const own = cli === undefined ? undefined : join(dirname(dirname(cli)), 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
	return own !== undefined && existsSync(own) ? own : join(modules, 'node-gyp', 'bin', 'node-gyp.js');
}

/** This Node as an npm package: the binary and its headers. */
const PLATFORM_PACKAGE = [
	process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node',
	WINDOWS ? 'win' : process.platform,
	process.arch,
].join('-');

function hasHeaders(folder: string): boolean {
	const file = join(folder, 'include', 'node', 'node_version.h');
	if (!existsSync(file)) return false;
	const major = /#define NODE_MAJOR_VERSION (\d+)/.exec(readFileSync(file, 'utf8'))?.[1];
	return major === process.versions.node.split('.')[0];
}

/** Where the headers of this Node are; they are fetched into `folder` when it was installed without them. */
async function findHeaders(folder: string): Promise<string | undefined> {
	const home = dirname(dirname(process.execPath));
	const candidates = [home, join(home, 'node_modules', PLATFORM_PACKAGE), join(dirname(home), PLATFORM_PACKAGE)];
	const found = candidates.find(hasHeaders);
	if (found !== undefined) return found;
	const { command, args } = npm();
	const flags = ['pack', `${PLATFORM_PACKAGE}@${process.versions.node}`, '--pack-destination', folder, '--silent'];
	const packed = await step('Fetching the headers of Node', () =>
		run(command, [...args, ...flags], { cwd: folder, shell: WINDOWS && args.length === 0 }),
	);
	const archive = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
	if (packed.code !== 0 || archive === undefined) return undefined;
	await run('tar', ['-xzf', archive, 'package/include'], { cwd: folder });
	const unpacked = join(folder, 'package');
	return hasHeaders(unpacked) ? unpacked : undefined;
}

async function compileSqlite(one: Installation): Promise<Finished> {
	const work = await mkdtemp(join(tmpdir(), 'node-headers-'));
	try {
		const headers = await findHeaders(work);
		const args = [nodeGyp(one), 'rebuild', '--jobs', String(availableParallelism())];
		// Without headers at hand node-gyp downloads them, or takes those that npm's configuration names.
		if (headers !== undefined) args.push(`--nodedir=${headers}`);
		return await step('Compiling the SQLite driver, there is no ready-made one at hand', () =>
			run(process.execPath, args, { cwd: join(one.modules, 'sqlite3') }),
		);
	} finally {
		await rm(work, { recursive: true, force: true });
	}
}

/** The driver that another installation has compiled, if it is the same version. */
async function borrowSqlite(one: Installation): Promise<void> {
	const versionIn = async ({ modules }: Installation) => await readFile(join(modules, 'sqlite3', 'package.json'), 'utf8').then((text) => (JSON.parse(text) as { version: string }).version, () => undefined);
	for (const other of INSTALLATIONS) {
		if (other === one || (await versionIn(other)) !== (await versionIn(one)) || !(await loads(other, 'sqlite3'))) continue;
		const place = join('sqlite3', 'build', 'Release', 'node_sqlite3.node');
		await mkdir(dirname(join(one.modules, place)), { recursive: true });
		await cp(join(other.modules, place), join(one.modules, place));
		return;
	}
}

async function buildSqlite(one: Installation): Promise<void> {
	const folder = join(one.modules, 'sqlite3');
	if (await loads(one, 'sqlite3')) return;
	await borrowSqlite(one);
	if (await loads(one, 'sqlite3')) return;
	const fetched = await step('Looking for a ready-made SQLite driver', () =>
		run(process.execPath, [join(one.modules, 'prebuild-install', 'bin.js'), '-r', 'napi'], { cwd: folder, timeout: 60_000 }),
	);
	if (fetched.code === 0 && (await loads(one, 'sqlite3'))) return;
	const built = await compileSqlite(one);
	if (built.code === 0 && (await loads(one, 'sqlite3'))) return;
	throw new Error(
		`n8n needs its SQLite driver, which could neither be downloaded nor compiled here. ` +
			`To compile it, Python 3, make and a C++ compiler have to be installed.\n${tail(built.output)}`,
	);
}

const isAlive = (pid: number) => {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
};

/** Two of us at once (a demo and a test run) must not write into the same folder. */
async function exclusively({ busy }: Installation, work: () => Promise<void>): Promise<void> {
	let told = false;
	for (;;) {
		try {
			await writeFile(busy, String(process.pid), { flag: 'wx' });
			break;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
			const owner = Number(await readFile(busy, 'utf8').catch(() => '0'));
			if (owner > 0 && !isAlive(owner)) await rm(busy, { force: true });
			else if (!told) {
				told = true;
				say(`  Process ${owner} is installing n8n already; waiting for it ...`);
			}
			await wait(500);
		}
	}
	try {
		await work();
	} finally {
		await rm(busy, { force: true });
	}
}

/**
 * Makes sure that n8n can be started on this Node. The first time takes minutes and shows how far it
 * is; later it is one comparison. @param folder one of the packages under test/ that hold an n8n.
 */
export async function installN8n(folder = N8N_DIR): Promise<void> {
	const one = INSTALLATIONS.find((known) => known.folder === folder);
	if (one === undefined) throw new Error(`${folder} holds no n8n.`);
	if (await isStamped(one)) return;
	if (Number(process.versions.node.split('.')[0]) < 24) {
		throw new Error(`n8n needs Node 24; this is ${process.version}. "npm start" and "npm test" bring the right one.`);
	}
	await exclusively(one, async () => {
		if (await isStamped(one)) return;
		if (!(await isUnpacked(one))) await unpack(one);
		// The engine alone has no database and no sandbox.
		if (folder !== ENGINE_1_DIR) {
			await buildSqlite(one);
			if (!(await loads(one, 'isolated-vm'))) throw new Error('n8n\'s expression sandbox (isolated-vm) does not load on this system.');
		}
		await writeFile(one.stamp, await fingerprint(one));
	});
}

if (import.meta.main) await installN8n();
