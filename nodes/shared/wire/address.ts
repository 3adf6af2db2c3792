/** Addresses that people type into credentials. */

/**
 * The origin of an address, such as `https://api.example.com`, freed of a trailing slash.
 * @param what name of the field, for the message.
 * @throws Error saying what is wrong: not an address, no http(s), or with a path.
 */
export function originOf(given: unknown, what: string, example: string): string {
	const typed = String(given ?? '').trim().replace(/\/+$/, '');
	// People paste what the browser shows, which leaves out the scheme.
	const text = /^[a-z\d-]+(\.[a-z\d-]+)*\.[a-z]{2,}(:\d+)?(\/|$)/i.test(typed) ? `https://${typed}` : typed;
	// A password in an address stays out of the message.
	const shown = text.replace(/\/\/[^/@]*@/, '//***@');
	if (text === '') throw new Error(`${what} is missing, such as ${example}`);
	if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
		throw new Error(`${what} "${shown}" is not an address. It must start with https://, such as ${example}`);
	}
	const url = new URL(text);
	if (url.pathname !== '/' || url.search || url.hash || url.username) {
		throw new Error(`${what} "${shown}" must be the host alone, such as ${example}, without a path`);
	}
	return url.origin;
}
