import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from './paths.mts';
import { environment, freePort, startGroup } from './processes.mts';
import type { Json } from './rest.mts';

/** One simulated vendor in the process beside us, and what it can be asked about itself. */
export class Simulator {
	readonly url: string;

	constructor(url: string) {
		this.url = url;
	}

	/** What it was asked, oldest first, from the vendor's API alone. */
	async requests(): Promise<Array<{ method: string; path: string; query: Record<string, string | string[]>; body?: unknown; status: number }>> {
		const { requests } = (await this.#control('GET', 'requests')) as { requests: Array<{ method: string; path: string; query: Record<string, string>; status: number }> };
		return requests;
	}

	async writes(): Promise<string[]> {
		const requests = await this.requests();
		return requests.filter(({ method, path }) => method !== 'GET' && !path.startsWith('/oauth/')).map(({ method, path }) => `${method} ${path}`);
	}

	async forgetRequests(): Promise<void> {
		await this.#control('DELETE', 'requests');
	}

	/** All records of a kind as the simulator holds them. */
	async records<T = Json>(type: string): Promise<T[]> {
		const { records } = (await this.#control('GET', `records/${type}`)) as { records: T[] };
		return records;
	}

	/** Lets every access token handed out so far be too old. */
	async expireTokens(): Promise<void> {
		await this.#control('POST', 'tokens', { action: 'expire' });
	}

	/** A control call of its own, such as `POST change`; test/simulator tells which there are. */
	async control<T = Json>(method: string, action: string, body?: Json): Promise<T> {
		return (await this.#control(method, action, body)) as T;
	}

	async #control(method: string, action: string, body?: Json): Promise<unknown> {
		const init: RequestInit = { method };
		if (body !== undefined) {
			init.headers = { 'content-type': 'application/json' };
			init.body = JSON.stringify(body);
		}
		const response = await fetch(`${this.url}/__control/${action}`, init);
		if (!response.ok) throw new Error(`${method} ${action} of the simulator answered ${response.status}: ${await response.text()}`);
		return await response.json();
	}
}

export interface RunningSimulators {
	outreach: Simulator & { clientId: string; clientSecret: string };
	branchCms: Simulator & { token: string };
	stop(): Promise<void>;
}

interface Greeting {
	outreach: { url: string; clientId: string; clientSecret: string };
	branchCms: { url: string; token: string };
}

/** Starts the simulated vendors in a process of their own. */
export async function startSimulators(ports: { outreach?: number; branchCms?: number } = {}): Promise<RunningSimulators> {
	const outreachPort = await freePort(ports.outreach);
	const branchCmsPort = await freePort(ports.branchCms);
	const { child, stop } = startGroup(
		process.execPath,
		[
			join(ROOT, 'test', 'simulator', 'cli.mts'),
			...['--outreach-port', String(outreachPort), '--branchcms-port', String(branchCmsPort)],
			'--watch-stdin',
		],
		{ stdio: ['pipe', 'pipe', 'inherit'], env: environment() },
	);
	if (child.stdout === null) throw new Error('The simulators have no output.');
	const lines = createInterface(child.stdout);
	const ended = once(child, 'exit').then(() => {
		throw new Error('The simulators ended while starting.');
	});
	try {
		const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string];
		ended.catch(() => {});
		const { outreach, branchCms } = JSON.parse(line) as Greeting;
		return {
			outreach: Object.assign(new Simulator(outreach.url), { clientId: outreach.clientId, clientSecret: outreach.clientSecret }),
			branchCms: Object.assign(new Simulator(branchCms.url), { token: branchCms.token }),
			stop,
		};
	} catch (error) {
		await stop();
		throw error;
	}
}
