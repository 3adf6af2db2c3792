/** The demo product: customers and their people, made up but believable. */
import type { UserlotItem } from './api.mts';

const DAY = 24 * 60 * 60 * 1000;
const day = (offset: number): string => new Date(Date.now() + offset * DAY).toISOString().slice(0, 10);

const NAMES = ['Acme', 'Northwind Traders', 'Contoso', 'Fabrikam', 'Globex', 'Initech', 'Umbrella', 'Hooli', 'Vandelay', 'Wonka', 'Stark', 'Wayne'];
const PEOPLE: Array<[string, string]> = [['Anna', 'Abel'], ['Ben', 'Becker'], ['Chloe', 'Costa'], ['David', 'Dietrich']];

export const STATUSES = ['Trial', 'Active', 'At Risk', 'Churned'];
export const TEAMS = ['Customer Success', 'Support'];

/** Attributes of the demo companies, in order; `status` is the place of its status. */
export function demoCompanies(): Array<UserlotItem & { status: number }> {
	return NAMES.map((name, index) => ({
		name,
		external_id: `acct-${index + 1}`,
		source_external_id: `crm-${index + 1}`,
		arr: 12_000 * (index + 1),
		mrr: 1_000 * (index + 1),
		start_date: day(-300 + index),
		renewal_date: day(20 + index * 25),
		health_score: 90 - index * 5,
		health_category: index < 5 ? 'good' : index < 9 ? 'fair' : 'poor',
		total_revenue: 30_000 * (index + 1),
		status: index === 0 ? 0 : index > 8 ? 2 : 1,
	}));
}

/** Attributes of the demo end users, in order; `company` is the place of their company. */
export function demoEndUsers(): Array<UserlotItem & { company: number }> {
	return NAMES.flatMap((name, company) =>
		PEOPLE.slice(0, 2 + (company % 3)).map(([first, last]) => ({
			first_name: first,
			last_name: last,
			email: `${first}.${last}@${name.split(' ')[0]}.example`.toLowerCase(),
			external_id: `user-${company + 1}-${first.toLowerCase()}`,
			company,
		})),
	);
}
