/** Answers that are not what was asked for: bytes, and web pages in place of data. */

/** A web page that came in place of data. */
export interface WebPage {
	/** Its title, or else its first words; empty if it has neither. */
	title: string;
}

const LONGEST = 120;

/** A text without its tags, in one line. */
const plain = (html: string) => html.replace(/<(script|style|head)\b.*?<\/\1>/gis, ' ').replace(/<[^>]*>/g, ' ').replace(/&nbsp;/g, ' ').replace(/&amp;/g, '&').replace(/\s+/g, ' ').trim().slice(0, LONGEST);

/**
 * The web page in an answer, such as a proxy's 502, a maintenance page or the 404 page of another server.
 * @returns undefined if the answer is no web page.
 */
export function webPageIn(body: unknown): WebPage | undefined {
	if (typeof body !== 'string' || !/^\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body|h\d|p|div|center|title|br)\b/is.test(body)) return undefined;
	const title = /<title[^>]*>(.*?)<\/title>/is.exec(body)?.[1] ?? '';
	return { title: plain(title) || plain(/<h1[^>]*>(.*?)<\/h1>/is.exec(body)?.[1] ?? '') || plain(body) };
}

/** A page as messages call it. */
export const pageNamed = (title: string) => (title === '' ? 'a web page' : `the web page "${title}"`);

/** A refusal that came as bytes. */
export function jsonOf(bytes: unknown): unknown {
	const text = String(bytes);
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}
