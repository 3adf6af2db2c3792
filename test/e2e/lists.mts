/** What n8n's editor gets when it asks the nodes for choices. */
import assert from 'node:assert/strict';
import { asking, BRANCH_CMS, OUTREACH, OUTSETA, USERLOT, type Case, type OutreachRecord } from './case.mts';

const namesOf = (results: Array<{ name: string }>) => results.map(({ name }) => name);

export const cases: Case[] = [
	{
		name: 'the list of roles is what Outreach holds, and searching narrows it',
		async run(stage) {
			const query = asking(stage, OUTREACH, 'role', 'searchRole', { resource: 'user', operation: 'provision' });
			const roles = await stage.simulators.outreach.records<OutreachRecord>('role');
			const all = await stage.rest.listSearch(query);
			assert.deepEqual(namesOf(all.results).sort(), roles.map(({ attributes }) => String(attributes.name)).sort());
			const found = await stage.rest.listSearch(query, 'ENGIN');
			assert.deepEqual(namesOf(found.results), ['Sales Engineer']);
			assert.equal(String(found.results[0]?.value), String(roles.find(({ attributes }) => attributes.name === 'Sales Engineer')?.id));
			const none = await stage.rest.listSearch(query, 'no such role');
			assert.deepEqual(none.results, []);
		},
	},
	{
		name: 'a long list comes in pages that do not overlap',
		async run(stage) {
			const query = asking(stage, OUTREACH, 'record', 'searchProspect', { resource: 'prospect', operation: 'get' });
			const seen = new Set<string>();
			let token: string | undefined;
			let pages = 0;
			do {
				const page = await stage.rest.listSearch(query, undefined, token);
				for (const { value } of page.results) {
					assert.ok(!seen.has(String(value)), `prospect ${value} comes twice`);
					seen.add(String(value));
				}
				token = page.paginationToken;
				pages += 1;
			} while (token !== undefined && pages < 20);
			assert.equal(seen.size, (await stage.simulators.outreach.records('prospect')).length);
			assert.ok(pages > 1, 'all came at once');
		},
	},
	{
		name: 'people are found by a part of their name or email',
		async run(stage) {
			const users = asking(stage, OUTREACH, 'record', 'searchUser', { resource: 'user', operation: 'deprovision' });
			const found = await stage.rest.listSearch(users, 'leaver');
			assert.equal(found.results.length, 1);
			assert.match(found.results[0]?.name ?? '', /Dana Leaver.*dana\.leaver@acme\.example/);
			const accounts = asking(stage, BRANCH_CMS, 'record', 'searchAccount', { resource: 'account', operation: 'delete' });
			const site = await stage.rest.listSearch(accounts, 'leaver');
			assert.match(site.results[0]?.name ?? '', /Dana Leaver/);
		},
	},
	{
		name: 'the field mapper offers the writable fields of the chosen resource',
		async run(stage) {
			const columns = async (node: string, resource: string, operation: string) =>
				(await stage.rest.mapperFields(asking(stage, node, 'fields', 'getFields', { resource, operation }))).fields;
			const user = await columns(OUTREACH, 'user', 'provision');
			const ids = new Set(user.map(({ id }) => id));
			for (const id of ['title', 'phoneNumber', 'username']) assert.ok(ids.has(id), `${id} is missing`);
			for (const id of ['createdAt', 'userGuid', 'id']) assert.ok(!ids.has(id), `${id} cannot be written`);
			for (const id of ['email', 'firstName', 'lastName', 'locked']) assert.ok(!ids.has(id), `${id} is a parameter of its own, or set by Provision`);
			const prospect = await columns(OUTREACH, 'prospect', 'create');
			assert.ok(prospect.some(({ id }) => id === 'emails'));
			const account = await columns(BRANCH_CMS, 'account', 'create');
			assert.ok(account.some(({ id }) => id === 'memberLevel'), 'the site\'s own attribute is missing');
		},
	},
	{
		name: 'filters, sort fields and includes depend on the resource',
		async run(stage) {
			const choices = async (method: string, resource: string) => {
				const list = await stage.rest.options(asking(stage, OUTREACH, 'filters', method, { resource, operation: 'getAll' }));
				return list.map(({ value }) => value);
			};
			assert.ok((await choices('getFilterFields', 'user')).includes('email'));
			assert.ok(!(await choices('getFilterFields', 'role')).includes('email'));
			assert.ok((await choices('getSortFields', 'prospect')).includes('lastName'));
			assert.ok((await choices('getIncludes', 'user')).includes('role'));
		},
	},
	{
		name: 'Outseta and Userlot: records are searched, and fields of the tenant are offered under their labels',
		async run(stage) {
			const accounts = asking(stage, OUTSETA, 'record', 'searchAccount', { resource: 'account', operation: 'get' });
			assert.deepEqual(namesOf((await stage.rest.listSearch(accounts, 'conto')).results), ['Contoso']);
			const companies = asking(stage, USERLOT, 'record', 'searchCompany', { resource: 'company', operation: 'get' });
			const { results } = await stage.rest.listSearch(companies, 'fabri');
			assert.equal(results.length, 1);
			assert.match(results[0]!.name, /^Fabrikam/);
			const columns = async (node: string, resource: string) => {
				const { fields } = await stage.rest.mapperFields(asking(stage, node, 'fields', 'getFields', { resource, operation: 'upsert' }));
				return new Map(fields.map(({ id, displayName, options }) => [id, { displayName, options: options?.map(({ value }) => value) }]));
			};
			const account = await columns(OUTSETA, 'account');
			assert.deepEqual(account.get('Industry'), { displayName: 'Industry', options: ['Education', 'Health', 'Retail'] });
			assert.ok(!account.has('AccountStage'), 'a field that cannot be written is offered');
			const company = await columns(USERLOT, 'company');
			assert.equal(company.get('plan_tier')?.displayName, 'Plan Tier');
			assert.ok(!company.has('health_score'), 'a field that cannot be written is offered');
		},
	},
];
