/** Members of teams. */
import { readBack, settled } from '../../shared/run/confirm';
import { pathTo } from '../../shared/run/reads';
import { updateRecord } from '../../shared/run/records';
import type { Run } from '../../shared/run/run';
import type { RecordId } from '../../shared/spec/record';
import type { Resource } from '../../shared/spec/resource';
import { BadInput } from '../../shared/spec/values';

/** Somebody who belongs into a team, and who hears what became of it. */
export interface Joining {
	/** Undefined for somebody who would be created. */
	user?: RecordId;
	/** In a dry run: would be added. */
	planned?(team: string | RecordId): void;
	added(): void;
	failed(error: unknown): void;
}

/** Members of a team, as the answer of a write shows them, or a read after it. */
async function membersOf(run: Run, team: Resource, id: RecordId, answer: unknown, wanted: RecordId[]): Promise<Set<string>> {
	const api = run.apiOf(team);
	const shown = api.linked(api.record(answer), 'users');
	const read = async () => api.linked(api.record(await readBack(run, team, id)), 'users') ?? [];
	const now = shown ?? (await settled(run.client(team), read, (users) => wanted.every((user) => users.includes(user))));
	return new Set(now.map(String));
}

const missing = (team: RecordId, users: string) =>
	new BadInput(`Teams: Outreach accepted the members of team ${team}, but does not show user ${users} among them`, 'Look at the team in Outreach, and run again.');

/**
 * Adds users to their teams, one write per team: the team's list of members is replaced as a whole,
 * so it is read right before, and all new members go in together.
 */
export async function addToTeams(run: Run, wanted: Map<RecordId, Joining[]>): Promise<void> {
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
				const joining = members.filter(({ user }) => user === undefined || !known.has(user));
				if (run.dryRun) {
					const name = String(client.api.value(client.api.record(body), 'name') ?? id);
					for (const one of joining) one.planned?.(name);
					return;
				}
				if (joining.length === 0) return;
				const ids = [...new Set([...current, ...joining.map(({ user }) => user!)])];
				const answer = await updateRecord(run, team, { id, fields: {}, links: { users: ids.map((user) => ({ resource: 'user', id: user })) } });
				const now = await membersOf(run, team, id, answer, ids);
				const lost = current.filter((user) => !now.has(String(user)));
				if (lost.length > 0) throw missing(id, lost.join(', '));
				for (const one of joining) {
					if (now.has(String(one.user))) one.added();
					else one.failed(missing(id, String(one.user)));
				}
			});
		} catch (error) {
			for (const one of members) one.failed(error);
		}
	}
}
