/** What vendors that send webhooks have in common: a bounded number under way, and how a request is sent and judged. */

/** Deliveries under way at a time. */
const PARALLEL = 20;
const PATIENCE_MS = 5000;

export interface Envelope {
	url: string;
	headers: Record<string, string>;
	body: string;
}

/** Sends one. `status` is 0 when nobody answered in time; redirects are not followed. */
export async function post({ url, headers, body }: Envelope, patienceMs = PATIENCE_MS): Promise<{ status: number; code?: string }> {
	try {
		const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: AbortSignal.timeout(patienceMs) });
		await response.arrayBuffer();
		return { status: response.status };
	} catch (error) {
		const { cause } = error as { cause?: { code?: string } };
		return { status: 0, ...(cause?.code === undefined ? {} : { code: cause.code }) };
	}
}

/** Work that waits for its turn, a bounded number at a time. */
export class Queue {
	private waiting: Array<() => Promise<void>> = [];
	private underWay = 0;
	private idle: Array<() => void> = [];

	/** Grows with each clearing, by which work under way can tell that it is not wanted any more. */
	generation = 0;

	push(work: () => Promise<void>): void {
		const { generation } = this;
		this.waiting.push(async () => {
			if (generation === this.generation) await work();
		});
		this.pump();
	}

	clear(): void {
		this.generation += 1;
		this.waiting = [];
	}

	/** Resolves when everything is done or given up. */
	async settled(): Promise<void> {
		if (this.underWay === 0 && this.waiting.length === 0) return;
		await new Promise<void>((done) => this.idle.push(done));
	}

	private pump(): void {
		while (this.underWay < PARALLEL && this.waiting.length > 0) {
			const work = this.waiting.shift()!;
			this.underWay += 1;
			void work().finally(() => {
				this.underWay -= 1;
				this.pump();
			});
		}
		if (this.underWay === 0 && this.waiting.length === 0) for (const done of this.idle.splice(0)) done();
	}
}
