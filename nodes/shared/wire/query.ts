/** Parameters of a request as a person writes them. */
import type { QueryPairs } from './api';

/**
 * Parameters as a person writes them, such as `email=jane+crm@acme.com&limit=5`.
 * A plus is meant, as in an email. Percent codes are decoded; what is none stays as it is.
 */
export function typedQuery(text: unknown): QueryPairs {
	const decoded = (part: string) => {
		try {
			return decodeURIComponent(part);
		} catch {
			return part;
		}
	};
	return String(text ?? '')
		.trim()
		.replace(/^\?/, '')
		.split('&')
		.filter((pair) => pair !== '')
		.map((pair) => {
			const [name, ...value] = pair.split('=');
			return [decoded(name), decoded(value.join('='))];
		});
}
