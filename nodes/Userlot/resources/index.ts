/** What Userlot's documentation shows of its API. */
import type { Resource } from '../../shared/spec/resource';
import { api } from './api';
import { company } from './company';
import { connection } from './connection';
import { endUser } from './endUser';
import { companyField, companyStatus, endUserField, team } from './settings';

export const resources: Resource[] = [company, companyField, companyStatus, connection, endUser, endUserField, team, api];
