/** Properties that an Outseta tenant has added. */
import type { Field, Resource } from '../../shared/spec/resource';
import { asObject, isAbsent } from '../../shared/spec/values';
import type { QueryPairs } from '../../shared/wire/api';
import type { Client } from '../../shared/wire/client';
import { LARGE_PAGE } from './query';

/** Records that have custom properties, and how the vendor calls them there. */
const DEFINED: Record<string, string> = { account: 'Account', person: 'Person', deal: 'Deal' };

/** Custom properties as their definitions describe them. */
export async function customFields(client: Client, resource: Resource): Promise<Field[]> {
	const kind = DEFINED[resource.name];
	if (!kind) return [];
	const fields: Field[] = [];
	const call = {
		method: 'GET' as const,
		path: `/attributes/${kind}/definitions`,
		query: [['fields', '*'], ['limit', String(LARGE_PAGE)], ['offset', '0']] as QueryPairs,
		purpose: `read the custom properties of ${resource.label.toLowerCase()}s`,
	};
	for await (const answer of client.pages(call, resource)) {
		for (const definition of client.api.records(answer)) {
			const { SystemName, Label, ControlType, ControlParams } = definition;
			if (isAbsent(SystemName) || resource.fields.some((f) => f.name === SystemName)) continue;
			fields.push({ name: String(SystemName), label: String(Label ?? SystemName), ...typeOf(String(ControlType), choicesOf(ControlParams)) });
		}
	}
	return fields;
}

function typeOf(control: string, choices: string[]): Pick<Field, 'type' | 'options'> {
	const options = choices.length > 0 ? { options: choices.map((value) => ({ value, label: value })) } : {};
	if (/checkboxlist|multi/i.test(control)) return { type: 'multiOptions', ...options };
	if (/select|radio|dropdown/i.test(control) && choices.length > 0) return { type: 'options', ...options };
	if (/date/i.test(control)) return { type: /time/i.test(control) ? 'dateTime' : 'date' };
	if (/checkbox|boolean|toggle/i.test(control)) return { type: 'boolean' };
	if (/number|numeric|integer|decimal|currency/i.test(control)) return { type: 'number' };
	return { type: /textarea|multiline/i.test(control) ? 'text' : 'string' };
}

/** The choices in a definition's parameters, which are JSON text. */
function choicesOf(parameters: unknown): string[] {
	if (typeof parameters !== 'string' || parameters === '') return [];
	try {
		const { Options } = asObject(JSON.parse(parameters) as unknown);
		return (Array.isArray(Options) ? Options : []).map((option) => (typeof option === 'object' && option !== null ? String(asObject(option).Value ?? asObject(option).Label ?? '') : String(option))).filter((text) => text !== '');
	} catch {
		return [];
	}
}
