/** Operations of SCIM beyond the standard ones: changes that are safe to repeat, and any PatchOp. */
import type { IDataObject } from 'n8n-workflow';

import { recordOf } from '../../shared/run/answers';
import { unchanged } from '../../shared/run/applied';
import { confirmWrite, settled } from '../../shared/run/confirm';
import type { Handler } from '../../shared/run/handler';
import type { Item } from '../../shared/run/item';
import { about, changesBetween, Planned, recordBefore } from '../../shared/run/plan';
import { pathTo } from '../../shared/run/reads';
import { sendChange, updateRecord } from '../../shared/run/records';
import type { Reference } from '../../shared/run/reference';
import type { Run } from '../../shared/run/run';
import { grouped } from '../../shared/spec/lists';
import type { RecordId } from '../../shared/spec/record';
import type { Field } from '../../shared/spec/resource';
import { BadInput, isAbsent } from '../../shared/spec/values';
import { ROW } from '../resources/scimPatch';
import { membersOf, patchOf, quoted } from '../wire/scim';

/** Members that one request adds or removes. */
const MEMBERS = 100;

/** Activates or deactivates a user who is not in that state already. */
export function setActive(active: boolean): Handler<Reference> {
	return {
		prepare: (item) => recordOf(item, item.run.operation.resource, { full: true }),
		async work(user, item) {
			const { run } = item;
			const { resource } = run.operation;
			const api = run.apiOf(resource);
			const before = user.found ?? api.record(await read(run, user));
			const changed = api.value(before, 'active') !== active;
			if (run.dryRun) {
				const changes = changesBetween(run, resource, before, { fields: { active } });
				throw new Planned({ action: changed ? (active ? 'activate' : 'deactivate') : 'none', ...about(run, resource, user.id, before), changes });
			}
			const record = changed ? api.record(await updateRecord(run, resource, { id: user.id, fields: { active } })) : before;
			const json = item.present(resource, record);
			return [{ json: item.simplified ? { ...json, outcome: changed ? (active ? 'activated' : 'deactivated') : 'unchanged' } : json }];
		},
	};
}

async function read(run: Run, { resource, id }: Reference): Promise<unknown> {
	const { body } = await run.client(resource).send({ method: 'GET', path: pathTo(resource, id), purpose: `get ${resource.singular} ${id}` });
	return body;
}

interface Membership {
	user: Reference;
	group: Reference;
}

/** Adds users to groups, or removes them: each group is read and changed once for all items. */
export function membership(add: boolean): Handler<Membership> {
	return {
		prepare: (item) => ({
			user: recordOf(item, item.run.operation.resource),
			group: item.reference('group', item.run.resource('scimGroup'), 'Group', true)!,
		}),
		async work({ user, group }, { run }) {
			if (run.dryRun) throw new Planned({ action: 'none', ...about(run, user.resource, user.id, await recordBefore(run, user.resource, user.id)), more: { groupId: group.id } });
			return [{ json: { userId: user.id, groupId: group.id, outcome: 'unchanged' } }];
		},
		async finish(jobs, run, fail) {
			for (const entries of grouped(jobs, ({ job }) => [job.group.id]).values()) {
				const { group } = entries[0].job;
				const api = run.apiOf(group.resource);
				let pending = entries;
				try {
					const record = api.record(await read(run, group));
					// Groups without members may come without the list.
					const linked = api.linked(record, 'members');
					const current = linked && new Set(linked);
					for (const { outputs } of entries) outputs[0].json.groupName = api.value(record, 'displayName') as string;
					pending = entries.filter(({ job }) => current === undefined || current.has(String(job.user.id)) !== add);
					if (run.dryRun) {
						const name = api.value(record, 'displayName') as string;
						for (const { outputs } of pending) Object.assign(outputs[0].json, { action: add ? 'add' : 'remove', changes: [{ field: 'group', from: add ? null : name, to: add ? name : null }] });
						continue;
					}
					const ids = [...new Set(pending.map(({ job }) => String(job.user.id)))];
					for (let i = 0; i < ids.length; i += MEMBERS) {
						const chunk = ids.slice(i, i + MEMBERS);
						const sent = new Set(chunk);
						const operations: IDataObject[] = add
							? [{ op: 'add', path: 'members', value: membersOf(chunk) }]
							: chunk.map((id) => ({ op: 'remove', path: `members[value eq ${quoted(id)}]` }));
						const answer = await sendChange(run, group.resource, group.id, patchOf(operations), { answer: false });
						const isSent = ({ job }: (typeof jobs)[number]) => sent.has(String(job.user.id));
						const shows = (now?: Set<string>) => !now || chunk.every((id) => now.has(id) === add);
						const now = await membersNow(run, group, answer, shows);
						for (const { job, outputs, item } of pending.filter(isSent)) {
							// Without a list of members nothing can be said.
							if (now && now.has(String(job.user.id)) !== add) fail(item, unchanged(api, group.resource, `user ${job.user.id} is ${add ? 'not among' : 'still among'} the members`), '');
							else Object.assign(outputs[0].json, { outcome: add ? 'added' : 'removed', ...(now ? {} : { confirmed: false }) });
						}
						pending = pending.filter((entry) => !isSent(entry));
					}
				} catch (error) {
					for (const { item } of pending) fail(item, error, '');
				}
			}
		},
	};
}

/** Members of a group as the answer of a change shows them, or a read after it; undefined if neither does. */
async function membersNow(run: Run, group: Reference, answer: unknown, shows: (now?: Set<string>) => boolean): Promise<Set<string> | undefined> {
	const api = run.apiOf(group.resource);
	const members = (shown: unknown) => {
		const record = api.record(shown);
		// An empty group can come without the list.
		return api.linked(record, 'members') ?? (api.id(record) === 'undefined' ? undefined : []);
	};
	const asSet = (ids?: RecordId[]) => ids && new Set(ids.map(String));
	return await settled(run.client(group.resource), async () => asSet(members(await read(run, group))), shows, asSet(api.linked(api.record(answer), 'members')));
}

/** What simple operations set, by field. */
function setBy(operations: IDataObject[]): IDataObject {
	return Object.fromEntries(operations.filter(({ op, path }) => op !== 'remove' && typeof path === 'string').map(({ path, value }) => [path, value]));
}

interface PatchJob {
	record: Reference;
	operations: IDataObject[];
}

/** Changes a record by operations that the user writes. */
export const patch: Handler<PatchJob> = {
	prepare(item) {
		const rows = item.get<{ row?: IDataObject[] }>('patch', {}).row ?? [];
		if (rows.length === 0) throw new BadInput('Operations: there is nothing to change', 'Add at least one operation.');
		return { record: recordOf(item, item.run.operation.resource), operations: rows.map((row, i) => operationOf(item, row, i + 1)) };
	},
	async work({ record, operations }, item) {
		const { run } = item;
		const sent = await sendChange(run, record.resource, record.id, patchOf(operations), {
			answer: false,
			async plan() {
				const before = await recordBefore(run, record.resource, record.id);
				const api = run.apiOf(record.resource);
				const changes = operations.map(({ op, path, value }) => {
					const now = before && typeof path === 'string' ? api.value(before, path) : undefined;
					return { field: String(path ?? ''), ...(now === undefined ? {} : { from: now as IDataObject }), to: op === 'remove' ? null : (value as IDataObject) };
				});
				return { action: 'update', ...about(run, record.resource, record.id, before), changes, more: { operations } };
			},
		});
		const answer = await confirmWrite(run, record.resource, { id: record.id, fields: setBy(operations) }, sent);
		return [{ json: item.present(record.resource, run.apiOf(record.resource).record(answer), answer) }];
	},
};

/** One row of the builder. @throws BadInput naming the row and what is missing. */
function operationOf(item: Item, row: IDataObject, number: number): IDataObject {
	const [op, path, kind] = ROW.slice(0, 3).map((field) => item.value(field, row[field.name] ?? field.options?.[0].value));
	const named = `Operations: number ${number} (${String(op)})`;
	const target = isAbsent(path) ? undefined : String(path).trim();
	if (op === 'remove') {
		if (!target) throw new BadInput(`${named} has no path`, 'Enter the attribute to remove.');
		if (isAbsent(row.value)) return { op, path: target };
	}
	if (isAbsent(row.value)) throw new BadInput(`${named} has no value`, 'Enter a value, or choose the operation "Remove" to clear the attribute.');
	const json: Field = { name: 'value', label: `${named}: value`, type: 'json' };
	const value = kind === 'json' ? item.value(json, row.value) : row.value;
	if (!target && (typeof value !== 'object' || value === null || Array.isArray(value))) {
		throw new BadInput(`${named} has no path`, 'Enter the attribute to change. Without a path, the value must be a JSON object of attributes.');
	}
	return { op, ...(target ? { path: target } : {}), value };
}
