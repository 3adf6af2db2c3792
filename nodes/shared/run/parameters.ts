/**
 * Parameters of items. n8n prepares the world for each expression, which takes a hundred times as long as reading a value. So what is
 * constant, or says no more than `{{ $json.email }}`, is read here, and n8n evaluates the rest. For each parameter n8n is asked until
 * it has once given what is read here: whatever it makes of the item, of the name or of the value, the two agree.
 */
import type { IDataObject, IExecuteFunctions, INodeExecutionData, ResourceMapperField } from 'n8n-workflow';

/** In place of a value that n8n has to evaluate. */
const OPEN = Symbol('evaluated by n8n');

type Reader = (json: IDataObject) => unknown;

/** `={{ $json.email }}`, `={{ $json["First Name"] }}` and further steps; nothing may stand beside it. */
const PLAIN = /^=\{\{\s*\$json((?:\.[A-Za-z_]\w*|\["[^"\\{}\n]+"\]|\['[^'\\{}\n]+'\])+)\s*\}\}$/;

const STEP = /\.(\w+)|\["(.+?)"\]|\['(.+?)'\]/g;

/** Half of a character, which some of n8n's engines replace. */
const HALF = /\p{Surrogate}/u;

/** Values that expressions give as they are. Objects, dates among them, come out as copies or in other forms. */
const isSimple = (value: unknown) => (typeof value === 'string' ? !HALF.test(value) : typeof value === 'boolean' || Number.isFinite(value));

function pathReader(steps: string[]): Reader {
	return (json) => {
		let value: unknown = json;
		for (const step of steps) {
			if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, step)) return OPEN;
			value = (value as IDataObject)[step];
		}
		return isSimple(value) ? value : OPEN;
	};
}

/** Reads what a parameter holds, for any item; undefined if it has an expression that says more. */
function readerOf(raw: unknown): Reader | undefined {
	if (typeof raw === 'string' && raw.startsWith('=')) {
		const path = PLAIN.exec(raw)?.[1];
		return path === undefined ? undefined : pathReader([...path.matchAll(STEP)].map(([, ...step]) => step.find((name) => name !== undefined)!));
	}
	if (typeof raw !== 'object' || raw === null) return () => raw;
	const names = Object.keys(raw);
	const readers = names.map((name) => readerOf((raw as IDataObject)[name]));
	if (readers.includes(undefined)) return undefined;
	// A copy for each item, as n8n makes it.
	return (json) => {
		const copy: Record<string, unknown> | unknown[] = Array.isArray(raw) ? [] : {};
		for (let i = 0; i < names.length; i++) {
			const value = readers[i]!(json);
			if (value === OPEN) return OPEN;
			(copy as Record<string, unknown>)[names[i]] = value;
		}
		return copy;
	};
}

/** Reads mapped columns. n8n converts values by the type of their column, which leaves those alone that have it. */
function columnsReader(raw: unknown, schema: ResourceMapperField[]): Reader | undefined {
	const read = readerOf(raw);
	const types = new Map(schema.map(({ id, type }) => [id, type as string | undefined]).reverse() as Array<[string, string | undefined]>);
	return (
		read &&
		((json) => {
			const values = read(json) as IDataObject | null | typeof OPEN;
			if (typeof values !== 'object' || values === null) return OPEN;
			for (const [name, value] of Object.entries(values)) {
				const type = types.get(name);
				if (!type) continue;
				if (value === null) values[name] = undefined;
				else if (typeof value !== type) return OPEN;
			}
			return values;
		})
	);
}

/** Values of a node's mapper, and its columns. */
const COLUMNS = 'fields.value';
const SCHEMA = 'fields.schema';

export class Parameters {
	/** Undefined for parameters that n8n has to evaluate. */
	private readonly readers = new Map<string, { read: Reader; agreed: boolean } | undefined>();

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly items: INodeExecutionData[],
	) {}

	/** A parameter as n8n evaluates it for an item. */
	get(name: string, index: number, fallback?: unknown): unknown {
		if (!this.readers.has(name)) this.readers.set(name, this.prepare(name));
		const reader = this.readers.get(name);
		const own = reader ? reader.read(this.items[index].json) : OPEN;
		if (reader?.agreed && own !== OPEN) return own;
		const value = this.context.getNodeParameter(name, index, fallback);
		if (reader && own !== OPEN) {
			if (JSON.stringify(own) === JSON.stringify(value)) reader.agreed = true;
			else this.readers.set(name, undefined);
		}
		return value;
	}

	private prepare(name: string): { read: Reader; agreed: boolean } | undefined {
		const raw = (path: string): unknown => this.context.getNodeParameter(path, 0, OPEN, { rawExpressions: true });
		const given = raw(name);
		if (given === OPEN) return undefined;
		const schema = name === COLUMNS ? raw(SCHEMA) : [];
		const read = name === COLUMNS ? columnsReader(given, Array.isArray(schema) ? (schema as ResourceMapperField[]) : []) : readerOf(given);
		return read && { read, agreed: false };
	}
}
