/** How the vendor says no. */
import { Refusal } from '../server.mts';

export interface Fault {
	property?: string;
	message: string;
	code?: string;
}

/** `EntityValidationErrors` around the reasons. */
export function invalid(entity: string, faults: Fault[]): Refusal {
	return new Refusal(400, {
		ErrorMessage: 'Validation failed',
		EntityValidationErrors: [
			{
				Entity: {},
				TypeName: entity,
				ValidationErrors: faults.map(({ property = null, message, code = 'outsetaError' }) => ({ ErrorCode: code, ErrorMessage: message, PropertyName: property })),
			},
		],
	});
}

export const missing = (what: string) => new Refusal(404, { ErrorMessage: `${what} was not found` });
export const refused = (message: string) => new Refusal(400, { ErrorMessage: message, EntityValidationErrors: [] });
