/** The words in which a vendor describes what a poll finds. */
import type { IDataObject } from 'n8n-workflow';

import type { Condition } from '../spec/query';
import type { Resource } from '../spec/resource';
import type { Vendor } from '../wire/vendor';

/** A kind of change that a user can choose. Those with equal `time`, `where` and `watch` share their requests. */
export interface Change {
	/** Value of the choice; part of the event's name. */
	name: string;
	label: string;
	description?: string;
	/** Field with the time of the change; can be filtered and sorted by. */
	time: string;
	/** The field is empty until it happens. */
	optional?: boolean;
	where?: Condition[];
	/**
	 * A value whose change is the event, for fields whose time nobody keeps. The last values are remembered.
	 * @returns the value; empty ones are not remembered.
	 */
	watch?: { name: string; fields: string[]; of(record: IDataObject): string; where?: Condition[] };
	/**
	 * The events of a record, by choice; none when it is something else that happened.
	 * @param since time of the last poll; `before` the watched value then, undefined when it is not known.
	 */
	happened(record: IDataObject, since: string, before?: string): boolean;
}

export interface Polled {
	vendor: Vendor;
	resource: Resource;
	changes: Change[];
	/** Name and identity of an event. `fresh` says that the record came into being since the last poll. */
	name(change: Change, record: IDataObject, since: string): { event: string; eventId: string };
	/** Conditions of all requests that follow from the choice of changes. They do not make another stream of it. */
	narrow?: Condition[];
	/** More to show beside a record. */
	more?(record: IDataObject): IDataObject;
	/** Fields that the functions here look at. */
	needs: string[];
}

/** A record and the answer it came with. */
export interface Entry {
	record: IDataObject;
	answer: unknown;
}

/** Whether a list of a resource can be followed by a field. */
export function canFollow(resource: Resource, field: string): boolean {
	return resource.methods.includes('getAll') && resource.fields.some((f) => f.name === field && f.filter === true && f.sort === true);
}
