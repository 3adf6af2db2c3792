/** What a person reads: labels from names, and nouns for sentences. */
import type { Resource } from './resource';

const UPPER = new Set(['id', 'url', 'json', 'api', 'crm', 'sms', 'html', 'csv', 'ooto', 'ews', 'ical', 'utc']);

/** `mailingAddressId` to `Mailing Address ID`. */
export function titleCase(name: string): string {
	return name
		.replace(/[_-]+/g, ' ')
		.replace(/([a-z0-9])([A-Z])/g, '$1 $2')
		.split(' ')
		.map((word) =>
			UPPER.has(word.toLowerCase()) ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1),
		)
		.join(' ');
}

/** What a person reads for a field, relation or choice. */
export function labelOf(entry: { name?: string; value?: string; label?: string }): string {
	return entry.label ?? titleCase(entry.name ?? entry.value ?? '');
}

/** Sentence-case singular and plural of a resource, for texts. */
export function nouns(resource: Resource): Nouns {
	const one = resource.singular ?? resource.label.toLowerCase();
	const article = /^([aeio]|un|urg)/.test(one) ? 'an' : 'a';
	return { one, many: resource.plural ?? `${one}s`, a: `${article} ${one}` };
}

export interface Nouns {
	one: string;
	many: string;
	/** With article. */
	a: string;
}
