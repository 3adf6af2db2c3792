/** What operations tell a model, and who reviews its calls, about what they do. */
import type { INodePropertyOptions } from 'n8n-workflow';
import { branchCms } from '../../dist/nodes/BranchCms/vendor.js';
import { Outreach } from '../../dist/nodes/Outreach/Outreach.node.js';
import { outreach } from '../../dist/nodes/Outreach/vendor.js';
import { outseta } from '../../dist/nodes/Outseta/vendor.js';
import { actionText } from '../../dist/nodes/shared/spec/caution.js';
import { operationsOf } from '../../dist/nodes/shared/spec/operation.js';
import { userlot } from '../../dist/nodes/Userlot/vendor.js';
import { n8n } from '../harness/index.mts';

const vendors = [outreach, outseta, branchCms, userlot];
const operations = vendors.flatMap((vendor) => vendor.resources.flatMap(operationsOf).map((operation) => ({ vendor, operation, text: actionText(operation) })));
const marked = (mark: string) => operations.filter(({ text }) => text.endsWith(` – ${mark}`));

test('all bulk changes change many records, and so do imports', () => {
	const many = marked('changes many records').map(({ operation }) => operation);
	expect(operations.filter(({ operation }) => operation.kind === 'bulk' && !many.includes(operation))).toEqual([]);
	expect(new Set(many.filter(({ kind }) => kind !== 'bulk').map(({ name }) => name))).toEqual(new Set(['bulkUpsert', 'importCsv']));
});

test('what shuts people out removes access', () => {
	expect(marked('removes access').map(({ vendor, operation }) => `${vendor.api.name}: ${operation.resource.name}.${operation.name}`).sort()).toEqual([
		'BranchCMS: account.delete',
		'Outreach: scimGroup.delete',
		'Outreach: scimUser.deactivate',
		'Outreach: scimUser.delete',
		'Outreach: scimUser.removeFromGroup',
		'Outreach: user.deprovision',
		'Outseta: account.cancel',
		'Outseta: account.delete',
		'Outseta: account.expireCurrentSubscription',
		'Outseta: accountMembership.delete',
		'Outseta: person.delete',
		'Outseta: subscriptionAddOn.end',
		'Outseta: subscriptionAddOn.expire',
	]);
});

test('no other delete can be undone, unless it is called otherwise', () => {
	const others = operations.filter(({ operation, text }) => operation.kind === 'delete' && !text.includes('–'));
	expect(others.map(({ text }) => text)).toEqual(['Unsubscribe from list']);
});

test('what only reads, creates or updates one record is not marked', () => {
	const plain = operations.filter(({ operation: { kind, writes } }) => !writes || ['get', 'getAll', 'create', 'update', 'upsert'].includes(kind));
	expect(plain.filter(({ text, operation }) => text !== operation.action)).toEqual([]);
});

test('the mark is whole in the name of the tool, which n8n cuts', () => {
	for (const { text, operation } of operations) {
		if (text === operation.action) continue;
		expect(n8n.nodeNameToToolName(`${text} in Vendor`)).toContain(n8n.nodeNameToToolName(text.slice(text.indexOf('–') + 2)));
	}
});

test('n8n describes the tool with it', () => {
	const { description } = new Outreach();
	const parameters = { resource: 'user', operation: 'deprovision' };
	expect(n8n.NodeHelpers.makeDescription(parameters, description)).toBe('Deprovision user and hand over records – removes access in Outreach');
	const dropdown = description.properties.find(({ name, displayOptions }) => name === 'operation' && displayOptions?.show?.resource?.includes('user'));
	expect((dropdown?.options as INodePropertyOptions[]).find(({ value }) => value === 'deprovision')?.name).toBe('Deprovision');
});
