'use strict';

/** One GET per item by n8n's authenticated helper, a few at a time, and nothing else. */
exports.Bare = class {
	description = {
		displayName: 'Bare',
		name: 'bare',
		group: ['transform'],
		version: 1,
		description: 'The measure for the engine',
		defaults: { name: 'Bare' },
		inputs: ['main'],
		outputs: ['main'],
		credentials: [{ name: 'outreachOAuth2Api', required: true }],
		properties: [
			{ displayName: 'URL', name: 'url', type: 'string', default: '' },
			{ displayName: 'Parallel', name: 'parallel', type: 'number', default: 5 },
		],
	};

	async execute() {
		const items = this.getInputData();
		const output = [];
		let next = 0;
		const worker = async () => {
			while (next < items.length) {
				const index = next++;
				const { data } = await this.helpers.httpRequestWithAuthentication.call(this, 'outreachOAuth2Api', {
					method: 'GET',
					url: this.getNodeParameter('url', index),
					headers: { Accept: 'application/vnd.api+json', 'Content-Type': 'application/vnd.api+json' },
				});
				output[index] = { json: data, pairedItem: { item: index } };
			}
		};
		await Promise.all(Array.from({ length: this.getNodeParameter('parallel', 0) }, worker));
		return [output];
	}
};
