'use strict';

/**
 * The rules of the house: data flows one way, downwards. See "Where things are" in CONTRIBUTING.md.
 * `npm test` runs them with the linter.
 */

/** The floors of `nodes/shared`, from the ground up. */
const FLOORS = ['spec', 'wire', 'run', 'editor', 'trigger'];
const SHARED = '^nodes/shared/';

const floors = FLOORS.slice(0, -1).map((floor, i) => ({
	name: `${floor}-imports-no-higher-floor`,
	comment: `nodes/shared/${floor} may import from its own floor and from those below only.`,
	severity: 'error',
	from: { path: `${SHARED}${floor}/` },
	to: { path: `${SHARED}(${FLOORS.slice(i + 1).join('|')})/` },
}));

module.exports = {
	forbidden: [
		...floors,
		{
			name: 'no-circles',
			comment: 'No files import each other in a circle, not even their types.',
			severity: 'error',
			from: {},
			to: { circular: true },
		},
		{
			name: 'shared-names-no-vendor',
			comment: 'What two vendors need becomes vocabulary; the engine knows none of them.',
			severity: 'error',
			from: { path: SHARED },
			to: { path: '^nodes/(?!shared/)' },
		},
		{
			name: 'shared-has-floors-only',
			comment: 'Every file of the engine belongs to a floor.',
			severity: 'error',
			from: { path: `${SHARED}(?!(${FLOORS.join('|')})/)` },
			to: {},
		},
		{
			name: 'vendors-stay-apart',
			comment: 'A vendor never imports another one.',
			severity: 'error',
			from: { path: '^nodes/(?!shared/)([^/]+)/' },
			to: { path: '^nodes/', pathNot: '^nodes/(shared|$1)/' },
		},
		{
			name: 'resources-are-data',
			comment: 'Resource files hold what the vendor documents. They import the vocabulary and each other.',
			severity: 'error',
			from: { path: '^nodes/[^/]+/resources/' },
			to: { path: '^nodes/', pathNot: ['^nodes/shared/spec/', '^nodes/[^/]+/resources/'] },
		},
		{
			name: 'wire-knows-no-operation',
			comment: "A vendor's wire protocol lies below its recipes, triggers and node classes.",
			severity: 'error',
			from: { path: '^nodes/(?!shared/)[^/]+/wire/' },
			to: { path: ['^nodes/[^/]+/(recipes|triggers)/', '^nodes/[^/]+/[^/]+\\.ts$', `${SHARED}(run|editor|trigger)/`] },
		},
		{
			name: 'nothing-imports-a-node-class',
			comment: 'The node classes are the top; n8n loads them.',
			severity: 'error',
			from: {},
			to: { path: '\\.(node|credentials)\\.ts$' },
		},
		{
			name: 'product-stands-alone',
			comment: 'Nothing that is published imports from test/ or scripts/.',
			severity: 'error',
			from: { path: '^(nodes|credentials)/' },
			to: { path: '^(test|scripts)/' },
		},
	],
	options: {
		doNotFollow: { path: 'node_modules' },
		tsPreCompilationDeps: true,
		tsConfig: { fileName: 'tsconfig.json' },
	},
};
