/** Output schemas: one for each operation, and true to what comes out. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Operation } from '../../dist/nodes/shared/spec/operation.js';
import type { Resource } from '../../dist/nodes/shared/spec/resource.js';
import type { Vendor } from '../../dist/nodes/shared/wire/vendor.js';
import { ROOT } from '../harness/index.mts';
import { outreachLab, rl } from '../workflows/support.mts';

const require = createRequire(import.meta.url);
const { operationsOf } = require(join(ROOT, 'dist/nodes/shared/spec/operation.js')) as { operationsOf(resource: Resource): Operation[] };

/** Operations whose answer the vendor nowhere shows. */
const UNKNOWN = new Set(['company.revenue', 'endUser.identify']);

const vendorOf = (folder: string) =>
	Object.values(require(join(ROOT, 'dist/nodes', folder, 'vendor.js')) as Record<string, unknown>).find((entry): entry is Vendor => Array.isArray((entry as Vendor | undefined)?.resources))!;

const schemaOf = (folder: string, resource: string, operation: string) => join(ROOT, 'dist/nodes', folder, '__schema__/v1.0.0', resource, `${operation}.json`);

test.each(['Outreach', 'Outseta', 'BranchCms', 'Userlot'])('%s: every operation has one', (folder) => {
	const missing = vendorOf(folder)
		.resources.flatMap(operationsOf)
		.filter(({ resource, name }) => !existsSync(schemaOf(folder, resource.name, name)))
		.map(({ resource, name }) => `${resource.name}.${name}`)
		.filter((name) => !UNKNOWN.has(name));
	expect(missing).toEqual([]);
});

describe('what comes out is what the schema says', () => {
	const lab = outreachLab();

	test.each(['user', 'prospect', 'account', 'task', 'mailbox', 'sequence', 'team'])('%s', async (resource) => {
		const { properties } = JSON.parse(readFileSync(schemaOf('Outreach', resource, 'get'), 'utf8')) as { properties: Record<string, { type: string }> };
		const { json, error } = await lab.run(resource, 'get', { record: rl('id', 3), options: { rawCustomFields: true } });
		expect(error).toBeUndefined();
		const own = Object.keys(json[0]).filter((name) => !/^custom\d+$/.test(name));
		expect(own.length).toBeGreaterThan(3);
		// Relations outside the public contract come as ids all the same.
		expect(own.filter((name) => !(name in properties) && !/Ids?$/.test(name))).toEqual([]);
		for (const name of own.filter((key) => key in properties && json[0][key] !== null)) {
			const value = json[0][name];
			const kind = Array.isArray(value) ? 'array' : Number.isInteger(value) && properties[name].type === 'integer' ? 'integer' : typeof value;
			expect([name, kind]).toEqual([name, properties[name].type]);
		}
	});
});
