/** The resource that checks a connection. */
import type { Resource } from './resource';

/** Name of the operation. */
const NAME = 'check';

/** A connection, and its check. @param more its name where a vendor has several, and its door. */
export function connectionResource(more: Partial<Pick<Resource, 'name' | 'label' | 'singular' | 'door'>> = {}): Resource {
	const one = more.singular ?? 'connection';
	return {
		name: 'connection',
		label: 'Connection',
		path: '/',
		description: 'The connection to your account, and whether the API does what this node expects',
		methods: [],
		idType: 'string',
		fields: [],
		recipes: [
			{
				name: NAME,
				label: 'Check',
				action: `Check ${one}`,
				description: 'Test what your account allows, and whether the API behaves as documented. Only reads. Run this first.',
				reads: true,
				output: {
					fields: [
						{ name: 'kind', type: 'string' },
						{ name: 'vendor', type: 'string' },
						{ name: 'resource', type: 'string' },
						{ name: 'fact', type: 'string' },
						{ name: 'expected', type: 'string' },
						{ name: 'found', type: 'string' },
						{ name: 'meaning', type: 'string' },
						{ name: 'remedy', type: 'string' },
						{ name: 'verified', type: 'integer' },
						{ name: 'differing', type: 'integer' },
						{ name: 'notTestable', type: 'json' },
						{ name: 'missingScopes', type: 'string' },
						{ name: 'rightValues', type: 'json' },
						{ name: 'requests', type: 'integer' },
						{ name: 'report', type: 'text' },
					],
				},
			},
		],
		...more,
	};
}

/** Whether an operation checks its connection. */
export const isCheck = (resource: Resource, operation: string): boolean => operation === NAME && /connection$/i.test(resource.name);

/** Resources that a check through a door can read on its own: lists that need no choice. */
export const checkable = (resources: Resource[], door: string | undefined): Resource[] =>
	resources.filter((resource) => resource.methods.includes('getAll') && resource.door === door);
