/** What a person sees while something takes long: one line that counts on, or a line now and then in a log. */
export type Say = (line: string) => void;

export const say: Say = (line) => process.stderr.write(`${line}\n`);

export function duration(ms: number): string {
	const seconds = Math.round(ms / 1000);
	if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
	return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Runs `work` and tells how long it has been at it; `detail` is asked for each time a line is written. */
export async function step<T>(label: string, work: () => Promise<T>, detail: () => string = () => ''): Promise<T> {
	const started = Date.now();
	const { stderr } = process;
	const live = stderr.isTTY === true && process.env.CI === undefined;
	const text = () => {
		const more = detail();
		return `  ${label} ... ${duration(Date.now() - started)}${more === '' ? '' : `, ${more}`}`;
	};
	const show = () => (live ? stderr.write(`\r\u001b[K${text().slice(0, (stderr.columns || 80) - 1)}`) : say(text()));
	if (live) show();
	const timer = setInterval(show, live ? 1000 : 10_000);
	const end = (mark: string) => {
		clearInterval(timer);
		if (live) stderr.write('\r\u001b[K');
		say(`  ${mark} ${label} (${duration(Date.now() - started)})`);
	};
	try {
		const result = await work();
		end('ok');
		return result;
	} catch (error) {
		end('--');
		throw error;
	}
}
