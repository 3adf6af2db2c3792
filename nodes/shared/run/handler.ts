/** How an operation is worked. */
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { Operation } from '../spec/operation';
import type { Item } from './item';
import type { PeopleHooks } from './people/people';
import type { Run } from './run';

export interface Output {
	json: IDataObject;
	binary?: INodeExecutionData['binary'];
}

/** How an operation is worked. `Job` is what one item asks for. */
export interface Handler<Job> {
	/** Reads and checks the parameters of one item; notes look-ups; sends nothing. */
	prepare(item: Item): Job;
	/** Checks what only all items together tell, once they are prepared; sends nothing. What it throws concerns all of them. */
	gather?(run: Run): void;
	/** Checks what only the look-ups can tell, of every item before the work on any begins. Writes nothing. */
	check?(job: Job, item: Item): Promise<void>;
	/** Does the work of one item. Look-ups noted by `prepare` are settled. */
	work?(job: Job, item: Item): Promise<Output[]>;
	/** Works on all items at once instead; `items` are the indexes of the items an output stands for. */
	together?(jobs: Array<{ job: Job; item: Item }>, run: Run, fail: Fail): Promise<Array<Output & { items: number[] }>>;
	/** Work that concerns all items, after the last one that went well. In a dry run the outputs are plans, and `finish` may add to them. */
	finish?(jobs: Array<{ job: Job; item: Item; outputs: Output[] }>, run: Run, fail: Fail): Promise<void>;
}

/** Marks one item as failed, with a word on what was done nevertheless; throws when one failure ends the run. */
export type Fail = (item: Item, error: unknown, doneSoFar: string) => void;

/** The code of a vendor's own operations. */
export interface Recipes {
	/** Operations of several requests, by `<resource>.<recipe>`. */
	handlers: Record<string, Handler<unknown>>;
	/** All bulk changes. */
	bulk?(operation: Operation): Handler<unknown>;
	/** What the vendor adds to Reconcile, by resource. */
	people?: Record<string, PeopleHooks>;
}
