/** What differences mean for flows, and what to do about them. */
import type { Fact } from './checkFacts';
import type { Finding } from './checkLedger';

type Words = Pick<Finding, 'expected' | 'found' | 'meaning' | 'remedy'>;

const REPORT = 'Paste the text under "report" into an issue of the repository of this node.';

/** A status in words. */
export function statusWords(status: number): string {
	if (status === 401) return 'refused: not signed in (401)';
	if (status === 402) return 'refused: not part of the plan (402)';
	if (status === 403) return 'refused: no permission (403)';
	if (status === 404) return 'there is nothing at this address (404)';
	return status >= 500 ? `fails (${status})` : `refused (${status})`;
}

/** A resource that cannot be read. */
export function unreachable(found: string, { scope, plan = false }: { scope?: string; plan?: boolean } = {}): Words {
	return {
		expected: 'can be read',
		found: scope ? `the connection lacks the scope ${scope}` : found,
		meaning: 'Operations and lists of this resource fail',
		remedy: scope
			? `Add ${scope} to the field Scope of the credential and connect again. The summary lists all missing scopes. To also change records, use .all in place of .read.`
			: plan
				? 'Check whether your plan contains it. If not, do not use this resource.'
				: `Ask an administrator for the permission, and check whether your plan contains it. If it does: ${REPORT}`,
	};
}

/** Nothing works, so that the check ends. */
export const noConnection = (found: string): Words => ({
	expected: 'the vendor answers',
	found,
	meaning: 'No operation works with this credential',
	remedy: 'Correct the address and the key in the credential, connect again, and check the network.',
});

export const attributeRefused = (found: string): Words => ({
	expected: 'a known attribute',
	found,
	meaning: 'Do not map or return this field: the request would be refused',
	remedy: REPORT,
});

export const attributeMissing = (sample: number): Words => ({
	expected: 'in every answer',
	found: `in none of ${sample} record${sample === 1 ? '' : 's'}`,
	meaning: 'Flows that read this field get nothing',
	remedy: REPORT,
});

/** A fact that the vendor refuses. */
export const refused = ({ kind }: Fact, found: string): Words => ({
	expected: 'accepted',
	found,
	meaning: { filter: 'Lists with this filter, and look-ups by it, fail', sort: 'Lists in this order fail', include: 'Lists that include this relation fail' }[kind],
	remedy: `Use another ${{ filter: 'filter', sort: 'order', include: 'relation' }[kind]}. ${REPORT}`,
});

export const lost: Words = {
	expected: 'gives back a record with this value',
	found: 'gives the record not back',
	meaning: 'Lists with this filter miss records, and look-ups by it find nothing',
	remedy: `Use another filter. ${REPORT}`,
};

export const ignored: Words = {
	expected: 'gives matching records only',
	found: 'has no effect',
	meaning: 'Lists with this filter would contain other records. The node notices and fails',
	remedy: `Use another filter, or read the list without it and use a Filter node. ${REPORT}`,
};

export const unordered: Words = {
	expected: 'gives records in this order',
	found: 'has no effect',
	meaning: 'Lists are not in order, and polling triggers that follow this time miss records',
	remedy: `Use a Sort node. ${REPORT}`,
};

export const notIncluded: Words = {
	expected: 'gives related records along',
	found: 'has no effect',
	meaning: 'The output has the ID of the related record only',
	remedy: `Read the related record with a node of its own. ${REPORT}`,
};

export const smallPage = (expected: number, found: string, works: number | undefined): Words => ({
	expected: `${expected} records on a page`,
	found: works === undefined ? found : `${found}; ${works} work`,
	meaning: 'Reading many records takes more requests. The node goes on with smaller pages by itself',
	remedy: `${works === undefined ? '' : `To save requests, set Limit to at most ${works}. `}${REPORT}`,
});

export const samePage = (found: string): Words => ({
	expected: 'other records than the first page',
	found,
	meaning: 'Reading many records repeats or misses some',
	remedy: `Do not use Return All. ${REPORT}`,
});

export const noSearch = (found: string): Words => ({
	expected: 'records with a word that begins like the text, and no others',
	found,
	meaning: 'The option Search, and searched lists, give wrong records',
	remedy: `Use a filter instead. ${REPORT}`,
});

export const noHeaders = (expected: string): Words => ({
	expected,
	found: 'missing',
	meaning: 'The node learns of the rate limit only when a request is refused',
	remedy: `Run large flows with few parallel requests. ${REPORT}`,
});

export const clockOff = (seconds: number): Words => ({
	expected: 'the clocks of n8n and the vendor agree within a minute',
	found: `${Math.abs(seconds)} seconds ${seconds > 0 ? 'ahead' : 'behind'}`,
	meaning: 'Filters by the current time are off, and signed tokens may be refused',
	remedy: 'Set the clock of the computer on which n8n runs.',
});

export const noCustomFields = (found: string): Words => ({
	expected: 'can be read',
	found,
	meaning: 'The mapper shows no custom fields, or shows them without their labels',
	remedy: 'Ask an administrator for the permission to read them.',
});

export const notSingle = (found: string): Words => ({
	expected: 'a single record can be read by its ID',
	found,
	meaning: 'Get, and operations that read the record first, fail',
	remedy: `Use Get Many with a filter. ${REPORT}`,
});
