import { createPrivateKey, createSign, type KeyObject } from 'crypto';

import {
	type IAuthenticateGeneric,
	type ICredentialDataDecryptedObject,
	type ICredentialTestRequest,
	type ICredentialType,
	type Icon,
	type IDataObject,
	type IHttpRequestHelper,
	type INodeProperties,
	UserError,
} from 'n8n-workflow';

import { pageNamed, webPageIn } from '../nodes/shared/wire/answers';
import { checkFirst } from './checkFirst';
import { outreachAddress } from './outreachAddress';

/** Seconds for which the proof of identity is good; the vendor takes at most an hour. */
const PROOF_SECONDS = 600;

/** A part of a JSON Web Token. */
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The key as people paste it: line breaks may have become \\n or blanks. */
function readKey(given: unknown): KeyObject {
	const [, kind, body] = /-----BEGIN ([A-Z ]+)-----([^]*?)-----END \1-----/.exec(String(given).replace(/\\[rn]/g, '\n')) ?? [];
	try {
		const lines = body.match(/[\w+/=]+/g) ?? [];
		const key = createPrivateKey(`-----BEGIN ${kind}-----\n${lines.join('\n')}\n-----END ${kind}-----\n`);
		if (key.asymmetricKeyType === 'rsa') return key;
	} catch {
		// What the reader says of a key does not help, and may quote from it.
	}
	throw new UserError('Private Key is not an RSA key in PEM format', {
		description: 'Open the Outreach Server-to-Server credential and paste the whole key, from -----BEGIN to -----END. A key with a pass phrase cannot be used.',
	});
}

/** Why there is no token, as the vendor or whoever answered in its place says. Without a status, in place of which n8n would put words of its own. */
function reasonOf(status: number, body: unknown): string {
	const page = webPageIn(body);
	if (page) return `the response is ${pageNamed(page.title)}`;
	if (status < 400) return 'the response contains none';
	const { errors, error, description } = (typeof body === 'object' && body !== null ? body : {}) as { errors?: Array<{ detail?: string; title?: string }>; error?: string; description?: string };
	const first = Array.isArray(errors) ? errors[0] : undefined;
	return first?.detail ?? first?.title ?? description ?? error ?? 'the request was refused';
}

/** What to do about it. */
function remedyFor(status: number, body: unknown): string {
	const seen = `The status is ${status}.`;
	if (webPageIn(body)) return `${seen} The page does not come from the API of Outreach. Check the API address in the credential, and whether a proxy stands in between.`;
	if (status >= 500 || status === 429) return `${seen} Run again later.`;
	return `${seen} Open the Outreach Server-to-Server credential and check the application ID, the private key and the installation ID.`;
}

/**
 * Access of an app to one installation, without a user. A signed proof is exchanged for a token that is
 * good for an hour; n8n asks for a new one when the vendor answers 401.
 * https://developers.outreach.io/api/oauth/#server-to-server
 */
export class OutreachS2SApi implements ICredentialType {
	name = 'outreachS2SApi';

	displayName = 'Outreach Server-to-Server API';

	icon: Icon = { light: 'file:../nodes/Outreach/outreach.svg', dark: 'file:../nodes/Outreach/outreach.dark.svg' };

	documentationUrl = 'https://developers.outreach.io/api/oauth/';

	properties: INodeProperties[] = [
		{
			displayName: 'Acts as the app, without a user, and can access only a part of the API. To provision users, use the OAuth2 connection.',
			name: 'notice',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'S2S Application ID',
			name: 'applicationId',
			type: 'string',
			default: '',
			required: true,
			description: 'Server-to-server ID (GUID) of your app in the developer portal',
		},
		{
			displayName: 'Private Key',
			name: 'privateKey',
			type: 'string',
			typeOptions: { password: true, rows: 4 },
			default: '',
			required: true,
			placeholder: '-----BEGIN PRIVATE KEY-----',
			description: 'RSA key in PEM form whose public half is registered with the app',
		},
		{
			displayName: 'Installation ID',
			name: 'installationId',
			type: 'string',
			default: '',
			required: true,
			description: 'ID of the installation in your organization',
		},
		...outreachAddress,
		{
			displayName: 'Access Token',
			name: 'accessToken',
			type: 'hidden',
			typeOptions: { expirable: true, password: true },
			default: '',
		},
		checkFirst(),
	];

	/** Exchanges a proof signed with the app's key for an installation token. */
	async preAuthentication(this: IHttpRequestHelper, credentials: ICredentialDataDecryptedObject): Promise<IDataObject> {
		const now = Math.floor(Date.now() / 1000);
		const claims = { iss: credentials.applicationId, iat: now, exp: now + PROOF_SECONDS };
		const unsigned = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
		const signature = createSign('RSA-SHA256').update(unsigned).sign(readKey(credentials.privateKey), 'base64url');
		const host = String(credentials.baseUrl || 'https://api.outreach.io').trim().replace(/^(?!https?:\/\/)/i, 'https://').replace(/\/+$/, '');
		// Judged here: an error of the helper would carry the proof with it.
		const { statusCode, body } = (await this.helpers.httpRequest({
			method: 'POST',
			url: `${host}/api/app/installs/${encodeURIComponent(String(credentials.installationId))}/actions/accessToken`,
			headers: { Authorization: `Bearer ${unsigned}.${signature}`, Accept: 'application/vnd.api+json', 'Content-Type': 'application/vnd.api+json' },
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			sendCredentialsOnCrossOriginRedirect: false,
		})) as { statusCode: number; body?: { data?: { meta?: { accessToken?: string } } } };
		const accessToken = body?.data?.meta?.accessToken;
		if (statusCode >= 400 || !accessToken) {
			throw new UserError(`Outreach returned no access token for the server-to-server key: ${reasonOf(statusCode, body)}`, {
				description: remedyFor(statusCode, body),
			});
		}
		return { accessToken };
	}

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{ $credentials.accessToken }}' } },
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{ ($credentials.baseUrl || "https://api.outreach.io").trim().replace(new RegExp("^(?!https?://)", "i"), "https://").replace(new RegExp("/+$"), "") }}/api/v2',
			url: '/users',
			qs: { 'page[size]': 1 },
			headers: { Accept: 'application/vnd.api+json', 'Content-Type': 'application/vnd.api+json' },
		},
	};
}
