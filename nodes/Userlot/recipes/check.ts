/** What a check asks Userlot beyond the facts of the spec: what its documentation does not show. */
import { isSilent } from '../../shared/run/answers';
import { check } from '../../shared/run/check/check';
import { isRefusal, type Lab } from '../../shared/run/check/checkLab';
import { WHY } from '../../shared/run/check/checkLedger';
import { asObject } from '../../shared/spec/values';
import { fieldIn } from '../wire/answers';

const REPORT = 'Paste the text under "report" into an issue of the repository of this node.';

/** Names of wrappers that can be told. */
const WRAPPERS = ['data', 'items', 'records', 'results', 'companies', 'end_users', 'company_fields', 'company_statuses', 'end_user_fields', 'teams'];

/** Whether lists come bare. Costs no request. */
function shape(lab: Lab): void {
	for (const { label, answer } of lab.open) {
		if (Array.isArray(answer)) lab.ledger.ok(label, 'shape of the list');
		else {
			const wrapper = WRAPPERS.find((name) => name in asObject(answer));
			lab.ledger.differs({ resource: label, fact: 'shape of the list', expected: 'a list', found: wrapper ? `a list under "${wrapper}"` : 'a list inside an object', meaning: 'The node reads both', remedy: `None. ${REPORT}` });
		}
	}
}

/** Whether definitions of fields name them. Costs no request. */
function definitions(lab: Lab): void {
	for (const name of ['companyField', 'endUserField']) {
		const place = lab.places.get(name);
		if (!place?.open) continue;
		const { label, records } = place;
		if (records.length === 0) lab.ledger.skip(label, 'definitions', WHY.noRecord);
		else if (records.every((record) => fieldIn(asObject(record)))) lab.ledger.ok(label, 'definitions');
		else lab.ledger.differs({ resource: label, fact: 'definitions', expected: 'tell the key of the field', found: 'some do not', meaning: 'The mapper does not offer all custom fields', remedy: `Enter them under "Custom Fields". ${REPORT}` });
	}
}

/** Whether a list comes whole: it must not have a second page. */
async function whole(lab: Lab): Promise<void> {
	const place = ['company', 'endUser'].map((name) => lab.places.get(name)).find((candidate) => candidate && candidate.records.length > 0);
	if (!place) return lab.ledger.skip('Connection', 'lists come whole', WHY.noRecord);
	const reply = await lab.page(place.resource, { method: 'GET', path: place.resource.path, query: [['page', '2']] });
	if (reply.ok === undefined) return lab.ledger.skip('Connection', 'lists come whole', WHY[reply.why]);
	if (isRefusal(reply) || lab.has(reply, place.records[0])) return lab.ledger.ok('Connection', 'lists come whole');
	const found = reply.ok === false ? reply.found : 'pages';
	lab.ledger.differs({ resource: 'Connection', fact: 'lists come whole', expected: 'no second page', found, meaning: 'Get Many and triggers may read the first page only', remedy: `Use API Request with All Pages. ${REPORT}` });
}

/** A request that is named, and not shown. */
async function revenue(lab: Lab): Promise<void> {
	const [record] = lab.places.get('company')?.records ?? [];
	if (!record) return lab.ledger.skip('Company', 'Get Revenue', WHY.noRecord);
	const reply = await lab.ask({ method: 'GET', path: `/companies/${encodeURIComponent(String(lab.api.id(record)))}/revenue` });
	if (reply.ok === undefined) lab.ledger.skip('Company', 'Get Revenue', WHY[reply.why]);
	else if (reply.ok && !isSilent(reply.body)) lab.ledger.ok('Company', 'Get Revenue');
	else lab.ledger.differs({ resource: 'Company', fact: 'Get Revenue', expected: 'can be read', found: reply.ok ? 'an empty answer' : reply.found, meaning: 'The operation Get Revenue fails', remedy: `Use the fields ARR and MRR of the company. ${REPORT}` });
}

/** The API of a product. */
export const checkApi = check({
	most: 15,
	first: ['company', 'endUser'],
	ownCustomFields: true,
	unsure: ['endUser.name'],
	async probes(lab) {
		shape(lab);
		definitions(lab);
		await whole(lab);
		await revenue(lab);
	},
});
