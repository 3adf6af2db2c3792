/** How `npm run dev` finds changes and hands them over. */
import { mkdir, mkdtemp, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mirror, watchFiles } from '../../scripts/demo/watch.mts';

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'watch-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (...names: string[]) => join(folder, ...names);

describe('a watch', () => {
	let calls: string[][];
	let ending: AbortController;
	let ended: Promise<void>;
	const told = async (count: number) => {
		const deadline = Date.now() + 5000;
		while (calls.length < count && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
		expect(calls).toHaveLength(count);
		return calls[count - 1];
	};
	const watch = async (onChange: (files: string[]) => Promise<void> = async () => {}) => {
		await mkdir(at('nodes', 'Acme'), { recursive: true });
		await writeFile(at('nodes', 'Acme', 'user.ts'), 'one');
		calls = [];
		ending = new AbortController();
		const options = { signal: ending.signal, every: 20 };
		ended = watchFiles([at('nodes'), at('credentials')], (files) => (calls.push(files.map((file) => file.slice(folder.length + 1))), onChange(files)), options);
		await new Promise((resolve) => setTimeout(resolve, 100));
	};
	afterEach(async () => {
		ending.abort();
		await ended;
	});

	test('tells what was saved, replaced, added and removed, and nothing else', async () => {
		await watch();
		expect(calls).toEqual([]);
		await writeFile(at('nodes', 'Acme', 'user.ts'), 'two');
		expect(await told(1)).toEqual(['nodes/Acme/user.ts']);
		// As editors do that write beside it and rename; of the same size and time.
		const { atime, mtime } = await stat(at('nodes', 'Acme', 'user.ts'));
		await writeFile(at('draft'), 'six');
		await utimes(at('draft'), atime, mtime);
		await rename(at('draft'), at('nodes', 'Acme', 'user.ts'));
		expect(await told(2)).toEqual(['nodes/Acme/user.ts']);
		await mkdir(at('credentials'));
		await writeFile(at('credentials', 'AcmeApi.ts'), '');
		expect(await told(3)).toEqual(['credentials/AcmeApi.ts']);
		await rm(at('nodes', 'Acme'), { recursive: true });
		expect(await told(4)).toEqual(['nodes/Acme/user.ts']);
	});

	test('takes what is saved together as one change', async () => {
		await watch();
		await Promise.all(['a', 'b', 'c'].map((name) => writeFile(at('nodes', name), name)));
		expect(await told(1)).toEqual(['nodes/a', 'nodes/b', 'nodes/c']);
	});

	test('goes on after a failure, and tells what was saved in the meantime', async () => {
		await watch(async () => {
			if (calls.length > 1) return;
			await writeFile(at('nodes', 'Acme', 'user.ts'), 'mended');
			throw new Error('(expected) it did not build');
		});
		await writeFile(at('nodes', 'Acme', 'user.ts'), 'broken');
		expect(await told(2)).toEqual(['nodes/Acme/user.ts']);
	});
});

test('a build is handed over file by file: what is the same stays untouched, what is gone goes', async () => {
	await mkdir(at('dist', 'nodes'), { recursive: true });
	for (const name of ['same', 'other']) await writeFile(at('dist', 'nodes', name), name);
	expect(await mirror(at('dist'), at('n8n'))).toEqual(['nodes/other', 'nodes/same']);
	const before = await stat(at('n8n', 'nodes', 'same'));
	await writeFile(at('dist', 'nodes', 'other'), 'OTHER');
	await writeFile(at('dist', 'nodes', 'new'), 'new');
	await writeFile(at('n8n', 'nodes', 'old'), 'old');
	expect(await mirror(at('dist'), at('n8n'))).toEqual(['nodes/new', 'nodes/old', 'nodes/other']);
	expect(await readFile(at('n8n', 'nodes', 'other'), 'utf8')).toBe('OTHER');
	expect((await stat(at('n8n', 'nodes', 'same'))).mtimeMs).toBe(before.mtimeMs);
	await expect(stat(at('n8n', 'nodes', 'old'))).rejects.toThrow('ENOENT');
	expect(await mirror(at('dist'), at('n8n'))).toEqual([]);
});
