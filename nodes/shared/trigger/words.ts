/** Texts that many records share, remembered once. */
import { fingerprint } from './fingerprint';

/** Texts that can get a code: statuses, stages and the like. */
const WORDS_AT_MOST = 1_000;

/** Texts that many records share, remembered once for all of them. */
export class Words {
	private readonly codes: Map<string, string>;

	/** @param list texts that have a code, in order. */
	constructor(readonly list: string[] = []) {
		this.codes = new Map(list.map((text, i) => [text, i.toString(36)]));
	}

	/** One or two small letters or digits for a text; a stand-in without a way back once there are too many. */
	code(text: string): string {
		const known = this.codes.get(text);
		if (known !== undefined) return known;
		if (this.list.length >= WORDS_AT_MOST) return `.${Buffer.from(fingerprint(text), 'base64url').toString('hex')}`;
		const code = this.list.length.toString(36);
		this.list.push(text);
		this.codes.set(text, code);
		return code;
	}

	/** The text of a code; undefined when there is none. */
	text(code: string): string | undefined {
		return code === '' || code.startsWith('.') ? undefined : this.list[parseInt(code, 36)];
	}
}
