/** CSV files read. */
/** A file as text, undefined when it is something else. */
export function textIn(content: Buffer): string | undefined {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(content);
	} catch {
		return undefined;
	}
}

/** Names of the columns, and the number of lines with content below them. Quotes may hold commas and line breaks. */
export function readCsv(text: string): { columns: string[]; rows: number } {
	const columns: string[] = [];
	let rows = -1;
	let cell = '';
	let quoted = false;
	let content = false;
	for (let i = 0; i <= text.length; i++) {
		const letter = text[i];
		const ends = letter === undefined || (!quoted && (letter === '\n' || letter === '\r'));
		if (letter === '"') quoted = !quoted;
		if (rows < 0) {
			if (ends || (letter === ',' && !quoted)) {
				columns.push(cell.trim().replace(/^"([^]*)"$/, '$1').replaceAll('""', '"'));
				cell = '';
			} else cell += letter;
		}
		if (ends) {
			if (content) rows++;
			else if (rows < 0) columns.length = 0;
			content = false;
		} else if (letter !== ',') content = true;
	}
	return { columns, rows: Math.max(0, rows) };
}

/** The lines with content as their cells. Quotes may hold commas, line breaks and doubled quotes. */
export function csvRows(text: string): string[][] {
	const rows: string[][] = [];
	let cells: string[] = [];
	let cell = '';
	let quoted = false;
	for (let i = 0; i <= text.length; i++) {
		const letter = text[i];
		if (quoted && letter !== undefined) {
			if (letter !== '"') cell += letter;
			else if (text[i + 1] === '"') cell += text[++i];
			else quoted = false;
			continue;
		}
		if (letter === '"') quoted = true;
		else if (letter === ',' || letter === '\n' || letter === '\r' || letter === undefined) {
			cells.push(cell);
			cell = '';
			if (letter === ',') continue;
			if (cells.some((one) => one !== '')) rows.push(cells);
			cells = [];
		} else cell += letter;
	}
	return rows;
}
