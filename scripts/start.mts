/**
 * `npm start`: an n8n with the package in it, simulated vendors, connected credentials and ready-made
 * flows. `npm start -- --check` does the same in a folder of its own, runs every flow to its end and says
 * how that went; `--fresh` forgets what was built in earlier demos; `--dev` (`npm run dev`) shows changes of the nodes in the
 * running editor.
 */
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installN8n } from './demo/install-n8n.mts';
import { DEMO } from './demo/paths.mts';
import { duration, say } from './demo/progress.mts';
import { RELOADING, reloadOnChange } from './demo/reload.mts';
import { OWNER, setStage, type Stage } from './demo/stage.mts';
import { VENDOR_NAMES, VENDORS } from './demo/vendors.mts';

const started = Date.now();
const LABELS = VENDOR_NAMES.map((name) => VENDORS[name].label);
const { values: options } = parseArgs({
	options: {
		check: { type: 'boolean', default: false },
		dev: { type: 'boolean', default: false },
		fresh: { type: 'boolean', default: false },
	},
});

let stage: Stage | undefined;
let ending: Promise<never> | undefined;

/** Stops everything in order; what does not stop in time goes with this process. */
function end(code: number): Promise<never> {
	ending ??= (async () => {
		await stage?.stop();
		process.exit(code);
	})();
	return ending;
}

const removeAtExit = (path: string) =>
	process.once('exit', () => rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));

function endWithUs(): void {
	let asked = 0;
	for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]] as const) {
		process.on(signal, () => {
			asked += 1;
			// While things are still being started there is nothing to be stopped in order.
			if (asked > 1 || stage === undefined) process.exit(code);
			say('\nStopping ...');
			void end(options.check ? code : 0);
		});
	}
	const parent = process.ppid;
	setInterval(() => {
		if (process.ppid !== parent) void end(1);
	}, 1000).unref();
}

/** Holds the process that uses the folder. */
const CLAIM = 'running';

/** Two n8n on one folder would spoil its database. */
async function claim(folder: string): Promise<void> {
	await mkdir(folder, { recursive: true });
	const file = join(folder, CLAIM);
	const pid = Number(await readFile(file, 'utf8').catch(() => '0'));
	const alive = () => {
		try {
			return pid > 0 && process.kill(pid, 0);
		} catch {
			return false;
		}
	};
	if (alive()) throw new Error(`The demo is running already (process ${pid}).`);
	await writeFile(file, String(process.pid));
	removeAtExit(file);
}

async function demo(): Promise<void> {
	await claim(DEMO);
	if (options.fresh) {
		const old = (await readdir(DEMO)).filter((name) => name !== CLAIM);
		await Promise.all(old.map(async (name) => await rm(join(DEMO, name), { recursive: true, force: true })));
	}
	stage = await setStage(DEMO, options.dev ? RELOADING : {});
	if (options.dev) await reloadOnChange(DEMO, stage.n8n.log);
	const { n8n, simulators } = stage;
	const lines = [
		`Ready after ${duration(Date.now() - started)}: n8n with the nodes, and simulated ${LABELS.slice(0, -1).join(', ')} and ${LABELS.at(-1)} behind them.`,
		'',
		`  Open     ${n8n.url}`,
		`  Sign in  ${OWNER.email}  ${OWNER.password}`,
		'',
		'Try this:',
		'  1. Open "Onboard a sales rep", click Execute workflow and hire somebody in the form that opens.',
		'     The arrow beside the button has "Try it by hand": an example. Run it twice: nothing is created twice.',
		'  2. Open the Outreach node in it: pick another role from the list, or another resource and operation.',
		'  3. Open "Offboard a leaver" and run its example: one user locked, her prospects, accounts and tasks handed over.',
		'  4. Open "New trial to sales" or "Health drop", choose "Try it by hand" at the arrow, and run it twice: the second time finds what is there.',
		'  5. Run "Nightly reconcile": the form that opens shows who would be created, changed and locked. Approve it, and run it again.',
		'',
		'What the simulated vendors were asked so far:',
		...VENDOR_NAMES.map((name) => `  ${VENDORS[name].label.padEnd(10)}${simulators[name].url}/__control/requests`),
		'',
		...(options.dev ? ['Change a file in nodes/ or credentials/: the editor shows it a few seconds after you save it.', ''] : []),
		'Your work in n8n is kept for the next start; the vendors start afresh. Ctrl-C stops everything.',
	];
	process.stdout.write(`\n${lines.join('\n')}\n`);
	await n8n.ended;
	if (ending === undefined) {
		say(`\nn8n has ended. Its log is ${n8n.log}`);
		await end(1);
	}
	await ending;
}

/** What the check sends when a flow waits for somebody: yes. */
const FORM = { Decision: 'Approve', 'Your name': 'The check' };

async function check(): Promise<boolean> {
	const folder = await mkdtemp(join(tmpdir(), 'n8n-check-'));
	removeAtExit(folder);
	stage = await setStage(folder);
	const { rest, flows } = stage;
	const width = Math.max(...flows.map(({ name }) => name.length));
	let well = flows.length > 0;
	for (const { id, name, manualTrigger } of flows) {
		const { status, took, output, lastNode = '', error } = await rest.run(id, manualTrigger, FORM);
		const items = output[lastNode]?.length ?? 0;
		const good = status === 'success' && items > 0;
		well &&= good;
		process.stdout.write(`${name.padEnd(width)}  ${status}  ${items} ${items === 1 ? 'item' : 'items'}  ${took} ms\n`);
		if (error !== undefined) process.stdout.write(`  ${error}\n`);
	}
	say(`${well ? 'All flows ran to their end' : 'Not all flows ran to their end'} (${duration(Date.now() - started)} in all).`);
	return well;
}

endWithUs();
try {
	await installN8n();
	if (options.check) await end((await check()) ? 0 : 1);
	else await demo();
} catch (error) {
	say(`\n${error instanceof Error ? error.message : String(error)}`);
	await end(1);
}
