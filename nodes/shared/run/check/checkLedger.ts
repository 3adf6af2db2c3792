/** What a check found out, and how it is told. Holds names of the spec, numbers and fixed words only: never a value of a record. */
import type { IDataObject } from 'n8n-workflow';

import { grouped } from '../../spec/lists';

/** A fact that differs from the spec, or is refused. */
export interface Finding {
	/** Label of the resource. */
	resource: string;
	fact: string;
	expected: string;
	found: string;
	/** What it means for flows. */
	meaning: string;
	remedy: string;
}

/** The value of an option of the node with which it works at this account. */
export interface RightValue {
	option: string;
	value: string;
}

interface Untested {
	resource: string;
	fact: string;
	why: string;
}

/** Why something could not be tested. */
export const WHY = {
	noRecord: 'no record to test with',
	oneRecord: 'fewer than two records to test with',
	noValue: 'no record of the sample has a value',
	noOther: 'every value can exist, so that no other answer can be told apart',
	limit: 'the limit of requests was reached. Choose fewer resources under "Resources to Check"',
	closed: 'the resource cannot be read',
	key: 'this kind of key does not cover it',
	parent: 'no record around it to test with',
	unsure: 'no record has it, and no document shows it in an answer',
	changed: 'the record changed during the test',
} as const;

/** About the check as a whole. */
export interface About {
	vendor: string;
	/** Day of the check, as YYYY-MM-DD. */
	date: string;
	requests: number;
	most: number;
}

export class Ledger {
	readonly findings: Finding[] = [];

	readonly rightValues: RightValue[] = [];

	private readonly good = new Set<string>();

	private readonly untested = new Map<string, Untested>();

	private readonly scopes = new Set<string>();

	/** The vendor does as documented. */
	ok(resource: string, fact: string): void {
		this.good.add(`${resource}\n${fact}`);
		this.untested.delete(`${resource}\n${fact}`);
	}

	differs(finding: Finding): void {
		this.findings.push(finding);
		this.untested.delete(`${finding.resource}\n${finding.fact}`);
	}

	/** Not tested; a later test takes its place. */
	skip(resource: string, fact: string, why: string): void {
		const key = `${resource}\n${fact}`;
		if (!this.good.has(key) && !this.has(resource, fact)) this.untested.set(key, { resource, fact, why });
	}

	/** Whether a finding about the fact is noted. */
	has(resource: string, fact: string): boolean {
		return this.findings.some((f) => f.resource === resource && f.fact === fact);
	}

	/** A scope that the credential lacks. */
	lacks(scope: string): void {
		this.scopes.add(scope);
	}

	right(option: string, value: string): void {
		this.rightValues.push({ option, value });
	}

	get verified(): number {
		return this.good.size;
	}

	/** Missing scopes as the credential's field takes them. */
	get missingScopes(): string {
		return [...this.scopes].sort().join(' ');
	}

	/** What was not tested, by reason and resource. */
	get notTestable(): Array<{ why: string; resource: string; facts: string[] }> {
		return [...grouped(this.untested.values(), ({ why, resource }) => [`${why}\n${resource}`]).values()].map((list) => ({
			why: list[0].why,
			resource: list[0].resource,
			facts: list.map(({ fact }) => fact),
		}));
	}
}

/** The items of a check: what it found as a whole, and each difference. */
export function itemsOf(ledger: Ledger, about: About): IDataObject[] {
	const { vendor } = about;
	return [
		{
			kind: 'summary',
			vendor,
			verified: ledger.verified,
			differing: ledger.findings.length,
			notTestable: ledger.notTestable as unknown as IDataObject[],
			missingScopes: ledger.missingScopes,
			rightValues: ledger.rightValues as unknown as IDataObject[],
			requests: about.requests,
			report: reportOf(ledger, about),
		},
		...ledger.findings.map((finding) => ({ kind: 'difference', vendor, ...finding })),
	];
}

/** A text to paste into an issue of the repository. */
export function reportOf(ledger: Ledger, { vendor, date, requests, most }: About): string {
	const untested = [...grouped(ledger.notTestable, ({ why }) => [why])].map(([why, list]) => `- ${why}: ${list.map(({ resource, facts }) => `${resource} (${facts.length})`).join(', ')}`);
	return [
		`Connection check: ${vendor}, ${date}`,
		`${ledger.verified} facts verified, ${ledger.findings.length} differ, ${requests} of at most ${most} requests`,
		...section('Differences', ledger.findings.map((f) => `- ${f.resource}: ${f.fact}. Expected: ${f.expected}. Found: ${f.found}.`)),
		...section('Missing scopes', ledger.missingScopes === '' ? [] : [ledger.missingScopes]),
		...section('Values that work', ledger.rightValues.map(({ option, value }) => `- ${option}: ${value}`)),
		...section('Not tested', untested),
	].join('\n');
}

const section = (title: string, lines: string[]) => (lines.length === 0 ? [] : ['', title, ...lines]);
