/** A change of plan: what it costs first, then the change. */
import type { IDataObject } from 'n8n-workflow';

import { recordOf } from '../../shared/run/answers';
import { unchanged } from '../../shared/run/applied';
import { settled } from '../../shared/run/confirm';
import type { Handler } from '../../shared/run/handler';
import type { Item } from '../../shared/run/item';
import { about, changesBetween, type Plan, recordBefore, sendOrPlan } from '../../shared/run/plan';
import { pathTo } from '../../shared/run/reads';
import type { Reference } from '../../shared/run/reference';
import { labelOf } from '../../shared/spec/labels';
import { asObject, BadInput, isAbsent } from '../../shared/spec/values';
import type { Call } from '../../shared/wire/api';
import { ADD_ONS, COUPON, MOST, QUANTITY, TERM } from '../resources/subscription';
import { at } from '../wire/nested';

interface Job {
	subscription: Reference;
	plan: Reference;
	body: IDataObject;
	now: boolean;
	preview: boolean;
	most: number;
}

function prepare(item: Item): Job {
	const { run } = item;
	const [addOns, quantity, code] = [ADD_ONS, QUANTITY, COUPON].map((field) => item.optionValue(field));
	return {
		// The account has to be in the body as well; a look-up brings it along.
		subscription: recordOf(item, run.operation.resource, { include: ['Account'] }),
		plan: item.reference('plan', run.resource('plan'), 'Plan', true)!,
		body: {
			BillingRenewalTerm: Number(item.value({ ...TERM, required: true })),
			...(quantity ? { Quantity: quantity } : {}),
			...(isAbsent(code) ? {} : { DiscountCode: code }),
			...(isAbsent(addOns) ? {} : { SubscriptionAddOns: addOns }),
		},
		now: item.flag('startImmediately', false),
		preview: item.flag('previewFirst', false),
		most: mostOf(item),
	};
}

/** The limit of the charge, 0 for none. One that was asked for and is empty would let everything pass. */
function mostOf(item: Item): number {
	if (!(MOST.name in item.get<IDataObject>('options', {}))) return 0;
	const most = item.optionValue({ ...MOST, required: true }) as number;
	if (most < 0) throw new BadInput(`${labelOf(MOST)} is less than 0`, 'Enter the highest amount that a change may cost, or 0 for no limit.');
	return most;
}

/** The account of a subscription; one request when it did not come with a look-up. */
async function accountOf(item: Item, subscription: Reference): Promise<unknown> {
	const known = at(subscription.found, 'Account.Uid');
	if (known) return known;
	return at(await read(item, subscription, 'Account.Uid'), 'Account.Uid');
}

async function read(item: Item, { id }: Reference, field: string): Promise<unknown> {
	const { resource } = item.run.operation;
	const { body } = await item.run.client(resource).send({ method: 'GET', path: pathTo(resource, id), query: [['fields', `Uid,${field}`]], purpose: `get subscription ${id}` });
	return body;
}

/** What a change of plan would do, and cost. */
async function planOf(item: Item, { subscription, plan, body }: Job, preview?: IDataObject): Promise<Plan> {
	const { run } = item;
	const { resource } = run.operation;
	const before = await recordBefore(run, resource, subscription.id, ['Account', 'Plan']);
	const changes = changesBetween(run, resource, before, { fields: body, links: { Plan: plan.link } });
	return { action: run.operation.name, ...about(run, resource, subscription.id, before), changes, ...(preview ? { more: { preview: item.present(run.resource('invoice'), preview) } } : {}) };
}

async function put(item: Item, job: Job, account: unknown, step: 'changesubscription' | 'changesubscriptionpreview', shown?: IDataObject): Promise<IDataObject> {
	const { resource } = item.run.operation;
	const preview = step === 'changesubscriptionpreview';
	const call: Call = {
		method: 'PUT',
		path: `${pathTo(resource, job.subscription.id)}/${step}`,
		query: [...(job.now ? ([['startImmediately', 'true']] as Array<[string, string]>) : []), ...(preview ? [] : item.writeQuery())],
		body: { Account: { Uid: account }, Plan: { Uid: job.plan.id }, ...job.body },
		// A change can make an invoice, so a second one is not sent on suspicion.
		repeatable: preview,
		reads: preview,
		purpose: `${preview ? 'preview the change of' : 'change'} subscription ${job.subscription.id}`,
	};
	const { body } = await sendOrPlan(item.run.client(resource), call, async () => await planOf(item, job, shown));
	return asObject(body);
}

/**
 * Whether the subscription shows the plan, in the answer or in a read after it. A change at renewal need not show before.
 * @throws BadInput if a change that takes effect at once does not show.
 */
async function isOnPlan(item: Item, { subscription, plan, now }: Job, answer: IDataObject): Promise<boolean> {
	const { resource } = item.run.operation;
	const planNow = async () => at(await read(item, subscription, 'Plan.Uid'), 'Plan.Uid');
	const shown = at(answer, 'Plan.Uid') ?? (await settled(item.run.client(resource), planNow, (uid) => !now || uid === plan.id));
	if (shown === plan.id) return true;
	if (now) throw unchanged(item.run.apiOf(resource), resource, isAbsent(shown) ? 'it does not show its plan' : `its plan is ${String(shown)}, not ${plan.id}`);
	return false;
}

export const previewChange: Handler<Job> = {
	prepare,
	async work(job, item) {
		const answer = await put(item, job, await accountOf(item, job.subscription), 'changesubscriptionpreview');
		return [{ json: item.present(item.run.resource('invoice'), answer) }];
	},
};

export const change: Handler<Job> = {
	prepare,
	async work(job, item) {
		const { run } = item;
		const account = await accountOf(item, job.subscription);
		const preview = job.preview || job.most > 0 || run.dryRun ? await put(item, job, account, 'changesubscriptionpreview') : undefined;
		// A preview without an amount refuses as well.
		if (preview && job.most > 0 && !(Number(preview.Amount ?? NaN) <= job.most)) {
			throw new BadInput(`The change would cost ${String(preview.Amount ?? 'an unknown amount')}, which is more than ${job.most}`, 'Nothing was changed. Raise "Refuse Above Amount", or choose another plan.');
		}
		const answer = await put(item, job, account, 'changesubscription', preview);
		const confirmed = await isOnPlan(item, job, answer);
		const json = { ...item.present(run.operation.resource, answer), ...(confirmed ? {} : { confirmed }) };
		return [{ json: preview ? { ...json, preview: item.present(run.resource('invoice'), preview) } : json }];
	},
};
