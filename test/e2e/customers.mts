/** The ready-made flows between Outseta, Userlot, BranchCMS and Outreach: by hand, run again, and by their own triggers. */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { Execution, Json } from '../../scripts/demo/rest.mts';
import type { Stage } from '../../scripts/demo/stage.mts';
import type { VendorName } from '../../scripts/demo/vendors.mts';
import { flowNamed, idOf, OUTSETA, runFlow, runWith, siteAccount, summaryOf, until, type Case, type OutreachRecord } from './case.mts';

/** A program of somebody else changes something at a vendor, as soon as the rate limit allows. */
async function elsewhere(url: string, method: string, authorization: string, body: Json): Promise<void> {
	const headers = { accept: 'application/json', 'content-type': 'application/json', authorization };
	await until(`${method} ${url}`, async () => {
		const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
		if (response.status === 429) return false;
		assert.ok(response.ok, `${method} ${url} answered ${response.status}: ${await response.text()}`);
		return true;
	});
}

const inOutseta = ({ simulators: { outseta } }: Stage, method: string, path: string, body: Json) =>
	elsewhere(`${outseta.url}/api/v1${path}`, method, `Outseta ${outseta.apiKey}:${outseta.apiSecret}`, body);

const onSite = ({ simulators: { branchCms } }: Stage, method: string, path: string, body: Json) =>
	elsewhere(`${branchCms.url}/api/v1${path}`, method, `Bearer ${branchCms.token}`, body);

interface Polled {
	vendor: VendorName;
	/** End of the path that the poll asks for. */
	path: string;
}

/** Publishes a flow and waits until its polling trigger has seen what there is. */
async function publish(stage: Stage, id: string, { vendor, path: end }: Polled): Promise<void> {
	const simulator = stage.simulators[vendor];
	await simulator.forgetRequests();
	await stage.rest.publish(id);
	await until('the first poll', async () => (await simulator.requests()).some(({ method, path, status }) => method === 'GET' && path.endsWith(end) && status === 200));
	// n8n keeps what the poll remembers a moment later.
	await wait(1500);
}

/** The execution that an action leads to, once it has ended well; of several, the one that this trigger started. */
async function startedBy(stage: Stage, id: string, action: () => Promise<unknown>, trigger?: string): Promise<Execution> {
	const seen = new Set((await stage.rest.executionsOf(id)).map((one) => one.id));
	await action();
	let started: Execution | undefined;
	await until('the flow was started', async () => {
		for (const one of (await stage.rest.executionsOf(id)).filter((candidate) => !seen.has(candidate.id))) {
			seen.add(one.id);
			const execution = await stage.rest.finished(one.id);
			assert.equal(execution.status, 'success', execution.error);
			if (trigger === undefined || execution.output[trigger] !== undefined) started ??= execution;
		}
		return started !== undefined;
	});
	return started!;
}

/**
 * The execution that a flow's polling trigger starts because of a change. n8n polls when a flow is published, so it is
 * published twice: to see what there is, and to find the change.
 */
async function byPolling(stage: Stage, file: string, polled: Polled, change: () => Promise<void>, trigger?: string): Promise<Execution> {
	const { id } = flowNamed(stage, file);
	try {
		await publish(stage, id, polled);
		await stage.rest.unpublish(id);
		await change();
		return await startedBy(stage, id, () => stage.rest.publish(id), trigger);
	} finally {
		await stage.rest.unpublish(id);
	}
}

/** Publishes a flow whose webhook Outseta has been told of by hand, and works with it. */
async function byNotification(stage: Stage, file: string, activityType: string, work: (id: string) => Promise<void>): Promise<void> {
	const { outseta } = stage.simulators;
	const { id } = flowNamed(stage, file);
	const { nodes } = await stage.rest.workflow(id);
	const trigger = nodes.find(({ type }) => type === `${OUTSETA}Trigger`);
	await outseta.control('POST', 'notifications', { activityType, url: `${stage.n8n.url}/webhook/${trigger?.webhookId}/webhook` });
	try {
		await publish(stage, id, { vendor: 'outseta', path: '/activities' });
		const executions = (await stage.rest.executionsOf(id)).length;
		const { statuses } = await outseta.control<{ statuses: number[] }>('POST', 'forge');
		assert.ok(statuses.length > 0 && statuses.every((status) => status === 401), `forgeries were answered with ${statuses.join()}`);
		assert.equal((await stage.rest.executionsOf(id)).length, executions);
		await work(id);
	} finally {
		await stage.rest.unpublish(id);
		await outseta.control('DELETE', 'notifications');
	}
}

/** As while n8n is down: nobody hears what Outseta tells. */
async function withoutNotification(stage: Stage, id: string): Promise<void> {
	await stage.simulators.outseta.control('DELETE', 'notifications');
	await stage.rest.unpublish(id);
}

async function outreachNamed({ simulators }: Stage, type: string, name: string): Promise<OutreachRecord> {
	const record = (await simulators.outreach.records<OutreachRecord>(type)).find(({ attributes }) => attributes.name === name);
	assert.ok(record, `Outreach has no ${type} ${name}`);
	return record;
}

/** Tasks about an account whose note begins like this. */
async function tasksAbout(stage: Stage, account: string, note: string): Promise<OutreachRecord[]> {
	const { id } = await outreachNamed(stage, 'account', account);
	const tasks = await stage.simulators.outreach.records<OutreachRecord>('task');
	return tasks.filter(({ attributes, relationships }) => idOf(relationships.subject) === id && (relationships.subject as { type: string }).type === 'account' && String(attributes.note).startsWith(note));
}

async function priorityOf(stage: Stage, task: OutreachRecord): Promise<unknown> {
	const priorities = await stage.simulators.outreach.records<OutreachRecord>('taskPriority');
	return priorities.find(({ id }) => id === idOf(task.relationships.taskPriority))?.attributes.name;
}

async function company({ simulators }: Stage, name: string): Promise<Json> {
	const found = (await simulators.userlot.records('company')).filter((one) => one.name === name);
	assert.equal(found.length, 1, `${found.length} companies are called ${name}`);
	return found[0]!;
}

const peopleBy = async ({ simulators }: Stage, email: string) => (await simulators.outseta.records('Person')).filter((person) => person.Email === email);

const ticketsBy = async ({ simulators }: Stage, subject: string) => (await simulators.outseta.records('Case')).filter((ticket) => ticket.Subject === subject);

/** A time is so many days from now, give or take one for time zones. */
function assertNear(time: unknown, days: number): void {
	const off = (Date.parse(String(time)) - Date.now()) / 86_400_000 - days;
	assert.ok(Math.abs(off) <= 1.1, `${String(time)} is not ${days} days from now`);
}

const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

export const cases: Case[] = [
	{
		name: 'Health drop: an urgent task for the owner, one while it is open',
		async run(stage) {
			const account = await outreachNamed(stage, 'account', 'Globex');
			assert.deepEqual(await tasksAbout(stage, 'Globex', 'Health'), []);
			const [first] = summaryOf(await runFlow(stage, 'health-drop'));
			const tasks = await tasksAbout(stage, 'Globex', 'Health score fell from 71 to 46');
			assert.equal(tasks.length, 1);
			const [task] = tasks as [OutreachRecord];
			assert.equal(idOf(task.relationships.owner), idOf(account.relationships.owner));
			assert.equal(await priorityOf(stage, task), 'Urgent');
			const due = Date.parse(String(task.attributes.dueAt)) - Date.now();
			assert.ok(due > 23 * 3_600_000 && due < 25 * 3_600_000, `due at ${String(task.attributes.dueAt)}`);
			assert.deepEqual(first, { company: 'Globex', score: 46, before: 71, task: 'created', taskId: task.id });
			await stage.simulators.outreach.forgetRequests();
			const [again] = summaryOf(await runFlow(stage, 'health-drop'));
			assert.deepEqual(again, { ...first, task: 'there already' });
			assert.deepEqual(await stage.simulators.outreach.writes(), []);
			await stage.simulators.outreach.control('POST', 'change', { type: 'task', ids: [task.id], attributes: { state: 'complete', completed: true } });
			const [later] = summaryOf(await runFlow(stage, 'health-drop'));
			assert.equal(later?.task, 'created', 'the next drop is told when the task is done');
		},
	},
	{
		name: 'Health drop: several companies, with task, without task and without account',
		async run(stage) {
			const fell = (name: string) => ({ name, health_score: '40', previous: '80', arr: '1000' });
			const execution = await runWith(stage, 'health-drop', 'Example company', ['Nobody Ltd', 'Globex', 'Stark Metals', 'Hooli'].map(fell));
			assert.equal(execution.status, 'success', execution.error);
			const told = new Map(summaryOf(execution).map((one) => [one.company, one]));
			assert.match(String(told.get('Nobody Ltd')?.task), /Nobody Ltd/);
			assert.equal(told.get('Globex')?.task, 'there already');
			for (const name of ['Stark Metals', 'Hooli']) {
				const [task] = await tasksAbout(stage, name, 'Health score fell from 80 to 40');
				assert.deepEqual([told.get(name)?.task, told.get(name)?.taskId], ['created', task?.id]);
			}
			assert.equal(told.size, 4);
		},
	},
	{
		name: 'Health drop, by its trigger: a score that falls makes a task, one that rises none',
		async run(stage) {
			const { userlot } = stage.simulators;
			const change = async (name: string, score: number) =>
				await userlot.control('POST', 'change', { type: 'company', id: (await company(stage, name)).id, attributes: { health_score: score } });
			await change('Wonka', 30);
			const execution = await byPolling(stage, 'health-drop', { vendor: 'userlot', path: '/companies' }, async () => {
				await change('Contoso', 33);
				await change('Wonka', 90);
			});
			assert.deepEqual(summaryOf(execution).map(({ company: name, score, before, task }) => ({ name, score, before, task })), [{ name: 'Contoso', score: 33, before: 80, task: 'created' }]);
			assert.equal((await tasksAbout(stage, 'Contoso', 'Health score fell from 80 to 33')).length, 1);
		},
	},
	{
		name: 'Renewal radar: a task due a month before the renewal, once for each renewal',
		async run(stage) {
			const [first] = summaryOf(await runFlow(stage, 'renewal-radar'));
			const renewalDate = String(first?.renewalDate);
			assertNear(renewalDate, 45);
			const [task] = await tasksAbout(stage, 'Initech', `Renewal on ${renewalDate}`);
			assert.ok(task, 'there is no task');
			assert.equal(await priorityOf(stage, task), 'High', 'a health of 65');
			assert.equal(idOf(task.relationships.owner), idOf((await outreachNamed(stage, 'account', 'Initech')).relationships.owner));
			assertNear(task.attributes.dueAt, 15);
			assert.deepEqual(first, { company: 'Initech', renewalDate, task: 'created', taskId: task.id });
			// Done is as good as open: the renewal was talked about.
			await stage.simulators.outreach.control('POST', 'change', { type: 'task', ids: [task.id], attributes: { state: 'complete', completed: true } });
			await stage.simulators.outreach.forgetRequests();
			const [again] = summaryOf(await runFlow(stage, 'renewal-radar'));
			assert.deepEqual(again, { ...first, task: 'there already' });
			assert.deepEqual(await stage.simulators.outreach.writes(), []);
		},
	},
	{
		name: 'Renewal radar, by its trigger: near renewals are told, and once',
		async run(stage) {
			const { userlot } = stage.simulators;
			const moved = await company(stage, 'Hooli');
			const execution = await byPolling(stage, 'renewal-radar', { vendor: 'userlot', path: '/companies' }, async () => {
				await until('those that are near already have their task', async () => (await tasksAbout(stage, 'Northwind Traders', `Renewal on ${day(45)}`)).length === 1);
				await userlot.control('POST', 'change', { type: 'company', id: moved.id, attributes: { renewal_date: day(10) } });
			});
			assert.deepEqual(summaryOf(execution).map(({ company: name, renewalDate, task }) => ({ name, renewalDate, task })), [{ name: 'Hooli', renewalDate: day(10), task: 'created' }]);
			const [task] = await tasksAbout(stage, 'Hooli', `Renewal on ${day(10)}`);
			// A month before the renewal has passed.
			assertNear(task?.attributes.dueAt, 0);
			assert.equal((await tasksAbout(stage, 'Northwind Traders', 'Renewal on')).length, 1);
		},
	},
	{
		name: 'Site members to CRM: the person is created, then left alone',
		async run(stage) {
			const email = 'nora.neu@members.example';
			const [first] = summaryOf(await runFlow(stage, 'site-members-to-crm'));
			const [person] = await peopleBy(stage, email);
			assert.deepEqual([person?.FirstName, person?.LastName, person?.PhoneMobile, person?.Title], ['Nora', 'Neu', '+4930555900', 'Trainer']);
			assert.deepEqual(first, { email, outseta: 'created', personUid: person?.Uid });
			await stage.simulators.outseta.forgetRequests();
			const [again] = summaryOf(await runFlow(stage, 'site-members-to-crm'));
			assert.equal(again?.outseta, 'unchanged');
			assert.deepEqual(await stage.simulators.outseta.writes(), []);
			const changed = { email, firstName: 'Nora', lastName: 'Neumann', phoneMobile: '', title: '' };
			const both = await runWith(stage, 'site-members-to-crm', 'Example member', [{ ...changed, email: 'no address' }, changed]);
			assert.equal(both.status, 'success', both.error);
			const told = summaryOf(both);
			assert.notEqual(told[0]?.outseta, 'created');
			assert.equal(told[1]?.outseta, 'updated', 'one that is refused does not keep the other');
			const [renamed, ...more] = await peopleBy(stage, email);
			assert.deepEqual([renamed?.LastName, renamed?.PhoneMobile, more.length], ['Neumann', '+4930555900', 0]);
		},
	},
	{
		name: 'Site members to CRM, by its trigger: a new account on the site becomes a person',
		async run(stage) {
			const email = 'siri.signup@members.example';
			const execution = await byPolling(stage, 'site-members-to-crm', { vendor: 'branchCms', path: '/account/accounts' }, async () => {
				await onSite(stage, 'POST', '/account/accounts', { email, firstName: 'Siri', lastName: 'Signup', username: 'siri', password: 'A-Secret-1' });
			});
			assert.deepEqual(summaryOf(execution).map(({ outseta }) => outseta), ['created']);
			assert.equal((await peopleBy(stage, email))[0]?.FirstName, 'Siri');
			assert.ok(!JSON.stringify(execution.output).includes('A-Secret-1'));
		},
	},
	{
		name: 'Subscriber sync: the site account is created, then left alone',
		async run(stage) {
			const email = 'omar@contoso.example';
			assert.equal(await siteAccount(stage, email), undefined);
			const [first] = summaryOf(await runFlow(stage, 'subscriber-sync'));
			const account = await siteAccount(stage, email);
			assert.deepEqual([account?.firstName, account?.lastName, account?.title, account?.phoneMobile], ['Omar', 'Haddad', 'Planner', '+4930555901']);
			assert.deepEqual(first, { email, branchCms: 'created', siteAccountId: account?.id });
			await stage.simulators.branchCms.forgetRequests();
			const [again] = summaryOf(await runFlow(stage, 'subscriber-sync'));
			assert.deepEqual(again, { ...first, branchCms: 'unchanged' });
			assert.deepEqual(await stage.simulators.branchCms.writes(), []);
		},
	},
	{
		name: 'Subscriber sync, by its trigger: changed and new people follow',
		async run(stage) {
			const [raj] = await peopleBy(stage, 'raj@northwind.example');
			const execution = await byPolling(stage, 'subscriber-sync', { vendor: 'outseta', path: '/crm/people' }, async () => {
				await inOutseta(stage, 'PUT', `/crm/people/${String(raj!.Uid)}`, { Title: 'Head of Buying' });
				await inOutseta(stage, 'POST', '/crm/people', { Email: 'pia@northwind.example', FirstName: 'Pia', LastName: 'Pohl' });
			});
			assert.deepEqual(summaryOf(execution).map(({ email, branchCms }) => `${String(email)} ${String(branchCms)}`).toSorted(), ['pia@northwind.example created', 'raj@northwind.example created']);
			assert.equal((await siteAccount(stage, 'raj@northwind.example'))?.title, 'Head of Buying');
		},
	},
	{
		name: 'Customer master: the company is created with its revenue, and is one when run again',
		async run(stage) {
			const [account] = (await stage.simulators.outseta.records('Account')).filter(({ ClientIdentifier }) => ClientIdentifier === 'C-1003');
			const [first] = summaryOf(await runFlow(stage, 'customer-master'));
			const made = await company(stage, 'Northwind');
			assert.deepEqual([made.external_id, made.mrr, made.arr, made.renewal_date], [account!.Uid, 299, 3588, day(12)]);
			assert.deepEqual(first, { account: 'Northwind', externalId: account!.Uid, mrr: 299, userlot: 'up to date', companyId: made.id });
			const [again] = summaryOf(await runFlow(stage, 'customer-master'));
			assert.deepEqual(again, first);
			await company(stage, 'Northwind');
		},
	},
	{
		name: 'Customer master, by its triggers: accounts that are renamed, subscriptions that are moved, and one that is gone',
		async run(stage) {
			const accounts = await stage.simulators.outseta.records('Account');
			const uidOf = (name: string) => accounts.find((account) => account.Name === name)!.Uid;
			const execution = await byPolling(stage, 'customer-master', { vendor: 'outseta', path: '/crm/accounts' }, async () => {
				await inOutseta(stage, 'PUT', `/crm/accounts/${String(uidOf('Tailspin'))}`, { Name: 'Tailspin Toys' });
				await inOutseta(stage, 'PUT', `/crm/accounts/${String(uidOf('Fabrikam'))}`, { Name: 'Fabrikam Residences' });
			}, 'Account changed');
			assert.equal(execution.output['Account changed']?.length, 2);
			assert.deepEqual(summaryOf(execution).map(({ account, mrr, userlot }) => [account, mrr, userlot]).toSorted(), [['Fabrikam Residences', 0, 'up to date'], ['Tailspin Toys', 0, 'up to date']]);
			assert.equal((await company(stage, 'Fabrikam Residences')).external_id, uidOf('Fabrikam'));
			await inOutseta(stage, 'PUT', `/crm/accounts/${String(uidOf('Fabrikam'))}`, { Name: 'Fabrikam' });
			// A renewal that is moved leaves the account itself alone.
			const { outseta } = stage.simulators;
			const subscription = (await outseta.records('Subscription')).find(({ Account }) => Account === uidOf('Northwind'))!;
			const extended = await byPolling(stage, 'customer-master', { vendor: 'outseta', path: '/activities' }, async () => {
				await outseta.control('POST', 'change', { type: 'subscription', uid: subscription.Uid, values: { RenewalDate: `${day(40)}T00:00:00` } });
				for (let times = 0; times < 2; times += 1) await outseta.control('POST', 'happen', { activityType: 'AccountSubscriptionRenewalExtended', type: 'account', uid: uidOf('Northwind') });
				const { records } = await outseta.control<{ records: Json[] }>('POST', 'seed', { type: 'account', records: [{ Name: 'Here and Gone', AccountStage: 3 }] });
				await outseta.control('POST', 'happen', { activityType: 'AccountSubscriptionStarted', type: 'account', uid: records[0]!.Uid });
				await outseta.control('POST', 'destroy', { type: 'account', uid: records[0]!.Uid });
			}, 'Subscription changed');
			assert.equal(extended.output['Subscription changed']?.length, 3);
			const told = new Map(summaryOf(extended).map(({ account, userlot }) => [account, String(userlot)]));
			assert.deepEqual([...told.keys()].toSorted(), ['', 'Northwind']);
			assert.equal(told.get('Northwind'), 'up to date');
			assert.match(told.get('') ?? '', /was not found/);
			assert.equal((await company(stage, 'Northwind')).renewal_date, day(40));
		},
	},
	{
		name: 'New trial to sales: the contact is a prospect in the sequence, once',
		async run(stage) {
			const email = 'lena@fabrikam.example';
			const { outreach } = stage.simulators;
			const prospects = async () => (await outreach.records<OutreachRecord>('prospect')).filter(({ attributes }) => (attributes.emails as string[]).includes(email));
			const states = async (prospect: number) => (await outreach.records<OutreachRecord>('sequenceState')).filter(({ relationships }) => idOf(relationships.prospect) === prospect);
			assert.deepEqual(await prospects(), []);
			const [first] = summaryOf(await runFlow(stage, 'new-trial-to-sales'));
			const [prospect] = (await prospects()) as [OutreachRecord];
			assert.deepEqual([prospect.attributes.firstName, prospect.attributes.company, prospect.attributes.source], ['Lena', 'Fabrikam', 'Trial']);
			const [state] = (await states(prospect.id)) as [OutreachRecord];
			assert.equal(idOf(state.relationships.sequence), (await outreachNamed(stage, 'sequence', 'Trial Onboarding')).id);
			assert.deepEqual(first, { account: 'Fabrikam', email, prospect: 'created', prospectId: prospect.id, sequence: 'added' });
			const [again] = summaryOf(await runFlow(stage, 'new-trial-to-sales'));
			assert.deepEqual(again, { ...first, prospect: 'unchanged', sequence: 'already active' });
			assert.deepEqual([(await prospects()).length, (await states(prospect.id)).length], [1, 1]);
		},
	},
	{
		name: 'New trial to sales, by its triggers: the notification and the poll of one account count once',
		async run(stage) {
			const { outseta } = stage.simulators;
			const plan = (await outseta.records('Plan')).find(({ Name }) => Name === 'Starter')!;
			const signUp = async (name: string, email: string) =>
				await inOutseta(stage, 'POST', '/crm/registrations', { Name: name, PersonAccount: [{ IsPrimary: true, Person: { Email: email, FirstName: 'Tom', LastName: 'Trial' } }], Subscriptions: [{ Plan: { Uid: plan.Uid }, BillingRenewalTerm: 1 }] });
			await byNotification(stage, 'new-trial-to-sales', 'AccountCreated', async (id) => {
				const notified = await startedBy(stage, id, () => signUp('Lucerne', 'tom@lucerne.example'));
				assert.ok(notified.output['As it happens'], 'the notification was not the first');
				assert.deepEqual(summaryOf(notified).map(({ email, sequence }) => [email, sequence]), [['tom@lucerne.example', 'added']]);
				await withoutNotification(stage, id);
				await signUp('Margie', 'tom@margie.example');
				const polled = await startedBy(stage, id, () => stage.rest.publish(id));
				assert.equal(polled.output['Every five minutes']?.length, 2, 'the poll finds both accounts');
				assert.deepEqual(summaryOf(polled).map(({ email, sequence }) => [email, sequence]), [['tom@margie.example', 'added']]);
			});
		},
	},
	{
		name: 'Payment failed: a ticket with its tag, one while it is open',
		async run(stage) {
			const { outseta } = stage.simulators;
			const subject = 'Payment failed: Contoso';
			const mails = async () => (await outseta.control<{ mails: unknown[] }>('GET', 'mails')).mails.length;
			const mailsBefore = await mails();
			const [first] = summaryOf(await runFlow(stage, 'payment-failed'));
			const [ticket] = await ticketsBy(stage, subject);
			const [jane] = await peopleBy(stage, 'jane@contoso.example');
			assert.deepEqual([ticket?.FromPerson, ticket?.Status, ticket?.Source], [jane?.Uid, 1, 1]);
			const tags = (await outseta.records('CaseTag')).filter((tag) => tag.Case === ticket?.Uid);
			assert.deepEqual(tags.map(({ Tag }) => Tag), (await outseta.records('Tag')).filter(({ Name }) => Name === 'Urgent').map(({ Uid }) => Uid));
			assert.deepEqual(first, { account: 'Contoso', from: 'jane@contoso.example', ticket: 'created', ticketUid: ticket?.Uid });
			assert.equal(await mails(), mailsBefore, 'the customer gets no mail');
			await outseta.forgetRequests();
			const [again] = summaryOf(await runFlow(stage, 'payment-failed'));
			assert.equal(again?.ticket, 'there already');
			assert.deepEqual(await outseta.writes(), []);
			assert.equal((await ticketsBy(stage, subject)).length, 1);
			await inOutseta(stage, 'PUT', `/support/cases/${String(ticket?.Uid)}`, { Status: 2 });
			const [later] = summaryOf(await runFlow(stage, 'payment-failed'));
			assert.equal(later?.ticket, 'created', 'the next failure is told when the ticket is closed');
		},
	},
	{
		name: 'Payment failed, by its triggers: one ticket for the notification, the poll and the next attempt',
		async run(stage) {
			const { outseta } = stage.simulators;
			const accounts = await outseta.records('Account');
			// Another case renames it.
			const tailspin = String(accounts.find(({ Name }) => String(Name).startsWith('Tailspin'))!.Name);
			const decline = async (name: string) =>
				await outseta.control('POST', 'happen', { activityType: 'AccountSubscriptionPaymentDeclined', type: 'account', uid: accounts.find(({ Name }) => Name === name)!.Uid });
			await byNotification(stage, 'payment-failed', 'AccountSubscriptionPaymentDeclined', async (id) => {
				const notified = await startedBy(stage, id, () => decline('Northwind'));
				assert.ok(notified.output['As it happens'], 'the notification was not the first');
				assert.deepEqual(summaryOf(notified).map(({ from, ticket }) => [from, ticket]), [['raj@northwind.example', 'created']]);
				await withoutNotification(stage, id);
				for (const name of ['Northwind', tailspin, tailspin]) await decline(name);
				const polled = await startedBy(stage, id, () => stage.rest.publish(id));
				assert.equal(polled.output['Every five minutes']?.length, 4, 'the poll finds all');
				assert.deepEqual(summaryOf(polled).map(({ from, ticket }) => [from, ticket]).toSorted(), [['ines@tailspin.example', 'created'], ['raj@northwind.example', 'there already']]);
				for (const name of ['Northwind', tailspin]) assert.equal((await ticketsBy(stage, `Payment failed: ${name}`)).length, 1, name);
			});
		},
	},
];
