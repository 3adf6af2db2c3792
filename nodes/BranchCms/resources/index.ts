/** One line per resource. */
import type { Resource } from '../../shared/spec/resource';
import { account } from './account';
import { connection } from './connection';
import { event } from './event';

export const resources: Resource[] = [account, connection, event];
