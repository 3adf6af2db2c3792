import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from './paths.mts';
import { environment, freePort, startGroup } from './processes.mts';
import type { Json } from './rest.mts';
import { VENDOR_NAMES, VENDORS, type Access, type VendorName } from './vendors.mts';

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

export type RunningSimulators = { [Name in VendorName]: Simulator & Access[Name] } & { stop(): Promise<void> };

/** Starts the simulated vendors in a process of their own, at these ports if nobody else has them. */
export async function startSimulators(ports: Partial<Record<VendorName, number>> = {}): Promise<RunningSimulators> {
	const places: string[] = [];
	for (const name of VENDOR_NAMES) places.push(`--${VENDORS[name].portOption}`, String(await freePort(ports[name])));
	const { child, stop } = startGroup(process.execPath, [join(ROOT, 'test', 'simulator', 'cli.mts'), ...places, '--watch-stdin'], {
		stdio: ['pipe', 'pipe', 'inherit'],
		env: environment(),
	});
	if (child.stdout === null) throw new Error('The simulators have no output.');
	const lines = createInterface(child.stdout);
	const ended = once(child, 'exit').then(() => {
		throw new Error('The simulators ended while starting.');
	});
	try {
		const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string];
		ended.catch(() => {});
		const access = JSON.parse(line) as Access;
		const running = VENDOR_NAMES.map((name) => [name, Object.assign(new Simulator(access[name].url), access[name])]);
		return { ...(Object.fromEntries(running) as Omit<RunningSimulators, 'stop'>), stop } as RunningSimulators;
	} catch (error) {
		await stop();
		throw error;
	}
}
