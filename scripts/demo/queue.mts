/**
 * n8n in queue mode: PostgreSQL, Redis, a main process, two workers and a webhook process, all on this machine and gone
 * afterwards. PostgreSQL and Redis are those of the system.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { LEASH, settings } from './n8n.mts';
import { ensureTarball, unpackInto } from './package.mts';
import { N8N_DIR } from './paths.mts';
import { environment, freePort, isRunning, runOrFail, startGroup, tail } from './processes.mts';
import { step } from './progress.mts';
import { N8nRest, type Credential } from './rest.mts';
import { startSimulators, type RunningSimulators } from './simulators.mts';
import { OWNER } from './stage.mts';
import { credentialData, VENDORS } from './vendors.mts';

const HOST = '127.0.0.1';

export interface QueueStage {
	rest: N8nRest;
	simulators: RunningSimulators;
	credentials: { outreachOAuth2Api: Credential };
	/** Addresses that take deliveries: of the main process and of the webhook process. */
	receivers: { main: string; webhook: string };
	/** What each worker has written. */
	workerLogs(): Promise<string[]>;
	stop(): Promise<void>;
}

interface Service {
	stop(): Promise<void>;
}

const found = (command: string) => {
	try {
		return execFileSync('which', [command], { encoding: 'utf8' }).trim();
	} catch {
		return undefined;
	}
};

/** Folder of PostgreSQL's programs: Debian keeps them beside the versions, not on the path. */
async function postgresPrograms(): Promise<string | undefined> {
	const root = '/usr/lib/postgresql';
	const versions = await readdir(root).catch(() => []);
	const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
	if (newest !== undefined) return join(root, newest, 'bin');
	return found('initdb')?.replace(/\/initdb$/, '');
}

/** @throws Error that says what to install. */
export async function assertInstalled(): Promise<void> {
	const missing = [...((await postgresPrograms()) ? [] : ['postgresql']), ...(found('redis-server') ? [] : ['redis-server'])];
	if (missing.length > 0) throw new Error(`The campaign "queue" needs PostgreSQL and Redis. Install what is missing: apt-get install -y ${missing.join(' ')}`);
}

async function patiently(what: string, check: () => Promise<boolean>, alive: () => boolean, log?: string, patience = 180_000): Promise<void> {
	const deadline = Date.now() + patience;
	while (!(await check().catch(() => false))) {
		if (alive() && Date.now() < deadline) {
			await wait(200);
			continue;
		}
		throw new Error(`${what} ${alive() ? 'did not answer in time' : 'ended while starting'}${log ? `. The end of ${log}:\n${tail(await readFile(log, 'utf8'))}` : ''}`);
	}
}

/** PostgreSQL with a cluster of its own. It refuses to run as root, and takes the account that Debian made for it then. */
async function startPostgres(port: number): Promise<Service> {
	const programs = (await postgresPrograms())!;
	const folder = await mkdtemp(join(tmpdir(), 'n8n-postgres-'));
	const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
	const as = process.getuid?.() === 0 ? { uid: id('-u'), gid: id('-g') } : {};
	if (as.uid !== undefined) await chown(folder, as.uid, as.gid!);
	const data = join(folder, 'data');
	await runOrFail(join(programs, 'initdb'), ['-D', data, '-U', 'n8n', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'], { cwd: folder, ...as });
	const { child, stop } = startGroup(join(programs, 'postgres'), ['-D', data, '-h', HOST, '-p', String(port), '-k', '', '-F'], { cwd: folder, stdio: 'ignore', ...as });
	const end = async () => {
		await stop();
		await rm(folder, { recursive: true, force: true, maxRetries: 5 });
	};
	try {
		await patiently('PostgreSQL', async () => (await runOrFail(join(programs, 'pg_isready'), ['-h', HOST, '-p', String(port)])) !== '', () => isRunning(child), undefined, 30_000);
	} catch (error) {
		await end();
		throw error;
	}
	return { stop: end };
}

function startRedis(port: number, folder: string): Service {
	const { stop } = startGroup('redis-server', ['--port', String(port), '--bind', HOST, '--save', '', '--appendonly', 'no', '--dir', folder], { cwd: folder, stdio: 'ignore' });
	return { stop };
}

/** Sets everything up in a folder. */
export async function setQueueStage(folder: string): Promise<QueueStage> {
	await assertInstalled();
	await mkdir(folder, { recursive: true });
	await unpackInto(folder, await ensureTarball());
	const running: Service[] = [];
	const stop = async () => {
		// n8n first, so that nobody misses the database.
		for (const one of running.splice(0).reverse()) await one.stop();
	};
	try {
		const simulators = await startSimulators();
		running.push(simulators);
		const [postgresPort, redisPort] = [await freePort(), await freePort()];
		running.push(await step('Starting PostgreSQL', async () => await startPostgres(postgresPort)));
		running.push(startRedis(redisPort, folder));
		const mainPort = await freePort();
		const shared = {
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: HOST,
			DB_POSTGRESDB_PORT: String(postgresPort),
			DB_POSTGRESDB_DATABASE: 'postgres',
			DB_POSTGRESDB_USER: 'n8n',
			DB_POSTGRESDB_PASSWORD: 'unused',
			EXECUTIONS_MODE: 'queue',
			QUEUE_BULL_REDIS_HOST: HOST,
			QUEUE_BULL_REDIS_PORT: String(redisPort),
			QUEUE_HEALTH_CHECK_ACTIVE: 'true',
			N8N_ENCRYPTION_KEY: randomBytes(24).toString('hex'),
		};
		/** A process of n8n; resolves when it answers. */
		const start = async (name: string, args: string[], port: number, extra: Record<string, string> = {}): Promise<string> => {
			const log = join(folder, `${name}.log`);
			const file = await open(log, 'w');
			const { child, stop: end } = startGroup(process.execPath, ['--import', LEASH, join(N8N_DIR, 'node_modules', 'n8n', 'bin', 'n8n'), ...args], {
				cwd: folder,
				stdio: ['ignore', file.fd, file.fd, 'ipc'],
				env: environment({ ...settings(folder, port, await freePort()), ...shared, N8N_EDITOR_BASE_URL: `http://${HOST}:${mainPort}`, WEBHOOK_URL: `http://${HOST}:${mainPort}/`, N8N_WEBHOOK_URL: `http://${HOST}:${mainPort}/`, ...extra }),
			});
			await file.close();
			running.push({ stop: end });
			const url = `http://${HOST}:${port}`;
			const path = name === 'main' ? '/rest/settings' : '/healthz';
			const answers = async () => {
				const response = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(2000) });
				// While it starts, n8n answers with a page.
				return response.ok && (await response.text()).startsWith('{');
			};
			await patiently(`n8n's ${name}`, answers, () => isRunning(child), log);
			return url;
		};
		const main = await step('Starting the main process', async () => await start('main', ['start'], mainPort));
		const rest = new N8nRest(main);
		await rest.signIn(OWNER);
		const outreachOAuth2Api = await rest.putCredential(VENDORS.outreach.credential.name, 'outreachOAuth2Api', credentialData('outreach', simulators));
		await rest.connectOAuth2(outreachOAuth2Api);
		const webhook = await step('Starting the webhook process and two workers', async () => {
			for (const name of ['worker-1', 'worker-2']) {
				const port = await freePort();
				await start(name, ['worker', '--concurrency=10'], port, { QUEUE_HEALTH_CHECK_PORT: String(port) });
			}
			return await start('webhook', ['webhook'], await freePort());
		});
		const workerLogs = async () => await Promise.all(['worker-1', 'worker-2'].map(async (name) => await readFile(join(folder, `${name}.log`), 'utf8')));
		return { rest, simulators, credentials: { outreachOAuth2Api }, receivers: { main, webhook }, workerLogs, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}
