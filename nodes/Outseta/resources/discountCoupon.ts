import type { Resource } from '../../shared/spec/resource';

/** A discount that customers get by its code. */
export const discountCoupon: Resource = {
	name: 'discountCoupon',
	label: 'Coupon',
	path: '/billing/discountcoupons',
	description: 'A discount that customers get by its code',
	methods: ['create', 'delete', 'get', 'getAll', 'update'],
	idType: 'string',
	search: true,
	keys: [
		{ name: 'code', field: 'UniqueIdentifier', label: 'Code' },
		{ name: 'name', field: 'Name' },
	],
	list: { name: ['Name'], detail: 'UniqueIdentifier', sort: 'Name' },
	everyday: ['AmountOff', 'PercentOff', 'MaxRedemptions', 'RedeemBy'],
	fields: [
		{ name: 'UniqueIdentifier', label: 'Code', type: 'string', required: true, filter: true, sort: true, description: 'The code customers type' },
		{ name: 'Name', type: 'string', required: true, filter: true, sort: true, description: 'Display name' },
		{ name: 'IsActive', type: 'boolean', filter: true, sort: true, description: 'Can be redeemed' },
		{ name: 'AmountOff', type: 'number', filter: true, sort: true, description: 'Fixed reduction; use this or PercentOff' },
		{ name: 'PercentOff', type: 'number', filter: true, sort: true, description: 'Percentage reduction; use this or AmountOff' },
		{ name: 'RedeemBy', type: 'dateTime', filter: true, sort: true, description: 'Last day to redeem' },
		{ name: 'Duration', type: 'integer', options: [{ value: '1', label: 'Forever' }, { value: '2', label: 'Once' }, { value: '3', label: 'Repeating' }], required: true, filter: true, sort: true, description: 'How long the reduction lasts' },
		{ name: 'DurationInMonths', type: 'integer', filter: true, sort: true, description: 'Only with Repeating' },
		{ name: 'TimesRedeemed', type: 'integer', readOnly: true, filter: true, sort: true, description: 'How often it was used' },
		{ name: 'MaxRedemptions', type: 'integer', filter: true, sort: true, description: 'Limit of redemptions' },
		{ name: 'ApplyToAddOns', type: 'boolean', filter: true, sort: true, description: 'Also reduces add-ons' },
		{ name: 'PlanUids', label: 'Plan UIDs', type: 'string', readOnly: true, filter: true, sort: true, description: 'UIDs of the plans it is limited to, as text' },
		{ name: 'Created', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was created (UTC)' },
		{ name: 'Updated', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'When the record was last changed (UTC)' },
		{ name: 'canRedeem', type: 'boolean', readOnly: true, filterOnly: true, filter: true, description: 'Whether it can be used now' },
	],
	relations: [
		{ name: 'DiscountCouponPlans', label: 'Plans', to: ['plan'], many: true, through: 'Plan', filterBy: ['id'], filterAs: 'planUid', loose: true, description: 'Plans it is limited to; all when there are none' },
		{ name: 'DiscountCouponPlans.Plan', label: 'Plans Details', to: ['plan'], many: true, readOnly: true, include: true, description: 'Plans it is limited to, with all their fields' },
	],
	actions: [
		{
			name: 'validate',
			label: 'Check Code',
			action: 'Check code of coupon',
			description: 'Check whether a coupon code works with a plan',
			method: 'GET',
			path: '/public/billing/discountcoupons/{code}',
			parameters: [
				{ name: 'code', label: 'Code', type: 'string', in: 'path', required: true, description: 'Code that the customer typed' },
				{ name: 'plan', label: 'Plan', wire: 'planUid', type: 'string', in: 'query', reference: 'plan', required: true, description: 'Plan that the customer wants' },
			],
		},
		{
			name: 'redemptions',
			label: 'Get Redemptions',
			action: 'Get redemptions of coupon',
			description: 'Retrieve where the coupon is used',
			method: 'GET',
			path: '/billing/discountcoupons/{id}/redemptions',
			parameters: [
				{ name: 'q', label: 'Search', type: 'string', in: 'query', description: 'Name of an account or plan' },
				{ name: 'isActive', type: 'boolean', in: 'query', description: 'Whether only those that still run are wanted' },
			],
			many: true,
			output: { resource: 'subscription' },
		},
	],
};
