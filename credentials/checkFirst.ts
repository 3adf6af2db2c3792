import type { INodeProperties } from 'n8n-workflow';

/** What to do after a credential is saved. */
export const checkFirst = (operation = 'Connection: Check'): INodeProperties => ({
	displayName: `After you save, run the operation <b>${operation}</b> first. It only reads. It tells you what your account allows, and whether the API behaves as expected.`,
	name: 'checkFirst',
	type: 'notice',
	default: '',
});
