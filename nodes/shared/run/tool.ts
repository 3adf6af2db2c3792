/** What is different when an AI agent runs the node as its tool: a model fills in the parameters and reads the output. */
import { type IExecuteFunctions, type NodeApiError, NodeConnectionTypes, type NodeOperationError } from 'n8n-workflow';

import { keyName } from '../spec/keys';
import type { Resource } from '../spec/resource';

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

/**
 * The mode of a locator. n8n has no list for a model to choose from: where it lets the model decide, the mode is ID,
 * and the model, which knows names, gives one.
 */
export function modeOf(resource: Resource, mode: string, value: string): string {
	if (mode !== 'id' && mode !== 'list') return mode;
	const ids = { integer: /^\d+$/, uuid: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i, string: /^[\w.~-]+$/ };
	if (ids[resource.idType ?? 'string'].test(value)) return mode;
	const key = (resource.keys ?? []).find(({ type }) => (type === 'email') === value.includes('@'));
	return key ? keyName(key) : mode;
}
