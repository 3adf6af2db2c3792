/** One line per resource; the order of the list does not matter. */
import type { Resource } from '../../shared/spec/resource';
import { account } from './account';
import { accountMembership } from './accountMembership';
import { activity } from './activity';
import { addOn } from './addOn';
import { api } from './api';
import { article } from './article';
import { broadcast } from './broadcast';
import { ticket } from './case';
import { category } from './category';
import { connection } from './connection';
import { customPropertyDefinition } from './customPropertyDefinition';
import { deal } from './deal';
import { dealPipeline } from './dealPipeline';
import { dealStage } from './dealStage';
import { discountCoupon } from './discountCoupon';
import { dripCampaign } from './dripCampaign';
import { dripMessage } from './dripMessage';
import { emailList } from './emailList';
import { emailListSubscription } from './emailListSubscription';
import { invoice } from './invoice';
import { paymentInformation } from './paymentInformation';
import { person } from './person';
import { plan } from './plan';
import { planFamily } from './planFamily';
import { profile } from './profile';
import { segment } from './segment';
import { subscription } from './subscription';
import { subscriptionAddOn } from './subscriptionAddOn';
import { tag } from './tag';
import { task } from './task';
import { templateEmail } from './templateEmail';
import { token } from './token';
import { transaction } from './transaction';
import { usage } from './usage';

export const resources: Resource[] = [
	account,
	person,
	accountMembership,
	activity,
	addOn,
	api,
	article,
	broadcast,
	ticket,
	category,
	connection,
	customPropertyDefinition,
	deal,
	dealPipeline,
	dealStage,
	discountCoupon,
	dripCampaign,
	dripMessage,
	emailList,
	emailListSubscription,
	invoice,
	paymentInformation,
	plan,
	planFamily,
	profile,
	segment,
	subscription,
	subscriptionAddOn,
	tag,
	task,
	templateEmail,
	token,
	transaction,
	usage,
];
