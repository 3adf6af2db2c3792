/**
 * Every operation once more, against vendors that lie: each answer is changed on its way back. An operation may fail, say in its
 * output what did not take effect or is not confirmed, or give out nothing; it may not report what did not happen.
 */
import type { INodeParameters } from 'n8n-workflow';
import type { Operation } from '../../dist/nodes/shared/spec/operation.js';
import type { Harness } from '../harness/index.mts';
import type { Answerer, Liar, Recorder, Reply } from './recorder.mts';

/** Members that tell what a record is, or where a list stands, and not what it holds. */
const FRAME = new Set(['id', 'Uid', 'type', 'schemas', 'links', 'pagination', 'metadata', 'meta', 'totalResults', 'startIndex', 'itemsPerPage', 'state', 'finishedAt']);

/** The same shape with other values. */
function altered(value: unknown, inside = false): unknown {
	if (Array.isArray(value)) return value.map((entry) => altered(entry, inside));
	if (typeof value === 'object' && value !== null) {
		// The target of a relation is a value.
		const link = 'id' in value && 'type' in value && Object.keys(value).length === 2;
		return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, inside && link && name === 'id' ? Number(entry) + 7_000 : FRAME.has(name) ? entry : altered(entry, true)]));
	}
	if (typeof value === 'boolean') return !value;
	if (typeof value === 'number') return value + 7_000;
	if (typeof value !== 'string') return value;
	if (value === 'true' || value === 'false') return String(value !== 'true');
	if (/^\d{4}-\d\d-\d\d/.test(value)) return value.replace(/^\d{4}/, '1999');
	return value !== '' && Number.isFinite(Number(value)) ? String(Number(value) + 7_000) : 'Quite Another Value';
}

/** The same record under another id. */
function renamed(body: unknown): unknown {
	if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
	if ('data' in body && typeof body.data === 'object' && body.data !== null && !Array.isArray(body.data)) return { ...body, data: renamed(body.data) };
	const name = ['id', 'Uid'].find((one) => one in body) as keyof typeof body | undefined;
	return name === undefined ? body : { ...body, [name]: typeof body[name] === 'number' ? 424_242 : 'another1' };
}

/** A list of which no record fits what was asked for. */
function unfitting(body: unknown, query: string[]): unknown {
	if (typeof body !== 'object' || body === null) return body;
	const name = ['data', 'items', 'Resources'].find((one) => one in body && Array.isArray(body[one as keyof typeof body]));
	if (name) return { ...body, [name]: unfitting(body[name as keyof typeof body], query) };
	if (!Array.isArray(body)) return body;
	// Vendors with plain parameters show the fields under the same names.
	const plain = query.map((pair) => pair.replace(/^attributes\[(\w+)\]=/, '$1=').replace(/^attributes=(\w+):/, '$1='));
	const asked = Object.fromEntries(plain.map((pair) => pair.split('=')).filter(([one]) => /^\w+$/.test(one)).map(([one, value]) => [one, altered(value)]));
	return body.map((record) => ({ ...(altered(renamed(record)) as object), ...asked }));
}

const isWrite = (method: string) => method !== 'GET';

/** Paths of the records that were changed. */
const changed = new Set<string>();

const PAGE: Reply = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html><head><title>Maintenance</title></head><body>Back soon</body></html>' };

const LIARS: Record<'drops' | 'dropsForGood' | 'silence' | 'empty' | 'nod' | 'page' | 'other' | 'filters', Liar> = {
	drops: ({ method }, reply) => (isWrite(method) ? { ...reply, body: altered(reply.body) } : reply),
	// A read shows what was dropped no more than the answer of the change.
	dropsForGood({ method, path }, reply) {
		if (['PATCH', 'PUT'].includes(method)) changed.add(path);
		return isWrite(method) || changed.has(path) ? { ...reply, body: altered(reply.body) } : reply;
	},
	silence: ({ method }, reply) => (isWrite(method) ? { status: 204 } : reply),
	empty: ({ method }, reply) => (isWrite(method) ? { status: 200, body: {} } : reply),
	nod: ({ method }, reply) => (isWrite(method) ? { status: 200, body: { ok: true } } : reply),
	page: ({ method }, reply) => (isWrite(method) ? PAGE : reply),
	other: (_, reply) => ({ ...reply, body: renamed(reply.body) }),
	filters: ({ method, query }, reply) => (isWrite(method) ? reply : { ...reply, body: unfitting(reply.body, query) }),
};

export interface Lied {
	node: string;
	operation: Operation;
	parameters: INodeParameters;
	items: Parameters<Harness['runNode']>[2];
	answer?: Answerer;
	/** Reconcile: keys of people who are not in the list, and come out nevertheless. The `key` of each item is that of a person in it. */
	leavers?: string[];
}

/** Outcomes that claim a change. */
const CLAIMS = /^(created|updated|locked|unlocked|activated|deactivated|added|removed|subscribed)$/;

/** Filters of a list, or of the scope. */
const isFiltered = (parameters: INodeParameters) => /"(condition|related)":\[\{/.test(JSON.stringify(parameters));

/** Writes about the records that `filters` and `other` put in the place of those that were asked for. */
const wrongWrites = ({ sent }: Recorder) => sent.filter(({ method, path, body }) => isWrite(method) && /424242|another1/.test(JSON.stringify([path, body]))).map(({ method, path }) => `${method} ${path}`);

/** Runs a case against each liar that can hit it; gives what was reported that did not happen. */
export async function falseClaims(harness: Harness, recorder: Recorder, lied: Lied): Promise<string[]> {
	const { node, operation, parameters, items, answer } = lied;
	if (operation.kind === 'reconcile') return await falseFates(harness, recorder, lied);
	const claims: string[] = [];
	const against = async (liar: keyof typeof LIARS) => {
		let hit = false;
		changed.clear();
		recorder.start(answer, (request, reply) => {
			const lied = LIARS[liar](request, reply);
			hit ||= JSON.stringify(lied.body ?? null) !== JSON.stringify(reply.body ?? null);
			return lied;
		});
		const { error, json } = await harness.runNode(node, parameters, items);
		// A read after the last write tells what became of it.
		const read = recorder.sent.length > 0 && !isWrite(recorder.sent.at(-1)!.method);
		return { failed: error !== undefined || !hit, json, read };
	};
	const doubted = (json: Array<Record<string, unknown>>) => json.length > 0 && json.every(({ confirmed, notApplied, outcome }) => outcome === 'unchanged' || confirmed === false || (Array.isArray(notApplied) && notApplied.length > 0));
	if (operation.writes) {
		const page = await against('page');
		if (!page.failed) claims.push(`a web page in place of data: ${JSON.stringify(page.json)}`);
		const silence = await against('silence');
		const loud = silence.json.filter(({ success, outcome, confirmed, deleted }) => !deleted && confirmed !== false && (success === true || CLAIMS.test(String(outcome))));
		if (!silence.failed && !silence.read && loud.length > 0) claims.push(`no word from the vendor: ${JSON.stringify(loud)}`);
	}
	if (operation.writes) {
		await against('filters');
		const wrong = wrongWrites(recorder);
		if (wrong.length > 0) claims.push(`a record that nobody asked for was changed: ${wrong.join(', ')}`);
	}
	if (['create', 'update', 'replace', 'upsert'].includes(operation.kind)) {
		const drops = await against('dropsForGood');
		if (!drops.failed && !doubted(drops.json)) claims.push(`values that were dropped: ${JSON.stringify(drops.json)}`);
	}
	if (['get', 'update', 'replace'].includes(operation.kind)) {
		const other = await against('other');
		if (!other.failed) claims.push(`another record: ${JSON.stringify(other.json)}`);
	}
	if (operation.kind === 'getAll' && isFiltered(parameters)) {
		const filters = await against('filters');
		if (!filters.failed && filters.json.length > 0) claims.push(`filters that were ignored: ${JSON.stringify(filters.json)}`);
	}
	return claims;
}

/** No page is asked for that would be smaller. */
const SMALLEST = 25;

/**
 * A list whose first page is too large for the vendor must come all the same. To be run last: the nodes remember which pages a vendor could give.
 * @returns how it came instead; undefined if it did, or if the list has no pages.
 */
export async function lostOnLargePages(harness: Harness, recorder: Recorder, { node, parameters, items, answer }: Omit<Lied, 'operation'>): Promise<string | undefined> {
	const run = async (lie?: Liar) => {
		recorder.start(answer, lie);
		const { error, json } = await harness.runNode(node, { ...parameters, returnAll: true }, items);
		return JSON.stringify(error?.message ?? json);
	};
	const sizeOf = (query: string[]) => Number(query.map((pair) => /^(?:page\[size\]|limit|count)=(\d+)$/.exec(pair)?.[1]).find(Boolean));
	const honest = await run();
	const large = sizeOf(recorder.sent.at(-1)!.query);
	if (Number.isNaN(large) || large <= SMALLEST) return undefined;
	const whole = await run(({ query }, reply) => (sizeOf(query) >= large ? { status: 500, body: {} } : reply));
	return whole === honest && recorder.sent.some(({ query }) => sizeOf(query) < large) ? undefined : `${whole}, not ${honest}`;
}

/** Outcomes that claim no change. */
const QUIET = new Set(['unchanged', 'reported', 'protected', 'refused']);

interface Fate {
	key?: string;
	id?: unknown;
	outcome?: string;
	changes?: Array<{ field: string; to: unknown }>;
	notApplied?: string[];
	error?: unknown;
}

/** What is claimed of a person without a word of doubt. */
const isClaim = ({ outcome, error, notApplied = [] }: Fate) => error === undefined && notApplied.length === 0 && !QUIET.has(String(outcome));

const leaving = new Set(['deleted', 'removed']);

/**
 * Reconcile: every person is judged, and one who fails hides no other. The vendors of these cases keep nothing, so that a read after a
 * write that was not made shows what was there before. Nobody may come out but the people of the list and the leavers.
 */
async function falseFates(harness: Harness, recorder: Recorder, { node, parameters, items = [], answer, leavers = [] }: Lied): Promise<string[]> {
	const claims: string[] = [];
	const known = [...items.map((item) => String((item as { key: unknown }).key)), ...leavers].sort();
	const run = async (what: string, lie?: Liar, deletes = true) => {
		let hit = false;
		recorder.start(
			answer,
			(request, reply) => {
				const lied = lie?.(request, reply) ?? reply;
				hit ||= JSON.stringify(lied.body ?? null) !== JSON.stringify(reply.body ?? null);
				return lied;
			},
			deletes,
		);
		const { json } = await harness.runNode(node, parameters, items, { continueOnFail: true });
		const fates = json as Fate[];
		const keys = fates.flatMap(({ key }) => key ?? []).sort();
		const strangers = keys.filter((key, i) => !known.includes(key) || keys.indexOf(key) !== i);
		if (strangers.length > 0) claims.push(`${what}: ${strangers.join(', ')} came out`);
		return { hit, fates, keys };
	};
	const truth = await run('the truth');
	if (JSON.stringify(truth.keys) !== JSON.stringify(known)) claims.push(`the truth: ${truth.keys.join(', ')} came out, not ${known.join(', ')}`);
	if (truth.fates.every((fate) => !isClaim(fate))) claims.push('the truth: nothing is changed, so that nothing can be denied');
	// Nothing is done of what was sent.
	for (const liar of ['page', 'silence', 'empty', 'nod', 'drops'] as const) {
		const { hit, fates } = await run(liar, LIARS[liar], false);
		if (!hit) claims.push(`${liar}: no answer was changed`);
		const bold = fates.filter(isClaim);
		if (bold.length > 0) claims.push(`${liar}: ${JSON.stringify(bold)}`);
		const told = fates.flatMap(({ key, changes = [] }) => changes.map(({ field, to }) => JSON.stringify([key, field, to])));
		const happened = new Set(truth.fates.flatMap(({ key, changes = [] }) => changes.map(({ field, to }) => JSON.stringify([key, field, to]))));
		const denied = told.filter((change) => happened.has(change));
		if (denied.length > 0) claims.push(`${liar}: ${denied.join(', ')}`);
	}
	// What was created is known by the answer only, and what was deleted by a read.
	const other = await run('other', LIARS.other);
	const mistaken = other.fates.filter((fate) => isClaim(fate) && fate.outcome !== 'created' && !leaving.has(String(fate.outcome)));
	if (mistaken.length > 0) claims.push(`another record: ${JSON.stringify(mistaken)}`);
	if (isFiltered(parameters)) {
		const { fates } = await run('filters', LIARS.filters);
		const wrong = wrongWrites(recorder);
		if (wrong.length > 0) claims.push(`filters: somebody out of scope was changed: ${wrong.join(', ')}`);
		const retired = fates.filter((fate) => isClaim(fate) && leavers.includes(String(fate.key)));
		if (retired.length > 0) claims.push(`filters: ${JSON.stringify(retired)}`);
	}
	return claims;
}

/** Connection: Check must tell what it met, and may count nothing as documented that was a web page or no answer at all. It only reads. */
export async function falseFindings(harness: Harness, recorder: Recorder, { node, parameters, items, answer }: Omit<Lied, 'operation'>): Promise<string[]> {
	const claims: string[] = [];
	const run = async (what: string, lie: Liar) => {
		recorder.start(answer, lie);
		const { error, json } = await harness.runNode(node, parameters, items);
		const writes = recorder.sent.filter(({ method }) => isWrite(method)).map(({ method, path }) => `${method} ${path}`);
		if (writes.length > 0) claims.push(`${what}: ${writes.join(', ')}`);
		const [summary] = json as Array<{ kind?: string; verified?: number; differing?: number }>;
		if (error || summary?.kind !== 'summary') claims.push(`${what}: ${error?.message ?? 'no summary'}`);
		return { verified: summary?.verified ?? 0, differing: summary?.differing ?? 0, sent: recorder.sent.length };
	};
	const empty: Record<string, Reply> = { 'a web page': PAGE, silence: { status: 204 }, 'an empty object': { status: 200, body: {} } };
	const truth = await run('the truth', (_, reply) => reply);
	if (truth.verified === 0) claims.push('the truth: nothing is verified, so that nothing can be denied');
	for (const [what, nothing] of Object.entries(empty)) {
		// From some request on; what a failure does not verify, this does not either.
		for (const from of [0, 1, 3, 10, 30].filter((count) => count < truth.sent)) {
			let count = 0;
			const turn = (lie: Reply): Liar => (_, reply) => (count++ < from ? reply : lie);
			const failed = from === 0 ? { verified: 0 } : await run('a failure', turn({ status: 501, body: {} }));
			count = 0;
			const met = await run(`${what} from request ${from} on`, turn(nothing));
			if (met.verified > failed.verified) claims.push(`${what} from request ${from} on: ${met.verified} facts verified, not ${failed.verified}`);
			if (met.differing === 0) claims.push(`${what} from request ${from} on: no difference is told`);
		}
	}
	for (const liar of ['drops', 'other', 'filters'] as const) await run(liar, (request, reply) => LIARS[liar]({ ...request, method: liar === 'drops' ? 'PUT' : request.method }, reply));
	return claims;
}
