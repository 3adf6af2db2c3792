/**
 * A vendor under lies and faults, drawn at random: what the outputs claim is held against what the vendor stores. The short form runs
 * with the other tests. `CALLS=10000` and `SEED=<n>` make it the campaign of `npm run test:campaign -- --only lies`.
 */
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { forgetPageSizes } from '../../dist/nodes/shared/wire/pageSize.js';
import { mapper, outreachLab, rl, where } from './support.mts';

const CALLS = Number(process.env.CALLS ?? 250);
const SEED = Number(process.env.SEED ?? 20_261_128);

const lab = outreachLab({ stepMs: 5 });

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

/** What is stored, without what the vendor keeps for itself. */
function stored(): Map<string, string> {
	const all = new Map<string, string>();
	for (const type of TYPES) {
		for (const { id, attributes, relationships } of lab.sim.records(type)) {
			const own = Object.fromEntries(Object.entries(attributes).filter(([name]) => !/At$|Count$|^name$/.test(name)));
			all.set(`${type} ${id}`, JSON.stringify([own, relationships]));
		}
	}
	return all;
}

interface Attempt {
	resource: string;
	operation: string;
	parameters: IDataObject;
	/** Records that may change. */
	may(name: string): boolean;
	/** What an output that claims success must find in the store; gives what is wrong. */
	check(json: IDataObject, before: Map<string, string>): string | undefined;
}

const attributesOf = (type: string, id: unknown) => lab.sim.record(type, Number(id))?.attributes as IDataObject | undefined;
const ownerOf = (type: string, id: number) => JSON.stringify(lab.sim.record(type, id)?.relationships.owner);

let counter = 0;

/** An operation with values of its own. */
function attempt(): Attempt {
	const prospects = lab.sim.records('prospect').map(({ id }) => Number(id));
	const users = lab.sim.records('user').map(({ id, attributes }) => ({ id: Number(id), email: String(attributes.email), locked: attributes.locked === true }));
	const id = pick(prospects);
	const title = `Title ${++counter}`;
	const applied = (json: IDataObject) => !((json.notApplied as string[] | undefined) ?? []).includes('Title') && json.confirmed !== false;
	const titled = (json: IDataObject) => (applied(json) && json.outcome !== 'unchanged' && attributesOf('prospect', json.id)?.title !== title ? `${JSON.stringify(json)} is "${String(attributesOf('prospect', json.id)?.title)}"` : undefined);
	const kinds: Array<() => Attempt> = [
		() => ({ resource: 'prospect', operation: 'update', parameters: { record: rl('id', id), fields: mapper({ title }) }, may: (name) => name === `prospect ${id}`, check: titled }),
		() => {
			const email = random() < 0.5 ? `new${counter}@campaign.example` : String((attributesOf('prospect', id)!.emails as string[])[0] ?? `new${counter}@campaign.example`);
			return {
				resource: 'prospect',
				operation: 'upsert',
				parameters: { matchValue: email, fields: mapper({ title, firstName: 'Ada' }) },
				may: (name) => name.startsWith('prospect ') && ((JSON.parse(stored().get(name) ?? '[{}]') as IDataObject[])[0].emails as string[] | undefined)?.some((one) => one.toLowerCase() === email.toLowerCase()) === true,
				check: titled,
			};
		},
		() => {
			const user = pick(users);
			return {
				resource: 'user',
				operation: 'provision',
				parameters: { email: user.email, role: rl('id', 1 + Math.floor(random() * 2)), fields: mapper({ title }) },
				may: (name) => name === `user ${user.id}`,
				check: (json) => (attributesOf('user', json.id)?.locked === true ? `user ${String(json.id)} is still locked` : applied(json) && json.outcome === 'updated' && attributesOf('user', json.id)?.title !== title ? `${JSON.stringify(json)} has another title` : undefined),
			};
		},
		() => {
			const user = pick(users);
			const heir = pick(users.filter((one) => one.id !== user.id && !one.locked));
			return {
				resource: 'user',
				operation: 'deprovision',
				parameters: { record: rl('email', user.email), reassignTo: rl('id', heir.id), options: { waitMinutes: 1 } },
				may: (name) => name === `user ${user.id}` || /^(prospect|account|task) /.test(name),
				check(_, before) {
					if (attributesOf('user', user.id)?.locked !== true) return `user ${user.id} is not locked`;
					for (const [name, text] of before) {
						const [type, number] = name.split(' ');
						if (!/^(prospect|account|task)$/.test(type)) continue;
						const was = ((JSON.parse(text) as [IDataObject, IDataObject])[1].owner ?? undefined) as unknown;
						const mine = JSON.stringify(was) === String(JSON.stringify(was)).replace(/\d+/, String(user.id)) && was !== undefined && JSON.stringify(was)?.includes(String(user.id));
						if (!mine && ownerOf(type, Number(number)) !== JSON.stringify(was)) return `${name} was not the user's, and changed hands`;
					}
					return undefined;
				},
			};
		},
		() => {
			const wanted = String(attributesOf('prospect', id)!.title ?? 'CTO');
			return {
				resource: 'prospect',
				operation: 'getAll',
				parameters: { returnAll: true, filters: where({ field: 'title', operator: 'equals', value: wanted }) },
				may: () => false,
				check: (json) => (String(attributesOf('prospect', json.id)?.title).toLowerCase() === wanted.toLowerCase() ? undefined : `${String(json.id)} has not the title "${wanted}"`),
			};
		},
		() => {
			const wanted = String(attributesOf('prospect', id)!.title ?? 'CTO');
			const tag = `tag${counter}`;
			const hits = new Set(lab.sim.records('prospect').filter(({ attributes }) => String(attributes.title).toLowerCase() === wanted.toLowerCase()).map((record) => `prospect ${record.id}`));
			return {
				resource: 'prospect',
				operation: 'prospectsAddTags',
				parameters: { target: 'filter', filters: where({ field: 'title', operator: 'equals', value: wanted }), fields: mapper({ tags: tag }), options: { waitMinutes: 1 } },
				may: (name) => hits.has(name),
				check: () => undefined,
			};
		},
		() => ({ resource: 'prospect', operation: 'delete', parameters: { record: rl('id', id) }, // Its tasks go with it.
			may: (name) => name === `prospect ${id}` || name.startsWith('task '), check: () => (lab.sim.record('prospect', id) && !skipped ? `prospect ${id} is still there` : undefined) }),
	];
	return pick(kinds)();
}

/** Deletions of prospects are not confirmed, as the docs say: a vendor that skips them is believed. */
let skipped = false;

/** What the vendor does wrong this time. */
function lies(): string {
	lab.sim.clearLies();
	lab.sim.clearFaults();
	skipped = false;
	const told: string[] = [];
	const lie = (text: string, make: () => void, share: number) => {
		if (random() >= share) return;
		make();
		told.push(text);
	};
	lie('ignores a filter', () => lab.sim.lie({ ignoreFilters: [pick(['filter[title]', 'filter[owner][id]', 'filter[email]', 'filter[emails]', 'filter[id]']), 'actionParams[filter][title][]'] }), 0.25);
	lie('drops a field', () => lab.sim.lie({ dropWrites: [pick(['title', 'locked', 'role', 'firstName', 'ownerId'])] }), 0.25);
	lie('fails on large pages', () => lab.sim.lie({ maxPage: 100 }), 0.02);
	lie('skips a write', () => {
		lab.sim.lie({ skipWrites: [pick(['/actions/reassignOwner', '*'])] });
		skipped = true;
	}, 0.08);
	lie('429', () => lab.sim.addFault({ match: { path: '/api/v2/*' }, kind: 'rateLimit', delayMs: 20, times: 2, after: Math.floor(random() * 3) }), 0.15);
	lie('reset', () => lab.sim.addFault({ match: { path: '/api/v2/*' }, kind: 'reset', afterEffect: random() < 0.5, after: Math.floor(random() * 3) }), 0.04);
	lie('torn answer', () => lab.sim.addFault({ match: { path: '/api/v2/*' }, kind: 'truncate', after: Math.floor(random() * 3) }), 0.03);
	lie('a page of a proxy', () => lab.sim.addFault({ match: { path: '/api/v2/*' }, kind: 'html', status: 502, after: Math.floor(random() * 3) }), 0.03);
	lie('expired token', () => lab.sim.expireTokens?.(), 0.03);
	return told.join(', ');
}

test(`${CALLS} calls under lies and faults: nothing wrong is changed, claimed or doubled`, async () => {
	const wrong: string[] = [];
	const counts = { runs: 0, failed: 0, calls: 0, changed: 0, claims: 0, doubles: 0 };
	while (counts.calls < CALLS) {
		if (counts.runs % 200 === 199) lab.reset();
		forgetPageSizes();
		const told = lies();
		const { resource, operation, parameters, may, check } = attempt();
		const before = stored();
		lab.sim.clearRequests();
		const { error, json } = await lab.run(resource, operation, parameters as INodeParameters);
		lab.sim.clearLies();
		lab.sim.clearFaults();
		lab.sim.finishBatches();
		counts.runs++;
		counts.calls += lab.calls().length;
		if (error) counts.failed++;
		const now = stored();
		const report = (kind: keyof typeof counts, text: string) => {
			counts[kind]++;
			wrong.push(`run ${counts.runs}, ${resource} ${operation} (${told}): ${text}`);
		};
		for (const name of new Set([...before.keys(), ...now.keys()])) if (before.get(name) !== now.get(name) && !may(name)) report('changed', `${name}: ${String(before.get(name))} is ${String(now.get(name))}`);
		if (!error) for (const one of json) if (check(one, before)) report('claims', check(one, before)!);
		for (const [type, key] of [['prospect', 'emails'], ['user', 'email']] as const) {
			const values = lab.sim.records(type).flatMap(({ attributes }) => [attributes[key] as string | string[]].flat().map((value) => value.toLowerCase()));
			const doubles = values.filter((value, i) => values.indexOf(value) !== i);
			if (doubles.length > 0) report('doubles', doubles.join(', '));
		}
	}
	// Read by the campaign.
	console.log(`lies: seed ${SEED}, ${counts.runs} runs, ${counts.calls} calls, ${counts.failed} refused; ${counts.changed} wrong records changed, ${counts.claims} false claims, ${counts.doubles} duplicates`);
	expect(wrong.slice(0, 5)).toEqual([]);
}, CALLS * 500 + 60_000);
