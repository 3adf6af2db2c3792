/** The vendor's API as data (contract.json) and the graph of its records, which the vendor's samples show. */
import { readFileSync } from 'node:fs';

export interface FieldRule {
	type: string;
	/** Can be written. */
	w?: boolean;
	max?: number;
}

export interface ParameterRule {
	type: string;
	required?: boolean;
}

export interface Endpoint {
	name: string;
	method: string;
	path: string;
	entity?: string;
	paged?: boolean;
	query?: Record<string, ParameterRule>;
	body?: Record<string, ParameterRule>;
	/** Takes custom properties in the body. */
	custom?: boolean;
	answers: string;
	/** `none`: open to everybody; `bearer`: wants the token of a person. */
	auth?: string;
}

interface Contract {
	entities: Record<string, Record<string, FieldRule>>;
	operations: Endpoint[];
	enums: Record<string, Record<string, string> | string[]>;
}

export const contract = JSON.parse(readFileSync(new URL('./contract.json', import.meta.url), 'utf8')) as Contract;

/** Entities that the description file only mentions. */
const extra: Contract['entities'] = {
	DealPipelineStage: { Uid: { type: 'string' }, Name: { type: 'string' }, Weight: { type: 'number' }, DealPipeline: { type: 'ref:DealPipeline' } },
	DealPerson: { Uid: { type: 'string' }, Person: { type: 'ref:Person', w: true }, Deal: { type: 'ref:Deal' } },
	CaseTag: { Uid: { type: 'string' }, Tag: { type: 'ref:Tag', w: true }, Case: { type: 'ref:Case' } },
	PlanAddOn: { Uid: { type: 'string' }, Plan: { type: 'ref:Plan' }, AddOn: { type: 'ref:AddOn', w: true } },
	DiscountCouponPlan: { Uid: { type: 'string' }, Plan: { type: 'ref:Plan', w: true }, DiscountCoupon: { type: 'ref:DiscountCoupon' } },
	DiscountCouponSubscription: { Uid: { type: 'string' }, Subscription: { type: 'ref:Subscription' }, DiscountCoupon: { type: 'ref:DiscountCoupon' }, IsActive: { type: 'boolean' } },
	TemplateEmailInstance: { Uid: { type: 'string' }, Subject: { type: 'string' }, PersonUid: { type: 'string' }, TemplateUid: { type: 'string' }, Created: { type: 'datetime' } },
	EntityTag: { Uid: { type: 'string' }, Tag: { type: 'ref:Tag' }, Owner: { type: 'string' } },
};

export const entities: Contract['entities'] = { ...contract.entities, ...extra };

/** `array<ref:X>` and `ref:X` to X. */
export const targetOf = (type: string) => /^(?:array<)?ref:(\w+)>?$/.exec(type)?.[1];
export const isMany = (type: string) => type.startsWith('array<');

/** The property of a child by which it belongs to its owner, by owner and child list. */
export const BACK: Record<string, string> = {
	'Person.PersonAccount': 'Person',
	'Person.EmailListPerson': 'Person',
	'Person.DealPeople': 'Person',
	'Account.PersonAccount': 'Account',
	'Account.Subscriptions': 'Account',
	'Account.Deals': 'Account',
	'Deal.DealPeople': 'Deal',
	'DealPipeline.DealPipelineStages': 'DealPipeline',
	'Subscription.SubscriptionAddOns': 'Subscription',
	'Subscription.DiscountCouponSubscriptions': 'Subscription',
	'Invoice.InvoiceLineItems': 'Invoice',
	'Plan.PlanAddOns': 'Plan',
	'AddOn.PlanAddOns': 'AddOn',
	'PlanFamily.Plans': 'PlanFamily',
	'DiscountCoupon.DiscountCouponPlans': 'DiscountCoupon',
	'Case.CaseHistories': 'Case',
	'Case.CaseTags': 'Case',
	'Category.Articles': 'Category',
	'DripCampaign.DripCampaignMessages': 'DripCampaign',
	'EmailList.EmailListPerson': 'EmailList',
};

/** Objects inside their owner, not records of their own. */
export const EMBEDDED = new Set(['Campaign', 'Message', 'Address']);

/** Computed values cost the vendor a query of their own and come only when they are asked for. */
export const COMPUTED = new Set(['LifetimeRevenue', 'Tags', 'PersonCount', 'NumberOfSubscriptions', 'SubscriptionCount']);

export interface Route {
	endpoint: Endpoint;
	pattern: RegExp;
	names: string[];
}

/** Endpoints by the form of their path; fixed parts before parameters, and capitals do not count. */
export const routes: Route[] = contract.operations
	.map((endpoint) => {
		const names = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
		const source = endpoint.path.replace(/\{\w+\}/g, '([^/]+)');
		return { endpoint, names, pattern: new RegExp(`^${source}/?$`, 'i') };
	})
	.sort((a, b) => a.names.length - b.names.length);
