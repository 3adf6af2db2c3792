/** Import of a file. https://developers.outreach.io/api/bulk-api/ */
import { type IDataObject, NodeApiError } from 'n8n-workflow';
import { createHash } from 'node:crypto';

import type { Handler } from '../../shared/run/handler';
import type { Item } from '../../shared/run/item';
import { Planned } from '../../shared/run/plan';
import type { Run } from '../../shared/run/run';
import { nouns } from '../../shared/spec/labels';
import { asObject, BadInput, isAbsent } from '../../shared/spec/values';
import type { Client } from '../../shared/wire/client';
import { pause } from '../../shared/wire/gate';
import { waitMsOf } from './batch';
import { readCsv, textIn } from './csv';
import { mapColumns, type Wishes } from './csvColumns';
import { importPlan } from './importPlan';
import { importCall, report, start, wait } from './imports';

interface FileJob extends Wishes {
	field: string;
	method: string;
	content?: Buffer;
	rows?: number;
	mappings?: Record<string, string>;
}

/** Imports a file. @param action the vendor's call. */
export const importCsv = (action: string): Handler<FileJob> => ({
	prepare(item) {
		const wanted = item.value({ name: 'columnMapping', type: 'json' }) ?? {};
		if (typeof wanted !== 'object' || Array.isArray(wanted)) throw new BadInput('Column Mapping is not an object', 'Write it like {"Work Mail": "emails"}.');
		return {
			field: item.get<string>('binaryPropertyName', 'data'),
			method: item.get<string>('dupeMethod', 'skip'),
			wanted: wanted as IDataObject,
			ignore: item.optionFlag('ignoreColumns', false),
		};
	},
	/** Everything that can be wrong with a file is found before anything is uploaded. */
	async check(job, item) {
		const { context, operation } = item.run;
		context.helpers.assertBinaryData(item.index, job.field);
		const content = await context.helpers.getBinaryDataBuffer(item.index, job.field);
		const text = textIn(content);
		if (text === undefined) throw new BadInput('The file is not UTF-8 text', 'Save it as "CSV UTF-8".');
		const { columns, rows } = readCsv(text);
		if (rows === 0) throw new BadInput('The file has no rows below its column names', 'The first line names the columns; each further line is a record.');
		job.mappings = await mapColumns(item.run, operation.resource, columns, job);
		job.rows = rows;
		// Some programs begin a file with a mark that would become part of the first column's name.
		job.content = content.subarray(0, 3).toString('hex') === 'efbbbf' ? content.subarray(3) : content;
	},
	async work(job, item) {
		const { run } = item;
		const { context, operation } = run;
		const client = run.client(operation.resource);
		if (run.dryRun) {
			client.assertCovered(importCall(action, job.rows!, operation.resource));
			throw new Planned(importPlan(run, operation.resource, job));
		}
		const { storageKey, recordCount } = await untilStart(run, item, async () => await deposit(run, client, job.content!));
		const file = context.helpers.assertBinaryData(item.index, job.field).fileName;
		const attributes = {
			dupeMethod: job.method,
			fileName: item.option<string>('fileName') || file || `${nouns(operation.resource).many}.csv`,
			mappings: job.mappings,
			recordCount: recordCount ?? job.rows,
			storageKey,
		};
		const started = await start(client, operation.resource, action, attributes, attributes.recordCount!, [item]);
		await wait(run, client, [started], waitMsOf(item.option('waitMinutes'))).catch((error: unknown) => {
			const failure = run.failure(error, item.index);
			failure.description = `Import ${started.importId} was started and goes on. ${failure.description ?? ''}`.trim();
			throw failure;
		});
		return [{ json: { mappings: job.mappings, ...report(run, started) } }];
	},
});

/** Says of a failure that nothing was imported yet. */
async function untilStart<T>(run: Run, item: Item, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		const failure = run.failure(error, item.index);
		failure.description = `Nothing was imported. ${failure.description ?? ''}`.trim();
		throw failure;
	}
}

/** Brings the file to the vendor's storage and has it checked. */
async function deposit(run: Run, client: Client, content: Buffer): Promise<{ storageKey: string; recordCount?: number }> {
	const link = await client.send({ method: 'POST', path: '/imports/actions/generateUploadLink', purpose: 'get an address for the file', repeatable: true });
	const { storageKey, uploadURL } = asObject(client.api.record(link.body).attributes);
	if (isAbsent(storageKey) || isAbsent(uploadURL)) throw new BadInput('Outreach returned no address for the file', 'Run again later.');
	await upload(run, client, String(uploadURL), content);
	const { recordCount } = await validate(client, String(storageKey), content);
	return { storageKey: String(storageKey), recordCount: typeof recordCount === 'number' ? recordCount : undefined };
}

/** Puts the file at a presigned address. Our own credentials stay out of it, and the address out of messages. */
async function upload({ context }: Run, client: Client, url: string, content: Buffer): Promise<void> {
	client.admit({ method: 'PUT', path: '/', purpose: 'upload the file' });
	for (let attempt = 1; ; attempt++) {
		let problem: string;
		try {
			const { statusCode } = (await context.helpers.httpRequest({
				method: 'PUT',
				url,
				headers: { 'Content-Type': 'text/csv' },
				body: content,
				timeout: 600_000,
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				abortSignal: context.getExecutionCancelSignal(),
			})) as { statusCode: number };
			if (statusCode < 300) return;
			if (statusCode < 500) attempt = Infinity;
			problem = `answered with status ${statusCode}`;
		} catch {
			problem = 'could not be reached';
		}
		if (attempt >= 3 || !(await pause(attempt * 1000, context.getExecutionCancelSignal()))) {
			throw new BadInput(`The file could not be uploaded: the storage of Outreach ${problem}`, 'Run again.');
		}
	}
}

/** The vendor's check of an uploaded file. It does not say which hash it means: that of its storage comes first. */
async function validate(client: Client, storageKey: string, content: Buffer): Promise<IDataObject> {
	const attempt = async (kind: string) => {
		const { body } = await client.send({
			method: 'POST',
			path: '/imports/actions/validateUpload',
			query: [
				['actionParams[hash]', createHash(kind).update(content).digest('hex')],
				['actionParams[storageKey]', storageKey],
			],
			purpose: 'check the uploaded file',
			repeatable: true,
		});
		return asObject(client.api.record(body).attributes);
	};
	const [first] = await Promise.allSettled([attempt('md5')]);
	if (first.status === 'fulfilled') return first.value;
	if (first.reason instanceof NodeApiError && first.reason.httpCode === '422') return await attempt('sha256');
	throw first.reason;
}
