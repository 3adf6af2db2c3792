import { existsSync } from 'node:fs';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as wait } from 'node:timers/promises';
import { N8N_DIR } from './paths.mts';
import { environment, freePort, isRunning, startGroup, tail } from './processes.mts';

export interface RunningN8n {
	url: string;
	port: number;
	log: string;
	/** Resolves when n8n has ended by itself. */
	ended: Promise<void>;
	stop(): Promise<void>;
	/** Ends it at once, as a power cut would. */
	kill(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Parts of n8n that need its servers, or would only stand between a visitor and the flows. */
const UNUSED_MODULES = ['agents', 'chat-hub', 'insights', 'instance-ai', 'mcp', 'mcp-registry', 'workflow-builder'];

export const LEASH = pathToFileURL(join(import.meta.dirname, 'leash.mts')).href;

/** Nothing calls home, nothing listens beyond this machine, nothing asks a visitor for a survey. */
export const settings = (userFolder: string, port: number, brokerPort: number) => ({
	N8N_USER_FOLDER: userFolder,
	N8N_LISTEN_ADDRESS: HOST,
	N8N_HOST: HOST,
	N8N_PORT: String(port),
	N8N_PROTOCOL: 'http',
	N8N_EDITOR_BASE_URL: `http://${HOST}:${port}`,
	N8N_WEBHOOK_URL: `http://${HOST}:${port}/`,
	N8N_SECURE_COOKIE: 'false',
	DB_TYPE: 'sqlite',
	N8N_RUNNERS_BROKER_PORT: String(brokerPort),
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	N8N_AI_ENABLED: 'false',
	N8N_DISABLED_MODULES: UNUSED_MODULES.join(','),
	N8N_BLOCK_ENV_ACCESS_IN_NODE: 'true',
	N8N_LOG_LEVEL: 'info',
	// The simulated vendors are on this machine, whatever proxy leads to the others.
	NO_PROXY: [process.env.NO_PROXY, '127.0.0.1', 'localhost'].filter(Boolean).join(','),
	// An n8n that dies while it activates a workflow leaves it locked for so long, two minutes otherwise. In less,
	// its five attempts do not end, and the reason of a failure is not shown.
	N8N_WORKFLOW_PUBLICATION_OUTBOX_LEASE_SECONDS: '40',
	// The days of the flows are those of the simulated vendors, at every hour; New York's otherwise.
	GENERIC_TIMEZONE: 'UTC',
	NO_COLOR: '1',
});

/** Those parts that this n8n has: one that it does not know would end it. */
const unusedIn = (n8n: string) => UNUSED_MODULES.filter((name) => [name, `${name}.ee`].some((folder) => existsSync(join(n8n, 'node_modules', 'n8n', 'dist', 'modules', folder))));

/**
 * Starts n8n on a user folder and waits until it answers.
 * @param more settings beyond the usual ones. @param n8nFolder where it is installed.
 */
export async function startN8n(userFolder: string, preferredPort = 5678, more: Record<string, string> = {}, n8nFolder = N8N_DIR): Promise<RunningN8n> {
	await mkdir(userFolder, { recursive: true });
	const port = await freePort(preferredPort);
	const brokerPort = await freePort(port + 1);
	const log = join(userFolder, 'n8n.log');
	// Written by n8n itself: through a pipe of ours it would spin if we were killed.
	const file = await open(log, 'w');
	const { child, stop } = startGroup(
		process.execPath,
		['--import', LEASH, join(n8nFolder, 'node_modules', 'n8n', 'bin', 'n8n'), 'start'],
		// n8n reads a .env file from where it is started.
		{ cwd: userFolder, stdio: ['ignore', file.fd, file.fd, 'ipc'], env: environment({ ...settings(userFolder, port, brokerPort), N8N_DISABLED_MODULES: unusedIn(n8nFolder).join(','), ...more }) },
	);
	await file.close();
	const url = `http://${HOST}:${port}`;
	const ended = new Promise<void>((resolve) => {
		child.once('exit', () => resolve());
		child.once('error', () => resolve());
	});
	const healthy = async () => {
		try {
			// The editor's settings come from the running application, later than its health.
			const response = await fetch(`${url}/rest/settings`, { signal: AbortSignal.timeout(2000) });
			return response.ok && (await response.text()).startsWith('{');
		} catch {
			return false;
		}
	};
	const deadline = Date.now() + 120_000;
	while (!(await healthy())) {
		if (isRunning(child) && Date.now() < deadline) {
			await wait(150);
			continue;
		}
		const why = isRunning(child) ? 'did not answer within two minutes' : 'ended while starting';
		await stop();
		throw new Error(`n8n ${why}. The end of ${log}:\n${tail(await readFile(log, 'utf8'))}`);
	}
	const kill = async () => {
		child.kill('SIGKILL');
		await ended;
		// Its helpers, in the same group.
		await stop();
	};
	return { url, port, log, ended, stop, kill };
}
