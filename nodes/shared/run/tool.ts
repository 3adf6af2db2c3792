/** What is different when an AI agent runs the node as its tool: a model fills in the parameters and reads the output. */
import { type IExecuteFunctions, type NodeApiError, NodeConnectionTypes, type NodeOperationError } from 'n8n-workflow';

/** Whether an agent runs the node as its tool. */
export function isTool(context: IExecuteFunctions): boolean {
	// Agents of version 3 have n8n run their tools like any other node. Only the place of the output tells them apart.
	return (context.isToolExecution?.() ?? false) || context.getNode().rewireOutputLogTo === NodeConnectionTypes.AiTool;
}

/** An error as the agent passes it on: of its message alone, so what to do about it has to be in there. */
export function forModel(context: IExecuteFunctions, thrown: unknown): NodeApiError | NodeOperationError {
	const error = thrown as NodeApiError | NodeOperationError;
	const { message, description } = error;
	if (isTool(context) && description && !message.includes(description)) {
		error.message = `${message}${/[.!?]$/.test(message) ? '' : '.'} ${description}`;
	}
	return error;
}
