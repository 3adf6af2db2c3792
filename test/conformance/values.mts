/** Two different values for an attribute of any type: what a person gives, and what has to arrive. */

export interface Rule {
	type: string;
	format?: string;
	max?: number;
	enum?: Array<string | number>;
}

/** Item 1 or 2. */
export type Turn = 1 | 2;

/** A value whose JSON form on the wire is the value itself. Times are given in UTC, so that they arrive as given. */
export function valueOf(name: string, rule: Rule, turn: Turn): unknown {
	if (rule.enum) return turn === 1 ? rule.enum[0] : rule.enum.at(-1);
	switch (rule.type) {
		case 'integer':
			return turn * 10 + name.length;
		case 'number':
			return turn + 0.5;
		case 'boolean':
			return turn === 1;
		case 'object':
			return { of: name, turn };
		case 'array<object>':
			return [{ of: name, turn }];
		case 'array<any>':
		case 'array<string>':
			return ['a', 'b'].map((part) => (name === 'emails' ? `${part}.${turn}@example.com` : `${name}-${turn}-${part}`));
		case 'array<integer>':
			return [turn, turn + 10];
		case 'string':
			break;
		default:
			throw new Error(`No values for the type ${rule.type} of ${name}`);
	}
	switch (rule.format) {
		case 'date':
			return `2026-0${turn}-28`;
		case 'date-time':
			return `2026-0${turn}-28T0${turn}:30:00.000Z`;
		case 'email':
			return `${name}.${turn}@example.com`;
		default:
			return `${turn} ${name}`.slice(0, rule.max ?? Infinity).trim();
	}
}

/** How a value reads in a query string. */
export const inQuery = (value: unknown) => String(Array.isArray(value) ? value[0] : value);
