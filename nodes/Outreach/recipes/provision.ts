/** Provision: a user exists, is unlocked, and has a role, a profile and teams. */
import type { IDataObject } from 'n8n-workflow';

import { readBack } from '../../shared/run/confirm';
import type { Handler } from '../../shared/run/handler';
import type { Item } from '../../shared/run/item';
import type { Entry } from '../../shared/run/lookup';
import { addChange, nameOf } from '../../shared/run/plan';
import { pathTo } from '../../shared/run/reads';
import { updateRecord } from '../../shared/run/records';
import type { Reference } from '../../shared/run/reference';
import type { Run } from '../../shared/run/run';
import { checkCreateOrUpdate, createOrUpdate, withOutcome } from '../../shared/run/upsert';
import { fieldOf } from '../../shared/spec/keys';
import { grouped } from '../../shared/spec/lists';
import type { Link, RecordId } from '../../shared/spec/record';
import type { Resource } from '../../shared/spec/resource';
import { BadInput } from '../../shared/spec/values';

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

/** Members of a team, as the answer of a write shows them, or a read after it. */
async function membersOf(run: Run, team: Resource, id: RecordId, answer: unknown): Promise<Set<string>> {
	const api = run.apiOf(team);
	const shown = api.linked(api.record(answer), 'users') ?? api.linked(api.record(await readBack(run, team, id)), 'users') ?? [];
	return new Set(shown.map(String));
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
		if (item.run.dryRun) [job.record] = await item.run.lookup.found(job.entry);
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
							`Teams: Outreach does not show all members of team ${id}, so none was added`,
							'Add the user in Outreach. The list of members can only be replaced as a whole, which would remove the others.',
						);
					}
					const known = new Set(current);
					const added = members.filter(({ job }) => !job.record || !known.has(client.api.id(job.record)));
					if (run.dryRun) {
						const name = String(client.api.value(client.api.record(body), 'name') ?? id);
						const people = new Set(added.map(({ job }) => job.entry.alike));
						for (const { job, outputs } of added) {
							// Of several items about one person, the first one adds it.
							if (!people.delete(job.entry.alike)) continue;
							const before = job.record ? client.api.linked(job.record, 'teams') : [];
							addChange(outputs[0].json, 'teams', name, before?.map((known) => nameOf(run, ['team'], known)));
						}
						return;
					}
					if (added.length === 0) return;
					const ids = [...new Set([...current, ...added.map(({ job }) => client.api.id(job.record!))])];
					const answer = await updateRecord(run, team, { id, fields: {}, links: { users: ids.map((user) => ({ resource: 'user', id: user })) } });
					const now = await membersOf(run, team, id, answer);
					const missing = ids.filter((user) => !now.has(String(user)));
					if (missing.length > 0) {
						throw new BadInput(
							`Teams: Outreach accepted the members of team ${id}, but does not show user ${missing.join(', ')} among them`,
							'Look at the team in Outreach, and run again.',
						);
					}
					for (const { outputs } of added) (outputs[0].json.teamsAdded as RecordId[] | undefined)?.push(id);
				});
			} catch (error) {
				for (const { item } of members) fail(item, error, 'The user was provisioned, but not added to all teams.');
			}
		}
	},
};
