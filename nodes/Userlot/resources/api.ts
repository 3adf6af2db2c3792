import { type AnyRequest, anyRequestResource } from '../../shared/spec/anyRequest';

export const ABOUT: AnyRequest = {
	base: '/api/v1',
	methods: ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'],
	example: '/teams',
	query: '{"external_id": "42"}',
	body: 'Body of the request',
	pages: 'Whether to request page=2, page=3 and so on until a response is empty or repeats. Userlot does not document pagination.',
};

/** Any request to the API: of the 34 that exist, the documentation at hand shows 13. */
export const api = anyRequestResource(ABOUT, 'Any request to the API that has no operation of its own, such as events and tickets');
