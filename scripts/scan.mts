/**
 * n8n's scanner for community packages, on this checkout and on what would be published.
 * (Its own command line takes only the name of a package that is on npm already.)
 *
 *     node scripts/scan.mts [--json]
 */
import { join } from 'node:path';
import { unpackTarball } from '../test/package/tarball.mts';

interface Verdict {
	passed: boolean;
	message?: string;
	details?: string;
}

interface Scanner {
	analyzePackage: (folder: string, patterns: string[]) => Promise<Verdict>;
	SOURCE_FILE_PATTERNS: string[];
}

const ROOT = join(import.meta.dirname, '..');
const SCANNER = '@n8n/scan-community-package/scanner/scanner.mjs';

const { analyzePackage, SOURCE_FILE_PATTERNS } = (await import(SCANNER)) as Scanner;

const tarball = await unpackTarball(ROOT);
try {
	const verdicts = {
		source: await analyzePackage(ROOT, SOURCE_FILE_PATTERNS),
		// The patterns that the scanner uses for a published package.
		tarball: await analyzePackage(tarball.folder, ['**/*.js', 'package.json']),
	};
	if (process.argv.includes('--json')) {
		console.log(JSON.stringify(verdicts));
	} else {
		for (const [leg, { passed, message, details }] of Object.entries(verdicts)) {
			console.log(`${leg}: ${passed ? 'passed' : `not passed, ${message}`}`);
			if (details) console.log(details);
		}
	}
	if (!Object.values(verdicts).every(({ passed }) => passed)) process.exitCode = 1;
} finally {
	await tarball.remove();
}
