/** What an operation does that a person should agree to first, in the words that a model and its reviewer read. */
import type { Operation } from './operation';
import type { Caution } from './resource';

const WORDS: Record<Caution | 'lasting', string> = {
	access: 'removes access',
	many: 'changes many records',
	lasting: 'cannot be undone',
};

/** The most serious thing that an operation does; undefined when it is nothing of the kind. */
export function cautionOf({ resource, kind, name, endpoint }: Operation): Caution | 'lasting' | undefined {
	if (kind === 'bulk') return 'many';
	if (kind === 'action') return endpoint!.caution;
	if (kind === 'recipe') return resource.recipes!.find((recipe) => recipe.name === name)?.caution;
	if (kind !== 'delete') return undefined;
	if (resource.access ?? resource.fields.some(({ access }) => access)) return 'access';
	// What is called otherwise, such as Unsubscribe, is more than the end of a record.
	return resource.titles?.delete ? undefined : 'lasting';
}

/** The text of the node panel, in which n8n's rules allow no brackets. n8n makes a tool's name and description from it, and shows that name to who reviews a call. */
export function actionText(operation: Operation): string {
	const caution = cautionOf(operation);
	return caution ? `${operation.action} – ${WORDS[caution]}` : operation.action;
}
