/**
 * A vendor may ignore a filter without a word. So each record of a filtered list is held against the filters, as far as it carries
 * what they ask for. One that does not fit is asked about once more: it may have changed between the vendor's search and its answer.
 */
import { NodeOperationError, type IDataObject } from 'n8n-workflow';

import { impossible, violation } from '../spec/conditions';
import { idField } from '../spec/fields';
import { labelOf } from '../spec/labels';
import type { Condition, Query } from '../spec/query';
import type { Field, Resource } from '../spec/resource';
import type { Api } from '../wire/api';
import type { Client } from '../wire/client';
import { displayLine } from './display';

interface Subject {
	label: string;
	/** The kinds that its values can be of: only what none of them allows is a violation. */
	fields: Field[];
	/** Only the organization defines it: nobody here knows how the vendor compares it. */
	own?: boolean;
	of(record: IDataObject): unknown;
}

/** What of a record a condition is about: a field of its own, or the ids behind a relation. */
function subjectOf(api: Api, resource: Resource, { path }: Condition): Subject | undefined {
	const name = path.join('.');
	const own = resource.fields.find((f) => f.name === name);
	if (path.length === 1 || own) {
		const field = name === 'id' ? idField(resource) : own;
		if (!field) return { label: name, own: true, fields: ['string', 'number', 'dateTime'].map((type) => ({ name, type: type as Field['type'] })), of: (record) => api.value(record, name) };
		if (field.filterOnly || field.writeOnly || field.asText) return undefined;
		return { fields: [field], label: labelOf(field), of: (record) => (name === 'id' ? api.id(record) : api.value(record, name)) };
	}
	const relation = (resource.relations ?? []).find((r) => r.name === path[0]);
	if (!relation || path[1] !== 'id' || path.length !== 2) return undefined;
	return { fields: [{ name: 'id', type: 'string' }], label: labelOf(relation), of: (record) => api.linked(record, relation.name) };
}

/** Conditions that records cannot be held against, because their answers never carry what these ask for. */
export const unverifiable = (api: Api, resource: Resource, conditions: Condition[]): Condition[] => conditions.filter((condition) => !subjectOf(api, resource, condition));

/** A condition that this record cannot be held against, because its answer does not carry what it asks for. */
export const unseen = (api: Api, resource: Resource, conditions: Condition[], record: IDataObject): Condition | undefined =>
	conditions.find((condition) => subjectOf(api, resource, condition)?.of(record) === undefined);

/** Fields and relations that a check needs in the answer. */
export function neededFor(api: Api, resource: Resource, conditions: Condition[]): string[] {
	return [...new Set(conditions.filter((condition) => subjectOf(api, resource, condition)).map(({ path }) => (resource.fields.some((f) => f.name === path.join('.')) ? path.join('.') : path[0])))].filter((name) => name !== 'id');
}

/** A condition, prepared for many records. */
interface Check {
	condition: Condition;
	subject: Subject;
	/** By the kinds that the value can be of. */
	breaks: Array<(own: unknown) => boolean>;
}

/** Whether a record cannot be what the condition asks for, whatever kind its value is of. */
function isBroken({ subject, breaks }: Check, record: IDataObject): boolean {
	const own = subject.of(record);
	if (own === undefined) return false;
	for (const breaksIt of breaks) if (!breaksIt(own)) return false;
	return true;
}

/** Checks the records of one filtered list. */
export class FilterCheck {
	/** Records that had changed since the vendor found them, and were skipped. */
	movedOn = 0;

	/** What was learned about conditions: whether the vendor keeps to them. */
	private readonly honored = new Map<Condition, Promise<boolean>>();

	/** Conditions that records can be held against. */
	private readonly checks: Check[];

	constructor(
		private readonly client: Client,
		private readonly resource: Resource,
		private readonly query: Query,
	) {
		const { api } = client;
		this.checks = query.conditions.flatMap((condition) => {
			const subject = subjectOf(api, resource, condition);
			return subject ? [{ condition, subject, breaks: subject.fields.map((field) => violation(field, condition, api.supports.paths)) }] : [];
		});
	}

	/**
	 * Whether a record belongs to what was asked for, at once if it does; false for one that merely moved on.
	 * @throws NodeOperationError that names vendor, filter and record if the vendor ignores the filter.
	 */
	fits(record: IDataObject): true | Promise<boolean> {
		for (const check of this.checks) if (isBroken(check, record)) return this.judge(record);
		return true;
	}

	private async judge(record: IDataObject): Promise<boolean> {
		const { api } = this.client;
		for (const check of this.checks) {
			if (!isBroken(check, record)) continue;
			const { condition, subject } = check;
			let honored = this.honored.get(condition);
			if (!honored) this.honored.set(condition, (honored = this.isHonored(condition, subject.fields[0], record)));
			if (await honored) {
				if (subject.own) continue;
				this.movedOn++;
				return false;
			}
			throw new NodeOperationError(this.client.context.getNode(), `${api.name} ignored the filter "${subject.label}": ${displayLine(this.client, this.resource, record, `ID ${api.id(record)}`)} does not match it`, {
				description: 'Nothing of this list was used, because it can contain records that you did not ask for. Use another filter, or read the list without it and use a Filter node.',
			});
		}
		return true;
	}

	/** Asks with a value that cannot exist; where every value can, asks the same again: a record that moved on is not found twice. */
	private async isHonored(condition: Condition, field: Field, record: IDataObject): Promise<boolean> {
		const { api } = this.client;
		const isId = condition.path.at(-1) === 'id';
		const target = isId && condition.path.length === 2 ? { ...field, type: 'integer' as const } : field;
		const values = impossible(target, isId);
		const operator = (target.type === 'date' || target.type === 'dateTime') && api.operators(field).includes('between') ? ('between' as const) : ('equals' as const);
		const conditions = values ? [{ ...condition, operator, values: operator === 'between' ? values : values.slice(0, 1) }] : this.query.conditions;
		const { body } = await this.client.send({
			method: 'GET',
			path: this.resource.path,
			query: api.listQuery(this.resource, { conditions, ...(this.query.options ? { options: this.query.options } : {}) }, values ? 1 : (this.resource.pageSize ?? api.pageSize)),
			purpose: `check the filter by ${condition.path.join('.')}`,
		});
		const found = api.records(body, this.resource);
		if (values) return found.every((one) => api.matches?.(one, { conditions }) === false);
		return !found.some((one) => api.id(one) === api.id(record));
	}
}
