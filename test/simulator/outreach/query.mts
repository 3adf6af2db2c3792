/** Query strings: names with brackets taken apart. */
import { queryPairs } from '../server.mts';
import { badParameter } from './errors.mts';

export interface QueryParameter {
	/** The name as sent, decoded, e.g. `filter[owner][id]`. */
	name: string;
	/** First part of the name, e.g. `filter`. */
	root: string;
	/** The bracketed parts; an empty string stands for `[]`. */
	path: string[];
	value: string;
}

/** Parses a query string; refuses names whose brackets do not match. */
export function parseQuery(search: string): QueryParameter[] {
	return queryPairs(search).map(([name, value]) => {
		const bracket = name.indexOf('[');
		if (bracket === -1) return { name, root: name, path: [], value };
		const rest = name.slice(bracket);
		if (!/^(\[[^[\]]*\])+$/.test(rest)) throw badParameter(name, `Malformed parameter name '${name}'.`);
		return { name, root: name.slice(0, bracket), path: rest.slice(1, -1).split(']['), value };
	});
}

/** A parameter that is `true` or `false`. */
export function readFlag(parameter: QueryParameter): boolean {
	if (parameter.value === 'true') return true;
	if (parameter.value === 'false') return false;
	throw badParameter(parameter.name, `'${parameter.name}' must be true or false.`);
}
