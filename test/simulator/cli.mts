/**
 * Starts the simulators as a process of their own.
 *
 *   node test/simulator/cli.mts [--outreach-port N] [--branchcms-port N] [--outseta-port N] [--userlot-port N]
 *                               [--latency MS] [--seed demo|empty] [--branchcms-mode bearer|legacy] [--watch-stdin]
 *
 * Ports default to 0 (any free one). Prints one line of JSON with the addresses and stops on SIGINT, SIGTERM
 * or, with --watch-stdin, when its standard input ends.
 */
import { parseArgs } from 'node:util';
import { startBranchCms, startOutreach, startOutseta, startUserlot } from './index.mts';

const { values } = parseArgs({
	options: {
		'outreach-port': { type: 'string', default: '0' },
		'branchcms-port': { type: 'string', default: '0' },
		'outseta-port': { type: 'string', default: '0' },
		'userlot-port': { type: 'string', default: '0' },
		'branchcms-mode': { type: 'string', default: 'bearer' },
		latency: { type: 'string', default: '0' },
		seed: { type: 'string', default: 'demo' },
		'watch-stdin': { type: 'boolean', default: false },
	},
});

const latencyMs = Number(values.latency);
const seed = values.seed === 'empty' ? 'empty' : 'demo';
const outreach = await startOutreach({ port: Number(values['outreach-port']), latencyMs, seed });
const branchCms = await startBranchCms({
	port: Number(values['branchcms-port']),
	latencyMs,
	seed,
	mode: values['branchcms-mode'] === 'legacy' ? 'legacy' : 'bearer',
});
const outseta = await startOutseta({ port: Number(values['outseta-port']), latencyMs, seed });
const userlot = await startUserlot({ port: Number(values['userlot-port']), latencyMs, seed });

let stopping = false;
const stop = async (): Promise<void> => {
	if (stopping) return;
	stopping = true;
	await Promise.all([outreach.stop(), branchCms.stop(), outseta.stop(), userlot.stop()]);
	process.exit(0);
};
process.once('SIGINT', () => void stop());
process.once('SIGTERM', () => void stop());
if (values['watch-stdin']) {
	process.stdin.resume();
	process.stdin.once('end', () => void stop());
	process.stdin.once('close', () => void stop());
}

console.log(
	JSON.stringify({
		outreach: {
			url: outreach.url,
			clientId: outreach.clientId,
			clientSecret: outreach.clientSecret,
			accessToken: outreach.accessToken,
			refreshToken: outreach.refreshToken,
			scimToken: outreach.scimToken,
		},
		branchCms: { url: branchCms.url, mode: branchCms.mode, token: branchCms.token },
		outseta: { url: outseta.url, apiKey: outseta.apiKey, apiSecret: outseta.apiSecret, signatureKey: outseta.signatureKey },
		userlot: { url: userlot.url, apiKey: userlot.apiKey },
	}),
);
