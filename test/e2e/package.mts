/** The package in n8n: its nodes are there, and the credentials work. */
import assert from 'node:assert/strict';
import { credentialData, VENDORS, type VendorName } from '../../scripts/demo/vendors.mts';
import { BRANCH_CMS, OUTREACH, OUTSETA, PACKAGE, USERLOT, type Case } from './case.mts';

/** Keys that are tested at the vendor: the address as people paste it, and what a typing error may hit. */
const PASTED: Array<{ vendor: VendorName; field: string; ways: string[]; wrong: string[] }> = [
	{ vendor: 'outseta', field: 'subdomain', ways: ['URL', ' URL/ ', 'URL/nocode/settings'], wrong: ['apiKey', 'apiSecret'] },
	{ vendor: 'branchCms', field: 'siteUrl', ways: ['URL', ' URL/ ', 'URL/api/v1'], wrong: ['token'] },
	{ vendor: 'userlot', field: 'apiUrl', ways: ['URL', ' URL/ ', 'URL/api/v1', 'URL/api/v1/'], wrong: ['apiKey'] },
];

export const cases: Case[] = [
	{
		name: 'n8n offers the nodes with their icons, the action nodes also as tools of an AI agent',
		async run({ rest }) {
			const types = await rest.nodeTypes();
			const offered = new Map(types.map((type) => [type.name, type]));
			const triggers = ['outreachTrigger', 'outreachPollingTrigger', 'outsetaTrigger', 'outsetaPollingTrigger', 'branchCmsPollingTrigger', 'userlotPollingTrigger'].map((name) => `${PACKAGE}.${name}`);
			const actions = [OUTREACH, OUTSETA, BRANCH_CMS, USERLOT];
			for (const name of [...actions, ...triggers]) {
				const type = offered.get(name);
				assert.ok(type, `${name} is not there`);
				for (const address of Object.values(type.iconUrl ?? {})) assert.equal((await rest.fetch(`/${address}`)).status, 200, `${name} has no icon`);
				assert.deepEqual(Object.keys(type.iconUrl ?? {}).toSorted(), ['dark', 'light'], name);
			}
			for (const name of actions) assert.ok(offered.has(`${name}Tool`), `${name}Tool is not there`);
		},
	},
	...PASTED.map(
		({ vendor, field, ways, wrong }): Case => ({
			name: `the ${VENDORS[vendor].label} credential is tested: what people paste passes, a wrong key is refused`,
			async run({ rest, credentials, simulators }) {
				const credential = credentials[VENDORS[vendor].credential.type];
				const data = credentialData(vendor, simulators);
				for (const way of ways) {
					const pasted = way.replace('URL', simulators[vendor].url);
					const { status, message } = await rest.testCredential(credential, { ...data, [field]: pasted });
					assert.equal(status, 'OK', `"${pasted}": ${message}`);
				}
				for (const key of wrong) {
					const { status, message } = await rest.testCredential(credential, { ...data, [key]: 'wrong' });
					assert.equal(status, 'Error', `a wrong ${key} passes`);
					// n8n 1 has words of its own for a 401.
					assert.match(message, rest.version.startsWith('1.') ? /Authorization failed/ : /refused the (key|token)/);
				}
				const nowhere = await rest.testCredential(credential, { ...data, [field]: 'http://127.0.0.1:9' });
				assert.equal(nowhere.status, 'Error', 'an address where nobody is passes');
			},
		}),
	),
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
