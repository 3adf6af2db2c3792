/** The trigger node itself: its key, and publishing. */
import type { INode, WorkflowExecuteMode } from 'n8n-workflow';

// Also a trigger that sends nothing tells an n8n that is too old so.
import '../wire/bridge';

/** Names a node of a workflow across its executions. */
export function nodeKey(context: { getNode(): INode; getWorkflow(): { id?: string }; getMode(): WorkflowExecuteMode }): string {
	// What arrives while a person tests says nothing about the workflow that is on.
	return [context.getMode() === 'manual' ? 'test' : '', context.getWorkflow().id, context.getNode().id].join(':');
}

/**
 * Does what belongs to the publishing of a workflow. Of a failure there n8n shows the message alone, so it also says what to do.
 * @throws the error of the work, with its description in the message.
 */
export async function whilePublishing<T>(work: Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (thrown) {
		const error = thrown as Error & { description?: string | null };
		if (error.description && !error.message.includes(error.description)) error.message = `${error.message.replace(/\.$/, '')}. ${error.description}`;
		throw error;
	}
}
