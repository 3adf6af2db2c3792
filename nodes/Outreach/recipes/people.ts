/** What Reconcile does for Outreach users beyond fields: role, profile and teams, and who takes over from those who leave. */
import type { Fate, Leaver, PeopleHooks, Person } from '../../shared/run/people/people';
import { nameOf } from '../../shared/run/plan';
import { displayName } from '../../shared/run/display';
import type { Reference } from '../../shared/run/reference';
import type { Run } from '../../shared/run/run';
import { grouped } from '../../shared/spec/lists';
import type { RecordId } from '../../shared/spec/record';
import { BadInput, isAbsent } from '../../shared/spec/values';
import { finishHandOver, type HandOver, handOverOf, startHandOver } from './handOver';
import { wholeUser } from './lock';
import { names } from './provision';
import { addToTeams, type Joining } from './teams';

interface Extra {
	teams: Reference[];
	sendInvite?: boolean;
}

interface Settings {
	to?: Reference;
	managerField?: string;
	what: string[];
	waitMs: number;
}

const extraOf = (person: Person) => person.more as Extra;

/** Teams of a person of the list that the vendor does not show on the user. */
function missingTeams(run: Run, person: Person, before?: object): RecordId[] {
	const { teams } = extraOf(person);
	if (teams.length === 0) return [];
	const now = before && run.apiOf(run.resource('user')).linked(before as never, 'teams');
	return teams.map(({ id }) => id).filter((id) => !now?.includes(id));
}

/** Takes a team out of what was done. */
function withoutTeam(fate: Fate, team: string | RecordId): void {
	fate.changes = fate.changes
		.map((change) => (change.field === 'teams' ? { ...change, to: (change.to as Array<string | RecordId>).filter((one) => one !== team) as string[] } : change))
		.filter(({ field, to }) => field !== 'teams' || (to as string[]).length > 0);
	if (fate.outcome === 'updated' && fate.changes.length === 0) fate.outcome = 'refused';
}

/** Who takes over from whom, in this run. */
const heirs = new WeakMap<Leaver, RecordId>();

export const userPeople: PeopleHooks = {
	read(item) {
		const { run } = item;
		const role = item.reference('role', run.resource('role'), 'Role');
		const profile = item.reference('profile', run.resource('profile'), 'Profile');
		const extra: Extra = { teams: item.referencesOf('teams', run.resource('team'), 'Teams'), sendInvite: item.optionValue({ name: 'sendInvite', type: 'boolean' }) as boolean | undefined };
		return { fields: names(item, run.resource('user')), links: { ...(role ? { role } : {}), ...(profile ? { profile } : {}) }, more: extra };
	},
	settings(item): Settings {
		return {
			to: item.refer(item.get<unknown>('reassignTo', ''), item.run.resource('user'), 'Hand Over To', false, { full: true }),
			managerField: item.option<string>('managerField'),
			...handOverOf(item),
		};
	},
	needs: (settings, people) => [...(people.some((person) => extraOf(person).teams.length > 0) ? ['teams'] : []), ...((settings as Settings).managerField ? [(settings as Settings).managerField!] : [])],
	differs(run, person, before) {
		const missing = missingTeams(run, person, before);
		return missing.length > 0 ? [{ field: 'teams', to: missing.map((id) => nameOf(run, ['team'], id)) }] : [];
	},
	creating: (input, person) => {
		const { sendInvite } = extraOf(person);
		return sendInvite === undefined ? input : { ...input, meta: { sendInvite } };
	},
	async finish(run, people, fail) {
		const entries = people.map((one) => ({ ...one, teams: missingTeams(run, one.person, one.before) }));
		const joining = [...grouped(entries, ({ teams }) => teams)].map(([id, members]): [RecordId, Joining[]] => [
			id,
			members.map(({ id: user, fate }) => ({
				user,
				added: () => undefined,
				failed(error) {
					withoutTeam(fate, nameOf(run, ['team'], id));
					fail(fate, error);
				},
			})),
		]);
		await addToTeams(run, new Map(joining));
	},
	async plan(run, leavers, given) {
		const { to, managerField } = given as Settings;
		if (!to && !managerField) return;
		const user = run.resource('user');
		const client = run.client(user);
		const managers = leavers.map((leaver) => {
			const manager = managerField ? leaver.values[managerField] : undefined;
			const email = String(manager ?? '').trim();
			if (!isAbsent(manager) && !email.includes('@')) leaver.error = new BadInput(`${managerField} is "${email}", not the email of a manager`, 'Map the email of the manager to this field.');
			if (email.includes('@')) return { leaver, entry: run.lookup.want(user, user.keys![0], email, { full: true }), label: `Manager (${managerField})` };
			return { leaver, entry: to && wholeUser(run, to), label: 'Hand Over To' };
		});
		await run.lookup.resolve();
		const leaving = new Set(leavers.map(({ id }) => id));
		for (const { leaver, entry, label } of managers) {
			if (leaver.error) continue;
			try {
				if (!entry) throw new BadInput(`${managerField} is empty, so that nobody takes over`, 'Choose somebody under "Hand Over To", or map the manager of each person to this field.');
				const heir = await run.lookup.one(entry, label);
				const id = client.api.id(heir);
				if (leaving.has(id)) throw new BadInput(`${label} ${displayName(client, user, heir)} leaves in the same run`, 'Choose somebody who stays.');
				if (client.api.value(heir, 'locked') === true) throw new BadInput(`${label} ${displayName(client, user, heir)} is locked`, 'Choose a user who can sign in.');
				heirs.set(leaver, id);
				leaver.more.handOverTo = displayName(client, user, heir);
			} catch (error) {
				leaver.error = error as Error;
			}
		}
	},
	/** Begins to hand over before the user is locked: a run that breaks off in between is made up for by the next one. */
	async retiring(run, leaver, given) {
		const { what, waitMs } = given as Settings;
		const heir = heirs.get(leaver);
		if (heir === undefined) return undefined;
		const [begun] = await Promise.allSettled([startHandOver(run, leaver.id!, heir, what, leaver.more)]);
		// Access comes first: the user is locked also when Outreach refuses the rest.
		return async () => {
			try {
				if (begun.status === 'rejected') throw begun.reason;
				const left = await finishHandOver(run, (begun as PromiseFulfilledResult<HandOver>).value, waitMs);
				if (left.length > 0) leaver.more.notDone = left;
			} catch (error) {
				const failure = run.failure(error, 0);
				failure.message = (error as Error).message;
				failure.description = `The user is locked, but not everything was handed over. Use Deprovision for this user; it can be run again. ${failure.description ?? ''}`.trim();
				throw failure;
			}
		};
	},
};
