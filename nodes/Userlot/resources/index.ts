/** What Userlot's documentation shows of its API. */
import type { Resource } from '../../shared/spec';
import { api } from './api';
import { company } from './company';
import { companyField, companyStatus, endUserField, team } from './settings';
import { endUser } from './endUser';

export const resources: Resource[] = [company, companyField, companyStatus, endUser, endUserField, team, api];
