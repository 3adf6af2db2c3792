import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readManifest } from '../harness/render.mts';

const execute = promisify(execFile);

/** The tarball that `npm run pack` left, unpacked into a folder to be removed. */
export async function unpackTarball(root: string) {
	const { name, version } = await readManifest(root);
	const file = join(root, 'build', `${name}-${version}.tgz`);
	if (!existsSync(file)) throw new Error('There is no tarball; `npm run pack` makes it');
	const folder = await mkdtemp(join(tmpdir(), 'unpacked-'));
	await execute('tar', ['-xzf', file, '-C', folder, '--strip-components=1']);
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	return {
		file,
		folder,
		files: entries
			.filter((entry) => entry.isFile())
			.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
			.sort(),
		remove: () => rm(folder, { recursive: true, force: true }),
	};
}
