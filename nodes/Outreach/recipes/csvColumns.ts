/** Columns of a CSV file matched with fields. */
import type { IDataObject } from 'n8n-workflow';

import type { Run } from '../../shared/run/run';
import { similar } from '../../shared/spec/compare';
import { slotsOf } from '../../shared/spec/fields';
import { labelOf, nouns } from '../../shared/spec/labels';
import type { Field, Resource } from '../../shared/spec/resource';
import { BadInput, isAbsent } from '../../shared/spec/values';

/** `E-Mail Address` and `emailAddress` are the same name. */
const fold = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** Fields that a column of this name can mean. */
class Targets {
	private readonly byName = new Map<string, Field>();

	constructor(readonly fields: Field[]) {
		for (const field of fields) {
			for (const name of [field.name, labelOf(field)]) {
				this.add(name, field);
				// A column holds one of several values: "Email" for Emails.
				if (field.type === 'strings') this.add(name.replace(/s$/, ''), field);
			}
		}
	}

	private add(name: string, field: Field): void {
		if (!this.byName.has(fold(name))) this.byName.set(fold(name), field);
	}

	find(name: string): Field | undefined {
		return this.byName.get(fold(name));
	}

	near(name: string): string[] {
		return similar(name, this.fields.map((f) => f.name));
	}
}

/** What the user says about the columns of a file. */
export interface Wishes {
	/** Fields by column, as given. */
	wanted: IDataObject;
	/** Columns that match no field are skipped. */
	ignore: boolean;
}

/** The field that each column fills. @throws BadInput when the file does not fit, saying how. */
export async function mapColumns(run: Run, resource: Resource, columns: string[], { wanted, ignore }: Wishes): Promise<Record<string, string>> {
	const { many } = nouns(resource);
	const named = columns.filter((column) => column !== '');
	const twice = named.find((column, i) => named.indexOf(column) !== i);
	if (twice !== undefined) throw new BadInput(`The file has two columns named "${twice}"`, 'Rename or remove one of them.');

	const chosen = new Map<string, string>();
	for (const [column, field] of Object.entries(wanted)) {
		const meant = named.includes(column) ? column : named.find((c) => fold(c) === fold(column));
		if (meant === undefined) throw new BadInput(`Column Mapping: the file has no column "${column}"`, `Its columns are ${named.join(', ')}.`);
		chosen.set(meant, isAbsent(field) ? '' : String(field));
	}

	let targets = new Targets(resource.fields.filter((f) => !f.readOnly && f.type !== 'secret'));
	const known = (name: string) => targets.find(name) ?? slotsOf(resource).find((f) => f.name === name);
	const fitting = () => named.every((column) => chosen.get(column) === '' || known(chosen.get(column) ?? column));
	if (!fitting() && run.vendor.customFields) {
		const own = await run.vendor.customFields(run.client(resource), resource).catch(() => []);
		targets = new Targets([...targets.fields, ...own]);
	}

	const mappings: Record<string, string> = {};
	const unknown: string[] = [];
	for (const column of named) {
		const choice = chosen.get(column);
		if (choice === '') continue;
		const field = known(choice ?? column);
		if (!field && choice !== undefined) throw noSuchField(resource, column, choice, targets);
		if (!field) {
			unknown.push(column);
			continue;
		}
		const rival = Object.entries(mappings).find(([, name]) => name === field.name)?.[0];
		if (rival !== undefined) {
			throw new BadInput(`The columns "${rival}" and "${column}" both map to the field "${field.name}"`, `Skip one under "Column Mapping": {"${column}": ""}.`);
		}
		mappings[column] = field.name;
	}
	if (Object.keys(mappings).length === 0) {
		const other = named.length === 1 ? /[;\t|]/.exec(named[0])?.[0] : undefined;
		throw new BadInput(
			`No column of the file matches a field of ${many}; it has ${named.map((c) => `"${c}"`).join(', ')}`,
			other ? `The columns seem to be separated by "${other === '\t' ? 'tab' : other}"; save the file with commas.` : 'Name the columns like the fields, or map them under "Column Mapping".',
		);
	}
	if (unknown.length > 0 && !ignore) {
		const near = unknown.flatMap((column) => targets.near(column).slice(0, 2));
		throw new BadInput(
			`${unknown.length === 1 ? 'A column of the file matches' : 'Columns of the file match'} no field of ${many}: ${unknown.map((c) => `"${c}"`).join(', ')}`,
			`Map them under "Column Mapping", or switch on the option "Ignore Other Columns".${near.length > 0 ? ` Similar fields: ${[...new Set(near)].join(', ')}.` : ''}`,
		);
	}
	return mappings;
}

function noSuchField(resource: Resource, column: string, name: string, targets: Targets): BadInput {
	const readOnly = resource.fields.find((f) => f.readOnly && fold(f.name) === fold(name));
	const near = targets.near(name);
	return new BadInput(
		readOnly
			? `Column Mapping: "${readOnly.name}" is set by Outreach, so the column "${column}" cannot fill it`
			: `Column Mapping: ${resource.label} has no field "${name}" for the column "${column}"`,
		near.length > 0 ? `Similar fields: ${near.join(', ')}.` : 'Choose another field, or leave the column out with an empty text.',
	);
}
