/** What a check asks BranchCMS beyond the facts of the spec: which form of filters works. */
import { check } from '../../shared/run/check/check';
import type { Lab, Place, Reply } from '../../shared/run/check/checkLab';
import { WHY } from '../../shared/run/check/checkLedger';
import { isAbsent } from '../../shared/spec/values';

const FACT = 'filter form';

/** The forms, the usual one first, with their name in the option. */
const FORMS = [
	{ value: 'brackets', label: 'Brackets', shown: 'attributes[name]=value' },
	{ value: 'colon', label: 'Colon', shown: 'attributes=name:value' },
];

const NOBODY = 'no such value 2999-12-31';

/** Whether the site filters: the value of a record gives it back, and one that cannot exist gives nothing. */
async function works(lab: Lab, { resource, records: [record] }: Place, name: string): Promise<boolean | Reply> {
	const ask = async (value: string) => await lab.list(resource, { conditions: [{ path: [name], operator: 'equals', values: [value] }] }, 25);
	const none = await ask(NOBODY);
	if (none.ok !== true) return none.ok === undefined ? none : false;
	if (none.records.length > 0) return false;
	const own = await ask(String(lab.api.value(record, name)));
	return own.ok === undefined ? own : lab.has(own, record);
}

async function filterForm(lab: Lab): Promise<void> {
	const { ledger, api } = lab;
	const named = lab.open.flatMap((place) => {
		const name = place.records.length > 0 ? ['email', 'username', 'title'].find((field) => !isAbsent(api.value(place.records[0], field))) : undefined;
		return name ? [{ place, name }] : [];
	});
	if (named.length === 0) return ledger.skip('Connection', FACT, WHY.noRecord);
	const [{ place, name }] = named;
	for (const [i, { value, label, shown }] of FORMS.entries()) {
		lab.options.filterSyntax = value;
		const verdict = await works(lab, place, name);
		if (typeof verdict === 'object') return ledger.skip('Connection', FACT, WHY.limit);
		if (!verdict) continue;
		if (i === 0) return ledger.ok('Connection', FACT);
		ledger.right('Filter Form', label);
		return ledger.differs({
			resource: 'Connection',
			fact: FACT,
			expected: FORMS[0].shown,
			found: shown,
			meaning: 'Filters and look-ups by email have no effect with the usual form',
			remedy: `Set the option "Filter Form" to ${label} in each node with filters.`,
		});
	}
	delete lab.options.filterSyntax;
	lab.filters = false;
	ledger.differs({
		resource: 'Connection',
		fact: FACT,
		expected: FORMS[0].shown,
		found: 'no known form has an effect',
		meaning: 'Filtered lists hold all records, and look-ups by email fail',
		remedy: 'Use lists without filters and a Filter node. Paste the text under "report" into an issue of the repository of this node.',
	});
}

/** The API of a site. */
export const checkApi = check({ most: 15, first: ['account'], ownCustomFields: true, oneSort: true, probes: filterForm });
