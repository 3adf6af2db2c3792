/**
 * Files for the calendar. The vendor names the action and its path; name of the part and answer are not shown,
 * so both can be changed. https://www.branchcms.com/learn/docs/apps/calendar/rest-api
 */
import type { Handler } from '../../shared/run/handler';
import { sendOrPlan } from '../../shared/run/plan';
import { asObject, BadInput } from '../../shared/spec/values';
import type { Call } from '../../shared/wire/api';

interface Job {
	property: string;
	part: string;
	path: string;
}

export const upload: Handler<Job> = {
	prepare(item) {
		const property = item.get<string>('binaryPropertyName', 'data');
		item.run.context.helpers.assertBinaryData(item.index, property);
		const path = item.option<string>('uploadPath') || '/calendar/upload';
		if (!/^\/[\w/-]+$/.test(path)) throw new BadInput(`Upload Path: "${path}" is not a path below /api/v1`, 'Write it like /calendar/upload.');
		return { property, part: item.option<string>('partName') || 'file', path };
	},
	async work({ property, part, path }, item) {
		const { helpers } = item.run.context;
		const { fileName = 'file', mimeType } = helpers.assertBinaryData(item.index, property);
		const content = await helpers.getBinaryDataBuffer(item.index, property);
		const form = new FormData();
		form.append(part, new Blob([new Uint8Array(content)], { type: mimeType }), fileName);
		// The platform writes the form; n8n's helper takes only the bytes.
		const encoded = new Response(form);
		const call: Call = {
			method: 'POST',
			path,
			raw: { body: Buffer.from(await encoded.arrayBuffer()), contentType: encoded.headers.get('content-type')! },
			purpose: `upload ${fileName}`,
		};
		const { body } = await sendOrPlan(item.run.client(item.run.operation.resource), call, () => ({ action: 'upload', name: fileName, more: { bytes: content.length, mimeType, path } }));
		return [{ json: { fileName, ...asObject(body) } }];
	},
};
