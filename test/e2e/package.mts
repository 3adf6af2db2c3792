/** The package in n8n: its nodes are there, and the credentials work. */
import assert from 'node:assert/strict';
import { credentialData } from '../../scripts/demo/vendors.mts';
import { BRANCH_CMS, OUTREACH, type Case } from './case.mts';

export const cases: Case[] = [
	{
		name: 'n8n offers the nodes, also as tools of an AI agent',
		async run({ rest }) {
			const types = await rest.nodeTypes();
			const offered = new Map(types.map((type) => [type.name, type]));
			for (const name of [OUTREACH, BRANCH_CMS]) {
				assert.ok(offered.has(name), `${name} is not there`);
				assert.ok(offered.has(`${name}Tool`), `${name}Tool is not there`);
				const ready = await rest.fetch(`/icons/n8n-nodes-provisioning/dist/nodes/${name.endsWith('outreach') ? 'Outreach/outreach' : 'BranchCms/branchCms'}.svg`);
				assert.equal(ready.status, 200, `${name} has no icon`);
			}
		},
	},
	{
		name: 'the BranchCMS credential is tested: a right token passes, a wrong one is refused',
		async run({ rest, credentials, simulators }) {
			const data = credentialData('branchCms', simulators);
			const right = await rest.testCredential(credentials.branchCmsApi, data);
			assert.deepEqual({ status: right.status }, { status: 'OK' }, right.message);
			const wrong = await rest.testCredential(credentials.branchCmsApi, { ...data, token: 'wrong' });
			assert.equal(wrong.status, 'Error');
			assert.match(wrong.message, /unauthori[sz]ed|401|authori[sz]ation/i);
		},
	},
	{
		name: 'the Outreach credential was connected with the scopes that the node needs',
		async run({ rest, credentials, simulators }) {
			const before = await simulators.outreach.requests();
			assert.ok(before.some(({ path, status }) => path === '/oauth/token' && status === 200), 'no token was fetched');
			const scopes = (await rest.connectOAuth2(credentials.outreachOAuth2Api)).split(' ');
			for (const scope of ['users.all', 'roles.all', 'profiles.all', 'teams.all', 'prospects.all']) {
				assert.ok(scopes.some((given) => given === scope || scope.startsWith(given)), `${scope} is not asked for`);
			}
		},
	},
	{
		name: 'a wrong client secret keeps the Outreach credential from being connected',
		async run({ rest, simulators }) {
			const wrong = await rest.putCredential('Wrong secret', 'outreachOAuth2Api', { ...credentialData('outreach', simulators), clientSecret: 'wrong' });
			try {
				await assert.rejects(rest.connectOAuth2(wrong));
			} finally {
				await rest.removeCredential(wrong.id);
			}
		},
	},
];
