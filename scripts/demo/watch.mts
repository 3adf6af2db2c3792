/** What changed in folders, told by the files' own times: file events get lost in containers, on network drives and with some editors. */
import { copyFile, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { say } from './progress.mts';

/** Milliseconds between two looks. A change counts when it stands for one of them, so that nothing half written is read. */
const LOOK = 300;

async function filesOf(folder: string): Promise<string[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
	return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** All files in the folders, each with what changes when it is saved. */
async function look(folders: string[]): Promise<Map<string, string>> {
	const files = (await Promise.all(folders.map(filesOf))).flat();
	const found = files.map(async (file) => {
		// An editor may just replace it.
		const stats = await stat(file).catch(() => undefined);
		return [file, stats ? `${stats.mtimeMs} ${stats.size} ${stats.ino}` : ''] as const;
	});
	return new Map(await Promise.all(found));
}

const differing = (before: Map<string, string>, after: Map<string, string>) =>
	[...new Set([...before.keys(), ...after.keys()])].filter((file) => before.get(file) !== after.get(file)).sort();

/**
 * Calls `onChange` with the files that changed, one call after the other; what changes during a call leads to the next one.
 * A call that fails is reported and does not end the watch. @param signal ends it.
 */
export async function watchFiles(folders: string[], onChange: (files: string[]) => Promise<void>, { signal, every = LOOK }: { signal?: AbortSignal; every?: number } = {}): Promise<void> {
	let done = await look(folders);
	let last = done;
	while (signal?.aborted !== true) {
		await wait(every, undefined, { ref: false });
		const now = await look(folders);
		const files = differing(done, now);
		if (files.length > 0 && differing(last, now).length === 0) {
			done = now;
			await onChange(files).catch((error) => say((error as Error).message));
		}
		last = now;
	}
}

/** Makes `target` hold what `source` holds, and touches nothing that is the same already. @returns what it wrote or removed. */
export async function mirror(source: string, target: string): Promise<string[]> {
	const inside = async (folder: string) => (await filesOf(folder)).map((file) => file.slice(folder.length + 1));
	const [wanted, present] = await Promise.all([inside(source), inside(target)]);
	const gone = present.filter((file) => !wanted.includes(file));
	const copied = await Promise.all(
		wanted.map(async (file) => {
			const [from, to] = [join(source, file), join(target, file)];
			const old = await readFile(to).catch(() => undefined);
			if (old?.equals(await readFile(from))) return [];
			await mkdir(dirname(to), { recursive: true });
			await copyFile(from, to);
			return [file];
		}),
	);
	for (const file of gone) await rm(join(target, file), { force: true });
	return [...copied.flat(), ...gone].sort();
}
