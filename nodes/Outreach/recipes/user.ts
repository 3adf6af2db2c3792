/** A user's life in Outreach: provisioned, deprovisioned, reactivated. */
import { type IDataObject, NodeOperationError } from 'n8n-workflow';

import { recordOf } from '../../shared/run/answers';
import type { Handler, Output } from '../../shared/run/handler';
import type { Item } from '../../shared/run/item';
import type { Entry } from '../../shared/run/lookup';
import { inParallel } from '../../shared/run/parallel';
import { list, pathTo, updateRecord } from '../../shared/run/records';
import type { Reference } from '../../shared/run/reference';
import type { Run } from '../../shared/run/run';
import { checkCreateOrUpdate, createOrUpdate, withOutcome } from '../../shared/run/upsert';
import { fieldOf } from '../../shared/spec/keys';
import { grouped } from '../../shared/spec/lists';
import type { Link, RecordId } from '../../shared/spec/record';
import type { Field, Recipe, Resource } from '../../shared/spec/resource';
import { BadInput } from '../../shared/spec/values';
import { type Batch, BATCH_SIZE, isBroken, isOver, startBatch, waitForBatches } from './batch';

/** What Deprovision leaves as it is, told in its output. */
const NOT_DONE = [
	'Sequences, templates and snippets of the user keep their owner',
	'Accounts that Outreach does not list (unnamed ones) keep their owner',
	'Mailboxes of the user stay connected',
	'Whether the seat is freed depends on the contract; users cannot be deleted through the API',
];

/** What was done: created, updated, locked, unlocked or unchanged. */
const OUTCOME: Field = { name: 'outcome', type: 'string' };

export const userRecipes: Recipe[] = [
	{
		name: 'provision',
		label: 'Provision',
		action: 'Provision user',
		description: 'Make sure that a user exists, is unlocked and has this role, profile and teams. Safe to run again.',
		simplify: true,
		output: { fields: [OUTCOME, { name: 'unlocked', type: 'boolean' }, { name: 'teamsAdded', type: 'strings' }] },
		inputs: [
			{ kind: 'value', name: 'email', type: 'email', required: true, description: 'Login of the user: created when there is none, updated otherwise' },
			{ kind: 'value', name: 'firstName', type: 'string', description: 'Needed when the user is new' },
			{ kind: 'value', name: 'lastName', type: 'string', description: 'Needed when the user is new' },
			{ kind: 'record', name: 'role', label: 'Role', resource: 'role', description: 'Place in the role hierarchy; empty leaves it as it is' },
			{ kind: 'record', name: 'profile', label: 'Profile', resource: 'profile', description: 'Set of permissions; empty leaves it as it is' },
			{ kind: 'record', name: 'teams', label: 'Teams', resource: 'team', multiple: true, description: 'Teams to be a member of; other memberships stay' },
			{ kind: 'fields', except: ['email', 'firstName', 'lastName', 'locked'] },
		],
		options: [
			{
				kind: 'value',
				name: 'sendInvite',
				type: 'boolean',
				default: true,
				description: 'Whether Outreach sends a new user an invitation. Outreach decides when the option is absent.',
			},
		],
	},
	{
		name: 'deprovision',
		label: 'Deprovision',
		action: 'Deprovision user and hand over records',
		description: 'Lock a user out, and hand prospects, accounts and open tasks to somebody else',
		record: true,
		output: {
			fields: [
				{ name: 'id', type: 'integer' },
				{ name: 'email', type: 'email' },
				{ name: 'firstName', type: 'string' },
				{ name: 'lastName', type: 'string' },
				{ name: 'locked', type: 'boolean' },
				OUTCOME,
				{ name: 'reassignedTo', type: 'integer' },
				{ name: 'prospects', type: 'json' },
				{ name: 'accounts', type: 'json' },
				{ name: 'tasks', type: 'json' },
				{ name: 'notDone', type: 'strings' },
			],
		},
		inputs: [
			{ kind: 'record', name: 'reassignTo', label: 'Reassign To', resource: 'user', description: 'User who takes over. Left empty, nothing is handed over: everything keeps the user who leaves as its owner.' },
		],
		options: [
			{
				kind: 'value',
				name: 'reassign',
				label: 'Reassign',
				type: 'multiOptions',
				options: [
					{ value: 'accounts', description: 'Accounts that the user owns' },
					{ value: 'prospects', description: 'Prospects that the user owns' },
					{ value: 'tasks', label: 'Open Tasks', description: 'Tasks of the user that are not complete' },
				],
				default: ['accounts', 'prospects', 'tasks'],
				description: 'What the other user takes over',
			},
			{
				kind: 'value',
				name: 'waitMinutes',
				label: 'Wait Until Reassigned (Minutes)',
				type: 'number',
				default: 10,
				description: 'How long to wait for the bulk changes to finish; 0 does not wait',
			},
		],
	},
	{
		name: 'reactivate',
		label: 'Reactivate',
		action: 'Reactivate user',
		description: 'Unlock a user',
		record: true,
		simplify: true,
		output: { fields: [OUTCOME] },
	},
];

interface ProvisionJob {
	entry: Entry;
	fields: IDataObject;
	role?: Reference;
	profile?: Reference;
	teams: Reference[];
	sendInvite?: boolean;
	record?: IDataObject;
}

/** The name as parameters of its own, since every new user needs one. */
function names(item: Item, user: Resource): IDataObject {
	const given = ['firstName', 'lastName'].map((name) => [name, item.value({ ...fieldOf(user, name), required: false })]);
	return Object.fromEntries(given.filter(([, value]) => value !== undefined)) as IDataObject;
}

export const provision: Handler<ProvisionJob> = {
	prepare(item) {
		const { run } = item;
		const user = run.resource('user');
		const email = String(item.value({ name: 'email', type: 'email', required: true }));
		return {
			entry: run.lookup.want(user, user.keys![0], email, { full: true }),
			role: item.reference('role', run.resource('role'), 'Role'),
			profile: item.reference('profile', run.resource('profile'), 'Profile'),
			teams: item.referencesOf('teams', run.resource('team'), 'Teams'),
			fields: { ...item.fields(run.operation, ['email', 'role', 'profile', 'teams']), ...names(item, user) },
			sendInvite: item.optionValue({ name: 'sendInvite', type: 'boolean' }) as boolean | undefined,
		};
	},
	check: async (job, item) => await checkCreateOrUpdate(item.run, job.entry, { fields: job.fields }, 'Email'),
	async work(job, item) {
		const links: Record<string, Link> = {};
		if (job.role) links.role = job.role.link;
		if (job.profile) links.profile = job.profile.link;
		const { record, outcome, answer, before } = await createOrUpdate(
			item.run,
			job.entry,
			{ fields: { ...job.fields, locked: false }, links },
			'Email',
			(input) => ({
				...input,
				// A new user is not locked, so nothing is said about it.
				fields: Object.fromEntries(Object.entries(input.fields).filter(([name]) => name !== 'locked')),
				...(job.sendInvite === undefined ? {} : { meta: { sendInvite: job.sendInvite } }),
			}),
		);
		job.record = record;
		const { resource } = job.entry;
		const unlocked = before ? item.run.apiOf(resource).value(before, 'locked') === true : false;
		const json = item.present(resource, record, answer);
		return [{ json: item.simplified ? withOutcome(json, outcome, { unlocked, teamsAdded: [] }) : json }];
	},
	/**
	 * Adds the users to their teams, one write per team: the team's list of members is replaced as a whole,
	 * so it is read right before, and all new members go in together.
	 */
	async finish(jobs, run, fail) {
		const wanted = grouped(jobs, ({ job }) => job.teams.map(({ id }) => id));
		const team = run.resource('team');
		const client = run.client(team);
		for (const [id, members] of wanted) {
			try {
				// Executions at the same time would each put back a list without the other's members.
				await run.inTurn(`team members\n${id}`, async () => {
					const { body } = await client.send({ method: 'GET', path: pathTo(team, id), purpose: `get team ${id}` });
					const current = client.api.linked(client.api.record(body), 'users');
					if (!current) {
						throw new BadInput(
							`Teams: Outreach does not tell the members of team ${id}, so none was added`,
							'Add the user in Outreach. The list of members can only be replaced as a whole, which would remove the others.',
						);
					}
					const known = new Set(current);
					const added = members.filter(({ job }) => !known.has(client.api.id(job.record!)));
					if (added.length === 0) return;
					const ids = [...new Set([...current, ...added.map(({ job }) => client.api.id(job.record!))])];
					await updateRecord(run, team, { id, fields: {}, links: { users: ids.map((user) => ({ resource: 'user', id: user })) } });
					for (const { outputs } of added) (outputs[0].json.teamsAdded as RecordId[] | undefined)?.push(id);
				});
			} catch (error) {
				for (const { item } of members) fail(item, error, 'The user was provisioned, but not added to all teams.');
			}
		}
	},
};

interface LockJob {
	record: Reference;
	entry: Entry;
}

/** The user with all attributes, also when chosen by id, so that a second run sends no write. */
function userOf(item: Item): LockJob {
	const user = item.run.resource('user');
	const record = recordOf(item, user, { full: true });
	return { record, entry: record.entry ?? item.run.lookup.want(user, { field: 'id', label: 'ID' }, String(record.id), { full: true }) };
}

/** Locks or unlocks, unless the user is in that state already. */
async function setLocked(run: Run, { entry }: LockJob, locked: boolean): Promise<{ record: IDataObject; changed: boolean }> {
	const api = run.apiOf(entry.resource);
	const before = await run.lookup.one(entry, entry.resource.label);
	if (api.value(before, 'locked') === locked) return { record: before, changed: false };
	const answer = await updateRecord(run, entry.resource, { id: api.id(before), fields: { locked } });
	return { record: api.record(answer), changed: true };
}

export const reactivate: Handler<LockJob> = {
	prepare: userOf,
	check: async ({ entry }, { run }) => void (await run.lookup.one(entry, 'User')),
	async work(job, item) {
		const { record, changed } = await setLocked(item.run, job, false);
		const json = item.present(job.entry.resource, record);
		return [{ json: item.simplified ? withOutcome(json, changed ? 'unlocked' : 'unchanged') : json }];
	},
};

interface DeprovisionJob extends LockJob {
	reassignTo?: LockJob;
	/** Ids of the leaver and of the user who takes over, once they are looked up. */
	from?: RecordId;
	to?: RecordId;
	what: string[];
	waitMs: number;
}

/** Who leaves and who takes over in a run: nobody does both. */
const plans = new WeakMap<Run, { leavers: Set<RecordId>; heirs: Set<RecordId> }>();

export const deprovision: Handler<DeprovisionJob> = {
	prepare(item) {
		const { run } = item;
		const user = run.resource('user');
		const reassignTo = item.refer(item.get<unknown>('reassignTo', undefined), user, 'Reassign To', false, { full: true });
		const minutes = item.option<number>('waitMinutes') ?? 10;
		return {
			...userOf(item),
			reassignTo: reassignTo && {
				record: reassignTo,
				entry: reassignTo.entry ?? run.lookup.want(user, { field: 'id', label: 'ID' }, String(reassignTo.id), { full: true }),
			},
			what: item.option<string[]>('reassign') ?? ['accounts', 'prospects', 'tasks'],
			waitMs: Math.max(0, Number(minutes) || 0) * 60_000,
		};
	},
	async check(job, { run }) {
		const { entry } = job;
		job.from = run.apiOf(entry.resource).id(await run.lookup.one(entry, 'User'));
		job.to = job.reassignTo && (await heir(run, job.reassignTo, job.from));
		const plan = plans.get(run) ?? { leavers: new Set(), heirs: new Set() };
		plans.set(run, plan);
		if (job.to !== undefined && plan.leavers.has(job.to)) throw new BadInput('Reassign To leaves in the same run', 'Choose somebody who stays.');
		if (plan.heirs.has(job.from)) throw new BadInput('User takes over from another one who leaves in the same run', 'Choose somebody who stays for the other one.');
		plan.leavers.add(job.from);
		if (job.to !== undefined) plan.heirs.add(job.to);
	},
	async work(job, item): Promise<Output[]> {
		const { run } = item;
		const api = run.apiOf(job.entry.resource);
		const from = job.from!;
		const { to } = job;

		const { record, changed } = await setLocked(run, job, true);
		const json: IDataObject = {
			id: from,
			email: api.value(record, 'email') as string,
			firstName: api.value(record, 'firstName') as string,
			lastName: api.value(record, 'lastName') as string,
			locked: true,
			outcome: changed ? 'locked' : 'unchanged',
		};
		const left = [...NOT_DONE];
		if (to === undefined) left.unshift('Nothing was reassigned, since no user was chosen');
		else {
			json.reassignedTo = to;
			try {
				left.unshift(...(await reassign(run, from, to, job, json)));
			} catch (error) {
				const failure = run.failure(error, item.index);
				failure.description = `The user is locked, but not everything was reassigned. Done so far: ${JSON.stringify(json)}. ${failure.description ?? ''}`;
				throw failure;
			}
		}
		return [{ json: { ...json, notDone: left } }];
	},
};

/** The user who takes over. @throws BadInput when it is the leaver, or locked as well. */
async function heir(run: Run, job: LockJob, leaver: RecordId): Promise<RecordId> {
	const api = run.apiOf(job.entry.resource);
	const record = await run.lookup.one(job.entry, 'Reassign To');
	if (api.id(record) === leaver) throw new BadInput('Reassign To is the user who leaves', 'Choose somebody else.');
	if (api.value(record, 'locked') === true) throw new BadInput('Reassign To is locked', 'Choose a user who can sign in.');
	return api.id(record);
}

/** A bulk change as the output shows it. */
function summary({ batchId, state, attributes }: Batch): IDataObject {
	return { batchId, state, ...(attributes.failures ? { failures: attributes.failures as number } : {}) };
}

/**
 * Hands over what `job` asks for and notes it in `json`.
 * @returns what was left, in words.
 * @throws NodeOperationError when Outreach gave up a bulk change.
 */
async function reassign(run: Run, from: RecordId, to: RecordId, job: DeprovisionJob, json: IDataObject): Promise<string[]> {
	const client = run.client(run.resource('user'));
	const owned = async (name: string, conditions: Array<[string, string[]]> = []): Promise<RecordId[]> => {
		const ids: RecordId[] = [];
		const query = {
			conditions: [
				{ path: ['owner', 'id'], operator: 'equals' as const, values: [String(from)] },
				...conditions.map(([field, values]) => ({ path: [field], operator: 'oneOf' as const, values })),
			],
			only: ['createdAt'],
		};
		for await (const { record } of list(run, run.resource(name), query)) ids.push(client.api.id(record));
		return ids;
	};

	const batches: Array<Batch & { what: string }> = [];
	const reports: Array<() => void> = [];
	for (const [what, resource, action] of [
		['prospects', 'prospect', 'prospectsAssignOwner'],
		['accounts', 'account', 'accountsAssignOwner'],
	]) {
		if (!job.what.includes(what)) continue;
		const ids = await owned(resource);
		const started: Batch[] = [];
		for (let i = 0; i < ids.length; i += BATCH_SIZE) {
			const body = { ownerId: to, ids: ids.slice(i, i + BATCH_SIZE) };
			started.push(await startBatch(client, { path: `/batches/actions/${action}`, body, confirmed: true, purpose: `reassign ${what}` }));
		}
		for (const batch of started) batches.push(Object.assign(batch, { what }));
		reports.push(() => void (json[what] = { count: ids.length, batches: started.map(summary) }));
		reports.at(-1)!();
	}
	if (job.what.includes('tasks')) {
		const ids = await owned('task', [['state', ['incomplete', 'pending']]]);
		const tasks = { count: 0, of: ids.length };
		json.tasks = tasks;
		await inParallel(ids, 5, async (id) => {
			await client.send({
				method: 'POST',
				path: `/tasks/${id}/actions/reassignOwner`,
				query: [['actionParams[ownerId]', String(to)]],
				repeatable: true,
				purpose: `reassign task ${id}`,
			});
			tasks.count++;
		});
	}
	await waitForBatches(run, client, batches, job.waitMs, (batch) => isOver(batch.attributes));
	for (const report of reports) report();
	const broken = batches.filter(({ state }) => isBroken(state));
	if (broken.length > 0) {
		throw new NodeOperationError(run.context.getNode(), `Outreach did not finish to reassign ${broken.map(({ what, batchId, state }) => `${what}: batch ${batchId} is ${state}`).join(', ')}`);
	}
	return batches.flatMap(({ what, batchId, attributes }) => {
		if (!isOver(attributes)) return [`The change of ${what} was not finished yet: see batch ${batchId}`];
		return Number(attributes.failures ?? 0) > 0 ? [`${String(attributes.failures)} ${what} kept their owner: see batch ${batchId}`] : [];
	});
}
