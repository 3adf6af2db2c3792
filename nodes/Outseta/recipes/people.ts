/** What Reconcile does for the members of an account: an existing person is added, and one who does not exist is created. */
import type { PeopleHooks, Person } from '../../shared/run/people/people';
import { createRecord } from '../../shared/run/records';
import type { Run } from '../../shared/run/run';
import { isPersonal, MEMBERSHIP, withReferences } from './membership';

/** The look-up of a person of the list among all people. */
function personOf(run: Run, { key }: Person) {
	const person = run.resource('person');
	return run.lookup.want(person, person.keys![0], key);
}

export const memberPeople: PeopleHooks = {
	missing(run, people) {
		for (const person of people) personOf(run, person);
	},
	async create(run, place, person, { fields, query }) {
		const [known] = await run.lookup.found(personOf(run, person));
		const account = MEMBERSHIP.body(person.item.parent()!.id);
		const own = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== place.keys![0].field && (!known || !isPersonal(place, name))));
		const who = known ? { person: known.Uid } : { Email: person.key };
		const answer = await run.inTurn(`person\n${person.key.toLowerCase()}`, async () => await createRecord(run, withReferences(place, account), { fields: { ...own, ...who, ...account }, query }));
		return { record: run.apiOf(place).record(answer), answer, outcome: 'created' };
	},
};
