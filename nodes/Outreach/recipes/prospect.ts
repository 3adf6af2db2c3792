/** Prospects into sequences. https://developers.outreach.io/api/common-patterns/ */
import { NodeApiError } from 'n8n-workflow';

import { recordOf } from '../../shared/run/answers';
import type { Handler } from '../../shared/run/handler';
import { changesBetween, nameOf, Planned } from '../../shared/run/plan';
import { list } from '../../shared/run/reads';
import { createRecord } from '../../shared/run/records';
import type { Reference } from '../../shared/run/reference';
import { withOutcome } from '../../shared/run/upsert';
import { BadInput } from '../../shared/spec/values';
import { IF_ACTIVE } from '../resources/prospect';

/** States in which a prospect is no longer in the sequence. */
const ENDED = new Set(['finished', 'opted_out', 'bounced', 'failed', 'disabled']);

interface Job {
	prospect: Reference;
	sequence: Reference;
	mailbox: Reference;
	ifActive: string;
}

export const addToSequence: Handler<Job> = {
	prepare(item) {
		const { run } = item;
		return {
			prospect: recordOf(item, run.resource('prospect')),
			sequence: item.reference('sequence', run.resource('sequence'), 'Sequence', true)!,
			mailbox: item.reference('mailbox', run.resource('mailbox'), 'Mailbox', true)!,
			ifActive: String(item.value(IF_ACTIVE, item.option(IF_ACTIVE.name) ?? 'report')),
		};
	},
	async work({ prospect, sequence, mailbox, ifActive }, item) {
		const { run } = item;
		const state = run.resource('sequenceState');
		const api = run.apiOf(state);
		const key = `sequenceState ${prospect.id} ${sequence.id}`;
		/** The state in which the prospect is in the sequence. */
		const active = async () => {
			const query = {
				conditions: [
					{ path: ['prospect', 'id'], operator: 'equals' as const, values: [String(prospect.id)] },
					{ path: ['sequence', 'id'], operator: 'equals' as const, values: [String(sequence.id)] },
				],
			};
			for await (const found of list(run, state, query)) if (!ENDED.has(String(api.value(found.record, 'state')))) return found;
			return undefined;
		};
		if (run.dryRun) {
			run.client(state).assertCovered({ method: 'POST', path: state.path, purpose: 'create sequence state' });
			const links = { sequence: sequence.link, mailbox: mailbox.link };
			const known = await active();
			const changes = known ? [] : changesBetween(run, state, undefined, { fields: {}, links }, true);
			if (known && ifActive !== 'report') throw new BadInput('The prospect is active in this sequence already', 'Outreach would refuse to add it again.');
			throw new Planned({ action: known ? 'none' : 'add', id: prospect.id, name: String(nameOf(run, ['prospect'], prospect.id)), changes });
		}
		return await run.inTurn(key, async () => {
			try {
				const answer = await createRecord(run, state, {
					fields: {},
					links: { prospect: prospect.link, sequence: sequence.link, mailbox: mailbox.link },
				});
				const json = item.present(state, api.record(answer), answer);
				return [{ json: item.simplified ? withOutcome(json, 'added') : json }];
			} catch (error) {
				// The vendor's rules decide what a duplicate is; only then is it worth a look which state there is.
				const refused = error instanceof NodeApiError && error.httpCode === '422';
				if (!refused || ifActive !== 'report') throw run.failure(error, item.index);
				const known = await active();
				if (!known) throw run.failure(error, item.index);
				const json = item.present(state, known.record, known.answer);
				return [{ json: item.simplified ? withOutcome(json, 'already active') : json }];
			}
		});
	},
};
