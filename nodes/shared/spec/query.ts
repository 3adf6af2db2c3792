/** What a list is asked for. */
import type { IDataObject } from 'n8n-workflow';

export type FilterOperator =
	| 'equals'
	| 'notEquals'
	| 'contains'
	| 'startsWith'
	| 'endsWith'
	| 'oneOf'
	| 'between'
	| 'above'
	| 'atLeast'
	| 'below'
	| 'atMost'
	| 'empty'
	| 'notEmpty';

/** One filter of Get Many; `path` is a field, or a relation and a field of the related record. */
export interface Condition {
	path: string[];
	operator: FilterOperator;
	values: string[];
}

/** What to read. */
export interface Query {
	conditions: Condition[];
	/** Free-text search where the vendor has one. */
	search?: string;
	sort?: Array<{ field: string; descending: boolean }>;
	include?: string[];
	/** Only these fields. */
	only?: string[];
	/** Vendor options by name, passed through to the API's `listQuery`. */
	options?: IDataObject;
}
