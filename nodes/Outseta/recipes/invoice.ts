/** The invoice as a file. */
import { recordOf } from '../../shared/run/answers';
import type { Handler } from '../../shared/run/handler';
import { pathTo } from '../../shared/run/reads';
import type { Reference } from '../../shared/run/reference';

export const downloadPdf: Handler<{ invoice: Reference; property: string }> = {
	prepare(item) {
		const { resource } = item.run.operation;
		return { invoice: recordOf(item, resource), property: String(item.value({ name: 'binaryProperty', label: 'Put Output in Field', type: 'string', required: true })) };
	},
	async work({ invoice, property }, item) {
		const { run } = item;
		const { resource } = run.operation;
		const { body, headers } = await run.client(resource).send({
			method: 'GET',
			path: `${pathTo(resource, invoice.id)}/pdf`,
			headers: { Accept: 'application/pdf' },
			file: true,
			purpose: `download invoice ${invoice.id}`,
		});
		const given = /filename="?([^";]+)"?/i.exec(headers['content-disposition'] ?? '')?.[1];
		const fileName = given ?? `invoice-${invoice.id}.pdf`;
		const file = await run.context.helpers.prepareBinaryData(body as Buffer, fileName, 'application/pdf');
		return [{ json: { Uid: invoice.id, fileName }, binary: { [property]: file } }];
	},
};
