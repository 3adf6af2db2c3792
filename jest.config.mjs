import { existsSync } from 'node:fs';

// One folder per stage of `npm test` (scripts/test.mts). Only these are crawled: the n8n that the
// end-to-end tests install under test/n8n has a hundred thousand files.
const roots = ['unit', 'workflows', 'conformance', 'package']
	.map((folder) => `test/${folder}`)
	.filter((folder) => existsSync(new URL(folder, import.meta.url)))
	.map((folder) => `<rootDir>/${folder}`);

export default {
	testEnvironment: 'node',
	roots,
	testMatch: ['**/*.test.mts'],
	resolver: '<rootDir>/test/harness/resolve.cjs',
	moduleFileExtensions: ['ts', 'mts', 'js', 'mjs', 'cjs', 'json', 'node'],
	extensionsToTreatAsEsm: ['.mts'],
	// Node 24 runs the .mts files as they are (types erased); jest needs the same done for it.
	transform: {
		'^.+\\.m?ts$': [
			'ts-jest',
			{
				useESM: true,
				diagnostics: false,
				tsconfig: {
					module: 'nodenext',
					target: 'es2022',
					sourceMap: true,
					allowImportingTsExtensions: true,
					esModuleInterop: true,
					isolatedModules: true,
				},
			},
		],
	},
	testTimeout: 30_000,
};
