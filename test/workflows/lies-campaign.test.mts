/**
 * A vendor under lies and faults, drawn at random: what the outputs and errors claim is held against what the vendor stores. The
 * short form runs with the other tests. `CALLS=10000` and `SEED=<n>` make it the campaign of `npm run test:campaign -- --only lies`.
 */
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { resources } from '../../dist/nodes/Outreach/resources/index.js';
import { labelOf } from '../../dist/nodes/shared/spec/labels.js';
import { forgetPageSizes } from '../../dist/nodes/shared/wire/pageSize.js';
import { described, linked, mapper, outreachLab, rl, where } from './support.mts';

const CALLS = Number(process.env.CALLS ?? 400);
const SEED = Number(process.env.SEED ?? 20_261_128);
/** Pauses take so much less time than the nodes ask for. */
const FASTER = 20;
/** Runs before everything begins anew. */
const ROUND = 150;

const lab = outreachLab({ stepMs: 5 });

const realTimeout = globalThis.setTimeout;
beforeAll(() => {
	globalThis.setTimeout = ((work: () => void, ms = 0, ...more: unknown[]) => realTimeout(work, ms / FASTER, ...(more as []))) as typeof setTimeout;
});
afterAll(() => {
	globalThis.setTimeout = realTimeout;
});

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function generator(seed: number) {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
}

const random = generator(SEED);
const pick = <T,>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
const TYPES = ['prospect', 'user', 'account', 'task', 'team'] as const;

interface Kept {
	type: string;
	id: number;
	attributes: IDataObject;
	relationships: Record<string, { id: number } | Array<{ id: number }> | null>;
	text: string;
}
type Stored = Map<string, Kept>;

/** Without what the vendor keeps for itself. */
const OWN = /At$|Count$|^name$|^updater$/;
const own = (members: object) => Object.fromEntries(Object.entries(members).filter(([name]) => !OWN.test(name)).sort(([a], [b]) => (a < b ? -1 : 1)));

/** What is stored. */
function stored(): Stored {
	const all: Stored = new Map();
	for (const type of TYPES) {
		for (const { id, attributes, relationships } of lab.sim.records(type)) {
			// The name of a person is made of others.
			const name = type === 'account' || type === 'team' ? attributes.name : '';
			const text = JSON.stringify([own(attributes), own(relationships), name]);
			all.set(`${type} ${id}`, { type, id: Number(id), attributes: attributes as IDataObject, relationships: relationships as Kept['relationships'], text });
		}
	}
	return all;
}

const linkOf = (one: Kept | undefined, relation: string) => (one?.relationships[relation] as { id: number } | null | undefined)?.id;

/** Whether two states of a record differ in these attributes and relations only. */
function differsOnlyIn(was: Kept | undefined, is: Kept | undefined, names: string[]): boolean {
	if (!was || !is) return false;
	const rest = (members: object) => JSON.stringify(Object.fromEntries(Object.entries(own(members)).filter(([name]) => !names.includes(name))));
	return rest(was.attributes) === rest(is.attributes) && rest(was.relationships) === rest(is.relationships);
}

/** A run; begun again if n8n had no time to check its parameters, which it does before anything is sent. */
async function run({ resource, operation, parameters, items = [{}] }: Attempt): Promise<Pick<Outcome, 'json' | 'error'>> {
	for (;;) {
		const [result] = await Promise.allSettled([lab.run(resource, operation, parameters as INodeParameters, items)]);
		if (result.status === 'fulfilled') return result.value;
		if (!/^Regular expression execution timed out/.test(String((result.reason as Error).message))) throw result.reason;
	}
}

interface Outcome {
	json: IDataObject[];
	error?: Error;
	before: Stored;
	now: Stored;
}

interface Attempt {
	resource: string;
	operation: string;
	parameters: IDataObject;
	items?: IDataObject[];
	/** One run right after the other. */
	twice?: boolean;
	/** The vendor may refuse it without any lie. */
	refusable?: boolean;
	/** Whether a record may have become this. */
	may(name: string, was: Kept | undefined, is: Kept | undefined): boolean;
	/** What is wrong with the output, or with what the error says was done. */
	check(outcome: Outcome): string[];
}

const fieldLabels = new Map(
	(resources as Array<{ name: string; fields: object[]; relations?: object[] }>).map(({ name, fields, relations = [] }) => [name, new Map([...fields, ...relations].map((f) => [(f as { name: string }).name, labelOf(f as never)]))]),
);
const labelIn = (type: string, name: string) => fieldLabels.get(type)!.get(name)!;

/** Each value that was sent is stored, or named as not applied; and the output shows what is stored. */
function written(type: string, json: IDataObject, now: Stored, fields: IDataObject, links: Record<string, number> = {}): string[] {
	if (json.confirmed === false) return [];
	const record = now.get(`${type} ${String(json.id)}`);
	if (!record) return [`${type} ${String(json.id)} is not there`];
	const missed = (json.notApplied as string[] | undefined) ?? [];
	const wrong = (name: string, sent: unknown, is: unknown, shown: unknown): string[] => [
		...(String(is) === String(sent) ? [] : missed.includes(labelIn(type, name)) ? [] : [`${type} ${record.id}: ${name} is ${JSON.stringify(is)}, not ${JSON.stringify(sent)}`]),
		...(String(is) === String(sent) && missed.includes(labelIn(type, name)) ? [`${type} ${record.id}: ${name} was applied, and is called missing`] : []),
		...(shown !== undefined && String(shown) !== String(is) ? [`${type} ${record.id}: the output shows ${name} ${JSON.stringify(shown)}, stored is ${JSON.stringify(is)}`] : []),
	];
	return [
		...Object.entries(fields).flatMap(([name, sent]) => wrong(name, sent, record.attributes[name], json[name])),
		...Object.entries(links).flatMap(([name, sent]) => wrong(name, sent, linkOf(record, name), json[`${name}Id`])),
	];
}

const emailsOf = ({ type, attributes }: Kept) => (type === 'user' ? [attributes.email] : ((attributes.emails ?? []) as unknown[])).map((email) => String(email).toLowerCase());
const sameText = (a: unknown, b: unknown) => String(a).toLowerCase() === String(b).toLowerCase();

/** What a leaver has that is handed over. */
const handedOver = (all: Stored, from: number) =>
	[...all.values()].filter(({ type, attributes, relationships }) => {
		if ((relationships.owner as { id: number } | null | undefined)?.id !== from) return false;
		return type === 'prospect' || (type === 'account' && attributes.named !== false) || (type === 'task' && ['incomplete', 'pending'].includes(String(attributes.state)));
	});

let counter = 0;
/** Deletions of prospects are not confirmed, and bulk changes are the vendor's own word, as the docs say. */
let skipped = false;
/** Lists that show a record much later than it came to be lead to a second one, where the vendor does not refuse it. */
let older = false;

/** An operation with values of its own. */
function attempt(): Attempt {
	const all = [...stored().values()];
	const prospects = all.filter(({ type }) => type === 'prospect');
	const users = all.filter(({ type }) => type === 'user');
	const accounts = all.filter(({ type, attributes }) => type === 'account' && attributes.named !== false);
	const prospect = pick(prospects);
	const name = `prospect ${prospect.id}`;
	counter += 1;
	/** Some fields and relations of a prospect. */
	const fields = Object.fromEntries(Object.entries({ title: `Title ${counter}`, firstName: `First${counter}`, lastName: `Last${counter}`, addressCity: `City ${counter}`, occupation: `Work ${counter}` }).filter(([one]) => one === 'title' || random() < 0.4));
	const links: Record<string, number> = random() < 0.4 ? { owner: pick(users).id, ...(random() < 0.5 ? { stage: 1 + Math.floor(random() * 3) } : {}), ...(random() < 0.5 ? { account: pick(accounts).id } : {}) } : {};
	const linkParameters = Object.keys(links).length > 0 ? { links: linked(Object.fromEntries(Object.entries(links).map(([relation, id]) => [relation, rl('id', id)]))) } : {};
	const sent = [...Object.keys(fields), ...Object.keys(links)];
	const filter = random() < 0.6 ? { by: 'title', value: String(prospect.attributes.title ?? 'CTO') } : { by: 'owner', value: String(linkOf(prospect, 'owner') ?? 1) };
	const filters = filter.by === 'title' ? where({ field: 'title', operator: 'equals', value: filter.value }) : ({ related: [{ relation: 'owner', record: rl('id', filter.value) }] } as unknown as INodeParameters);
	const matches = (one: Kept) => one.type === 'prospect' && (filter.by === 'title' ? sameText(one.attributes.title, filter.value) : String(linkOf(one, 'owner')) === filter.value);
	/** After a change of many records that Outreach calls finished, each hit is changed, and none is left out of the count. */
	const allChanged = ({ json: [json], before, now }: Outcome, isChanged: (one: Kept) => boolean): string[] => {
		const hits = [...before.values()].filter(matches);
		if (json?.state === 'nothing to do') return hits.length === 0 ? [] : [`${hits.length} prospects match, and there is nothing to do`];
		if (json?.finished !== true || json.state !== 'finished') return [];
		const left = hits.filter((hit) => !isChanged(now.get(`prospect ${hit.id}`)!));
		return [...(json.total === hits.length ? [] : [`${String(json.total)} changed, ${hits.length} match`]), ...(left.length === 0 || Number(json.failures) > 0 ? [] : [`${left.length} of ${hits.length} prospects are not changed`])];
	};

	const kinds: Record<string, () => Attempt> = {
		update: () => ({
			...{ resource: 'prospect', operation: 'update', parameters: { record: rl('id', prospect.id), fields: mapper(fields), ...linkParameters } },
			may: (one, was, is) => one === name && differsOnlyIn(was, is, sent),
			check: ({ json, now }) => json.flatMap((one) => written('prospect', one, now, fields, links)),
		}),
		create() {
			const taken = random() < 0.2;
			const email = taken ? emailsOf(prospect)[0] ?? 'x@campaign.example' : `made${counter}@campaign.example`;
			return {
				...{ resource: 'prospect', operation: 'create', parameters: { fields: mapper({ ...fields, emails: [email] }), ...linkParameters }, refusable: taken },
				may: (_, was, is) => was === undefined && is !== undefined && emailsOf(is).includes(email),
				check: ({ json, now, before }) => json.flatMap((one) => [...written('prospect', one, now, { ...fields, emails: email }, links), ...(before.has(`prospect ${String(one.id)}`) ? [`prospect ${String(one.id)} was there before`] : [])]),
			};
		},
		upsertAccount() {
			const domain = random() < 0.6 ? `upserted${counter}.example` : String(pick(accounts).attributes.domain ?? `upserted${counter}.example`);
			const own = { name: `Account ${counter}`, industry: `Industry ${counter}` };
			const is = (one: Kept | undefined) => one?.type === 'account' && (one.attributes.domain === domain || one.attributes.name === own.name);
			return {
				...{ resource: 'account', operation: 'upsert', parameters: { matchBy: 'domain', matchValue: domain, fields: mapper(own) }, twice: random() < 0.5 },
				may: (_, was, now) => is(now) && (was === undefined || differsOnlyIn(was, now, [...Object.keys(own), 'name'])),
				check: ({ json, error, now, before }) => [
					...json.flatMap((one) => written('account', one, now, own)),
					...json.flatMap((one) => (now.get(`account ${String(one.id)}`)?.attributes.domain === domain ? [] : [`account ${String(one.id)} has not the domain that it is found by`])),
					...(!older && !error && [...now.values()].filter(is).length > Math.max(1, [...before.values()].filter(is).length) ? [`${domain} is there twice`] : []),
				],
			};
		},
		createAccount() {
			const own = { name: `Account ${counter}`, domain: `account${counter}.example`, industry: `Industry ${counter}` };
			return {
				...{ resource: 'account', operation: 'create', parameters: { fields: mapper(own) } },
				may: (_, was, is) => was === undefined && is?.type === 'account' && is.attributes.name === own.name,
				check: ({ json, now }) => [...json.flatMap((one) => written('account', one, now, own)), ...([...now.values()].filter(({ type, attributes }) => type === 'account' && attributes.name === own.name).length > 1 ? [`${own.name} is there twice`] : [])],
			};
		},
		upsert() {
			const email = random() < 0.5 ? `new${counter}@campaign.example` : (emailsOf(prospect)[0] ?? `new${counter}@campaign.example`);
			return {
				...{ resource: 'prospect', operation: 'upsert', parameters: { matchValue: email, fields: mapper(fields), ...linkParameters }, twice: random() < 0.3 },
				may: (_, was, is) => is !== undefined && emailsOf(is).includes(email) && is.type === 'prospect' && (was === undefined || differsOnlyIn(was, is, sent)),
				check: ({ json, now }) => json.flatMap((one) => written('prospect', one, now, fields, links)),
			};
		},
		provision() {
			const user = pick(users);
			const isNew = random() < 0.4;
			const email = isNew ? `user${counter}@campaign.example` : String(user.attributes.email);
			const own = { title: `Title ${counter}`, firstName: `First${counter}`, lastName: `Last${counter}` };
			const role = 1 + Math.floor(random() * 4);
			return {
				...{ resource: 'user', operation: 'provision', parameters: { email, firstName: own.firstName, lastName: own.lastName, role: rl('id', role), fields: mapper({ title: own.title }) }, twice: random() < 0.3 },
				may: (_, was, is) => is?.type === 'user' && emailsOf(is).includes(email.toLowerCase()) && (was === undefined || differsOnlyIn(was, is, [...Object.keys(own), 'role', 'locked'])),
				check: ({ json, now }) => json.flatMap((one) => [...written('user', one, now, own, { role }), ...(now.get(`user ${String(one.id)}`)?.attributes.locked === true ? [`user ${String(one.id)} is still locked`] : [])]),
			};
		},
		deprovision() {
			const user = pick(users);
			const heir = pick(users.filter(({ id, attributes }) => id !== user.id && attributes.locked !== true));
			return {
				...{ resource: 'user', operation: 'deprovision', parameters: { record: rl('email', user.attributes.email), reassignTo: rl('id', heir.id), options: { waitMinutes: 1 } } },
				// Also when it fails: what was the leaver's may go to the heir, and nothing else changes hands.
				may: (one, was, is) => (one === `user ${user.id}` ? differsOnlyIn(was, is, ['locked']) : differsOnlyIn(was, is, ['owner']) && linkOf(was, 'owner') === user.id && linkOf(is, 'owner') === heir.id),
				check({ json, error, before, now }) {
					const done = error ? doneSoFar(error) : json[0];
					if (!done) return [];
					const wrong = now.get(`user ${user.id}`)?.attributes.locked === true ? [] : [`user ${user.id} is not locked`];
					const left = handedOver(before, user.id).filter(({ type, id }) => linkOf(now.get(`${type} ${id}`), 'owner') !== heir.id);
					const gone = (type: string) => handedOver(before, user.id).filter((one) => one.type === type).length - left.filter((one) => one.type === type).length;
					if (!error && left.length > 0 && (done.notDone as string[]).every((text) => !/was not finished yet|kept their owner/.test(text))) wrong.push(`${left.length} records did not reach user ${heir.id}: ${left.map(({ type, id }) => `${type} ${id}`).slice(0, 3).join(', ')}`);
					// What the error says was done.
					const tasks = done.tasks as { count: number } | undefined;
					if (tasks && !skipped && gone('task') < tasks.count) wrong.push(`${tasks.count} tasks are called handed over, ${gone('task')} were`);
					for (const [kind, type] of [['prospects', 'prospect'], ['accounts', 'account']]) {
						const report = done[kind] as { count: number; batches: Array<{ state: string; failures?: number }> } | undefined;
						if (!report || report.batches.length === 0 || report.batches.some(({ state, failures }) => state !== 'finished' || failures)) continue;
						if (gone(type) !== report.count) wrong.push(`${report.count} ${kind} are called handed over, ${gone(type)} were`);
					}
					return wrong;
				},
			};
		},
		reconcile() {
			const list = users.filter(() => random() < 0.2).map(({ attributes }) => ({ email: String(attributes.email), title: random() < 0.3 ? `Title ${counter}` : String(attributes.title ?? 'Member') }));
			const items = list.length > 0 ? list : [{ email: String(users[0]!.attributes.email), title: 'Member' }];
			const wanted = new Map(items.map(({ email, title }) => [email.toLowerCase(), title]));
			return {
				...{ resource: 'user', operation: 'reconcile', parameters: { email: '={{ $json.email }}', fields: mapper({ title: '={{ $json.title }}' }), dryRun: false }, items, twice: random() < 0.3 },
				may: (_, was, is) => is?.type === 'user' && wanted.has(emailsOf(is)[0]!) && differsOnlyIn(was, is, ['title', 'locked']),
				check: ({ json, now }) =>
					json.flatMap((one) => {
						const title = wanted.get(String(one.key).toLowerCase());
						return title === undefined || one.error ? [] : [...written('user', { id: one.id, notApplied: one.notApplied } as IDataObject, now, { title }), ...(now.get(`user ${String(one.id)}`)?.attributes.locked === true ? [`user ${String(one.id)} is still locked`] : [])];
					}),
			};
		},
		getAll() {
			const limit = random() < 0.3 ? 1 + Math.floor(random() * 20) : undefined;
			const all = random() < 0.3;
			return {
				...{ resource: 'prospect', operation: 'getAll', parameters: { ...(limit ? { returnAll: false, limit } : { returnAll: true }), ...(all ? {} : { filters }) } },
				may: () => false,
				check({ json, error, before }) {
					if (error) return [];
					const hits = new Set([...before.values()].filter((one) => (all ? one.type === 'prospect' : matches(one))).map(({ id }) => id));
					const ids = json.map(({ id }) => Number(id));
					const wrong = ids.filter((id) => !hits.has(id));
					const expected = Math.min(limit ?? Infinity, hits.size);
					return [...(wrong.length > 0 ? [`${wrong.join(', ')} do not match ${JSON.stringify(filter)}`] : []), ...(new Set(ids).size < ids.length ? ['a record comes twice'] : []), ...(ids.length < expected ? [`${ids.length} records of ${expected} came`] : [])];
				},
			};
		},
		addTags() {
			const tag = `tag${counter}`;
			return {
				...{ resource: 'prospect', operation: 'prospectsAddTags', parameters: { target: 'filter', filters, fields: mapper({ tags: tag }), options: { waitMinutes: 1 } } },
				may: (_, was, is) => was !== undefined && matches(was) && differsOnlyIn(was, is, ['tags']),
				check: (outcome) => allChanged(outcome, ({ attributes }) => ((attributes.tags ?? []) as string[]).includes(tag)),
			};
		},
		assignOwner() {
			const to = pick(users).id;
			return {
				...{ resource: 'prospect', operation: 'prospectsAssignOwner', parameters: { target: 'filter', filters, ownerId: rl('id', to), options: { waitMinutes: 1 } } },
				may: (_, was, is) => was !== undefined && matches(was) && differsOnlyIn(was, is, ['owner']) && linkOf(is, 'owner') === to,
				check: (outcome) => allChanged(outcome, (one) => linkOf(one, 'owner') === to),
			};
		},
		delete: () => ({
			...{ resource: 'prospect', operation: 'delete', parameters: { record: rl('id', prospect.id) } },
			// Its own tasks go with it.
			may: (one, was, is) => is === undefined && (one === name || (was?.type === 'task' && linkOf(was, 'prospect') === prospect.id)),
			check: ({ json, now }) => (json.length > 0 && now.has(name) && !skipped ? [`${name} is still there`] : []),
		}),
	};
	const OFTEN = ['update', 'upsert', 'upsertAccount', 'provision', 'deprovision', 'deprovision', 'getAll', 'getAll', 'addTags'];
	return kinds[pick([...Object.keys(kinds), ...OFTEN])]!();
}

/** What an error of Deprovision says was done. */
function doneSoFar(error: Error): IDataObject | undefined {
	const text = /Done so far: (\{.*\})\. /.exec(String(described(error).description))?.[1];
	return text === undefined ? undefined : (JSON.parse(text) as IDataObject);
}

/** What the vendor does wrong this time, and whether the run must go well nevertheless. */
function lies(): { told: string; harmless: boolean } {
	lab.sim.clearLies();
	lab.sim.clearFaults();
	skipped = older = false;
	const told: string[] = [];
	let harmless = true;
	const lie = (text: string, make: () => void, share: number, bearable = false) => {
		if (random() >= share) return;
		make();
		told.push(text);
		harmless &&= bearable;
	};
	const path = '/api/v2/*';
	const after = () => Math.floor(random() * 3);
	lie('ignores a filter', () => lab.sim.lie({ ignoreFilters: [pick(['filter[title]', 'filter[owner][id]', 'filter[email]', 'filter[emails]', 'filter[id]', 'filter[state]'])] }), 0.2);
	lie('ignores the filters of a change of many records', () => lab.sim.lie({ ignoreFilters: ['title', 'owner][id'].flatMap((name) => [`actionParams[filter][${name}]`, `actionParams[filter][${name}][]`]) }), 0.1);
	lie('drops a field', () => lab.sim.lie({ dropWrites: [pick(['title', 'locked', 'role', 'firstName']), pick(['addressCity', 'owner', 'stage', 'ownerId', 'tags', 'domain'])] }), 0.25);
	lie('fails on large pages', () => lab.sim.lie({ maxPage: 100 }), 0.04, true);
	lie('skips a write', () => {
		lab.sim.lie({ skipWrites: [pick(['/actions/reassignOwner', '*'])] });
		skipped = true;
	}, 0.08);
	lie('an older state for a moment', () => lab.sim.lie({ older: pick([{ ms: 40 }, { reads: 1 }]) }), 0.2, true);
	lie('an older state', () => {
		lab.sim.lie({ older: pick([{}, { reads: 2 }, { reads: 5 }]) });
		older = true;
	}, 0.1);
	// Pages have to be small, or there is no second one.
	lie('repeats a page', () => {
		lab.sim.lie({ maxPage: 25 });
		lab.sim.lie({ repeat: { what: pick(['page', 'answer']), ...(random() < 0.5 ? { times: 1 } : {}) } });
	}, 0.15);
	lie('repeats a record', () => lab.sim.lie({ repeat: { what: 'record' } }), 0.1, true);
	lie('429', () => lab.sim.addFault({ match: { path }, kind: 'rateLimit', headers: { 'retry-after': '0.02', 'x-ratelimit-remaining': '9000' }, times: 2, after: after() }), 0.15, true);
	lie('reset', () => lab.sim.addFault({ match: { path }, kind: 'reset', afterEffect: random() < 0.5, after: after() }), 0.04);
	lie('torn answer', () => lab.sim.addFault({ match: { path }, kind: 'truncate', after: after() }), 0.03);
	lie('a page of a proxy', () => lab.sim.addFault({ match: { path }, kind: 'html', status: 502, after: after() }), 0.03);
	lie('expired token', () => lab.sim.expireTokens(), 0.03, true);
	return { told: told.join(', '), harmless };
}

/** A few hundred records. */
function fill(): void {
	lab.reset();
	lab.sim.seedUsers(30);
	lab.sim.seedProspects(240);
	const users = lab.sim.records('user').map(({ id }) => Number(id));
	for (const [i, { id }] of lab.sim.records('prospect').entries()) {
		if (i % 2 === 0) lab.sim.insert('task', { attributes: { action: 'call', state: i % 8 === 0 ? 'complete' : 'incomplete', completed: i % 8 === 0 }, relationships: { owner: users[i % users.length]!, prospect: Number(id), subject: { type: 'prospect', id: Number(id) } } });
	}
}

test(`${CALLS} calls under lies and faults: nothing wrong is changed, claimed, left out, refused or doubled`, async () => {
	const wrong: string[] = [];
	const counts = { changed: 0, claims: 0, needless: 0, doubles: 0 };
	const sums = { runs: 0, refused: 0, calls: 0, harmless: 0, most: 0 };
	while (sums.calls < CALLS) {
		if (sums.runs % ROUND === 0) fill();
		forgetPageSizes();
		const given = attempt();
		const { resource, operation, twice = false, refusable = false, may, check } = given;
		const before = stored();
		const { told, harmless } = lies();
		lab.sim.clearRequests();
		const outcomes = [await run(given)];
		if (twice) outcomes.push(await run(given));
		lab.sim.clearLies();
		lab.sim.clearFaults();
		lab.sim.finishBatches();
		const now = stored();
		sums.runs += outcomes.length;
		sums.calls += lab.calls().length;
		sums.most = Math.max(sums.most, now.size);
		if (harmless) sums.harmless += outcomes.length;
		const report = (kind: keyof typeof counts, text: string) => {
			counts[kind]++;
			wrong.push(`run ${sums.runs}, ${resource} ${operation} (${told}): ${text}`);
		};
		for (const name of new Set([...before.keys(), ...now.keys()])) {
			const [was, is] = [before.get(name), now.get(name)];
			if (was?.text !== is?.text && !may(name, was, is)) report('changed', `${name}: ${String(was?.text)} is ${String(is?.text)}`);
		}
		for (const { error, json } of outcomes) {
			if (error) sums.refused++;
			if (error && harmless && !refusable) report('needless', `${error.message} ${String(described(error).description)}`);
			for (const text of check({ json, error, before, now })) report('claims', text);
			if (/Nothing was changed/.test(String(error && described(error).description)) && !twice && [...now].some(([name, { text }]) => before.get(name)?.text !== text)) report('claims', `something was changed, and the error says nothing was: ${error!.message}`);
		}
		for (const type of ['prospect', 'user']) {
			const values = [...now.values()].filter((one) => one.type === type).flatMap(emailsOf);
			const known = new Set<string>();
			const doubles = values.filter((value) => known.size === known.add(value).size);
			if (doubles.length > 0) report('doubles', doubles.join(', '));
		}
	}
	// Read by the campaign.
	console.log(
		`lies: seed ${SEED}, ${sums.runs} runs and ${sums.calls} calls on up to ${sums.most} records, ${sums.refused} runs refused; ${counts.changed} wrong changes, ${counts.claims} false claims, ${counts.doubles} duplicates; ` +
			`of ${sums.harmless} runs with nothing that had to stop them ${counts.needless} were refused`,
	);
	expect(wrong.slice(0, 5)).toEqual([]);
}, CALLS * 500 + 60_000);
