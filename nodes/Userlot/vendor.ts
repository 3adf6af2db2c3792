/** Userlot as a whole. */
import type { Vendor } from '../shared/wire/vendor';
import { resources } from './resources';
import { userlotApi } from './wire/api';
import { customFields } from './wire/customFields';

export const userlot: Vendor = { name: 'userlot', label: 'Userlot', api: userlotApi, resources, customFields };
