/**
 * The vocabulary in which a vendor is described. Resource files are data written in these words;
 * everything else (dropdowns, mapper columns, searches, requests, documentation) is derived from them.
 * Nothing here knows HTTP or n8n's user interface.
 */
import type { IDataObject, IHttpRequestMethods } from 'n8n-workflow';

/** Kind of a value. `strings` is a list of texts, `secret` a text that is sent but never shown, `json` any JSON value. */
export type FieldType =
	| 'string'
	| 'text'
	| 'email'
	| 'url'
	| 'integer'
	| 'number'
	| 'boolean'
	| 'date'
	| 'dateTime'
	| 'options'
	| 'multiOptions'
	| 'strings'
	| 'secret'
	| 'json';

/** One value of a closed list. `label` defaults to the value in title case. */
export interface Choice {
	value: string;
	label?: string;
	description?: string;
}

/** An attribute of a resource, or a parameter of an action. */
export interface Field {
	name: string;
	/** What a person reads; defaults to the name in title case (`firstName`: First Name). */
	label?: string;
	type: FieldType;
	/** One sentence without a final period. */
	description?: string;
	/** Values of `options`, `multiOptions` and `integer`; others are passed on to the vendor when `open`. */
	options?: Choice[];
	/** The vendor may know further options than the documented ones. */
	open?: boolean;
	/** Needed to create a record, or to run the action. */
	required?: boolean;
	/** Set by the vendor; never sent. */
	readOnly?: boolean;
	/** Taken by the vendor, never answered. */
	writeOnly?: boolean;
	/** Can be set when creating, not later. */
	createOnly?: boolean;
	/** The texts of the list are email addresses. */
	emails?: boolean;
	/** Decides whether a person can get in: a write that does not take effect is an error. */
	access?: boolean;
	/** Get Many can filter by it. */
	filter?: boolean;
	/** Get Many can sort by it. */
	sort?: boolean;
	/** Any kind of value travels as text. */
	asText?: boolean;
	/** Longest text, in characters. */
	maxLength?: number;
	/** Name on the wire, or a path into nested objects and lists such as `rows[].person.email`; default is the name. */
	wire?: string;
	/** Travels as a parameter of the request instead of in its body. */
	query?: boolean;
	/** Get Many can filter by it, though no record has it. */
	filterOnly?: boolean;
	/** An object whose entries are fields of the record themselves, beyond those of the spec. */
	spread?: boolean;
}

/** A link from a resource to records of another one. */
export interface Relation {
	name: string;
	label?: string;
	/** Names of the resources it can point to; the first is the usual one. */
	to: string[];
	many?: boolean;
	readOnly?: boolean;
	/** Needed to create a record. */
	required?: boolean;
	/** Records can be included in the answer of a read. */
	include?: boolean;
	/** Attributes of the related record by which Get Many can filter. */
	filterBy?: string[];
	/** Name of a filter by the related record's id, where it is not made from the relation's name. */
	filterAs?: string;
	/** The filter gives records that are not linked as well, or only those. */
	loose?: boolean;
	/** Can be set when creating, not later. */
	createOnly?: boolean;
	/** Travels as the bare id, or a list of them. */
	plain?: boolean;
	/** Records are joined by rows that name them under this, as in `[{ person: ... }]`. */
	through?: string;
	description?: string;
}

/** An attribute that finds one record, so that nobody types an id. */
export interface NaturalKey {
	/** Mode of the locator; defaults to the field's name. */
	name?: string;
	/** Name of the field. */
	field: string;
	/** Shown as "By <label>"; defaults to the field's label. */
	label?: string;
	type?: 'email' | 'string';
	/** Values that differ in case only are different records. Names and emails are not such. */
	exact?: boolean;
	/** The vendor refuses a second record with it, by its documentation. */
	unique?: boolean;
	/** Further parameters of the look-up. */
	query?: Array<[string, string]>;
	/** Those of single operations, by their name. */
	queryFor?: Record<string, Array<[string, string]>>;
	/** What to tell when nothing is found, where more than the spelling can be the reason. */
	absent?: string;
	/** The vendor cannot filter by it: all records are read, and compared here. */
	listed?: boolean;
	/** Fields that hold the parts of the value, each a word; the last one has the rest. */
	parts?: [string, string];
	/** The vendor filters by it, but need not show it in answers: what the filter gives counts as found. */
	hidden?: boolean;
	/** The vendor's words leave open whether several values can be looked up in one request. */
	listsUnsure?: boolean;
}

/** How a record looks in a searched list. */
export interface ListItem {
	/** Fields shown as the name, joined by a space; the first that has a value of `fallback` otherwise. */
	name: string[];
	fallback?: string[];
	/** Field shown small below the name. */
	detail?: string;
	/** Field by which the list is sorted at the vendor. */
	sort?: string;
}

export type StandardMethod = 'create' | 'delete' | 'get' | 'getAll' | 'replace' | 'update' | 'upsert';

/** A further value that an operation asks for, shown as a parameter of its own. */
export type Input =
	| {
			kind: 'record';
			name: string;
			label: string;
			/** Resource it is looked up in. */
			resource: string;
			required?: boolean;
			/** Several records can be given. */
			multiple?: boolean;
			description?: string;
	  }
	| ({ kind: 'value'; default?: boolean | string | number | string[]; placeholder?: string } & Field)
	| { kind: 'binary'; name: string; label: string; description?: string }
	/** A repeatable group of values, found under `row`. */
	| { kind: 'rows'; name: string; label: string; row: string; fields: Field[]; description?: string }
	/** The mapper with the resource's own fields, but for those that the operation asks for or sets itself. */
	| { kind: 'fields'; except?: string[] }
	/** Other records that the resource points to. */
	| { kind: 'links' };

/** Something that a person should agree to first: somebody can no longer get in, or many records change at once. */
export type Caution = 'access' | 'many';

/** Where an action's parameter travels. */
export type ActionParameter = Field & {
	/** `path`: stands as `{name}` in the path. */
	in: 'query' | 'body' | 'path';
	/** The value is the id of a record of this resource: shown as a locator. */
	reference?: string;
	/** Several ids. */
	many?: boolean;
	/** The vendor wants these ids as texts. */
	asText?: boolean;
	/** No choice is sent as an empty list, which empties what the record has. */
	mayBeEmpty?: boolean;
};

/** An endpoint beyond the standard methods, fully described by data. `{id}` in the path is the record, `{parent}` the one around it. */
export interface Action {
	name: string;
	label: string;
	/** Sentence-case text of the node creator, without article. */
	action: string;
	description: string;
	method: IHttpRequestMethods;
	path: string;
	parameters?: ActionParameter[];
	/** Always part of the body, by name on the wire; `{id}` is the record. */
	fixed?: IDataObject;
	/** Changes nothing at the vendor, although it is no GET. */
	reads?: boolean;
	/** Never sent again when its fate is unknown, whatever its method: twice would be too often, or be refused. */
	once?: boolean;
	/** Answers no more than that it is done. */
	silent?: boolean;
	/** Answers a list of records, in pages. */
	many?: boolean;
	/** The chosen parent helps to find what parameters refer to. */
	parent?: boolean;
	/** What comes out instead of a record of the resource. */
	output?: { resource: string };
	/** What a field of the record shows once it is done. If it is about access and the record does not show it, that is an error. */
	effect?: { field: string; values: Array<string | number | boolean>; access?: boolean };
	caution?: Caution;
}

/**
 * A change of many records in one request, worked by the vendor in the background. The records are
 * collected from all input items, or described by a filter. Body parameters only.
 */
export interface BulkAction {
	name: string;
	label: string;
	action: string;
	description: string;
	path: string;
	parameters?: ActionParameter[];
	/** Sets the resource's own fields. */
	fields?: boolean;
}

/** An operation made of several requests, worked by a named piece of code in the vendor's folder. */
export interface Recipe {
	name: string;
	label: string;
	action: string;
	description: string;
	/** Needs the record locator. */
	record?: boolean;
	inputs?: Input[];
	/** Offered in the Options collection. */
	options?: Input[];
	/** Simplify applies to its output. */
	simplify?: boolean;
	/** The parent of the resource is chosen first. */
	parent?: boolean;
	/** Changes nothing at the vendor. */
	reads?: boolean;
	/** Method and path, when it is a single request; for the documentation. */
	request?: string;
	/** What comes out beyond, or instead of, a record of the resource; for the editor. */
	output?: { resource?: string; fields?: Field[] };
	caution?: Caution;
}

/** How people who are not in the list lose their access. */
export interface Retirement {
	/** Value in saved workflows; never change it. */
	value: 'lock' | 'deactivate' | 'remove' | 'delete';
	description: string;
	/** Fields that are set; without them the record is deleted. */
	fields?: IDataObject;
	/** The outcome. */
	done: string;
}

/** The operation Reconcile in a few words. */
export interface Reconcile {
	/** Names of the keys by which people are known; the first is the usual one. */
	keys: string[];
	/** An input that gives the key, where the operation has one of its own. */
	keyInput?: string;
	/** What a person who is in the list always is, such as unlocked, and the outcome when only that changes. */
	present?: { fields: IDataObject; done: string };
	/** What can be done with people who are not in the list, beyond reporting them. */
	retire: Retirement[];
	/** Records with this value are never retired, and why. */
	never?: Array<{ field: string; value: boolean | string | number; why: string }>;
	/** Field with the last sign-in. */
	lastSignIn?: string;
	/** Further parameters of each person. */
	inputs?: Input[];
	/** Fields that the mapper does not offer, because inputs or the engine set them. */
	except?: string[];
	/** Further settings of the run, and when they are shown. */
	settings?: Setting[];
	options?: Input[];
	description?: string;
}

/** A setting of the whole run; the first item gives it. */
export type Setting = Input & { /** Shown with these values of other parameters. */ when?: Record<string, string[]> };

/** A resource, as the vendor's reference page describes it. */
export interface Resource {
	/** n8n value and, for JSON:API vendors, the type. */
	name: string;
	label: string;
	/** Sentence-case names in texts; default to the label in lower case, plus `s`. */
	singular?: string;
	plural?: string;
	/** Relative to the API's base address, starting with a slash. `{scope}` stands for the value of `scope`. */
	path: string;
	/** Name on the wire when it differs from `name`. */
	type?: string;
	/** The record around these, chosen first: `{parent}` in the path, or a filter of lists and look-ups. */
	parent?: { resource: string; label?: string; description?: string; filter?: string };
	/** Records that are looked up and listed inside another one: there, under this property, with these relations included. */
	rows?: { path: string; property: string; include: string[]; /** Get Many has a path of its own. */ lookUpOnly?: boolean };
	/** Lists can be searched by text, where the vendor does not offer that everywhere. */
	search?: boolean;
	/** Further parameters of every list request. */
	listQuery?: Array<[string, string]>;
	/** What has to be chosen before the resource is known, such as the kind of a custom object. */
	scope?: { label: string; description: string };
	description: string;
	methods: StandardMethod[];
	idType?: 'integer' | 'uuid' | 'string';
	keys?: NaturalKey[];
	list?: ListItem;
	/** Up to eight fields that a fresh node shows besides the required ones, in this order. No switches: those would be sent as off. */
	everyday?: string[];
	fields: Field[];
	relations?: Relation[];
	/** Of these fields and relations a new record has to have one; with what to tell when it has none. */
	oneOf?: Array<{ names: string[]; message: string; remedy: string }>;
	actions?: Action[];
	bulk?: BulkAction[];
	recipes?: Recipe[];
	/** Records let people in, or send to them: a deletion counts once a read shows that the record is gone, or has one of these values left. */
	confirmDelete?: { field?: string; values?: Array<string | number | boolean> };
	/** These are people, and a whole list of them can be made the vendor's state. */
	reconcile?: Reconcile;
	/** Number of free fields `custom1`, `custom2`, ... whose meaning each organization sets. */
	customSlots?: number;
	/** Somebody gets in through such a record, so that to delete it removes access. */
	access?: boolean;
	/** The vendor's door when it is not the usual one; see `Vendor.doors`. */
	door?: string;
	/** Further fields exist that only the customer's own site or organization knows. */
	openFields?: boolean;
	/** Largest page when it differs from the API's. */
	pageSize?: number;
	/** What a standard operation is called where the usual name would mislead. */
	titles?: Partial<Record<StandardMethod, { label: string; action: string }>>;
	/** Short hints shown as the description of a standard operation. */
	notes?: Partial<Record<StandardMethod, string>>;
	/** Month in which people with an account confirmed what this says, as `2026-12`. See docs/verified.md. */
	verified?: string;
	/** Address of a record's page with an id at its end, for locators by URL. */
	urlExample?: string;
}
