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
		custom5: { type: 'multi_inclusion', required: false, label: 'Interests', definition: ['Payroll', 'Hiring', 'Training'] },
		custom6: { type: 'date_time', required: false, label: 'Demo Held', definition: null },
		custom7: { type: 'numerical', required: false, label: 'Seats', definition: null },
	},
	purchase: { custom1: text('Contract Number') },
};

/** Text forms of the kinds that have one ("Validation types"). */
const FORMS: Record<string, [RegExp, string]> = {
	boolean: [/^(true|false)$/, 'must be true or false'],
	currency: [/^-?\d+(\.\d+)?$/, 'is not a number'],
	date: [/^\d{4}-\d{2}-\d{2}$/, 'is not a date (YYYY-MM-DD)'],
	date_time: [/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/, 'is not a date and time (YYYY-MM-DDThh:mm:ss)'],
	numerical: [/^-?\d+(\.\d+)?$/, 'is not a number'],
	percentage: [/^-?\d+(\.\d+)?$/, 'is not a number'],
};

/** What is wrong with a value of a custom field; undefined when nothing is. */
export function customFieldError(field: CustomField, value: unknown): string | undefined {
	if (value === null || value === '') return undefined;
	const text = String(value);
	if (Array.isArray(field.definition)) {
		const chosen = field.type === 'multi_inclusion' ? text.split(',') : [text];
		const options = field.definition as string[];
		return chosen.every((option) => options.includes(option)) ? undefined : `is not included in the list (${options.join(', ')})`;
	}
	const [form, complaint] = FORMS[field.type] ?? [];
	return form === undefined || form.test(text) ? undefined : complaint;
}

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
