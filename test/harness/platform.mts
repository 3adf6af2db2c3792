/**
 * n8n's engine, loaded the way the nodes see it: as CommonJS, one instance of n8n-workflow for both.
 * (`import 'n8n-workflow'` from a module gives a second instance, whose classes are not the ones that
 * nodes throw. Tests take the classes from here.)
 */
import { mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// n8n writes its settings there when it loads; without this it would be the home folder.
const userFolder = join(tmpdir(), `n8n-harness-${process.pid}`);
if (process.env.N8N_USER_FOLDER === undefined) {
	mkdirSync(userFolder, { recursive: true });
	process.env.N8N_USER_FOLDER = userFolder;
	process.once('exit', () => rmSync(userFolder, { recursive: true, force: true }));
}
// Nodes fail on purpose here; what they say is in the results.
process.env.N8N_LOG_LEVEL ??= 'silent';
process.env.N8N_DIAGNOSTICS_ENABLED ??= 'false';

const require = createRequire(import.meta.url);

require('reflect-metadata');

export const core = require('n8n-core') as typeof import('n8n-core');
export const workflow = require('n8n-workflow') as typeof import('n8n-workflow');

// n8n gives a regular expression 250 ms by the clock, which a busy machine can need for any of them. n8n 1 has no such limit.
workflow.setSafeRegexEngine?.({
	exec: (pattern, input, flags) => new RegExp(pattern, flags).exec(input),
	test: (pattern, input, flags) => new RegExp(pattern, flags).test(input),
	replace: (pattern, input, flags, replacement) => input.replace(new RegExp(pattern, flags), replacement),
	matchAll: (pattern, input, flags) => [...input.matchAll(new RegExp(pattern, flags?.includes('g') ? flags : `${flags ?? ''}g`))],
	split: (pattern, input, flags) => input.split(new RegExp(pattern, flags)),
});

const fromCore = createRequire(require.resolve('n8n-core'));
const network = fromCore('@n8n/backend-network') as { configureGlobalAxiosDefaults: () => void };

// n8n's server does this when it starts.
network.configureGlobalAxiosDefaults();
