import {
	type IExecuteFunctions,
	type IHookFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
	NodeConnectionTypes,
} from 'n8n-workflow';

import { simplifyProperty } from '../shared/editor/lists';
import { notice } from '../shared/editor/triggerProperties';
import { parseObject, rawBody, refuse, signedWith } from '../shared/trigger/delivery';
import { memoryOf } from '../shared/trigger/memory';
import { nodeKey, whilePublishing } from '../shared/trigger/node';
import { begin, startWith } from '../shared/trigger/start';
import { assertKey, isRepeat, keyOf, readDelivery, toItem, wishesOf } from './triggers/deliveries';
import { activityChoices } from './triggers/events';

export class OutsetaTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Outseta Trigger',
		name: 'outsetaTrigger',
		icon: { light: 'file:outseta.svg', dark: 'file:outseta.dark.svg' },
		group: ['trigger'],
		// Above 1, n8n leaves the body to the node, and evaluates no expression of its own for each request.
		version: 1.1,
		subtitle: '={{ $parameter["event"] }}',
		// n8n lists the trigger and the Outseta node as one, with this description.
		description: 'Manages people, accounts, billing and tickets, and starts workflows when an activity occurs in Outseta',
		defaults: { name: 'Outseta Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'outsetaApi', required: true }],
		webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' }],
		properties: [
			notice(
				'Set this up once in Outseta, under Settings &gt; Notifications. First click the cog, copy the signature key, and paste it into the credential. Then click Add Activity Notification, choose the same activity as under Event, and paste the Production URL (open "Webhook URLs" above) as the callback URL.',
			),
			{
				displayName: 'Event',
				name: 'event',
				type: 'options',
				options: activityChoices(),
				default: 'AccountCreated',
				description: 'Outseta does not name the activity in a delivery. Choose the same activity as in Outseta.',
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
						displayName: 'Accept Unsigned Deliveries',
						name: 'acceptUnsigned',
						type: 'boolean',
						default: false,
						description: 'Whether to work without a signature key. Anyone who knows the address can then start the workflow. Has no effect if the credential has a key.',
					},
					{
						displayName: 'Let Repeats Through',
						name: 'allowRepeats',
						type: 'boolean',
						default: false,
						description: 'Whether identical deliveries within eight hours also start the workflow, such as an email that is opened twice. Deliveries that Outseta repeats after a failure then also start it twice.',
					},
				],
			},
		],
	};

	/** The vendor has no call to register with. What can be checked on activation is whether deliveries can be verified. */
	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return false;
			},
			async create(this: IHookFunctions): Promise<boolean> {
				await whilePublishing(assertKey(this));
				return true;
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return true;
			},
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return begin(this);
	}

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const body = await rawBody(this);
		if (!body) return refuse(this, 400, 'The body is too large or incomplete');
		const { key, problem } = await keyOf(this);
		if (problem) {
			this.logger.error(`A delivery of Outseta was refused: ${problem}`);
			return refuse(this, 401, problem);
		}
		const [scheme, signature] = String(this.getHeaderData()['x-hub-signature-256'] ?? '').split('=');
		if (key && !(scheme === 'sha256' && signedWith(body, signature, [key]))) return refuse(this, 401, 'The signature is missing or wrong');

		const wishes = wishesOf(this);
		const parsed = parseObject(body);
		const delivery = parsed && readDelivery(parsed, wishes);
		if (!delivery) return refuse(this, 400, 'The body is no record of Outseta');
		if ('problem' in delivery) {
			this.logger.warn(`A delivery of Outseta was refused: ${delivery.problem}`);
			return refuse(this, 400, delivery.problem);
		}
		if (!wishes.allowRepeats && isRepeat(memoryOf(nodeKey(this)), this.getWorkflowStaticData('node'), delivery)) return { webhookResponse: 'known' };
		return startWith(this, toItem(delivery, wishes));
	}
}
