/** Member actions: POST /<plural>/{id}/actions/<name>, arguments in actionParams of the query string. */
import type { ActionRule } from './contract.mts';
import { badParameter, unprocessable } from './errors.mts';
import { isIsoDate } from './filter.mts';
import type { QueryParameter } from './query.mts';
import type { Ref, StoredRecord } from './store.mts';
import type { World } from './world.mts';
import { isoNow } from './world.mts';

/** Reads flat actionParams and checks their names; `nested` lists parameters that may carry brackets. */
export function readActionParams(
	action: ActionRule,
	parameters: QueryParameter[],
	nested: string[] = [],
): Map<string, string> {
	const values = new Map<string, string>();
	for (const parameter of parameters) {
		const [name, ...rest] = parameter.path;
		if (name === undefined || !action.query.has(name) || (rest.length > 0 && !nested.includes(name))) {
			throw badParameter(parameter.name, `Unknown action parameter '${parameter.name}'.`, 'actionParams.unknown');
		}
		if (rest.length > 0) continue;
		if (nested.includes(name)) throw badParameter(parameter.name, `'${parameter.name}' needs a nested filter.`, 'actionParams.invalid');
		values.set(name, parameter.value);
	}
	for (const [name, required] of action.query) {
		if (required && (values.get(name) ?? '') === '') {
			throw badParameter(`actionParams[${name}]`, `Missing action parameter '${name}'.`, 'actionParams.missing');
		}
	}
	return values;
}

type Params = Map<string, string>;
type Run = (world: World, record: StoredRecord, params: Params, userId: number) => void;

function readRef(world: World, params: Params, name: string, type: string): Ref | undefined {
	const text = params.get(name);
	if (text === undefined) return undefined;
	const ref = { type, id: Number(text) };
	if (!/^\d+$/.test(text) || !world.store.exists(ref)) {
		throw badParameter(`actionParams[${name}]`, `'${text}' is not the id of a ${type}.`, 'actionParams.invalid');
	}
	return ref;
}

function readDate(params: Params, name: string): string | undefined {
	const text = params.get(name);
	if (text === undefined) return undefined;
	if (!isIsoDate(text)) throw badParameter(`actionParams[${name}]`, `'${text}' is not an ISO 8601 datetime.`, 'actionParams.invalid');
	return new Date(text).toISOString();
}

const setState = (world: World, record: StoredRecord, userId: number, state: string, more: Record<string, unknown> = {}): void =>
	world.touch(record, { state, stateChangedAt: isoNow(), ...more }, {}, userId);

/** Finishes a sequence state; shared with the bulk action. */
export function finishState(world: World, record: StoredRecord, userId: number): void {
	setState(world, record, userId, 'finished', { pauseReason: null });
}

export function pauseState(world: World, record: StoredRecord, userId: number): void {
	setState(world, record, userId, 'paused', { pauseReason: 'manual' });
}

export function canPause(record: StoredRecord): boolean {
	return record.attributes.state === 'active' || record.attributes.state === 'pending';
}

export function canFinish(record: StoredRecord): boolean {
	return record.attributes.state !== 'finished';
}

/** Moves a sequence state to its next step, or finishes it after the last one. */
function advanceState(world: World, state: StoredRecord, userId: number): void {
	const sequence = state.relationships.sequence as Ref | null;
	const current = state.relationships.sequenceStep as Ref | null;
	if (sequence === null) return;
	const steps = [...world.store.pointing('sequenceStep', 'sequence', sequence)].sort(
		(a, b) => Number(a.attributes.order) - Number(b.attributes.order),
	);
	const next = steps[steps.findIndex((step) => step.id === current?.id) + 1];
	if (next === undefined) finishState(world, state, userId);
	else world.touch(state, { stateChangedAt: isoNow() }, { sequenceStep: { type: 'sequenceStep', id: next.id } }, userId);
}

function mustBeOpen(task: StoredRecord): void {
	if (task.attributes.completed === true) throw unprocessable('/data', 'Task is already complete.');
}

function complete(world: World, task: StoredRecord, userId: number, more: Record<string, Ref> = {}): void {
	mustBeOpen(task);
	const now = isoNow();
	world.touch(
		task,
		{ state: 'complete', completed: true, completedAt: now, stateChangedAt: now },
		{ completer: { type: 'user', id: userId }, ...more },
		userId,
	);
}

function saveNote(world: World, task: StoredRecord, params: Params, userId: number): void {
	const note = params.get('completionNote');
	const prospect = task.relationships.prospect;
	if (note === undefined || note === '' || prospect === null || prospect === undefined || Array.isArray(prospect)) return;
	world.insert('prospectNote', { message: note }, { prospect }, undefined, userId);
}

function stateOf(world: World, task: StoredRecord): StoredRecord | undefined {
	const ref = task.relationships.sequenceState;
	return ref === null || ref === undefined || Array.isArray(ref) ? undefined : world.store.get('sequenceState', ref.id);
}

const ACTIONS: Record<string, Run> = {
	'sequence.activate': (world, record, _params, userId) =>
		world.touch(record, { enabled: true, enabledAt: isoNow() }, {}, userId),
	'sequence.deactivate': (world, record, _params, userId) => world.touch(record, { enabled: false, enabledAt: null }, {}, userId),
	'sequence.lock': (world, record, _params, userId) => world.touch(record, { locked: true, lockedAt: isoNow() }, {}, userId),
	'sequence.unlock': (world, record, _params, userId) => world.touch(record, { locked: false, lockedAt: null }, {}, userId),
	'sequenceTemplate.activate': (world, record, _params, userId) => world.touch(record, { enabled: true, enabledAt: isoNow() }, {}, userId),
	'sequenceTemplate.deactivate': (world, record, _params, userId) => world.touch(record, { enabled: false, enabledAt: null }, {}, userId),
	'sequenceState.pause': (world, record, _params, userId) => {
		if (!canPause(record)) throw unprocessable('/data', `A sequence state that is ${String(record.attributes.state)} cannot be paused.`);
		pauseState(world, record, userId);
	},
	'sequenceState.resume': (world, record, _params, userId) => {
		if (record.attributes.state !== 'paused') {
			throw unprocessable('/data', `A sequence state that is ${String(record.attributes.state)} cannot be resumed.`);
		}
		setState(world, record, userId, 'active', { activeAt: isoNow(), pauseReason: null });
	},
	'sequenceState.finish': (world, record, _params, userId) => {
		if (!canFinish(record)) throw unprocessable('/data', 'The sequence state is already finished.');
		finishState(world, record, userId);
	},
	'mailbox.testSend': (world, record, _params, userId) => {
		const key = record.attributes.sendDisabled === true ? 'sendErroredAt' : 'sendSuccessAt';
		world.touch(record, { [key]: isoNow() }, {}, userId);
	},
	'mailbox.testSync': (world, record, _params, userId) => {
		const key = record.attributes.syncDisabled === true ? 'syncErroredAt' : 'syncSuccessAt';
		world.touch(record, { [key]: isoNow() }, {}, userId);
	},
	'mailbox.linkEwsMasterAccount': (world, record, _params, userId) => world.touch(record, {}, {}, userId),
	'mailbox.unlinkEwsMasterAccount': (world, record, _params, userId) => world.touch(record, {}, {}, userId),
	'task.markComplete': (world, task, params, userId) => {
		complete(world, task, userId);
		saveNote(world, task, params, userId);
		const state = stateOf(world, task);
		if (state === undefined) return;
		// finish_no_reply and finish_replied end the sequence; anything else goes on with the next step.
		if ((params.get('completionAction') ?? '').startsWith('finish_')) finishState(world, state, userId);
		else advanceState(world, state, userId);
	},
	'task.advance': (world, task, _params, userId) => {
		if (!String(task.attributes.taskType).startsWith('sequence_step_')) {
			throw unprocessable('/data', 'Only sequence step tasks can be advanced.');
		}
		complete(world, task, userId);
		const state = stateOf(world, task);
		if (state !== undefined) advanceState(world, state, userId);
	},
	'task.deliver': (world, task, _params, userId) => {
		if (task.attributes.action !== 'email') throw unprocessable('/data', 'Only email tasks can be delivered.');
		complete(world, task, userId);
	},
	'task.logMeetInPerson': (world, task, params, userId) => {
		if (task.attributes.action !== 'in_person') throw unprocessable('/data', 'Only in-person tasks can be logged.');
		const taskDisposition = readRef(world, params, 'taskDispositionId', 'taskDisposition') as Ref;
		const taskPurpose = readRef(world, params, 'taskPurposeId', 'taskPurpose');
		complete(world, task, userId, { taskDisposition, ...(taskPurpose === undefined ? {} : { taskPurpose }) });
		saveNote(world, task, params, userId);
	},
	'task.reassignOwner': (world, task, params, userId) => {
		const owner = readRef(world, params, 'ownerId', 'user') as Ref;
		world.touch(task, {}, { owner }, userId);
	},
	'task.reschedule': (world, task, params, userId) => {
		mustBeOpen(task);
		world.touch(task, { dueAt: readDate(params, 'dueAt') }, {}, userId);
	},
	'task.snooze': (world, task, params, userId) => {
		mustBeOpen(task);
		const urgent = params.get('markAsUrgent');
		if (urgent !== undefined && urgent !== 'true' && urgent !== 'false') {
			throw badParameter('actionParams[markAsUrgent]', 'markAsUrgent must be true or false.', 'actionParams.invalid');
		}
		const dueAt = readDate(params, 'dueAt') ?? new Date(Date.now() + 24 * 60 * 60 * 1000).toISOString();
		const [top] = world.store.having('taskPriority', 'name', 'Urgent');
		const priority: Record<string, Ref> =
			urgent === 'true' && top !== undefined ? { taskPriority: { type: 'taskPriority', id: top.id } } : {};
		world.touch(task, { dueAt }, priority, userId);
	},
	'task.updateNote': (world, task, params, userId) => world.touch(task, { note: params.get('note') }, {}, userId),
	'task.updateOpportunityAssociation': (world, task, params, userId) => {
		const value = params.get('opportunityAssociation') as string;
		if (!['recent_created', 'recent_updated', 'noop'].includes(value)) {
			throw badParameter('actionParams[opportunityAssociation]', `'${value}' is no opportunity association.`, 'actionParams.invalid');
		}
		world.touch(task, { opportunityAssociation: value }, {}, userId);
	},
};

/** Runs a member action other than those of batches. */
export function runMemberAction(
	world: World,
	record: StoredRecord,
	action: ActionRule,
	params: Params,
	userId: number,
): void {
	const run = ACTIONS[`${record.type}.${action.name}`];
	if (run === undefined) throw new Error(`The simulator does not know the action ${record.type}.${action.name}`);
	run(world, record, params, userId);
}
