'use strict';

/**
 * Output schemas from the spec, so that the editor shows fields before the first run:
 * <dist>/nodes/<Vendor>/__schema__/v1.0.0/<resource>/<operation>.json
 */
const fs = require('node:fs/promises');
const path = require('node:path');

const TYPES = {
	integer: 'integer',
	number: 'number',
	boolean: 'boolean',
	strings: { type: 'array', items: { type: 'string' } },
	multiOptions: { type: 'array', items: { type: 'string' } },
	json: { type: 'object' },
};

const typeOf = (field) => {
	const type = TYPES[field.type] ?? 'string';
	return typeof type === 'string' ? { type } : type;
};

const object = (properties) => ({ type: 'object', properties, version: 1 });

/** Properties by name; `address.city` is a property of an object. */
function fieldsOf(fields, labels = false) {
	const properties = {};
	for (const field of fields.filter((f) => f.type !== 'secret' && !f.writeOnly && !f.filterOnly)) {
		const steps = (field.wire ?? field.name).split('.');
		const last = steps.pop();
		const owner = steps.reduce((at, step) => (at[step] ??= { type: 'object', properties: {} }).properties, properties);
		owner[last] = typeOf(field);
		if (labels && field.type === 'integer' && field.options) owner[`${last}Label`] = { type: 'string' };
	}
	return properties;
}

/** A simplified record: fields one level up, related records as ids where the vendor shows them unasked. */
function record(resource, { idName = 'id', choiceLabels, supports }) {
	const id = { type: resource.idType === 'integer' ? 'integer' : 'string' };
	if (supports.paths) return { [idName]: id, ...fieldsOf(resource.fields, choiceLabels) };
	const links = (resource.relations ?? []).filter((r) => r.include).map((r) => (r.many ? [`${r.name}Ids`, { type: 'array', items: id }] : [`${r.name}Id`, id]));
	return { id, ...fieldsOf(resource.fields), ...Object.fromEntries(links) };
}

function schemaOf(vendor, operation) {
	const { kind, resource } = operation;
	const recipe = kind === 'recipe' ? resource.recipes.find((r) => r.name === operation.name) : undefined;
	const find = (name) => vendor.resources.find((r) => r.name === name);
	const id = { type: resource.idType === 'integer' ? 'integer' : 'string' };
	if (kind === 'delete') return object({ id, deleted: { type: 'boolean' } });
	if (operation.endpoint?.silent) return object({ ...(operation.record ? { id } : {}), success: { type: 'boolean' } });
	if (kind === 'bulk') return object({ batchId: { type: 'integer' }, records: { type: 'integer' }, ...fieldsOf(find('batch').fields) });
	if (recipe && !recipe.output && !recipe.simplify) return undefined;
	const output = recipe?.output ?? operation.endpoint?.output;
	const shown = output?.resource ? find(output.resource) : resource;
	const own = !recipe || recipe.simplify || recipe.output?.resource ? record(shown, vendor.api) : {};
	const extra = [...(kind === 'upsert' ? [{ name: 'outcome', type: 'string' }] : []), ...(recipe?.output?.fields ?? [])];
	const properties = { ...own, ...fieldsOf(extra) };
	return Object.keys(properties).length > 0 ? object(properties) : undefined;
}

/** Writes the schemas of all vendors below `dist`; gives their number. */
exports.writeSchemas = async function writeSchemas(dist) {
	const { operationsOf } = require(path.join(dist, 'nodes', 'shared', 'spec', 'operation.js'));
	let count = 0;
	for (const folder of await fs.readdir(path.join(dist, 'nodes'))) {
		const file = path.join(dist, 'nodes', folder, 'vendor.js');
		if (folder === 'shared' || !(await fs.stat(file).catch(() => undefined))) continue;
		const vendor = Object.values(require(file)).find((entry) => Array.isArray(entry?.resources));
		for (const operation of vendor.resources.flatMap(operationsOf)) {
			const schema = schemaOf(vendor, operation);
			if (!schema) continue;
			const target = path.join(dist, 'nodes', folder, '__schema__', 'v1.0.0', operation.resource.name);
			await fs.mkdir(target, { recursive: true });
			await fs.writeFile(path.join(target, `${operation.name}.json`), JSON.stringify(schema));
			count++;
		}
	}
	return count;
};
