/** Reads the filters, sorting and fields of a list from the parameters of an item. */
import type { FilterOperator } from '../spec/query';
import { isAbsent, toList } from '../spec/values';

export interface RawCondition {
	field?: string;
	operator?: FilterOperator;
	value?: unknown;
	until?: unknown;
}

export const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function toNames(value: unknown): string[] {
	return isAbsent(value) ? [] : toList(value).map(String).filter((name) => name !== '');
}
