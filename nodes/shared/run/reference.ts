/** Another record that an item refers to. */
import type { IDataObject } from 'n8n-workflow';

import type { Link, RecordId } from '../spec/record';
import type { Resource } from '../spec/resource';
import { BadInput } from '../spec/values';
import type { Entry } from './lookup';
import type { Run } from './run';

/** Another record that an item refers to; its id is known after the look-ups. */
export class Reference {
	constructor(
		readonly resource: Resource,
		/** Display name of the parameter. */
		readonly parameter: string,
		private known: RecordId | undefined,
		public entry?: Entry,
		/** Makes the entry of a record that is looked up inside another one, once that is known. */
		private readonly inside?: () => Entry,
	) {}

	/** The id, should the look-up find nothing: where ids look like names. */
	orElse?: RecordId;

	/** Notes the look-up of a record inside another one, which is settled already. */
	enter(): void {
		this.entry ??= this.inside?.();
	}

	/** Settles the id. @throws BadInput when the name matches nothing or several records. */
	async settle(run: Run): Promise<void> {
		this.enter();
		if (this.known === undefined && this.entry) {
			const missing = this.orElse !== undefined && (await run.lookup.found(this.entry)).length === 0;
			this.known = missing ? this.orElse : run.apiOf(this.resource).id(await run.lookup.one(this.entry, this.parameter));
		}
	}

	/** The id needs no look-up. */
	get isKnown(): boolean {
		return this.known !== undefined;
	}

	/** The whole record, when it was looked up by a natural key. */
	get found(): IDataObject | undefined {
		return this.entry?.records?.[0];
	}

	get id(): RecordId {
		if (this.known === undefined) throw new BadInput(`${this.parameter} is not known yet`, 'This is a bug in the node. Please report it.');
		return this.known;
	}

	get link(): Link {
		return { resource: this.resource.name, id: this.id };
	}
}

/** By look-up, each of which belongs to one run, and by parameter. */
const shared = new WeakMap<Entry, Map<string, Reference>>();

/** What a parameter refers to by a key; one object for all items of a run that name the same record. */
export function referenceTo(run: Run, entry: Entry, parameter: string): Reference {
	const make = () => new Reference(entry.resource, parameter, undefined, entry);
	// An AI agent has one item, whose reference can fall back to an ID.
	if (run.tool) return make();
	const own = shared.get(entry) ?? new Map<string, Reference>();
	shared.set(entry, own);
	const reference = own.get(parameter) ?? make();
	own.set(parameter, reference);
	return reference;
}

/** An id as the vendor takes it. @throws BadInput when it cannot be one. */
export function toId(resource: Resource, value: unknown, label: string): RecordId {
	const text = String(value).trim();
	if (resource.idType === 'integer') {
		if (!/^[1-9]\d{0,15}$/.test(text)) {
			throw new BadInput(`${label}: "${text}" is not an ID`, 'IDs are whole numbers. Choose the record from the list, or change "By ID" to another way, such as by name.');
		}
		return Number(text);
	}
	// Dots alone would lead to another address.
	if (!/^(?!\.{1,2}$)[\w.~-]+$/.test(text)) throw new BadInput(`${label}: "${text}" is not an ID`, 'Choose the record from the list.');
	return text;
}
