/** Records on their way to the vendor. */
import type { IDataObject } from 'n8n-workflow';

/** Values of one record on their way to the vendor. `links` holds ids by relation name. */
export interface RecordInput {
	/** Parameters of the request itself. */
	query?: Array<[string, string]>;
	id?: RecordId;
	fields: IDataObject;
	links?: Record<string, Link | Link[] | null>;
	/** Vendor extras of a request, such as JSON:API `meta`. */
	meta?: IDataObject;
}

export type RecordId = number | string;

export interface Link {
	resource: string;
	id: RecordId;
}
