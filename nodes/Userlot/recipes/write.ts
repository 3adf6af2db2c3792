/**
 * Creating and changing companies and end users. Only what was given is sent: the vendor's samples show every
 * key with an empty text, which could overwrite. Create or Update is the vendor's own PUT, by any of three ids.
 */
import type { IDataObject } from 'n8n-workflow';

import { recordOf as recordLocator } from '../../shared/run/answers';
import type { Handler, Output } from '../../shared/run/handler';
import type { Item } from '../../shared/run/item';
import { sendChange } from '../../shared/run/records';
import type { Reference } from '../../shared/run/reference';
import type { Run } from '../../shared/run/run';
import { labelOf, nouns } from '../../shared/spec/labels';
import type { Field, Input, Recipe, Resource } from '../../shared/spec/resource';
import { asObject, BadInput, coerce, isAbsent } from '../../shared/spec/values';

/** The three ids by which Userlot finds a record, as parameters of Create or Update. */
const IDS: Array<Field & { wire: string }> = [
	{ name: 'externalId', label: 'External ID', type: 'string', wire: 'external_id', description: 'ID in your own product. Finds the record, or is given to the new one. Give at least one of the three IDs.' },
	{ name: 'sourceExternalId', label: 'Source External ID', type: 'string', wire: 'source_external_id', description: 'ID in another system, such as the CRM. Finds the record, or is given to the new one.' },
	{ name: 'userlotId', label: 'Userlot ID', type: 'string', wire: 'id', description: 'ID that Userlot gave the record' },
];

const MORE: Field = { name: 'moreFields', label: 'More Fields (JSON)', type: 'json', description: 'Further fields as an object, by the attribute name that the Custom Field screen of Userlot shows' };

const ALLOW_NEW: Field = { name: 'allowWithoutId', label: 'Create Without ID', type: 'boolean', description: 'Whether to create a new record when no ID is given. It is created again on every run.' };

interface Kind {
	one: string;
	path: string;
	/** Fields that can be emptied. */
	clearable: string[];
	/** A record that it points to. */
	link: Extract<Input, { kind: 'record' }>;
	/** Creating and updating are not documented. */
	inferred?: boolean;
}

/** Field on the wire that holds the id of a linked record. */
const LINKED: Record<string, string> = { company: 'company_id', status: 'status_id' };

/** Create or Update comes first, so that its IDs stand above what the others share with it. */
function recipesFor({ one, path, clearable, link, inferred }: Kind): Recipe[] {
	const wire = LINKED[link.name];
	const options: Input[] = [{ kind: 'value', ...MORE, default: '{}' }];
	const clear: Input = { kind: 'value', name: 'clearFields', label: 'Clear Fields', type: 'multiOptions', options: clearable.map((value) => ({ value })), description: 'Fields to empty. They are sent as null; what Userlot makes of it is not documented.' };
	const unsure = inferred ? '. Userlot does not document it; if it is refused, use Create or Update.' : '';
	const a = `${/^[aeiou]/.test(one) ? 'an' : 'a'} ${one}`;
	return [
		{
			name: 'upsert',
			label: 'Create or Update',
			action: `Create or update ${one}`,
			description: 'Create a new record, or update the current one if it already exists (upsert)',
			request: `PUT ${path}`,
			inputs: [...IDS.map((id): Input => ({ kind: 'value', ...id })), link, { kind: 'fields', except: [wire, ...IDS.map((id) => id.wire)] }],
			options: [...options, clear, { kind: 'value', ...ALLOW_NEW }],
			simplify: true,
		},
		{
			name: 'create',
			label: 'Create',
			action: `Create ${one}`,
			description: `Create a new ${one}${unsure}`,
			request: `POST ${path}`,
			inputs: [link, { kind: 'fields', except: [wire] }],
			options,
			simplify: true,
		},
		{
			name: 'update',
			label: 'Update',
			action: `Update ${one}`,
			description: `Change fields of ${a}${unsure}`,
			request: `PATCH ${path}/{id}`,
			record: true,
			inputs: [link, { kind: 'fields', except: [wire] }],
			options: [...options, clear],
			simplify: true,
		},
	];
}

export const companyRecipes: Recipe[] = [
	...recipesFor({
		one: 'company',
		path: '/companies',
		clearable: ['arr', 'mrr', 'renewal_date', 'start_date'],
		link: { kind: 'record', name: 'status', label: 'Status', resource: 'companyStatus', description: 'Status of the company. That it can be written is presumed.' },
	}),
	{
		name: 'revenue',
		label: 'Get Revenue',
		action: 'Get revenue of company',
		description: 'Retrieve the revenue of a company, as Userlot answers it',
		request: 'GET /companies/{id}/revenue',
		record: true,
		reads: true,
	},
];

export const endUserRecipes: Recipe[] = [
	...recipesFor({
		one: 'end user',
		path: '/end_users',
		clearable: ['email', 'first_name', 'last_name'],
		link: { kind: 'record', name: 'company', label: 'Company', resource: 'company', description: 'Company the person belongs to' },
		inferred: true,
	}),
	{
		name: 'identify',
		label: 'Identify',
		action: 'Identify end user',
		description: 'Announce a person and the company they belong to, before events of them are sent',
		request: 'PUT /identify',
		inputs: [
			{ kind: 'value', name: 'userEmail', label: 'User Email', type: 'email', description: 'Email address of the person' },
			{ kind: 'value', name: 'userExternalId', label: 'User External ID', type: 'string', description: 'ID of the person in your own product' },
			{ kind: 'value', name: 'companyName', type: 'string', description: 'Name of the company' },
			{ kind: 'value', name: 'companyExternalId', label: 'Company External ID', type: 'string', description: 'ID of the company in your own product' },
		],
	},
];

interface Job {
	record?: Reference;
	/** Id of a linked record, by its field. */
	links: Array<[string, Reference]>;
	body: IDataObject;
}

/** What an item gives, by the names of the wire. */
function read(item: Item, record?: Reference): Job {
	const { operation } = item.run;
	const links = operation.inputs.flatMap((input): Array<[string, Reference]> => {
		if (input.kind !== 'record') return [];
		const reference = item.reference(input.name, item.run.resource(input.resource), input.label);
		return reference ? [[LINKED[input.name], reference]] : [];
	});
	const body = { ...item.fields(operation, ['id']), ...moreOf(item, operation.resource) };
	for (const [name] of links) delete body[name];
	return { links, body, ...(record ? { record } : {}) };
}

function moreOf(item: Item, resource: Resource): IDataObject {
	const given = item.option(MORE.name);
	const more = isAbsent(given) ? {} : coerce(MORE, given);
	if (typeof more !== 'object' || more === null || Array.isArray(more)) {
		throw new BadInput('More Fields (JSON) is not an object', 'Write it like {"total_revenue": 1200}.');
	}
	return Object.fromEntries(
		Object.entries(asObject(more))
			.filter(([, value]) => !isAbsent(value))
			.map(([name, value]) => {
				const field = resource.fields.find((f) => f.name === name);
				if (field?.readOnly) throw new BadInput(`More Fields (JSON): "${name}" is set by the vendor and cannot be written`, 'Remove it.');
				return [name, field ? coerce(field, value) : value];
			}),
	);
}

function assertSomething({ body, links }: Job, resource: Resource, what: string): void {
	if (Object.keys(body).length + links.length > 0) return;
	throw new BadInput(`There is nothing to ${what}: no field of the ${nouns(resource).one} was given`, 'Map at least one field. Empty values are not sent; use the option "Clear Fields" to empty a field.');
}

const bodyOf = ({ body, links }: Job): IDataObject => ({ ...body, ...Object.fromEntries(links.map(([name, reference]) => [name, reference.id])) });

function present(item: Item, answer: unknown, sent: IDataObject): Output {
	const { run } = item;
	const { resource } = run.operation;
	// An answer without a record says no more than that it was accepted.
	const record = run.apiOf(resource).record(answer);
	return { json: Object.keys(record).length > 0 ? item.present(resource, record, answer) : { ...sent, success: true } };
}

export const create: Handler<Job> = {
	prepare(item) {
		const job = read(item);
		assertSomething(job, item.run.operation.resource, 'create');
		return job;
	},
	async work(job, item) {
		const { resource } = item.run.operation;
		const { body } = await item.run.client(resource).send({ method: 'POST', path: resource.path, body: bodyOf(job), purpose: `create ${nouns(resource).one}` });
		return [present(item, body, {})];
	},
};

export const update: Handler<Job> = {
	prepare(item) {
		const { resource } = item.run.operation;
		const job = read(item, recordLocator(item, resource));
		assertSomething(job, resource, 'change');
		return job;
	},
	async work(job, item) {
		const { id } = job.record!;
		return [present(item, await sendChange(item.run, item.run.operation.resource, id, bodyOf(job)), { id })];
	},
};

/** Items about the same record go one after the other, so that the second finds what the first created. */
async function inTurn<T>(run: Run, body: IDataObject, work: () => Promise<T>): Promise<T> {
	return await IDS.filter((id) => !isAbsent(body[id.wire]))
		.reduce((inner, id) => async () => await run.inTurn(`${run.operation.resource.name}\n${id.wire}\n${String(body[id.wire])}`, inner), work)();
}

export const upsert: Handler<Job> = {
	prepare(item) {
		const job = read(item);
		const { body } = job;
		for (const id of IDS) {
			const value = item.value(id);
			if (value !== undefined) body[id.wire] = String(value).trim();
		}
		if (IDS.every((id) => isAbsent(body[id.wire])) && !item.optionFlag(ALLOW_NEW.name, false)) {
			const { one } = nouns(item.run.operation.resource);
			throw new BadInput(
				`No ID is given, so that Userlot would create a new ${one} on every run`,
				`Give ${IDS.map((id) => `"${labelOf(id)}"`).join(', ').replace(/, ([^,]*)$/, ' or $1')}, or switch on the option "${labelOf(ALLOW_NEW)}".`,
			);
		}
		assertSomething(job, item.run.operation.resource, 'send');
		return job;
	},
	async work(job, item) {
		const { run } = item;
		const { resource } = run.operation;
		const body = bodyOf(job);
		const known = IDS.some((id) => !isAbsent(body[id.wire]));
		return await inTurn(run, body, async () => {
			const answer = await run.client(resource).send({
				method: 'PUT',
				path: resource.path,
				body,
				// Without an id, twice would create two.
				repeatable: known,
				purpose: `create or update ${nouns(resource).one}`,
			});
			return [present(item, answer.body, Object.fromEntries(IDS.filter((id) => id.wire in body).map((id) => [id.wire, body[id.wire]])))];
		});
	},
};
