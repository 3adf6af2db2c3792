/** A static npm registry on this machine for one package, and an npm that knows no other: what n8n installs community packages with. */
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { environment, runOrFail } from '../../scripts/demo/processes.mts';

interface Manifest {
	name: string;
	version: string;
}

/** The package.json in a tarball. */
async function manifestOf(tarball: string): Promise<Manifest> {
	return JSON.parse(await runOrFail('tar', ['-xzOf', tarball, 'package/package.json'])) as Manifest;
}

/** The same package under another version; its nodes say so. */
export async function relabelled(tarball: string, version: string, label: string): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'relabelled-'));
	await runOrFail('tar', ['-xzf', tarball, '-C', folder]);
	const change = async (file: string, from: string, to: string) => {
		const text = await readFile(join(folder, 'package', file), 'utf8');
		if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
		await writeFile(join(folder, 'package', file), text.replace(from, to));
	};
	const { version: current } = await manifestOf(tarball);
	await change('package.json', `"version": "${current}"`, `"version": "${version}"`);
	await change('dist/nodes/Userlot/Userlot.node.js', "displayName: 'Userlot'", `displayName: '${label}'`);
	const file = join(folder, 'package.tgz');
	await runOrFail('tar', ['-czf', file, '-C', folder, 'package']);
	return file;
}

export interface Registry {
	/** Offers another version, which becomes the newest. */
	add(tarball: string): Promise<Manifest>;
	/** What n8n needs in its environment to use this registry, and to reach no other. */
	settings: Record<string, string>;
	requests: string[];
	stop(): Promise<void>;
}

/** @param folder for the npm that is put in front of the real one, and its cache. */
export async function startRegistry(folder: string): Promise<Registry> {
	const versions = new Map<string, Manifest & { file: string; dist: Record<string, string> }>();
	const requests: string[] = [];
	let url = '';
	const server = createServer((request, response) => {
		const path = decodeURIComponent(request.url ?? '');
		requests.push(`${request.method} ${path}`);
		const json = (body: unknown, status = 200) => {
			response.writeHead(status, { 'content-type': 'application/json' });
			response.end(JSON.stringify(body));
		};
		const all = [...versions.values()];
		const [newest] = all.toReversed();
		const [, name, rest] = /^\/([^/]+)(?:\/(.+))?$/.exec(path) ?? [];
		if (newest === undefined || name !== newest.name) return json({ error: 'Not found' }, 404);
		if (rest === undefined) {
			const shown = all.map(({ file: _, ...one }) => [one.version, one]);
			return json({ name, 'dist-tags': { latest: newest.version }, versions: Object.fromEntries(shown) });
		}
		const tarball = all.find(({ version }) => rest === `-/${name}-${version}.tgz`);
		if (tarball) return void readFile(tarball.file).then((bytes) => response.end(bytes));
		const one = rest === 'latest' ? newest : versions.get(rest);
		return one ? json(one) : json({ error: 'Not found' }, 404);
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

	// n8n names the registry itself, on the command line; the last one that is named counts.
	const real = (await runOrFail('which', ['npm'], { env: environment() })).trim();
	const bin = join(folder, 'bin');
	await mkdir(bin, { recursive: true });
	await writeFile(join(bin, 'npm'), `#!/bin/sh\nexec '${real}' "$@" '--registry=${url}'\n`);
	await chmod(join(bin, 'npm'), 0o755);
	return {
		requests,
		settings: {
			PATH: [bin, environment().PATH].join(delimiter),
			npm_config_cache: join(folder, 'npm-cache'),
			// Whatever else n8n asks the network for fails at once.
			HTTPS_PROXY: 'http://127.0.0.1:9',
			NO_PROXY: '127.0.0.1,localhost',
		},
		async add(file) {
			const manifest = await manifestOf(file);
			const bytes = await readFile(file);
			const hash = (algorithm: string, encoding: 'hex' | 'base64') => createHash(algorithm).update(bytes).digest(encoding);
			const dist = { tarball: `${url}/${manifest.name}/-/${manifest.name}-${manifest.version}.tgz`, shasum: hash('sha1', 'hex'), integrity: `sha512-${hash('sha512', 'base64')}` };
			versions.set(manifest.version, { ...manifest, file, dist });
			return manifest;
		},
		async stop() {
			server.closeAllConnections();
			await new Promise((done) => server.close(done));
			await rm(folder, { recursive: true, force: true, maxRetries: 5 });
		},
	};
}
