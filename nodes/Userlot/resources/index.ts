/** What Userlot's documentation shows of its API. */
import type { Resource } from '../../shared/spec/resource';
import { api } from './api';
import { company } from './company';
import { endUser } from './endUser';
import { companyField, companyStatus, endUserField, team } from './settings';

export const resources: Resource[] = [company, companyField, companyStatus, endUser, endUserField, team, api];
