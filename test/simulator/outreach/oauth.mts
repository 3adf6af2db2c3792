/**
 * The authorization code flow with rotating refresh tokens ("OAuth"): access tokens live two hours, refresh
 * tokens 14 days and are replaced at each use, client credentials travel in the body.
 */
import { randomBytes } from 'node:crypto';
import type { ApiRequest, ApiResponse } from '../server.mts';
import { decodePart, header, json, queryPairs } from '../server.mts';
import { S2S_SCOPES, SCOPES } from './contract.mts';

const ACCESS_SECONDS = 2 * 60 * 60;
const REFRESH_MS = 14 * 24 * 60 * 60 * 1000;
const CODE_MS = 10 * 60 * 1000;
const THROTTLE_MS = 60 * 1000;

export interface TokenPair {
	accessToken: string;
	refreshToken: string;
	scope: string;
}

/** What an access token stands for. */
export interface Grant {
	scopes: Set<string>;
	userId: number;
	/** App token of a server-to-server installation: reaches fewer operations and is nobody. */
	s2s: boolean;
	expiresAt: number;
}

interface RefreshGrant {
	scopes: Set<string>;
	userId: number;
	expiresAt: number;
}

export interface IssueOptions {
	/** Default: all scopes. */
	scopes?: string[];
	userId?: number;
	expiresInSeconds?: number;
	s2s?: boolean;
}

export class TokenService {
	readonly clientId: string;
	readonly clientSecret: string;
	/** One mint per 60 seconds and user, as the vendor has it; off unless a test wants it. */
	mintThrottle = false;
	current: TokenPair;

	private readonly access = new Map<string, Grant>();
	private readonly refresh = new Map<string, RefreshGrant>();
	private readonly codes = new Map<string, { scopes: Set<string>; redirectUri: string; expiresAt: number }>();
	private lastMint = 0;

	constructor(clientId: string, clientSecret: string) {
		this.clientId = clientId;
		this.clientSecret = clientSecret;
		this.current = this.issue();
	}

	/** Forgets every token and hands out a fresh pair. */
	reset(): void {
		this.access.clear();
		this.refresh.clear();
		this.codes.clear();
		this.lastMint = 0;
		this.current = this.issue();
	}

	/** Makes a token pair outside the OAuth flow; it does not become the current one. */
	issue(options: IssueOptions = {}): TokenPair {
		const scopes = new Set(options.scopes ?? (options.s2s === true ? S2S_SCOPES : SCOPES));
		const userId = options.userId ?? 1;
		const pair: TokenPair = {
			accessToken: `at_${randomBytes(24).toString('hex')}`,
			refreshToken: `rt_${randomBytes(24).toString('hex')}`,
			scope: [...scopes].join(' '),
		};
		this.access.set(pair.accessToken, {
			scopes,
			userId,
			s2s: options.s2s === true,
			expiresAt: Date.now() + (options.expiresInSeconds ?? ACCESS_SECONDS) * 1000,
		});
		this.refresh.set(pair.refreshToken, { scopes, userId, expiresAt: Date.now() + REFRESH_MS });
		return pair;
	}

	/** Lets every access token handed out so far be expired. */
	expire(): void {
		for (const grant of this.access.values()) grant.expiresAt = 0;
	}

	/** Makes the current refresh token useless. */
	revokeRefresh(): void {
		this.refresh.delete(this.current.refreshToken);
	}

	/** The grant behind an Authorization header, or a description of what is wrong with it. */
	check(authorization: string | undefined): Grant | string {
		if (authorization === undefined || authorization === '') return 'Missing authorization header.';
		const match = /^Bearer (\S+)$/i.exec(authorization);
		if (match === null) return 'Malformed authorization header.';
		const grant = this.access.get(match[1] as string);
		if (grant === undefined) return 'Invalid JWT token.';
		if (grant.expiresAt <= Date.now()) return 'Expired JWT token.';
		return grant;
	}

	/** GET /oauth/authorize: consents at once and sends the browser back. */
	authorize(request: ApiRequest): ApiResponse {
		const parameters = new Map(queryPairs(request.search));
		const redirectUri = parameters.get('redirect_uri') ?? '';
		if (parameters.get('client_id') !== this.clientId || !URL.canParse(redirectUri)) {
			// Nobody to send back to, or somebody who must not get anything.
			return json(400, { error: 'invalid_client', error_description: 'Unknown client or missing redirect_uri.' });
		}
		const state = parameters.get('state');
		const back = (answer: Record<string, string>): ApiResponse => {
			const target = new URL(redirectUri);
			for (const [name, value] of Object.entries(answer)) target.searchParams.set(name, value);
			if (state !== undefined) target.searchParams.set('state', state);
			return { status: 302, headers: { location: target.toString() } };
		};
		if (parameters.get('response_type') !== 'code') {
			return back({ error: 'unsupported_response_type', error_description: 'response_type must be code.' });
		}
		const scopes = (parameters.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
		const unknown = scopes.filter((scope) => !SCOPES.has(scope));
		if (scopes.length === 0 || unknown.length > 0) {
			// One scope the app was not granted makes the whole authorisation fail.
			const what = unknown.length === 0 ? 'scope is missing.' : `Unknown scope: ${unknown.join(' ')}.`;
			return back({ error: 'invalid_scope', error_description: what });
		}
		const code = randomBytes(20).toString('hex');
		this.codes.set(code, { scopes: new Set(scopes), redirectUri, expiresAt: Date.now() + CODE_MS });
		return back({ code });
	}

	/** POST /oauth/token: authorization_code and refresh_token. */
	token(request: ApiRequest): ApiResponse {
		const body = readBody(request);
		const refuse = (status: number, error: string, description: string): ApiResponse =>
			json(status, { error, error_description: description });
		if (body === undefined) return refuse(400, 'invalid_request', 'The body must be a form or JSON.');
		// Credentials are taken from the body only; an Authorization header is not looked at.
		if (body.get('client_id') !== this.clientId || body.get('client_secret') !== this.clientSecret) {
			return refuse(401, 'invalid_client', 'Client authentication failed.');
		}
		const grantType = body.get('grant_type');
		if (grantType !== 'authorization_code' && grantType !== 'refresh_token') {
			return refuse(400, 'unsupported_grant_type', 'The authorization grant type is not supported.');
		}
		const now = Date.now();
		const throttled = this.mintThrottle && now - this.lastMint < THROTTLE_MS;
		let scopes: Set<string>;
		let userId = 1;
		if (grantType === 'authorization_code') {
			const code = this.codes.get(body.get('code') ?? '');
			if (code === undefined || code.expiresAt < now || code.redirectUri !== body.get('redirect_uri')) {
				return refuse(400, 'invalid_grant', 'The authorization code is invalid, used, expired or belongs to another redirect_uri.');
			}
			if (throttled) return this.throttle(now);
			this.codes.delete(body.get('code') ?? '');
			scopes = code.scopes;
		} else {
			const token = body.get('refresh_token') ?? '';
			const grant = this.refresh.get(token);
			if (grant === undefined || grant.expiresAt < now) {
				return refuse(400, 'invalid_grant', 'The refresh token is invalid, expired, revoked or was used before.');
			}
			if (throttled) return this.throttle(now);
			this.refresh.delete(token);
			({ scopes, userId } = grant);
		}
		this.lastMint = now;
		this.current = this.issue({ scopes: [...scopes], userId });
		return json(200, {
			access_token: this.current.accessToken,
			token_type: 'Bearer',
			expires_in: ACCESS_SECONDS,
			refresh_token: this.current.refreshToken,
			scope: this.current.scope,
			created_at: Math.floor(now / 1000),
		});
	}

	private throttle(now: number): ApiResponse {
		const seconds = Math.ceil((this.lastMint + THROTTLE_MS - now) / 1000);
		const answer = json(429, {
			errors: [{ id: 'rateLimitExceeded', title: 'Rate Limit Exceeded', detail: 'Tokens may be minted once in 60 seconds.' }],
		});
		return { ...answer, headers: { ...answer.headers, 'retry-after': String(seconds) } };
	}
}

function readBody(request: ApiRequest): Map<string, string> | undefined {
	const type = (header(request.headers, 'content-type') ?? '').split(';')[0]?.trim().toLowerCase();
	const text = request.body.toString('utf8');
	if (type === 'application/x-www-form-urlencoded') return new Map(queryPairs(text));
	if (type !== 'application/json') return undefined;
	try {
		const parsed = JSON.parse(text) as Record<string, unknown>;
		return new Map(Object.entries(parsed).map(([name, value]) => [decodePart(name), String(value)]));
	} catch {
		return undefined;
	}
}
