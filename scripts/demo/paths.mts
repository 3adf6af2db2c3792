import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** Where n8n itself is installed: a package of its own, because ours may not carry overrides. */
export const N8N_DIR = join(ROOT, 'test', 'n8n');
/** The last line of n8n 1, and its engine alone. */
export const N8N_1_DIR = join(ROOT, 'test', 'n8n-1.123');
export const ENGINE_1_DIR = join(ROOT, 'test', 'n8n-core-1.122');
export const BUILD = join(ROOT, 'build');
export const WORKFLOWS = join(ROOT, 'workflows');
/** The demo's n8n: kept between runs, so that what somebody built in the editor is still there. */
export const DEMO = join(ROOT, '.demo');
