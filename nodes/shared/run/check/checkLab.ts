/** Questions of a check to one vendor: bounded, and reads only. */
import type { IDataObject } from 'n8n-workflow';

import { nouns } from '../../spec/labels';
import type { Query } from '../../spec/query';
import type { Resource } from '../../spec/resource';
import { webPageIn } from '../../wire/answers';
import type { Call } from '../../wire/api';
import type { Client } from '../../wire/client';
import { Ledger } from './checkLedger';
import { statusWords } from './checkWords';

/** What a question gave. `found` is in words, and holds nothing that the vendor wrote. */
export type Reply =
	| { ok: true; body: unknown; headers: Record<string, string>; records: IDataObject[]; call: Call }
	| { ok: false; found: string; status?: number; body?: unknown }
	/** Not asked: the limit of requests was reached, or the key does not cover it. */
	| { ok: undefined; why: 'limit' | 'key' };

/** Whether the vendor understood the question and refused it; a web page is no refusal. */
export const isRefusal = (reply: Reply): boolean => reply.ok === false && reply.status !== undefined && reply.status >= 400 && reply.status < 500;

/** A list of the vendor, with what is known of it. */
export interface Place {
	/** As it is listed: in its parent, or in its scope. */
	resource: Resource;
	label: string;
	/** Attributes and relations that the vendor knows. */
	attributes: string[];
	/** Some of its records. */
	records: IDataObject[];
	/** The answer they came in. */
	answer?: unknown;
	/** It can be read. */
	open: boolean;
}

/** What a check needs to know about a vendor. */
export interface Checks {
	/** Requests of one check at most. */
	most: number;
	/** Names of the resources that matter most, first. */
	first: string[];
	/** The vendor leaves out what is empty. */
	omitsEmpty?: boolean;
	/** Attributes that no document shows in an answer, as `<resource>.<field>`. */
	unsure?: string[];
	/** A list takes one order at a time. */
	oneSort?: boolean;
	/** Custom fields are not asked for apart. */
	ownCustomFields?: boolean;
	/** A list takes one filter at a time. */
	oneFilter?: boolean;
	/** The scope without which the vendor refused, by its answer; undefined if that is not the reason. */
	scope?(resource: Resource, status: number, body: unknown): string | undefined;
	/** Whether a related record came along; undefined if the record has none. */
	included?(record: IDataObject, answer: unknown, relation: string): boolean | undefined;
	/** Questions of this vendor, once its lists are known. */
	probes?(lab: Lab): Promise<void>;
}

/** Milliseconds by which clocks can differ. */
const CLOCKS = 60_000;

export class Lab {
	readonly ledger = new Ledger();

	/** Lists that were asked for, by the name of the resource. */
	readonly places = new Map<string, Place>();

	/** Options of lists with which this vendor works, such as the form of filters. */
	readonly options: IDataObject = {};

	/** Filters can be tested: some form of them works. */
	filters = true;

	/** Seconds by which this clock is ahead of the vendor's, if both are known. */
	clock?: number;

	/** Headers of the last answer that was no refusal. */
	headers: Record<string, string> = {};

	constructor(
		readonly client: Client,
		readonly most: number,
	) {}

	get api() {
		return this.client.api;
	}

	/** Requests that are left. */
	get left(): number {
		return this.most - this.client.sent;
	}

	/** Lists that can be read, in the order in which they were asked for. */
	get open(): Place[] {
		return [...this.places.values()].filter(({ open }) => open);
	}

	/**
	 * Asks, and once more if the vendor fails.
	 * @param patient whether a failure can be an accident.
	 */
	async ask(call: Call, patient = true): Promise<Reply> {
		if (this.left <= 0) return { ok: undefined, why: 'limit' };
		if (this.api.covers && !this.api.covers(call)) return { ok: undefined, why: 'key' };
		// The vendor can ask for patience until no request is left.
		const spent = async (error: Error) => (this.left <= 0 && !this.client.cancelled ? undefined : await Promise.reject(error));
		const answer = await this.client.ask(call).catch(spent);
		if (!answer) return { ok: undefined, why: 'limit' };
		const failed = 'code' in answer || (answer.status >= 500 && answer.status !== 501);
		if (failed && patient && this.left > 0) return await this.ask(call, false);
		if ('code' in answer) return { ok: false, found: `no answer (${answer.code.slice(0, 20)})` };
		const { status, headers, body } = answer;
		if (status < 300) this.headers = headers;
		const date = Date.parse(headers.date ?? '');
		if (!Number.isNaN(date)) this.clock = Math.abs(Date.now() - date) > CLOCKS ? Math.round((Date.now() - date) / 1000) : 0;
		if (status >= 300 && status < 400) return { ok: false, status, found: `redirects to another address (${status})` };
		if (status >= 400) return { ok: false, status, found: statusWords(status), body };
		if (typeof body === 'string' && body.trim() !== '') return { ok: false, status, found: webPageIn(body) ? 'a web page in place of data' : 'no JSON' };
		return { ok: true, body, headers, records: [], call };
	}

	/** A failure outside of `ask`: why nothing was asked, or what was found. @throws the error if the execution was stopped. */
	failure(error: unknown): { why?: 'limit' | 'key'; found: string } {
		if (this.client.cancelled) throw error as Error;
		const { httpCode } = error as { httpCode?: string | null };
		const found = httpCode ? statusWords(Number(httpCode)) : 'cannot be read';
		if (this.left <= 0) return { why: 'limit', found };
		// Refused before it was sent.
		return !httpCode && this.api.covers ? { why: 'key', found } : { found };
	}

	/** Asks for a page of a list. */
	async list(resource: Resource, query: Partial<Query>, size: number, patient = true): Promise<Reply> {
		return await this.page(
			resource,
			{ method: 'GET', path: resource.path, query: this.api.listQuery(resource, { conditions: [], ...query, options: this.options }, size), purpose: `check ${nouns(resource).many}` },
			patient,
		);
	}

	/** Asks for any page of a list. */
	async page(resource: Resource, call: Call, patient = true): Promise<Reply> {
		const reply = await this.ask(call, patient);
		if (reply.ok !== true) return reply;
		try {
			return { ...reply, records: this.api.records(reply.body, resource) };
		} catch {
			return { ok: false, found: 'no list of records' };
		}
	}

	/** Whether pages of the vendor have a size. */
	isPaged(resource: Resource): boolean {
		return this.api.listQuery(resource, { conditions: [] }, 7).some(([, value]) => value === '7');
	}

	/** Whether a page has this record. */
	has(reply: Reply, record: IDataObject): boolean {
		return reply.ok === true && reply.records.some((other) => String(this.api.id(other)) === String(this.api.id(record)));
	}

	/** One attribute, as small as there is, for questions whose answer does not matter. */
	few({ attributes, resource }: Pick<Place, 'attributes' | 'resource'>): string[] {
		const fields = resource.fields.filter(({ name }) => attributes.includes(name) && !name.includes('.'));
		const small = fields.find(({ type }) => ['boolean', 'date', 'dateTime', 'integer', 'number'].includes(type)) ?? fields[0];
		return small ? [small.name] : [];
	}
}
