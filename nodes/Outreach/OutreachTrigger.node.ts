import {
	type IExecuteFunctions,
	type IHookFunctions,
	type ILoadOptionsFunctions,
	type INodeExecutionData,
	type INodePropertyOptions,
	type INodeType,
	type INodeTypeDescription,
	type ITriggerFunctions,
	type ITriggerResponse,
	type IWebhookFunctions,
	type IWebhookResponseData,
	NodeConnectionTypes,
} from 'n8n-workflow';

import { loginProperty } from '../shared/editor/dropdown';
import { simplifyProperty } from '../shared/editor/lists';
import { locator } from '../shared/editor/locator';
import { methodsOf } from '../shared/editor/methods';
import { eventsProperty, notice } from '../shared/editor/triggerProperties';
import { answerNow, parseObject, rawBody, refuse, signedWith } from '../shared/trigger/delivery';
import { memoryOf } from '../shared/trigger/memory';
import { nodeKey, whilePublishing } from '../shared/trigger/node';
import { begin, startWith } from '../shared/trigger/start';
import { resourceOf } from '../shared/wire/vendor';
import { isNews, startCatchingUp } from './triggers/catchUp';
import { eventIdOf, isWanted, needsRecord, readDelivery, toItem, wishesOf } from './triggers/deliveries';
import { eventChoices, isChosen } from './triggers/events';
import { everyUser } from './triggers/users';
import { establish, isEstablished, isToldTwice, noteDelivery, remove, secretsOf } from './triggers/webhooks';
import { outreach } from './vendor';

/** Milliseconds between two attempts to find a lost secret again. */
const REPAIR_PAUSE = 60_000;

const repairs = new Map<string, number>();

/** Gives the vendor's webhooks a new secret when the workflow has lost the old one. Not more than once a minute. */
async function findAgain(context: IWebhookFunctions): Promise<void> {
	const key = nodeKey(context);
	if (Date.now() - (repairs.get(key) ?? 0) < REPAIR_PAUSE) return;
	repairs.set(key, Date.now());
	const [repair] = await Promise.allSettled([establish(context)]);
	context.logger.warn(
		repair.status === 'fulfilled'
			? 'The secret of the Outreach webhooks was missing and has been replaced'
			: `The secret of the Outreach webhooks is missing: ${(repair.reason as Error).message}`,
	);
}

export class OutreachTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Outreach Trigger',
		name: 'outreachTrigger',
		icon: { light: 'file:outreach.svg', dark: 'file:outreach.dark.svg' },
		group: ['trigger'],
		// Above 1, n8n leaves the body to the node, and evaluates no expression of its own for each request.
		version: 1.1,
		subtitle: '={{ $parameter["events"].length > 1 ? $parameter["events"].length + " events" : $parameter["events"].join("") }}',
		// n8n lists the trigger and the Outreach node as one, with this description.
		description: 'Provisions users, works with prospects and sequences, and starts workflows when records change in Outreach',
		defaults: { name: 'Outreach Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'outreachOAuth2Api', required: true, displayOptions: { show: { authentication: ['oAuth2'] } } },
			{ name: 'outreachS2SApi', required: true, displayOptions: { show: { authentication: ['s2s'] } } },
		],
		webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' }],
		properties: [
			notice(
				'The connection needs the scope webhooks.all and the read scope of each record that you choose. Outreach must be able to reach this n8n at a public https address. Publishing the workflow creates the webhooks in Outreach. Unpublishing removes them. Events that occur while n8n is down are missed unless Catch Up is on.',
			),
			{ ...loginProperty(outreach), displayOptions: undefined },
			eventsProperty(eventChoices()),
			{
				...locator('authorizer', 'Authorizer', resourceOf(outreach, 'user'), true, 'Outreach does not deliver records that this user cannot see'),
				displayOptions: { show: { authentication: ['s2s'] } },
			},
			simplifyProperty,
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add option',
				default: {},
				options: [
					{
						displayName: 'Catch Up',
						name: 'catchUp',
						type: 'boolean',
						default: false,
						description: 'Whether to also check for changes every five minutes, so that you miss nothing while n8n is down. This does not detect deletions.',
					},
					{
						displayName: 'Changed Fields',
						name: 'changedFields',
						type: 'string',
						default: '',
						placeholder: 'e.g. title, owner',
						description: 'Updates start the workflow only if one of these fields or relations changed. Enter the names as in the output, separated by commas.',
					},
					{
						displayName: 'Fetch Full Record',
						name: 'fetchRecord',
						type: 'boolean',
						default: false,
						description: 'Whether to read the whole record, because updates contain only what changed. Takes one request per record, not per delivery.',
					},
					{
						displayName: 'Include Previous Values',
						name: 'includeBefore',
						type: 'boolean',
						default: false,
						description: 'Whether updates include the previous values of the changed fields',
					},
					{
						displayName: 'Owner Names or IDs',
						name: 'owners',
						type: 'multiOptions',
						typeOptions: { loadOptionsMethod: 'getUsers' },
						default: [],
						hint: 'Records without an owner also start the workflow',
						description:
							'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
					},
				],
			},
		],
	};

	methods = {
		...methodsOf(outreach),
		loadOptions: {
			async getUsers(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
				return await everyUser(this);
			},
		},
	};

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await whilePublishing(isEstablished(this));
			},
			async create(this: IHookFunctions): Promise<boolean> {
				await whilePublishing(establish(this));
				return true;
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				await remove(this);
				return true;
			},
		},
	};

	/** Beside the webhooks, if the option Catch Up is on. */
	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		return await startCatchingUp(this);
	}

	/** In a test, n8n would call `trigger` otherwise. */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return begin(this);
	}

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const body = await rawBody(this);
		if (!body) return refuse(this, 400, 'The body is too large or incomplete');
		const secrets = secretsOf(this);
		if (secrets.length === 0) {
			// Outreach does not wait for the repair; n8n stores the new secret when this ends.
			const refused = refuse(this, 401, 'The signature cannot be checked');
			await findAgain(this);
			return refused;
		}
		const headers = this.getHeaderData();
		const secret = signedWith(body, headers['outreach-webhook-signature'], secrets);
		if (!secret) return refuse(this, 401, 'The signature is missing or wrong');
		const parsed = parseObject(body);
		const delivery = parsed && readDelivery(parsed);
		if (!delivery) return refuse(this, 400, 'The body is no delivery of Outreach');

		noteDelivery(this, String(secret), headers['outreach-webhook-cleanup-token']);
		const wishes = wishesOf(this);
		if (!isChosen(delivery.event, wishes.events)) return { webhookResponse: 'not wanted' };
		// Noted also for what the filters drop: catching up cannot see which fields changed, and would tell it after all.
		const isNew = () => !wishes.catchUp || isNews(this, eventIdOf(delivery));
		if (!isWanted(delivery, wishes)) {
			isNew();
			return { webhookResponse: 'not wanted' };
		}
		const data = this.getWorkflowStaticData('node');
		const memory = memoryOf(nodeKey(this));
		if (!memory.take(delivery.jobId || body.toString('utf8'), data)) return { webhookResponse: 'known' };
		// Two webhooks tell of one event in two jobs.
		if (isToldTwice(this, delivery.event, wishes.events) && !memory.take(JSON.stringify([delivery.event, parsed.data]), data)) return { webhookResponse: 'known' };

		const slow = needsRecord(delivery, wishes);
		if (slow) answerNow(this);
		const item = await toItem(this, delivery, wishes);
		if (!isNew() || !item) return slow ? { noWebhookResponse: true } : { webhookResponse: 'known or not wanted' };
		return startWith(this, item, slow);
	}
}

