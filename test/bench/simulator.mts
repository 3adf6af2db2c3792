/** The Outreach simulator in a process of its own, so that its work is not counted as the node's. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { IDataObject } from 'n8n-workflow';
import { request } from 'undici';

export interface UserRecord {
	id: number;
	attributes: { email: string; title: string | null; firstName: string; lastName: string; locked: boolean };
	relationships: Record<'role' | 'profile', { id: number } | null>;
}

export type Simulator = Awaited<ReturnType<typeof startSimulator>>;

export async function startSimulator() {
	const cli = join(import.meta.dirname, '..', 'simulator', 'cli.mts');
	const child = spawn(process.execPath, [cli, '--watch-stdin'], { stdio: ['pipe', 'pipe', 'inherit'] });
	const lines = createInterface({ input: child.stdout });
	const failed = once(child, 'exit').then(([code]) => {
		throw new Error(`The simulator ended with ${code}`);
	});
	const [line] = (await Promise.race([once(lines, 'line'), failed])) as [string];
	failed.catch(() => {});
	const { url, clientId, clientSecret } = JSON.parse(line).outreach as Record<string, string>;

	async function control<T>(method: 'GET' | 'POST' | 'DELETE', action: string, body?: object): Promise<T> {
		const answer = await request(`${url}/__control/${action}`, {
			method,
			...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
		});
		if (answer.statusCode !== 200) throw new Error(`${action}: ${await answer.body.text()}`);
		return (await answer.body.json()) as T;
	}

	return {
		url,
		seed: async (what: object) => await control('POST', 'seed', what),
		/** With `atOnce` it works on so many requests at a time, and lets the others queue. */
		latency: async (ms: number, atOnce?: number) => await control('POST', 'latency', { ms, atOnce }),
		/** As if the hour's allowance of requests were this large; until the next `reset`. */
		allow: async (limit: number) => await control('POST', 'rateLimit', { limit }),
		/** As if others had used up the hour's allowance but for so many; until the next `reset`. */
		leave: async (remaining: number) => await control('POST', 'rateLimit', { remaining }),
		/** Another allowance; until the next `reset`. */
		limit: async (rate: { limit: number; windowMs: number }) => await control('POST', 'rateLimit', rate),
		clearRequests: async () => await control('DELETE', 'requests'),
		/** What the simulator was asked since the last `clearRequests`. */
		requests: async () =>
			(await control<{ requests: Array<{ method: string; path: string; status: number; durationMs: number }> }>('GET', 'requests')).requests,
		users: async () => (await control<{ records: UserRecord[] }>('GET', 'records/user')).records,
		records: async <T,>(type: string) => (await control<{ records: T[] }>('GET', `records/${type}`)).records,
		ids: async (type: string) => (await control<{ records: Array<{ id: number }> }>('GET', `records/${type}`)).records.map(({ id }) => id),

		/** Back to the demo organisation; returns a valid access token. */
		async reset(): Promise<string> {
			await control('POST', 'reset');
			return (await control<{ accessToken: string }>('GET', 'tokens')).accessToken;
		},

		/** The data of a connected credential. */
		async credential(): Promise<IDataObject> {
			const { accessToken, refreshToken } = await control<Record<string, string>>('GET', 'tokens');
			return {
				clientId,
				clientSecret,
				advanced: true,
				baseUrl: url,
				oauthTokenData: { access_token: accessToken, refresh_token: refreshToken, token_type: 'bearer', expires_in: 7200 },
			};
		},

		async stop() {
			lines.close();
			child.stdin.end();
			if (child.exitCode === null) await once(child, 'exit').catch(() => {});
		},
	};
}
