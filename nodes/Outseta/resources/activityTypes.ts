/**
 * The kinds of entries in the activity log, and of notifications about them.
 * https://go.outseta.com/support/kb/articles/6DmwY294/setup-activity-notifications-webhooks-callbacks-
 */
import { titleCase } from '../../shared/spec/labels';

/** Records that notifications carry, by the vendor's names. */
export type Entity = 'Account' | 'AddOn' | 'Deal' | 'Person' | 'Plan';

export interface ActivityType {
	/** As the activity log has it. */
	number: number;
	/** As notifications and users have it. */
	name: string;
	/** Records that a notification may carry; none when that is not known. */
	carries: Entity[];
	/**
	 * What tells an event from all others of its kind: the record, or these of the details.
	 * Absent for what can happen again to a record without leaving a trace in the data.
	 */
	once?: 'record' | string[];
	/** Shown with the choice. */
	description?: string;
}

type More = Omit<ActivityType, 'number' | 'name' | 'carries'>;

const of =
	(...carries: Entity[]) =>
	(number: number, name: string, more: More = {}): ActivityType => ({ number, name, carries, ...more });

const any = of('Account', 'Person', 'Deal');
const account = of('Account');
const person = of('Person');
const deal = of('Deal');
const plan = of('Plan');
const addOn = of('AddOn');

const once: More = { once: 'record' };
const gone: More = { description: 'No longer in the list that Outseta publishes' };
const aboutTask = 'Comes with the deal, person or account of the task, and the task under "activity"';

/** All of them, in the vendor's order. */
export const ACTIVITY_TYPES: ActivityType[] = [
	any(10, 'Custom', { description: 'Written by Activity: Add Custom or by another program' }),
	any(50, 'Note'),
	any(51, 'Email'),
	any(52, 'PhoneCall'),
	any(53, 'Meeting'),
	any(54, 'Chat'),
	account(100, 'AccountCreated', once),
	account(101, 'AccountUpdated'),
	account(102, 'AccountAddPerson'),
	account(103, 'AccountStageUpdated'),
	account(104, 'AccountDeleted', once),
	account(105, 'AccountBillingInformationUpdated'),
	account(106, 'AccountSubscriptionPlanUpdated'),
	account(107, 'AccountSubscriptionPaymentCollected'),
	account(108, 'AccountSubscriptionPaymentDeclined'),
	account(109, 'AccountBillingInformationRequested'),
	account(110, 'AccountBillingInvoiceEmailSent'),
	account(111, 'AccountRemovePerson'),
	account(112, 'AccountPaidSubscriptionCreated', { once: ['SubscriptionUid'] }),
	account(113, 'AccountBillingInformationRemoved'),
	account(114, 'AccountPrimaryPersonUpdated'),
	account(115, 'AccountBillingInvoiceCreated'),
	account(116, 'AccountSubscriptionStarted', { once: ['SubscriptionUid'] }),
	account(117, 'AccountSubscriptionRenewalExtended'),
	account(118, 'AccountSubscriptionAddOnsChanged', { description: 'What changed is a list under "activity"' }),
	account(119, 'AccountSubscriptionCancellationRequested'),
	account(120, 'AccountBillingInvoiceDeleted'),
	account(121, 'AccountPersonRoleUpdated'),
	person(200, 'PersonCreated', once),
	person(201, 'PersonUpdated'),
	person(202, 'PersonDeleted', once),
	of('Account', 'Person')(203, 'PersonLogin', { once: ['PersonUid', 'LoginDateTime'], description: 'Comes with the account; the person is "PersonUid" under "activity"' }),
	person(204, 'PersonListSubscribed'),
	person(205, 'PersonListUnsubscribed'),
	person(206, 'PersonSegmentAdded'),
	person(207, 'PersonSegmentRemoved'),
	person(208, 'PersonEmailOpened'),
	person(209, 'PersonEmailClicked'),
	person(210, 'PersonEmailBounce'),
	person(211, 'PersonEmailSpam'),
	person(212, 'PersonSupportTicketCreated', { once: ['CaseUid'] }),
	person(213, 'PersonSupportTicketUpdated'),
	person(214, 'PersonLeadFormSubmitted'),
	person(215, 'PersonListConfirmed'),
	person(216, 'PersonEmailSubscribed'),
	person(217, 'PersonEmailUnsubscribed'),
	person(218, 'PersonTemporaryPasswordSet'),
	person(219, 'PersonSupportTicketClosed'),
	person(220, 'PersonTwoFactorRecoveryCodesRegenerated'),
	deal(300, 'DealCreated', once),
	deal(301, 'DealUpdated'),
	deal(302, 'DealAddPerson', gone),
	deal(303, 'DealAddAccount', gone),
	deal(304, 'DealDeleted', once),
	deal(305, 'DealDueDate'),
	any(306, 'TaskCreated', { once: ['Uid'], description: aboutTask }),
	any(307, 'TaskUpdated', { description: aboutTask }),
	plan(400, 'PlanCreated', once),
	plan(401, 'PlanUpdated'),
	addOn(402, 'AddOnCreated', once),
	addOn(403, 'AddOnUpdated'),
	person(500, 'DiscordUserLinked'),
	person(501, 'DiscordUserAddedToServer'),
	person(502, 'DiscordUserRolesUpdated'),
	person(503, 'DiscordUserRemovedFromServer'),
	of()(1000, 'OutsetaSuspiciousBehavior', gone),
];

/** `Account Created`. */
export const activityLabel = ({ name }: ActivityType) => titleCase(name);
