/** The demo site: members and events, made up but believable. */
import type { Item } from './api.mts';

const DAY = 24 * 60 * 60 * 1000;
const day = (offset: number): string => new Date(Date.now() + offset * DAY).toISOString().slice(0, 10);

const FIRST = ['Anna', 'Ben', 'Chloe', 'David', 'Elif', 'Finn', 'Greta', 'Hannah', 'Ivan', 'Julia', 'Kofi', 'Lena', 'Mateo'];
const LAST = ['Abel', 'Becker', 'Costa', 'Dietrich', 'Evans', 'Fischer', 'Gupta', 'Hansen', 'Ibrahim', 'Jones'];
const STAFF: Array<[string, string, string]> = [
	['Dana', 'Leaver', 'Account Executive'],
	['Carlos', 'Cruz', 'Account Executive'],
	['Bea', 'Brandt', 'Sales Manager'],
	['Gina', 'Gallo', 'Customer Success Manager'],
];

/** Attributes of the demo accounts, in id order. */
export function demoAccounts(): Item[] {
	const staff = STAFF.map(([firstName, lastName, title]) => ({
		email: `${firstName}.${lastName}@acme.example`.toLowerCase(),
		username: `${firstName}.${lastName}`.toLowerCase(),
		firstName,
		lastName,
		title,
		company: 'Acme',
		department: 'Sales',
		gender: 'unknown',
		memberLevel: 'staff',
		newsletter: true,
	}));
	const members = Array.from({ length: 36 }, (_, index) => {
		const firstName = FIRST[index % FIRST.length] as string;
		const lastName = LAST[index % LAST.length] as string;
		return {
			email: `${firstName}.${lastName}${index}@members.example`.toLowerCase(),
			username: `${firstName}${index}`.toLowerCase(),
			firstName,
			lastName,
			company: index % 3 === 0 ? 'Northwind Traders' : 'Contoso',
			phoneMobile: `+4930555${String(200 + index)}`,
			gender: ['male', 'female', 'unknown'][index % 3],
			memberLevel: ['basic', 'plus', 'premium'][index % 3],
			newsletter: index % 2 === 0,
		};
	});
	return [...staff, ...members];
}

/** Attributes of the demo events, in id order. */
export function demoEvents(): Item[] {
	const titles = ['Spring Fair', 'Product Webinar', 'Members Evening', 'Board Meeting', 'Summer Party', 'Hands-on Workshop'];
	return Array.from({ length: 12 }, (_, index) => {
		const date = day((index - 4) * 7);
		const timed = index % 3 !== 2;
		return {
			title: `${titles[index % titles.length] as string} ${index < 6 ? 'I' : 'II'}`,
			isFeatured: index % 4 === 0,
			description: '<p>Everybody is welcome.</p>',
			date,
			endDate: index % 5 === 4 ? day((index - 4) * 7 + 2) : date,
			time: timed ? { start: '18:00:00', end: '20:30:00', type: 'timed' } : { start: null, end: null, type: 'allday' },
			location: ['Town Hall', 'Online', 'Club House'][index % 3],
			price: index % 2 === 0 ? '10.00' : 'free',
		};
	});
}
