/** Imports under way: started, waited for, reported. https://developers.outreach.io/api/reference/tag/Import/ */
import { type IDataObject, NodeOperationError } from 'n8n-workflow';

import type { Item } from '../../shared/run/item';
import type { Run } from '../../shared/run/run';
import { nouns } from '../../shared/spec/labels';
import type { RecordId } from '../../shared/spec/record';
import type { Resource } from '../../shared/spec/resource';
import { asObject, isAbsent } from '../../shared/spec/values';
import type { Call } from '../../shared/wire/api';
import type { Client } from '../../shared/wire/client';
import { filled, isBroken, isOver, poll } from './batch';

/** An import run, as far as it is known, and the items whose records it carries. */
export interface Started {
	importId: RecordId;
	attributes: IDataObject;
	records: number;
	items: Item[];
}

const hasEnded = ({ attributes }: Started) => isOver(attributes) || !isAbsent(attributes.errorReason);

/** The request that starts an import, without its records. */
export function importCall(action: string, records: number, resource: Resource): Call {
	const { one, many } = nouns(resource);
	return { method: 'POST', path: `/imports/actions/${action}`, purpose: `import ${records} ${records === 1 ? one : many}` };
}

/** Starts an import and notes it. */
export async function start(client: Client, resource: Resource, action: string, attributes: IDataObject, records: number, items: Item[], repeatable = false): Promise<Started> {
	const { body } = await client.send({ ...importCall(action, records, resource), body: client.api.encodeAction(attributes), repeatable });
	const record = client.api.record(body);
	return { importId: client.api.id(record), attributes: asObject(record.attributes), records, items };
}

export async function wait(run: Run, client: Client, started: Started[], maxMs: number): Promise<void> {
	await poll(run, started, maxMs, hasEnded, async (entry) => {
		const { body } = await client.send({ method: 'GET', path: `/imports/${entry.importId}`, purpose: `get import ${entry.importId}` });
		entry.attributes = asObject(client.api.record(body).attributes);
	});
}

/** What the output says of an import. */
export function report(run: Run, { importId, attributes, records }: Started): IDataObject {
	const json: IDataObject = { importId, records, ...filled(attributes), finished: isOver(attributes) };
	if (!isBroken(attributes.state) && isAbsent(attributes.errorReason)) return json;
	throw new NodeOperationError(run.context.getNode(), `Outreach did not finish import ${importId}: ${String(attributes.errorReason ?? attributes.state)}`, {
		description: `What is known of it: ${JSON.stringify(json)}`,
	});
}
