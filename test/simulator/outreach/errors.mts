/** Errors in the vendor's envelope: errors[] of {id, title, detail, source}. */
import type { ApiResponse } from '../server.mts';
import { json } from '../server.mts';

export const MEDIA_TYPE = 'application/vnd.api+json';

export interface VendorError {
	id: string;
	title: string;
	detail: string;
	source?: { pointer?: string; parameter?: string };
}

export class ApiError extends Error {
	readonly status: number;
	readonly errors: VendorError[];

	constructor(status: number, errors: VendorError[]) {
		super(errors.map((error) => error.detail).join('; '));
		this.status = status;
		this.errors = errors;
	}
}

export function badRequest(id: string, title: string, detail: string, source?: VendorError['source']): ApiError {
	return new ApiError(400, [{ id, title, detail, ...(source === undefined ? {} : { source }) }]);
}

/** A query parameter that is unknown or has an unusable value. */
export function badParameter(parameter: string, detail: string, id = 'queryParameter.invalid'): ApiError {
	return badRequest(id, 'Invalid Query Parameter', detail, { parameter });
}

/** A refused field: 422 with a pointer to it. */
export function invalid(pointer: string, detail: string): VendorError {
	return { id: 'validationError', title: 'Validation Error', detail, source: { pointer } };
}

export function unprocessable(pointer: string, detail: string): ApiError {
	return new ApiError(422, [invalid(pointer, detail)]);
}

export function unknownAttribute(name: string, pointer = `/data/attributes/${name}`): VendorError {
	return {
		id: 'permittedParams.unknownAttribute',
		title: 'Unknown Attribute',
		detail: `Attribute '${name}' is not permitted on this resource.`,
		source: { pointer },
	};
}

export function unknownRelationship(name: string): VendorError {
	return {
		id: 'permittedParams.unknownRelationship',
		title: 'Unknown Relationship',
		detail: `Relationship '${name}' is not permitted on this resource.`,
		source: { pointer: `/data/relationships/${name}` },
	};
}

export function notFound(type: string, id: string): ApiError {
	return new ApiError(404, [
		{ id: 'resourceNotFound', title: 'Resource Not Found', detail: `Could not find '${type}' with ID '${id}'.` },
	]);
}

export function noRoute(method: string, path: string): ApiError {
	return new ApiError(404, [{ id: 'routeNotFound', title: 'Route Not Found', detail: `No route matches ${method} ${path}.` }]);
}

export function noScope(scope: string): ApiError {
	return new ApiError(403, [
		{
			id: 'unauthorizedOauthScope',
			title: 'Unauthorized OAuth Scope',
			detail: `Your authorization is missing the required scope '${scope}' to execute this request.`,
		},
	]);
}

export function forbidden(detail: string): ApiError {
	return new ApiError(403, [{ id: 'unauthorizedRequest', title: 'Unauthorized Request', detail }]);
}

const TITLES: Record<number, [string, string]> = {
	400: ['badRequest', 'Bad Request'],
	403: ['unauthorizedRequest', 'Unauthorized Request'],
	404: ['resourceNotFound', 'Resource Not Found'],
	406: ['notAcceptable', 'Not Acceptable'],
	415: ['unsupportedMediaType', 'Unsupported Media Type'],
	422: ['validationError', 'Validation Error'],
	429: ['rateLimitExceeded', 'Rate Limit Exceeded'],
	500: ['internalServerError', 'Internal Server Error'],
	502: ['badGateway', 'Bad Gateway'],
	503: ['scheduledServerMaintenance', 'Scheduled Server Maintenance'],
};

/** An error of a status without further detail. */
export function plainError(status: number, detail?: string): ApiError {
	const [id, title] = TITLES[status] ?? ['error', 'Error'];
	return new ApiError(status, [{ id, title, detail: detail ?? `${title}.` }]);
}

/** The gateway in front of the API answers a bad token in a shape of its own. */
export function unauthorized(description: string): ApiResponse {
	return json(401, { error: 'unauthorized', description });
}

export function errorResponse(error: ApiError): ApiResponse {
	return json(error.status, { errors: error.errors }, MEDIA_TYPE);
}
