/** The ready-made flows, run to their end, and what the vendors hold afterwards. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { ROOT } from '../../scripts/demo/paths.mts';
import { runOrFail } from '../../scripts/demo/processes.mts';
import type { Stage } from '../../scripts/demo/stage.mts';
import { flowNamed, idOf, OUTREACH, outreachUser, runFlow, runWith, siteAccount, summaryOf, type Case, type OutreachRecord } from './case.mts';

const HIRE = 'nina.newman@acme.example';
const LEAVER = 'dana.leaver@acme.example';
const HEIR = 'bea.brandt@acme.example';

async function nameOf({ simulators }: Stage, type: string, id: number | undefined): Promise<unknown> {
	const records = await simulators.outreach.records<OutreachRecord>(type);
	return records.find((record) => record.id === id)?.attributes.name;
}

async function ownedBy({ simulators }: Stage, type: string, owner: number): Promise<OutreachRecord[]> {
	const records = await simulators.outreach.records<OutreachRecord>(type);
	return records.filter(({ relationships }) => idOf(relationships.owner) === owner);
}

export const cases: Case[] = [
	{
		name: 'the flows carry the columns that the nodes offer',
		async run() {
			await runOrFail(process.execPath, [join(ROOT, 'scripts', 'refresh-flows.mts'), '--check']);
		},
	},
	{
		name: 'one click checks the connections to all vendors: none differs, and each difference is named',
		async run(stage) {
			const rows = async () => (await runFlow(stage, 'check-my-connections')).output.Result ?? [];
			const results = (list: Array<Record<string, unknown>>) => list.map(({ vendor, result }) => `${String(vendor)}: ${String(result)}`);
			const clean = await rows();
			assert.deepEqual(results(clean), ['Outreach', 'Outseta', 'BranchCMS', 'Userlot'].map((vendor) => `${vendor}: as documented`), JSON.stringify(clean));
			const { outreach, outseta, branchCms, userlot } = stage.simulators;
			try {
				await outreach.control('POST', 'lies', { drift: { closed: { '/mailings': 402 } } });
				await outseta.control('POST', 'lies', { drift: { recordOffsets: true } });
				await branchCms.control('POST', 'lies', { drift: { colonFilters: true } });
				await userlot.control('POST', 'lies', { drift: { closed: { '/teams': 404 } } });
				const found = (await rows()).filter(({ result }) => result === 'difference').map(({ vendor, about }) => `${String(vendor)}, ${String(about)}`);
				assert.deepEqual(found, ['Outreach, Mailing: read', 'Outseta, Connection: offset counts pages', 'BranchCMS, Connection: filter form', 'Userlot, Team: read']);
			} finally {
				for (const vendor of [outreach, outseta, branchCms, userlot]) await vendor.control('DELETE', 'lies');
			}
		},
	},
	{
		name: 'onboarding makes the user with role and profile, and the site account',
		async run(stage) {
			assert.equal(await outreachUser(stage, HIRE), undefined);
			const [summary] = summaryOf(await runFlow(stage, 'onboard-sales-rep'));
			const user = await outreachUser(stage, HIRE);
			assert.ok(user, 'there is no such user');
			assert.equal(user.attributes.firstName, 'Nina');
			assert.equal(user.attributes.locked, false);
			assert.equal(await nameOf(stage, 'role', idOf(user.relationships.role)), 'Sales Development Representative');
			assert.equal(await nameOf(stage, 'profile', idOf(user.relationships.profile)), 'Default');
			const account = await siteAccount(stage, HIRE);
			assert.equal(account?.lastName, 'Newman');
			assert.equal(summary?.outreach, 'created');
			assert.equal(summary?.branchCms, 'created');
			assert.equal(String(summary?.outreachUserId), String(user.id));
		},
	},
	{
		name: 'onboarding the same person again writes nothing',
		async run(stage) {
			await stage.simulators.outreach.forgetRequests();
			await stage.simulators.branchCms.forgetRequests();
			const [summary] = summaryOf(await runFlow(stage, 'onboard-sales-rep'));
			assert.deepEqual(await stage.simulators.outreach.writes(), []);
			assert.deepEqual(await stage.simulators.branchCms.writes(), []);
			assert.equal(summary?.outreach, 'unchanged');
			assert.equal(summary?.branchCms, 'unchanged');
		},
	},
	{
		name: 'onboarding somebody with a role that does not exist stops before anything is written',
		async run(stage) {
			const email = 'norman.norole@acme.example';
			const person = { firstName: 'Norman', lastName: 'Norole', email, title: '', role: 'Astronaut', profile: 'Default' };
			const execution = await runWith(stage, 'onboard-sales-rep', 'Example hire', [person]);
			assert.equal(execution.status, 'error');
			assert.match(execution.error ?? '', /Astronaut/);
			assert.equal(await outreachUser(stage, email), undefined);
			assert.equal(await siteAccount(stage, email), undefined);
		},
	},
	{
		name: 'the form of the published flow onboards who is entered',
		async run(stage) {
			const { id, formPath } = flowNamed(stage, 'onboard-sales-rep');
			await stage.rest.publish(id);
			const email = 'fred.form@acme.example';
			const form = new FormData();
			for (const [index, value] of ['Fred', 'Form', email, '', 'Account Executive', 'Default'].entries()) form.set(`field-${index}`, value);
			const address = `${stage.n8n.url}/form/${formPath}`;
			// Publishing goes on after the answer to it.
			for (let attempt = 0; attempt < 50 && (await fetch(address)).status !== 200; attempt += 1) await new Promise((resolve) => setTimeout(resolve, 100));
			const answer = await fetch(address, { method: 'POST', body: form });
			assert.equal(answer.status, 200, await answer.text());
			const [latest] = await stage.rest.executionsOf(id);
			assert.ok(latest !== undefined, 'nothing was executed');
			const execution = await stage.rest.finished(latest.id);
			assert.equal(execution.status, 'success', execution.error);
			const user = await outreachUser(stage, email);
			assert.equal(await nameOf(stage, 'role', idOf(user?.relationships.role)), 'Account Executive');
			assert.equal((await siteAccount(stage, email))?.firstName, 'Fred');
			await stage.rest.unpublish(id);
		},
	},
	{
		name: 'offboarding locks the leaver, hands over what she had and deletes her site account',
		async run(stage) {
			const leaver = await outreachUser(stage, LEAVER);
			const heir = await outreachUser(stage, HEIR);
			assert.ok(leaver && heir);
			assert.ok(await siteAccount(stage, LEAVER));
			const before = {
				prospects: await ownedBy(stage, 'prospect', leaver.id),
				accounts: await ownedBy(stage, 'account', leaver.id),
				tasks: (await ownedBy(stage, 'task', leaver.id)).filter(({ attributes }) => attributes.state !== 'complete'),
			};
			assert.ok(before.prospects.length > 0 && before.accounts.length > 0 && before.tasks.length > 0, 'the leaver has nothing to hand over');
			const [summary] = summaryOf(await runFlow(stage, 'offboard-leaver'));
			assert.equal((await outreachUser(stage, LEAVER))?.attributes.locked, true);
			assert.equal(await siteAccount(stage, LEAVER), undefined);
			for (const [kind, type] of [['prospects', 'prospect'], ['accounts', 'account'], ['tasks', 'task']] as const) {
				const heirs: Set<number> = new Set((await ownedBy(stage, type, heir.id)).map(({ id }) => id));
				assert.ok(before[kind].every(({ id }) => heirs.has(id)), `not all ${kind} were handed over`);
				assert.equal(summary?.[`${kind}HandedOver`], before[kind].length);
			}
			assert.equal(summary?.outreach, 'locked');
			assert.equal(summary?.branchCms, 'deleted');
			assert.ok(Array.isArray(summary?.stillToDo) && summary.stillToDo.length > 0);
		},
	},
	{
		name: 'offboarding several people tells of each, with or without a site account',
		async run(stage) {
			const people = [LEAVER, HIRE].map((email) => ({ email, reassignTo: HEIR }));
			const execution = await runWith(stage, 'offboard-leaver', 'Example leaver', people);
			assert.equal(execution.status, 'success', execution.error);
			const told = summaryOf(execution).map(({ email, outreach, branchCms }) => ({ email, outreach, branchCms }));
			assert.deepEqual(
				told.sort((a, b) => String(a.email).localeCompare(String(b.email))),
				[
					{ email: LEAVER, outreach: 'unchanged', branchCms: 'no account' },
					{ email: HIRE, outreach: 'locked', branchCms: 'deleted' },
				],
			);
			assert.equal(await siteAccount(stage, HIRE), undefined);
		},
	},
	{
		name: 'an expired access token is renewed during a run, and the renewed one is kept',
		async run(stage) {
			await stage.simulators.outreach.expireTokens();
			await stage.simulators.outreach.forgetRequests();
			const { outreachOAuth2Api } = stage.credentials;
			const flow = await stage.rest.createWorkflow({
				name: 'Read users',
				nodes: [
					{ id: 'start', name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, position: [0, 0], parameters: {} },
					{ id: 'users', name: 'Users', type: OUTREACH, typeVersion: 1, position: [220, 0], parameters: { resource: 'user', operation: 'getAll', returnAll: true }, credentials: { outreachOAuth2Api } },
				],
				connections: { Start: { main: [[{ node: 'Users', type: 'main', index: 0 }]] } },
				settings: { executionOrder: 'v1' },
			});
			try {
				const first = await stage.rest.run(flow.id, 'Start');
				assert.equal(first.status, 'success', first.error);
				assert.equal(first.output.Users?.length, (await stage.simulators.outreach.records('user')).length);
				const second = await stage.rest.run(flow.id, 'Start');
				assert.equal(second.status, 'success', second.error);
				const renewals = (await stage.simulators.outreach.requests()).filter(({ path }) => path === '/oauth/token');
				assert.deepEqual(renewals.map(({ status }) => status), [200]);
			} finally {
				await stage.rest.deleteWorkflow(flow.id);
			}
		},
	},
];
