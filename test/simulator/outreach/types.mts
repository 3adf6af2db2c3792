/** Custom fields of the demo organisation, as GET /api/v2/types tells them ("Custom fields"). */
export interface CustomField {
	/** boolean, currency, date, date_time, inclusion, multi_inclusion, numerical, percentage, phone_number, string, url. */
	type: string;
	required: boolean;
	label: string;
	/** Options of a choice, currency code of a money field. */
	definition: unknown;
}

const text = (label: string): CustomField => ({ type: 'string', required: false, label, definition: null });

/** By type and slot. */
export const CUSTOM_FIELDS: Record<string, Record<string, CustomField>> = {
	account: {
		custom1: { type: 'inclusion', required: false, label: 'Customer Tier', definition: ['Free', 'Team', 'Enterprise'] },
		custom2: { type: 'currency', required: false, label: 'Annual Contract Value', definition: 'EUR' },
		custom3: { type: 'date', required: false, label: 'Renewal Date', definition: null },
	},
	opportunity: {
		custom1: { type: 'percentage', required: false, label: 'Discount', definition: null },
		custom2: text('Competitor'),
	},
	product: { custom1: text('Internal Code') },
	prospect: {
		custom1: text('Trial Plan'),
		custom2: { type: 'date', required: false, label: 'Trial Ends', definition: null },
		custom3: { type: 'inclusion', required: false, label: 'Lead Source', definition: ['Website', 'Webinar', 'Referral', 'Event'] },
		custom4: { type: 'boolean', required: false, label: 'Newsletter', definition: null },
		custom7: { type: 'numerical', required: false, label: 'Seats', definition: null },
	},
	purchase: { custom1: text('Contract Number') },
};

const OBJECTS: Record<string, string> = {
	Account: 'account',
	Opportunity: 'opportunity',
	OpportunityLineItem: '',
	OpportunityProspectRole: '',
	Product: 'product',
	Prospect: 'prospect',
	Purchase: 'purchase',
};

/** The answer of GET /api/v2/types. */
export function typesDocument(): unknown {
	return {
		data: Object.entries(OBJECTS).map(([type, key]) => ({ type, meta: { validations: CUSTOM_FIELDS[key] ?? {} } })),
	};
}
