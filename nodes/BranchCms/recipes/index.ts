/** Code of BranchCMS's irregular operations, by `<resource>.<operation>`. */
import type { Vendor } from '../../shared/wire/vendor';
import { upload } from './upload';

export const recipes: Vendor['recipes'] = { 'event.upload': upload };
