/** The demo organisation "Acme": people, teams, accounts, prospects, sequences and work, made up but believable. */
import { LABELLED } from './serialize.mts';
import type { Ref } from './store.mts';
import { CUSTOM_FIELDS } from './types.mts';
import type { World } from './world.mts';

const DAY = 24 * 60 * 60 * 1000;
/** A moment some days before (or, negative, after) now. */
const ago = (days: number): string => new Date(Date.now() - days * DAY).toISOString();
const stamp = (days: number, changed = days): { createdAt: string; updatedAt: string } => ({ createdAt: ago(days), updatedAt: ago(changed) });

export const DEMO_DOMAIN = 'acme.example';

/** What every organisation has, also the empty one: an administrator, profiles, priorities, settings. */
export function seedBasics(world: World): void {
	for (const [type, slots] of Object.entries(CUSTOM_FIELDS)) for (const slot of Object.keys(slots)) LABELLED.add(`${type}.${slot}`);
	world.insert('profile', { name: 'Admin', isAdmin: true, specialId: 'admin', ...stamp(900) });
	world.insert('profile', { name: 'Default', specialId: 'default', ...stamp(900) });
	world.insert(
		'user',
		{
			email: `ada.admin@${DEMO_DOMAIN}`,
			firstName: 'Ada',
			lastName: 'Admin',
			title: 'Revenue Operations',
			currentSignInAt: ago(0.1),
			...stamp(900, 5),
		},
		{ profile: 1 },
	);
	for (const [name, weight] of [['Urgent', 4], ['High', 3], ['Normal', 2], ['Low', 1]] as const) {
		world.insert('taskPriority', { name, weight, ...stamp(900) });
	}
	world.insert('orgSetting', { contactExclusions: '', prospectEmailExclusions: `*@${DEMO_DOMAIN}`, sendExclusions: '' });
}

const USERS: Array<[string, string, string, number, number, number[]]> = [
	// first name, last name, title, role, profile, teams
	['Bea', 'Brandt', 'Sales Manager', 2, 4, [1, 2]],
	['Carlos', 'Cruz', 'Account Executive', 3, 3, [1]],
	['Dana', 'Leaver', 'Account Executive', 3, 3, [1]],
	['Emil', 'Ek', 'Sales Development Representative', 4, 3, [1]],
	['Fatima', 'Farouk', 'Sales Development Representative', 4, 3, [2]],
	['Gina', 'Gallo', 'Customer Success Manager', 5, 2, [3]],
	['Hugo', 'Haas', 'Sales Manager', 2, 4, [4]],
	['Ines', 'Ito', 'Account Executive', 3, 3, [4]],
	['Jonas', 'Jansen', 'Sales Development Representative', 4, 3, [4]],
];

const COMPANIES = [
	'Northwind Traders', 'Contoso', 'Fabrikam', 'Globex', 'Initech', 'Umbrella Health', 'Soylent Foods', 'Hooli', 'Stark Metals',
	'Wayne Logistics', 'Tyrell Optics', 'Cyberdyne Tools', 'Wonka Sweets', 'Vandelay Imports', 'Bluth Homes', 'Dunder Paper',
	'Pied Piper', 'Massive Dynamic', 'Oceanic Air', 'Prestige Pictures', 'Gringott Finance', 'Monarch Solar', 'Zorg Freight',
] as const;
const FIRST = ['Anna', 'Ben', 'Chloe', 'David', 'Elif', 'Finn', 'Greta', 'Hannah', 'Ivan', 'Julia', 'Kofi', 'Lena', 'Mateo', 'Nora', 'Omar', 'Priya'] as const;
const LAST = ['Abel', 'Becker', 'Costa', 'Dietrich', 'Evans', 'Fischer', 'Gupta', 'Hansen', 'Ibrahim', 'Jones', 'Kowalski', 'Lopez', 'Meyer'] as const;
const TITLES = ['Head of Operations', 'CTO', 'IT Manager', 'VP Sales', 'Procurement Lead', 'Founder', 'Marketing Manager'] as const;

const slug = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '');

/** Fills an organisation. */
export function seedDemo(world: World): void {
	seedBasics(world);
	const { store } = world;

	// Two profiles and two teams carry a name twice, as happens in grown organisations.
	for (const name of ['Sales Rep', 'Sales Manager', 'Contractor', 'Contractor']) world.insert('profile', { name, ...stamp(800) });
	world.insert('role', { name: 'Chief Revenue Officer', ...stamp(850) });
	world.insert('role', { name: 'Sales Manager', ...stamp(850) }, { parentRole: 1 });
	world.insert('role', { name: 'Account Executive', ...stamp(850) }, { parentRole: 2 });
	world.insert('role', { name: 'Sales Development Representative', externalId: 'role-sdr', ...stamp(850) }, { parentRole: 2 });
	world.insert('role', { name: 'Customer Success Manager', ...stamp(840) }, { parentRole: 1 });
	world.insert('role', { name: 'Sales Engineer', ...stamp(700) }, { parentRole: 2 });
	store.change(store.get('user', 1)!, {}, { role: { type: 'role', id: 1 } });

	for (const [index, [firstName, lastName, title, role, profile]] of USERS.entries()) {
		const email = `${slug(firstName)}.${slug(lastName)}@${DEMO_DOMAIN}`;
		// The last one left some months ago and is locked.
		world.insert(
			'user',
			{
				email,
				firstName,
				lastName,
				title,
				locked: index === USERS.length - 1,
				phoneNumber: `+4930555${String(100 + index)}`,
				currentSignInAt: ago(index),
				...stamp(600 - index * 30, 20 + index),
			},
			{ role, profile },
		);
	}
	const teamNames: Array<[string, string]> = [['West', 'blue'], ['East', 'green'], ['Customer Success', 'orange'], ['West', 'purple']];
	for (const [index, [name, color]] of teamNames.entries()) {
		const members: Ref[] = USERS.flatMap((user, position) => (user[5].includes(index + 1) ? [{ type: 'user', id: position + 2 }] : []));
		world.insert('team', { name, color, ...stamp(500) }, { users: members });
	}
	for (const user of store.all('user')) {
		if (user.attributes.locked === true) continue;
		world.insert(
			'mailbox',
			{
				email: user.attributes.email,
				username: user.attributes.email,
				emailProvider: 'google_oauth2',
				sendMethod: 'smtp',
				syncMethod: 'gmail_api',
				sendSuccessAt: ago(1),
				syncSuccessAt: ago(1),
				maxEmailsPerDay: 400,
				...stamp(590, 30),
			},
			{ user: user.id as number },
		);
	}

	for (const [index, [name, color]] of [['New', 'grey'], ['Approaching', 'blue'], ['Replied', 'green'], ['Interested', 'teal'], ['Not Interested', 'red'], ['Unresponsive', 'brown'], ['Customer', 'gold']].entries()) {
		world.insert('stage', { name, color, order: index + 1, ...stamp(800) });
	}
	for (const [name, description] of [['Decision Maker', 'Signs the contract'], ['Technical Buyer', 'Evaluates the product'], ['Champion', 'Wants us in'], ['User', 'Works with the product every day']]) {
		world.insert('persona', { name, description, ...stamp(800) });
	}
	for (const name of ['Default Ruleset', 'Gentle Ruleset']) world.insert('ruleset', { name, ...stamp(700) }, { owner: 1 });
	for (const name of ['Meeting held', 'No show']) world.insert('taskDisposition', { name, taskType: 'in_person', ...stamp(600) });
	for (const name of ['Discovery', 'Follow-up']) world.insert('taskPurpose', { name, ...stamp(600) });
	for (const name of ['Connected', 'Left voicemail']) {
		world.insert('callDisposition', { name, outcome: name === 'Connected' ? 'Answered' : 'Not Answered', ...stamp(600) });
	}
	world.insert('callPurpose', { name: 'Prospecting', ...stamp(600) });

	const sequences: Array<[string, boolean]> = [
		['Trial Onboarding', true],
		['Inbound Demo Request', true],
		['Cold Outbound DACH', true],
		['Renewal Reminder', true],
		['Event Follow-up 2025', false],
		['Old Newsletter Leads', false],
	];
	for (const [index, [name, enabled]] of sequences.entries()) {
		world.insert(
			'sequence',
			{
				name,
				enabled,
				enabledAt: enabled ? ago(200 - index) : null,
				shareType: 'shared',
				tags: index < 2 ? ['trial'] : [],
				sequenceStepCount: 3,
				description: `${name} - three steps`,
				...stamp(400 - index * 10, 40 + index),
			},
			{ owner: 2, ruleset: 1 },
		);
		for (const [order, stepType] of ['auto_email', 'call', 'task'].entries()) {
			world.insert(
				'sequenceStep',
				{ stepType, order: order + 1, interval: order * 1440, displayName: `Step #${order + 1}`, ...stamp(399) },
				{ sequence: index + 1 },
			);
		}
		world.insert('template', { name: `${name} - first mail`, subject: 'Hello {{first_name}}', bodyHtml: '<p>Hello {{first_name}}</p>', ...stamp(399) }, { owner: 2 });
		world.insert('sequenceTemplate', { ...stamp(399) }, { sequenceStep: index * 3 + 1, template: index + 1 });
	}

	for (const [index, name] of COMPANIES.entries()) {
		// Dana (user 4) owns the first three.
		world.insert(
			'account',
			{
				name,
				naturalName: name,
				domain: `${slug(name)}.example`,
				websiteUrl: `https://www.${slug(name)}.example`,
				customId: `CRM-${1000 + index}`,
				industry: ['Software', 'Retail', 'Manufacturing', 'Healthcare'][index % 4],
				numberOfEmployees: 20 + index * 35,
				tags: index % 5 === 0 ? ['target'] : [],
				custom1: ['Free', 'Team', 'Enterprise'][index % 3],
				...stamp(300 - index, 60 - index),
			},
			{ owner: index < 3 ? 4 : [3, 9, 2][index % 3]! },
		);
	}
	// Unnamed accounts exist only through their prospects; lists do not show them.
	for (const domain of ['freelance-one.example', 'freelance-two.example']) {
		world.insert('account', { name: null, domain, named: false, ...stamp(150) }, { owner: 3 });
	}

	for (let index = 0; index < 120; index += 1) {
		const firstName = FIRST[index % FIRST.length]!;
		const lastName = LAST[index % LAST.length]!;
		const accountId = index < 116 ? (index % COMPANIES.length) + 1 : COMPANIES.length + 1 + (index % 2);
		const account = store.get('account', accountId)!;
		const email = `${slug(firstName)}.${slug(lastName)}${index >= 100 ? index : ''}@${String(account.attributes.domain)}`;
		world.insert(
			'prospect',
			{
				firstName,
				lastName,
				emails: index % 17 === 16 ? [email, `${slug(firstName)}${index}@home.example`] : [email],
				title: TITLES[index % TITLES.length],
				company: account.attributes.name,
				addressCity: ['Berlin', 'Madrid', 'Oslo', 'Austin'][index % 4],
				addressCountry: ['Germany', 'Spain', 'Norway', 'United States'][index % 4],
				timeZone: ['Europe/Berlin', 'Europe/Madrid', 'Europe/Oslo', 'America/Chicago'][index % 4],
				workPhones: index % 3 === 0 ? [`+4930777${String(1000 + index)}`] : [],
				tags: index % 6 === 0 ? ['webinar'] : [],
				source: index % 2 === 0 ? 'Website' : 'Import',
				externalId: `lead-${5000 + index}`,
				engagedScore: (index * 7) % 50,
				custom1: index % 4 === 0 ? 'Pro' : null,
				custom3: ['Website', 'Webinar', 'Referral', 'Event'][index % 4],
				...stamp(200 - index, 100 - index * 0.8),
			},
			// Dana (user 4) owns exactly the first seven.
			{ owner: index < 7 ? 4 : [3, 5, 6, 9][index % 4]!, account: accountId, stage: (index % 7) + 1, persona: (index % 4) + 1 },
		);
	}

	for (let index = 0; index < 30; index += 1) {
		world.insert(
			'sequenceState',
			{
				state: ['active', 'active', 'paused', 'finished', 'pending'][index % 5],
				activeAt: ago(30 - index),
				stateChangedAt: ago(20 - index * 0.5),
				deliverCount: index % 4,
				...stamp(40 - index, 20 - index * 0.5),
			},
			{ prospect: index + 1, sequence: (index % 4) + 1, mailbox: [2, 3, 4, 5][index % 4]! },
		);
	}
	for (let index = 0; index < 26; index += 1) {
		// Dana has four open tasks and two done; the others share the rest.
		const done = index >= 4 && index % 3 === 1;
		world.insert(
			'task',
			{
				action: ['call', 'email', 'action_item', 'in_person'][index % 4],
				note: ['Call back about pricing', 'Send the offer', 'Check references', 'Visit on site'][index % 4],
				dueAt: ago(5 - index * 0.5),
				...(done ? { state: 'complete', completed: true, completedAt: ago(1), stateChangedAt: ago(1) } : {}),
				...stamp(15, done ? 1 : 10),
			},
			{
				owner: index < 4 || index === 4 || index === 7 ? 4 : [3, 5, 6, 2][index % 4]!,
				subject: { type: 'prospect', id: index + 1 },
				taskPriority: (index % 4) + 1,
				...(done ? { completer: 4 } : {}),
			},
		);
	}
	for (let index = 0; index < 6; index += 1) {
		const state = index + 1;
		world.insert(
			'task',
			{ action: 'call', taskType: 'sequence_step_call', note: 'Second touch', dueAt: ago(-1), ...stamp(8) },
			{
				owner: [3, 5, 6][index % 3]!,
				subject: { type: 'prospect', id: state },
				sequenceState: state,
				sequence: (index % 4) + 1,
				sequenceStep: (index % 4) * 3 + 2,
				taskPriority: 3,
			},
		);
	}
	for (const [index, name] of ['Qualified', 'Proposal', 'Negotiation', 'Won', 'Lost'].entries()) {
		world.insert('opportunityStage', { name, order: index + 1, isClosed: index > 2, ...stamp(700) });
	}
	for (let index = 0; index < 8; index += 1) {
		world.insert(
			'opportunity',
			{ name: `${COMPANIES[index]!} - Team plan`, amount: 5000 + index * 1500, closeDate: ago(-30 - index).slice(0, 10), ...stamp(60 - index, 10) },
			{ account: index + 1, owner: index < 2 ? 4 : 3, opportunityStage: (index % 3) + 1 },
		);
		world.insert('opportunityProspectRole', { role: 'Decision Maker', ...stamp(59) }, { opportunity: index + 1, prospect: index + 1 });
	}
	for (let index = 0; index < 20; index += 1) {
		world.insert(
			'mailing',
			{ subject: 'Hello again', state: 'delivered', deliveredAt: ago(10 - index * 0.3), mailingType: 'sequence', mailboxAddress: `carlos.cruz@${DEMO_DOMAIN}`, ...stamp(11, 10) },
			{ mailbox: 3, prospect: index + 1, sequence: (index % 4) + 1, sequenceState: index + 1 },
		);
		world.insert('event', { name: 'prospect_created', createdAt: ago(20 - index), eventAt: ago(20 - index) }, { prospect: index + 1 });
	}
	for (let index = 0; index < 5; index += 1) {
		world.insert(
			'call',
			{ direction: 'outbound', outcome: index % 2 === 0 ? 'Answered' : 'Not Answered', to: `+4930777${String(1000 + index * 3)}`, ...stamp(6) },
			{ prospect: index + 1, user: 5, callDisposition: (index % 2) + 1 },
		);
		world.insert('auditLog', {
			action: 'update',
			eventName: 'user_updated',
			requestId: `req-${index}`,
			result: 'success',
			timestamp: ago(index),
			agent: { email: `ada.admin@${DEMO_DOMAIN}`, ipAddress: '192.0.2.10' },
		});
		world.insert('snippet', { name: `Snippet ${index + 1}`, bodyHtml: '<p>Thanks</p>', ...stamp(50) }, { owner: 2 });
	}
	world.insert('prospectNote', { message: 'Met at the fair', createdAt: ago(12) }, { prospect: 1 });
	world.insert('accountNote', { message: 'Renewal in spring', createdAt: ago(12) }, { account: 1 });
	world.insert('product', { name: 'Team plan', code: 'TEAM', ...stamp(400) });
	world.insert('contentCategory', { name: 'Onboarding', color: 'blue', ...stamp(300) });
	world.insert('favorite', { ...stamp(20) }, { target: { type: 'sequence', id: 1 }, user: 1 });
	world.insert('mailAlias', { email: `sales@${DEMO_DOMAIN}`, ...stamp(300) }, { mailbox: 2 });
	world.insert('kaiaRecording', { startTime: ago(3), endTime: ago(2.97), ...stamp(3) }, {}, '6f1c1a52-6d0e-4b8f-9a37-0a9e5c3b7d11');
	world.insert('duty', { dutyType: 'standard', symbolicName: 'seller' });
}

/** Adds many prospects at once, for tests of paging and speed. Returns their ids. */
export function seedMany(world: World, count: number, prefix: string): number[] {
	const { store } = world;
	const accounts = store.all('account').filter((account) => account.attributes.named === true);
	const users = store.all('user').filter((user) => user.attributes.locked !== true);
	const stages = store.all('stage');
	const now = Date.now();
	const ids: number[] = [];
	for (let index = 0; index < count; index += 1) {
		const pick = (records: Array<{ id: unknown }>): number | null => (records.length === 0 ? null : (records[index % records.length]!.id as number));
		// One second apart and in the past, so that polls by updatedAt have distinct times to work with.
		const time = new Date(now - (count - index) * 1000).toISOString();
		const record = world.insert(
			'prospect',
			{
				firstName: FIRST[index % FIRST.length],
				lastName: `${LAST[index % LAST.length]!}${index}`,
				emails: [`${prefix}${index}@load.example`],
				title: TITLES[index % TITLES.length],
				createdAt: time,
				updatedAt: time,
			},
			{ owner: pick(users), account: pick(accounts), stage: pick(stages) },
		);
		ids.push(record.id as number);
	}
	return ids;
}

/** Adds many users at once. Returns their ids. */
export function seedUsers(world: World, count: number, prefix: string): number[] {
	const ids: number[] = [];
	for (let index = 0; index < count; index += 1) {
		const record = world.insert('user', {
			email: `${prefix}${index}@load.example`,
			firstName: FIRST[index % FIRST.length],
			lastName: `${LAST[index % LAST.length]!}${index}`,
			locked: false,
		});
		ids.push(record.id as number);
	}
	return ids;
}
