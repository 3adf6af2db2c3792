/** Pages of a list by time, at a vendor that counts pages. */
import { isLater, type Page, type Rest, type Stream } from './cursor';
import { fingerprint } from './fingerprint';

/** Where a walk over counted pages stands; JSON. */
interface Place {
	/** Records of this time and later are listed. */
	from: string;
	page: number;
	/** Records a page, as pages are counted; as many as the vendor gives at most if absent. */
	size?: number;
	/** What was read so far of the records that have this very time. */
	reading?: Reading;
	/** The reading before, when it is read again. */
	before?: Reading;
	readings?: number;
}

/** A reading of the records of one time: their number, the sum of their fingerprints, and the time of what follows. */
interface Reading {
	count: number;
	sum: number;
	following?: string;
}

/** How often the records of one time are read if they do not come to rest. */
const READINGS = 10;

/** Sums of fingerprints stay below. */
const MODULUS = 2 ** 48;

const add = ({ count, sum }: Reading, id: string): Reading => ({
	count: count + 1,
	sum: (sum + Buffer.from(fingerprint(id), 'base64url').readUIntBE(0, 6)) % MODULUS,
});

/**
 * Pages of a list by time, oldest first, at a vendor that counts pages. While they are read, a record that changes
 * or vanishes moves all that follow towards the front, and one of them over the border of a page, out of sight.
 * So each page begins anew at the time of the last record that was read. Only where the records of one time fill
 * more than a page, pages are counted, and read again until two readings agree: then nothing that was read in
 * the first of them had moved. Some records come twice.
 * @param read a page of the records of `from` and later, and whether there are more.
 */
export async function* countedPages<R>(
	{ time, id }: Pick<Stream<R>, 'time' | 'id'>,
	start: string,
	rest: Rest | undefined,
	read: (from: string, page: number) => Promise<{ records: R[]; more: boolean; size?: number }>,
): AsyncGenerator<Page<R>> {
	let place: Place | undefined = (rest as Place | undefined) ?? { from: start, page: 0 };
	while (place) {
		const { from, page, before, readings = 1 }: Place = place;
		const { records, more, size } = await read(from, page);
		// The vendor failed on pages as large as they were counted in: counted anew.
		if (page > 0 && size !== place.size) {
			place = { from, page: 0, ...(before ? { before, readings } : {}), size };
			continue;
		}
		const last: string = records.length > 0 ? time(records[records.length - 1]) : from;
		if (page === 0 && isLater(last, from)) {
			place = more ? { from: last, page: 0 } : undefined;
			yield { records, ...(place ? { next: place } : {}) };
			continue;
		}
		const same = records.filter((record) => !isLater(time(record), from));
		const reading: Reading = same.reduce((sofar, record) => add(sofar, id(record)), place.reading ?? { count: 0, sum: 0 });
		// What follows on such a page is left for later: some of it may have moved to where it was not seen.
		const following = same.length < records.length ? time(records[same.length]) : undefined;
		const isEnd = !more && following === undefined;
		const agrees = before?.count === reading.count && before.sum === reading.sum && (before.following !== undefined || isEnd);
		const goOn = (then: string | undefined) => (then === undefined ? undefined : { from: then, page: 0 });
		if (more && following === undefined) place = { ...place, page: page + 1, size, reading };
		else if (page === 0) place = undefined;
		else if (agrees) place = goOn(before?.following);
		else if (readings >= READINGS) place = goOn(following);
		else place = { from, page: 0, before: { ...reading, following }, readings: readings + 1 };
		yield { records: same, ...(place ? { next: place } : {}) };
	}
}
