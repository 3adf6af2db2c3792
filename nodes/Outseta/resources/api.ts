import { type AnyRequest, anyRequestResource } from '../../shared/spec/anyRequest';

export const ABOUT: AnyRequest = {
	base: '/api/v1',
	methods: ['DELETE', 'GET', 'POST', 'PUT'],
	example: '/crm/people',
	query: '{"limit": 10}',
	body: 'Body of the request',
	pages: 'Whether to read further pages and output each record as an item',
};

/** Any request to the API that has no operation of its own. */
export const api = anyRequestResource(ABOUT, 'Any request to the API that has no operation of its own');
