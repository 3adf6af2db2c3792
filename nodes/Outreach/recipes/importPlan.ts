/** What an import would bring, for a dry run. Nothing is uploaded. */
import type { IDataObject } from 'n8n-workflow';

import type { Plan } from '../../shared/run/plan';
import type { Run } from '../../shared/run/run';
import { fieldOf } from '../../shared/spec/keys';
import type { Resource } from '../../shared/spec/resource';
import { type BadInput, coerce, isAbsent } from '../../shared/spec/values';
import { csvRows } from './csv';

/** So many refused values are shown. */
const SHOWN = 10;

interface File {
	content?: Buffer;
	rows?: number;
	mappings?: Record<string, string>;
	method: string;
}

/** Rows, columns, and values that do not fit their fields. Rows count from 1, below the names of the columns. */
export function importPlan(run: Run, resource: Resource, { content, rows, mappings = {}, method }: File): Plan {
	const [header = [], ...lines] = csvRows(content!.toString('utf8'));
	const columns = header.map((name) => name.trim());
	const refused: IDataObject[] = [];
	const rowsRefused = new Set<number>();
	const refuse = (row: number, column: string, value: string, reason: string) => {
		rowsRefused.add(row);
		if (refused.length < SHOWN) refused.push({ row, column, value, reason });
	};
	lines.forEach((cells, i) => {
		cells.slice(columns.length).forEach((value) => refuse(i + 1, '', value, 'The row has more values than the file has columns'));
		columns.forEach((column, place) => {
			const name = mappings[column];
			const value = (cells[place] ?? '').trim();
			if (name === undefined || isAbsent(value)) return;
			try {
				coerce(fieldOf(resource, name), value);
			} catch (error) {
				refuse(i + 1, column, value, (error as BadInput).message);
			}
		});
	});
	return {
		action: 'import',
		more: {
			rows,
			columns: mappings,
			ignored: columns.filter((column) => column !== '' && !(column in mappings)),
			ifRecordExists: method,
			refusedRows: rowsRefused.size,
			refused,
			note: `${run.apiOf(resource).name} checks each record itself when it imports them`,
		},
	};
}
