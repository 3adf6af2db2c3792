/** Reconcile of lists of reps: requests, processor time and memory. */
import { makeReps, ROLES, PROFILES } from './provision.mts';
import { reconcile } from './reconcile.mts';
import { count, median, megabytes, seconds, table, type Bench, type Part } from './report.mts';

const PAGE = 1000;
const CHANGES = 40;
const LEAVERS = 10;
/** People of the list whose memory is weighed: in a short one, the page that is read would weigh most. */
const WEIGHED = 20_000;

const LIMITS = {
	/** Requests, as a multiple of the fewest possible. */
	requests: 1.1,
	/** Seconds of processor time for a list of 20,000. */
	seconds: 5,
	/** Most live memory beside the list, as a multiple of it. */
	memory: 1.5,
};

/** (j) A list of which a part differs, and a large one that the vendor agrees with. */
export async function reconcilingPart({ quick, latencyMs, outreach, step, atMost }: Bench): Promise<Part> {
	const size = quick ? { reps: 500, many: 5_000, rounds: 1 } : { reps: 2_000, many: 20_000, rounds: 3 };
	const simulator = await outreach();
	/** An organization with these reps and some more, all of them as the list has them. */
	const start = async (reps: number, more: number) => {
		await simulator.reset();
		const records = makeReps(reps + more).map(({ role, profile, ...attributes }) => ({ attributes: { ...attributes, locked: false }, relationships: { role: ROLES[role], profile: PROFILES[profile] } }));
		for (let from = 0; from < records.length; from += PAGE) await simulator.seed({ type: 'user', records: records.slice(from, from + PAGE) });
		await simulator.latency(latencyMs);
		return await simulator.credential();
	};
	const run = async (reps: number, { changed = 0, leavers = 0, weigh = false }) => {
		const credential = await start(reps, leavers);
		const users = (await simulator.ids('user')).length;
		const result = await reconcile({ credential, reps, changed, weigh });
		const requests = (await simulator.requests()).length;
		const expected = { unchanged: reps - changed, ...(changed > 0 ? { updated: changed } : {}), ...(leavers > 0 ? { locked: leavers } : {}) };
		for (const [outcome, people] of Object.entries(expected)) {
			if (result.outcomes[outcome] !== people) throw new Error(`${String(result.outcomes[outcome])} of ${people} people are ${outcome}: ${JSON.stringify(result.outcomes)}`);
		}
		// The list of users, the names of roles and profiles, one write for each difference.
		return { ...result, requests, fewest: Math.ceil(users / PAGE) + 2 + changed + leavers };
	};

	const some = await step(`reconcile ${count(size.reps)} reps, ${CHANGES} of them changed, with ${LEAVERS} leavers`, async () => {
		const result = await run(size.reps, { changed: CHANGES, leavers: LEAVERS });
		const now = await simulator.users();
		const locked = now.filter(({ attributes }) => attributes.email.endsWith('@bench.example') && attributes.locked).length;
		const titled = now.filter(({ attributes }) => attributes.title?.endsWith(' II')).length;
		if (locked !== LEAVERS || titled !== CHANGES) throw new Error(`${locked} users are locked and ${titled} have another title`);
		return result;
	});
	atMost('(j) requests, against the fewest possible', some.requests / some.fewest, LIMITS.requests);

	const { times, heavy } = await step(`reconcile ${count(size.many)} reps who are as they should be`, async () => {
		const runs = [];
		for (let round = 0; round < size.rounds; round++) runs.push(await run(size.many, {}));
		return { times: runs, heavy: await run(WEIGHED, { weigh: true }) };
	});
	const cpuMs = median(times.map((one) => one.cpuMs));
	const memory = heavy.peak! / heavy.list!;
	atMost(`(j) seconds of processor time for ${count(size.many)} people`, cpuMs / 1000, LIMITS.seconds);
	atMost('(j) memory beside the list, against the list', memory, LIMITS.memory);
	const text = [
		'(j) Reconcile a list of reps',
		table(
			['', 'Time', 'Processor time', 'Requests', 'Fewest'],
			[
				[`${count(size.reps)} reps, ${CHANGES} changes, ${LEAVERS} leavers`, seconds(some.ms), seconds(some.cpuMs), String(some.requests), String(some.fewest)],
				[`${count(size.many)} reps, nothing to do`, seconds(median(times.map((one) => one.ms))), seconds(cpuMs), String(times[0].requests), String(times[0].fewest)],
			],
		),
		`A list of ${count(WEIGHED)} holds ${megabytes(heavy.list!)}, its output ${megabytes(heavy.output!)}. The most beside the list is ${megabytes(heavy.peak!)}, ${memory.toFixed(2)} times the list.`,
	].join('\n');
	return { text, figures: { some, many: { people: size.many, times, heavy } } };
}
