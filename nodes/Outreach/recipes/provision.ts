/** Provision: a user exists, is unlocked, and has a role, a profile and teams. */
import type { IDataObject } from 'n8n-workflow';

import type { Handler } from '../../shared/run/handler';
import type { Item } from '../../shared/run/item';
import type { Entry } from '../../shared/run/lookup';
import { addChange, nameOf } from '../../shared/run/plan';
import type { Reference } from '../../shared/run/reference';
import { checkCreateOrUpdate, createOrUpdate, withOutcome } from '../../shared/run/upsert';
import { fieldOf } from '../../shared/spec/keys';
import { grouped } from '../../shared/spec/lists';
import type { Link, RecordId } from '../../shared/spec/record';
import type { Resource } from '../../shared/spec/resource';
import { addToTeams, type Joining } from './teams';

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
export function names(item: Item, user: Resource): IDataObject {
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
	/** Adds the users to their teams. */
	async finish(jobs, run, fail) {
		const api = run.apiOf(run.resource('user'));
		const planned = new Map<RecordId, Set<unknown>>();
		/** Of several items about one person, the first one adds it. */
		const isFirst = (team: RecordId, person: unknown) => {
			const people = planned.get(team) ?? new Set();
			planned.set(team, people);
			return people.size < people.add(person).size;
		};
		const joining = [...grouped(jobs, ({ job }) => job.teams.map(({ id }) => id))].map(([id, members]): [RecordId, Joining[]] => [
			id,
			members.map(({ job, item, outputs }) => ({
				user: job.record && api.id(job.record),
				planned(name) {
					const before = job.record ? api.linked(job.record, 'teams') : [];
					if (isFirst(id, job.entry.alike)) addChange(outputs[0].json, 'teams', name, before?.map((known) => nameOf(run, ['team'], known)));
				},
				added: () => void (outputs[0].json.teamsAdded as RecordId[] | undefined)?.push(id),
				failed: (error) => fail(item, error, 'The user was provisioned, but not added to all teams.'),
			})),
		]);
		await addToTeams(run, new Map(joining));
	},
};
