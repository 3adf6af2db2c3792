/** Resource locators: a record from a searched list, by a natural key, by ID or by URL. */
import type { INodeProperties, INodePropertyMode } from 'n8n-workflow';

import { keyLabel, keyName } from '../spec/keys';
import { nouns } from '../spec/labels';
import type { NaturalKey, Resource } from '../spec/resource';

/** Editor method that searches a resource for a locator's list. */
export const searchMethod = (resource: string) => `search${resource.charAt(0).toUpperCase()}${resource.slice(1)}`;

const textMode = (displayName: string, name: string, placeholder: string): INodePropertyMode => {
	const words = { displayName, name, placeholder };
	return { ...words, type: 'string' };
};

const listMode = (placeholder: string, searchListMethod: string): INodePropertyMode => ({
	...textMode('From List', 'list', placeholder),
	type: 'list',
	typeOptions: { searchListMethod, searchable: true },
});

/** A resource locator: from a searched list, by natural keys, by id, by page address. */
export function locator(name: string, label: string, resource: Resource, required: boolean, description?: string): INodeProperties {
	const modes: INodePropertyMode[] = [];
	if (resource.methods.includes('getAll')) {
		modes.push(listMode(`Select ${nouns(resource).a}...`, searchMethod(resource.name)));
	}
	for (const key of resource.keys ?? []) modes.push(keyMode(resource, key));
	modes.push({
		...textMode('By ID', 'id', resource.idType === 'integer' ? 'e.g. 123' : 'e.g. a1b2c3'),
		...(resource.idType === 'integer'
			? { validation: [{ type: 'regex', properties: { regex: '^[1-9]\\d*$', errorMessage: 'An ID is a whole number' } }] }
			: {}),
	});
	if (resource.urlExample) {
		modes.push(textMode('By URL', 'url', `e.g. ${resource.urlExample}`));
	}
	const initial = { mode: modes[0].name, value: '' };
	return {
		displayName: label,
		name,
		type: 'resourceLocator',
		default: initial,
		...(required ? { required: true } : {}),
		...(description ? { description } : {}),
		modes,
	};
}

function keyMode(resource: Resource, key: NaturalKey): INodePropertyMode {
	const label = keyLabel(resource, key);
	return textMode(`By ${label}`, keyName(key), key.type === 'email' ? 'e.g. nathan@example.com' : example(label));
}

/** A locator whose resource depends on the chosen relation. */
export function linkedLocator(searchListMethod: string): INodeProperties {
	return {
		displayName: 'Record',
		name: 'record',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		description: 'The record to point to',
		modes: [
			listMode('Select a record...', searchListMethod),
			textMode('By Name or Email', 'key', 'e.g. Sales Rep'),
			textMode('By ID', 'id', 'e.g. 123'),
		],
	};
}

/** Placeholder of a text that is looked up: `e.g. the name`, `e.g. the custom ID`. */
export const example = (label: string) => `e.g. the ${label.toLowerCase().replace(/\bid\b/g, 'ID')}`;
