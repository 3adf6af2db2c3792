/** What a vendor held before its last changes: some answer it for a while. A part of `Lie`. */

/** How long an older state is answered: milliseconds or reads after the change, whichever ends first; without both, until the lie ends. */
export interface Older {
	ms?: number;
	reads?: number;
}

/** Reports on work in the background, which tell how far it is. */
const CURRENT = /\/(batches|batchItems|imports)(\/|$)/;

export class Past {
	private states: Array<{ put: () => void; until: number; reads: number }> = [];

	/** Remembers the state before a change. @param put makes it the present one. */
	keep(put: () => void, { ms = Infinity, reads = Infinity }: Older): void {
		this.states.push({ put, until: Date.now() + ms, reads });
	}

	/** The oldest state that is still answered, for one read. */
	stateFor(path: string): (() => void) | undefined {
		this.states = this.states.filter(({ until, reads }) => reads > 0 && until > Date.now());
		if (this.states.length === 0 || CURRENT.test(path)) return undefined;
		for (const state of this.states) state.reads -= 1;
		return this.states[0]!.put;
	}

	clear(): void {
		this.states = [];
	}
}
