/**
 * Every operation once more, against vendors that lie: each answer is changed on its way back. An operation may fail, say in its
 * output what did not take effect or is not confirmed, or give out nothing; it may not report what did not happen.
 */
import type { INodeParameters } from 'n8n-workflow';
import type { Operation } from '../../dist/nodes/shared/spec/operation.js';
import type { Harness } from '../harness/index.mts';
import type { Answerer, Liar, Recorder } from './recorder.mts';

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

/** Paths of the records that were changed: a read of one shows what the change has dropped no more than its answer. */
const changed = new Set<string>();

const LIARS: Record<'drops' | 'silence' | 'page' | 'other' | 'filters', Liar> = {
	drops({ method, path }, reply) {
		if (['PATCH', 'PUT'].includes(method)) changed.add(path);
		return isWrite(method) || changed.has(path) ? { ...reply, body: altered(reply.body) } : reply;
	},
	silence: ({ method }, reply) => (isWrite(method) ? { status: 204 } : reply),
	page: ({ method }, reply) => (isWrite(method) ? { status: 200, headers: { 'content-type': 'text/html' }, body: '<html><head><title>Maintenance</title></head><body>Back soon</body></html>' } : reply),
	other: (_, reply) => ({ ...reply, body: renamed(reply.body) }),
	filters: ({ method, query }, reply) => (isWrite(method) ? reply : { ...reply, body: unfitting(reply.body, query) }),
};

export interface Lied {
	node: string;
	operation: Operation;
	parameters: INodeParameters;
	items: Parameters<Harness['runNode']>[2];
	answer?: Answerer;
}

/** Outcomes that claim a change. */
const CLAIMS = /^(created|updated|locked|unlocked|activated|deactivated|added|removed|subscribed)$/;

/** Runs a case against each liar that can hit it; gives what was reported that did not happen. */
export async function falseClaims(harness: Harness, recorder: Recorder, { node, operation, parameters, items, answer }: Lied): Promise<string[]> {
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
		const wrong = recorder.sent.filter(({ method, path, body }) => isWrite(method) && /424242|another1/.test(JSON.stringify([path, body])));
		if (wrong.length > 0) claims.push(`a record that nobody asked for was changed: ${wrong.map(({ method, path }) => `${method} ${path}`).join(', ')}`);
	}
	if (['create', 'update', 'replace', 'upsert'].includes(operation.kind)) {
		const drops = await against('drops');
		if (!drops.failed && !doubted(drops.json)) claims.push(`values that were dropped: ${JSON.stringify(drops.json)}`);
	}
	if (['get', 'update', 'replace'].includes(operation.kind)) {
		const other = await against('other');
		if (!other.failed) claims.push(`another record: ${JSON.stringify(other.json)}`);
	}
	if (operation.kind === 'getAll' && /"(condition|related)":\[\{/.test(JSON.stringify(parameters))) {
		const filters = await against('filters');
		if (!filters.failed && filters.json.length > 0) claims.push(`filters that were ignored: ${JSON.stringify(filters.json)}`);
	}
	return claims;
}
