/** People onto accounts and email lists, by their email: who exists is linked, who does not is created. */
import { type IDataObject, NodeApiError } from 'n8n-workflow';

import { done, isSilent } from '../../shared/run/answers';
import { unchanged } from '../../shared/run/applied';
import { settled } from '../../shared/run/confirm';
import type { Handler } from '../../shared/run/handler';
import type { Item } from '../../shared/run/item';
import type { Entry } from '../../shared/run/lookup';
import { about, type Change, changesBetween, nameOf, Planned } from '../../shared/run/plan';
import { createRecord } from '../../shared/run/records';
import type { Reference } from '../../shared/run/reference';
import type { Run } from '../../shared/run/run';
import type { RecordId } from '../../shared/spec/record';
import type { Resource } from '../../shared/spec/resource';
import { BadInput, isAbsent } from '../../shared/spec/values';
import { at } from '../wire/nested';
import { CHILD_ROWS } from '../wire/query';

interface Job {
	person: Entry;
	/** The link, when it is looked up among those of the parent. */
	row?: Reference;
	email: string;
	fields: IDataObject;
}

/** What a link between a person and something else looks like at the vendor. */
interface Linking {
	/** Of a person's record: what tells that the link exists. */
	include: string[];
	exists(person: IDataObject, parent: unknown): IDataObject | undefined;
	/** Of a person's record: the links that it shows. */
	rows(person: IDataObject): unknown;
	/** Sent beside the person. */
	body(parent: unknown): IDataObject;
	/** Words for the outcome and for what a dry run plans. */
	done: string;
	action: string;
	/** Links of a parent come with one request, whatever their number. */
	listed?: boolean;
}

/** So many items for each parent make it cheaper to read the links of the parent than those of each person. */
const MANY = 4;

export const MEMBERSHIP: Linking = {
	include: ['PersonAccount.Account'],
	exists: (person, account) => rowOf(person.PersonAccount, 'Account.Uid', account),
	rows: (person) => person.PersonAccount,
	body: (account) => ({ Account: { Uid: account } }),
	done: 'added',
	action: 'add',
	listed: true,
};

const SUBSCRIPTION: Linking = {
	include: ['EmailListPerson.EmailList'],
	// Those who left the list have a row of another status.
	exists: (person, list) => {
		const row = rowOf(person.EmailListPerson, 'EmailList.Uid', list);
		return row && ![2, 3].includes(Number(row.EmailListSubscriberStatus)) ? row : undefined;
	},
	rows: (person) => person.EmailListPerson,
	body: (list) => ({ EmailList: { Uid: list } }),
	done: 'subscribed',
	action: 'subscribe',
};

const rowOf = (rows: unknown, path: string, uid: unknown) => (Array.isArray(rows) ? (rows as IDataObject[]) : []).find((row) => at(row, path) === uid);

/** Whether many items share few parents; counted once per run. */
function crowded(run: Run): boolean {
	let answer = crowds.get(run);
	if (answer === undefined) {
		const parents = run.items.map((_, i) => {
			try {
				return JSON.stringify(run.context.getNodeParameter('parent', i, ''));
			} catch {
				// Told to its own item.
				return `item ${i}`;
			}
		});
		answer = parents.length >= MANY * new Set(parents).size;
		crowds.set(run, answer);
	}
	return answer;
}

const crowds = new WeakMap<Run, boolean>();

function linking({ include, exists, rows: rowsOf, body, done, action, listed }: Linking): Handler<Job> {
	const look = (item: Item, person: Resource, email: string, links: boolean) => item.run.lookup.want(person, person.keys![0], email, links ? { include } : {});
	return {
		prepare(item) {
			const person = item.run.resource('person');
			const { Email, ...fields } = item.fields(item.run.operation, ['Uid']);
			if (isAbsent(Email)) throw new BadInput('Email is missing', 'Map the email of the person.');
			// People with their links come 25 to a page, without them 100.
			const apart = listed === true && crowded(item.run);
			const row = apart ? item.find({ mode: 'email', value: Email }, item.run.operation.resource, 'Person') : undefined;
			return { person: look(item, person, String(Email), !apart), email: String(Email), fields, ...(row ? { row } : {}) };
		},
		async check({ person, row }, item) {
			await item.run.lookup.found(person);
			if (row?.entry) await item.run.lookup.found(row.entry);
		},
		async work({ person, row: link, email, fields }, item) {
			const { run } = item;
			const place = item.inside(run.operation.resource);
			const parent = item.parent()!.id;
			return await run.inTurn(`person\n${email.toLowerCase()}`, async () => {
				const output = (record: IDataObject, outcome: string) => {
					if (run.dryRun) throw new Planned({ action: 'none', ...who(run, email, known) });
					const json = item.present(place, record);
					return [{ json: item.simplified ? { ...json, outcome } : json }];
				};
				let [known] = await run.lookup.found(person);
				if (known && link?.entry && !link.found && isPart(link.entry.answer)) {
					// The account shows some of its members only; the person shows the accounts.
					run.lookup.forget(look(item, run.resource('person'), email, true));
					[known] = await run.lookup.found(person);
				}
				const row = link?.found ?? (known && exists(known, parent));
				if (row && known) return output({ ...row, Person: { Uid: known.Uid, Email: known.Email } }, 'unchanged');
				if (known && !row) assertAll(rowsOf(known), email);
				const own = Object.fromEntries(Object.entries(fields).filter(([name]) => !isPersonal(place, name)));
				const send = async (record: IDataObject | undefined) => {
					const input = record ? { ...own } : { ...fields, Email: email };
					const encoded = record ? { ...input, person: record.Uid as string } : input;
					const plan = () => ({
						action,
						...who(run, email, record),
						changes: [joined(run, place, parent), ...changesBetween(run, place, undefined, { fields: input }, true)],
						more: { newPerson: record === undefined },
					});
					return await createRecord(run, withReferences(place, body(parent)), { fields: { ...encoded, ...body(parent) }, query: item.writeQuery() }, plan);
				};
				const settle = (answer: unknown) => {
					const created = (at(answer, 'Person') ?? {}) as IDataObject;
					const now: IDataObject = { ...(known ?? {}), ...created, Email: email };
					const rows = (now.PersonAccount ?? now.EmailListPerson ?? []) as IDataObject[];
					const added = { ...(answer as IDataObject), ...body(parent) };
					if (link?.entry) run.lookup.remember(link.entry, added);
					if (now.Uid) run.lookup.remember(person, { ...now, [include[0].split('.')[0]]: [...rows, added] });
					else run.lookup.forget(person);
					return output(answer as IDataObject, done);
				};
				/** The new link as the answer shows it, or the person after it. @throws BadInput if neither does. */
				const confirmed = async (answer: unknown): Promise<unknown> => {
					const shown = at(answer, include[0].split('.')[1]) as IDataObject | undefined;
					if (!isAbsent(at(answer, 'Uid')) && (shown?.Uid ?? parent) === parent) return answer;
					const personNow = async () => {
						run.lookup.forget(look(item, run.resource('person'), email, true));
						return (await run.lookup.found(person)).at(0);
					};
					const now = await settled(run.client(place), personNow, (one) => one !== undefined && exists(one, parent) !== undefined);
					const added = now && exists(now, parent);
					if (now && added) return { ...added, Person: { Uid: now.Uid, Email: now.Email } };
					throw unchanged(run.apiOf(place), place, `${email} does not have it`);
				};
				const [first] = await Promise.allSettled([send(known)]);
				if (first.status === 'fulfilled') return settle(await confirmed(first.value));
				if (first.reason instanceof Planned) throw first.reason;
				// Somebody may have made the person, or the link, since the look-up.
				if (!(first.reason instanceof NodeApiError) || first.reason.httpCode !== '400') throw run.failure(first.reason, item.index);
				run.lookup.forget(look(item, run.resource('person'), email, true));
				const [now] = await run.lookup.found(person);
				const late = now && exists(now, parent);
				if (late) return output({ ...late, Person: { Uid: now.Uid, Email: now.Email } }, 'unchanged');
				if (known || !now) throw run.failure(first.reason, item.index);
				return settle(await confirmed(await send(now)));
			});
		},
	};
}

/** The person of a plan. */
const who = (run: Run, email: string, person?: IDataObject) => (person ? about(run, run.resource('person'), person.Uid as string, person) : { name: email });

/** What the person would be added to. */
function joined(run: Run, { parent }: Resource, id: RecordId): Change {
	return { field: parent!.resource, from: null, to: nameOf(run, [parent!.resource], id) };
}

/** Whether an account can have more members than the answer shows. */
const isPart = (account: unknown) => ((at(account, 'PersonAccount') as unknown[] | undefined)?.length ?? 0) >= CHILD_ROWS;

/** @throws BadInput if a person can have more links than the vendor shows with the person. */
function assertAll(rows: unknown, email: string): void {
	if (!Array.isArray(rows) || rows.length < CHILD_ROWS) return;
	throw new BadInput(
		`Outseta shows only ${rows.length} links of ${email}, and there may be more`,
		'Look at the person in Outseta. Nothing was changed, because the person may be linked already.',
	);
}

/** Fields that describe the person rather than the link. */
export const isPersonal = (resource: Resource, name: string) => resource.fields.find((f) => f.name === name)?.wire?.startsWith('Person.') ?? false;

/** The resource with the references of a new row among its fields. */
export function withReferences(resource: Resource, body: IDataObject): Resource {
	const more = Object.keys(body).map((name) => ({ name, type: 'json' as const }));
	return { ...resource, fields: [...resource.fields, ...more, { name: 'person', type: 'string', wire: 'Person.Uid' }] };
}

export const add = linking(MEMBERSHIP);

export const subscribe = linking(SUBSCRIPTION);

export const subscribePublic: Handler<{ email: string; fields: IDataObject }> = {
	prepare(item) {
		const { Email, ...fields } = item.fields(item.run.operation, ['Uid']);
		if (isAbsent(Email)) throw new BadInput('Email is missing', 'Map the email of the person.');
		return { email: String(Email), fields };
	},
	async work({ email, fields }, item) {
		const place = item.inside(item.run.operation.resource);
		const references = SUBSCRIPTION.body(item.parent()!.id);
		const open = { ...withReferences(place, references), path: `/public${place.path}` };
		const input = { ...fields, Email: email };
		const answer = await createRecord(item.run, open, { fields: { ...input, ...references }, query: item.writeQuery() }, () => ({
			...{ action: SUBSCRIPTION.action, name: email },
			changes: [joined(item.run, place, item.parent()!.id), ...changesBetween(item.run, place, undefined, { fields: input }, true)],
		}));
		return [isSilent(answer) ? done() : { json: item.present(place, answer as IDataObject, answer) }];
	},
};
