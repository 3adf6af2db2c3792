/** People of a list and people at the vendor, as Reconcile and the vendors' additions to it see them. */
import type { IDataObject } from 'n8n-workflow';

import type { RecordId, RecordInput } from '../../spec/record';
import type { Resource } from '../../spec/resource';
import type { Item } from '../item';
import type { Change } from '../plan';
import type { Reference } from '../reference';
import type { Run } from '../run';

/** What the list wants of a person. */
export interface Wish {
	fields: IDataObject;
	links: Record<string, Reference>;
	/** Records whose ids are values of fields. */
	ids?: Record<string, Reference>;
	/** What a vendor's addition has read. */
	more?: unknown;
}

/** A person of the list. */
export interface Person extends Wish {
	item: Item;
	key: string;
}

/** What is known, planned and done of one person; the source of an output item. */
export interface Fate {
	key: string;
	id?: RecordId;
	name?: string;
	outcome: string;
	changes: Change[];
	lastSignIn?: string;
	/** Further entries of the output. */
	more: IDataObject;
	error?: Error;
}

/** Somebody in scope who is not in the list. */
export interface Leaver extends Fate {
	email: string;
	/** Values that a vendor's addition asked for. */
	values: IDataObject;
}

/** A person of the list whom the vendor has, or has now. */
export interface Present {
	person: Person;
	fate: Fate;
	id: RecordId;
	/** As the vendor showed it before; undefined for a new person. */
	before?: IDataObject;
}

export interface Written {
	record: IDataObject;
	answer?: unknown;
	outcome: 'created' | 'updated' | 'unchanged';
	/** As it was, if it was there after all. */
	before?: IDataObject;
}

/** What a vendor adds to Reconcile. */
export interface PeopleHooks {
	/** Reads further parameters of a person, and notes look-ups. */
	read?(item: Item): Partial<Wish>;
	/** Reads further settings from the first item. */
	settings?(item: Item): unknown;
	/** Fields and relations of the people there are that the additions need. */
	needs?(settings: unknown, people: Person[]): string[];
	/** Notes look-ups for people whom the vendor does not have. */
	missing?(run: Run, people: Person[]): void;
	/** What else differs. @param before undefined for a new person. */
	differs?(run: Run, person: Person, before?: IDataObject): Change[];
	/** Last touch to what creates a person. */
	creating?(input: RecordInput, person: Person): RecordInput;
	/** Creates a person, where that is not a plain request. */
	create?(run: Run, place: Resource, person: Person, input: RecordInput): Promise<Written>;
	/** Changes a person, where that is not a plain request; gives the answer. */
	update?(run: Run, place: Resource, id: RecordId, input: RecordInput): Promise<unknown>;
	/** What concerns several people at once, after each of them. `fail` notes a failure, or throws it. */
	finish?(run: Run, people: Present[], fail: (fate: Fate, error: unknown) => void): Promise<void>;
	/** Looks up and checks what retiring these people needs, before anything is written. Sets `error` of those who cannot be retired. */
	plan?(run: Run, leavers: Leaver[], settings: unknown): Promise<void>;
	/** Before a person is retired. What it gives is called afterwards. */
	retiring?(run: Run, leaver: Leaver, settings: unknown): Promise<(() => Promise<void>) | undefined>;
}
