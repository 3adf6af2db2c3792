/** Addresses that people type into credentials. */

/**
 * The origin of an address, such as `https://api.example.com`, freed of a trailing slash.
 * @param what name of the field, for the message.
 * @throws Error saying what is wrong: not an address, no http(s), or with a path.
 */
export function originOf(given: unknown, what: string, example: string): string {
	const text = String(given ?? '').trim().replace(/\/+$/, '');
	// A password in an address stays out of the message.
	const shown = text.replace(/\/\/[^/@]*@/, '//***@');
	if (text === '') throw new Error(`${what} is missing, such as ${example}`);
	if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
		throw new Error(`${what} "${shown}" is no address: it has to begin with https://, such as ${example}`);
	}
	const url = new URL(text);
	if (url.pathname !== '/' || url.search || url.hash || url.username) {
		throw new Error(`${what} "${shown}" must be the host alone, such as ${example}, without a path`);
	}
	return url.origin;
}
