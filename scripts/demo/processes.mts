import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { dirname, delimiter } from 'node:path';

const WINDOWS = process.platform === 'win32';

/** The environment for programs of ours: this Node first, and nothing that npm meant for the script it ran. */
export function environment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
	const inherited = Object.entries(process.env).filter(
		([name]) => !/^(npm_(package|lifecycle|config_local_prefix|command|node_execpath)|INIT_CWD$|NODE_OPTIONS$)/.test(name),
	);
	return {
		...Object.fromEntries(inherited),
		PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
		...extra,
	};
}

export interface Finished {
	code: number | null;
	signal: NodeJS.Signals | null;
	output: string;
}

/** Runs a program to its end and keeps the end of what it said. */
export async function run(command: string, args: string[], options: SpawnOptions & { timeout?: number } = {}): Promise<Finished> {
	const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment(), ...options });
	let output = '';
	const keep = (chunk: Buffer) => {
		output = (output + chunk.toString()).slice(-20_000);
	};
	child.stdout?.on('data', keep);
	child.stderr?.on('data', keep);
	const release = onExit(() => child.kill('SIGKILL'));
	try {
		const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
		return { code, signal, output };
	} finally {
		release();
	}
}

export async function runOrFail(command: string, args: string[], options: SpawnOptions & { timeout?: number } = {}): Promise<string> {
	const { code, signal, output } = await run(command, args, options);
	if (code === 0) return output;
	throw new Error(`${[command, ...args].join(' ')} ended with ${signal ?? code}\n${tail(output)}`);
}

export const tail = (text: string, lines = 25) => text.trimEnd().split('\n').slice(-lines).join('\n');

const lastWords = new Set<() => void>();
process.on('exit', () => {
	for (const action of lastWords) action();
});

/** For what must not outlive this process, however it ends (short of SIGKILL). */
export function onExit(action: () => void): () => void {
	lastWords.add(action);
	return () => lastWords.delete(action);
}

export const isRunning = (child: ChildProcess) => child.exitCode === null && child.signalCode === null;

/**
 * Starts a program that runs until it is stopped, in a process group of its own: a Ctrl-C in the
 * terminal reaches us alone, so that things are stopped in order, and stopping one reaches whatever
 * it has started itself.
 */
export function startGroup(command: string, args: string[], options: SpawnOptions): { child: ChildProcess; stop(): Promise<void> } {
	const child = spawn(command, args, { detached: !WINDOWS, ...options });
	const signal = (name: NodeJS.Signals) => {
		if (child.pid === undefined) return;
		try {
			if (WINDOWS) child.kill(name);
			else process.kill(-child.pid, name);
		} catch {
			// Everybody in that group has gone already.
		}
	};
	const release = onExit(() => signal('SIGKILL'));
	return {
		child,
		async stop() {
			if (isRunning(child)) {
				const closed = once(child, 'exit');
				signal('SIGTERM');
				await Promise.race([closed, wait(8_000, undefined, { ref: false })]);
			}
			signal('SIGKILL');
			release();
		},
	};
}

/** The port asked for when nobody has it, any free one otherwise. */
export async function freePort(preferred = 0): Promise<number> {
	const tryPort = async (port: number) => {
		const server = createServer();
		server.listen(port, '127.0.0.1');
		await once(server, 'listening');
		const address = server.address();
		server.close();
		await once(server, 'close');
		if (address === null || typeof address === 'string') throw new Error('No port');
		return address.port;
	};
	try {
		return await tryPort(preferred);
	} catch {
		return await tryPort(0);
	}
}
