/**
 * What the engine needs to know about a vendor's wire protocol. One object per door of a vendor
 * (REST, SCIM, ...), written in the vendor's folder; the engine itself names no vendor.
 */
import type { ICredentialDataDecryptedObject, IDataObject, IHttpRequestMethods } from 'n8n-workflow';

import type { FilterOperator, Query } from '../spec/query';
import type { RecordId, RecordInput } from '../spec/record';
import type { Field, Resource } from '../spec/resource';

export type QueryPairs = Array<[string, string]>;

/** One request, without address and authentication. */
export interface Call {
	method: IHttpRequestMethods;
	/** Relative to the API's base address, starting with a slash. */
	path: string;
	query?: QueryPairs;
	/** JSON body. */
	body?: unknown;
	/** Body that is not JSON, such as a form with a file. */
	raw?: { body: Buffer; contentType: string };
	/** Whether it may be sent again when its fate is unknown, since twice does the same as once; a POST may not unless this says so. */
	repeatable?: boolean;
	/** Changes nothing at the vendor, whatever its method; a GET never does. */
	reads?: boolean;
	/** Instead of the credential's headers of the same name. */
	headers?: Record<string, string>;
	/** The answer is a file: its bytes are the body. */
	file?: boolean;
	/** What it does, for messages: `create user`. */
	purpose?: string;
	/** Values that must not appear in messages. */
	secrets?: string[];
}

export interface Answer {
	status: number;
	headers: Record<string, string>;
	/** Parsed JSON; undefined when the vendor sent no body. */
	body: unknown;
}

/** What the vendor's headers say about the allowance. Times are epoch milliseconds. */
export interface Allowance {
	remaining?: number;
	resetsAt?: number;
}

export interface Explanation {
	/** The vendor's reason in its own words; empty if it gave none. */
	reason: string;
	/** What to do next. */
	remedy?: string;
}

export interface Api {
	/** Vendor's name in messages. */
	name: string;
	/** Credential type that opens this door. */
	credential: string;
	/** n8n refreshes the token itself and therefore reads the credential for every call. */
	oauth2?: boolean;
	/** The key is a token that expires, and that n8n renews after a 401. */
	renewable?: boolean;
	/**
	 * Address before the resource path.
	 * @throws Error with a message for the user when the credential holds no usable address.
	 */
	baseUrl(credentials: ICredentialDataDecryptedObject): string;
	/** What the credential calls the field with that address, for messages. */
	addressField: string;
	/** Headers of every request. */
	headers: Record<string, string>;
	/** Content type of JSON bodies, and of requests without body when `contentTypeAlways`. */
	contentType: string;
	contentTypeAlways?: boolean;
	/** Answers of changes may be any text, which says nothing. */
	looseAnswers?: boolean;
	/** Milliseconds without an answer after which a request is given up. */
	timeout: number;
	/** Requests a second that the vendor allows per key. */
	perSecond?: number;
	allowance?(headers: Record<string, string>): Allowance;
	/** Milliseconds until a refused request may be sent again; undefined when the vendor does not say. */
	retryAfter?(headers: Record<string, string>, now: number): number | undefined;
	/** Largest page. */
	pageSize: number;
	/** Parameters of a list for the records a page and, where pages are counted, the number of the page and what the first one has. */
	page?: { size: string; number?: string; first?: number };
	/** Records that come inside another one at most; there can be more. */
	childRows?: number;
	/** Values of one key that a list request can look up at once. */
	lookupSize: number;
	/** PATCH or PUT for a partial change. */
	updateMethod: IHttpRequestMethods;
	/** What a filter on a field can ask. */
	operators(field: Field): FilterOperator[];
	/** The vendor can join related records to an answer, return chosen fields only, search by text. */
	supports: { include?: boolean; only?: boolean; search?: (resource: Resource) => boolean; clear?: boolean; /** Any property, also of related records, can be filtered by, sorted by, returned and included. */ paths?: boolean };
	/** Parameters of a request that changes something, from the vendor's `writeOptions`. */
	writeQuery?(options: IDataObject): QueryPairs;
	/** The number of records that a list would give, read from a page of one. */
	count?: { query: QueryPairs; read(answer: unknown): number };
	/** Where the vendor tells whose connection this is, and how. */
	identity?: { path: string; read(answer: unknown): { id?: RecordId; email?: string } | undefined };
	/** Whether this kind of key may send a request; all when absent. */
	covers?(call: Call): boolean;
	/** Parameters of a list request for its first page of `size` records. */
	listQuery(resource: Resource, query: Query, size: number): QueryPairs;
	/** Parameters of a read of one record. */
	getQuery(resource: Resource, query: Pick<Query, 'include' | 'only' | 'options'>): QueryPairs;
	/** The request for the page after `answer`, undefined at the end. */
	nextPage(call: Call, answer: unknown, resource: Resource): Call | undefined;
	/** Whether there are pages is a guess: the same one again means that there are none. */
	guessesPages?: boolean;
	/**
	 * The query of a page by its number from 0, for vendors that count pages: while they are read, records can move
	 * from one to another.
	 */
	pageAt?(query: QueryPairs, page: number): QueryPairs;
	/** Client-side check for vendors whose filters are not certain. */
	matches?(record: IDataObject, query: Query): boolean;
	/** Body that creates or changes a record by this method. */
	encode(resource: Resource, input: RecordInput, method: IHttpRequestMethods): unknown;
	/** Body of an action with body parameters. */
	encodeAction(parameters: IDataObject): unknown;
	/** Records of a list answer; throws Error when it is no list. */
	records(answer: unknown, resource?: Resource): IDataObject[];
	/** The record of a read or write answer. */
	record(answer: unknown): IDataObject;
	/** A simplified record has the words for choices that are numbers, under the field's name with `Label` behind it. */
	choiceLabels?: boolean;
	/** What a record calls its id, when it is not `id`. */
	idName?: string;
	id(record: IDataObject): RecordId;
	value(record: IDataObject, field: string): unknown;
	/** Takes a field or relation out of a record that has more than was asked for. */
	omit?(record: IDataObject, name: string): void;
	/** Ids behind a relation; undefined if the answer does not list all of them. */
	linked(record: IDataObject, relation: string): RecordId[] | undefined;
	/** A flat record for people; `answer` carries what was included, `include` names what was asked for. */
	simplify(record: IDataObject, resource: Resource, answer?: unknown, include?: string[]): IDataObject;
	/** Why the vendor refused, from the answer's body, which is no web page. */
	explain(status: number, body: unknown, headers: Record<string, string>, call?: Call): Explanation;
}
