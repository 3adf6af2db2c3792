/**
 * Address of a tenant from what people paste: `acme`, `acme.outseta.com`, a full address, or a domain of their own.
 * @throws Error when it is none of these.
 */
export function tenantAddress(given: unknown): string {
	const text = String(given ?? '').trim();
	if (text === '') throw new Error('Sub-Domain is missing, such as acme for https://acme.outseta.com');
	if (/^[a-z0-9][a-z0-9-]*$/i.test(text) && text.toLowerCase() !== 'localhost') return `https://${text.toLowerCase()}.outseta.com`;
	const address = /^https?:\/\//i.test(text) ? text : `https://${text}`;
	if (!URL.canParse(address) || !/[.:]|localhost/.test(new URL(address).host)) {
		throw new Error(`Sub-Domain "${text}" is neither a sub-domain such as acme nor an address such as https://acme.outseta.com`);
	}
	const { origin, hostname } = new URL(address);
	// The vendor answers plain HTTP with a redirect, which would drop what a request carries.
	return hostname.endsWith('.outseta.com') ? origin.replace(/^http:/, 'https:') : origin;
}
