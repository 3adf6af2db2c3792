import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { Execution, ParameterQuery, Workflow } from '../../scripts/demo/rest.mts';
import type { Stage } from '../../scripts/demo/stage.mts';

export interface Case {
	name: string;
	run(stage: Stage, settings: Settings): Promise<void>;
	/** Milliseconds after which it is given up; default 90,000. */
	limit?: number;
}

export interface Settings {
	/** Where pictures of the editor go. */
	pictures: string;
}

export const PACKAGE = 'n8n-nodes-provisioning';
export const OUTREACH = `${PACKAGE}.outreach`;
export const OUTSETA = `${PACKAGE}.outseta`;
export const BRANCH_CMS = `${PACKAGE}.branchCms`;
export const USERLOT = `${PACKAGE}.userlot`;

/** A record as the simulated Outreach keeps it. */
export interface OutreachRecord {
	id: number;
	attributes: Record<string, unknown>;
	relationships: Record<string, { type: string; id: number } | Array<{ type: string; id: number }> | null | undefined>;
}

export const idOf = (relation: OutreachRecord['relationships'][string]): number | undefined =>
	relation === null || relation === undefined || Array.isArray(relation) ? undefined : relation.id;

export async function outreachUser({ simulators }: Stage, email: string): Promise<OutreachRecord | undefined> {
	const users = await simulators.outreach.records<OutreachRecord>('user');
	return users.find(({ attributes }) => attributes.email === email);
}

export async function siteAccount({ simulators }: Stage, email: string): Promise<Record<string, unknown> | undefined> {
	return (await simulators.branchCms.records('account')).find((account) => account.email === email);
}

/** What the editor asks with when somebody has this resource and operation chosen. */
export function asking(stage: Stage, node: string, path: string, method: string, parameters: Record<string, unknown>): ParameterQuery {
	const { outreachOAuth2Api, outsetaApi, branchCmsApi, userlotApi } = stage.credentials;
	const given: Record<string, Pick<ParameterQuery, 'parameters' | 'credentials'>> = {
		[OUTREACH]: { parameters: { authentication: 'oAuth2', ...parameters }, credentials: { outreachOAuth2Api } },
		[OUTSETA]: { parameters, credentials: { outsetaApi } },
		[BRANCH_CMS]: { parameters, credentials: { branchCmsApi } },
		[USERLOT]: { parameters, credentials: { userlotApi } },
	};
	return { node, path, method, ...given[node]! };
}

export function flowNamed({ flows }: Stage, file: string): Stage['flows'][number] {
	const flow = flows.find((one) => one.file === file);
	if (flow === undefined) throw new Error(`workflows/${file}.json was not imported.`);
	return flow;
}

/** Runs a flow by hand to its good end. */
export async function runFlow(stage: Stage, file: string): Promise<Execution> {
	const { id, manualTrigger } = flowNamed(stage, file);
	const execution = await stage.rest.run(id, manualTrigger);
	assert.equal(execution.status, 'success', execution.error);
	return execution;
}

/** What the last node of a flow tells. */
export const summaryOf = ({ output }: Execution) => output.Summary ?? [];

/** Runs a copy of a flow with other people in it. */
export async function runWith(stage: Stage, file: string, example: string, people: Array<Record<string, string>>): Promise<Execution> {
	const change = ({ nodes, connections }: Workflow) => {
		nodes.find((node) => node.name === example)!.parameters = { mode: 'raw', duplicateItem: false, jsonOutput: JSON.stringify({ people }), options: {} };
		nodes.push({ id: 'each', name: 'Each', type: 'n8n-nodes-base.splitOut', typeVersion: 1, position: [0, 0], parameters: { fieldToSplitOut: 'people', options: {} } });
		connections.Each = connections[example]!;
		connections[example] = { main: [[{ node: 'Each', type: 'main', index: 0 }]] };
	};
	return await withCopy(stage, file, {}, change, async (id, trigger) => await stage.rest.run(id, trigger));
}

/** Uses a copy of a flow: with other values in a Set node, and with what `change` makes of it. */
export async function withCopy<T>(stage: Stage, file: string, values: Record<string, string>, change: (workflow: Workflow) => void, use: (id: string, trigger: string) => Promise<T>): Promise<T> {
	const { id, manualTrigger } = flowNamed(stage, file);
	const { name, nodes, connections, settings = {} } = await stage.rest.workflow(id);
	const workflow: Workflow = { name: `${name} (copy)`, nodes, connections, settings };
	const kept = nodes.find((node) => node.name === 'Settings')?.parameters.assignments as { assignments: Array<{ name: string; value: unknown }> } | undefined;
	for (const one of kept?.assignments ?? []) one.value = values[one.name] ?? one.value;
	change(workflow);
	const copy = await stage.rest.createWorkflow(workflow);
	try {
		return await use(copy.id, manualTrigger);
	} finally {
		await stage.rest.deleteWorkflow(copy.id);
	}
}

/** Puts other people into the example of a flow. */
export const listing = (people: Array<Record<string, string>>) => ({ nodes }: Workflow) => {
	nodes.find((node) => node.name === 'Example list')!.parameters.jsonOutput = JSON.stringify({ people });
};

/** The users of the company who can sign in, as HR would list them. */
export async function staff({ simulators }: Stage): Promise<Array<Record<string, string>>> {
	const roles = await simulators.outreach.records<OutreachRecord>('role');
	const users = (await simulators.outreach.records<OutreachRecord>('user')).filter(({ attributes }) => attributes.locked !== true && String(attributes.email).endsWith('@acme.example'));
	return users.map(({ attributes, relationships }) => ({
		...Object.fromEntries(['email', 'firstName', 'lastName', 'title'].map((name) => [name, String(attributes[name] ?? '')])),
		role: String(roles.find(({ id }) => id === idOf(relationships.role))?.attributes.name ?? ''),
		profile: '',
	}));
}

/** A list by which somebody comes, Emil has another name, and Ines leaves. */
export async function tonight(stage: Stage, newcomer: string, lastName = 'Ek-Berg'): Promise<Array<Record<string, string>>> {
	const list = (await staff(stage)).filter(({ email }) => email !== 'ines.ito@acme.example');
	const changed = list.map((person) => (person.email === 'emil.ek@acme.example' ? { ...person, lastName } : person));
	return [...changed, { email: `${newcomer.toLowerCase()}.night@acme.example`, firstName: newcomer, lastName: 'Night', title: '', role: 'Account Executive', profile: '' }];
}

/** Milliseconds that things may take to happen. */
export const WAIT = 30_000;

/** Waits until something is the case. */
export async function until(what: string, check: () => boolean | Promise<boolean>, patience = WAIT): Promise<void> {
	const deadline = Date.now() + patience;
	while (!(await check())) {
		if (Date.now() > deadline) throw new Error(`It did not happen: ${what}`);
		await wait(100);
	}
}
