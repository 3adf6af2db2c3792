import { type AnyRequest, anyRequestResource } from '../../shared/spec/anyRequest';

export const ABOUT: AnyRequest = {
	base: '/api/v2',
	methods: ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'],
	example: '/prospects/123',
	query: '{"page[size]": 10}',
	body: 'Body of the request as a JSON:API document',
	pages: 'Whether to follow the links to further pages and output each record as an item',
};

/** Anything that has no operation of its own. https://developers.outreach.io/api/reference/overview/ */
export const api = anyRequestResource(ABOUT, 'Any request to the API that has no operation of its own');
