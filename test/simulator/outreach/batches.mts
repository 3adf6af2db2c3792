/**
 * Bulk actions ("Bulk API"): POST /batches/actions/<name> makes a batch over the records that `ids` and
 * `actionParams[filter]` select - over ALL records when neither is given. The batch waits for confirmation
 * unless told not to, then works through its items as time passes.
 */
import { canFinish, canPause, finishState, pauseState, readActionParams } from './actions.mts';
import type { ActionRule } from './contract.mts';
import { resource } from './contract.mts';
import type { VendorError } from './errors.mts';
import { ApiError, badParameter, badRequest, invalid, unknownAttribute, unprocessable } from './errors.mts';
import { compileFilter } from './filter.mts';
import type { QueryParameter } from './query.mts';
import type { RecordId, Ref, StoredRecord } from './store.mts';
import type { World } from './world.mts';
import { isoNow } from './world.mts';
import type { JsonObject } from './write.mts';
import { attributeError, isObject, parseBody } from './write.mts';

const MAX_ITEMS = 100_000;
/** From this size on, confirming takes the item count; the vendor's own threshold is not published. */
const COUNT_FROM = 100;

interface Job {
	batch: StoredRecord;
	target: string;
	action: ActionRule;
	args: JsonObject;
	items: Array<{ item: StoredRecord; id: RecordId }>;
	userId: number;
	runAt: number;
	finishAt: number;
}

/** What an action does to one record; a text is the reason why it failed. */
type Effect = (world: World, record: StoredRecord, args: JsonObject, userId: number, item: StoredRecord) => string | undefined;

const user = (id: unknown): Ref => ({ type: 'user', id: Number(id) });

function statesOf(world: World, prospect: StoredRecord): StoredRecord[] {
	return [...world.store.pointing('sequenceState', 'prospect', prospect)];
}

function editList(world: World, record: StoredRecord, userId: number, edit: (tags: string[]) => string[]): undefined {
	world.touch(record, { tags: edit((record.attributes.tags ?? []) as string[]) }, {}, userId);
}

function editAssignments(world: World, record: StoredRecord, userId: number, edit: (users: Ref[]) => Ref[]): undefined {
	world.touch(record, {}, { assignedUsers: edit((record.relationships.assignedUsers ?? []) as Ref[]) }, userId);
}

const addTags: Effect = (world, record, args, userId) =>
	editList(world, record, userId, (tags) => [...new Set([...tags, ...(args.tags as string[])])]);
const removeTags: Effect = (world, record, args, userId) =>
	editList(world, record, userId, (tags) => tags.filter((tag) => !(args.tags as string[]).includes(tag)));
const assignOwner: Effect = (world, record, args, userId) => {
	world.touch(record, {}, { owner: args.ownerId === null ? null : user(args.ownerId) }, userId);
	return undefined;
};
const addAssignments: Effect = (world, record, args, userId) =>
	editAssignments(world, record, userId, (users) => {
		const known = new Set(users.map((ref) => ref.id));
		return [...users, ...(args.userIds as string[]).map(user).filter((ref) => !known.has(ref.id))];
	});
const removeAssignments: Effect = (world, record, args, userId) =>
	editAssignments(world, record, userId, (users) => users.filter((ref) => !(args.userIds as string[]).includes(String(ref.id))));
const removeAllAssignments: Effect = (world, record, _args, userId) => editAssignments(world, record, userId, () => []);
const destroy: Effect = (world, record) => {
	world.destroy(record);
	return undefined;
};
const bulkModify: Effect = (world, record, args, userId) => {
	const { ids: _ids, ...changes } = args;
	try {
		world.update(record, { attributes: changes, relationships: {}, meta: {} }, userId);
		return undefined;
	} catch (error) {
		return error instanceof ApiError ? error.message : String(error);
	}
};

const EFFECTS: Record<string, Effect> = {
	accountAddTags: addTags,
	prospectsAddTags: addTags,
	accountsRemoveTags: removeTags,
	prospectsRemoveTags: removeTags,
	accountsAssignOwner: assignOwner,
	prospectsAssignOwner: assignOwner,
	accountsAddAssignments: addAssignments,
	prospectsAddAssignments: addAssignments,
	accountsRemoveAssignments: removeAssignments,
	prospectsRemoveAssignments: removeAssignments,
	accountsRemoveAllAssignments: removeAllAssignments,
	prospectsRemoveAllAssignments: removeAllAssignments,
	accountsDestroyAll: destroy,
	prospectsDestroyAll: destroy,
	accountsBulkModify: bulkModify,
	prospectsBulkModify: bulkModify,
	customObjectBulkDelete: destroy,
	customObjectBulkModify: bulkModify,
	prospectsAssignAccount: (world, record, args, userId) => {
		world.touch(record, {}, { account: { type: 'account', id: Number(args.accountId) } }, userId);
		return undefined;
	},
	prospectsAssignOpportunity: (world, record, args, userId) => {
		const opportunity: Ref = { type: 'opportunity', id: Number(args.opportunityId) };
		for (const role of world.store.pointing('opportunityProspectRole', 'prospect', record)) {
			if ((role.relationships.opportunity as Ref | null)?.id === opportunity.id) return 'Prospect already belongs to the opportunity';
		}
		world.insert('opportunityProspectRole', {}, { prospect: { type: 'prospect', id: record.id }, opportunity }, undefined, userId);
		return undefined;
	},
	prospectsAddToSequence: (world, record, args, userId, item) => {
		const prospect: Ref = { type: 'prospect', id: record.id };
		const sequence: Ref = { type: 'sequence', id: args.sequenceId as number };
		if (record.attributes.optedOut === true) return 'Prospect has opted out';
		if (((record.attributes.emails ?? []) as string[]).length === 0) return 'Prospect has no email address';
		const error = world.enrolmentError(prospect, sequence);
		if (error !== undefined) return error;
		world.insert(
			'sequenceState',
			{},
			{
				prospect,
				sequence,
				mailbox: { type: 'mailbox', id: args.mailboxId as number },
				batchItemCreator: { type: 'batchItem', id: item.id },
			},
			undefined,
			userId,
		);
		return undefined;
	},
	prospectsFinishAll: (world, record, _args, userId) => {
		for (const state of statesOf(world, record)) if (canFinish(state)) finishState(world, state, userId);
		return undefined;
	},
	prospectsPauseAll: (world, record, _args, userId) => {
		for (const state of statesOf(world, record)) if (canPause(state)) pauseState(world, state, userId);
		return undefined;
	},
};

/** Arguments an action cannot do without, and what they point at. */
const NEEDED: Record<string, string | undefined> = {
	ownerId: 'user',
	userIds: 'user',
	accountId: 'account',
	opportunityId: 'opportunity',
	sequenceId: 'sequence',
	mailboxId: 'mailbox',
	tags: undefined,
};

function checkArgument(world: World, name: string, type: string, value: unknown): string | undefined {
	const strings = (entries: unknown): entries is string[] =>
		Array.isArray(entries) && entries.every((entry) => typeof entry === 'string');
	switch (type) {
		case 'integer':
			if (!Number.isInteger(value)) return 'must be an integer';
			break;
		case 'string':
			// accountId, opportunityId and userIds are strings in the bulk bodies, all other ids integers.
			if (typeof value !== 'string') return 'must be a string';
			break;
		case 'array<integer>':
			if (!Array.isArray(value) || !value.every((entry) => Number.isInteger(entry))) return 'must be an array of integers';
			break;
		case 'array<string>':
			if (!strings(value)) return 'must be an array of strings';
			break;
		default:
			if (!Array.isArray(value) || !value.every(isObject)) return 'must be an array of objects';
	}
	const target = NEEDED[name];
	if (target === undefined) return undefined;
	for (const id of [value].flat()) {
		if (!/^\d+$/.test(String(id)) || !world.store.exists({ type: target, id: Number(id) })) return `does not exist (${target} ${String(id)})`;
	}
	return undefined;
}

function readArguments(world: World, action: ActionRule, target: string, body: Buffer): JsonObject {
	if (body.length === 0) return {};
	const document = parseBody(body);
	for (const [name, value] of Object.entries(document)) {
		// "type" stands beside data in the vendor's bulk bodies, not inside.
		if (name === 'data' || (name === 'type' && typeof value === 'string')) continue;
		throw badRequest('malformedRequest', 'Malformed Request', `Unknown top-level member '${name}'.`, { pointer: `/${name}` });
	}
	const { data } = document;
	if (data === undefined) return {};
	if (!isObject(data)) throw badRequest('malformedRequest', 'Malformed Request', "'data' must be an object.", { pointer: '/data' });
	for (const name of Object.keys(data)) {
		if (name !== 'attributes') throw badRequest('malformedRequest', 'Malformed Request', `Unknown member '${name}' in data.`, { pointer: `/data/${name}` });
	}
	const args = data.attributes ?? {};
	if (!isObject(args)) throw badRequest('malformedRequest', 'Malformed Request', 'data.attributes must be an object.', { pointer: '/data/attributes' });
	const unknown: VendorError[] = [];
	const errors: VendorError[] = [];
	for (const [name, value] of Object.entries(args)) {
		const type = action.body.get(name);
		if (type !== undefined) {
			const detail = checkArgument(world, name, type, value);
			if (detail !== undefined) errors.push(invalid(`/data/attributes/${name}`, detail));
			continue;
		}
		const attribute = action.anyAttribute ? resource(target).attributes.get(name) : undefined;
		if (attribute?.writable !== true) unknown.push(unknownAttribute(name));
		else {
			const detail = attributeError(attribute, value);
			if (detail !== undefined) errors.push(invalid(`/data/attributes/${name}`, detail));
		}
	}
	if (unknown.length > 0) throw new ApiError(400, unknown);
	if (errors.length > 0) throw new ApiError(422, errors);
	return args;
}

export class Batches {
	/** Time a batch spends pending and then running. */
	stepMs = 100;
	/** Called before a batch takes effect. */
	beforeEffect = (): void => {};
	private readonly world: World;
	private jobs = new Map<RecordId, Job>();

	constructor(world: World) {
		this.world = world;
	}

	clear(): void {
		this.jobs.clear();
	}

	/** POST /batches/actions/<name>. */
	start(action: ActionRule, parameters: QueryParameter[], body: Buffer, userId: number): StoredRecord {
		const { store } = this.world;
		const params = readActionParams(action, parameters, ['filter']);
		const own = params.get('objectName');
		const target = own ?? (action.name.startsWith('account') ? 'account' : 'prospect');
		if (own !== undefined && !this.world.ownTypes.has(own)) throw unprocessable('/data', `There is no custom object '${own}'.`);
		const skip = params.get('skipConfirmation') ?? 'false';
		if (skip !== 'true' && skip !== 'false') {
			throw badParameter('actionParams[skipConfirmation]', 'skipConfirmation must be true or false.', 'actionParams.invalid');
		}
		const args = readArguments(this.world, action, target, body);
		for (const name of action.body.keys()) {
			if (name in NEEDED && args[name] === undefined) throw unprocessable(`/data/attributes/${name}`, "can't be blank");
		}
		if (action.anyAttribute && Object.keys(args).every((name) => name === 'ids')) {
			throw unprocessable('/data/attributes', "can't be blank");
		}

		const filterParameters = parameters
			.filter((parameter) => parameter.path[0] === 'filter')
			.map((parameter) => ({ ...parameter, path: parameter.path.slice(1) }));
		const filter = compileFilter(store, resource(target), filterParameters, true);
		const ids = (args.ids ?? []) as number[];
		// An empty list selects like a missing one: everything. That is the danger of these calls.
		let chosen: RecordId[];
		if (ids.length > 0) {
			chosen = [...new Set(ids)];
			if (filter.predicate !== undefined) {
				const { predicate } = filter;
				chosen = chosen.filter((id) => {
					const record = store.get(target, id);
					return record !== undefined && predicate(record);
				});
			}
		} else {
			// The very records that the list shows, so no unnamed accounts.
			const rows = [...(filter.candidates ?? store.all(target))].filter((record) => target !== 'account' || record.attributes.named !== false);
			chosen = (filter.predicate === undefined ? rows : rows.filter(filter.predicate)).map((record) => record.id);
		}
		if (chosen.length > MAX_ITEMS) throw unprocessable('/data/attributes/ids', `too many records (maximum is ${MAX_ITEMS})`);

		const now = isoNow();
		const everything = ids.length === 0 && filter.predicate === undefined;
		const batch = this.world.insert(
			'batch',
			{
				action: action.name,
				state: skip === 'true' ? 'pending' : 'confirming',
				total: chosen.length,
				pending: chosen.length,
				failures: 0,
				confirmCount: chosen.length,
				confirmedCountRequired: everything || chosen.length >= COUNT_FROM,
				confirmedAt: skip === 'true' ? now : null,
				payload: args,
				summary: {},
			},
			{},
			undefined,
			userId,
		);
		const owner: Ref = { type: 'batch', id: batch.id };
		const items = chosen.map((id) => ({
			id,
			item: store.add(
				'batchItem',
				{ batchId: batch.id, createdAt: now, data: JSON.stringify({ id, type: target }), failed: false, info: null, state: 'pending' },
				{ batch: owner },
			),
		}));
		const job: Job = { batch, target, action, args, items, userId, runAt: Infinity, finishAt: Infinity };
		this.jobs.set(batch.id, job);
		if (skip === 'true') this.schedule(job);
		return batch;
	}

	/** POST /batches/{id}/actions/confirm. */
	confirm(batch: StoredRecord, params: Map<string, string>): void {
		const job = this.jobs.get(batch.id);
		if (batch.attributes.state !== 'confirming' || job === undefined) throw unprocessable('/data', 'The batch does not wait for confirmation.');
		const count = params.get('confirmedCount');
		if (count === undefined && batch.attributes.confirmedCountRequired === true) {
			throw badParameter('actionParams[confirmedCount]', 'confirmedCount is required for this batch.', 'actionParams.missing');
		}
		if (count !== undefined && !/^\d+$/.test(count)) {
			throw badParameter('actionParams[confirmedCount]', 'confirmedCount must be an integer.', 'actionParams.invalid');
		}
		if (count !== undefined && Number(count) !== batch.attributes.total) {
			throw unprocessable('/data/attributes/confirmCount', `does not match the number of items (${String(batch.attributes.total)})`);
		}
		this.world.touch(batch, { state: 'pending', confirmedAt: isoNow() });
		this.schedule(job);
	}

	/** POST /batches/{id}/actions/cancel. */
	cancel(batch: StoredRecord): void {
		if (['finished', 'failed', 'canceled'].includes(String(batch.attributes.state))) throw unprocessable('/data', 'The batch has already ended.');
		this.jobs.delete(batch.id);
		this.world.touch(batch, { state: 'canceled', canceledAt: isoNow() });
	}

	/** Brings every batch to where it is at this time. */
	advance(now = Date.now()): void {
		for (const job of [...this.jobs.values()]) {
			if (job.runAt <= now && job.batch.attributes.state === 'pending') {
				this.world.touch(job.batch, { state: 'running', startedAt: isoNow() });
			}
			if (job.finishAt <= now) this.finish(job);
		}
	}

	/** Ends every confirmed batch at once. */
	finishAll(): void {
		this.advance(Number.MAX_SAFE_INTEGER);
	}

	private schedule(job: Job): void {
		job.runAt = Date.now() + this.stepMs;
		job.finishAt = job.runAt + this.stepMs;
	}

	private finish(job: Job): void {
		this.beforeEffect();
		this.jobs.delete(job.batch.id);
		const effect = EFFECTS[job.action.name] as Effect;
		const { store } = this.world;
		const reasons: Record<string, number> = {};
		let failures = 0;
		for (const { item, id } of job.items) {
			const record = store.get(job.target, id);
			let reason: string | undefined;
			try {
				reason =
					record === undefined
						? `Could not find ${job.target} ${id}`
						: effect(this.world, record, job.args, job.userId, item);
			} catch (error) {
				reason = error instanceof Error ? error.message : String(error);
			}
			if (reason === undefined) store.change(item, { state: 'finished' });
			else {
				failures += 1;
				reasons[reason] = (reasons[reason] ?? 0) + 1;
				store.change(item, { state: 'failed', failed: true, info: reason });
			}
		}
		this.world.touch(job.batch, {
			state: 'finished',
			finishedAt: isoNow(),
			pending: 0,
			failures,
			summary: { total: job.items.length, failures, reasons },
		});
	}
}
