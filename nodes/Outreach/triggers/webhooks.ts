/**
 * The webhooks that a trigger keeps at Outreach: made, adopted, repaired and removed.
 * https://developers.outreach.io/api/webhooks/
 */
import { type IDataObject, type IHookFunctions, type IWebhookFunctions, NodeApiError, NodeOperationError } from 'n8n-workflow';

import type { Run } from '../../shared/run/run';
import type { Link, RecordId } from '../../shared/spec/record';
import type { Resource } from '../../shared/spec/resource';
import { asObject } from '../../shared/spec/values';
import { newSecret } from '../../shared/trigger/delivery';
import { nodeKey } from '../../shared/trigger/node';
import { outside } from '../../shared/trigger/outside';
import type { Client } from '../../shared/wire/client';
import { resourceOf } from '../../shared/wire/vendor';
import { cleanUp } from '../recipes/webhook';
import { outreach } from '../vendor';
import { isDoubled, plan, type Subscription } from './events';

type Context = IHookFunctions | IWebhookFunctions;

/** A webhook as the trigger remembers it. */
interface Known {
	id: RecordId;
	/** Where it delivers to; n8n's address can change, and a copy of its database can be run elsewhere. */
	url?: string;
	/** Removes it also when the connection has lost its access. */
	cleanupToken?: string;
}

/** A token from a delivery, of a webhook whose creation this node did not see, and the address it came to. */
interface Token {
	token: string;
	url: string;
}

const MAX_TOKENS = 20;

const PAYLOAD_VERSION = 2;

/** Secrets in use by node: n8n can write older data of the workflow over newer. */
const secrets = new Map<string, string>();

/** Secrets under which deliveries may be signed. */
export function secretsOf(context: Context): string[] {
	const stored = context.getWorkflowStaticData('node').secret;
	const inUse = secrets.get(nodeKey(context));
	return [...new Set([inUse, stored].filter((s): s is string => typeof s === 'string' && s !== ''))];
}

/** Notes the secret and the token of a genuine delivery where they are missing. */
export function noteDelivery(context: IWebhookFunctions, secret: string, token: unknown): void {
	const data = context.getWorkflowStaticData('node');
	if (data.secret !== secret) data.secret = secret;
	secrets.set(nodeKey(context), secret);
	if (typeof token !== 'string' || token === '') return;
	const tokens = tokensOf(data);
	if (tokens.some((one) => one.token === token) || knownOf(data).some((hook) => hook.cleanupToken === token)) return;
	data.tokens = [...tokens, { token, url: context.getNodeWebhookUrl('default') ?? '' }].slice(-MAX_TOKENS) as unknown as IDataObject[];
}

/** Whether an event may be delivered twice: two webhooks cover it, or some from before n8n's address changed are left. */
export function isToldTwice(context: IWebhookFunctions, event: string, events: string[]): boolean {
	return isDoubled(event, events) || new Set(knownOf(context.getWorkflowStaticData('node')).map(({ url }) => url)).size > 1;
}

const knownOf = (data: IDataObject) => [...((data.hooks ?? []) as unknown as Known[])];

const tokensOf = (data: IDataObject) => [...((data.tokens ?? []) as unknown as Token[])];

const keyed = (hooks: Known[]) => new Map(hooks.map((hook) => [String(hook.id), hook]));

const attributesOf = (hook: IDataObject) => asObject(hook.attributes);

const matches = (hook: IDataObject, { resource, action }: Subscription) =>
	attributesOf(hook).resource === resource && attributesOf(hook).action === action;

/** Whether it delivers as it should. */
const isSound = (hook: IDataObject) => {
	const { active, payloadVersion, disabledSince, disabledUntil, disabledReason } = attributesOf(hook);
	return active !== false && Number(payloadVersion) === PAYLOAD_VERSION && !disabledSince && !disabledUntil && !disabledReason;
};

class Remote {
	readonly run: Run;

	readonly client: Client;

	readonly webhook: Resource = resourceOf(outreach, 'webhook');

	readonly url: string;

	readonly data: IDataObject;

	constructor(private readonly context: Context) {
		this.run = outside(context, outreach, 'webhook', { maxWaitMinutes: 1 }).run;
		this.client = this.run.client(this.webhook);
		this.url = context.getNodeWebhookUrl('default') ?? '';
		this.data = context.getWorkflowStaticData('node');
	}

	/** The webhooks there should be. */
	private get wanted(): Subscription[] {
		const events = this.context.getNodeParameter('events', []) as string[];
		if (events.length === 0) {
			throw new NodeOperationError(this.context.getNode(), 'No event is selected', { description: 'Select at least one under "Events".' });
		}
		return plan(events);
	}

	/** All webhooks at the vendor that the connection can see. */
	async list(): Promise<IDataObject[]> {
		const { api } = this.client;
		const call = { method: 'GET' as const, path: this.webhook.path, query: api.listQuery(this.webhook, { conditions: [] }, api.pageSize), purpose: 'list webhooks' };
		const all: IDataObject[] = [];
		for await (const page of this.client.pages(call, this.webhook)) all.push(...api.records(page));
		return all;
	}

	/** Those that point to this node, whoever made them. Others are none of our business. */
	private own(all: IDataObject[]): IDataObject[] {
		return all.filter((hook) => attributesOf(hook).url === this.url);
	}

	/** One of the workflow that points anywhere else. */
	private readonly isElsewhere = ({ url }: Known): boolean => url !== undefined && url !== this.url;

	/** What is remembered of webhooks that are still there, with the address that the vendor has. */
	private stillThere(all: IDataObject[]): Known[] {
		const known = keyed(knownOf(this.data));
		return all.flatMap((hook) => {
			const mine = known.get(String(hook.id));
			return mine ? [{ ...mine, url: String(attributesOf(hook).url) }] : [];
		});
	}

	/** Everything is at the vendor as it should be. */
	isComplete(all: IDataObject[]): boolean {
		const known = keyed(knownOf(this.data));
		const own = this.own(all);
		const { wanted } = this;
		return (
			typeof this.data.secret === 'string' &&
			own.length === wanted.length &&
			wanted.every((one) => own.some((hook) => matches(hook, one) && isSound(hook) && known.has(String(hook.id))))
		);
	}

	/** Everything was at the vendor when it was last looked at. */
	wasEstablished(): boolean {
		const here = knownOf(this.data).filter((hook) => !this.isElsewhere(hook));
		return typeof this.data.secret === 'string' && here.length === this.wanted.length;
	}

	/** Makes it so: adopts, repairs, creates, then removes strays. Leaves nothing behind when it fails. */
	async establish(all: IDataObject[]): Promise<void> {
		const own = this.own(all);
		const known = keyed(this.stillThere(all));
		const keepSecret = typeof this.data.secret === 'string' && this.data.secret !== '';
		const secret = keepSecret ? (this.data.secret as string) : (secrets.get(nodeKey(this.context)) ?? newSecret());
		this.data.secret = secret;
		secrets.set(nodeKey(this.context), secret);

		const links = await this.authorizer();
		const kept: Known[] = [];
		const created: Known[] = [];
		try {
			for (const { resource, action } of this.wanted) {
				const found = own.find((hook) => matches(hook, { resource, action }));
				const fields = { url: this.url, resource, action, secret, active: true, payloadVersion: PAYLOAD_VERSION };
				if (!found) {
					const { body } = await this.client.send({
						method: 'POST',
						path: this.webhook.path,
						body: this.client.api.encode(this.webhook, { fields, links }, 'POST'),
						purpose: `create the webhook for ${resource}.${action}`,
						secrets: [secret],
					});
					const record = this.client.api.record(body);
					const { cleanupToken } = attributesOf(record);
					created.push({ id: this.client.api.id(record), url: this.url, ...(cleanupToken ? { cleanupToken: String(cleanupToken) } : {}) });
					this.remember([...known.values(), ...created]);
					continue;
				}
				const id = this.client.api.id(found);
				const mine = known.get(String(id));
				// One whose secret cannot be known gets ours; any change also ends a suspension.
				if (!mine || !keepSecret || !isSound(found)) {
					await this.client.send({
						method: 'PATCH',
						path: `${this.webhook.path}/${id}`,
						body: this.client.api.encode(this.webhook, { id, fields: { secret, active: true, payloadVersion: PAYLOAD_VERSION } }, 'PATCH'),
						purpose: `repair the webhook for ${resource}.${action}`,
						secrets: [secret],
					});
				}
				kept.push(mine ?? { id, url: this.url });
			}
		} catch (error) {
			const left = await this.removeEach(created);
			this.remember([...known.values(), ...kept, ...left.map(({ hook }) => hook)]);
			throw error instanceof NodeApiError ? error : new NodeOperationError(this.context.getNode(), error as Error);
		}
		const hooks = [...kept, ...created];
		const strays = own.filter((hook) => !hooks.some(({ id }) => String(id) === String(hook.id)));
		const left = await this.removeEach(strays.map((hook) => known.get(String(hook.id)) ?? { id: this.client.api.id(hook), url: this.url }));
		const elsewhere = [...known.values()].filter(this.isElsewhere);
		this.remember([...hooks, ...left.map(({ hook }) => hook), ...elsewhere]);
		this.warnOf(elsewhere);
		if (left.length > 0) throw this.couldNotRemove(left);
	}

	/** Keeps what is known of webhooks, their clean-up tokens above all, with the workflow. */
	private remember(hooks: Known[]): void {
		this.data.hooks = [...keyed(hooks).values()] as unknown as IDataObject[];
	}

	/** It may be n8n's former address, or that of the n8n whose database this is a copy of: only a person can tell. */
	private warnOf(elsewhere: Known[]): void {
		if (elsewhere.length === 0) return;
		const list = elsewhere.map(({ id, url }) => `${id} (${url})`).join(', ');
		this.context.logger.warn(
			`Webhooks of this workflow at another address were left in Outreach: ${list}. If it is the former address of this n8n, remove them in Outreach, or with the operation "Delete" of the resource Webhook. If another n8n runs there with the same workflow, leave them.`,
		);
	}

	/** Removes everything that points to this node. */
	async remove(): Promise<void> {
		const [listing] = await Promise.allSettled([this.list()]);
		const all = listing.status === 'fulfilled' ? listing.value : [];
		const listed = this.stillThere(all);
		// Of what is not listed, the stored address counts: it may only be out of sight.
		const known = [...keyed([...knownOf(this.data), ...listed]).values()];
		const elsewhere = (listing.status === 'fulfilled' ? listed : known).filter(this.isElsewhere);
		const found = this.own(all).map((hook) => ({ id: this.client.api.id(hook), url: this.url }));
		const own = keyed([...found, ...known.filter((hook) => !this.isElsewhere(hook))]);
		const left = await this.withTokens(await this.removeEach([...own.values()]));
		this.remember([...left.map(({ hook }) => hook), ...elsewhere]);
		this.warnOf(elsewhere);
		if (left.length > 0) throw this.couldNotRemove(left);
		if (elsewhere.length === 0) delete this.data.hooks;
		// Without a list nobody can say that nothing is left; the stored ones were all there should be.
		if (listing.status === 'rejected' && own.size === 0) {
			throw new NodeOperationError(this.context.getNode(), listing.reason as Error, {
				description: `Look in Outreach for webhooks that point to ${this.url} and remove them.`,
			});
		}
		delete this.data.tokens;
	}

	private async removeEach(hooks: Known[]): Promise<Array<{ hook: Known; reason: string }>> {
		const left: Array<{ hook: Known; reason: string }> = [];
		for (const hook of hooks) {
			const [removal] = await Promise.allSettled([
				this.client.send({ method: 'DELETE', path: `${this.webhook.path}/${hook.id}`, purpose: `delete webhook ${hook.id}` }),
			]);
			if (removal.status === 'fulfilled') continue;
			const refusal = removal.reason as { httpCode?: string; message: string };
			// Whatever the token of this very webhook finds gone is gone.
			if (refusal.httpCode === '404' || ['removed', 'gone'].includes(await this.cleanUpWith(hook.cleanupToken))) continue;
			left.push({ hook, reason: refusal.message });
		}
		return left;
	}

	/** Webhooks that were adopted: their tokens are known from deliveries, but not which belongs to which. */
	private async withTokens(left: Array<{ hook: Known; reason: string }>): Promise<Array<{ hook: Known; reason: string }>> {
		if (left.length === 0) return left;
		let gone = 0;
		for (const { token, url } of tokensOf(this.data)) {
			if (url === this.url && (await this.cleanUpWith(token)) === 'removed') gone++;
		}
		return gone >= left.length ? [] : left;
	}

	/** With the token that Outreach gave for the day on which the connection is refused. */
	private async cleanUpWith(token: string | undefined): Promise<'removed' | 'gone' | 'refused'> {
		if (!token) return 'refused';
		const [attempt] = await Promise.allSettled([cleanUp(this.client, token)]);
		if (attempt.status === 'rejected') return 'refused';
		return attempt.value < 300 ? 'removed' : attempt.value === 404 ? 'gone' : 'refused';
	}

	private couldNotRemove(left: Array<{ hook: Known; reason: string }>): NodeOperationError {
		const ids = left.map(({ hook }) => hook.id).join(', ');
		return new NodeOperationError(this.context.getNode(), `Outreach kept ${left.length === 1 ? 'webhook' : 'webhooks'} ${ids}: ${left[0].reason}`, {
			description: 'They go on delivering to this n8n, which refuses them. Remove them in Outreach, or with the operation "Delete" of the resource Webhook.',
		});
	}

	/** With the key of an app, somebody has to be named whose eyes the webhook sees with. */
	private async authorizer(): Promise<Record<string, Link>> {
		if (this.context.getNodeParameter('authentication', 'oAuth2') !== 's2s') return {};
		const { run, item } = outside(this.context, outreach, 'user');
		try {
			const reference = item.reference('authorizer', resourceOf(outreach, 'user'), 'Authorizer', true)!;
			await reference.settle(run);
			return { authorizer: reference.link };
		} catch (error) {
			throw new NodeOperationError(this.context.getNode(), run.failure(error, 0));
		}
	}
}

/** Activations in which n8n takes up a workflow that was on before. */
const TAKEN_UP = new Set<string>(['init', 'leadershipChange']);

/** Whether nothing has to be done. */
export async function isEstablished(context: IHookFunctions): Promise<boolean> {
	const remote = new Remote(context);
	const [listing] = await Promise.allSettled([remote.list()]);
	if (listing.status === 'fulfilled') return remote.isComplete(listing.value);
	const reason = listing.reason as Error;
	// When n8n starts while Outreach is down, what was there is taken to be there still: otherwise n8n would remove it.
	if (TAKEN_UP.has(context.getActivationMode()) && remote.wasEstablished()) {
		context.logger.warn(`The Outreach webhooks could not be checked: ${reason.message}`);
		return true;
	}
	throw reason instanceof NodeApiError ? reason : new NodeOperationError(context.getNode(), reason);
}

/** Brings the vendor's webhooks in line with the node. Safe to repeat. */
export async function establish(context: Context): Promise<void> {
	const remote = new Remote(context);
	const all = await remote.list();
	if (!remote.isComplete(all)) await remote.establish(all);
}

/** Removes the node's webhooks at the vendor. @throws NodeOperationError naming those that stayed. */
export async function remove(context: IHookFunctions): Promise<void> {
	await new Remote(context).remove();
}
