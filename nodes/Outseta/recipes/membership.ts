/** People onto accounts and email lists, by their email: who exists is linked, who does not is created. */
import { NodeApiError, type IDataObject } from 'n8n-workflow';

import type { Handler } from '../../shared/execute';
import { BadInput, isAbsent } from '../../shared/fields';
import type { Item } from '../../shared/item';
import type { Entry } from '../../shared/lookup';
import { createRecord } from '../../shared/operations';
import type { Recipe, Resource } from '../../shared/spec';
import { at } from '../wire';

export const membershipRecipes: Recipe[] = [
	{
		name: 'add',
		label: 'Add',
		action: 'Add membership',
		description: 'Add a person to an account by email; one who does not exist yet is created, one who belongs to it already stays as is',
		parent: true,
		simplify: true,
		inputs: [{ kind: 'fields' }],
		output: { fields: [{ name: 'outcome', type: 'string' }] },
	},
];

export const listRecipes: Recipe[] = [
	{
		name: 'subscribe',
		label: 'Subscribe',
		action: 'Subscribe to list',
		description: 'Put a person on the list by email; one who does not exist yet is created, one who is on it already stays as is',
		parent: true,
		simplify: true,
		inputs: [{ kind: 'fields' }],
		output: { fields: [{ name: 'outcome', type: 'string' }] },
	},
	{
		name: 'subscribePublic',
		label: 'Subscribe (Public Form)',
		action: 'Subscribe to list by the public form',
		description: 'Put a person on the list as the public form does, which guards itself against robots',
		parent: true,
		simplify: true,
		inputs: [{ kind: 'fields' }],
	},
];

interface Job {
	person: Entry;
	email: string;
	fields: IDataObject;
}

/** What a link between a person and something else looks like at the vendor. */
interface Linking {
	/** Of a person's record: what tells that the link exists. */
	include: string[];
	exists(person: IDataObject, parent: unknown): IDataObject | undefined;
	/** Sent beside the person. */
	body(parent: unknown): IDataObject;
	/** Word for the outcome. */
	done: string;
}

const MEMBERSHIP: Linking = {
	include: ['PersonAccount.Account'],
	exists: (person, account) => rowOf(person.PersonAccount, 'Account.Uid', account),
	body: (account) => ({ Account: { Uid: account } }),
	done: 'added',
};

const SUBSCRIPTION: Linking = {
	include: ['EmailListPerson.EmailList'],
	// Those who left the list have a row of another status.
	exists: (person, list) => {
		const row = rowOf(person.EmailListPerson, 'EmailList.Uid', list);
		return row && ![2, 3].includes(Number(row.EmailListSubscriberStatus)) ? row : undefined;
	},
	body: (list) => ({ EmailList: { Uid: list } }),
	done: 'subscribed',
};

const rowOf = (rows: unknown, path: string, uid: unknown) => (Array.isArray(rows) ? (rows as IDataObject[]) : []).find((row) => at(row, path) === uid);

function linking({ include, exists, body, done }: Linking): Handler<Job> {
	const look = (item: Item, person: Resource, email: string) => item.run.lookup.want(person, person.keys![0], email, { include });
	return {
		prepare(item) {
			const person = item.run.resource('person');
			const { Email, ...fields } = item.fields(item.run.operation, ['Uid']);
			if (isAbsent(Email)) throw new BadInput('Email is missing', 'Map the email of the person.');
			return { person: look(item, person, String(Email)), email: String(Email), fields };
		},
		async check({ person }, item) {
			await item.run.lookup.found(person);
		},
		async work({ person, email, fields }, item) {
			const { run } = item;
			const place = item.inside(run.operation.resource);
			const parent = item.parent()!.id;
			return await run.inTurn(`person\n${email.toLowerCase()}`, async () => {
				const output = (record: IDataObject, outcome: string) => {
					const json = run.present(item, place, record);
					return [{ json: run.simplify(item) ? { ...json, outcome } : json }];
				};
				const [known] = await run.lookup.found(person);
				const row = known && exists(known, parent);
				if (row) return output({ ...row, Person: { Uid: known.Uid, Email: known.Email } }, 'unchanged');
				const own = Object.fromEntries(Object.entries(fields).filter(([name]) => !isPersonal(place, name)));
				const send = async (record: IDataObject | undefined) => {
					const input = record ? { ...own } : { ...fields, Email: email };
					const encoded = record ? { ...input, person: record.Uid as string } : input;
					return await createRecord(run, withReferences(place, body(parent)), { fields: { ...encoded, ...body(parent) }, query: item.writeQuery() });
				};
				const settle = (answer: unknown) => {
					const created = (at(answer, 'Person') ?? {}) as IDataObject;
					const now: IDataObject = { ...(known ?? {}), ...created, Email: email };
					const rows = (now.PersonAccount ?? now.EmailListPerson ?? []) as IDataObject[];
					const added = { ...(answer as IDataObject), ...body(parent) };
					if (now.Uid) run.lookup.remember(person, { ...now, [include[0].split('.')[0]]: [...rows, added] });
					else run.lookup.forget(person);
					return output(answer as IDataObject, done);
				};
				const [first] = await Promise.allSettled([send(known)]);
				if (first.status === 'fulfilled') return settle(first.value);
				// Somebody may have made the person, or the link, since the look-up.
				if (!(first.reason instanceof NodeApiError) || first.reason.httpCode !== '400') throw run.failure(first.reason, item.index);
				run.lookup.forget(person);
				const [now] = await run.lookup.found(person);
				const late = now && exists(now, parent);
				if (late) return output({ ...late, Person: { Uid: now.Uid, Email: now.Email } }, 'unchanged');
				if (known || !now) throw run.failure(first.reason, item.index);
				return settle(await send(now));
			});
		},
	};
}

/** Fields that describe the person rather than the link. */
const isPersonal = (resource: Resource, name: string) => resource.fields.find((f) => f.name === name)?.wire?.startsWith('Person.') ?? false;

/** The resource with the references of a new row among its fields. */
function withReferences(resource: Resource, body: IDataObject): Resource {
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
		const answer = await createRecord(item.run, open, { fields: { ...fields, Email: email, ...references }, query: item.writeQuery() });
		return [{ json: item.run.present(item, place, (answer ?? { success: true }) as IDataObject) }];
	},
};
