/**
 * The attributes of accounts and events as the vendor's REST pages show them. Where the pages show only the
 * answer, a key is writable unless it is plainly computed.
 */
export interface FieldRule {
	/** Kind of JSON value: string, boolean, object, date or email. */
	type: 'string' | 'boolean' | 'object' | 'date' | 'email' | 'any';
	writable: boolean;
	/** Accepted, never returned. */
	writeOnly?: boolean;
	unique?: boolean;
}

const text: FieldRule = { type: 'string', writable: true };
const computed: FieldRule = { type: 'any', writable: false };

/** Accounts REST API page. */
export const ACCOUNT_FIELDS: Record<string, FieldRule> = {
	id: computed,
	email: { type: 'email', writable: true, unique: true },
	username: { ...text, unique: true },
	password: { ...text, writeOnly: true },
	firstName: text,
	middleName: text,
	lastName: text,
	// Shown in answers only; the samples never write it.
	displayName: computed,
	company: text,
	title: text,
	department: text,
	website: text,
	phoneHome: text,
	phoneOffice: text,
	phoneMobile: text,
	phoneTollFree: text,
	phoneOther: text,
	pager: text,
	fax: text,
	gender: text,
	links: computed,
};

/** Calendar REST API page; location, phone, shortDescription and publishDate come from the vendor's theme. */
export const EVENT_FIELDS: Record<string, FieldRule> = {
	id: computed,
	title: text,
	isFeatured: { type: 'boolean', writable: true },
	description: text,
	date: { type: 'date', writable: true },
	endDate: { type: 'date', writable: true },
	isMultiDay: computed,
	spansMultipleDays: computed,
	showOnAllDates: { type: 'boolean', writable: true },
	time: { type: 'object', writable: true },
	isPastEvent: computed,
	isToday: computed,
	repeats: computed,
	url: computed,
	icalUrl: computed,
	editUrl: computed,
	location: text,
	phone: text,
	shortDescription: text,
	publishDate: { type: 'date', writable: true },
	links: computed,
};

export const TIME_TYPES = ['timed', 'start', 'allday', 'tba', 'notime'];
const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/;

/** What is wrong with a value; undefined when nothing is. Null empties an attribute. */
export function fieldError(rule: FieldRule, value: unknown): string | undefined {
	if (value === null || rule.type === 'any') return undefined;
	switch (rule.type) {
		case 'boolean':
			return typeof value === 'boolean' ? undefined : 'must be true or false';
		case 'object':
			return timeError(value);
		case 'date':
			return typeof value === 'string' && (value === '' || /^\d{4}-\d{2}-\d{2}$/.test(value)) ? undefined : 'must be a date (YYYY-MM-DD)';
		case 'email':
			return typeof value === 'string' && (value === '' || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) ? undefined : 'must be an email address';
		default:
			return typeof value === 'string' ? undefined : 'must be a string';
	}
}

function timeError(value: unknown): string | undefined {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be an object';
	for (const [name, part] of Object.entries(value)) {
		if (name === 'start' || name === 'end') {
			if (part !== null && part !== '' && (typeof part !== 'string' || !TIME_OF_DAY.test(part))) return `${name} must be HH:MM:SS`;
		} else if (name === 'type') {
			if (!TIME_TYPES.includes(String(part))) return `type must be one of ${TIME_TYPES.join(', ')}`;
		} else return `${name} cannot be written`;
	}
	return undefined;
}
