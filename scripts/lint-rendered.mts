/**
 * n8n's official lint rules on the finished descriptions, rendered as literal classes.
 * Errors and warnings count alike.
 *
 *     node scripts/lint-rendered.mts [--json] [--keep]
 *
 * --keep leaves the rendered classes where they are, to look at.
 */
import { relative, join } from 'node:path';
import { config } from '@n8n/node-cli/eslint';
import { ESLint, type Linter } from 'eslint';
import { renderPackage } from '../test/harness/render.mts';

const ROOT = join(import.meta.dirname, '..');

/** Rules that say nothing about a rendering. Anything else has to pass. */
const MEANINGLESS: Record<string, string> = {};

export interface Finding {
	file: string;
	line: number;
	rule: string | null;
	message: string;
	/** The source line that is meant. */
	text: string;
}

async function lint(folder: string): Promise<{ files: number; findings: Finding[] }> {
	const eslint = new ESLint({
		cwd: folder,
		overrideConfigFile: true,
		overrideConfig: config as unknown as Linter.Config[],
		allowInlineConfig: false,
	});
	const results = await eslint.lintFiles(['nodes', 'credentials', 'package.json']);
	const findings = results.flatMap(({ filePath, source, messages }) => {
		const lines = source?.split('\n') ?? [];
		return messages
			.filter(({ ruleId }) => !Object.hasOwn(MEANINGLESS, ruleId ?? ''))
			.map(({ line, ruleId, message }) => ({
				file: relative(folder, filePath),
				line,
				rule: ruleId,
				message,
				text: lines[line - 1]?.trim().slice(0, 160) ?? '',
			}));
	});
	return { files: results.length, findings };
}

const keep = process.argv.includes('--keep');
const { folder, remove } = await renderPackage(ROOT);
try {
	const result = await lint(folder);
	if (process.argv.includes('--json')) {
		console.log(JSON.stringify(result));
	} else {
		for (const { file, line, rule, message, text } of result.findings) {
			console.log(`${file}:${line}  ${rule}\n  ${message}\n  ${text}`);
		}
		console.log(`${result.findings.length} findings in ${result.files} rendered files`);
	}
	if (result.findings.length > 0) process.exitCode = 1;
} finally {
	if (keep) console.error(folder);
	else await remove();
}
