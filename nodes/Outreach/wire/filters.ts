/** The filter grammar of lists. https://developers.outreach.io/api/making-requests/ */
import type { Condition } from '../../shared/spec/query';
import type { QueryPairs } from '../../shared/wire/api';

/** A value that the short syntax would read as a list, a range or a keyword. */
const NEEDS_LONG_SYNTAX = /,|\.\.|^__|^(neg)?inf$/;

/**
 * Filters as query parameters. The long syntax (`newFilterSyntax=true`) is used when asked for, or as soon as
 * one value holds a comma or two dots; it has no words for empty and not empty, which mean the same in both.
 */
export function filterPairs(conditions: Condition[], always = false): QueryPairs {
	const long = always || conditions.some((c) => c.values.some((v) => NEEDS_LONG_SYNTAX.test(v)));
	const pairs = conditions.flatMap(({ path, operator, values }): QueryPairs => {
		const name = `filter${path.map((part) => `[${part}]`).join('')}`;
		const [from, to] = values;
		switch (operator) {
			case 'empty':
				return [[name, '__null__']];
			case 'notEmpty':
				return [[name, '__notnull__']];
			case 'between':
				return long ? [[`${name}[gte]`, from], [`${name}[lte]`, to]] : [[name, `${from}..${to}`]];
			case 'atLeast':
				return long ? [[`${name}[gte]`, from]] : [[name, `${from}..inf`]];
			case 'atMost':
				return long ? [[`${name}[lte]`, from]] : [[name, `neginf..${from}`]];
			default:
				return long ? values.map((v) => [`${name}[]`, v]) : [[name, values.join(',')]];
		}
	});
	return long ? [...pairs, ['newFilterSyntax', 'true']] : pairs;
}
