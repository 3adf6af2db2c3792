/** The operation that sends any request, as it is offered. */
import type { Field, Recipe, Resource } from './resource';

/** What differs between vendors in what the operation shows. */
export interface AnyRequest {
	/** Path below which requests stay, such as `/api/v1`. */
	base: string;
	methods: string[];
	/** A path for the placeholder and for messages. */
	example: string;
	/** Parameters as an example. */
	query: string;
	/** Descriptions of the body and of reading all pages. */
	body: string;
	pages: string;
}

export const methodField = ({ methods }: AnyRequest): Field => ({ name: 'method', type: 'options', options: methods.map((value) => ({ value, label: value })), description: 'HTTP method' });

export const queryField = ({ query }: AnyRequest): Field => ({ name: 'query', label: 'Query (JSON)', type: 'json', description: `Parameters of the request as an object, such as ${query}` });

export const bodyField = ({ body }: AnyRequest): Field => ({ name: 'body', label: 'Body (JSON)', type: 'json', description: body });

export const PATH: Field = { name: 'path', type: 'string', required: true };

/** The operation as it is offered. */
function anyRequestRecipe(about: AnyRequest): Recipe {
	return {
		name: 'request',
		label: 'Send',
		action: 'Send API request',
		description: 'Send any request to the API with the connection of this node',
		inputs: [
			{ kind: 'value', ...methodField(about), default: 'GET' },
			{ kind: 'value', ...PATH, placeholder: `e.g. ${about.example}`, description: `Path below ${about.base}` },
			{ kind: 'value', ...queryField(about), default: '{}' },
			{ kind: 'value', ...bodyField(about), default: '{}' },
			{ kind: 'value', name: 'allPages', label: 'All Pages', type: 'boolean', description: about.pages },
		],
		simplify: true,
	};
}

/** The resource that holds it, for what has no operation of its own. */
export const anyRequestResource = (about: AnyRequest, description: string): Resource => ({
	name: 'api',
	label: 'API Request',
	singular: 'API request',
	path: '/',
	description,
	methods: [],
	idType: 'string',
	fields: [],
	recipes: [anyRequestRecipe(about)],
});
