/** Members of teams. */
import { pathTo, updateRecord } from '../../shared/run/records';
import type { Run } from '../../shared/run/run';
import type { RecordId } from '../../shared/spec/record';
import { BadInput } from '../../shared/spec/values';

/** Somebody who belongs into a team, and who hears what became of it. */
export interface Joining {
	/** Undefined for somebody who would be created. */
	user?: RecordId;
	/** In a dry run: would be added. */
	planned?(team: string | RecordId): void;
	/** @param missed the vendor accepted it and did not do it. */
	added(missed: boolean): void;
	failed(error: unknown): void;
}

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
						`Teams: Outreach does not tell the members of team ${id}, so none was added`,
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
				const now = client.api.linked(client.api.record(answer), 'users');
				for (const one of joining) one.added(now !== undefined && !now.includes(one.user!));
			});
		} catch (error) {
			for (const one of members) one.failed(error);
		}
	}
}
