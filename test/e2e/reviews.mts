/** The flows that show who has what, what a run would do, and the one that HR starts. */
import assert from 'node:assert/strict';
import type { Execution, Json, Workflow } from '../../scripts/demo/rest.mts';
import type { Stage } from '../../scripts/demo/stage.mts';
import { VENDOR_NAMES } from '../../scripts/demo/vendors.mts';
import { flowNamed, idOf, listing, outreachUser, runFlow, runWith, siteAccount, staff, summaryOf, tonight, until, withCopy, type Case, type OutreachRecord } from './case.mts';

const NEWCOMER = { firstName: 'Petra', lastName: 'Person', email: 'petra.person@acme.example', title: 'Account Executive', role: 'Account Executive', profile: 'Sales Rep', takesOver: '' };
const HEIR = 'bea.brandt@acme.example';

/** Runs a copy of a flow to its good end. */
async function runCopy(stage: Stage, file: string, values: Record<string, string> = {}, change: (workflow: Workflow) => void = () => {}): Promise<Execution> {
	return await withCopy(stage, file, values, change, async (id, trigger) => {
		const execution = await stage.rest.run(id, trigger);
		assert.equal(execution.status, 'success', execution.error);
		return execution;
	});
}

/** Reads the CSV file again and gives its rows. */
function readCsv(workflow: Workflow): void {
	workflow.nodes.push({ id: 'read', name: 'Read it', type: 'n8n-nodes-base.extractFromFile', typeVersion: 1, position: [0, 900], parameters: { operation: 'csv', options: {} } });
	workflow.connections['As CSV'] = { main: [[{ node: 'Read it', type: 'main', index: 0 }]] };
}

/** Rows as a CSV file has them: text, nothing for an empty cell, and before the first column the mark by which Excel knows UTF-8. */
const asText = (rows: Json[] = []) =>
	rows.map((row) => Object.fromEntries(Object.entries(row).flatMap(([name, value]) => (value === '' ? [] : [[name.replace('\uFEFF', ''), String(value)]]))));

/** Everything that was written to any vendor. */
async function writes({ simulators }: Stage): Promise<unknown[]> {
	return (await Promise.all(VENDOR_NAMES.map(async (vendor) => await simulators[vendor].writes()))).flat();
}

async function forget({ simulators }: Stage): Promise<void> {
	for (const vendor of VENDOR_NAMES) await simulators[vendor].forgetRequests();
}

async function owns({ simulators }: Stage, type: string, owner: number): Promise<OutreachRecord[]> {
	return (await simulators.outreach.records<OutreachRecord>(type)).filter(({ relationships }) => idOf(relationships.owner) === owner);
}

async function outsetaPerson({ simulators }: Stage, email: string): Promise<Json | undefined> {
	return (await simulators.outseta.records('Person')).find((person) => person.Email === email);
}

/** The emails that any vendor has, in order. */
async function everybody({ simulators }: Stage): Promise<string[]> {
	const { outreach, outseta, branchCms, userlot } = simulators;
	const all = [
		...(await outreach.records<OutreachRecord>('user')).map(({ attributes }) => attributes.email),
		...(await outseta.records('Person')).map(({ Email }) => Email),
		...(await branchCms.records('account')).map(({ email }) => email),
		...(await userlot.records('endUser')).map(({ email }) => email),
	];
	return [...new Set(all.map((email) => String(email).toLowerCase()))].sort();
}

/** Lets something be different in Outreach for a while. */
async function during(stage: Stage, email: string, attributes: Json, run: (user: OutreachRecord) => Promise<void>): Promise<void> {
	const user = await outreachUser(stage, email);
	assert.ok(user, `${email} is no user`);
	const before = Object.fromEntries(Object.keys(attributes).map((name) => [name, user.attributes[name] ?? null]));
	const change = async (values: Json) => await stage.simulators.outreach.control('POST', 'change', { type: 'user', ids: [user.id], attributes: values });
	await change(attributes);
	try {
		await run(user);
	} finally {
		await change(before);
	}
}

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

/** What a locked or absent user still has, as the flows count it. */
async function belongings(stage: Stage, { id }: OutreachRecord): Promise<{ prospects: number; accounts: number; openTasks: number }> {
	const tasks = (await owns(stage, 'task', id)).filter(({ attributes }) => attributes.state !== 'complete');
	const accounts = (await owns(stage, 'account', id)).filter(({ attributes }) => attributes.named !== false);
	return { prospects: (await owns(stage, 'prospect', id)).length, accounts: accounts.length, openTasks: tasks.length };
}

export const cases: Case[] = [
	{
		name: 'the access review has a row for each person of the company, with what is wrong, as a table and as CSV, and writes nothing',
		async run(stage) {
			// He is locked, and still has records, an account on the site, and a person in Outseta.
			await during(stage, 'carlos.cruz@acme.example', { locked: true, currentSignInAt: daysAgo(3) }, async (user) => {
				const { records } = await stage.simulators.outseta.control<{ records: Json[] }>('POST', 'seed', { type: 'Person', records: [{ Email: 'Carlos.Cruz@ACME.example', FirstName: 'Carlos', LastName: 'Cruz' }] });
				try {
					await forget(stage);
					const { output, lastNode } = await runCopy(stage, 'access-review', { domain: 'acme.example' }, readCsv);
					assert.deepEqual(await writes(stage), []);
					assert.equal(lastNode, 'Read it');
					const rows = output.Summary ?? [];
					assert.deepEqual(asText(output['Read it']), asText(rows));
					assert.deepEqual(rows.map(({ email }) => email), (await everybody(stage)).filter((email) => email.endsWith('@acme.example')));
					const of = (email: string) => rows.find((row) => row.email === email);
					const has = await belongings(stage, user);
					assert.ok(has.prospects > 0 && has.openTasks > 0, 'he has nothing');
					assert.deepEqual(of('carlos.cruz@acme.example'), {
						...{ email: 'carlos.cruz@acme.example', name: 'Carlos Cruz', outreach: 'locked', outreachSignIn: daysAgo(3).slice(0, 10) },
						...{ outseta: 'person', outsetaSignIn: 'never', branchCms: 'account', userlot: '', ...has },
						findings: `locked in Outreach, but owns ${has.prospects} prospects, ${has.accounts} accounts and ${has.openTasks} open tasks; locked in Outreach, but still in Outseta; locked in Outreach, but still in BranchCMS`,
					});
					assert.equal(of('gina.gallo@acme.example')?.findings, '');
					assert.equal(of('hugo.haas@acme.example')?.findings, 'not in BranchCMS');
					assert.equal(of('mia.berg@acme.example')?.findings, 'not in Outreach; not in BranchCMS');
					assert.equal(of('anna.abel@acme.example')?.userlot, 'end user');
				} finally {
					await stage.simulators.outseta.control('POST', 'destroy', { type: 'Person', uid: records[0]?.Uid });
				}
			});
		},
	},
	{
		name: 'the access review without a domain has everybody, and looks only for users of Outreach elsewhere',
		async run(stage) {
			const rows = summaryOf(await runFlow(stage, 'access-review'));
			assert.deepEqual(rows.map(({ email }) => email), await everybody(stage));
			assert.equal(rows.find(({ email }) => email === 'jane@contoso.example')?.findings, '');
			assert.equal(rows.find(({ email }) => email === 'hugo.haas@acme.example')?.findings, 'not in BranchCMS');
		},
	},
	{
		name: 'the seat report names who is locked or away for long, with what they own, and writes nothing',
		async run(stage) {
			await during(stage, 'emil.ek@acme.example', { currentSignInAt: daysAgo(120) }, async (emil) => {
				await during(stage, 'gina.gallo@acme.example', { currentSignInAt: daysAgo(89) }, async () => {
					await during(stage, 'hugo.haas@acme.example', { currentSignInAt: null }, async () => {
						await forget(stage);
						const { output } = await runCopy(stage, 'seat-report', {}, readCsv);
						assert.deepEqual(await writes(stage), []);
						const rows = output.Summary ?? [];
						assert.deepEqual(asText(output['Read it']), asText(rows));
						const why = Object.fromEntries(rows.map((row) => [row.email, row.why]));
						const locked = (await stage.simulators.outreach.records<OutreachRecord>('user')).filter(({ attributes }) => attributes.locked === true);
						assert.ok(locked.length > 0);
						assert.deepEqual(why, {
							...Object.fromEntries(locked.map(({ attributes }) => [attributes.email, 'locked'])),
							'emil.ek@acme.example': 'no sign-in for 120 days',
							'hugo.haas@acme.example': 'never signed in',
						});
						const has = await belongings(stage, emil);
						assert.ok(has.prospects > 0);
						const { prospects, accounts, openTasks, owned } = rows.find((row) => row.email === 'emil.ek@acme.example') ?? {};
						assert.deepEqual({ prospects, accounts, openTasks }, has);
						assert.equal(owned, has.prospects + has.accounts + has.openTasks);
						const order = rows.map((row) => Number(row.owned));
						assert.deepEqual(order, [...order].sort((a, b) => b - a));
					});
				});
			});
		},
	},
	{
		name: 'a joiner is created in three systems, and again without a write',
		async run(stage) {
			const [first] = summaryOf(await runWith(stage, 'joiner-mover-leaver', 'Example person', [{ event: 'Joiner', ...NEWCOMER }]));
			assert.deepEqual([first?.outreach, first?.branchCms, first?.outseta], ['created', 'created', 'created']);
			assert.equal((await outreachUser(stage, NEWCOMER.email))?.attributes.title, NEWCOMER.title);
			assert.equal((await siteAccount(stage, NEWCOMER.email))?.lastName, 'Person');
			assert.equal((await outsetaPerson(stage, NEWCOMER.email))?.FirstName, 'Petra');
			await forget(stage);
			const [again] = summaryOf(await runWith(stage, 'joiner-mover-leaver', 'Example person', [{ event: 'Joiner', ...NEWCOMER }]));
			assert.deepEqual([again?.outreach, again?.branchCms, again?.outseta], ['unchanged', 'unchanged', 'unchanged']);
			assert.deepEqual(await writes(stage), []);
		},
	},
	{
		name: 'an entry that is not complete stops everybody before anything is written',
		async run(stage) {
			await forget(stage);
			const wrong: Array<[Record<string, string>, RegExp]> = [
				[{ event: 'leaver' }, /nobody takes over/],
				[{ event: 'vanisher' }, /Unknown event for .*vanisher/],
				[{ event: 'mover', email: '' }, /no email/],
			];
			for (const [entry, message] of wrong) {
				const people = [{ event: 'joiner', ...NEWCOMER, email: 'q.q@acme.example' }, { ...NEWCOMER, ...entry }] as Array<Record<string, string>>;
				const execution = await runWith(stage, 'joiner-mover-leaver', 'Example person', people);
				assert.equal(execution.status, 'error');
				assert.match(execution.error ?? '', message);
			}
			assert.deepEqual(await writes(stage), []);
		},
	},
	{
		name: 'a mover and a leaver at once, from HR software: title and role change, the other one is locked and gone',
		async run(stage) {
			const leaver = { ...NEWCOMER, email: 'rosa.rest@acme.example', firstName: 'Rosa', lastName: 'Rest' };
			await runWith(stage, 'joiner-mover-leaver', 'Example person', [{ event: 'joiner', ...leaver }]);
			const mover = { event: 'mover', email: NEWCOMER.email, title: 'Team Lead', role: 'Sales Manager', firstName: '', lastName: '', profile: '', takesOver: '' };
			const rows = summaryOf(await runWith(stage, 'joiner-mover-leaver', 'Example person', [mover, { ...leaver, event: 'leaver', takesOver: HEIR }]));
			const told = Object.fromEntries(rows.map(({ email, outreach, branchCms, outseta }) => [email, [outreach, branchCms, outseta]]));
			assert.deepEqual(told, { [NEWCOMER.email]: ['updated', 'updated', 'updated'], [leaver.email]: ['locked', 'deleted', 'deleted'] });
			const moved = await outreachUser(stage, NEWCOMER.email);
			const roles = await stage.simulators.outreach.records<OutreachRecord>('role');
			assert.equal(roles.find(({ id }) => id === idOf(moved?.relationships.role))?.attributes.name, 'Sales Manager');
			assert.deepEqual([moved?.attributes.title, moved?.attributes.lastName], ['Team Lead', 'Person']);
			assert.equal((await siteAccount(stage, NEWCOMER.email))?.title, 'Team Lead');
			assert.equal((await outsetaPerson(stage, NEWCOMER.email))?.Title, 'Team Lead');
			assert.equal((await outreachUser(stage, leaver.email))?.attributes.locked, true);
			assert.equal(await siteAccount(stage, leaver.email), undefined);
			assert.equal(await outsetaPerson(stage, leaver.email), undefined);
			const last = rows.find(({ email }) => email === leaver.email);
			assert.equal(last?.handedOver, '0 prospects, 0 accounts, 0 tasks');
			assert.ok(Array.isArray(last?.stillToDo) && last.stillToDo.length > 0);
		},
	},
	{
		name: 'somebody who is nowhere cannot move; a leaver without the other accounts is locked, and told so',
		async run(stage) {
			const nobody = { event: 'mover', ...NEWCOMER, email: 'nobody@acme.example', firstName: '', lastName: '' };
			const none = await runWith(stage, 'joiner-mover-leaver', 'Example person', [nobody]);
			assert.equal(none.status, 'error');
			assert.equal(await outreachUser(stage, 'nobody@acme.example'), undefined);
			const [row] = summaryOf(await runWith(stage, 'joiner-mover-leaver', 'Example person', [{ ...NEWCOMER, event: 'leaver', email: 'rosa.rest@acme.example', takesOver: HEIR }]));
			assert.equal(row?.outreach, 'unchanged');
			assert.match(String(row?.branchCms), /there is no account/i);
			assert.match(String(row?.outseta), /there is no person/i);
		},
	},
	{
		name: 'the form for HR and its webhook take the same entries',
		async run(stage) {
			const { id, formPath } = flowNamed(stage, 'joiner-mover-leaver');
			const key = await stage.rest.putCredential('HR', 'httpHeaderAuth', { name: 'x-hr-key', value: 'secret' });
			const { name, nodes, connections, settings = {} } = await stage.rest.workflow(id);
			const on = nodes.map((node) => (node.name === 'From HR software' ? { ...node, disabled: false, credentials: { httpHeaderAuth: { id: key.id, name: key.name } } } : node));
			const copy = await stage.rest.createWorkflow({ name: `${name} (copy)`, nodes: on, connections, settings });
			try {
				await stage.rest.publish(copy.id);
				const form = `${stage.n8n.url}/form/${formPath}`;
				await until('the form opens', async () => (await fetch(form)).status === 200);
				const body = new FormData();
				for (const [index, value] of ['Joiner', 'sam.sent@acme.example', 'Sam', 'Sent', 'SDR', 'Account Executive', 'Sales Rep', ''].entries()) body.set(`field-${index}`, value);
				assert.equal((await fetch(form, { method: 'POST', body })).status, 200);
				await until('the user is there', async () => (await outsetaPerson(stage, 'sam.sent@acme.example')) !== undefined);
				const hook = `${stage.n8n.url}/webhook/hr-event`;
				const sent = JSON.stringify({ event: 'mover', email: 'sam.sent@acme.example', title: 'Lead' });
				const post = async (headers: Record<string, string>) => await fetch(hook, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: sent });
				assert.equal((await post({})).status, 403);
				assert.equal((await outreachUser(stage, 'sam.sent@acme.example'))?.attributes.title, 'SDR');
				const answer = await post({ 'x-hr-key': 'secret' });
				const text = await answer.text();
				assert.equal(answer.status, 200, text);
				assert.equal((JSON.parse(text) as Json).outreach, 'updated', text);
				assert.equal((await outreachUser(stage, 'sam.sent@acme.example'))?.attributes.title, 'Lead');
			} finally {
				await stage.rest.unpublish(copy.id);
				await stage.rest.deleteWorkflow(copy.id);
				await stage.rest.removeCredential(key.id);
			}
		},
	},
	{
		name: 'the plan of a dry run is a page with counts and from and to, also for what is refused, and nothing is written',
		async run(stage) {
			await forget(stage);
			const base = { firstName: '', lastName: '', title: '', role: '', profile: '', takesOver: '' };
			const people = [
				{ ...base, email: 'new.person@acme.example', firstName: 'N<b>ew', lastName: 'Person', role: 'Account Executive' },
				{ ...base, email: 'fatima.farouk@acme.example', role: 'Account Executive' },
				{ ...base, email: 'ines.ito@acme.example', role: 'Astronaut' },
				{ ...base, email: 'carlos.cruz@acme.example', takesOver: HEIR },
			];
			const execution = await runCopy(stage, 'show-the-plan', {}, listing(people));
			assert.deepEqual(await writes(stage), []);
			const html = String(execution.output.Report?.[0]?.html);
			assert.match(html, /Plan for 4 people/);
			for (const count of ['<b>1</b> create', '<b>1</b> update', '<b>1</b> lock', '<b>1</b> refused']) assert.ok(html.includes(count), `${count} in ${html}`);
			assert.ok(html.includes('<td>role</td><td>Sales Development Representative</td><td>Account Executive</td>'), html);
			assert.ok(html.includes('<td>locked</td><td>false</td><td>true</td>'), html);
			assert.match(html, /<td>\d+ prospects<\/td><td>Carlos Cruz<\/td><td>Bea Brandt<\/td>/);
			assert.match(html, /<td>ines.ito@acme.example<\/td><td>refused<\/td><td colspan=3>[^<]*Astronaut/);
			assert.ok(html.includes('N&#60;b&#62;ew') && !html.includes('N<b>ew'), html);
		},
	},
	{
		name: 'the nightly reconcile asks with the plan, writes what was approved, and the next night writes nothing',
		async run(stage) {
			const ines = await outreachUser(stage, 'ines.ito@acme.example');
			const people = await tonight(stage, 'Nora', 'E<b>k</b> $& {{ 7 * 7 }}');
			assert.ok(ines && (await belongings(stage, ines)).prospects > 0, 'she has nothing');
			await withCopy(stage, 'nightly-reconcile', { handOverTo: HEIR }, listing(people), async (id, trigger) => {
				await forget(stage);
				const executionId = await stage.rest.start(id, trigger);
				const form = await stage.rest.formOf(executionId);
				const page = await (await fetch(form)).text();
				const text = page.replaceAll(/\u00a0|&nbsp;|&#xA0;/gi, ' ');
				for (const part of [
					'<b>1</b> to lock   <b>1</b> to create   <b>1</b> to change',
					'<b>Emil Ek</b><br /><b>emil.ek@acme.example</b></td><td><br /><b>change</b>',
					'<td> lastName </td><td> Ek </td><td> E&lt;b&gt;k&lt;/b&gt; $&amp; {{ 7 * 7 }} </td>',
					'<td> owner of records </td><td> Ines Ito </td><td> Bea Brandt </td>',
				]) assert.ok(text.includes(part), `${part} is not in ${text.slice(text.indexOf('<body>'))}`);
				assert.deepEqual(await writes(stage), []);

				await stage.rest.submitForm(executionId, { Decision: 'Approve', 'Your name': 'Hana HR', Comment: 'as agreed' });
				const done = await stage.rest.finished(executionId);
				assert.equal(done.status, 'success', done.error);
				assert.deepEqual(summaryOf(done), [{ result: 'done', decidedBy: 'Hana HR', comment: 'as agreed', planned: 3, created: 1, updated: 1, unlocked: 0, locked: 1, notDone: [] }]);
				assert.equal((await outreachUser(stage, 'nora.night@acme.example'))?.attributes.firstName, 'Nora');
				assert.equal((await outreachUser(stage, 'emil.ek@acme.example'))?.attributes.lastName, 'E<b>k</b> $& {{ 7 * 7 }}');
				assert.equal((await outreachUser(stage, 'ines.ito@acme.example'))?.attributes.locked, true);
				assert.equal((await belongings(stage, ines)).prospects, 0);

				await forget(stage);
				const again = await stage.rest.run(id, trigger);
				assert.equal(again.status, 'success', again.error);
				assert.deepEqual(summaryOf(again), [{ result: 'nothing to do', decidedBy: '', comment: '', planned: 0, created: 0, updated: 0, unlocked: 0, locked: 0, notDone: [] }]);
				assert.deepEqual(await writes(stage), []);
			});
			const emil = await outreachUser(stage, 'emil.ek@acme.example');
			await stage.simulators.outreach.control('POST', 'change', { type: 'user', ids: [ines.id], attributes: { locked: false } });
			await stage.simulators.outreach.control('POST', 'change', { type: 'user', ids: [emil?.id], attributes: { lastName: 'Ek' } });
		},
	},
	{
		name: 'the nightly reconcile writes nothing after a no, without an answer, or when more people would be locked by now',
		limit: 180_000,
		async run(stage) {
			const people = await tonight(stage, 'Ivy');
			await forget(stage);
			const soon = (workflow: Workflow) => {
				listing(people)(workflow);
				Object.assign(workflow.nodes.find((node) => node.name === 'Approval')!.parameters, { resumeAmount: 1, resumeUnit: 'seconds' });
			};
			await withCopy(stage, 'nightly-reconcile', {}, soon, async (id, trigger) => {
				const silent = await stage.rest.start(id, trigger);
				await withCopy(stage, 'nightly-reconcile', { domain: '', handOverTo: '' }, listing(people), async (other, start) => {
					const rejected = await stage.rest.run(other, start, { Decision: 'Reject', 'Your name': 'Hana HR' });
					assert.equal(rejected.status, 'success', rejected.error);
					const [{ result, decidedBy, created, locked } = {}] = summaryOf(rejected);
					assert.deepEqual([result, decidedBy, created, locked], ['rejected', 'Hana HR', 0, 0]);

					// Whoever approved has seen one person who leaves, and by now there are two.
					const waiting = await stage.rest.start(other, start);
					await stage.rest.formOf(waiting);
					const { records } = await stage.simulators.outreach.control<{ records: OutreachRecord[] }>('POST', 'seed', { type: 'user', records: [{ attributes: { email: 'late.comer@acme.example', locked: false } }] });
					try {
						await stage.rest.submitForm(waiting, { Decision: 'Approve', 'Your name': 'Hana HR' });
						const refused = await stage.rest.finished(waiting);
						assert.equal(refused.status, 'error');
						assert.match(refused.error ?? '', /would lock 2 of \d+ people in scope, and the limit is 1/);
					} finally {
						await stage.simulators.outreach.control('POST', 'change', { type: 'user', ids: records.map(({ id: one }) => one), attributes: { locked: true } });
					}
				});
				// n8n looks once a minute for executions whose time is over.
				const over = await stage.rest.finished(silent, 120_000);
				assert.equal(over.status, 'success', over.error);
				assert.equal(summaryOf(over)[0]?.result, 'no answer');
			});
			assert.deepEqual(await writes(stage), []);
		},
	},
	{
		name: 'a list that cannot be right makes the nightly reconcile fail, without a form',
		async run(stage) {
			await forget(stage);
			const [first, second] = await staff(stage);
			const lists: Array<[Array<Record<string, string>>, RegExp]> = [
				[[], /the list is empty/],
				[[first!, second!], /would lock \d+ of \d+ people in scope, and the limit is 3/],
				[[first!, first!], /more than once/],
			];
			for (const [people, reason] of lists) {
				await withCopy(stage, 'nightly-reconcile', {}, listing(people), async (id, trigger) => {
					const execution = await stage.rest.run(id, trigger, {});
					assert.equal(execution.status, 'error');
					assert.match(execution.error ?? '', reason);
				});
			}
			assert.deepEqual(await writes(stage), []);
		},
	},
];
