/** Requests to one door of a vendor, and its lists page by page. */
import type { Resource } from '../spec/resource';
import type { Call } from './api';
import { PageSize } from './pageSize';
import { Requests } from './requests';

/** Talks to one door of a vendor with one credential, for the length of one execution. */
export class Client extends Requests {
	/** Pages of the lists that were read, by resource. */
	readonly sizes = new Map<string, PageSize>();

	/**
	 * One page of a list. If the vendor fails on it, smaller pages are tried, and used from then on.
	 * @returns the answer, and the call that it answers.
	 */
	async page(call: Call, resource: Resource): Promise<{ body: unknown; call: Call }> {
		const size = this.sizeOf(resource);
		const first = size.fitted(call);
		let sent = first;
		const { body } = await this.sendOr(first, (failed) => (sent = size.smaller(failed)));
		size.note(call, first, sent);
		return { body, call: sent };
	}

	/**
	 * Pages of a list, until the vendor has no more.
	 * @throws NodeApiError if the vendor goes round in a circle.
	 */
	async *pages(call: Call, resource: Resource): AsyncGenerator<unknown> {
		for await (const { body } of this.steps(call, resource)) yield body;
	}

	/** Pages of a list with the call for the one after each. @throws NodeApiError if the vendor goes round in a circle. */
	async *steps(call: Call, resource: Resource): AsyncGenerator<{ body: unknown; next?: Call }> {
		const asked = new Set<string>();
		let ends = '';
		let next: Call | undefined = call;
		while (next) {
			const { body, call: sent }: { body: unknown; call: Call } = await this.page(next, resource);
			if (this.api.guessesPages && ends !== '' && this.endsOf(body, resource) === ends) return;
			ends = this.assertOther(body, resource, ends);
			asked.add(JSON.stringify(sent.query));
			next = this.api.nextPage(sent, body, resource);
			yield { body, next };
			if (next && asked.has(JSON.stringify(next.query))) throw this.repeated();
		}
	}

	/**
	 * @param before the ends of the page before.
	 * @returns those of this page.
	 * @throws NodeApiError if this page is the one before once more: what belongs in its place would be missing.
	 */
	assertOther(body: unknown, resource: Resource, before: string): string {
		const ends = this.endsOf(body, resource);
		if (ends !== '' && ends === before) throw this.repeated();
		return ends;
	}

	private repeated() {
		return this.refusals.error(`${this.api.name} returned the same page as the next page`, 'The list was not read completely. Run again. If it happens again, report it to the vendor.');
	}

	/** The number, first and last record of a page; empty where they cannot be told. */
	private endsOf(body: unknown, resource: Resource): string {
		try {
			const records = this.api.records(body, resource);
			const ids = [records[0], records.at(-1)].map((record) => record && this.api.id(record));
			return ids.includes(undefined) ? '' : [records.length, ...ids].join(' ');
		} catch {
			return '';
		}
	}

	private sizeOf({ name }: Resource): PageSize {
		const size = this.sizes.get(name) ?? new PageSize(this.api, `${this.credentialKey}\n${name}`);
		this.sizes.set(name, size);
		return size;
	}
}
