/**
 * Tables of all operations, written from the spec into docs/<vendor>.md between two markers.
 *
 *     node scripts/docs.mts           writes them
 *     node scripts/docs.mts --check   exits 1 when a file is not up to date
 *
 * Needs a build.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Operation } from '../dist/nodes/shared/spec/operation.js';
import type { Resource } from '../dist/nodes/shared/spec/resource.js';
import type { Vendor } from '../dist/nodes/shared/wire/vendor.js';

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist', 'nodes');
const START = '<!-- operations: written by scripts/docs.mts -->';
const END = '<!-- end of operations -->';

const require = createRequire(import.meta.url);
const { operationsOf } = require(join(DIST, 'shared', 'spec', 'operation.js')) as { operationsOf(resource: Resource): Operation[] };

/** Method and path of an operation that is one request; several for the others. */
function requestOf(operation: Operation, vendor: Vendor): string {
	const { resource, endpoint, bulk, kind } = operation;
	const one = `${resource.path}/{id}`;
	switch (kind) {
		case 'create':
			return `POST ${resource.path}`;
		case 'delete':
			return `DELETE ${one}`;
		case 'get':
			return `GET ${one}`;
		case 'getAll':
			return `GET ${resource.rows && !resource.rows.lookUpOnly ? resource.rows.path : resource.path}`;
		case 'update':
			return `${vendor.api.updateMethod} ${one}`;
		case 'replace':
			return `PUT ${one}`;
		case 'action':
			return `${endpoint!.method} ${endpoint!.path}`;
		case 'bulk':
			return `POST ${bulk!.path}`;
		default:
			return resource.recipes?.find(({ name }) => name === operation.name)?.request ?? '';
	}
}

interface Columns {
	/** Further columns of a vendor, by heading. */
	[heading: string]: (operation: Operation, request: string) => string;
}

const PROVISION = 'users.read users.write roles.read profiles.read teams.read teams.write';
const HAND_OVER = 'prospects.read prospects.write accounts.read accounts.write tasks.read tasks.write batches.read batches.write';

/** Scopes are the plural of the resource with what is done; several requests need several. */
const OUTREACH_SCOPES: Record<string, string> = {
	'user.provision': PROVISION,
	'user.deprovision': `users.read users.write ${HAND_OVER}`,
	'user.reactivate': 'users.read users.write',
	'user.reconcile': `${PROVISION}; to hand over also ${HAND_OVER}`,
	'prospect.addToSequence': 'prospects.read sequences.read mailboxes.read sequenceStates.read sequenceStates.write',
	'api.request': 'those of the request',
	'connection.check': 'those that it finds out',
	'webhook.cleanup': 'none',
};

const EXTRA: Record<string, () => Columns> = {
	outreach: () => {
		const { covers } = require(join(DIST, 'Outreach', 'wire', 's2s.js')) as { covers(call: { method: string; path: string }): boolean };
		return {
			Scopes(operation, request) {
				const { resource, kind, name } = operation;
				if (resource.door) return 'SCIM token';
				const fixed = OUTREACH_SCOPES[`${resource.name}.${name}`];
				if (fixed) return fixed;
				const plural = resource.scope ? 'customObjectRecords' : resource.path.slice(1);
				if (kind === 'bulk') return `${plural}.write batches.read batches.write`;
				if (kind === 'upsert') return `${plural}.read ${plural}.write`;
				if (kind === 'recipe') return 'imports.read imports.write';
				const verb = request.split(' ')[0];
				return `${plural}.${verb === 'GET' ? 'read' : verb === 'DELETE' ? 'delete' : 'write'}`;
			},
			'Server-to-server'(_operation, request) {
				const [method, path] = request.split(' ');
				return path && covers({ method, path: path.replace('{id}', '1') }) ? 'yes' : '';
			},
		};
	},
};

function table(vendor: Vendor): string {
	const extra = EXTRA[vendor.name]?.() ?? {};
	const headings = ['Operation', 'Request', ...Object.keys(extra), 'What it does'];
	const resources = [...vendor.resources].sort((a, b) => a.label.localeCompare(b.label));
	const count = resources.reduce((sum, resource) => sum + operationsOf(resource).length, 0);
	const parts = resources.map((resource) => {
		const rows = operationsOf(resource).map((operation) => {
			const request = requestOf(operation, vendor);
			const cells = [operation.label, request ? `\`${request}\`` : 'several', ...Object.values(extra).map((cell) => cell(operation, request)), operation.description];
			return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
		});
		return [`### ${resource.label}`, '', `${resource.description}.${resource.verified ? ` Confirmed by people with an account: ${resource.verified}.` : ''}`, '', `| ${headings.join(' | ')} |`, `|${headings.map(() => ' --- ').join('|')}|`, ...rows].join('\n');
	});
	return [START, '', `${count} operations on ${resources.length} resources.`, '', parts.join('\n\n'), '', END].join('\n');
}

const check = process.argv.includes('--check');
let stale = 0;
for (const folder of readdirSync(DIST)) {
	const file = join(DIST, folder, 'vendor.js');
	if (folder === 'shared' || !existsSync(file)) continue;
	const vendor = Object.values(require(file) as Record<string, unknown>).find((entry): entry is Vendor => Array.isArray((entry as Vendor | undefined)?.resources))!;
	const target = join(ROOT, 'docs', `${folder.toLowerCase()}.md`);
	const text = existsSync(target) ? readFileSync(target, 'utf8') : `# ${vendor.label}\n\n## Operations\n\n${START}\n${END}\n`;
	const [before, rest] = text.split(START);
	const after = rest?.split(END)[1];
	if (after === undefined) throw new Error(`${target} lacks the markers`);
	const wanted = `${before}${table(vendor)}${after}`;
	if (wanted === text) continue;
	stale++;
	if (check) console.error(`docs/${folder.toLowerCase()}.md is not up to date: run node scripts/docs.mts`);
	else writeFileSync(target, wanted);
}
if (check && stale > 0) process.exitCode = 1;
