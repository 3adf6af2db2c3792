/** Imports: records from items or files in few requests. https://developers.outreach.io/api/bulk-api/ */
import type { Recipe } from '../../shared/spec';

export const importRecipes: Recipe[] = [];
