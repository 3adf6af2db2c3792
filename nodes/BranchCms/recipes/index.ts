/** Code of BranchCMS's irregular operations, by `<resource>.<operation>`. */
import type { Recipes } from '../../shared/run/handler';
import { checkApi } from './check';
import { upload } from './upload';

export const recipes: Recipes = {
	handlers: { 'connection.check': checkApi, 'event.upload': upload },
};
