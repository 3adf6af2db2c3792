import type { ParameterQuery } from '../../scripts/demo/rest.mts';
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

export const OUTREACH = 'n8n-nodes-provisioning.outreach';
export const OUTSETA = 'n8n-nodes-provisioning.outseta';
export const BRANCH_CMS = 'n8n-nodes-provisioning.branchCms';
export const USERLOT = 'n8n-nodes-provisioning.userlot';

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
