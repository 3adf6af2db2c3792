/** Removes a webhook with the token that its deliveries carry. https://developers.outreach.io/api/webhooks/ */
import type { Handler } from '../../shared/run/handler';
import { BadInput } from '../../shared/spec/values';
import type { Client } from '../../shared/wire/client';

/**
 * Removes the webhook that a token belongs to, without the connection's own access.
 * @returns the vendor's status: 404 says that it is gone already.
 */
export async function cleanUp(client: Client, token: string): Promise<number> {
	client.admit({ method: 'POST', path: '/webhooks/cleanup', purpose: 'clean up webhook' });
	const { statusCode } = (await client.context.helpers.httpRequest({
		method: 'POST',
		url: `${await client.address()}/webhooks/cleanup`,
		headers: { Accept: 'application/vnd.api+json', 'Content-Type': 'application/vnd.api+json', Authorization: `Bearer ${token}` },
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		sendCredentialsOnCrossOriginRedirect: false,
	})) as { statusCode: number };
	return statusCode;
}

export const cleanup: Handler<string> = {
	prepare: (item) => String(item.value({ name: 'cleanupToken', label: 'Cleanup Token', type: 'secret', required: true })),
	async work(token, item) {
		const statusCode = await cleanUp(item.run.client(item.run.operation.resource), token);
		if (statusCode === 401) throw new BadInput('Cleanup Token was not accepted', 'Take the token from the header of a delivery of this webhook.');
		if (statusCode >= 400 && statusCode !== 404) throw new BadInput(`Outreach refused to clean up the webhook: status ${statusCode}`, 'Run again later.');
		return [{ json: { deleted: true, existed: statusCode !== 404 } }];
	},
};
