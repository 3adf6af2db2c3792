/** One line per resource; the order of the list does not matter. */
import type { Resource } from '../../shared/spec/resource';
import { account } from './account';
import { accountNote } from './accountNote';
import { api } from './api';
import { auditLog } from './auditLog';
import { batch } from './batch';
import { batchItem } from './batchItem';
import { call } from './call';
import { callDisposition } from './callDisposition';
import { callPurpose } from './callPurpose';
import { complianceRequest } from './complianceRequest';
import { connection, scimConnection } from './connection';
import { contentCategory } from './contentCategory';
import { contentCategoryMembership } from './contentCategoryMembership';
import { contentCategoryOwnership } from './contentCategoryOwnership';
import { customDuty } from './customDuty';
import { customObject } from './customObject';
import { duty } from './duty';
import { emailAddress } from './emailAddress';
import { event } from './event';
import { favorite } from './favorite';
import { imports } from './import';
import { kaiaRecording } from './kaiaRecording';
import { kaiaVoiceImport } from './kaiaVoiceImport';
import { mailAlias } from './mailAlias';
import { mailbox } from './mailbox';
import { mailing } from './mailing';
import { opportunity } from './opportunity';
import { opportunityProspectRole } from './opportunityProspectRole';
import { opportunityStage } from './opportunityStage';
import { orgSetting } from './orgSetting';
import { persona } from './persona';
import { phoneNumber } from './phoneNumber';
import { product } from './product';
import { profile } from './profile';
import { prospect } from './prospect';
import { prospectNote } from './prospectNote';
import { purchase } from './purchase';
import { recipient } from './recipient';
import { role } from './role';
import { ruleset } from './ruleset';
import { scimGroup } from './scimGroup';
import { scimUser } from './scimUser';
import { sequence } from './sequence';
import { sequenceState } from './sequenceState';
import { sequenceStep } from './sequenceStep';
import { sequenceTemplate } from './sequenceTemplate';
import { snippet } from './snippet';
import { stage } from './stage';
import { task } from './task';
import { taskDisposition } from './taskDisposition';
import { taskPriority } from './taskPriority';
import { taskPurpose } from './taskPurpose';
import { team } from './team';
import { template } from './template';
import { user } from './user';
import { webhook } from './webhook';

export const resources: Resource[] = [
	account,
	accountNote,
	auditLog,
	batch,
	batchItem,
	call,
	callDisposition,
	callPurpose,
	complianceRequest,
	connection,
	contentCategory,
	contentCategoryMembership,
	contentCategoryOwnership,
	customDuty,
	duty,
	emailAddress,
	event,
	favorite,
	imports,
	kaiaRecording,
	kaiaVoiceImport,
	mailAlias,
	mailbox,
	mailing,
	opportunity,
	opportunityProspectRole,
	opportunityStage,
	orgSetting,
	persona,
	phoneNumber,
	product,
	profile,
	prospect,
	prospectNote,
	purchase,
	recipient,
	role,
	ruleset,
	sequence,
	sequenceState,
	sequenceStep,
	sequenceTemplate,
	snippet,
	stage,
	task,
	taskDisposition,
	taskPriority,
	taskPurpose,
	team,
	template,
	user,
	webhook,
	customObject,
	scimConnection,
	scimGroup,
	scimUser,
	api,
];
