import type { Resource } from '../../shared/spec/resource';

/** Hands a third-party call recording to Kaia; the call log must exist first. https://developers.outreach.io/api/reference/tag/Kaia-Voice-Import/ */
export const kaiaVoiceImport: Resource = {
	name: 'kaiaVoiceImport',
	label: 'Kaia Voice Import',
	path: '/kaiaVoiceImports',
	description: 'Hands a third-party call recording to Kaia; the call log must exist first',
	methods: ['create'],
	idType: 'integer',
	fields: [
		{ name: 'callId', type: 'string', required: true, maxLength: 255, description: 'ID of a call log created beforehand (required)' },
		{ name: 'instanceId', type: 'string', readOnly: true, maxLength: 255, description: 'Identifier of the import' },
		{ name: 'metadata', type: 'text', maxLength: 4096, description: 'Optional JSON text, e.g. which audio channel is the seller (default 1)' },
		{ name: 'recordingUrl', type: 'text', required: true, maxLength: 1024, description: 'Signed audio address, valid for 8 hours or more (required)' },
	],
};
