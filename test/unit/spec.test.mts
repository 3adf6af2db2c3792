/** The vocabulary, and what every resource file of every vendor has to keep to. */
import { recipes as branchCmsRecipes } from '../../dist/nodes/BranchCms/recipes/index.js';
import { branchCms } from '../../dist/nodes/BranchCms/vendor.js';
import { recipes as outreachRecipes } from '../../dist/nodes/Outreach/recipes/index.js';
import { outreach } from '../../dist/nodes/Outreach/vendor.js';
import { recipes as outsetaRecipes } from '../../dist/nodes/Outseta/recipes/index.js';
import { outseta } from '../../dist/nodes/Outseta/vendor.js';
import type { Recipes } from '../../dist/nodes/shared/run/handler.js';
import { labelOf, nouns, titleCase } from '../../dist/nodes/shared/spec/labels.js';
import { operationsOf, upsertKeys, type Operation } from '../../dist/nodes/shared/spec/operation.js';
import type { Field, Resource } from '../../dist/nodes/shared/spec/resource.js';
import { apiOf, operationOf, resourceOf, type Vendor } from '../../dist/nodes/shared/wire/vendor.js';
import { recipes as userlotRecipes } from '../../dist/nodes/Userlot/recipes/index.js';
import { userlot } from '../../dist/nodes/Userlot/vendor.js';

const recipes: Record<string, Recipes> = { branchCms: branchCmsRecipes, outreach: outreachRecipes, outseta: outsetaRecipes, userlot: userlotRecipes };

test.each([
	['firstName', 'First Name'],
	['mailingAddressId', 'Mailing Address ID'],
	['websiteUrl1', 'Website Url1'],
	['finish_no_reply', 'Finish No Reply'],
	['one-day', 'One Day'],
	['imapSsl', 'Imap Ssl'],
	['id', 'ID'],
	['crmId', 'CRM ID'],
	['editUrl', 'Edit URL'],
	['', ''],
])('titleCase makes "%s" "%s"', (name, label) => {
	expect(titleCase(name)).toBe(label);
});

test('a label that is given wins', () => {
	expect(labelOf({ name: 'x', label: 'Own' })).toBe('Own');
	expect(labelOf({ name: 'dueAt' })).toBe('Due At');
	expect(labelOf({ value: 'two_days' })).toBe('Two Days');
});

const thing = (more: Partial<Resource>): Resource => ({ name: 'thing', label: 'Big Thing', path: '/things', description: 'A thing', methods: [], fields: [], ...more });

test('nouns', () => {
	expect(nouns(thing({}))).toMatchObject({ one: 'big thing', many: 'big things' });
	expect(nouns(thing({ singular: 'box', plural: 'boxes' }))).toMatchObject({ one: 'box', many: 'boxes' });
});

describe('operationsOf', () => {
	const all = thing({
		methods: ['create', 'delete', 'get', 'getAll', 'replace', 'update', 'upsert'],
		keys: [{ field: 'name' }],
		fields: [{ name: 'name', type: 'string' }],
		actions: [
			{ name: 'a1', label: 'Archive', action: 'Archive thing', description: 'Puts it away', method: 'POST', path: '/things/{id}/archive' },
			{
				name: 'a2',
				label: 'Merge',
				action: 'Merge things',
				description: 'Makes one of two',
				method: 'POST',
				path: '/things/merge',
				parameters: [{ name: 'other', type: 'integer', in: 'body', reference: 'thing', required: true }],
			},
			{ name: 'a3', label: 'Rename', action: 'Rename thing', description: 'Another name', method: 'POST', path: '/things/{id}/rename', parameters: [{ name: 'to', type: 'string', in: 'query' }] },
		],
		recipes: [{ name: 'r1', label: 'Provision', action: 'Provision thing', description: 'All in one', inputs: [{ kind: 'fields' }, { kind: 'binary', name: 'file', label: 'File' }] }],
		notes: { replace: 'Beware' },
	});
	const byName = Object.fromEntries(operationsOf(all).map((o) => [o.name, o]));

	test('in the order of their labels', () => {
		expect(operationsOf(all).map((o) => o.label)).toEqual(['Archive', 'Create', 'Create or Update', 'Delete', 'Get', 'Get Many', 'Merge', 'Provision', 'Rename', 'Replace', 'Update']);
	});

	test('each with what it needs', () => {
		const needs = ({ record, fields, simplify }: Operation) => [record && 'record', fields && 'fields', simplify && 'simplify'].filter(Boolean).join(' ');
		expect(Object.fromEntries(Object.values(byName).map((o) => [o.name, needs(o)]))).toEqual({
			create: 'fields simplify',
			delete: 'record',
			get: 'record simplify',
			getAll: 'simplify',
			replace: 'record fields simplify',
			update: 'record fields simplify',
			upsert: 'fields simplify',
			a1: 'record simplify',
			a2: 'simplify',
			a3: 'record fields simplify',
			r1: 'fields',
		});
		expect(byName.a2.inputs).toMatchObject([{ kind: 'record', name: 'other', label: 'Other', resource: 'thing', required: true }]);
		expect(byName.r1.inputs.map((i) => i.kind)).toEqual(['binary']);
	});

	test('in words that name the resource', () => {
		expect(byName.getAll).toMatchObject({ label: 'Get Many', action: 'Get many big things', description: 'Retrieve a list of big things' });
		expect(byName.replace.description).toBe('Beware');
	});

	test('upsertKeys are the natural keys of resources that have the operation', () => {
		expect(upsertKeys(all)).toEqual([{ field: 'name' }]);
		expect(upsertKeys({ ...all, methods: ['create'] })).toEqual([]);
	});
});

test('a vendor finds its parts, and says what it has not', () => {
	expect(resourceOf(outreach, 'user').label).toBe('User');
	expect(() => resourceOf(outreach, 'nothing')).toThrow('Outreach has no resource "nothing"');
	expect(operationOf(branchCms, 'event', 'upload').kind).toBe('recipe');
	expect(() => operationOf(branchCms, 'event', 'upsert')).toThrow('no operation "upsert"');
	expect(apiOf(branchCms, branchCms.resources[0])).toBe(branchCms.api);
	const other = { ...branchCms.api, name: 'Other Door' };
	const vendor: Vendor = { ...branchCms, doors: { other } };
	expect(apiOf(vendor, { ...branchCms.resources[0], door: 'other' })).toBe(other);
});

const twice = (names: string[]) => names.filter((name, i) => names.indexOf(name) !== i);

/** Every record has one, whatever else it has. */
const ID: Field = { name: 'id', type: 'integer', filter: true, sort: true };

/** Names between braces. */
const gapsOf = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);

/** "One sentence without a final period", or several sentences, each with its own. */
function badSentence(text: string | undefined): boolean {
	if (text === undefined) return false;
	const several = /[.!?] [A-Z]/.test(text);
	return text.trim() !== text || text === '' || (several ? !/[.!?]$/.test(text) : /\.$/.test(text) && !/\betc\.$/.test(text)) || /\s\s/.test(text);
}

describe.each([outreach, branchCms, outseta, userlot] as Vendor[])('$label', (vendor) => {
	const exists = (name: string) => vendor.resources.some((r) => r.name === name);
	const operations = vendor.resources.flatMap(operationsOf);

	test('names and labels are unique', () => {
		expect(twice(vendor.resources.map((r) => r.name))).toEqual([]);
		expect(twice(vendor.resources.map((r) => r.label))).toEqual([]);
		expect(twice(operations.map((o) => o.action))).toEqual([]);
	});

	test('every recipe has its code, and all code has its recipe', () => {
		const named = vendor.resources.flatMap((r) => (r.recipes ?? []).map((recipe) => `${r.name}.${recipe.name}`));
		const { handlers, bulk } = recipes[vendor.name];
		expect(Object.keys(handlers).sort()).toEqual(named.sort());
		expect(Object.values(handlers).every((handler) => typeof handler.prepare === 'function')).toBe(true);
		if (operations.some((o) => o.kind === 'bulk')) expect(bulk).toBeDefined();
	});

	describe.each(vendor.resources.map((resource) => ({ name: resource.name, resource })))('$name', ({ resource }) => {
		const { fields, relations = [], actions = [], recipes = [], bulk = [], keys = [], list } = resource;

		test('a fresh node shows up to eight everyday fields that can be set, and no switch', () => {
			const { everyday = [] } = resource;
			expect(everyday.length).toBeLessThanOrEqual(8);
			for (const name of everyday) {
				const field = fields.find((f) => f.name === name);
				expect({ name, settable: field !== undefined && !field.readOnly && !field.filterOnly }).toEqual({ name, settable: true });
				expect({ name, type: field?.type }).not.toEqual({ name, type: 'boolean' });
			}
			const settable = fields.filter((f) => !f.readOnly && !f.filterOnly && f.type !== 'boolean' && f.name !== 'attributes');
			if (resource.methods.includes('create') && settable.length > 3) {
				expect(everyday.length + fields.filter((f) => f.required).length).toBeGreaterThan(0);
			}
		});
		/** A field by its name, by its path on the wire, or of a related record: that one filters as far as the relation does. */
		const field = (name: string): Field | undefined => {
			if (name === 'id') return ID;
			const related = relations.flatMap((r): Field[] => {
				if (!name.startsWith(`${r.name}.`)) return [];
				const last = name.slice(r.name.length + 1);
				// What Outseta calls its ids in paths.
				const attribute = last === 'Uid' ? 'id' : last;
				const target = attribute === 'id' ? ID : vendor.resources.find((other) => other.name === r.to[0])?.fields.find((f) => f.name === attribute);
				return target ? [{ ...target, filter: r.filterBy?.includes(attribute) ?? false, sort: false }] : [];
			});
			const found = [...fields.filter((f) => f.name === name || f.wire === name), ...related];
			return found.find((f) => f.filter) ?? found[0];
		};
		const parameters = [...actions, ...bulk].flatMap((action) => (action.parameters ?? []).map((p) => ({ action: action.name, p })));

		test('names are unique', () => {
			expect(twice([...fields, ...relations].map((f) => f.name))).toEqual([]);
			expect(twice(fields.map(labelOf))).toEqual([]);
			const own = operationsOf(resource);
			expect(twice(own.map((o) => o.name))).toEqual([]);
			expect(twice(own.map((o) => o.label))).toEqual([]);
			for (const { name, options = [] } of fields) expect({ [name]: twice(options.map((o) => o.value)) }).toEqual({ [name]: [] });
			for (const action of [...actions, ...bulk]) expect(twice((action.parameters ?? []).map((p) => p.name))).toEqual([]);
		});

		test('paths are absolute, and what is put into them is asked for', () => {
			const around = [...(resource.scope ? ['scope'] : []), ...(resource.parent ? ['parent'] : [])];
			for (const path of [resource.path, ...(resource.rows ? [resource.rows.path] : [])]) {
				expect(path).toMatch(/^\/([\w/]|\{\w+\})*$/);
				expect({ [path]: gapsOf(path).filter((gap) => !around.includes(gap)) }).toEqual({ [path]: [] });
			}
			for (const { path, parameters: own = [] } of actions) {
				const named = own.filter((p) => p.in === 'path');
				expect(path).toMatch(/^\/([\w/-]|\{\w+\})+$/);
				expect({ [path]: gapsOf(path).filter((gap) => !['id', ...around, ...named.map((p) => p.name)].includes(gap)) }).toEqual({ [path]: [] });
				expect({ [path]: named.filter((p) => !p.required || !gapsOf(path).includes(p.name)).map((p) => p.name) }).toEqual({ [path]: [] });
			}
		});

		test('the record around it leads to it, by a path or a filter', () => {
			const paths = [resource.path, resource.rows?.path ?? '', ...actions.map((action) => action.path)];
			expect(resource.parent !== undefined).toBe(resource.parent?.filter !== undefined || paths.some((path) => gapsOf(path).includes('parent')));
		});

		test('what it refers to exists', () => {
			const lost = [
				// A relation can point to what the API has no resource for; one that is written needs a target to choose.
				...relations.filter((r) => !r.readOnly && !r.to.some(exists)).map((r) => `relation ${r.name} to ${r.to}`),
				...(resource.parent && !exists(resource.parent.resource) ? [`parent ${resource.parent.resource}`] : []),
				...parameters.filter(({ p }) => p.reference !== undefined && !exists(p.reference)).map(({ action, p }) => `parameter ${action}.${p.name} to ${p.reference}`),
				...recipes.flatMap((r) => [...(r.inputs ?? []), ...(r.options ?? [])].flatMap((input) => (input.kind === 'record' && !exists(input.resource) ? [`input ${r.name}.${input.name} to ${input.resource}`] : []))),
				...(resource.door && !vendor.doors?.[resource.door] ? [`door ${resource.door}`] : []),
			];
			expect(lost).toEqual([]);
		});

		test('keys can be looked up, lists can be shown', () => {
			const unknown = (names: string[]) => (resource.openFields ? [] : names.filter((name) => !field(name)));
			expect(unknown([...(list?.name ?? []), ...(list?.fallback ?? []), ...(list?.detail ? [list.detail] : []), ...keys.map((k) => k.field)])).toEqual([]);
			// Keys that the vendor cannot filter by are looked up in the whole list, or in the record around.
			for (const key of keys.filter((k) => !k.listed && !resource.rows)) expect({ key: key.field, filter: field(key.field)?.filter ?? false }).toEqual({ key: key.field, filter: true });
			if (list?.sort && !resource.openFields) expect({ sort: list.sort, sortable: field(list.sort)?.sort ?? false }).toEqual({ sort: list.sort, sortable: true });
			if (resource.methods.includes('getAll')) expect(list?.name.length).toBeGreaterThan(0);
			if (resource.methods.includes('upsert')) expect(keys.length).toBeGreaterThan(0);
			expect(twice(keys.map((k) => k.name ?? k.field))).toEqual([]);
			// Modes of a locator.
			expect(keys.map((k) => k.name ?? k.field).filter((name) => ['list', 'id', 'url', 'key'].includes(name))).toEqual([]);
			if (resource.urlExample) expect(resource.urlExample).toMatch(/^https:\/\/[\w.-]+\/(\w+\/)+123$/);
		});

		test('flags do not contradict each other', () => {
			const contradicting = [
				...fields.filter((f) => f.readOnly && (f.required || f.createOnly)),
				...relations.filter((r) => r.readOnly && r.required),
				...fields.filter((f) => ['options', 'multiOptions'].includes(f.type) && !f.options?.length),
				...fields.filter((f) => f.options && !['options', 'multiOptions', 'integer'].includes(f.type)),
				...fields.filter((f) => f.type === 'integer' && f.options?.some((o) => !/^-?\d+$/.test(o.value))),
				...fields.filter((f) => f.type === 'secret' && (f.filter || f.sort || f.readOnly)),
			];
			expect(contradicting.map((f) => f.name)).toEqual([]);
		});

		test('descriptions are sentences', () => {
			const texts: Array<[string, string | undefined]> = [
				['resource', resource.description],
				...Object.entries(resource.notes ?? {}).map(([method, text]): [string, string] => [`note on ${method}`, text!]),
				...fields.flatMap((f): Array<[string, string | undefined]> => [[f.name, f.description ?? ''], ...(f.options ?? []).map((o): [string, string | undefined] => [`${f.name}=${o.value}`, o.description])]),
				...relations.map((r): [string, string] => [r.name, r.description ?? '']),
				...[...actions, ...bulk, ...recipes].map((a): [string, string] => [a.name, a.description]),
				...parameters.map(({ action, p }): [string, string] => [`${action}.${p.name}`, p.description ?? '']),
			];
			expect(texts.filter(([, text]) => badSentence(text))).toEqual([]);
		});

		test('actions read like the creator wants them: sentence case, no article', () => {
			const bad = operationsOf(resource).map((o) => o.action).filter((text) => !/^[A-Z]/.test(text) || /\b(a|an|the)\b/.test(text) || /[.!]$/.test(text));
			expect(bad).toEqual([]);
		});
	});
});
