/** What is different when an AI agent runs the node as its tool: a model fills in the parameters and reads the output. */
import { type IExecuteFunctions, type NodeApiError, NodeConnectionTypes, type NodeOperationError } from 'n8n-workflow';

import type { NaturalKey, Resource } from '../spec/resource';

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

const IDS = { integer: /^\d+$/, uuid: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i, string: /^[\w.~-]+$/ };

/**
 * The key that a locator's value is meant for. n8n has no list for a model to choose from: where it lets the model decide,
 * the mode is ID, and the model, which knows names, gives one.
 * @returns undefined where the mode says it all; `orId` when the value could be an ID as well.
 */
export function keyForModel(resource: Resource, mode: string, value: string): { key: NaturalKey; orId: boolean } | undefined {
	if (mode !== 'id' && mode !== 'list' && mode !== 'key') return undefined;
	const idType = resource.idType ?? 'string';
	const orId = mode !== 'key' && IDS[idType].test(value);
	if (orId && idType !== 'string') return undefined;
	const key = (resource.keys ?? []).find(({ type }) => (type === 'email') === value.includes('@')) ?? fullName(resource, value);
	return key && { key, orId };
}

/** First and last name as a key of people who have an email only. */
function fullName({ list, fields }: Resource, value: string): NaturalKey | undefined {
	const [first, last, ...more] = list?.name ?? [];
	const filtered = [first, last].every((name) => fields.some((f) => f.name === name && f.filter));
	return filtered && more.length === 0 && /\S\s+\S/.test(value) ? { field: `${first} ${last}`, label: 'Name', parts: [first, last] } : undefined;
}
