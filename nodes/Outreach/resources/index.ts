/** One line per resource; the order of the list does not matter. */
import type { Resource } from '../../shared/spec';
import { account } from './account';
import { mailbox } from './mailbox';
import { persona } from './persona';
import { profile } from './profile';
import { prospect } from './prospect';
import { role } from './role';
import { sequence } from './sequence';
import { sequenceState } from './sequenceState';
import { stage } from './stage';
import { task } from './task';
import { team } from './team';
import { user } from './user';

export const resources: Resource[] = [
	user,
	role,
	profile,
	team,
	account,
	prospect,
	sequence,
	sequenceState,
	mailbox,
	stage,
	persona,
	task,
];
