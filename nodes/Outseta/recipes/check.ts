/** What a check asks Outseta beyond the facts of the spec: how it counts pages, and how large they are. */
import type { IDataObject } from 'n8n-workflow';

import { check } from '../../shared/run/check/check';
import type { Lab, Place } from '../../shared/run/check/checkLab';
import { WHY } from '../../shared/run/check/checkLedger';
import { asObject } from '../../shared/spec/values';
import { at } from '../wire/nested';
import { LARGE_PAGE, pageAt, SMALL_PAGE } from '../wire/query';

const REMEDY = 'Do not use Return All, and set Limit to 25. Paste the text under "report" into an issue of the repository of this node.';

/** Whether a related record came along with more than its Uid. */
function included(record: IDataObject, _answer: unknown, relation: string): boolean | undefined {
	const [first] = [at(record, relation) ?? []].flat();
	if (typeof first !== 'object' || first === null) return undefined;
	return Object.keys(first).some((name) => name !== 'Uid' && name !== '_objectType');
}

/** `offset` counts pages, not records: the second page of two begins with the third record. */
async function numbering(lab: Lab): Promise<void> {
	const fact = 'offset counts pages';
	const place = lab.open.find(({ records, resource }) => records.length > 2 && !resource.rows);
	if (!place) return lab.ledger.skip('Connection', fact, 'fewer than three records to test with');
	const { resource, records } = place;
	const query = lab.api.listQuery(resource, { conditions: [], only: lab.few(place) }, 2);
	const reply = await lab.page(resource, { method: 'GET', path: resource.path, query: pageAt(query, 1) });
	if (reply.ok === undefined) return lab.ledger.skip('Connection', fact, WHY[reply.why]);
	const first = reply.ok ? reply.records[0] : undefined;
	const place3 = records.findIndex((record) => first !== undefined && lab.api.id(record) === lab.api.id(first));
	if (place3 === 2) return lab.ledger.ok('Connection', fact);
	lab.ledger.differs({
		resource: 'Connection',
		fact,
		expected: 'offset=1 with limit=2 begins with the third record',
		found: reply.ok === false ? reply.found : place3 < 0 ? 'begins elsewhere' : `begins with record ${place3 + 1}`,
		meaning: 'Reading many records repeats or misses some',
		remedy: REMEDY,
	});
}

/** The limit that was applied to a page of 100, by what it holds. */
async function sizes(lab: Lab): Promise<void> {
	const has = (place: Place) => (place.resource.relations ?? []).find((r) => r.include && !r.name.includes('.'));
	const place = lab.open.find((candidate) => has(candidate) && !candidate.resource.rows);
	const cases: Array<[string, string, number]> = [
		['pages of records alone', 'Uid', LARGE_PAGE],
		['pages with child objects', `Uid,${place ? has(place)!.name : ''}.*`, SMALL_PAGE],
	];
	for (const [fact, fields, expected] of cases) {
		if (!place) {
			lab.ledger.skip('Connection', fact, WHY.closed);
			continue;
		}
		const reply = await lab.page(place.resource, { method: 'GET', path: place.resource.path, query: [['fields', fields], ['limit', String(LARGE_PAGE)], ['offset', '0']] });
		const limit = reply.ok === true ? Number(asObject(asObject(reply.body).metadata).limit) : NaN;
		if (reply.ok === undefined) lab.ledger.skip('Connection', fact, WHY[reply.why]);
		else if (limit === expected) lab.ledger.ok('Connection', fact);
		else {
			lab.ledger.differs({
				resource: 'Connection',
				fact,
				expected: `at most ${expected} records`,
				found: reply.ok === false ? reply.found : Number.isNaN(limit) ? 'the answer does not tell' : `at most ${limit} records`,
				meaning: limit > expected ? 'The node takes more requests than needed' : 'The node asks for larger pages than it gets. It goes by the size that Outseta names',
				remedy: limit > expected ? 'None. Paste the text under "report" into an issue of the repository of this node.' : REMEDY,
			});
		}
	}
}

/** The API with the key. 60 requests take 15 seconds. */
export const checkApi = check({
	most: 60,
	first: ['person', 'account', 'subscription', 'plan', 'activity', 'invoice', 'case', 'deal', 'emailList', 'addOn', 'transaction'],
	included,
	async probes(lab) {
		await numbering(lab);
		await sizes(lab);
	},
});
