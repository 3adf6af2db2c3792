/** Code of BranchCMS's irregular operations, by `<resource>.<operation>`. */
import type { Recipes } from '../../shared/run/handler';
import { upload } from './upload';

export const recipes: Recipes = {
	handlers: { 'event.upload': upload },
};
